"""Exporting everything of one street: for a move to another installation, for the archives, for the day the software is shut down.

The export is one ZIP::

    manifest.json            what is inside: each file with its size, SHA-256 and (for tables) rows; what was left out
    tables/cases_case.jsonl  one JSON object a row, one file a table, by primary key
    attachments/<ref>/<name> the files themselves
    ledger/book.jsonl        every sealed entry by number, then the signed checkpoints: the tree can be computed again
    ledger/keys.txt          the verifier keys the checkpoints are signed under
    ledger/verifier.py       the stand-alone receipt checker

Guarantees: every table that holds rows of a street is in it, found through the models' own links to a street, so a new table is
never forgotten; passwords and token hashes are left out; personal data that lies encrypted in the database is in clear
here, so the file is readable by its owner only and the export is noted in the access notes; all tables are read as of one moment.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.db import connection, models, transaction

from gridloop import __version__
from gridloop.core.access import SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.core.ledger import header_fields
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.actions import note_access
from gridloop.offices.archive.models import Attachment, Checkpoint, Entry
from gridloop.offices.organisation import queries as organisation
from gridloop.site import keys

FORM = "gridloop-export-1"
SECRETS = {
    ("organisation", "account"): {"password"}, ("organisation", "apitoken"): {"hash"}, ("organisation", "signin"): {"session"},
    ("mfa", "authenticator"): {"data"},
}  # fmt: skip
PACKAGE = "gridloop.offices."


@dataclass(slots=True)
class _Archive:
    """The ZIP while it is written, and the account of what went in."""

    zip: zipfile.ZipFile
    files: list[dict[str, object]] = field(default_factory=list)

    def add(self, path: str, chunks: Iterable[bytes], *, rows: int | None = None) -> None:
        """The file is in the ZIP and in the account."""
        digest, size, count = hashlib.sha256(), 0, 0
        with self.zip.open(path, "w", force_zip64=True) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size, count = size + len(chunk), count + 1
        told: dict[str, object] = {"path": path, "size": size, "sha256": digest.hexdigest()}
        self.files.append(told | ({"rows": count} if rows is None else {}))

    def add_bytes(self, path: str, content: bytes) -> None:
        self.add(path, [content], rows=0)


def export_street(street: str, *, output: Path, at: datetime, reason: str) -> dict[str, Any]:
    """The street's export lies at ``output``; its manifest. Raises WrongInput when it cannot be written there."""
    found = organisation.street(street)
    note_access(by=SYSTEM, at=at, street=found.code, subject=f"street:{found.code}", what="整街导出", reason=reason)
    partial = output.with_name(f"{output.name}.part")
    try:
        with _private(partial) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped, _one_moment():
            manifest = _fill(_Archive(zipped), found.code, name=found.name, at=at)
        partial.replace(output)
    except OSError as fault:
        partial.unlink(missing_ok=True)
        raise WrongInput(
            "site.cannot_write", f"写不进“{output}”({fault.strerror});请换一个位置。", file=str(output)
        ) from fault
    return manifest


def _private(path: Path) -> IO[bytes]:
    """A new file that its owner only may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@contextmanager
def _one_moment() -> Iterator[None]:
    """All reads inside see the database as of one moment (on SQLite writers wait meanwhile)."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _fill(archived: _Archive, street: str, *, name: str, at: datetime) -> dict[str, Any]:
    for model, path in street_tables():
        archived.add(f"tables/{model._meta.app_label}_{model._meta.model_name}.jsonl", _rows(model, path, street))
    for attachment in Attachment.objects.filter(street=street).order_by("id"):
        with attachment.file.open("rb") as kept:
            archived.add(
                f"attachments/{attachment.ref}/{_safe(attachment.name)}", iter(lambda: kept.read(1 << 20), b""), rows=0
            )
    archived.add("ledger/book.jsonl", (_line(each) for each in book_lines(street)))
    archived.add_bytes("ledger/keys.txt", "\n".join([*keys.verifier_keys(), ""]).encode())
    archived.add_bytes("ledger/verifier.py", files("gridloop.core").joinpath("verifier.py").read_bytes())
    manifest = {
        "form": FORM, "gridloop": __version__, "street": {"code": street, "name": name}, "made_at": at.isoformat(), "files": archived.files,
        "left_out": sorted(f"{app}_{model}.{column}" for (app, model), columns in SECRETS.items() for column in columns),
    }  # fmt: skip
    archived.zip.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
    return manifest


def street_tables() -> list[tuple[type[models.Model], str]]:
    """Every table of the offices with the lookup that leads from its rows to their street, by name.

    What leads to no street (the keys of the doors) belongs to the installation and not to a street.
    """
    offices = [config for config in apps.get_app_configs() if config.name.startswith(PACKAGE)]
    tables = [model for config in offices for model in config.get_models(include_auto_created=True)]
    found = [(model, path) for model in tables if (path := path_to_street(model))]
    return sorted(found, key=lambda each: each[0]._meta.db_table)


def path_to_street(model: type[models.Model]) -> str:
    """The shortest way over foreign keys to a column that holds the street's code; empty when there is none."""
    waiting: deque[tuple[type[models.Model], str]] = deque([(model, "")])
    seen = {model}
    while waiting:
        here, path = waiting.popleft()
        if here._meta.model_name == "street" and here._meta.app_label == "organisation":
            return f"{path}code"
        if any(column.name == "street" for column in here._meta.concrete_fields):
            return f"{path}street"
        for column in here._meta.concrete_fields:
            target = column.related_model
            if isinstance(column, models.ForeignKey) and isinstance(target, type) and target not in seen:
                seen.add(target)
                waiting.append((target, f"{path}{column.name}__"))
    return ""


def _rows(model: type[models.Model], path: str, street: str) -> Iterator[bytes]:
    """The street's rows of the table as lines, by primary key."""
    secret = SECRETS.get((model._meta.app_label, model._meta.model_name or ""), set())
    columns = [column.attname for column in model._meta.concrete_fields if column.name not in secret]
    rows = model._default_manager.filter(**{path: street}).order_by("pk").values(*columns)
    for row in rows.iterator(chunk_size=2000):
        yield _line(row)


def _line(row: dict[str, Any]) -> bytes:
    return (json.dumps(row, ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: object) -> object:
    """A value that JSON has no form for: moments as ISO 8601, bytes as hexadecimal."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


def _safe(name: str) -> str:
    """A file name that stays inside its folder wherever it is unpacked."""
    kept = "".join("_" if sign in '/\\:*?"<>|' or ord(sign) < 32 else sign for sign in name).strip(". ")
    return kept or "file"


def book_lines(street: str) -> Iterator[dict[str, Any]]:
    """Every sealed entry by number, then the checkpoints by size: enough to compute the tree again elsewhere."""
    entries = Entry.objects.filter(book_id=street, seq__isnull=False).order_by("seq")
    for entry in entries.iterator(chunk_size=2000):
        yield {
            "seq": entry.seq, "header": header_fields(archive.header_of(entry)), "leaf": entry.leaf, "salt": entry.salt,
            "payload": entry.payload,
        }  # fmt: skip
    for checkpoint in Checkpoint.objects.filter(book_id=street).order_by("size"):
        yield {"checkpoint": checkpoint.note, "size": checkpoint.size, "root": checkpoint.root}
