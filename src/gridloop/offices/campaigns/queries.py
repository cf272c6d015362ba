"""Every read of the campaigns. Whoever holds a post in a street reads its campaigns; nothing of another street is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.campaign import ACTIVITY_STATES, DUTIES, GROUP_KINDS, KINDS, may_read
from gridloop.core.errors import NotFound, Outdated, Refused
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.campaigns.models import (
    Activity,
    ActivityStep,
    Campaign,
    CampaignGroup,
    CampaignLink,
    CampaignMeeting,
    CampaignMember,
    CampaignTask,
)

Work = TypeVar("Work", CampaignTask, ActivityStep)
__all__ = ["ACTIVITY_STATES", "DUTIES", "GROUP_KINDS", "KINDS"]


def visible_to(by: Actor) -> QuerySet[Campaign]:
    """The campaigns of the streets where the actor holds a post."""
    rows = Campaign.objects.select_related("parent")
    return rows if by.kind == "system" else rows.filter(street__in={post.street for post in by.posts})


def campaigns(street: str, *, by: Actor) -> list[Campaign]:
    """The street's campaigns, the latest first."""
    return list(visible_to(by).filter(street=street))


def running(street: str, *, on: date) -> list[Campaign]:
    """Campaigns whose period includes the day and that were not closed before their end."""
    return list(Campaign.objects.filter(street=street, starts_on__lte=on, ends_on__gte=on, closed_at__isnull=True))


def ended_by(street: str, *, on: date) -> list[Campaign]:
    """Campaigns whose last day is this one or earlier and that nobody has closed."""
    return list(Campaign.objects.filter(street=street, ends_on__lte=on, closed_at__isnull=True).order_by("pk"))


def campaign(ref: str, *, by: Actor) -> Campaign:
    """The campaign by ref. Raises NotFound, without telling whether it exists."""
    found = visible_to(by).filter(ref=ref).first()
    if found is None:
        raise _nothing(campaign=ref)
    return found


def campaign_by_code(code: str, *, by: Actor, street: str) -> Campaign:
    """The street's campaign by its code. Raises NotFound."""
    found = visible_to(by).filter(street=street, code=code).first() if may_read(by, street) else None
    if found is None:
        raise _nothing(campaign=code)
    return found


def campaign_to_change(ref: str, *, by: Actor, rev: int | None = None) -> Campaign:
    """The campaign, locked. Called inside a deed. Raises NotFound, Refused when it is closed, Outdated."""
    found = campaign(ref, by=by)
    if connection.vendor != "sqlite":
        Campaign.objects.select_for_update(of=("self",)).get(pk=found.pk)
        found = campaign(ref, by=by)
    if found.closed_at is not None:
        raise Refused("campaigns.closed", "这个专项已经结束。", campaign=found.code)
    if rev is not None and rev != found.rev:
        raise Outdated("campaigns.outdated", "这个专项刚刚被别人改过;请刷新页面,看过最新内容再改。", rev=found.rev)
    return found


def left_open(row: Campaign) -> int:
    """How many tasks and activities of the campaign are neither done nor cancelled."""
    tasks = CampaignTask.objects.filter(group__campaign=row, group__ended_at__isnull=True, done_at__isnull=True).count()
    return tasks + Activity.objects.filter(campaign=row, done_at__isnull=True, cancelled_at__isnull=True).count()


# -- groups -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with its present members (heads first), its tasks and its meetings."""

    group: CampaignGroup
    members: list[CampaignMember] = field(default_factory=list)
    tasks: list[CampaignTask] = field(default_factory=list)
    meetings: list[CampaignMeeting] = field(default_factory=list)

    @property
    def heads(self) -> list[CampaignMember]:
        return [member for member in self.members if member.duty == "head"]

    @property
    def others(self) -> list[CampaignMember]:
        return [member for member in self.members if member.duty != "head"]

    @property
    def done(self) -> int:
        return sum(task.done_at is not None for task in self.tasks)


