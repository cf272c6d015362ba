"""Personal text (L3) at rest: encrypted with AES-256-GCM, found again by a blind index (HMAC-SHA256).

The key is derived from the installation's secret; a copy of the database alone reveals no phone number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from gridloop.core.errors import Broken
from gridloop.offices.archive.identifiers import random_bytes


@cache
def _key(purpose: str) -> bytes:
    return hmac.digest(str(settings.DATA_KEY).encode(), purpose.encode(), hashlib.sha256)


@cache
def _cipher() -> AESGCM:
    return AESGCM(_key("conceal"))


def conceal(text: str) -> str:
    """The text, encrypted; the empty text stays empty."""
    if not text:
        return ""
    nonce = random_bytes(12)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def conceal_alike(text: str) -> str:
    """The text, encrypted so that the same text always looks the same: for cells that are compared without being read.

    The nonce is a keyed digest of the text, so that it never serves two texts; ``reveal`` opens it as any other.
    """
    if not text:
        return ""
    nonce = hmac.digest(_key("conceal alike"), text.encode(), hashlib.sha256)[:12]
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def reveal(concealed: str) -> str:
    """The text again. Raises Broken when the key does not fit: restore the home folder's data.key."""
    if not concealed:
        return ""
    blob = base64.b64decode(concealed)
    try:
        return _cipher().decrypt(blob[:12], blob[12:], None).decode()
    except InvalidTag as fault:
        raise Broken(
            "archive.wrong_key", "数据密钥与数据库不匹配;请从备份恢复 GRIDLOOP_HOME 下的 data.key。"
        ) from fault


def blind(text: str) -> str:
    """What the text is found by without being read: the same text gives the same 24 characters."""
    return hmac.new(_key("blind"), text.encode(), hashlib.sha256).hexdigest()[:24] if text else ""


class ConcealedField(models.TextField):  # type: ignore[type-arg]
    """A text column that is encrypted in the database and plain in Python."""

    def deconstruct(self) -> Any:
        """To a migration this is a plain text column: migrations import nothing from the package."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        return conceal(value) if value is not None else None

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return reveal(value) if value is not None else None
