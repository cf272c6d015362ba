"""Every write of supervision: publishing calendars and profiles, moving clocks, the sweep.

Moving a clock is part of a case's deed and is recorded by it; the sweep and the re-issue record for themselves.

*A clock* holds its events; ``due_at``, ``state``, ``next_check_at`` are a cache of ``core.clock.judge`` and are written only
by ``_cache``. Nobody edits a deadline.

*Which clocks*: a profile's stage starts at its start event (filed, assigned, accepted) and stops at its terminal event. The
case's own clocks have ``segment`` empty. A later unit's handling segment gets a clock of its own beside the case's, so
that lateness is attributed to who held the case; the first segment's own clock is the case's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.clock import ClockEvent, ClockState, judge
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.profile import Profile
from gridloop.core.worktime import Calendar
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import must_set_up, renew
from gridloop.offices.supervision import queries
from gridloop.offices.supervision.models import CalendarVersion, Clock, ProfileVersion


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


def opened_clocks(start: Start) -> list[Clock]:
    """Unsaved clocks of the stages that have started and not ended; the caller writes them."""
    stages = [
        stage for stage in start.profile[1].stages if stage.start in start.happened and stage.terminal not in start.happened
    ]
    limited = [stage for stage in stages if stage.limit(start.grade, start.priority)]
    return [_opened(start, stage.code, start.happened[stage.start]) for stage in limited]


def _opened(start: Start, stage: str, at: datetime) -> Clock:
    profile_id, profile = start.profile
    calendar_id, calendar = start.calendar
    event = ClockEvent(kind="start", at=at)
    state = judge([event], profile=profile, stage=stage, calendar=calendar, grade=start.grade, priority=start.priority, at=at)
    return Clock(
        ref=new_ref(), street=start.street, subject=start.subject, segment=start.segment, stage=stage, holder=start.holder,
        profile_id=profile_id, calendar_id=calendar_id, grade=start.grade, priority=start.priority, events=[event.to_data()],
        state=state.state, due_at=state.due_at, is_provisional=state.provisional, next_check_at=state.next_check_at,
    )  # fmt: skip


def start_clocks(start: Start) -> list[Clock]:
    """The clocks of the stages that have started run from now on."""
    return Clock.objects.bulk_create(opened_clocks(start))


def start_segment_clock(start: Start) -> list[Clock]:
    """The handling clock of one responsibility segment, beside the case's own."""
    return Clock.objects.bulk_create([clock for clock in opened_clocks(start) if clock.stage == "handle"])


def _cache(clock: Clock, state: ClockState) -> None:
    """The clock's cached columns say what ``judge`` says."""
    clock.state, clock.due_at, clock.is_provisional = state.state, state.due_at, state.provisional
    clock.next_check_at = state.next_check_at
    clock.is_late = clock.is_late or state.is_late
    clock.save(
        update_fields=["events", "state", "due_at", "is_provisional", "next_check_at", "is_late", "grade", "priority", "holder", "calendar"]
    )


def _move(clock: Clock, *, at: datetime, event: ClockEvent | None = None) -> Clock:
    """One more event, and the cache follows."""
    if event is not None:
        clock.events = [*clock.events, event.to_data()]
    _cache(clock, queries.truth(clock, at=at))
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


def restart_clocks(subject: str, *, at: datetime) -> list[Clock]:
    """The case's handling clocks that had stopped run on: the old clock resumes, it does not start anew."""
    return _each(
        subject,
        lambda clock: clock.state == Clock.State.STOPPED and clock.segment is None and queries.profile_of(clock).stage(clock.stage).start != "filed",
        lambda clock: _move(clock, at=at, event=ClockEvent(kind="restart", at=at)) if _is_resumed(clock) else clock,
    )


def _is_resumed(clock: Clock) -> bool:
    """Accepting happens once; handling resumes."""
    return queries.profile_of(clock).stage(clock.stage).terminal not in ("accepted", "assigned")


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
        raise Refused("supervision.pause_too_long", f"“{profile.name}”最多挂起 {longest} 天;请缩短。", longest_days=longest)


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
        lambda clock: _move(clock, at=at, event=ClockEvent(kind="extend", at=at, amount=amount, unit=unit, reason=reason)),
    )


