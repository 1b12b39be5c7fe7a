"""What the learner sets on this page: of which experiment, what is searched, how. All of it stands in the link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from core import experiments
from core.engine.housekeeping import LimitReached
from core.engine.searches import searches
from core.program import export
from core.run.spec import RunSpec
from core.search.goal import Goal, goals
from core.search.handle import SearchRun
from core.search.space import Dimension, SearchError, proposals
from core.search.space import read as dimension
from core.search.spec import LATER, PARAMETERS, PRUNERS, SAMPLERS, SEEDS, SearchSpec
from core.settings.config import ConfigError, TrainingConfig
from core.settings.limits import limits
from ui.bench.controls import FieldText
from ui.frame import link, refusals, shell, widgets
from ui.lab import programs
from ui.locale import _
from ui.search import words

PAGE = "search"
OF, RUN = f"{PAGE}.of", f"{PAGE}.run"
WISHED, LINKED = f"{PAGE}.wished", f"{PAGE}.linked"  # of the link: what was wished for while it ran; the search with that
PRESSED = f"{PAGE}.pressed"
HELD_OUT = f"{PAGE}.held_out"
HELD = "stepwise-search"  # the cookie in which a browser remembers the search that it steers (search.js)
FIRST = ("lr", "hidden", "weight_decay", "units")  # searched to begin with, where an experiment has them
BEGINNING = {"sampler": "random", "trials": 128, "pruner": "none", "seeds": 1, "search_seed": 0, "held_out": 0}
SHOWN_FIRST = "iris"


@dataclass(frozen=True)
class Chosen:
    """The search that is shown, if there is one, and the one that would be started next."""

    spec: SearchSpec | None
    run: SearchRun | None
    known: Mapping[str, FieldText]  # the fields of its experiment in words
    addressed: bool  # whether the page's address is that of this search


def editor(titles: Mapping[str, str], fields: Callable[[str], Mapping[str, FieldText]]) -> Chosen:
    """The widgets; what is refused is said below them. `titles` are those of all pages, `fields` says how an experiment's are called."""
    _begin()
    start = st.container()
    widgets.choice(_("Experiment"), experiments.names(), OF, titles, on_change=_another)
    of: str = st.session_state[OF]
    base = _base(of)
    over = _searched(of, base, fields(of))
    _how(of)
    spec = _read(of, base, over)
    with start:
        run = _started(spec)
    addressed = bool(run and spec and _plain(run.spec) == _plain(spec))
    if spec:
        parameters = (run.spec if run and addressed else spec).to_link()
        shell.readdress(PAGE, parameters)
        programs.links(parameters, _("This page with this search:"), read_again=True)
    st.caption(_("Everything else is as it is set on the experiment's page."))
    return Chosen(spec, run, fields(run.spec.experiment if run else of), addressed)


def start(_pressed: object = None) -> None:
    """The press on the button, or on the one in the drawing, which stands where nothing has been searched yet."""
    st.session_state[PRESSED] = True


def guess() -> str:
    """The program of the learner's own choice."""
    of: str = st.session_state[OF]
    return export.script(RunSpec(of, _base(of).used()), _).source


def _key(of: str, name: str) -> str:
    return f"{PAGE}.{of}.{name}"


# --- what a visitor begins with --------------------------------------------------------------------------------


def _begin() -> None:
    """For a new visitor the link's search, or a first one."""
    state, asked = st.session_state, st.query_params
    if OF in state:
        return
    state[OF] = programs.known("of", _("Experiment"), experiments.names(), SHOWN_FIRST)
    state.update({f"{PAGE}.{name}": value for name, value in BEGINNING.items()})
    for name in PARAMETERS:
        if name in asked and name != "goal":
            text = asked[name]
            usual = BEGINNING[name]
            state[f"{PAGE}.{name}"] = (
                int(text) if isinstance(usual, int) and text.isdecimal() else usual if isinstance(usual, int) else text
            )
    state[HELD_OUT] = bool(state[HELD_OUT])
    if state[f"{PAGE}.sampler"] not in SAMPLERS:
        state[f"{PAGE}.sampler"] = BEGINNING["sampler"]
    if state[f"{PAGE}.pruner"] not in PRUNERS:
        state[f"{PAGE}.pruner"] = BEGINNING["pruner"]
    of = state[OF]
    given, problems = link.settings(experiments.config_class(of))
    state[_key(of, "linked")] = given.differences(type(given)())
    for problem in problems:
        st.error(refusals.sentence(problem, problem.field, {}), icon=":material/error:")
    _fill(of, asked.get("over", ""), asked.get("goal", ""))
    state[WISHED] = {name: asked[name] for name in LATER if asked.get(name)}
    state[RUN] = _held(of)


