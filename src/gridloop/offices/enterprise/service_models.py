"""The teams that serve enterprises and what they do for them: legal consults, on-site orders, promises.

Chinese terms: 服务团队 (team: 四位一体, 办税, 环境优化), 法律咨询 (consult), 上门服务 (on-site order), 承诺 (promise). A team covers places from
when until when; load is counted for the member and their leader, nobody is ranked.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person

TEAM_KINDS = {
    "four": "“四位一体”服务团队",
    "tax": "办税服务团队",
    "environment": "环境优化保障服务团队",
    "rescue": "化险解困专班",
}
MEMBER_KINDS = {
    "manager": "服务管家",
    "legal": "法律专员",
    "police": "警务专员",
    "monitor": "营商环境监督员",
    "tax": "办税人员",
    "environment": "环境优化人员",
    "leader": "组长",
    "member": "成员",
}
ORDER_STATES = {
    "ordered": "待确认",
    "booked": "已约定",
    "done": "待企业确认",
    "confirmed": "已完成",
    "cancelled": "已取消",
}
SERVICES = {"admin": "行政服务", "tax": "办税服务", "environment": "环境优化", "factor": "要素保障兜底"}


class ServiceTeam(Kept):
    """服务团队: people who serve enterprises together."""

    street = models.CharField(max_length=12, db_index=True)
    kind = models.CharField("类别", max_length=12, choices=sorted(TEAM_KINDS.items()))
    name = models.CharField("名称", max_length=60)
    founded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "name"], name="a_team_is_named_once_in_a_street")]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"team:{self.ref}"


class TeamMember(Kept):
    """成员: a person in a team, as what, for which place (a path prefix; the street's for the whole street), from when until when."""

    team = models.ForeignKey(ServiceTeam, models.PROTECT, related_name="members")
    street = models.CharField(max_length=12)
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    kind = models.CharField("身份", max_length=12, choices=sorted(MEMBER_KINDS.items()))
    place = models.CharField("片区", max_length=120)
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "kind", "place"],
                condition=models.Q(ends_at__isnull=True),
                name="a_member_is_in_a_team_once_for_a_place",
            )
        ]
        ordering = ["kind", "id"]


class Consult(Kept):
    """法律咨询: an enterprise asks, a legal officer replies."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="consults")
    question = models.TextField("问题")
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="登记人", related_name="+")
    asked_at = models.DateTimeField()
    officer = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="法律专员", related_name="consults")
    taken_at = models.DateTimeField(null=True)
    reply = models.TextField("答复", blank=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["street", "replied_at", "asked_at"], name="consults_to_be_answered")]


class ServiceOrder(Kept):
    """上门服务: what the enterprise wants done at its door, the booked time, and its own word that it was done."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="orders")
    team = models.ForeignKey(ServiceTeam, models.PROTECT, related_name="orders")
    service = models.CharField("服务", max_length=200)
    wanted = models.CharField("希望的时间", max_length=80, blank=True)
    state = models.CharField("状态", max_length=10, choices=sorted(ORDER_STATES.items()), default="ordered")
    ordered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField()
    officer = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="上门人员", related_name="orders")
    booked_for = models.DateTimeField("约定时间", null=True)
    done_at = models.DateTimeField(null=True)
    result = models.CharField("结果", max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_how = models.CharField("确认方式", max_length=120, blank=True)
    reworks = models.PositiveSmallIntegerField("返工", default=0)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["street", "state", "-id"], name="orders_by_state"),
            models.Index(fields=["officer", "booked_for"], name="bookings_of_an_officer"),
        ]

    @property
    def subject(self) -> str:
        return f"order:{self.ref}"


class Promise(Kept):
    """承诺: what was promised to an enterprise, by whom, by which day, and whether it was kept."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="promises")
    text = models.CharField("承诺", max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="承诺人", related_name="promises")
    promised_at = models.DateTimeField()
    due_on = models.DateField("兑现期限")
    settled_at = models.DateTimeField(null=True)
    kept = models.BooleanField("兑现", null=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["street", "settled_at", "due_on"], name="promises_to_be_kept")]
