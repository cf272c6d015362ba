"""The figures that a campaign's page shows: which indicators, in which order, what was published, where others placed the street.

What is shown is data: a campaign's kind names its sections, a section names its indicators. Nothing is typed here and nothing kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.period import Period
from gridloop.offices.campaigns.models import Campaign
from gridloop.offices.cases.queries.adverse import offered_factors
from gridloop.offices.indicators.asked import ZONE, Asked, Computed
from gridloop.offices.indicators.computed import compute_of
from gridloop.offices.indicators.models import Standing
from gridloop.offices.indicators.queries import ReadingShown, readings_of_period, readings_seen_by, standings
from gridloop.offices.indicators.weekly import Week, weeks_of

Sections = tuple[tuple[str, tuple[str, ...]], ...]
OF_CASES: Sections = (("事项", ("cases_filed", "cases_solved", "cases_in_time", "satisfied")),)
SECTIONS: Mapping[str, Sections] = {
    "enterprise": (
        ("收集与化解", ("firm_cases_solved", "handed_on_same_day", "ordinary_in_week", "difficult_in_month", "fastest_permit")),
        ("不利因素", ("cause_energy", "cause_funds", "cause_labour", "cause_logistics", "cause_market", "cause_land")),
        ("企业满意", ("firms_satisfied", "callbacks_reached")),
        ("走访", ("visits", "visited_firms", "visits_merged", "visits_declined", "visits_unreached")),
        ("政企面对面", ("forums_held", "forum_firms", "forum_questions", "forum_questions_same_day")),
        ("银企对接", ("bank_matches", "bank_granted", "bank_demanded_sum", "bank_granted_sum", "bank_drawn_sum")),
        ("企企联建", ("links_introduced", "links_cooperated")),
        ("承诺、代办和解困", ("promises_kept", "assists_done", "fastest_assist", "stalled_with_plan")),
        ("政策到企", ("policies_pushed", "pushes_interested", "pushes_declined")),
        ("“四位一体”队伍", ("officers", "officers_manager", "officers_legal", "officers_police", "officers_monitor")),
        ("组织与方案", ("work_groups", "activity_plans")),
        ("包联与覆盖", ("firms", "four_names", "covered_admin", "covered_tax", "covered_environment", "covered_factor")),
        ("重点企业和项目", ("key_firms", "key_projects_with_force", "factor_needs_solved")),
        ("四库项目", ("projects_all", "projects_reserve", "projects_planned", "projects_building", "projects_completed", "projects_total")),
    ),
}  # fmt: skip
"""By a campaign's kind: headings with their indicators; of the other kinds, those of cases."""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its numbers."""

    title: str
    figures: list[Computed]


def period_shown(row: Campaign, *, at: datetime, asked: str = "") -> Period:
    """The period asked for, else the one the campaign names, else this year until today (its own days only). Raises WrongInput."""
    if asked or row.shown_period:
        return Period.parse(asked or row.shown_period)
    day = max(row.starts_on, min(at.astimezone(ZONE).date(), row.ends_on))
    return replace(Period.of("year", day), until=day)


def figures_of(row: Campaign, *, by: Actor, period: Period, at: datetime) -> list[Section]:
    """The sections of the campaign, each number with its rows, over what the reader may see."""
    asked = Asked(by, row.street, period, at)
    wanted = SECTIONS.get(row.kind, OF_CASES)
    found = [Section(title, [compute_of(code, asked) for code in codes]) for title, codes in wanted]
    return [
        each for section in found for each in ((section, _tagged(asked)) if section.title == "不利因素" else (section,))
    ]


def _tagged(asked: Asked) -> Section:
    """Beside the share by category: what people have tagged, by the street's list."""
    return Section("不利因素标注", [compute_of(f"factor_{code}", asked) for code in offered_factors(asked.street)])


def weeks_shown(row: Campaign, *, by: Actor, period: Period, at: datetime) -> list[Week]:
    """The campaign week by week: of an enterprise campaign the problems of firms and the visits, of the others all cases."""
    return weeks_of(Asked(by, row.street, period, at), of_firms=row.kind == "enterprise")


def published(row: Campaign, *, by: Actor, period: Period) -> list[ReadingShown]:
    """What was published for periods inside this one, the earliest first."""
    seen = readings_seen_by(by).filter(street=row.street, corrected_at__isnull=True)
    inside = seen.filter(first_on__gte=period.first, last_on__lte=period.last)
    codes = dict.fromkeys(inside.order_by("first_on", "last_on").values_list("period", flat=True))
    return [each for code in codes for each in readings_of_period(by, street=row.street, period=code)]


def placed(row: Campaign, *, by: Actor, period: Period) -> list[Standing]:
    """Where others placed the street in periods that ended inside this one, the newest first; noted, never computed."""
    rows = standings(by, street=row.street).filter(last_on__gte=period.first, last_on__lte=period.last)
    return list(rows)
