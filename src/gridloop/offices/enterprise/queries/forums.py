"""Forums as they are read: the calendar with its counters, one forum with its guests and questions, and what must still be filed.

Every figure is counted from rows; "诉求 n 件 已立 n 件" comes from ``core.forum.count_questions``. A reader sees the forums of their street, and of
the guests those firms that lie in their scope; how many lie outside it is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotFound
from gridloop.core.firm_access import may_read
from gridloop.core.forum import Asked, Counter, Guest, count_questions, standing, why_not_invited
from gridloop.core.period import begins, ends
from gridloop.core.quiet import quiet_among
from gridloop.offices.archive.keyset import Order
from gridloop.offices.cases.models import BEIJING, Case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.facts import agreeing
from gridloop.offices.enterprise.queries.register import Wanted
from gridloop.offices.enterprise.queries.visit_planning import as_rule, quiet_days
from gridloop.offices.enterprise.visit_models import QuietDays

PAGE = 30
MOST_GUESTS = 200
LATEST = Order("starts_at")
OLDEST_FIRM = Order(is_falling=False)
SEES_ALL = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})


@dataclass(frozen=True, slots=True)
class ForumsWanted:
    """What the calendar is narrowed to: kind, state, days (both included) and the firm (ref); ``after`` is the key of the last row shown."""

    kind: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    enterprise: str = ""
    late: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class ForumRow:
    """A forum in the calendar with what was counted of it."""

    forum: Forum
    invited: int
    came: int
    counter: Counter


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a list of forums; ``firms`` are distinct firms that came."""

    forums: int
    held: int
    firms: int
    counter: Counter


def visible_forums(by: Actor) -> QuerySet[Forum]:
    """The forums of the streets where the actor holds a post that sees firms; for a firm's contact those to which the firm was asked."""
    if by.kind == "system":
        return Forum.objects.all()
    if by.firm:
        asked = Invitation.objects.filter(enterprise__ref=by.firm, enterprise__street=by.street)
        return Forum.objects.filter(pk__in=asked.values("forum"))
    streets = {post.street for post in by.posts} if may_read(by) else set()
    return Forum.objects.filter(street__in=streets)


def forum(ref: str, *, by: Actor) -> Forum:
    """The forum by ref. Raises NotFound, also outside the street."""
    found = visible_forums(by).filter(ref=ref).select_related("host", "minutes_by").first()
    if found is None:
        raise NotFound("forums.not_found", "没有这场会;请从“恳谈会与活动”打开。", forum=ref)
    return found


def narrowed(by: Actor, wanted: ForumsWanted, *, today: date) -> QuerySet[Forum]:
    """The actor's forums, narrowed."""
    rows = visible_forums(by)
    for column, value in (("kind", wanted.kind), ("state", wanted.state)):
        if value:
            rows = rows.filter(**{column: value})
    if wanted.since:
        rows = rows.filter(starts_at__gte=begins(wanted.since, BEIJING))
    if wanted.until:
        rows = rows.filter(starts_at__lt=ends(wanted.until, BEIJING))
    if wanted.enterprise:
        rows = rows.filter(invitations__enterprise__ref=wanted.enterprise)
    if wanted.late:
        late = ForumQuestion.objects.filter(_open(), asked_at__lt=begins(today, BEIJING))
        rows = rows.filter(pk__in=late.values("forum"))
    return rows


def list_forums(
    by: Actor, wanted: ForumsWanted, *, today: date, size: int = PAGE
) -> tuple[list[ForumRow], str, Totals]:
    """A page of the calendar, the latest first; what to ask the next page with (empty at the end); the figures of the whole list."""
    rows = narrowed(by, wanted, today=today)
    found = LATEST.page(rows.select_related("host"), after=wanted.after, size=size + 1)
    following = LATEST.key(found[size - 1]) if len(found) > size else ""
    return rows_of(found[:size], today=today), following, totals(rows, today=today)


