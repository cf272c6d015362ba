"""包联: who answers for an enterprise or a key project, in four slots at once (立体式包联), each from when until when."""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person, Unit

SLOTS = {"leader": "县级领导", "department": "职能部门", "manager": "服务管家", "backstop": "属地兜底"}
SUBJECT_KINDS = {"enterprise": "企业", "project": "项目"}


class Pairing(Kept):
    """包联: one slot of one subject (``enterprise:ref`` or ``project:ref``), held by a person or a unit, with a substitute (备岗)."""

    street = models.CharField(max_length=12)
    subject = models.CharField("对象", max_length=48)
    slot = models.CharField("层级", max_length=12, choices=sorted(SLOTS.items()))
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="pairings")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, verbose_name="人员", related_name="pairings"
    )
    substitute = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, verbose_name="备岗", related_name="substitute_pairings"
    )
    reason = models.CharField("缘由", max_length=200, blank=True)
    note = models.TextField("交接说明", blank=True, default="")
    term_ends_on = models.DateField("任期至", null=True, blank=True)
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至", null=True, blank=True)
    ended_because = models.CharField("结束缘由", max_length=200, blank=True)
    followed_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, verbose_name="接手", related_name="takes_over"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "slot"],
                condition=models.Q(ends_at__isnull=True),
                name="a_slot_is_held_by_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(slot__in=["department", "backstop"]) | models.Q(person__isnull=False),
                name="a_leader_and_a_manager_are_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["street", "slot", "ends_at"], name="pairings_of_a_street"),
            models.Index(fields=["person", "ends_at"], name="pairings_of_a_person"),
            models.Index(fields=["unit", "ends_at"], name="pairings_of_a_unit"),
        ]
        ordering = ["starts_at", "id"]
