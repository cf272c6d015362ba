"""Forums with enterprises: announced, firms invited and answering, attendance, minutes, the figures of an event.

Whoever works for firms may arrange one. Firms that refused calls, or whose day is quiet, are left out with the reason, as with visits; who
comes by itself is always welcome. To have come counts as a contact (the planner of visits knows it), never as a visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_serve, must_serve_or_speak
from gridloop.core.forum import ANSWERS, KINDS, WAYS
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.enterprise.forum_models import Forum, Invitation
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import forums, register
from gridloop.offices.organisation import queries as organisation

MOST_LEFT_OUT = 100
LARGEST_SUM = Decimal(10) ** 13
BACK, AHEAD = timedelta(days=3660), timedelta(days=731)


@dataclass(frozen=True, slots=True)
class ForumTold:
    """What is told of a forum to come; ``host`` is a unit's code, by default the actor's own unit."""

    kind: str
    title: str
    starts_at: datetime
    topic: str = ""
    way: str = "on_site"
    venue: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom we asked, and whom not and why."""

    asked: tuple[Enterprise, ...]
    left_out: tuple[tuple[Enterprise, str], ...]


def announce_forum(*, by: Actor, at: datetime, street: str, told: ForumTold) -> Forum:
    """The forum stands in the calendar. Raises WrongInput, NotAllowed, NotFound for an unknown unit."""
    must_serve(by, street)
    _check_told(told)
    _must_be_near(told.starts_at, at=at)
    with deed():
        own = next((post.unit for post in by.posts if post.street == street and post.unit), "")
        host = organisation.unit(street, told.host or own)
        row = Forum(
            street=street, kind=told.kind, title=said(told.title, field="title", longest=120), topic=told.topic.strip()[:300], way=told.way,
            venue=told.venue.strip()[:120], starts_at=told.starts_at, host=host, made_by_id=by.person_id or None, made_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "forum.announced", by=by, at=at, street=street, subject=row.subject,
            payload={"kind": row.kind, "title": row.title, "starts_at": row.starts_at.isoformat(), "unit": host.code},
        )  # fmt: skip
    return row


def _check_told(told: ForumTold) -> None:
    if told.kind not in KINDS:
        raise WrongInput("forums.kind", f"类别可选:{'、'.join(KINDS.values())}。", field="kind")
    if told.way not in WAYS:
        raise WrongInput("forums.way", f"方式可选:{'、'.join(WAYS.values())}。", field="way")
    if told.way != "online" and len(told.venue.strip()) < 2:
        raise WrongInput("forums.venue", "请写在哪里开;全部在线上的,方式选“线上”。", field="venue")


def _must_be_near(starts_at: datetime, *, at: datetime) -> None:
    """A forum is told of the last ten years or the coming two; another year is a slip of the pen."""
    if not at - BACK <= starts_at <= at + AHEAD:
        raise WrongInput("forums.far_away", "开会的时间要在过去十年到以后两年之间;请核对年份。", field="starts_at")


def move_forum(*, by: Actor, at: datetime, forum: str, starts_at: datetime, reason: str, venue: str = "") -> Forum:
    """It takes place at another time (and place). Raises Refused once it was held or cancelled, WrongInput without a reason."""
    why = said(reason, field="reason", longest=200)
    _must_be_near(starts_at, at=at)
    with deed():
        row = _to_change(forum, by=by)
        _must_be(row, "planned", "改期")
        before, row.starts_at, row.venue = row.starts_at, starts_at, venue.strip()[:120] or row.venue
        row.save(update_fields=["starts_at", "venue"])
        record(
            "forum.moved", by=by, at=at, street=row.street, subject=row.subject,
            payload={"title": row.title, "before": before.isoformat(), "starts_at": starts_at.isoformat(), "reason": why},
        )  # fmt: skip
    return row


