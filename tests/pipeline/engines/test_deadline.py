"""The two walls of a call's deadline, each by itself: the clock at every piece, and the last resort around it all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import pytest

from pipeline.engines.deadline import in_time, whole
from pipeline.errors import LlmCutOff, LlmRefused, LlmSlow


def pieces(piece: bytes, every_s: float = 0.0) -> Iterator[bytes]:
    """Without an end."""
    while True:
        time.sleep(every_s)
        yield piece


def test_an_answer_in_time_is_whole() -> None:
    assert whole([b"a", b"", b"bc"], time.monotonic() + 1) == b"abc"


def test_an_answer_that_drips_is_left_at_the_first_piece_that_comes_too_late() -> None:
    started = time.monotonic()
    with pytest.raises(LlmSlow):
        whole(pieces(b" ", 0.02), started + 0.2)
    assert 0.2 < time.monotonic() - started < 1.0


def test_an_answer_without_an_end_is_cut_off_long_before_its_time() -> None:
    started = time.monotonic()
    with pytest.raises(LlmCutOff):
        whole(pieces(b" " * 1_000_000), started + 30)
    assert time.monotonic() - started < 5


def test_a_call_that_never_ends_is_left_behind() -> None:
    for_ever = Event()
    started = time.monotonic()
    with pytest.raises(LlmSlow):
        in_time(lambda: for_ever.wait(20), 0.1)
    assert time.monotonic() - started < 2
    for_ever.set()


def test_what_a_call_gives_or_raises_comes_through() -> None:
    assert in_time(lambda: 5, 1.0) == 5
    assert in_time(lambda: None, 1.0) is None
    with pytest.raises(LlmRefused):
        in_time(_refuses, 1.0)


def _refuses() -> None:
    raise LlmRefused
