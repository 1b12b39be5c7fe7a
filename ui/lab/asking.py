"""Asking a worker what PyTorch finds; a page never waits long for it."""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from typing import Any, NamedTuple

import streamlit as st

from core.engine import NoAnswerError, pool
from ui.locale import _

logger = logging.getLogger(__name__)

AT_ONCE = 0.25  # seconds that a page waits for its answer before it is drawn without
PATIENCE = 60.0  # seconds after which an answer comes no more; to ask again earlier would only add to what keeps a worker busy


class Question(NamedTuple):
    """A question on its way."""

    answer: Future[dict[str, Any]]
    at: float


def answer(question: str, **arguments: Any) -> dict[str, Any] | None:
    """A worker's answer; None while there is none, and then the page looks again by itself."""
    asked = json.dumps(arguments)
    if not pool().devices:
        _awaited(question, asked)
        return None
    found = _ask(question, asked)
    try:
        return found.answer.result(AT_ONCE)
    except NotYetError:
        if time.monotonic() - found.at > PATIENCE:
            _in_vain(question, asked, "no answer")
        else:
            _awaited(question, asked)
    except NoAnswerError as error:
        _in_vain(question, asked, str(error))
    return None


def answers(question: str, several: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The answers to the same question about several things, asked one after another; those that have come, and the page looks again."""
    found: list[dict[str, Any]] = []
    waited = False
    for arguments in several:
        asked = json.dumps(arguments)
        new = not _ask(question, asked).answer.done()
        if new and waited:  # no page waits for two
            _awaited(question, asked)
            break
        if (one := answer(question, **arguments)) is None:
            break
        found.append(one)
        waited = waited or new
    return found


def waiting() -> str:
    """What stands in the place of an answer that has not come yet."""
    return _("PyTorch is computing…") if pool().devices else _("Starting…")


@st.cache_resource(max_entries=256, show_spinner=False)
def _ask(question: str, arguments: str) -> Question:
    """One question for all visitors who have the same."""
    return Question(pool().ask(question, **json.loads(arguments)), time.monotonic())


def _awaited(question: str, arguments: str) -> None:
    def look() -> None:
        asked = _ask(question, arguments) if pool().devices else None
        if asked and (asked.answer.done() or time.monotonic() - asked.at > PATIENCE):
            st.rerun()

    st.fragment(look, run_every=0.4)()


def _in_vain(question: str, arguments: str, reason: str) -> None:
    _ask.clear(question, arguments)
    logger.warning("PyTorch's answer did not come: %s", reason)
    st.error(_("PyTorch's answer did not come: the process that computes it has ended or is too busy."), icon=":material/error:")
    st.button(_("Ask again"))