def cancel_forum(*, by: Actor, at: datetime, forum: str, reason: str) -> Forum:
    """It does not take place. Raises Refused once it was held, WrongInput without a reason."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = _to_change(forum, by=by)
        _must_be(row, "planned", "取消")
        row.state, row.cancelled_because = "cancelled", why
        row.save(update_fields=["state", "cancelled_because"])
        record(
            "forum.cancelled",
            by=by,
            at=at,
            street=row.street,
            subject=row.subject,
            payload={"title": row.title, "reason": why},
        )
    return row


def invite(*, by: Actor, at: datetime, forum: str, enterprises: Sequence[str]) -> Invited:
    """Each firm that may be asked is; the others come back with the reason, which is kept with the forum.

    Raises WrongInput for an empty list, NotFound for a firm outside the scope, Refused once it was held or cancelled.
    """
    with deed():
        row = _to_change(forum, by=by)
        _must_be(row, "planned", "邀请")
        firms = _firms(enterprises, row, by=by)
        reasons = forums.why_not(row, firms)
        asked = [firm for firm in firms if not reasons[firm.pk]]
        left_out = [(firm, reasons[firm.pk]) for firm in firms if reasons[firm.pk]]
        Invitation.objects.bulk_create([Invitation(forum=row, enterprise=firm, invited_at=at) for firm in asked])
        names = {firm.ref for firm in asked}
        told = [each for each in row.left_out if each["enterprise"] not in names]
        known = {each["enterprise"] for each in told} | names
        told += [{"enterprise": firm.ref, "why": why} for firm, why in left_out if firm.ref not in known]
        row.left_out = told[:MOST_LEFT_OUT]
        row.save(update_fields=["left_out"])
        record(
            "forum.invited", by=by, at=at, street=row.street, subject=row.subject,
            payload={
                "title": row.title, "count": len(asked), "enterprises": [firm.ref for firm in asked],
                "left_out": [{"enterprise": firm.ref, "why": why} for firm, why in left_out],
            },
        )  # fmt: skip
    return Invited(tuple(asked), tuple(left_out))


def _firms(refs: Sequence[str], row: Forum, *, by: Actor) -> list[Enterprise]:
    """The firms of these refs. Raises WrongInput for none or too many, NotFound for one outside the scope."""
    wanted = list(dict.fromkeys(ref for ref in refs if ref))
    if not wanted:
        raise WrongInput("forums.nobody_chosen", "请至少勾选一家企业。", field="enterprises")
    if len(wanted) > forums.MOST_GUESTS:
        raise WrongInput("forums.too_many", f"一次最多邀请 {forums.MOST_GUESTS} 家;请分几次。", field="enterprises")
    found = {firm.ref: firm for firm in register.visible_to(by).filter(street=row.street, ref__in=wanted)}
    missing = next((ref for ref in wanted if ref not in found), "")
    if missing:
        raise NotFound("enterprise.not_found", "没有这家企业,或不在您的责任范围内;请核对。", enterprise=missing)
    return [found[ref] for ref in wanted]


def answer_invitation(
    *, by: Actor, at: datetime, forum: str, enterprise: str, answer: str, how: str = ""
) -> Invitation:
    """The firm says whether it comes. Raises NotFound for a firm that was not asked, Refused once the forum was held or cancelled."""
    if answer not in ANSWERS or not answer:
        raise WrongInput("forums.answer", "请选:参加,或不参加。", field="answer")
    with deed():
        row = _locked(forum, by=by)
        must_serve_or_speak(by, row.street, enterprise)
        _must_be(row, "planned", "答复邀请")
        guest = _guest(row, enterprise, by=by)
        guest.answer, guest.answered_how, guest.answered_at = answer, how.strip()[:120], at
        guest.save(update_fields=["answer", "answered_how", "answered_at"])
        record(
            "forum.answered", by=by, at=at, street=row.street, subject=row.subject,
            payload={"enterprise": enterprise, "answer": answer, "how": guest.answered_how},
        )  # fmt: skip
    return guest


def note_attendance(*, by: Actor, at: datetime, forum: str, came: Sequence[str]) -> Forum:
    """Of the firms in the actor's scope that were asked, those named came and the others did not; the forum was held.

    Told again it is corrected. Raises Refused before its day or when it was cancelled, NotFound for a firm that was not asked.
    """
    with deed():
        row = _to_change(forum, by=by)
        must_have_begun(row, at=at)
        guests, _others = forums.guests(row, by=by)
        known = {guest.enterprise.ref: guest for guest in guests}
        unknown = next((ref for ref in came if ref not in known), "")
        if unknown:
            raise NotFound("forums.not_invited", "这家企业不在邀请名单里;自行到会的请另行登记。", enterprise=unknown)
        for ref, guest in known.items():
            guest.came = ref in came
            guest.came_at = row.starts_at if guest.came else None
        Invitation.objects.bulk_update(known.values(), ["came", "came_at"], batch_size=100)
        _held(row)
        record(
            "forum.attendance_noted", by=by, at=at, street=row.street, subject=row.subject,
            payload={"title": row.title, "count": len(set(came)), "enterprises": sorted(set(came))},
        )  # fmt: skip
    return row


def note_walk_in(*, by: Actor, at: datetime, forum: str, enterprise: str) -> Invitation:
    """A firm came by itself. Raises Refused before the day or when it is on the list, NotFound outside the scope."""
    with deed():
        row = _to_change(forum, by=by)
        must_have_begun(row, at=at)
        firm = register.enterprise(enterprise, by=by)
        if firm.left_at is not None or firm.street != row.street:
            raise Refused("forums.firm_left", "这家企业已离开本街道;请核对。", enterprise=firm.ref)
        if row.invitations.filter(enterprise=firm).exists():
            raise Refused("forums.on_the_list", "这家企业在邀请名单里,请直接记到会。", field="enterprise")
        guest = Invitation.objects.create(
            forum=row, enterprise=firm, is_walk_in=True, invited_at=at, came=True, came_at=row.starts_at
        )
        _held(row)
        record(
            "forum.walked_in",
            by=by,
            at=at,
            street=row.street,
            subject=row.subject,
            payload={"title": row.title, "enterprise": firm.ref},
        )
    return guest


def write_minutes(*, by: Actor, at: datetime, forum: str, text: str) -> Forum:
    """The minutes stand; written again they are corrected, what was before stays in the ledger. Raises Refused before its day."""
    words = said(text, field="text", least=4, longest=8000)
    with deed():
        row = _to_change(forum, by=by)
        must_have_begun(row, at=at)
        before, row.minutes = row.minutes, words
        row.minutes_by_id, row.minutes_at = by.person_id or None, at
        row.save(update_fields=["minutes", "minutes_by", "minutes_at"])
        _held(row)
        record(
            "forum.minutes_written", by=by, at=at, street=row.street, subject=row.subject,
            payload={"title": row.title, "text": words, "before": before},
        )  # fmt: skip
    return row


def tell_result(
    *, by: Actor, at: datetime, forum: str, visitors: int | None, sales: Decimal | None, source: str
) -> Forum:
    """What an event brought, in visitors and 元, as told by whom. Raises WrongInput without a figure or its source, Refused before its day."""
    if visitors is None and sales is None:
        raise WrongInput("forums.no_figure", "请写参与人次或成交额。", field="visitors")
    if (visitors is not None and visitors < 0) or (sales is not None and not 0 <= sales < LARGEST_SUM):
        raise WrongInput("forums.odd_figure", "数字不能是负数,也不能大得离谱;请核对单位。", field="sales")
    told_by = said(source, field="source", longest=120)
    with deed():
        row = _to_change(forum, by=by)
        must_have_begun(row, at=at)
        before = {"visitors": row.visitors, "sales": str(row.sales) if row.sales is not None else None}
        row.visitors, row.sales, row.figures_source = visitors, sales, told_by
        row.save(update_fields=["visitors", "sales", "figures_source"])
        _held(row)
        record(
            "forum.result_told", by=by, at=at, street=row.street, subject=row.subject,
            payload={"title": row.title, "visitors": visitors, "sales": str(sales) if sales is not None else None, "source": told_by,
                     "was": before},
        )  # fmt: skip
    return row


def _to_change(ref: str, *, by: Actor) -> Forum:
    """The forum, locked, for whoever works for firms. Raises NotFound, NotAllowed."""
    found = _locked(ref, by=by)
    must_serve(by, found.street)
    return found


def _locked(ref: str, *, by: Actor) -> Forum:
    found = forums.forum(ref, by=by)
    if connection.vendor != "sqlite":
        Forum.objects.select_for_update().get(pk=found.pk)
        found = forums.forum(ref, by=by)
    return found


def _guest(row: Forum, enterprise: str, *, by: Actor) -> Invitation:
    firm = register.enterprise(enterprise, by=by)
    guest = row.invitations.filter(enterprise=firm).first()
    if guest is None:
        raise NotFound("forums.not_invited", "这家企业不在邀请名单里;自行到会的请另行登记。", enterprise=enterprise)
    return guest


def _must_be(row: Forum, state: str, what: str) -> None:
    if row.state != state:
        raise Refused("forums.wrong_state", f"这场会{row.get_state_display()},不能再{what};请刷新页面。", forum=row.ref)


def must_have_begun(row: Forum, *, at: datetime) -> None:
    """It is the forum's day or later, and it was not cancelled. Raises Refused."""
    if row.state == "cancelled":
        raise Refused("forums.was_cancelled", "这场会已取消。", forum=row.ref)
    if forums.day_of(at) < forums.day_of(row.starts_at):
        raise Refused("forums.not_yet", "还没到开会的那一天;改了日期请先改期。", forum=row.ref)


def _held(row: Forum) -> None:
    if row.state == "planned":
        row.state = "held"
        row.save(update_fields=["state"])
