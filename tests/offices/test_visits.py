"""Visits: wished, planned, made; what is found is a case at once; quiet days, refusals and caps hold; the figures are counted from rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.quiet import Quiet
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.visit_plans import adopt_plan, drop_plan, propose_visits
from gridloop.offices.enterprise.actions.visit_sheets import log_visits
from gridloop.offices.enterprise.actions.visits import (
    VisitTold,
    cancel_visit,
    end_quiet_days,
    log_visit,
    move_visit,
    plan_visit,
    set_quiet_days,
    set_visit_rules,
    wish_visit,
    withdraw_wish,
)
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries import visit_planning as planning
from gridloop.offices.enterprise.queries import visits
from gridloop.offices.enterprise.queries.visits import VisitsWanted
from gridloop.offices.enterprise.visit_models import Visit, VisitWish
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision.models import Clock
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
MET = VisitTold(purposes=("policy",), topic="减税政策", said="已了解。")


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def paired(firm: Enterprise, code: str = "P08") -> Enterprise:
    """The firm has the sample's service manager."""
    person = organisation.person(CODE, code)
    Pairing.objects.create(
        street=CODE, subject=firm.subject, slot="manager", unit=person.unit, person=person, starts_at=FOUNDED
    )
    return firm


def test_a_visit_that_found_problems_files_them_as_cases_at_once():
    firm = registered(1)
    problems = [Filing(text="贷款到期续不上", category="企业服务/融资"), Filing(text="门口路灯不亮")]

    logged = log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=MET, problems=problems)

    cases = Case.objects.filter(enterprise_ref=firm.ref)
    assert {each.case.number for each in logged.filed} == {case.number for case in cases}
    assert {case.source for case in cases} == {"manager"}
    assert {case.first_contact.name for case in cases} == {"辛管家"}
    assert {clock.subject for clock in Clock.objects.all()} == {
        f"case:{case.ref}" for case in cases
    }  # routed and timed from that minute
    assert "enterprise.visit_done" in [entry.kind for entry in timeline(firm.subject)]


def test_a_bad_problem_leaves_nothing_behind_and_says_which_it_was():
    firm = registered(1)

    with pytest.raises(WrongInput) as told:
        log_visit(
            by=who("manager"),
            at=MONDAY,
            enterprise=firm.ref,
            told=MET,
            problems=[Filing(text="好的问题"), Filing(text=" ")],
        )

    assert told.value.fields["problem"] == 2
    assert not Visit.objects.exists()
    assert not Case.objects.exists()


def test_a_telephone_call_counts_like_a_call_at_the_door():
    one, two, _ = (registered(n) for n in (1, 2, 3))
    log_visit(by=SYSTEM, at=MONDAY, enterprise=one.ref, told=MET)
    log_visit(by=SYSTEM, at=MONDAY, enterprise=one.ref, told=replace(MET, way="phone"))
    log_visit(by=SYSTEM, at=MONDAY, enterprise=two.ref, told=replace(MET, way="online", bodies=("economy", "urban")))
    log_visit(by=SYSTEM, at=MONDAY, enterprise=two.ref, told=VisitTold(outcome="declined"))
    log_visit(by=SYSTEM, at=MONDAY, enterprise=two.ref, told=VisitTold(outcome="unreachable", way="phone"))

    found = visits.counts(who("leader"), street=CODE, since=TODAY, until=TODAY)

    assert (found.visits, found.on_site, found.phone, found.online) == (3, 1, 1, 1)
    assert (found.firms, found.registered, found.unvisited, found.merged) == (2, 3, 1, 1)
    assert (found.declined, found.unreachable) == (1, 1)
    assert [firm.name for firm in visits.unvisited(who("leader"), street=CODE, since=TODAY, until=TODAY)] == [
        "示例机械厂3号"
    ]


