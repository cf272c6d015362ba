"""What is measured (指标): definitions with versions, readings told by others, and standings that others have announced.

Chinese terms: 指标定义 (definition), 口径 (basis), 读数 (reading), 基期 (base), 同比 (growth on the year before), 名次 (standing). A figure told
from outside keeps its unit, its base and its source, and is never altered: a correction takes its place and both stay. What the street's own
rows say is computed when it is asked and kept nowhere.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.indicators.evaluation_models import (  # noqa: F401 - Django finds models here
    EvaluationRules,
    FrozenEvaluation,
    Objection,
)

KINDS = {"amount": "金额", "count": "数量", "ratio": "比率"}
SOURCES = {"external": "外部发布", "computed": "系统计算"}
UNITS = {"元": "元", "万元": "万元", "亿元": "亿元", "个": "个", "家": "家", "件": "件", "%": "%"}


class Definition(Kept):
    """指标定义: one version of what a code means; the newest is in force."""

    street = models.CharField(max_length=12)
    code = models.CharField("代码", max_length=40)
    version = models.PositiveSmallIntegerField("版本")
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=8, choices=sorted(KINDS.items()))
    unit = models.CharField("单位", max_length=8, choices=sorted(UNITS.items()))
    basis = models.CharField("口径", max_length=300)
    source = models.CharField("来源", max_length=8, choices=sorted(SOURCES.items()))
    defined_by = models.CharField(max_length=48)
    valid_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "code", "version"], name="a_version_of_a_definition_is_given_once")]  # fmt: skip
        ordering = ["code", "-version"]

    def __str__(self) -> str:
        return self.name


class Reading(Kept):
    """读数: a figure of one period as it was published, by whom and where. ``growth`` is what the source printed, in percent."""

    street = models.CharField(max_length=12)
    code = models.CharField("指标", max_length=40)
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="readings")
    period = models.CharField("期间", max_length=24)
    first_on = models.DateField()
    last_on = models.DateField()
    value = models.DecimalField("数值", max_digits=20, decimal_places=4)
    unit = models.CharField("单位", max_length=8, choices=sorted(UNITS.items()))
    base = models.DecimalField("基期数值", max_digits=20, decimal_places=4, null=True, blank=True)
    growth = models.DecimalField("发布的增速(%)", max_digits=9, decimal_places=2, null=True, blank=True)
    issuer = models.CharField("发布单位", max_length=80)
    document = models.CharField("文件或出处", max_length=160)
    issued_on = models.DateField("发布日期", null=True, blank=True)
    told_by = models.CharField(max_length=48)
    told_at = models.DateTimeField()
    reason = models.CharField("更正原因", max_length=300, blank=True)
    checked_by = models.CharField(max_length=48, blank=True)
    checked_note = models.CharField("核对结果", max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField("被更正", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street", "code", "period"], condition=models.Q(corrected_at__isnull=True), name="one_reading_of_a_period_holds"
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "code", "first_on"], name="readings_of_an_indicator")]
        ordering = ["code", "first_on", "-id"]

    @property
    def subject(self) -> str:
        return f"reading:{self.ref}"


class Standing(Kept):
    """名次: where a body above placed the *street* in a period, by its own document. Noted, never computed, never about a person."""

    street = models.CharField(max_length=12)
    about = models.CharField("评比事项", max_length=120)
    period = models.CharField("期间", max_length=24)
    last_on = models.DateField()
    stood = models.PositiveSmallIntegerField("名次")
    among = models.PositiveSmallIntegerField("参评数", null=True, blank=True)
    area = models.CharField("范围", max_length=40, blank=True)
    issuer = models.CharField("发布单位", max_length=80)
    document = models.CharField("文件或出处", max_length=160)
    issued_on = models.DateField("发布日期", null=True, blank=True)
    told_by = models.CharField(max_length=48)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "about", "period", "issuer"], name="a_standing_is_noted_once"),
            models.CheckConstraint(condition=models.Q(stood__gte=1), name="a_standing_counts_from_one"),
        ]
        ordering = ["-last_on", "-id"]

    @property
    def subject(self) -> str:
        return f"standing:{self.ref}"