def _held(of: str) -> str | None:
    """The search that this browser steers since before the page was loaded, if it is the one of the link."""
    run = searches().find(st.context.cookies.get(HELD, ""))
    return run.id if run and run.spec.experiment == of and run.spec.to_link().get("over", "") == st.query_params.get("over", "") else None


def _another() -> None:
    """Another experiment is chosen."""
    _fill(st.session_state[OF])


def _fill(of: str, over: str = "", goal: str = "") -> None:
    """The widgets of an experiment that has not been looked at before."""
    state, base = st.session_state, _base(of)
    if _key(of, "fields") in state:
        return
    proposed, linked = proposals(base), dict[str, Dimension]()
    for text in filter(None, over.split(";")):
        try:
            found = dimension(text, base)
            linked[found.field] = found
        except (SearchError, ConfigError) as error:
            st.error(words.refused(error), icon=":material/error:")
    state[_key(of, "fields")] = list(linked) or [name for name in FIRST if name in proposed][:2]
    for name, one in (proposed | linked).items():
        _put(of, name, one)
    allowed = goals(_metrics(of))
    state[_key(of, "goal")] = goal if goal in allowed else "test_loss" if "test_loss" in allowed else "loss"
    state[_key(of, "epochs")] = base.epochs if "epochs" in state.get(_key(of, "linked"), {}) else min(base.epochs, 200)
    if "test_share" in type(base).model_fields:
        share: float = vars(base)["test_share"]
        state[_key(of, "test_share")] = share or 0.3


def _put(of: str, name: str, one: Dimension) -> None:
    """The widgets of one field."""
    state = st.session_state
    if one.choices:
        state[_key(of, f"{name}.choices")] = "|".join(one.choices)
    else:
        state[_key(of, f"{name}.low")], state[_key(of, f"{name}.high")] = one.low, one.high
        state[_key(of, f"{name}.log")] = one.log


def _metrics(of: str) -> list[str]:
    """The numbers of an experiment's rows by which runs can be compared."""
    text = experiments.program(of).read_text(encoding="utf-8")
    return [name for name in ("loss", "accuracy", "test_loss", "test_accuracy") if f'"{name}"' in text or name.replace("_", " ") in text]


def _base(of: str) -> TrainingConfig:
    """The settings that are not searched: the link's, those of the experiment's page in this session, and those that are set here."""
    state, config = st.session_state, experiments.config_class(of)
    page = {name: state[f"{of}.{name}"] for name in config.model_fields if f"{of}.{name}" in state}
    set_here = [name for name in ("epochs", "test_share") if _key(of, name) in state and name in config.model_fields]
    here: dict[str, object] = {name: state[_key(of, name)] for name in set_here}
    guesses = {name: state[_key(of, f"{name}.guess")] for name in config.model_fields if state.get(_key(of, f"{name}.guess")) is not None}
    try:
        return config.checked({**page, **state.get(_key(of, "linked"), {}), **here, **guesses})
    except ConfigError:
        return config()


# --- the widgets -----------------------------------------------------------------------------------------------


def _searched(of: str, base: TrainingConfig, known: Mapping[str, FieldText]) -> list[str]:
    """Which fields, and over what."""
    proposed = proposals(base)
    labels = {name: _label(name, base, known) for name in proposed}
    widgets.choices(_("What is searched"), list(proposed), _key(of, "fields"), labels, help=None, disabled=False)
    return [_field(of, base, proposed[name], labels[name]) for name in st.session_state[_key(of, "fields")] if name in proposed]


def _label(name: str, base: TrainingConfig, known: Mapping[str, FieldText]) -> str:
    """A list is searched whole (the units of each layer), while the page of its experiment first asks how long it is."""
    if name not in known:
        return name
    listed = base.settings()[name].kind == "integers" and known[name].short
    return listed[0].upper() + listed[1:] if listed else known[name].label


