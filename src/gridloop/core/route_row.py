"""One row of a routing table, the facts it is matched against, and its form in a spreadsheet.

Terms
    *path*       segments joined by ``/``: a category ``城乡建设/城市建设和市政管理``, a place ``410102/410102013``
    *prefix*     the first whole segments of a path: ``410102/41`` is none of ``410102/410102013``, ``""`` is one of all
    *condition*  the accepted values of level, source, priority, time class or grade; an empty set asks nothing
    *metric*     the clerk's own order among equally specific rows; the smaller wins

Guarantees
    * ``rows_from_records`` never drops a fault: each is named with its row, its column and what to do.
    * ``rows_from_records(rows_to_records(rows))`` gives the same rows and no problem.
    * A column it does not know is a fault, since a mistyped condition would otherwise silently ask nothing.

Worked example::

    >>> record = {"行": "R1", "类别": "城乡建设", "时段": "夜间|节假日", "单位": "CG", "时限方案": "san_bu_guo"}
    >>> rows, problems = rows_from_records([record])
    >>> rows[0].row, sorted(rows[0].time_classes), problems
    ('R1', ['holiday', 'night'], [])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

ANY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RouteRow:
    """*Cases of this category at this place, under these conditions, go to this unit by this deadline profile.*

    ``row`` is the label people quote. ``unit``, ``post``, ``profile`` and ``escalates_to`` (the unit above for these cases, where it is not
    the unit's own parent) are codes. ``reason`` is a template over
    :data:`REASON_WORDS`; empty means :data:`PLAIN_REASON`.
    """

    row: str
    unit: str
    profile: str
    category: str = ""
    place: str = ""
    levels: frozenset[str] = ANY
    sources: frozenset[str] = ANY
    priorities: frozenset[str] = ANY
    time_classes: frozenset[str] = ANY
    grades: frozenset[str] = ANY
    metric: int = 0
    post: str = ""
    reason: str = ""
    escalates_to: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What routing needs to know of a case. ``""`` is a value: category unsure, no place, level not given."""

    category: str = ""
    place: str = ""
    level: str = ""
    source: str = ""
    priority: str = "normal"
    time_class: str = "work"
    grade: str = "ordinary"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a spreadsheet of rows: which row (its label, or ``第 3 行``), which column, and what to do."""

    row: str
    column: str
    reason: str


CONDITIONS: tuple[tuple[str, str, str], ...] = (
    ("levels", "level", "层级"),
    ("sources", "source", "来源"),
    ("priorities", "priority", "优先级"),
    ("time_classes", "time_class", "时段"),
    ("grades", "grade", "等级"),
)
"""Each condition: its name on a row, its name among the facts, its word."""

VALUE_WORDS: dict[str, dict[str, str]] = {
    "level": {"community": "社区", "street": "街道", "district": "区"},
    "source": {
        "public": "居民",
        "enterprise": "企业",
        "manager": "服务管家",
        "grid": "网格员",
        "phone": "电话",
        "paper": "纸质表",
        "import": "导入",
        "forum": "恳谈会",
        "superior": "上级交办",
    },
    "priority": {"normal": "普通", "utility": "水电气热", "life": "生命财产"},
    "time_class": {"work": "工作时间", "night": "夜间", "holiday": "节假日"},
    "grade": {"simple": "简单", "ordinary": "一般", "difficult": "疑难"},
}
"""The words of the values known here; other values are shown, and read, as they stand."""

USUAL: dict[str, str] = {
    "level": "street",
    "source": "public",
    "priority": "normal",
    "time_class": "work",
    "grade": "ordinary",
}
"""The facts of the most ordinary case; examples are told by what differs from them."""

PLAIN_REASON = "{category}({place})由{unit}承办,依据路由表{row}行"
REASON_WORDS = frozenset({"category", "place", "unit", "post", "profile", "row"} | {fact for _, fact, _ in CONDITIONS})
"""What a reason template may name in braces; nothing else, so a template can never reach into an object."""


# --- paths and conditions --------------------------------------------------------------------------------------------


def segments(path: str) -> tuple[str, ...]:
    """The segments of a path; none for ``""``."""
    return tuple(path.split("/")) if path else ()


def is_under(path: str, prefix: str) -> bool:
    """The prefix covers the path, by whole segments."""
    return not prefix or path == prefix or path.startswith(prefix + "/")


def prefixes(path: str) -> tuple[str, ...]:
    """Every prefix of a path, the longest first and ``""`` last: ``a/b`` gives ``("a/b", "a", "")``."""
    parts = segments(path)
    return tuple("/".join(parts[:length]) for length in range(len(parts), -1, -1))


def plainness(path: str) -> tuple[int, str]:
    """Smaller is plainer: fewer segments, then by name; by it the smallest counter-example is chosen."""
    return len(segments(path)), path


def is_well_formed(path: str) -> bool:
    """``""``, or non-empty segments without surrounding blanks."""
    return all(part and part == part.strip() for part in segments(path))


def accepted(row: RouteRow, condition: str) -> frozenset[str]:
    """The values a row accepts for one of :data:`CONDITIONS`; empty when it asks nothing."""
    values: frozenset[str] = getattr(row, condition)
    return values


def condition_count(row: RouteRow) -> int:
    """How many of the five conditions the row states."""
    return sum(bool(accepted(row, name)) for name, _, _ in CONDITIONS)


def conditions_hold(row: RouteRow, facts: CaseFacts) -> bool:
    """Every condition of the row accepts the case; written out because it is asked for every case."""
    return (
        (not row.levels or facts.level in row.levels)
        and (not row.sources or facts.source in row.sources)
        and (not row.priorities or facts.priority in row.priorities)
        and (not row.time_classes or facts.time_class in row.time_classes)
        and (not row.grades or facts.grade in row.grades)
    )


def word_of(fact: str, value: str) -> str:
    """How a value of a condition is said to a person."""
    return VALUE_WORDS.get(fact, {}).get(value, value) or "未填"


# --- reasons ---------------------------------------------------------------------------------------------------------


def unknown_reason_words(template: str) -> list[str]:
    """What a reason template names that it may not; the parser's complaint when its braces do not pair."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as fault:
        return [str(fault)]
    fields = [(name, bool(extra or conversion)) for _, name, extra, conversion in parts if name is not None]
    return [name or "{}" for name, is_adorned in fields if name not in REASON_WORDS or is_adorned]


def say_reason(row: RouteRow, facts: CaseFacts, names: Mapping[str, str]) -> str:
    """The reason of a row for a case, in words; ``names`` maps unit, post, profile and place codes to their names."""
    said = {fact: word_of(fact, getattr(facts, fact)) for _, fact, _ in CONDITIONS}
    said |= {"unit": names.get(row.unit, row.unit), "post": names.get(row.post, row.post)}
    said |= {"profile": names.get(row.profile, row.profile)}
    said |= {"category": facts.category or "未定类别", "place": _place_name(facts.place, names), "row": row.row}
    return (row.reason or PLAIN_REASON).format_map(said)


def _place_name(place: str, names: Mapping[str, str]) -> str:
    return names.get(place) or names.get(place.rpartition("/")[2], place) or "未定地点"


# --- spreadsheets ----------------------------------------------------------------------------------------------------

COLUMNS: tuple[str, ...] = (
    "row", "category", "place", "level", "source", "priority", "time_class", "grade",
    "unit", "post", "profile", "metric",
    "escalates_to", "reason",
)  # fmt: skip

_CHINESE = (
    "行", "类别", "网格/地点", "层级", "来源", "优先级", "时段", "等级", "单位", "岗位", "时限方案", "优先序",
    "提级到", "理由",
)  # fmt: skip
HEADERS: dict[str, str] = dict(zip(_CHINESE, COLUMNS, strict=True)) | {"地点": "place", "网格": "place"}
"""Every Chinese header accepted, with its column."""

REQUIRED: dict[str, tuple[str, ...]] = {"row": ("行",), "unit": ("单位",), "profile": ("时限方案",)}
"""The columns that no table can do without, and their Chinese headers."""

LONGEST_PATH = 120
LONGEST_LABEL = 40
"""Of a row's number and of the codes of units, posts and profiles; what a case keeps of its decision has room for them."""

_VALUES: dict[str, dict[str, str]] = {
    fact: {word: value for value, word in words.items()} for fact, words in VALUE_WORDS.items()
}


def rows_from_records(records: Iterable[Mapping[str, object]]) -> tuple[list[RouteRow], list[Problem]]:
    """The rows of a spreadsheet (English or Chinese headers, several values parted by ``|``), and every fault in it.

    A record with a fault gives no row. Records are numbered from 2, as a spreadsheet with one header line shows them.
    """
    rows: list[RouteRow] = []
    problems: list[Problem] = []
    for number, record in enumerate(records, start=2):
        reading = _Reading(_cells(record), f"第 {number} 行")
        row = reading.route_row()
        if reading.problems:
            problems += reading.problems
        else:
            rows.append(row)
    return rows, problems


def rows_to_records(rows: Iterable[RouteRow]) -> list[dict[str, str]]:
    """Each row as one record with the English :data:`COLUMNS`, sets sorted and joined by ``|``."""
    return [_record(row) for row in rows]


def _record(row: RouteRow) -> dict[str, str]:
    sets = {fact: "|".join(sorted(accepted(row, name))) for name, fact, _ in CONDITIONS}
    texts = {column: str(getattr(row, column)) for column in COLUMNS if column not in sets}
    return {column: {**texts, **sets}[column] for column in COLUMNS}


def _cells(record: Mapping[str, object]) -> dict[str, str]:
    """Columns by their English names; blanks around headers and values do not count, nor does a missing value."""
    cells: dict[str, str] = {}
    for header, value in record.items():
        title = str(header).strip().lstrip("\ufeff") if header is not None else "(多出的格)"
        cells[HEADERS.get(title, title)] = str(value).strip() if value is not None else ""
    return cells


@dataclass(slots=True)
class _Reading:
    """One record while it is read: its cells, the label to call it by, and the faults found so far."""

    cells: dict[str, str]
    label: str
    problems: list[Problem] = field(default_factory=list)

    def route_row(self) -> RouteRow:
        self.label = self.cells.get("row") or self.label
        for column in self.cells.keys() - set(COLUMNS):
            self.fault(column, f"没有这一列;可用的列:{'、'.join(_CHINESE)}。")
        return RouteRow(
            row=self.required("row", "请给这一行一个不重复的编号。"),
            unit=self.required("unit", "请填承办单位的代码。"),
            profile=self.required("profile", "请填时限方案的代码。"),
            category=self.path("category"),
            place=self.path("place"),
            levels=self.values("level"),
            sources=self.values("source"),
            priorities=self.values("priority"),
            time_classes=self.values("time_class"),
            grades=self.values("grade"),
            metric=self.metric(),
            post=self.label_of("post", self.cells.get("post", "")),
            reason=self.reason(),
            escalates_to=self.label_of("escalates_to", self.cells.get("escalates_to", "")),
        )

    def fault(self, column: str, reason: str) -> None:
        self.problems.append(Problem(self.label, column, reason))

    def required(self, column: str, reason: str) -> str:
        if not self.cells.get(column):
            self.fault(column, f"不能为空:{reason}")
        return self.label_of(column, self.cells.get(column, ""))

    def label_of(self, column: str, text: str) -> str:
        if len(text) > LONGEST_LABEL:
            self.fault(column, f"有 {len(text)} 个字,最多 {LONGEST_LABEL} 个,请缩短。")
        return text

    def path(self, column: str) -> str:
        path = self.cells.get(column, "").strip("/")
        if not is_well_formed(path):
            self.fault(column, f"路径“{path}”有空段或多余空格,请写成 甲/乙/丙。")
        if len(path) > LONGEST_PATH:
            self.fault(column, f"路径有 {len(path)} 个字,最多 {LONGEST_PATH} 个,请缩短。")
        return path

    def values(self, column: str) -> frozenset[str]:
        words = _VALUES.get(column, {})
        parts = [part.strip() for part in self.cells.get(column, "").split("|")]
        if len(parts) > 1 and not all(parts):
            self.fault(column, "竖线之间有空值,请删去多余的竖线。")
        return frozenset(words.get(part, part) for part in parts if part)

    def metric(self) -> int:
        text = self.cells.get("metric", "") or "0"
        try:
            return int(text)
        except ValueError:
            self.fault("metric", f"优先序“{text}”不是整数,请填 0、10、20 这样的数,小的优先。")
            return 0

    def reason(self) -> str:
        template = self.cells.get("reason", "")
        for word in unknown_reason_words(template):
            self.fault("reason", f"理由里的“{word}”不能用;花括号里只能写:{'、'.join(sorted(REASON_WORDS))}。")
        return template
