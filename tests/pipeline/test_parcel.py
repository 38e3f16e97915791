from __future__ import annotations

import gc
import io
import os
import pickle
import struct
import subprocess
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pytest

from pipeline import child, parcel
from pipeline.child import Limits
from pipeline.errors import ChildCrashed, Corrupt, MemoryLimit, TimeLimit
from pipeline.intake import Intake
from pipeline.kinds import FileKind
from pipeline.parcel import unpack
from pipeline.render import ImageDocument
from pipeline.types import Box, Page, PageSource, Word

PAGE = Page(1, 612.0, 792.0, PageSource.OCR, "", (Word("a", Box(1, 0, 0, 1, 1), 0.9, 0),))


class _Calls:
    """Pickles as a call of anything."""

    def __init__(self, call: Callable[..., object], *args: object) -> None:
        self._call = (call, args)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def _send(size: int) -> bytes:
    return b"x" * size


def _send_half(seconds: float) -> None:
    """Tells of an answer, and sends none."""
    [pipe] = [found for found in gc.get_objects() if isinstance(found, Connection) and found.writable]
    os.write(pipe.fileno(), struct.pack("!i", 1000) + b"x" * 10)
    time.sleep(seconds)
    os._exit(3)


def _take_over() -> object:
    return _Calls(os.putenv, "FUSE_TAKEN", "over")


@pytest.mark.parametrize(
    "data",
    [PAGE, ("item", [PAGE]), Intake(FileKind.PDF, "application/pdf", 3), {"a": {1, 2.5, None}}, b"x", np.float32(0.5)],
    ids=["page", "item", "intake", "plain", "bytes", "numpy"],
)
def test_data_arrives_as_it_was(data: object) -> None:
    assert unpack(pickle.dumps(data)) == data


def test_an_error_arrives_with_its_detail() -> None:
    error = unpack(pickle.dumps(("error", Corrupt("page 4"))))[1]
    assert (type(error), error.detail) == (Corrupt, "page 4")


@pytest.mark.parametrize(
    "parcel",
    [
        pickle.dumps(_Calls(os.system, "true")),
        pickle.dumps(_Calls(subprocess.Popen, ["true"])),
        pickle.dumps(_Calls(eval, "1")),
        pickle.dumps(_Calls(getattr, "x", "upper")),
        pickle.dumps(_Calls(ImageDocument, b"", FileKind.PNG)),
        pickle.dumps(_Calls(child.start_server)),
        b"\x80\x04\x8c\x0epipeline.child\x8c\x09os.system\x93\x8c\x04true\x85R.",
        b"\x80\x04\x8c\x0epipeline.child\x8c\x06Thread\x93.",
        pickle.dumps(PAGE)[:-9],
        b"",
        b"junk",
    ],
    ids=["os.system", "Popen", "eval", "getattr", "a parser of ours", "a function of ours", "by way of our module",
         "a class we import", "cut", "empty", "junk"],
)  # fmt: skip
def test_anything_else_is_refused(parcel: bytes) -> None:
    with pytest.raises(ChildCrashed, match="refused"):
        unpack(parcel)


def test_python_itself_would_have_called_it() -> None:
    """The parcels above are live: without the check, they call what they name."""
    assert pickle.load(io.BytesIO(b"\x80\x04\x8c\x0epipeline.child\x8c\x09os.getpid\x93)R.")) == os.getpid()


def test_a_child_that_was_taken_over_makes_the_worker_do_nothing() -> None:
    with pytest.raises(ChildCrashed, match="refused"):
        child.run(_take_over, limits=Limits())
    assert "FUSE_TAKEN" not in os.environ


def test_a_parcel_too_large_is_not_taken() -> None:
    assert len(child.run(_send, parcel.MAX_BYTES - 1000, limits=Limits())) == parcel.MAX_BYTES - 1000
    with pytest.raises(MemoryLimit):
        child.run(_send, parcel.MAX_BYTES + 1, limits=Limits())


@pytest.mark.parametrize(("seconds", "error"), [(60.0, TimeLimit), (0.0, ChildCrashed)], ids=["hangs", "dies"])
def test_half_an_answer_is_not_waited_for_for_ever(seconds: float, error: type[Exception]) -> None:
    started = time.monotonic()
    with pytest.raises(error):
        child.run(_send_half, seconds, limits=Limits(wall_s=2.0))
    assert time.monotonic() - started < 10
