"""Lists of cases: what they are narrowed to, in which order they stand, and how one page follows another.

Terms: a *filter* is what a list is narrowed to, and can be kept as an address; a *key* names the last case of a page by the value
it is ordered by and its number, so that the next page costs what the first costs and a case that arrives meanwhile shifts nothing.

Guarantees: nothing outside the reader's scope is listed whatever is asked; an impossible key means the first page; a page takes a
fixed number of statements (three; with words to search for, at most four more).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import WrongInput
from gridloop.core.lifecycle import LIVE_STATES, OPEN_STATES
from gridloop.core.period import begins
from gridloop.core.search import Sought, sought
from gridloop.offices.cases.models import BEIJING, Case, Participation, Report
from gridloop.offices.cases.queries.adverse import tagged
from gridloop.offices.cases.queries.finding import under, visible_to
from gridloop.offices.cases.queries.search import Marks, marks_of, matching, place_mark, unit_mark

PAGE = 30
MOST_SORTED = 2_000
"""Hits of a search that are put in another order than newest first; the newest so many."""

SORTS: dict[str, str] = {
    "": "最新登记在前",
    "oldest": "最早登记在前",
    "due": "最早到期在前",
    "answered": "最近答复在前",
}
_BY: dict[str, tuple[str, bool]] = {
    "": ("pk", True),
    "oldest": ("pk", False),
    "due": ("due_at", False),
    "answered": ("answered_at", True),
}
_SELDOM_READ = ("text", "answer", "route_reason", "grade_reason", "first_contact__phone", "first_contact__email")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of cases is narrowed to; empty means any. Dates are days (``2022-05-23``), the last one included.

    ``state`` may be ``open`` (not answered) or ``live`` (not struck off); ``unit`` is a code; ``category`` and ``place`` are
    paths and mean everything below them; ``factor`` is the code of an adverse factor (不利因素) that is on the case; ``phone`` is a blind index (``actions.searching.seek_phone``); ``mine`` is what the reader
    took or worked on; ``after`` is the key of the last case shown.
    """

    state: str = ""
    unit: str = ""
    category: str = ""
    place: str = ""
    street: str = ""
    factor: str = ""
    text: str = ""
    grade: str = ""
    source: str = ""
    late: bool = False
    gap: bool = False
    mine: bool = False
    since: str = ""
    until: str = ""
    phone: str = ""
    sort: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list, and the key to ask for the next with (empty at the end)."""

    cases: list[Case]
    after: str


def list_cases(actor: Actor, wanted: Filter, *, size: int = PAGE) -> CasePage:
    """The actor's cases, narrowed, in the wanted order. A search by number shows that case first, then the newest hits."""
    asked = sought(wanted.text)
    exact = _exact(actor, wanted, asked) if asked.number else []
    found = narrowed(actor, wanted).exclude(pk__in=[case.pk for case in exact]) if exact else narrowed(actor, wanted)
    if not asked.is_empty or asked.is_signs_only:
        found = _with_words(found, asked, actor, wanted, size=size)
    rows = list(_in_order(found, wanted)[: size + 1])
    first = [] if wanted.after else exact
    shown = rows[: size - len(first)]
    if len(shown) == len(rows):
        return CasePage(first + shown, "")
    return CasePage(first + shown, key_of(shown[-1], wanted.sort) if shown else _key_before(rows[0], wanted.sort))


def _in_order(found: QuerySet[Case], wanted: Filter) -> QuerySet[Case]:
    """Behind the key, ordered, with what a row shows."""
    field, falls = _BY.get(wanted.sort, _BY[""])
    value, last = _key(wanted.after)
    if last:
        found = found.filter(_behind(field, falls, value, last))
    order = F(field).desc(nulls_last=True) if falls else F(field).asc(nulls_last=True)
    plain = "-pk" if falls else "pk"
    shown = found.select_related("lead", "first_contact", "grid").defer(*_SELDOM_READ)
    return shown.order_by(plain) if field == "pk" else shown.order_by(order, plain)


def _behind(field: str, falls: bool, value: datetime | None, last: int) -> Q:  # noqa: FBT001 - an order, not a switch
    """What stands behind the case ``last`` in this order; cases without a value stand at the end."""
    way = "lt" if falls else "gt"
    behind = Q(**{f"pk__{way}": last})
    if field == "pk":
        return behind
    if value is None:
        return Q(**{f"{field}__isnull": True}) & behind
    return Q(**{f"{field}__{way}": value}) | (Q(**{field: value}) & behind) | Q(**{f"{field}__isnull": True})


def key_of(case: Case, sort: str) -> str:
    """``123`` where the number orders, else ``moment.123`` with the moment in microseconds (empty without one)."""
    field = _BY.get(sort, _BY[""])[0]
    if field == "pk":
        return str(case.pk)
    value: datetime | None = getattr(case, field)
    return f"{'' if value is None else (value - _EPOCH) // _TICK}.{case.pk}"


def _key_before(case: Case, sort: str) -> str:
    """The key behind which this case comes first."""
    value, _dot, _case = key_of(case, sort).rpartition(".")
    falls = _BY.get(sort, _BY[""])[1]
    return f"{value}{_dot}{case.pk + (1 if falls else -1)}"


