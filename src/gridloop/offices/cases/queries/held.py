"""What is kept about someone who reported (您手里有我的什么): every field with its class, who looked at it, until when it is kept.

Classes of personal data: L1 public · L2 internal (what was said, and where) · L3 personal (name, telephone; encrypted, masked) · L4 sensitive (none
is asked for). Who looked is told by post, not by name: residents learn that the duty desk looked, and why.

Worked example::

    held_about([report], at=at).fields[0]    # Field("name", "王*", "L3", kept_until=None)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.core.errors import NotFound
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.models import AccessNote
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.organisation import queries as organisation

KEPT_FOR = timedelta(days=365)
"""How long a name and a number are kept after the case has ended (PIPL art. 19: the shortest time needed; callbacks and appeals are over)."""
ENDED = frozenset({"cleared", "withdrawn", "archived"})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is kept: its name in code, what it says (masked where L3), its class."""

    name: str
    value: str
    level: str


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the reporter's name and number: when, from which post, what for."""

    at: datetime
    post: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Everything kept about one report. ``contact_until`` is None while the case goes on: a year from its end is not known yet."""

    number: str
    told_at: datetime
    fields: tuple[Field, ...]
    looks: tuple[Look, ...]
    contact_until: datetime | None
    has_contact: bool


def held_about(report: Report) -> Held:
    """What is kept about the teller of this report; its case and the case that answers it have been fetched."""
    subjects = {case.subject for case in (report.case, report.case.merged_into) if case}
    notes = [note for subject in sorted(subjects) for note in archive.access_notes(subject)]
    return Held(
        number=report.case.number,
        told_at=report.told_at,
        fields=tuple(_fields(report)),
        looks=tuple(look_of(note) for note in sorted(notes, key=lambda note: note.looked_at, reverse=True)),
        contact_until=contact_until(report),
        has_contact=bool(report.name or report.phone),
    )


def contact_until(report: Report) -> datetime | None:
    """Until when the name and number are kept; None while the case that answers the report has not ended."""
    answering = report.case.merged_into or report.case
    if answering.state not in ENDED:
        return None
    return max(answering.cleared_at or report.told_at, report.told_at) + KEPT_FOR


def _fields(report: Report) -> Iterator[Field]:
    case = report.case
    yield Field("name", mask_name(report.name), "L3")
    yield Field("phone", mask_phone(report.phone), "L3")
    yield Field("enterprise", case.enterprise, "L2")
    yield Field("text", report.text, "L2")
    yield Field("place", _place(case), "L2")
    yield Field("supplements", "\n".join(_supplements(case)), "L2")
    yield Field("photos", "、".join(_photos(case)), "L2")
    yield Field("judgement", report.comment if report.judged_at else "", "L2")


def _place(case: Case) -> str:
    point = f"({case.lon:.5f}, {case.lat:.5f})" if case.lon is not None and case.lat is not None else ""
    return " ".join(part for part in (case.grid.name if case.grid else "", case.address, point) if part)


def _supplements(case: Case) -> Iterator[str]:
    for entry in archive.timeline(case.subject):
        if entry.kind == "case.supplemented":
            yield str(entry.payload.get("text", ""))


def _photos(case: Case) -> Iterator[str]:
    yield from (each.name for each in archive.attachments_of(case.subject) if each.by.startswith("reporter:"))


def look_of(note: AccessNote) -> Look:
    """The look as it is told to whom it concerns: by post, not by name."""
    return Look(note.looked_at, _post_of(note), note.what, note.reason)


def _post_of(note: AccessNote) -> str:
    """The posts that whoever looked held at that moment; the name stays inside the house. Who is no officer is told as the note tells it."""
    kind, _, ref = note.actor.partition(":")
    if kind in ("outside", "system"):
        return note.actor_name
    try:
        person = organisation.person(note.street, ref) if kind == "person" else None
    except NotFound:
        person = None
    posts = organisation.posts_held(note.street, person.pk, at=note.looked_at) if person else ()
    return "、".join(dict.fromkeys(post.title for post in posts))
