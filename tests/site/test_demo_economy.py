"""经济工作专班 of 柳湖: founded beside the epidemic work, with members, tasks and the minutes of a meeting."""

from __future__ import annotations

from typing import Any

import pytest

from gridloop.core.access import SYSTEM
from gridloop.offices.campaigns.actions import open_campaign
from gridloop.offices.campaigns.models import CampaignGroup
from gridloop.offices.campaigns.queries import shown_groups
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.site import demo
from gridloop.site.demo import liuhu, liuhu_economy
from gridloop.site.demo.replay import Stage
from gridloop.site.founding import found

pytestmark = pytest.mark.django_db


def test_liuhu_has_its_economic_task_force_with_members_tasks_and_minutes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget_everything()
    found(liuhu.plan(), at=demo.FOUNDED)
    open_campaign(by=SYSTEM, at=demo.FOUNDED, street=liuhu.CODE, **liuhu.CAMPAIGN)  # type: ignore[arg-type]

    stage = Stage(liuhu.CODE, "柳湖街道", liuhu.roll().calls, lambda at: None)
    for happening in liuhu_economy.happenings():
        happening.do(stage, happening.at)

    (shown,) = shown_groups(
        CampaignGroup.objects.filter(campaign__street=liuhu.CODE, kind="economy", ended_at__isnull=True)
    )
    assert (shown.group.name, shown.group.lead.code, len(shown.heads), len(shown.members)) == (
        "经济工作专班",
        "economy",
        1,
        3,
    )
    assert (shown.done, len(shown.tasks), len(shown.meetings)) == (1, 2, 1)
    forget_everything()
