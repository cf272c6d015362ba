"""What is done about the problems of enterprises, beside the cases that carry them: factor gaps, bank matches, assisted matters, plans.

Chinese terms: 要素缺口 (factor gap), 银行产品 (bank product), 银企对接 (bank match), 代办事项 (matter), 代办单 (assist order), 一次性告知 (notice),
一企一策 (firm plan), 措施 (measure). A problem stays a case: its unit, clock, answer and verification are the loop's; a row here says how
much was lacking, what a bank answered, which papers were missing, and what came of it.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from gridloop.core.assist import STATES as ORDER_STATES
from gridloop.core.bank_match import COLLATERALS, PURPOSES, STAGES
from gridloop.core.factor import FACTORS
from gridloop.offices.archive.models import ConcealedField, Kept
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.service_models import ServiceTeam
from gridloop.offices.organisation.models import Person

FIRM = "enterprise.Enterprise"
EFFECTS = {"done": "已完成", "dropped": "已取消"}
PLAN_KINDS = {"firm": "一企一策", "group": "分类施策", "project": "项目化险解困"}


class FactorGap(Kept):
    """要素缺口: a firm lacks land, funds, labour, water, power, heat or gas, by how much; how much of it was met in the end."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey(FIRM, models.PROTECT, related_name="factor_gaps")
    factor = models.CharField("要素", max_length=8, choices=sorted(FACTORS.items()))
    gap = models.DecimalField("缺口", max_digits=18, decimal_places=2)
    unit_of_gap = models.CharField("计量单位", max_length=12)
    case = models.OneToOneField(Case, models.PROTECT, related_name="factor_gap")
    raised_at = models.DateTimeField()
    solved = models.DecimalField("解决数量", max_digits=18, decimal_places=2, null=True, blank=True)
    solved_how = models.CharField("怎样解决", max_length=300, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(gap__gt=0), name="a_factor_gap_is_more_than_nought"),
            models.CheckConstraint(
                condition=Q(solved__isnull=True) | Q(solved__gte=0, solved__lte=F("gap")), name="no_more_is_solved_than_was_lacking"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "factor"], name="factor_gaps_of_a_street")]
        ordering = ["-id"]


class BankProduct(Kept):
    """银行产品: what a bank offers firms: limit, rates, term, and conditions over facts of the firm and of its demand."""

    street = models.CharField(max_length=12)
    bank = models.CharField("银行", max_length=80)
    name = models.CharField("产品", max_length=80)
    limit = models.DecimalField("最高额度(元)", max_digits=18, decimal_places=2)
    rate_low = models.DecimalField("年利率自(%)", max_digits=5, decimal_places=2)
    rate_high = models.DecimalField("年利率至(%)", max_digits=5, decimal_places=2)
    longest = models.PositiveSmallIntegerField("最长期限(月)")
    desk = models.CharField("对接窗口", max_length=120, blank=True)  # an office of the bank, never a person
    clauses = models.JSONField("条件")
    is_example = models.BooleanField("示例", default=False)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField("下架原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street", "bank", "name"], condition=Q(ended_at__isnull=True), name="a_bank_offers_a_product_once"
            ),
            models.CheckConstraint(condition=Q(limit__gt=0, rate_low__gte=0), name="a_product_has_a_limit_and_a_rate"),
            models.CheckConstraint(condition=Q(rate_high__gte=F("rate_low")), name="rates_of_a_product_go_upwards"),
        ]  # fmt: skip
        ordering = ["bank", "name"]

    def __str__(self) -> str:
        return f"{self.bank} {self.name}"


