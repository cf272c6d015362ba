"""Importing firms: .xlsx or CSV; the same code is one firm; what differs, looks alike or is refused is told row by row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gridloop.core.access import SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.offices.enterprise.actions.importing import MOST_TOLD, Imported, import_enterprises, keep_intake
from gridloop.offices.enterprise.sheets import read_firms
from gridloop.site.imports.reading import Rejection
from gridloop.site.imports.tally import Tally


def import_firms(path: Path, *, at: datetime, street: str, prefer: str = "kept", dry_run: bool = False) -> Tally:
    """The file's firms are on the register, and the import is on record."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise WrongInput(
            "import.unreadable", f"打不开文件“{path.name}”({fault});请核对路径和权限。", file=str(path)
        ) from fault
    sheet = read_firms(content)
    found = import_enterprises(by=SYSTEM, at=at, street=street, rows=sheet.rows, source=path.name, prefer=prefer)
    keep_intake(by=SYSTEM, at=at, street=street, name=path.name, content=content, found=found)
    return _tally(found, sheet.left_out, dry_run=dry_run)


def _tally(found: Imported, left_out: tuple[str, ...], *, dry_run: bool) -> Tally:
    tally = Tally("enterprises", dry_run, read=found.read, added=found.added, existing=found.merged + found.same)
    tally.rejected = [Rejection(each["row"], each["column"], each["reason"]) for each in found.refused]
    tally.details = {
        "merged": found.merged, "unchanged": found.same, "rejected_rows": found.refused_rows, "left_out_columns": list(left_out),
        "conflicts": found.conflicts[:MOST_TOLD], "near_names": found.near[:MOST_TOLD], "warnings": found.warnings[:MOST_TOLD],
    }  # fmt: skip
    return tally
