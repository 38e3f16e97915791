"""Ways to break a file. The first five are those of Apache Tika's fuzzing module; the rest reach deeper."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_NUMBER = re.compile(rb"\d+")
_ODD_NUMBERS = (b"0", b"-1", b"4294967296", b"2147483647", b"99999999999999999999", b"1e9", b"0.00000001")
_ODD_BYTES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\xff\xff", b"\1\0\0\0")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break a file, at one place.

    Attributes:
        kind: a name of `KINDS`.
        place: where, 0..1 of the file.
        other: a second place, for what needs two.
        size: how many bytes, for what needs that.
        junk: what is inserted.
    """

    kind: str
    place: float
    other: float
    size: int
    junk: bytes

    def apply(self, data: bytes) -> bytes:
        """The broken file."""
        return KINDS[self.kind](self, data)

    def at(self, data: bytes, place: float | None = None) -> int:
        """The place as an offset."""
        return int((self.place if place is None else place) * len(data))


def _flip(how: Mutation, data: bytes) -> bytes:
    at = how.at(data)
    return data[:at] + bytes(byte ^ (1 << how.size % 8) for byte in data[at : at + 1]) + data[at + 1 :]


def _delete(how: Mutation, data: bytes) -> bytes:
    at = how.at(data)
    return data[:at] + data[at + how.size :]


def _insert(how: Mutation, data: bytes) -> bytes:
    at = how.at(data)
    return data[:at] + how.junk + data[at:]


def _swap(how: Mutation, data: bytes) -> bytes:
    first, second = sorted((how.at(data), how.at(data, how.other)))
    size = min(how.size, second - first)
    a, b = data[first : first + size], data[second : second + size]
    return data[:first] + b + data[first + size : second] + a + data[second + size :]


def _truncate(how: Mutation, data: bytes) -> bytes:
    return data[: how.at(data)]


def _repeat(how: Mutation, data: bytes) -> bytes:
    at = how.at(data)
    return data[:at] + data[at : at + how.size] * 20 + data[at:]


def _odd_bytes(how: Mutation, data: bytes) -> bytes:
    at = how.at(data)
    odd = _ODD_BYTES[how.size % len(_ODD_BYTES)]
    return data[:at] + odd + data[at + len(odd) :]


def _header(how: Mutation, data: bytes) -> bytes:
    """Breaks the first 64 bytes, where sizes and kinds stand."""
    at = int(how.place * 64)
    return data[:at] + how.junk[:8] + data[at + len(how.junk[:8]) :]


def _odd_number(how: Mutation, data: bytes) -> bytes:
    """Puts a huge, negative or broken number where the file writes one in digits."""
    found = _NUMBER.search(data, how.at(data))
    if found is None:
        return data
    return data[: found.start()] + _ODD_NUMBERS[how.size % len(_ODD_NUMBERS)] + data[found.end() :]


def _inside_stream(how: Mutation, data: bytes) -> bytes:
    """Unpacks a compressed stream of a PDF, breaks what is in it, and packs it again."""
    found = _STREAM.search(data, how.at(data)) or _STREAM.search(data)
    if found is None:
        return data
    try:
        content = zlib.decompress(found[1])
    except zlib.error:
        return data[: found.start(1)] + _odd_bytes(how, found[1]) + data[found.end(1) :]
    broken = _odd_number(Mutation("odd number", how.other, 0, how.size, b""), content)
    return data[: found.start(1)] + zlib.compress(broken) + data[found.end(1) :]


def _png_chunk(how: Mutation, data: bytes) -> bytes:
    """Breaks a chunk of a PNG and mends its checksum, so that the decoder goes on."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        chunks.append((at, size))
        at += 12 + size
    if not chunks or not data.startswith(b"\x89PNG"):
        return _odd_bytes(how, data)
    at, size = chunks[int(how.place * len(chunks)) % len(chunks)]
    body = data[at + 4 : at + 8 + size]
    inside = 4 + int(how.other * size)
    body = body[:inside] + bytes(byte ^ (1 << how.size % 8) for byte in body[inside : inside + 1]) + body[inside + 1 :]
    return data[: at + 4] + body + struct.pack(">I", zlib.crc32(body)) + data[at + 12 + size :]


def _tiff_entry(how: Mutation, data: bytes) -> bytes:
    """Gives an entry of a TIFF's first directory another value: sizes, offsets, compression, counts."""
    if data[:4] != b"II*\0":
        return _odd_bytes(how, data)
    directory = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[directory : directory + 2], "little")
    at = directory + 2 + 12 * int(how.place * count) + (2, 4, 8)[how.size % 3]
    return data[:at] + _ODD_BYTES[len(how.junk) % len(_ODD_BYTES)] + data[at + 4 :]


KINDS: dict[str, Callable[[Mutation, bytes], bytes]] = {
    "flip": _flip,
    "delete": _delete,
    "insert": _insert,
    "swap": _swap,
    "truncate": _truncate,
    "repeat": _repeat,
    "odd bytes": _odd_bytes,
    "header": _header,
    "odd number": _odd_number,
    "inside stream": _inside_stream,
    "png chunk": _png_chunk,
    "tiff entry": _tiff_entry,
}

_SHARE = st.floats(0, 1, exclude_max=True)
MUTATIONS = st.lists(
    st.builds(
        Mutation, st.sampled_from(list(KINDS)), _SHARE, _SHARE, st.integers(0, 2000), st.binary(min_size=1, max_size=40)
    ),
    min_size=1,
    max_size=3,
)
"""One to three mutations, applied one after the other; with more, hardly a file passes the door."""
