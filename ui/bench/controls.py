"""Config fields as widgets: each knows its bounds from the Config and keeps its value while its page is away.

A field's value lives in `st.session_state` under `<experiment>.<field>`; a field on a logarithmic scale and a share have a
slider beside their number, for dragging, and the two follow each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.run.spec import RunSpec
from core.settings.config import Setting, TrainingConfig
from ui.frame import device, widgets
from ui.frame.widgets import BoundWidget, show
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
        idle: values of fields that have no effect now, for when they have one again.
        steers: whether the visitor may change them; who only watches reads them.
    """

    def __init__(
        self,
        experiment: str,
        config: TrainingConfig,
        words: Mapping[str, FieldText],
        idle: Mapping[str, Any] | None = None,
        *,
        steers: bool = True,
    ) -> None:
        self._experiment, self.steers = experiment, steers
        self._settings = config.settings()
        self._config = config
        self.words = {**shared_words(), **words}
        for name, value in {**config.model_dump(), **(idle or {})}.items():
            st.session_state.setdefault(self._key(name), value)

    def _key(self, name: str) -> str:
        return f"{self._experiment}.{name}"

    def live(self, names: Sequence[str]) -> None:
        """Fields that bend the run while it goes on."""
        st.caption(_("⚡ Live: bends the run while it goes on") if self.steers else _("The settings of this run, to be read"))
        self._show(names)

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

    def _show(self, names: Sequence[str]) -> None:
        """The widgets, one below the other; a field that has no effect now is left out."""
        for name in names:
            setting = self._settings[name]
            if all(st.session_state[self._key(other)] in values for other, values in setting.when.items()):
                self._widget(setting)

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
            case "float" if setting.scale == "log":
                _slider(setting, words, key, _decades(setting.low or 1e-6, setting.high or 1.0), locked=locked)
            case "float" if setting.low == 0 and setting.high is not None and setting.high <= 1:
                _slider(setting, words, key, [place / 50 for place in range(round(50 * setting.high) + 1)], locked=locked)
            case "float":
                st.number_input(
                    words.label, setting.low, setting.high, step=0.1, format="%g", key=key, persist_state="session",
                    help=words.help, disabled=locked,
                )  # fmt: skip
            case _:
                raise ValueError(f"The field {setting.name} needs an editor of its page's own.")


def put(experiment: str, values: Mapping[str, Any]) -> None:
    """Set widgets from outside: a remedy, a restored run, another tab. Before the widgets are drawn."""
    for name, value in values.items():
        st.session_state[f"{experiment}.{name}"] = value


def _numbers(setting: Setting, words: FieldText, key: str, *, locked: bool) -> None:
    """How many numbers there are, and each of them beside it."""
    low, high = int(setting.low or 0), int(setting.high or 0)

    def take() -> None:
        numbers, count = list(st.session_state[key]), st.session_state[f"{key}.count"]
        numbers = [st.session_state.get(f"{key}.{place}", number) for place, number in enumerate(numbers)]
        st.session_state[key] = tuple((numbers + [numbers[-1] if numbers else max(setting.default)] * count)[:count])

    numbers = tuple(st.session_state[key])
    show(f"{key}.count", len(numbers))
    st.number_input(words.label, 0, setting.longest, step=1, key=f"{key}.count", help=words.help, on_change=take, disabled=locked)
    for place, (column, number) in enumerate(zip(st.columns(max(1, len(numbers))), numbers, strict=False)):
        show(f"{key}.{place}", int(number))
        column.number_input(
            words.items.format(place=place + 1), low, high, step=None, key=f"{key}.{place}", on_change=take, disabled=locked,
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


def _decades(low: float, high: float) -> list[float]:
    """1.0, 1.1, … 9.9 in every decade between the bounds."""
    decades = range(-12, 7)
    figures = (float(f"{tenths / 10}e{decade}") for decade in decades for tenths in range(10, 100))
    return [figure for figure in figures if low <= figure <= high]
