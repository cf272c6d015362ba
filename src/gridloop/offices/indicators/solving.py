"""Indicators of what was done for firms besides their cases: banks, forums, links, plans, assisted matters, policies pushed.

A sum of money is shown with the number of rows it is the sum of; a rate with its n and its interval; each opens exactly those rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q

from gridloop.core.bank_match import said
from gridloop.core.firm_plan import NEEDS_PLAN
from gridloop.core.forum import KINDS
from gridloop.core.indicator import Reading, count
from gridloop.core.vitality import VITALITIES
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion, Invitation
from gridloop.offices.enterprise.link_models import FirmLink
from gridloop.offices.enterprise.models import VitalitySpell
from gridloop.offices.enterprise.queries.assisting import orders
from gridloop.offices.enterprise.queries.banking import matches
from gridloop.offices.enterprise.queries.forums import visible_forums
from gridloop.offices.enterprise.queries.links import visible_links
from gridloop.offices.enterprise.queries.register import visible_to as firms_seen_by
from gridloop.offices.enterprise.solution_models import AssistOrder, BankMatch, FirmPlan
from gridloop.offices.indicators.asked import ZONE, Asked, Calculation, Indicator, SourceRow, hours_and_minutes, rate
from gridloop.offices.policies.models import ANSWERS, PolicyPush

Numbers = tuple[Reading, list[SourceRow], None]


def _on(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


# --- banks -----------------------------------------------------------------------------------------------------------


def _demands(asked: Asked) -> list[BankMatch]:
    """The demands of the period that the reader may see, the oldest first; one that was withdrawn is none."""
    found: list[BankMatch] = asked.once("bank_matches", lambda: _read_demands(asked))
    return found


def _read_demands(asked: Asked) -> list[BankMatch]:
    rows = matches(asked.by).filter(street=asked.street, demanded_at__gte=asked.since, demanded_at__lt=asked.until)
    return list(rows.exclude(stage="withdrawn").order_by("demanded_at", "pk").prefetch_related("drawings"))


def _is_granted(row: BankMatch, asked: Asked) -> bool:
    return row.granted is not None and row.answered_at is not None and row.answered_at < asked.until


def _match_row(row: BankMatch, *, counts: bool = True) -> SourceRow:
    parts = [_on(row.demanded_at), f"需求 {_in_wan(row.amount)}", row.get_stage_display()]
    parts += [f"授信 {_in_wan(row.granted)}"] if row.granted is not None else []
    parts += [f"放款 {_in_wan(row.drawn)}"] if row.drawn is not None else []
    return SourceRow(f"bank_match:{row.ref}", row.enterprise.name, " · ".join(parts), counts)


def _in_wan(amount: Decimal) -> str:
    return f"{said(amount)} 万元"


def _bank_matches(asked: Asked) -> Numbers:
    rows = [_match_row(row) for row in _demands(asked)]
    return count("bank_matches", n=len(rows)), rows, None


def _bank_granted(asked: Asked) -> Numbers:
    """Of the demands that a bank has answered or whose firm waits for it, those that were granted."""
    rows = [_match_row(row, counts=_is_granted(row, asked)) for row in _demands(asked)]
    return rate("bank_granted", rows), rows, None


def _bank_amount(code: str, told: Callable[[BankMatch, Asked], Decimal | None]) -> Calculation:
    """The sum over the demands of the period for which there is such an amount."""

    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], Decimal]:
        found = [(row, amount) for row in _demands(asked) if (amount := told(row, asked)) is not None]
        rows = [_match_row(row) for row, _amount in found]
        return count(code, n=len(rows)), rows, sum((amount for _row, amount in found), Decimal(0))

    return calculate


def _granted(row: BankMatch, asked: Asked) -> Decimal | None:
    return row.granted if _is_granted(row, asked) else None


def _drawn(row: BankMatch, asked: Asked) -> Decimal | None:
    """All drawings together whose day began before the end of the period; None where there is none."""
    amounts = [
        each.amount
        for each in row.drawings.all()
        if each.void_at is None and datetime.combine(each.drawn_on, time.min, ZONE) < asked.until
    ]
    return sum(amounts, Decimal(0)) if amounts else None


# --- forums ----------------------------------------------------------------------------------------------------------


def _held(asked: Asked) -> list[Forum]:
    found: list[Forum] = asked.once("forums_held", lambda: _read_held(asked))
    return found


def _read_held(asked: Asked) -> list[Forum]:
    rows = visible_forums(asked.by).filter(street=asked.street, state="held")
    return list(rows.filter(starts_at__gte=asked.since, starts_at__lt=asked.until).order_by("starts_at", "pk"))


def _forums(asked: Asked) -> Numbers:
    rows = [SourceRow(row.subject, row.title, f"{_on(row.starts_at)} · {KINDS[row.kind]}") for row in _held(asked)]
    return count("forums_held", n=len(rows)), rows, None


def _guests(asked: Asked) -> Numbers:
    """The distinct firms that came to a forum of the period, each at the first it came to."""
    held = {row.pk: row for row in _held(asked)}
    came = Invitation.objects.filter(forum__in=list(held), came=True).select_related("enterprise")
    first: dict[int, Invitation] = {}
    for each in came.order_by("forum__starts_at", "pk"):
        first.setdefault(each.enterprise_id, each)
    rows = [SourceRow(held[each.forum_id].subject, each.enterprise.name, held[each.forum_id].title) for each in first.values()]  # fmt: skip
    return count("forum_firms", n=len(rows)), rows, None


def _questions(code: str, counts: Callable[[ForumQuestion, Asked], bool]) -> Calculation:
    """Of what was asked at forums in the period and not taken back, what became a case."""

    def calculate(asked: Asked) -> Numbers:
        forums = visible_forums(asked.by).filter(street=asked.street).values("pk")
        told = ForumQuestion.objects.filter(forum__in=forums, asked_at__gte=asked.since, asked_at__lt=asked.until)
        found = told.filter(dropped_at__isnull=True).select_related("forum").order_by("asked_at", "pk")
        rows = [SourceRow(row.forum.subject, row.text[:60], f"{row.forum.title} · {_filed(row)}", counts(row, asked)) for row in found]  # fmt: skip
        return rate(code, rows), rows, None

    return calculate


def _filed(row: ForumQuestion) -> str:
    return f"{_on(row.filed_at)} 立为事项" if row.filed_at else "还没有立为事项"


def _is_filed(row: ForumQuestion, asked: Asked) -> bool:
    return row.filed_at is not None and row.filed_at < asked.until


def _is_filed_same_day(row: ForumQuestion, asked: Asked) -> bool:
    return row.filed_at is not None and _is_filed(row, asked) and _on(row.filed_at) == _on(row.asked_at)


# --- links between firms ---------------------------------------------------------------------------------------------


def _introduced(asked: Asked) -> list[FirmLink]:
    rows = visible_links(asked.by).filter(street=asked.street, introduced_at__gte=asked.since, introduced_at__lt=asked.until)  # fmt: skip
    return list(rows.order_by("introduced_at", "pk"))


def _link_row(row: FirmLink, *, counts: bool = True) -> SourceRow:
    label = f"{row.need.enterprise.name} — {row.offer.enterprise.name}"
    on = _on(row.introduced_at) if row.introduced_at else ""
    return SourceRow(row.subject, label, f"{on} · {row.get_state_display()}", counts)


def _links(asked: Asked) -> Numbers:
    rows = [_link_row(row) for row in _introduced(asked)]
    return count("links_introduced", n=len(rows)), rows, None


def _cooperating(asked: Asked) -> Numbers:
    rows = [_link_row(row, counts=row.state == "cooperated") for row in _introduced(asked)]
    return rate("links_cooperated", rows), rows, None


# --- plans, assisted matters, policies -------------------------------------------------------------------------------


def _planned_for(asked: Asked) -> Numbers:
    """Of the firms that were stalled or half stalled at the end of the period, those with a plan that was open then."""
    stood = Q(ends_at__isnull=True) | Q(ends_at__gte=asked.until)
    spells = VitalitySpell.objects.filter(stood, vitality__in=NEEDS_PLAN, starts_at__lt=asked.until)
    here = firms_seen_by(asked.by).filter(Q(left_at__isnull=True) | Q(left_at__gte=asked.until), street=asked.street)
    spells = spells.filter(enterprise__in=here.order_by().values("pk")).select_related("enterprise")
    going = Q(closed_at__isnull=True) | Q(closed_at__gte=asked.until)
    plans = FirmPlan.objects.filter(going, street=asked.street, kind="firm", opened_at__lt=asked.until)
    goals = dict(plans.order_by("pk").values_list("enterprise_id", "goal"))
    rows = [
        SourceRow(
            row.enterprise.subject,
            row.enterprise.name,
            f"{VITALITIES[row.vitality]} · {goals.get(row.enterprise_id, '没有方案')}",
            row.enterprise_id in goals,
        )
        for row in spells.order_by("enterprise_id")
    ]
    return rate("stalled_with_plan", rows), rows, None


def _finished(asked: Asked) -> list[tuple[timedelta, AssistOrder]]:
    """The assisted matters completed in the period with their natural time, the shortest first."""
    done = orders(asked.by).filter(street=asked.street, state="finished")
    rows = done.filter(finished_at__gte=asked.since, finished_at__lt=asked.until).order_by("pk")
    took = [(row.finished_at - row.accepted_at, row) for row in rows if row.finished_at]
    return sorted(took, key=lambda each: each[0])


def _assist_rows(took: list[tuple[timedelta, AssistOrder]]) -> list[SourceRow]:
    return [
        SourceRow(f"assist_order:{row.ref}", f"{row.enterprise.name} · {row.matter.name}", f"用时 {hours_and_minutes(length)}")
        for length, row in took
    ]  # fmt: skip


def _assisted(asked: Asked) -> Numbers:
    rows = _assist_rows(_finished(asked))
    return count("assists_done", n=len(rows)), rows, None


def _fastest_assist(asked: Asked) -> tuple[Reading, list[SourceRow], timedelta | None]:
    took = _finished(asked)
    reading = count("fastest_assist", n=len(took)) if took else Reading("fastest_assist", "count", None, 0)
    return reading, _assist_rows(took), took[0][0] if took else None


def _pushed(asked: Asked) -> Numbers:
    """One policy told to one firm is one push, however many versions it had."""
    told = PolicyPush.objects.filter(street=asked.street, digest__told_at__gte=asked.since, digest__told_at__lt=asked.until)  # fmt: skip
    seen = firms_seen_by(asked.by).filter(street=asked.street).order_by().values("pk")
    found = told.filter(enterprise__in=seen).select_related("enterprise", "policy").order_by("pk")
    rows = [
        SourceRow(row.policy.subject, f"{row.enterprise.name} 《{row.policy.title}》", ANSWERS.get(row.answer, "没有答复"))
        for row in found
    ]  # fmt: skip
    return count("policies_pushed", n=len(rows)), rows, None


SOLVING: tuple[Indicator, ...] = (
    Indicator("bank_matches", "银企对接", "期内登记的企业资金需求,一笔需求计一次;企业撤回的不计。", _bank_matches),
    Indicator("bank_granted", "银企对接授信率", "期内登记的资金需求中,期末前银行已授信的;还在对接和未通过的算没有授信。", _bank_granted),
    Indicator("bank_demanded_sum", "资金需求金额", "期内登记的资金需求的金额之和。", _bank_amount("bank_demanded_sum", lambda row, asked: row.amount)),
    Indicator("bank_granted_sum", "授信金额", "期内登记的资金需求中,期末前银行授信的金额之和。", _bank_amount("bank_granted_sum", _granted)),
    Indicator("bank_drawn_sum", "放款金额", "期内登记的资金需求中,期末前企业用到的金额之和。", _bank_amount("bank_drawn_sum", _drawn)),
    Indicator("forums_held", "恳谈会、宣讲和对接会", "期内召开的会和活动。", _forums),
    Indicator("forum_firms", "到会企业", "期内到会的企业,一家只计一次。", _guests),
    Indicator("forum_questions", "会上诉求立件率", "期内会上提出、没有撤回的诉求中,期末前已立为事项的。", _questions("forum_questions", _is_filed)),
    Indicator("forum_questions_same_day", "会上诉求当天立件率", "期内会上提出、没有撤回的诉求中,提出当天就立为事项的。", _questions("forum_questions_same_day", _is_filed_same_day)),
    Indicator("links_introduced", "企企联建引荐", "期内双方同意后引荐的供需。", _links),
    Indicator("links_cooperated", "企企联建合作率", "期内引荐的供需中,现在已合作的。", _cooperating),
    Indicator("stalled_with_plan", "停滞企业有方案", "期末停滞、半停滞的企业中,有进行中的“一企一策”方案的。", _planned_for),
    Indicator("assists_done", "代办办结", "期内办结的代办、帮办。", _assisted),
    Indicator("fastest_assist", "代办最短用时", "期内办结的代办、帮办,从受理到办结的自然时间,取最短的一件。", _fastest_assist),
    Indicator("policies_pushed", "政策推送", "期内告知企业的政策,一家企业一项政策计一次。", _pushed),
)  # fmt: skip
"""In the order in which they are shown."""
