"""Every number that the source page prints for 莲湖, counted here from the rows with plain queries: nothing of the indicators office is used.

Each entry: the id of the figure on the campaign page, and what the page must say for it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q

from gridloop.core.adverse import SHIPPED
from gridloop.offices.campaigns.models import Activity, CampaignGroup
from gridloop.offices.cases.adverse_models import CaseFactor
from gridloop.offices.cases.models import Callback, Case, Report, Segment
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.enterprise.link_models import FirmLink
from gridloop.offices.enterprise.models import Enterprise, VitalitySpell
from gridloop.offices.enterprise.service_models import Promise, TeamMember
from gridloop.offices.enterprise.solution_models import AssistOrder, BankDrawing, BankMatch, FirmPlan
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.indicators.models import Reading, Standing
from gridloop.offices.policies.models import PolicyPush
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
        **_adverse(cases),
        **_satisfaction(cases),
        **_visits(),
        **_people(),
        **_campaign(),
        **_projects(),
        **_together(),
        **_banks(),
        **_solved(),
        **_published(),
    }


def share(part: int, whole: int) -> str:
    """A rate as it is printed here: one decimal, but none or all of them without."""
    percent = part * 100 / whole
    return f"{percent:.0f}%({part}/{whole})" if part in (0, whole) else f"{percent:.1f}%({part}/{whole})"


def _same_day(case: Case) -> bool:
    segment = Segment.objects.filter(case=case).exclude(unit__code="campaign").order_by("starts_at", "pk").first()
    return (
        segment is not None and segment.starts_at.astimezone(BEIJING).date() == case.filed_at.astimezone(BEIJING).date()
    )


def _shortest(cases: list[Case]) -> str:
    took = min(case.cleared_at - case.filed_at for case in cases if "证照" in case.category and case.cleared_at)
    minutes = int(took.total_seconds() // 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分钟"


def _adverse(cases: list[Case]) -> dict[str, str]:
    """What was tagged in the very minute in which it was taken in."""
    tagged = CaseFactor.objects.filter(case__in=cases, tagged_at=F("case__filed_at"), ended_at__isnull=True)
    return {f"figure-factor_{code}": share(tagged.filter(code=code).count(), len(cases)) for code in SHIPPED}


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


def _in_period(at: datetime | None) -> bool:
    return at is not None and FIRST <= at < AFTER


def _together() -> dict[str, str]:
    """The forums that were held, who came, what was asked there; and the firms brought together."""
    held = [row for row in Forum.objects.filter(street=STREET, state="held") if _in_period(row.starts_at)]
    asked = [row for row in ForumQuestion.objects.filter(street=STREET, dropped_at=None) if _in_period(row.asked_at)]
    filed = [row for row in asked if row.filed_at and row.filed_at < AFTER]
    that_day = [
        row for row in filed if row.filed_at.astimezone(BEIJING).date() == row.asked_at.astimezone(BEIJING).date()
    ]
    met = [row for row in FirmLink.objects.filter(street=STREET) if _in_period(row.introduced_at)]
    return {
        "figure-forums_held": str(len(held)),
        "figure-forum_firms": str(Invitation.objects.filter(forum__in=held, came=True).values("enterprise").distinct().count()),
        "figure-forum_questions": share(len(filed), len(asked)),
        "figure-forum_questions_same_day": share(len(that_day), len(asked)),
        "figure-links_introduced": str(len(met)),
        "figure-links_cooperated": share(sum(row.state == "cooperated" for row in met), len(met)),
    }  # fmt: skip


def _banks() -> dict[str, str]:
    rows = [row for row in BankMatch.objects.filter(street=STREET).exclude(stage="withdrawn") if _in_period(row.demanded_at)]  # fmt: skip
    granted = [row for row in rows if row.granted is not None and row.answered_at and row.answered_at < AFTER]
    drawn = BankDrawing.objects.filter(match__in=rows, void_at=None, drawn_on__lt=AFTER.date())
    return {
        "figure-bank_matches": str(len(rows)),
        "figure-bank_granted": share(len(granted), len(rows)),
        "figure-bank_demanded_sum": _wan(sum(row.amount for row in rows)),
        "figure-bank_granted_sum": _wan(sum(row.granted for row in granted)),
        "figure-bank_drawn_sum": _wan(sum(row.amount for row in drawn)),
    }


def _wan(amount: Decimal | int) -> str:
    return f"{Decimal(amount / 10_000).normalize():,f} 万元"


def _solved() -> dict[str, str]:
    """What was promised, seen through, planned and pushed."""
    due = Promise.objects.filter(street=STREET, due_on__gte=FIRST.date(), due_on__lt=AFTER.date())
    done = [row for row in AssistOrder.objects.filter(street=STREET, state="finished") if _in_period(row.finished_at)]
    minutes = min(int((row.finished_at - row.accepted_at).total_seconds()) // 60 for row in done)
    still = VitalitySpell.objects.filter(
        enterprise__street=STREET, vitality__in=("half", "stalled"), starts_at__lt=AFTER
    )
    still = still.filter(Q(ends_at=None) | Q(ends_at__gte=AFTER))
    plans = FirmPlan.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=AFTER), street=STREET, kind="firm", opened_at__lt=AFTER
    )
    pushed = PolicyPush.objects.filter(street=STREET, digest__told_at__gte=FIRST, digest__told_at__lt=AFTER)
    kept = sum(bool(row.kept) for row in due)
    return {
        "figure-promises_kept": share(kept, due.count()) if due else "—",
        "figure-assists_done": str(len(done)),
        "figure-fastest_assist": f"{minutes // 60} 小时 {minutes % 60} 分钟",
        "figure-stalled_with_plan": share(still.filter(enterprise__in=plans.values("enterprise")).count(), still.count()),
        "figure-policies_pushed": str(pushed.count()),
    }  # fmt: skip


def _published() -> dict[str, str]:
    rows = Reading.objects.filter(Q(period="2022Q1"), street=STREET, corrected_at__isnull=True)
    said = {f"reading-{row.code}": f"{row.value.normalize():,f} {row.unit}" for row in rows}
    grown = rows.filter(base__isnull=False).annotate(ratio=F("value") / F("base")).get()
    firsts = Standing.objects.filter(street=STREET, stood=1, last_on__gte=FIRST.date(), last_on__lt=AFTER.date())
    return said | {"growth": f"{grown.value / grown.base * 100 - 100:.2f}%", "standings": str(firsts.count())}
