"""Pages of policies, projects and indicators: who sees what, what a form does, what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gridloop.core.access import SYSTEM
from gridloop.offices.indicators import actions as indicators
from gridloop.offices.indicators.models import Reading
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.models import Policy, PolicyPush
from gridloop.offices.projects import actions as projects
from gridloop.offices.projects.models import FactorNeed, Project
from tests.firms import registered
from tests.policies import published, told
from tests.sample import CODE, MONDAY, who

SignIn = Callable[[str], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def form(**more: str) -> dict[str, Any]:
    """The editor's form: a policy of one clause."""
    return {
        "key": "k1", "title": "小微企业房租补贴(示例)", "issuer": "示例区政府", "level": "district", "topic": "rent", "valid_from": "2022-01-01",
        "benefit": "三个月房租。", "clause": ["1"], "quote": ["300人以下"], "fact": ["staff"], "operator": ["at_most"], "value": ["300"],
        "excluded": [""], "written": [""], **more,
    }  # fmt: skip


# --- policies --------------------------------------------------------------------------------------------------------


def test_a_policy_is_written_previewed_and_published_by_a_second_person(signed_in: SignIn) -> None:
    registered(1)
    registered(2, staff="900")
    economy, desk = signed_in("economy"), signed_in("desk")

    looked = economy.post("/policies/new/", form(preview="1"))
    assert "适用 1 家,共 2 家企业" in text(looked) and not Policy.objects.exists()
    sent = economy.post("/policies/new/", form())
    policy = Policy.objects.get()
    assert sent.headers["Location"] == f"/policies/{policy.ref}/"
    economy.post("/policies/new/", form())  # the same form again
    assert Policy.objects.count() == 1
    assert "您是起草人" in text(economy.get(f"/policies/{policy.ref}/"))
    page = text(desk.get(f"/policies/{policy.ref}/"))
    assert "核对无误,发布" in page and "从业人员不超过300人" in page
    desk.post(f"/policies/{policy.ref}/do/publish/", {"rev": "0"})
    policy.refresh_from_db()
    assert policy.state == "published"
    assert economy.post(f"/policies/{policy.ref}/do/withdraw/", {"reason": "不该由我撤"}).status_code == 403


def test_a_faulty_row_is_named_and_nothing_typed_is_lost(signed_in: SignIn) -> None:
    refused = signed_in("economy").post("/policies/new/", form(value="三百"))

    page = text(refused)
    assert refused.status_code == 422 and "要写数" in page and 'value="三百"' in page and "三个月房租" in page
    assert not Policy.objects.exists()


def test_the_live_preview_is_a_fragment_with_each_clause(signed_in: SignIn) -> None:
    registered(1, revenue="")
    rows = form(clause=["1", "2"], quote=["", ""], fact=["staff", "revenue"], operator=["at_most", "at_least"], value=["300", "100"], excluded=["", ""], written=["", ""])  # fmt: skip

    page = text(signed_in("economy").post("/policies/preview/", rows))

    assert "适用 0 家,共 1 家企业;1 家还缺信息" in page and "<html" not in page
    assert signed_in("grid").post("/policies/preview/", rows).status_code == 403


def test_what_a_firm_may_use_is_said_clause_by_clause_and_declined_for_good(signed_in: SignIn) -> None:
    firm = registered(1)
    policy = published()
    desk = signed_in("desk")
    desk.post("/policies/push/", {"key": "p1"})
    assert PolicyPush.objects.count() == 1

    page = text(desk.get(f"/policies/firms/{firm.ref}/"))
    assert "可能适用 1 项政策" in page and "从业人员不超过300人(实际为40)" in page
    push = PolicyPush.objects.get()
    refused = desk.post(f"/policies/firms/{firm.ref}/answer/", {"push": push.ref, "answer": "declined", "how": ""})
    assert refused.status_code == 422 and "怎样答复" in text(refused)
    desk.post(f"/policies/firms/{firm.ref}/answer/", {"push": push.ref, "answer": "declined", "how": "联系人电话"})
    again = desk.post("/policies/push/", {"key": "p2"}, follow=True)
    assert "已为 0 家企业备好摘要" in text(again)
    assert "不需要" in text(desk.get(f"/policies/{policy.ref}/"))


def test_a_push_sent_twice_is_one_and_a_manager_does_not_push(signed_in: SignIn) -> None:
    registered(1)
    published()
    desk = signed_in("desk")

    said = [text(desk.post("/policies/push/", {"key": "once"}, follow=True)) for _ in range(2)]

    assert all("已为 1 家企业备好摘要" in each for each in said)
    assert signed_in("manager").post("/policies/push/", {"key": "x"}).status_code == 403


