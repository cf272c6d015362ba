"""The four libraries of investment projects (四库), their monthly progress, what they lack and what stands in their way.

Chinese terms: 储备/拟开工/在建/竣工 (library), 移库 (move), 入库条件 (entry criteria), 月报 (monthly progress), 要素缺口 (factor need), 堵点 (obstacle).
A project is entered once and moved; it is never typed again. What is lacking and what stands in the way are cases: their clocks, answers
and verification are those of the loop.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.factor import FACTORS
from gridloop.core.project import LIBRARIES, PRIORITIES, SECTORS
from gridloop.core.standstill import STANDINGS
from gridloop.offices.archive.models import Kept
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.trouble_models import ProjectProposal
from gridloop.offices.organisation.models import Person, Unit
from gridloop.offices.territory.models import Grid


class Project(Kept):
    """项目: one investment, in exactly one of the four libraries, answered for by one unit. Money is in 元."""

    street = models.CharField(max_length=12)
    rev = models.PositiveIntegerField(default=0)
    code = models.CharField("项目编号", max_length=40)
    name = models.CharField("项目名称", max_length=120)
    content = models.TextField("建设内容", blank=True)
    owner = models.CharField("建设单位", max_length=120)
    owner_subject = models.CharField(max_length=48, blank=True)  # enterprise:ref, where the owner is in the register
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="责任单位", related_name="projects")
    sector = models.CharField("类别", max_length=16, choices=sorted(SECTORS.items()))
    priority = models.CharField("重点级别", max_length=8, choices=sorted(PRIORITIES.items()), blank=True)
    library = models.CharField("库", max_length=10, choices=sorted(LIBRARIES.items()))
    total = models.DecimalField("总投资(元)", max_digits=18, decimal_places=2)
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, verbose_name="网格", related_name="projects")
    address = models.CharField("地址", max_length=200, blank=True)

    approval = models.CharField("立项或备案文号", max_length=80, blank=True)
    site_ready = models.BooleanField("用地落实", null=True, blank=True)
    permit = models.CharField("施工许可证号", max_length=80, blank=True)
    start_planned_on = models.DateField("计划开工", null=True, blank=True)
    finish_planned_on = models.DateField("计划竣工", null=True, blank=True)
    started_on = models.DateField("实际开工", null=True, blank=True)
    finished_on = models.DateField("实际竣工", null=True, blank=True)
    produced_on = models.DateField("投产", null=True, blank=True)
    counted_on = models.DateField("入统", null=True, blank=True)

    standing = models.CharField("推进状态", max_length=8, choices=sorted(STANDINGS.items()), default="normal")
    is_synthetic = models.BooleanField("演示", default=False)
    entered_at = models.DateTimeField("入库时间")
    dropped_at = models.DateTimeField("出库时间", null=True, blank=True)
    dropped_because = models.CharField("出库原因", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code"], name="a_project_code_is_used_once_in_a_street"),
            models.UniqueConstraint(fields=["street", "name"], name="a_project_is_entered_once_in_a_street"),
            models.CheckConstraint(condition=models.Q(library__in=list(LIBRARIES)), name="a_project_stands_in_one_of_four_libraries"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="a_project_has_an_investment"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "library", "code"], name="projects_of_a_library")]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"project:{self.ref}"


class StandingDecision(models.Model):
    """推进状态的决定: what the rule or a person proposed of a project, and whether a person agreed. Appended, never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="decisions")
    before = models.CharField("原状态", max_length=8, choices=sorted(STANDINGS.items()))
    proposed = models.CharField("建议", max_length=8, choices=sorted(STANDINGS.items()))
    accepted = models.BooleanField("采纳")
    reasons = models.JSONField("依据", default=list)
    remark = models.CharField("意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(accepted=True) | ~models.Q(remark=""), name="a_rejected_standing_says_why")
        ]  # fmt: skip
        ordering = ["-id"]


class StageMove(models.Model):
    """移库: entry into the first library, and every step on or back, with its reason. Appended, never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="moves")
    number = models.PositiveSmallIntegerField()
    came_from = models.CharField("自", max_length=10, choices=sorted(LIBRARIES.items()), blank=True)
    to = models.CharField("至", max_length=10, choices=sorted(LIBRARIES.items()))
    direction = models.CharField(max_length=8, choices=[("entry", "入库"), ("forward", "前移"), ("back", "退回")])
    reason = models.CharField("理由", max_length=300)
    moved_on = models.DateField("日期")
    moved_at = models.DateTimeField()
    by = models.CharField(max_length=48)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="a_move_of_a_project_has_one_number"),
            models.CheckConstraint(condition=~models.Q(came_from=models.F("to")), name="a_move_leads_to_another_library"),
        ]  # fmt: skip
        ordering = ["number"]


class MonthlyProgress(models.Model):
    """月报: what a month of a project was planned to invest and did. ``month`` is its first day."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="months")
    month = models.DateField("月份")
    planned = models.DecimalField("计划投资(元)", max_digits=18, decimal_places=2, default=0)
    invested = models.DecimalField("完成投资(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    note = models.CharField("形象进度", max_length=300, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "month"], name="a_month_of_a_project_is_one_row"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="a_month_is_its_first_day"),
            models.CheckConstraint(condition=models.Q(planned__gte=0), name="no_month_is_planned_below_nought"),
        ]
        ordering = ["month"]


class FactorNeed(Kept):
    """要素缺口: a project lacks land, funds, labour, water, power, heat or gas, by how much; the case carries unit and clock."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="needs")
    factor = models.CharField("要素", max_length=8, choices=sorted(FACTORS.items()))
    gap = models.DecimalField("缺口", max_digits=18, decimal_places=2)
    unit_of_gap = models.CharField("单位", max_length=12)
    case = models.OneToOneField(Case, models.PROTECT, related_name="factor_need")
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(gap__gt=0), name="a_gap_is_more_than_nought")]
        ordering = ["id"]


class Obstacle(Kept):
    """堵点: anything else that stands in a project's way, as a case."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="obstacles")
    case = models.OneToOneField(Case, models.PROTECT, related_name="obstacle")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class ProposedProject(Kept):
    """建议立项: the project that an approved proposal became, or was found to be already."""

    proposal = models.OneToOneField(ProjectProposal, models.PROTECT, related_name="became")
    project = models.ForeignKey(Project, models.PROTECT, related_name="proposed_as")
    was_entered = models.BooleanField("新入库")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class EntryCriteria(Kept):
    """入库条件: what must hold before a project enters a library; dated versions of clauses, the newest in force."""

    street = models.CharField(max_length=12)
    library = models.CharField("库", max_length=10, choices=sorted(LIBRARIES.items()))
    version = models.PositiveSmallIntegerField()
    clauses = models.JSONField("条款")
    reason = models.CharField("依据", max_length=300)
    set_by = models.CharField(max_length=48)
    valid_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "library", "version"], name="a_version_of_entry_criteria_is_given_once")
        ]  # fmt: skip
        ordering = ["library", "-version"]
