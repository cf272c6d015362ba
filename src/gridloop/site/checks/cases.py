"""Checks of the cases: what is kept about a case in several places must tell one story.

* its responsibility segments tile it from filing to its end, and exactly one is open while it lives;
* its state is the one its ledger entries lead to, each step one that the state chart knows;
* each clock's kept date and state are what ``core.clock.judge`` derives from its events, and the date on the case is that of its clocks;
* it has a first contact and at least one report; a merged case points to a case that stands.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from gridloop.core.errors import GridloopError
from gridloop.core.lifecycle import CASE, LIVE_STATES, STATES
from gridloop.core.segment import Segment as Held
from gridloop.core.segment import Span, tile_problems
from gridloop.offices.archive.models import Bookmark, Entry
from gridloop.offices.cases.actions.filing import due_of
from gridloop.offices.cases.models import Case, Report, Segment
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.models import Clock
from gridloop.site.checks.finding import ERROR, NOTE, Found
from gridloop.site.tick import READER

T = TypeVar("T")
Story = list[tuple[datetime, str]]
STEPS = {(source, target) for verb in CASE.verbs.values() for source in verb.sources for target in verb.targets}
"""Every pair of states that some verb leads between; besides these a case may stay where it is."""
VERIFYING = "verify"


def check_cases(street: str, *, at: datetime) -> Iterator[Found]:
    """Whatever about the street's cases does not agree."""
    stories = _stories(street)
    segments = _grouped(
        Segment.objects.filter(case__street=street).select_related("unit").order_by("starts_at", "id"), "case_id"
    )
    clocks = _grouped(_clocks(street), "subject")
    unfollowed = _unfollowed(street)
    for case in _cases(street):
        found = [
            *_state_problems(case, stories.get(case.subject, [])),
            *_segment_problems(case, segments.get(case.pk, []), stories.get(case.subject, [])),
            *_link_problems(case),
            *(_date_problems(case, clocks.get(case.subject, [])) if case.subject not in unfollowed else ()),
        ]
        yield from (Found("data", ERROR, f"{street} {case.number}", sentence) for sentence in found)
    if unfollowed:
        yield Found(
            "data", NOTE, street, f"有 {len(unfollowed)} 件的期限刚重新核定,列表还没跟上;请让 gridloop tick 运行。"
        )
    yield from _check_clocks(street, clocks, at=at)


def _unfollowed(street: str) -> set[str]:
    """Cases whose deadlines were issued again and whose list date the tick has still to move."""
    read = Bookmark.objects.filter(book_id=street, reader=READER).values_list("seq", flat=True).first() or 0
    rows = Entry.objects.filter(Q(seq__isnull=True) | Q(seq__gt=read), book_id=street, kind="clock.reissued")
    return set(rows.values_list("subject", flat=True))


def _cases(street: str) -> Iterator[Case]:
    has_report = Exists(Report.objects.filter(case=OuterRef("pk")))
    rows = Case.objects.filter(street=street).select_related("merged_into").annotate(has_report=has_report)
    return rows.order_by("id").iterator(chunk_size=1000)


def _stories(street: str) -> dict[str, Story]:
    """By subject: when the case's entries say that it came to be in which state. Erased payloads are passed over."""
    stories: dict[str, Story] = defaultdict(list)
    rows = Entry.objects.filter(book_id=street, subject__startswith="case:", payload__isnull=False).order_by("id")
    for subject, moment, payload in rows.values_list("subject", "at", "payload").iterator(chunk_size=2000):
        state = _state_in(payload)
        if state:
            stories[subject].append((moment, state))
    return stories


def _state_in(payload: str | None) -> str:
    """The state an entry tells of; empty when it tells of none (or can no longer be read: the ledger check names it)."""
    try:
        told = json.loads(payload or "null")
    except ValueError:
        return ""
    state = told.get("state") if isinstance(told, dict) else ""
    return state if state in STATES else ""


def _grouped(rows: Iterable[T], by: str) -> dict[object, list[T]]:
    groups: dict[object, list[T]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, by)].append(row)
    return groups


def _clocks(street: str) -> Iterable[Clock]:
    rows = Clock.objects.filter(street=street).select_related("profile", "calendar").order_by("id")
    return rows.defer("profile__definition", "calendar__definition").iterator(chunk_size=2000)


