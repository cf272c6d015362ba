"""What is kept of the same trouble told by many: which cases look like one, what came back after strike-off, what should become a project.

Chinese terms: 同诉问题 (trouble), 疑似/已确认/不是同一问题 (the standing of a case in it), 反复问题 (recurrence), 立项建议 (project proposal).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from gridloop.core.project import SECTORS
from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person


class Trouble(Kept):
    """同诉问题: cases that look like one trouble. Its place, period and heat are worked out from its cases, never stored."""

    street = models.CharField(max_length=12, db_index=True)
    noticed_at = models.DateTimeField("发现时间")


class TroubleCase(Kept):
    """A case in a trouble: noticed by likeness (疑似), settled by joining (已确认), or put apart by a person (不是同一问题) for good."""

    class Standing(models.TextChoices):
        SUSPECTED = "suspected", "疑似同一问题"
        CONFIRMED = "confirmed", "已确认"
        APART = "apart", "不是同一问题"

    trouble = models.ForeignKey(Trouble, models.PROTECT, related_name="members")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="troubles")
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.SUSPECTED)
    reasons = models.JSONField("依据", default=list)
    score = models.FloatField("相近程度", default=1.0)
    noted_by = models.CharField(max_length=48)
    noted_at = models.DateTimeField()
    remark = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trouble", "case"], name="a_case_is_in_a_trouble_once"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(standing="apart"), name="a_case_is_in_one_trouble_at_a_time"
            ),
        ]


class Recurrence(Kept):
    """反复问题: a case that tells again, at the same place, of what was struck off before; a person may say that it does not."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="recurrence")
    earlier = models.ForeignKey("cases.Case", models.PROTECT, related_name="recurrences")
    reasons = models.JSONField("依据", default=list)
    noted_by = models.CharField(max_length=48)
    noted_at = models.DateTimeField()
    dismissed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True)
    dismissed_because = models.CharField("不是反复的理由", max_length=300, blank=True)


class ProjectProposal(Kept):
    """立项建议: a trouble that case by case does not settle, proposed as a project; decided by a leader who did not propose it."""

    street = models.CharField(max_length=12, db_index=True)
    title = models.CharField("名称", max_length=120)
    cases = models.ManyToManyField("cases.Case", related_name="proposals")
    root_cause = models.TextField("根源", max_length=2000)
    cost = models.TextField("投入", max_length=1000)
    benefit = models.TextField("成效", max_length=1000)
    estimate = models.DecimalField("投资估算(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    unit = models.CharField("责任单位", max_length=40, blank=True)  # a unit's code
    sector = models.CharField("类别", max_length=16, choices=sorted(SECTORS.items()), blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    remark = models.CharField("批示", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="who_proposes_a_project_does_not_decide_it",
            ),
        ]
        ordering = ["-proposed_at", "-id"]

    @property
    def state(self) -> str:
        return "open" if self.approved is None else "approved" if self.approved else "declined"
