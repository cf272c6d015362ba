"""What is done for firms, by the API: the same posts as on the pages, nothing from another street, nothing over what someone else did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.enterprise.actions import assisting, plans
from gridloop.offices.enterprise.solution_models import AssistOrder, BankMatch, FactorGap, FirmPlan
from tests.firms import registered
from tests.sample import CODE

POWER = {"factor": "power", "gap": "800", "text": "夏季用电缺 800 千伏安", "category": "企业服务/证照"}
DEMAND = {"amount": "500000.00", "purpose": "turnover", "term": 12, "collateral": "none"}
AGREED = {"name": "张经理", "duty": "财务负责人", "how": "当面签字"}
LOAN = {
    "bank": "示例银行", "name": "助企贷", "limit": "5000000", "rate_low": "3.45", "rate_high": "4.35", "longest": 36,
    "clauses": [{"quote": "从业人员1000人以上", "condition": {"fact": "staff", "at_least": 1000}}],
}  # fmt: skip
READS = (
    "/factors", "/factors/matrix", "/banks/products", "/banks/matches", "/banks/totals", "/assists", "/assists/matters", "/assists/times",
    "/plans", "/plans/lacking",
)  # fmt: skip


@pytest.fixture
def firm(street):
    return registered(1)


@pytest.fixture
def elsewhere(firm):
    """Rows of a street that is not the caller's."""
    told = {"amount": 5000, "purpose": "wages", "term": 3, "collateral": "none", "demanded_at": timezone.now()}
    return BankMatch.objects.create(street="410102991", enterprise=firm, **told)


