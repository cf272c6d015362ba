"""What campaign we are in: its legal basis, its period, its work groups and plans, and how it closes.

Chinese terms: 专项/专项行动 (campaign), 实施方案 (scheme), 依据 (basis), 指挥部 (command post), 专项工作组 (work group), 工作专班 (task force),
专项活动 (activity). A campaign without an end date cannot be opened. A task is kept once: where an activity counts for another campaign
too, a link says so and nothing is typed again.
"""

from __future__ import annotations

from datetime import date

from django.db import models

from gridloop.core.campaign import DUTIES, GROUP_KINDS, KINDS, ActivityDates, standing_of
from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person, Unit


class Campaign(Kept):
    """专项: what is done, on what basis, from when until when, and what happens to its personal data afterwards.

    ``shown_period`` is the code of the period with which its page opens; empty means from its first day until today.
    """

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=sorted(KINDS.items()), default="other")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="上级专项", related_name="parts"
    )
    basis = models.CharField("依据", max_length=300)
    scheme = models.TextField("实施方案", blank=True)
    data_policy = models.CharField("个人信息处理", max_length=300)
    shown_period = models.CharField("通报期间", max_length=24, blank=True, default="")
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    rev = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_because = models.CharField("结束说明", max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code"], name="a_campaign_code_is_used_once_in_a_street"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_campaign_ends_after_it_starts"
            ),
        ]
        ordering = ["-starts_on", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"campaign:{self.ref}"


class CampaignGroup(Kept):
    """指挥部、专项工作组、工作专班: who does a part of a campaign, led by a unit, from when until when.

    ``subject`` (``project:ref`` or ``enterprise:ref``) is what a task force is for; empty for the others.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="groups")
    kind = models.CharField("类别", max_length=8, choices=sorted(GROUP_KINDS.items()))
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("名称", max_length=60)
    lead = models.ForeignKey(Unit, models.PROTECT, verbose_name="牵头单位", related_name="campaign_groups")
    duty = models.CharField("职责", max_length=300, blank=True)
    subject = models.CharField("对象", max_length=48, blank=True)
    founded_at = models.DateTimeField("成立")
    ended_at = models.DateTimeField("撤销", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="a_group_is_named_once_in_a_campaign"),
            models.UniqueConstraint(
                fields=["campaign", "kind"], condition=models.Q(kind="command", ended_at__isnull=True), name="a_campaign_has_one_command_post"
            ),
            models.UniqueConstraint(
                fields=["campaign", "kind", "subject"], condition=models.Q(ended_at__isnull=True) & ~models.Q(subject=""),
                name="a_subject_has_one_task_force_of_a_kind",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["subject"], name="groups_for_a_subject", condition=~models.Q(subject=""))]
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return self.name


class CampaignMember(Kept):
    """成员: a unit, or a person of it, in a group with a duty, from when until when."""

    group = models.ForeignKey(CampaignGroup, models.PROTECT, related_name="members")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="+")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, verbose_name="人员", related_name="campaign_memberships"
    )
    duty = models.CharField("职务", max_length=8, choices=sorted(DUTIES.items()), default="member")
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "unit", "person"], condition=models.Q(ends_at__isnull=True, person__isnull=False),
                name="a_person_is_in_a_group_once",
            ),
            models.UniqueConstraint(
                fields=["group", "unit"], condition=models.Q(ends_at__isnull=True, person__isnull=True), name="a_unit_is_in_a_group_once"
            ),
        ]  # fmt: skip
        ordering = ["id"]

    @property
    def label(self) -> str:
        return f"{self.person.name}({self.unit.name})" if self.person else self.unit.name


class CampaignTask(Kept):
    """任务: what a group is to do, by which day, and what came of it."""

    group = models.ForeignKey(CampaignGroup, models.PROTECT, related_name="tasks")
    text = models.CharField("任务", max_length=200)
    due_on = models.DateField("期限")
    set_at = models.DateTimeField()
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        ordering = ["due_on", "id"]


class CampaignMeeting(Kept):
    """会议: a group met, spoke of this, and decided that."""

    group = models.ForeignKey(CampaignGroup, models.PROTECT, related_name="meetings")
    held_at = models.DateTimeField("时间")
    topic = models.CharField("议题", max_length=120)
    minutes = models.TextField("纪要")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_at", "-id"]


class Activity(Kept):
    """专项活动: a plan of its own (实施方案) with an owner, a period, steps and a result."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="activities")
    group = models.ForeignKey(
        CampaignGroup, models.PROTECT, null=True, blank=True, verbose_name="工作组", related_name="activities"
    )
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=80)
    aim = models.CharField("目标", max_length=300)
    owner = models.ForeignKey(Unit, models.PROTECT, verbose_name="责任单位", related_name="campaign_activities")
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    result = models.CharField("结果", max_length=500, blank=True)
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "title"], name="an_activity_is_named_once_in_a_campaign"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="an_activity_ends_after_it_starts"
            ),
        ]
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return self.title

    def standing(self, on: date) -> str:
        """Where it stands on the day."""
        dates = ActivityDates(self.starts_on, self.ends_on, self.done_at is not None, self.cancelled_at is not None)
        return standing_of(dates, on=on)


class ActivityStep(Kept):
    """步骤: one step of an activity with its day."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    text = models.CharField("步骤", max_length=200)
    due_on = models.DateField("期限")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        ordering = ["number", "id"]


class CampaignLink(Kept):
    """计入: an activity counts for another campaign too; it is kept, and changed, in one place only."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="links")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="linked")
    reason = models.CharField("理由", max_length=200)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "campaign"],
                condition=models.Q(ended_at__isnull=True),
                name="an_activity_counts_for_a_campaign_once",
            )
        ]
        ordering = ["id"]
