"""Every read of evaluations by rules: which version held, what was frozen, what the rows would say today, what is objected.

Everybody with a post in the street reads the figures; of the cases behind them each sees those that they see anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from gridloop.core import evaluation as core
from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import NotFound, Refused
from gridloop.core.evaluation import Difference, FrozenRow
from gridloop.core.indicator import Reading
from gridloop.core.period import Period
from gridloop.offices.archive.queries import timeline
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.campaigns.queries import visible_to
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to as cases_seen_by
from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.evaluating import MEASURES, evaluate
from gridloop.offices.indicators.evaluation_models import EvaluationRules, FrozenEvaluation, Objection
from gridloop.offices.organisation.models import Unit


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """One share with what is expected of it (``threshold`` in percent, None: nothing) and whether it is reached."""

    name: str
    reading: Reading
    threshold: int | None
    source: str
    standing: str
    is_at_most: bool

    @property
    def standing_label(self) -> str:
        return core.STANDINGS[self.standing]


@dataclass(frozen=True, slots=True)
class UnitFrozen:
    """One unit (None for all together), the shares in the order of the rules, and how many cases they rest on."""

    unit: Unit | None
    readings: list[ReadingShown]
    cases: int


@dataclass(frozen=True, slots=True)
class RowFrozen:
    """A case behind the figures that the reader may see, and whether they may object to it."""

    row: FrozenRow
    case: Case
    unit: Unit
    marks: list[tuple[str, str, bool | None]]
    may_object: bool


@dataclass(frozen=True, slots=True)
class FrozenShown:
    """A frozen revision with everything that its page says. ``is_sealed``: the rows are those whose digest the ledger holds."""

    frozen: FrozenEvaluation
    units: list[UnitFrozen]
    rows: list[RowFrozen]
    differences: list[tuple[Difference, str]]
    objections: list[Objection]
    revisions: list[FrozenEvaluation] = field(default_factory=list)
    is_sealed: bool = True

    @property
    def is_newest(self) -> bool:
        return self.revisions[0].pk == self.frozen.pk

    @property
    def hidden(self) -> int:
        """Cases that the reader does not see."""
        return len(self.frozen.rows) - len(self.rows)


def versions(row: Campaign) -> list[EvaluationRules]:
    """Every version of the campaign's rules, the newest first."""
    return list(EvaluationRules.objects.filter(campaign=row))


def rules_on(row: Campaign, on: date) -> EvaluationRules | None:
    """The version that holds on the day."""
    found = {each.version: each for each in versions(row)}
    number = core.in_force(((each.version, each.effective_on) for each in found.values()), on=on)
    return None if number is None else found[number]


def frozen_of(row: Campaign) -> list[FrozenEvaluation]:
    """Every frozen revision, the latest period and revision first."""
    return list(FrozenEvaluation.objects.filter(campaign=row).select_related("rules").defer("rows"))


