"""Where the state of an installation lies: the folder GRIDLOOP_HOME, by default ``./var``.

It holds the SQLite file (unless DATABASE_URL names PostgreSQL), the uploads, the ledger's signing key and the secret
of the web server. A backup of this folder (and of PostgreSQL, where used) is a backup of everything.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit


def home() -> Path:
    """The folder of this installation; made when absent, readable by its owner only."""
    folder = Path(os.environ.get("GRIDLOOP_HOME", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


OWN_ADDRESS = "http://127.0.0.1:8000"
PORT = "GRIDLOOP_PORT"


def public_url() -> str:
    """The address that stands in receipts and QR codes: GRIDLOOP_URL, else this machine at the port that ``gridloop up`` serves at."""
    port = os.environ.get(PORT, "")
    return os.environ.get("GRIDLOOP_URL") or (f"http://127.0.0.1:{port}" if port.isdecimal() else OWN_ADDRESS)


def signing_name() -> str:
    """The host (and port) of the public address, under which the ledger signs. Without GRIDLOOP_URL it is one and the same at every port, so that
    ``up`` and ``tick`` sign alike.
    """
    return urlsplit(os.environ.get("GRIDLOOP_URL") or OWN_ADDRESS).netloc.rpartition("@")[2] or "localhost"


def kept_secret(name: str, *, size: int = 32) -> bytes:
    """The secret bytes kept in the home folder under ``name``; made once, never overwritten, safe under a race."""
    path = home() / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(size))
    except FileExistsError:
        pass
    return _whole(path, size)


def _whole(path: Path, size: int) -> bytes:
    """The secret, once another process has finished writing it."""
    for _ in range(1000):
        held = path.read_bytes()
        if len(held) >= size:
            return held[:size]
    message = f"{path} is shorter than {size} bytes: restore it from a backup, or remove it to start anew"
    raise RuntimeError(message)


def database() -> dict[str, object]:
    """Django's DATABASES["default"]: PostgreSQL by DATABASE_URL, else one SQLite file (WAL, FULL, IMMEDIATE)."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        return _postgresql(url)
    path = Path(unquote(urlsplit(url).path)) if url.startswith("sqlite:") else home() / "gridloop.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # closing the last connection of a file writes its whole log back: 3 ms a request
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=4000;"
            ),
        },
        "TEST": {"NAME": os.environ.get("GRIDLOOP_TEST_DB") or str(home() / "test.sqlite3")},
    }


def _postgresql(url: str) -> dict[str, object]:
    """PostgreSQL with a small pool; one thread a worker is the arrangement measured as best."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(_host(parts.netloc)),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 30}},
    }


def _host(netloc: str) -> str:
    """The host as it was written: a folder of sockets (%2Fvar%2Frun%2FPG) keeps its capitals, an address its brackets not."""
    host = netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
