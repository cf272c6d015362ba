"""Every read of the indicators: definitions in force, readings with what may be doubted of them, standings.

A reading is shown with its growth *as computed from the base* beside the growth *as the source printed it*; where they differ, or the unit
looks wrong beside its neighbours or its own past, a question stands beside the figure. Nothing is altered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.indicator import Amount, growth, peers_warning, unit_warning
from gridloop.core.period import Period
from gridloop.offices.indicators.models import Definition, Reading, Standing

NEAR = Decimal("0.01")
"""Percent points by which a printed growth may differ from the computed one: the last printed digit."""


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """A reading with what is computed from it and asked about it. ``computed`` is the growth in percent."""

    reading: Reading
    period: Period
    base: Decimal | None
    base_from: str
    computed: Decimal | None
    doubts: list[str] = field(default_factory=list)

    @property
    def value_shown(self) -> str:
        return f"{self.reading.value.normalize():,f}"

    @property
    def base_shown(self) -> str:
        return "" if self.base is None else f"{self.base.normalize():,f}"


def definitions(street: str, *, source: str = "") -> list[Definition]:
    """The newest version of each definition."""
    newest: dict[str, Definition] = {}
    for row in Definition.objects.filter(street=street).order_by("code", "version"):
        newest[row.code] = row
    return [row for row in newest.values() if not source or row.source == source]


def definition(street: str, code: str) -> Definition:
    """The definition in force. Raises NotFound."""
    row = Definition.objects.filter(street=street, code=code).order_by("-version").first()
    if row is None:
        raise NotFound("indicators.no_definition", f"没有指标“{code}”;请先定义它。", field="code")
    return row


def versions_of(street: str, code: str) -> list[Definition]:
    return list(Definition.objects.filter(street=street, code=code).order_by("-version"))


def readings_seen_by(by: Actor) -> QuerySet[Reading]:
    rows = Reading.objects.select_related("definition")
    return rows if by.kind == "system" else rows.filter(street__in={post.street for post in by.posts})


def reading(ref: str, *, by: Actor) -> Reading:
    """The reading by ref. Raises NotFound."""
    found = readings_seen_by(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("indicators.no_reading", "没有这个读数;请核对网址。", reading=ref)
    return found


def readings_of_period(by: Actor, *, street: str, period: str) -> list[ReadingShown]:
    """The readings that hold for the period, each with its doubts."""
    code = Period.parse(period).code
    rows = list(readings_seen_by(by).filter(street=street, period=code, corrected_at__isnull=True).order_by("id"))
    return _shown(rows)


def series_of(by: Actor, *, street: str, code: str) -> list[ReadingShown]:
    """Every reading of the indicator that holds, the oldest first; doubts are by its own past only."""
    rows = (
        readings_seen_by(by).filter(street=street, code=code, corrected_at__isnull=True).order_by("first_on", "last_on")
    )
    return [each for row in rows for each in _shown([row])]


def shown(found: Reading) -> ReadingShown:
    """One reading with its doubts: beside the others of its period where it holds, by itself where it was corrected."""
    if found.corrected_at is None:
        rows = Reading.objects.filter(street=found.street, period=found.period, corrected_at__isnull=True)
        return next(
            each
            for each in _shown(list(rows.select_related("definition").order_by("id")))
            if each.reading.pk == found.pk
        )
    return _one(found, [])


def corrected_before(found: Reading) -> list[Reading]:
    """What stood in its place before, the newest first."""
    rows = Reading.objects.filter(street=found.street, code=found.code, period=found.period, corrected_at__isnull=False)
    return list(rows.order_by("-id"))


def periods_told(by: Actor, *, street: str) -> list[Period]:
    """The periods for which something was told, the newest first."""
    codes = set(readings_seen_by(by).filter(street=street).values_list("period", flat=True))
    codes |= set(standings(by, street=street).values_list("period", flat=True))
    return sorted((Period.parse(code) for code in codes), key=lambda period: (period.last, period.first), reverse=True)


def standings(by: Actor, *, street: str) -> QuerySet[Standing]:
    """What others said of the street, the newest first."""
    rows = Standing.objects.filter(street=street)
    return rows if by.kind == "system" else rows.filter(street__in={post.street for post in by.posts})


def standing(ref: str, *, by: Actor) -> Standing:
    """The standing by ref. Raises NotFound."""
    rows = Standing.objects.filter(ref=ref)
    found = (rows if by.kind == "system" else rows.filter(street__in={post.street for post in by.posts})).first()
    if found is None:
        raise NotFound("indicators.no_standing", "没有这条名次记录;请核对网址。", standing=ref)
    return found


def _shown(rows: Sequence[Reading]) -> list[ReadingShown]:
    """The readings of one table side by side."""
    amounts = [_amount(row) for row in rows if row.definition.kind == "amount" and row.value > 0]
    beside = peers_warning(amounts)
    return [_one(row, [each for each in beside if each.startswith(f"“{row.definition.name}”")]) for row in rows]


def _one(row: Reading, beside: Sequence[str]) -> ReadingShown:
    period = Period.parse(row.period)
    base, base_from = _base(row, period)
    computed = _percent(row.value, base) if base is not None else None
    doubts = [*_growth_doubts(row, computed), *_past_doubts(row, period, base), *beside]
    return ReadingShown(row, period, base, base_from, computed, doubts)


def _base(row: Reading, period: Period) -> tuple[Decimal | None, str]:
    """The figure of the year before in the reading's own unit: as the source gave it, else as it was told for that period."""
    if row.base is not None:
        return row.base, "随本期发布"
    before = Reading.objects.filter(
        street=row.street, code=row.code, period=period.year_before.code, corrected_at__isnull=True
    ).first()
    if before is None:
        return None, ""
    if before.unit == row.unit:
        return before.value, period.year_before.label
    if row.definition.kind != "amount":
        return None, ""
    factor = Amount("", Decimal(1), row.unit).yuan
    return Amount("", before.value, before.unit).yuan / factor, period.year_before.label


def _percent(now: Decimal, then: Decimal) -> Decimal | None:
    found = growth("", now=now, then=then, n=1).value
    return None if found is None else ((now / then - 1) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _growth_doubts(row: Reading, computed: Decimal | None) -> list[str]:
    if computed is None or row.growth is None or abs(computed - row.growth) <= NEAR:
        return []
    return [f"发布的增速是 {row.growth}%,按基期算是 {computed}%;请核对口径或基期,系统不会自行改动。"]


def _past_doubts(row: Reading, period: Period, base: Decimal | None) -> list[str]:
    """Is the figure out of step with its own past (of the same kind of period) or its base?"""
    if row.definition.kind != "amount":
        return []
    earlier = [
        _amount(each)
        for each in Reading.objects.filter(
            street=row.street, code=row.code, first_on__lt=row.first_on, corrected_at__isnull=True
        ).select_related("definition")
        if Period.parse(each.period).kind == period.kind
    ]
    if base is not None and base > 0:
        earlier.append(Amount(row.definition.name, base, row.unit))
    warning = unit_warning(_amount(row), earlier)
    return [warning] if warning else []


def _amount(row: Reading) -> Amount:
    """The figure without the zeros that the database adds."""
    return Amount(row.definition.name, Decimal(f"{row.value.normalize():f}"), row.unit)
