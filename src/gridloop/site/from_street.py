"""What the asking commands take from a street in the database: its profiles, calendar, routing table and cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.core.clusters import Message
from gridloop.core.errors import GridloopError, NotFound, WrongInput
from gridloop.core.profile import Profile
from gridloop.core.route_row import CaseFacts
from gridloop.core.routing import trace_document
from gridloop.core.worktime import Calendar
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries import replaying, troubles
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.rules import Rules, facts_of, rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Street
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.seed import find_profile, shipped_calendar
from gridloop.site.moments import parse_moment
from gridloop.site.parquet import replay_parquet
from gridloop.site.proving import rows_of


def profile_and_calendar(street: str, profile: str) -> tuple[Profile, Calendar]:
    """The street's profile by code, name or alias, and its calendar; the shipped ones where it has no newer."""
    code = organisation.street(street).code
    own = [found for _, found in supervision.profiles_in_force(code).values() if found.answers_to(profile)]
    return (own[0] if own else find_profile(profile)), _calendar(code)


def _calendar(street: str) -> Calendar:
    try:
        return supervision.calendar_in_force(street)[1]
    except GridloopError:
        return shipped_calendar()


def the_street(named: str | None) -> Street:
    """The street named, or the only one there is. Raises WrongInput when it must be named."""
    if named:
        return organisation.street(named)
    streets = organisation.streets()
    if len(streets) == 1:
        return streets[0]
    known = "、".join(f"{street.slug}({street.name})" for street in streets[:20]) or "一个也没有"
    raise WrongInput("site.which_street", f"请用 --street 指明街道;现有:{known}。", field="street")


def every_street() -> list[Street]:
    return organisation.streets()


def number_of_streets() -> int:
    return len(organisation.streets())


def find_case(named: str, *, street: str | None) -> Case:
    """The case by number (20220529-000017) or ref. Raises NotFound."""
    cases = visible_to(SYSTEM).select_related("lead", "grid", "table")
    if street:
        cases = cases.filter(street=organisation.street(street).code)
    day, _, running = named.partition("-")
    key = int(running) if day.isdigit() and running.isdigit() and len(running) < 19 else 0
    found = cases.filter(pk=key).first() if key else cases.filter(ref=named).first()
    if found is None or (key and found.number != named):
        raise NotFound("cases.not_found", f"没有编号为“{named}”的事项;请核对编号。", case=named)
    return found


def trace_of_case(named: str, *, street: str | None) -> dict[str, object]:
    """The trace of the table version that routed the case, on the case's present facts."""
    case = find_case(named, street=street)
    rules = _rules(organisation.street(case.street))
    table = {key: table for _, key, table in rules.tables}.get(case.table_id or 0)
    if table is None:
        raise NotFound("cases.no_table", f"事项 {case.number} 不是按路由表派的,没有可说明的行。", case=named)
    return trace_document(table, facts_of(case, rules))


def replayed(
    draft: str,
    *,
    first: date,
    last: date,
    street: str | None,
    calendar: str,
    org: str,
    engine: str,
    parquet: Path | None,
) -> dict[str, Any]:
    """The replay of a file's table, or of a draft's, over the street's history or over its export."""
    found, at = the_street(street), timezone.now()
    path = Path(draft)
    if path.is_file():
        named, table = f"file:{path.name}", replaying.table_of_rows(found.code, rows_of(path), at=at)
    else:
        named, table = replaying.draft_of(found.code, draft, at=at)
    kind: dict[str, str] = {"calendar": calendar, "org": org, "named": named}
    if parquet is not None:
        return replay_parquet(parquet, found.code, table, first=first, last=last, engine=engine, **kind)
    return replaying.replayed(found.code, table, replaying.period_of(found.code, first=first, last=last), **kind)


def trace_in_street(given: Mapping[str, str], *, street: str | None, at: str | None) -> dict[str, object]:
    """The trace of the street's table in force ``at`` (now) on given facts; a grid's code will do for its place path."""
    found = the_street(street)
    rules = _rules(found)
    moment = parse_moment(at, zone=rules.calendar.tz, field="at") if at else timezone.now()
    _, table = rules.table_at(moment)
    return trace_document(table, CaseFacts(**_completed(given, rules, moment)))


def _completed(given: Mapping[str, str], rules: Rules, at: datetime) -> dict[str, str]:
    """The facts as filing would have them: whole paths, the street's own place, the time class of the moment."""
    facts = {"place": rules.street.place, "level": "street", "time_class": rules.time_class(at), **given}
    cell = rules.atlas.by_code.get(facts["place"])
    facts["place"] = cell.path if cell else facts["place"]
    facts["category"] = rules.category_by_name.get(facts.get("category", ""), facts.get("category", ""))
    return facts


def _rules(street: Street) -> Rules:
    return rules_of(street.code, version=street.version)


def messages_of(street: str) -> list[Message]:
    """Every report of the street's cases as a message: called by its case's number, told by an opaque sign."""
    return troubles.told_messages(organisation.street(street).code)
