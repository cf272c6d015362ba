"""The command post, the work groups and the task forces of a campaign: who leads, who is in them, what they do, when they met."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.campaign import DUTIES, FOR_A_SUBJECT, GROUP_KINDS, must_carry, must_lead
from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.actions.opening import said
from gridloop.offices.campaigns.models import CampaignGroup, CampaignMeeting, CampaignMember, CampaignTask
from gridloop.offices.campaigns.queries import campaign_to_change, group_to_change, member_to_change, task_to_change
from gridloop.offices.organisation import queries as organisation

BACK = timedelta(days=3660)


def found_group(
    *, by: Actor, at: datetime, campaign: str, kind: str, name: str, lead: str, duty: str = "", subject: str = ""
) -> CampaignGroup:
    """The group exists, led by the unit. Raises NotAllowed, WrongInput, NotFound, Refused when the name or the subject is taken.

    ``subject`` (``project:ref`` or ``enterprise:ref``) belongs to a task force for one project or firm; whoever founds it has found the
    project or firm through its own office.
    """
    if kind not in GROUP_KINDS:
        raise WrongInput("campaigns.group_kind", f"类别只能是:{'、'.join(GROUP_KINDS.values())}。", field="kind")
    if (kind in FOR_A_SUBJECT) != bool(subject):
        raise WrongInput("campaigns.group_subject", "专班要写明为哪个项目或企业而设;其他组不写对象。", field="subject")
    words = said(name, "campaigns.group_name", "请写组的名称。", field="name", least=2, longest=60)
    with deed():
        row = campaign_to_change(campaign, by=by)
        must_lead(by, row.street)
        number = CampaignGroup.objects.filter(campaign=row, kind=kind).count() + 1
        group = CampaignGroup(
            campaign=row, kind=kind, number=number, name=words, lead=organisation.unit(row.street, lead), duty=duty.strip()[:300], subject=subject,
            founded_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                group.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused(
                "campaigns.group_taken", f"“{words}”与已有的组重复(名称、指挥部或对象只能有一个);请核对。", field="name"
            ) from fault
        _record("campaign.group_founded", group, by=by, at=at, told={"kind": kind, "lead": group.lead.name, "duty": group.duty, "for": subject})  # fmt: skip
    return group


def end_group(*, by: Actor, at: datetime, group: str, reason: str) -> None:
    """The group and its memberships end now. Raises WrongInput without a reason, Refused when it has ended."""
    words = said(reason, "campaigns.no_reason", "请写明撤销的原因(不少于 4 个字)。")
    with deed():
        row = group_to_change(group, by=by)
        must_lead(by, row.campaign.street)
        CampaignGroup.objects.filter(pk=row.pk).update(ended_at=at)
        CampaignMember.objects.filter(group=row, ends_at__isnull=True).update(ends_at=at)
        _record("campaign.group_ended", row, by=by, at=at, told={"reason": words})


def join_group(
    *, by: Actor, at: datetime, group: str, unit: str = "", person: str = "", duty: str = "member"
) -> CampaignMember:
    """The unit, or the person of a unit, is in the group from now on. Raises Refused when they are already, NotFound, WrongInput."""
    if duty not in DUTIES:
        raise WrongInput("campaigns.duty", f"职务只能是:{'、'.join(DUTIES.values())}。", field="duty")
    if not unit and not person:
        raise WrongInput("campaigns.member", "请选择成员单位或人员。", field="unit")
    with deed():
        row = group_to_change(group, by=by)
        must_lead(by, row.campaign.street)
        someone = organisation.person(row.campaign.street, person) if person else None
        home = organisation.unit(row.campaign.street, unit) if unit else None
        member = CampaignMember(
            group=row, unit=home or (someone.unit if someone else row.lead), person=someone, duty=duty, starts_at=at
        )
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("campaigns.member_twice", f"{member.label}已在这个组。", field="person") from fault
        _record("campaign.member_joined", row, by=by, at=at, told={"member": member.label, "duty": duty})
    return member


def leave_group(*, by: Actor, at: datetime, member: str, reason: str) -> CampaignMember:
    """The member has left; the row stays with its dates. Raises WrongInput without a reason, NotFound."""
    words = said(reason, "campaigns.no_reason", "请写明原因(不少于 2 个字)。", least=2)
    with deed():
        row = member_to_change(member, by=by)
        must_lead(by, row.group.campaign.street)
        CampaignMember.objects.filter(pk=row.pk).update(ends_at=at)
        _record("campaign.member_left", row.group, by=by, at=at, told={"member": row.label, "reason": words})
    return row


def set_task(*, by: Actor, at: datetime, group: str, text: str, due_on: date) -> CampaignTask:
    """The group is to do this by the day. Raises WrongInput, NotAllowed for those who neither lead the campaign nor the group."""
    words = said(text, "campaigns.no_task", "请写任务(不少于 4 个字)。", field="text", longest=200)
    with deed():
        row = group_to_change(group, by=by)
        must_carry(by, street=row.campaign.street, unit=row.lead.code)
        task = CampaignTask(group=row, text=words, due_on=due_on, set_at=at)
        task.save(force_insert=True)
        _record("campaign.task_set", row, by=by, at=at, told={"text": words, "due_on": due_on.isoformat()})
    return task


def finish_task(*, by: Actor, at: datetime, task: str, outcome: str) -> CampaignTask:
    """The task is done, with what came of it. Raises WrongInput without it, Refused when it is done already."""
    words = said(outcome, "campaigns.no_outcome", "请写完成的情况(不少于 4 个字)。", field="outcome")
    with deed():
        row = task_to_change(task, by=by)
        must_carry(by, street=row.group.campaign.street, unit=row.group.lead.code)
        row.done_at, row.outcome = at, words
        row.save(update_fields=["done_at", "outcome"])
        _record("campaign.task_done", row.group, by=by, at=at, told={"text": row.text, "outcome": words})
    return row


def note_meeting(
    *, by: Actor, at: datetime, group: str, held_at: datetime, topic: str, minutes: str
) -> CampaignMeeting:
    """The group met: the topic and the minutes stand. Raises WrongInput for a meeting to come or without minutes."""
    about = said(topic, "campaigns.no_topic", "请写议题。", field="topic", least=2, longest=120)
    words = said(minutes, "campaigns.no_minutes", "请写纪要(不少于 4 个字)。", field="minutes", longest=4000)
    if held_at > at:
        raise WrongInput("campaigns.meeting_to_come", "会议时间不能晚于现在;开过以后再记。", field="held_at")
    if held_at < at - BACK:
        raise WrongInput("campaigns.meeting_long_past", "会议时间在十年以前;请核对年份。", field="held_at")
    with deed():
        row = group_to_change(group, by=by)
        must_carry(by, street=row.campaign.street, unit=row.lead.code)
        meeting = CampaignMeeting(group=row, held_at=held_at, topic=about, minutes=words, noted_at=at)
        meeting.save(force_insert=True)
        _record("campaign.met", row, by=by, at=at, told={"topic": about, "held_at": held_at.isoformat()})
    return meeting


def _record(kind: str, group: CampaignGroup, *, by: Actor, at: datetime, told: dict[str, object]) -> None:
    campaign = group.campaign
    record(
        kind,
        by=by,
        at=at,
        street=campaign.street,
        subject=campaign.subject,
        payload={"group": group.name, "group_ref": group.ref, **told},
    )
