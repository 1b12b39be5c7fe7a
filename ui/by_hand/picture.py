"""Picture: a graph, its local derivatives and PyTorch's answer as plain data for the browser, every number already written."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.jsonable import jsonable
from core.labs.by_hand import comparison
from core.labs.by_hand.comparison import Row
from core.labs.by_hand.graph import Edge, Graph
from core.labs.by_hand.operations import Array, plain
from ui.by_hand import words
from ui.by_hand.arrangement import arrange

Spec = dict[str, Any]
PATHS = 24  # that are listed; a program can have thousands


def picture(graph: Graph, answer: Mapping[str, Any] | None, waiting: str = "") -> Spec:
    """Everything that is drawn.

    Args:
        answer: PyTorch's, as `core.labs.by_hand.pytorch.differentiate` gives it; None as long as there is none.
        waiting: what is said in its place.
    """
    names = list(graph.values)
    places, bends = arrange(names, [(edge.of, edge.by) for edge in graph.edges])
    paths = graph.paths(PATHS)
    used = graph.used
    return {
        "output": graph.output,
        "scalar": graph.scalar,
        "elements": graph.values["x"].size,
        "nodes": [
            {
                "name": name,
                "written": graph.written(name),
                "values": [plain(value) for value in graph.values[name].flat],
                "vector": bool(graph.values[name].ndim),
                "place": places[name],
                "used": name in used,
            }
            for name in names
        ],
        "edges": [{**_edge(edge), "bends": bend, "used": edge.of in used} for edge, bend in zip(graph.edges, bends, strict=True)],
        "paths": [list(path) for path in paths],
        "more": _more(graph) if graph.scalar and graph.path_count > PATHS else None,
        "gradient": None if graph.gradient is None else list(map(four, graph.gradient)),
        "waiting": waiting,
        "pytorch": None if answer is None else _pytorch(graph, answer),
    }


def four(value: float) -> str:
    """A number with four decimals, as PyTorch prints it; in scientific notation where those would all be 0, or too many."""
    if not np.isfinite(value):
        return str(float(value)).replace("-", "−")
    size = abs(value)
    return (f"{value:.3e}" if size >= 1e6 or 0 < size < 5e-5 else f"{value + 0.0:.4f}").replace("-", "−")


def _edge(edge: Edge) -> Spec:
    return {
        "of": edge.of,
        "by": edge.by,
        "kind": edge.kind,
        "formula": edge.formula,
        "filled": list(edge.filled),
        "values": [plain(value) for value in edge.slope.flat],
        "numbers": jsonable(edge.slope.ravel(), infinities=True),
    }


def _more(graph: Graph) -> Spec:
    """The paths that are not listed, and what they contribute together."""
    with np.errstate(all="ignore"):
        listed: Array = np.sum([graph.along(path) for path in graph.paths(PATHS)], axis=0)
        rest = graph.gradient - listed if graph.gradient is not None else listed
    return {"count": graph.path_count - PATHS, "contributions": list(map(four, rest))}


def _pytorch(graph: Graph, answer: Mapping[str, Any]) -> Spec:
    """What PyTorch found, beside the same by hand."""
    rows = comparison.rows(graph, answer)
    again = answer["again"]
    return {
        "nodes": {name: " ← ".join(nodes) for name, nodes in answer["nodes"].items()},
        "error": _error(answer["error"]),
        "rows": [_row(row) for row in ([comparison.result(graph, answer), *rows] if rows else [])],
        "notes": [words.note(note) for note in comparison.notes(graph, rows)],
        "again": None if again is None or not rows else _again(graph, again),
    }


def _again(graph: Graph, again: Mapping[str, Any]) -> Spec:
    return {
        "error": _error(again["plain"]["error"]),
        "rows": [_row(row) for row in comparison.rows(graph, again["retained"], times=2)],
    }


def _error(error: Mapping[str, str] | None) -> str | None:
    return None if error is None else f"{error['type']}: {error['text']}"


def _row(row: Row) -> Spec:
    write = four if row.same else _exactly
    return {"name": row.name, "hand": write(row.by_hand), "pytorch": write(row.pytorch), "same": row.same}


def _exactly(value: float) -> str:
    """With all digits that float32 has."""
    return f"{value:.8g}".replace("-", "−")
