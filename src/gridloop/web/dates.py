"""Days and moments as pages write them: in the street's zone, with the weekday, in Chinese or in English."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

WEEKDAYS = "一二三四五六日"
MIDNIGHT = (0, 0)


def when(at: datetime | None) -> str:
    """2022年5月23日(周一)10:00; in English Mon 23 May 2022, 10:00."""
    if at is None:
        return "—"
    local = timezone.localtime(at)
    if is_english():
        return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"
    return f"{day(local.date())}{local:%H:%M}"


def until(at: datetime | None) -> str:
    """A deadline: as ``when``, but midnight is 24:00 of the day that ends."""
    if at is None:
        return "—"
    local = timezone.localtime(at)
    if (local.hour, local.minute) != MIDNIGHT:
        return when(local)
    before = date.fromordinal(local.date().toordinal() - 1)
    return f"{day(before)}{', ' if is_english() else ''}24:00"


def day(on: date | None) -> str:
    """2022年5月23日(周一); of a moment, the day it has in the street."""
    if on is None:
        return "—"
    on = _here(on)
    if is_english():
        return f"{on:%a} {on.day} {on:%b %Y}"
    return f"{on.year}年{on.month}月{on.day}日(周{WEEKDAYS[on.weekday()]})"


def short_day(on: date) -> str:
    """5月23日 周一, for rows of days; of a moment, the day it has in the street."""
    on = _here(on)
    return f"{on:%a} {on.day} {on:%b}" if is_english() else f"{on.month}月{on.day}日 周{WEEKDAYS[on.weekday()]}"


def month_name(number: int) -> str:
    """1 月; in English January."""
    return f"{date(2000, number, 1):%B}" if is_english() else f"{number} 月"


def _here(on: date) -> date:
    return timezone.localtime(on) if isinstance(on, datetime) and timezone.is_aware(on) else on


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def iso(at: datetime | date | None) -> str:
    """For ``datetime`` attributes: in the local zone."""
    if isinstance(at, datetime):
        return timezone.localtime(at).isoformat(timespec="seconds")
    return at.isoformat() if at else ""
