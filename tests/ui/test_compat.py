"""What is changed in Streamlit: nothing that a thread hands over, or that somebody presses, is lost or lies."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from ui.frame._compat import let_presses_be_heard, let_wakings_be_few

THREADS, EACH = 8, 2000
PATIENCE = 20.0


def test_whatever_threads_hand_over_comes_and_in_order() -> None:
    async def main() -> dict[int, list[int]]:
        let_wakings_be_few()
        loop, come, all_come = asyncio.get_running_loop(), {place: list[int]() for place in range(THREADS)}, asyncio.Event()

        def take(place: int, number: int) -> None:
            come[place].append(number)
            if sum(map(len, come.values())) == THREADS * EACH:
                all_come.set()

        def hand_over(place: int) -> None:
            for number in range(EACH):
                loop.call_soon_threadsafe(partial(take, place, number))

        with ThreadPoolExecutor(THREADS) as threads:
            for place in range(THREADS):
                threads.submit(hand_over, place)
            await asyncio.wait_for(all_come.wait(), PATIENCE)
        return come

    assert asyncio.run(main()) == {place: list(range(EACH)) for place in range(THREADS)}


def test_a_loop_that_sleeps_is_woken_each_time_and_a_busy_one_once() -> None:
    async def main() -> tuple[int, int]:
        let_wakings_be_few()
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        written = _counting(loop)
        for _ in range(5):
            threading.Timer(0.01, loop.call_soon_threadsafe, (woken.set,)).start()
            await asyncio.wait_for(woken.wait(), PATIENCE)  # it sleeps, with nothing else to do
            woken.clear()
        slept = len(written)
        for _ in range(100):
            loop.call_soon_threadsafe(int)
        return slept, len(written) - slept

    assert asyncio.run(main()) == (5, 1)


def _counting(loop: asyncio.AbstractEventLoop) -> list[bytes]:
    """What is written to the socket that wakes the loop."""
    written: list[bytes] = []
    inner = vars(loop)["_csock"]

    class Counted:
        def send(self, data: bytes) -> int:
            written.append(data)
            return int(inner.send(data))

        def __getattr__(self, name: str) -> object:
            return getattr(inner, name)

    vars(loop)["_csock"] = Counted()
    return written


class _NewerWishError(Exception):
    """Something else was pressed meanwhile."""


def test_a_press_takes_effect_though_something_else_was_pressed_before_its_script_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def newer_wish() -> None:
        raise _NewerWishError

    class Pressed(SessionState):
        def on_script_will_rerun(self, *_states: object, **_more: object) -> None:
            session["pressed"] = True  # as the callback of a button

    session = SafeSessionState(state := Pressed(), newer_wish)
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)  # taken back after the test
    let_presses_be_heard()
    session.on_script_will_rerun(None)
    assert state["pressed"]
    with pytest.raises(_NewerWishError):
        session["later"] = True
