"""The pages of needs and solutions: gaps, banks, assisted matters and plans, each step sent as a browser sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from gridloop.core.bank_match import Demand
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions import assisting, banking, factors, plans
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum
from gridloop.offices.enterprise.actions.vitality import set_vitality
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.solution_models import (
    AssistOrder,
    BankDrawing,
    BankMatch,
    BankProduct,
    FactorGap,
    FirmPlan,
    Matter,
    Measure,
)
from tests.firms import registered
from tests.sample import CODE, MONDAY, who
from tests.web.papers import same_in_english

SignIn = Callable[[str], Client]


@pytest.fixture
def firm(street: object) -> Enterprise:
    return registered(1)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def send(client: Client, where: str, /, **told: Any) -> Any:
    return client.post(where, told, follow=True)


def funds_case(firm: Enterprise) -> Case:
    filing = Filing(text="资金周转难", source="manager", category="企业服务/融资")
    return file_need(by=who("manager"), at=MONDAY, enterprise=firm.ref, filing=filing).case


# -- factors ----------------------------------------------------------------------------------------------------------


def test_a_gap_is_raised_on_the_firms_page_and_every_number_opens_its_rows(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")

    refused = send(manager, f"/enterprises/{firm.ref}/do/factor/", factor="power", gap="0", text="")
    assert refused.status_code == 422 and FactorGap.objects.count() == 0
    told = send(
        manager, f"/enterprises/{firm.ref}/do/factor/", factor="power", gap="400", text="新线六月投产"
    ).content.decode()
    assert "缺口已登记" in told and "供电 400 千伏安" in told
    listed = page(manager, "/enterprises/factors/")
    assert '<a href="?factor=power#rows">1</a>' in listed and "新线六月投产" not in listed
    assert "供电 400 千伏安" in page(manager, "/enterprises/factors/?factor=power&state=open")
    assert "没有这样的缺口" in page(manager, "/enterprises/factors/?factor=power&state=late")
    assert "没有这样的缺口" in page(manager, "/enterprises/factors/?state=nonsense&unit=%27")
    gap = FactorGap.objects.get()
    too_much = manager.post(f"/enterprises/factors/{gap.ref}/settle/", {"solved": "401", "how": "增容"})
    assert too_much.status_code == 422 and "在 0 到 400 千伏安之间" in too_much.content.decode()
    assert (
        "解决数量已登记"
        in send(manager, f"/enterprises/factors/{gap.ref}/settle/", solved="315", how="增容一台").content.decode()
    )
    assert "315 千伏安" in page(manager, "/enterprises/factors/?state=solved")
    assert f'href="/enterprises/factors/?firm={firm.ref}#gap-{gap.ref}"' in page(manager, f"/cases/{gap.case.ref}/")


# -- banks ------------------------------------------------------------------------------------------------------------


def offer(client: Client, **more: Any) -> Any:
    told = {
        "bank": "示例银行",
        "name": "周转贷",
        "limit_wan": "100",
        "rate_low": "3.85",
        "rate_high": "5.2",
        "longest": "36",
        "desk": "对公一部",
    }
    rows = {
        "clause": ["1"],
        "quote": ["三百人以下"],
        "fact": ["staff"],
        "operator": ["at_most"],
        "value": ["300"],
        "excluded": [""],
        "written": [""],
    }
    return client.post("/enterprises/banks/products/", told | rows | more, follow=True)


def test_a_product_is_told_with_conditions_over_firm_and_demand(firm: Enterprise, signed_in: SignIn) -> None:
    desk = signed_in("desk")

    refused = offer(desk, fact=["mood"])
    assert refused.status_code == 422 and "周转贷" in refused.content.decode() and BankProduct.objects.count() == 0
    shown = offer(desk, fact=["demand_collateral"], operator=["equals"], value=["信用,无抵押"]).content.decode()
    assert "产品已上架" in shown and "担保方式为信用,无抵押" in shown
    assert BankProduct.objects.get().limit == Decimal(1_000_000)
    ended = send(desk, f"/enterprises/banks/products/{BankProduct.objects.get().ref}/end/", reason="").content.decode()
    assert "请写清楚" in ended
    assert (
        "已下架"
        in send(
            desk, f"/enterprises/banks/products/{BankProduct.objects.get().ref}/end/", reason="银行停办"
        ).content.decode()
    )
    assert signed_in("manager").post("/enterprises/banks/products/", {}).status_code == 403


def test_a_match_begins_on_the_case_and_leads_back_to_it(firm: Enterprise, signed_in: SignIn) -> None:
    offer(signed_in("desk"))
    case = funds_case(firm)
    economy = signed_in("economy")  # leads the case, and does not see the firm's record

    assert f"/enterprises/banks/new/?case={case.ref}" in page(economy, f"/cases/{case.ref}/")
    bad = economy.post(
        "/enterprises/banks/new/",
        {"case": case.ref, "amount_wan": "x", "purpose": "turnover", "term": "12", "collateral": "none"},
    )
    assert bad.status_code == 422
    told = send(
        economy,
        "/enterprises/banks/new/",
        case=case.ref,
        amount_wan="50",
        purpose="turnover",
        term="12",
        collateral="none",
    ).content.decode()
    match = BankMatch.objects.get()
    assert (
        "不会给任何银行看" in told
        and case.number in told
        and "给银行看的情况" not in told
        and "从业人员不超过300人(实际为40)" in told
    )
    home = f"/enterprises/banks/{match.ref}/"
    early = economy.post(f"{home}do/introduce/", {"product": BankProduct.objects.get().ref})
    assert early.status_code == 409 and "请先做:记录企业授权" in early.content.decode()
    told = send(economy, f"{home}do/consent/", name="王某某", duty="财务负责人", how="当面签字").content.decode()
    assert "给银行看的情况" in told and "王某某" not in told and "王**" in told
    send(economy, f"{home}do/introduce/", product=BankProduct.objects.get().ref)
    send(economy, f"{home}do/grant/", granted_wan="30", rate="4.1")
    over = economy.post(f"{home}do/draw/", {"drawn_wan": "31"})
    assert over.status_code == 422 and "不超过授信的 30 万元" in over.content.decode()
    part = send(
        economy, f"{home}do/draw/", drawn_wan="12.5", drawn_on="2022-05-20", note="第一笔", rev="3"
    ).content.decode()
    assert "放款已登记" in part and "还可放款 17.5 万元" in part and "2022年5月20日(周五)" in part and "第一笔" in part
    twice = economy.post(f"{home}do/draw/", {"drawn_wan": "12.5", "rev": "3"})
    assert twice.status_code in (409, 412) and "刚刚被别人改过" in twice.content.decode()
    over = economy.post(f"{home}do/draw/", {"drawn_wan": "17.51", "rev": "4"})
    assert over.status_code == 422 and "已放款 12.5 万元,还可放款 17.5 万元" in over.content.decode()
    send(economy, f"{home}do/draw/", drawn_wan="1", rev="4")
    wrong = BankDrawing.objects.get(amount=10_000)
    told = {"drawing": wrong.ref, "reason": "记了两遍", "rev": "5"}
    voided = send(economy, f"{home}do/void_drawing/", **told).content.decode()
    assert "这次放款已作废" in voided and "作废原因:记了两遍" in voided and f'value="{wrong.ref}"' not in voided
    assert "还可放款 17.5 万元" in voided
    full = send(economy, f"{home}do/draw/", drawn_wan="17.5").content.decode()
    assert "还可放款 17.5" not in full.split("</dl>")[0] and "do/draw/" not in full
    board = page(economy, "/enterprises/banks/")
    assert "50 万元" in board and "30 万元" in board and "n=1" in board
    assert f'href="{home}"' in page(economy, f"/cases/{case.ref}/") and f'href="{home}"' in page(
        signed_in("desk"), f"/enterprises/{firm.ref}/"
    )
    assert economy.post(f"{home}do/nonsense/", {}).status_code == 404
    assert signed_in("urban").get(home).status_code == 404


def test_a_demand_of_a_forum_is_told_apart_and_can_change_hands_and_be_withdrawn(
    firm: Enterprise, signed_in: SignIn
) -> None:
    desk = signed_in("desk")
    told = ForumTold("bank", "五月对接会", MONDAY + timedelta(days=1), host="economy", topic="续贷", venue="三楼")
    forum = announce_forum(by=who("desk"), at=MONDAY, street=CODE, told=told)
    demand = {
        "enterprise": firm.ref,
        "amount_wan": "80",
        "purpose": "equipment",
        "term": "24",
        "collateral": "equipment",
    }
    assert send(desk, "/enterprises/banks/new/", **demand, forum="五月对接会").status_code == 422
    send(desk, "/enterprises/banks/new/", **demand, forum=forum.ref)
    match = BankMatch.objects.get()

    assert match.event == forum
    for wanted in (forum.ref, "any"):
        assert firm.name in page(desk, f"/enterprises/banks/?forum={wanted}")
    for wanted in ("none", "六月对接会"):
        assert "没有这样的对接" in page(desk, f"/enterprises/banks/?forum={wanted}")
    there = page(desk, f"/enterprises/forums/{forum.ref}/")
    assert f"/enterprises/banks/{match.ref}/" in there and "n=1" in there
    assert "已交给对接人" in send(desk, f"/enterprises/banks/{match.ref}/do/hand_over/", officer="P10").content.decode()
    assert firm.name in page(signed_in("economy"), "/enterprises/banks/")
    assert (
        "需求已撤回" in send(desk, f"/enterprises/banks/{match.ref}/do/withdraw/", reason="股东增资").content.decode()
    )


# -- 代办 --------------------------------------------------------------------------------------------------------------


def test_a_permit_is_seen_through_in_the_browser_and_its_time_is_shown(
    firm: Enterprise, signed_in: SignIn, wall: Any
) -> None:
    desk, manager = signed_in("desk"), signed_in("manager")
    assert (
        "事项已登记"
        in send(
            desk,
            "/enterprises/assists/matters/",
            name="食品经营许可",
            steps="核材料\n发证",
            materials="营业执照\n平面图",
            optional="健康证",
        ).content.decode()
    )
    told = send(
        manager,
        "/enterprises/assists/new/",
        enterprise=firm.ref,
        matter=Matter.objects.get().ref,
        helper="",
        brought="营业执照",
    ).content.decode()
    order = AssistOrder.objects.get()
    home = f"/enterprises/assists/{order.ref}/"
    assert "已受理" in told and [each["name"] for each in order.materials if each["come_at"]] == ["营业执照"]

    assert "缺的材料都列在上面" in send(manager, f"{home}do/notice/", how="当面书面").content.decode()
    again = manager.post(f"{home}do/notice/", {"how": "电话", "more": "消防证明", "reason": "忘记说了这一项"})
    assert again.status_code == 403 and "一次性告知" in again.content.decode()
    send(signed_in("leader"), f"{home}do/notice/", how="电话", more="消防证明", reason="当天起新规要求")
    send(manager, f"{home}do/take/", materials=["平面图", "消防证明"])
    wall.at = MONDAY + timedelta(hours=5, minutes=40)
    send(manager, f"{home}do/do/", note="齐")
    early = manager.post(f"{home}do/finish/", {"result": "已发证"})
    assert early.status_code == 409 and "第 2 步" in early.content.decode()
    send(manager, f"{home}do/do/")
    told = send(manager, f"{home}do/finish/", result="已发证").content.decode()
    assert "5 小时 40 分" in told and "其中工作时间 4 小时 10 分" in told and "当天起新规要求" in told
    assert "5 小时 40 分" in page(manager, "/enterprises/assists/times/")
    assert "食品经营许可" in page(manager, "/enterprises/assists/?state=finished")
    assert "这里没有代办单" in page(manager, "/enterprises/assists/")
    assert (
        "事项已停用" in send(desk, f"/enterprises/assists/matters/{Matter.objects.get().ref}/retire/").content.decode()
    )


# -- 一企一策 ----------------------------------------------------------------------------------------------------------


def test_a_stalled_firm_stands_red_on_the_watch_list_until_it_has_a_plan(
    firm: Enterprise, signed_in: SignIn, wall: Any
) -> None:
    set_vitality(by=who("desk"), at=MONDAY, enterprise=firm.ref, vitality="stalled", reason="现场查看停产")
    manager, leader = signed_in("manager"), signed_in("leader")
    address = f"/enterprises/plans/new/?enterprise={firm.ref}"

    assert f'href="{address}"' in page(manager, "/enterprises/watch/") and "没有方案" in page(
        manager, "/enterprises/plans/"
    )
    assert "现场查看停产" in page(manager, address)
    past = manager.post(
        "/enterprises/plans/new/",
        {"enterprise": firm.ref, "problems": "停产", "goal": "复工", "review_on": "2022-05-01"},
    )
    assert past.status_code == 422 and "不能早于今天" in past.content.decode()
    send(
        manager,
        "/enterprises/plans/new/",
        enterprise=firm.ref,
        problems="订单减少",
        goal="一条线复工",
        review_on="2022-06-06",
    )
    home = f"/enterprises/plans/{FirmPlan.objects.get().ref}/"
    assert "没有方案" not in page(manager, "/enterprises/plans/")
    send(manager, f"{home}do/measure/", text="对接银行", owner="P10", due_on="2022-05-25", before="0", unit="万元")
    assert "专班已生效" in send(leader, f"{home}do/force/", lead="P02", members=["P08", "P10"]).content.decode()
    assert "对接银行" in page(signed_in("economy"), "/desk/")
    wall.at = MONDAY + timedelta(days=3)
    assert "已逾期" in page(signed_in("economy"), "/desk/") and "逾期 1" in page(manager, "/enterprises/plans/")
    measure = Measure.objects.get()
    assert (
        "期限已改"
        in send(
            manager, f"/enterprises/plans/measures/{measure.ref}/move/", due_on="2022-06-01", reason="银行排期"
        ).content.decode()
    )
    bare = signed_in("economy").post(f"/enterprises/plans/measures/{measure.ref}/end/", {"result": "done", "after": ""})
    assert bare.status_code == 422 and "现在怎样" in bare.content.decode()
    assert (
        "0 → 50 万元(+50)"
        in send(
            signed_in("economy"), f"/enterprises/plans/measures/{measure.ref}/end/", result="done", after="50"
        ).content.decode()
    )
    send(manager, f"{home}do/review/", text="一条线已复工", next_on="2022-06-20")
    words = "\n".join(same_in_english(manager, f"{home.rstrip('/')}.docx"))
    assert "一企一策专属方案" in words and "责任人" in words and "已完成" in words
    assert "订单减少" in words and "组长 乙领导" in words and "一条线已复工" in words
    assert "方案已结束" in send(manager, f"{home}do/close/", outcome="复工,用工 30 人").content.decode()
    assert firm.name in page(manager, "/enterprises/plans/?state=closed")


@pytest.mark.parametrize(
    "address", ["factors/", "banks/", "banks/products/", "assists/", "assists/matters/", "assists/times/", "plans/"]
)
def test_the_pages_are_designed_empty_in_english_and_closed_to_those_who_see_no_firms(
    signed_in: SignIn, address: str
) -> None:
    desk = signed_in("desk")
    assert "gl-empty" in page(desk, f"/enterprises/{address}") or address.startswith("factors")
    desk.cookies["django_language"] = "en"
    page(desk, f"/enterprises/{address}")
    assert signed_in("keeper").get(f"/enterprises/{address}").status_code == 403


def test_lists_ask_the_database_no_more_often_with_more_rows(
    firm: Enterprise, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    matter = assisting.set_matter(by=who("desk"), at=MONDAY, street=CODE, name="许可", steps=["办"], materials=["照"])
    for number in range(2, 8):
        other = registered(number)
        factors.need_firm_factor(
            by=who("manager"), at=MONDAY, enterprise=other.ref, factor="funds", gap=Decimal(number), text=""
        )
        banking.demand_credit(
            by=who("desk"), at=MONDAY, demand=Demand(Decimal(500_000), "turnover", 12, "none"), enterprise=other.ref
        )
        assisting.accept_order(by=who("manager"), at=MONDAY, enterprise=other.ref, matter=matter.ref)
        plan = plans.open_plan(
            by=who("manager"), at=MONDAY, enterprise=other.ref, problems="困难", goal="复工", review_on=MONDAY.date()
        )
        plans.add_measure(by=who("manager"), at=MONDAY, plan=plan.ref, text="办事", owner="P08", due_on=MONDAY.date())
    desk = signed_in("desk")
    for address in ("factors", "banks", "assists", "plans"):
        page(desk, f"/enterprises/{address}/")
        with django_assert_max_num_queries(40):
            page(desk, f"/enterprises/{address}/")
