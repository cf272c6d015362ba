"""The three containers in which browsers record: told from the bytes, kept apart from films, without what names a place or a maker."""

from __future__ import annotations

import pytest

from gridloop.core.errors import WrongInput
from gridloop.offices.archive.attachments import cleaned, sniff
from gridloop.offices.archive.recordings import clean_recording

UNKNOWN = b"\x01" + b"\xff" * 7
"""The size of a segment or cluster that is written while one records."""


def element(number: str, content: bytes) -> bytes:
    """An element of EBML with its size in two bytes."""
    return bytes.fromhex(number) + (0x4000 | len(content)).to_bytes(2, "big") + content


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


HEAD = element("1a45dfa3", element("4282", b"webm"))


def webm(*kinds: int, tags: bytes = b"") -> bytes:
    """A live WebM, segment and clusters of unknown size, with tracks of these kinds (2 sound, 1 picture) and tags after its first cluster."""
    tracks = element("1654ae6b", b"".join(element("ae", element("83", bytes([kind]))) for kind in kinds))
    cluster = bytes.fromhex("1f43b675") + UNKNOWN + element("e7", b"\x00") + element("a3", b"\x81\x00\x00\x80sound")
    return HEAD + bytes.fromhex("18538067") + UNKNOWN + tracks + cluster + tags + cluster


def fragmented(handler: bytes, brands: bytes = b"iso5\x00\x00\x02\x00iso5hlsf") -> bytes:
    """An MP4 in fragments, as Safari records it."""
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12))))
    moov = box(b"moov", track + box(b"udta", box(b"\xa9xyz", b"+34.7050+113.5050/")))
    return box(b"ftyp", brands) + moov + box(b"moof", box(b"traf", b"")) + box(b"mdat", b"sound")


OGG = b"OggS\x00\x02" + bytes(8) + b"\x01\x02\x03\x04" + bytes(8) + b"\x01\x13OpusHead\x01\x01" + bytes(9)
TAGS = element("1254c367", element("7373", element("67c8", element("45a3", b"LOCATION") + element("4487", b"34.7050"))))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (webm(2), "audio/webm"),  # Chromium, Firefox
        (OGG, "audio/ogg"),  # Firefox
        (fragmented(b"soun"), "audio/mp4"),  # Safari, whose brands name neither sound nor film
        (fragmented(b"soun", b"isom\x00\x00\x00\x00isommp42"), "audio/mp4"),  # Chromium, whose brands name a film
    ],
)
def test_what_a_browser_records_is_taken_as_a_sound(content, media_type):
    assert cleaned(content, name="录音")[0] == media_type


@pytest.mark.parametrize(
    "content",
    [
        webm(1, 2),  # a film
        webm(1),  # pictures without sound
        webm(),  # no track at all
        webm(2)[:60],  # cut off within the tracks
        HEAD,
        HEAD + b"\x00" * 40,
        HEAD + element("ae", b"") * 600_000,  # made to be slow
    ],
)
def test_a_film_or_a_broken_webm_is_no_sound(content):
    with pytest.raises(WrongInput, match="不是照片、PDF 或录音"):
        sniff(content, name="录像.webm")


def test_a_webm_loses_its_tags_wherever_they_stand_and_nothing_moves():
    whole = webm(2, tags=TAGS)

    kept = clean_recording(whole, name="录音.webm")

    assert b"34.7050" in whole
    assert b"34.7050" not in kept
    assert b"LOCATION" not in kept
    assert len(kept) == len(whole)
    assert kept.count(b"sound") == 2
    assert clean_recording(kept, name="录音.webm") == kept, "what is left is read as before"


def test_a_fragmented_mp4_loses_its_place():
    kept = cleaned(fragmented(b"soun"), name="录音.m4a")[1]

    assert b"34.7050" not in kept
    assert kept.endswith(b"sound")


def test_boxes_within_boxes_without_end_are_refused_in_words():
    deep = b""
    for _ in range(3000):
        deep = box(b"moov", deep)

    with pytest.raises(WrongInput, match="打不开"):
        clean_recording(box(b"ftyp", b"M4A ") + deep, name="录音.m4a")
