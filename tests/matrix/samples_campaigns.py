"""A campaign of either street with a group and an activity, for the addresses that name them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localdate

from gridloop.core.access import SYSTEM
from gridloop.core.evaluation import MeasureRule
from gridloop.core.period import Period
from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns.actions import ActivityTold
from gridloop.offices.indicators.actions import RulesTold, freeze, set_rules
from gridloop.offices.indicators.models import Objection
from tests.matrix.world import Side


def campaign(side: Side) -> Any:
    """The campaign, once made: a month from the case's day on, led by the unit that leads the case."""
    if "campaign" not in side.kept:
        on, at = localdate(side.case.filed_at).replace(day=1), side.case.filed_at
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


def frozen(side: Side) -> Any:
    """The month of the street's case, frozen by rules once made."""
    if "frozen" not in side.kept:
        row, at = campaign(side), side.case.filed_at
        rules = RulesTold((MeasureRule("solved"),), "month", row.starts_on, "样本规则")
        set_rules(by=SYSTEM, at=at, campaign=row.ref, told=rules)
        later, month = at + timedelta(days=40), Period.of("month", row.starts_on).code
        side.kept["frozen"] = freeze(by=SYSTEM, at=later, campaign=row.ref, period=month)
    return side.kept["frozen"]


def objection(side: Side) -> Any:
    """An objection of the unit that leads the case."""
    if "objection" not in side.kept:
        side.kept["objection"] = Objection.objects.create(
            frozen=frozen(side), unit=side.case.lead, case=side.case, measure="solved", text="样本异议,请裁定。", raised_by="system:sample",
            raised_at=side.case.filed_at,
        )  # fmt: skip
    return side.kept["objection"]


def part(side: Side, name: str) -> str:
    """The ref of the campaign's group or activity."""
    campaign(side)
    return str(side.kept[name].ref)