def test_the_template_sheet_reads_back_as_a_draft(signed_in: SignIn) -> None:
    economy = signed_in("economy")
    content = economy.get("/policies/import/sheet.xlsx").content
    assert load_workbook(BytesIO(content)).worksheets[0].max_row == 4
    for form_name, body in (("xlsx", content), ("csv", economy.get("/policies/import/sheet.csv").content)):
        file = BytesIO(body)
        file.name = f"policies.{form_name}"
        page = text(economy.post("/policies/import/", {"file": file}))
        assert "读到 1 项" in page and "问题 0 处" in page

    policy = Policy.objects.get()
    assert [clause["condition"] for clause in policy.clauses][2] == {"not": {"fact": "vitality", "equals": "stalled", "label": "经营状态"}}  # fmt: skip


def test_a_title_may_stand_above_the_header_of_a_sheet_of_policies(signed_in: SignIn) -> None:
    economy = signed_in("economy")
    book = load_workbook(BytesIO(economy.get("/policies/import/sheet.xlsx").content))
    book.worksheets[0].insert_rows(1, 2)
    book.worksheets[0]["A1"] = "惠企政策清单(2022年5月)"
    file = BytesIO()
    book.save(file)
    file.name = "policies.xlsx"
    file.seek(0)

    assert "读到 1 项" in text(economy.post("/policies/import/", {"file": file}))


def test_lists_of_policies_are_narrowed_and_empty_ones_say_so(signed_in: SignIn) -> None:
    published(topic="rent", auto_grant=True)
    published("稳岗返还(示例)", topic="labour")
    policies.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told("草稿一份"))
    desk = signed_in("desk")

    assert "稳岗返还" not in text(desk.get("/policies/?auto=1"))
    assert "稳岗返还" in text(desk.get("/policies/?topic=labour"))
    assert "草稿一份" in text(desk.get("/policies/?shown=draft"))
    assert "没有符合条件的政策" in text(desk.get("/policies/?text=专利"))
    assert "草稿一份" not in text(signed_in("grid").get("/policies/?shown=draft"))


def test_questions_are_added_searched_and_retired(signed_in: SignIn) -> None:
    policy = published()
    economy = signed_in("economy")
    economy.post("/policies/questions/", {"question": "个体户能领吗?", "answer": "能。", "policy": policy.ref, "clause": "1"})  # fmt: skip

    assert "依据第 1 条" in text(economy.get("/policies/questions/?text=个体户"))
    assert "没有找到" in text(economy.get("/policies/questions/?text=专利"))
    assert "个体户能领吗" in text(signed_in("grid").get(f"/policies/{policy.ref}/"))


# --- projects --------------------------------------------------------------------------------------------------------


def project(**more: Any) -> Project:
    values = {
        "name": "示例冷链园",
        "owner": "示例置业",
        "unit": "economy",
        "sector": "industry",
        "total": Decimal("350000000"),
    }
    return projects.enter_project(by=who("economy"), at=MONDAY, street=CODE, told=projects.Told(**{**values, **more}))


def test_a_project_is_entered_and_moved_and_a_refusal_says_what_is_missing(signed_in: SignIn) -> None:
    economy = signed_in("economy")
    told = {
        "key": "n1",
        "name": "示例冷链园",
        "owner": "示例置业",
        "unit": "economy",
        "sector": "industry",
        "total_yi": "3.5",
    }
    economy.post("/projects/new/", told)
    found = Project.objects.get()
    assert found.total == Decimal("350000000")

    refused = economy.post(f"/projects/{found.ref}/do/move/", {"key": "m1", "to": "planned", "reason": "手续齐备"})
    assert refused.status_code == 409 and "立项或备案文号" in text(refused)
    economy.post(f"/projects/{found.ref}/edit/", {**told, "rev": "0", "approval": "备1号", "site_ready": "yes", "start_planned_on": "2022-06-01"})  # fmt: skip
    economy.post(f"/projects/{found.ref}/do/move/", {"key": "m2", "to": "planned", "reason": "手续齐备", "rev": "1"})
    found.refresh_from_db()
    assert found.library == "planned"
    page = text(economy.get("/projects/"))
    assert "共 1 个项目,总投资 3.50 亿元" in page


def test_a_factor_gap_is_registered_once_and_stands_in_the_matrix(signed_in: SignIn) -> None:
    found = project()
    economy = signed_in("economy")
    gap = {"key": "g1", "factor": "funds", "gap": "3000", "text": "设备款缺口"}

    economy.post(f"/projects/{found.ref}/do/need/", gap)
    economy.post(f"/projects/{found.ref}/do/need/", gap)

    assert FactorNeed.objects.count() == 1
    matrix = text(economy.get("/projects/?view=factors"))
    assert "3000 万元" in matrix and "经济发展办" in matrix
    assert signed_in("urban").post(f"/projects/{found.ref}/do/need/", gap).status_code == 403


def test_months_are_planned_and_reported_in_wan_and_shown_in_yuan(signed_in: SignIn) -> None:
    found = project()
    economy = signed_in("economy")
    economy.post(f"/projects/{found.ref}/do/plan/", {"key": "p1", "year": "2022", "amount_wan": "12000", "first": "1"})
    economy.post(f"/projects/{found.ref}/do/report/", {"key": "r1", "month": "2022-04", "invested_wan": "3000"})

    page = text(economy.get(f"/projects/{found.ref}/"))

    assert "30,000,000" in page and "10,000,000" in page
    assert "比时序" in text(economy.get("/projects/?view=table"))


