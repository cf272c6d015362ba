"""The routing table: what is in force, its versions, drafts with their findings; drafted by one person, published by another."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.access import SETS_UP
from gridloop.core.errors import Broken, GridloopError, NotAllowed, TooMuch, WrongInput
from gridloop.offices.cases.actions.tables import draft_table, findings_of, publish_table, roll_back_table
from gridloop.offices.cases.queries import pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.territory import queries as territory
from gridloop.web.reader import Reader, staff

LARGEST = 2 * 1024 * 1024
CONDITIONS = ("level", "source", "priority", "time_class", "grade")


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row in words."""

    row: str
    category: str
    place: str
    conditions: str
    unit: str
    profile: str
    reason: str


@dataclass(frozen=True, slots=True)
class DraftShown:
    """A draft with everything wrong with it; it may be published when nothing is, by someone else than its author."""

    table: Any
    findings: list[dict[str, Any]]
    is_own: bool
    only_holes: bool


@require_safe
@staff
def routes(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/routes/?version=2"""
    return _page(request, reader)


def _page(
    request: HttpRequest, reader: Reader, *, status: int = 200, error: GridloopError | None = None
) -> HttpResponse:
    tables = pages.routing_tables(reader.street.code)
    in_force = pages.table_in_force(reader.street.code, at=reader.at)
    asked = request.GET.get("version", "")
    shown = next((table for table in tables if str(table.version) == asked), in_force)
    sets_up = bool(reader.actor.roles(reader.street.code) & SETS_UP)
    page = {
        "tables": tables, "in_force": in_force, "shown": shown, "rows": _rows(shown, reader) if shown else [], "backstop": _backstop(shown, reader) if shown else "",
        "drafts": [_draft(table, reader) for table in tables if table.state == "draft"], "sets_up": sets_up, "error": error,
        "problems": error.fields.get("problems", []) if error else [], "at": reader.at,
    }  # fmt: skip
    return render(request, "setup/routes.html", page, status=status)


def _backstop(table: Any, reader: Reader) -> str:
    return organisation.unit(reader.street.code, table.backstop["unit"]).name


def _draft(table: Any, reader: Reader) -> DraftShown:
    found = findings_of(table)
    return DraftShown(
        table,
        found,
        table.drafted_by == reader.actor.label,
        bool(found) and all(each["kind"] == "hole" for each in found),
    )


def _rows(table: Any, reader: Reader) -> list[RowShown]:
    """The rows with the names of units, places and profiles."""
    street = reader.street.code
    units = {unit.code: unit.name for unit in organisation.units(street)}
    profiles = {code: profile.name for code, (_key, profile) in supervision.profiles_in_force(street).items()}
    places = {grid.path: grid.name for grid in territory.grids(street)}
    return [
        RowShown(
            row=record.get("row", ""), category=" › ".join(record.get("category", "").split("/")), place=places.get(record.get("place", ""), record.get("place", "")),
            conditions=_conditions(record), unit=units.get(record.get("unit", ""), record.get("unit", "")),
            profile=profiles.get(record.get("profile", ""), record.get("profile", "")), reason=_reason(record, units=units, places=places),
        )
        for record in table.rows
    ]  # fmt: skip


def _reason(record: dict[str, Any], *, units: dict[str, str], places: dict[str, str]) -> str:
    """The row's reason with the names it will be filled with."""
    named = {"{unit}": units.get(record.get("unit", ""), ""), "{place}": places.get(record.get("place", ""), _("当地"))}
    text = str(record.get("reason", ""))
    for word, name in named.items():
        text = text.replace(word, name)
    return text


def _conditions(record: dict[str, Any]) -> str:
    return ";".join(str(record[name]) for name in CONDITIONS if record.get(name))


@require_POST
@staff
def draft(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/routes/draft/: a CSV becomes a draft."""
    try:
        records = _records(request)
        table = draft_table(
            by=reader.actor, at=reader.at, street=reader.street.code, records=records, backstop_profile=_backstop_profile(reader),
            note=request.POST.get("note", ""),
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, status=error.status, error=error)
    messages.success(request, _("第 %(version)s 版草稿已存,请第二个人核对后发布。") % {"version": table.version})
    return redirect("routes")


def _records(request: HttpRequest) -> list[dict[str, object]]:
    """The rows of the uploaded CSV, whether UTF-8 or GB 18030. Raises WrongInput, TooMuch."""
    sent = request.FILES.get("file")
    if sent is None:
        raise WrongInput("web.no_file", "请选择一个 CSV 文件。", field="file")
    if sent.size is not None and sent.size > LARGEST:
        raise TooMuch("web.file_too_large", "文件超过 2 MB;请拆分后再传。", field="file")
    text = _decoded(sent.read())
    return [dict(record) for record in csv.DictReader(io.StringIO(text))]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongInput("web.not_text", "文件不是文本;请在表格软件里另存为 CSV(UTF-8)再上传。", field="file")


def _backstop_profile(reader: Reader) -> str:
    table = pages.table_in_force(reader.street.code, at=reader.at)
    return str(table.backstop["profile"]) if table else "san_bu_guo"


@require_POST
@staff
def publish(request: HttpRequest, reader: Reader, table: str) -> HttpResponse:
    """/setup/routes/<table>/publish/"""
    try:
        _must_set_up(reader)
        published = publish_table(
            by=reader.actor,
            at=reader.at,
            street=reader.street.code,
            table=table,
            allow_holes=request.POST.get("allow_holes") == "1",
        )
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, status=error.status, error=error)
    messages.success(request, _("第 %(version)s 版路由表已生效。") % {"version": published.version})
    return redirect("routes")


@require_POST
@staff
def roll_back(request: HttpRequest, reader: Reader, table: str) -> HttpResponse:
    """/setup/routes/<table>/roll-back/"""
    try:
        _must_set_up(reader)
        again = roll_back_table(by=reader.actor, at=reader.at, street=reader.street.code, table=table)
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, status=error.status, error=error)
    messages.success(request, _("已回退;现为第 %(version)s 版。") % {"version": again.version})
    return redirect("routes")


def _must_set_up(reader: Reader) -> None:
    if not reader.actor.roles(reader.street.code) & SETS_UP:
        raise NotAllowed("organisation.not_keeper", "设置由系统管理员或街道领导来做;请联系他们。")
