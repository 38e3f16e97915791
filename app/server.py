"""The one web process: the Streamlit workbench, and the API beside it on the same port.

python -m uvicorn app.server:app
"""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import wiring
from app.api import (
    conflicts,
    problems,
    routes_components,
    routes_documents,
    routes_export,
    routes_health,
    routes_metrics,
    routes_review,
    routes_upload,
)
from app.api.slow_bodies import SlowBodies
from app.telemetry import set_up_logs
from pipeline import child

_API_PREFIXES = ("/api/", "/health/")
_FIRST_SCREEN = "/queue"
"""Streamlit knows its first screen as `/` only; a bookmark by its name is led there."""
_WITH_FILES_BELOW = ("api", "health", "_stcore", "app", "auth", "component", "media", "static")
"""Ours and Streamlit's own."""
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"SAMEORIGIN",
}
_SMALL_BODY = 1_000_000
_HEAVY = (
    "pandas",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "app.charts",
    "app.components.field_form",
    "app.components.model_conversation",
    "app.components.page_viewer",
    "app.components.review_actions",
    "db.rules",
)
"""What the screens import: done before the first visitor, who would wait for it. Not streamlit_pdf_viewer, whose
files Streamlit serves only if a page was the first to import it."""
_SWITCH_S = 0.0005
"""How long a thread may compute while others wait. A screen's run waits for the database some twenty times, and each
time for its turn after that; with Python's 5 ms that was most of it (D. Beazley, "Understanding the Python GIL", 2010).
"""
_ROUTES = (
    routes_upload,
    routes_documents,
    routes_export,
    routes_review,
    routes_metrics,
    routes_components,
    routes_health,
)


def make_api() -> FastAPI:
    """The API, with its errors as codes and sentences."""
    api = FastAPI(
        title="Fuse",
        description="Upload documents, follow them, read their fields, correct and approve them.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=_SMALL_BODY,
    )
    for routes in _ROUTES:
        api.include_router(routes.router)
    problems.answer_errors(api)
    conflicts.answer_conflicts(api)
    return api


class ApiBeside:
    """Sends the API's paths to the API, all others to the workbench."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._workbench, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path == _FIRST_SCREEN:
            query = scope.get("query_string", b"").decode("latin-1")
            await RedirectResponse(f"/?{query}" if query else "/")(scope, receive, send)
            return
        if scope["type"] == "http" and (screen := _screen_above(path, dict(scope["headers"]))):
            await RedirectResponse(screen)(scope, receive, send)
            return
        ours = scope["type"] == "http" and (path == "/health" or path.startswith(_API_PREFIXES))
        await (self._api if ours else self._workbench)(scope, receive, send)


def _screen_above(path: str, headers: dict[bytes, bytes]) -> str | None:
    """Where a browser goes that somebody sent below a screen: to the screen, or to the word that there is none.
    Streamlit would load its own files from there, and show nothing.
    """
    first, _, rest = path.strip("/").partition("/")
    astray = rest and first not in _WITH_FILES_BELOW and b"text/html" in headers.get(b"accept", b"")
    return f"/{quote(first)}" if astray else None


class Guard:
    """Refuses changes that a foreign web page asks for, and adds the headers that keep browsers strict."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if not _is_for_us(headers):
            await _refuse_host(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [(k, v) for k, v in _HEADERS.items() if k not in present]
            await send(message)

        app = self._app
        if scope["method"] not in _SAFE_METHODS and _is_foreign(headers):
            app = problems.problem(403, "foreign_origin", "This request came from another web site.")
        await app(scope, receive, send_with_headers)


def _is_for_us(headers: dict[bytes, bytes]) -> bool:
    """Whether the request is addressed to one of our names: a web site whose name was made to point to this machine
    (DNS rebinding) is not.
    """
    names = wiring.settings().host_names
    host = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname
    return names is None or host in names


async def _refuse_host(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    sentence = "This address is not one of Fuse's. An administrator can add it to FUSE_ALLOWED_HOSTS."
    await problems.problem(403, "foreign_host", sentence)(scope, receive, send)


def _is_foreign(headers: dict[bytes, bytes]) -> bool:
    origin = headers.get(b"origin", b"").decode("latin-1")
    return bool(origin) and urlsplit(origin).netloc != headers.get(b"host", b"").decode("latin-1")


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Warms up before the first request."""
    set_up_logs(wiring.settings().log_level, "web")
    child.start_server()
    for module in _HEAVY:
        import_module(module)
    # What is loaded now stays: it need not be looked at each time that garbage is collected.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_S)
    yield


_api = problems.TooLargeAsProblem(problems.WithoutDetails(make_api()))
app = st.App(
    "app/main.py",
    lifespan=lifespan,
    middleware=[Middleware(Guard), Middleware(SlowBodies), Middleware(ApiBeside, api=_api)],
)
