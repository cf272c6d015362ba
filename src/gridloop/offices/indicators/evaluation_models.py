"""考评: rules in versions (考评规则), periods frozen by them (冻结), and what units object to (异议). Units and cases, never persons in order."""

from __future__ import annotations

from typing import Any

from django.db import models

from gridloop.core.evaluation import DECISIONS, PERIOD_KINDS, FrozenRow, MeasureRule
from gridloop.offices.archive.models import Kept
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation.models import Unit


class EvaluationRules(Kept):
    """考评规则: one version; ``measures`` lists ``{"measure", "threshold", "source"}`` in the order in which they are shown."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="evaluation_rules")
    version = models.PositiveSmallIntegerField("版本")
    measures = models.JSONField("考评内容")
    period_kind = models.CharField("考评周期", max_length=8, choices=sorted(PERIOD_KINDS.items()))
    effective_on = models.DateField("生效日期")
    reason = models.CharField("说明", max_length=300)
    set_by = models.CharField(max_length=48)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "version"], name="a_version_of_evaluation_rules_is_set_once")]  # fmt: skip
        ordering = ["-version"]

    @property
    def rules(self) -> list[MeasureRule]:
        return [MeasureRule(each["measure"], each["threshold"], each["source"]) for each in self.measures]

    @property
    def codes(self) -> list[str]:
        return [each["measure"] for each in self.measures]


class FrozenEvaluation(Kept):
    """冻结的考评: one revision of one period; ``rows`` lists ``{"case", "number", "unit", "marks"}`` as they stood. Never altered."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="frozen_evaluations")
    rules = models.ForeignKey(EvaluationRules, models.PROTECT, related_name="frozen")
    period = models.CharField("期间", max_length=24)
    last_on = models.DateField()
    revision = models.PositiveSmallIntegerField("修订")
    rows = models.JSONField("明细")
    digest = models.CharField(max_length=64)
    reason = models.CharField("修订原因", max_length=300, blank=True)
    frozen_by = models.CharField(max_length=48)
    frozen_at = models.DateTimeField("冻结时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "period", "revision"], name="a_revision_of_a_period_is_frozen_once")]  # fmt: skip
        ordering = ["-last_on", "-revision"]

    @property
    def kept(self) -> list[FrozenRow]:
        return [FrozenRow(each["case"], each["number"], each["unit"], each["marks"]) for each in self.rows]


class Objection(Kept):
    """异议: a unit holds one mark of one case to be wrong, in words; decided once by somebody else, with words."""

    frozen = models.ForeignKey(FrozenEvaluation, models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    measure = models.CharField("考评内容", max_length=20)
    text = models.CharField("异议", max_length=500)
    raised_by = models.CharField(max_length=48)
    raised_at = models.DateTimeField()
    decision = models.CharField("裁定", max_length=10, choices=sorted(DECISIONS.items()), blank=True)
    decided_because = models.CharField("裁定理由", max_length=300, blank=True)
    decided_by = models.CharField(max_length=48, blank=True)
    decided_at = models.DateTimeField(null=True)
    into = models.ForeignKey(FrozenEvaluation, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["frozen", "case", "measure"], condition=models.Q(decision=""), name="an_objection_is_open_once"),
        ]  # fmt: skip
        ordering = ["-id"]

    @property
    def decision_label(self) -> str:
        return DECISIONS.get(self.decision, "")


def as_kept(rows: list[FrozenRow]) -> list[dict[str, Any]]:
    """The rows as the database keeps them."""
    return [{"case": row.case, "number": row.number, "unit": row.unit, "marks": row.marks} for row in rows]
