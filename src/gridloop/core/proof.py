"""Is a routing table sound?  Every fault is found when it is published, with a counter-example; never at run time.

Terms
    *table error*  a row that is malformed or names something unknown, a label used twice, or a tie
    *tie*          two rows that can both match one case with equal specificity and equal metric
    *hole*         a category and a place at which some case is matched by no row, so that only the fallback answers

Guarantees
    * ``table_errors`` finds every tie: pairs are compared within each (category, place, number of conditions, metric),
      and two rows tie exactly when each condition that both state has a value in common.
    * ``holes`` is exact, not sampled: the (category leaf, place leaf) pairs under the reported holes are exactly the
      pairs at which some case falls through. Steps:

      1. For a category leaf keep the rows whose category is a prefix of it, grouped by place.
      2. Walk the place tree from the root. A node is answered when the rows on its way down accept every combination
         of condition values; if not and no row lies below, it is a hole as a whole; else its children are walked.
      3. Children that are all holes as a whole are reported as one: their parent. The same is then done over the
         category tree: a place that is a hole in every child category is reported once, at the parent category.

    * A condition covers nothing by itself: values outside the stated sets are possible, unless ``domains`` says that a
      fact can only take certain values. Three rows for work, night and holiday leave no hole when that domain is given.

Worked example::

    >>> rows = [RouteRow("R1", "CG", "p", category="环卫", place="A/1")]
    >>> [(hole.category, hole.place) for hole in holes(rows, ["环卫", "噪声"], ["A/1", "A/2"])]
    [('噪声', ''), ('环卫', 'A/2')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations, pairwise, product

from gridloop.core.errors import Refused
from gridloop.core.route_row import (
    CONDITIONS,
    USUAL,
    CaseFacts,
    RouteRow,
    accepted,
    condition_count,
    conditions_hold,
    is_under,
    is_well_formed,
    plainness,
    prefixes,
    segments,
    unknown_reason_words,
    word_of,
)

Domains = Mapping[str, Collection[str]]
"""Facts with a closed set of values, such as ``{"time_class": {"work", "night", "holiday"}}``."""


@dataclass(frozen=True, slots=True)
class TableError:
    """A fault of a table: its kind, the labels of its rows, for a tie a case that both rows match, and a sentence."""

    kind: str
    rows: tuple[str, ...]
    counter_example: CaseFacts | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Everything under this category and this place falls through for some case; ``example`` is one such case."""

    category: str
    place: str
    example: CaseFacts
    sentence: str


# --- table errors ----------------------------------------------------------------------------------------------------


def table_errors(
    rows: Sequence[RouteRow],
    *,
    known_units: Collection[str] | None = None,
    known_profiles: Collection[str] | None = None,
    known_categories: Iterable[str] | None = None,
    known_places: Iterable[str] | None = None,
) -> list[TableError]:
    """Every fault of the table, in the order of its rows; what is not given as known is not checked.

    Kinds: ``missing``, ``malformed_path``, ``bad_reason``, ``duplicate_row``, ``unknown_unit``, ``unknown_profile``,
    ``unknown_category``, ``unknown_place``, ``tie``. A path is known when it is, or leads to, a known one.
    """
    codes = (("unit", "单位", known_units), ("profile", "时限方案", known_profiles))
    paths = (("category", "类别", _nodes(known_categories)), ("place", "地点", _nodes(known_places)))
    return [
        *(error for row in rows for error in _row_errors(row)),
        *_duplicates(rows),
        *(_unknown(row, *what) for what in (*codes, *paths) for row in rows if _is_unknown(row, what[0], what[2])),
        *ties(rows),
    ]


def ties(rows: Iterable[RouteRow]) -> Iterator[TableError]:
    """Every pair of rows that could both win, each with a case that both match."""
    groups: defaultdict[tuple[str, str, int, int], list[RouteRow]] = defaultdict(list)
    for row in rows:
        groups[row.category, row.place, condition_count(row), row.metric].append(row)
    for group in groups.values():
        for one, other in combinations(group, 2):
            if _overlap(one, other):
                yield _tie(one, other)


def _overlap(one: RouteRow, other: RouteRow) -> bool:
    """Some case meets the conditions of both: each condition stated by both has a value in common."""
    pairs = ((accepted(one, name), accepted(other, name)) for name, _, _ in CONDITIONS)
    return all(not mine or not theirs or mine & theirs for mine, theirs in pairs)


def _tie(one: RouteRow, other: RouteRow) -> TableError:
    case = _common_case(one, other)
    sentence = (
        f"{one.row} 行与 {other.row} 行分不出先后:{say_case(case)}时两行同样具体、优先序都是 {one.metric}。"
        "请改其中一行的优先序,或把条件写得更细。"
    )
    return TableError("tie", (one.row, other.row), case, sentence)


def _common_case(one: RouteRow, other: RouteRow) -> CaseFacts:
    """A case both rows match: where both state a condition a common value, where one does, its value."""
    case = CaseFacts(category=one.category, place=one.place)
    for name, fact, _ in CONDITIONS:
        mine, theirs = accepted(one, name), accepted(other, name)
        values = mine & theirs if mine and theirs else mine | theirs
        case = replace(case, **{fact: min(values)}) if values else case
    return case


