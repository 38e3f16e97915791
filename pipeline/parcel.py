"""What a child sends to its worker: plain data, and objects of the pipeline's own classes of data.

A child that a hostile file has taken over may send anything, and unpickling can call anything. So the worker makes
nothing but data of what it gets (https://docs.python.org/3/library/pickle.html#restricting-globals).
"""

from __future__ import annotations

import io
import pickle
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from pipeline.errors import ChildCrashed, PipelineError

MAX_BYTES = 50_000_000
"""The largest parcel: a page with a million words would be larger."""
_ALSO = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("builtins", "bytearray"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.numeric", "_frombuffer"),
    }
)


def unpack(parcel: bytes) -> Any:
    """Gives what a child sent.

    Raises:
        ChildCrashed: it holds something else than data, or is no parcel at all.
    """
    try:
        return _Unpickler(io.BytesIO(parcel)).load()
    except Exception:  # whatever a forged parcel makes go wrong
        raise ChildCrashed("(its answer was refused)") from None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Gives a class of data; refuses functions and all other classes."""
        if (module, name) in _ALSO:
            return super().find_class(module, name)
        if module.startswith("pipeline."):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__.startswith("pipeline.") and _is_data(found):
                return found
        raise pickle.UnpicklingError("not data")


def _is_data(found: type) -> bool:
    return is_dataclass(found) or issubclass(found, Enum | PipelineError)
