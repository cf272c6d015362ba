"""Opaque references and salts: the one place where randomness enters, so that a demonstration can be seeded.

Worked example::

    with seeded(7):
        new_ref()   # the same reference each time the demonstration is made
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"

_source: ContextVar[random.Random | None] = ContextVar("source of randomness", default=None)


def random_bytes(size: int) -> bytes:
    """Unpredictable bytes; predictable only inside ``seeded``."""
    source = _source.get()
    return source.randbytes(size) if source else secrets.token_bytes(size)


def new_ref() -> str:
    """A reference of 16 characters without look-alikes (79 bits)."""
    return "".join(ALPHABET[byte % 31] for byte in random_bytes(16))


def new_secret() -> str:
    """The secret of a receipt or a token, 32 characters (158 bits); only its hash is kept."""
    return "".join(ALPHABET[byte % 31] for byte in random_bytes(32))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, references and salts are a function of the seed: for demonstrations and tests, never for real people."""
    token = _source.set(random.Random(seed))  # noqa: S311 - a demonstration must come out the same each time
    try:
        yield
    finally:
        _source.reset(token)
