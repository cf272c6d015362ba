"""Rows of a file that carry one code become one firm, and nothing that they tell is lost or mixed up.

Terms: a *candidate* is a firm as its rows tell it: the columns that say one thing, its figures by year, the people to call. Figures belong to
their year and a telephone to its person: neither is filled from another row's.

Guarantees: the first row's word stands, and what a later row says otherwise is told; a year or a person that only a later row names is kept;
names and telephones are masked in what is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from gridloop.core.firm_record import COLUMNS, FirmRecord, read_told
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.enterprise.sheets import SheetRow

FIGURES = ("staff", "revenue", "assets")
_APART = frozenset({"code", "year", *FIGURES, "contact", "phone", "duty"})
"""What is not taken column by column."""
Figures: TypeAlias = dict[str, int | Decimal | None]


@dataclass(slots=True)
class Imported:
    """What came of a file. ``refused``: row, column, reason and the cells; ``conflicts`` and ``near`` are told, not acted on."""

    read: int = 0
    added: int = 0
    merged: int = 0
    same: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: SheetRow, column: str, reason: str) -> None:
        label = COLUMNS[column][0] if column in COLUMNS else column
        self.refused.append({"row": row.number, "column": label, "reason": reason, "told": dict(row.told)})

    def differs(self, row: SheetRow, name: str, column: str, *, kept: str, told: str) -> None:
        self.conflicts.append(
            {"row": row.number, "name": name, "column": COLUMNS[column][0], "kept": kept[:80], "told": told[:80]}
        )

    @property
    def refused_rows(self) -> int:
        """How many rows did not go in; a row may be refused for several reasons."""
        return len({each["row"] for each in self.refused})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to call; what is not told is empty."""

    name: str
    phone: str = ""
    duty: str = ""

    def is_same(self, other: Person) -> bool:
        """One telephone, or one name with no telephone that speaks against it."""
        if self.phone and other.phone:
            return self.phone == other.phone
        return self.name == other.name

    def filled(self, other: Person) -> Person:
        return Person(self.name or other.name, self.phone or other.phone, self.duty or other.duty)


@dataclass(slots=True)
class Candidate:
    """A firm as its good rows tell it; ``record`` carries the figures of the latest year and the first person."""

    row: SheetRow
    told: dict[str, str]
    record: FirmRecord
    figures: dict[int, Figures] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)


def one_of_each_code(rows: Sequence[SheetRow], found: Imported, *, on: date) -> list[Candidate]:
    """The firms of the good rows, in the order of their first rows; the other rows are refused with all their faults."""
    first: dict[str, Candidate] = {}
    for each in _readable(rows, found, on=on):
        kept = first.setdefault(each.record.code, each)
        if kept is not each:
            found.merged += 1
            _take_in(kept, each, found, on=on)
    return list(first.values())


def _readable(rows: Sequence[SheetRow], found: Imported, *, on: date) -> Iterator[Candidate]:
    for row in rows:
        firm, faults = read_told(row.told, on=on)
        for column, reason in row.faults.items():
            found.refuse(row, column, reason)
        for fault in faults:
            if fault.column not in row.faults:  # a cell that is merged away is not empty besides
                found.refuse(row, fault.column, fault.reason)
        if faults or row.faults:
            continue
        found.warnings += [{"row": row.number, "name": firm.name, "warning": text} for text in firm.warnings]
        each = Candidate(row, dict(row.told), firm)
        if firm.tells_figures and firm.year is not None:
            each.figures[firm.year] = {name: getattr(firm, name) for name in FIGURES}
        if firm.contact or firm.phone:
            each.people.append(Person(firm.contact, firm.phone, firm.duty))
        yield each


def _take_in(kept: Candidate, each: Candidate, found: Imported, *, on: date) -> None:
    """The later row's columns, figures and people are with the first."""
    for column, said in each.told.items():
        if column in _APART:
            continue
        if kept.told.get(column) not in (None, said):
            found.differs(each.row, kept.record.name, column, kept=kept.told[column], told=said)
        kept.told.setdefault(column, said)
    for year, told in each.figures.items():
        mine = kept.figures.setdefault(year, dict(told))
        kept.figures[year] = filled(mine, told)
        for name, stands, said in at_odds(mine, told):
            found.differs(each.row, kept.record.name, name, kept=stands, told=said)
    for person in each.people:
        _meet(kept, person, each.row, found)
    plain, _ = read_told(
        {name: said for name, said in kept.told.items() if name == "code" or name not in _APART}, on=on
    )
    latest = max(kept.figures, default=None)
    main = kept.people[0] if kept.people else Person("")
    of_latest: dict[str, Any] = dict(kept.figures[latest]) if latest else {}
    kept.record = replace(plain, year=latest, contact=main.name, phone=main.phone, duty=main.duty, **of_latest)


def filled(mine: Mapping[str, int | Decimal | None], told: Mapping[str, int | Decimal | None]) -> Figures:
    """A year's figures with their blanks filled."""
    return {name: told[name] if mine[name] is None else mine[name] for name in FIGURES}


def at_odds(
    mine: Mapping[str, int | Decimal | None], told: Mapping[str, int | Decimal | None]
) -> list[tuple[str, str, str]]:
    """The figures of which both say something else: name, what stands, what is told."""
    return [
        (name, str(mine[name]), str(told[name]))
        for name in FIGURES
        if mine[name] is not None and told[name] is not None and mine[name] != told[name]
    ]


def _meet(kept: Candidate, person: Person, row: SheetRow, found: Imported) -> None:
    """The person is among those to call, once."""
    for place, known in enumerate(kept.people):
        if known.is_same(person):
            kept.people[place] = known.filled(person)
            tell_names(known, person, row, kept.record.name, found)
            return
    kept.people.append(person)


def tell_names(known: Person, person: Person, row: SheetRow, firm: str, found: Imported) -> None:
    """Two names for one telephone are told, masked."""
    if known.name and person.name and known.name != person.name:
        found.differs(
            row,
            firm,
            "contact",
            kept=mask_name(known.name),
            told=f"{mask_name(person.name)} {mask_phone(person.phone)}",
        )
