"""Replaying tales: every deed of every tale in the order of time, by the people who did it, through the offices' actions.

Nothing here writes a row. The tick runs as it would have run then: after a deed, once the desks are quiet for an hour, and
at every moment at which a clock is to be judged. It seals the ledger, lets reactions follow, warns and signs.

Guarantees: deeds of one moment come in the order of the tales; the same tales give the same ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions.adverse import tag_factors
from gridloop.offices.cases.models import Report
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.register import enterprise_by_name
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision.queries import next_check
from gridloop.site.demo.tale import Step, Tale

QUIET = timedelta(hours=1)
"""Deeds that follow each other faster are sealed together; it keeps a replay of five months within half a minute."""
CAP = timedelta(days=30)
"""One visit at the door of a firm in so long."""
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


@dataclass(frozen=True, slots=True)
class Happening:
    """A deed that is no step of a case: when, what it is called in the account, and what does it."""

    at: datetime
    what: str
    do: Callable[[Stage, datetime], object]


def play(stage: Stage, tales: Sequence[Tale], *, now: datetime, happenings: Sequence[Happening] = ()) -> None:
    """Every deed of the tales and every happening is done, with the ticks between them and up to now."""
    deeds = sorted([*_deeds(tales), *happenings], key=lambda deed: deed.at)
    moments = [*(deed.at for deed in deeds[1:]), now]
    for done, (deed, until) in enumerate(zip(deeds, moments, strict=True), start=1):
        at = deed.at
        _happen(stage, deed)
        if until - at >= QUIET:
            tick_through(stage, since=at, until=until)
        if stage.progress:
            stage.progress(done, len(deeds), stage.name)
    stage.tick(now)


def tick_through(stage: Stage, *, since: datetime, until: datetime) -> None:
    """The tick has run at ``since`` and at each moment before ``until`` at which a clock was to be judged."""
    moment: datetime | None = since
    while moment and moment < until:
        stage.tick(moment)
        following = next_check(stage.street)
        moment = following if following and following > moment else None


def actor_of_stage(stage: Stage, call: str, at: datetime) -> Actor:
    """Whoever the street's roll calls so, with the posts of that moment."""
    return _actor(stage, call, at)


def _deeds(tales: Iterable[Tale]) -> Iterator[Happening]:
    """Filings and steps as one list."""
    for tale in tales:
        yield Happening(tale.at, f"{tale.key}: {tale}", partial(_play, tale, None))
        yield from (Happening(step.at, f"{tale.key}: {step}", partial(_play, tale, step)) for step in tale.steps)


def _happen(stage: Stage, deed: Happening) -> None:
    """The deed is done; a refusal says which it was."""
    try:
        deed.do(stage, deed.at)
    except GridloopError as error:
        error.add_note(f"{stage.name} {deed.what}")
        raise


def _play(tale: Tale, step: Step | None, stage: Stage, at: datetime) -> None:
    """The filing or the step."""
    _do(stage, tale, step) if step else _file(stage, tale)


def _file(stage: Stage, tale: Tale) -> None:
    by = _visitor(stage) if tale.who == "反映人" else _actor(stage, tale.who, tale.at)
    firm = enterprise_by_name(stage.street, tale.filing.enterprise) if tale.filing.enterprise else None
    filing = replace(tale.filing, enterprise_ref=firm.ref) if firm and by.posts else tale.filing
    if tale.found_on_visit and firm:
        stage.refs[tale.key] = _visited(firm, tale, by=by)
    else:
        stage.refs[tale.key] = actions.file_case(by=by, at=tale.at, street=stage.street, filing=filing).case.ref
    if tale.factors:
        tag_factors(by=by, at=tale.at, case=stage.refs[tale.key], factors=tale.factors)


def _visited(firm: Enterprise, tale: Tale, *, by: Actor) -> str:
    """The manager was with the firm (by telephone, where somebody was at its door within the cap), and what it told is a case in that minute."""
    lately = Visit.objects.filter(enterprise=firm, way="on_site", state="done", happened_at__gt=tale.at - CAP).exists()
    told = VisitTold(way="phone" if lately else "on_site", purposes=("problem",), topic="听企业说困难,当场立为事项")
    return log_visit(by=by, at=tale.at, enterprise=firm.ref, told=told, problems=[tale.filing]).filed[0].case.ref


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
