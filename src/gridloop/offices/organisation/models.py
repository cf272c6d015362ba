"""Who we are: the sub-district, its units, posts and people. Entities are dated, never flagged away.

Chinese terms: 街道 (street), 单位/科室/站所 (unit), 岗位 (post), 任职 (holding), 授权代办 (delegation), 履职事项清单 (duty list:
基本/配合/上级收回). What a person may do follows from the posts held today, never from the account.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from gridloop.core.access import ROLE_LABELS
from gridloop.core.changes import CHANGE_STATES
from gridloop.offices.archive.models import ConcealedField, Kept


class Street(models.Model):
    """街道: one sub-district, the unit of tenancy, export and shutdown. ``version`` grows with every published change."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    slug = models.SlugField("短名", max_length=30, unique=True)
    name = models.CharField("名称", max_length=60)
    district = models.CharField("区划代码", max_length=12)
    district_name = models.CharField("区", max_length=60)
    zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    phone = models.CharField("值班电话", max_length=40, blank=True)
    is_demonstration = models.BooleanField("演示", default=False)
    takes_public_reports = models.BooleanField("接受公众反映", default=True)
    version = models.PositiveBigIntegerField(default=1)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """The place path of the whole street: the district's code, then its own."""
        return f"{self.district}/{self.code}"


class Unit(Kept):
    """单位: a department, station, company or authority that can lead a case. ``is_backstop`` marks 属地兜底."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=30, default="department")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    place = models.CharField("地点", max_length=120)
    is_backstop = models.BooleanField("属地兜底", default=False)
    is_superior = models.BooleanField("上级部门", default=False)
    phone = models.CharField("电话", max_length=40, blank=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="a_unit_code_is_used_once_in_a_street")]
        ordering = ["street", "code"]

    def __str__(self) -> str:
        return self.name


class Person(Kept):
    """人员: someone who works for the sub-district; in demonstrations always synthetic."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("工号", max_length=40)
    name = models.CharField("姓名", max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="people")
    phone = ConcealedField("电话", blank=True, default="")
    email = models.EmailField("邮箱", blank=True)
    is_synthetic = models.BooleanField("演示人员", default=False)
    left_at = models.DateTimeField("离开时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code"], name="a_person_code_is_used_once_in_a_street")
        ]
        ordering = ["street", "code"]

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """账号: how a person signs in. It grants nothing by itself. Locked or ended, it opens nothing (``is_active`` is false)."""

    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")
    must_change_password = models.BooleanField("须改密码", default=False)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    locked_because = models.CharField("锁定原因", max_length=200, blank=True)
    ended_at = models.DateTimeField("注销时间", null=True, blank=True)


class SignIn(Kept):
    """登录: one attempt to sign in and, where it succeeded, the session that followed until it ended.

    Kept for 180 days and longer (网络安全法 art. 21). The device in words, the network without its last part; no password, no
    code, no user name that belongs to nobody (people type passwords there). ``street`` is empty where nobody was found.
    """

    class Outcome(models.TextChoices):
        DONE = "in", "登录成功"
        WRONG_PASSWORD = "wrong_password", "密码不对"
        WRONG_CODE = "wrong_code", "第二验证不对"
        TOO_OFTEN = "too_often", "失败过多,暂时锁定"
        LOCKED = "locked", "账号已锁定或注销"
        NO_POST = "no_post", "今天没有岗位"

    street = models.CharField(max_length=12, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="sign_ins")
    outcome = models.CharField("结果", max_length=20, choices=Outcome.choices)
    method = models.CharField("方式", max_length=40, blank=True)
    device = models.CharField("设备", max_length=80)
    origin = models.CharField("网络", max_length=60)
    at = models.DateTimeField("时间")
    session = models.CharField(max_length=40, blank=True, editable=False)
    seen_at = models.DateTimeField("最近使用", null=True, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    ended_because = models.CharField("结束原因", max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="sign_ins_of_an_account"),
            models.Index(fields=["street", "-id"], name="sign_ins_of_a_street"),
        ]


