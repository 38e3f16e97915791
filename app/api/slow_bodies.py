"""Requests whose body comes too slowly: cut off, so that nobody holds memory and connections for nothing."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem

_SENTENCE = "The file came too slowly. Send it again over a faster connection, or make it smaller."


class SlowBodies:
    """Gives a request's body a time, and more of it the more has come; then the answer is 408.

    Args:
        app: what it stands before.
        grace_s: seconds that every body has.
        least_bytes_per_s: how fast it must be beyond that, on average.
    """

    def __init__(self, app: ASGIApp, grace_s: float = 30.0, least_bytes_per_s: float = 20_000.0) -> None:
        self._app = app
        self._grace_s = grace_s
        self._least_bytes_per_s = least_bytes_per_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        deadline = time.monotonic() + self._grace_s
        complete = late = answered = False

        async def receive_in_time() -> Message:
            nonlocal deadline, complete, late
            if complete:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), deadline - time.monotonic())
            except TimeoutError:
                late = True
                return {"type": "http.disconnect"}
            deadline += len(message.get("body", b"")) / self._least_bytes_per_s
            complete = not message.get("more_body", False)
            return message

        async def send_unless_late(message: Message) -> None:
            nonlocal answered
            if not late:
                answered = True
                await send(message)

        try:
            await self._app(scope, receive_in_time, send_unless_late)
        except ClientDisconnect:
            if not late:
                raise
        if late and not answered:
            await problem(408, "too_slow", _SENTENCE, {"Connection": "close"})(scope, receive, send)
