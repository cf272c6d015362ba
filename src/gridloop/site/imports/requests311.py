"""Importing New York's real 311 requests, and checking what we decide against what the city decided.

The file's own columns are the answer key: the community board of a point, the agency of a complaint type, the due date. Each request
becomes a case of the demonstration city ``nyc311`` through the same actions as any report: placed by its point in the community districts (when
``boundaries`` is given), routed by ``real/nyc_routes.csv``, timed by ``real/nyc_profiles.json`` in America/New_York. Then the cases as filed are
compared with the key, and the agreement is told with its n.

What the comparison is worth: the route file and the profiles were written from this same file (a complaint type gets a fixed offset when at
least half of its due dates show one), so the agreement shows that the rules *can express* New York's, not that they would foretell
the next year's. ``not_expressed`` counts due dates of types without a fixed offset: those have no deadline here rather than a guessed one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gridloop.core.access import SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.actions.tables import draft_table, publish_table
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation.models import Street
from gridloop.offices.supervision.actions import publish_calendar, publish_profile
from gridloop.site.founding import GridPlan, PersonPlan, StreetPlan, UnitPlan, found
from gridloop.site.imports.filing import Record, cases_of, file_records
from gridloop.site.imports.grids import GridColumns, import_grids
from gridloop.site.imports.reading import Row, read_sheet
from gridloop.site.imports.tally import Tally

STREET = "NYC311"
ZONE = ZoneInfo("America/New_York")
FOUNDED = datetime(2010, 1, 1, tzinfo=ZONE)
MOMENT = "%m/%d/%Y %I:%M:%S %p"
UNDATED = "nyc_undated"
BOROUGHS = {"1": "MANHATTAN", "2": "BRONX", "3": "BROOKLYN", "4": "QUEENS", "5": "STATEN ISLAND"}
COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("Unique Key",), "created": ("Created Date",), "agency": ("Agency",), "type": ("Complaint Type",),
    "descriptor": ("Descriptor",), "due": ("Due Date",), "board": ("Community Board",), "address": ("Incident Address",),
    "lat": ("Latitude",), "lon": ("Longitude",),
}  # fmt: skip


def import_requests311(path: Path, *, at: datetime, boundaries: Path | None = None, dry_run: bool = False) -> Tally:
    """Every good request is a case of ``nyc311``; ``details`` tells the agreement with the city's own answers."""
    sheet = read_sheet(path, columns=COLUMNS, required=("key", "created", "type"))
    tally = Tally("requests311", dry_run)
    tally.begin(sheet)
    _found_city()
    cells = _put_boundaries(boundaries, at=FOUNDED, tally=tally) if boundaries else 0
    records = [record for row in sheet.rows if (record := _record(row, tally))]
    file_records(tally, records, street=STREET, at=at, column="key")
    cases = cases_of(tally.kind, STREET, [row.cells["key"] for row in sheet.rows])
    pairs = [(row.cells, cases[row.cells["key"]]) for row in sheet.rows if row.cells["key"] in cases]
    tally.details = {"street": STREET, "cells": cells, "agreement": agreement(pairs)}
    return tally


def category_of(complaint_type: str) -> str:
    """The complaint type as one category; its slashes are no path."""
    return complaint_type.replace("/", "／")


def _found_city() -> None:
    """The city stands with its agencies, its calendar, profiles and one routing table."""
    if Street.objects.filter(code=STREET).exists():
        return
    routes = _packaged_rows("nyc_routes.csv")
    with deed():
        found(_plan([row["category"] for row in routes]), at=FOUNDED)
        publish_calendar(
            by=SYSTEM, at=FOUNDED, street=STREET, definition=_calendar(), note="America/New_York, no holidays loaded"
        )
        for definition in json.loads(_packaged("nyc_profiles.json")):
            publish_profile(by=SYSTEM, at=FOUNDED, street=STREET, definition=definition)
        table = draft_table(
            by=SYSTEM,
            at=FOUNDED,
            street=STREET,
            records=routes,
            backstop_profile=UNDATED,
            note="complaint type -> agency",
        )
        publish_table(by=SYSTEM, at=FOUNDED, street=STREET, table=table.ref)


