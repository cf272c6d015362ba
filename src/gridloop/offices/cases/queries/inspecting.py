"""Samples read: what was struck off, what was drawn, what was found per unit; and the whole draw as a document that anybody can repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed, NotFound
from gridloop.core.indicator import Reading, ratio
from gridloop.core.sampling import INSPECTS, Drawn, SampleRule, draw_problems, may_inspect, period_of
from gridloop.offices.archive.models import Checkpoint, Entry
from gridloop.offices.archive.queries import payload_of
from gridloop.offices.cases.inspection_models import Inspection, Sample, SamplingRule
from gridloop.offices.cases.models import Case, Participation, Verification
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit

SEES_SAMPLES = frozenset({*INSPECTS, Role.AUDIT_KEEPER, Role.UNIT_LEADER})
SETS_RULE = frozenset({Role.STREET_LEADER})


def must_see_samples(actor: Actor, street: str) -> None:
    """Raises NotAllowed for whoever neither inspects nor answers for a unit."""
    if not actor.roles(street) & SEES_SAMPLES:
        raise NotAllowed(
            "cases.may_not_see_samples", "复核抽查由监督员、核查员、值班受理岗、街道领导和单位负责人查看;请联系他们。"
        )


def must_set_rule(actor: Actor, street: str) -> None:
    """Raises NotAllowed for anyone but a street leader; asked before a form is read."""
    if actor.kind != "system" and not actor.roles(street) & SETS_RULE:
        raise NotAllowed("cases.may_not_set_sampling", "抽查办法由街道领导决定;请联系他们。")


def rule_in_force(street: str) -> SamplingRule | None:
    return SamplingRule.objects.filter(street=street).order_by("-id").first()


def samples(street: str) -> list[Sample]:
    """The street's samples, the newest first."""
    return list(Sample.objects.filter(street=street).defer("population", "secret"))


def sample_of(street: str, period: str) -> Sample:
    """The sample of the month. Raises NotFound."""
    found = Sample.objects.filter(street=street, period=period).select_related("checkpoint").first()
    if found is None:
        raise NotFound("cases.no_sample", f"{period[:20]} 没有抽查;请从列表中选择月份。", period=period[:20])
    return found


def is_to_be_announced(street: str, *, at: datetime) -> bool:
    """Has the street a rule, and no sample announced for this month?"""
    if not SamplingRule.objects.filter(street=street).exists():
        return False
    return not Sample.objects.filter(street=street, period=period_of(at, organisation.street(street).zone)).exists()


def to_be_drawn(street: str, *, at: datetime) -> list[Sample]:
    """Samples whose month is over and of which a checkpoint was signed since, the oldest first."""
    return list(Sample.objects.filter(street=street, drawn_at=None, ends_at__lte=at).order_by("ends_at"))


def checkpoint_for(sample: Sample) -> Checkpoint | None:
    """The first checkpoint signed after the month was over."""
    return Checkpoint.objects.filter(book_id=sample.street, signed_at__gte=sample.ends_at).order_by("size").first()


