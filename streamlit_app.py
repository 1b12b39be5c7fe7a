"""The app that `streamlit run streamlit_app.py` serves.

The server imports this file and finds the app in it: Streamlit, our routes, and the life of the worker pool. As the page
script it runs once for every visit and every press, and draws the frame with the chosen page inside.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from core.engine import pool
from core.engine.searches import searches
from pages import PAGES
from ui.frame import first_load, shell
from ui.frame._compat import let_answers_go_at_once, let_navigation_rule, let_presses_be_heard, let_scripts_end, let_wakings_be_few
from ui.stage import assets
from ui.stream import commands, events, files, places, views
from ui.stream import searches as search_routes
from ui.stream.ticker import Ticker

if __name__ == "__main__":
    shell.frame(PAGES)
else:

    @asynccontextmanager
    async def life(_app: st.App) -> AsyncIterator[None]:
        """The workers live as long as the app does."""
        let_answers_go_at_once()
        let_wakings_be_few()
        pool().start()
        gc.collect()
        gc.freeze()  # what is here now is never garbage: no collection need look at it again
        yield
        searches().close()
        pool().close()

    let_navigation_rule()
    let_scripts_end()
    let_presses_be_heard()
    prefix = f"/{(st.get_option('server.baseUrlPath') or '').strip('/')}".rstrip("/")
    ticker = Ticker()
    app = st.App(
        __file__,
        lifespan=life,
        routes=[
            *events.routes(pool, prefix, ticker),
            *commands.routes(pool, prefix, ticker),
            *files.routes(pool, prefix),
            *views.routes(pool, prefix),
            *places.routes(pool, prefix),
            *search_routes.routes(searches, prefix, ticker),
            *assets.routes(prefix),
        ],
        middleware=[Middleware(first_load.FirstLoad, prefix=prefix, pages=[page.name for page in PAGES])],
    )
