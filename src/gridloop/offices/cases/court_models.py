"""裁定与先例: how the last return of a case was ruled on, as a precedent for the cases that follow."""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import ChangeSet, DutyItem, Person, Unit


class Ruling(Kept):
    """裁定: which unit leads, bindingly, and what that says of cases like it (先例).

    ``category`` and ``place`` are what it speaks of (an empty place: the whole street); ``change_set`` is the draft that would make it a
    row of the routing table; ``by`` is empty where nobody ruled in time and the rule decided.
    """

    street = models.CharField(max_length=12)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="rulings")
    number = models.CharField("先例号", max_length=30)
    category = models.CharField("类别", max_length=120)
    place = models.CharField("地点", max_length=120, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位", related_name="rulings")
    duty_items = models.ManyToManyField(DutyItem, related_name="rulings")
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="rulings")
    ruled_at = models.DateTimeField("裁定时间")
    row = models.CharField("路由行", max_length=60, blank=True)
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, related_name="rulings")

    class Meta:
        indexes = [models.Index(fields=["street", "-id"], name="rulings_of_a_street")]
        ordering = ["-id"]
