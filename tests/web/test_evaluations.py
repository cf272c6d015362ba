"""The pages of an evaluation by rules: rules in versions, a frozen period, an objection and its decision, each by who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.indicators.models import EvaluationRules, FrozenEvaluation, Objection
from tests.offices.loop import told as filed
from tests.sample import BEIJING
from tests.web.test_campaigns import FORM, text

SignIn = Callable[[str], Client]
JUNE = datetime(2022, 6, 2, 9, 0, tzinfo=BEIJING)
RULES = {
    "key": "k1", "period_kind": "month", "effective_on": "2022-05-01", "counts_timely": "on", "timely": "95", "source_timely": "示例考评办法第三条",
    "counts_solved": "on", "reason": "按办法定第一版",
}  # fmt: skip
BASE = "/campaigns/helps/evaluation/"


@pytest.fixture
def campaign(signed_in: SignIn) -> Campaign:
    signed_in("leader").post("/campaigns/new/", FORM)
    return Campaign.objects.get()


def test_rules_are_set_by_those_who_lead_and_a_threshold_without_source_is_refused_in_words(signed_in: SignIn, campaign: Campaign) -> None:  # fmt: skip
    assert "定这一版" not in text(signed_in("economy").get(f"{BASE}rules/"))
    assert signed_in("economy").post(f"{BASE}rules/", RULES).status_code == 403
    leader = signed_in("leader")
    refused = leader.post(f"{BASE}rules/", RULES | {"source_timely": ""})
    assert refused.status_code == 422 and "出处" in text(refused) and "按办法定第一版" in text(refused)

    leader.post(f"{BASE}rules/", RULES)
    leader.post(f"{BASE}rules/", RULES)  # the same form again

    page = text(signed_in("grid").get(f"{BASE}rules/"))
    assert EvaluationRules.objects.count() == 1
    assert "≥ 95%" in page and "示例考评办法第三条" in page and "2022年5月1日" in page
    assert "定考评规则" in text(leader.get("/campaigns/helps/"))


def test_a_period_is_frozen_objected_to_and_revised(signed_in: SignIn, campaign: Campaign, wall: Any) -> None:
    leader, desk, economy = signed_in("leader"), signed_in("desk"), signed_in("economy")
    leader.post(f"{BASE}rules/", RULES)
    story = filed(category="企业服务/融资", source="manager")
    assert "冻结2022年5月</button>" not in text(desk.get(f"{BASE}?period=2022-05"))  # not over
    wall.at = JUNE
    assert "冻结2022年5月</button>" in text(desk.get(f"{BASE}?period=2022-05"))
    assert "冻结2022年5月</button>" not in text(economy.get(f"{BASE}?period=2022-05"))

    made = desk.post(f"{BASE}freeze/", {"period": "2022-05"})
    again = desk.post(f"{BASE}freeze/", {"period": "2022-05"}, follow=True)
    first = FrozenEvaluation.objects.get()
    page = text(economy.get(f"{BASE}frozen/{first.ref}/"))

    assert made.headers["Location"] == f"{BASE}frozen/{first.ref}/" and "这一期已经冻结" in text(again)
    assert "与台账一致" in page and "0%(0/1)" in page and "没有差别" in page and "提出异议" in page
    assert "提出异议" not in text(desk.get(f"{BASE}frozen/{first.ref}/"))
    assert not re.search("得分|总分|第一名", page)

    address = f"{BASE}frozen/{first.ref}/object/"
    short = economy.post(address, {"key": "o", "case": story.ref, "measure": "solved", "text": "不对"})
    assert short.status_code == 422 and "10 个字" in text(short)
    words = {"key": "p", "case": story.ref, "measure": "solved", "text": "企业五月已撤回诉求,不应算没有解决。"}
    assert economy.post(address, words).status_code == 302 and economy.post(address, words).status_code == 302
    objection = Objection.objects.get()
    decide = {"key": "d", "decision": "left_out", "because": "企业五月已撤回"}
    assert desk.post(f"{BASE}objections/{objection.ref}/decide/", decide).status_code == 403  # froze it
    assert leader.post(f"{BASE}objections/{objection.ref}/decide/", decide | {"because": "好"}).status_code == 422
    leader.post(f"{BASE}objections/{objection.ref}/decide/", decide)

    second = FrozenEvaluation.objects.get(revision=2)
    assert "修订原因:企业五月已撤回" in text(economy.get(f"{BASE}frozen/{second.ref}/"))
    assert "已有新的修订" in text(economy.get(f"{BASE}frozen/{first.ref}/"))
    assert "冻结时不在明细里" in text(desk.get(f"{BASE}frozen/{second.ref}/"))
    assert f"{BASE}frozen/{second.ref}/" in text(desk.get(BASE))
    assert desk.get(f"{BASE}frozen/nothing/").status_code == 404
