"""Figures of what is done for firms besides their cases: each is counted from its rows, over what the reader may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.period import Period
from gridloop.offices.enterprise.actions import banking, factors, plans, serving
from gridloop.offices.enterprise.actions.forum_questions import QuestionTold, raise_questions, take_question
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum, invite, note_attendance
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.actions.vitality import set_vitality
from gridloop.offices.indicators.asked import Asked, Computed, money_shown
from gridloop.offices.indicators.computed import compute
from gridloop.offices.indicators.weekly import weeks_of
from tests.firms import registered
from tests.offices import test_enterprise_solutions as solutions
from tests.offices import test_links as linked
from tests.offices.loop import told
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MAY = Period.parse("2022-05")
MONTH_END = MONDAY + 7 * DAY


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def figure(code: str, *, by: str = "leader", period: Period = MAY, at: datetime = MONTH_END) -> Computed:
    return compute(code, by=who(by), street=CODE, period=period, at=at)


def test_a_sum_of_money_rests_on_the_demands_that_have_it_and_small_sums_are_said_in_wan() -> None:
    offer = solutions.product()
    one = banking.demand_credit(
        by=who("desk"), at=MONDAY, demand=solutions.HALF_A_MILLION, enterprise=registered(1).ref
    )
    banking.demand_credit(by=who("desk"), at=MONDAY, demand=solutions.HALF_A_MILLION, enterprise=registered(2).ref)
    gone = banking.demand_credit(by=who("desk"), at=MONDAY, demand=solutions.HALF_A_MILLION, enterprise=registered(3).ref)  # fmt: skip
    banking.withdraw_demand(by=who("desk"), at=MONDAY, match=gone.ref, reason="不借了")
    solutions.consented(one, by="desk")
    banking.introduce_to_bank(by=who("desk"), at=MONDAY, match=one.ref, product=offer.ref)
    banking.grant_credit(by=who("desk"), at=MONDAY, match=one.ref, granted=Decimal(305_000), rate=Decimal("4.1"))

    assert [(figure(code).shown, len(figure(code).rows)) for code in ("bank_matches", "bank_granted", "bank_demanded_sum", "bank_granted_sum", "bank_drawn_sum")] == [
        ("2", 2), ("50.0%(1/2)", 2), ("100 万元", 2), ("30.5 万元", 1), ("0.00 亿元", 0),
    ]  # fmt: skip
    assert figure("bank_granted_sum").rows[0].subject == f"bank_match:{one.ref}"
    assert figure("bank_matches", period=Period.parse("2022-04")).shown == "0"
    assert money_shown(Decimal(250_000_000)) == "2.50 亿元"


def test_what_was_asked_at_a_forum_counts_when_it_is_a_case_and_apart_when_on_the_same_day() -> None:
    firm, sunday = registered(1), MONDAY - DAY
    planned = ForumTold("push", "汽车补贴活动推进会", MONDAY, venue="示例汽车城二楼")
    forum = announce_forum(by=who("desk", at=sunday), at=sunday, street=CODE, told=planned)
    invite(by=who("desk", at=sunday), at=sunday, forum=forum.ref, enterprises=[firm.ref])
    note_attendance(by=who("desk"), at=MONDAY, forum=forum.ref, came=[firm.ref])
    asked = QuestionTold("补贴是先垫付还是直接抵扣?", category="企业服务/融资")
    raise_questions(by=who("desk"), at=MONDAY, forum=forum.ref, told=[asked, replace(asked, text="门口没有路灯")])
    take_question(by=who("desk"), at=MONDAY, forum=forum.ref, told=replace(asked, text="贷款利率能不能降一点?"))

    assert figure("forum_questions").shown == "66.7%(2/3)" == figure("forum_questions_same_day").shown
    assert [row.counts for row in figure("forum_questions").rows] == [True, True, False]
    assert (figure("forums_held").shown, figure("forum_firms").shown) == ("1", "1")
    assert {row.subject for row in figure("forum_questions").rows} == {f"forum:{forum.ref}"}


def test_a_stalled_firm_counts_with_a_plan_that_was_open_at_the_end_of_the_period() -> None:
    with_plan = solutions.stalled()
    without = registered(2)
    set_vitality(by=who("desk"), at=MONDAY, enterprise=without.ref, vitality="half", reason="每周只开三天工")
    registered(3)
    plan = solutions.opened(with_plan)

    found = figure("stalled_with_plan")

    assert (found.shown, {row.label: row.counts for row in found.rows}) == ("50.0%(1/2)", {with_plan.name: True, without.name: False})  # fmt: skip
    plans.close_plan(by=who("desk"), at=MONDAY + DAY, plan=plan.ref, outcome="复工")
    assert figure("stalled_with_plan").shown == "0%(0/2)"
    assert figure("stalled_with_plan", by="grid").reading.n == 2  # the grid worker watches the community where both lie


def test_links_promises_and_assisted_matters_are_counted_and_the_shortest_time_is_told() -> None:
    done = solutions.order()
    assert figure("fastest_assist").shown == "—"  # nothing is finished: no time, and no nought
    solutions.assisting.take_material(by=who("economy"), at=MONDAY, order=done.ref, materials=["平面图"])
    for number in (1, 2, 3):
        solutions.assisting.do_step(by=who("economy"), at=MONDAY, order=done.ref, number=number)
    solutions.assisting.finish_assist(by=who("economy"), at=solutions.LATER, order=done.ref, result="已发证")
    firm = registered(2)
    kept = serving.promise(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, text="三天内送到", due_on=date(2022, 5, 26)
    )
    serving.settle_promise(by=who("manager"), at=MONDAY, promise=kept.ref, kept=True, outcome="已送到")
    serving.promise(by=who("manager"), at=MONDAY, enterprise=firm.ref, text="约一次面谈", due_on=date(2022, 5, 25))

    assert (figure("assists_done").shown, figure("fastest_assist").shown) == ("1", "5 小时 40 分钟")
    assert figure("promises_kept").shown == "50.0%(1/2)"
    assert (figure("links_introduced").shown, figure("links_cooperated").shown) == ("0", "—")


def test_a_promise_of_today_is_not_broken_before_the_day_is_over() -> None:
    firm = registered(2)
    serving.promise(by=who("manager"), at=MONDAY, enterprise=firm.ref, text="今天送到", due_on=MONDAY.date())

    assert figure("promises_kept", at=MONDAY).shown == "—"
    assert figure("promises_kept", at=MONDAY + DAY).shown == "0%(0/1)"


def test_an_introduction_counts_on_its_day_and_as_cooperation_when_it_became_one() -> None:
    shop, platform, link = linked.pair()
    for firm in (shop, platform):
        linked.answer_link(by=who("desk"), at=MONDAY, link=link.ref, enterprise=firm.ref, willing=True, how="电话")
    assert figure("links_introduced").shown == "0"  # both agree, but nobody has met

    linked.introduce_link(by=who("desk"), at=MONDAY, link=link.ref, how="街道会议室见面")

    assert (figure("links_introduced").shown, figure("links_cooperated").shown) == ("1", "0%(0/1)")
    linked.settle_link(by=who("desk"), at=MONDAY + DAY, link=link.ref, cooperated=True, outcome="签了三个月代运营")
    assert figure("links_cooperated").shown == "100%(1/1)"


def test_weeks_run_from_monday_count_each_thing_once_and_end_today() -> None:
    firm = registered(1)
    log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=VisitTold(purposes=("policy",)))
    story = told(source="manager")
    for by, verb, said in (
        ("urban", "accept", {}),
        ("urban", "answer", {"text": "已更换灯具"}),
        ("verifier", "verify", {"passed": True, "text": "现场查看已亮"}),
        ("desk", "strike_off", {}),
    ):
        story.do(by, verb, **said)
    asked = Asked(SYSTEM, CODE, MAY, MONDAY + 2 * DAY)

    weeks = weeks_of(asked, of_firms=True)

    assert [week.first.isoformat() for week in weeks] == ["2022-05-01", "2022-05-02", "2022-05-09", "2022-05-16", "2022-05-23"]  # fmt: skip
    assert (weeks[0].last, weeks[-1].last) == (date(2022, 5, 1), date(2022, 5, 25))  # a Sunday alone; until today
    assert (weeks[-1].visits, weeks[-1].collected, weeks[-1].struck_off) == (1, 1, 1)
    assert sum(week.visits + week.collected for week in weeks[:-1]) == 0
    assert (
        weeks_of(Asked(SYSTEM, CODE, Period.parse("2023"), MONDAY), of_firms=True) == []
    )  # nothing has come to pass yet


def test_gaps_of_firms_count_beside_those_of_projects_and_are_solved_when_their_case_is_struck_off() -> None:
    for number, factor in ((1, "funds"), (2, "power")):
        factors.need_firm_factor(
            by=who("manager"), at=MONDAY, enterprise=registered(number).ref, factor=factor, gap=Decimal(80), text="还差一些,请协调"
        )  # fmt: skip

    found = figure("factor_needs_solved")

    assert (found.shown, len(found.rows)) == ("0%(0/2)", 2)
