"""The activities of a campaign (专项活动): planned with steps and days, carried out by their owner, finished with a result.

An activity is kept once. Where it counts for another campaign too, ``link_activity`` says so; nothing is typed a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.campaign import must_carry, must_lead
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.actions.opening import said
from gridloop.offices.campaigns.models import Activity, ActivityStep, CampaignGroup, CampaignLink
from gridloop.offices.campaigns.queries import (
    activity_to_change,
    campaign_by_code,
    campaign_to_change,
    link_to_change,
    step_to_change,
)
from gridloop.offices.organisation import queries as organisation

MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class ActivityTold:
    """What is told of an activity; ``owner`` is a unit's code, ``group`` a group's ref or empty, ``steps`` text and day of each."""

    title: str
    aim: str
    owner: str
    starts_on: date
    ends_on: date
    group: str = ""
    steps: tuple[tuple[str, date], ...] = ()


def plan_activity(*, by: Actor, at: datetime, campaign: str, told: ActivityTold) -> Activity:
    """The activity is planned with its steps. Raises NotAllowed, WrongInput, NotFound, Refused when the title is taken."""
    title, aim = _texts(told)
    with deed():
        row = campaign_to_change(campaign, by=by)
        must_lead(by, row.street)
        activity = Activity(
            campaign=row, group=_group(row.pk, told.group), number=Activity.objects.filter(campaign=row).count() + 1, title=title, aim=aim,
            owner=organisation.unit(row.street, told.owner), starts_on=told.starts_on, ends_on=told.ends_on, planned_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                activity.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("campaigns.activity_taken", f"已有活动叫“{title}”;请换一个名称。", field="title") from fault
        _write_steps(activity, told.steps)
        _record("campaign.activity_planned", activity, by=by, at=at, told=_as_told(activity, told))
    return activity


def change_activity(*, by: Actor, at: datetime, activity: str, told: ActivityTold, reason: str) -> Activity:
    """The plan reads so from now on; steps that were done stay, the others are those told. Raises as ``plan_activity``."""
    title, aim = _texts(told)
    words = said(reason, "campaigns.no_reason", "请写明调整的原因(不少于 4 个字)。")
    with deed():
        row = activity_to_change(activity, by=by)
        must_lead(by, row.campaign.street)
        if Activity.objects.filter(campaign=row.campaign, title=title).exclude(pk=row.pk).exists():
            raise Refused("campaigns.activity_taken", f"已有活动叫“{title}”;请换一个名称。", field="title")
        before = {"title": row.title, "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
        row.title, row.aim, row.starts_on, row.ends_on = title, aim, told.starts_on, told.ends_on
        row.owner, row.group = (
            organisation.unit(row.campaign.street, told.owner),
            _group(row.campaign_id, told.group),
        )
        row.save()
        ActivityStep.objects.filter(activity=row, done_at__isnull=True).delete()
        _write_steps(row, told.steps, after=ActivityStep.objects.filter(activity=row).count())
        _record(
            "campaign.activity_changed",
            row,
            by=by,
            at=at,
            told={"reason": words, "before": before, **_as_told(row, told)},
        )
    return row


def finish_step(*, by: Actor, at: datetime, step: str, outcome: str) -> ActivityStep:
    """The step is done, with what came of it. Raises WrongInput without it, Refused when it is done already."""
    words = said(outcome, "campaigns.no_outcome", "请写完成的情况(不少于 4 个字)。", field="outcome")
    with deed():
        row = step_to_change(step, by=by)
        must_carry(by, street=row.activity.campaign.street, unit=row.activity.owner.code)
        row.done_at, row.outcome = at, words
        row.save(update_fields=["done_at", "outcome"])
        _record("campaign.step_done", row.activity, by=by, at=at, told={"step": row.text, "outcome": words})
    return row


def finish_activity(*, by: Actor, at: datetime, activity: str, result: str) -> Activity:
    """The activity is done with its result. Raises Refused while a step is open, WrongInput without a result."""
    words = said(result, "campaigns.no_result", "请写活动的结果(不少于 4 个字)。", field="result", longest=500)
    with deed():
        row = activity_to_change(activity, by=by)
        must_carry(by, street=row.campaign.street, unit=row.owner.code)
        waiting = ActivityStep.objects.filter(activity=row, done_at__isnull=True).count()
        if waiting:
            raise Refused(
                "campaigns.steps_open", f"还有 {waiting} 个步骤没有完成;请先逐个登记完成,或调整方案。", field="result"
            )
        row.done_at, row.result = at, words
        row.save(update_fields=["done_at", "result"])
        _record("campaign.activity_done", row, by=by, at=at, told={"result": words})
    return row


def cancel_activity(*, by: Actor, at: datetime, activity: str, reason: str) -> Activity:
    """The activity does not take place; it stays on the board with the reason. Raises WrongInput without a reason."""
    words = said(reason, "campaigns.no_reason", "请写明取消的原因(不少于 4 个字)。", longest=200)
    with deed():
        row = activity_to_change(activity, by=by)
        must_lead(by, row.campaign.street)
        row.cancelled_at, row.cancelled_because = at, words
        row.save(update_fields=["cancelled_at", "cancelled_because"])
        _record("campaign.activity_cancelled", row, by=by, at=at, told={"reason": words})
    return row


def link_activity(*, by: Actor, at: datetime, activity: str, campaign: str, reason: str) -> CampaignLink:
    """The activity counts for the other campaign (a code) too. Raises Refused when it does already or that one is closed."""
    words = said(reason, "campaigns.no_reason", "请写明为什么也计入(不少于 4 个字)。", longest=200)
    with deed():
        row = activity_to_change(activity, by=by, even_done=True)
        must_lead(by, row.campaign.street)
        other = campaign_by_code(campaign, by=by, street=row.campaign.street)
        if other.pk == row.campaign_id or other.closed_at is not None:
            raise Refused("campaigns.no_link", "不能计入本专项或已结束的专项;请另选一个。", field="campaign")
        if CampaignLink.objects.filter(activity=row, campaign=other, ended_at__isnull=True).exists():
            raise Refused("campaigns.linked", f"这项活动已计入“{other.name}”。", field="campaign")
        link = CampaignLink(activity=row, campaign=other, reason=words, linked_at=at)
        link.save(force_insert=True)
        _record("campaign.activity_linked", row, by=by, at=at, told={"into": other.name, "reason": words})
    return link


def unlink_activity(*, by: Actor, at: datetime, link: str, reason: str) -> CampaignLink:
    """The activity no longer counts for the other campaign. Raises WrongInput without a reason."""
    words = said(reason, "campaigns.no_reason", "请写明不再计入的原因(不少于 4 个字)。", longest=200)
    with deed():
        row = link_to_change(link, by=by)
        must_lead(by, row.campaign.street)
        CampaignLink.objects.filter(pk=row.pk).update(ended_at=at)
        _record(
            "campaign.activity_unlinked", row.activity, by=by, at=at, told={"into": row.campaign.name, "reason": words}
        )
    return row


def _texts(told: ActivityTold) -> tuple[str, str]:
    """Title and aim as they will stand. Raises WrongInput, also for dates and steps that cannot be."""
    title = said(told.title, "campaigns.no_title", "请写活动名称。", field="title", least=2, longest=80)
    aim = said(told.aim, "campaigns.no_aim", "请写活动目标(不少于 4 个字)。", field="aim")
    if told.ends_on < told.starts_on:
        raise WrongInput("campaigns.ends_early", "结束日期不能早于开始日期。", field="ends_on")
    if len(told.steps) > MOST_STEPS:
        raise WrongInput("campaigns.steps", f"一项活动最多 {MOST_STEPS} 个步骤。", field="steps")
    for text, due_on in told.steps:
        if len(text.strip()) < 2 or not told.starts_on <= due_on <= told.ends_on:
            raise WrongInput("campaigns.step", f"步骤“{text.strip()[:20]}”要写内容,期限要在活动期间内。", field="steps")
    return title, aim


def _group(campaign: int, ref: str) -> CampaignGroup | None:
    if not ref:
        return None
    found = CampaignGroup.objects.filter(campaign_id=campaign, ref=ref, ended_at__isnull=True).first()
    if found is None:
        raise NotFound("campaigns.no_group", "本专项没有这个组,或它已撤销;请重选。", field="group")
    return found


def _write_steps(activity: Activity, steps: Sequence[tuple[str, date]], *, after: int = 0) -> None:
    ActivityStep.objects.bulk_create(
        [
            ActivityStep(activity=activity, number=number, text=text.strip()[:200], due_on=due_on)
            for number, (text, due_on) in enumerate(steps, start=after + 1)
        ]
    )


def _as_told(activity: Activity, told: ActivityTold) -> dict[str, object]:
    return {
        "owner": activity.owner.name, "starts_on": told.starts_on.isoformat(), "ends_on": told.ends_on.isoformat(),
        "steps": [f"{due_on.isoformat()} {text.strip()}" for text, due_on in told.steps],
    }  # fmt: skip


def _record(kind: str, activity: Activity, *, by: Actor, at: datetime, told: dict[str, object]) -> None:
    campaign = activity.campaign
    record(
        kind,
        by=by,
        at=at,
        street=campaign.street,
        subject=campaign.subject,
        payload={"activity": activity.title, "activity_ref": activity.ref, **told},
    )
