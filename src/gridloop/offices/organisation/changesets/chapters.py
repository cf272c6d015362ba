"""What can be set up: chapters of rows, registered by the office that keeps them.

Terms: a *chapter* (设置项) is all rows of one kind, with its columns; a *source* gives the choices of a column (units, posts,
places …); a *check* looks at the whole setup as it would be and says in sentences what would be wrong.

Offices below register first; an office above adds chapters, sources and checks of its own in its ``AppConfig.ready`` and may look at
the chapters below it through ``Proposed``. Nothing here writes.

Guarantees: a row holds plain strings (or, for a chapter with its own editor, JSON values); a cell of a ``secret`` column is
encrypted and shown masked; the same row always gives the same cells, so that two versions can be compared.

Worked example::

    proposed = Proposed("410102013", at=now, changes=[Change("units", "urban", {...}, None)])
    "urban" in proposed.after("units")      # False
    proposed.label("units", "urban")        # "城市管理中队", though it would be gone
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor
from gridloop.core.changes import Change, Row, Rows, overlaid
from gridloop.core.errors import NotFound

Pairs = list[tuple[str, str]]
ZONE = ZoneInfo("Asia/Shanghai")
ERROR, WARNING, NOTE = "error", "warning", "note"
MASKED = "●●●●●●"
YES = "1"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``kind`` is line, text, yes_no, choice, several, moment, time, number or secret; ``choices`` names a source.

    A ``fixed`` column is given once, when the row is added: it is what the row is called by. A choice with ``open`` also takes other values.
    """

    name: str
    label: str
    kind: str = "line"
    required: bool = False
    longest: int = 200
    choices: str = ""
    help: str = ""
    example: str = ""
    fixed: bool = False
    open: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What would be wrong. An ``error`` bars publishing, a ``warning`` must be accepted, a ``note`` is good to know."""

    severity: str
    sentence: str
    chapter: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Applying:
    """What a chapter needs to write its changes: by whom, when, for which change-set, and the rows as they shall be."""

    by: Actor
    at: datetime
    street: str
    change_set: str
    changes: Sequence[Change]
    wanted: Rows


Outcome = dict[str, Any]
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of row. ``key`` names the column that is the key; empty where the key is made (a ref).

    ``rows(street, at)`` are those in force; ``apply`` writes the changes inside the caller's deed and tells what else it moved;
    ``describe`` gives a row in words where the columns do not; ``effects`` foretells what taking effect would move.
    """

    code: str
    label: str
    about: str
    order: int
    columns: tuple[Column, ...]
    rows: Callable[[str, datetime], dict[str, Row]]
    apply: Callable[[Applying], list[Outcome]]
    key: str = ""
    name: tuple[str, ...] = ("name",)
    title: Callable[[str, Row], str] | None = None
    describe: Callable[[Row], list[Line]] | None = None
    effects: Callable[[Proposed], list[Outcome]] | None = None
    example: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(slots=True)
class Proposed:
    """The setup of a street now and as it would be after the changes; each chapter is read once."""

    street: str
    at: datetime
    changes: Sequence[Change] = ()
    _before: dict[str, dict[str, Row]] = field(default_factory=dict)
    _after: dict[str, dict[str, Row]] = field(default_factory=dict)
    _pairs: dict[str, Pairs] = field(default_factory=dict)
    _unchanged: Proposed | None = None

    def before(self, chapter: str) -> dict[str, Row]:
        """The chapter's rows in force now."""
        if chapter not in self._before:
            self._before[chapter] = chapter_of(chapter).rows(self.street, self.at)
        return self._before[chapter]

    def after(self, chapter: str) -> dict[str, Row]:
        """The chapter's rows as they would be."""
        if chapter not in self._after:
            own = [change for change in self.changes if change.chapter == chapter]
            self._after[chapter] = overlaid(self.before(chapter), own)
        return self._after[chapter]

    def pairs(self, source: str) -> Pairs:
        """The choices of a source, as they would be."""
        if source not in self._pairs:
            self._pairs[source] = _SOURCES[source](self)
        return self._pairs[source]

    def unchanged(self) -> Proposed:
        """The setup as it is now."""
        if self._unchanged is None:
            self._unchanged = Proposed(self.street, self.at, (), self._before)
        return self._unchanged

    def label(self, source: str, value: str) -> str:
        """The word for a value, also where it is gone or only proposed; the value itself where nobody knows it."""
        for proposed in (self, self.unchanged()):
            for known, label in proposed.pairs(source):
                if known == value:
                    return label.strip()
        return value

    def touched(self) -> frozenset[str]:
        return frozenset(change.chapter for change in self.changes)


Check = Callable[[Proposed], Iterable[Finding]]
Source = Callable[[Proposed], Pairs]

_CHAPTERS: dict[str, Chapter] = {}
_SOURCES: dict[str, Source] = {}
_CHECKS: dict[str, Check] = {}


def register(
    *,
    chapters: Iterable[Chapter] = (),
    sources: dict[str, Source] | None = None,
    checks: dict[str, Check] | None = None,
) -> None:
    """The chapters, sources and checks are known from now on; registering twice is harmless."""
    _CHAPTERS.update({chapter.code: chapter for chapter in chapters})
    _SOURCES.update(sources or {})
    _CHECKS.update(checks or {})


def chapters() -> list[Chapter]:
    """Every chapter, in the order in which its changes are written: what others rest on comes first."""
    return sorted(_CHAPTERS.values(), key=lambda chapter: chapter.order)


def chapter_of(code: str) -> Chapter:
    """The chapter. Raises NotFound."""
    found = _CHAPTERS.get(code)
    if found is None:
        raise NotFound("setup.no_chapter", f"没有设置项“{code}”;请从设置首页进入。", chapter=code)
    return found


def checks() -> dict[str, Check]:
    return dict(_CHECKS)


# --- rows in words ---------------------------------------------------------------------------------------------------


def name_of(chapter: Chapter, key: str, row: Row, proposed: Proposed) -> str:
    """What a row is called: its naming columns in words."""
    if chapter.title:
        return chapter.title(key, row)
    words = [word_of(chapter.column(name), row.get(name, ""), proposed) for name in chapter.name]
    return " · ".join(word for word in words if word) or "(未命名)"


def lines_of(chapter: Chapter, row: Row, proposed: Proposed) -> list[Line]:
    """The row as label and text, secrets masked."""
    if chapter.describe:
        return chapter.describe(row)
    return [(column.label, word_of(column, row.get(column.name, ""), proposed)) for column in chapter.columns]


def word_of(column: Column, value: Any, proposed: Proposed) -> str:
    """A cell as people read it."""
    if not value:
        return "否" if column.kind == "yes_no" else ""
    if column.kind == "secret":
        return MASKED
    if column.kind == "yes_no":
        return "是"
    if column.kind == "moment":
        return str(value).replace("T", " ")
    if column.kind == "several":
        return "、".join(proposed.label(column.choices, part) for part in str(value).split("|"))
    return proposed.label(column.choices, str(value)) if column.choices else str(value)


def fingerprint(row: Row | None) -> str:
    """What a form remembers of the row it showed, so that a stale form is noticed."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


# --- moments ---------------------------------------------------------------------------------------------------------


def moment_cell(at: datetime | None) -> str:
    """A moment as a cell: local, to the minute; empty for none."""
    return f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M}" if at else ""


def cell_moment(cell: str) -> datetime | None:
    """The moment of a cell."""
    return datetime.fromisoformat(cell).replace(tzinfo=ZONE) if cell else None
