"""The part of the walk (``tests.api.walk``) in which firms meet: forums, links between firms, leads and stories, resumption, batches and coaches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.enterprise.queries import register
from tests.firms import registered
from tests.offices.loop import told
from tests.sample import IN_SW


def _firm(number: int, name: str) -> str:
    return registered(number, name=name, **{key: str(value) for key, value in IN_SW.items()}).ref


def meet(walk: Any, *, picture: bytes) -> None:
    """Forums, links and resumption among three firms of their own."""
    firms = [_firm(7601, "示例汽车销售公司"), _firm(7602, "示例老面馆"), _firm(7603, "示例短视频平台")]
    _hold(walk, firms)
    link = _link(walk, *firms[1:])
    _tell(walk, firms[1], link, picture=picture)
    _resume(walk, firms[0])
    _drive(walk, firms)


def _hold(walk: Any, firms: list[str]) -> None:
    now = timezone.now()
    told = {
        "kind": "push", "title": "汽车补贴活动推进会", "starts_at": (now + timedelta(days=2)).isoformat(), "venue": "汽车城二楼",
        "host": "economy",
    }  # fmt: skip
    ref = walk.does("desk", "forums_announce", told)["forum"]["ref"]
    walk.does("desk", "forums_candidates", ref=ref, text="示例")
    walk.does("desk", "forums_invite", {"enterprises": firms[:2]}, ref=ref)
    walk.does("desk", "forums_answer", {"enterprise": firms[0], "answer": "yes", "how": "电话问了经理"}, ref=ref)
    walk.does("desk", "forums_move", {"starts_at": now.isoformat(), "reason": "提前到今天"}, ref=ref)
    walk.does("desk", "forums_attendance", {"came": firms[:1]}, ref=ref)
    walk.does("desk", "forums_walk_in", {"enterprise": firms[2]}, ref=ref)
    asked = {"text": "补贴是企业申报还是个人申报?", "enterprise": firms[0], "category": "企业服务/融资"}
    filed = walk.does("desk", "forums_ask", {"questions": [asked]}, ref=ref)["asked"][0]
    more = [{"text": f"想问的第{number}件事"} for number in (2, 3, 4, 5)]
    noted = walk.does("desk", "forums_ask", {"questions": more, "then": "note"}, ref=ref)["asked"][1:]
    walk.does("desk", "forums_join", {"like": filed["ref"]}, ref=noted[0]["ref"])
    walk.does("desk", "forums_attach", {"case": filed["number"]}, ref=noted[1]["ref"])
    walk.does("desk", "forums_drop", {"reason": "重复记录"}, ref=noted[2]["ref"])
    walk.does("desk", "forums_file_questions", {}, ref=ref)
    walk.does("desk", "forums_minutes", {"text": "讲了补贴方式,企业的诉求当场立为事项。"}, ref=ref)
    walk.does("desk", "forums_result", {"visitors": 320, "sales": "186000.00", "source": "汽车城运营方"}, ref=ref)
    walk.does("desk", "forums_forum", ref=ref)
    other = walk.does("desk", "forums_announce", told | {"title": "改期后不再办的会"})["forum"]["ref"]
    walk.does("desk", "forums_cancel", {"reason": "防控需要"}, ref=other)
    walk.does("desk", "forums_calendar", size=2)


def _listed(walk: Any, firm: str, side: str, words: str) -> str:
    told = {
        "side": side, "kind": "platform", "words": words, "tags": ["短视频"], "agreed_how": "当面签字",
        "valid_until": (timezone.localdate() + timedelta(days=60)).isoformat(),
    }  # fmt: skip
    return str(walk.does("manager", "firm_links_tell_listing", told, ref=firm)["ref"])


def _link(walk: Any, shop: str, platform: str) -> str:
    need = _listed(walk, shop, "need", "传统面馆想上短视频平台")
    offer = _listed(walk, platform, "offer", "短视频代运营")
    spare = _listed(walk, platform, "offer", "短视频培训")
    walk.does("manager", "firm_links_listings", side="need")
    walk.does("manager", "firm_links_proposals")
    ref = walk.does("manager", "firm_links_propose", {"need": need, "offer": offer})["ref"]
    for firm in (shop, platform):
        walk.does("manager", "firm_links_answer", {"enterprise": firm, "willing": True, "how": "电话说明"}, ref=ref)
    walk.does("manager", "firm_links_introduce", {"how": "在社区会议室见面"}, ref=ref)
    walk.does("manager", "firm_links_settle", {"cooperated": True, "outcome": "签了半年代运营"}, ref=ref)
    walk.does("manager", "firm_links_link", ref=ref)
    walk.does("manager", "firm_links_links")
    walk.does("manager", "firm_links_withdraw_listing", {"reason": "不再提供"}, ref=spare)
    return str(ref)


def _tell(walk: Any, firm: str, link: str, *, picture: bytes) -> None:
    lead = {"brand": "示例运动品牌", "wants": "两百平方米铺位", "source": "嘉年华现场", "link": link}
    ref = walk.does("manager", "firm_links_tell_lead", lead, ref=firm)["ref"]
    walk.does("manager", "firm_links_move_lead", {"state": "talking", "note": "已看铺位"}, ref=ref)
    walk.does("manager", "firm_links_leads")
    told = {"title": "老店上了短视频", "text": "老店和平台合作之后,外地订单也有了。", "link": link}
    story = walk.does("manager", "firm_links_write_story", told, ref=firm)["ref"]
    walk.does("desk", "firm_links_draft_story", ref=_struck_off(firm))
    photo = SimpleUploadedFile("店面.jpg", picture, content_type="image/jpeg")
    kept = walk.does("manager", "firm_links_add_photo", file={"file": photo}, ref=story)["ref"]
    walk.does("manager", "firm_links_photo", ref=story, photo=kept)
    walk.does("manager", "firms_answer_consent", {"kind": "story", "granted": True, "how": "书面"}, ref=firm)
    walk.does("desk", "firm_links_publish_story", {}, ref=story)
    walk.does("desk", "firm_links_story", ref=story)
    walk.does("desk", "firm_links_stories")
    walk.does("desk", "firm_links_withdraw_story", {"reason": "企业要求"}, ref=story)


def _struck_off(firm: str) -> str:
    """A problem of the firm, answered, verified and struck off."""
    name = register.enterprise(firm, by=SYSTEM).name
    story = told(
        text="老店想上平台,不知找谁", category="企业服务/融资", source="manager", enterprise=name, enterprise_ref=firm
    )
    story.do("economy", "accept")
    story.do("economy", "note_progress", text="已联系两家平台")
    story.do("economy", "answer", text="已介绍平台,签了代运营")
    story.do("verifier", "verify", passed=True, text="店里看过,已上线")
    story.do("desk", "strike_off")
    return story.ref


def _resume(walk: Any, firm: str) -> None:
    walk.does(
        "desk", "resumptions_set_checklist", {"items": ["人员名单已核对", "口罩够用两周"], "basis": "复工通知第二条"}
    )
    walk.does("desk", "resumptions_checklist")
    today = timezone.localdate().isoformat()
    applied = walk.does("manager", "resumptions_apply", {"planned_on": today, "staff": 40}, ref=firm)
    ref, (first, second) = applied["resumption"]["ref"], applied["items"]
    walk.does("desk", "resumptions_return_item", {"reason": "名单少两人"}, ref=first["ref"])
    walk.does("manager", "resumptions_mend_item", {"remedy": "已补两人"}, ref=first["ref"])
    for item in (first, second):
        walk.does("desk", "resumptions_pass_item", {}, ref=item["ref"])
    walk.does("desk", "resumptions_resume", {}, ref=ref)
    walk.does("desk", "resumptions_resumption", ref=ref)
    again = walk.does("manager", "resumptions_apply", {"planned_on": today, "staff": 40}, ref=firm)["resumption"]["ref"]
    walk.does("manager", "resumptions_withdraw", {"reason": "改期复工"}, ref=again)
    walk.does("desk", "resumptions_resumptions")
    batch = {"tested_on": today, "invited": 40, "tested": 38, "venue": "厂区"}
    walk.does("desk", "resumptions_note_batch", batch, ref=firm)
    wrong = walk.does("desk", "resumptions_note_batch", batch, ref=firm)["ref"]
    walk.does("desk", "resumptions_void_batch", {"reason": "记了两遍"}, ref=wrong)
    walk.does("desk", "resumptions_batches")


def _drive(walk: Any, firms: list[str]) -> None:
    told = {
        "origin": "信阳固始", "leaves_on": timezone.localdate().isoformat(), "seats": 45, "contact_there": "固始县人社局", "met_by": "P08",
        "shares": [{"enterprise": firms[0], "workers": 20}, {"enterprise": firms[1], "workers": 6}],
    }  # fmt: skip
    ref = walk.does("desk", "resumptions_plan_trip", told)["ref"]
    walk.does("desk", "resumptions_depart", {}, ref=ref)
    walk.does("desk", "resumptions_arrive", {"arrived": 25, "note": "一人未上车"}, ref=ref)
    walk.does("desk", "resumptions_trip", ref=ref)
    other = walk.does("desk", "resumptions_plan_trip", told)["ref"]
    walk.does("desk", "resumptions_cancel_trip", {"reason": "高速封闭"}, ref=other)
    walk.does("desk", "resumptions_trips")
