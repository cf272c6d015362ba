"""The register of enterprises (一企一档): who they are, where, how large, how they are doing, whom to call, what they agreed to.

Chinese terms: 企业 (enterprise), 集聚区 (cluster: a car town, a mall, a tower), 年度数据 (year's figures), 经营状态 (vitality), 联系人
(contact, L3), 授权 (consent). An enterprise is known by its 统一社会信用代码 or by the 15-digit number of the time before it. What
changes with time is a dated row; every change of the rest stands in the ledger with what was before.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.firm_size import SIZES
from gridloop.core.vitality import VITALITIES
from gridloop.offices.archive.models import ConcealedField, Kept
from gridloop.offices.enterprise.access_models import FirmSignIn, PageInvitation  # noqa: F401 - Django finds models here
from gridloop.offices.enterprise.forum_models import (  # noqa: F401 - Django finds models here
    Forum,
    ForumQuestion,
    Invitation,
)
from gridloop.offices.enterprise.intake_models import Intake  # noqa: F401 - Django finds models here
from gridloop.offices.enterprise.link_models import (  # noqa: F401 - Django finds models here
    FirmLink,
    Lead,
    Listing,
    Story,
)
from gridloop.offices.enterprise.pairing_models import Pairing  # noqa: F401 - Django finds models here
from gridloop.offices.enterprise.resumption_models import (  # noqa: F401 - Django finds models here
    CharterTrip,
    Checklist,
    Resumption,
    ResumptionItem,
    StaffTest,
    TripShare,
)
from gridloop.offices.enterprise.service_models import (  # noqa: F401 - Django finds models here
    Consult,
    Promise,
    ServiceOrder,
    ServiceTeam,
    TeamMember,
)
from gridloop.offices.enterprise.solution_models import (  # noqa: F401 - Django finds models here
    AssistOrder,
    AssistStep,
    BankMatch,
    BankProduct,
    FactorGap,
    FirmPlan,
    MaterialNotice,
    Matter,
    Measure,
    PlanReview,
)
from gridloop.offices.enterprise.visit_models import (  # noqa: F401 - Django finds models here
    QuietDays,
    Visit,
    VisitCase,
    VisitPlan,
    VisitRules,
    VisitWish,
)
from gridloop.offices.organisation.models import Person
from gridloop.offices.territory.models import Grid

CODE_KINDS = {"uscc": "统一社会信用代码", "legacy": "15 位注册号"}
PRIORITIES = {"street": "街道重点", "district": "区重点", "city": "市重点", "province": "省重点"}
CLUSTER_KINDS = {
    "auto": "汽车城",
    "mall": "商场",
    "tower": "楼宇",
    "market": "专业市场",
    "park": "园区",
    "street": "商业街",
}
CONSENTS = {
    "visit": "接受走访",
    "push": "接收政策推送",
    "bank": "向银行提供资料",
    "link": "参加企企联建",
    "story": "公开案例",
}
STANDING_CONSENTS = frozenset({"visit", "push"})
"""These hold until the firm says no; the others hold only once it has said yes."""
LEFT_BECAUSE = {"closed": "注销", "moved": "迁出", "merged": "重复并入"}


class Cluster(Kept):
    """集聚区: a place with many firms (汽车城、商场、楼宇、园区)."""

    street = models.CharField(max_length=12, db_index=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=sorted(CLUSTER_KINDS.items()))
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="clusters")
    place = models.CharField("地点路径", max_length=120)
    address = models.CharField("地址", max_length=200, blank=True)
    operator = models.CharField("运营单位", max_length=120, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    founded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "name"], name="a_cluster_is_named_once_in_a_street"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"cluster:{self.ref}"


class Enterprise(Kept):
    """企业: one registered firm or shop of the street. ``size`` and ``above_threshold`` follow from rules unless stated otherwise."""

    street = models.CharField(max_length=12)
    rev = models.PositiveIntegerField(default=0)
    code = models.CharField("代码", max_length=18)
    code_kind = models.CharField("代码类别", max_length=8, choices=sorted(CODE_KINDS.items()))
    name = models.CharField("名称", max_length=120)
    found_by = models.CharField(
        max_length=300, blank=True, editable=False
    )  # runs and initials of the names, for searching
    alias = models.CharField("简称或门头", max_length=120, blank=True)
    kind = models.CharField("企业类型", max_length=60, blank=True)
    industry = models.CharField("行业代码", max_length=4, blank=True)
    section = models.CharField("行业门类", max_length=1, blank=True)
    business = models.TextField("经营范围", blank=True)
    registered_on = models.DateField("成立日期", null=True, blank=True)
    capital = models.DecimalField("注册资本(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    capital_text = models.CharField("注册资本(外币原文)", max_length=60, blank=True, default="")

    staff = models.PositiveIntegerField("从业人员", null=True, blank=True)
    revenue = models.DecimalField("营业收入(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField("资产总额(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    figures_year = models.PositiveSmallIntegerField("数据年度", null=True, blank=True)
    size = models.CharField("规模", max_length=8, choices=sorted(SIZES.items()), blank=True)
    size_by = models.CharField("规模来源", max_length=6, blank=True)  # rule · stated
    above_threshold = models.BooleanField("限额以上", null=True)
    threshold_by = models.CharField("限额以上来源", max_length=6, blank=True)  # rule · stated

    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, verbose_name="网格", related_name="enterprises"
    )
    place = models.CharField("地点路径", max_length=120)
    placed_by = models.CharField("定位方式", max_length=8)
    address = models.CharField("地址", max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="enterprises")

    priority = models.CharField("重点级别", max_length=8, choices=sorted(PRIORITIES.items()), blank=True)
    vitality = models.CharField("经营状态", max_length=8, choices=sorted(VITALITIES.items()), default="normal")
    is_synthetic = models.BooleanField("演示", default=False)
    source = models.CharField("来源", max_length=120, blank=True)
    entered_at = models.DateTimeField("建档时间")
    left_at = models.DateTimeField("离开时间", null=True, blank=True)
    left_because = models.CharField("离开原因", max_length=8, choices=sorted(LEFT_BECAUSE.items()), blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street", "code"], name="an_enterprise_code_is_registered_once_in_a_street"
            ),
        ]
        indexes = [
            models.Index(fields=["street", "-id"], name="enterprises_newest_first"),
            models.Index(fields=["street", "name"], name="enterprises_by_name"),
            models.Index(fields=["place"], name="enterprises_by_place"),
            models.Index(fields=["street", "vitality"], name="enterprises_by_vitality"),
            models.Index(fields=["street", "industry"], name="enterprises_by_industry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"enterprise:{self.ref}"


class YearFigures(models.Model):
    """年度数据: staff, revenue and assets of a year, as told by whom; a correction takes the place of what was told before."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField("年度")
    staff = models.PositiveIntegerField("从业人员", null=True, blank=True)
    revenue = models.DecimalField("营业收入(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField("资产总额(元)", max_digits=18, decimal_places=2, null=True, blank=True)
    source = models.CharField("来源", max_length=120, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="a_year_is_told_once_of_an_enterprise")
        ]
        ordering = ["-year"]


