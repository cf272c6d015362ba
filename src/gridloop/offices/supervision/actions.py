"""Every write of supervision: publishing calendars and profiles, moving clocks, the sweep.

Moving a clock is part of a case's deed and is recorded by it; the sweep and the re-issue record for themselves.

*A clock* holds its events; ``due_at``, ``state``, ``next_check_at`` are a cache of ``core.clock.judge`` and are written only
by ``_cache``. Nobody edits a deadline.

*Which clocks*: a profile's stage starts at its start event (filed, assigned, accepted) and stops at its terminal event. The
case's own clocks have ``segment`` empty. A later unit's handling segment gets a clock of its own beside the case's, so
that lateness is attributed to who held the case; the first segment's own clock is the case's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Field

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.clock import ClockEvent, ClockState, judge
from gridloop.core.errors import Broken, Refused, WrongInput
from gridloop.core.profile import Profile, Stage
from gridloop.core.worktime import Calendar
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.fitting import must_fit
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import must_set_up, renew
from gridloop.offices.supervision import queries
from gridloop.offices.supervision.models import CalendarVersion, Clock, ProfileVersion

CACHED = (
    "events", "state", "due_at", "is_provisional", "next_check_at", "is_late", "warned", "grade", "priority", "holder", "calendar",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """What starting clocks needs: versions with their row ids, and which events have happened when."""

    street: str
    subject: str
    holder: str
    grade: str
    priority: str
    profile: tuple[int, Profile]
    calendar: tuple[int, Calendar]
    happened: Mapping[str, datetime]
    segment: int | None = None
    except_for: frozenset[str] = frozenset()


def opened_clocks(start: Start) -> list[Clock]:
    """Unsaved clocks of the stages that have started and not ended; the caller writes them."""
    return opened_together([start])[0]


def opened_together(starts: Iterable[Start]) -> list[list[Clock]]:
    """The unsaved clocks of each start; what is alike (same rules, grade and moment) is judged once."""
    judged: dict[tuple[Any, ...], ClockState] = {}
    return [[_opened(start, stage, judged) for stage in _stages(start)] for start in starts]


def _stages(start: Start) -> list[Stage]:
    """The stages of this grade that have started, have not ended and are not named as exceptions."""
    return [
        stage
        for stage in start.profile[1].stages
        if stage.start in start.happened and stage.terminal not in start.happened
        if stage.limit(start.grade, start.priority) and stage.code not in start.except_for
    ]


def _opened(start: Start, stage: Stage, judged: dict[tuple[Any, ...], ClockState]) -> Clock:
    (profile_id, profile), (calendar_id, calendar) = start.profile, start.calendar
    event = ClockEvent(kind="start", at=start.happened[stage.start])
    alike = (profile_id, calendar_id, stage.code, start.grade, start.priority, event.at)
    state = judged.get(alike)
    if state is None:
        state = judged[alike] = judge(
            [event],
            profile=profile,
            stage=stage.code,
            calendar=calendar,
            grade=start.grade,
            priority=start.priority,
            at=event.at,
        )
    return Clock(
        ref=new_ref(), street=start.street, subject=start.subject, segment=start.segment, stage=stage.code, holder=start.holder,
        profile_id=profile_id, calendar_id=calendar_id, grade=start.grade, priority=start.priority, events=[event.to_data()],
        state=state.state, due_at=state.due_at, is_provisional=state.provisional, next_check_at=state.next_check_at,
    )  # fmt: skip


def start_clocks(start: Start) -> list[Clock]:
    """The clocks of the stages that have started run from now on."""
    return Clock.objects.bulk_create(opened_clocks(start))


def start_segment_clock(start: Start) -> list[Clock]:
    """The accepting and handling clocks of one responsibility segment, beside the case's own."""
    return Clock.objects.bulk_create([clock for clock in opened_clocks(start) if clock.stage in ("accept", "handle")])


