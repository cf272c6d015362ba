"""Projects come in, are corrected, move between the libraries and leave them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from gridloop.core.access import Actor
from gridloop.core.errors import Outdated, Refused, WrongInput
from gridloop.core.project import LIBRARIES, PRIORITIES, SECTORS, check_move
from gridloop.core.project_access import must_keep
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects.models import Project, StageMove
from gridloop.offices.projects.queries.criteria import unmet
from gridloop.offices.projects.queries.finding import project_locked
from gridloop.offices.territory import queries as territory

ZONE = ZoneInfo("Asia/Shanghai")
LARGEST = Decimal(10) ** 15
DATES = ("start_planned_on", "finish_planned_on", "started_on", "finished_on", "produced_on", "counted_on")

ACTUAL = {
    "started_on": "实际开工日期",
    "finished_on": "实际竣工日期",
    "produced_on": "投产日期",
    "counted_on": "入统日期",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told about a project. ``unit`` and ``grid`` are codes, ``total`` is in 元."""

    name: str
    owner: str
    unit: str
    sector: str
    total: Decimal
    code: str = ""
    content: str = ""
    owner_subject: str = ""
    priority: str = ""
    grid: str = ""
    address: str = ""
    approval: str = ""
    site_ready: bool | None = None
    permit: str = ""
    start_planned_on: date | None = None
    finish_planned_on: date | None = None
    started_on: date | None = None
    finished_on: date | None = None
    produced_on: date | None = None
    counted_on: date | None = None


def enter_project(
    *, by: Actor, at: datetime, street: str, told: Told, library: str = "reserve", reason: str = "新项目入库", is_synthetic: bool = False
) -> Project:  # fmt: skip
    """The project stands in a library, by default 储备, and will never be typed again.

    Raises NotAllowed, WrongInput for what was told badly, Refused when the library's entry criteria do not hold or the project is there.
    """
    must_keep(by, street=street, unit=told.unit)
    if library not in LIBRARIES:
        raise WrongInput(
            "projects.no_library", f"没有“{library}”这个库;请选储备、拟开工、在建或竣工。", field="library"
        )
    values = _checked(told, street, at=at)
    with deed():
        row = Project(
            street=street, library=library, entered_at=at, is_synthetic=is_synthetic,
            **(values | {"code": values["code"] or _next_code(street, at)}),
        )  # fmt: skip
        _must_meet(row, library, at=at)
        _save_once(row, force_insert=True)
        _moved(row, came_from="", to=library, direction="entry", reason=reason, by=by, at=at)
        record("project.entered", by=by, at=at, street=street, subject=row.subject, payload=_payload(row))
    return row


def change_project(*, by: Actor, at: datetime, project: str, rev: int | None = None, **changes: Any) -> Project:
    """The project's record is as told; what was before stands in the ledger. ``changes`` are fields of ``Told``.

    Raises NotFound, NotAllowed, WrongInput, Refused for the name or number of another project, Outdated when someone else was faster.
    """
    unknown = set(changes) - {each.name for each in fields(Told)}
    if unknown:
        raise WrongInput("projects.no_field", f"项目没有这一项:{'、'.join(sorted(unknown))}。", field=min(unknown))
    with deed():
        row = project_locked(by, project, rev=rev)
        before = told_of(row)
        told = Told(**(asdict(before) | changes))
        must_keep(by, street=row.street, unit=told.unit)
        values = _checked(told, row.street, at=at)
        values["code"] = values["code"] or row.code
        altered = [name for name in asdict(before) if getattr(before, name) != getattr(told, name)]
        if not altered:
            return row
        for name, value in values.items():
            setattr(row, name, value)
        row.rev += 1
        _save_once(row, update_fields=[*values, "rev"])
        record(
            "project.changed", by=by, at=at, street=row.street, subject=row.subject,
            payload={"before": _plain(before, altered), "after": _plain(told, altered)},
        )  # fmt: skip
    return row


def move_project(
    *, by: Actor, at: datetime, project: str, to: str, reason: str, on: date | None = None, rev: int | None = None
) -> Project:
    """The project stands in the library beside its own. Going on asks the entry criteria; going back asks a reason only.

    ``on`` is the day it really happened, today by default. Raises NotFound, NotAllowed, Refused with what is missing, WrongInput, Outdated.
    """
    with deed():
        row = project_locked(by, project, rev=rev)
        came_from = str(row.library)
        direction = check_move(came_from, to, reason=reason)
        if direction == "forward":
            _must_meet(row, to, at=at)
        day = _day_of_move(row, on, at)
        Project.objects.filter(pk=row.pk).update(library=to, rev=F("rev") + 1)
        row.library, row.rev = to, row.rev + 1
        move = _moved(row, came_from=came_from, to=to, direction=direction, reason=reason, by=by, at=at, on=day)
        record(
            "project.moved", by=by, at=at, street=row.street, subject=row.subject,
            payload={"from": came_from, "to": to, "direction": direction, "reason": move.reason, "on": day.isoformat()},
        )  # fmt: skip
    return row


def drop_project(*, by: Actor, at: datetime, project: str, reason: str, rev: int | None = None) -> Project:
    """The project counts in no library any more; its record and history stay. Raises NotFound, NotAllowed, WrongInput without a reason."""
    if len(reason.strip()) < 4:
        raise WrongInput("projects.no_reason", "请写明移库理由(不少于 4 个字)。", field="reason")
    with deed():
        row = project_locked(by, project, rev=rev)
        row.dropped_at, row.dropped_because, row.rev = at, reason.strip()[:300], row.rev + 1
        row.save(update_fields=["dropped_at", "dropped_because", "rev"])
        record(
            "project.dropped", by=by, at=at, street=row.street, subject=row.subject,
            payload={"library": row.library, "reason": row.dropped_because},
        )  # fmt: skip
    return row


