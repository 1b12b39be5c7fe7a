"""The workbench of an experiment's page: settings beside the stage, on which the run is held, stepped and started."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.engine import LimitReached
from ui.bench import beside_keras, controls, modules, problems, share, take_home, workplace
from ui.bench.aside import aside
from ui.bench.controls import Controls, FieldText
from ui.bench.desk import DEFAULT_SPEED, Desk, find
from ui.bench.waiting import waiting, watching
from ui.frame import device, link, shell, widgets
from ui.frame._compat import TabContainer
from ui.locale import _
from ui.stage import Log, Network, Panel, loop_panel
from ui.stage import stage as mount
from ui.stream.commands import SPEEDS

STAGE = "stage"


class Workbench:
    """One page at work: `settings()` for its controls, then `stage(…)` for what is watched.

    Args:
        experiment: a name out of `core.experiments`; also the page's path.
        words: how the page's own fields are called.
        speed: steps a second of a new run; short runs are given fewer, so that they can be watched.
    """

    def __init__(self, experiment: str, words: Mapping[str, FieldText], speed: float = DEFAULT_SPEED) -> None:
        self.experiment = experiment
        self.desk = _desk(experiment, speed)
        self._controls = Controls(experiment, self.desk.agreed, words, self.desk.run, self.desk.idle, steers=self.desk.may_control)
        self._logs: Sequence[Log] = ()  # that stand in a tab, also where their panels are hidden
        self._places = workplace.places(below=shell.projecting())

    @contextmanager
    def settings(self) -> Iterator[Controls]:
        """The column of settings, left of the stage or, on a phone, below it; afterwards the run agrees with them."""
        with self._places.settings:
            yield self._controls
            if self.desk.may_control:
                self.desk.settle(self._controls.values())
                self._controls.all_defaults()
                share.links(self.desk)

    def stage(self, title: str, sentence: str, panels: Sequence[Panel]) -> None:
        """The panels of the run; the sentence says what the page is about, above its lesson."""
        run, self._sentence = self.desk.run, sentence
        self._logs = [replace(panel, id=f"{panel.id}_tab", aside=True) for panel in panels if isinstance(panel, Log)]
        panels = [*map(self._grown, panels), loop_panel()]
        with self._places.watched:
            if waits := self.desk.waiting:
                waiting(self.experiment, waits.ticket, waits.why)
            else:
                problems.show(self.experiment, self.desk.problems, self._controls.words)
                share.arrival(self.desk)
            share.unknown_panels(self.desk, {panel.id for panel in panels})
            mount(
                run.watch_id,
                [*panels, *self._logs],
                page_path=self.experiment,
                status="" if self.desk.waiting else run.status,  # else each of its ends would have the pages of all who wait drawn anew
                generation=run.generation,
                changes=len(run.changes),
                speed=run.speed,
                speeds=SPEEDS,
                step=run.step,
                words=self._names(),
                address=urlencode({**self.desk.parameters, **shell.link_parameters()}),
                title=title,
                arrangement=self.desk.arrangement,
                projector=shell.projecting(),
                opened=st.query_params.get(link.LOOK, ""),
                held=run.id if self.desk.may_control else "",
                key=STAGE,
                on_remedy=self._remedy,
                on_restore=self._restore,
                on_forget=self._forget,
                on_step=self._go_on,
                on_arranged=self._arranged,
            )

    def _grown(self, panel: Panel) -> Panel:
        """A network whose hidden layers are a setting can be changed at its picture."""
        hidden = self.desk.run.config.settings().get("hidden")
        if hidden is None or hidden.kind != "integers" or not isinstance(panel, Network):
            return panel
        return replace(panel, grows={"layers": hidden.longest or 0, "units": int(hidden.high or 0)})

    def tabs(self, *titles: str) -> Sequence[TabContainer]:
        """Places for what is read rather than watched: below the stage, or on a wide screen beside it, as the visitor likes.

        The first are the script of the run, its model taken apart if it can have one, and Keras beside it; the last is the log,
        where the page has one.
        """
        model = ("nn.Module",) if modules.has_model(self.experiment) else ()
        titles = (titles[0], _("Code"), *model, _("Keras beside PyTorch"), *titles[1:], *(log.title for log in self._logs))
        place = self._places.reading
        place.toggle(_("Read beside the stage"), key=workplace.BESIDE, persist_state="session")
        first, code, *others = widgets.tabs(place, titles, f"{self.experiment}:tabs")
        taken_apart = others.pop(0) if model else None
        keras, *places = others
        first.markdown(self._sentence)
        with code:
            if code.open:
                take_home.code(self.desk.run)
        if taken_apart and taken_apart.open:
            with taken_apart:
                modules.tab(self.desk.run)
        with keras:
            if keras.open:
                beside_keras.tab(self.desk.run)
        for log in reversed(self._logs):
            with (tab := places.pop()):
                if tab.open:
                    aside(self.desk.run, log.id)
        return [first, *places]

    def press(self, label: str, settings: Mapping[str, Any]) -> None:
        """A button in a lesson that trains a new run with these settings; the others go back to their defaults."""
        if self.desk.may_control:
            key = f"{self.experiment}:try:{label}:{sorted(settings.items())}"  # two presses may have the same words
            st.button(label, icon=":material/play_arrow:", key=key, on_click=self._try, args=(settings,))

    def _try(self, settings: Mapping[str, Any]) -> None:
        controls.put(self.experiment, type(self.desk.agreed).checked(settings).model_dump())
        self.desk.asked = "train"

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known of the run's data and model; empty until it is built."""
        return self.desk.run.facts

    # --- what the stage says ---------------------------------------------------------------------------------------

    def _remedy(self) -> None:
        """A new run in place of one that has been trained is trained at once."""
        run, remedy = self.desk.run, st.session_state[STAGE].remedy
        controls.put(self.experiment, remedy)
        settings = run.config.settings()
        structural = not all(settings[name].changeable for name in remedy)
        if run.status.ended or (structural and run.history.last_step >= 1):
            self.desk.asked = "train"

    def _restore(self) -> None:
        index = st.session_state[STAGE].restore
        if 0 <= index < len(self.desk.run.past):
            controls.put(self.experiment, self.desk.run.past[index].spec.last_config.model_dump())

    def _forget(self) -> None:
        if self.desk.may_control:
            self.desk.run.forget_past(st.session_state[STAGE].forget)

    def _arranged(self) -> None:
        self.desk.arrangement = dict(st.session_state[STAGE].arranged)

    def _go_on(self) -> None:
        """The learner has gone through a pass statement by statement: the run makes it too, and is held in the next one."""
        run, row = self.desk.run, st.session_state[STAGE].step
        if self.desk.may_control and run.step < row <= min(run.step + 2, run.last):
            run.advance(row - run.step)

    def _names(self) -> dict[str, str]:
        """What the stage calls fields, choices and devices."""
        fields = {f"field.{name}": words.short or words.label for name, words in self._controls.words.items()}
        choices = {f"choice.{choice}": name for words in self._controls.words.values() for choice, name in words.choices.items()}
        reasons = {f"device.{code}": device.reason(code) for code in device.REASONS}
        zeros = {f"zero.{name}": words.zero for name, words in self._controls.words.items() if words.zero}
        watched = {"watching": watching()} if self.desk.waiting else {}
        return {**zeros, **fields, **choices, **reasons, **watched}


def _desk(experiment: str, speed: float) -> Desk:
    try:
        return find(experiment, speed)
    except LimitReached as reached:
        most = f"{reached.limit:,.10g}"
        st.error(_("You have {limit} runs in front of you here, which is the most. Close one of their pages.", limit=most))
        st.stop()


def messages() -> dict[str, str]:
    """What can befall any run, by its code."""
    return {
        "exception": _("PyTorch stopped with this error:"),
        "loss_not_finite": _("The loss was {value} at step {step}; the run ended there."),
        "worker_died": _("The process that computed this run died. Another one has replayed it to where it was."),
        "time_limit": _("The run was stopped: it had trained for as long as one run may."),
        "unwatched": _("The run was paused because nobody was watching. Train goes on from here."),
        "dropped": _("The run was put away to make room."),
    }
