"""Against servers that keep a call alive without ever ending it: nobody waits longer than allowed.

The clock is looked at with each piece of an answer; but a client gives none while headers drip.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from pipeline.errors import LlmCutOff, LlmSlow

_Result = TypeVar("_Result")
_LONGEST_ANSWER = 4_000_000
"""Bytes; a server that sends more is not one that answers."""
_GRACE_S = 0.5
"""An engine that ends its call by itself also gives the connection back; so it has the first word."""


def whole(pieces: Iterable[bytes], end: float) -> bytes:
    """An answer's bytes, read against the clock: a byte a second is too slow as well.

    Args:
        pieces: as they come.
        end: when it must all be there, by `time.monotonic`.

    Raises:
        LlmSlow: it is not.
        LlmCutOff: it has no end.
    """
    received = bytearray()
    for piece in pieces:
        received += piece
        if time.monotonic() > end:
            raise LlmSlow
        if len(received) > _LONGEST_ANSWER:
            raise LlmCutOff("The answer had no end.")
    return bytes(received)


def in_time(call: Callable[[], _Result], seconds: float) -> _Result:
    """Calls, and waits for the result no longer than that. A call that is left behind ends when its server hangs up.

    Raises:
        LlmSlow: it took longer.
        Exception: what the call raised.
    """
    ended: SimpleQueue[tuple[_Result | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((call(), None))
        except BaseException as error:  # raised again by whoever waits
            ended.put((None, error))

    Thread(target=run, daemon=True, name="llm call").start()
    try:
        result, error = ended.get(timeout=seconds + _GRACE_S)
    except Empty:
        raise LlmSlow from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value] # None only where `call` gives None