def test_the_period_has_both_its_days():
    firm = registered(1)
    log_visit(
        by=SYSTEM, at=MONDAY, enterprise=firm.ref, told=replace(MET, happened_at=MONDAY.replace(hour=0, minute=0))
    )
    tomorrow = TODAY + timedelta(days=1)

    assert visits.counts(SYSTEM, street=CODE, since=TODAY, until=TODAY).visits == 1
    assert visits.counts(SYSTEM, street=CODE, since=tomorrow, until=None).visits == 0
    assert visits.counts(SYSTEM, street=CODE, since=None, until=TODAY - timedelta(days=1)).visits == 0


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (replace(MET, way="flying"), "way"),
        (replace(MET, level="emperor"), "level"),
        (replace(MET, outcome="planned"), "outcome"),
        (replace(MET, purposes=("gift",)), "purposes"),
        (replace(MET, purposes=()), "purposes"),
        (replace(MET, happened_at=MONDAY + timedelta(minutes=1)), "happened_at"),
    ],
)
def test_what_is_told_badly_is_refused_at_its_field(told, field):
    firm = registered(1)

    with pytest.raises(WrongInput) as refused:
        log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=told)

    assert refused.value.fields["field"] == field


def test_nobody_met_means_no_problem_found():
    firm = registered(1)

    with pytest.raises(WrongInput):
        log_visit(
            by=SYSTEM,
            at=MONDAY,
            enterprise=firm.ref,
            told=VisitTold(outcome="unreachable"),
            problems=[Filing(text="路灯不亮")],
        )


def test_attempts_that_reached_nobody_are_counted_since_somebody_was_last_seen():
    firm = registered(1)
    log_visit(by=SYSTEM, at=MONDAY, enterprise=firm.ref, told=replace(MET, happened_at=MONDAY - timedelta(days=9)))
    for days in (3, 2, 1):
        told = VisitTold(outcome="unreachable", way="phone", happened_at=MONDAY - timedelta(days=days))
        log_visit(by=SYSTEM, at=MONDAY, enterprise=firm.ref, told=told)

    signs = visits.contact_signs(firm)

    assert (signs.missed, signs.last_seen_at) == (3, MONDAY - timedelta(days=9))


def test_a_planned_visit_is_made_once_and_answers_the_wishes_of_its_bodies():
    firm = registered(1)
    wish_visit(by=who("leader"), at=MONDAY, enterprise=firm.ref, unit="economy", purpose="service")
    wish_visit(by=who("leader"), at=MONDAY, enterprise=firm.ref, unit="urban", purpose="problem")
    row = plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["service"])

    log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=MET, visit=row.ref)

    assert Visit.objects.count() == 1
    assert [wish.unit.code for wish in VisitWish.objects.filter(answered_by__isnull=True)] == ["urban"]
    with pytest.raises(Refused, match="已走访"):
        log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=MET, visit=row.ref)


def test_one_calls_neither_on_a_quiet_day_nor_where_one_is_not_wanted_nor_beyond_the_cap():
    firm, other = registered(1), registered(2)
    set_quiet_days(
        by=who("leader"), at=MONDAY, street=CODE, span=Quiet(month_from=24, month_to=31), reason="月末宁静日"
    )

    with pytest.raises(Refused, match="宁静日"):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=date(2022, 5, 24), purposes=["know"])
    assert plan_visit(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, on=date(2022, 5, 24), way="phone", purposes=["know"]
    )
    assert plan_visit(
        by=who("manager"),
        at=MONDAY,
        enterprise=firm.ref,
        on=date(2022, 5, 24),
        purposes=["know"],
        urgent_because="燃气泄漏",
    )
    with pytest.raises(Refused, match="上门已到 1 次"):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=date(2022, 6, 2), purposes=["know"])
    answer_consent(by=who("manager"), at=MONDAY, enterprise=other.ref, kind="visit", granted=False, how="电话里说的")
    with pytest.raises(Refused, match="不愿被上门"):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=other.ref, on=TODAY, purposes=["know"])