def _cache(clock: Clock, state: ClockState, *, at: datetime) -> None:
    """The clock's cached columns say what ``judge`` says; but news of a running clock is left for the sweep to tell.

    A deed may come between a breach and the next sweep. Were lateness written here, the sweep would find nothing new and the breach
    would never stand in the ledger.
    """
    clock.state, clock.due_at, clock.is_provisional = state.state, state.due_at, state.provisional
    clock.next_check_at = state.next_check_at
    has_news = is_ticking(clock) and (state.is_late > clock.is_late or state.warned > clock.warned)
    if has_news:
        clock.next_check_at = at
    else:
        clock.is_late = state.is_late
    clock.warned = min(clock.warned, state.warned)
    clock.save(update_fields=CACHED)


def _move(clock: Clock, *, at: datetime, event: ClockEvent | None = None) -> Clock:
    """One more event, and the cache follows."""
    if event is not None:
        clock.events = [*clock.events, event.to_data()]
    _cache(clock, queries.truth(clock, at=at), at=at)
    return clock


def _each(subject: str, which: Callable[[Clock], bool], change: Callable[[Clock], Clock]) -> list[Clock]:
    return [change(clock) for clock in queries.clocks_of(subject) if which(clock)]


def is_ticking(clock: Clock) -> bool:
    return clock.state != Clock.State.STOPPED


def stop_clocks(subject: str, *, event: str, at: datetime) -> list[Clock]:
    """Clocks of stages that end with this event stop."""
    return _each(
        subject,
        lambda clock: is_ticking(clock) and queries.profile_of(clock).stage(clock.stage).terminal == event,
        lambda clock: _move(clock, at=at, event=ClockEvent(kind="stop", at=at)),
    )


def stop_all(subject: str, *, at: datetime, segment_only: bool = False) -> list[Clock]:
    """Every clock of the subject stops (withdrawn, merged, cleared), or only those of its segments (handed over)."""
    return _each(
        subject,
        lambda clock: is_ticking(clock) and (not segment_only or clock.segment is not None),
        lambda clock: _move(clock, at=at, event=ClockEvent(kind="stop", at=at)),
    )


def restart_clocks(
    subject: str, *, at: datetime, ending_with: Collection[str] = ("answered", "cleared")
) -> list[Clock]:
    """The case's handling clocks that had stopped run on: the old clock resumes, it does not start anew.

    Assigning, accepting and a first opinion happen once; what ends with the answer or the strike-off resumes, unless the caller knows better.
    """

    def is_resumed(clock: Clock) -> bool:
        is_stopped = clock.state == Clock.State.STOPPED and clock.segment is None
        return is_stopped and queries.profile_of(clock).stage(clock.stage).terminal in ending_with

    return _each(subject, is_resumed, lambda clock: _move(clock, at=at, event=ClockEvent(kind="restart", at=at)))


def report_on_clocks(subject: str, *, at: datetime) -> list[Clock]:
    """Progress was reported: stages that end with a report stop; those that want one each period have this round's."""

    def change(clock: Clock) -> Clock:
        repeats = queries.profile_of(clock).stage(clock.stage).repeats
        return _move(clock, at=at, event=ClockEvent(kind="start" if repeats else "stop", at=at))

    def is_answered(clock: Clock) -> bool:
        stage = queries.profile_of(clock).stage(clock.stage)
        return is_ticking(clock) and (stage.repeats or stage.terminal == "noted_progress")

    return _each(subject, is_answered, change)


def pause_clocks(subject: str, *, at: datetime, until: datetime, reason: str) -> list[Clock]:
    """Every running clock stands still until ``until`` at the latest. Raises Refused when the profile forbids pausing."""
    running = [clock for clock in queries.clocks_of(subject) if clock.state == Clock.State.RUNNING]
    for clock in running:
        _may_pause(queries.profile_of(clock), at=at, until=until)
    return [_move(clock, at=at, event=ClockEvent(kind="pause", at=at, until=until, reason=reason)) for clock in running]


def _may_pause(profile: Profile, *, at: datetime, until: datetime) -> None:
    if not profile.pauses.allowed:
        raise Refused("supervision.no_pause", f"“{profile.name}”不允许挂起;可以申请延期或提级。", profile=profile.code)
    longest = profile.pauses.longest_days
    if longest is not None and (until - at).total_seconds() > longest * 86400:
        raise Refused(
            "supervision.pause_too_long", f"“{profile.name}”最多挂起 {longest} 天;请缩短。", longest_days=longest
        )


