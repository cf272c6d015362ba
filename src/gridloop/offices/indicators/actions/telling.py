"""Figures told from outside: defining indicators, telling a published figure, correcting it, checking it, noting a standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from gridloop.core.access import SETS_UP, Actor, Role
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.period import Period
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.indicators.models import KINDS, SOURCES, UNITS, Definition, Reading, Standing
from gridloop.offices.indicators.queries import definition, reading

TELLS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER, Role.UNIT_WORKER})
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was published: who, in what document, on which day."""

    issuer: str
    document: str
    issued_on: date | None = None


def define(
    *, by: Actor, at: datetime, street: str, code: str, name: str, kind: str, unit: str, basis: str, source: str = "external"
) -> Definition:  # fmt: skip
    """The code means this from now on; readings told before keep the version they were told under. Raises NotAllowed, WrongInput."""
    must_define(by, street)
    for value, choices, field in ((kind, KINDS, "kind"), (unit, UNITS, "unit"), (source, SOURCES, "source")):
        if value not in choices:
            raise WrongInput("indicators.unknown_choice", f"只能是:{'、'.join(choices.values())}。", field=field)
    if (
        not (code.isascii() and code.isidentifier() and len(code) <= 40)
        or len(name.strip()) < 2
        or len(basis.strip()) < 4
    ):
        raise WrongInput("indicators.not_defined", "请写代码(英文字母)、名称和口径。", field="code")
    with deed():
        before = Definition.objects.filter(street=street, code=code).order_by("-version").first()
        row = Definition.objects.create(
            street=street, code=code, version=before.version + 1 if before else 1, name=name.strip()[:60], kind=kind, unit=unit,
            basis=basis.strip()[:300], source=source, defined_by=by.label, valid_from=at,
        )  # fmt: skip
        record(
            "indicator.defined", by=by, at=at, street=street, subject=f"definition:{row.ref}",
            payload={"code": code, "version": row.version, "name": row.name, "unit": unit, "basis": row.basis},
        )  # fmt: skip
    return row


def tell_reading(
    *, by: Actor, at: datetime, street: str, code: str, period: str, value: Decimal, unit: str, source: Source,
    base: Decimal | None = None, growth: Decimal | None = None, reason: str = "",
) -> Reading:  # fmt: skip
    """The published figure stands as it was published; where one stood before, it is corrected with a reason and both stay.

    ``base`` is the figure of the year before in the same unit, ``growth`` the percent that the source printed. Nothing is converted and
    nothing is repaired: doubtful units are asked about on the page. Raises NotAllowed, NotFound, WrongInput, Refused without a reason.
    """
    must_tell(by, street)
    found, span = definition(street, code), Period.parse(period)
    if found.source != "external":
        raise Refused("indicators.computed", "这个指标由系统从台账计算,不能填写。", field="code")
    _check(found, value, unit, base)
    _check_source(source)
    with deed():
        before = (
            Reading.objects.select_for_update()
            .filter(street=street, code=code, period=span.code, corrected_at__isnull=True)
            .first()
        )
        if before and len(reason.strip()) < 4:
            raise Refused(
                "indicators.told_already", f"{span.label}已有读数 {before.value.normalize():f}{before.unit};要更正请写明原因(不少于 4 个字)。", field="reason"
            )  # fmt: skip
        if before:
            Reading.objects.filter(pk=before.pk).update(corrected_at=at)
        row = Reading.objects.create(
            street=street, code=code, definition=found, period=span.code, first_on=span.first, last_on=span.last, value=value, unit=unit,
            base=base, growth=growth, issuer=source.issuer.strip(), document=source.document.strip(), issued_on=source.issued_on,
            told_by=by.label, told_at=at, reason=reason.strip()[:300] if before else "",
        )  # fmt: skip
        record(
            "indicator.corrected" if before else "indicator.told", by=by, at=at, street=street, subject=row.subject,
            payload={
                "code": code, "period": span.code, "value": str(value), "unit": unit, "base": None if base is None else str(base),
                "growth": None if growth is None else str(growth), "issuer": row.issuer, "document": row.document,
                "before": f"{before.value}{before.unit}" if before else "", "reason": row.reason,
            },
        )  # fmt: skip
    return row