class Post(Kept):
    """岗位: a role in a unit, for a place. Its holder changes; the post stays answerable."""

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=60)
    title = models.CharField("名称", max_length=80)
    role = models.CharField(
        "角色", max_length=30, choices=sorted((str(role), label) for role, label in ROLE_LABELS.items())
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    place = models.CharField("责任地点", max_length=120)
    duty = models.CharField("职责", max_length=300, blank=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="a_post_code_is_used_once_in_a_street")]
        indexes = [models.Index(fields=["street", "role"], name="posts_by_role")]
        ordering = ["street", "code"]

    def __str__(self) -> str:
        return self.title


class Holding(Kept):
    """任职: who holds a post, or substitutes on it, from when until when."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings")
    is_substitute = models.BooleanField("备岗", default=False)
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "starts_at"], name="holdings_of_a_person")]
        ordering = ["starts_at", "id"]


class Delegation(Kept):
    """授权代办: while someone is away, another person acts on the post."""

    holding = models.ForeignKey(Holding, models.PROTECT, related_name="delegations")
    to = models.ForeignKey(Person, models.PROTECT, related_name="delegations")
    reason = models.CharField("原因", max_length=200)
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至")

    class Meta:
        indexes = [models.Index(fields=["to", "starts_at"], name="delegations_to_a_person")]


class DutyItem(Kept):
    """履职事项: what is ours (basic), what we assist in, what was withdrawn by the upper level. A return cites one."""

    class Kind(models.TextChoices):
        BASIC = "basic", "基本履职"
        ASSIST = "assist", "配合履职"
        WITHDRAWN = "withdrawn", "上级收回"

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("编号", max_length=40)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    title = models.CharField("事项", max_length=200)
    basis = models.CharField("依据", max_length=200, blank=True)
    lead = models.CharField("牵头单位", max_length=80)
    unit_code = models.CharField("牵头单位代码", max_length=40, blank=True)
    category = models.CharField("事项类别", max_length=120, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "code"], name="a_duty_item_code_is_used_once_in_a_street")
        ]
        ordering = ["street", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ChangeSet(Kept):
    """变更单: changes of the setup that one person drafts and a second one publishes, from a date on.

    ``changes`` are those of ``core.changes``, personal and secret cells encrypted. ``outcome`` says what taking effect moved.
    """

    street = models.CharField(max_length=12, db_index=True)
    title = models.CharField("说明", max_length=200)
    state = models.CharField("状态", max_length=10, choices=sorted(CHANGE_STATES.items()), default="draft")
    rev = models.PositiveIntegerField(default=0)
    changes = models.JSONField("变更", default=list)
    drafter = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="起草人", related_name="change_sets")
    drafted_at = models.DateTimeField("起草时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    publisher = models.ForeignKey(
        Person, models.PROTECT, null=True, verbose_name="发布人", related_name="published_change_sets"
    )
    published_at = models.DateTimeField("发布时间", null=True)
    effective_at = models.DateTimeField("生效日期", null=True, blank=True)
    in_force_at = models.DateTimeField("生效时间", null=True)
    rolls_back = models.ForeignKey("self", models.PROTECT, null=True, verbose_name="回退", related_name="roll_backs")
    remark = models.CharField("意见", max_length=300, blank=True)
    outcome = models.JSONField("结果", default=list)

    class Meta:
        indexes = [
            models.Index(fields=["street", "state", "-id"], name="change_sets_by_state"),
            models.Index(
                fields=["effective_at"], name="change_sets_to_take_effect", condition=models.Q(state="published")
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        return f"change_set:{self.ref}"


class ApiToken(Kept):
    """接口令牌: a random secret, of which only the SHA-256 is kept, acting for one person within named scopes."""

    street = models.CharField(max_length=12, db_index=True)
    name = models.CharField("名称", max_length=80)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("范围", default=list)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField("最近使用", null=True, blank=True)