_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def _key(after: str) -> tuple[datetime | None, int]:
    """The value and the case of a key; (None, 0) for an impossible one."""
    said, _dot, case = after.rpartition(".")
    if not case.isascii() or not case.isdecimal() or len(case) > 19 or int(case) >= 1 << 63:
        return None, 0
    if not said.isascii() or not said.isdecimal() or len(said) > 17:
        return None, int(case)
    return _EPOCH + int(said) * _TICK, int(case)


# -- narrowing --------------------------------------------------------------------------------------------------------


def narrowed(actor: Actor, wanted: Filter, *, except_for: frozenset[str] = frozenset()) -> QuerySet[Case]:
    """The actor's cases that the filter lets through; words are asked apart. Raises WrongInput for what is no date."""
    found = visible_to(actor)
    for name, narrow in _NARROW.items():
        value = _clean(getattr(wanted, name))
        if value and name not in except_for:
            found = narrow(found, value, actor)
    return found


def _clean(value: Any) -> Any:
    """No column holds the character NUL, and PostgreSQL refuses to be asked for it."""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


def _of_state(found: QuerySet[Case], state: str, _: Actor) -> QuerySet[Case]:
    groups = {"open": OPEN_STATES, "live": LIVE_STATES}
    return found.filter(state__in=sorted(groups[state])) if state in groups else found.filter(state=state)


def _of_reader(found: QuerySet[Case], _: object, actor: Actor) -> QuerySet[Case]:
    worked = Participation.objects.filter(case=OuterRef("pk"), person=actor.person_id)
    return found.filter(Q(first_contact=actor.person_id) | Exists(worked))


def _of_phone(found: QuerySet[Case], phone: str, _: Actor) -> QuerySet[Case]:
    told = Report.objects.filter(phone_index=phone)
    return found.filter(Q(pk__in=told.values("case")) | Q(pk__in=told.values("case__merged_into")))


def day_begins(said: str, *, field: str) -> datetime:
    """The first moment of the day. Raises WrongInput."""
    try:
        return begins(date.fromisoformat(said[:10]), BEIJING)
    except ValueError:
        raise WrongInput("cases.bad_day", f"“{said}”不是日期;请写成 2022-05-23 的样子。", field=field) from None


_NARROW: dict[str, Callable[[QuerySet[Case], Any, Actor], QuerySet[Case]]] = {
    "state": _of_state,
    "unit": lambda found, code, _: found.filter(lead__code=code),
    "category": lambda found, path, _: found.filter(under("category", path)),
    "place": lambda found, path, _: found.filter(under("place", path)),
    "street": lambda found, code, _: found.filter(street=code),
    "factor": lambda found, code, _: found.filter(pk__in=tagged(code).values("case")),
    "grade": lambda found, grade, _: found.filter(grade=grade),
    "source": lambda found, source, _: found.filter(source=source),
    "late": lambda found, _late, _: found.filter(is_late=True),
    "gap": lambda found, _gap, _: found.filter(is_gap=True, assigned_at__isnull=True),
    "mine": _of_reader,
    "since": lambda found, day, _: found.filter(filed_at__gte=day_begins(day, field="since")),
    "until": lambda found, day, _: found.filter(filed_at__lt=day_begins(day, field="until") + timedelta(days=1)),
    "phone": _of_phone,
}


def hits(actor: Actor, wanted: Filter, *, limit: int, except_for: frozenset[str] = frozenset()) -> QuerySet[Case]:
    """The filter with its words: the newest ``limit`` hits, in no order."""
    found = narrowed(actor, wanted, except_for=except_for)
    asked = sought(wanted.text)
    if asked.is_empty and not asked.is_signs_only:
        return found
    told = replace(
        wanted,
        after="",
        unit="" if "unit" in except_for else wanted.unit,
        place="" if "place" in except_for else wanted.place,
    )
    return found.filter(pk__in=_hit_ids(found, asked, actor, told, limit=limit))


def _hit_ids(
    found: QuerySet[Case], asked: Sought, actor: Actor, wanted: Filter, *, limit: int, before: int = 0
) -> list[int]:
    exact = [case.pk for case in _exact(actor, wanted, asked)] if asked.number and not before else []
    return exact + matching(found, asked, marks=_marks(actor, wanted), before=before, limit=limit)


def _with_words(found: QuerySet[Case], asked: Sought, actor: Actor, wanted: Filter, *, size: int) -> QuerySet[Case]:
    """The cases that meet the words: of the newest first just this page's, else the newest two thousand to be sorted."""
    by_newest = wanted.sort not in _BY or wanted.sort == ""
    _, before = _key(wanted.after) if by_newest else (None, 0)
    ids = matching(
        found, asked, marks=_marks(actor, wanted), before=before, limit=size + 1 if by_newest else MOST_SORTED
    )
    return Case.objects.filter(pk__in=ids)


def _marks(actor: Actor, wanted: Filter) -> Marks:
    """The marks of the scope, and those of the filter: a narrow question is answered faster."""
    groups = list(marks_of(actor) or ())
    if wanted.place:
        groups.append((place_mark(wanted.place),))
    if wanted.unit and actor.street:
        groups.append((unit_mark(actor.street, wanted.unit),))
    return tuple(groups)


def _exact(actor: Actor, wanted: Filter, asked: Sought) -> list[Case]:
    """The case whose number was typed, in the reader's scope; a whole number is found whatever else the list is narrowed to."""
    found = visible_to(actor) if asked.day else narrowed(actor, wanted)
    row = found.filter(pk=asked.number).select_related("lead", "first_contact", "grid").first()
    if row is None or (asked.day and row.number[:8] != asked.day):
        return []
    return [row]
