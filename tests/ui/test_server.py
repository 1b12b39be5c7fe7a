"""The server round the app: what is set before it listens."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
import streamlit as st

import streamlit_app


def test_no_answer_waits_until_the_one_before_has_been_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a socket that was bound beforehand, as Streamlit does it: asyncio by itself leaves it as it is."""
    idle = SimpleNamespace(start=lambda: None, close=lambda: None)
    monkeypatch.setattr(streamlit_app, "pool", lambda: idle)
    monkeypatch.setattr(streamlit_app, "searches", lambda: idle)

    async def accepted() -> int:
        found = asyncio.get_running_loop().create_future()
        listening = socket.socket(socket.AF_INET)
        listening.bind(("127.0.0.1", 0))

        class Asked(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                found.set_result(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        async with streamlit_app.life(st.App(streamlit_app.__file__)):
            server = await asyncio.get_running_loop().create_server(Asked, sock=listening)
            _, writer = await asyncio.open_connection(*listening.getsockname())
            set_at_once = int(await asyncio.wait_for(found, 30))
            writer.close()
            server.close()
        return set_at_once

    assert asyncio.run(accepted()) != 0
