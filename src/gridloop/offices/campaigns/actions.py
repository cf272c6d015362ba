"""Every write of the campaigns: opening one with its basis and end, and closing it."""

from __future__ import annotations

from datetime import date, datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.organisation.actions import must_set_up


def open_campaign(
    *, by: Actor, at: datetime, street: str, code: str, name: str, basis: str, data_policy: str, starts_on: date, ends_on: date,
    scheme: str = "",
) -> Campaign:  # fmt: skip
    """The campaign runs from its first to its last day. Raises WrongInput without a basis or with an end before its start."""
    must_set_up(by, street)
    if not basis.strip():
        raise WrongInput("campaigns.no_basis", "请写明专项的依据(文件名称和文号)。", field="basis")
    if ends_on < starts_on:
        raise WrongInput("campaigns.ends_early", "结束日期不能早于开始日期。", field="ends_on")
    with deed():
        if Campaign.objects.filter(street=street, code=code).exists():
            raise Refused("campaigns.code_taken", f"专项代码“{code}”已被使用;请换一个。", campaign=code)
        campaign = Campaign.objects.create(
            street=street,
            code=code,
            name=name,
            basis=basis,
            scheme=scheme,
            data_policy=data_policy,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        record(
            "campaign.opened", by=by, at=at, street=street, subject=f"campaign:{campaign.ref}",
            payload={"name": name, "basis": basis, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
        )  # fmt: skip
    return campaign


def close_campaign(*, by: Actor, at: datetime, campaign: Campaign, reason: str) -> None:
    """The campaign is over. Raises Refused when it is closed already."""
    must_set_up(by, campaign.street)
    with deed():
        closed = Campaign.objects.filter(pk=campaign.pk, closed_at__isnull=True).update(closed_at=at)
        if not closed:
            raise Refused("campaigns.closed", "这个专项已经结束。", campaign=campaign.code)
        record(
            "campaign.closed",
            by=by,
            at=at,
            street=campaign.street,
            subject=f"campaign:{campaign.ref}",
            payload={"reason": reason},
        )
