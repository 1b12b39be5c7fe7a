"""Streamlit's page as we send it: which modules travel in it, and what a browser that has it already is answered."""

import asyncio
import gzip
import json
import re
from typing import Any

from ui.frame import first_load
from ui.stage import assets


def answered(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request for this path."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any: ...

    async def streamlit(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw}
    asyncio.run(first_load.FirstLoad(streamlit, "/base", ["iris"])(scope, receive, send))
    found = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


def test_a_page_is_compressed_and_is_not_sent_twice() -> None:
    status, headers, body = answered("/base/iris", accept_encoding="gzip, br")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(body).decode() == first_load.page()
    status, again, body = answered("/base/iris", accept_encoding="gzip, br", if_none_match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    status, plain, body = answered("/base/iris", if_none_match=headers["etag"])
    assert (status, plain["etag"] != headers["etag"]) == (200, True), "another encoding is another answer"
    assert body.decode() == first_load.page()
    assert "content-encoding" not in plain
    assert answered("/base/elsewhere")[0] == 404


def test_the_page_holds_the_small_modules_and_asks_for_no_file_of_theirs() -> None:
    held = dict(first_load.small_modules(first_load.PRELOADED.findall((first_load.STATIC / "index.html").read_text(encoding="utf-8"))))
    own = {f"assets/{assets.assets_version()}/{name}" for name in ("store.js", "format.js", "panel_words.js")}
    assert own <= held.keys()
    assert sum(address.startswith("static/js/") for address in held) > 30
    for address, text in held.items():
        assert len(text) < first_load.SMALL
        assert "import.meta" not in text, "it would be told another address than its own"
        assert f'href="./{address}"' not in first_load.page()


def test_a_module_in_the_page_cannot_end_the_script_that_holds_it() -> None:
    script = first_load.page().partition("<script>// Small modules")[2].partition("</script>")[0]
    sources = json.loads(re.search(r"Object\.entries\((.*)\)\) \{\n", script)[1])  # type: ignore[index]
    assert dict(first_load.small_modules(())).items() <= sources.items()