def problem(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("path", READS)
def test_whoever_sees_no_firms_sees_nothing_of_what_is_done_for_them(caller, path):
    assert Client().get(f"/api/v1{path}").status_code == 401
    assert problem(caller("keeper").get(path)) == (403, "enterprise.may_not_read")
    assert caller("manager").get(path).status_code == 200


def test_whoever_does_not_serve_firms_begins_nothing(caller, firm):
    keeper, verifier = caller("keeper"), caller("verifier")

    for someone in (keeper, verifier):
        answers = [
            someone.post(f"/enterprises/{firm.ref}/factors", POWER),
            someone.post("/banks/matches", DEMAND | {"enterprise": firm.ref}),
            someone.post(f"/enterprises/{firm.ref}/plans", plan_told()),
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}
    assert not (FactorGap.objects.exists() or BankMatch.objects.exists() or FirmPlan.objects.exists())


def plan_told():
    later = (timezone.localdate() + timedelta(days=20)).isoformat()
    return {"problems": "两条线停了一条", "goal": "恢复两条线", "review_on": later}


def test_products_and_matters_are_set_by_those_who_arrange(caller, street):
    matter = {"name": "食品经营许可", "steps": ["受理"], "materials": ["申请书"]}

    assert problem(caller("manager").post("/banks/products", LOAN)) == (403, "enterprise.may_not_arrange")
    assert problem(caller("manager").post("/assists/matters", matter)) == (403, "enterprise.may_not_arrange")
    assert caller("desk").post("/assists/matters", matter).status_code == 201


def test_a_match_of_another_street_is_not_there(caller, elsewhere):
    answer = caller("manager").get(f"/banks/matches/{elsewhere.ref}")

    assert problem(answer) == (404, "bank.no_match")
    assert problem(caller("manager").post(f"/banks/matches/{elsewhere.ref}/consent", AGREED)) == (404, "bank.no_match")
    assert caller("manager").get("/banks/matches").json()["items"] == []


def test_a_bank_is_told_nothing_before_the_firm_has_agreed(caller, firm):
    manager = caller("manager")
    product = caller("desk").post("/banks/products", LOAN).json()["ref"]
    made = manager.post("/banks/matches", DEMAND | {"enterprise": firm.ref}).json()

    early = manager.post(f"/banks/matches/{made['match']['ref']}/introduce", {"product": product})
    agreed = manager.post(f"/banks/matches/{made['match']['ref']}/consent", AGREED).json()
    unfit = manager.post(f"/banks/matches/{made['match']['ref']}/introduce", {"product": product})

    assert problem(early) == (409, "bank.out_of_turn")
    assert made["sheet"] == [] and agreed["sheet"] and "张经理" not in str(agreed)
    assert agreed["suited"][0]["value"] == "not_met" and problem(unfit) == (422, "bank.does_not_suit")


def test_a_credit_is_drawn_in_parts_by_the_api_and_a_wrong_one_is_voided(caller, firm):
    product = caller("desk").post("/banks/products", LOAN | {"clauses": []}).json()["ref"]
    manager = caller("manager")
    ref = manager.post("/banks/matches", DEMAND | {"enterprise": firm.ref}).json()["match"]["ref"]
    home = f"/banks/matches/{ref}"
    for step, told in (("consent", AGREED), ("introduce", {"product": product}), ("grant", {"granted": "300000.00"})):
        assert manager.post(f"{home}/{step}", told).status_code == 200

    first = manager.post(f"{home}/draw", {"drawn": "100000.00", "note": "第一笔"}).json()
    over = manager.post(f"{home}/draw", {"drawn": "200000.01"})
    late = manager.post(f"{home}/draw", {"drawn": "1.00", "drawn_on": "2999-01-01"})
    manager.post(f"{home}/draw", {"drawn": "200000.00"})
    voided = manager.post(f"{home}/void-drawing", {"drawing": first["drawings"][0]["ref"], "reason": "记错了"}).json()
    again = manager.post(f"{home}/void-drawing", {"drawing": first["drawings"][0]["ref"], "reason": "记错了"})

    assert (first["match"]["drawn"], first["match"]["left"], first["steps"]) == (
        "100000.00",
        "200000.00",
        ["draw", "void_drawing"],
    )
    assert problem(over) == (422, "bank.drawn") and "还可放款 20 万元" in over.json()["detail"]
    assert problem(late) == (422, "bank.drawn_on") and problem(again) == (409, "bank.drawing_void")
    assert (voided["match"]["drawn"], voided["match"]["left"]) == ("200000.00", "100000.00")
    assert [(each["amount"], bool(each["void_at"]), each["void_because"]) for each in voided["drawings"]] == [
        ("100000.00", True, "记错了"), ("200000.00", False, ""),
    ]  # fmt: skip
    assert manager.get("/banks/totals").json()["drawn"] == {"n": 1, "amount": "200000.00"}


def test_a_step_counts_only_at_the_revision_that_was_seen(caller, firm):
    manager = caller("manager")
    ref = manager.post("/banks/matches", DEMAND | {"enterprise": firm.ref}).json()["match"]["ref"]
    seen = manager.get(f"/banks/matches/{ref}")
    assert manager.post(f"/banks/matches/{ref}/consent", AGREED, If_Match=seen["ETag"]).status_code == 200

    late = manager.post(f"/banks/matches/{ref}/withdraw", {"reason": "不需要了"}, If_Match=seen["ETag"])
    by_body = manager.post(f"/banks/matches/{ref}/withdraw", {"reason": "不需要了", "rev": 0})

    assert problem(late) == (412, "api.stale") and late.json()["fields"]["rev"] == 1
    assert problem(by_body) == (409, "enterprise.outdated")


def test_a_stale_step_with_a_key_is_refused_in_words_and_does_not_use_the_key_up(caller, firm):
    manager = caller("manager")
    ref = manager.post("/banks/matches", DEMAND | {"enterprise": firm.ref}).json()["match"]["ref"]
    told = {"reason": "营业执照变更", "name": "示例机电厂(演示)"}

    stale = manager.post(f"/banks/matches/{ref}/consent", AGREED, If_Match='"7"', Idempotency_Key="k")
    fresh = manager.post(f"/banks/matches/{ref}/consent", AGREED, If_Match='"0"', Idempotency_Key="k")
    again = manager.post(f"/banks/matches/{ref}/consent", AGREED, If_Match='"0"', Idempotency_Key="k")
    amended = manager.client.patch(
        f"/api/v1/enterprises/{firm.ref}", told, "application/json",
        headers=manager.headers | {"If-Match": '"99"', "Idempotency-Key": "k"},
    )  # fmt: skip

    assert problem(stale) == (412, "api.stale") and stale.json()["fields"]["rev"] == 0
    assert (fresh.status_code, again.status_code, again["Idempotent-Replay"]) == (200, 200, "true")
    assert problem(amended) == (412, "api.stale")


def test_a_plan_and_an_order_have_revisions_that_every_step_moves(caller, firm):
    manager, at = caller("manager"), timezone.now()
    plan = manager.post(f"/enterprises/{firm.ref}/plans", plan_told()).json()["plan"]
    measure = {"text": "对接采购商", "owner": "P08", "due_on": plan_told()["review_on"]}
    added = manager.post(f"/plans/{plan['ref']}/measures", measure | {"rev": plan["rev"]}).json()
    twice = manager.post(f"/plans/{plan['ref']}/measures", measure | {"rev": plan["rev"]})
    matter = assisting.set_matter(by=SYSTEM, at=at, street=CODE, name="许可", steps=["受理"], materials=["申请书"])
    order = manager.post("/assists", {"matter": matter.ref, "enterprise": firm.ref}).json()["order"]
    stepped = manager.post(f"/assists/{order['ref']}/steps", {"number": 1, "rev": order["rev"]}).json()["order"]

    assert added["plan"]["rev"] == plan["rev"] + 1 and problem(twice) == (409, "enterprise.outdated")
    assert stepped["rev"] == order["rev"] + 1
    assert problem(manager.post(f"/assists/{order['ref']}/finish", {"result": "已办"})) == (
        409, "assist.materials_missing"
    )  # fmt: skip


def test_the_same_key_accepts_an_order_once(caller, firm):
    manager = caller("manager")
    matter = assisting.set_matter(
        by=SYSTEM, at=timezone.now(), street=CODE, name="许可", steps=["受理"], materials=["申请书"]
    )
    told = {"matter": matter.ref, "enterprise": firm.ref}

    first, again = (manager.post("/assists", told, Idempotency_Key="k1") for _ in range(2))

    assert first.json() == again.json() and again["Idempotent-Replay"] == "true"
    assert AssistOrder.objects.count() == 1


def test_a_second_notice_is_a_supervisors(caller, firm):
    manager, desk = caller("manager"), caller("desk")
    matter = assisting.set_matter(
        by=SYSTEM, at=timezone.now(), street=CODE, name="许可", steps=["受理"], materials=["申请书"]
    )
    ref = manager.post("/assists", {"matter": matter.ref, "enterprise": firm.ref}).json()["order"]["ref"]
    assert manager.post(f"/assists/{ref}/notice", {"how": "当面告知"}).status_code == 200
    more = {"how": "电话告知", "more": ["健康证"], "reason": "窗口新要求的材料"}

    assert problem(manager.post(f"/assists/{ref}/notice", more)) == (403, "assist.second_notice")
    assert desk.post(f"/assists/{ref}/notice", more).json()["notices"][1]["missing"] == ["健康证"]


def test_an_owner_ends_a_measure_and_cannot_put_it_off(caller, firm):
    manager, economy, at = caller("manager"), caller("economy"), timezone.now()
    due = timezone.localdate() + timedelta(days=9)
    ref = manager.post(f"/enterprises/{firm.ref}/plans", plan_told()).json()["plan"]["ref"]
    row = plans.add_measure(by=SYSTEM, at=at, plan=ref, text="对接采购商", owner="P08", due_on=due)
    other = plans.add_measure(by=SYSTEM, at=at, plan=ref, text="申请补贴", owner="P10", due_on=due)
    moved = {"due_on": (due + timedelta(days=9)).isoformat(), "reason": "来不及"}

    assert problem(manager.post(f"/plans/measures/{row.ref}/move", moved)) == (403, "plan.own_day")
    assert problem(economy.post(f"/plans/measures/{row.ref}/end", {"result": "done", "after": "1"}))[0] == 403
    done = economy.post(f"/plans/measures/{other.ref}/end", {"result": "done", "after": "已申请"}).json()
    assert [each["state"] for each in done["measures"] if each["ref"] == other.ref] == ["done"]
    assert problem(manager.post(f"/plans/{ref}/close", {"outcome": "好了"})) == (409, "plan.measures_open")


def test_pages_of_a_list_hold_every_row_once(caller, firm):
    manager = caller("manager")
    made = {manager.post("/banks/matches", DEMAND | {"enterprise": firm.ref}).json()["match"]["ref"] for _ in range(5)}

    seen, address = [], "/banks/matches?size=2"
    while address:
        page = manager.get(address.removeprefix("/api/v1")).json()
        seen += [each["ref"] for each in page["items"]]
        address = page["next"]

    assert len(seen) == 5 and set(seen) == made
    assert manager.get("/banks/totals").json()["demand"] == {"n": 5, "amount": "2500000.00"}


def test_a_gap_is_told_once_of_a_case_and_never_more_solved_than_lacking(caller, firm):
    manager = caller("manager")
    gap = manager.post(f"/enterprises/{firm.ref}/factors", POWER).json()

    again = manager.post(f"/cases/{gap['case']}/factor", {"factor": "power", "gap": "1"})
    beyond = manager.post(f"/factors/{gap['ref']}/settle", {"solved": "801", "how": "增容"})
    line = next(each for each in manager.get("/factors/matrix").json()["items"] if each["factor"] == "power")

    assert problem(again) == (409, "enterprise.gap_told") and problem(beyond) == (422, "factor.solved_range")
    assert (line["n"], line["open"], line["gap"]) == (1, 1, "800")
