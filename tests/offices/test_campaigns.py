"""Campaigns: command post, groups, activities, links, their end; who may shape them, who carries them, who only reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.campaign import ActivityDates, standing_of
from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.campaigns import actions, queries
from gridloop.offices.campaigns.actions import ActivityTold
from gridloop.offices.campaigns.models import Activity, Campaign, CampaignGroup, CampaignLink, CampaignMember
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MAY, JUNE = date(2022, 5, 1), date(2022, 6, 30)


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def opened(code: str = "helps", *, ends_on: date = JUNE, **told: str) -> Campaign:
    return actions.open_campaign(
        by=who("leader"), at=MONDAY, street=CODE, code=code, name=f"专项{code}", basis="示例方案〔2022〕1号", data_policy="不收集个人信息。",
        starts_on=MAY, ends_on=ends_on, **told,
    )  # fmt: skip


def planned(campaign: Campaign, title: str = "政策宣讲进企业", **more: object) -> Activity:
    told = ActivityTold(
        **{"title": title, "aim": "每月讲一场新政策", "owner": "economy", "starts_on": MAY, "ends_on": JUNE, **more}
    )  # type: ignore[arg-type]
    return actions.plan_activity(by=who("desk"), at=MONDAY, campaign=campaign.ref, told=told)


def test_a_campaign_has_a_basis_and_an_end_and_a_code_of_its_own() -> None:
    opened()

    with pytest.raises(Refused, match="已被使用"):
        opened()
    with pytest.raises(WrongInput, match="不能早于"):
        opened("other", ends_on=date(2022, 4, 30))
    with pytest.raises(WrongInput, match="小写英文字母"):
        opened("专项")
    with pytest.raises(NotAllowed):
        actions.open_campaign(
            by=who("economy"), at=MONDAY, street=CODE, code="mine", name="自立专项", basis="没有", data_policy="没有", starts_on=MAY, ends_on=JUNE,
        )  # fmt: skip


def test_what_a_campaign_said_before_stands_in_the_ledger() -> None:
    row = opened()

    actions.change_campaign(by=who("leader"), at=MONDAY, campaign=row.ref, rev=0, reason="延长一个月", ends_on=date(2022, 7, 31), shown_period="2022H1+2022-05-29")  # fmt: skip

    row.refresh_from_db()
    assert (row.ends_on, row.shown_period, row.rev) == (date(2022, 7, 31), "2022H1+2022-05-29", 1)
    told = queries.history_of(row)[0]
    assert told.kind == "campaign.changed" and told.payload["changed"]["ends_on"] == ["2022-06-30", "2022-07-31"]
    with pytest.raises(Outdated):
        actions.change_campaign(
            by=who("leader"), at=MONDAY, campaign=row.ref, rev=0, reason="又改一次", name="另一个名"
        )
    with pytest.raises(WrongInput, match="没有改动"):
        actions.change_campaign(by=who("leader"), at=MONDAY, campaign=row.ref, reason="没改什么", name=row.name)


def test_a_command_post_and_work_groups_have_leads_members_tasks_and_meetings() -> None:
    row = opened()
    post = actions.found_group(
        by=who("desk"), at=MONDAY, campaign=row.ref, kind="command", name="指挥部", lead="office"
    )
    group = actions.found_group(by=who("desk"), at=MONDAY, campaign=row.ref, kind="group", name="银企对接组", lead="economy", duty="对接金融机构")  # fmt: skip
    actions.join_group(by=who("desk"), at=MONDAY, group=post.ref, person="P02", duty="head")
    member = actions.join_group(by=who("desk"), at=MONDAY, group=group.ref, unit="housing")
    task = actions.set_task(by=who("economy"), at=MONDAY, group=group.ref, text="走访三家银行", due_on=JUNE)
    actions.finish_task(by=who("economy"), at=MONDAY + DAY, task=task.ref, outcome="三家都已走访")
    actions.note_meeting(by=who("economy"), at=MONDAY + DAY, group=group.ref, held_at=MONDAY, topic="第一次例会", minutes="定了联系人。")  # fmt: skip

    command, work = queries.groups_of(row)

    assert [each.label for each in command.heads] == ["乙领导(柳荫街道办事处)"]
    assert (work.group.lead.code, [each.label for each in work.others], work.done, len(work.meetings)) == ("economy", ["房管所"], 1, 1)  # fmt: skip
    with pytest.raises(Refused, match="已在这个组"):
        actions.join_group(by=who("desk"), at=MONDAY, group=group.ref, unit="housing")
    with pytest.raises(Refused, match="只能有一个"):
        actions.found_group(
            by=who("desk"), at=MONDAY, campaign=row.ref, kind="command", name="第二指挥部", lead="office"
        )
    with pytest.raises(NotAllowed):
        actions.set_task(by=who("urban"), at=MONDAY, group=group.ref, text="不归我牵头", due_on=JUNE)
    actions.leave_group(by=who("desk"), at=MONDAY + DAY, member=member.ref, reason="换人")
    assert [each.members for each in queries.groups_of(row)][1] == []


def test_a_task_force_is_for_one_subject_and_the_economic_one_for_none() -> None:
    row = opened()
    found = {"by": who("desk"), "at": MONDAY, "campaign": row.ref, "lead": "economy"}

    actions.found_group(kind="economy", name="经济工作专班", **found)
    force = actions.found_group(kind="key", name="产业园专班", subject="project:abc", **found)

    assert [each.group.ref for each in queries.forces_for(["project:abc"], by=who("grid"))["project:abc"]] == [
        force.ref
    ]
    with pytest.raises(WrongInput, match="写明为哪个项目"):
        actions.found_group(kind="key", name="没有对象", **found)
    with pytest.raises(Refused, match="只能有一个"):
        actions.found_group(kind="key", name="同一对象", subject="project:abc", **found)
    actions.end_group(by=who("desk"), at=MONDAY + DAY, group=force.ref, reason="项目已竣工")
    assert queries.forces_for(["project:abc"], by=who("grid")) == {}


def test_an_activity_is_done_by_its_owner_step_by_step() -> None:
    row = opened()
    activity = planned(row, steps=(("印发通知", date(2022, 5, 10)), ("第一场", date(2022, 5, 20))))
    with pytest.raises(Refused, match="还有 2 个步骤"):
        actions.finish_activity(by=who("economy"), at=MONDAY, activity=activity.ref, result="讲完了。")

    (shown,) = queries.activities_of(row, on=MONDAY.date())
    for step in shown.steps:
        actions.finish_step(by=who("economy"), at=MONDAY, step=step.ref, outcome="已按期完成")
    actions.finish_activity(by=who("economy"), at=MONDAY, activity=activity.ref, result="讲了两场,四十家参加。")

    (shown,) = queries.activities_of(row, on=MONDAY.date())
    assert (shown.state, shown.done, len(shown.steps)) == ("done", 2, 2)
    with pytest.raises(Refused, match="已完成或已取消"):
        actions.cancel_activity(by=who("desk"), at=MONDAY, activity=activity.ref, reason="不再需要")


def test_a_changed_plan_keeps_the_steps_that_were_done() -> None:
    activity = planned(opened(), steps=(("印发通知", date(2022, 5, 10)), ("第一场", date(2022, 5, 20))))
    first = activity.steps.get(number=1)
    actions.finish_step(by=who("economy"), at=MONDAY, step=first.ref, outcome="通知已印发")

    told = ActivityTold("政策宣讲进园区", "讲到园区里去", "economy", MAY, JUNE, steps=(("改到园区", date(2022, 6, 1)),))
    actions.change_activity(by=who("desk"), at=MONDAY, activity=activity.ref, told=told, reason="改到园区去讲")

    assert [step.text for step in activity.steps.all()] == ["印发通知", "改到园区"]
    with pytest.raises(WrongInput, match="要在活动期间内"):
        planned(opened("next"), steps=(("太晚", date(2022, 8, 1)),))


def test_an_activity_counts_for_another_campaign_and_is_kept_once() -> None:
    row, style = opened(), opened("style", kind="style")
    activity = planned(row)

    actions.link_activity(
        by=who("leader"), at=MONDAY, activity=activity.ref, campaign="style", reason="也是作风建设的任务"
    )

    (there,) = queries.activities_of(style, on=MONDAY.date())
    assert there.activity == activity and there.is_linked and Activity.objects.count() == 1
    with pytest.raises(Refused, match="已计入"):
        actions.link_activity(by=who("leader"), at=MONDAY, activity=activity.ref, campaign="style", reason="再计一次")
    with pytest.raises(Refused, match="不能计入本专项"):
        actions.link_activity(by=who("leader"), at=MONDAY, activity=activity.ref, campaign="helps", reason="计入自己")
    actions.unlink_activity(by=who("leader"), at=MONDAY, link=CampaignLink.objects.get().ref, reason="不再计入了")
    assert queries.activities_of(style, on=MONDAY.date()) == []


def test_closing_ends_groups_and_says_what_is_left_open() -> None:
    row = opened()
    group = actions.found_group(by=who("desk"), at=MONDAY, campaign=row.ref, kind="group", name="宣传组", lead="office")
    actions.join_group(by=who("desk"), at=MONDAY, group=group.ref, unit="office")
    planned(row)

    actions.close_campaign(by=who("leader"), at=MONDAY + DAY, campaign=row.ref, reason="任务完成")

    assert not CampaignMember.objects.filter(ends_at__isnull=True).exists()
    assert not CampaignGroup.objects.filter(ended_at__isnull=True).exists()
    assert queries.history_of(row)[0].payload["left_open"] == 1
    row.refresh_from_db()
    assert [each.group.name for each in queries.groups_of(row)] == ["宣传组"]  # still to be read, with its member
    assert len(queries.groups_of(row)[0].members) == 1
    for refused in (
        lambda: planned(row),
        lambda: actions.close_campaign(by=who("leader"), at=MONDAY, campaign=row.ref, reason="再结束一次"),
    ):
        with pytest.raises(Refused, match="已经结束"):
            refused()


def test_a_campaign_ends_by_itself_after_its_last_day_and_only_once() -> None:
    row = opened(ends_on=date(2022, 5, 31))

    on_the_day = actions.close_ended(street=CODE, at=datetime(2022, 5, 31, 23, 59, tzinfo=BEIJING))
    after = actions.close_ended(street=CODE, at=datetime(2022, 6, 1, 0, 1, tzinfo=BEIJING))
    again = actions.close_ended(street=CODE, at=datetime(2022, 6, 1, 0, 2, tzinfo=BEIJING))

    assert (on_the_day, after, again) == (0, 1, 0)
    row.refresh_from_db()
    assert "自动结束" in row.closed_because
    assert Entry.objects.filter(kind="campaign.closed", subject=row.subject).count() == 1


def test_everybody_of_the_street_reads_and_nobody_of_another() -> None:
    row = opened()
    stranger = type(SYSTEM)(kind="person", ref="x", name="外街", street="410102991")

    assert queries.campaign_by_code("helps", by=who("grid"), street=CODE).pk == row.pk
    for by, street in ((stranger, CODE), (who("grid"), "410102991")):
        with pytest.raises(NotFound):
            queries.campaign_by_code("helps", by=by, street=street)
    with pytest.raises(NotFound):
        actions.close_campaign(by=stranger, at=MONDAY, campaign=row.ref, reason="不是我的")
    with pytest.raises(NotAllowed):
        actions.close_campaign(by=who("grid"), at=MONDAY, campaign=row.ref, reason="不归我管")


def test_a_campaign_is_never_a_part_of_itself() -> None:
    above, below = opened("above"), opened("below", parent="above")

    with pytest.raises(Refused, match="上级专项不能是它自己"):
        actions.change_campaign(
            by=who("leader"), at=MONDAY, campaign=above.ref, reason="调整层级关系", parent=below.code
        )
    actions.change_campaign(by=who("leader"), at=MONDAY, campaign=below.ref, reason="调整层级关系", parent="")
    assert Campaign.objects.get(code="below").parent is None


@pytest.mark.parametrize(
    ("on", "is_done", "is_cancelled", "state"),
    [
        (date(2022, 4, 30), False, False, "planned"),
        (MAY, False, False, "running"),
        (JUNE, False, False, "running"),  # the last day still counts
        (JUNE + DAY, False, False, "late"),
        (JUNE + DAY, True, False, "done"),
        (MAY, True, True, "cancelled"),  # cancelled after all
    ],
)
def test_where_an_activity_stands_on_a_day(on: date, is_done: bool, is_cancelled: bool, state: str) -> None:
    assert standing_of(ActivityDates(MAY, JUNE, is_done, is_cancelled), on=on) == state


def test_a_meeting_of_another_century_is_a_slip_of_the_pen() -> None:
    group = actions.found_group(
        by=who("leader"), at=MONDAY, campaign=opened().ref, kind="group", name="综合协调组", lead="economy"
    )

    for year, why in ((1, "十年以前"), (1922, "十年以前"), (9999, "不能晚于现在")):
        with pytest.raises(WrongInput, match=why):
            actions.note_meeting(
                by=who("economy"), at=MONDAY, group=group.ref, held_at=datetime(year, 5, 23, tzinfo=MONDAY.tzinfo), topic="第一次例会",
                minutes="定了联系人。",
            )  # fmt: skip
