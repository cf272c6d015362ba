"""Pairing an enterprise or a key project with those who answer for it; handing it on; ending it.

Each slot of a subject is held by one at a time, and passes from one to the next at one instant: no gap, no overlap. The subject is
``enterprise:ref`` or ``project:ref``; whoever calls for a project has found it through its own office.

Worked example::

    pair(by=desk, at=now, street="410102013", subject="enterprise:k3…", slot="manager", person="LH011")
    hand_over(by=desk, at=later, pairing=row.ref, person="LH012", reason="原管家调岗", note="下周二约了看车间")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_arrange
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.pairing_models import SLOTS, SUBJECT_KINDS, Pairing
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person, Unit

PART = 400
"""Firms asked for in one statement."""
GONE = "原包联人已离开"
OF_UNITS = frozenset({"department", "backstop"})
"""These slots may be held by a unit without naming a person."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to hold a slot: a unit, a person of it (None only in a slot of units), and who stands in (备岗)."""

    unit: Unit
    person: Person | None
    substitute: Person | None

    @property
    def label(self) -> str:
        return f"{self.person.name}({self.unit.name})" if self.person else self.unit.name


def pair(
    *, by: Actor, at: datetime, street: str, subject: str, slot: str, unit: str = "", person: str = "", substitute: str = "",
    reason: str = "", term_ends_on: date | None = None,
) -> Pairing:  # fmt: skip
    """The slot is held from now on; from one who has left it is handed over. Raises Refused when somebody holds it already, NotFound, WrongInput."""
    must_arrange(by, street)
    with deed():
        _must_exist(subject, by=by, street=street)
        holder = _holder(street, slot=slot, unit=unit, person=person, substitute=substitute, at=at)
        held = (
            Pairing.objects.filter(subject=subject, slot=slot, ends_at__isnull=True)
            .select_related("unit", "person")
            .first()
        )
        if held is not None and _has_left(held):
            return hand_over(
                by=by, at=at, pairing=held.ref, unit=unit, person=person, substitute=substitute, reason=reason.strip() or GONE,
                term_ends_on=term_ends_on,
            )  # fmt: skip
        if held is not None:
            raise Refused(
                "enterprise.slot_held",
                f"{SLOTS[slot]}现在是{name_of(held)};换人请用“移交”。",
                pairing=held.ref,
                field="slot",
            )
        row = _new(street, subject, slot, holder, at=at, reason=reason, term_ends_on=term_ends_on)
        row.save(force_insert=True)
        record("pairing.begun", by=by, at=at, street=street, subject=subject, payload=_told(row, holder))
    return row


def pair_many(
    *, by: Actor, at: datetime, street: str, subjects: Sequence[str], slot: str, unit: str = "", person: str = "",
    substitute: str = "", reason: str = "", term_ends_on: date | None = None,
) -> int:  # fmt: skip
    """The slot of each of these subjects is held from now on; those already held are left as they are, save by one who has left. How many
    were filled."""
    must_arrange(by, street)
    with deed():
        holder = _holder(street, slot=slot, unit=unit, person=person, substitute=substitute, at=at)
        wanted = list(dict.fromkeys(subjects))
        _must_all_exist(wanted, by=by, street=street)
        rows = Pairing.objects.filter(street=street, slot=slot, ends_at__isnull=True)
        held = set(rows.values_list("subject", flat=True))
        left = list(rows.filter(person__left_at__isnull=False, subject__in=wanted).order_by("pk"))
        for row in left:
            hand_over(
                by=by, at=at, pairing=row.ref, unit=unit, person=person, substitute=substitute, reason=reason.strip() or GONE,
                term_ends_on=term_ends_on,
            )  # fmt: skip
        made = [
            _new(street, subject, slot, holder, at=at, reason=reason, term_ends_on=term_ends_on)
            for subject in wanted
            if subject not in held
        ]
        Pairing.objects.bulk_create(made, batch_size=500)
        record_many(
            [Fact("pairing.begun", row.subject, _told(row, holder)) for row in made], by=by, at=at, street=street
        )
    return len(made) + len(left)


def _has_left(row: Pairing) -> bool:
    return row.person is not None and row.person.left_at is not None