def resume_clocks(subject: str, *, at: datetime) -> list[Clock]:
    """Every paused clock runs again."""
    return _each(
        subject,
        lambda clock: clock.state == Clock.State.PAUSED or (is_ticking(clock) and clock.events[-1]["kind"] == "pause"),
        lambda clock: _move(clock, at=at, event=ClockEvent(kind="resume", at=at)),
    )


def extend_clocks(subject: str, *, at: datetime, amount: int, unit: str, reason: str) -> list[Clock]:
    """The handling clocks get the approved extra time."""
    return _each(
        subject,
        lambda clock: is_ticking(clock) and clock.stage != "accept",
        lambda clock: _move(
            clock, at=at, event=ClockEvent(kind="extend", at=at, amount=amount, unit=unit, reason=reason)
        ),
    )


def hand_clocks_over(subject: str, *, holder: str, at: datetime) -> list[Clock]:
    """The case's clocks tick on for another holder."""

    def change(clock: Clock) -> Clock:
        clock.holder = holder
        return _move(clock, at=at)

    return _each(subject, lambda clock: is_ticking(clock) and clock.segment is None, change)


def regrade_clocks(subject: str, *, grade: str, at: datetime, priority: str = "") -> list[Clock]:
    """The clocks are derived again with the confirmed grade (and priority); their events stay as they are.

    A stage that the profile does not time for this grade stops; the stages it times instead are started by the caller.
    """

    def change(clock: Clock) -> Clock:
        urgency = priority or clock.priority
        if queries.profile_of(clock).stage(clock.stage).limit(grade, urgency) is None:
            return _move(clock, at=at, event=ClockEvent(kind="stop", at=at))
        clock.grade, clock.priority = grade, urgency
        return _move(clock, at=at)

    return _each(subject, is_ticking, change)


