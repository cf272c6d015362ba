"""Photos, PDFs and sounds: sniffed, bounded, without the place where they were taken."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gridloop.core.access import SYSTEM
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.offices.archive import actions, queries
from gridloop.offices.archive.attachments import LARGEST, attach, clean_photo, sniff
from gridloop.offices.archive.models import Attachment, Entry
from tests.sample import MONDAY

BOOK = "410102990"
GPS = 0x8825


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (24, 16)) -> bytes:
    """A photo that says in every way it can where it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "MakerOfCameras", 6  # turned by a quarter
    exif.get_ifd(GPS).update({1: "N", 2: (34.0, 45.0, 0.0), 3: "E", 4: (113.0, 30.0, 0.0)})
    options: dict[str, Any] = {"exif": exif}
    if kind == "JPEG":
        options |= {"comment": b"taken at PLACE", "xmp": b"<x>GPSLatitude</x>"}
    if kind == "WEBP":
        options |= {"xmp": b"<x>GPSLatitude</x>"}
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Comment", "taken at PLACE")
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", "<x>GPSLatitude</x>")
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format=kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_forgets_where_it_was_taken(kind):
    cleaned = clean_photo(photo(kind), keeps_location=False, name="a")

    kept = Image.open(io.BytesIO(cleaned))
    assert not dict(kept.getexif())
    assert kept.size == (16, 24), "it stands upright"
    assert not any(trace in cleaned for trace in (b"PLACE", b"GPSLatitude", b"MakerOfCameras"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_place_and_nothing_else_when_the_reporter_says_so(kind):
    cleaned = clean_photo(photo(kind), keeps_location=True, name="a")

    exif = Image.open(io.BytesIO(cleaned)).getexif()
    assert exif.get_ifd(GPS)[2] == (34.0, 45.0, 0.0)
    assert b"MakerOfCameras" not in cleaned


def test_a_photo_with_several_views_is_kept_as_one():
    out = io.BytesIO()
    views = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    views[0].save(out, format="MPO", save_all=True, append_images=views[1:])

    assert Image.open(io.BytesIO(clean_photo(out.getvalue(), keeps_location=False, name="a"))).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", WrongInput),  # an empty file
        (b"<html><script>alert(1)</script>", WrongInput),  # a page, whatever its name says
        (b"MZ" + bytes(600), WrongInput),  # a program
        (b"GIF89a" + bytes(100), WrongInput),  # a format that is not taken
        (bytes(LARGEST + 1), TooMuch),
    ],
)
def test_what_is_no_photo_pdf_or_sound_is_refused(content, error):
    with pytest.raises(error):
        sniff(content, name="照片.jpg")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (photo("JPEG"), "image/jpeg"),
        (photo("PNG"), "image/png"),
        (photo("WEBP"), "image/webp"),
        (b"%PDF-1.7\n" + bytes(300), "application/pdf"),
        (b"ID3\x03" + bytes(300), "audio/mpeg"),
    ],
)
def test_the_type_is_sniffed_from_the_bytes(content, media_type):
    assert sniff(content, name="无扩展名") == media_type


@pytest.mark.parametrize("part", [40, 200, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_short_is_refused_in_words(kind, part):
    whole = photo(kind, size=(300, 300))

    with pytest.raises(WrongInput) as refusal:
        clean_photo(
            whole[: part if isinstance(part, int) else int(len(whole) * part)], keeps_location=True, name="半张.jpg"
        )

    assert "半张.jpg" in refusal.value.sentence


def test_a_photo_of_absurd_size_is_refused_before_it_is_opened():
    out = io.BytesIO()
    Image.new("1", (30000, 30000)).save(out, format="PNG")

    with pytest.raises(TooMuch):
        clean_photo(out.getvalue(), keeps_location=False, name="巨幅.png")


def test_an_attachment_is_kept_and_recorded_under_a_harmless_name(db, settings, tmp_path):
    actions.open_book(street=BOOK, name="柳荫街道")
    settings.MEDIA_ROOT = tmp_path

    kept = attach(by=SYSTEM, at=MONDAY, street=BOOK, subject="case:1", name="../../etc/现场\x00.jpg", content=photo())

    assert kept.name == "现场.jpg"
    assert Attachment.objects.get().file.size == kept.size
    entry = Entry.objects.get(kind="attachment.added")
    assert queries.payload_of(entry)["sha256"] == kept.sha256
