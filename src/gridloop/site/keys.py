"""The ledger's signing key, and the names under which it has signed.

Terms: the *signing key* (签名私钥) is Ed25519, kept as 32 bytes in ``GRIDLOOP_HOME/ledger.key`` and nowhere else; the *name* is the
host of the public address (GRIDLOOP_URL), part of every signature; the *verifier key* (验证公钥) is the line that anyone needs to
check a signature, in the C2SP form ``name+id+key``; the *origin* of a book's checkpoints is ``name/street``.

Guarantees: the key is made once and never overwritten. When the public address changes, checkpoints signed under the former
name stay verifiable: every name is kept in ``ledger.names``, and ``verifier_keys`` gives a line for each. After a change of the key
itself the keeper writes the former verifier keys into ``ledger.former``, one a line.

Worked example::

    key = signing_key()
    verifier_keys()      # ["street.example.cn+8c7a…+AZ…"]: print them where residents look, outside this system
"""

from __future__ import annotations

import os

from django.conf import settings

from gridloop.core.checkpoint import KeyPair, generate_key
from gridloop.core.ledger import book_origin
from gridloop.site.home import home, kept_secret

KEY_FILE = "ledger.key"
NAMES_FILE = "ledger.names"
FORMER_FILE = "ledger.former"


def site_name() -> str:
    """The host (and port) of the public address: the name of the signing key."""
    return str(settings.LEDGER_KEY_NAME)


def signing_key() -> KeyPair:
    """The key that signs now; its name is kept for those who check later."""
    name = site_name()
    _keep_name(name)
    return _key(name)


def verifier_keys() -> list[str]:
    """The verifier key under each name that ever signed, the present one first, then those of former keys."""
    present = site_name()
    return [*(_key(name).verifier_key for name in dict.fromkeys([present, *_lines(NAMES_FILE)])), *_lines(FORMER_FILE)]


def origin(street: str) -> str:
    """What a checkpoint of this street's book says it is of."""
    return book_origin(site_name(), street)


def _key(name: str) -> KeyPair:
    return generate_key(name, seed=kept_secret(KEY_FILE))


def _lines(name: str) -> list[str]:
    path = home() / name
    return path.read_text("utf-8").split() if path.exists() else []


def _keep_name(name: str) -> None:
    """The name stands in the file; appended in one write, so that two processes at once spoil nothing."""
    if name in _lines(NAMES_FILE):
        return
    file = os.open(home() / NAMES_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, f"{name}\n".encode())
    finally:
        os.close(file)
