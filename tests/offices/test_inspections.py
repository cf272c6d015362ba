"""Verified strike-off in the books: announced, drawn from the ledger, inspected by others, reopened when false, repeatable by anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.sampling import SampleRule, commitment_of
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import payload_of
from gridloop.offices.cases.actions import record_inspection, set_sampling_rule
from gridloop.offices.cases.models import Case, Inspection, Sample, SamplingRule
from gridloop.offices.cases.queries import inspecting, pages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import add_person, add_post, appoint
from gridloop.offices.organisation.models import Person
from gridloop.site.tick import keep_books_of
from tests.offices.loop import DAY, HOUR, Story, cleared, told
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who

JUNE = datetime(2022, 6, 1, 0, 30, tzinfo=BEIJING)
LATER = datetime(2022, 6, 10, 10, 0, tzinfo=BEIJING)  # the monitors' five workdays are over


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()
    set_sampling_rule(by=who("leader"), at=MONDAY - 2 * DAY, street=CODE, rule=SampleRule(least=2), reason="办公会决定")


def a_month(cases: int = 3) -> list[Story]:
    """So many cases struck off in May, announced before and drawn on the first of June."""
    keep_books_of(CODE, at=MONDAY - DAY)
    stories = [cleared() for _ in range(cases)]
    keep_books_of(CODE, at=MONDAY + 2 * DAY)
    keep_books_of(CODE, at=JUNE)
    keep_books_of(CODE, at=JUNE + timedelta(minutes=1))
    return stories


def monitor(at: datetime):
    """A business-environment monitor of the street."""
    add_post(
        by=who("leader"),
        at=MONDAY,
        street=CODE,
        code="MONITOR",
        title="营商环境监督员",
        role="env_monitor",
        unit="office",
    )
    add_person(by=who("keeper"), at=MONDAY, street=CODE, code="P90", name="卯监督", unit="office")
    appoint(by=who("leader"), at=MONDAY, street=CODE, post="MONITOR", person="P90", starts_at=MONDAY)
    return organisation.actor_of(Person.objects.get(code="P90"), at=at)


def test_a_street_without_a_rule_draws_nothing():
    SamplingRule.objects.all().delete()
    keep_books_of(CODE, at=MONDAY)

    assert not Sample.objects.exists()


def test_a_month_is_announced_with_its_commitment_before_anything_is_drawn():
    keep_books_of(CODE, at=MONDAY)
    keep_books_of(CODE, at=MONDAY + HOUR)

    sample = Sample.objects.get()
    entry = Entry.objects.get(kind="sample.announced")
    assert (sample.period, payload_of(entry)["commitment"]) == ("2022-05", commitment_of(sample.secret))
    assert "secret" not in payload_of(entry) and inspecting.draw_document(sample)["drawn"] is None


def test_when_the_month_is_over_the_ledger_says_what_was_drawn_and_anybody_can_repeat_it():
    stories = a_month()
    sample = Sample.objects.get(period="2022-05")

    assert sample.population == {"urban": sorted(each.ref for each in stories)}
    assert Inspection.objects.filter(sample=sample).count() == 2
    assert inspecting.problems_of(sample) == []
    assert sample.checkpoint.signed_at >= sample.ends_at
    assert payload_of(Entry.objects.get(kind="sample.drawn"))["secret"] == sample.secret
    assert Sample.objects.filter(period="2022-06", drawn_at=None).count() == 1, "the next month is announced"
    keep_books_of(CODE, at=JUNE + DAY)
    assert Entry.objects.filter(kind="sample.drawn").count() == 1


def test_whoever_changes_a_drawn_sample_is_found_out():
    stories = a_month()
    sample = Sample.objects.get(period="2022-05")
    out = Inspection.objects.filter(sample=sample).first()
    spared = next(each.case for each in stories if not Inspection.objects.filter(case__ref=each.ref).exists())

    Inspection.objects.filter(pk=out.pk).update(case=spared)
    assert len(inspecting.problems_of(sample)) == 2
    Inspection.objects.filter(pk=out.pk).update(case=out.case)
    Sample.objects.filter(pk=sample.pk).update(population={"urban": [stories[0].ref]})
    assert inspecting.problems_of(Sample.objects.get(pk=sample.pk)) != []


def test_nobody_inspects_what_they_handled_verified_or_struck_off():
    a_month()
    drawn = Inspection.objects.first()

    for name in ("verifier", "desk"):
        with pytest.raises(NotAllowed):
            record_inspection(by=who(name, at=LATER), at=LATER, inspection=drawn.ref, result="true", text="现场查看")
    done = record_inspection(
        by=who("leader", at=LATER), at=LATER, inspection=drawn.ref, result="true", text="现场查看确已修好"
    )
    assert (done.result, done.by.name) == ("true", "乙领导")
    with pytest.raises(Refused):
        record_inspection(by=who("leader", at=LATER), at=LATER, inspection=drawn.ref, result="false", text="再看一次")


def test_monitors_come_first_and_others_when_their_days_are_over():
    a_month()
    drawn, soon = Inspection.objects.first(), JUNE + 10 * HOUR
    someone = monitor(soon)

    with pytest.raises(NotAllowed):
        record_inspection(by=who("leader", at=soon), at=soon, inspection=drawn.ref, result="true", text="现场查看")
    assert [each.ref for each in pages.desk(someone, at=soon).to_inspect] == [
        each.ref for each in Inspection.objects.order_by("lot")
    ]
    assert pages.desk(who("leader", at=soon), at=soon).to_inspect == []
    record_inspection(by=someone, at=soon, inspection=drawn.ref, result="unable", text="住户不在家,无法入户")
    assert len(pages.desk(who("leader", at=LATER), at=LATER).to_inspect) == 1


def test_a_false_closure_is_reopened_and_counts_in_the_rate_of_its_unit():
    a_month()
    first, second = Inspection.objects.order_by("id")
    record_inspection(by=who("leader", at=LATER), at=LATER, inspection=first.ref, result="false", text="灯还是不亮")
    record_inspection(by=who("leader", at=LATER), at=LATER, inspection=second.ref, result="true", text="现场查看已亮")

    page = inspecting.sample_page(who("leader", at=LATER), Sample.objects.get(period="2022-05"), at=LATER)

    case = Case.objects.get(pk=first.case_id)
    assert (case.state, case.reopens) == ("handling", 1)
    assert [entry.kind for entry in Entry.objects.filter(subject=case.subject).order_by("-id")[:2]] == [
        "case.inspected",
        "case.reopened",
    ]
    (row,) = page.units
    assert (row.unit, row.population, row.drawn, row.true, row.false, row.open) == ("urban", 3, 2, 1, 1, 0)
    assert row.rate.shown == "50.0%(1/2)" and row.rate.interval_shown == "9.5%–90.5%" and row.rate.caution


def test_results_and_rules_that_make_no_sense_are_refused():
    a_month()

    with pytest.raises(WrongInput):
        record_inspection(
            by=who("leader", at=LATER),
            at=LATER,
            inspection=Inspection.objects.first().ref,
            result="maybe",
            text="不清楚",
        )
    with pytest.raises(NotAllowed):
        set_sampling_rule(by=who("urban"), at=MONDAY, street=CODE, rule=SampleRule(), reason="少抽一点")


def test_a_case_struck_off_after_the_checkpoint_belongs_to_the_next_month():
    a_month()
    story = told(at=JUNE + HOUR)
    story.do("urban", "accept")
    story.do("urban", "answer", text="已更换灯具")
    story.do("verifier", "verify", passed=True, text="现场查看已亮")
    story.do("desk", "strike_off")
    july = datetime(2022, 7, 1, 0, 30, tzinfo=BEIJING)
    for at in (story.now, july, july + HOUR):
        keep_books_of(CODE, at=at)

    assert Sample.objects.get(period="2022-06").population == {"urban": [story.ref]}
