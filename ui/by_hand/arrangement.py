"""Arrangement: in which column and in which order the nodes of a graph stand, so that few edges cross and none meets a node."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

SWEEPS = 4
Crossing = tuple[int, int]  # an edge's number, and a column on its way
Item = str | Crossing


class Place(NamedTuple):
    """Column, from x on, and the order in it; both from 0."""

    column: int
    order: int


def arrange(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> tuple[dict[str, Place], list[list[Place]]]:
    """Places of the nodes, and for each edge the places where it crosses a column, from its end back to its beginning.

    Args:
        nodes: in the order of computation.
        edges: (result, operand) pairs.
    """
    column = dict.fromkeys(nodes, 0)
    for of, by in edges:  # in the order of computation: an operand's column is known when its result comes
        column[of] = max(column[of], column[by] + 1)
    links: list[tuple[Item, Item]] = []
    crossings: list[list[Crossing]] = []
    for number, (of, by) in enumerate(edges):
        through: list[Crossing] = [(number, at) for at in range(column[of] - 1, column[by], -1)]
        crossings.append(through)
        links += zip([of, *through], [*through, by], strict=True)
    columns: dict[int, list[Item]] = defaultdict(list)
    for node in nodes:
        columns[column[node]].append(node)
    for through in crossings:
        for item in through:
            columns[item[1]].append(item)
    _untangle(columns, links)
    places = {item: Place(at, order) for at, items in columns.items() for order, item in enumerate(items)}
    return {node: places[node] for node in nodes}, [[places[item] for item in through] for through in crossings]


def _untangle(columns: dict[int, list[Item]], links: Sequence[tuple[Item, Item]]) -> None:
    """Order each column by where its neighbours stand, forth and back a few times."""
    neighbours: dict[Item, list[Item]] = defaultdict(list)
    for of, by in links:
        neighbours[of].append(by)
        neighbours[by].append(of)
    for sweep in range(SWEEPS):
        for at in sorted(columns, reverse=bool(sweep % 2)):
            beside = columns.get(at + 1 if sweep % 2 else at - 1, [])
            rows = {item: row - (len(beside) - 1) / 2 for row, item in enumerate(beside)}

            def height(item: Item, rows: dict[Item, float] = rows) -> float:
                near = [rows[one] for one in neighbours[item] if one in rows]
                return sum(near) / len(near) if near else 0.0

            columns[at].sort(key=height)
