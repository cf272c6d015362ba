"""A walk through the loop for tests: who does what at which hour, in one line each.

``Story`` files a case and lets the people of the sample street act on it; every deed happens an hour after the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.segment import Segment as Held
from gridloop.core.segment import tile_problems
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report, Segment
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.models import Clock
from tests.sample import CODE, IN_SW, MONDAY, who

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAMP = {"category": "城乡建设/市政设施/路灯", **IN_SW}


def reporter(*reports: Report) -> Actor:
    """Whoever holds the receipts of these reports."""
    return Actor(
        kind="reporter",
        ref=reports[0].ref,
        name="反映人",
        street=CODE,
        reports=frozenset(report.pk for report in reports),
    )


@dataclass(slots=True)
class Story:
    """One case and the hour it is; ``by`` may be a user name, an actor, or "system"."""

    ref: str
    now: datetime
    kinds: list[str] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return scoped_case(self.ref, by=SYSTEM)

    def do(self, by: str | Actor, verb: str, *, after: timedelta = HOUR, **told: Any) -> Any:
        """The deed, an hour (or ``after``) later. Time stands still when it is refused."""
        at = self.now + after
        done = getattr(actions, verb)(by=self._actor(by, at), at=at, case=self.ref, **told)
        self.now = at
        return done

    def _actor(self, by: str | Actor, at: datetime) -> Actor:
        if isinstance(by, Actor):
            return by
        return SYSTEM if by == "system" else who(by, at=at)

    def reports(self) -> list[Report]:
        return list(Report.objects.filter(case__ref=self.ref).order_by("id"))

    def clock(self, stage: str = "handle") -> Clock:
        """The case's own clock of a stage."""
        return next(
            each for each in supervision.clocks_of(self.case.subject) if each.stage == stage and each.segment is None
        )

    def entries(self) -> list[str]:
        """The kinds of what was done to the case; what the sweep told of its clocks is left out."""
        return list(
            Entry.objects.filter(subject=f"case:{self.ref}", kind__startswith="case.")
            .order_by("id")
            .values_list("kind", flat=True)
        )


def told(by: str = "manager", *, at: datetime = MONDAY, **filing: Any) -> Story:
    """A case, filed: by default a lamp in the south-west, which goes to ``urban``."""
    values = {"text": "柳荫路路灯不亮三天了", "source": "phone", **LAMP, **filing}
    made = actions.file_case(by=who(by, at=at), at=at, street=CODE, filing=actions.Filing(**values))
    return Story(made.case.ref, at)


def answered(**filing: Any) -> Story:
    """A case that its unit has accepted and answered."""
    story = told(**filing)
    story.do("urban", "accept")
    story.do("urban", "answer", text="已更换灯具,恢复照明")
    return story


def cleared() -> Story:
    """A case struck off on an independent verification."""
    story = answered()
    story.do("verifier", "verify", passed=True, text="现场查看已亮")
    story.do("desk", "strike_off")
    return story


def invariant_problems(case: Case, *, at: datetime) -> list[str]:
    """What must hold in every history of a case and does not."""
    return [*_segment_problems(case), *_clock_problems(case, at)]


def _segment_problems(case: Case) -> list[str]:
    rows = list(Segment.objects.filter(case=case).select_related("unit").order_by("starts_at", "id"))
    live = case.state not in ("cleared", "merged", "withdrawn", "archived")
    open_rows = [row for row in rows if row.ends_at is None]
    problems = [] if len(open_rows) == (1 if live else 0) else [f"{len(open_rows)} open segments while {case.state}"]
    held = [Held(holder=row.unit.code, role=row.role, start=row.starts_at, end=row.ends_at) for row in rows]
    closed = None if live else rows[-1].ends_at
    return problems + tile_problems(held, opened=case.filed_at, closed=closed, except_for=_closed_spans(rows, case))


def _closed_spans(rows: list[Segment], case: Case) -> list[tuple[datetime, datetime]]:
    """From each strike-off to the reopening and from each merging to its undoing, as the ledger tells it."""
    kinds = ("case.cleared", "case.reopened", "case.merged", "case.unmerged")
    told = list(Entry.objects.filter(subject=case.subject, kind__in=kinds).order_by("id"))
    return [(before.at, after.at) for before, after in zip(told[::2], told[1::2], strict=False)]


def _clock_problems(case: Case, at: datetime) -> list[str]:
    problems = []
    for clock in supervision.clocks_of(case.subject):
        truth = supervision.truth(clock, at=at)
        if (clock.state, clock.due_at) != (truth.state, truth.due_at):
            problems.append(
                f"clock {clock.stage} says {clock.state} {clock.due_at}, the truth is {truth.state} {truth.due_at}"
            )
    return problems
