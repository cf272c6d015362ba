"""How we tell people: in the console, by e-mail, or through a group robot (WeCom, DingTalk, Feishu, webhook by Apprise).

Chinese terms: 通知 (notice), 渠道 (channel), 摘要 (digest), 免打扰时段 (quiet hours). Only urgent notices break quiet hours;
the others wait and come as one digest. There are no read receipts.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import ConcealedField, Kept
from gridloop.offices.notices.webhook_models import Webhook, WebhookAttempt, WebhookDelivery  # noqa: F401 - so that Django finds them
from gridloop.offices.organisation.models import Person


class Channel(Kept):
    """渠道: where a person is told besides the console. ``address`` is an e-mail address or an Apprise URL (a secret)."""

    class Kind(models.TextChoices):
        EMAIL = "email", "电子邮件"
        APPRISE = "apprise", "群机器人或网络钩子"

    street = models.CharField(max_length=12, db_index=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = ConcealedField()
    as_digest = models.BooleanField("合并为摘要", default=True)
    quiet_from = models.TimeField("免打扰自", default="20:00")
    quiet_until = models.TimeField("免打扰至", default="08:00")
    is_active = models.BooleanField("启用", default=True)


class Notice(Kept):
    """通知: one thing told to one person, about one subject."""

    street = models.CharField(max_length=12, db_index=True)
    to = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=48)
    title = models.CharField(max_length=160)
    text = models.CharField(max_length=500, blank=True)
    subject = models.CharField(max_length=48)
    is_urgent = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["to", "-id"], name="notices_of_a_person")]


class Delivery(Kept):
    """送达: one notice on its way through one channel; sent at most once, retried with back-off, given up in the open."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="deliveries")
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="a_notice_goes_once_through_a_channel")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="deliveries_to_be_tried", condition=models.Q(next_try_at__isnull=False)
            ),
        ]


class Publicity(Kept):
    """公开设置: what a street shows to everybody, from when; the newest row counts. Without a row nothing is shown."""

    street = models.CharField(max_length=12, db_index=True)
    shows_map = models.BooleanField("公开问题地图", default=False)
    shows_names = models.BooleanField("公开答复责任人姓名", default=False)
    least = models.PositiveSmallIntegerField("最少人数", default=3)
    delay_for = models.DurationField("延迟")
    reason = models.CharField("理由", max_length=300)
    set_by = models.CharField(max_length=48)
    valid_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(least__gte=3), name="fewer_than_three_people_are_never_shown"),
        ]
        indexes = [models.Index(fields=["street", "-id"], name="publicity_of_a_street")]


class Suggestion(Kept):
    """意见建议: what someone said about the pages themselves. ``contact`` is L3 and concealed; ``text`` is L2."""

    class State(models.TextChoices):
        NEW = "new", "待答复"
        ANSWERED = "answered", "已答复"

    street = models.CharField(max_length=12)
    page = models.CharField("网页", max_length=200, blank=True)
    text = models.CharField("内容", max_length=1000)
    contact = ConcealedField("联系方式", blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NEW)
    told_by = models.CharField(max_length=48)
    told_at = models.DateTimeField()
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_by = models.CharField(max_length=48, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["street", "state", "-id"], name="suggestions_of_a_street")]
