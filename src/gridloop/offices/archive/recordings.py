"""Sounds: what a phone's recorder or a browser (MediaRecorder) writes, told apart from films, and without what it says of its place and maker.

Three containers are written by browsers: WebM (Chromium, Firefox), Ogg (Firefox) and MP4, in fragments (Safari, Chromium). A phone's own
recorder writes MP4 with the place in it. What tells is blanked where it stands, so that nothing else moves. Nothing here decodes a sound.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from gridloop.core.errors import WrongInput

HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
"""Boxes of an MP4 file (ISO/IEC 14496-12) that hold others."""
TELLING = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes in which a recorder writes where, when and with what it recorded (©xyz, loci, com.apple.quicktime.location, XMP)."""

EBML = b"\x1a\x45\xdf\xa3"
SEGMENT, TRACKS, ENTRY, TRACK_TYPE, CLUSTER = 0x18538067, 0x1654AE6B, 0xAE, 0x83, 0x1F43B675
"""Elements of a WebM file (RFC 9559, section 5.1) that are looked into; ``CLUSTER`` begins the sound itself."""
WEBM_TELLING = frozenset({0x1254C367, 0x1941A469, 0x1043A770})
"""Tags, Attachments and Chapters: text and files of any kind. What is left says neither place nor maker but the name of the program."""
SOUND, VOID = b"\x02", b"\xec"
BROKEN = (struct.error, ValueError, IndexError, RecursionError)
MOST_PARTS = 500_000
"""No recording of 10 MB has so many parts; a file made to be slow has."""
Part = TypeVar("Part")
Element = tuple[int, int, int, int]
"""Number, where it begins, where its content begins, where it ends."""


def sound_type(content: bytes) -> str:
    """``audio/webm`` or ``audio/mp4`` for such a file with sound and no picture; empty for a film, for anything else and for what does not hold together."""
    try:
        if content.startswith(EBML):
            kinds = {content[start:stop].lstrip(b"\0") for number, _at, start, stop in _within(_elements(content, 0, len(content))) if number == TRACK_TYPE}  # fmt: skip
            return "audio/webm" if kinds == {SOUND} else ""
        if content[4:8] == b"ftyp":
            kinds = {content[start + 8 : start + 12] for kind, _at, start, _stop in _within(_boxes(content, 0, len(content))) if kind == b"hdlr"}  # fmt: skip
            return "audio/mp4" if kinds == {b"soun"} else ""
    except BROKEN:
        return ""
    return ""


def clean_recording(content: bytes, *, name: str) -> bytes:
    """The recording (MP4 or WebM) without what it says of its place and maker: that becomes free space, so that nothing moves.

    Raises WrongInput for a file whose boxes do not fit into each other.
    """
    cleaned = bytearray(content)
    try:
        if content.startswith(EBML):
            for number, at, _start, stop in _within(_elements(content, 0, len(content))):
                if number in WEBM_TELLING:
                    cleaned[at:stop] = _void(stop - at)
        else:
            for kind, at, start, stop in _within(_boxes(content, 0, len(content))):
                if kind in TELLING:
                    cleaned[at + 4 : at + 8] = b"free"
                    cleaned[start:stop] = bytes(stop - start)
    except BROKEN as fault:
        raise WrongInput("attachment.broken_sound", f"“{name}”打不开;请重新录制或换一个文件。", name=name) from fault
    return bytes(cleaned)


def _within(parts: Iterator[Part]) -> list[Part]:
    """The parts. Raises ValueError when there are more than a recording has."""
    found = list(islice(parts, MOST_PARTS))
    if len(found) == MOST_PARTS:
        raise ValueError("so many parts are no recording")
    return found


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The boxes between the two positions and, after each that holds others, those: kind, where it begins, where its content does, where it ends.

    Raises ValueError for a box that ends outside.
    """
    while start < end:
        size, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,), head = struct.unpack_from(">Q", content, start + 8), 16
        stop = start + size if size else end
        if not start + head <= stop <= end:
            raise ValueError("a box ends outside the one that holds it")
        yield kind, start, start + head, stop
        if kind in HOLDERS:
            yield from _boxes(content, start + head, stop)
        start = stop


def _elements(content: bytes, start: int, end: int) -> Iterator[Element]:
    """The elements between the two positions, and those inside the segment and its tracks. Raises ValueError for one that ends outside.

    A recorder that writes while it records does not know how long the segment and its clusters become (all ones): the segment then reaches to
    the end, and a cluster's own elements are read as if they stood beside it, which finds whatever follows it.
    """
    while start < end:
        number, at_size = _number(content, start)
        size, inside = _size(content, at_size)
        stop = end if size is None and number == SEGMENT else inside + (size or 0)
        if stop > end:
            raise ValueError("an element ends outside the one that holds it")
        yield number, start, inside, stop
        if number in (SEGMENT, TRACKS, ENTRY):
            yield from _elements(content, inside, stop)
        start = inside if size is None and number == CLUSTER else stop


def _number(content: bytes, at: int) -> tuple[int, int]:
    """The number of the element at the position, marker bits included (RFC 8794, section 5), and where its size stands."""
    length = 9 - content[at].bit_length()
    if length > 4 or at + length >= len(content):
        raise ValueError("this is no number of an element")
    return int.from_bytes(content[at : at + length], "big"), at + length


def _size(content: bytes, at: int) -> tuple[int | None, int]:
    """The size that stands at the position (None: unknown), and where the content begins."""
    length = 9 - content[at].bit_length()
    if length > 8 or at + length > len(content):
        raise ValueError("this is no size of an element")
    size = int.from_bytes(content[at : at + length], "big") & ~(1 << 7 * length)
    return (None if size == (1 << 7 * length) - 1 else size), at + length


def _void(length: int) -> bytes:
    """An empty element of so many bytes, which every reader leaps over."""
    width = 1 if length < 9 else 8
    size = length - 1 - width
    return VOID + ((1 << 7 * width) | size).to_bytes(width, "big") + bytes(size)
