"""Reading the records of who looked and who did what, page by page, the newest first, for those who may (三员 and their windows).

Keyset paging: ``before`` is the last id of the page before; 0 starts at the newest. Every query reads its own index, so a page costs
the same after ten years as on the first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from gridloop.offices.archive.models import AccessNote, Entry, Erasure
from gridloop.offices.archive.queries import TimelineEntry, _timeline_entry


@dataclass(frozen=True, slots=True)
class Span:
    """What part of a record is asked for: before an id, from and until a moment, by an actor (``person:ref``)."""

    before: int = 0
    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    size: int = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One look at personal data."""

    id: int
    at: datetime
    who: str
    actor: str
    what: str
    subject: str
    reason: str


def looks(street: str, span: Span, *, text: str = "") -> list[Look]:
    """Who looked at what and why; one more than the page's size tells there is another. ``text`` narrows by name or thing."""
    rows = AccessNote.objects.filter(street=street)
    if span.before:
        rows = rows.filter(id__lt=span.before)
    if span.since:
        rows = rows.filter(looked_at__gte=span.since)
    if span.until:
        rows = rows.filter(looked_at__lt=span.until)
    if span.actor:
        rows = rows.filter(actor=span.actor)
    if text:
        rows = rows.filter(actor_name__contains=text) | rows.filter(what__contains=text)
    return [
        Look(row.pk, row.looked_at, row.actor_name, row.actor, row.what, row.subject, row.reason)
        for row in rows.order_by("-id")[: span.size + 1]
    ]


@dataclass(frozen=True, slots=True)
class Deeds:
    """Entries of some kinds, with whether more follow."""

    entries: tuple[TimelineEntry, ...]
    more: bool = field(default=False)


def deeds(street: str, kinds: Iterable[str], span: Span) -> Deeds:
    """What was done, of these kinds of entry, as the ledger tells it."""
    rows = Entry.objects.filter(book_id=street, kind__in=list(kinds))
    if span.before:
        rows = rows.filter(id__lt=span.before)
    if span.since:
        rows = rows.filter(at__gte=span.since)
    if span.until:
        rows = rows.filter(at__lt=span.until)
    if span.actor:
        rows = rows.filter(actor=span.actor)
    page = list(rows.order_by("-id")[: span.size + 1])
    return Deeds(tuple(_timeline_entry(entry) for entry in page[: span.size]), more=len(page) > span.size)


@dataclass(frozen=True, slots=True)
class EntryHead:
    """One entry without what it says: who erases need not read. ``seq`` is None until it is sealed."""

    seq: int | None
    kind: str
    at: datetime
    is_erased: bool


def entries_of(subject: str, *, street: str) -> list[EntryHead]:
    """The entries of a subject in the street's book, the oldest first, by their heads."""
    rows = Entry.objects.filter(book_id=street, subject=subject).order_by("id")
    found = rows.annotate(gone=Q(payload__isnull=True)).values_list("seq", "kind", "at", "gone")
    return [EntryHead(*row) for row in found]


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One certificate (销毁证明): who erased which entries when, on what basis; ``seq`` is its own number in the ledger."""

    id: int
    at: datetime
    by: str
    basis: str
    entries: tuple[int, ...]
    seq: int | None


def erasures(street: str, *, before: int = 0, size: int = 50) -> list[ErasureLine]:
    """The street's certificates, the newest first, below the key ``before``; one more than ``size`` tells there is another page."""
    rows = Erasure.objects.filter(book_id=street).select_related("certificate").prefetch_related("entries")
    page = (rows.filter(pk__lt=before) if before else rows).order_by("-id")[: size + 1]
    return [
        ErasureLine(
            row.pk, row.erased_at, _timeline_entry(row.certificate).by, row.basis,
            tuple(sorted(entry.seq for entry in row.entries.all() if entry.seq)), row.certificate.seq,
        )
        for row in page
    ]  # fmt: skip
