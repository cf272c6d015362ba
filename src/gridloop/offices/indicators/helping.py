"""Indicators of 万人助万企: the officers, the visits, the clocks of 三不过, the four names and the four services, satisfaction, the campaign's own parts.

Every number is counted from rows that the reader may see and opens them; every rate carries its n and its interval. Persons are counted, never compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet

from gridloop.core.indicator import Reading, count
from gridloop.core.visiting import STATES, WAYS
from gridloop.offices.campaigns import queries as campaigns
from gridloop.offices.campaigns.models import Activity, CampaignGroup
from gridloop.offices.cases.models import Callback, Case, Report, Segment
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import SLOTS, Pairing
from gridloop.offices.enterprise.queries.factors import gaps
from gridloop.offices.enterprise.queries.register import visible_to as firms_seen_by
from gridloop.offices.enterprise.queries.teams import uncovered
from gridloop.offices.enterprise.queries.visits import visible_visits
from gridloop.offices.enterprise.service_models import MEMBER_KINDS, SERVICES, Promise, TeamMember
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.indicators.asked import ZONE, Asked, Calculation, Indicator, SourceRow, rate
from gridloop.offices.indicators.of_cases import CAUSES, LEAST_SATISFIED, case_row, firm_cases, is_cleared, of_cause
from gridloop.offices.projects.models import FactorNeed
from gridloop.offices.projects.queries.finding import visible_to as projects_seen_by

OFFICERS = ("manager", "legal", "police", "monitor")
"""四位一体."""
OUTCOMES = {"reached": "已联系上", "not_reached": "未联系上", "declined": "拒绝回访"}
PERMITS = "证照"
"""A category whose path holds this word is about a permit."""
Numbers = tuple[Reading, list[SourceRow], None]


# --- officers --------------------------------------------------------------------------------------------------------


def _officers(kinds: Iterable[str], code: str) -> Calculation:
    """The persons who served in the four-in-one team at the end of the period, each once."""

    def calculate(asked: Asked) -> Numbers:
        stood = Q(ends_at__isnull=True) | Q(ends_at__gte=asked.until)
        stayed = Q(person__left_at__isnull=True) | Q(person__left_at__gte=asked.until)
        rows = TeamMember.objects.filter(
            stood, stayed, street=asked.street, team__kind="four", kind__in=list(kinds), starts_at__lt=asked.until
        )
        found = {row.person_id: row for row in rows.select_related("person", "team").order_by("person__code", "-pk")}
        return (
            count(code, n=len(found)),
            [SourceRow(row.team.subject, row.person.name, MEMBER_KINDS[row.kind]) for row in found.values()],
            None,
        )

    return calculate


# --- visits ----------------------------------------------------------------------------------------------------------


def visits_made(asked: Asked, state: str = "done") -> list[Visit]:
    """The visits of the period that the reader may see, in a state; read once for an asking."""
    found: list[Visit] = asked.once(f"visits_{state}", lambda: _read_visits(asked, state))
    return found


def _read_visits(asked: Asked, state: str) -> list[Visit]:
    rows = visible_visits(asked.by).filter(street=asked.street, state=state)
    rows = rows.filter(happened_at__gte=asked.since, happened_at__lt=asked.until).select_related("enterprise")
    wanted = rows.only(
        "ref", "way", "state", "bodies", "happened_at", "enterprise__ref", "enterprise__name", "enterprise__merged_into"
    )
    return list(wanted.order_by("happened_at", "id"))


def _visit_row(row: Visit, *, counts: bool = True) -> SourceRow:
    on = row.happened_at.astimezone(ZONE).date().isoformat() if row.happened_at else ""
    return SourceRow(row.subject, row.enterprise.name, f"{on} · {WAYS[row.way]} · {STATES[row.state]}", counts)


def _counted_visits(state: str, code: str) -> Calculation:
    def calculate(asked: Asked) -> Numbers:
        rows = [_visit_row(row) for row in visits_made(asked, state)]
        return count(code, n=len(rows)), rows, None

    return calculate


def _merged(asked: Asked) -> Numbers:
    rows = [_visit_row(row, counts=len(row.bodies) > 1) for row in visits_made(asked)]
    return rate("visits_merged", rows), rows, None


def _visited_firms(asked: Asked) -> Numbers:
    """Of the firms on the register at the end of the period, those that somebody reached in it."""
    reached: dict[int, int] = {}
    for row in visits_made(asked):
        key = row.enterprise.merged_into_id or row.enterprise_id  # what was entered twice is one firm
        reached[key] = reached.get(key, 0) + 1
    rows = [
        SourceRow(
            firm.subject, firm.name, f"{reached[firm.pk]} 次" if firm.pk in reached else "没有走访", firm.pk in reached
        )
        for firm in _firms(asked)
    ]
    return rate("visited_firms", rows), rows, None


# --- firms -----------------------------------------------------------------------------------------------------------


def _firms(asked: Asked) -> list[Enterprise]:
    """The firms on the register at the end of the period."""
    found: list[Enterprise] = asked.once("firms", lambda: list(_register(asked)))
    return found


def _register(asked: Asked) -> QuerySet[Enterprise]:
    stayed = Q(left_at__isnull=True) | Q(left_at__gte=asked.until)
    rows = firms_seen_by(asked.by).filter(stayed, street=asked.street, entered_at__lt=asked.until)
    return rows.only("ref", "name", "priority", "street").order_by("id")


def _four_names(asked: Asked) -> Numbers:
    """Firms in whose four slots somebody was named at the end of the period."""
    held: dict[str, set[str]] = {}
    stood = Q(ends_at__isnull=True) | Q(ends_at__gte=asked.until)
    stayed = Q(person__isnull=True) | Q(person__left_at__isnull=True) | Q(person__left_at__gte=asked.until)
    rows = Pairing.objects.filter(stood, stayed, street=asked.street, starts_at__lt=asked.until)
    for subject, slot in rows.values_list("subject", "slot"):
        held.setdefault(subject, set()).add(slot)
    found = []
    for firm in _firms(asked):
        blank = [label for slot, label in SLOTS.items() if slot not in held.get(firm.subject, set())]
        found.append(SourceRow(firm.subject, firm.name, f"缺:{'、'.join(blank)}" if blank else "四级都有人", not blank))
    return rate("four_names", found), found, None


def _covered(service: str) -> Calculation:
    """Firms that the service reaches now: coverage is what holds today, whatever the period."""

    def calculate(asked: Asked) -> Numbers:
        lacking = set(_register(asked).filter(uncovered(service, street=asked.street)).values_list("pk", flat=True))
        rows = [
            SourceRow(firm.subject, firm.name, "未覆盖" if firm.pk in lacking else "已覆盖", firm.pk not in lacking)
            for firm in _firms(asked)
        ]
        return rate(f"covered_{service}", rows), rows, None

    return calculate


def _key_firms(asked: Asked) -> Numbers:
    rows = [SourceRow(firm.subject, firm.name, firm.get_priority_display()) for firm in _firms(asked) if firm.priority]
    return count("key_firms", n=len(rows)), rows, None


def _key_projects(asked: Asked) -> Numbers:
    """Key projects with a task force of their own now."""
    found = projects_seen_by(asked.by).filter(street=asked.street, dropped_at__isnull=True).exclude(priority="")
    projects = list(found.order_by("code"))
    forces = campaigns.forces_for([row.subject for row in projects], by=asked.by)
    rows = [
        SourceRow(
            row.subject,
            row.name,
            forces[row.subject][0].group.name if row.subject in forces else "还没有专班",
            row.subject in forces,
        )
        for row in projects
    ]
    return rate("key_projects_with_force", rows), rows, None


def _promises_kept(asked: Asked) -> Numbers:
    """Promises of the period that are settled or past their day, as the promise log counts them: those kept."""
    seen = firms_seen_by(asked.by).filter(street=asked.street).values("pk")
    over = Q(settled_at__isnull=False) | Q(due_on__lt=asked.at.astimezone(ZONE).date())
    due = Promise.objects.filter(
        over, enterprise__in=seen, due_on__gte=asked.period.first, due_on__lte=asked.period.last
    )
    rows = [
        SourceRow(row.enterprise.subject, row.text, f"期限 {row.due_on.isoformat()}", bool(row.kept))
        for row in due.select_related("enterprise").order_by("due_on", "pk")
    ]
    return rate("promises_kept", rows), rows, None


def _factor_needs(asked: Asked) -> Numbers:
    """Factor gaps of firms and of projects raised in the period, each by its case: those whose case is struck off."""
    seen = projects_seen_by(asked.by).filter(street=asked.street).values("pk")
    raised = {"raised_at__gte": asked.since, "raised_at__lt": asked.until}
    of_projects = FactorNeed.objects.filter(project__in=seen, **raised).select_related("case").order_by("pk")
    of_firms = gaps(asked.by).filter(street=asked.street, **raised).select_related("case").order_by("pk")
    cases = {gap.case.pk: gap.case for gap in of_firms} | {need.case.pk: need.case for need in of_projects}
    rows = [case_row(case, counts=is_cleared(case, asked)) for case in cases.values()]
    return rate("factor_needs_solved", rows), rows, None


# --- 三不过 ----------------------------------------------------------------------------------------------------------


def _handed_on_same_day(asked: Asked) -> Numbers:
    """The first unit that had to handle it was answerable on the day of filing; a campaign office routes and does not handle."""
    cases = firm_cases(asked)
    first: dict[int, Segment] = {}
    segments = Segment.objects.filter(case__in=[row.pk for row in cases], role="handle").exclude(unit__kind="campaign_office")  # fmt: skip
    for segment in segments.order_by("-starts_at", "-id"):
        first[segment.case_id] = segment
    rows = [
        case_row(
            row,
            counts=row.pk in first
            and first[row.pk].starts_at.astimezone(ZONE).date() == row.filed_at.astimezone(ZONE).date(),
        )
        for row in cases
    ]
    return rate("handed_on_same_day", rows), rows, None


def _inside(code: str, *, difficult: bool) -> Calculation:
    """Struck off (not merely answered) before its date; what is open and not yet due is not counted."""

    def calculate(asked: Asked) -> Numbers:
        cases = [row for row in firm_cases(asked) if (row.grade == "difficult") == difficult]
        due = [row for row in cases if is_cleared(row, asked) or row.is_late or (row.due_at and row.due_at < asked.at)]
        rows = [case_row(row, counts=_is_inside(row, asked)) for row in due]
        return rate(code, rows), rows, None

    return calculate


def _is_inside(row: Case, asked: Asked) -> bool:
    struck = is_cleared(row, asked) and not row.is_late
    return struck and row.due_at is not None and row.cleared_at is not None and row.cleared_at <= row.due_at


def _fastest_permit(asked: Asked) -> tuple[Reading, list[SourceRow], timedelta | None]:
    """The permits that were struck off, each from filing to strike-off by the calendar; the number is the shortest."""
    done = [row for row in firm_cases(asked) if PERMITS in row.category and is_cleared(row, asked) and row.cleared_at]
    took = sorted(((row.cleared_at - row.filed_at, row) for row in done if row.cleared_at), key=lambda each: each[0])
    rows = [SourceRow(row.subject, f"{row.number} {row.title}", _took(length)) for length, row in took]
    reading = count("fastest_permit", n=len(took)) if took else Reading("fastest_permit", "count", None, 0)
    return reading, rows, took[0][0] if took else None


def _took(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    return f"用时 {days} 天 {hours} 小时" if days else f"用时 {hours} 小时 {minutes % 60} 分钟"


# --- satisfaction ----------------------------------------------------------------------------------------------------


def called(asked: Asked, *, cases: Iterable[Case] | None = None) -> list[tuple[Report, Case, str]]:
    """The reports on firms' problems of the period with the best outcome of their callbacks: reached, else declined, else not reached.

    One that a reporter judged without a call (on the public page) counts as reached; one that nobody called is left out.
    """
    wanted = {row.pk: row for row in (firm_cases(asked) if cases is None else cases)}
    outcomes: dict[int, set[str]] = {}
    calls = Callback.objects.filter(case__in=list(wanted), called_at__lt=asked.until)
    for key, outcome in calls.values_list("report_id", "outcome"):
        outcomes.setdefault(key, set()).add(outcome)
    found = []
    for report in Report.objects.filter(case__in=list(wanted)).order_by("id"):
        known = outcomes.get(report.pk, set())
        judged = report.satisfied is not None and report.judged_at is not None and report.judged_at < asked.until
        if judged or "reached" in known:
            found.append((report, wanted[report.case_id], "reached"))
        elif known:
            found.append((report, wanted[report.case_id], "declined" if "declined" in known else "not_reached"))
    return found


def _satisfied(asked: Asked) -> Numbers:
    rows = [
        case_row(case, counts=(report.satisfied or 0) >= LEAST_SATISFIED)
        for report, case, outcome in called(asked)
        if outcome == "reached"
    ]
    return rate("firms_satisfied", rows), rows, None


def _callbacks_reached(asked: Asked) -> Numbers:
    rows = [
        SourceRow(case.subject, f"{case.number} {case.title}", OUTCOMES[outcome], outcome == "reached")
        for _report, case, outcome in called(asked)
    ]
    return rate("callbacks_reached", rows), rows, None


# --- the campaign itself ---------------------------------------------------------------------------------------------


def _groups(asked: Asked) -> Numbers:
    """Work groups of enterprise campaigns that stood at the end of the period."""
    stood = Q(ended_at__isnull=True) | Q(ended_at__gte=asked.until)
    rows = CampaignGroup.objects.filter(
        stood, campaign__in=campaigns.visible_to(asked.by).filter(street=asked.street, kind="enterprise").values("pk"), kind="group",
        founded_at__lt=asked.until,
    ).select_related("lead")  # fmt: skip
    found = [SourceRow(f"group:{row.ref}", row.name, f"牵头:{row.lead.name}") for row in rows]
    return count("work_groups", n=len(found)), found, None


def _activities(asked: Asked) -> Numbers:
    """Activity plans of enterprise campaigns made before the end of the period, those cancelled left out."""
    rows = Activity.objects.filter(
        campaign__in=campaigns.visible_to(asked.by).filter(street=asked.street, kind="enterprise").values("pk"),
        planned_at__lt=asked.until, cancelled_at__isnull=True,
    ).select_related("owner")  # fmt: skip
    last = min(asked.period.last, asked.at.astimezone(ZONE).date())
    found = [
        SourceRow(f"activity:{row.ref}", row.title, f"{row.owner.name} · {campaigns.ACTIVITY_STATES[row.standing(last)]}")
        for row in rows
    ]  # fmt: skip
    return count("activity_plans", n=len(found)), found, None


HELPING: tuple[Indicator, ...] = (
    *(
        Indicator(f"officers_{kind}", MEMBER_KINDS[kind], f"期末在“四位一体”团队中的{MEMBER_KINDS[kind]},一人只计一次。", _officers((kind,), f"officers_{kind}"))
        for kind in OFFICERS
    ),
    Indicator("officers", "“四位一体”人员", "期末在“四位一体”团队中的人,一人只计一次。", _officers(OFFICERS, "officers")),
    Indicator("work_groups", "专项工作组", "助企专项中期末在设的专项工作组。", _groups),
    Indicator("activity_plans", "专项活动实施方案", "助企专项中期末前制定、没有取消的专项活动。", _activities),
    Indicator("visits", "走访次数", "期内做成的走访,上门、电话、线上同样计;几家单位合并的一次只计一次。", _counted_visits("done", "visits")),
    Indicator("visited_firms", "走访覆盖率", "期末在册企业中,期内至少走访到一次的。", _visited_firms),
    Indicator("visits_merged", "合并走访率", "期内做成的走访中,两家以上单位一起去的。", _merged),
    Indicator("visits_declined", "企业谢绝的走访", "期内企业谢绝、没有走访成的。", _counted_visits("declined", "visits_declined")),
    Indicator("visits_unreached", "未联系上的走访", "期内没有联系上企业的。", _counted_visits("unreachable", "visits_unreached")),
    Indicator("handed_on_same_day", "问题交办不过夜", "期内登记的企业问题中,当天就有承办单位的。", _handed_on_same_day),
    Indicator("ordinary_in_week", "一般问题化解不过周", "期内登记、已销号或已到期的一般和简单企业问题中,按期销号的。", _inside("ordinary_in_week", difficult=False)),
    Indicator("difficult_in_month", "疑难问题化解不过月", "期内登记、已销号或已到期的疑难企业问题中,按期销号的。", _inside("difficult_in_month", difficult=True)),
    Indicator("fastest_permit", "办证最短用时", "期内登记并销号的证照事项,从受理到销号的自然时间,取最短的一件。", _fastest_permit),
    Indicator("firms_satisfied", "企业满意率", "期内登记的企业问题中联系上的反映人,评为基本满意以上的;没联系上和拒绝回访的另列。", _satisfied),
    Indicator("callbacks_reached", "回访联系上", "期内登记的企业问题中回访过的反映人,联系上的。", _callbacks_reached),
    Indicator("four_names", "四级包联齐全", "期末在册企业中,四级包联都有人的。", _four_names),
    *(Indicator(f"covered_{code}", f"{label}覆盖率", f"期末在册企业中,{label}现在覆盖到的。", _covered(code)) for code, label in SERVICES.items()),
    Indicator("key_firms", "重点企业", "期末在册的省、市、区、街道重点企业。", _key_firms),
    Indicator("key_projects_with_force", "重点项目专班配备率", "现在的重点项目中,已有专班的。", _key_projects),
    Indicator("factor_needs_solved", "要素缺口解决率", "期内登记的企业和项目要素缺口中,期末前已销号的。", _factor_needs),
    *(
        Indicator(f"cause_{code}", f"不利因素:{label}", f"期内登记的企业问题中,按事项类别属于“{label}”的。", of_cause(code))
        for code, (label, _words) in CAUSES.items()
    ),
    Indicator("promises_kept", "承诺兑现率", "期限在期内、已有结果或已过期限的承诺中,已兑现的;过了期限没有说明的算没有兑现。", _promises_kept),
)  # fmt: skip
"""In the order in which they are shown."""
