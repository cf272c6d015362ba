"""Replaying tales: every deed of every tale in the order of time, by the people who did it, through the offices' actions.

Nothing here writes a row. Between the deeds the tick runs twice a day, as it would have run then: it seals the ledger, lets
reactions follow and judges the clocks.

Guarantees: deeds of one moment come in the order of the tales; the same tales give the same ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Report
from gridloop.offices.organisation import queries as organisation
from gridloop.site.demo.tale import BEIJING, Step, Tale

TICKS = (time(8, 30), time(17, 30))
Progress = Callable[[int, int, str], None]
"""Told after each deed: how many are done, of how many, and of what."""


@dataclass(slots=True)
class Stage:
    """Where tales are replayed: the street, who is meant by a call name, and the refs of the cases filed so far."""

    street: str
    name: str
    calls: Mapping[str, str]
    tick: Callable[[datetime], object]
    progress: Progress | None = None
    refs: dict[str, str] = field(default_factory=dict)


def replay(stage: Stage, tales: Sequence[Tale]) -> None:
    """Every deed of the tales is done, and the ticks between them."""
    deeds = sorted(_deeds(tales), key=lambda deed: deed[0])
    ticked = deeds[0][0] if deeds else None
    for done, (at, tale, step) in enumerate(deeds, start=1):
        for moment in ticks_between(ticked or at, at):
            stage.tick(moment)
        ticked = at
        _play(stage, tale, step)
        if stage.progress:
            stage.progress(done, len(deeds), stage.name)


def _play(stage: Stage, tale: Tale, step: Step | None) -> None:
    """The filing or the step is done; a refusal says which tale it was in."""
    try:
        _do(stage, tale, step) if step else _file(stage, tale)
    except GridloopError as error:
        error.add_note(f"{stage.name} {tale.key}: {step or tale}")
        raise


def _deeds(tales: Iterable[Tale]) -> Iterator[tuple[datetime, Tale, Step | None]]:
    """Filings and steps as one list; a filing has no step."""
    for tale in tales:
        yield tale.at, tale, None
        yield from ((step.at, tale, step) for step in tale.steps)


def ticks_between(start: datetime, end: datetime) -> Iterator[datetime]:
    """08:30 and 17:30 (Beijing) of each day after ``start`` and not after ``end``."""
    day = start.astimezone(BEIJING).date()
    while day <= end.astimezone(BEIJING).date():
        moments = (datetime.combine(day, hour, BEIJING) for hour in TICKS)
        yield from (moment for moment in moments if start < moment <= end)
        day += timedelta(days=1)


def _file(stage: Stage, tale: Tale) -> None:
    by = _visitor(stage) if tale.who == "反映人" else _actor(stage, tale.who, tale.at)
    stage.refs[tale.key] = actions.file_case(by=by, at=tale.at, street=stage.street, filing=tale.filing).case.ref


def _do(stage: Stage, tale: Tale, step: Step) -> None:
    """The verb of the step as the action of that name."""
    ref = stage.refs[tale.key]
    report = Report.objects.get(case__ref=ref) if step.verb == "judge_answer" or step.who == "反映人" else None
    by = _reporter(stage, report) if step.who == "反映人" and report else _actor(stage, step.who, step.at)
    words: dict[str, Any] = dict(step.words)
    if step.verb == "judge_answer" and report:
        words["report"] = report.ref
    if step.verb == "merge":
        words["into"] = stage.refs[words["into"]]
    getattr(actions, step.verb)(by=by, at=step.at, case=ref, **words)


def _actor(stage: Stage, call: str, at: datetime) -> Actor:
    return organisation.actor_of(organisation.person(stage.street, stage.calls[call]), at=at)


def _visitor(stage: Stage) -> Actor:
    """A resident who reports without an account."""
    return Actor(kind="reporter", ref="public", name="反映人", street=stage.street)


def _reporter(stage: Stage, report: Report) -> Actor:
    """Whoever holds the receipt of the report."""
    return Actor(kind="reporter", ref=report.ref, name="反映人", street=stage.street, reports=frozenset({report.pk}))