def test_a_firms_own_quiet_days_hold_for_it_alone_and_can_end():
    firm, other = registered(1), registered(2)
    row = set_quiet_days(
        by=who("manager"), at=MONDAY, street=CODE, span=Quiet(TODAY, TODAY), enterprise=firm.ref, reason="盘点"
    )

    with pytest.raises(Refused, match="盘点"):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["know"])
    assert plan_visit(by=who("manager"), at=MONDAY, enterprise=other.ref, on=TODAY, purposes=["know"])
    end_quiet_days(by=who("manager"), at=MONDAY, street=CODE, quiet=row.ref)
    assert plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["know"])
    with pytest.raises(NotFound):
        end_quiet_days(by=who("manager"), at=MONDAY, street=CODE, quiet=row.ref)


def test_the_rules_are_dated_and_arranged_by_desk_or_leader():
    with pytest.raises(NotAllowed):
        set_visit_rules(by=who("manager"), at=MONDAY, street=CODE, cap_visits=2, cap_days=30, per_day=4)
    with pytest.raises(WrongInput):
        set_visit_rules(by=who("leader"), at=MONDAY, street=CODE, cap_visits=0, cap_days=30, per_day=4)

    set_visit_rules(by=who("leader"), at=MONDAY, street=CODE, cap_visits=2, cap_days=30, per_day=4)
    set_visit_rules(by=who("desk"), at=MONDAY, street=CODE, cap_visits=3, cap_days=60, per_day=5)

    assert planning.rules_in_force(CODE).cap_visits == 3


def test_a_visit_is_moved_or_cancelled_with_a_reason():
    firm = registered(1)
    row = plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["know"])

    with pytest.raises(WrongInput):
        move_visit(by=who("manager"), at=MONDAY, visit=row.ref, on=TODAY, reason="")
    moved = move_visit(by=who("manager"), at=MONDAY, visit=row.ref, on=TODAY + timedelta(days=1), reason="企业停电")
    cancelled = cancel_visit(by=who("manager"), at=MONDAY, visit=row.ref, reason="企业搬家")

    assert moved.planned_on == TODAY + timedelta(days=1)
    assert cancelled.state == "cancelled"
    with pytest.raises(Refused):
        cancel_visit(by=who("manager"), at=MONDAY, visit=row.ref, reason="再取消")


def test_a_plan_is_proposed_looked_at_and_adopted_as_visits():
    firms = [paired(registered(n)) for n in range(1, 4)]
    lonely = registered(9)
    log_visit(by=SYSTEM, at=MONDAY, enterprise=firms[0].ref, told=replace(MET, happened_at=MONDAY - timedelta(days=5)))
    wish_visit(by=who("leader"), at=MONDAY, enterprise=firms[2].ref, unit="urban", purpose="problem", by_on=TODAY)
    set_visit_rules(by=who("leader"), at=MONDAY, street=CODE, cap_visits=1, cap_days=30, per_day=1)

    draft = propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=5)
    adopted = adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)

    assert [row["firm"] for row in draft.visits] == [
        firms[2].ref,
        firms[1].ref,
    ]  # the dated wish first, then who waits longest
    assert {row["firm"]: row["why"] for row in draft.left_out} == {
        firms[0].ref: "已到频次上限",
        lonely.ref: "没有服务管家",
    }
    assert (adopted.arranged, adopted.refused) == (2, ())
    assert set(Visit.objects.get(enterprise=firms[2]).bodies) == {"economy", "urban"}
    with pytest.raises(Refused, match="已采用"):
        adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)


def test_what_no_longer_holds_is_told_when_a_plan_is_adopted():
    firms = [paired(registered(n)) for n in range(1, 4)]
    draft = propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=5)
    end_enterprise(by=who("manager"), at=MONDAY, enterprise=firms[0].ref, because="moved", reason="迁往外区")
    answer_consent(by=who("manager"), at=MONDAY, enterprise=firms[1].ref, kind="visit", granted=False, how="电话")

    adopted = adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)

    assert adopted.arranged == 1
    assert dict(adopted.refused) == {"示例机械厂1号": "已不在册", "示例机械厂2号": "企业不愿被走访"}


