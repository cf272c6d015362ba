"""The pages of forums: the calendar, the filter that invites, attendance, questions that become cases, answers that become 问答."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.actions import Told
from gridloop.offices.policies.models import PolicyQuestion
from tests.firms import registered
from tests.sample import CODE, MONDAY, who

SignIn = Callable[[str], Client]
SOON = {
    "kind": "push",
    "title": "汽车补贴活动推进会",
    "way": "on_site",
    "venue": "汽车城二楼",
    "starts_at": "2022-05-23T15:00",
    "host": "economy",
}


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def send(client: Client, where: str, /, **told: Any) -> Any:
    return client.post(where, told, follow=True)


def held(client: Client, **changes: str) -> Forum:
    answer = send(client, "/enterprises/forums/new/", **{**SOON, **changes})
    assert answer.status_code == 200, answer.content.decode()[:300]
    return Forum.objects.latest("pk")


def published() -> Any:
    told = Told(
        title="汽车消费补贴(示例)", issuer="示例机关", number="示例1号", benefit="购车补贴", valid_from=date(2022, 1, 1),
        clauses=[{"quote": "汽车零售", "condition": {"fact": "industry", "starts_with": "526"}}],
    )  # fmt: skip
    draft = policies.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told)
    return policies.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)


def test_a_forum_goes_from_the_filter_to_the_question_and_answer(street: object, signed_in: SignIn, wall: Any) -> None:
    dealer = registered(1, name="示例汽车销售公司", industry="5261", revenue="9000")
    shy = registered(2, name="示例谢绝汽车公司", industry="5261", revenue="9000")
    answer_consent(by=SYSTEM, at=MONDAY, enterprise=shy.ref, kind="visit", granted=False, how="电话")
    policy = published()
    desk = signed_in("desk")
    forum = held(desk)

    assert "先筛选" in page(desk, f"/enterprises/forums/{forum.ref}/invite/")
    found = page(desk, f"/enterprises/forums/{forum.ref}/invite/?industry=526&threshold=yes")
    assert "筛选到 2 家,可以邀请 1 家" in found
    assert "企业表示不愿被打扰" in found
    answer = send(desk, f"/enterprises/forums/{forum.ref}/invite/", enterprises=[dealer.ref, shy.ref])
    assert "已邀请 1 家;没有邀请的 1 家" in answer.content.decode()
    send(desk, f"/enterprises/forums/{forum.ref}/do/answer/", enterprise=dealer.ref, answer="yes", how="电话")
    send(desk, f"/enterprises/forums/{forum.ref}/attendance/", came=[dealer.ref])
    assert Invitation.objects.get().came

    told = {
        "text": "补贴是企业申报还是个人申报?",
        "enterprise": dealer.ref,
        "category": "企业服务/融资",
        "key": "k1",
        "then": "file",
    }
    for _ in range(2):  # sent twice, filed once
        send(desk, f"/enterprises/forums/{forum.ref}/do/question/", **told)
    case = Case.objects.get()
    assert (case.source, case.enterprise_ref) == ("forum", dealer.ref)
    shown = page(desk, f"/enterprises/forums/{forum.ref}/")
    assert "诉求 1 件 已立 1 件" in shown
    assert case.number in shown
    assert forum.title in page(desk, f"/cases/{case.ref}/")
    assert "汽车补贴活动推进会" in page(desk, "/enterprises/forums/?kind=push")

    Case.objects.filter(pk=case.pk).update(answer="由企业代申报,个人不用到窗口。")
    question = ForumQuestion.objects.get()
    assert "写成问答" in page(desk, f"/enterprises/forums/{forum.ref}/")
    wrong = desk.post(
        f"/enterprises/forums/questions/{question.ref}/answer/",
        {"question": question.text, "answer": "由企业代申报。", "policy": policy.ref, "clause": 7},
    )
    assert wrong.status_code == 422
    assert "只有 1 条" in wrong.content.decode()
    send(
        desk, f"/enterprises/forums/questions/{question.ref}/answer/", question=question.text, answer="由企业代申报。",
        policy=policy.ref, clause=1,
    )  # fmt: skip
    kept = PolicyQuestion.objects.get()
    assert (kept.origin, kept.policy_id, kept.clause, kept.source) == (question.subject, policy.pk, 1, forum.title)
    shown = page(desk, f"/enterprises/forums/{forum.ref}/")
    assert "汽车消费补贴(示例)" in shown
    assert "依据第 1 条" in shown
    assert "写成问答" not in shown
    assert "由企业代申报" in page(signed_in("manager"), "/policies/questions/?text=申报")


def test_what_is_only_noted_stands_red_on_the_list_and_on_the_desk(
    street: object, signed_in: SignIn, wall: Any
) -> None:
    desk = signed_in("desk")
    forum = held(desk)
    send(desk, f"/enterprises/forums/{forum.ref}/do/question/", text="贷款到期续不上", key="k2", then="note")

    for where in (f"/enterprises/forums/{forum.ref}/", "/enterprises/forums/", "/desk/"):
        assert "今日须立" in page(desk, where), where
    wall.at = MONDAY + timedelta(days=1)
    for where in (f"/enterprises/forums/{forum.ref}/", "/enterprises/forums/?late=1", "/desk/"):
        assert "过夜未立" in page(desk, where), where
    assert "恳谈会诉求" not in page(signed_in("urban"), "/desk/")

    send(desk, f"/enterprises/forums/{forum.ref}/file/")

    assert "过夜未立" not in page(desk, "/desk/")
    assert "诉求 1 件 已立 1 件" in page(desk, "/enterprises/forums/")
    again = send(desk, f"/enterprises/forums/{forum.ref}/file/")
    assert "没有要立的诉求" in again.content.decode()


def test_a_question_is_joined_or_dropped_on_its_forum(street: object, signed_in: SignIn, wall: Any) -> None:
    desk = signed_in("desk")
    forum = held(desk)
    for number, then in ((1, "file"), (2, "note"), (3, "note")):
        send(
            desk, f"/enterprises/forums/{forum.ref}/do/question/", text=f"诉求第{number}条", key=f"k{number}", then=then
        )
    first, second, third = ForumQuestion.objects.order_by("pk")

    send(desk, f"/enterprises/forums/questions/{second.ref}/join/", like=first.ref)
    refused = desk.post(f"/enterprises/forums/questions/{third.ref}/drop/", {"reason": ""})
    assert refused.status_code == 422
    send(desk, f"/enterprises/forums/questions/{third.ref}/drop/", reason="重复记录")

    shown = page(desk, f"/enterprises/forums/{forum.ref}/")
    assert "诉求 2 件 已立 2 件" in shown
    assert "撤回 1 件" in shown
    assert Case.objects.count() == 1


def test_minutes_results_moving_and_walking_in(street: object, signed_in: SignIn, wall: Any) -> None:
    registered(1)
    desk = signed_in("desk")
    forum = held(desk, kind="fair", title="示例汽车嘉年华")
    base = f"/enterprises/forums/{forum.ref}/do"
    assert "原因" in desk.post(f"{base}/move/", {"starts_at": "2022-05-23T16:00", "reason": ""}).content.decode()
    send(desk, f"{base}/move/", starts_at="2022-05-23T16:00", reason="会场冲突")

    assert desk.post(f"{base}/walk_in/", {"enterprise": "没有这家"}).status_code == 422
    send(desk, f"{base}/walk_in/", enterprise="示例机械厂1号")
    send(desk, f"{base}/minutes/", text="汽车企业介绍了补贴办法。")
    assert desk.post(f"{base}/result/", {"source": "运营方"}).status_code == 422
    send(desk, f"{base}/result/", visitors="3200", sales="186.5", source="汽车城运营方报送")

    shown = page(desk, f"/enterprises/forums/{forum.ref}/")
    for words in ("自行到会", "汽车企业介绍了补贴办法", "3,200 人次", "成交 1,865,000", "汽车城运营方报送", "已召开"):
        assert words in shown, words
    assert "这场会已召开" in desk.post(f"{base}/cancel/", {"reason": "不开了"}).content.decode()


def test_who_may_not_see_firms_sees_no_forums(street: object, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    forum = held(desk)
    keeper = signed_in("keeper")

    page(keeper, "/enterprises/forums/", 403)
    page(keeper, f"/enterprises/forums/{forum.ref}/", 404)
    assert keeper.post("/enterprises/forums/new/", SOON).status_code == 403
    page(desk, f"/enterprises/forums/{forum.ref}/do/nonsense/", 405)
    assert desk.post(f"/enterprises/forums/{forum.ref}/do/nonsense/").status_code == 404


def test_a_cancelled_forum_says_why(street: object, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    forum = held(desk, starts_at="2022-06-01T09:00")

    send(desk, f"/enterprises/forums/{forum.ref}/do/cancel/", reason="防控需要")

    assert "防控需要" in page(desk, f"/enterprises/forums/{forum.ref}/")
    assert "已取消" in page(desk, "/enterprises/forums/?state=cancelled")


def test_a_bank_meeting_opens_the_finance_needs_of_its_guests(street: object, signed_in: SignIn, wall: Any) -> None:
    firm = registered(1)
    desk = signed_in("desk")
    forum = held(desk, kind="bank", title="银企对接会")
    where = f"/enterprises/banks/new/?enterprise={firm.ref}&amp;forum={forum.ref}"
    assert where not in page(desk, f"/enterprises/forums/{forum.ref}/")

    send(desk, f"/enterprises/forums/{forum.ref}/do/walk_in/", enterprise="示例机械厂1号")

    assert where in page(desk, f"/enterprises/forums/{forum.ref}/")
    assert f'<option value="{forum.ref}" selected>' in page(desk, where.replace("&amp;", "&"))
    page(desk, f"/enterprises/banks/?forum={forum.ref}")
