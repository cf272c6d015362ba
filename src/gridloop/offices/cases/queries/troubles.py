"""Same trouble, many reporters (同诉), as a reader may see it: hot troubles of a period, one trouble with its cases and reporters, what came back.

Terms: a *member* is a case of a trouble that nobody put apart; a *head* is a member that is handled by itself (not merged into another); *reporters*
are the different people behind the members' reports: two reports under one telephone number are one person.

Guarantees: only members within the reader's scope are counted and shown; a trouble of which the reader sees no member is not found; heat is worked
out from the reports of the period asked for, by the formula of ``core.heat``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import QuerySet

from gridloop.core.access import Actor, Role
from gridloop.core.clusters import APART, Bond, Digest, Message, Wording, bond, digest, where_to
from gridloop.core.errors import NotFound
from gridloop.core.heat import Heat, heat_of, place_of
from gridloop.core.lifecycle import LIVE_STATES, OPEN_STATES
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.category_model import told
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.likeness import around
from gridloop.offices.cases.shipped_model import shipped_rarity
from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence, Trouble, TroubleCase

MOST_COMPARED = 300
MOST_MEMBERS = 5_000
MOST_MESSAGES = 20_000
BACK_WITHIN = timedelta(days=365)
JOINS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """One trouble in a list. ``heads`` are the cases still handled apart and open: two or more can be joined."""

    ref: str
    title: str
    place: str
    first_at: datetime
    last_at: datetime
    heat: Heat
    cases: int
    heads: int
    recurring: int


@dataclass(frozen=True, slots=True)
class Member:
    """A case in a trouble: how it came in, and whether it still stands by itself."""

    case: Case
    standing: str
    standing_name: str
    reasons: tuple[str, ...]
    reporters: int
    is_head: bool
    earlier: Case | None


@dataclass(frozen=True, slots=True)
class TroubleFile:
    """One trouble for one reader."""

    trouble: Trouble
    line: TroubleLine
    members: list[Member]
    reports: list[Report]
    weeks: list[tuple[datetime, int]]
    proposals: list[ProjectProposal]
    may_join: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Where a new case belongs: a trouble, or a single case that is in none yet; and by what bonds."""

    trouble: str
    case: str
    bonds: tuple[Bond, ...]


def hot_list(actor: Actor, *, street: str, since: datetime, until: datetime) -> list[TroubleLine]:
    """The troubles told of in the period by at least two people, the hottest first."""
    lines = [_line(rows, reports) for rows, reports in _grouped(actor, street=street, since=since, until=until)]
    hot = [line for line in lines if line.heat.reporters > 1]
    return sorted(hot, key=lambda line: (-line.heat.score, line.first_at, line.ref))


def to_be_joined(actor: Actor, *, street: str, at: datetime, limit: int = 5) -> list[TroubleLine]:
    """The troubles of which two or more cases are open and handled apart, the hottest first; nothing for who may not join them."""
    if not may_join(actor, street):
        return []
    lines = [
        _line(rows, reports)
        for rows, reports in _grouped(actor, street=street, since=at - APART, until=at + timedelta(seconds=1))
    ]
    return sorted(
        (line for line in lines if line.heads > 1), key=lambda line: (-line.heat.score, line.first_at, line.ref)
    )[:limit]


def may_join(actor: Actor, street: str) -> bool:
    """The duty desk and the street's leaders say what is one trouble."""
    return bool(actor.roles(street) & JOINS)


def is_seen(actor: Actor, ref: str) -> bool:
    """Whether the actor sees a case of the trouble."""
    return _members(actor).filter(trouble__ref=ref).exists()