class BankMatch(Kept):
    """银企对接: one firm's demand for money and one bank's answer; from a case, from a 银企对接会 (``event``), or one to one.

    ``forum`` is what older rows say of their event where it is no forum of the calendar.
    """

    street = models.CharField(max_length=12)
    rev = models.PositiveIntegerField(default=0)
    enterprise = models.ForeignKey(FIRM, models.PROTECT, related_name="bank_matches")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="bank_matches")
    event = models.ForeignKey(
        "enterprise.Forum", models.PROTECT, null=True, blank=True, verbose_name="对接会", related_name="bank_matches"
    )
    forum = models.CharField("对接会(原文)", max_length=60, blank=True, default="")
    stage = models.CharField("进展", max_length=12, choices=sorted(STAGES.items()), default="demand")
    amount = models.DecimalField("需求金额(元)", max_digits=18, decimal_places=2)
    purpose = models.CharField("用途", max_length=12, choices=sorted(PURPOSES.items()))
    term = models.PositiveSmallIntegerField("期限(月)")
    collateral = models.CharField("担保方式", max_length=12, choices=sorted(COLLATERALS.items()))
    note = models.CharField("说明", max_length=300, blank=True)
    officer = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="对接人", related_name="bank_matches")
    demanded_at = models.DateTimeField()

    consented_at = models.DateTimeField("授权时间", null=True, blank=True)
    consent_name = ConcealedField("谁授权", blank=True, default="")
    consent_duty = models.CharField("授权人职务", max_length=40, blank=True)
    consent_how = models.CharField("授权方式", max_length=120, blank=True)

    product = models.ForeignKey(BankProduct, models.PROTECT, null=True, blank=True, related_name="matches")
    fits = models.CharField("介绍时是否符合", max_length=8, blank=True)
    introduced_at = models.DateTimeField("介绍时间", null=True, blank=True)
    granted = models.DecimalField("授信(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("年利率(%)", max_digits=5, decimal_places=2, null=True, blank=True)
    answered_at = models.DateTimeField("银行答复时间", null=True, blank=True)
    declined_because = models.CharField("未通过原因", max_length=300, blank=True)
    drawn = models.DecimalField(
        "放款(元)", max_digits=18, decimal_places=2, null=True, blank=True
    )  # all drawings together
    drawn_at = models.DateTimeField("放款时间", null=True, blank=True)  # when the last drawing that counts was put down
    withdrawn_because = models.CharField("撤回原因", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["demand", "withdrawn"]) | Q(consented_at__isnull=False), name="no_bank_is_told_without_consent"
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True) | Q(consented_at__isnull=False), name="no_firm_is_introduced_without_consent"
            ),
            models.CheckConstraint(condition=~Q(stage="granted") | Q(granted__gt=0), name="a_grant_has_an_amount"),
            models.CheckConstraint(
                condition=~Q(stage="drawn") | Q(drawn__gt=0, drawn__lte=F("granted")), name="what_is_drawn_was_granted"
            ),
            models.CheckConstraint(condition=~Q(stage="declined") | ~Q(declined_because=""), name="a_refusal_of_a_bank_has_its_reason"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "stage", "-id"], name="bank_matches_of_a_street")]
        ordering = ["-id"]

    @property
    def event_name(self) -> str:
        """The event it came of, in words; empty for one to one."""
        return self.event.title if self.event else self.forum

    @property
    def left(self) -> Decimal | None:
        """What can still be drawn of the credit (元); None while there is none."""
        return None if self.granted is None else self.granted - (self.drawn or Decimal(0))


class BankDrawing(Kept):
    """一次放款: money of a granted credit that reached the firm on a day. Never changed: a wrong one is voided, with its reason, and put down anew."""

    street = models.CharField(max_length=12)
    match = models.ForeignKey(BankMatch, models.PROTECT, related_name="drawings")
    drawn_on = models.DateField("放款日期")
    amount = models.DecimalField("金额(元)", max_digits=18, decimal_places=2)
    note = models.CharField("说明", max_length=200, blank=True)
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, verbose_name="登记人", related_name="+")
    told_at = models.DateTimeField()
    void_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_because = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_drawing_is_more_than_nought"),
            models.CheckConstraint(condition=Q(void_at__isnull=True) | ~Q(void_because=""), name="a_voided_drawing_has_its_reason"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "drawn_on"], name="drawings_of_a_street")]
        ordering = ["drawn_on", "id"]


class Matter(Kept):
    """代办事项: what officers see through for firms: its steps in order, and the materials it takes. An order keeps its own copy."""

    street = models.CharField(max_length=12)
    name = models.CharField("事项", max_length=80)
    steps = models.JSONField("步骤")
    materials = models.JSONField("材料")  # [{"name": …, "required": true}]
    is_example = models.BooleanField("示例", default=False)
    set_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "name"], condition=Q(retired_at__isnull=True), name="a_matter_is_named_once_in_a_street")
        ]  # fmt: skip
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AssistOrder(Kept):
    """代办单: one firm's matter in the hands of one helper, from receipt to completion."""

    street = models.CharField(max_length=12)
    rev = models.PositiveIntegerField(default=0)
    enterprise = models.ForeignKey(FIRM, models.PROTECT, related_name="assist_orders")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="orders")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="assist_orders")
    helper = models.ForeignKey(Person, models.PROTECT, verbose_name="代办人", related_name="assist_orders")
    state = models.CharField("状态", max_length=10, choices=sorted(ORDER_STATES.items()), default="doing")
    materials = models.JSONField("材料")  # [{"name": …, "required": true, "come_at": moment or null}]
    accepted_at = models.DateTimeField("受理时间")
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    result = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state="doing") | Q(finished_at__isnull=False), name="an_order_that_is_over_has_its_moment"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("accepted_at")), name="nothing_is_finished_before_it_is_accepted"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "state", "-id"], name="assist_orders_of_a_street")]
        ordering = ["-id"]


class AssistStep(models.Model):
    """步骤: one step of an order, and who did it when."""

    street = models.CharField(max_length=12)
    order = models.ForeignKey(AssistOrder, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    name = models.CharField("步骤", max_length=120)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField("办理情况", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="a_step_of_an_order_has_one_number")]
        ordering = ["number"]


