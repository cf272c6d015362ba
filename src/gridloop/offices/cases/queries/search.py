# ruff: noqa: S608 - see the docstring: statements are parts of ours, values are parameters
"""Finding cases by what they say, on either database, within what the reader may see.

How it works (``core.search`` says what a key is):

1. the index gives *candidates*: cases with every key of the query, and at least one mark of the reader's scope, newest first;
2. a candidate is a hit when each term stands in its kept text or initials (keys alone do not know their order);
3. a hit is shown when the narrowed, scoped query of cases holds it: marks make the search fast, they permit nothing.

On SQLite this is one statement over an FTS5 table that streams from the newest row on, and stops when the page is full. A GIN
index cannot stream; there the newest four thousand cases are asked first, then wider stretches (``STRETCHES``), then the rest: at most
ten statements, and usually one, because what is common is soon found among the newest. A stretch is never so wide that reading what
was common only long ago (供暖, in summer) takes long.

Cases that the tick has not indexed yet (a second's worth) are read directly, so a case is found as soon as it is filed.

Statements are put together from parts of ours and what Django compiled; every value is a parameter.

Worked example::

    matching(visible_to(actor), sought("噪音"), marks=marks_of(actor), before=0, limit=31)    # [30211, 30007, …]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gridloop.core.access import Actor, scope_of
from gridloop.core.search import (
    MARK,
    Findable,
    Sought,
    findable,
    initial_keys,
    may_be_initials,
    term_keys,
)
from gridloop.offices.cases.list_models import SearchText
from gridloop.offices.cases.models import Case, Participation

FRESH = 1_000  # so many of the newest cases are read directly while they are not indexed
AGES = (11, 13, 15)  # a case's marks of age: its number shifted right by so many bits
STRETCHES = (11, 13, *[15] * 7)  # two of each, from the newest on: 4,096 cases, 16,384, then 65,536 seven times
LATER = 1 << 62
Marks = tuple[tuple[str, ...], ...] | None
"""Groups of marks: of each group one must stand on the case. None: no mark is asked for."""


def mark(kind: str, value: object) -> str:
    """A mark as the index keeps it: ten hexadecimal digits, so that no tokenizer takes it apart."""
    return hashlib.blake2s(f"{kind}:{value}".encode(), digest_size=5).hexdigest()


def place_mark(place: str) -> str:
    return mark("place", place)


def unit_mark(street: str, code: str) -> str:
    return mark("unit", f"{street}/{code}")


def marks_of(actor: Actor) -> Marks:
    """The marks of which a case in the actor's scope bears at least one; None where everything may be seen."""
    scope = scope_of(actor)
    if scope.everything:
        return None
    found = [place_mark(place) for place in scope.places]
    found += [unit_mark(actor.street, code) for code in scope.units]
    if scope.person_id:
        found += [mark("first", person) for person in sorted({scope.person_id, *scope.answers_for})]
    return (tuple(found),)


def findables(keys: Sequence[int]) -> dict[int, tuple[str, Findable]]:
    """By case id: its street and what it is to be found by now; two queries whatever their number."""
    rows = Case.objects.filter(pk__in=keys).select_related("lead", "grid__parent__parent").order_by("pk")
    parts: dict[int, set[str]] = {}
    for case, code in Participation.objects.filter(case__in=keys).values_list("case_id", "unit__code"):
        parts.setdefault(case, set()).add(code)
    return {case.pk: (case.street, _findable(case, parts.get(case.pk, set()))) for case in rows}


def _findable(case: Case, took_part: set[str]) -> Findable:
    return findable(
        names=[case.title, case.address, *_place_names(case), case.lead.name, case.enterprise],
        texts=[case.text, case.answer],
        marks=[
            *(place_mark(prefix) for prefix in _prefixes(case.place)),
            *(unit_mark(case.street, code) for code in {case.lead.code, *took_part}),
            *(mark("first", person) for person in sorted({case.first_contact_id, case.answerer_id})),
        ],
    )


def _place_names(case: Case) -> Iterator[str]:
    """The names of the cell and of those around it, below the street."""
    grid = case.grid
    while grid is not None and grid.level > 1:
        yield grid.name
        grid = grid.parent if "parent" in grid._state.fields_cache else None


def _prefixes(place: str) -> Iterator[str]:
    parts = place.split("/")
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))


def kept(keys: Sequence[int]) -> dict[int, Findable]:
    """By case id: what the index holds for it."""
    rows = SearchText.objects.filter(case__in=keys).values_list("case_id", "text", "initials", "marks")
    return {case: Findable(text, initials, tuple(marks.split())) for case, text, initials, marks in rows}


def age_marks(case: int) -> list[str]:
    """Which stretches of case numbers it lies in, from narrow to wide (PostgreSQL)."""
    return [f"{MARK}{_age_mark(age, case >> age)}" for age in AGES]


def _age_mark(age: int, stretch: int) -> str:
    return f"a{age}x{stretch}"


# -- asking -----------------------------------------------------------------------------------------------------------


def matching(scoped: QuerySet[Case], asked: Sought, *, marks: Marks, before: int = 0, limit: int) -> list[int]:
    """The ids of at most ``limit`` cases of ``scoped`` that meet every term, newest first, below ``before`` where given."""
    if asked.is_empty or limit <= 0:
        return []
    below = before or LATER
    search = _stream if connection.vendor == "sqlite" else _windows
    try:
        found = _fresh(scoped, asked, below=below, limit=limit)
        return found + search(scoped, asked, marks, below=below, limit=limit - len(found))
    except EmptyResultSet:  # Django's word for a scope that can hold nothing
        return []


