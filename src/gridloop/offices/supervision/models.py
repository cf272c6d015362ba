"""By when: calendars, deadline profiles and running clocks.

Chinese terms: 工作日历 (calendar), 时限方案 (deadline profile), 计时 (clock), 督办 (supervision). A clock's ``due_at`` is a cache:
the truth is ``core.clock.judge`` of its events, its profile version and its calendar version, and can be derived again at any time.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class CalendarVersion(Kept):
    """工作日历: holidays, make-up workdays and office hours as one dated version (``core.worktime.Calendar`` data)."""

    street = models.CharField(max_length=12, db_index=True)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    note = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "version"], name="a_calendar_version_is_given_once")]


class ProfileVersion(Kept):
    """时限方案: a deadline profile as one dated version (``core.clock.Profile`` data)."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    definition = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code", "version"], name="a_profile_version_is_given_once")
        ]
        ordering = ["code", "version"]


class Clock(Kept):
    """计时: one stage of one subject, held by one unit. ``events`` only grows; everything else follows from it."""

    class State(models.TextChoices):
        RUNNING = "running", "计时中"
        PAUSED = "paused", "暂停"
        STOPPED = "stopped", "已停"

    street = models.CharField(max_length=12)
    subject = models.CharField("对象", max_length=48)
    segment = models.BigIntegerField("责任段", null=True)
    stage = models.CharField("环节", max_length=20)
    holder = models.CharField("责任单位", max_length=40)
    profile = models.ForeignKey(ProfileVersion, models.PROTECT)
    calendar = models.ForeignKey(CalendarVersion, models.PROTECT)
    grade = models.CharField("等级", max_length=12)
    priority = models.CharField("优先级", max_length=12)
    events = models.JSONField("事件")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    due_at = models.DateTimeField("到期", null=True)
    is_provisional = models.BooleanField("暂按", default=False)
    warned = models.PositiveSmallIntegerField("已提醒", default=0)
    is_late = models.BooleanField("超期", default=False)
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_check_at"], name="clocks_to_be_judged", condition=models.Q(next_check_at__isnull=False)
            ),
            models.Index(fields=["subject"], name="clocks_of_a_subject"),
            models.Index(
                fields=["street", "id"], name="clocks_on_a_provisional_date", condition=models.Q(is_provisional=True)
            ),
        ]