def test_a_draft_can_be_dropped_and_then_adopts_no_more():
    paired(registered(1))
    draft = propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=5)

    drop_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)

    with pytest.raises(Refused, match="已放弃"):
        adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)
    assert not Visit.objects.exists()


def test_a_plan_counts_workdays_of_the_street():
    days = planning.workdays_from(CODE, date(2022, 4, 29), 3)

    assert days == [
        date(2022, 4, 29),
        date(2022, 5, 5),
        date(2022, 5, 6),
    ]  # Labour Day; the make-up Saturday is the 7th


def test_planning_costs_the_same_few_queries_for_any_number_of_firms(django_assert_max_num_queries):
    for n in range(1, 13):
        paired(registered(n))

    with django_assert_max_num_queries(25):
        draft = propose_visits(by=who("manager"), at=MONDAY, street=CODE, first_on=TODAY, days=5)
    with django_assert_max_num_queries(30):
        adopt_plan(by=who("manager"), at=MONDAY, street=CODE, plan=draft.ref)


def test_the_round_of_a_day_keeps_order_and_names_who_is_not_on_the_map():
    near = registered(1, lon="113.505", lat="34.705")
    far = registered(2, lon="113.515", lat="34.705")
    nowhere = registered(3)
    for firm in (far, nowhere, near):
        plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=TODAY, purposes=["know"])

    found = planning.day_round(who("manager").person_id, on=TODAY, start=(113.501, 34.701))

    assert {visit.enterprise.name for visit in found.visits} == {near.name, far.name}
    assert [visit.enterprise.name for visit in found.unplaced] == [nowhere.name]


def test_somebody_elses_firm_is_not_visited():
    firm = registered(1, grid="C2-NE", address="河畔花园")  # the manager's beat is C1

    with pytest.raises(NotFound):
        log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=MET)
    with pytest.raises(NotAllowed):
        log_visit(by=who("verifier"), at=MONDAY, enterprise=firm.ref, told=MET)
    assert visits.list_visits(who("manager"), VisitsWanted()) == ([], 0)


def test_a_wish_can_be_withdrawn_and_an_urgent_one_says_why():
    firm = registered(1)
    row = wish_visit(by=who("leader"), at=MONDAY, enterprise=firm.ref, unit="urban", purpose="problem")

    withdraw_wish(by=who("leader"), at=MONDAY, street=CODE, wish=row.ref)

    assert not visits.wishes_open(CODE).exists()
    with pytest.raises(NotFound):
        withdraw_wish(by=who("leader"), at=MONDAY, street=CODE, wish=row.ref)
    with pytest.raises(WrongInput):
        wish_visit(by=who("leader"), at=MONDAY, enterprise=firm.ref, unit="urban", purpose="problem", urgent=True)


def test_the_list_is_narrowed_and_paged():
    firm, other = registered(1), registered(2)
    for told in (MET, replace(MET, way="phone", purposes=("problem",))):
        log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=told)
    log_visit(by=who("leader"), at=MONDAY, enterprise=other.ref, told=replace(MET, level="street"))

    def ways(**narrow) -> list[str]:
        return [
            f"{row.way}:{row.enterprise.name[-2]}"
            for row in visits.list_visits(who("leader"), VisitsWanted(**narrow))[0]
        ]

    assert ways() == ["on_site:2", "phone:1", "on_site:1"]
    assert ways(purpose="problem") == ["phone:1"]
    assert ways(level="street") == ["on_site:2"]
    assert ways(mine=True) == ["on_site:2"]
    assert ways(enterprise=firm.ref, way="on_site") == ["on_site:1"]
    first, after = visits.list_visits(who("leader"), VisitsWanted(), size=2)
    assert len(first) == 2
    assert [row.way for row in visits.list_visits(who("leader"), VisitsWanted(after=after), size=2)[0]] == ["on_site"]


