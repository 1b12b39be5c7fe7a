"""Config fields as widgets: each knows its bounds from the Config and keeps its value while its page is away.

A field's value lives in `st.session_state` under `<experiment>.<field>`; a field on a logarithmic scale and a share have a
slider beside their number, for dragging, and the two follow each other. What differs from its default says so, and goes back
at a press. Live fields are drawn by `live_settings`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.run.handle import Run
from core.run.spec import RunSpec
from core.settings.config import Setting, TrainingConfig
from ui.bench.live_settings import KINDS, live_settings, row, stops
from ui.frame import device, shell, widgets
from ui.frame.widgets import BoundWidget
from ui.locale import _


@dataclass(frozen=True)
class FieldText:
    """How a field is called and explained, and what its choices are called, in the visitor's language."""

    label: str
    help: str | None = None
    short: str = ""  # how marks and legends call it; the label where it is empty
    choices: Mapping[Any, str] = field(default_factory=dict)
    zero: str = ""  # what a whole number says in place of 0, where that is no number of things
    items: str = "{place}"  # of a field that is several numbers: how each is called, by its place from 1
    refusals: Mapping[str, str] = field(default_factory=dict)  # code → sentence, where the page says better why a value was refused


def shared_words() -> dict[str, FieldText]:
    """The words of the fields that every experiment has."""
    return {
        "lr": FieldText(_("Learning rate (lr)"), _("How far each update moves the weights along −gradient."), short="lr"),
        "momentum": FieldText(_("Momentum"), _("The share of the last update that is carried on into the next.")),
        "weight_decay": FieldText(_("Weight decay"), _("Pulls every weight towards zero at each update.")),
        "batch_size": FieldText(_("Batch size"), _("Rows in one update; left empty, all rows at once."), zero=_("all rows")),
        "optimizer": FieldText(_("Optimizer"), choices={"Momentum": _("SGD with momentum"), "Nesterov": _("SGD, Nesterov")}),
        "epochs": FieldText(_("Epochs"), _("How many times the loop goes over all the data.")),
        "seed": FieldText(_("Seed"), _("The same seed draws the same random numbers: the same run again.")),
        "replay": FieldText(_("What was done to the run")),
        "device": FieldText(
            _("Device"),
            choices={"auto": _("Automatic"), "cpu": "CPU", "gpu": "GPU"},
        ),
    }


