"""Policies for firms (惠企政策): what they offer, their clauses as conditions, to whom they were pushed, questions and answers.

Chinese terms: 政策 (policy), 条款 (clause), 免申即享 (benefit without application), 推送 (push), 摘要 (digest), 问答 (Q&A). We inform and link; we
never pay out: there is no column for a payment. Whom a policy fits is never kept: it is computed from the facts of the day, in
milliseconds, and so is never stale.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.organisation.models import Person

LEVELS = {"nation": "国家", "province": "省", "city": "市", "district": "区", "street": "街道"}
TOPICS = {
    "subsidy": "资金奖补", "tax": "税费减免", "finance": "金融支持", "labour": "稳岗用工", "rent": "房租物业", "market": "市场拓展",
    "innovation": "科技创新", "service": "办事便利",
}  # fmt: skip
STATES = {
    "draft": "草稿",
    "published": "已发布",
    "replaced": "已被新版取代",
    "withdrawn": "已撤下",
    "discarded": "已作废",
}
ANSWERS = {"interested": "想申请", "declined": "不需要"}


class Policy(Kept):
    """政策: one version of one policy; ``family`` is what its versions share. In force when published and within its validity."""

    street = models.CharField(max_length=12)
    family = models.CharField(max_length=20, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    rev = models.PositiveIntegerField(default=0)
    state = models.CharField("状态", max_length=10, choices=sorted(STATES.items()), default="draft")
    title = models.CharField("标题", max_length=160)
    issuer = models.CharField("发文机关", max_length=80)
    number = models.CharField("文号", max_length=80, blank=True)
    level = models.CharField("层级", max_length=10, choices=sorted(LEVELS.items()))
    topic = models.CharField("主题", max_length=12, choices=sorted(TOPICS.items()))
    valid_from = models.DateField("有效期自")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    benefit = models.TextField("惠企内容")
    materials = models.TextField("申报材料", blank=True)
    how = models.TextField("办理方式", blank=True)
    contact_unit = models.CharField("咨询单位", max_length=80, blank=True)
    contact_phone = models.CharField("咨询电话", max_length=40, blank=True)  # of an office, never of a person
    link = models.URLField("原文链接", max_length=300, blank=True)
    auto_grant = models.BooleanField("免申即享", default=False)
    clauses = models.JSONField("条款")
    is_example = models.BooleanField("示例", default=False)
    drafted_by = models.ForeignKey(Person, models.PROTECT, verbose_name="起草人", related_name="drafted_policies")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(
        Person, models.PROTECT, null=True, verbose_name="发布人", related_name="published_policies"
    )
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField("撤下原因", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "version"], name="a_version_of_a_policy_is_given_once"),
            models.UniqueConstraint(
                fields=["family"], condition=models.Q(state="published"), name="one_version_of_a_policy_is_published"
            ),
            models.CheckConstraint(
                condition=models.Q(published_by__isnull=True) | ~models.Q(published_by=models.F("drafted_by")),
                name="a_second_person_publishes_a_policy",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published")
                | models.Q(published_by__isnull=False, published_at__isnull=False),
                name="a_published_policy_names_who_published_it",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="a_policy_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["street", "state", "-id"], name="policies_of_a_street")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        return f"policy:{self.ref}"


class Digest(Kept):
    """摘要: what is told to one firm at one time; it leaves outside quiet hours."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="policy_digests")
    due_at = models.DateTimeField("何时告知")
    told_at = models.DateTimeField("告知时间", null=True)
    told_to = models.CharField("经由", max_length=200, blank=True)
    made_by = models.CharField(max_length=48)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="digests_to_be_told", condition=models.Q(told_at__isnull=True))]
        ordering = ["-id"]


class PolicyPush(Kept):
    """推送: one policy, to one firm, once for all its versions. Without a digest it was declined before anybody pushed it."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="policy_pushes")
    family = models.CharField(max_length=20)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="pushes")
    digest = models.ForeignKey(Digest, models.PROTECT, null=True, related_name="pushes")
    reasons = models.JSONField("为什么适用", default=list)
    pushed_at = models.DateTimeField(null=True)
    answer = models.CharField("答复", max_length=10, choices=sorted(ANSWERS.items()), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_how = models.CharField("怎样答复的", max_length=120, blank=True)
    answered_by = models.CharField(max_length=48, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "family"], name="a_policy_is_pushed_to_a_firm_once"),
            models.CheckConstraint(
                condition=models.Q(digest__isnull=False) | models.Q(answer="declined"),
                name="a_push_has_a_digest_or_was_declined",
            ),
        ]
        indexes = [models.Index(fields=["street", "family"], name="pushes_of_a_policy")]
        ordering = ["id"]


class PolicyQuestion(Kept):
    """问答: a question that firms ask, its answer, and the policy and clause that it rests on."""

    street = models.CharField(max_length=12, db_index=True)
    rev = models.PositiveIntegerField(default=0)
    question = models.CharField("问题", max_length=300)
    answer = models.TextField("答复")
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, blank=True, verbose_name="依据", related_name="questions"
    )
    clause = models.PositiveSmallIntegerField("第几条", null=True, blank=True)
    source = models.CharField("来源", max_length=120, blank=True)
    origin = models.CharField(
        max_length=60, blank=True, default="", db_index=True
    )  # what asked it, as a subject: forum_question:ref
    asked_at = models.DateTimeField()
    answered_by = models.CharField(max_length=48)
    is_example = models.BooleanField("示例", default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    @property
    def subject(self) -> str:
        return f"policy_question:{self.ref}"