def rows_of(found: Sequence[Forum], *, today: date) -> list[ForumRow]:
    """Each forum with its counts; three statements whatever their number."""
    keys = [row.pk for row in found]
    invited: dict[int, int] = defaultdict(int)
    came: dict[int, int] = defaultdict(int)
    for key, did in Invitation.objects.filter(forum__in=keys).values_list("forum_id", "came"):
        invited[key] += 1
        came[key] += did is True
    asked: dict[int, list[Asked]] = defaultdict(list)
    for row in ForumQuestion.objects.filter(forum__in=keys):
        asked[row.forum_id].append(_asked(row))
    return [ForumRow(row, invited[row.pk], came[row.pk], count_questions(asked[row.pk], today=today)) for row in found]


def totals(rows: QuerySet[Forum], *, today: date) -> Totals:
    """The figures of the list."""
    keys = rows.order_by().values("pk")
    came = Invitation.objects.filter(forum__in=keys, came=True).order_by().values("enterprise").distinct()
    told = [_asked(row) for row in ForumQuestion.objects.filter(forum__in=keys)]
    states = list(rows.order_by().values_list("pk", "state").distinct())
    return Totals(
        len(states),
        sum(state == "held" for _, state in states),
        came.count(),
        count_questions(told, today=today),
    )


def counter_of(found: Forum, *, today: date) -> Counter:
    """“诉求 n 件 已立 n 件” of one forum."""
    return count_questions([_asked(row) for row in found.questions.all()], today=today)


def _asked(row: ForumQuestion) -> Asked:
    filed_on = day_of(row.filed_at) if row.filed_at else None
    return Asked(day_of(row.asked_at), filed_on, row.dropped_at is not None)


def day_of(at: datetime) -> date:
    return at.astimezone(BEIJING).date()


# -- the guests --------------------------------------------------------------------------------------------------------


def guests(found: Forum, *, by: Actor) -> tuple[list[Invitation], int]:
    """The invitations of firms in the reader's scope, those who came first; and how many others there are."""
    rows = found.invitations.select_related("enterprise__grid", "enterprise__cluster")
    seen = list(rows.filter(enterprise__in=register.visible_to(by).order_by().values("pk")))
    order = {True: 0, None: 1, False: 2}
    return sorted(seen, key=lambda row: (order[row.came], row.enterprise.name)), rows.count() - len(seen)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that the filter found, and why it is not asked (empty: it may be)."""

    firm: Enterprise
    why_not: str


def candidates(found: Forum, wanted: Wanted, *, by: Actor) -> tuple[list[Candidate], int]:
    """The firms that the filter of the register finds, with why some are not asked; and how many there are in all."""
    rows = register.narrowed(by, wanted).filter(street=found.street)
    firms = list(rows.select_related("grid", "cluster").order_by("name", "pk")[:MOST_GUESTS])
    reasons = why_not(found, firms)
    return [Candidate(firm, reasons[firm.pk]) for firm in firms], rows.count()


def candidate_page(found: Forum, wanted: Wanted, *, by: Actor, after: str, size: int) -> tuple[list[Candidate], int]:
    """As ``candidates``, in the order of the register and beyond the key."""
    rows = register.narrowed(by, wanted).filter(street=found.street)
    firms = OLDEST_FIRM.page(rows.select_related("grid", "cluster"), after=after, size=size)
    reasons = why_not(found, firms)
    return [Candidate(firm, reasons[firm.pk]) for firm in firms], rows.count()


def why_not(found: Forum, firms: Sequence[Enterprise]) -> dict[int, str]:
    """By firm: the reason not to ask it to this forum; four statements whatever their number."""
    keys = [firm.pk for firm in firms]
    day = day_of(found.starts_at)
    willing = agreeing(keys, "visit")
    asked = set(found.invitations.filter(enterprise__in=keys).values_list("enterprise_id", flat=True))
    general = next((row.reason for row in quiet_days(found.street) if quiet_among([as_rule(row)], [day])), None)
    own = {
        row.enterprise_id: row.reason
        for row in QuietDays.objects.filter(ended_at__isnull=True, enterprise__in=keys)
        if quiet_among([as_rule(row)], [day])
    }
    return {
        firm.pk: why_not_invited(
            Guest(firm.left_at is not None, not willing[firm.pk], own.get(firm.pk, general), firm.pk in asked),
            found.way,
        )
        for firm in firms
    }


def left_out(found: Forum, *, by: Actor) -> list[dict[str, str]]:
    """Whom the host did not invite and why, of the firms in the reader's scope: ref, name and reason."""
    why = {each["enterprise"]: each["why"] for each in found.left_out}
    rows = register.visible_to(by).filter(ref__in=list(why)).order_by("name").values_list("ref", "name")
    return [{"enterprise": ref, "name": name, "why": why[ref]} for ref, name in rows]


