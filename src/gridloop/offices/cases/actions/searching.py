"""The search index follows the ledger: what happened to a case is read a second later, and the case is found by what it says now.

Why not in the filing's own transaction: a case has some hundred and fifty keys; writing them costs more than writing the case's
row (``bench/search.py`` prints both), and on SQLite would hold its only writer. The ledger already names every case that changed, in order
and without gaps, so the index needs no queue of its own: a bookmark says how far it has read. Until then a new case is found by
its number and, among the newest thousand, by its words (``queries.search``).

Guarantees: reading an entry twice changes nothing; what was erased from a case has left the index when the tick has read the
entry of the erasure; an index lost or made by another version is built anew from the first entry on (``rebuild_search``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection

from gridloop.core.access import Actor
from gridloop.core.audit import ERASED_KIND
from gridloop.core.search import Findable, phone_in
from gridloop.offices.archive.actions import move_bookmark, note_access
from gridloop.offices.archive.concealed import blind
from gridloop.offices.archive.models import Bookmark, Entry
from gridloop.offices.archive.queries import has_unread, unread
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.list_models import SearchText
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries import search

READER = "search"
BATCH = 500
_KEEP = (
    "INSERT INTO cases_searchtext (case_id, street, text, initials, marks) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (case_id) DO UPDATE SET text = excluded.text, initials = excluded.initials, marks = excluded.marks"
)
_KEEP_WITH_WORDS = (
    "INSERT INTO cases_searchtext (case_id, street, text, initials, marks, words) VALUES (%s, %s, %s, %s, %s, array_to_tsvector(%s))"
    " ON CONFLICT (case_id) DO UPDATE SET text = excluded.text, initials = excluded.initials, marks = excluded.marks, words = excluded.words"
)
_FORGET = "INSERT INTO cases_search (cases_search, rowid, words) VALUES ('delete', %s, %s)"
_INDEX = "INSERT INTO cases_search (rowid, words) VALUES (%s, %s)"


def follow_ledger(*, street: str, limit: int = BATCH) -> int:
    """The next entries of the street's book are read and their cases indexed; how many entries were read."""
    if not has_unread(street, reader=READER):
        return 0
    with deed():
        entries = unread(street=street, reader=READER, limit=limit)
        if not entries:
            return 0
        refs = {subject.removeprefix("case:") for subject in _subjects(entries) if subject.startswith("case:")}
        index_cases(list(Case.objects.filter(ref__in=refs).values_list("pk", flat=True)))
        move_bookmark(street=street, reader=READER, seq=entries[-1].seq or 0)
    return len(entries)


def _subjects(entries: Iterable[Entry]) -> Iterator[str]:
    """What the entries are about; an erasure is about the subjects of what it erased."""
    for entry in entries:
        yield entry.subject
        if entry.kind == ERASED_KIND and entry.payload:
            numbers = json.loads(entry.payload)["entries"]
            yield from Entry.objects.filter(book_id=entry.book_id, seq__in=numbers).values_list("subject", flat=True)


def index_cases(keys: Sequence[int]) -> int:
    """The cases are found by what they say now; how many had changed. A fixed number of statements."""
    if not keys:
        return 0
    with deed():
        now, before = search.findables(keys), search.kept(keys)
        changed = {case: told for case, told in now.items() if before.get(case) != told[1]}
        write = _write_sqlite if connection.vendor == "sqlite" else _write_postgresql
        write(changed, {case: before[case] for case in changed if case in before})
    return len(changed)


def _row(case: int, street: str, told: Findable) -> tuple[int, str, str, str, str]:
    return case, street, told.text, told.initials, " ".join(told.marks)


def _write_sqlite(changed: dict[int, tuple[str, Findable]], before: dict[int, Findable]) -> None:
    """FTS5 without content forgets a row only when told the very words it was given: they are made again from what was kept."""
    with connection.cursor() as cursor:
        cursor.executemany(_FORGET, [(case, " ".join(old.keys())) for case, old in before.items()])
        cursor.executemany(_KEEP, [_row(case, street, told) for case, (street, told) in changed.items()])
        cursor.executemany(_INDEX, [(case, " ".join(told.keys())) for case, (_, told) in changed.items()])


def _write_postgresql(changed: dict[int, tuple[str, Findable]], before: dict[int, Findable]) -> None:
    rows = [
        (*_row(case, street, told), [*told.keys(), *search.age_marks(case)]) for case, (street, told) in changed.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP_WITH_WORDS, rows)


def rebuild_search() -> None:
    """The index is empty and will be built anew by the tick, from the first entry of every book."""
    with deed(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO cases_search (cases_search) VALUES ('delete-all')")
        SearchText.objects.all().delete()
        Bookmark.objects.filter(reader=READER).delete()


def note_what_is_sought(*, by: Actor, at: datetime, said: str) -> tuple[str, str]:
    """The words to look for and, where a whole telephone number was typed, its blind index instead: that search is on record."""
    number = phone_in(said)
    return ("", seek_phone(by=by, at=at, phone=number)) if number else (said, "")


def seek_phone(*, by: Actor, at: datetime, phone: str) -> str:
    """It is on record that the actor looked for a reporter by telephone; returns the blind index that cases are found by.

    ``phone`` is a whole number in normal form (``core.identity.normal_phone``). The record holds the blind index, never the number.
    """
    hidden = blind(phone)
    note_access(
        by=by,
        at=at,
        street=by.street,
        subject=f"phone:{hidden}",
        what="按电话查事项",
        reason="在检索框输入完整电话号码",
    )
    return hidden
