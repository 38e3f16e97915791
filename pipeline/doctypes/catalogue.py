"""All document types: those that are built in, and a company's own, each in a file of a folder."""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from pydantic import ValidationError

from pipeline.doctypes.definition import DocType, FieldSpec

_LOOK_AGAIN_S = 1.0
_ENDING = ".toml"
_EXPECTED = {
    "string_pattern_mismatch": "Use small letters, digits and underscores, a letter first, at most 40 characters",
    "missing": "This must be there",
}
"""What people read in place of some of Pydantic's messages; a key is all that has a pattern."""


class OwnTypeError(Exception):
    """A file does not define a document type; the message says where it is wrong, and what is expected there."""


class Catalogue(Mapping[str, DocType]):
    """The document types by name: the built-in ones first, then those of the folder, once one is watched.

    A file that is added, changed or taken away counts within a second, in every process; one that is added counts at
    once where its type is asked for by name. One that is wrong is left out, and told in `problems`.
    """

    def __init__(self, built_in: tuple[DocType, ...]) -> None:
        self._built_in = {each.name: each for each in built_in}
        self._folder: Path | None = None
        self._looked = 0.0
        self._seen: tuple[tuple[str, int], ...] = ()
        self._own: dict[str, DocType] = {}
        self._problems: tuple[str, ...] = ()

    def watch(self, folder: Path) -> None:
        """Takes own types from a folder, which need not exist yet."""
        self._folder, self._looked, self._seen = folder, 0.0, ()
        self._own, self._problems = {}, ()

    @property
    def own(self) -> tuple[DocType, ...]:
        """The types of the folder."""
        return tuple(self._current_own().values())

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each file of the folder that defines no type."""
        self._current_own()
        return self._problems

    def fields_of(self, name: str | None) -> tuple[FieldSpec, ...]:
        """The fields of a type; none of one that is not known."""
        known = self.get(name) if name is not None else None
        return known.fields if known is not None else ()

    def look_again(self) -> None:
        """Reads what is new in the folder now: what was just written there need not wait for its second."""
        if self._folder is None:
            return
        self._looked = time.monotonic()
        with os.scandir(self._folder) if self._folder.is_dir() else nullcontext(()) as entries:
            seen = tuple(sorted((e.name, e.stat().st_mtime_ns) for e in entries if e.name.endswith(_ENDING)))
        if seen != self._seen:
            self._read([self._folder / name for name, _ in seen])
            self._seen = seen  # last: another thread that looks meanwhile must not take this for done

    def __getitem__(self, name: str) -> DocType:
        known = self._built_in.get(name) or self._current_own().get(name)
        if known is not None:
            return known
        self.look_again()  # another process may have met the type already: a document is of it
        return self._own[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from self._current_own()

    def __len__(self) -> int:
        return len(self._built_in) + len(self._current_own())

    def _current_own(self) -> dict[str, DocType]:
        if time.monotonic() - self._looked >= _LOOK_AGAIN_S:
            self.look_again()
        return self._own

    def _read(self, files: list[Path]) -> None:
        own: dict[str, DocType] = {}
        problems = []
        for path in files:
            try:
                doc_type = load_type(path)
                if doc_type.name in self._built_in or doc_type.name in own:
                    raise OwnTypeError(f"{path.name}: there is a type {doc_type.name} already. Choose another name.")
            except OwnTypeError as error:
                problems.append(str(error))
            else:
                own[doc_type.name] = doc_type
        self._own, self._problems = own, tuple(problems)


def load_type(path: Path) -> DocType:
    """Reads the definition of a document type from a TOML file; docs/doctypes.md tells what stands in it.

    Raises:
        OwnTypeError: it can't be read, or something in it is wrong.
    """
    try:
        told = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OwnTypeError(f"{path.name} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise OwnTypeError(f"{path.name} is not TOML: {error}.") from None
    return read_type(told, path.name)


def read_type(told: str, filename: str) -> DocType:
    """Reads the definition of a document type from a TOML file's text.

    Raises:
        OwnTypeError: something in it is wrong; `filename` is what the message calls it.
    """
    try:
        return DocType.model_validate(tomllib.loads(told))
    except tomllib.TOMLDecodeError as error:
        raise OwnTypeError(f"{filename} is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        expected = _EXPECTED.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise OwnTypeError(f"{filename}, {where or 'as a whole'}: {expected}.") from None
