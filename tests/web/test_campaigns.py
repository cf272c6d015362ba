"""The pages of the campaigns: who shapes one, who carries a part of it, who reads; what a refusal keeps; numbers that open their rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from docx import Document

from gridloop.core.project import YI
from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns.actions import ActivityTold
from gridloop.offices.campaigns.models import Activity, ActivityStep, Campaign, CampaignGroup
from gridloop.offices.enterprise.actions.pairing import pair
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.projects.actions import Told, enter_project
from tests.firms import registered
from tests.offices.loop import told as filed
from tests.sample import CODE, MONDAY, who
from tests.web.papers import same_in_english

SignIn = Callable[[str], Client]
FORM = {
    "code": "helps", "name": "助企专项", "kind": "enterprise", "basis": "示例方案〔2022〕1号", "starts_on": "2022-05-01", "ends_on": "2099-12-31",
    "scheme": "", "data_policy": "不收集个人信息。", "shown_period": "2022-05", "parent": "",
}  # fmt: skip


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def campaign(signed_in: SignIn) -> Campaign:
    signed_in("leader").post("/campaigns/new/", FORM)
    return Campaign.objects.get()


def test_a_campaign_is_opened_by_those_who_may_and_read_by_all(signed_in: SignIn) -> None:
    assert signed_in("economy").post("/campaigns/new/", FORM).status_code == 403
    refused = signed_in("desk").post("/campaigns/new/", FORM | {"ends_on": "2022-04-01"})
    assert refused.status_code == 422 and "不能早于" in text(refused) and "示例方案〔2022〕1号" in text(refused)
    signed_in("desk").post("/campaigns/new/", FORM)

    listed = text(signed_in("grid").get("/campaigns/"))
    page = text(signed_in("grid").get("/campaigns/helps/"))

    assert "/campaigns/helps/" in listed and "启动专项" not in listed
    assert "2022年5月" in page and "办理" not in page.partition("<main")[2].partition("时间线")[0]
    assert signed_in("grid").post("/campaigns/helps/do/end/", {"reason": "不归我管"}).status_code == 403
    assert signed_in("desk").get("/campaigns/nothing/").status_code == 404


def test_a_group_is_founded_once_for_its_key_and_carried_by_its_unit(signed_in: SignIn, campaign: Campaign) -> None:
    desk, economy = signed_in("desk"), signed_in("economy")
    told = {"key": "g1", "kind": "group", "name": "银企对接组", "lead": "economy", "duty": "对接银行", "subject": ""}
    desk.post("/campaigns/helps/do/found/", told)
    desk.post("/campaigns/helps/do/found/", told)  # the same form again
    group = CampaignGroup.objects.get()
    address = f"/campaigns/groups/{group.ref}/"

    assert (
        economy.post(f"{address}do/task/", {"key": "t", "text": "走访三家银行", "due_on": "2022-06-30"}).status_code
        == 302
    )
    task = group.tasks.get()
    refused = economy.post(f"{address}do/finish_task/", {"key": "f", "target": task.ref, "outcome": "好"})
    assert refused.status_code == 422 and "完成的情况" in text(refused)
    economy.post(f"{address}do/finish_task/", {"key": "f2", "target": task.ref, "outcome": "三家都走访了"})
    page = text(signed_in("grid").get(address))
    assert "三家都走访了" in page and "布置任务" not in page
    assert economy.post(f"{address}do/join/", {"unit": "housing", "duty": "member"}).status_code == 403
    desk.post(f"{address}do/join/", {"key": "j", "unit": "housing", "person": "", "duty": "member"})
    desk.post(f"{address}do/leave/", {"key": "l", "target": group.members.get().ref, "reason": "换单位"})
    assert group.members.get().ends_at is not None


def test_a_plan_is_typed_line_by_line_and_a_bad_line_is_named(signed_in: SignIn, campaign: Campaign) -> None:
    desk, economy = signed_in("desk"), signed_in("economy")
    told = {
        "key": "a", "title": "政策宣讲进企业", "aim": "讲到厂里去", "owner": "economy", "group": "", "starts_on": "2022-05-01", "ends_on": "2022-06-30",
        "steps": "2022-05-10 印发通知\n五月二十 第一场",
    }  # fmt: skip
    refused = desk.post("/campaigns/helps/do/plan/", told)
    assert refused.status_code == 422 and "第 2 行读不懂" in text(refused) and "印发通知" in text(refused)

    desk.post("/campaigns/helps/do/plan/", told | {"key": "b", "steps": "2022-05-10 印发通知"})
    activity = Activity.objects.get()
    address = f"/campaigns/activities/{activity.ref}/"
    early = economy.post(f"{address}do/finish/", {"key": "c", "result": "讲了一场。"})
    assert early.status_code == 409 and "还有 1 个步骤" in text(early)
    economy.post(
        f"{address}do/finish_step/", {"key": "d", "target": ActivityStep.objects.get().ref, "outcome": "通知已印发"}
    )
    economy.post(f"{address}do/finish/", {"key": "e", "result": "讲了一场,十家参加。"})

    page = text(signed_in("grid").get("/campaigns/helps/"))
    assert "讲了一场,十家参加。" in page and "已完成" in page
    again = desk.post("/campaigns/helps/do/plan/", told | {"key": "z", "steps": ""})
    assert again.status_code == 409 and "请换一个名称" in text(again)


def test_every_figure_opens_its_rows_and_a_rate_without_rows_is_a_dash(signed_in: SignIn, campaign: Campaign) -> None:
    firm = registered(1)
    log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=VisitTold(purposes=("policy",)))
    leader = signed_in("leader")

    page = text(leader.get("/campaigns/helps/"))
    rows = text(leader.get("/indicators/visits/?period=2022-05"))

    assert "/indicators/visits/?period=2022-05" in page
    assert firm.name in rows and "/visits/" in rows
    assert "—" in page.partition("企业满意率")[2][:200]  # nobody was called: neither 0 % nor 100 %
    assert text(leader.get("/campaigns/helps/print/")).count("<h3>") >= 8


def test_the_weeks_are_drawn_and_stand_in_a_table(signed_in: SignIn, campaign: Campaign) -> None:
    assert "逐周的数" not in text(signed_in("leader").get("/campaigns/helps/"))  # nothing happened: nothing is drawn
    filed(category="企业服务/融资", source="manager")

    page = text(signed_in("leader").get("/campaigns/helps/"))

    assert 'role="img" aria-label="每周收集和销号的问题"' in page
    assert "<title>05-23 至 05-23:收集 1 件,销号 0 件</title>" in page
    row = page.partition("2022年5月23日(周一) —")[2].partition("</tr>")[0]
    assert re.findall(r"<div>(\d+)</div>", row) == ["0", "1", "0"]  # visits, collected, struck off


def test_units_are_evaluated_in_the_order_of_their_codes_with_the_cases_behind(
    signed_in: SignIn, campaign: Campaign
) -> None:
    filed(category="企业服务/融资", source="manager")
    leader = signed_in("leader")

    page = text(leader.get("/campaigns/helps/evaluation/"))
    (unit,) = set(re.findall(r"/campaigns/helps/evaluation/(\w{16})/", page))
    below = text(leader.get(f"/campaigns/helps/evaluation/{unit}/"))

    causes = text(leader.get("/campaigns/helps/"))
    shown = re.findall(r'id="figure-cause_(energy|funds)".*?<a [^>]*>(.*?)</a>', causes, re.DOTALL)
    assert shown == [("energy", "0%<small>(0/1)</small>"), ("funds", "100%<small>(1/1)</small>")]
    assert "不排名次" in page and "0%(0/1)" in page and "经济发展办" in page
    assert "/cases/" in below and "经济发展办" in below
    assert leader.get("/campaigns/helps/evaluation/nobody/").status_code == 404
    assert leader.get("/indicators/satisfaction/?period=2022-05").status_code == 200


def test_an_activity_of_another_campaign_is_shown_where_it_counts_too(signed_in: SignIn, campaign: Campaign) -> None:
    leader = signed_in("leader")
    leader.post("/campaigns/new/", FORM | {"code": "style", "name": "能力作风建设年", "kind": "style"})
    made = actions.plan_activity(
        by=who("leader"), at=MONDAY, campaign=campaign.ref,
        told=ActivityTold("上门办税", "跑不动的上门办", "economy", date(2022, 5, 1), date(2022, 6, 30)),
    )  # fmt: skip

    leader.post(f"/campaigns/activities/{made.ref}/do/link/", {"key": "k", "campaign": "style", "reason": "同一项任务"})

    assert "来自 助企专项" in text(leader.get("/campaigns/style/"))
    assert "也计入 能力作风建设年" in text(leader.get("/campaigns/helps/"))
    assert Activity.objects.filter(campaign__street=CODE).count() == 1


def test_a_key_project_shows_its_blanks_and_is_paired_and_handed_over(signed_in: SignIn, campaign: Campaign) -> None:
    desk = signed_in("desk")
    told = Told(name="产业园(演示)", owner="示例公司", unit="economy", sector="industry", total=YI, priority="city")
    project = enter_project(by=who("desk"), at=MONDAY, street=CODE, told=told)
    address = f"/projects/{project.ref}/pairs/"

    assert text(signed_in("grid").get("/projects/matrix/")).count("空缺</span>") == 4  # three slots and the task force
    filled = {"slot": "leader", "person": "P02", "unit": "", "substitute": "", "term_ends_on": "", "reason": ""}
    assert desk.post(address, filled).status_code == 302
    desk.post(address, filled | {"person": "P04", "reason": "分管领导调整"})
    desk.post(
        "/campaigns/helps/do/found/",
        {
            "key": "f",
            "kind": "key",
            "name": "产业园专班",
            "lead": "economy",
            "duty": "",
            "subject": f"project:{project.ref}",
        },
    )

    page = text(desk.get(address))
    assert "丁队长" in page and "分管领导调整" in page and "产业园专班" in page and "补空缺或移交" in page
    assert "补空缺或移交" not in text(signed_in("grid").get(address))
    assert signed_in("grid").post(address, filled).status_code == 403
    assert [row.person.code for row in Pairing.objects.order_by("pk") if row.person] == ["P02", "P04"]


def test_key_projects_and_key_firms_stand_in_one_paper_by_who_leads_them(signed_in: SignIn, campaign: Campaign) -> None:
    told = Told(name="产业园(演示)", owner="示例公司", unit="economy", sector="industry", total=YI, priority="city")
    project = enter_project(by=who("desk"), at=MONDAY, street=CODE, told=told)
    led, alone, _usual = registered(1, priority="city"), registered(2, priority="district"), registered(3)
    for subject in (project.subject, led.subject):
        pair(by=who("desk"), at=MONDAY, street=CODE, subject=subject, slot="leader", person="P02")

    answer = signed_in("desk").get("/projects/matrix.docx")
    made = Document(io.BytesIO(answer.content))

    assert "attachment" in answer["Content-Disposition"]
    assert "重点项目、重点企业分组分包一览表" in "".join(same_in_english(signed_in("desk"), "/projects/matrix.docx"))
    headings = [each.text for each in made.paragraphs if each.text[:2] in ("1.", "2.")]
    assert headings == ["1. 乙领导(柳荫街道办事处)(项目 1 个,企业 1 家)", "2. 还没有包联领导(项目 0 个,企业 1 家)"]
    first, second = ([row.cells[0].text for row in table.rows][1:] for table in made.tables)
    assert (first, second) == ([project.name, led.name], [alone.name])
    assert made.tables[0].rows[1].cells[-1].text == "空缺"  # no task force yet
    assert "/projects/matrix.docx" in text(signed_in("desk").get("/enterprises/matrix/"))
    of_keeper = Document(io.BytesIO(signed_in("keeper").get("/projects/matrix.docx").content))
    assert [table.rows[-1].cells[0].text for table in of_keeper.tables] == [
        project.name
    ]  # who reads no firms gets none
