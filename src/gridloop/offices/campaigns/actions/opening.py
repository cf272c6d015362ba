"""Opening a campaign with its basis and end, changing it with a reason, and closing it: by a person, or by its last day.

Guarantees: a campaign has an end from its first day on; closing it ends its groups and memberships in the same transaction, and says
how many plans were left open; what is closed is changed no more.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.campaign import CODE, KINDS, RESERVED, must_lead, must_open
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.period import Period
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.models import Campaign, CampaignGroup, CampaignLink, CampaignMember
from gridloop.offices.campaigns.queries import campaign_by_code, campaign_to_change, ended_by, left_open
from gridloop.offices.organisation import queries as organisation

LONGEST = {"name": 80, "basis": 300, "scheme": 4000, "data_policy": 300}


def open_campaign(
    *, by: Actor, at: datetime, street: str, code: str, name: str, basis: str, data_policy: str, starts_on: date, ends_on: date,
    scheme: str = "", kind: str = "other", parent: str = "", shown_period: str = "",
) -> Campaign:  # fmt: skip
    """The campaign runs from its first to its last day. Raises NotAllowed, WrongInput without a basis or with an end before its start.

    ``parent`` is the code of the campaign it is a part of.
    """
    must_open(by, street)
    if not CODE.fullmatch(code) or code in RESERVED:
        raise WrongInput("campaigns.bad_code", "代码请用小写英文字母开头,2 至 40 个字母、数字或下划线。", field="code")
    told = _checked({"name": name, "basis": basis, "scheme": scheme, "data_policy": data_policy, "kind": kind})
    _must_end_later(starts_on, ends_on)
    with deed():
        if Campaign.objects.filter(street=street, code=code).exists():
            raise Refused("campaigns.code_taken", f"专项代码“{code}”已被使用;请换一个。", campaign=code, field="code")
        campaign = Campaign(street=street, code=code, starts_on=starts_on, ends_on=ends_on, **told)
        campaign.parent = campaign_by_code(parent, by=by, street=street) if parent else None
        campaign.shown_period = Period.parse(shown_period).code if shown_period else ""
        campaign.save(force_insert=True)
        record(
            "campaign.opened", by=by, at=at, street=street, subject=campaign.subject,
            payload={
                "name": campaign.name, "basis": campaign.basis, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(),
                "parent": campaign.parent.name if campaign.parent else "",
            },
        )  # fmt: skip
    return campaign


def change_campaign(
    *,
    by: Actor,
    at: datetime,
    campaign: str,
    reason: str,
    rev: int | None = None,
    parent: str | None = None,
    **changes: Any,
) -> Campaign:
    """The campaign says this from now on; what it said before stands in the ledger.

    ``changes`` are any of name, kind, basis, scheme, data_policy, starts_on, ends_on, shown_period; ``parent`` a code, or empty for none.
    Raises WrongInput without a reason or a change, Refused when it is closed, Outdated.
    """
    words = said(reason, "campaigns.no_reason", "请写明调整的原因(不少于 4 个字)。")
    unknown = set(changes) - {*LONGEST, "kind", "starts_on", "ends_on", "shown_period"}
    if unknown:
        raise WrongInput("campaigns.unknown_field", "这些内容不能调整。", field=min(unknown))
    if changes.get("shown_period"):
        changes["shown_period"] = Period.parse(changes["shown_period"]).code
    with deed():
        row = campaign_to_change(campaign, by=by, rev=rev)
        must_lead(by, row.street)
        if parent is not None:
            changes["parent"] = _parent_of(row, parent, by=by)
        told = {name: value for name, value in _checked(changes).items() if getattr(row, name) != value}
        if not told:
            raise WrongInput("campaigns.nothing_changed", "没有改动;请先修改再提交。")
        before = {name: _plain(getattr(row, name)) for name in told}
        for name, value in told.items():
            setattr(row, name, value)
        _must_end_later(row.starts_on, row.ends_on)
        row.rev += 1
        row.save()
        changed = {name: [before[name], _plain(value)] for name, value in told.items()}
        record(
            "campaign.changed", by=by, at=at, street=row.street, subject=row.subject,
            payload={"reason": words, "changed": changed},
        )  # fmt: skip
    return row


def close_campaign(*, by: Actor, at: datetime, campaign: str, reason: str, rev: int | None = None) -> Campaign:
    """The campaign is over, and its groups with it. Raises WrongInput without a reason, Refused when it is closed already, Outdated."""
    words = said(reason, "campaigns.no_reason", "请写明结束的原因(不少于 4 个字)。")
    with deed():
        row = campaign_to_change(campaign, by=by, rev=rev)
        must_lead(by, row.street)
        _close(row, by=by, at=at, because=words)
    return row


def close_ended(*, street: str, at: datetime) -> int:
    """Campaigns whose last day is over are closed by the system; how many were. Done again it does nothing."""
    today = at.astimezone(ZoneInfo(organisation.street(street).zone)).date()
    closed = 0
    for row in ended_by(street, on=today - timedelta(days=1)):
        try:
            with deed():
                _close(row, by=SYSTEM, at=at, because=f"期限已到({row.ends_on}),自动结束")
        except Refused:  # another tick was faster
            continue
        closed += 1
    return closed


def _close(row: Campaign, *, by: Actor, at: datetime, because: str) -> None:
    """Compare-and-set: of two at once one closes it. Groups end, links end; open tasks and plans are told, not hidden."""
    if not Campaign.objects.filter(pk=row.pk, closed_at__isnull=True).update(closed_at=at, closed_because=because):
        raise Refused("campaigns.closed", "这个专项已经结束。", campaign=row.code)
    still = left_open(row)
    groups = CampaignGroup.objects.filter(campaign=row, ended_at__isnull=True)
    CampaignMember.objects.filter(group__in=groups, ends_at__isnull=True).update(ends_at=at)
    ended = groups.update(ended_at=at)
    CampaignLink.objects.filter(campaign=row, ended_at__isnull=True).update(ended_at=at)
    row.closed_at, row.closed_because = at, because
    record(
        "campaign.closed", by=by, at=at, street=row.street, subject=row.subject,
        payload={"reason": because, "groups": ended, "left_open": still, "data_policy": row.data_policy},
    )  # fmt: skip


def said(text: str, code: str, sentence: str, *, field: str = "reason", least: int = 4, longest: int = 300) -> str:
    """What was said, tidied. Raises WrongInput when it is too short."""
    if len(text.strip()) < least:
        raise WrongInput(code, sentence, field=field)
    return text.strip()[:longest]


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """The texts as they will stand. Raises WrongInput with the field."""
    kept = dict(told)
    for name, sentence in (
        ("name", "请写专项的名称。"), ("basis", "请写明专项的依据(文件名称和文号)。"), ("data_policy", "请写明收集哪些个人信息、结束后怎样处理。"),
    ):  # fmt: skip
        if name in kept and len(kept[name].strip()) < 2:
            raise WrongInput(f"campaigns.no_{name}", sentence, field=name)
    for name, longest in LONGEST.items():
        if name in kept:
            kept[name] = kept[name].strip()[:longest]
    if "kind" in kept and kept["kind"] not in KINDS:
        raise WrongInput("campaigns.kind", f"类别只能是:{'、'.join(KINDS.values())}。", field="kind")
    return kept


def _parent_of(row: Campaign, code: str, *, by: Actor) -> Campaign | None:
    """The campaign it shall be a part of: never itself, nor one of its own parts."""
    found = campaign_by_code(code, by=by, street=row.street) if code else None
    above = found
    while above is not None:
        if above.pk == row.pk:
            raise Refused("campaigns.circle", "上级专项不能是它自己或它的下级。", field="parent")
        above = above.parent
    return found


def _must_end_later(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise WrongInput("campaigns.ends_early", "结束日期不能早于开始日期。", field="ends_on")


def _plain(value: Any) -> str:
    return "" if value is None else str(value)[:300]
