"""Returns (退回): refused inside the window with a row of the duty list, answered by the other side, or taken by silence.

The rule (``core.returns``; 天津 12345 practice): inside one working day from the assignment (two for 疑难); after the window the case
counts as taken, which the tick writes down. The unit that the cited row names answers within its hours; what silence means is in the
deadline profile. The last return that the profile allows is ruled on (``ruling``).
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import Refused, TooLate
from gridloop.core.returns import ADJUDICATOR, DESK, UNIT, after_silence, answers_until, next_step, other_side
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.assigning import assigned_to, return_window, rules_for, stop_accepting
from gridloop.offices.cases.actions.handling import backstop_of, taken_on
from gridloop.offices.cases.actions.moves import hand_over, handled_by, moved, noted, person_of, said, took_part
from gridloop.offices.cases.actions.ruling import ruled_by_rule
from gridloop.offices.cases.models import Case, Return
from gridloop.offices.cases.queries.court import own_units, waiting_return
from gridloop.offices.cases.queries.finding import case_for_verb, scoped_case
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit
from gridloop.offices.supervision.actions import hand_clocks_over, stop_clocks

__all__ = ["answer_return", "deem_accepted", "return_case", "return_window", "settle_return"]


def return_case(*, by: Actor, at: datetime, case: str, duty_item: str, reason: str, rev: int | None = None) -> Case:
    """The unit gives the case back to the duty desk, citing a row of the duty list; the other side is asked.

    Raises TooLate after the window, NotFound for a row that is not on the list, Refused where the unit has taken the case on bindingly.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="return_case", rev=rev)
        _must_be_returnable(found, at=at)
        item = organisation.duty_item(found.street, duty_item)
        words = said(reason, field="reason", least=4)
        unit, desk = found.lead, backstop_of(found)
        took_part(found, unit=unit, role="former", at=at)
        handled_by(found, by=by, at=at)
        hand_over(found, unit=desk, role="dispatch", at=at, why=f"{unit.name}退回")
        moved(found, state="returned", lead=desk, returns=found.returns + 1, return_closes_at=None)
        put = _put_to(
            found,
            Return(case=found, unit=unit, duty_item=item, reason=words[:500], by=person_of(by), returned_at=at),
            desk,
            at=at,
        )
        clocks = [*stop_accepting(found, at=at), *hand_clocks_over(found.subject, holder=desk.code, at=at)]
        return noted(
            "case.returned", found, by=by, at=at, clocks=clocks, unit=unit.name, duty_item=item.code, duty_title=item.title, reason=words,
            nth=put.number, awaits=put.awaits, side=put.side.name if put.side else "", answer_by=put.due_at.isoformat() if put.due_at else None,
        )  # fmt: skip


def _must_be_returnable(case: Case, *, at: datetime) -> None:
    """Raises Refused for a binding assignment, TooLate after the window."""
    if case.is_binding:
        raise Refused("cases.binding", "贵单位已接办或经裁定主办,此件不能再退回;请办理,或申请会商。", case=case.number)
    closes = return_window(case)
    if at > closes:
        raise TooLate(
            "cases.return_window_closed",
            f"退回期限已于 {closes:%Y年%m月%d日 %H:%M} 结束;请办理,或申请会商。",
            closed_at=closes.isoformat(),
        )


def _put_to(case: Case, made: Return, desk: Unit, *, at: datetime) -> Return:
    """The return is kept with whose move it is and until when; a unit that is asked may see the case."""
    rules = rules_for(case)
    rule = rules.profile(case.profile)[1].returns
    side = other_side(
        made.duty_item.unit_code, returning=made.unit.code, backstop=desk.code, own=own_units(case.street)
    )
    made.number, made.outcome = case.returns, ""
    made.awaits = next_step(returns=case.returns, hops=case.hops, rule=rule, side=side, backstop=desk.code)
    made.due_at = answers_until(made.awaits, at, rule=rule, calendar=rules.calendar)
    if made.awaits == UNIT:
        made.side = organisation.unit(case.street, side)
        took_part(case, unit=made.side, role="asked", at=at)
    made.save(force_insert=True)
    return made


