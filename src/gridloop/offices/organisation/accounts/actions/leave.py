"""Leave (请假代理): while a holder is away someone else stands in on the posts, from one midnight of the street to another.

Rules: the holder says it for their own posts, or a security keeper or leader for them; nobody stands in for themselves, nor while
away; who grants posts lends nobody's to themselves; one post has one stand-in at a time; nobody becomes two keepers by standing in; a lent post
is not lent on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor, may_keep
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import renew
from gridloop.offices.organisation.models import Delegation, Holding, Person, Street
from gridloop.offices.organisation.separation import refuse_clash

LONGEST = timedelta(days=184)
"""About half a year; whoever is away longer is released from the post and somebody is appointed."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Which posts (refs of holdings) who (ref of a person) takes over, from the first to the last day, both included."""

    holdings: Sequence[str]
    to: str
    first_on: date
    last_on: date
    reason: str


def take_leave(*, by: Actor, at: datetime, leave: Leave) -> list[Delegation]:
    """The other person stands in on these posts in this time; one entry a post.

    Raises WrongInput (days, nobody chosen), NotAllowed (not one's own post), Refused (already lent, the stand-in is away, two keepers).
    """
    with deed():
        street = organisation.street(by.street)
        starts_at, ends_at = _time(street, leave, at=at)
        reason = _reason(leave.reason)
        to = _stand_in(by.street, leave.to)
        made = [
            _lend(holding, to, by=by, at=at, starts_at=starts_at, ends_at=ends_at, reason=reason)
            for holding in _holdings(by, leave.holdings, to=to, at=at)
        ]
        renew(street.code)
        record_many([_fact(each) for each in made], by=by, at=at, street=street.code)
    return made


def _time(street: Street, leave: Leave, *, at: datetime) -> tuple[datetime, datetime]:
    """From the first midnight (now, where that is past) to the midnight after the last day, in the street's zone."""
    zone = ZoneInfo(street.zone)
    today = at.astimezone(zone).date()
    if leave.first_on < today or leave.last_on < leave.first_on:
        raise WrongInput("leave.days", "开始日期不能早于今天,结束日期不能早于开始日期。", field="last_on")
    if leave.last_on - leave.first_on > LONGEST:
        raise WrongInput("leave.too_long", "代理最长半年;更久的请由安全管理员免去岗位后另行任命。", field="last_on")
    starts_at = datetime.combine(leave.first_on, time(), tzinfo=zone)
    return max(starts_at, at), datetime.combine(leave.last_on + timedelta(days=1), time(), tzinfo=zone)


def _reason(text: str) -> str:
    reason = text.replace("\x00", "").strip()
    if len(reason) < 2:
        raise WrongInput("leave.reason_missing", "请写明原因(例如:年休假、外出学习)。", field="reason")
    return reason[:200]


def _stand_in(street: str, ref: str) -> Person:
    try:
        return organisation.person(street, ref)
    except NotFound as unknown:
        raise WrongInput("leave.no_stand_in", "请从本街道人员中选择代理人。", field="to") from unknown


def _holdings(by: Actor, refs: Sequence[str], *, to: Person, at: datetime) -> list[Holding]:
    """The holdings, each the actor's own, or anybody's of the street for those who grant posts; nobody lends such a post to themselves."""
    wanted = list(dict.fromkeys(refs))
    found = list(
        Holding.objects.select_for_update(of=("self",))
        .filter(organisation.now_valid(at), ref__in=wanted, post__street=by.street)
        .select_related("post", "person")
    )
    if not wanted or len(found) != len(wanted):
        raise WrongInput("leave.no_post", "请选择您现在担任的岗位。", field="holdings")
    others = any(held.person_id != by.person_id for held in found)
    if others and not may_keep(by, "grant", street=by.street):
        raise NotAllowed("leave.not_yours", "只能为自己的岗位请代理;他人的由安全管理员或街道领导来办。")
    if others and by.person_id and to.pk == by.person_id:
        raise NotAllowed("leave.to_oneself", "他人的岗位不能由您代理给您本人;请另一位安全管理员或街道领导来办。")
    return found


def _lend(
    holding: Holding, to: Person, *, by: Actor, at: datetime, starts_at: datetime, ends_at: datetime, reason: str
) -> Delegation:
    """The post is lent, after every rule has been asked."""
    if to.pk == holding.person_id:
        raise WrongInput("leave.self", "代理人不能是本人;请选择另一位同事。", field="to")
    if to.left_at and to.left_at <= starts_at:
        raise WrongInput("leave.gone", f"{to.name}已不在本街道工作;请选择另一位同事。", field="to")
    overlapping = Delegation.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if overlapping.filter(holding=holding).exists():
        raise Refused(
            "leave.lent_already", f"“{holding.post.title}”在这段时间已有代理人;请先结束原来的代理。", field="holdings"
        )
    if overlapping.filter(holding__person=to).exists():
        raise Refused("leave.away_too", f"{to.name}在这段时间也请了代理;请选择另一位同事。", field="to")
    refuse_clash(to, role=holding.post.role, starts_at=starts_at, ends_at=ends_at)
    return Delegation.objects.create(holding=holding, to=to, reason=reason, starts_at=starts_at, ends_at=ends_at)


def _fact(lent: Delegation) -> Fact:
    holding = lent.holding
    return Fact(
        "post.delegated",
        f"post:{holding.post.ref}",
        {
            "post": holding.post.code, "title": holding.post.title, "from": holding.person.name, "to": lent.to.name, "reason": lent.reason,
            "starts": lent.starts_at.isoformat(), "until": lent.ends_at.isoformat(),
        },
    )  # fmt: skip


def end_leave(*, by: Actor, at: datetime, delegation: str) -> None:
    """The stand-in's time is over now, or never begins. By the holder, a security keeper or a leader. Raises NotFound, Refused."""
    with deed():
        found = (
            Delegation.objects.select_related("holding__post", "holding__person", "to")
            .filter(ref=delegation, holding__post__street=by.street)
            .first()
        )
        own = found is not None and found.holding.person_id == by.person_id
        if found is None or not (own or may_keep(by, "grant", street=by.street)):
            raise NotFound("leave.not_found", "没有这次代理,或不由您结束;请刷新页面。")
        if found.ends_at <= at:
            raise Refused("leave.over", "这次代理已经结束;请刷新页面。")
        Delegation.objects.filter(pk=found.pk).update(ends_at=max(at, found.starts_at))
        renew(by.street)
        record(
            "post.delegation_ended", by=by, at=at, street=by.street, subject=f"post:{found.holding.post.ref}",
            payload={"post": found.holding.post.code, "from": found.holding.person.name, "to": found.to.name},
        )  # fmt: skip
