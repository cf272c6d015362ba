"""A campaign of either street with a group and an activity, for the addresses that name them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns.actions import ActivityTold
from tests.matrix.world import Side


def campaign(side: Side) -> Any:
    """The campaign, once made: a month from the case's day on, led by the unit that leads the case."""
    if "campaign" not in side.kept:
        on, at = side.case.filed_at.date(), side.case.filed_at
        made = actions.open_campaign(
            by=SYSTEM, at=at, street=side.code, code="sample", name="样本专项", kind="enterprise", basis="样本文件", data_policy="不收集。",
            starts_on=on, ends_on=on + timedelta(days=3650),
        )  # fmt: skip
        unit = side.case.lead.code
        side.kept["group"] = actions.found_group(
            by=SYSTEM, at=at, campaign=made.ref, kind="group", name="样本组", lead=unit
        )
        told = ActivityTold("样本活动", "样本目标", unit, on, on + timedelta(days=30))
        side.kept["activity"] = actions.plan_activity(by=SYSTEM, at=at, campaign=made.ref, told=told)
        side.kept["campaign"] = made
    return side.kept["campaign"]


def part(side: Side, name: str) -> str:
    """The ref of the campaign's group or activity."""
    campaign(side)
    return str(side.kept[name].ref)
