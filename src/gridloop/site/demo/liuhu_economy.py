"""经济工作专班 in 柳湖街道: founded beside the epidemic work (“双统筹”), with members, two tasks and a meeting; what it decided is ours, marked (演示)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns.models import Campaign
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

CODE = "fangkong"
FOUNDED = datetime(2022, 1, 10, 10, 0, tzinfo=BEIJING)
MEMBERS = (("主任", "head"), ("经济工作专班负责人", "deputy"), ("市场监管所负责人", "member"))


def happenings() -> list[Happening]:
    """The founding in January."""
    return [Happening(FOUNDED, "成立经济工作专班", _found)]


def _found(stage: Stage, at: datetime) -> None:
    desk = actor_of_stage(stage, "值班1", at)
    campaign = Campaign.objects.get(street=stage.street, code=CODE)
    force = actions.found_group(
        by=desk, at=at, campaign=campaign.ref, kind="economy", name="经济工作专班", lead="economy", duty="复工复产、汽车消费、企业诉求一本账(演示)"
    )  # fmt: skip
    for call, duty in MEMBERS:
        actions.join_group(by=desk, at=at, group=force.ref, person=stage.calls[call], duty=duty)
    task = actions.set_task(
        by=desk, at=at, group=force.ref, text="摸清限额以上汽车企业的诉求(演示)", due_on=date(2022, 1, 28)
    )
    actions.set_task(by=desk, at=at, group=force.ref, text="复工企业逐家上门服务(演示)", due_on=date(2022, 12, 30))
    head = actor_of_stage(stage, "经济工作专班负责人", at)
    actions.finish_task(by=head, at=at + timedelta(minutes=5), task=task.ref, outcome="诉求已逐条登记成事项。")
    actions.note_meeting(
        by=head, at=at + timedelta(minutes=10), group=force.ref, held_at=at - timedelta(hours=1), topic="企业诉求怎么接(演示)",
        minutes="一、企业诉求当天立件,由专班牵头。二、防控要求和复工服务一次告知,不让企业跑两趟。",
    )  # fmt: skip
