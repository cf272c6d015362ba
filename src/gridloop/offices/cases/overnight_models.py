"""过夜清单: what a street had not handed on when the office closed."""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class OvernightList(Kept):
    """过夜清单: one day's list; ``cases`` are the refs of what had to be handed on before midnight. How they came out is derived."""

    street = models.CharField(max_length=12)
    on = models.DateField("日期")
    made_at = models.DateTimeField("列出时间")
    until = models.DateTimeField("须交办至")
    cases = models.JSONField("事项")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "on"], name="a_street_has_one_overnight_list_a_day")]
        ordering = ["-on"]

    @property
    def subject(self) -> str:
        return f"overnight:{self.ref}"