def groups_of(row: Campaign, *, kinds: Iterable[str] = GROUP_KINDS) -> list[GroupShown]:
    """The groups that stand (those that stood at its end, when it is closed), in their order; four statements."""
    found = CampaignGroup.objects.filter(campaign=row, kind__in=list(kinds)).select_related("lead", "campaign")
    found = found.filter(ended_at=row.closed_at) if row.closed_at else found.filter(ended_at__isnull=True)
    return shown_groups(sorted(found, key=lambda each: (list(GROUP_KINDS).index(each.kind), each.number, each.pk)))


def shown_groups(groups: Iterable[CampaignGroup]) -> list[GroupShown]:
    """The groups with what belongs to each."""
    found = {group.pk: GroupShown(group) for group in groups}
    ends = {each.group.pk: each.group.ended_at for each in found.values()}
    members = CampaignMember.objects.filter(group__in=list(found)).select_related("unit", "person")
    for member in sorted(members, key=lambda each: (list(DUTIES).index(each.duty), each.pk)):
        if member.ends_at is None or member.ends_at == ends[member.group_id]:
            found[member.group_id].members.append(member)
    for task in CampaignTask.objects.filter(group__in=list(found)):
        found[task.group_id].tasks.append(task)
    for meeting in CampaignMeeting.objects.filter(group__in=list(found)):
        found[meeting.group_id].meetings.append(meeting)
    return list(found.values())


def group(ref: str, *, by: Actor) -> CampaignGroup:
    """The group by ref. Raises NotFound."""
    rows = CampaignGroup.objects.filter(campaign__in=visible_to(by).values("pk"))
    found = rows.filter(ref=ref).select_related("lead", "campaign").first()
    if found is None:
        raise NotFound("campaigns.no_group", "本专项没有这个组,或它已撤销;请重选。", group=ref)
    return found


def group_to_change(ref: str, *, by: Actor) -> CampaignGroup:
    """The group of an open campaign. Called inside a deed. Raises NotFound, Refused."""
    found = group(ref, by=by)
    found.campaign = campaign_to_change(found.campaign.ref, by=by)
    if found.ended_at is not None:
        raise Refused("campaigns.group_ended", "这个组已经撤销,只能查看。", group=ref)
    return found


def member_to_change(ref: str, *, by: Actor) -> CampaignMember:
    """The present member. Called inside a deed. Raises NotFound."""
    found = CampaignMember.objects.filter(ref=ref, ends_at__isnull=True).select_related("group", "unit", "person")
    row = found.filter(group__campaign__in=visible_to(by).values("pk")).first()
    if row is None:
        raise NotFound("campaigns.no_member", "没有这个成员,或已经退出;请刷新页面。", member=ref)
    row.group = group_to_change(row.group.ref, by=by)
    return row


def task_to_change(ref: str, *, by: Actor) -> CampaignTask:
    """The open task. Called inside a deed. Raises NotFound, Refused when it is done."""
    rows = CampaignTask.objects.filter(ref=ref, group__campaign__in=visible_to(by).values("pk"))
    row = rows.select_related("group").first()
    if row is None:
        raise NotFound("campaigns.no_task_found", "没有这项任务;请刷新页面。", task=ref)
    row.group = group_to_change(row.group.ref, by=by)
    return _open(row)


def forces_for(subjects: Iterable[str], *, by: Actor) -> dict[str, list[GroupShown]]:
    """By subject (``project:ref``, ``enterprise:ref``): the task forces that stand for it."""
    rows = CampaignGroup.objects.filter(
        subject__in=list(subjects), ended_at__isnull=True, campaign__in=visible_to(by).values("pk")
    )
    found: dict[str, list[GroupShown]] = {}
    for each in shown_groups(rows.select_related("lead", "campaign")):
        found.setdefault(each.group.subject, []).append(each)
    return found