def _fresh(scoped: QuerySet[Case], asked: Sought, *, below: int, limit: int) -> list[int]:
    """Hits among the newest cases that are not indexed yet."""
    indexed = Subquery(SearchText.objects.order_by("-case_id").values("case_id")[:1])
    newest = Subquery(Case.objects.order_by("-pk").values("pk")[:1])
    new = scoped.filter(pk__gt=Coalesce(indexed, 0), pk__lt=below).filter(pk__gt=Coalesce(newest, 0) - FRESH)
    for term in asked.terms:
        new = new.filter(
            Q(title__icontains=term) | Q(text__icontains=term) | Q(address__icontains=term)
            | Q(enterprise__icontains=term) | Q(lead__name__icontains=term) | Q(grid__name__icontains=term)
        )  # fmt: skip
    return list(new.order_by("-pk").values_list("pk", flat=True)[:limit])


def _stream(scoped: QuerySet[Case], asked: Sought, marks: Marks, *, below: int, limit: int) -> list[int]:
    """SQLite: the FTS5 table is walked from the newest row on, each candidate is asked, and the walk ends with the page."""
    if limit <= 0:
        return []
    inside, inside_values = _inside(scoped, "cases_search.rowid")
    said, said_values = _said(asked, "instr")
    sql = (
        "SELECT cases_search.rowid FROM cases_search CROSS JOIN cases_searchtext AS kept ON kept.case_id = cases_search.rowid"
        f" WHERE cases_search MATCH %s AND cases_search.rowid < %s{said}{inside} ORDER BY cases_search.rowid DESC LIMIT %s"
    )
    keys = " AND ".join(_expressions(asked, marks, " AND ", " OR ", '"'))
    return _ids(sql, [keys, below, *said_values, *inside_values, limit])


def _windows(scoped: QuerySet[Case], asked: Sought, marks: Marks, *, below: int, limit: int) -> list[int]:
    """PostgreSQL: the newest stretch of case numbers first, then wider ones, then the rest."""
    found: list[int] = []
    newest = SearchText.objects.aggregate(last=Max("case_id"))["last"] or 0
    for ages, upper, lower in stretches(min(below, newest + 1)):
        if len(found) < limit:
            groups = (*(marks or ()), ages) if ages else marks
            found += _window(scoped, asked, groups, below=upper, floor=lower, limit=limit - len(found))
    return found


def stretches(upper: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(marks of age, below, from) of each stretch of the case numbers below ``upper``; without marks for what remains."""
    for age in STRETCHES:
        if upper <= 0:
            return
        newest = (upper - 1) >> age
        oldest = max(newest - 1, 0)
        yield tuple(_age_mark(age, at) for at in range(oldest, newest + 1)), upper, oldest << age
        upper = oldest << age
    if upper > 0:
        yield (), upper, 0


def _window(scoped: QuerySet[Case], asked: Sought, marks: Marks, *, below: int, floor: int, limit: int) -> list[int]:
    """The hits of one stretch. Candidates are put in order first and asked one after the other until the page is full: left to
    itself the planner would read all cases of the scope to ask a few. Each group of keys is a condition of its own: between
    conditions GIN leaps to where the next can hold, within one it reads every case that bears its rarest key."""
    inside, inside_values = _inside(scoped, "kept.case_id")
    said, said_values = _said(asked, "strpos")
    keys = _expressions(asked, marks, " & ", " | ", "'")
    sql = (
        "SELECT kept.case_id FROM (SELECT case_id, text, initials FROM cases_searchtext"
        f" WHERE {'words @@ %s::tsquery AND ' * len(keys)}case_id < %s AND case_id >= %s ORDER BY case_id DESC OFFSET 0) AS kept"
        f" WHERE TRUE{said}{inside} ORDER BY kept.case_id DESC LIMIT %s"
    )
    return _ids(sql, [*keys, below, floor, *said_values, *inside_values, limit])


def _inside(scoped: QuerySet[Case], key: str) -> tuple[str, list[Any]]:
    """The condition that the case is one of ``scoped``, asked of each candidate by its key."""
    plain = scoped.order_by().values("id")
    if not plain.query.where and not plain.query.is_empty():
        return "", []
    sql, values = plain.query.sql_with_params()
    return f" AND (SELECT 1 FROM ({sql}) AS seen WHERE seen.id = {key} LIMIT 1) IS NOT NULL", list(values)


def _said(asked: Sought, position: str) -> tuple[str, list[str]]:
    """The condition that every term stands in the kept text or, where it may be initials, in the initials."""
    parts, values = [], []
    for term in asked.terms:
        if may_be_initials(term):
            parts.append(f" AND ({position}(kept.text, %s) > 0 OR {position}(kept.initials, %s) > 0)")
            values += [term, term]
        else:
            parts.append(f" AND {position}(kept.text, %s) > 0")
            values.append(term)
    return "".join(parts), values


def _expressions(asked: Sought, marks: Marks, both: str, either: str, quote: str) -> list[str]:
    """The keys that a hit bears, a condition for each mark's group and each term, in the dialect of the index.

    Keys hold letters and digits only, so quoting is safe.
    """

    def joined(keys: Iterable[str], sign: str) -> str:
        return f"({sign.join(f'{quote}{key}{quote}' for key in keys)})"

    groups = [joined((f"{MARK}{each}" for each in group), either) for group in marks or ()]
    for term in asked.terms:
        words = joined(term_keys(term), both)
        groups.append(f"({words}{either}{joined(initial_keys(term), both)})" if may_be_initials(term) else words)
    return groups


def _ids(sql: str, values: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [key for (key,) in cursor.fetchall()]