def check_reading(*, by: Actor, at: datetime, reading_ref: str, note: str) -> Reading:
    """Somebody has held the figure against its source and says what they found; the figure itself stays. Raises NotFound, NotAllowed, WrongInput."""
    if len(note.strip()) < 4:
        raise WrongInput("indicators.no_note", "请写核对了什么(例如:与统计公报第2页一致)。", field="note")
    with deed():
        row = reading(reading_ref, by=by)
        must_tell(by, row.street)
        row.checked_by, row.checked_at, row.checked_note = by.label, at, note.strip()[:300]
        row.save(update_fields=["checked_by", "checked_at", "checked_note"])
        record(
            "indicator.checked",
            by=by,
            at=at,
            street=row.street,
            subject=row.subject,
            payload={"note": row.checked_note},
        )
    return row


def note_standing(
    *, by: Actor, at: datetime, street: str, about: str, period: str, stood: int, source: Source, among: int | None = None, area: str = ""
) -> Standing:  # fmt: skip
    """Where the street was placed by somebody else's document is noted. Raises NotAllowed, WrongInput, Refused when it is noted already."""
    must_tell(by, street)
    span = Period.parse(period)
    if stood < 1 or (among is not None and among < stood) or len(about.strip()) < 2:
        raise WrongInput("indicators.bad_standing", "请写评比事项和名次;名次从 1 起,不大于参评数。", field="stood")
    _check_source(source)
    with deed():
        row = Standing(
            street=street, about=about.strip()[:120], period=span.code, last_on=span.last, stood=stood, among=among, area=area.strip()[:40],
            issuer=source.issuer.strip(), document=source.document.strip(), issued_on=source.issued_on, told_by=by.label, told_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("indicators.noted_already", "这一期的名次已经登记。", field="period") from fault
        record(
            "indicator.standing_noted", by=by, at=at, street=street, subject=row.subject,
            payload={"about": row.about, "period": row.period, "stood": stood, "among": among, "issuer": row.issuer, "document": row.document},
        )  # fmt: skip
    return row


def must_define(by: Actor, street: str) -> None:
    """Raises NotAllowed for anyone but those who set up the street."""
    if by.kind != "system" and not by.roles(street) & SETS_UP:
        raise NotAllowed("indicators.may_not_define", "指标由系统管理员或街道领导定义;请联系他们。")


def must_tell(by: Actor, street: str) -> None:
    """Raises NotAllowed for anyone whose post tells no figures."""
    if by.kind != "system" and not by.roles(street) & TELLS:
        raise NotAllowed("indicators.may_not_tell", "外部数据由承办单位、值班受理岗或街道领导登记;请联系他们。")


def _check(found: Definition, value: Decimal, unit: str, base: Decimal | None) -> None:
    for number, field in ((value, "value"), (base, "base")):
        if number is not None and not (number.is_finite() and abs(number) < LARGEST):
            raise WrongInput("indicators.no_number", "请写一个数。", field=field)
    money = ("元", "万元", "亿元")
    fits = unit in money if found.kind == "amount" else unit == found.unit
    if not fits:
        known = "、".join(money) if found.kind == "amount" else found.unit
        raise WrongInput("indicators.bad_unit", f"“{found.name}”的单位只能是:{known}。", field="unit")


def _check_source(source: Source) -> None:
    for field, longest in (("issuer", 80), ("document", 160)):
        text = getattr(source, field).strip()
        if not 2 <= len(text) <= longest:
            raise WrongInput("indicators.no_source", "请写发布单位和文件(或出处):没有来源的数不登记。", field=field)