def clocks_in_words(clocks: Iterable[Clock]) -> list[dict[str, Any]]:
    """The clocks as they stand, for a ledger entry's payload."""
    return [
        {
            "stage": clock.stage, "state": clock.state, "due": clock.due_at.isoformat() if clock.due_at else None,
            "provisional": clock.is_provisional, "holder": clock.holder, "late": clock.is_late,
        }
        for clock in clocks
    ]  # fmt: skip


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Clocks whose check has come are judged, once each; how many were. Call it until it says 0.

    Steps: (1) the oldest ``limit`` clocks with ``next_check_at <= at``, leaving out those another tick holds; (2) ``judge``
    recomputes the truth; (3) compare-and-set on the old ``next_check_at``; (4) a warning or a breach becomes a ledger entry in
    the same transaction. Run it twice, kill it half-way, run two of them: the same ledger.
    """
    if not queries.is_anything_due(at=at):
        return 0
    with deed():
        judged = [(clock, queries.truth(clock, at=at)) for clock in queries.to_be_judged(at=at, limit=limit)]
        told: dict[str, list[Fact]] = {}
        for clock, state in judged:
            if kind := _news(clock, state):
                told.setdefault(clock.street, []).append(_sweep_fact(clock, state, kind))
        _write_judged(judged)
        for street, facts in sorted(told.items()):
            record_many(facts, by=SYSTEM, at=at, street=street)
    return len(judged)


def _news(clock: Clock, state: ClockState) -> str:
    """What the ledger is to be told of a clock, if anything."""
    if state.is_late and not clock.is_late:
        return "clock.breached"
    return "clock.warned" if state.warned > clock.warned and not state.is_late else ""


def _write_judged(judged: Sequence[tuple[Clock, ClockState]]) -> None:
    """The cached columns of the judged clocks, which this transaction holds. Raises Broken when one was moved under it.

    SQLite writes one at a time and PostgreSQL has locked the rows, so the comparison never fails; it stays as the proof.
    """
    field = Clock._meta.get_field("due_at")
    rows = [
        (
            state.state, _kept(field, state.due_at), state.provisional, state.is_late, state.warned, _kept(field, state.next_check_at),
            clock.pk, _kept(field, clock.next_check_at),
        )
        for clock, state in judged
    ]  # fmt: skip
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE supervision_clock SET state = %s, due_at = %s, is_provisional = %s, is_late = %s, warned = %s, next_check_at = %s"
            " WHERE id = %s AND next_check_at = %s",
            rows,
        )
        if cursor.rowcount != len(rows):
            raise Broken(
                "supervision.sweep_lost_a_clock",
                "时限扫描时有计时被改动;本轮已撤销,下一轮重来。",
                written=cursor.rowcount,
            )


def _kept(field: Field[Any, Any], moment: datetime | None) -> Any:
    """The moment as the database keeps it."""
    return field.get_db_prep_value(moment, connection)


def _sweep_fact(clock: Clock, state: ClockState, kind: str) -> Fact:
    return Fact(
        kind,
        clock.subject,
        {
            "clock": clock.ref, "stage": clock.stage, "stage_name": queries.profile_of(clock).stage(clock.stage).name,
            "holder": clock.holder, "warned": state.warned, "due": state.due_at.isoformat() if state.due_at else None,
            "provisional": state.provisional, "segment": clock.segment,
        },
    )  # fmt: skip


def publish_calendar(*, by: Actor, at: datetime, street: str, definition: dict[str, Any], note: str) -> CalendarVersion:
    """The street has a new calendar version from now on, and provisional deadlines are issued again.

    Raises WrongInput when the definition cannot be read.
    """
    must_set_up(by, street)
    version = 1 + max([0, *CalendarVersion.objects.filter(street=street).values_list("version", flat=True)])
    definition = {**definition, "version": version}
    Calendar.from_data(definition)
    with deed():
        row = CalendarVersion.objects.create(
            street=street, version=version, definition=definition, note=note[:200], published_at=at
        )
        renew(street)
        record(
            "calendar.published",
            by=by,
            at=at,
            street=street,
            subject=f"calendar:{row.ref}",
            payload={"version": version, "note": note},
        )
        reissue(by=by, at=at, street=street, calendar=row)
    return row


def reissue(*, by: Actor, at: datetime, street: str, calendar: CalendarVersion) -> int:
    """Running clocks count by the new calendar; each date that changed, or became firm, is recorded. How many did.

    Not only provisional dates move: the notice for a year has made the last days of the year before into workdays
    (31 December 2011, 29 December 2018), so every clock that still runs is judged again.
    """
    facts = []
    running = (
        Clock.objects.filter(street=street).exclude(state=Clock.State.STOPPED).select_related("profile", "calendar")
    )
    for clock in running.order_by("id"):
        before, was_provisional = clock.due_at, clock.is_provisional
        clock.calendar = calendar
        _move(clock, at=at)
        if (before, was_provisional) != (clock.due_at, clock.is_provisional):
            facts.append(_reissued(clock, before=before, calendar=calendar))
    record_many(facts, by=by, at=at, street=street)
    return len(facts)


def _reissued(clock: Clock, *, before: datetime | None, calendar: CalendarVersion) -> Fact:
    return Fact(
        "clock.reissued",
        clock.subject,
        {
            "stage": clock.stage, "before": before.isoformat() if before else None, "calendar": calendar.version,
            "after": clock.due_at.isoformat() if clock.due_at else None, "provisional": clock.is_provisional,
        },
    )  # fmt: skip


def publish_profile(*, by: Actor, at: datetime, street: str, definition: dict[str, Any]) -> ProfileVersion:
    """The street has a new version of the profile; running clocks keep the version they started with."""
    must_set_up(by, street)
    code = str(definition.get("code", ""))
    if not code:
        raise WrongInput("supervision.no_code", "时限方案要有代码(code)。", field="code")
    version = 1 + max([0, *ProfileVersion.objects.filter(street=street, code=code).values_list("version", flat=True)])
    definition = {**definition, "version": version}
    parsed = Profile.from_data(definition)
    with deed():
        row = ProfileVersion(
            street=street, code=code, version=version, name=parsed.name, definition=definition, published_at=at
        )
        must_fit(row)
        row.save(force_insert=True)
        renew(street)
        record(
            "profile.published",
            by=by,
            at=at,
            street=street,
            subject=f"profile:{row.ref}",
            payload={"code": code, "version": version},
        )
    return row
