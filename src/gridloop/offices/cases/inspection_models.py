"""复核抽查: samples of struck-off cases, drawn by a seed nobody could steer, and looked at again by somebody else; and answered signs."""

from __future__ import annotations

from django.db import models

from gridloop.core.gaming import SIGNS
from gridloop.core.sampling import RESULTS
from gridloop.offices.archive.models import Checkpoint, ConcealedField, Kept
from gridloop.offices.organisation.models import Person, Unit


class SamplingRule(Kept):
    """抽查办法: how many are drawn, from when on; the newest row counts. Without one a street draws no samples."""

    street = models.CharField(max_length=12)
    least = models.PositiveSmallIntegerField("每单位最少")
    share = models.PositiveSmallIntegerField("比例")
    most = models.PositiveSmallIntegerField("每单位最多")
    first_days = models.PositiveSmallIntegerField("监督员优先天数")
    reason = models.CharField("理由", max_length=300)
    set_by = models.CharField(max_length=48)
    valid_from = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["street", "-id"], name="sampling_rules_of_a_street")]


class Sample(Kept):
    """抽查期: one month's sample of one street: announced with a commitment, drawn when the month is over."""

    street = models.CharField(max_length=12)
    period = models.CharField("月份", max_length=7)
    ends_at = models.DateTimeField()
    rule = models.JSONField("办法")
    secret = ConcealedField("种子")
    commitment = models.CharField("承诺", max_length=64)
    after = models.BigIntegerField("自台账第几条之后", default=0)
    announced_at = models.DateTimeField()
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, null=True, related_name="+")
    population = models.JSONField("总体", default=dict)
    drawn_at = models.DateTimeField(null=True)
    inspected_first_until = models.DateTimeField("监督员优先至", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "period"], name="a_street_is_sampled_once_a_month"),
        ]
        ordering = ["-period"]

    @property
    def subject(self) -> str:
        return f"sample:{self.ref}"


class Inspection(Kept):
    """抽查件: a drawn case, and what whoever neither handled nor verified it found."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="inspections")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="inspections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="inspections")
    lot = models.CharField("签", max_length=64)
    result = models.CharField("结果", max_length=8, blank=True, choices=sorted(RESULTS.items()))
    text = models.CharField("情况", max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="inspections")
    inspected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sample", "case"], name="a_case_is_drawn_once_in_a_sample")]
        indexes = [models.Index(fields=["sample", "unit"], name="inspections_of_a_unit")]


class SignReply(Kept):
    """异常提示的答复: what a unit said to a sign, or why a supervisor dismissed it; for the rows that the sign had then."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", "单位已说明"
        DISMISSED = "dismissed", "监督已了结"

    street = models.CharField(max_length=12)
    period = models.CharField(max_length=7)
    code = models.CharField(max_length=16, choices=sorted(SIGNS.items()))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sign_replies")
    rows = models.CharField("所指事项的摘要", max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["street", "period"], name="sign_replies_of_a_month")]
        ordering = ["id"]