def answer_return(
    *, by: Actor, at: datetime, case: str, takes: bool, reason: str, duty_item: str = "", rev: int | None = None
) -> Case:
    """The unit that the return was put to takes the case on (then it may not return it), or declines, citing a row of its own.

    Raises Refused when no answer is waited for, NotFound for a row that is not on the list.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="answer_return", rev=rev)
        waiting = waiting_return(found)
        if waiting is None or waiting.awaits != UNIT or waiting.side is None:
            raise Refused("cases.no_return_waits", "没有等贵单位答复的退回;请刷新页面看它到了哪一步。")
        words = said(reason, field="reason", least=4)
        item = organisation.duty_item(found.street, duty_item) if duty_item or not takes else None
        Return.objects.filter(pk=waiting.pk).update(
            outcome="taken" if takes else "declined", answer=words[:500], answer_item=item, answered_by=person_of(by), answered_at=at
        )  # fmt: skip
        cited = {"duty_item": item.code, "duty_title": item.title} if item else {}
        if takes:
            return assigned_to(
                found, waiting.side, by=by, at=at, reason=words, kind="case.return_taken", is_binding=True, **cited
            )
        moved(found)
        return noted(
            "case.return_declined", found, by=by, at=at, clocks=[], unit=waiting.side.name, reason=words, **cited
        )


def deem_accepted(*, at: datetime, case: str) -> bool:
    """Whoever neither accepts nor returns inside the window has taken the case; False when that is not so after all.

    The handling stages start when the window closed; a sign-off that was late stays late. Written down by the tick.
    """
    with deed():
        found = scoped_case(case, by=SYSTEM)
        if found.state != "routed" or found.assigned_at is None or found.return_closes_at is None:
            return False
        closes = return_window(found)
        if at <= closes:  # the grade or the calendar has changed meanwhile
            moved(found, return_closes_at=closes)
            return False
        clocks = stop_clocks(found.subject, event="accepted", at=at) + taken_on(found, at=closes)
        moved(found, state="accepted", accepted_at=closes, return_closes_at=None)
        noted(
            "case.deemed_accepted",
            found,
            by=SYSTEM,
            at=at,
            clocks=clocks,
            unit=found.lead.name,
            closed=closes.isoformat(),
        )
        return True


def settle_return(*, at: datetime, ref: str) -> bool:
    """The answer to a return is overdue: what silence means comes true. False when somebody was faster. Done by the tick."""
    with deed():
        waiting = Return.objects.filter(ref=ref, outcome="").select_related("side").first()
        if waiting is None or waiting.due_at is None or waiting.due_at >= at:
            return False
        found = scoped_case(waiting.case.ref, by=SYSTEM)
        outcome = after_silence(waiting.awaits, rules_for(found).profile(found.profile)[1].returns)
        if not Return.objects.filter(pk=waiting.pk, outcome="").update(outcome=outcome, answered_at=at):
            return False
        _come_true(found, waiting, outcome, at=at)
        return True


def _come_true(case: Case, waiting: Return, outcome: str, *, at: datetime) -> None:
    if waiting.awaits == ADJUDICATOR:
        ruled_by_rule(case, at=at)
    elif waiting.awaits == DESK:
        noted(
            "case.raised",
            case,
            by=SYSTEM,
            at=at,
            clocks=[],
            reason="退回后逾期未重新交办,请立即判定",
            unit=case.lead.name,
        )
    elif outcome == "deemed_taken" and waiting.side:
        why = f"{waiting.side.name}逾期未答复退回,视为接办"
        assigned_to(case, waiting.side, by=SYSTEM, at=at, reason=why, kind="case.return_deemed_taken", is_binding=True)
    elif waiting.side:
        moved(case)
        noted(
            "case.return_unanswered",
            case,
            by=SYSTEM,
            at=at,
            clocks=[],
            unit=waiting.side.name,
            reason="逾期未答复,交值班受理岗判定",
        )