def struck_off(street: str, *, after: int, until: int) -> dict[str, list[str]]:
    """By unit code, the cases struck off between two numbers of the ledger; a case struck off twice counts for the last time."""
    rows = Entry.objects.filter(book_id=street, kind="case.cleared", seq__gt=after, seq__lte=until).order_by("seq")
    units = {row.subject.removeprefix("case:"): str(payload_of(row).get("lead") or "") for row in rows}
    known = dict(Case.objects.filter(ref__in=units).values_list("ref", "lead__code"))
    found: dict[str, list[str]] = {}
    for ref, unit in units.items():
        if ref in known:
            found.setdefault(unit or known[ref], []).append(ref)
    return {unit: sorted(refs) for unit, refs in found.items()}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in a sample: struck off, drawn, found true, false, not to be told, still open; the false-closure rate with its interval."""

    unit: str
    name: str
    population: int
    drawn: int
    true: int
    false: int
    unable: int
    open: int
    rate: Reading


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One drawn case as a reader may see it; ``refusal`` says why the reader may not inspect it."""

    inspection: Inspection
    unit: str
    sees_case: bool
    refusal: str

    @property
    def may_inspect(self) -> bool:
        return not self.inspection.result and not self.refusal


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A sample with its units and cases; ``problems`` is empty where the draw repeats."""

    sample: Sample
    rule: SampleRule
    units: tuple[UnitRow, ...]
    rows: tuple[InspectionRow, ...]
    problems: tuple[str, ...]


def sample_page(actor: Actor, sample: Sample, *, at: datetime) -> SamplePage:
    """The sample for this reader; the draw is repeated on the way."""
    found = list(sample.inspections.select_related("case", "unit", "by").order_by("unit__code", "lot"))
    seen = set(visible_to(actor).filter(pk__in=[each.case_id for each in found]).values_list("pk", flat=True))
    rows = tuple(
        InspectionRow(
            each,
            each.unit.name,
            each.case_id in seen,
            refusal_for(actor, each, at=at) if each.case_id in seen else "您看不到此件。",
        )
        for each in found
    )
    problems = tuple(problems_of(sample)) if sample.drawn_at else ()
    return SamplePage(sample, SampleRule.from_data(sample.rule), tuple(_unit_rows(sample, found)), rows, problems)


def _unit_rows(sample: Sample, found: list[Inspection]) -> Iterator[UnitRow]:
    names = dict(Unit.objects.filter(street=sample.street, code__in=sample.population).values_list("code", "name"))
    for code in sorted(sample.population):
        own = [each for each in found if each.unit.code == code]
        counts = {result: sum(each.result == result for each in own) for result in ("true", "false", "unable", "")}
        yield UnitRow(
            code, names.get(code, code), len(sample.population[code]), len(own), counts["true"], counts["false"], counts["unable"], counts[""],
            ratio("false_closure", part=counts["false"], whole=counts["true"] + counts["false"]),
        )  # fmt: skip


def refusal_for(actor: Actor, inspection: Inspection, *, at: datetime) -> str:
    """Why the actor may not inspect this case; empty when they may."""
    street = inspection.sample.street
    until = inspection.sample.inspected_first_until
    turn = (
        until is not None
        and at < until
        and bool(organisation.people_with_roles(street, roles=(Role.ENV_MONITOR,), at=at))
    )
    return may_inspect(roles=actor.roles(street), barred=_did(actor, inspection.case), is_monitors_turn=turn)


def _did(actor: Actor, case: Case) -> Iterator[str]:
    """What the actor did to the case that bars them from inspecting it."""
    if Participation.objects.filter(case=case, role="handler", person=actor.person_id).exists():
        yield "经办"
    if Verification.objects.filter(case=case, by=actor.person_id).exists():
        yield "核实"
    if Entry.objects.filter(subject=case.subject, kind="case.cleared", actor=actor.label).exists():
        yield "销号"


def to_inspect(actor: Actor, *, at: datetime, size: int) -> list[Inspection]:
    """Drawn cases that wait for this actor, the oldest sample first."""
    if not actor.roles() & set(INSPECTS):
        return []
    rows = Inspection.objects.filter(result="", case__in=visible_to(actor)).select_related(
        "case__lead", "case__first_contact", "unit", "sample"
    )
    return [
        each for each in rows.order_by("sample__ends_at", "lot")[: size * 3] if not refusal_for(actor, each, at=at)
    ][:size]


def problems_of(sample: Sample) -> list[str]:
    """The draw repeated from the ledger: population, commitment and seed; every difference in a sentence."""
    if sample.checkpoint is None or sample.drawn_at is None:
        return ["本月还没有抽取。"]
    population = struck_off(sample.street, after=sample.after, until=sample.checkpoint.size)
    problems = [] if population == sample.population else ["台账里的销号事项与公布的总体不符。"]
    announced = Entry.objects.filter(subject=sample.subject, kind="sample.announced").first()
    if announced is None or payload_of(announced).get("commitment") != sample.commitment:
        problems.append("台账里没有事先公布的同一承诺。")
    drawn = [
        Drawn(each.unit.code, each.case.ref, each.lot) for each in sample.inspections.select_related("unit", "case")
    ]
    return problems + draw_problems(
        secret=sample.secret, commitment=sample.commitment, root=sample.checkpoint.root, street=sample.street, period=sample.period,
        rule=SampleRule.from_data(sample.rule), population=population, drawn=drawn,
    )  # fmt: skip


def draw_document(sample: Sample) -> dict[str, Any]:
    """Everything that repeating the draw takes. The secret is told only after the draw."""
    told: dict[str, Any] = {
        "street": sample.street, "period": sample.period, "rule": sample.rule, "commitment": sample.commitment,
        "announced_at": sample.announced_at.isoformat(), "ends_at": sample.ends_at.isoformat(), "drawn": None,
    }  # fmt: skip
    if sample.drawn_at is None or sample.checkpoint is None:
        return told
    rows = sample.inspections.select_related("unit", "case").order_by("unit__code", "lot")
    return told | {
        "secret": sample.secret, "checkpoint": {"size": sample.checkpoint.size, "root": sample.checkpoint.root, "note": sample.checkpoint.note},
        "entries": {"after": sample.after, "until": sample.checkpoint.size}, "population": sample.population,
        "drawn": [{"unit": each.unit.code, "ref": each.case.ref, "lot": each.lot, "result": each.result or None} for each in rows],
    }  # fmt: skip