class MaterialNotice(models.Model):
    """一次性告知: all that was missing, told once; a further one carries a supervisor's reason. Appended, never changed."""

    street = models.CharField(max_length=12)
    order = models.ForeignKey(AssistOrder, models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField()
    missing = models.JSONField("缺少的材料")
    how = models.CharField("告知方式", max_length=120)
    reason = models.CharField("为什么再次要求", max_length=300, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="a_notice_of_an_order_has_one_number"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_second_notice_has_its_reason"),
        ]
        ordering = ["number"]


class FirmPlan(Kept):
    """一企一策: what is done for one firm, for a group of firms (分类施策) or for a project that stands still.

    The task force (化险解困专班) behind it is a service team of its own kind. A group is told by ``place``, ``industry`` and season; a
    project by the ref in ``target``, for the offices above this one.
    """

    street = models.CharField(max_length=12)
    rev = models.PositiveIntegerField(default=0)
    kind = models.CharField("对象", max_length=8, choices=sorted(PLAN_KINDS.items()), default="firm")
    enterprise = models.ForeignKey(FIRM, models.PROTECT, null=True, blank=True, related_name="plans")
    title = models.CharField("名称", max_length=120, blank=True)
    target = models.CharField(max_length=24, blank=True)
    place = models.CharField("地点路径", max_length=120, blank=True)
    place_name = models.CharField("地点", max_length=80, blank=True)
    industry = models.CharField("行业", max_length=4, blank=True)
    starts_on = models.DateField("时段自", null=True, blank=True)
    ends_on = models.DateField("时段至", null=True, blank=True)
    team = models.ForeignKey(ServiceTeam, models.PROTECT, null=True, blank=True, related_name="plans")
    vitality = models.CharField("定方案时的经营状态", max_length=8, blank=True)
    problems = models.TextField("主要困难")
    goal = models.CharField("目标", max_length=300)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    review_on = models.DateField("下次复盘")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField("结果", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise"], condition=Q(closed_at__isnull=True), name="a_firm_has_one_open_plan"),
            models.UniqueConstraint(
                fields=["street", "target"], condition=Q(closed_at__isnull=True, kind="project"), name="a_project_has_one_open_plan"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | ~Q(outcome=""), name="a_closed_plan_says_what_came_of_it"),
            models.CheckConstraint(condition=Q(kind="firm", enterprise__isnull=False) | (~Q(kind="firm") & Q(enterprise__isnull=True) & ~Q(title="")), name="a_plan_stands_for_a_firm_or_says_for_what"),
            models.CheckConstraint(
                condition=~Q(kind="group") | ~Q(place="") | ~Q(industry="") | Q(starts_on__isnull=False), name="a_group_is_not_everybody"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["street", "closed_at"], name="plans_of_a_street")]
        ordering = ["-id"]

    @property
    def name(self) -> str:
        """What the plan stands for, as people call it."""
        return self.enterprise.name if self.enterprise else self.title

    @property
    def subject(self) -> str:
        """Where its history stands in the ledger: with the firm, with the project, or by itself."""
        if self.enterprise:
            return self.enterprise.subject
        return f"project:{self.target}" if self.kind == "project" else f"plan:{self.ref}"


class Measure(Kept):
    """措施: what is to be done for the firm, by whom until when; before and after in words or as numbers."""

    street = models.CharField(max_length=12)
    plan = models.ForeignKey(FirmPlan, models.PROTECT, related_name="measures")
    text = models.CharField("措施", max_length=300)
    owner = models.ForeignKey(Person, models.PROTECT, verbose_name="责任人", related_name="measures")
    due_on = models.DateField("期限")
    before = models.CharField("之前", max_length=120, blank=True)
    after = models.CharField("之后", max_length=120, blank=True)
    unit = models.CharField("计量单位", max_length=12, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="measures")
    ended = models.CharField("结果", max_length=8, choices=sorted(EFFECTS.items()), blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_note = models.CharField("说明", max_length=300, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(ended="done") | ~Q(after=""), name="a_measure_that_is_done_says_its_effect"
            ),
            models.CheckConstraint(
                condition=~Q(ended="dropped") | ~Q(ended_note=""), name="a_measure_that_is_dropped_says_why"
            ),
        ]
        indexes = [models.Index(fields=["street", "ended", "due_on"], name="measures_by_their_day")]
        ordering = ["due_on", "id"]


class PlanReview(models.Model):
    """复盘: what was found when the plan was looked at again. Appended, never changed."""

    street = models.CharField(max_length=12)
    plan = models.ForeignKey(FirmPlan, models.PROTECT, related_name="reviews")
    text = models.TextField("情况")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    next_on = models.DateField("下次复盘")

    class Meta:
        ordering = ["-id"]