def _row_errors(row: RouteRow) -> Iterator[TableError]:
    label = row.row or "(无编号)"
    for name, word in (("row", "编号"), ("unit", "单位"), ("profile", "时限方案")):
        if not getattr(row, name):
            yield TableError("missing", (label,), None, f"{label} 行缺少{word},请补上。")
    for name, word in (("category", "类别"), ("place", "地点")):
        if not is_well_formed(getattr(row, name)):
            yield TableError("malformed_path", (label,), None, f"{label} 行的{word}路径有空段或空格,请写成 甲/乙/丙。")
    for unknown in unknown_reason_words(row.reason):
        yield TableError("bad_reason", (label,), None, f"{label} 行的理由里“{unknown}”不能用,请改用说明中列出的词。")


def _duplicates(rows: Iterable[RouteRow]) -> Iterator[TableError]:
    seen: set[str] = set()
    for row in rows:
        if row.row in seen:
            sentence = f"编号 {row.row} 用了不止一次,请改成不重复的编号。"
            yield TableError("duplicate_row", (row.row, row.row), None, sentence)
        seen.add(row.row)


def _nodes(paths: Iterable[str] | None) -> frozenset[str] | None:
    """Every prefix of the known paths."""
    return None if paths is None else frozenset(prefix for path in paths for prefix in (*prefixes(path), ""))


def _is_unknown(row: RouteRow, name: str, known: Collection[str] | None) -> bool:
    return known is not None and bool(getattr(row, name)) and getattr(row, name) not in known


def _unknown(row: RouteRow, name: str, word: str, known: Collection[str] | None) -> TableError:
    sentence = f"{row.row} 行的{word}“{getattr(row, name)}”不存在(已知 {len(known or ())} 个),请更正或先登记它。"
    return TableError(f"unknown_{name}", (row.row,), None, sentence)


# --- holes -----------------------------------------------------------------------------------------------------------


def holes(
    rows: Sequence[RouteRow], categories: Iterable[str], places: Iterable[str], *, domains: Domains | None = None
) -> list[Hole]:
    """Where some case is answered only by the fallback, the widest first; exact over the leaves of both trees.

    A path in ``categories`` or ``places`` that leads to another is no leaf and is left out.
    """
    walk = _Walk(rows, _Tree.of(categories), _Tree.of(places), domains or {})
    found = [walk.hole(category, place) for category, place in walk.uncovered()]
    return sorted(found, key=_width)


def require_no_holes(
    rows: Sequence[RouteRow], categories: Iterable[str], places: Iterable[str], *, domains: Domains | None = None
) -> None:
    """Raise :class:`Refused` ``routing.hole`` with the widest hole's sentence when the table has one."""
    found = holes(rows, categories, places, domains=domains)
    if found:
        more = f"另有 {len(found) - 1} 处。" if len(found) > 1 else ""
        raise Refused("routing.hole", f"路由表有空洞,不能发布:{found[0].sentence}{more}", holes=tuple(found))


def _width(hole: Hole) -> tuple[int, str, str]:
    return len(segments(hole.category)) + len(segments(hole.place)), hole.category, hole.place


@dataclass(frozen=True, slots=True)
class _Tree:
    """Paths as a tree: ``children[""]`` are the top segments; a path without children is a leaf."""

    children: Mapping[str, tuple[str, ...]]
    _plainest: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[str]) -> _Tree:
        children: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for path in paths:
            steps = prefixes(path)
            for child, parent in pairwise(steps):
                children[parent][child] = None
        return cls({parent: tuple(below) for parent, below in children.items()})

    def leaf_below(self, node: str) -> str:
        """The leaf under the node with the fewest segments; the first by name of several."""
        if node not in self._plainest:
            below = self.children.get(node, ())
            self._plainest[node] = min(map(self.leaf_below, below), key=plainness) if below else node
        return self._plainest[node]


_Rows = tuple[RouteRow, ...]