@pytest.mark.parametrize(
    "span",
    [
        {},
        {"first_on": TODAY},
        {"first_on": TODAY, "last_on": TODAY - timedelta(days=1)},
        {"month_from": 6},
        {"month_from": 0, "month_to": 3},
        {"month_from": 9, "month_to": 3},
        {"first_on": TODAY, "month_from": 1, "month_to": 3},
        {"first_on": TODAY, "last_on": TODAY, "month_to": 3},
        {"first_on": TODAY, "last_on": TODAY, "month_from": 1, "month_to": 3},
    ],
)
def test_quiet_days_have_a_beginning_and_an_end(span):
    with pytest.raises(WrongInput):
        Quiet(**span)


def test_a_week_written_up_at_once_is_the_same_as_each_visit_by_itself():
    first, second = registered(1), registered(2)
    wish_visit(by=who("desk"), at=MONDAY, enterprise=second.ref, unit="economy", purpose="policy")
    week = [
        (first.ref, replace(MET, happened_at=MONDAY - timedelta(days=1))),
        (second.ref, replace(MET, bodies=("economy", "housing"))),
        (second.ref, VisitTold(outcome="unreachable")),
    ]

    made = log_visits(by=who("manager"), at=MONDAY, street=CODE, rows=week)
    alone = log_visit(by=who("manager"), at=MONDAY, enterprise=first.ref, told=MET).visit

    assert [row.state for row in made] == ["done", "done", "unreachable"]
    assert {
        name: (getattr(made[0], name), getattr(alone, name)) for name in ("way", "level", "bodies", "host_id", "topic")
    } == {
        name: (getattr(alone, name),) * 2 for name in ("way", "level", "bodies", "host_id", "topic")
    }  # nothing differs but the moment
    assert VisitWish.objects.get().answered_by == made[1]
    assert [entry.kind for entry in timeline(second.subject)][-2:] == [
        "enterprise.visit_done",
        "enterprise.visit_unreachable",
    ]
    assert visits.counts(who("desk"), street=CODE, since=None, until=None).merged == 1


def test_one_bad_row_of_the_sheet_leaves_nothing_and_is_named():
    firm = registered(1)
    for bad, fault in (
        ((firm.ref, VisitTold()), WrongInput),  # no purpose
        ((firm.ref, replace(MET, bodies=("nowhere",))), NotFound),
        (("nobody", MET), NotFound),
    ):
        with pytest.raises(fault) as told:
            log_visits(by=who("manager"), at=MONDAY, street=CODE, rows=[(firm.ref, MET), bad])
        assert told.value.fields["row"] == 2
    with pytest.raises(NotAllowed):
        log_visits(by=who("grid"), at=MONDAY, street=CODE, rows=[(firm.ref, MET)])
    assert not Visit.objects.exists()


def test_a_sheet_of_forty_costs_no_more_statements_than_one_of_two(django_assert_max_num_queries):
    firms = [registered(number) for number in (1, 2)]

    with django_assert_max_num_queries(14):
        log_visits(
            by=who("manager"), at=MONDAY, street=CODE, rows=[(firms[number % 2].ref, MET) for number in range(40)]
        )


def test_what_lies_years_ahead_or_back_is_a_slip_of_the_pen():
    firm = paired(registered())

    for day in (date(2032, 5, 23), date(9999, 12, 31)):
        with pytest.raises(WrongInput, match="一年以内"):
            plan_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, on=day, purposes=["policy"])
        with pytest.raises(WrongInput, match="一年以内"):
            propose_visits(by=who("desk"), at=MONDAY, street=CODE, first_on=day, days=5)
    with pytest.raises(WrongInput, match="十年以前"):
        log_visit(
            by=who("manager"), at=MONDAY, enterprise=firm.ref,
            told=VisitTold(purposes=("policy",), happened_at=datetime(1902, 5, 23, tzinfo=MONDAY.tzinfo)),
        )  # fmt: skip


def test_a_list_is_narrowed_by_the_first_and_the_last_day_there_is():
    firm = paired(registered())
    log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=VisitTold(purposes=("policy",)))

    rows, _ = visits.list_visits(who("desk"), visits.VisitsWanted(since=date.min, until=date.max))

    assert len(rows) == 1
