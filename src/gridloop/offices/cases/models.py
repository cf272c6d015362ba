"""The case that everyone shares: what was reported, where, to whom it was routed, who was responsible when, how it ended.

Chinese terms: 事项/工单 (case), 反映 (report: one reporter's own telling), 责任段 (segment), 主办/协办 (assignment), 退回 (return),
延期/挂起 (request), 会商 (consultation), 核实 (verification), 回访 (callback), 路由表 (routing table), 类别 (category).

A case is one trouble; a report is one person's telling of it. When cases are merged the reports stay apart: each keeps
its receipt, its answer and its callback.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from django.db import models

from gridloop.core.lifecycle import STATES
from gridloop.offices.archive.models import ConcealedField, Kept
from gridloop.offices.cases.adverse_models import AdverseFactor, CaseFactor  # noqa: F401 - Django finds models here
from gridloop.offices.cases.category_models import CategoryModel, CategoryQuestion, CategorySign  # noqa: F401 - Django finds models here
from gridloop.offices.cases.court_models import Ruling  # noqa: F401 - Django finds models here
from gridloop.offices.cases.inspection_models import (  # noqa: F401 - Django finds models here
    Inspection,
    Sample,
    SamplingRule,
    SignReply,
)
from gridloop.offices.cases.list_models import ExportRecord, SavedView, SearchText  # noqa: F401 - Django finds models here
from gridloop.offices.cases.overnight_models import OvernightList  # noqa: F401 - Django finds models here
from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence, Trouble, TroubleCase  # noqa: F401 - Django finds models here
from gridloop.offices.organisation.models import DutyItem, Person, Unit
from gridloop.offices.territory.models import Grid

BEIJING = timezone(timedelta(hours=8))
SOURCES = {
    "public": "居民反映",
    "enterprise": "企业反映",
    "manager": "服务管家收集",
    "grid": "网格员上报",
    "phone": "电话受理",
    "paper": "纸质表登记",
    "import": "批量导入",
    "forum": "恳谈会",
    "superior": "上级交办",
}
GRADES = {"simple": "简单", "ordinary": "一般", "difficult": "疑难"}
PRIORITIES = {"normal": "普通", "utility": "水电气热", "life": "生命财产"}
PLACED_BY = {"point": "地图定位", "address": "地址匹配", "picked": "人工选定", "none": "无具体地点"}


class Category(Kept):
    """类别: a node of the category tree; ``path`` joins the names with "/"."""

    street = models.CharField(max_length=12, db_index=True)
    path = models.CharField("路径", max_length=120)
    name = models.CharField("名称", max_length=60)
    is_leaf = models.BooleanField("末级", default=True)
    description = models.CharField("说明", max_length=200, blank=True)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "path"], name="a_category_is_written_once_in_a_street")
        ]
        ordering = ["path"]


class RoutingTable(Kept):
    """路由表: dated rows; a draft becomes the table in force when a second person publishes it and its date has come."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        DISCARDED = "discarded", "已作废"

    street = models.CharField(max_length=12, db_index=True)
    version = models.PositiveIntegerField()
    rows = models.JSONField()
    backstop = models.JSONField("属地兜底")
    note = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    drafted_by = models.CharField(max_length=48)
    drafted_at = models.DateTimeField()
    published_by = models.CharField(max_length=48, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "version"], name="a_routing_table_version_is_given_once")
        ]
        ordering = ["-version"]


