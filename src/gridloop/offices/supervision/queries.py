"""Every read of supervision: the calendar and profiles in force, the clocks of a subject, what is due to be judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Min, Prefetch, prefetch_related_objects

from gridloop.core.clock import ClockEvent, ClockState, judge
from gridloop.core.deadline import Due, deadline_document, due
from gridloop.core.errors import NotFound, Refused
from gridloop.core.profile import Profile
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.models import CalendarVersion, Clock, ProfileVersion


@lru_cache(maxsize=256)
def _calendar(key: int, version: int) -> Calendar:
    """A calendar version never changes, so it is compiled once."""
    return Calendar.from_data(CalendarVersion.objects.get(pk=key, version=version).definition)


@lru_cache(maxsize=1024)
def _profile(key: int, version: int) -> Profile:
    return Profile.from_data(ProfileVersion.objects.get(pk=key, version=version).definition)


def forget_compiled() -> None:
    """Nothing compiled is kept; for tests whose rows are rolled back."""
    _calendar.cache_clear()
    _profile.cache_clear()


def calendar_in_force(street: str) -> tuple[int, Calendar]:
    """The street's newest calendar with its row id. Raises Refused when it has none."""
    row = CalendarVersion.objects.filter(street=street).order_by("-version").first()
    if row is None:
        raise Refused(
            "supervision.no_calendar", "本街道还没有工作日历;请先载入(gridloop import calendar)。", street=street
        )
    return row.pk, _calendar(row.pk, row.version)


def profiles_in_force(street: str) -> dict[str, tuple[int, Profile]]:
    """The newest version of each of the street's profiles, by code, with row ids."""
    rows = ProfileVersion.objects.filter(street=street).order_by("version")
    return {row.code: (row.pk, _profile(row.pk, row.version)) for row in rows}


def calendars(street: str) -> list[CalendarVersion]:
    return list(CalendarVersion.objects.filter(street=street).order_by("-version"))


def profile_versions(street: str) -> list[ProfileVersion]:
    return list(ProfileVersion.objects.filter(street=street).order_by("code", "-version"))


def calendar_of(clock: Clock) -> Calendar:
    return _calendar(clock.calendar_id, clock.calendar.version)


def profile_of(clock: Clock) -> Profile:
    return _profile(clock.profile_id, clock.profile.version)


def events_of(clock: Clock) -> list[ClockEvent]:
    return [ClockEvent.from_data(event) for event in clock.events]


def truth(clock: Clock, *, at: datetime) -> ClockState:
    """What the clock says at a moment: recomputed from its events, its profile version and its calendar version."""
    return judge(
        events_of(clock), profile=profile_of(clock), stage=clock.stage, calendar=calendar_of(clock), grade=clock.grade,
        priority=clock.priority, at=at,
    )  # fmt: skip


_VERSIONS_OF_PROFILES = Prefetch("profile", queryset=ProfileVersion.objects.defer("definition"))
_VERSIONS_OF_CALENDARS = Prefetch("calendar", queryset=CalendarVersion.objects.defer("definition"))
"""What judging asks of them is the version; the definition, a whole calendar, is compiled once and kept."""


def clocks_of(subject: str) -> list[Clock]:
    """A subject's clocks in the order in which they were started."""
    rows = Clock.objects.filter(subject=subject).select_related("profile", "calendar")
    return list(rows.defer("profile__definition", "calendar__definition").order_by("id"))


def is_anything_due(*, at: datetime) -> bool:
    """Whether a clock's check has come: one look into a partial index, without waiting for one's turn to write."""
    return Clock.objects.filter(next_check_at__lte=at).exists()