def _packaged(name: str) -> str:
    return files("gridloop.site").joinpath("real", name).read_text(encoding="utf-8")


def _packaged_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_packaged(name).splitlines()))


def _calendar() -> dict[str, Any]:
    return {"code": "nyc", "version": 1, "zone": ZONE.key, "hours": [["09:00", "17:00"]], "years": []}


def _plan(categories: Sequence[str]) -> StreetPlan:
    units = [UnitPlan(row["code"], row["name"], kind="authority") for row in _packaged_rows("nyc_units.csv")]
    return StreetPlan(
        code=STREET, slug="nyc311", name="New York 311(示例)", district="NYC", district_name="New York City",
        units=(UnitPlan("311", "NYC311", kind="street_office", is_backstop=True), *units),
        grids=(GridPlan(STREET, "New York City", "street"),),
        people=(PersonPlan("P01", "演示受理员", "311", (("DESK", "值班受理岗", "duty_desk", "311", ""),)),),
        categories=tuple(categories), routes=(), is_demonstration=True,
    )  # fmt: skip


def _put_boundaries(path: Path, *, at: datetime, tally: Tally) -> int:
    """The community districts are cells of the city; how many the file holds. What is wrong with one is told as rejected."""
    columns = GridColumns(code="BoroCD", name="BoroCD", kind="community", source="New York community districts")
    grids = import_grids(path, at=at, street=STREET, columns=columns)
    tally.rejected += grids.rejected
    return grids.added + grids.existing


def _record(row: Row, tally: Tally) -> Record | None:
    """The request as a filing; None (and a rejection) when its time or its point cannot be read."""
    cells = row.cells
    try:
        created = _moment(cells["created"])
        lon, lat = (_degrees(cells.get(name, ""), name) for name in ("lon", "lat"))
    except WrongInput as error:
        tally.reject(row.number, error)
        return None
    text = " · ".join(part for part in (cells["type"], cells.get("descriptor", "")) if part)
    filing = Filing(
        text=text, source="import", category=category_of(cells["type"]), lon=lon, lat=lat, address=cells.get("address", ""),
        external_id=cells["key"],
    )  # fmt: skip
    return Record(row.number, created, filing)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, MOMENT).replace(tzinfo=ZONE)
    except ValueError as fault:
        raise WrongInput(
            "time.malformed", f"看不懂时间“{text}”;应形如 06/26/2018 10:58:54 AM。", field="created"
        ) from fault


def _degrees(text: str, field: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as fault:
        raise WrongInput("import.bad_point", f"“{text}”不是经纬度;请改正或留空。", field=field) from fault


def agreement(pairs: Sequence[tuple[Mapping[str, str], Case]]) -> dict[str, dict[str, int]]:
    """How many of our decisions equal the city's, each beside the n it is of.

    ``board``: of the requests with a point and a numbered board. ``agency``: of all. ``due``: of the real due dates; ``expressed``
    are those whose complaint type has a deadline here.
    """
    boards = [
        (_board_code(cells.get("board", "")), case)
        for cells, case in pairs
        if cells.get("lon") and _board_code(cells.get("board", ""))
    ]
    dated = [(cells, case) for cells, case in pairs if cells.get("due")]
    timed = [(cells, case) for cells, case in dated if case.due_at is not None]
    return {
        "board": {"n": len(boards), "equal": sum(case.grid is not None and case.grid.code == code for code, case in boards)},
        "agency": {"n": len(pairs), "equal": sum(case.lead.code == cells.get("agency") for cells, case in pairs)},
        "due": {
            "n": len(dated), "expressed": len(timed), "not_expressed": len(dated) - len(timed),
            "equal": sum(case.due_at == _moment(cells["due"]) for cells, case in timed),
        },
    }  # fmt: skip


def _board_code(board: str) -> str:
    """``09 QUEENS`` as ``409``, the code the district file uses; empty for an unspecified board."""
    number, _, borough = board.partition(" ")
    codes = {name: digit for digit, name in BOROUGHS.items()}
    return f"{codes[borough]}{number}" if number.isdigit() and len(number) == 2 and borough in codes else ""
