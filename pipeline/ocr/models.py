"""The second reader's neural models, ready to run: PP-OCRv6 "small", as RapidOCR's wheel carries them.

OpenVINO runs them on one thread. So the process that loads them may fork, and its children use them at once (a pool of
threads would not survive the fork); what the compiler made for the shapes run before the fork is there as well.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import EngineMissing

Floats = npt.NDArray[np.float32]

CANVAS = (1088, 736)
"""Height and width of what the detector looks at, in pixels: a page of A4 or US letter paper at 90 dpi."""

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNIZER = "PP-OCRv6_rec_small.onnx"
_SETTINGS = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
_LAST_LATIN = 0x17F
_ALSO = "–—‘’“”•€₹™"
_EUROPEAN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽžŁłČčĆćŚśŻżĞğİışŞ§°©®")
_RARE = {"accented": -2.0, "exotic": -4.0}
"""Added to the scores (logarithms of odds) of letters that noise is more often taken for than they stand there."""


def installed() -> bool:
    """Whether the models and what runs them are here."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "openvino"))


class Model:
    """A compiled model; its answers are only good until the next call."""

    def __init__(self, compiled: Any) -> None:
        self._request = compiled.create_infer_request()

    def __call__(self, batch: Floats) -> Floats:
        """Runs the model on a batch: N x 3 x height x width, -1..1."""
        self._request.infer([batch], share_inputs=True)
        answer: Floats = self._request.get_output_tensor().data
        return answer


@lru_cache(maxsize=1)
def detector() -> Model:
    """Finds text on a canvas of fixed size: gives 1 x 1 x height x width, how likely each pixel belongs to a line.

    A fixed size takes a third of the memory that a free one does.

    Raises:
        EngineMissing: the models are not installed.
    """
    core = _core()
    model = core.read_model(_folder() / _DETECTOR)
    model.reshape([1, 3, *CANVAS])
    return Model(core.compile_model(model, "CPU", _SETTINGS))


@lru_cache(maxsize=1)
def recognizer() -> tuple[Model, tuple[str, ...]]:
    """Reads lines: gives N x steps x characters, probabilities; and the characters, the first being "nothing" (CTC).

    Of the model's 18,710 characters only those of Latin scripts are kept: a quarter less work, and no misreading of a
    comma as an ideographic one.

    Raises:
        EngineMissing: the models are not installed.
    """
    core = _core()
    model = core.read_model(_folder() / _RECOGNIZER)
    known = ["", *model.get_rt_info()["framework"]["character"].value.split("\n"), " "]
    kept = [0, *(i for i, character in enumerate(known) if _wanted(character))]
    _keep_outputs(model, kept, np.array([_rarity(known[i]) for i in kept], np.float32), len(known))
    return Model(core.compile_model(model, "CPU", _SETTINGS)), tuple(known[i] for i in kept)


def _wanted(character: str) -> bool:
    return len(character) == 1 and (0x20 <= ord(character) <= _LAST_LATIN or character in _ALSO)


def _rarity(character: str) -> float:
    if not character or ord(character) < 0x80 or character in "£€₹–—‘’“”•":
        return 0.0
    return _RARE["accented" if character in _EUROPEAN else "exotic"]


def _keep_outputs(model: Any, kept: Sequence[int], rarity: Floats, known: int) -> None:
    """Cuts the last layer down to some of its outputs: the constants that end in as many values as it has. Its bias is
    the one of these that has one dimension.
    """
    from openvino import opset13  # heavy, see `_core`

    for node in model.get_ops():
        shape = node.get_output_partial_shape(0)
        if node.get_type_name() == "Constant" and shape.is_static and list(shape.to_shape())[-1:] == [known]:
            values = np.ascontiguousarray(node.data[..., list(kept)])
            cut = opset13.constant(values + rarity if values.ndim == 1 else values)
            node.output(0).replace(cut.output(0))
    model.validate_nodes_and_infer_types()


@lru_cache(maxsize=1)
def _core() -> Any:
    if not installed():
        raise EngineMissing
    import openvino  # 0.2 s, and only for those who read twice

    return openvino.Core()


def _folder() -> Path:
    """Where the wheel keeps its models; found without importing it."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise EngineMissing
    return Path(found.origin).parent / "models"
