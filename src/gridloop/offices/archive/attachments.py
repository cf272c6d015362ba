"""Taking in a photo, a PDF or a sound: the type is sniffed, the size capped, the place where it was taken stripped.

A file's own claim about its type is not believed. A photo or a recording (phones write the place into both) keeps its position only when
the reporter says so.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import datetime

import filetype
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from gridloop.core.access import Actor
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.recordings import clean_recording, sound_type
from gridloop.offices.archive.transaction import deed

__all__ = ["LARGEST", "attach", "clean_photo", "clean_recording", "cleaned", "sniff", "thumbnail"]

GPS = 0x8825
"""The EXIF directory that holds the shooting position."""
KINDS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
"""How Pillow names a format, and as what it is kept; MPO is a JPEG followed by further views, which are left out."""
LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
TAKEN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/m4a": "m4a",
    "audio/x-m4a": "m4a",
    "video/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/x-wav": "wav",
    "audio/amr": "amr",
    "audio/aac": "aac",
}


def attach(
    *, by: Actor, at: datetime, street: str, subject: str, name: str, content: bytes, keeps_location: bool = False
) -> Attachment:
    """The file is kept with the subject, and recorded with its hash.

    Raises TooMuch above 10 MB, WrongInput when it is not a photo, PDF or sound.
    """
    media_type, content = cleaned(content, name=name, keeps_location=keeps_location)
    digest = hashlib.sha256(content).hexdigest()
    ref = new_ref()
    with deed():
        kept = Attachment(
            ref=ref, street=street, subject=subject, name=_file_name(name), media_type=media_type, size=len(content), sha256=digest,
            keeps_location=keeps_location, by=by.label, added_at=at,
        )  # fmt: skip
        kept.file.save(f"{ref}.{TAKEN[media_type]}", ContentFile(content), save=False)
        kept.save(force_insert=True)
        record(
            "attachment.added", by=by, at=at, street=street, subject=subject,
            payload={"name": kept.name, "media_type": media_type, "size": kept.size, "sha256": digest},
        )  # fmt: skip
    return kept


def cleaned(content: bytes, *, name: str, keeps_location: bool = False) -> tuple[str, bytes]:
    """The media type, and the file as it is kept. Raises TooMuch, WrongInput for what is not kept at all."""
    media_type = sniff(content, name=name)
    if media_type.startswith("image/"):
        return media_type, clean_photo(content, keeps_location=keeps_location, name=name)
    if TAKEN[media_type] in ("m4a", "webm") and not keeps_location:
        return media_type, clean_recording(content, name=name)
    return media_type, content


def _file_name(name: str) -> str:
    """The last part of the name, printable, at most 160 characters; never a path."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-160:] or "附件"


def sniff(content: bytes, *, name: str) -> str:
    """The media type, from the bytes themselves."""
    if len(content) > LARGEST:
        raise TooMuch("attachment.too_large", f"“{name}”超过 10 MB;请压缩或裁剪后再传。", name=name, limit=LARGEST)
    if not content:
        raise WrongInput("attachment.empty", f"“{name}”是空文件;请重新选择。", name=name)
    media_type = sound_type(content) or filetype.guess_mime(content)
    if media_type not in TAKEN:
        raise WrongInput(
            "attachment.unknown_type", f"“{name}”不是照片、PDF 或录音;请换一种格式(JPG、PNG、PDF、MP3)。", name=name
        )
    return str(media_type)


THUMBNAIL = 480
"""Pixels of the longer side: sharp enough on a phone, some 30 kB."""


def thumbnail(kept: Attachment) -> bytes:
    """A small JPEG of a kept photo, for pages on a weak line."""
    with kept.file.open("rb") as file:
        photo = Image.open(file)
        photo.draft("RGB", (THUMBNAIL, THUMBNAIL))
        photo.thumbnail((THUMBNAIL, THUMBNAIL))
        out = io.BytesIO()
        photo.convert("RGB").save(out, format="JPEG", quality=72)
    return out.getvalue()


def clean_photo(content: bytes, *, keeps_location: bool, name: str) -> bytes:
    """The photo, upright, without its shooting position (unless kept), serial numbers, comments or thumbnails.

    Everything but the pixels and the colour profile is left behind: EXIF, XMP, IPTC and comments may all hold the place.
    """
    try:
        photo = Image.open(io.BytesIO(content))
        _must_be_bearable(photo, name)
        photo.load()
        position = photo.getexif().get_ifd(GPS) if keeps_location else {}
        return _saved(ImageOps.exif_transpose(photo), kind=KINDS[photo.format or ""], position=dict(position))
    except Image.DecompressionBombError as fault:
        raise _too_many_pixels(name) from fault
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, EOFError, struct.error, zlib.error) as fault:
        raise WrongInput("attachment.broken_photo", f"“{name}”打不开;请重新拍摄或换一张。", name=name) from fault


def _must_be_bearable(photo: Image.Image, name: str) -> None:
    if photo.width * photo.height > MOST_PIXELS:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> TooMuch:
    return TooMuch("attachment.too_many_pixels", f"“{name}”像素过大;请缩小后再传。", name=name, limit=MOST_PIXELS)


def _saved(photo: Image.Image, *, kind: str, position: dict[int, object]) -> bytes:
    """The photo's bytes in its own format, with the position and nothing else about its making."""
    photo.info = {key: photo.info[key] for key in ("icc_profile", "transparency") if key in photo.info}
    options: dict[str, object] = {} if kind == "PNG" else {"quality": 88}
    if "icc_profile" in photo.info:
        options["icc_profile"] = photo.info["icc_profile"]
    if position:
        exif = Image.Exif()
        exif.get_ifd(GPS).update(position)
        options["exif"] = exif.tobytes()  # as bytes: an Exif that holds nothing but a directory counts as empty
    if kind == "JPEG" and photo.mode not in ("RGB", "L"):
        photo = photo.convert("RGB")
    out = io.BytesIO()
    photo.save(out, format=kind, **options)
    return out.getvalue()
