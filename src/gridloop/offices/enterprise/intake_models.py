"""导入记录: a file of firms that was put in, with what was refused so that it can be corrected."""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import ConcealedField, Kept


class Intake(Kept):
    """导入记录: the counts and the refused rows of one file. The rows may name persons, so they are encrypted."""

    street = models.CharField(max_length=12, db_index=True)
    name = models.CharField("文件", max_length=160)
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=48)
    by_name = models.CharField(max_length=80)
    taken_at = models.DateTimeField()
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    refused_rows = ConcealedField(blank=True, default="")

    class Meta:
        ordering = ["-id"]

    @property
    def subject(self) -> str:
        return f"intake:{self.ref}"
