"""Telling other programs: subscriptions, what was sent to them, and every attempt.

Chinese terms: 网络钩子 (webhook), 投递 (delivery), 尝试 (attempt). Address and secret are L4: encrypted at rest, never shown again.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import ConcealedField, Kept
from gridloop.offices.organisation.models import Person


class Webhook(Kept):
    """网络钩子: where a program of the street is told of which kinds of entries. ``host`` is the part of the address that may be shown.

    While ``former_until`` has not come, deliveries are signed with the former secret, too.
    """

    street = models.CharField(max_length=12, db_index=True)
    rev = models.PositiveIntegerField(default=0)
    name = models.CharField("名称", max_length=80)
    url = ConcealedField("地址")
    host = models.CharField("主机", max_length=260)
    secret = ConcealedField("密钥")
    former_secret = ConcealedField("旧密钥", blank=True, default="")
    former_until = models.DateTimeField(null=True)
    events = models.JSONField("事件", default=list)
    is_active = models.BooleanField("启用", default=True)
    after_seq = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField("失败自", null=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]


class WebhookDelivery(Kept):
    """投递: one message to one subscriber, retried with back-off until taken or given up. ``ref`` is the ``webhook-id``."""

    street = models.CharField(max_length=12)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    kind = models.CharField("事件", max_length=48)
    seq = models.BigIntegerField(null=True)
    body = models.TextField()
    made_at = models.DateTimeField("产生时间")
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    taken_at = models.DateTimeField("送达时间", null=True)
    given_up_at = models.DateTimeField("放弃时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "seq"], name="an_entry_goes_once_to_a_webhook"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="messages_to_be_tried", condition=models.Q(next_try_at__isnull=False)
            ),
            models.Index(fields=["webhook", "-id"], name="messages_of_a_webhook"),
            models.Index(fields=["made_at"], name="messages_by_age"),
        ]


class WebhookAttempt(Kept):
    """尝试: one time that a message was sent: the answer's status and its beginning, or what went wrong."""

    street = models.CharField(max_length=12)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField("时间")
    status = models.PositiveSmallIntegerField("状态码", null=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    fault = models.CharField("故障", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
