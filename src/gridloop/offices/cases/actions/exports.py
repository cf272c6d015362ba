"""Taking cases out of the house as a file: on record before the file is handed over, masked unless someone answers for it.

What happens: the rows are read in the reader's scope, the file is made with its watermark, and in one transaction the register gets
its line (who, when, why, which filter, how many rows, the file's SHA-256) and the ledger its entry. Only then are the bytes returned.
The register is read by the audit keeper and the leaders (``queries.views.exports_of``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from gridloop.core.access import SEES_THE_PLACE, SEES_THE_UNIT, Actor, Role
from gridloop.core.errors import NotAllowed, TooMuch, WrongInput
from gridloop.offices.archive.actions import note_access, record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.list_models import ExportRecord
from gridloop.offices.cases.models import BEIJING, Case, Report
from gridloop.offices.cases.queries.columns import cells, heads, known_columns
from gridloop.offices.cases.queries.lists import Filter, list_cases
from gridloop.offices.cases.sheets import MEDIA_TYPES, Sheet, table_file

MOST_ROWS = 20_000
MOST_WITH_CONTACTS = 200
STEP = 1_000
TAKES_OUT = (SEES_THE_PLACE | SEES_THE_UNIT) - {Role.GRID_WORKER, Role.UNIT_WORKER}
SHOWS_CONTACTS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be taken out: the filter, as address and in words; the columns; the format; why; whether reporters are named."""

    wanted: Filter
    query: str
    condition: str
    columns: Sequence[str]
    file_format: str
    purpose: str
    shows_contacts: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """The file as it was registered."""

    name: str
    media_type: str
    content: bytes
    record: ExportRecord


def may_take_out(by: Actor) -> bool:
    """Who decides over a place or a unit, or watches over one, may; single workers ask them."""
    return bool(by.roles(by.street) & TAKES_OUT)


def may_show_contacts(by: Actor) -> bool:
    return bool(by.roles(by.street) & SHOWS_CONTACTS)


def export_cases(*, by: Actor, at: datetime, asked: Asked) -> Exported:
    """The file is made and registered.

    Raises NotAllowed without a post for it, WrongInput without a purpose or with an unknown format, TooMuch beyond 20,000 rows (200
    with reporters in the clear).
    """
    purpose = _permitted(asked, by=by)
    columns = known_columns(asked.columns)
    cases = _cases(asked, by=by)
    number = f"DC{at.astimezone(BEIJING):%Y%m%d}-{new_ref()[:8].upper()}"
    mark = f"{by.name} 于 {at.astimezone(BEIJING):%Y-%m-%d %H:%M} 导出 {len(cases)} 件,用途:{purpose},登记号 {number};内部资料,不得外传"
    sheet = Sheet(title="事项", heads=heads(columns), mark=mark, number=number)
    content = table_file(asked.file_format, sheet=sheet, rows=_rows(cases, columns, is_masked=not asked.shows_contacts))
    kept = _registered(
        asked, by=by, at=at, number=number, purpose=purpose, columns=columns, cases=cases, content=content
    )
    return Exported(f"{number}.{asked.file_format}", MEDIA_TYPES[asked.file_format], content, kept)


def _permitted(asked: Asked, *, by: Actor) -> str:
    """The purpose, when this may be taken out by this actor."""
    if not may_take_out(by):
        raise NotAllowed("cases.may_not_export", "导出由值班受理岗、负责人、核查员或审计管理员来做;请联系他们。")
    if asked.shows_contacts and not may_show_contacts(by):
        raise NotAllowed(
            "cases.may_not_export_contacts", "含反映人姓名电话的导出由值班受理岗或街道领导来做;请改为隐藏后导出。"
        )
    if asked.file_format not in MEDIA_TYPES:
        raise WrongInput("cases.unknown_format", f"格式只能是:{'、'.join(MEDIA_TYPES)}。", field="file_format")
    return said(asked.purpose, field="purpose", least=4, longest=200)


def _cases(asked: Asked, *, by: Actor) -> list[Case]:
    """The cases of the filter in its order, read page by page. Raises TooMuch."""
    most = MOST_WITH_CONTACTS if asked.shows_contacts else MOST_ROWS
    found: list[Case] = list(islice(_walk(by, asked.wanted), most + 1))
    if len(found) > most:
        raise TooMuch("cases.export_too_large", f"符合条件的超过 {most} 件,不能一次导出;请缩小筛选范围。", most=most)
    return found


def _walk(by: Actor, wanted: Filter) -> Iterator[Case]:
    after: str | None = ""
    while after is not None:
        page = list_cases(by, replace(wanted, after=after), size=STEP)
        yield from page.cases
        after = page.after or None


def _rows(cases: Sequence[Case], columns: Sequence[str], *, is_masked: bool) -> Iterator[list[str]]:
    """The cells of each case; texts and reporters are read a thousand cases at a time, and only where asked for."""
    for start in range(0, len(cases), STEP):
        part = cases[start : start + STEP]
        _read_texts(part, columns)
        told = _reports(part) if "reporter" in columns else {}
        for case in part:
            yield cells(case, columns, reports=told.get(case.pk, []), is_masked=is_masked)


def _read_texts(cases: Sequence[Case], columns: Sequence[str]) -> None:
    """The long columns, which lists leave out, in one query."""
    long = [name for name in ("text", "answer") if name in columns]
    if long:
        kept = {row["id"]: row for row in Case.objects.filter(pk__in=[case.pk for case in cases]).values("id", *long)}
        for case in cases:
            for name in long:
                setattr(case, name, kept[case.pk][name])


def _reports(cases: Sequence[Case]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = {}
    for report in Report.objects.filter(case__in=cases).order_by("id"):
        found.setdefault(report.case_id, []).append(report)
    return found


def _registered(
    asked: Asked, *, by: Actor, at: datetime, number: str, purpose: str, columns: Sequence[str], cases: Sequence[Case], content: bytes
) -> ExportRecord:  # fmt: skip
    """The register, the ledger and, for reporters in the clear, each case's access notes say it, all or none."""
    told = {
        "number": number, "purpose": purpose, "query": asked.query, "condition": asked.condition[:500], "columns": ",".join(columns)[:300],
        "file_format": asked.file_format, "shows_contacts": asked.shows_contacts, "rows": len(cases), "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    with deed():
        kept = ExportRecord.objects.create(street=by.street, by=person_of(by), exported_at=at, **told)
        if asked.shows_contacts:
            for case in cases:
                note_access(
                    by=by,
                    at=at,
                    street=case.street,
                    subject=case.subject,
                    what="反映人姓名和电话(导出)",
                    reason=f"{number} {purpose}",
                )
        record("cases.exported", by=by, at=at, street=by.street, subject=f"export:{kept.ref}", payload=told)
    return kept