def frozen(ref: str, *, by: Actor) -> FrozenEvaluation:
    """The revision by ref. Raises NotFound."""
    found = _seen_by(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("evaluations.not_found", "没有这次冻结的考评,或不在您的街道;请从考评页面进入。", frozen=ref)
    return found


def newest(row: FrozenEvaluation) -> FrozenEvaluation:
    """The last revision of the same period."""
    same = FrozenEvaluation.objects.filter(campaign=row.campaign_id, period=row.period)
    return same.select_related("campaign", "rules").order_by("-revision")[0]


def shown(row: FrozenEvaluation, *, by: Actor, at: datetime) -> FrozenShown:
    """The revision with its figures, the visible rows, what today's rows would say otherwise, and the objections to its period."""
    street = row.campaign.street
    seen = {
        case.ref: case for case in cases_seen_by(by).filter(street=street, ref__in=[each.case for each in row.kept])
    }
    units = {unit.code: unit for unit in Unit.objects.filter(street=street)}
    revisions = list(FrozenEvaluation.objects.filter(campaign=row.campaign_id, period=row.period).defer("rows"))
    is_newest = revisions[0].pk == row.pk
    now = rows_now(Asked(SYSTEM, street, Period.parse(row.period), at), row.rules.codes)
    visible = set(
        cases_seen_by(by).filter(street=street, ref__in=[each.case for each in now]).values_list("ref", flat=True)
    ) | set(seen)
    objections = Objection.objects.filter(frozen__in=[each.pk for each in revisions]).select_related(
        "unit", "case", "frozen", "into"
    )
    return FrozenShown(
        row, _units(row, units),
        [_row(each, seen[each.case], units, row, by=by, is_newest=is_newest) for each in row.kept if each.case in seen],
        [(each, MEASURES[each.measure][0] if each.measure else "") for each in core.differences(row.kept, now, row.rules.codes) if each.case in visible],
        [each for each in objections if each.case.ref in visible], revisions, is_sealed(row),
    )  # fmt: skip


def rows_now(asked: Asked, measures: Sequence[str]) -> list[FrozenRow]:
    """Each case of the period as it stands now, with the marks that the rules look at."""
    _everything, *units = evaluate(asked)
    return [
        FrozenRow(each.case.ref, each.case.number, found.unit.code, {name: each.marks[name] for name in measures})
        for found in units
        if found.unit is not None
        for each in found.cases
    ]


def is_sealed(row: FrozenEvaluation) -> bool:
    """Whether the rows still have the digest that the ledger holds of this revision."""
    digest = core.digest_of(row.kept, version=row.rules.version, period=row.period, revision=row.revision)
    told = [
        entry.payload.get("digest")
        for entry in timeline(row.campaign.subject)
        if entry.payload.get("frozen") == row.ref
    ]
    return told == [digest]


def case_of(row: FrozenRow) -> Case:
    return Case.objects.get(ref=row.case)


def objection(ref: str, *, by: Actor) -> Objection:
    """The objection by ref. Raises NotFound."""
    rows = Objection.objects.filter(frozen__in=_seen_by(by).values("pk"))
    found = rows.select_related("frozen__campaign", "frozen__rules", "unit", "case", "into").filter(ref=ref).first()
    if found is None:
        raise NotFound("evaluations.no_objection", "没有这条异议;请刷新页面。", objection=ref)
    return found


def objection_to_decide(ref: str, *, by: Actor) -> Objection:
    """The open objection, locked. Called inside a deed. Raises NotFound, Refused when it is decided."""
    found = objection(ref, by=by)
    if connection.vendor != "sqlite":
        Objection.objects.select_for_update(of=("self",)).get(pk=found.pk)
        found = objection(ref, by=by)
    if found.decision:
        raise Refused("evaluations.decided_already", "这条异议已经裁定。", objection=ref)
    return found


def _seen_by(by: Actor) -> QuerySet[FrozenEvaluation]:
    rows = FrozenEvaluation.objects.filter(campaign__in=visible_to(by).values("pk"))
    return rows.select_related("campaign", "rules")


def _units(row: FrozenEvaluation, units: dict[str, Unit]) -> list[UnitFrozen]:
    counts: dict[str, int] = {core.EVERYTHING: len(row.rows)}
    for each in row.kept:
        counts[each.unit] = counts.get(each.unit, 0) + 1
    return [
        UnitFrozen(
            units.get(code),
            [
                ReadingShown(
                    MEASURES[rule.measure][0], reading, rule.threshold, rule.source, core.standing(reading, rule), rule.measure in core.AT_MOST
                )
                for reading, rule in zip(readings, row.rules.rules, strict=True)
            ],
            counts[code],
        )
        for code, readings in core.figures(row.kept, row.rules.codes).items()
    ]  # fmt: skip


def _row(
    row: FrozenRow, case: Case, units: dict[str, Unit], of: FrozenEvaluation, *, by: Actor, is_newest: bool
) -> RowFrozen:
    marks = [(code, MEASURES[code][0], row.marks.get(code)) for code in of.rules.codes]
    may = is_newest and core.may_object(by, street=of.campaign.street, unit=row.unit)
    return RowFrozen(row, case, units[row.unit], marks, may)
