"""考评 by rules: versions that alter nothing earlier, a frozen period that is never written over, objections decided by somebody else."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.evaluation import FrozenRow, MeasureRule, differences, figures, in_force, standing
from gridloop.core.indicator import ratio
from gridloop.offices.archive.models import Entry
from gridloop.offices.campaigns.actions import open_campaign
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.indicators import actions, freezing
from gridloop.offices.indicators.models import EvaluationRules, FrozenEvaluation
from tests.offices.loop import Story, told
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
JUNE = datetime(2022, 6, 2, 9, 0, tzinfo=BEIJING)
TIMELY = MeasureRule("timely", 95, "示例考评办法第三条")
FALSE = MeasureRule("false_closure", 5, "示例考评办法第四条")


@pytest.fixture
def campaign() -> Campaign:
    sample_street()
    return open_campaign(
        by=who("leader"), at=MONDAY, street=CODE, code="helps", name="助企专项", basis="示例方案〔2022〕1号", data_policy="不收集个人信息。",
        starts_on=date(2022, 5, 1), ends_on=date(2022, 12, 31),
    )  # fmt: skip


def firm_case() -> Story:
    return told(category="企业服务/融资", source="manager")


def ruled(campaign: Campaign, *measures: MeasureRule, on: date = date(2022, 5, 1), at: datetime = MONDAY, by: str = "leader") -> EvaluationRules:  # fmt: skip
    told = actions.RulesTold(measures or (TIMELY, MeasureRule("solved")), "month", on, "按办法定的规则")
    return actions.set_rules(by=who(by, at=at), at=at, campaign=campaign.ref, told=told)


def frozen(campaign: Campaign, *, at: datetime = JUNE, period: str = "2022-05") -> FrozenEvaluation:
    return actions.freeze(by=who("desk", at=at), at=at, campaign=campaign.ref, period=period)


def objected(row: FrozenEvaluation, case: str, *, measure: str = "solved", by: str = "economy") -> str:
    words = "这家企业五月已撤回诉求,不应算没有解决。"
    made = actions.object_to(by=who(by, at=JUNE), at=JUNE, frozen=row.ref, case=case, measure=measure, text=words)
    return str(made.ref)


def test_the_rules_that_hold_on_a_day_are_the_latest_effective_by_then() -> None:
    versions = [(1, date(2022, 5, 1)), (2, date(2022, 7, 1))]

    assert [in_force(versions, on=day) for day in (date(2022, 4, 30), date(2022, 6, 30), date(2022, 7, 1))] == [None, 1, 2]  # fmt: skip


def test_a_share_is_held_against_what_is_expected_at_least_or_at_most() -> None:
    assert standing(ratio("timely", part=19, whole=20), TIMELY) == "met"
    assert standing(ratio("timely", part=18, whole=20), TIMELY) == "missed"
    assert standing(ratio("false_closure", part=1, whole=20), FALSE) == "met"
    assert standing(ratio("false_closure", part=2, whole=20), FALSE) == "missed"
    assert standing(ratio("timely", part=0, whole=0), TIMELY) == ""  # nothing counted, nothing reached or missed
    assert standing(ratio("solved", part=0, whole=3), MeasureRule("solved")) == ""


def test_figures_follow_from_the_rows_in_the_order_of_unit_codes() -> None:
    rows = [FrozenRow("b", "2", "urban", {"solved": True}), FrozenRow("a", "1", "economy", {"solved": None})]

    found = figures(rows, ("solved",))

    assert list(found) == ["", "economy", "urban"] and [each.n for (each,) in found.values()] == [1, 0, 1]


def test_a_difference_names_the_mark_or_the_case_that_came_or_went() -> None:
    before = [FrozenRow("a", "1", "x", {"solved": False}), FrozenRow("b", "2", "x", {"solved": True})]
    now = [FrozenRow("a", "1", "x", {"solved": True}), FrozenRow("c", "3", "x", {"solved": True})]

    told = [
        (each.number, each.frozen, each.now, each.is_gone, each.is_new)
        for each in differences(before, now, ("solved",))
    ]

    assert told == [("1", False, True, False, False), ("2", None, None, True, False), ("3", None, None, False, True)]


def test_a_threshold_needs_its_source_and_rules_are_set_by_those_who_lead(campaign: Campaign) -> None:
    with pytest.raises(WrongInput, match="出处"):
        ruled(campaign, MeasureRule("timely", 95))
    with pytest.raises(WrongInput, match="至少选一项"):
        ruled(campaign, TIMELY, TIMELY)
    with pytest.raises(NotAllowed):
        ruled(campaign, by="economy")
    assert ruled(campaign).version == 1


def test_a_new_version_never_reaches_back(campaign: Campaign) -> None:
    ruled(campaign)
    with pytest.raises(WrongInput, match="从今天或以后"):
        ruled(campaign, TIMELY, on=date(2022, 5, 10), at=JUNE)
    second = ruled(campaign, TIMELY, on=date(2022, 7, 1), at=JUNE)

    row = frozen(campaign)

    assert second.version == 2 and row.rules.version == 1
    assert Entry.objects.filter(kind="evaluation.rules_set").count() == 2


def test_a_period_is_frozen_once_when_it_is_over_by_the_rules_of_its_first_day(campaign: Campaign) -> None:
    with pytest.raises(Refused, match="还没有考评规则"):
        frozen(campaign)
    ruled(campaign)
    with pytest.raises(Refused, match="还没有结束"):
        frozen(campaign, period="2022-06")
    with pytest.raises(WrongInput, match="按月考评"):
        frozen(campaign, at=datetime(2022, 11, 1, 9, 0, tzinfo=BEIJING), period="2022Q3")
    with pytest.raises(NotAllowed):
        actions.freeze(by=who("economy", at=JUNE), at=JUNE, campaign=campaign.ref, period="2022-05")

    firm_case()
    row = frozen(campaign)

    assert [(each["unit"], each["marks"]["solved"]) for each in row.rows] == [("economy", False)]
    with pytest.raises(Refused, match="已经冻结"):
        frozen(campaign)


def test_what_was_frozen_stays_when_the_rows_change_and_the_difference_is_shown(campaign: Campaign) -> None:
    ruled(campaign)
    story = firm_case()
    row = frozen(campaign)

    type(story.case).objects.filter(ref=story.ref).update(state="withdrawn")
    shown = freezing.shown(row, by=who("desk", at=JUNE), at=JUNE)

    assert len(shown.rows) == 1 and shown.is_sealed
    assert [(each.case, each.is_gone) for each, _name in shown.differences] == [(story.ref, True)]


def test_rows_altered_behind_the_ledger_no_longer_agree_with_it(campaign: Campaign) -> None:
    ruled(campaign)
    firm_case()
    row = frozen(campaign)
    assert freezing.is_sealed(row)

    row.rows[0]["marks"]["solved"] = True

    assert not freezing.is_sealed(row)


def test_the_unit_objects_and_somebody_else_decides(campaign: Campaign) -> None:
    ruled(campaign)
    story = firm_case()
    row = frozen(campaign)

    with pytest.raises(NotAllowed, match="承办单位"):
        objected(row, story.ref, by="urban")
    with pytest.raises(WrongInput, match="不看这一项"):
        objected(row, story.ref, measure="false_closure")
    ref = objected(row, story.ref)
    with pytest.raises(Refused, match="已有异议"):
        objected(row, story.ref)
    with pytest.raises(NotAllowed, match="冻结这一期的人"):
        actions.decide_objection(
            by=who("desk", at=JUNE), at=JUNE, objection=ref, decision="left_out", because="企业撤回"
        )
    with pytest.raises(NotAllowed):
        actions.decide_objection(
            by=who("economy", at=JUNE), at=JUNE, objection=ref, decision="left_out", because="企业撤回"
        )
    decided = actions.decide_objection(
        by=who("leader", at=JUNE), at=JUNE, objection=ref, decision="left_out", because="企业五月已撤回"
    )

    assert decided.into is not None and decided.into.revision == 2 and decided.into.rows == []
    assert decided.into.reason == "企业五月已撤回" and len(FrozenEvaluation.objects.get(pk=row.pk).rows) == 1
    with pytest.raises(Refused, match="已经裁定"):
        actions.decide_objection(
            by=who("leader", at=JUNE), at=JUNE, objection=ref, decision="dismissed", because="再裁一次"
        )
    kinds = ("evaluation.frozen", "evaluation.objected", "evaluation.revised", "evaluation.objection_decided")
    assert [Entry.objects.filter(kind=kind).count() for kind in kinds] == [1, 1, 1, 1]


def test_an_upheld_correction_turns_one_mark_and_a_dismissed_one_changes_nothing(campaign: Campaign) -> None:
    ruled(campaign)
    story = firm_case()
    first = frozen(campaign)
    no = actions.decide_objection(by=who("leader", at=JUNE), at=JUNE, objection=objected(first, story.ref), decision="dismissed", because="企业并未撤回")  # fmt: skip
    assert no.into is None and freezing.newest(first).pk == first.pk

    ref = objected(first, story.ref)
    yes = actions.decide_objection(
        by=who("leader", at=JUNE), at=JUNE, objection=ref, decision="corrected", because="有企业确认单"
    )

    assert yes.into is not None and yes.into.rows[0]["marks"]["solved"] is True and freezing.is_sealed(yes.into)
    with pytest.raises(Refused, match="新的修订"):
        objected(first, story.ref)


def test_a_frozen_period_of_another_street_is_not_there_and_cases_out_of_sight_are_counted(campaign: Campaign) -> None:
    ruled(campaign)
    firm_case()
    row = frozen(campaign)

    seen = freezing.shown(row, by=who("urban", at=JUNE), at=JUNE)

    assert (len(seen.rows), seen.hidden) == (0, 1) and seen.units[0].cases == 1
