"""分类施策: a plan for a group of firms (因地、因业、因时), and for which firm it holds on which day, with the reason.

Terms
    *group*      firms told by a place of the grid tree and all below it, an industry of GB/T 4754 (a section's letter, or a division's
                 digits with more behind them), a season with its first and last day; what is empty does not narrow
    *holds*      every part that is told fits the firm on that day

Guarantees: a group with no part told is refused, so that no plan holds for everybody by mistake; a firm whose industry is unknown is in
no group of an industry; the season's first and last day belong to it.

Worked example::

    >>> cars = Group(industry="36", industry_name="汽车制造业")
    >>> why_holds(cars, Firm(place="410102/1/C1", industry="3660", section="C"), today=date(2022, 5, 29))
    ('因业:行业属于 36 汽车制造业',)
    >>> why_holds(cars, Firm(place="410102/1/C1", industry="5261", section="F"), today=date(2022, 5, 29))
    ()
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridloop.core.errors import WrongInput
from gridloop.core.industry import DIVISIONS, SECTIONS


@dataclass(frozen=True, slots=True)
class Group:
    """The firms a plan is for; the names are those shown in the reason."""

    place: str = ""
    place_name: str = ""
    industry: str = ""
    industry_name: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """What the rule looks at: the firm's place path, its industry's digits and the letter of its section."""

    place: str
    industry: str = ""
    section: str = ""


def checked(group: Group) -> Group:
    """The group with its industry named. Raises WrongInput for a group that is everybody, an unknown industry, half a season."""
    if not (group.place or group.industry or group.starts_on or group.ends_on):
        raise WrongInput("plan.no_group", "请至少写明一项:地点、行业或时段;对一家企业请用一企一策。", field="place")
    if bool(group.starts_on) != bool(group.ends_on):
        raise WrongInput("plan.half_season", "时段要写明起止两天。", field="ends_on")
    if group.starts_on and group.ends_on and group.ends_on < group.starts_on:
        raise WrongInput("plan.season_backwards", "时段的止日不能早于起日。", field="ends_on")
    code = group.industry.strip().upper()
    name = SECTIONS.get(code) or DIVISIONS.get(code[:2], "") if code else ""
    if code and (not name or (code not in SECTIONS and not (code.isdecimal() and 2 <= len(code) <= 4))):
        raise WrongInput(
            "plan.no_industry", f"没有行业“{group.industry}”;请写门类字母或大类代码(GB/T 4754)。", field="industry"
        )
    return Group(group.place, group.place_name, code, name, group.starts_on, group.ends_on)


def why_holds(group: Group, firm: Firm, *, today: date) -> tuple[str, ...]:
    """Why the group's plan holds for the firm today, a sentence for each part; empty when it does not."""
    parts = (_by_place(group, firm), _by_industry(group, firm), _by_season(group, today))
    if any(part is None for part in parts):
        return ()
    return tuple(part for part in parts if part)


def is_in_season(group: Group, *, today: date) -> bool:
    """Whether the day lies in the group's season; a group without one is always in it."""
    return _by_season(group, today) is not None


def _by_place(group: Group, firm: Firm) -> str | None:
    if not group.place:
        return ""
    inside = firm.place == group.place or firm.place.startswith(f"{group.place}/")
    return f"因地:位于{group.place_name or group.place}" if inside else None


def _by_industry(group: Group, firm: Firm) -> str | None:
    if not group.industry:
        return ""
    inside = firm.section == group.industry if group.industry.isalpha() else firm.industry.startswith(group.industry)
    return f"因业:行业属于 {group.industry} {group.industry_name}" if inside else None


def _by_season(group: Group, today: date) -> str | None:
    if group.starts_on is None or group.ends_on is None:
        return ""
    inside = group.starts_on <= today <= group.ends_on
    return f"因时:{_day(group.starts_on)}至{_day(group.ends_on)}" if inside else None


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
