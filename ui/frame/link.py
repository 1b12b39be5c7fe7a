"""The link holds everything that a page needs to come back: the settings that differ from their defaults, and the run."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st

from core.run.replay import FIELD, Replay
from core.settings.config import Config, ConfigError, Problem, TrainingConfig

C = TypeVar("C", bound=Config)
RUN = "run"  # the id of the run: the one to watch, or, where the steering is handed over, the one to control
HELD = "stepwise-steers"  # the cookie in which a browser remembers the ids of the runs that it steers (ui/stage/holding.js)
SPEED = "speed"
LOOK = "look"  # the panel that is to be open and in view
PANELS, LARGE = "panels", "large"  # how the panels are arranged (ui/stage/arrangement.js)
REPLAY = FIELD  # the changes that were made to a run, for a replay
LONGEST = 1000  # characters of one setting; servers and messengers cut longer addresses
LONGEST_REPLAY = 3000  # characters of all that was done to a run


def settings(config_class: type[C]) -> tuple[C, list[Problem]]:
    """The settings in the visitor's link. What the Config refuses is named, and stays at its default."""
    parameters = {name: st.query_params[name] for name in st.query_params if name in config_class.model_fields}
    problems: list[Problem] = []
    while True:
        try:
            return config_class.from_link(parameters), problems
        except ConfigError as error:
            problems += error.problems
            refused = {problem.field for problem in error.problems} & parameters.keys()
            if not refused:
                return config_class(), problems
            parameters = {name: text for name, text in parameters.items() if name not in refused}


def replay(experiment: str, config: TrainingConfig) -> tuple[Replay | None, list[Problem]]:
    """What was done to a run that began with `config`, if the visitor's link holds it."""
    text = st.query_params.get(REPLAY)
    try:
        return Replay.read(text, experiment, config) if text else None, []
    except ConfigError as error:
        return None, error.problems


def arrangement() -> dict[str, str]:
    """How the panels are arranged in the visitor's link."""
    return {name: st.query_params.get(name, "") for name in (PANELS, LARGE)}


def held() -> list[str]:
    """The ids of the runs that the visitor's browser steers, the latest first."""
    return st.context.cookies.get(HELD, "").split(".")


def parameters(config: Config) -> dict[str, str]:
    """The settings that differ from their defaults, without those that are too long for a link."""
    left_out = too_long(config)
    return {name: text for name, text in config.to_link().items() if name not in left_out}


def too_long(config: Config) -> set[str]:
    """The settings that a link leaves out: a long text or table, and the choices that mean nothing without it."""
    long = {name for name, text in config.to_link().items() if len(text) > LONGEST}
    return long.union(*(config.settings()[name].when for name in long))


def address(page: str, parameters: Mapping[str, str]) -> str:
    """A link to `page` (its address without parameters) for somebody else."""
    query = urlencode(parameters, safe=":,=")
    return f"{page}?{query}" if query else page