def trouble_file(actor: Actor, ref: str, *, street: str = "") -> TroubleFile:
    """The trouble with everything the reader may see of it. Raises NotFound when that is nothing."""
    rows = _members(actor, street).filter(trouble__ref=ref)
    found = list(rows.order_by("case__filed_at", "case_id")[:MOST_MEMBERS])
    if not found:
        raise NotFound("troubles.not_found", "没有这个同诉问题,或其中的事项不在您的责任范围内。", trouble=ref)
    reports = _reports([row.case_id for row in found])
    people = {key: len({_who(report) for report in mine}) for key, mine in _by_case(reports).items()}
    back = {
        each.case_id: each.earlier for each in standing_recurrences().filter(case__in=[row.case_id for row in found])
    }
    members = [
        Member(
            row.case, row.standing, row.get_standing_display(), tuple(row.reasons), people.get(row.case_id, 0), _is_head(row.case),
            back.get(row.case_id),
        )
        for row in found
    ]  # fmt: skip
    return TroubleFile(
        trouble=found[0].trouble, line=_line(found, reports, recurring=len(back)), members=members, reports=reports, weeks=_weeks(reports),
        proposals=proposals_of([row.case_id for row in found]), may_join=may_join(actor, found[0].trouble.street),
    )  # fmt: skip


def trouble_of(case: Case) -> Trouble | None:
    """The trouble the case is in, if any."""
    row = TroubleCase.objects.filter(case=case).exclude(standing="apart").select_related("trouble").first()
    return row.trouble if row else None


def recurrence_of(case: Case) -> Recurrence | None:
    """What the case is a recurrence of, unless a person said that it is none."""
    return standing_recurrences().filter(case=case).first()


def recurrences_of(case: Case) -> list[Recurrence]:
    """The later cases that tell of this one's trouble again."""
    return list(standing_recurrences().filter(earlier=case).order_by("noted_at"))


def proposals_of(cases: Sequence[int]) -> list[ProjectProposal]:
    """The proposals about any of these cases (keys)."""
    rows = ProjectProposal.objects.filter(cases__in=list(cases)).distinct()
    return list(rows.select_related("proposed_by", "decided_by"))


# -- where a new case belongs ---------------------------------------------------------------------------------------------------


def same_trouble(case: Case) -> Told | None:
    """The trouble (or lone case) among the cases of the neighbourhood of the last half year that the case tells of again; None when there is none."""
    rows = around(_neighbours(case).filter(state__in=[*LIVE_STATES, "merged"]), case).filter(
        filed_at__gte=case.filed_at - APART
    )
    known = {row.pk: row for row in rows.order_by("-id")[:MOST_COMPARED]}
    troubles: dict[str, list[Digest]] = defaultdict(list)
    in_one = dict(
        TroubleCase.objects.filter(case__in=list(known))
        .exclude(standing="apart")
        .values_list("case_id", "trouble__ref")
    )
    refused = set(TroubleCase.objects.filter(case=case, standing="apart").values_list("trouble__ref", flat=True))
    for key, row in known.items():
        if in_one.get(key) not in refused:
            troubles[f"trouble:{in_one[key]}" if key in in_one else f"case:{row.ref}"].append(_digested(row))
    found = where_to(_digested(case), troubles)
    if found is None:
        return None
    kind, _, ref = found[0].partition(":")
    return Told(ref if kind == "trouble" else "", ref if kind == "case" else "", found[1])


def struck_off_before(case: Case) -> tuple[Case, Bond] | None:
    """The case struck off within the last year whose trouble, at the same place, this one tells of again; None when there is none."""
    ended = _neighbours(case).filter(
        state__in=("cleared", "archived"), cleared_at__lte=case.filed_at, cleared_at__gte=case.filed_at - BACK_WITHIN
    )
    new = _digested(case)
    found = []
    for row in around(ended, case).order_by("-cleared_at", "-id")[:MOST_COMPARED]:
        old = _digested(row)
        near = bond(new, replace(old, message=replace(old.message, at=case.filed_at, reporter="")))
        if near is not None and len(near.reasons) > 1:  # alike in words alone is not enough: the place must be the same
            found.append((-near.score, -row.pk, row, near))
    if not found:
        return None
    _score, _key, earlier, near = min(found, key=lambda each: each[:2])
    return earlier, near


def message_of(case: Case, *, reporter: str = "") -> Message:
    """The case as the rules compare it."""
    return Message(
        case.ref, case.title, told(case.title, case.text), case.filed_at, reporter=reporter, cell=case.grid.code if case.grid else "",
        address=case.address, lon=case.lon, lat=case.lat, category=case.category,
    )  # fmt: skip


