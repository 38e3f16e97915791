"""Pictures of pages for the browser: rendered on demand in a confined child, the last ones kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from app.settings import Settings
from app.wiring import AT_ONCE, blobs, intake_limits
from db.documents import Document
from pipeline import child
from pipeline.kinds import FileKind
from pipeline.page_picture import page_jpeg

_STEP_PX = 100
_KEPT = 128


class _Recent:
    """The pictures asked for last; about 200 kB each."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[str, str, int, int, int], bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, str, int, int, int]) -> bytes | None:
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
            return self._pictures.get(key)

    def put(self, key: tuple[str, str, int, int, int], jpeg: bytes) -> None:
        with self._lock:
            self._pictures[key] = jpeg
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)


_RECENT = _Recent()


def jpeg(document: Document, number: int, turn: int, width_px: int, settings: Settings) -> bytes:
    """A page's picture, its width rounded up to the next hundred pixels so that few sizes are made.

    Args:
        document: whose page.
        number: which page, from 1.
        turn: how many degrees clockwise it is turned to stand upright (`Page.turn`).
        width_px: how wide it should be at least, if the file has so many pixels.
        settings: where the file is.

    Raises:
        BlobMissing, BlobCorrupt: the stored file can't be had.
        Corrupt, StageFailed: the page can't be drawn.
    """
    width_px = -(-width_px // _STEP_PX) * _STEP_PX
    key = (document.tenant_id, document.sha256, number, turn, width_px)
    picture = _RECENT.get(key)
    if picture is None:
        data = blobs(settings).get(document.blob_key)
        with AT_ONCE:
            what = (data, FileKind(document.kind), number, turn, width_px)
            picture = child.run(page_jpeg, *what, limits=intake_limits())
        _RECENT.put(key, picture)
    return picture