def hand_clocks_over(subject: str, *, holder: str, at: datetime) -> list[Clock]:
    """The case's clocks tick on for another holder."""

    def change(clock: Clock) -> Clock:
        clock.holder = holder
        return _move(clock, at=at)

    return _each(subject, lambda clock: is_ticking(clock) and clock.segment is None, change)


def regrade_clocks(subject: str, *, grade: str, at: datetime) -> list[Clock]:
    """The clocks are derived again with the confirmed grade; their events stay as they are."""

    def change(clock: Clock) -> Clock:
        clock.grade = grade
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
    """Clocks whose check has come are judged, once each; how many changed.

    Steps: (1) the oldest ``limit`` clocks with ``next_check_at <= at``; (2) ``judge`` recomputes the truth; (3) compare-and-set on
    the old ``next_check_at``: no row means another tick was faster; (4) a warning or a breach becomes a ledger entry in the
    same transaction. Run it twice, kill it half-way, run two of them: the same ledger.
    """
    with deed():
        changed = [moved for clock in queries.to_be_judged(at=at, limit=limit) if (moved := _judge(clock, at=at))]
        by_street: dict[str, list[Fact]] = {}
        for clock, kind in changed:
            if kind:
                by_street.setdefault(clock.street, []).append(_sweep_fact(clock, kind))
        for street, facts in sorted(by_street.items()):
            record_many(facts, by=SYSTEM, at=at, street=street)
    return len(changed)


def _judge(clock: Clock, *, at: datetime) -> tuple[Clock, str] | None:
    """The clock with its new cache, and what there is to tell; None when another tick was faster."""
    state = queries.truth(clock, at=at)
    kind = "clock.breached" if state.is_late and not clock.is_late else "clock.warned" if state.warned > clock.warned else ""
    won = Clock.objects.filter(pk=clock.pk, next_check_at=clock.next_check_at).update(
        state=state.state, due_at=state.due_at, is_provisional=state.provisional, is_late=clock.is_late or state.is_late,
        warned=max(clock.warned, state.warned), next_check_at=state.next_check_at,
    )  # fmt: skip
    clock.due_at, clock.is_late = state.due_at, clock.is_late or state.is_late
    clock.warned = max(clock.warned, state.warned)
    return (clock, kind) if won else None


def _sweep_fact(clock: Clock, kind: str) -> Fact:
    return Fact(
        kind,
        clock.subject,
        {
            "clock": clock.ref, "stage": clock.stage, "holder": clock.holder, "warned": clock.warned,
            "due": clock.due_at.isoformat() if clock.due_at else None, "segment": clock.segment,
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
        row = CalendarVersion.objects.create(street=street, version=version, definition=definition, note=note, published_at=at)
        renew(street)
        record(
            "calendar.published", by=by, at=at, street=street, subject=f"calendar:{row.ref}", payload={"version": version, "note": note}
        )
        reissue(by=by, at=at, street=street, calendar=row)
    return row


def reissue(*, by: Actor, at: datetime, street: str, calendar: CalendarVersion) -> int:
    """Clocks on a provisional date count by the new calendar; each change of a date is recorded. How many changed."""
    facts = []
    for clock in Clock.objects.filter(street=street, is_provisional=True).select_related("profile", "calendar"):
        before = clock.due_at
        clock.calendar = calendar
        _move(clock, at=at)
        facts.append(
            Fact(
                "clock.reissued", clock.subject,
                {
                    "stage": clock.stage, "before": before.isoformat() if before else None, "calendar": calendar.version,
                    "after": clock.due_at.isoformat() if clock.due_at else None, "provisional": clock.is_provisional,
                },
            )
        )  # fmt: skip
    record_many(facts, by=by, at=at, street=street)
    return len(facts)


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
        row = ProfileVersion.objects.create(
            street=street, code=code, version=version, name=parsed.name, definition=definition, published_at=at
        )
        renew(street)
        record(
            "profile.published", by=by, at=at, street=street, subject=f"profile:{row.ref}", payload={"code": code, "version": version}
        )
    return row