def _field(of: str, base: TrainingConfig, proposed: Dimension, label: str) -> str:
    """One field: the ends of its range and the learner's guess, or its choices. Returns the dimension as it is written."""
    state, name = st.session_state, proposed.field
    if proposed.choices:
        key = _key(of, f"{name}.choices")
        state.setdefault(key, "|".join(proposed.choices))
        st.text_input(_("{field}: choices, with | between them", field=label), key=key, persist_state="session")
        return f"{name}={state[key]}"
    for part, value in (("low", proposed.low), ("high", proposed.high), ("log", proposed.log)):
        state.setdefault(_key(of, f"{name}.{part}"), value)
    state.setdefault(_key(of, f"{name}.guess"), vars(base)[name])
    with st.container(key=f"{PAGE}-{name}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(label, width="content")
            st.toggle(_("log scale"), key=_key(of, f"{name}.log"), persist_state="session")
        setting = type(base).settings()[name]
        for column, part, title in zip(st.columns(3), ("low", "high", "guess"), (_("from"), _("to"), _("your guess")), strict=True):
            column.number_input(
                title, setting.low, setting.high, step=None if not proposed.whole else 1, key=_key(of, f"{name}.{part}"),
                format="%d" if proposed.whole else "%g", persist_state="session",
            )  # fmt: skip
    low, high, log = (state[_key(of, f"{name}.{part}")] for part in ("low", "high", "log"))
    return f"{name}={low}..{high}{':log' if log else ''}"


def _how(of: str) -> None:
    """Goal, sampler, budget."""
    widgets.choice(_("Goal"), goals(_metrics(of)), _key(of, "goal"), words.goals())
    why_not = _nothing_held_out(of)
    st.toggle(
        _("Half of the test samples choose, half are held out"), key=HELD_OUT, persist_state="session", disabled=bool(why_not),
        help=why_not or _("Every second test sample chooses. What the best trial reaches on the others is told beside it."),
    )  # fmt: skip
    if why_not:
        st.caption(why_not)
    widgets.choice(_("Who chooses"), SAMPLERS, f"{PAGE}.sampler", words.samplers())
    widgets.choice(_("Who is cut short"), PRUNERS, f"{PAGE}.pruner", words.pruners())
    left, right = st.columns(2)
    left.number_input(_("Trials"), 1, limits().search_trials, step=1, key=f"{PAGE}.trials", persist_state="session")
    right.number_input(_("Epochs"), 1, limits().epochs, step=1, key=_key(of, "epochs"), persist_state="session")
    with st.expander(_("More settings")):
        if _key(of, "test_share") in st.session_state:
            setting = experiments.config_class(of).settings()["test_share"]
            st.number_input(
                _("Test share"), setting.low, setting.high, step=0.05, format="%g", key=_key(of, "test_share"), persist_state="session"
            )
        st.number_input(
            _("Seeds of each trial"), 1, SEEDS, step=1, key=f"{PAGE}.seeds", persist_state="session",
            help=_("Each trial is so many runs that differ in the seed; their mean counts."),
        )  # fmt: skip
        st.number_input(_("Seed of the search"), 0, 2**31 - 1, step=1, key=f"{PAGE}.search_seed", persist_state="session")


def _nothing_held_out(of: str) -> str:
    """Why no test samples can be held out; "" where they can."""
    if not any(name.startswith("test_") for name in _metrics(of)):
        return _("This experiment has no test samples: there are none that could be held out.")
    if not Goal.read(st.session_state[_key(of, "goal")]).tested:
        return _("Nobody chooses by the test samples here: all of them are held out as it is.")
    return ""


def _read(of: str, base: TrainingConfig, over: list[str]) -> SearchSpec | None:
    """The search that the widgets say; None where it is refused, and then it says why."""
    state = st.session_state
    given = {name: str(state[f"{PAGE}.{name}"]) for name in PARAMETERS if name != "goal"}
    given["held_out"] = str(int(state[HELD_OUT] and not _nothing_held_out(of)))
    given["goal"] = state[_key(of, "goal")]
    try:
        spec = SearchSpec.read(of, base, over, **given)
        if wished := state.pop(WISHED, {}):
            state[LINKED] = SearchSpec.read(of, base, over, **given, **wished)
    except (SearchError, ConfigError) as error:
        st.error(words.refused(error), icon=":material/error:")
        return None
    linked: SearchSpec | None = state.get(LINKED)
    return linked if linked and _plain(linked) == spec else spec


def _plain(spec: SearchSpec) -> SearchSpec:
    """A search as its widgets say it, whatever was wished for while it ran."""
    return replace(spec, turns=(), beside=False)


def _started(spec: SearchSpec | None) -> SearchRun | None:
    """The button, and the search that it has begun."""
    state = st.session_state
    icon, label = ":material/travel_explore:", _("Start the search")
    st.button(label, type="primary", icon=icon, width="stretch", disabled=spec is None, on_click=start)
    run = searches().find(state.get(RUN) or "")
    if state.pop(PRESSED, False) and spec:
        if run:
            searches().drop(run)
        try:
            run = searches().open(_plain(spec) if run else spec)  # a link's once; then what the widgets say
            state[RUN] = run.id
        except LimitReached as reached:
            st.error(
                _("There are {limit} searches already; try again when one of them has ended.", limit=reached.limit), icon=":material/error:"
            )
            run = None
    if spec and spec.turns and not run:
        st.caption(_("As in the link, it is changed on the way: {trials} trials in the end.", trials=spec.last.trials))
    return run