def _state_problems(case: Case, story: Story) -> Iterator[str]:
    """The case stands where its entries lead, by steps that the chart knows."""
    if not story:
        yield "台账里没有这个事项的登记条目;请从备份核对。"
        return
    if story[-1][1] != case.state:
        yield f"现在是“{STATES[case.state]}”,台账却记到“{STATES[story[-1][1]]}”;请核对谁改动过。"
    for (_, before), (_, after) in pairwise(story):
        if before != after and (before, after) not in STEPS:
            yield f"台账记有不允许的一步:“{STATES[before]}”到“{STATES[after]}”;请核对。"


def _segment_problems(case: Case, segments: list[Segment], story: Story) -> Iterator[str]:
    """The segments tile the case; while it lives exactly one is open, of the unit that leads it (while it is verified: of the desk)."""
    is_live = case.state in LIVE_STATES
    still_open = [segment for segment in segments if segment.ends_at is None]
    if len(still_open) != is_live:
        yield f"应有 {int(is_live)} 个未结束的责任段,实有 {len(still_open)} 个。"
        return
    if is_live and still_open[0].role != VERIFYING and still_open[0].unit_id != case.lead_id:
        yield f"责任段在{still_open[0].unit.name},主办单位却是另一个;请核对。"
    ends = [segment.ends_at for segment in segments if segment.ends_at is not None]
    held = [Held(segment.unit.code, segment.role, segment.starts_at, segment.ends_at) for segment in segments]
    closed = None if is_live else max(ends, default=case.filed_at)
    yield from tile_problems(held, opened=case.filed_at, closed=closed, except_for=_rests(story))


def _rests(story: Story) -> list[Span]:
    """The times in which rightly nobody held the case: from an end to the reopening."""
    rests: list[Span] = []
    ended: datetime | None = None
    for moment, state in story:
        if state in LIVE_STATES and ended is not None:
            rests += [(ended, moment)] if ended < moment else []
            ended = None
        elif state not in LIVE_STATES and ended is None:
            ended = moment
    return rests


def _link_problems(case: Case) -> Iterator[str]:
    if case.first_contact_id is None:
        yield "没有首问人。"
    if not getattr(case, "has_report", True) and case.merged_into_id is None:
        yield "没有任何反映人的记录。"
    if case.state == "merged" and case.merged_into is None:
        yield "已并案,却没有指明并入哪一件。"
    if case.merged_into is not None and (case.merged_into.street != case.street or case.merged_into_id == case.pk):
        yield f"并入了 {case.merged_into.number},那不是本街道的另一个事项。"


def _date_problems(case: Case, clocks: list[Clock]) -> Iterator[str]:
    due_at = due_of(clocks)
    if due_at is not None and due_at != case.due_at:
        yield f"列表上的到期是 {case.due_at},计时却是 {due_at};请核对。"


def _check_clocks(street: str, clocks: dict[object, list[Clock]], *, at: datetime) -> Iterator[Found]:
    """Clocks whose kept values are not the truth; and how many wait for the tick."""
    waiting = 0
    for clock in (clock for group in clocks.values() for clock in group):
        is_waiting = clock.next_check_at is not None and clock.next_check_at <= at
        waiting += is_waiting
        for sentence in _clock_problems(clock, at=at, is_waiting=is_waiting):
            yield Found("data", ERROR, f"{street} {clock.subject} {clock.stage}", sentence)
    if waiting:
        yield Found("data", NOTE, street, f"有 {waiting} 个计时到了该看的时刻;请让 gridloop tick 运行。")


def _clock_problems(clock: Clock, *, at: datetime, is_waiting: bool) -> Iterator[str]:
    """The date must hold at any time; state and lateness may lag only until the tick has looked."""
    try:
        truth = supervision.truth(clock, at=at)
    except GridloopError as error:
        yield f"计时推算不出来:{error.sentence}"
        return
    if clock.due_at != truth.due_at or clock.is_provisional != truth.provisional:
        yield f"记着 {clock.due_at} 到期,推算是 {truth.due_at};到期只能推算,不能改写。"
    if is_waiting:
        return
    if clock.state != truth.state:
        yield f"记着“{clock.get_state_display()}”,推算是“{Clock.State(truth.state).label}”。"
    if clock.is_late != truth.is_late:
        yield f"超期记为 {clock.is_late},推算是 {truth.is_late}。"
