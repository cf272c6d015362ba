"""企企联建: what firms offer and need, the links between them, leads for those who look for tenants, and the stories told of it.

Chinese terms: 供需 (listing: an offer or a need), 联建 (link: proposed, both agree, introduced, outcome), 招商线索 (lead), 企业故事 (story). A firm takes
part only once it agreed (授权“企企联建”); a refusal parts two firms for good; a story is told only while the firm agrees to it.
"""

from __future__ import annotations

from django.db import models

from gridloop.core.matching import KINDS, SIDES, STATES
from gridloop.offices.archive.models import Kept
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation.models import Person

LEAD_STATES = {"new": "新线索", "talking": "在谈", "signed": "已签约", "lost": "未成"}
STORY_STATES = {"draft": "草稿", "published": "已公开", "withdrawn": "已撤下"}


class Listing(Kept):
    """供需: what a firm needs or offers, in words and tags, until when."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="listings")
    side = models.CharField("供或需", max_length=6, choices=sorted(SIDES.items()))
    kind = models.CharField("类别", max_length=10, choices=sorted(KINDS.items()))
    tags = models.JSONField("标签", default=list)
    words = models.CharField("说明", max_length=500)
    valid_until = models.DateField("有效期至")
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField("撤下原因", max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["street", "kind", "valid_until"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="listings_that_stand",
            )
        ]
        ordering = ["-told_at", "-id"]


class FirmLink(Kept):
    """联建: a need and an offer that were brought together: why, what each firm said, how they were introduced, what came of it."""

    street = models.CharField(max_length=12)
    need = models.ForeignKey(Listing, models.PROTECT, related_name="links_as_need")
    offer = models.ForeignKey(Listing, models.PROTECT, related_name="links_as_offer")
    points = models.PositiveSmallIntegerField("得分")
    reasons = models.JSONField("理由", default=list)
    state = models.CharField("状态", max_length=10, choices=sorted(STATES.items()), default="proposed")
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    need_agrees = models.BooleanField("需求方同意", null=True)
    need_how = models.CharField("需求方怎样表示", max_length=120, blank=True)
    offer_agrees = models.BooleanField("提供方同意", null=True)
    offer_how = models.CharField("提供方怎样表示", max_length=120, blank=True)
    introduced_at = models.DateTimeField(null=True)
    introduced_how = models.CharField("怎样引荐", max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField("结果", max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "offer"], name="a_need_and_an_offer_are_linked_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["agreed", "introduced", "cooperated", "ended"])
                | models.Q(need_agrees=True, offer_agrees=True),
                name="nobody_is_introduced_before_both_agree",
            ),
        ]
        indexes = [models.Index(fields=["street", "state", "-id"], name="links_by_state")]
        ordering = ["-id"]

    @property
    def subject(self) -> str:
        return f"firm_link:{self.ref}"


class Lead(Kept):
    """招商线索: someone who may come to a firm's or a cluster's premises, who told of it, and what came of it. No person is named."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="leads")
    brand = models.CharField("品牌或企业", max_length=120)
    wants = models.CharField("意向", max_length=300)
    source = models.CharField("来源", max_length=120)
    link = models.ForeignKey(FirmLink, models.PROTECT, null=True, related_name="leads")
    state = models.CharField("状态", max_length=8, choices=sorted(LEAD_STATES.items()), default="new")
    told_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField()
    note = models.CharField("进展", max_length=300, blank=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["street", "state", "-id"], name="leads_by_state")]
        ordering = ["-id"]


class Story(Kept):
    """企业故事: a short text, with a photo if there is one, about a firm and perhaps a link or a case; told only while the firm agrees."""

    street = models.CharField(max_length=12)
    enterprise = models.ForeignKey("enterprise.Enterprise", models.PROTECT, related_name="stories")
    title = models.CharField("标题", max_length=80)
    text = models.TextField("正文")
    link = models.ForeignKey(FirmLink, models.PROTECT, null=True, related_name="stories")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="stories")
    state = models.CharField("状态", max_length=10, choices=sorted(STORY_STATES.items()), default="draft")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField("撤下原因", max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["street", "state", "-id"], name="stories_by_state")]
        ordering = ["-id"]

    @property
    def subject(self) -> str:
        return f"story:{self.ref}"