class Case(Kept):
    """事项: one trouble, in one place, led by exactly one unit at any time."""

    street = models.CharField(max_length=12)
    state = models.CharField("状态", max_length=12, choices=sorted(STATES.items()))
    rev = models.PositiveIntegerField(default=0)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容")
    enterprise = models.CharField("企业", max_length=120, blank=True)
    enterprise_ref = models.CharField(
        "企业档案", max_length=20, blank=True, default=""
    )  # opaque: the register stands above
    source = models.CharField("来源", max_length=12, choices=sorted(SOURCES.items()))
    filed_at = models.DateTimeField("登记时间")
    filed_by = models.CharField(max_length=48)
    first_contact = models.ForeignKey(Person, models.PROTECT, verbose_name="首问人", related_name="first_contacts")
    answerer = models.ForeignKey(Person, models.PROTECT, verbose_name="答复责任人", related_name="answer_duties")

    placed_by = models.CharField("定位方式", max_length=8, choices=sorted(PLACED_BY.items()))
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, verbose_name="网格", related_name="cases")
    place = models.CharField("地点路径", max_length=120)
    address = models.CharField("地址", max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    category = models.CharField("类别", max_length=120)
    category_by = models.CharField("类别来源", max_length=10, default="person")
    level = models.CharField("层级", max_length=12, default="street")
    grade = models.CharField("等级", max_length=12, choices=sorted(GRADES.items()), default="ordinary")
    proposed_grade = models.CharField("待确认等级", max_length=12, blank=True)
    grade_reason = models.CharField("定级理由", max_length=300, blank=True)
    graded_by = models.BigIntegerField("定级人", null=True)
    priority = models.CharField("优先级", max_length=10, choices=sorted(PRIORITIES.items()), default="normal")

    lead = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位", related_name="led_cases")
    profile = models.CharField("时限方案", max_length=40)
    table = models.ForeignKey(RoutingTable, models.PROTECT, null=True, related_name="cases")
    route_row = models.CharField("路由行", max_length=60)
    route_reason = models.CharField("路由理由", max_length=300)
    is_gap = models.BooleanField("路由缺口", default=False)
    hops = models.PositiveSmallIntegerField("转派次数", default=0)

    is_binding = models.BooleanField("不得再退", default=False)
    return_closes_at = models.DateTimeField("退回期限", null=True)

    assigned_at = models.DateTimeField("交办时间", null=True)
    accepted_at = models.DateTimeField("签收时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    cleared_at = models.DateTimeField("销号时间", null=True)
    answer = models.TextField("答复", blank=True)
    answered_by = models.BigIntegerField("答复人", null=True)
    due_at = models.DateTimeField("到期", null=True)
    is_late = models.BooleanField("超期", default=False)
    returns = models.PositiveSmallIntegerField("退回次数", default=0)
    reworks = models.PositiveSmallIntegerField("返工次数", default=0)
    reopens = models.PositiveSmallIntegerField("重办次数", default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_cases")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="split_cases")
    withdrawn_reason = models.CharField("撤回原因", max_length=300, blank=True)
    suspended_until = models.DateTimeField("挂起至", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["street", "state", "-id"], name="cases_by_state"),
            models.Index(fields=["street", "-id"], name="cases_newest_first"),
            models.Index(fields=["lead", "state"], name="cases_led_by_a_unit"),
            models.Index(fields=["place"], name="cases_by_place"),
            models.Index(fields=["first_contact"], name="cases_by_first_contact"),
            models.Index(
                fields=["enterprise_ref"], name="cases_of_an_enterprise", condition=~models.Q(enterprise_ref="")
            ),
            models.Index(
                fields=["street", "enterprise"], name="cases_by_name_of_firm", condition=~models.Q(enterprise="")
            ),
            models.Index(
                fields=["street", "cleared_at"], name="cases_by_end", condition=models.Q(cleared_at__isnull=False)
            ),
            models.Index(fields=["answerer", "state"], name="cases_somebody_answers_for"),
            models.Index(
                fields=["street", "filed_at"], name="cases_not_handed_on", condition=models.Q(assigned_at__isnull=True)
            ),
            models.Index(
                fields=["street", "return_closes_at"], name="cases_not_yet_taken", condition=models.Q(state="routed")
            ),
        ]

    @property
    def number(self) -> str:
        """The number people say aloud: day of filing (UTC+8), then a running number."""
        return case_number(self.filed_at, self.pk)

    @property
    def subject(self) -> str:
        return f"case:{self.ref}"


class Report(Kept):
    """反映: one person's telling, with their receipt. ``token_hash`` opens the public follow-up page."""

    street = models.CharField(max_length=12)
    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    name = ConcealedField("称呼", blank=True, default="")
    phone = ConcealedField("电话", blank=True, default="")
    phone_index = models.CharField(max_length=24, blank=True, db_index=True)
    is_enterprise = models.BooleanField(default=False)
    text = models.TextField("原话", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    told_at = models.DateTimeField()
    answer = models.TextField("给此人的答复", blank=True)
    solved = models.BooleanField("是否解决", null=True)
    satisfied = models.SmallIntegerField("满意度", null=True)
    judged_at = models.DateTimeField(null=True)
    comment = models.CharField("评价", max_length=500, blank=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, verbose_name="拆分自", related_name="offshoots")


class Segment(models.Model):
    """责任段: from when until when which unit was answerable, and as what. Segments tile the case without gap or overlap."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="segments")
    unit = models.ForeignKey(Unit, models.PROTECT)
    role = models.CharField("环节", max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    why = models.CharField("缘由", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ends_at__isnull=True), name="one_unit_is_answerable_at_a_time"
            ),
        ]


class Participation(models.Model):
    """参与: a unit or person that took part in a case and so may see it: co-units, former leads, handlers."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participations")
    unit = models.ForeignKey(Unit, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    role = models.CharField(max_length=10)  # co · former · handler
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "case"], name="cases_a_unit_took_part_in")]


