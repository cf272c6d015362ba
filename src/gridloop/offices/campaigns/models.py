"""What campaign we are in: its legal basis, its period, its work groups and plans, and how it closes.

Chinese terms: 专项/专项行动 (campaign), 实施方案 (scheme), 依据 (basis). A campaign without an end date cannot be opened.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class Campaign(Kept):
    """专项: what is done, on what basis, from when until when, and what happens to its personal data afterwards."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    basis = models.CharField("依据", max_length=300)
    scheme = models.TextField("实施方案", blank=True)
    data_policy = models.CharField("个人信息处理", max_length=300)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code"], name="a_campaign_code_is_used_once_in_a_street"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_campaign_ends_after_it_starts"
            ),
        ]
        ordering = ["-starts_on"]