def hand_over(
    *, by: Actor, at: datetime, pairing: str, unit: str = "", person: str = "", substitute: str = "", reason: str, note: str = "",
    term_ends_on: date | None = None,
) -> Pairing:  # fmt: skip
    """The slot passes to the next holder at this instant, a manager's with the visits arranged; ``note`` goes into the hand-over pack.

    Raises Refused when it has passed on already or to the one who holds it, WrongInput without a reason.
    """
    words = _reason(reason)
    with deed():
        row = _present(pairing, by=by)
        holder = _holder(row.street, slot=row.slot, unit=unit, person=person, substitute=substitute, at=at)
        if (holder.unit.pk, holder.person.pk if holder.person else None) == (row.unit_id, row.person_id):
            raise Refused(
                "enterprise.same_holder", f"{holder.label}就是现在的{SLOTS[row.slot]};请选择接手的人。", field="person"
            )
        following = _new(row.street, row.subject, row.slot, holder, at=at, reason=words, term_ends_on=term_ends_on)
        following.note = note.strip()[:2000]
        _end(row, at=at, because=words)
        following.save(force_insert=True)
        Pairing.objects.filter(pk=row.pk).update(followed_by=following)
        visits = _pass_on_visits(row, following) if row.slot == "manager" else 0
        record(
            "pairing.handed_over", by=by, at=at, street=row.street, subject=row.subject,
            payload={**_told(following, holder), "before": name_of(row), "before_ref": row.ref, "visits": visits},
        )  # fmt: skip
    return following


def _pass_on_visits(row: Pairing, following: Pairing) -> int:
    """The visits that the former manager had arranged at the firm are the next one's; how many."""
    arranged = Visit.objects.filter(street=row.street, state="planned", host_id=row.person_id)
    of_firm = arranged.filter(enterprise__ref=row.subject.removeprefix("enterprise:"))
    return of_firm.update(host=following.person)


def hand_over_all(
    *, by: Actor, at: datetime, street: str, slot: str, leaver: str, person: str, reason: str, note: str = ""
) -> list[Pairing]:
    """Everything that one person holds in a slot passes to another. Raises Refused when there is nothing to hand over."""
    must_arrange(by, street)
    with deed():
        gone = organisation.person(street, leaver)
        rows = Pairing.objects.filter(street=street, slot=slot, person=gone, ends_at__isnull=True).order_by("pk")
        made = [hand_over(by=by, at=at, pairing=row.ref, person=person, reason=reason, note=note) for row in list(rows)]
        if not made:
            raise Refused(
                "enterprise.nothing_held", f"{gone.name}现在没有{SLOTS.get(slot, slot)}的包联。", field="leaver"
            )
    return made


def set_substitute(*, by: Actor, at: datetime, pairing: str, substitute: str) -> Pairing:
    """The person stands in (备岗) while the holder is away; empty takes the substitute away. Raises Refused for the holder themselves."""
    with deed():
        row = _present(pairing, by=by)
        person = organisation.person(row.street, substitute) if substitute else None
        if person and person.pk == row.person_id:
            raise Refused("enterprise.own_substitute", "备岗要选另一个人。", field="substitute")
        Pairing.objects.filter(pk=row.pk).update(substitute=person)
        row.substitute = person
        record(
            "pairing.substitute_set", by=by, at=at, street=row.street, subject=row.subject,
            payload={"slot": row.slot, "slot_name": SLOTS[row.slot], "holder": name_of(row), "substitute": person.name if person else ""},
        )  # fmt: skip
    return row


def end_pairing(*, by: Actor, at: datetime, pairing: str, reason: str) -> None:
    """Nobody holds the slot any more; it shows red until somebody does. Raises WrongInput without a reason."""
    words = _reason(reason)
    with deed():
        row = _present(pairing, by=by)
        _end(row, at=at, because=words)
        record(
            "pairing.ended", by=by, at=at, street=row.street, subject=row.subject,
            payload={"slot": row.slot, "slot_name": SLOTS[row.slot], "holder": name_of(row), "reason": words},
        )  # fmt: skip


def name_of(row: Pairing) -> str:
    """The holder as people say it: the person with the unit, or the unit."""
    return f"{row.person.name}({row.unit.name})" if row.person else row.unit.name


def _present(pairing: str, *, by: Actor) -> Pairing:
    row = Pairing.objects.filter(ref=pairing).select_related("unit", "person", "substitute").first()
    if row is None or (by.kind != "system" and row.street != by.street):
        raise NotFound("enterprise.no_pairing", "没有这条包联;请刷新页面。", pairing=pairing)
    must_arrange(by, row.street)
    if row.ends_at is not None:
        raise Refused("enterprise.pairing_over", "这条包联已经结束;请刷新页面看现在是谁。", pairing=pairing)
    return row


