"""Moments as people type them on a command line or in a spreadsheet, read strictly.

Worked example::

    parse_moment("2022-05-29T20:00", zone=ZoneInfo("Asia/Shanghai"))      # 2022-05-29 20:00+08:00
    parse_moment("2019/2/28 11:25:05")                                    # without a zone: the caller decides
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from gridloop.core.errors import WrongInput

_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})"
_PLAIN = re.compile(_DAY + r"(?:日?[ T]*(?<=[日 T])(\d{1,2})[::](\d{2})(?:[::](\d{2})(?:\.\d+)?)?|日?)")
_MIDNIGHT = re.compile(r"(.*[ T日])24([::]00(?:[::]00)?(?:\.0+)?)(.*)")
"""24:00 of a day, as ISO 8601 and this program itself write it."""


def parse_moment(text: str, *, zone: tzinfo | None = None, field: str = "time") -> datetime:
    """The moment; one without zone is taken in ``zone`` (left without where that is None). Raises WrongInput."""
    found = _read(text.strip())
    if found is None:
        sentence = f"看不懂时间“{text}”;请写成 2022-05-29T20:00 或 2022-05-29T20:00:00+08:00。"
        raise WrongInput("time.malformed", sentence, field=field, value=text)
    return found.replace(tzinfo=zone) if found.tzinfo is None and zone else found


def parse_day(text: str, *, field: str = "date") -> date:
    """The calendar day, written 2027-01-01 or 2027/1/1. Raises WrongInput."""
    found = _plain(text.strip())
    if found is None:
        raise WrongInput("time.malformed", f"看不懂日期“{text}”;请写成 2027-01-01。", field=field, value=text)
    return found.date()


def _read(text: str) -> datetime | None:
    midnight = _MIDNIGHT.fullmatch(text)
    if midnight is None:
        return _iso(text) or _plain(text)
    begun = _read(f"{midnight[1]}00{midnight[2]}{midnight[3]}")
    return begun + timedelta(days=1) if begun else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _plain(text: str) -> datetime | None:
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives the zone
    except ValueError:
        return None