def told_of(row: Project) -> Told:
    """The project's record as it was told."""
    names = [each.name for each in fields(Told) if each.name not in ("unit", "grid")]
    return Told(
        unit=row.unit.code, grid=row.grid.code if row.grid else "", **{name: getattr(row, name) for name in names}
    )


def _save_once(row: Project, **how: Any) -> None:
    """The row is kept. Raises Refused when another project of the street has its name or its number."""
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as fault:
        raise Refused(
            "projects.entered_already", f"“{row.name}”或编号“{row.code}”已在库中;项目只录入一次,请在原项目上办理移库。", field="name"
        ) from fault  # fmt: skip


def _checked(told: Told, street: str, *, at: datetime) -> dict[str, Any]:
    """The columns of the project. Raises WrongInput naming the field."""
    texts = {name: value.replace("\x00", "").strip() for name, value in asdict(told).items() if isinstance(value, str)}
    for name, label in (("name", "项目名称"), ("owner", "建设单位")):
        if not 2 <= len(texts[name]) <= 120:
            raise WrongInput("projects.no_name", f"请写{label}(2 至 120 字)。", field=name)
    _one_of(texts["sector"], SECTORS, "sector", "类别")
    if texts["priority"]:
        _one_of(texts["priority"], PRIORITIES, "priority", "重点级别")
    _money(told.total)
    _in_order(told)
    _have_happened(told, today=at.astimezone(ZONE).date())
    grid = territory.grid(street, texts["grid"]) if texts["grid"] else None
    longest = {"code": 40, "approval": 80, "permit": 80, "address": 200, "owner_subject": 48}
    return {
        **{name: texts[name][: longest.get(name, 4000)] for name in texts if name not in ("unit", "grid")},
        "unit": organisation.unit(street, texts["unit"]), "grid": grid, "total": told.total, "site_ready": told.site_ready,
        **{name: getattr(told, name) for name in DATES},
    }  # fmt: skip


def _one_of(value: str, choices: dict[str, str], field: str, label: str) -> None:
    if value not in choices:
        raise WrongInput("projects.unknown_choice", f"{label}只能是:{'、'.join(choices.values())}。", field=field)


def _money(total: Decimal) -> None:
    if not (total.is_finite() and 0 < total < LARGEST):
        raise WrongInput("projects.bad_total", "总投资要大于 0,单位是元;请核对单位。", field="total")


def _in_order(told: Told) -> None:
    for first, last, sentence in (
        ("start_planned_on", "finish_planned_on", "计划竣工不能早于计划开工;请核对日期。"),
        ("started_on", "finished_on", "实际竣工不能早于实际开工;请核对日期。"),
    ):
        one, other = getattr(told, first), getattr(told, last)
        if one and other and other < one:
            raise WrongInput("projects.dates_reversed", sentence, field=last)


def _have_happened(told: Told, *, today: date) -> None:
    """What is told as done lies not in the days to come: it would open the next library."""
    for name, label in ACTUAL.items():
        day = getattr(told, name)
        if day and day > today:
            raise WrongInput("projects.not_yet", f"{label}不能晚于今天;还没有发生的请先不填。", field=name)


def _must_meet(row: Project, library: str, *, at: datetime) -> None:
    """Raises Refused with every clause that is not met, in words."""
    wanting = unmet(row, library, at=at)
    if wanting:
        told = ";".join(f"{each.requirement}({'、'.join(each.reasons)})" for each in wanting)
        raise Refused(
            "projects.criteria", f"还不能进入{LIBRARIES[library]}库:{told}。请补齐后再办。",
            library=library, wanting=[each.requirement for each in wanting],
        )  # fmt: skip


def _day_of_move(row: Project, on: date | None, at: datetime) -> date:
    """The day of the move. Raises WrongInput for one to come, or before the move before it."""
    today = at.astimezone(ZONE).date()
    day = on or today
    last = StageMove.objects.filter(project=row).order_by("-number").values_list("moved_on", flat=True).first()
    if day > today or (last and day < last):
        raise WrongInput("projects.bad_day", "移库日期不能在今天以后,也不能早于上一次移库;请核对日期。", field="on")
    return day


def _moved(
    row: Project, *, came_from: str, to: str, direction: str, reason: str, by: Actor, at: datetime, on: date | None = None
) -> StageMove:  # fmt: skip
    return StageMove.objects.create(
        project=row, number=StageMove.objects.filter(project=row).count() + 1, came_from=came_from, to=to, direction=direction,
        reason=reason.strip()[:300], moved_on=on or at.astimezone(ZONE).date(), moved_at=at, by=by.label,
    )  # fmt: skip


def _next_code(street: str, at: datetime) -> str:
    """The next running number of the year: XM2022-033."""
    head = f"XM{at.astimezone(ZONE).year}-"
    taken = Project.objects.filter(street=street, code__startswith=head).values_list("code", flat=True)
    numbers = [int(code.removeprefix(head)) for code in taken if code.removeprefix(head).isdecimal()]
    return f"{head}{max(numbers, default=0) + 1:03d}"


def _payload(row: Project) -> dict[str, Any]:
    return {
        "code": row.code, "name": row.name, "owner": row.owner, "unit": row.unit.code, "library": row.library, "total": str(row.total),
        "priority": row.priority,
    }  # fmt: skip


def _plain(told: Told, names: list[str]) -> dict[str, Any]:
    """Values that JSON knows."""
    return {
        name: value if isinstance(value := getattr(told, name), str | bool) or value is None else str(value)
        for name in names
    }


__all__ = ["Outdated", "Told", "change_project", "drop_project", "enter_project", "move_project", "told_of"]
