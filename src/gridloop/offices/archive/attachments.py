"""Taking in a photo, a PDF or a sound: the type is sniffed, the size capped, the place where it was taken stripped.

A file's own claim about its type is not believed. A photo keeps its GPS position only when the reporter says so.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

import filetype  # type: ignore[import-untyped]
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from gridloop.core.access import Actor
from gridloop.core.errors import TooMuch, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.transaction import deed

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
    media_type = sniff(content, name=name)
    if media_type.startswith("image/"):
        content = clean_photo(content, keeps_location=keeps_location, name=name)
    digest = hashlib.sha256(content).hexdigest()
    ref = new_ref()
    with deed():
        kept = Attachment(
            ref=ref, street=street, subject=subject, name=name[-160:], media_type=media_type, size=len(content), sha256=digest,
            keeps_location=keeps_location, by=by.label, added_at=at,
        )  # fmt: skip
        kept.file.save(f"{ref}.{TAKEN[media_type]}", ContentFile(content), save=False)
        kept.save(force_insert=True)
        record(
            "attachment.added", by=by, at=at, street=street, subject=subject,
            payload={"name": kept.name, "media_type": media_type, "size": kept.size, "sha256": digest},
        )  # fmt: skip
    return kept


def sniff(content: bytes, *, name: str) -> str:
    """The media type, from the bytes themselves."""
    if len(content) > LARGEST:
        raise TooMuch("attachment.too_large", f"“{name}”超过 10 MB;请压缩或裁剪后再传。", name=name, limit=LARGEST)
    if not content:
        raise WrongInput("attachment.empty", f"“{name}”是空文件;请重新选择。", name=name)
    media_type = filetype.guess_mime(content)
    if media_type not in TAKEN:
        raise WrongInput("attachment.unknown_type", f"“{name}”不是照片、PDF 或录音;请换一种格式(JPG、PNG、PDF、MP3)。", name=name)
    return str(media_type)


def clean_photo(content: bytes, *, keeps_location: bool, name: str) -> bytes:
    """The photo, upright, without its shooting position (unless kept), serial numbers or thumbnails."""
    try:
        photo = Image.open(io.BytesIO(content))
        if photo.width * photo.height > MOST_PIXELS:
            raise TooMuch("attachment.too_many_pixels", f"“{name}”像素过大;请缩小后再传。", name=name)
        exif = photo.getexif()
        kind = photo.format or "JPEG"
        photo = ImageOps.exif_transpose(photo)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        raise WrongInput("attachment.broken_photo", f"“{name}”打不开;请重新拍摄或换一张。", name=name) from fault
    position = exif.get_ifd(0x8825) if keeps_location else {}
    return _saved(photo, kind=kind, position=position)


def _saved(photo: Image.Image, *, kind: str, position: dict[int, object]) -> bytes:
    exif = Image.Exif()
    if position:
        exif.get_ifd(0x8825).update(position)
    out = io.BytesIO()
    if kind == "JPEG" and photo.mode not in ("RGB", "L"):
        photo = photo.convert("RGB")
    photo.save(out, format=kind, **({"exif": exif} if position else {}), **({"quality": 88} if kind != "PNG" else {}))
    return out.getvalue()
