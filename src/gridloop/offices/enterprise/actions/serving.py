"""What the teams do for an enterprise: legal consults, on-site service orders, promises.

An on-site order is done only when the enterprise itself says so; a consult is replied to by a legal officer; a promise is kept or not, with
its day. Each step stands in the firm's own timeline. The firm's invited contact may ask, order, confirm and call off itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.firm_access import must_serve, must_serve_or_speak
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register, serving, teams
from gridloop.offices.enterprise.service_models import Consult, Promise, ServiceOrder
from gridloop.offices.organisation import queries as organisation

ANSWERS_LAW = frozenset({Role.LEGAL_OFFICER, Role.UNIT_LEADER})
AHEAD = timedelta(days=366)


# -- legal consults ---------------------------------------------------------------------------------------------------


def ask_law(*, by: Actor, at: datetime, enterprise: str, question: str) -> Consult:
    """The question waits in the queue of the legal officers. Raises WrongInput, NotFound."""
    with deed():
        firm = _served(enterprise, by=by)
        consult = Consult.objects.create(
            street=firm.street,
            enterprise=firm,
            question=said(question, field="question"),
            asked_by_id=by.person_id or None,
            asked_at=at,
        )
        record(
            "consult.asked", by=by, at=at, street=firm.street, subject=firm.subject, payload={"consult": consult.ref}
        )
    return consult


def take_consult(*, by: Actor, at: datetime, consult: str) -> Consult:
    """The legal officer has taken it on. Raises Refused when another one has."""
    with deed():
        row = _consult(consult, by=by)
        officer = person_of(by)
        won = Consult.objects.filter(pk=row.pk, officer__isnull=True).update(officer=officer, taken_at=at)
        if not won:
            raise Refused("enterprise.consult_taken", "这件咨询已有人接办;请刷新页面。", consult=consult)
        record(
            "consult.taken",
            by=by,
            at=at,
            street=row.street,
            subject=row.enterprise.subject,
            payload={"consult": row.ref},
        )
    row.refresh_from_db()
    return row


def reply_law(*, by: Actor, at: datetime, consult: str, reply: str) -> Consult:
    """The enterprise has its reply. Raises Refused when it was replied to before."""
    with deed():
        row = _consult(consult, by=by)
        words, officer = said(reply, field="reply"), person_of(by)
        won = Consult.objects.filter(pk=row.pk, replied_at__isnull=True).update(
            reply=words, replied_at=at, officer=row.officer or officer, taken_at=row.taken_at or at
        )
        if not won:
            raise Refused("enterprise.consult_replied", "这件咨询已经答复;要补充请另提一件。", consult=consult)
        record(
            "consult.replied",
            by=by,
            at=at,
            street=row.street,
            subject=row.enterprise.subject,
            payload={"consult": row.ref},
        )
    row.refresh_from_db()
    return row


def _consult(ref: str, *, by: Actor) -> Consult:
    row = serving.consult(ref, by=by)
    if by.kind != "system" and not by.roles(row.street) & ANSWERS_LAW:
        raise NotAllowed("enterprise.not_legal", "法律咨询由法律专员答复;请等待或电话联系司法所。")
    return row


# -- on-site service --------------------------------------------------------------------------------------------------


def order_service(
    *, by: Actor, at: datetime, enterprise: str, team: str, service: str, wanted: str = ""
) -> ServiceOrder:
    """The order waits for the team to agree on a time. Raises WrongInput, NotFound."""
    with deed():
        firm = _served(enterprise, by=by)
        group = teams.team(team, by=by)
        order = ServiceOrder.objects.create(
            street=firm.street, enterprise=firm, team=group, service=said(service, field="service", longest=200), wanted=wanted.strip()[:80],
            ordered_by_id=by.person_id or None, ordered_at=at,
        )  # fmt: skip
        _order_noted("order.placed", order, by=by, at=at, service=order.service, wanted=order.wanted, team=group.name)
    return order


def book_order(*, by: Actor, at: datetime, order: str, officer: str, booked_for: datetime) -> ServiceOrder:
    """A member of the team comes at that time; booking again moves the time.

    Raises WrongInput for a time that has passed, Refused when the officer is elsewhere within the hour or the order is over.
    """
    if booked_for <= at:
        raise WrongInput("enterprise.booked_past", "约定时间要晚于现在。", field="booked_for")
    if booked_for > at + AHEAD:
        raise WrongInput("enterprise.booked_far", "最远只能约一年以内的时间;请核对年份。", field="booked_for")
    with deed():
        row = _order(order, by=by, states=("ordered", "booked"))
        someone = organisation.person(row.street, officer)
        if not teams.is_member(row.team, someone):
            raise Refused(
                "enterprise.not_in_team", f"{someone.name}不在{row.team.name};请选团队里的人。", field="officer"
            )
        if serving.is_busy(someone, booked_for, but=row):
            raise Refused(
                "enterprise.officer_busy",
                f"{someone.name}那个时间前后一小时已有约;请换时间或换人。",
                field="booked_for",
            )
        _moved(row, state="booked", officer=someone, booked_for=booked_for)
        _order_noted("order.booked", row, by=by, at=at, officer=someone.name, booked_for=booked_for.isoformat())
    return row


def finish_order(*, by: Actor, at: datetime, order: str, result: str) -> ServiceOrder:
    """The officer was there; it counts once the enterprise confirms it. Raises Refused before a booking."""
    with deed():
        row = _order(order, by=by, states=("booked",))
        _moved(row, state="done", done_at=at, result=said(result, field="result", longest=300))
        _order_noted("order.done", row, by=by, at=at, result=row.result)
    return row


def confirm_order(*, by: Actor, at: datetime, order: str, solved: bool, how: str) -> ServiceOrder:
    """The enterprise says whether it was done: then it is over, or the team comes again. Raises NotAllowed for the officer who went."""
    with deed():
        row = _own_order(order, by=by, states=("done",))
        if by.person_id and by.person_id == row.officer_id:
            raise NotAllowed(
                "enterprise.own_confirmation", "是否办好由企业说了算,不能由上门的人自己确认;请换一位同事联系企业。"
            )
        words = said(how, field="how", longest=120)
        if solved:
            _moved(row, state="confirmed", confirmed_at=at, confirmed_how=words)
        else:
            _moved(row, state="booked", done_at=None, reworks=row.reworks + 1)
        _order_noted("order.confirmed" if solved else "order.sent_back", row, by=by, at=at, how=words)
    return row


def cancel_order(*, by: Actor, at: datetime, order: str, reason: str) -> ServiceOrder:
    """The order is off, by the enterprise's wish or because it cannot be done. Raises WrongInput without a reason."""
    with deed():
        row = _own_order(order, by=by, states=("ordered", "booked"))
        _moved(row, state="cancelled", cancelled_because=said(reason, field="reason", longest=200))
        _order_noted("order.cancelled", row, by=by, at=at, reason=row.cancelled_because)
    return row


