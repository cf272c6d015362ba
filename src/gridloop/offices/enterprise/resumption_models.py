"""复工: the checklist of a firm with each item's check, the counts of staff tests, and the charter coaches that bring workers back.

Chinese terms: 复工清单 (checklist template), 复工申请 (resumption), 核酸批次 (test batch), 包车 (charter trip). Only counts are kept: no worker, no result
of a test.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.resumption import ITEM_STATES, STATES, TRIP_STATES
from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person


class Checklist(Kept):
    """复工清单: the items as data, in force from when until when."""

    street = models.CharField(max_length=12, db_index=True)
    items = models.JSONField("项目", default=list)
    basis = models.CharField("依据", max_length=200, blank=True)
    by = models.CharField(max_length=48)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street"], condition=models.Q(ends_at__isnull=True), name="one_checklist_is_in_force"
            )
        ]


class Resumption(Kept):
    """复工申请: a firm wants to work again; when every item passed an officer lets it."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="resumptions")
    planned_on = models.DateField("计划复工日")
    staff = models.PositiveIntegerField("复工人数")
    state = models.CharField("状态", max_length=10, choices=sorted(STATES.items()), default="open")
    applied_by = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="提交人", related_name="+")
    applied_at = models.DateTimeField()
    resumed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    resumed_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(state="open"), name="a_firm_has_one_open_resumption"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="resumed") | models.Q(resumed_at__isnull=False),
                name="work_resumed_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["street", "state", "-id"], name="resumptions_by_state")]
        ordering = ["-id"]


class ResumptionItem(Kept):
    """清单项: checked by an officer, passed or returned with the reason; the firm's remedy lets it be checked again."""

    street = models.CharField(max_length=12)
    resumption = models.ForeignKey(Resumption, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    text = models.CharField("项目", max_length=200)
    state = models.CharField("状态", max_length=10, choices=sorted(ITEM_STATES.items()), default="waiting")
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="核查人", related_name="+")
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField("退回原因", max_length=200, blank=True)
    remedy = models.CharField("整改说明", max_length=200, blank=True)
    returns = models.PositiveSmallIntegerField("退回次数", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resumption", "number"], name="an_item_has_its_number_once"),
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(reason=""), name="an_item_is_returned_with_a_reason"
            ),
        ]
        ordering = ["number"]


class StaffTest(Kept):
    """核酸批次: how many of a firm's staff were to be tested on a day and how many were. Counts only."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="staff_tests")
    tested_on = models.DateField("日期")
    invited = models.PositiveIntegerField("应检")
    tested = models.PositiveIntegerField("实检")
    venue = models.CharField("地点", max_length=120, blank=True)
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True)
    void_because = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tested__lte=models.F("invited")), name="no_more_are_tested_than_invited"
            )
        ]
        indexes = [models.Index(fields=["street", "-tested_on"], name="staff_tests_by_day")]
        ordering = ["-tested_on", "-id"]


class CharterTrip(Kept):
    """包车: a coach from another place with workers for one firm or several; contacts at both ends are offices, not persons."""

    street = models.CharField(max_length=12)
    origin = models.CharField("出发地", max_length=80)
    leaves_on = models.DateField("出发日")
    vehicle = models.CharField("车辆", max_length=80, blank=True)
    permit = models.CharField("通行手续", max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField("座位")
    contact_there = models.CharField("出发地联系单位", max_length=120, blank=True)
    met_by = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="接站人", related_name="+")
    state = models.CharField("状态", max_length=10, choices=sorted(TRIP_STATES.items()), default="planned")
    arrived = models.PositiveSmallIntegerField("到达人数", null=True)
    arrived_at = models.DateTimeField(null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="arrived") | models.Q(arrived__isnull=False, arrived_at__isnull=False),
                name="a_trip_that_arrived_has_its_count",
            ),
            models.CheckConstraint(
                condition=models.Q(arrived__isnull=True) | models.Q(arrived__lte=models.F("seats")),
                name="no_more_arrive_than_there_are_seats",
            ),
        ]
        indexes = [models.Index(fields=["street", "-leaves_on"], name="trips_by_day")]
        ordering = ["-leaves_on", "-id"]

    @property
    def subject(self) -> str:
        return f"trip:{self.ref}"


class TripShare(models.Model):
    """随车企业: how many of the workers on a coach are for which firm."""

    trip = models.ForeignKey(CharterTrip, models.PROTECT, related_name="shares")
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="trip_shares")
    workers = models.PositiveSmallIntegerField("人数")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trip", "enterprise"], name="a_firm_has_one_share_of_a_trip")]
        ordering = ["id"]
