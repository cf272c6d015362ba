"""How a firm comes to its own page: invited contacts and the devices on which they are signed in.

Chinese terms: 邀请 (invitation: a one-time secret with a lease), 企业登录 (sign-in of a contact on one device). Of both secrets only the hash is
kept. Whether a sign-in opens the page is asked anew each time: it ends with its lease, with the contact, and with the firm.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person


class PageInvitation(Kept):
    """邀请: a contact may sign in once by this secret, giving the telephone number that the register knows."""

    street = models.CharField(max_length=12, db_index=True)
    contact = models.ForeignKey("enterprise.Contact", models.PROTECT, related_name="page_invitations")
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("有效期至")
    tries = models.PositiveSmallIntegerField("号码不对", default=0)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField("收回原因", max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_invitation_of_a_contact_is_open",
            )
        ]
        ordering = ["-id"]


class FirmSignIn(Kept):
    """企业登录: a contact signed in on one device, from when until when at the latest."""

    street = models.CharField(max_length=12, db_index=True)
    contact = models.ForeignKey("enterprise.Contact", models.PROTECT, related_name="sign_ins")
    invitation = models.OneToOneField(PageInvitation, models.PROTECT, related_name="sign_in")
    token_hash = models.CharField(max_length=64, unique=True)
    device = models.CharField("设备", max_length=80, blank=True)
    started_at = models.DateTimeField("登录时间")
    expires_at = models.DateTimeField("最迟到")
    used_at = models.DateTimeField("最近使用")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField("结束原因", max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "ended_at"], name="sign_ins_of_a_contact")]
        ordering = ["-id"]