def told_messages(street: str) -> list[Message]:
    """Every report of the street's newest cases as a message: called by the number of its case, told by an opaque sign."""
    rows = (
        Report.objects.filter(street=street, origin=None).exclude(case__state="withdrawn").select_related("case__grid")
    )
    return [
        replace(message_of(each.case, reporter=_who(each)), key=f"{each.case.number}/{each.pk}", at=each.told_at)
        for each in rows.order_by("-id")[:MOST_MESSAGES]
    ]


def _digested(case: Case) -> Digest:
    return _kept_digest(message_of(case))


@lru_cache(maxsize=4_000)
def _kept_digest(message: Message) -> Digest:
    return digest(message, Wording(shipped_rarity()))


def _neighbours(case: Case) -> QuerySet[Case]:
    """The street's earlier cases with what is compared."""
    return Case.objects.filter(street=case.street, id__lt=case.pk).select_related("grid")


# -- putting lines together -----------------------------------------------------------------------------------------------------


def _members(actor: Actor, street: str = "") -> QuerySet[TroubleCase]:
    """What stands together within the actor's scope, in one street or in all of them."""
    rows = TroubleCase.objects.filter(case__in=visible_to(actor)).exclude(standing="apart")
    rows = rows.filter(trouble__street=street) if street else rows
    return rows.select_related("trouble", "case__lead", "case__grid", "case__merged_into")


def _grouped(
    actor: Actor, *, street: str, since: datetime, until: datetime
) -> list[tuple[list[TroubleCase], list[Report]]]:
    """By trouble: the members and the reports told in the period."""
    rows = (
        _members(actor, street).filter(case__reports__told_at__gte=since, case__reports__told_at__lt=until).distinct()
    )
    members: dict[int, list[TroubleCase]] = defaultdict(list)
    for row in rows.order_by("-case_id")[:MOST_MEMBERS]:
        members[row.trouble_id].append(row)
    reports = _by_case(
        [
            each
            for each in _reports([row.case_id for mine in members.values() for row in mine])
            if since <= each.told_at < until
        ]
    )
    return [
        (
            sorted(mine, key=lambda row: (row.case.filed_at, row.case_id)),
            [each for row in mine for each in reports.get(row.case_id, [])],
        )
        for mine in members.values()
    ]


def _line(rows: Sequence[TroubleCase], reports: Sequence[Report], *, recurring: int = 0) -> TroubleLine:
    """The trouble as a line: called as its first head calls it."""
    cases = {row.case_id: row.case for row in rows}
    heads = [row.case for row in rows if _is_head(row.case)]
    messages = [
        replace(message_of(cases[each.case_id], reporter=_who(each)), key=each.ref, at=each.told_at) for each in reports
    ]
    moments = [each.told_at for each in reports] or [row.case.filed_at for row in rows]
    called = (heads or [row.case for row in rows])[0]
    grids = Counter(row.case.grid.name for row in rows if row.case.grid)
    where = called.address or place_of(messages) or (grids.most_common(1)[0][0] if grids else "")
    return TroubleLine(
        rows[0].trouble.ref, called.title, where, min(moments), max(moments), heat_of(messages), len(rows),
        sum(case.state in OPEN_STATES for case in heads), recurring,
    )  # fmt: skip


def _is_head(case: Case) -> bool:
    return case.merged_into_id is None and case.state not in ("withdrawn",)


def _reports(cases: Sequence[int]) -> list[Report]:
    return list(
        Report.objects.filter(case__in=list(cases), origin=None).select_related("case").order_by("told_at", "id")
    )


def _by_case(reports: Sequence[Report]) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = defaultdict(list)
    for report in reports:
        found[report.case_id].append(report)
    return found


def _who(report: Report) -> str:
    return report.phone_index or f"report:{report.pk}"


def _weeks(reports: Sequence[Report]) -> list[tuple[datetime, int]]:
    """How many told in each seven days from the first report on, without the weeks behind the last."""
    if not reports:
        return []
    first = reports[0].told_at
    counted = Counter((each.told_at - first).days // 7 for each in reports)
    return [(first + timedelta(weeks=week), counted[week]) for week in range(max(counted) + 1)]


def standing_recurrences() -> QuerySet[Recurrence]:
    """What came back, but for what a person said is none."""
    return Recurrence.objects.filter(dismissed_at=None).select_related("case__lead", "earlier__lead")
