"""Report: everything that is shown about a program, as plain data: what a worker answers."""

import warnings
from collections.abc import Sequence
from typing import Any

import torch

from core.labs.reading import ProgramError
from core.labs.tensors import failures, grammar, script, silent
from core.labs.tensors.evaluation import SEED, Evaluation, Failed, Result, described, is_array
from core.labs.tensors.grammar import Line
from core.program.pieces import Pieces
from core.program.randomness import RandomStream

Json = dict[str, Any]
Shown = list[tuple[str, Result]]
CPU = torch.device("cpu")


def report(program: str) -> Pieces[Json]:
    """A program, computed, a line at a time.

    Returns:
        lines: for each line of code its number, code, state ("done", "failed", "refused", "waiting"), the tensors that it gives
            (name, result, shape, dtype, stride, storage …), its parts (columns, shape), what its script prints, the other tensors that it
            changed, torch's warnings, notes.
        results: the cells, axes and sources of every result, by its number.
        failure: what torch said of the first line that it could not compute, and which axis is to blame; None if there is none.
        refusal: what is refused because it would be too large, as the arguments of a ProgramError; None if there is nothing.

    Raises:
        ProgramError: the program is none.
    """
    lines = grammar.program(program)
    evaluation, random = Evaluation(), RandomStream(SEED, CPU)
    found: Json = {"lines": [], "results": {}, "failure": None, "refusal": None}
    for line in lines:
        with random.current(), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            one = _line(evaluation, line, found)
        found["lines"].append(one | {"warnings": list(dict.fromkeys(str(warning.message) for warning in warned))})
        yield
    found["results"] = {
        str(one.number): {"shape": one.shape, "cells": one.cells, "how": one.how, "axes": one.axes} for one in evaluation.results
    }
    yield from _repair(found, lines)
    return found


def _line(evaluation: Evaluation, line: Line, found: Json) -> Json:
    """One line; after one that failed nothing is computed."""
    one: Json = {"number": line.number, "code": line.code, "state": "waiting", "tensors": [], "parts": [], "plain": None, "output": ""}
    one |= {"changed": [], "warnings": [], "notes": []}
    if found["failure"] or found["refusal"]:
        return one
    try:
        shown = evaluation.step(line)
    except Failed as failed:
        found["failure"] = {"line": line.number, **failures.explained(failed, line), "tensors": _operands(evaluation, failed, line)}
        one["state"] = "failed"
    except ProgramError as error:
        found["refusal"] = {"code": error.code, "line": error.line, "written": error.written, "allowed": error.allowed}
        one["state"] = "refused"
    else:
        _fill(one, shown, evaluation, line)
    one["parts"] = [_part(node, result) for node, result in evaluation.parts]
    return one


def _operands(evaluation: Evaluation, failed: Failed, line: Line) -> list[Json]:
    """The tensors that an operation failed with, as they are written."""
    results = {id(node): result for node, result in evaluation.parts}
    shown = {
        line.code[node.start : node.end]: results[id(node)]
        for node in grammar.nodes(failed.node)
        if id(node) in results and node is not failed.node
    }
    values = [id(value) for value in failed.operands]
    listed = [item for value in failed.operands if isinstance(value, list | tuple) for item in value]
    wanted = [*values, *map(id, listed)]
    return [
        {"name": name, "result": one.number, **described(one, evaluation.memory), "shares": []}
        for name, one in shown.items()
        if id(one.value) in wanted
    ]


def _part(node: grammar.Node, result: Result) -> Json:
    return {"start": node.start, "end": node.end, "shape": result.shape, "result": result.number}


def _fill(one: Json, shown: Shown, evaluation: Evaluation, line: Line) -> None:
    one["state"] = "done"
    one["output"] = "\n".join(script.shown(name, evaluation.names[name].value) for name in dict.fromkeys(script.own_names(line)))
    before = [name for name, result in evaluation.names.items() if is_array(result.value)]
    for name, result in shown:
        if not is_array(result.value):
            one["plain"] = {"name": name, "text": str(result.value)}
            continue
        tensor = described(result, evaluation.memory)
        shares = _sharing(evaluation, result, name, before)
        one["tensors"].append({"name": name, "result": result.number, **tensor, "shares": shares, "copied": _is_copy(evaluation, result)})
    seen = [(name, evaluation.names[name]) for name in evaluation.seen]
    one["changed"] = [
        {"name": name, "result": result.number, **described(result, evaluation.memory), "shares": []} for name, result in seen
    ]
    one["notes"] = silent.notes(evaluation, line, shown)


def _is_copy(evaluation: Evaluation, result: Result) -> bool:
    """Whether its numbers were taken from elsewhere and laid into a storage of their own."""
    of = [evaluation.results[number].value for number in result.how.get("of", []) if number is not None]
    storage = evaluation.memory.storage(result.value)
    return result.how["kind"] == "move" and all(evaluation.memory.storage(value) is not storage for value in of)


def _sharing(evaluation: Evaluation, result: Result, own: str, names: list[str]) -> list[str]:
    """The other names whose elements lie in the same storage."""
    storage = evaluation.memory.storage(result.value)
    if storage is None:
        return []
    others = {name: evaluation.names[name].value for name in names if name != own.partition(".")[0]}
    return [name for name, value in others.items() if value is not result.value and evaluation.memory.storage(value) is storage]


def _repair(found: Json, lines: list[Line]) -> Pieces[None]:
    """Keep of the proposed repairs those that work: the changed line is computed, and is not noted for the same again."""
    for place, one in enumerate(found["lines"]):
        for note in one["notes"]:
            note["repairs"] = yield from _working(lines, place, note["repairs"], note["code"])
    if failure := found["failure"]:
        place = next(place for place, line in enumerate(lines) if line.number == failure["line"])
        working = yield from _working(lines, place, list(dict.fromkeys(failure["repairs"])))
        failure["repairs"] = working[: failures.MOST_REPAIRS]


def _working(lines: list[Line], place: int, codes: Sequence[str], without: str = "") -> Pieces[list[str]]:
    found: list[str] = []
    for code in codes:
        found += [code] if (yield from works(lines, place, code, without)) else []
    return found


def works(lines: list[Line], place: int, code: str, without: str = "") -> Pieces[bool]:
    """Whether a program whose line at `place` is replaced by `code` comes to its end there; computed a line at a time."""
    try:
        changed = grammar.program("\n".join([*(line.code for line in lines[:place]), code]))
        evaluation, random = Evaluation(), RandomStream(SEED, CPU)
        shown: Shown = []
        for line in changed:
            with random.current(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                shown = evaluation.step(line)
            yield
        return without not in [note["code"] for note in silent.notes(evaluation, changed[-1], shown)]
    except (Failed, ProgramError):
        return False