class VitalitySpell(models.Model):
    """经营状态期: from when until when an enterprise was normal, half stalled, stalled or out of touch, and why."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="spells")
    vitality = models.CharField(max_length=8, choices=sorted(VITALITIES.items()))
    reason = models.CharField("缘由", max_length=300, blank=True)
    by = models.CharField(max_length=48)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(ends_at__isnull=True),
                name="an_enterprise_is_in_one_state_at_a_time",
            )
        ]
        ordering = ["-starts_at", "-id"]


class VitalityProposal(Kept):
    """状态建议: what the rule proposes with its reasons; a person accepts or rejects it."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="proposals")
    street = models.CharField(max_length=12)
    present = models.CharField(max_length=8, choices=sorted(VITALITIES.items()))
    proposed = models.CharField(max_length=8, choices=sorted(VITALITIES.items()))
    reasons = models.JSONField(default=list)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    remark = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(decided_at__isnull=True),
                name="one_proposal_is_open_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["street", "decided_at"], name="proposals_to_be_decided")]


NOBODY = "(未留姓名)"
"""What stands for the name of a contact of whom only the telephone is known."""


class Contact(Kept):
    """联系人 (L3): whom to call at the enterprise, from when until when. Name and telephone are encrypted."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="contacts")
    name = ConcealedField("姓名")
    phone = ConcealedField("电话", blank=True, default="")
    phone_index = models.CharField(max_length=24, blank=True, db_index=True)
    duty = models.CharField("职务", max_length=40, blank=True)
    is_main = models.BooleanField("首要联系人", default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_main", "id"]


class Consent(Kept):
    """授权: what the enterprise agreed to or refused, from when, how it said so, and when it took it back."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="consents")
    kind = models.CharField("事项", max_length=8, choices=sorted(CONSENTS.items()))
    granted = models.BooleanField("同意")
    how = models.CharField("方式", max_length=120)
    by = models.CharField(max_length=48)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=models.Q(ends_at__isnull=True),
                name="one_answer_to_a_question_of_consent_holds",
            )
        ]
        ordering = ["kind", "-starts_at", "-id"]
