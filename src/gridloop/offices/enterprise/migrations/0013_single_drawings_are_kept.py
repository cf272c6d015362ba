"""What was drawn of a credit in one sum is its first drawing, on the Beijing day on which it was put down; nobody is named as having told it."""

import secrets
from zoneinfo import ZoneInfo

from django.db import migrations

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
BEIJING = ZoneInfo("Asia/Shanghai")


def keep(apps, schema_editor):
    BankMatch = apps.get_model("enterprise", "BankMatch")
    BankDrawing = apps.get_model("enterprise", "BankDrawing")
    for row in BankMatch.objects.filter(drawn__gt=0, drawings__isnull=True).order_by("pk").iterator():
        told_at = row.drawn_at or row.answered_at or row.demanded_at
        BankDrawing.objects.create(
            ref="".join(secrets.choice(ALPHABET) for _ in range(16)), street=row.street, match=row,
            drawn_on=told_at.astimezone(BEIJING).date(), amount=row.drawn, told_at=told_at,
        )  # fmt: skip


def forget(apps, schema_editor):
    """The match keeps the sum of what was drawn."""
    apps.get_model("enterprise", "BankDrawing").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("enterprise", "0012_drawings_of_a_credit")]
    operations = [migrations.RunPython(keep, forget)]
