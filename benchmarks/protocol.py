"""Streamlit's own protocol, spoken by a visitor without a browser. Beside `ui/frame/_compat.py` the one file that knows its internals."""

import asyncio
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

PAGE = "linear_regression"
PATIENCE = 60.0  # seconds until a script has ended


@dataclass
class Page:
    """One open page: its line to the server, and what a browser would know of it."""

    line: ClientConnection
    hashes: set[str] = field(default_factory=set)  # of the long messages that it has kept
    script: str = ""
    epochs: str = ""  # the id of the number input
    sent: int = 0  # bytes that have come

    async def run(self, epochs: int | None = None) -> float:
        """Have the page's script run, with so many epochs or as it is; the seconds until it has ended."""
        asked, start = BackMsg(), time.perf_counter()
        state = asked.rerun_script
        state.page_script_hash, state.page_name = self.script, PAGE
        state.cached_message_hashes.extend(self.hashes)
        state.context_info.timezone, state.context_info.locale = "Europe/Berlin", "en-US"
        state.context_info.url = f"http://127.0.0.1/{PAGE}"
        if epochs is not None:
            state.widget_states.widgets.add(id=self.epochs, int_value=epochs)
        await self.line.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._take(await self.line.recv()):
                pass
        return time.perf_counter() - start

    def _take(self, data: str | bytes) -> bool:
        """A message of the server; whether the script has ended with it, and is not run again at once."""
        told = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        self.sent += len(data)
        if told.metadata.cacheable:
            self.hashes.add(told.hash)
        kind = told.WhichOneof("type")
        if kind == "navigation":
            self.script = told.navigation.page_script_hash
        elif kind == "delta" and told.delta.new_element.WhichOneof("type") == "number_input":
            name = told.delta.new_element.number_input.id
            self.epochs = name if f"{PAGE}.epochs" in name else self.epochs
        return kind == "script_finished" and told.script_finished in {
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        }
