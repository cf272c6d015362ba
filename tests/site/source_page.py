"""Every number that the source page prints for 莲湖, counted here from the rows with plain queries: nothing of the indicators office is used.

Each entry: the id of the figure on the campaign page, and what the page must say for it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q

from gridloop.offices.campaigns.models import Activity, CampaignGroup
from gridloop.offices.cases.models import Callback, Case, Report, Segment
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.service_models import TeamMember
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.indicators.models import Reading, Standing
from gridloop.offices.projects.models import Project, StageMove
from gridloop.site.demo.tale import BEIJING

STREET = "410102013"
FIRST, AFTER = datetime(2022, 1, 1, tzinfo=BEIJING), datetime(2022, 5, 30, tzinfo=BEIJING)


def problems() -> list[Case]:
    """The problems of firms that were collected from 1 January to 29 May."""
    told = Case.objects.filter(street=STREET, category__startswith="企业服务/", filed_at__gte=FIRST, filed_at__lt=AFTER)
    return list(told.order_by("pk"))


def counted() -> dict[str, str]:
    """By the figure's id: how the page must show it."""
    cases = problems()
    cleared = [case for case in cases if case.cleared_at and case.cleared_at < AFTER]
    hard = [case for case in cases if case.grade == "difficult"]
    return {
        "figure-firm_cases_solved": share(len(cleared), len(cases)),
        "figure-handed_on_same_day": share(sum(_same_day(case) for case in cases), len(cases)),
        "figure-ordinary_in_week": share(
            sum(not case.is_late for case in cases if case not in hard), len(cases) - len(hard)
        ),
        "figure-difficult_in_month": share(sum(not case.is_late for case in hard), len(hard)),
        "figure-fastest_permit": _shortest(cases),
        **_satisfaction(cases),
        **_visits(),
        **_people(),
        **_campaign(),
        **_projects(),
        **_published(),
    }


def share(part: int, whole: int) -> str:
    """A rate as it is printed here: whole percents where there are such, else one decimal."""
    percent = part * 100 / whole
    return f"{percent:.0f}%({part}/{whole})" if percent == int(percent) else f"{percent:.1f}%({part}/{whole})"


def _same_day(case: Case) -> bool:
    segment = Segment.objects.filter(case=case).exclude(unit__code="campaign").order_by("starts_at", "pk").first()
    return (
        segment is not None and segment.starts_at.astimezone(BEIJING).date() == case.filed_at.astimezone(BEIJING).date()
    )


def _shortest(cases: list[Case]) -> str:
    took = min(case.cleared_at - case.filed_at for case in cases if "证照" in case.category and case.cleared_at)
    minutes = int(took.total_seconds() // 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分钟"


def _satisfaction(cases: list[Case]) -> dict[str, str]:
    reports = Report.objects.filter(case__in=cases)
    reached = reports.filter(pk__in=Callback.objects.filter(outcome="reached").values("report"))
    return {
        "figure-firms_satisfied": share(reached.filter(satisfied__gte=3).count(), reached.count()),
        "figure-callbacks_reached": share(reached.count(), reports.count()),
    }


def _visits() -> dict[str, str]:
    told = Visit.objects.filter(street=STREET, happened_at__gte=FIRST, happened_at__lt=AFTER)
    done = told.filter(state="done")
    firms = Enterprise.objects.filter(street=STREET, left_at__isnull=True).count()
    merged = sum(len(bodies) > 1 for bodies in done.values_list("bodies", flat=True))
    return {
        "figure-visits": str(done.count()),
        "figure-visited_firms": share(done.values("enterprise").distinct().count(), firms),
        "figure-visits_merged": share(merged, done.count()),
        "figure-visits_declined": str(told.filter(state="declined").count()),
        "figure-visits_unreached": str(told.filter(state="unreachable").count()),
        "figure-firms": str(firms),
    }


def _people() -> dict[str, str]:
    four = TeamMember.objects.filter(street=STREET, team__kind="four", ends_at__isnull=True)
    each = {
        kind: four.filter(kind=kind).values("person").distinct().count()
        for kind in ("manager", "legal", "police", "monitor")
    }
    return {f"figure-officers_{kind}": str(n) for kind, n in each.items()} | {
        "figure-officers": str(sum(each.values()))
    }


def _campaign() -> dict[str, str]:
    groups = CampaignGroup.objects.filter(campaign__code="wrzwq", kind="group", ended_at__isnull=True)
    return {
        "figure-work_groups": str(groups.count()),
        "figure-activity_plans": str(
            Activity.objects.filter(campaign__code="wrzwq", cancelled_at__isnull=True).count()
        ),
    }


def _projects() -> dict[str, str]:
    """Where each project stood on 29 May, by its last move until then; one that was put on record later does not count."""
    moves = StageMove.objects.filter(project__street=STREET, moved_on__lt=AFTER.date()).order_by("project", "number")
    stood = dict(moves.values_list("project", "to"))
    of = {
        f"figure-projects_{library}": str(sum(each == library for each in stood.values()))
        for library in ("reserve", "planned", "building", "completed")
    }
    total = sum(Project.objects.filter(pk__in=stood).values_list("total", flat=True), Decimal(0))
    return {**of, "figure-projects_all": str(len(stood)), "figure-projects_total": f"{total / 10**8:.2f} 亿元"}


def _published() -> dict[str, str]:
    rows = Reading.objects.filter(Q(period="2022Q1"), street=STREET, corrected_at__isnull=True)
    said = {f"reading-{row.code}": f"{row.value.normalize():,f} {row.unit}" for row in rows}
    grown = rows.filter(base__isnull=False).annotate(ratio=F("value") / F("base")).get()
    firsts = Standing.objects.filter(street=STREET, stood=1, last_on__gte=FIRST.date(), last_on__lt=AFTER.date())
    return said | {"growth": f"{grown.value / grown.base * 100 - 100:.2f}%", "standings": str(firsts.count())}
