"""Writing the changes of a chapter to its table: rows are added, altered, ended or opened again; each is one ledger entry.

A ``Keeper`` says for one model how a row is found, made, filled and ended; an ended row stays, with its date. Called inside the deed that
brings a change-set into force, after the change-set's checks.

Worked example::

    write_rows(applying, UNITS)      # unit.added, unit.changed, unit.ended
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.core.changes import Change, Row
from gridloop.offices.archive.actions import Fact, record_many
from gridloop.offices.archive.fitting import must_fit
from gridloop.offices.organisation.changesets.chapters import Applying, Outcome, Proposed, chapter_of, lines_of, name_of

EVERYTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Keeper:
    """How the rows of one chapter stand in their table.

    ``find(street, keys)`` gives the objects by key, ended ones too; ``new(applying, key)`` an unsaved one; ``fill(applying, it, row,
    columns)`` sets what the named columns say (all of them when none is named); ``end`` and ``reopen`` set its dates. ``above`` names the
    column by which a row rests on another of the same chapter.
    """

    chapter: str
    noun: str
    find: Callable[[str, Sequence[str]], dict[str, Any]]
    new: Callable[[Applying, str], Any]
    fill: Callable[[Applying, Any, Row, frozenset[str]], None]
    end: Callable[[Applying, Any], None]
    reopen: Callable[[Applying, Any], None]
    kinds: tuple[str, str, str] = ("added", "changed", "ended")
    above: str = ""


def write_rows(applying: Applying, keeper: Keeper) -> list[Outcome]:
    """The table holds the wanted rows, and the ledger each change in words, secrets masked."""
    known = keeper.find(applying.street, [change.key for change in applying.changes])
    facts = []
    setup = Proposed(applying.street, applying.at, applying.changes)
    for change in _in_order(applying.changes, keeper.above):
        written = _write_row(applying, keeper, change, known.get(change.key))
        facts.append(_fact(applying, keeper, change, written, setup))
    record_many(facts, by=applying.by, at=applying.at, street=applying.street)
    return []


def _in_order(changes: Iterable[Change], above: str) -> list[Change]:
    """What rests on another row comes after it; removals come last."""
    waiting = {change.key: change for change in changes}
    if not above:
        return sorted(waiting.values(), key=lambda change: change.after is None)
    ordered: list[Change] = []
    while waiting:
        ready = [key for key, change in waiting.items() if (change.after or {}).get(above) not in waiting] or list(
            waiting
        )
        ordered += [waiting.pop(key) for key in ready]
    return sorted(ordered, key=lambda change: change.after is None)


def _write_row(applying: Applying, keeper: Keeper, change: Change, it: Any) -> Any:
    if change.after is None:
        keeper.end(applying, it)
        it.save()
        return it
    if it is None:
        it = keeper.new(applying, change.key)
        keeper.fill(applying, it, change.after, EVERYTHING)
        must_fit(it)
        it.save(force_insert=True)
        return it
    if change.before is None:
        keeper.reopen(applying, it)
        keeper.fill(applying, it, change.after, EVERYTHING)
    else:
        keeper.fill(applying, it, change.after, altered_columns(change))
    must_fit(it)
    it.save()
    return it


def altered_columns(change: Change) -> frozenset[str]:
    """The columns whose cells differ; the others keep what the table knows more exactly than the cell."""
    before, after = change.before or {}, change.after or {}
    return frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))


def _fact(applying: Applying, keeper: Keeper, change: Change, it: Any, setup: Proposed) -> Fact:
    added, changed, ended = keeper.kinds
    verb = ended if change.after is None else added if change.before is None else changed
    chapter = chapter_of(keeper.chapter)
    row = change.after or change.before or {}
    told = {
        "change_set": applying.change_set, "key": change.key, "name": name_of(chapter, change.key, row, setup),
        "before": _words(chapter, change.before, setup), "after": _words(chapter, change.after, setup),
    }  # fmt: skip
    return Fact(f"{keeper.noun}.{verb}", f"{keeper.noun}:{it.ref}", told)


def _words(chapter: Any, row: Row | None, setup: Proposed) -> dict[str, str] | None:
    return None if row is None else {label: text for label, text in lines_of(chapter, row, setup) if text}
