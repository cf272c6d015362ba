"""Needs and their solutions through the offices' actions: gaps are cases, banks wait for consent, papers are asked for once, plans end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.bank_match import Demand
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions import assisting, banking, factors, plans
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum
from gridloop.offices.enterprise.actions.vitality import set_vitality
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import assisting as assists
from gridloop.offices.enterprise.queries import banking as banks
from gridloop.offices.enterprise.queries import factors as gaps
from gridloop.offices.enterprise.queries import plans as planned
from gridloop.offices.enterprise.queries import teams
from gridloop.offices.enterprise.solution_models import AssistOrder, BankMatch, BankProduct, Matter
from gridloop.offices.organisation import queries as organisation
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=5, minutes=40)
TODAY = date(2022, 5, 23)
HALF_A_MILLION = Demand(Decimal(500_000), "turnover", 12, "none")
SMALL = {
    "quote": "从业人员 300 人以下",
    "condition": {"fact": "staff", "at_most": 300, "label": "从业人员", "unit": "人"},
}


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def kinds(firm: Enterprise) -> list[str]:
    return [entry.kind for entry in timeline(firm.subject)]


def product(name: str = "周转贷", *, limit: int = 1_000_000, clauses: tuple[Any, ...] = (SMALL,)) -> BankProduct:
    offer = banking.Offer(
        "示例银行", name, Decimal(limit), Decimal("3.85"), Decimal("5.2"), 36, clauses, "对公一部 0371-60000001"
    )
    return banking.add_product(by=who("desk"), at=MONDAY, street=CODE, offer=offer)


# -- factors ----------------------------------------------------------------------------------------------------------


def test_a_gap_of_a_firm_is_a_case_with_its_unit_and_clock_and_later_says_how_much_was_met() -> None:
    firm = registered(1)

    gap = factors.need_firm_factor(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, factor="funds", gap=Decimal(80), text="季末回款慢"
    )
    with pytest.raises(Refused) as again:
        factors.need_firm_factor(
            by=who("manager"), at=MONDAY, enterprise=firm.ref, factor="funds", gap=Decimal(5), text=""
        )

    case = gap.case
    assert (case.enterprise_ref, case.category, case.lead.code, case.due_at is not None) == (
        firm.ref,
        "企业服务/融资",
        "economy",
        True,
    )
    assert case.number in again.value.sentence
    shown = gaps.lines(gaps.gaps(who("desk")))
    assert [(label, line.n, line.open) for factor, label, line in shown if line.n] == [("资金", 1, 1)]
    factors.settle_factor(by=who("manager"), at=LATER, gap=gap.ref, solved=Decimal("50"), how="银行授信 50 万元")
    assert [each.met for each in gaps.shown(gaps.gaps(who("desk"), state="solved"))] == ["50 万元"]
    assert gaps.gaps(who("desk"), state="open").count() == 0
    assert kinds(firm)[-2:] == ["factor.needed", "factor.settled"]


def test_the_unit_that_handles_a_gap_sees_it_without_seeing_the_firm_and_others_see_nothing() -> None:
    firm = registered(1)
    gap = factors.need_firm_factor(
        by=who("manager"), at=MONDAY, enterprise=firm.ref, factor="funds", gap=Decimal(80), text=""
    )

    assert gaps.gap(gap.ref, by=who("economy")) == gap
    with pytest.raises(NotFound):
        gaps.gap(gap.ref, by=who("urban"))
    with pytest.raises(NotAllowed):
        factors.settle_factor(by=who("verifier"), at=LATER, gap=gap.ref, solved=Decimal(1), how="听说解决了")


# -- banks ------------------------------------------------------------------------------------------------------------


def funds_case(firm: Enterprise) -> Case:
    return file_need(
        by=who("manager"),
        at=MONDAY,
        enterprise=firm.ref,
        filing=Filing(text="资金周转难", source="manager", category="企业服务/融资"),
    ).case


def consented(match: BankMatch, *, by: str = "manager") -> BankMatch:
    return banking.consent_to_bank(
        by=who(by), at=MONDAY, match=match.ref, name="王某", duty="财务负责人", how="当面签字"
    )


def test_a_match_goes_from_a_case_to_the_money_and_the_firm_is_told_of_only_after_its_yes() -> None:
    firm, offer = registered(1), product()
    case = funds_case(firm)

    match = banking.demand_credit(by=who("economy"), at=MONDAY, demand=HALF_A_MILLION, case=case.ref)

    assert match.enterprise == firm and banks.of_case(case.ref, by=who("desk")) == [match]
    with pytest.raises(Refused, match="没有授权"):
        banks.sheet_for_bank(match)
    with pytest.raises(Refused, match="请先做:记录企业授权"):
        banking.introduce_to_bank(by=who("economy"), at=MONDAY, match=match.ref, product=offer.ref)
    match = consented(match, by="economy")
    assert ("需求金额", "50万元") in banks.sheet_for_bank(match)
    banking.introduce_to_bank(by=who("economy"), at=MONDAY, match=match.ref, product=offer.ref)
    banking.grant_credit(by=who("economy"), at=LATER, match=match.ref, granted=Decimal(300_000), rate=Decimal("4.1"))
    with pytest.raises(WrongInput, match="不超过授信的 30 万元"):
        banking.draw_credit(by=who("economy"), at=LATER, match=match.ref, drawn=Decimal(400_000))
    banking.draw_credit(by=who("economy"), at=LATER, match=match.ref, drawn=Decimal(300_000))

    found = {name: (each.n, each.amount) for name, each in banks.totals(banks.matches(who("desk"))).items()}
    assert found == {"demand": (1, 500_000), "granted": (1, 300_000), "drawn": (1, 300_000)}
    steps = [entry.kind for entry in banks.history_of(banks.match(match.ref, by=who("desk")))]
    assert steps == ["bank.demanded", "bank.consented", "bank.introduced", "bank.granted", "bank.drawn"]
    assert "王某" not in str([entry.payload for entry in timeline(firm.subject)])
    with pytest.raises(Refused, match="已经结束"):
        banking.withdraw_demand(by=who("economy"), at=LATER, match=match.ref, reason="不要了")


def test_one_case_has_one_open_match_and_a_case_of_no_firm_has_none() -> None:
    case = funds_case(registered(1))
    banking.demand_credit(by=who("economy"), at=MONDAY, demand=HALF_A_MILLION, case=case.ref)
    lamp = cases.file_case(
        by=who("desk"),
        at=MONDAY,
        street=CODE,
        filing=Filing(text="路灯不亮", source="phone", category="城乡建设/市政设施/路灯"),
    ).case

    with pytest.raises(Refused, match="已有一笔在办"):
        banking.demand_credit(by=who("economy"), at=MONDAY, demand=HALF_A_MILLION, case=case.ref)
    with pytest.raises(NotFound, match="关联企业"):
        banking.demand_credit(by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, case=lamp.ref)


def test_a_no_of_the_firm_after_its_yes_stops_the_introduction() -> None:
    firm, offer = registered(1), product()
    match = consented(banking.demand_credit(by=who("manager"), at=MONDAY, demand=HALF_A_MILLION, enterprise=firm.ref))
    answer_consent(by=who("manager"), at=LATER, enterprise=firm.ref, kind="bank", granted=False, how="电话收回")

    with pytest.raises(Refused, match="收回"):
        banking.introduce_to_bank(by=who("manager"), at=LATER, match=match.ref, product=offer.ref)


def test_products_are_explained_clause_by_clause_and_one_that_does_not_suit_asks_why() -> None:
    firm = registered(1)
    fits, small = product("周转贷"), product("微贷", limit=100_000)
    lacks = product("抵押贷", clauses=({"quote": "", "condition": {"fact": "assets", "at_least": 100}},))
    match = consented(banking.demand_credit(by=who("manager"), at=MONDAY, demand=HALF_A_MILLION, enterprise=firm.ref))

    told = banks.suited(match, at=MONDAY)

    assert [(each.product, each.verdict.value) for each in told] == [
        (fits, "met"),
        (lacks, "unknown"),
        (small, "not_met"),
    ]
    assert told[0].verdict.clauses[2].reasons == ("从业人员不超过300人(实际为40)",)
    assert told[2].verdict.clauses[0].reasons == ("需求金额应不超过10万元,实际为50",)
    with pytest.raises(WrongInput, match="需求金额应不超过10万元"):
        banking.introduce_to_bank(by=who("manager"), at=MONDAY, match=match.ref, product=small.ref)
    banking.introduce_to_bank(by=who("manager"), at=MONDAY, match=match.ref, product=small.ref, why="银行同意先做十万")
    declined = banking.decline_credit(by=who("manager"), at=LATER, match=match.ref, reason="征信有逾期")
    assert (declined.stage, declined.fits) == ("declined", "not_met")


def test_a_product_asks_only_of_facts_there_are_and_the_database_itself_keeps_consent_first() -> None:
    with pytest.raises(WrongInput, match="没有的项:mood"):
        product(clauses=({"condition": {"fact": "mood", "equals": "好"}},))
    product()
    with pytest.raises(Refused, match="已有产品"):
        product()
    match = banking.demand_credit(by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, enterprise=registered(1).ref)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankMatch.objects.filter(pk=match.pk).update(stage="introduced")
    with pytest.raises(NotAllowed):
        banking.end_product(by=who("manager"), at=LATER, product=banks.products(CODE)[0].ref, reason="银行停办")


def test_a_match_of_an_event_is_linked_to_its_forum_and_counted_apart_from_one_to_one() -> None:
    told = ForumTold("bank", "五月对接会", MONDAY + timedelta(days=1), host="economy", topic="续贷", venue="三楼")
    forum = announce_forum(by=who("desk"), at=MONDAY, street=CODE, told=told)
    talk = announce_forum(by=who("desk"), at=MONDAY, street=CODE, told=replace(told, kind="talk"))
    alone = banking.demand_credit(by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, enterprise=registered(1).ref)
    told_there = banking.demand_credit(
        by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, enterprise=registered(2).ref, forum=forum.ref
    )

    third = registered(3)
    for wrong in (talk.ref, "五月对接会"):
        with pytest.raises(WrongInput, match="没有这场银企对接会"):
            banking.demand_credit(by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, enterprise=third.ref, forum=wrong)
    assert list(banks.matches(who("desk"), forum=forum.ref)) == [told_there] and told_there.event_name == "五月对接会"
    assert list(banks.matches(who("desk"), forum="any")) == [told_there]
    assert list(banks.matches(who("desk"), forum="none")) == [alone]
    assert banks.by_way(banks.matches(who("desk"))) == {"none": 1, "any": 1}


# -- 代办 --------------------------------------------------------------------------------------------------------------


def licence() -> Matter:
    return assisting.set_matter(
        by=who("desk"), at=MONDAY, street=CODE, name="食品经营许可", steps=["核材料", "现场核查", "发证"], materials=["营业执照", "平面图"],
        optional=["健康证"],
    )  # fmt: skip


def order(**told: Any) -> AssistOrder:
    return assisting.accept_order(
        by=who("economy"),
        at=MONDAY,
        **({"matter": licence().ref, "case": funds_case(registered(1)).ref, "brought": ["营业执照"]} | told),
    )


def test_a_permit_is_seen_through_and_its_time_is_told_exactly() -> None:
    row = order()

    notice = assisting.give_notice(by=who("economy"), at=MONDAY, order=row.ref, how="当面书面告知")
    with pytest.raises(Refused, match="还缺材料:平面图"):
        assisting.finish_assist(by=who("economy"), at=LATER, order=row.ref, result="已发证")
    assisting.take_material(by=who("economy"), at=MONDAY + timedelta(hours=1), order=row.ref, materials=["平面图"])
    with pytest.raises(Refused, match="下一步是第 1 步"):
        assisting.do_step(by=who("economy"), at=LATER, order=row.ref, number=3)
    for number in (1, 2, 3):
        assisting.do_step(by=who("economy"), at=MONDAY + timedelta(hours=1 + number), order=row.ref, number=number)
    done = assisting.finish_assist(by=who("economy"), at=LATER, order=row.ref, result="已发证")

    assert notice.missing == ["平面图"]
    took = assists.taken(done, at=LATER + timedelta(days=9))
    assert (took.natural, took.working) == ("5 小时 40 分", "4 小时 10 分")
    assert [(each.label, each.n, each.shown[0]) for each in assists.usual_of_matters(who("desk"))] == [
        ("食品经营许可", 1, "5 小时 40 分")
    ]
    assert assists.history_of(done)[-1].payload["took"] == "5 小时 40 分"
    with pytest.raises(Refused, match="不能再改"):
        assisting.do_step(by=who("economy"), at=LATER, order=row.ref, number=1)


def test_a_second_notice_needs_a_supervisor_with_a_reason() -> None:
    row = order()
    assisting.give_notice(by=who("economy"), at=MONDAY, order=row.ref, how="当面")

    with pytest.raises(Refused, match="都已告知过"):
        assisting.give_notice(by=who("leader"), at=LATER, order=row.ref, how="电话", reason="再提醒一次他们")
    with pytest.raises(NotAllowed, match="一次性告知"):
        assisting.give_notice(
            by=who("economy"), at=LATER, order=row.ref, how="电话", more=["消防证明"], reason="现场看了才知道"
        )
    with pytest.raises(WrongInput, match="为什么第一次没有告知"):
        assisting.give_notice(by=who("leader"), at=LATER, order=row.ref, how="电话", more=["消防证明"])
    second = assisting.give_notice(
        by=who("leader"), at=LATER, order=row.ref, how="电话", more=["消防证明"], reason="当天起新规要求"
    )

    assert (second.number, second.missing, second.reason) == (2, ["消防证明"], "当天起新规要求")
    row.refresh_from_db()
    assert [each["name"] for each in row.materials if each["required"] and not each["come_at"]] == [
        "平面图",
        "消防证明",
    ]


def test_an_order_keeps_what_it_was_opened_with_and_strangers_do_not_see_it() -> None:
    row = order()
    assisting.set_matter(
        by=who("desk"), at=LATER, street=CODE, name="食品经营许可", steps=["网上办"], materials=["营业执照"]
    )

    assert [step.name for step in row.steps.all()] == ["核材料", "现场核查", "发证"]
    assert [each.name for each in assists.matters(CODE)] == ["食品经营许可"]
    with pytest.raises(NotFound):
        assists.order(row.ref, by=who("urban"))
    with pytest.raises(NotFound, match="没有材料"):
        assisting.take_material(by=who("economy"), at=LATER, order=row.ref, materials=["彩票"])
    gone = assisting.withdraw_assist(by=who("economy"), at=LATER, order=row.ref, reason="企业改在区里办")
    assert gone.state == "withdrawn" and assists.usual_of_matters(who("desk")) == []


def test_cases_of_firms_have_their_percentiles_too() -> None:
    assert assists.usual_of_cases(who("desk")) == []
    case = funds_case(registered(1))
    Case.objects.filter(pk=case.pk).update(state="cleared", cleared_at=MONDAY + timedelta(days=2))

    assert [(each.key, each.n, each.shown[:2]) for each in assists.usual_of_cases(who("desk"))] == [
        ("企业服务/融资", 1, ("2 天 0 小时 0 分", "2 天 0 小时 0 分"))
    ]


# -- 一企一策 ----------------------------------------------------------------------------------------------------------


def stalled() -> Enterprise:
    firm = registered(1)
    return set_vitality(by=who("desk"), at=MONDAY, enterprise=firm.ref, vitality="stalled", reason="现场查看停产")


def opened(firm: Enterprise) -> Any:
    return plans.open_plan(
        by=who("manager"),
        at=MONDAY,
        enterprise=firm.ref,
        problems="订单减少,流动资金断",
        goal="一条线复工",
        review_on=TODAY + timedelta(days=7),
    )


def test_a_stalled_firm_without_a_plan_is_listed_until_it_has_one() -> None:
    firm = stalled()
    registered(2)
    assert planned.lacking(who("desk")) == [firm]

    plan = opened(firm)

    assert planned.lacking(who("desk")) == []
    with pytest.raises(Refused, match="已有一份进行中"):
        opened(firm)
    assert plan.vitality == "stalled" and planned.open_plan_of(firm) == plan


def test_measures_have_an_owner_a_day_and_an_effect_and_the_plan_ends_when_all_have_ended() -> None:
    firm = stalled()
    plan = opened(firm)
    due = TODAY + timedelta(days=3)
    loan = plans.add_measure(
        by=who("manager"), at=MONDAY, plan=plan.ref, text="对接银行", owner="P10", due_on=due, before="0", unit="万元"
    )
    rent = plans.add_measure(by=who("manager"), at=MONDAY, plan=plan.ref, text="谈减租", owner="P08", due_on=due)

    assert [each.text for each in planned.my_measures(who("economy"))] == ["对接银行"]
    assert planned.shown(plan, today=due + timedelta(days=1)).counts["overdue"] == 2
    with pytest.raises(NotAllowed, match="不能自己改"):
        plans.move_measure(
            by=who("manager"), at=MONDAY, measure=rent.ref, due_on=due + timedelta(days=9), reason="房东出差"
        )
    plans.move_measure(by=who("desk"), at=MONDAY, measure=rent.ref, due_on=due + timedelta(days=9), reason="房东出差")
    with pytest.raises(WrongInput, match="现在怎样"):
        plans.end_measure(by=who("economy"), at=MONDAY, measure=loan.ref, result="done")
    plans.end_measure(by=who("economy"), at=MONDAY, measure=loan.ref, result="done", after="50")
    with pytest.raises(Refused, match="还有 1 条措施"):
        plans.close_plan(by=who("manager"), at=LATER, plan=plan.ref, outcome="复工")
    plans.end_measure(by=who("manager"), at=LATER, measure=rent.ref, result="dropped", note="房东不同意")
    plans.review_plan(
        by=who("manager"), at=LATER, plan=plan.ref, text="一条线已复工", next_on=TODAY + timedelta(days=14)
    )
    closed = plans.close_plan(by=who("manager"), at=LATER, plan=plan.ref, outcome="一条线复工,用工 30 人")

    shown = planned.shown(planned.plan(plan.ref, by=who("desk")), today=TODAY)
    assert [each.effect for each in shown.measures] == ["0 → 50 万元(+50)", ""]
    assert closed.closed_at == LATER and shown.counts == {"open": 0, "overdue": 0, "done": 1, "dropped": 1}
    assert [kind for kind in kinds(firm) if kind.startswith("plan.")] == [
        "plan.opened", "plan.measure_added", "plan.measure_added", "plan.measure_moved", "plan.measure_done", "plan.measure_dropped",
        "plan.reviewed", "plan.closed",
    ]  # fmt: skip


def test_a_task_force_has_one_lead_and_dated_members_and_its_members_see_the_plan() -> None:
    firm = stalled()
    plan = opened(firm)
    with pytest.raises(NotFound):
        planned.plan(plan.ref, by=who("urban"))

    plans.form_task_force(by=who("leader"), at=MONDAY, plan=plan.ref, lead="P02", members=["P03", "P10"])
    assert planned.plan(plan.ref, by=who("urban")) == plan
    plans.form_task_force(by=who("leader"), at=LATER, plan=plan.ref, lead="P04", members=["P02", "P10"])

    plan.refresh_from_db()
    force = [(each.person.code, each.kind, each.ends_at == LATER) for each in planned.force_of(plan)]
    assert force == [
        ("P04", "leader", False),
        ("P10", "member", False),
        ("P02", "member", False),
        ("P02", "leader", True),
        ("P03", "member", True),
    ]
    with pytest.raises(NotFound):
        planned.plan(plan.ref, by=who("urban"))
    with pytest.raises(NotAllowed):
        plans.form_task_force(by=who("manager"), at=LATER, plan=plan.ref, lead="P08")
    assert teams.serving_at(CODE, firm.place) == []
    assert organisation.person(CODE, "P04").name == "丁队长"


def test_a_case_filed_as_any_other_can_be_measured_as_a_gap_once() -> None:
    case = funds_case(registered(1))

    gap = factors.measure_gap(by=who("economy"), at=MONDAY, case=case.ref, factor="funds", gap=Decimal(80))

    assert gap.case == case and gaps.of_case(case, by=who("economy"))[0].gap == "80 万元"
    with pytest.raises(Refused, match="已登记过"):
        factors.measure_gap(by=who("economy"), at=MONDAY, case=case.ref, factor="power", gap=Decimal(80))


def test_a_case_told_under_exactly_the_name_of_one_firm_is_about_that_firm() -> None:
    firm = registered(1)
    told = Filing(text="资金周转难", source="phone", category="企业服务/融资", enterprise=f"{firm.name}({firm.code})")
    case = cases.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=told).case

    assert case.enterprise_ref == ""
    assert banking.demand_credit(by=who("desk"), at=MONDAY, demand=HALF_A_MILLION, case=case.ref).enterprise == firm