def _must_exist(subject: str, *, by: Actor, street: str) -> None:
    """The subject is of a kind we know; an enterprise is one of the street that has not left. Projects are found by their own office."""
    kind, _, ref = subject.partition(":")
    if kind not in SUBJECT_KINDS or not ref:
        raise WrongInput("enterprise.subject", "包联对象只能是企业或项目。", field="subject")
    if kind == "enterprise":
        firm = register.enterprise(ref, by=by)
        if firm.street != street or firm.left_at is not None:
            raise Refused("enterprise.not_paired", f"“{firm.name}”已不在本街道,不能包联。", enterprise=ref)


def _must_all_exist(subjects: Sequence[str], *, by: Actor, street: str) -> None:
    """As ``_must_exist`` for each; the firms are asked for together, and only what is missing by itself, for its own refusal."""
    refs = [subject.partition(":")[2] for subject in subjects if subject.startswith("enterprise:")]
    found: set[str] = set()
    for start in range(0, len(refs), PART):
        present = register.visible_to(by).filter(
            ref__in=refs[start : start + PART], street=street, left_at__isnull=True
        )
        found.update(f"enterprise:{ref}" for ref in present.values_list("ref", flat=True))
    for subject in subjects:
        if subject not in found:
            _must_exist(subject, by=by, street=street)


def _holder(street: str, *, slot: str, unit: str, person: str, substitute: str, at: datetime) -> Holder:
    """The holder as told, checked: managers hold the post of one, leaders are persons."""
    if slot not in SLOTS:
        raise WrongInput("enterprise.slot", f"层级只能是:{'、'.join(SLOTS.values())}。", field="slot")
    someone = organisation.person(street, person) if person else None
    if someone is None and slot not in OF_UNITS:
        raise WrongInput("enterprise.person_needed", f"{SLOTS[slot]}要写到人;请选择人员。", field="person")
    if someone is None and not unit:
        raise WrongInput("enterprise.unit_needed", f"{SLOTS[slot]}要选单位。", field="unit")
    if slot == "manager" and someone and not _serves(street, someone, at):
        raise Refused("enterprise.not_manager", f"{someone.name}现在不是服务管家;请先任命,或另选一位。", field="person")
    stand_in = organisation.person(street, substitute) if substitute else None
    if stand_in and someone and stand_in.pk == someone.pk:
        raise Refused("enterprise.own_substitute", "备岗要选另一个人。", field="substitute")
    home = organisation.unit(street, unit) if unit else None
    return Holder(home or (someone.unit if someone else organisation.unit(street, unit)), someone, stand_in)


def _serves(street: str, person: Person, at: datetime) -> bool:
    return any(post.role == Role.SERVICE_MANAGER for post in organisation.posts_held(street, person.pk, at=at))


def _new(
    street: str, subject: str, slot: str, holder: Holder, *, at: datetime, reason: str, term_ends_on: date | None
) -> Pairing:
    if term_ends_on and term_ends_on < at.astimezone(BEIJING).date():
        raise WrongInput("enterprise.term", "任期不能早于今天结束。", field="term_ends_on")
    return Pairing(
        street=street, subject=subject, slot=slot, unit=holder.unit, person=holder.person, substitute=holder.substitute,
        reason=reason.strip()[:200], term_ends_on=term_ends_on, starts_at=at,
    )  # fmt: skip


def _end(row: Pairing, *, at: datetime, because: str) -> None:
    """Compare-and-set: of two hand-overs at once one wins."""
    if not Pairing.objects.filter(pk=row.pk, ends_at__isnull=True).update(ends_at=at, ended_because=because):
        raise Refused("enterprise.pairing_over", "这条包联已经结束;请刷新页面看现在是谁。", pairing=row.ref)


def _told(row: Pairing, holder: Holder) -> dict[str, str]:
    return {
        "pairing": row.ref, "slot": row.slot, "slot_name": SLOTS[row.slot], "holder": holder.label,
        "substitute": holder.substitute.name if holder.substitute else "", "reason": row.reason,
        "person": f"person:{holder.person.ref}" if holder.person else "",
    }  # fmt: skip


def _reason(said: str) -> str:
    if len(said.strip()) < 2:
        raise WrongInput("enterprise.no_reason", "请写明缘由(例如:原管家调岗)。", field="reason")
    return said.strip()[:200]
