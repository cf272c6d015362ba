"""恳谈会与活动: forums with enterprises, whom we asked, who came, what was asked there and which case it became.

Chinese terms: 恳谈会 (forum; also 宣讲, 银企对接会, 推进会, 联展联促), 邀请 (invitation), 到会 (came), 诉求 (question), 纪要 (minutes). To have come is a
contact, not a visit. A question is a case on the day it was asked.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.forum import ANSWERS, KINDS, STATES, WAYS
from gridloop.offices.archive.models import Kept
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation.models import Person, Unit


class Forum(Kept):
    """恳谈会: one event with enterprises, from the invitation to the minutes; an event of promotion also has its figures, as told by whom."""

    street = models.CharField(max_length=12)
    kind = models.CharField("类别", max_length=8, choices=sorted(KINDS.items()))
    title = models.CharField("名称", max_length=120)
    topic = models.CharField("议题", max_length=300, blank=True)
    way = models.CharField("方式", max_length=8, choices=sorted(WAYS.items()), default="on_site")
    venue = models.CharField("地点", max_length=120, blank=True)
    starts_at = models.DateTimeField("时间")
    host = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位", related_name="+")
    state = models.CharField("状态", max_length=10, choices=sorted(STATES.items()), default="planned")
    left_out = models.JSONField("没有邀请的", default=list)
    minutes = models.TextField("纪要", blank=True)
    minutes_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    minutes_at = models.DateTimeField(null=True)
    visitors = models.PositiveIntegerField("参与人次", null=True, blank=True)
    sales = models.DecimalField("成交额(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    figures_source = models.CharField("数据来源", max_length=120, blank=True)
    reminded_at = models.DateTimeField("提醒立件时间", null=True, blank=True)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["street", "-starts_at"], name="forums_of_a_street")]
        ordering = ["-starts_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        return f"forum:{self.ref}"


class Invitation(Kept):
    """邀请: a firm was asked to come (or came by itself), what it answered, whether it came."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="invitations")
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="invitations")
    is_walk_in = models.BooleanField("自行到会", default=False)
    invited_at = models.DateTimeField()
    answer = models.CharField("答复", max_length=4, choices=sorted(ANSWERS.items()), blank=True)
    answered_how = models.CharField("怎样答复的", max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)
    came = models.BooleanField("到会", null=True)
    came_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["forum", "enterprise"], name="a_firm_is_asked_once_to_a_forum"),
            models.CheckConstraint(
                condition=~models.Q(came=True) | models.Q(came_at__isnull=False), name="a_firm_that_came_has_its_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-came_at"], condition=models.Q(came=True), name="forums_of_a_firm")
        ]
        ordering = ["id"]


class ForumQuestion(Kept):
    """诉求: what was asked at a forum, by a firm or from the floor, and the case that it became. Several may be one case."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="questions")
    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, null=True, related_name="+")
    text = models.TextField("诉求")
    category = models.CharField("类别", max_length=120, blank=True)
    asked_at = models.DateTimeField("提出时间")
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="记录人", related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="asked_at_forums")
    filed_at = models.DateTimeField("立事项时间", null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_because = models.CharField("撤回原因", max_length=200, blank=True)
    helped = models.BooleanField("答复管用", null=True)
    judged_at = models.DateTimeField("企业评价时间", null=True)
    judged_how = models.CharField("怎样表示的", max_length=120, blank=True)
    judged_note = models.CharField("企业的话", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(case__isnull=True, filed_at__isnull=True)
                | models.Q(case__isnull=False, filed_at__isnull=False),
                name="a_filed_question_has_its_case_and_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(case__isnull=True) | models.Q(dropped_at__isnull=True),
                name="a_filed_question_is_not_dropped",
            ),
            models.CheckConstraint(
                condition=models.Q(helped__isnull=True) | models.Q(case__isnull=False, judged_at__isnull=False),
                name="a_judged_question_is_a_case",
            ),
        ]
        indexes = [
            models.Index(
                fields=["street", "asked_at"],
                condition=models.Q(case__isnull=True, dropped_at__isnull=True),
                name="questions_to_be_filed",
            )
        ]
        ordering = ["asked_at", "id"]

    @property
    def subject(self) -> str:
        return f"forum_question:{self.ref}"
