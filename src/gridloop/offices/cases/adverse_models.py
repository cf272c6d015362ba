"""不利因素: the street's own list, and the tags that people put on the problems of firms."""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class AdverseFactor(Kept):
    """不利因素: one of the street's list, beside or instead of a shipped one of the same code (``core.adverse``)."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="a_factor_is_listed_once_in_a_street")]
        ordering = ["code"]


class CaseFactor(models.Model):
    """标注: this factor weighs on this case; ``name`` as it was called then. Taken off again it stays, with its date."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="factors")
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=40)
    tagged_by = models.CharField(max_length=60)
    tagged_at = models.DateTimeField("标注时间")
    ended_at = models.DateTimeField("去掉时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], condition=models.Q(ended_at__isnull=True), name="a_factor_is_on_a_case_once")
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["code", "case"], name="cases_of_a_factor", condition=models.Q(ended_at__isnull=True))
        ]
        ordering = ["id"]
