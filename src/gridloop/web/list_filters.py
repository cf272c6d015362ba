"""What the address of a list asks for, and the controls that narrow it: each choice with the number of cases behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from gridloop.offices.cases.queries import pages, words
from gridloop.offices.cases.queries.adverse import known_factors
from gridloop.offices.cases.queries.columns import COLUMNS, DEFAULT, LISTED, known_columns
from gridloop.offices.cases.queries.counts import Counts
from gridloop.offices.cases.queries.lists import SORTS, Filter
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.reader import Reader
from gridloop.web.scope import Scope, scope_of
from gridloop.web.wording import said

TEXTS = ("state", "unit", "category", "place", "street", "factor", "text", "grade", "source", "phone", "sort")
FLAGS = ("late", "gap", "mine")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to narrow to, how many cases stand in it, and the address."""

    label: str
    count: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One narrowing control: its parameter, label, options (value, label with count) and what is chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes-or-no condition with its count."""

    name: str
    label: str
    count: str
    is_on: bool


def wanted_from(sent: QueryDict) -> Filter:
    """What the address asks for; what is no date or no key counts as not asked."""
    texts = {name: sent.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in TEXTS}
    flags = {name: sent.get(name) == "1" for name in FLAGS}
    return Filter(
        **texts, **flags, since=_day(sent, "since"), until=_day(sent, "until"), after=sent.get("after", "")[:40]
    )


def _day(sent: QueryDict, name: str) -> str:
    try:
        return date.fromisoformat(sent.get(name, "")[:10]).isoformat()
    except ValueError:
        return ""


def columns_from(sent: QueryDict) -> tuple[str, ...]:
    """The columns of the address: ``cols=state,due`` or, from the form, ``cols=state&cols=due``."""
    return known_columns(",".join(sent.getlist("cols")).split(","), listed_only=True)


def query_of(wanted: Filter, columns: Iterable[str] = DEFAULT, **changes: Any) -> str:
    """The address part of a filter with its columns; the ordinary is left out."""
    values = asdict(wanted) | changes
    told = {name: "1" if value is True else value for name, value in values.items() if value}
    shown = tuple(columns)
    return urlencode(told if shown == DEFAULT else told | {"cols": ",".join(shown)})


def is_narrowed(wanted: Filter) -> bool:
    return any(value for name, value in asdict(wanted).items() if name not in ("after", "state", "sort"))


def in_words(wanted: Filter, reader: Reader) -> str:
    """The conditions as people say them, for registers and headings."""
    units = {unit.code: unit.name for unit in organisation.units(reader.street.code)}
    names = {grid.path: grid.name for grid in territory.grids(reader.street.code)}
    told = [
        _state_word(wanted.state), f"“{wanted.text}”" if wanted.text else "", units.get(wanted.unit, wanted.unit),
        " › ".join(wanted.category.split("/")) if wanted.category else "", names.get(wanted.place, wanted.place),
        _factor_word(wanted, reader), said(words.GRADES.get(wanted.grade, "")), said(words.SOURCES.get(wanted.source, "")),
        _("只看超期") if wanted.late else "", _("只看路由缺口") if wanted.gap else "", _("我首问或经办的") if wanted.mine else "",
        f"{wanted.since or '…'} — {wanted.until or '…'}" if wanted.since or wanted.until else "", _("按电话查询") if wanted.phone else "",
    ]  # fmt: skip
    return ";".join(part for part in told if part) or _("全部事项")


def _factor_word(wanted: Filter, reader: Reader) -> str:
    return said(known_factors(reader.street.code).get(wanted.factor, wanted.factor)) if wanted.factor else ""


def _state_word(state: str) -> str:
    groups = {"open": _("在办"), "live": _("未销号")}
    return groups.get(state) or said(words.STATES.get(state, ""))


# -- controls ---------------------------------------------------------------------------------------------------------


def told(n: int, counts: Counts, *, is_exact: bool = False) -> str:
    """A count as shown: with "+" where closed cases, or the hits of a search, were counted among the newest only."""
    is_more = counts.are_hits_cut or (counts.is_capped and not is_exact)
    return f"{n}+" if is_more and n else f"{n}"


def tabs(counts: Counts, wanted: Filter, columns: tuple[str, ...]) -> list[Tab]:
    """All, all open, then each state that holds a case. Counts of cases not struck off are always exact."""
    shown = [("", _("全部"), counts.total), ("open", _("在办"), counts.of_states(words.OPEN_STATES))]
    shown += [
        (state, said(label), counts.by_state.get(state, 0))
        for state, label in words.STATES.items()
        if counts.by_state.get(state) or state == wanted.state
    ]
    if wanted.state == "live":
        shown.insert(2, ("live", _("未销号"), counts.of_states(words.LIVE_STATES)))
    exact = words.LIVE_STATES | {"open", "live"}
    return [
        Tab(
            label, told(n, counts, is_exact=state in exact), f"?{query_of(wanted, columns, state=state, after='')}", state == wanted.state
        )
        for state, label, n in shown
    ]  # fmt: skip


def choices(reader: Reader, wanted: Filter, counts: Counts) -> list[Choice]:
    """The narrowing controls of the reader's street, each option with its count."""
    street = reader.street.code
    exact = wanted.state == "open" or wanted.state in words.LIVE_STATES or wanted.state == "live"

    def counted(label: str, n: int) -> str:
        return f"{label}({told(n, counts, is_exact=exact)})" if n else label

    units = [(unit.code, counted(unit.name, counts.by_unit.get(unit.pk, 0))) for unit in organisation.units(street)]
    places = [
        (grid.path, counted(f"{'　' * max(grid.level - 1, 0)}{grid.name}", counts.below("by_place", grid.path)))
        for grid in territory.grids(street)
    ]
    categories = [
        (row.path, counted(f"{'　' * row.path.count('/')}{row.name}", counts.below("by_category", row.path)))
        for row in pages.categories(street)
    ]
    grades = [(value, counted(said(label), counts.by_grade.get(value, 0))) for value, label in words.GRADES.items()]
    sources = [(value, counted(said(label), counts.by_source.get(value, 0))) for value, label in words.SOURCES.items()]
    return [
        Choice("unit", _("主办单位"), units, wanted.unit),
        Choice("category", _("类别"), categories, wanted.category),
        Choice("place", _("网格"), places, wanted.place),
        Choice("grade", _("等级"), grades, wanted.grade),
        Choice("source", _("来源"), sources, wanted.source),
        Choice(
            "factor", _("不利因素"), [(code, said(name)) for code, name in known_factors(street).items()], wanted.factor
        ),
    ]


def scope(reader: Reader, wanted: Filter, counts: Counts, columns: tuple[str, ...]) -> Scope:
    """Where the list is narrowed to, and the places below with their counts; everything else that is asked stays."""
    return scope_of(
        reader.street, wanted.place,
        address=lambda grid: f"?{query_of(wanted, columns, place=grid.path if grid else '', after='')}",
        counted=lambda path: told(counts.below("by_place", path), counts) if counts.below("by_place", path) else "",
    )  # fmt: skip


def flags(wanted: Filter, counts: Counts) -> list[Flag]:
    return [
        Flag("late", _("只看超期"), told(counts.late, counts), wanted.late),
        Flag("gap", _("只看路由缺口"), told(counts.gap, counts), wanted.gap),
        Flag("mine", _("我首问或经办的"), told(counts.mine, counts), wanted.mine),
    ]


def sorts() -> list[tuple[str, str]]:
    return [(name, said(label)) for name, label in SORTS.items()]


def column_choices(columns: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """(name, label, shown) of every column a list may have."""
    return [(name, said(COLUMNS[name].label), name in columns) for name in LISTED]
