"""Pages as read, kept in a folder: whoever works on what comes after reading need not wait for it each time."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.reading import ReadingOptions
from pipeline.types import Page, Reading


@dataclass(frozen=True, slots=True)
class KeptReadings:
    """A folder of readings, one file for each document and way of reading.

    Attributes:
        folder: where they are; made when the first one is kept.
        options: how the documents are read: another way is another file.
    """

    folder: Path
    options: ReadingOptions

    def find(self, data: bytes) -> Reading | None:
        """The reading of a document that was kept; None when there is none."""
        try:
            told = json.loads(self._path(data).read_text())
        except FileNotFoundError:
            return None
        return Reading(tuple(Page.from_json(page) for page in told["pages"]), told["page_count"])

    def keep(self, data: bytes, reading: Reading) -> None:
        """Keeps a whole reading; one that a limit has cut short is read again next time."""
        if reading.problem is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(data)
        text = json.dumps({"page_count": reading.page_count, "pages": [page.to_json() for page in reading.pages]})
        # Documents are done at the same time, and a run may be stopped: never half a file.
        unfinished = path.with_suffix(f".{os.getpid()}.{id(reading)}")
        unfinished.write_text(text)
        unfinished.replace(path)

    def _path(self, data: bytes) -> Path:
        way = json.dumps(asdict(self.options), sort_keys=True, default=str)
        return self.folder / f"{hashlib.sha256(data + way.encode()).hexdigest()}.json"