class Controls:
    """The widgets of one page's Config.

    Args:
        experiment: the page's experiment, which prefixes the widgets' keys.
        config: the settings that the widgets start from.
        words: the words of the page's own fields, beside the shared ones.
        run: whose settings they are.
        idle: values of fields that have no effect now, for when they have one again.
        steers: whether the visitor may change them; who only watches reads them.
    """

    def __init__(
        self,
        experiment: str,
        config: TrainingConfig,
        words: Mapping[str, FieldText],
        run: Run,
        idle: Mapping[str, Any] | None = None,
        *,
        steers: bool = True,
    ) -> None:
        self._experiment, self._run, self.steers = experiment, run, steers
        self._settings = config.settings()
        self._config = config
        self.words = {**shared_words(), **words}
        for name, value in {**config.model_dump(), **(idle or {})}.items():
            st.session_state.setdefault(self._key(name), value)

    def _key(self, name: str) -> str:
        return f"{self._experiment}.{name}"

    def live(self, names: Sequence[str]) -> None:
        """Fields that bend the run while it goes on."""
        shown = [self._settings[name] for name in names if self._settings[name].kind in KINDS and self._has_effect(name)]
        rows = [row(setting, self.value(setting.name), *self._called(setting.name)) for setting in shown]
        live_settings(self._experiment, self._run, rows, steers=self.steers, projector=shell.projecting())
        self._show([name for name in names if self._settings[name].kind not in KINDS])

    def _called(self, name: str) -> tuple[str, str | None, str]:
        words = self.words[name]
        return words.label, words.help, words.zero

    def structural(self, names: Sequence[str]) -> None:
        """Fields that begin a new run."""
        if self.steers:
            st.caption(_("↺ Begins a new run; the earlier curve stays, faint"))
        self._show(names)

    def plain(self, names: Sequence[str]) -> None:
        """Further fields of the group above."""
        self._show(names)

    def more(self, names: Sequence[str]) -> None:
        """Further fields that begin a new run, folded away until they are wanted: a page with fewer widgets is there sooner."""
        folded = st.expander(_("More settings"), key=f"{self._experiment}:more", on_change="rerun")
        if folded.open:
            with folded:
                self._show(names)
                if self.steers:
                    device.comparison(RunSpec(self._experiment, self._config))

    def value(self, name: str) -> Any:
        """The present value of one field."""
        return st.session_state[self._key(name)]

    def _has_effect(self, name: str) -> bool:
        return all(self.value(other) in values for other, values in self._settings[name].when.items())

    def _show(self, names: Sequence[str]) -> None:
        """The widgets, one below the other; a field that has no effect now is left out."""
        for name in names:
            if self._has_effect(name):
                self._widget(self._settings[name])
                self._default(self._settings[name])

    def _default(self, setting: Setting) -> None:
        """The press that puts a changed field back."""
        if not self.steers or not self._changed(setting):
            return
        default = setting.default
        words = self.words[setting.name]
        name = ", ".join(_named(words, one) for one in default) if isinstance(default, tuple) else _named(words, default)
        st.button(
            _("default {value}", value=name), key=f"{self._key(setting.name)}.default", type="tertiary",
            on_click=put, args=(self._experiment, {setting.name: default}),
        )  # fmt: skip

    def _changed(self, setting: Setting) -> bool:
        """Whether it differs from its default; a text or table of the visitor's own is theirs, and is kept."""
        return (
            setting.kind not in ("text", "table", "names")
            and self._has_effect(setting.name)
            and not _same(self.value(setting.name), setting.default)
        )

    def all_defaults(self) -> None:
        """The press that puts every changed field back; there only where there is one."""
        changed = {setting.name: setting.default for setting in self._settings.values() if self._changed(setting)}
        if changed:
            st.button(
                _("Back to defaults"), key=f"{self._experiment}:defaults", icon=":material/settings_backup_restore:", width="stretch",
                on_click=put, args=(self._experiment, changed),
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """Every field's present value."""
        return {name: st.session_state[self._key(name)] for name in self._settings}

    def _widget(self, setting: Setting) -> None:
        words, key, locked = self.words[setting.name], self._key(setting.name), not self.steers
        match setting.kind:
            case "choice":
                widgets.choice(words.label, setting.choices, key, words.choices, help=words.help, disabled=locked)
            case "choices":
                widgets.choices(words.label, setting.choices, key, words.choices, help=words.help, disabled=locked)
            case "integers":
                _numbers(setting, words, key, locked=locked)
            case "bool":
                st.toggle(words.label, key=key, persist_state="session", help=words.help, disabled=locked)
            case "int" if words.zero:
                widgets.count(words.label, int(setting.high or 0), key, words.zero, help=words.help, disabled=locked)
            case "int":
                st.number_input(
                    words.label, int(setting.low or 0), int(setting.high or 0), step=1, key=key, persist_state="session",
                    help=words.help, disabled=locked,
                )  # fmt: skip
            case "float" if places := stops(setting):
                _slider(setting, words, key, places, locked=locked)
            case "float":
                st.number_input(
                    words.label, setting.low, setting.high, step=0.1, format="%g", key=key, persist_state="session",
                    help=words.help, disabled=locked,
                )  # fmt: skip
            case _:
                raise ValueError(f"The field {setting.name} needs an editor of its page's own.")


def put(experiment: str, values: Mapping[str, Any]) -> None:
    """Set widgets from outside: a remedy, a restored run, the defaults. Before the widgets are drawn."""
    st.session_state[_put(experiment)] = put_since(experiment).union(values)
    follow(experiment, values)


def put_since(experiment: str) -> frozenset[str]:
    """The fields that have been put since this was asked last."""
    fields: frozenset[str] = st.session_state.pop(_put(experiment), frozenset())
    return fields


def follow(experiment: str, values: Mapping[str, Any], later: Collection[str] = ()) -> None:
    """Set widgets to what the run has, but not those that were put `later`."""
    for name, value in values.items():
        if name not in later:
            st.session_state[f"{experiment}.{name}"] = value


def _put(experiment: str) -> str:
    return f"{experiment}:put"


def _same(value: Any, default: Any) -> bool:
    return list(value) == list(default) if isinstance(default, tuple) else bool(value == default)


def _named(words: FieldText, value: Any) -> str:
    """A value in the visitor's words."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value == 0 and words.zero:
        return words.zero
    return str(words.choices.get(value, f"{value:g}" if isinstance(value, float) else value))


def _numbers(setting: Setting, words: FieldText, key: str, *, locked: bool) -> None:
    """How many numbers there are, and each of them beside it.

    Each widget is given its value: one that is only set from outside begins at its least, should a script be cut short before it.
    """
    low, high = int(setting.low or 0), int(setting.high or 0)
    numbers = tuple(st.session_state[key])

    def take() -> None:
        count = st.session_state[f"{key}.count"]
        taken = [st.session_state.get(f"{key}.{place}", number) for place, number in enumerate(numbers)]
        st.session_state[key] = tuple((taken + [taken[-1] if taken else max(setting.default)] * count)[:count])

    def bound(name: str, value: int) -> BoundWidget:
        st.session_state[f"{key}.{name}"] = value
        return BoundWidget(f"{key}.{name}", "field")

    count = bound("count", len(numbers))
    st.number_input(
        words.label, 0, setting.longest, len(numbers), step=1, key=count.key, help=words.help, on_change=count.taking(take),
        disabled=locked,
    )  # fmt: skip
    for place, (column, number) in enumerate(zip(st.columns(max(1, len(numbers))), numbers, strict=False)):
        one = bound(str(place), int(number))
        column.number_input(
            words.items.format(place=place + 1), low, high, int(number), step=None, key=one.key, on_change=one.taking(take),
            disabled=locked,
        )  # fmt: skip


def _slider(setting: Setting, words: FieldText, key: str, stops: Sequence[float], *, locked: bool) -> None:
    """A number for exact values and, beside it, a slider over these stops; each follows the other."""
    drag, exact = st.columns([0.62, 0.38], vertical_alignment="bottom")
    value = float(st.session_state[key])
    slider, number = BoundWidget(key, "drag"), BoundWidget(key, "exact")
    drag.select_slider(
        words.label, stops, min(stops, key=lambda stop: abs(stop - value)), key=slider.key, format_func=lambda stop: f"{stop:g}",
        help=words.help, on_change=slider.taking(), disabled=locked,
    )  # fmt: skip
    exact.number_input(
        words.label, setting.low, setting.high, value, step=None, format="%g", key=number.key, on_change=number.taking(),
        label_visibility="collapsed", disabled=locked,
    )  # fmt: skip
