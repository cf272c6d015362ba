"""Would the setup still hold if the change-set were in force? Every finding is a sentence that says what to do.

Steps: (1) rows that others changed since are in conflict, an error; (2) cells that no longer fit (a unit that is gone meanwhile) are
errors; (3) every registered check looks at the setup as it would be; what it finds there but not in the setup as it is now is *new*, and
counts; what was wrong before is told as a note and bars nothing; (4) other open change-sets about the same rows are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gridloop.core.changes import Change, in_conflict
from gridloop.offices.organisation.changesets.cells import read_row
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    NOTE,
    WARNING,
    Finding,
    Proposed,
    chapter_of,
    checks,
    name_of,
)

MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: ``new`` ones this change-set would bring, the gravest first, and ``known`` ones that were there before."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.new if found.severity == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.new if found.severity == WARNING)

    @property
    def holds(self) -> bool:
        """Nothing bars publishing; warnings must still be accepted."""
        return not self.errors


def check(proposed: Proposed, *, others: Sequence[tuple[str, Sequence[Change]]] = ()) -> Checked:
    """What would be wrong; ``others`` are the titles and changes of the other open change-sets of the street."""
    own = [*_conflicts(proposed), *_bad_cells(proposed), *_shared_rows(proposed, others)]
    after, before = set(own), set()
    found = list(own)
    for look in checks().values():
        now = list(look(proposed.unchanged()))
        before |= set(now)
        found += [each for each in look(proposed) if each not in after]
    known = [each for each in found if each in before]
    new = [each for each in found if each not in before]
    return Checked(_ordered(new), tuple(replace(each, severity=NOTE) for each in _ordered(known)))


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    gravity = {ERROR: 0, WARNING: 1, NOTE: 2}
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda each: gravity[each.severity]))[:MOST_TOLD]


def _conflicts(proposed: Proposed) -> Iterator[Finding]:
    for code in proposed.touched():
        own = [change for change in proposed.changes if change.chapter == code]
        for change in in_conflict(own, proposed.before(code)):
            name = _name(change, proposed)
            yield Finding(ERROR, f"“{name}”在起草之后已被别的变更单改动;请把这一行移出后重新修改。", code, change.key)


def _bad_cells(proposed: Proposed) -> Iterator[Finding]:
    """Cells that no longer read; a chapter with an editor of its own has no columns and checks for itself."""
    for change in proposed.changes:
        chapter = chapter_of(change.chapter)
        if change.after is None or not chapter.columns:
            continue
        cells = {name: str(value) for name, value in change.after.items() if chapter.column(name).kind != "secret"}
        secrets = {
            column.name: str(change.after.get(column.name, "")) for column in chapter.columns if column.kind == "secret"
        }
        _, problems = read_row(chapter, cells, proposed, before=None)
        for problem in problems:
            if not secrets.get(problem.column):
                yield Finding(
                    ERROR, f"“{_name(change, proposed)}”的{problem.label}:{problem.sentence}", chapter.code, change.key
                )


def _shared_rows(proposed: Proposed, others: Sequence[tuple[str, Sequence[Change]]]) -> Iterator[Finding]:
    mine = {(change.chapter, change.key): change for change in proposed.changes}
    for title, changes in others:
        for change in changes:
            shared = mine.get((change.chapter, change.key))
            if shared:
                sentence = (
                    f"另一张未生效的变更单“{title}”也改了“{_name(shared, proposed)}”;先生效的算数,后一张会被拦下。"
                )
                yield Finding(WARNING, sentence, shared.chapter, shared.key)


def _name(change: Change, proposed: Proposed) -> str:
    row = change.after or change.before or {}
    return name_of(chapter_of(change.chapter), change.key, row, proposed)
