"""What a new sub-district starts with: the State Council's holidays of 2004-2026 and the deadline profiles of the
field.

Terms: 放假安排 (the yearly holiday notice), 时限方案 (deadline profile). The holidays are read from the library
``chinesecalendar``, the profiles from the JSON files beside this module; both become plain values that ``core``
understands, and both may be replaced by a later version through the console. No Django here, so the command line and
the tests read the same seed.

Guarantees: every day of the covered years is as the library says; a year it does not know is left out, never guessed,
so that dates resting on it are marked provisional; profile codes are unique and every alias leads to one profile.

Worked example::

    calendar = shipped_calendar()
    find_profile("三不过").code        # "san_bu_guo"
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from chinese_calendar.constants import Holiday, holidays, workdays

from gridloop.core.errors import NotFound
from gridloop.core.profile import Profile
from gridloop.core.worktime import Calendar, OfficeHours

CALENDAR_CODE = "cn"
ZONE = "Asia/Shanghai"


def calendar_data() -> dict[str, Any]:
    """The shipped calendar as JSON-able values in the shape of ``Calendar.from_data``; all its years are published."""
    years: dict[int, list[list[Any]]] = defaultdict(list)
    for table, is_workday in ((holidays, False), (workdays, True)):
        for day, name in _named_days(table).items():
            years[day.year].append([day.isoformat(), is_workday, name])
    return {
        "code": CALENDAR_CODE,
        "version": 1,
        "zone": ZONE,
        "hours": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in OfficeHours().spans],
        "years": [{"year": year, "published": True, "exceptions": sorted(years[year])} for year in sorted(years)],
    }


@cache
def shipped_calendar() -> Calendar:
    """Version 1 of the national calendar, office hours 09:00-12:00 and 13:30-17:30."""
    return Calendar.from_data(calendar_data())


def profile_data() -> list[dict[str, Any]]:
    """The shipped profiles as JSON-able values in the shape of ``Profile.from_data``, by code."""
    folder = files("gridloop.offices.supervision") / "profiles"
    found = [json.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    return sorted(found, key=lambda profile: str(profile["code"]))


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """Every shipped profile, by code."""
    return tuple(Profile.from_data(source) for source in profile_data())


def find_profile(text: str) -> Profile:
    """The shipped profile with this code or alias (三不过, sanbuguo …). Raises NotFound, naming those there are."""
    for profile in shipped_profiles():
        if profile.answers_to(text):
            return profile
    known = "、".join(f"{profile.code}({profile.name})" for profile in shipped_profiles())
    raise NotFound("profile.unknown", f"没有“{text}”这个时限方案,可用的有:{known}。", profile=text)


def _named_days(table: Mapping[date, str]) -> dict[date, str]:
    return {day: Holiday(name).chinese for day, name in table.items()}