def test_everybody_of_the_street_reads_projects_and_only_their_keepers_see_verbs(signed_in: SignIn) -> None:
    found = project(start_planned_on=date(2022, 5, 1))

    assert "登记要素缺口" not in text(signed_in("grid").get(f"/projects/{found.ref}/"))
    assert "登记要素缺口" in text(signed_in("economy").get(f"/projects/{found.ref}/"))
    assert "应开未开" in text(signed_in("grid").get("/projects/?alarm=not_started"))
    assert signed_in("urban").get("/projects/new/").status_code == 200  # for its own unit
    assert signed_in("grid").get("/projects/new/").status_code == 403


def test_entry_criteria_are_shown_in_words_and_changed_by_keepers(signed_in: SignIn) -> None:
    keeper = signed_in("keeper")
    keeper.post("/projects/criteria/", {"library": "planned", "facts": ["site_ready", "approval"], "reason": "管理办法修订"})  # fmt: skip

    page = text(keeper.get("/projects/criteria/"))

    assert "第 1 版" in page and "用地落实为是" in page and "立项或备案文号已知" in page


# --- indicators ------------------------------------------------------------------------------------------------------


@pytest.fixture
def quarter(street: object) -> None:
    for code, name, value, unit in (
        ("fixed_assets", "固定资产投资", "10.1", "亿元"),
        ("retail_sales", "社会消费品零售总额", "1149.2", "万元"),
        ("services", "营利性服务业", "22", "亿元"),
    ):
        indicators.define(
            by=SYSTEM, at=MONDAY, street=CODE, code=code, name=name, kind="amount", unit=unit, basis="当期累计。"
        )
        indicators.tell_reading(by=SYSTEM, at=MONDAY, street=CODE, code=code, period="2022Q1", value=Decimal(value), unit=unit, source=indicators.Source("示例统计局", "一季度公报"))  # fmt: skip


def test_a_doubtful_unit_is_asked_about_and_checked_without_being_changed(quarter: None, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    page = text(desk.get("/indicators/?period=2022Q1"))
    assert "1,149.2 万元" in page and page.count("请核对单位") == 1

    row = Reading.objects.get(code="retail_sales")
    desk.post(f"/indicators/readings/{row.ref}/", {"note": "与公报原文一致"})

    assert "与公报原文一致" in text(desk.get("/indicators/?period=2022Q1"))
    row.refresh_from_db()
    assert (row.value, row.unit) == (Decimal("1149.2"), "万元")


def test_every_computed_number_leads_to_its_rows(quarter: None, signed_in: SignIn, light: str) -> None:
    leader = signed_in("leader")

    page = text(leader.get("/indicators/?period=2022-05"))
    rows = text(leader.get("/indicators/cases_filed/?period=2022-05"))

    assert "/indicators/cases_filed/?period=2022-05" in page
    assert f"/cases/{light}/" in rows and "这个数由 1 条明细得出" in rows
    assert "没有可算的数时不显示 0%" in text(leader.get("/indicators/cases_solved/?period=2021"))


def test_figures_and_standings_are_told_with_their_source(quarter: None, signed_in: SignIn) -> None:
    economy = signed_in("economy")
    source = {"issuer": "示例区统计局", "document": "上半年公报"}

    economy.post("/indicators/readings/", {"code": "services", "period": "2022H1", "value": "46", "unit": "亿元", "growth": "9.1", **source})  # fmt: skip
    economy.post("/indicators/standings/", {"about": "助企月度考评", "period": "2022-04", "stood": "1", "area": "全区", **source})  # fmt: skip
    refused = economy.post("/indicators/readings/", {"code": "services", "period": "2022H1", "value": "47", "unit": "亿元", **source})  # fmt: skip

    page = text(economy.get("/indicators/?period=2022H1"))
    assert "46 亿元" in page and "9.10%" in page and "全区第 1 名" in page
    assert refused.status_code == 409 and "更正" in text(refused)
    assert signed_in("grid").post("/indicators/standings/", {"about": "考评", "period": "2022-04", "stood": "1", **source}).status_code == 403  # fmt: skip


@pytest.mark.parametrize("path", ["/indicators/?period=一季度", "/indicators/cases_filed/?period=2022Q9"])
def test_a_period_that_is_none_is_answered_with_the_forms_there_are(path: str, signed_in: SignIn) -> None:
    answer = signed_in("leader").get(path)

    assert answer.status_code == 422 and "2022Q1" in text(answer)


def test_unknown_things_are_not_found(signed_in: SignIn) -> None:
    leader = signed_in("leader")

    for path in ("/policies/xxxxxxxxxxxxxxxx/", "/projects/xxxxxxxxxxxxxxxx/", "/indicators/happiness/", "/policies/firms/xxxxxxxxxxxxxxxx/", "/indicators/readings/xxxxxxxxxxxxxxxx/"):  # fmt: skip
        assert leader.get(path).status_code == 404, path
