"""走访: who is to be visited, who was, what came of it; and the days on which nobody calls.

Chinese terms: 走访 (visit: at the door, by telephone or online, all counted equal), 走访申请 (a body's wish to visit), 宁静日 (quiet days),
走访计划 (plan), 频次上限 (cap). A visit of several bodies is one row. What was found becomes cases at once.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.visiting import LEVELS, PLAN_STATES, PURPOSES, STATES, WAYS
from gridloop.offices.archive.models import Kept
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation.models import Person, Unit


class VisitRules(Kept):
    """走访规则: the cap and how many visits a person can do in a day, from when until when."""

    street = models.CharField(max_length=12, db_index=True)
    cap_visits = models.PositiveSmallIntegerField("上门上限(次)", default=1)
    cap_days = models.PositiveSmallIntegerField("每几天", default=30)
    per_day = models.PositiveSmallIntegerField("每人每天", default=4)
    by = models.CharField(max_length=48)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street"], condition=models.Q(ends_at__isnull=True), name="one_set_of_visit_rules_holds"
            ),
            models.CheckConstraint(
                condition=models.Q(cap_visits__gte=1, cap_days__gte=1, per_day__gte=1), name="visit_rules_leave_room"
            ),
        ]


class QuietDays(Kept):
    """宁静日: nobody calls at the door, in all the street or at one firm: between two days, or each month between two days of the month."""

    street = models.CharField(max_length=12, db_index=True)
    enterprise = models.ForeignKey(
        "enterprise.Enterprise", models.PROTECT, null=True, blank=True, related_name="quiet_days"
    )
    first_on = models.DateField("自", null=True, blank=True)
    last_on = models.DateField("至", null=True, blank=True)
    month_from = models.PositiveSmallIntegerField("每月自", null=True, blank=True)
    month_to = models.PositiveSmallIntegerField("每月至", null=True, blank=True)
    reason = models.CharField("缘由", max_length=200, blank=True)
    by = models.CharField(max_length=48)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_on__isnull=False, last_on__gte=models.F("first_on"), month_from__isnull=True)
                | models.Q(
                    first_on__isnull=True, month_from__gte=1, month_to__gte=models.F("month_from"), month_to__lte=31
                ),
                name="quiet_days_have_a_beginning_and_an_end",
            )
        ]
        ordering = ["-set_at", "-id"]


class VisitWish(Kept):
    """走访申请: a body wishes to visit a firm; open until a visit answers it or it is withdrawn."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="visit_wishes")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField("事由", max_length=8, choices=sorted(PURPOSES.items()))
    note = models.CharField("说明", max_length=200, blank=True)
    by_on = models.DateField("不晚于", null=True, blank=True)
    urgent = models.BooleanField("安全、消防、环保急事", default=False)
    made_at = models.DateTimeField()
    answered_by = models.ForeignKey("enterprise.Visit", models.PROTECT, null=True, related_name="wishes")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["street", "enterprise"],
                condition=models.Q(answered_by__isnull=True, withdrawn_at__isnull=True),
                name="visit_wishes_open",
            )
        ]
        ordering = ["made_at", "id"]


class VisitPlan(Kept):
    """走访计划: what the planner proposed for some workdays, with whom it left out and why; adopted it becomes visits."""

    street = models.CharField(max_length=12, db_index=True)
    first_on = models.DateField()
    last_on = models.DateField()
    asked = models.JSONField(default=dict)
    visits = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=sorted(PLAN_STATES.items()), default="draft")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    @property
    def subject(self) -> str:
        return f"visit_plan:{self.ref}"


class Visit(Kept):
    """走访: one contact with a firm, planned or done, for all the bodies that took part."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="visits")
    way = models.CharField("方式", max_length=8, choices=sorted(WAYS.items()), default="on_site")
    state = models.CharField("状态", max_length=12, choices=sorted(STATES.items()))
    planned_on = models.DateField("计划日", null=True, blank=True)
    happened_at = models.DateTimeField("时间", null=True, blank=True)
    host = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="走访人", related_name="visits")
    level = models.CharField("走访人层级", max_length=12, choices=sorted(LEVELS.items()), default="manager")
    bodies = models.JSONField("参加单位", default=list)  # codes of units
    purposes = models.JSONField("事由", default=list)
    topic = models.CharField("主题", max_length=120, blank=True)
    outcome = models.TextField("情况", blank=True)
    why = models.CharField("为什么安排", max_length=200, blank=True)
    plan = models.ForeignKey(VisitPlan, models.PROTECT, null=True, blank=True, related_name="+")
    logged_at = models.DateTimeField("记录时间")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "cancelled"]) | models.Q(happened_at__isnull=False),
                name="a_visit_that_was_made_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="planned") | models.Q(planned_on__isnull=False),
                name="a_visit_to_come_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["street", "state", "-happened_at"], name="visits_of_a_street"),
            models.Index(fields=["host", "state", "planned_on"], name="visits_of_a_person"),
            models.Index(fields=["enterprise", "-happened_at"], name="visits_of_an_enterprise"),
        ]
        ordering = ["-happened_at", "-id"]

    @property
    def subject(self) -> str:
        return f"visit:{self.ref}"


class VisitCase(models.Model):
    """走访中发现的问题: a case that was filed from a visit, in the visit's own transaction."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="found")
    case = models.OneToOneField(Case, models.PROTECT, related_name="found_by_visit")