class Return(Kept):
    """退回: refused inside the window, citing a row of the duty list; put to the other side, the desk or the adjudicator (``awaits``).

    ``outcome`` says how it ended (``core.returns.OUTCOMES``); empty while somebody's answer is waited for.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="returned")
    unit = models.ForeignKey(Unit, models.PROTECT)
    duty_item = models.ForeignKey(DutyItem, models.PROTECT)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT)
    returned_at = models.DateTimeField()
    number = models.PositiveSmallIntegerField("第几次", default=1)
    awaits = models.CharField("等谁", max_length=12, default="desk")
    side = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="被引用单位", related_name="returns_put_to")
    due_at = models.DateTimeField("答复期限", null=True)
    outcome = models.CharField("结果", max_length=14, blank=True, default="moved_on")
    answer = models.CharField("答复", max_length=500, blank=True)
    answer_item = models.ForeignKey(DutyItem, models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(outcome=""), name="one_return_of_a_case_waits_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="returns_waited_for", condition=models.Q(outcome=""))]


class Request(Kept):
    """申请: an extension or a suspension, typed, reasoned, decided by someone other than the requester."""

    class Kind(models.TextChoices):
        EXTENSION = "extension", "延期"
        SUSPENSION = "suspension", "挂起"

    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason_code = models.CharField(max_length=30)
    reason = models.CharField(max_length=500)
    amount = models.PositiveSmallIntegerField(default=0)
    unit_of_time = models.CharField(max_length=12, blank=True)
    until = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="requests")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="decisions")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(decided_at__isnull=True),
                name="one_request_of_a_kind_is_open",
            ),
        ]


class Consultation(Kept):
    """会商: several units, one lead, minutes with decisions and owners."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="consultations")
    topic = models.CharField(max_length=200)
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="led_consultations")
    units = models.ManyToManyField(Unit, related_name="consultations")
    called_by = models.ForeignKey(Person, models.PROTECT)
    called_at = models.DateTimeField()
    minutes = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True)


class ConsultationDecision(Kept):
    """会商决定: what was decided, who owns it, by when."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(Unit, models.PROTECT)
    due_on = models.DateField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField("完成情况", max_length=500, blank=True)


class Verification(Kept):
    """核实: by someone who did not handle the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verifications")
    by = models.ForeignKey(Person, models.PROTECT)
    passed = models.BooleanField()
    text = models.CharField(max_length=500)
    verified_at = models.DateTimeField()


class Callback(Kept):
    """回访: reached, not reached or declined; solved? satisfied? One row an attempt, per reporter."""

    class Outcome(models.TextChoices):
        REACHED = "reached", "已联系上"
        NOT_REACHED = "not_reached", "未联系上"
        DECLINED = "declined", "拒绝回访"

    case = models.ForeignKey(Case, models.PROTECT, related_name="callbacks")
    report = models.ForeignKey(Report, models.PROTECT, related_name="callbacks")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    solved = models.BooleanField(null=True)
    satisfied = models.SmallIntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT)
    called_at = models.DateTimeField()


class OutsideLink(Kept):
    """外单位链接: a task lent to a body without an account, behind a secret address, until its lease (期限) ends."""

    class State(models.TextChoices):
        OUT = "out", "等外单位答复"
        ANSWERED = "answered", "已答复待验收"
        ACCEPTED = "accepted", "已验收"
        EXPIRED = "expired", "到期退回"
        RECALLED = "recalled", "已收回"

    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_links")
    body = models.CharField("外单位", max_length=80)
    task = models.CharField("请办的事", max_length=1000)
    token_hash = models.CharField(max_length=64, unique=True)
    shows_contact = models.BooleanField("可看反映人联系方式", default=False)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField("期限")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    answer = models.TextField("答复", blank=True)
    answered_at = models.DateTimeField(null=True)
    asked_days = models.PositiveSmallIntegerField("申请延长天数", default=0)
    asked_reason = models.CharField("延长理由", max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="leases_running_out", condition=models.Q(state="out")),
            models.Index(fields=["sent_by", "state"], name="links_sent_by_a_person"),
        ]


class ReplyTemplate(Kept):
    """答复模板: words to begin a text with, for a category and all below it, in a state or for a verb; empty asks nothing."""

    street = models.CharField(max_length=12, db_index=True)
    category = models.CharField("类别", max_length=120, blank=True)
    state = models.CharField("状态", max_length=12, blank=True)
    verb = models.CharField("用于", max_length=30, blank=True)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("内容", max_length=2000)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        ordering = ["title", "id"]


def case_number(filed_at: datetime, key: int) -> str:
    """``20220529-000017``: readable on the phone, unique by its running part."""
    return f"{filed_at.astimezone(BEIJING):%Y%m%d}-{key:06d}"