class _Walk:
    """The walk of :func:`holes`; whether a set of rows leaves a gap is asked often, so the answers are kept."""

    def __init__(self, rows: Sequence[RouteRow], categories: _Tree, places: _Tree, domains: Domains) -> None:
        self.rows, self.categories, self.places, self.domains = rows, categories, places, domains
        self._gaps: dict[tuple[int, ...], CaseFacts | None] = {}
        self._by_rows: dict[tuple[int, ...], frozenset[str]] = {}

    def uncovered(self) -> list[tuple[str, str]]:
        """Pairs of nodes whose leaf pairs are all holes, and together are all the holes."""
        if not self.categories.children or not self.places.children:
            return []
        lifted, found = self._uncovered_in("")
        return [*found, *(("", place) for place in lifted)]

    def hole(self, category: str, place: str) -> Hole:
        leaf, cell = self.categories.leaf_below(category), self.places.leaf_below(place)
        matching = tuple(row for row in self.rows if is_under(leaf, row.category) and is_under(cell, row.place))
        gap = self._gap(matching) or CaseFacts()
        example = replace(gap, category=leaf, place=cell)
        return Hole(category, place, example, _say_hole(category, place, example, matching))

    def _uncovered_in(self, category: str) -> tuple[frozenset[str], list[tuple[str, str]]]:
        """The places uncovered for all of this category, and the pairs already settled below it."""
        below = self.categories.children.get(category, ())
        if not below:
            return self._uncovered_places(category), []
        answers = {child: self._uncovered_in(child) for child in below}
        shared = reduce(frozenset.__and__, (places for places, _ in answers.values()))
        own = [(child, place) for child, (places, _) in answers.items() for place in places - shared]
        return shared, own + [pair for _, pairs in answers.values() for pair in pairs]

    def _uncovered_places(self, leaf: str) -> frozenset[str]:
        rows = tuple(row for row in self.rows if is_under(leaf, row.category))
        key = tuple(map(id, rows))
        if key not in self._by_rows:
            self._by_rows[key] = frozenset(self._walk_places("", (), _grouped_by_place(rows)))
        return self._by_rows[key]

    def _walk_places(self, node: str, above: _Rows, by_place: Mapping[str, list[RouteRow]]) -> list[str]:
        here = (*above, *by_place.get(node, ()))
        if self._gap(here) is None:
            return []
        below = self.places.children.get(node, ())
        if not any(child in by_place for child in below):
            return [node]
        found = [place for child in below for place in self._walk_places(child, here, by_place)]
        return [node] if set(found) == set(below) else found

    def _gap(self, rows: _Rows) -> CaseFacts | None:
        """Condition values no row accepts, or None when the rows accept every combination."""
        key = tuple(map(id, rows))
        if key not in self._gaps:
            self._gaps[key] = _gap_of(rows, self.domains)
        return self._gaps[key]


def _grouped_by_place(rows: _Rows) -> dict[str, list[RouteRow]]:
    """The rows at each place; a place with an entry, though empty, has rows below it."""
    by_place: dict[str, list[RouteRow]] = {}
    for row in rows:
        for prefix in prefixes(row.place):
            by_place.setdefault(prefix, [])
        by_place[row.place].append(row)
    return by_place


def _gap_of(rows: _Rows, domains: Domains) -> CaseFacts | None:
    if any(not condition_count(row) for row in rows):
        return None
    choices = [_choices(rows, name, fact, domains) for name, fact, _ in CONDITIONS]
    facts = [fact for _, fact, _ in CONDITIONS]
    cases = (CaseFacts(**dict(zip(facts, values, strict=True))) for values in product(*choices))
    return next((case for case in cases if not any(conditions_hold(row, case) for row in rows)), None)


def _choices(rows: _Rows, name: str, fact: str, domains: Domains) -> list[str]:
    """Values enough to tell the rows apart: the ordinary one, each one stated, and one that no row states if possible.

    All values that no row states behave alike, so one of them stands for all.
    """
    usual: str = getattr(CaseFacts(), fact)
    stated = sorted(frozenset().union(*(accepted(row, name) for row in rows)))
    if fact in domains:
        usual_first = sorted(domains[fact], key=lambda value: (value != USUAL[fact], value))
        unstated = [value for value in usual_first if value not in stated]
        return [*unstated[:1], *(value for value in usual_first if value in stated)]
    other = usual if usual not in stated else "" if "" not in stated else "其他"
    return [other, *stated]


# --- words -----------------------------------------------------------------------------------------------------------


def say_case(case: CaseFacts) -> str:
    """A case in words: category and place, then only the values that differ from the ordinary."""
    ordinary = CaseFacts()
    extras = [
        f"{word}为{word_of(fact, getattr(case, fact))}"
        for _, fact, word in CONDITIONS
        if getattr(case, fact) != getattr(ordinary, fact)
    ]
    return "、".join([f"类别“{case.category or '任意'}”、地点“{case.place or '任意'}”", *extras])


def say_plainly(case: CaseFacts) -> str:
    """As ``say_case``, without what is as usual."""
    return say_case(
        replace(
            case,
            **{fact: getattr(CaseFacts(), fact) for _, fact, _ in CONDITIONS if getattr(case, fact) == USUAL[fact]},
        )
    )


def _say_hole(category: str, place: str, example: CaseFacts, matching: Collection[RouteRow]) -> str:
    where = f"类别“{category or '任意'}”在地点“{place or '任意'}”"
    if not matching:
        return f"{where}没有任何一行承接,例如{say_plainly(example)}的事项只能落到属地兜底;请为它补一行。"
    labels = "、".join(row.row for row in matching)
    asked = [(fact, word) for name, fact, word in CONDITIONS if any(accepted(row, name) for row in matching)]
    values = "、".join(f"{word}为{word_of(fact, getattr(example, fact))}" for fact, word in asked)
    return f"{where}只有带条件的行({labels}),遇到{values}的事项仍落到属地兜底;请为这种情形补一行。"
