"""What an import did: how many records were read, added, there already, and every rejection by row, column and reason.

``put_rows`` is the walk all row imports share: good rows go in, in batches of one transaction each; a row that a rule refuses is
rejected by name and leaves no trace; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from gridloop.core.errors import GridloopError
from gridloop.offices.archive.transaction import deed
from gridloop.site.imports.reading import Rejection, Row, Sheet
from gridloop.site.terminal import progress

BATCH = 200
ADDED, EXISTING = "added", "existing"


@dataclass(slots=True)
class Tally:
    """The growing account of one import. ``details`` holds what only this kind of import can say; ``is_faulty``: it went in, but does not hold."""

    kind: str
    dry_run: bool = False
    read: int = 0
    added: int = 0
    existing: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    is_faulty: bool = False

    def count(self, outcome: str) -> None:
        """One record was ``added`` or was ``existing``."""
        if outcome == ADDED:
            self.added += 1
        else:
            self.existing += 1

    def reject(self, row: int, error: GridloopError, *, column: str = "") -> None:
        """The record did not go in, for the reason the error gives."""
        self.rejected.append(Rejection(row, str(error.fields.get("field") or column), error.sentence))

    def begin(self, sheet: Sheet) -> None:
        """The sheet was read; what could not be read as a record is rejected already."""
        self.read += sheet.count
        self.rejected += sheet.rejected

    def to_data(self) -> dict[str, Any]:
        """The document of ``gridloop import --json``."""
        rejected = sorted(self.rejected, key=lambda each: (each.row, each.column))
        return {
            "kind": self.kind,
            "read": self.read,
            "added": self.added,
            "existing": self.existing,
            "rejected": [{"row": each.row, "column": each.column, "reason": each.reason} for each in rejected],
            "dry_run": self.dry_run,
            "details": self.details,
        }


def put_rows(tally: Tally, rows: Sequence[Row], put: Callable[[Row], str], *, column: str = "") -> None:
    """Every row is put in by ``put``, which says ``added`` or ``existing``; what it refuses is rejected."""
    with progress("导入", total=len(rows)) as advance:
        for start in range(0, len(rows), BATCH):
            with deed():
                for row in rows[start : start + BATCH]:
                    _put(tally, row, put, column)
                    advance(1)


def _put(tally: Tally, row: Row, put: Callable[[Row], str], column: str) -> None:
    """One row, behind a savepoint of its own, so that its refusal undoes nothing but itself."""
    try:
        with transaction.atomic():
            outcome = put(row)
    except GridloopError as error:
        tally.reject(row.number, error, column=column)
    else:
        tally.count(outcome)
