"""Who answers for whom: the four names of a subject, the matrix of many, a person's own pairings, and terms that run out.

Terms: a *stack* (立体式包联) is the four slots of one subject; a slot nobody holds is a *blank*. Where no unit is paired as backstop the
sub-district itself stands in (属地兜底) *by default*: nobody is ever without one, and the page says that it is the default.

Worked example::

    stack = stack_of("enterprise:k3…", street="410102013")
    stack.slots["manager"].label, stack.blanks       # "王某(万人助万企活动办)", ["leader"]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import SLOTS, Pairing
from gridloop.offices.enterprise.queries import register
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person, Unit

PART = 400
"""Subjects asked for in one statement."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a subject as held; ``is_default`` is the sub-district standing in for a backstop that nobody named, ``has_left`` says that
    the person no longer works here and the slot waits for the next."""

    slot: str
    unit: str
    person: str = ""
    person_ref: str = ""
    unit_phone: str = ""
    substitute: str = ""
    since: datetime | None = None
    term_ends_on: date | None = None
    pairing: str = ""
    is_default: bool = False
    has_left: bool = False

    @property
    def label(self) -> str:
        return f"{self.person}({self.unit})" if self.person else self.unit

    @property
    def name(self) -> str:
        """The person, else the unit."""
        return self.person or self.unit


@dataclass(frozen=True, slots=True)
class Stack:
    """The four slots of a subject in their order; None is a blank."""

    subject: str
    slots: dict[str, Slot | None] = field(default_factory=dict)

    @property
    def blanks(self) -> list[str]:
        """Slots that nobody was named for, the backstop by default among them, and those whose holder has left."""
        return [slot for slot, held in self.slots.items() if held is None or held.is_default or held.has_left]

    @property
    def is_full(self) -> bool:
        return not self.blanks


def stack_of(subject: str, *, street: str, at: datetime | None = None) -> Stack:
    """The four names of a subject, now or at a moment."""
    return stacks_of([subject], street=street, at=at)[subject]


def stacks_of(subjects: Iterable[str], *, street: str, at: datetime | None = None) -> dict[str, Stack]:
    """By subject: the four names of each; a fixed number of statements for every 400 subjects."""
    wanted = list(dict.fromkeys(subjects))
    fallback = _fallback(street)
    slots: dict[str, dict[str, Slot | None]] = {
        subject: {slot: fallback if slot == "backstop" else None for slot in SLOTS} for subject in wanted
    }
    for start in range(0, len(wanted), PART):
        rows = Pairing.objects.filter(subject__in=wanted[start : start + PART], street=street)
        for row in _in_force(rows, at).select_related("unit", "person", "substitute"):
            slots[row.subject][row.slot] = slot_of(row)
    return {subject: Stack(subject, held) for subject, held in slots.items()}


def _in_force(rows: QuerySet[Pairing], at: datetime | None) -> QuerySet[Pairing]:
    if at is None:
        return rows.filter(ends_at__isnull=True)
    return rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def slot_of(row: Pairing) -> Slot:
    """The pairing as a slot shows it."""
    return Slot(
        row.slot, row.unit.name, row.person.name if row.person else "", row.person.ref if row.person else "", row.unit.phone,
        row.substitute.name if row.substitute else "", row.starts_at, row.term_ends_on, row.ref,
        has_left=row.person is not None and row.person.left_at is not None,
    )  # fmt: skip


def _fallback(street: str) -> Slot | None:
    """The sub-district itself, where it has a unit that stands behind everything."""
    unit = Unit.objects.filter(street=street, is_backstop=True, valid_until__isnull=True).order_by("code").first()
    return Slot("backstop", unit.name, unit_phone=unit.phone, is_default=True) if unit else None


def manager_of(firm: Enterprise, *, at: datetime) -> Person | None:
    """The firm's service manager who holds a post at the moment; None where there is none."""
    rows = Pairing.objects.filter(subject=firm.subject, slot="manager", ends_at__isnull=True).select_related("person")
    found = next((row.person for row in rows if row.person), None)
    return found if found and organisation.posts_held(firm.street, found.pk, at=at) else None


def history_of(subject: str) -> list[Pairing]:
    """Every pairing the subject ever had, the newest first."""
    rows = Pairing.objects.filter(subject=subject).select_related("unit", "person", "substitute", "followed_by")
    return list(rows.order_by("-starts_at", "-pk"))


def pairing_row(ref: str, *, by: Actor) -> Pairing | None:
    """The pairing by ref, in the actor's street; None when there is none."""
    rows = Pairing.objects.filter(ref=ref).select_related("unit", "person", "substitute", "followed_by")
    return rows.first() if by.kind == "system" else rows.filter(street=by.street).first()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One subject of the matrix with its four slots."""

    subject: str
    ref: str
    name: str
    note: str
    stack: Stack


def matrix(actor: Actor, wanted: register.Wanted, *, size: int = 50) -> tuple[list[MatrixRow], register.EnterprisePage]:
    """The enterprises of the narrowed list, each with its four names, page by page."""
    page = register.list_enterprises(actor, wanted, size=size)
    return rows_of(page.enterprises), page


def rows_of(enterprises: Sequence[Enterprise]) -> list[MatrixRow]:
    """The matrix rows of these enterprises, in their order."""
    stacks: dict[str, Stack] = {}
    for street in {each.street for each in enterprises}:
        stacks |= stacks_of([each.subject for each in enterprises if each.street == street], street=street)
    return [
        MatrixRow(each.subject, each.ref, each.name, each.grid.name if each.grid else "", stacks[each.subject])
        for each in enterprises
    ]


def blanks(actor: Actor, wanted: register.Wanted) -> dict[str, int]:
    """By slot: in how many of the narrowed list's enterprises nobody was named."""
    rows = register.narrowed(actor, wanted)
    return {slot: rows.filter(register.lacking(slot)).count() for slot in SLOTS}


def held_by(person: Person) -> list[Pairing]:
    """What the person holds or stands in for now."""
    rows = Pairing.objects.filter(Q(person=person) | Q(substitute=person), ends_at__isnull=True)
    return list(rows.select_related("unit", "person", "substitute").order_by("slot", "pk"))


def terms_running_out(street: str, *, until: date) -> list[Pairing]:
    """Pairings whose term ends on or before the day, the earliest first."""
    rows = Pairing.objects.filter(street=street, ends_at__isnull=True, term_ends_on__lte=until)
    return list(rows.select_related("unit", "person", "substitute").order_by("term_ends_on", "pk"))
