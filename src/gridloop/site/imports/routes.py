"""Importing a routing table: a CSV becomes a draft; its findings are told; a second person may publish it at once.

A table in force is never edited. Rows with a fault are rejected by row and column and the draft is made of the rest, so nothing is
hidden: the findings then name the holes this leaves. When the newest version already has these rows, nothing is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.core.route_row import REQUIRED, RouteRow, rows_from_records, rows_to_records
from gridloop.offices.cases.actions.tables import draft_table, findings_of, publish_table
from gridloop.offices.cases.models import RoutingTable
from gridloop.offices.organisation import queries as organisation
from gridloop.site.imports.reading import Rejection, read_records
from gridloop.site.imports.tally import Tally

PROFILE = "san_bu_guo"


def import_routes(
    path: Path, *, at: datetime, street: str, publish_as: str = "", allow_holes: bool = False, backstop_profile: str = "",
    dry_run: bool = False,
) -> Tally:  # fmt: skip
    """The file's rows are the newest draft (or the newest table already), with its findings in ``details``."""
    tally = Tally("routes", dry_run)
    rows = _rows(path, tally)
    newest = (
        RoutingTable.objects.filter(street=street)
        .exclude(state=RoutingTable.State.DISCARDED)
        .order_by("-version")
        .first()
    )
    if newest is not None and newest.rows == rows_to_records(rows):
        table, tally.existing = newest, len(rows)
    else:
        table = _draft(rows, newest, path, at=at, street=street, profile=backstop_profile)
        tally.added = len(rows)
    tally.details = _details(table, at=at)
    tally.is_faulty = any(each["kind"] not in ("hole", "unstaffed") for each in tally.details["findings"])
    if publish_as and table.state == RoutingTable.State.DRAFT:
        by = organisation.actor_of(organisation.person(street, publish_as), at=at)
        table = publish_table(by=by, at=at, street=street, table=table.ref, allow_holes=allow_holes)
        tally.details |= {"state": table.state}
    return tally


def _rows(path: Path, tally: Tally) -> list[RouteRow]:
    """The good rows, in order; the others are rejected."""
    kept: list[RouteRow] = []
    records = read_records(path, required=REQUIRED)
    tally.read = len(records)
    for number, record in records:
        rows, problems = rows_from_records([record])
        kept += rows
        tally.rejected += [Rejection(number, problem.column, problem.reason) for problem in problems]
    return kept


def _draft(
    rows: list[RouteRow], newest: RoutingTable | None, path: Path, *, at: datetime, street: str, profile: str
) -> RoutingTable:
    chosen = profile or (newest.backstop["profile"] if newest else PROFILE)
    records: list[Mapping[str, object]] = [dict(record) for record in rows_to_records(rows)]
    return draft_table(
        by=SYSTEM, at=at, street=street, records=records, backstop_profile=chosen, note=f"由文件 {path.name} 导入"
    )


def _details(table: RoutingTable, *, at: datetime) -> dict[str, Any]:
    """The version and what is wrong with it."""
    return {
        "version": table.version,
        "state": table.state,
        "findings": [
            {"kind": each["kind"], "rows": each["rows"], "sentence": each["sentence"]}
            for each in findings_of(table, at=at)
        ],
    }