def forums_of(firm: Enterprise) -> list[Invitation]:
    """The forums a firm was asked to, the latest first."""
    return list(Invitation.objects.filter(enterprise=firm).select_related("forum").order_by("-forum__starts_at")[:20])


def questions_of(firm: Enterprise) -> list[ForumQuestion]:
    """What a firm asked at forums and did not take back, the latest first."""
    rows = ForumQuestion.objects.filter(enterprise=firm, dropped_at__isnull=True)
    return list(rows.select_related("forum", "case").order_by("-asked_at", "-pk")[:20])


# -- the questions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question with how it stands today; ``case`` only where the reader may see it."""

    row: ForumQuestion
    standing: str
    case: Case | None = None


def questions(found: Forum, *, by: Actor, today: date) -> list[QuestionShown]:
    """What was asked, in the order of asking; a firm outside the reader's scope is not named."""
    rows = list(found.questions.select_related("enterprise", "told_by"))
    seen = set(
        register.visible_to(by)
        .filter(pk__in=[row.enterprise_id for row in rows if row.enterprise_id])
        .values_list("pk", flat=True)
    )
    for row in rows:
        if row.enterprise_id not in seen:
            row.enterprise = None
    cases = cases_visible_to(by).filter(pk__in=[row.case_id for row in rows if row.case_id]).select_related("lead")
    by_key = {case.pk: case for case in cases}
    return [_shown(row, today=today, case=by_key.get(row.case_id or 0)) for row in rows]


def question(ref: str, *, by: Actor) -> ForumQuestion:
    """The question by ref. Raises NotFound."""
    rows = ForumQuestion.objects.filter(ref=ref, forum__in=visible_forums(by).order_by().values("pk"))
    found = rows.select_related("forum__host", "enterprise", "case").first()
    if found is None:
        raise NotFound("forums.no_question", "没有这条诉求;请刷新页面。", question=ref)
    return found


def _shown(row: ForumQuestion, *, today: date, case: Case | None = None) -> QuestionShown:
    told = _asked(row)
    return QuestionShown(
        row,
        standing(asked_on=told.asked_on, filed_on=told.filed_on, today=today, is_dropped=told.is_dropped),
        case,
    )


def _open() -> Q:
    return Q(case__isnull=True, dropped_at__isnull=True)


def questions_open(street: str) -> QuerySet[ForumQuestion]:
    """What was asked at forums of the street and is neither a case nor taken back."""
    return ForumQuestion.objects.filter(_open(), street=street)


def to_be_filed(by: Actor, *, street: str, today: date) -> list[QuestionShown]:
    """What was asked and is no case yet, the oldest first: all for the desk and leaders, else what the actor's own unit held."""
    rows = ForumQuestion.objects.filter(_open(), street=street, forum__in=visible_forums(by).order_by().values("pk"))
    if not by.roles(street) & SEES_ALL:
        units = {post.unit for post in by.posts if post.street == street}
        rows = rows.filter(Q(forum__host__code__in=units) | Q(told_by_id=by.person_id))
    return [_shown(row, today=today) for row in rows.select_related("forum", "enterprise")[:50]]


def forums_of_case(case: Case) -> list[Forum]:
    """The forums at which the case was asked for."""
    return list(Forum.objects.filter(questions__case=case).distinct())


def question_of_case(case: Case) -> ForumQuestion | None:
    """The first question that became the case."""
    return ForumQuestion.objects.filter(case=case).select_related("forum", "told_by").order_by("pk").first()
