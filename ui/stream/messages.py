"""What goes down the event stream, encoded once and shared by everyone who watches the same run at the same tick."""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np

from core.experiments import findings
from core.jsonable import dumps, jsonable
from core.run.handle import Run
from core.run.history import Floats, Steps
from core.run.past import PastRun

CATCH_UP_ROWS = 2000  # in one message to whoever joins late, and of a run's first steps, in which most happens
LIVE_ROWS = 30  # in one message to whoever is up to date
LOG_ROWS = 1000  # rows that `keep` may save from thinning
SHARED = 512
WHOLE = ("text", "table", "choices", "integers", "names")  # kinds of settings that a status, sent several times a second, leaves out


class Batch(NamedTuple):
    """Rows, encoded, with the last step in them and their number."""

    last: int
    size: int
    text: str


T = TypeVar("T")


class Messages:
    """Encoded messages, the last few hundred of them kept. Belongs to one event loop; not for threads."""

    def __init__(self) -> None:
        self._shared: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        if key not in self._shared:
            self._shared[key] = make()
            if len(self._shared) > SHARED:
                self._shared.popitem(last=False)
        value: T = self._shared[key]
        return value

    def whole(self, generation: int, parts: Sequence[str]) -> str:
        """One message of these parts."""
        return self._once((generation, *parts), lambda: f'{{"generation":{generation},{",".join(parts)}}}')

    def status(self, run: Run) -> str:
        """What the run is doing, with its numbers and what is found in them."""
        return self._once((run.id, "status", run.version), lambda: _status(run))

    def rows(self, run: Run, generation: int, since: int, keep: int) -> Batch | None:
        """Rows after `since`, as many as one message may hold, and every step of the log; None where there are none.

        After -1 they are all that the visitor has; others are appended.
        """
        current, history = run.current()
        last = history.last_step
        if current != generation or last <= since:
            return None
        limit = CATCH_UP_ROWS if since < CATCH_UP_ROWS else LIVE_ROWS
        distance = log_distance(keep, run.last)
        key = run.id, generation, since, last, keep
        return self._once(key, lambda: _rows(since, distance, history.names, *history.table_since(since, limit, distance)))

    def versions(self, run: Run, wanted: frozenset[str]) -> dict[str, int]:
        """The version of each wanted view that there is. Within a generation facts stay; past runs can go."""
        versions = {name: version for name, (version, _) in run.views.items() if name in wanted}
        if "facts" in wanted and run.facts:
            versions["facts"] = 0
        if "past" in wanted:
            versions["past"] = len(run.past)
        return versions

    def views(self, run: Run, versions: Mapping[str, int], held: Mapping[str, int]) -> Iterator[str]:
        """The views of these names, for one who holds other versions; each is encoded once a version, whole and in its new parts."""
        generation, whole, parts = run.generation, [], []
        for name, version in versions.items():
            known = run.unchanged.get(name)
            if known and (known.before, known.version) == (held.get(name), version):
                key = run.id, generation, "parts", name, version
                parts.append(self._once(key, partial(_named, run, name, known.parts)))
            else:
                whole.append(self._once((run.id, generation, "view", name, version), partial(_named, run, name)))
        if whole:
            yield f'"views":{{{",".join(whole)}}}'
        if parts:
            yield f'"parts":{{{",".join(parts)}}}'


def log_distance(every: int, last: int) -> int:
    """The distance between a log's rows: a multiple of `every` at which `last` steps make at most LOG_ROWS."""
    return every * max(1, math.ceil(last / (every * LOG_ROWS))) if every > 0 else 0


def _status(run: Run) -> str:
    status = run.snapshot()
    found = findings(run.experiment, run.current_config, status["status"], run.history, run.facts, run.changes)
    settings = run.config.settings()
    for values in ("config", "asked"):
        status[values] = {name: value for name, value in status[values].items() if settings[name].kind not in WHOLE}
    status["changes"] = [_brief(change) if settings[change["field"]].kind == "table" else change for change in status["changes"]]
    status["findings"] = [finding._asdict() for finding in found]
    return f'"status":{dumps(status)}'


def _brief(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change of a table by how many rows it had and has."""
    return {**change, "old": len(change["old"]), "new": len(change["new"])}


def _rows(since: int, distance: int, names: Sequence[str], steps: Steps, table: Floats) -> Batch:
    columns = dict(zip(names, table.T.tolist(), strict=True))
    if not np.isfinite(table).all():
        columns = jsonable(columns, infinities=True)
    data = {"after": since, "log": distance, "columns": {"step": steps.tolist(), **columns}}
    return Batch(int(steps[-1]), len(steps), f'"rows":{dumps(data)}')


def _named(run: Run, name: str, without: frozenset[str] = frozenset()) -> str:
    view = _view(run, name)
    if without:
        view = {part: content for part, content in view.items() if part not in without}
    return f"{dumps(name)}:{dumps(view)}"


def _view(run: Run, name: str) -> Any:
    if name == "facts":
        return run.facts
    if name == "past":
        return [_past(run, index, past) for index, past in enumerate(run.past)]
    return run.views[name][1]


def _past(run: Run, index: int, past: PastRun) -> dict[str, Any]:
    faint = {name: [float(f"{value:.6g}") for value in column.tolist()] for name, column in past.columns.items()}  # is only background
    return {"index": index, "label": _label(past.label(run.config)), "columns": {"step": past.steps.tolist(), **jsonable(faint)}}


def _label(label: Mapping[str, Any]) -> dict[str, Any]:
    """A table of numbers among the settings is only named: its value is None. A list is all a setting's values in turn."""
    return {name: None if _is_table(value) else _item(value) for name, value in label.items()}


def _item(value: Any) -> Any:
    return {"items": list(value)} if isinstance(value, tuple) else value


def _is_table(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, list | tuple) for item in value)