def to_be_judged(*, at: datetime, limit: int) -> list[Clock]:
    """Clocks whose next check has come, the oldest first (a partial index serves this).

    Called inside a deed. On PostgreSQL they are locked, and those that another tick holds are left to it.
    """
    rows = Clock.objects.filter(next_check_at__lte=at).order_by("next_check_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows[:limit])
    prefetch_related_objects(found, _VERSIONS_OF_PROFILES, _VERSIONS_OF_CALENDARS)
    return found


def clocks_due(subjects: Iterable[str], *, until: datetime) -> list[Clock]:
    """The running clocks of these subjects that end by ``until`` or have ended, with their versions."""
    rows = Clock.objects.filter(subject__in=list(subjects), state=Clock.State.RUNNING, due_at__lte=until)
    return list(rows.select_related("profile").defer("profile__definition").order_by("id"))


def next_check(street: str) -> datetime | None:
    """When the next of the street's clocks is to be judged; None when none is."""
    found: datetime | None = Clock.objects.filter(street=street, next_check_at__isnull=False).aggregate(
        first=Min("next_check_at")
    )["first"]
    return found


@dataclass(frozen=True, slots=True)
class WhyThisDate:
    """The answer to "why this date?": the base count, then every pause and extension, and the state now."""

    clock: Clock
    stage_name: str
    found: Due
    events: tuple[ClockEvent, ...]
    state: ClockState


def why_this_date(clock: Clock, *, at: datetime) -> WhyThisDate:
    """How the clock's date came about, day by day."""
    profile = profile_of(clock)
    events = events_of(clock)
    found = due(
        profile,
        clock.stage,
        start=events[0].at,
        calendar=calendar_of(clock),
        grade=clock.grade,
        priority=clock.priority,
    )
    return WhyThisDate(clock, profile.stage(clock.stage).name, found, tuple(events), truth(clock, at=at))


def stage_limit(clock: Clock) -> str:
    """The limit of the clock's stage in words, as its profile states it."""
    return profile_of(clock).limit_of(clock.stage, grade=clock.grade, priority=clock.priority).words


@dataclass(frozen=True, slots=True)
class Moved:
    """A running deadline that another calendar would move: ISO moments, None where there is none."""

    subject: str
    stage_name: str
    before: str | None
    after: str | None
    provisional: bool


def reissue_preview(street: str, calendar: Calendar, *, at: datetime) -> list[Moved]:
    """What ``supervision.actions.reissue`` would record with this calendar, without writing anything."""
    running = Clock.objects.filter(street=street).exclude(state=Clock.State.STOPPED).select_related("profile")
    found = []
    for clock in running.defer("profile__definition").order_by("id"):
        rules = profile_of(clock)
        state = judge(
            events_of(clock),
            profile=rules,
            stage=clock.stage,
            calendar=calendar,
            grade=clock.grade,
            priority=clock.priority,
            at=at,
        )
        if (state.due_at, state.provisional) != (clock.due_at, clock.is_provisional):
            before = clock.due_at.isoformat() if clock.due_at else None
            after = state.due_at.isoformat() if state.due_at else None
            found.append(Moved(clock.subject, rules.stage(clock.stage).name, before, after, state.provisional))
    return found


def profile(street: str, code: str) -> Profile:
    """The street's profile by code. Raises NotFound."""
    found = profiles_in_force(street).get(code)
    if found is None:
        raise NotFound("supervision.no_profile", f"本街道没有时限方案“{code}”。", profile=code)
    return found[1]


def worked_example(street: str, *, code: str, received: datetime) -> list[dict[str, Any]]:
    """For each stage and grade of a profile: what would be due if a case came in at ``received``."""
    _, calendar = calendar_in_force(street)
    found = profile(street, code)
    rows = []
    for stage in found.stages:
        for grade in ("simple", "ordinary", "difficult"):
            if stage.limit(grade, "normal") is None:
                continue
            example = due(found, stage.code, start=received, calendar=calendar, grade=grade)
            rows.append({"stage": stage.name, "grade": grade, "due": example, "limit": example.limit.words})
    return rows


def deadline(
    street: str,
    *,
    code: str,
    received: datetime,
    grade: str | None = None,
    priority: str | None = None,
    assigned: datetime | None = None,
) -> dict[str, Any]:
    """Every stage's due time with the counting, if a case came in at ``received``. The profile by code, name or alias.

    Raises NotFound for a profile that the street does not have.
    """
    _, calendar = calendar_in_force(street)
    held = profiles_in_force(street).values()
    found = next((each for _, each in held if each.answers_to(code)), None) or profile(street, code)
    return deadline_document(
        found, calendar=calendar, received=received, grade=grade, priority=priority, assigned=assigned
    )
