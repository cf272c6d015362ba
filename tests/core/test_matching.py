"""Offers and needs of firms: what fits and its reasons, what does not and the one sentence why, and that a refusal parts two firms for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.matching import KINDS, Listing, judge, propose

TODAY = date(2022, 4, 1)
NEED = Listing(
    "n1", "老店", "need", "platform", frozenset({"短视频", "老字号"}), "传统面馆想上短视频平台", TODAY + timedelta(days=30),
    "410102/410102013/C1/C1-1", "阳光社区",
)  # fmt: skip
OFFER = Listing(
    "o1", "平台", "offer", "platform", frozenset({"短视频", "直播"}), "短视频代运营,帮老字号做直播", TODAY + timedelta(days=60),
    "410102/410102013/C1/C1-2", "阳光社区",
)  # fmt: skip


def test_the_points_are_the_sum_of_the_reasons_that_are_said():
    fit = judge(NEED, OFFER, on=TODAY)

    assert fit.is_eligible
    assert fit.reasons == (
        "共同标签:短视频(2 分)",
        "需求方的说明里有:老字号(1 分)",
        "同在阳光社区(1 分)",
    ) or fit.reasons == (
        "共同标签:短视频(2 分)",
        "提供方的说明里有:老字号(1 分)",
        "同在阳光社区(1 分)",
    )
    assert fit.points == 4


@pytest.mark.parametrize(
    ("need", "offer", "why"),
    [
        (NEED, replace(OFFER, side="need"), "要一边需要、一边能提供"),
        (NEED, replace(OFFER, kind="media"), "类别不同:线上平台、短视频,传媒推广"),
        (NEED, replace(OFFER, firm="老店"), "是同一家企业"),
        (NEED, replace(OFFER, consents=False), "有一方没有同意参加企企联建"),
        (replace(NEED, valid_until=TODAY - timedelta(days=1)), OFFER, "已过有效期"),
        (replace(NEED, tags=frozenset(), words="面馆"), replace(OFFER, tags=frozenset()), "只有类别相同,标签和说明里没有共同的词"),
    ],
)  # fmt: skip
def test_what_does_not_fit_says_why(need, offer, why):
    fit = judge(need, offer, on=TODAY)

    assert not fit.is_eligible
    assert fit.why_not == why
    assert (fit.points, fit.reasons) == (0, ())


def test_the_last_day_still_counts():
    assert judge(replace(NEED, valid_until=TODAY), OFFER, on=TODAY).is_eligible


def test_a_refusal_parts_two_firms_in_every_kind_and_direction():
    parted = [frozenset({"老店", "平台"})]
    back = [replace(NEED, code="n2", firm="平台", kind="media"), replace(OFFER, code="o2", firm="老店", kind="media")]

    assert propose([NEED, OFFER, *back], on=TODAY, parted=parted) == []
    assert len(propose([NEED, OFFER, *back], on=TODAY)) == 2


def test_a_pair_that_was_proposed_before_is_not_proposed_again():
    assert propose([NEED, OFFER], on=TODAY, linked=[("n1", "o1")]) == []
    assert len(propose([NEED, OFFER, replace(OFFER, code="o2")], on=TODAY, linked=[("n1", "o1")])) == 1


def test_each_need_gets_its_best_offers_in_the_order_of_their_points():
    far = replace(OFFER, code="o2", firm="远处", place="410102/410102013/C9", community="常庄村")
    same = replace(OFFER, code="o3", firm="同楼", cluster="示例大厦")
    needs = replace(NEED, cluster="示例大厦")

    found = propose([far, OFFER, same, needs], on=TODAY, most=2)

    assert [each.offer.code for each in found] == ["o3", "o1"]
    assert [each.fit.points for each in found] == [6, 4]


WORDS = st.sampled_from(["短视频", "直播", "老字号", "仓储", "车展"])
LISTINGS = st.builds(
    Listing,
    code=st.uuids().map(str),
    firm=st.sampled_from("甲乙丙丁"),
    side=st.sampled_from(["need", "offer"]),
    kind=st.sampled_from(sorted(KINDS)[:2]),
    tags=st.frozensets(WORDS, max_size=3),
    words=st.lists(WORDS, max_size=3).map("、".join),
    valid_until=st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    place=st.sampled_from(["410102/410102013/C1", "410102/410102013/C2/x", "410102"]),
    cluster=st.sampled_from(["", "示例大厦"]),
    consents=st.booleans(),
)


@given(
    st.lists(LISTINGS, max_size=12),
    st.sets(st.frozensets(st.sampled_from("甲乙丙丁"), min_size=2, max_size=2), max_size=3),
)
def test_what_is_proposed_holds_every_condition_and_the_order_of_the_rows_is_nothing(listings, parted):
    found = propose(listings, on=TODAY, parted=parted)

    for each in found:
        assert each.need.side == "need"
        assert each.offer.side == "offer"
        assert each.need.kind == each.offer.kind
        assert each.need.firm != each.offer.firm
        assert frozenset({each.need.firm, each.offer.firm}) not in parted
        assert each.need.consents
        assert each.offer.consents
        assert min(each.need.valid_until, each.offer.valid_until) >= TODAY
        assert each.fit.points == sum(int(reason.rsplit("(", 1)[1].split()[0]) for reason in each.fit.reasons)
    assert propose(list(reversed(listings)), on=TODAY, parted=parted) == found
    assert found == sorted(found, key=lambda each: -each.fit.points)