# -- activities -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActivityShown:
    """An activity with its steps, its standing on the day, and the campaigns that it counts for too."""

    activity: Activity
    state: str
    steps: list[ActivityStep] = field(default_factory=list)
    links: list[CampaignLink] = field(default_factory=list)
    is_linked: bool = False
    """It belongs to another campaign and counts here too."""

    @property
    def done(self) -> int:
        return sum(step.done_at is not None for step in self.steps)

    @property
    def state_label(self) -> str:
        return ACTIVITY_STATES[self.state]


def activities_of(row: Campaign, *, on: date) -> list[ActivityShown]:
    """The campaign's own activities, then those of other campaigns that count for it."""
    own = list(Activity.objects.filter(campaign=row).select_related("owner", "group", "campaign"))
    links = CampaignLink.objects.filter(campaign=row)
    links = links.filter(ended_at=row.closed_at) if row.closed_at else links.filter(ended_at__isnull=True)
    linked = Activity.objects.filter(pk__in=links.values("activity")).exclude(campaign=row)
    others = list(linked.select_related("owner", "group", "campaign"))
    return shown_activities([*own, *others], on=on, of=row)


def shown_activities(activities: Iterable[Activity], *, on: date, of: Campaign | None = None) -> list[ActivityShown]:
    """The activities with what belongs to each, as of the day."""
    found = {
        each.pk: ActivityShown(each, each.standing(on), is_linked=of is not None and each.campaign_id != of.pk)
        for each in activities
    }
    for step in ActivityStep.objects.filter(activity__in=list(found)):
        found[step.activity_id].steps.append(step)
    for link in CampaignLink.objects.filter(activity__in=list(found), ended_at__isnull=True).select_related("campaign"):
        found[link.activity_id].links.append(link)
    return list(found.values())


def activity(ref: str, *, by: Actor) -> Activity:
    """The activity by ref. Raises NotFound."""
    rows = Activity.objects.filter(ref=ref, campaign__in=visible_to(by).values("pk"))
    found = rows.select_related("owner", "group", "campaign").first()
    if found is None:
        raise NotFound("campaigns.no_activity", "没有这项活动;请从专项页面进入。", activity=ref)
    return found


def activity_to_change(ref: str, *, by: Actor, even_done: bool = False) -> Activity:
    """The activity of an open campaign. Called inside a deed. Raises NotFound, Refused when it is done or cancelled."""
    found = activity(ref, by=by)
    found.campaign = campaign_to_change(found.campaign.ref, by=by)
    if found.cancelled_at is not None or (found.done_at is not None and not even_done):
        raise Refused("campaigns.activity_over", "这项活动已完成或已取消,只能查看。", activity=ref)
    return found


def step_to_change(ref: str, *, by: Actor) -> ActivityStep:
    """The open step. Called inside a deed. Raises NotFound, Refused when it is done."""
    rows = ActivityStep.objects.filter(ref=ref, activity__campaign__in=visible_to(by).values("pk"))
    row = rows.select_related("activity").first()
    if row is None:
        raise NotFound("campaigns.no_step", "没有这个步骤;请刷新页面。", step=ref)
    row.activity = activity_to_change(row.activity.ref, by=by)
    return _open(row)


def link_to_change(ref: str, *, by: Actor) -> CampaignLink:
    """The link that holds. Called inside a deed. Raises NotFound."""
    rows = CampaignLink.objects.filter(ref=ref, ended_at__isnull=True, campaign__in=visible_to(by).values("pk"))
    row = rows.select_related("activity__campaign", "campaign").first()
    if row is None:
        raise NotFound("campaigns.no_link_found", "没有这条计入,或已经取消;请刷新页面。", link=ref)
    return row


def history_of(row: Campaign) -> list[TimelineEntry]:
    """What the ledger says of the campaign, the newest first."""
    return timeline(row.subject)[::-1]


def _open(row: Work) -> Work:
    """The row, if it is not done. Raises Refused."""
    if row.done_at is not None:
        raise Refused("campaigns.done_already", "这一项已经登记完成。")
    return row


def _nothing(**fields: str) -> NotFound:
    return NotFound("campaigns.not_found", "没有这个专项,或不在您的街道;请从专项列表进入。", **fields)