def _order(ref: str, *, by: Actor, states: tuple[str, ...]) -> ServiceOrder:
    row = serving.order(ref, by=by)
    must_serve(by, row.street)
    return _standing(row, states)


def _own_order(ref: str, *, by: Actor, states: tuple[str, ...]) -> ServiceOrder:
    """The order, also for the firm whose it is."""
    row = serving.order(ref, by=by)
    must_serve_or_speak(by, row.street, row.enterprise.ref)
    return _standing(row, states)


def _standing(row: ServiceOrder, states: tuple[str, ...]) -> ServiceOrder:
    if row.state not in states:
        raise Refused(
            "enterprise.order_state",
            f"这张单子现在是“{row.get_state_display()}”,不能这样办;请刷新页面。",
            order=row.ref,
        )
    return row


def _moved(row: ServiceOrder, **changes: object) -> None:
    """Compare-and-set on the state: of two at once one wins."""
    if not ServiceOrder.objects.filter(pk=row.pk, state=row.state).update(**changes):
        raise Refused("enterprise.order_moved", "这张单子刚刚被别人办过;请刷新页面。", order=row.ref)
    for name, value in changes.items():
        setattr(row, name, value)


def _order_noted(kind: str, row: ServiceOrder, *, by: Actor, at: datetime, **payload: object) -> None:
    record(kind, by=by, at=at, street=row.street, subject=row.enterprise.subject, payload={"order": row.ref, **payload})


# -- promises ---------------------------------------------------------------------------------------------------------


def promise(*, by: Actor, at: datetime, enterprise: str, text: str, due_on: date, person: str = "") -> Promise:
    """What was promised stands with its day; by default the actor promised it. Raises WrongInput for a day that has passed."""
    if due_on < at.astimezone(BEIJING).date():
        raise WrongInput("enterprise.promise_past", "兑现期限不能早于今天。", field="due_on")
    with deed():
        firm = _served(enterprise, by=by)
        must_serve(by, firm.street)
        someone = organisation.person(firm.street, person) if person else person_of(by)
        row = Promise.objects.create(
            street=firm.street,
            enterprise=firm,
            text=said(text, longest=300),
            person=someone,
            promised_at=at,
            due_on=due_on,
        )
        record(
            "promise.made", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"promise": row.ref, "text": row.text, "person": someone.name, "due_on": due_on.isoformat()},
        )  # fmt: skip
    return row


def settle_promise(*, by: Actor, at: datetime, promise: str, kept: bool, outcome: str) -> Promise:
    """The promise was kept, or it was not, and why. Raises Refused when it was settled before."""
    with deed():
        row = serving.promise(promise, by=by)
        must_serve(by, row.street)
        words = said(outcome, field="outcome", longest=300)
        if not Promise.objects.filter(pk=row.pk, settled_at__isnull=True).update(
            kept=kept, settled_at=at, outcome=words
        ):
            raise Refused("enterprise.promise_settled", "这条承诺已经有结果;请刷新页面。", promise=promise)
        is_late = at.astimezone(BEIJING).date() > row.due_on
        record(
            "promise.kept" if kept else "promise.broken", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"promise": row.ref, "text": row.text, "outcome": words, "late": is_late},
        )  # fmt: skip
    row.refresh_from_db()
    return row


def _served(ref: str, *, by: Actor) -> Enterprise:
    """The firm, if the actor sees it and works for firms, or speaks for it. Raises Refused for one that left."""
    firm = register.enterprise(ref, by=by)
    must_serve_or_speak(by, firm.street, firm.ref)
    if firm.left_at is not None:
        raise Refused("enterprise.left_unserved", "这家企业已离开本街道。", enterprise=ref)
    return firm
