"""Samples of struck-off cases: the rule set, the month announced, the cases drawn, each inspected by somebody who had no part in it.

Steps of a month: (1) the tick announces it with the commitment of a fresh secret; (2) when the month is over, the first checkpoint signed
since fixes what was struck off; (3) the seed is made of secret and root, the lots are drawn and everything is published; (4) monitors, then
others, look again; (5) a false closure is reopened in the same deed.
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.sampling import RESULTS, SampleRule, bounds_of, commitment_of, draw, period_of, seed_of
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import random_bytes
from gridloop.offices.archive.queries import book_size
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.closing import reopened
from gridloop.offices.cases.actions.moves import noted, person_of, said
from gridloop.offices.cases.inspection_models import Inspection, Sample, SamplingRule
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries import inspecting
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit

SECRET_SIZE = 32


def set_sampling_rule(*, by: Actor, at: datetime, street: str, rule: SampleRule, reason: str) -> SamplingRule:
    """From the next announced month on so many are drawn. Raises NotAllowed for anyone but a street leader."""
    inspecting.must_set_rule(by, street)
    with deed():
        row = SamplingRule.objects.create(
            street=street, least=rule.least, share=rule.share, most=rule.most, first_days=rule.first_days,
            reason=said(reason, field="reason", least=4, longest=300), set_by=by.label, valid_from=at,
        )  # fmt: skip
        record(
            "sample.rule_set", by=by, at=at, street=street, subject=f"street:{street}",
            payload={**rule.to_data(), "reason": row.reason},
        )  # fmt: skip
    return row


def announce_sample(*, street: str, at: datetime) -> int:
    """This month is announced with its commitment, once; how many were (0 or 1). Done by the tick."""
    if not inspecting.is_to_be_announced(street, at=at):
        return 0
    zone = organisation.street(street).zone
    period = period_of(at, zone)
    with deed():
        found = inspecting.rule_in_force(street)
        if found is None:
            return 0
        rule = SampleRule(found.least, found.share, found.most, found.first_days)
        secret = random_bytes(SECRET_SIZE).hex()
        made, is_new = Sample.objects.get_or_create(
            street=street, period=period,
            defaults={
                "ends_at": bounds_of(period, zone)[1], "rule": rule.to_data(), "secret": secret, "commitment": commitment_of(secret),
                "after": book_size(street), "announced_at": at,
            },
        )  # fmt: skip
        if not is_new:
            return 0
        record(
            "sample.announced", by=SYSTEM, at=at, street=street, subject=made.subject,
            payload={"period": period, "commitment": made.commitment, "rule": made.rule, "until": made.ends_at.isoformat()},
        )  # fmt: skip
    return 1


def draw_samples(*, street: str, at: datetime) -> int:
    """Samples whose month is over and whose checkpoint is signed are drawn; how many. Done by the tick."""
    return sum(_drawn(sample, at=at) for sample in inspecting.to_be_drawn(street, at=at))


def _drawn(sample: Sample, *, at: datetime) -> bool:
    checkpoint = inspecting.checkpoint_for(sample)
    if checkpoint is None:
        return False
    with deed():
        before = (
            Sample.objects.filter(street=sample.street, drawn_at__isnull=False)
            .select_related("checkpoint")
            .order_by("-ends_at")
            .first()
        )
        after = before.checkpoint.size if before and before.checkpoint else sample.after
        population = inspecting.struck_off(sample.street, after=after, until=checkpoint.size)
        rules = rules_of(sample.street, version=organisation.version_of(sample.street))
        rule = SampleRule.from_data(sample.rule)
        first_until = rules.calendar.closes_at(
            rules.calendar.add_workdays(rules.calendar.local(at).date(), rule.first_days)
        )
        won = Sample.objects.filter(pk=sample.pk, drawn_at=None).update(
            checkpoint=checkpoint, after=after, population=population, drawn_at=at, inspected_first_until=first_until
        )  # fmt: skip
        if not won:
            return False
        seed = seed_of(sample.secret, root=checkpoint.root, street=sample.street, period=sample.period)
        drawn = draw(population, seed=seed, rule=rule)
        units = {unit.code: unit for unit in Unit.objects.filter(street=sample.street, code__in=population)}
        cases = {case.ref: case for case in Case.objects.filter(ref__in=[each.ref for each in drawn])}
        Inspection.objects.bulk_create(
            Inspection(sample=sample, case=cases[each.ref], unit=units[each.unit], lot=each.lot) for each in drawn
        )
        record(
            "sample.drawn", by=SYSTEM, at=at, street=sample.street, subject=sample.subject,
            payload={
                "period": sample.period, "secret": sample.secret, "checkpoint": checkpoint.size, "root": checkpoint.root, "after": after,
                "population": {unit: len(refs) for unit, refs in population.items()}, "drawn": [[each.unit, each.ref] for each in drawn],
            },
        )  # fmt: skip
    return True


def record_inspection(*, by: Actor, at: datetime, inspection: str, result: str, text: str) -> Inspection:
    """What was found stands in the ledger; a false closure is worked on again from now on.

    Raises NotAllowed for whoever had a part in the case (or whose turn it is not), WrongInput for an unknown result, Refused the second time.
    """
    with deed():
        rows = Inspection.objects.select_related("sample", "case", "unit")
        found = rows.filter(ref=inspection).first()
        if found is None:
            raise NotFound("cases.no_inspection", "没有这件抽查;请从列表中选择。", inspection=inspection)
        case = scoped_case(found.case.ref, by=by)
        if refusal := inspecting.refusal_for(by, found, at=at):
            raise NotAllowed("cases.may_not_inspect", refusal)
        if result not in RESULTS:
            raise WrongInput("cases.unknown_choice", f"抽查结果只有:{'、'.join(RESULTS.values())}。", field="result")
        words = said(text, least=4)[:500]
        won = Inspection.objects.filter(pk=found.pk, result="").update(
            result=result, text=words, by=person_of(by), inspected_at=at
        )
        if not won:
            raise Refused("cases.inspected_already", "此件已经抽查过;请刷新页面。")
        if result == "false" and case.state in ("cleared", "archived"):
            reopened(case, by=by, at=at, why=f"抽查发现虚假销号:{words}")
        noted(
            "case.inspected", case, by=by, at=at, period=found.sample.period, result=result, text=words, unit=found.unit.name,
            inspection=found.ref,
        )  # fmt: skip
        found.refresh_from_db()
    return found
