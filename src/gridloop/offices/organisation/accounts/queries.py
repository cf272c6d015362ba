"""Every read about accounts: whose account it is, what a person holds until when, where someone is signed in, why a door is closed.

Worked example::

    why_no_post(person, at=now)     # "您的岗位“值班受理岗”已于 2022年5月31日 24:00 结束;……"
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Max, Q

from gridloop.core.access import WANTS_SECOND_FACTOR, Actor
from gridloop.core.errors import NotAllowed, NotFound
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Account, Delegation, Holding, Person, SignIn, Street
from gridloop.offices.organisation.queries import now_valid

PASSWORD_DUE, SECOND_FACTOR_DUE = "password", "second_factor"
HAS_SECOND_FACTOR, MUST_CHANGE, SIGN_IN = "has_second_factor", "must_change_password", "sign_in"
"""What the session knows of its account: set when signing in, so that no page has to ask."""


def account_of(street: str, person: str) -> Account:
    """The account of the person (ref) of the street. Raises NotFound."""
    found = Account.objects.filter(person__street=street, person__ref=person).select_related("person").first()
    if found is None:
        raise NotFound("accounts.not_found", "本街道没有这个人员的账号;请从名册中选择。", person=person)
    return found


def own_account(actor: Actor) -> Account:
    """The account of the person behind the actor. Raises NotFound for a person who only has a token."""
    found = Account.objects.filter(person_id=actor.person_id).first() if actor.person_id else None
    if found is None:
        raise NotFound("accounts.none_of_yours", "您没有可以登录的账号;请联系系统管理员开立。")
    return found


def actor_at_the_door(account: Account, *, at: datetime) -> Actor:
    """The actor that may come in: the account is open and a post is held today. Raises NotAllowed, saying why and from when."""
    if account.ended_at:
        raise NotAllowed("organisation.account_ended", "此账号已注销;如有疑问请联系安全管理员。")
    if not account.is_active:
        because = f"({account.locked_because})" if account.locked_because else ""
        raise NotAllowed("organisation.account_locked", f"此账号已锁定{because};请联系安全管理员解锁。")
    actor = organisation.actor_of_account(account, at=at)
    if not actor.posts and account.person:
        raise NotAllowed("organisation.no_post", why_no_post(account.person, at=at))
    return actor


def wants_second_factor(actor: Actor, *, is_demonstration: bool) -> bool:
    """Must the actor sign in with a second factor? By the posts held now; never in a demonstration street."""
    roles = getattr(settings, "SECOND_FACTOR_ROLES", WANTS_SECOND_FACTOR)
    return not is_demonstration and bool(actor.roles() & roles)


def step_due(session: Mapping[str, Any], *, actor: Actor, is_demonstration: bool) -> str:
    """What must come first before anything else is opened: a new password, a second factor, or nothing (empty)."""
    if session.get(MUST_CHANGE):
        return PASSWORD_DUE
    if not session.get(HAS_SECOND_FACTOR) and wants_second_factor(actor, is_demonstration=is_demonstration):
        return SECOND_FACTOR_DUE
    return ""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What an account has for a second factor: the app since when, the names of passkeys, recovery codes left."""

    app_since: datetime | None
    passkeys: tuple[str, ...]
    codes: bool

    @property
    def is_set(self) -> bool:
        return bool(self.app_since or self.passkeys)


def second_factor(account: Account) -> SecondFactor:
    """The second factor of an account, without any secret."""
    rows = list(Authenticator.objects.filter(user=account).order_by("id"))
    app = next((row.created_at for row in rows if row.type == Authenticator.Type.TOTP), None)
    keys = tuple(str(row.data.get("name", "")) for row in rows if row.type == Authenticator.Type.WEBAUTHN)
    return SecondFactor(app, keys, any(row.type == Authenticator.Type.RECOVERY_CODES for row in rows))


@dataclass(frozen=True, slots=True)
class Standing:
    """One post of a person: held, or lent by ``lent_by``; from when, until when (None: open)."""

    ref: str
    title: str
    role: str
    place: str
    unit: str
    starts_at: datetime
    ends_at: datetime | None
    is_substitute: bool = False
    lent_by: str = ""


def standings(person: int, *, at: datetime) -> list[Standing]:
    """Every post the person holds, will hold, or stands in on, that is not over."""
    later = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    held = Holding.objects.filter(later, person_id=person).select_related("post__unit").order_by("starts_at", "id")
    lent = Delegation.objects.filter(to_id=person, ends_at__gt=at).select_related(
        "holding__post__unit", "holding__person"
    )
    return [
        *(_standing(each, each.starts_at, _end(each)) for each in held),
        *(
            _standing(
                each.holding,
                each.starts_at,
                min(filter(None, (each.ends_at, _end(each.holding)))),
                by=each.holding.person.name,
            )
            for each in lent.order_by("starts_at", "id")
        ),
    ]


def _end(holding: Holding) -> datetime | None:
    return min(filter(None, (holding.ends_at, holding.post.valid_until)), default=None)


def _standing(holding: Holding, starts_at: datetime, ends_at: datetime | None, *, by: str = "") -> Standing:
    post = holding.post
    return Standing(
        holding.ref, post.title, post.role, post.place, post.unit.name, max(starts_at, post.valid_from), ends_at,
        is_substitute=holding.is_substitute, lent_by=by,
    )  # fmt: skip


def why_no_post(person: Person, *, at: datetime) -> str:
    """Why the person may do nothing today, and from when or until when: the sentence they meet at the door."""
    zone = ZoneInfo(Street.objects.values_list("zone", flat=True).get(code=person.street))
    if person.left_at and person.left_at <= at:
        return f"您已于 {_until(person.left_at, zone)} 离开本街道,账号不再有效;如有疑问请联系安全管理员。"
    coming = min(
        (each for each in standings(person.pk, at=at) if each.starts_at > at),
        key=lambda each: each.starts_at,
        default=None,
    )
    if coming:
        return f"您的岗位“{coming.title}”从 {_from(coming.starts_at, zone)} 开始;请到那时再登录。"
    past = _last_over(person.pk, at=at)
    if past:
        title, ended_at = past
        return (
            f"您的岗位“{title}”已于 {_until(ended_at, zone)} 结束,账号随之停用;需要继续工作,请安全管理员任命新的岗位。"
        )
    return "您还没有任何岗位,不能登录;请安全管理员先任命岗位。"


def _last_over(person: int, *, at: datetime) -> tuple[str, datetime] | None:
    """The post that was over last, and when."""
    held = Holding.objects.filter(person_id=person, starts_at__lte=at).select_related("post")
    lent = Delegation.objects.filter(to_id=person, starts_at__lte=at).select_related("holding__post")
    ends = [(each.post.title, end) for each in held if (end := _end(each)) and end <= at]
    ends += [(f"{each.holding.post.title}(代理)", each.ends_at) for each in lent if each.ends_at <= at]
    return max(ends, key=lambda each: each[1], default=None)


def _from(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{_day(local.date())} {local:%H:%M}"


def _until(at: datetime, zone: ZoneInfo) -> str:
    """Midnight is 24:00 of the day that ends."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"{_day(local.date() - timedelta(days=1))} 24:00"
    return _from(at, zone)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where someone is signed in."""

    ref: str
    device: str
    origin: str
    method: str
    since: datetime
    seen_at: datetime
    is_here: bool


def sessions(account: Account, *, here: str, at: datetime) -> list[SessionLine]:
    """Where the account is signed in now, the newest first; ``here`` is the ref of the asking session's own row."""
    rows = list(
        SignIn.objects.filter(account=account, outcome=SignIn.Outcome.DONE, ended_at__isnull=True).order_by("-id")[:50]
    )
    alive = set(
        Session.objects.filter(session_key__in=[row.session for row in rows], expire_date__gt=at).values_list(
            "session_key", flat=True
        )
    )
    return [
        SessionLine(row.ref, row.device, row.origin, row.method, row.at, row.seen_at or row.at, row.ref == here)
        for row in rows
        if row.session in alive or row.ref == here
    ]


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """One delegation: which post, by whom, to whom, when."""

    ref: str
    post: str
    holder: str
    to: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    state: str


def leaves(actor: Actor, *, at: datetime, size: int = 50) -> list[LeaveLine]:
    """The delegations a person has given or stands in on, the newest first."""
    found = Delegation.objects.filter(
        Q(holding__person_id=actor.person_id) | Q(to_id=actor.person_id), holding__post__street=actor.street
    )
    return [
        _leave_line(each, at=at)
        for each in found.select_related("holding__post", "holding__person", "to").order_by("-starts_at", "-id")[:size]
    ]


def _leave_line(each: Delegation, *, at: datetime) -> LeaveLine:
    state = "over" if each.ends_at <= at else "coming" if each.starts_at > at else "now"
    holding = each.holding
    return LeaveLine(
        each.ref,
        holding.post.title,
        holding.person.name,
        each.to.name,
        each.reason,
        each.starts_at,
        each.ends_at,
        state,
    )


def may_stand_in(actor: Actor, *, at: datetime) -> list[tuple[str, str]]:
    """(ref, name and unit) of those in the street who hold a post now, without the actor: whom one can choose on leave."""
    held = Holding.objects.filter(now_valid(at), post__street=actor.street).values("person_id")
    people = (
        Person.objects.filter(pk__in=held)
        .filter(Q(left_at__isnull=True) | Q(left_at__gt=at))
        .exclude(pk=actor.person_id)
    )
    return [
        (person.ref, f"{person.name}({person.unit.name})")
        for person in people.select_related("unit").order_by("unit__code", "code")
    ]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One person of the street with their account, as the keepers' roll shows it. ``state``: open, locked, ended, none."""

    person: str
    name: str
    code: str
    unit: str
    username: str
    state: str
    why: str
    posts: tuple[str, ...]
    last_on: datetime | None
    has_second_factor: bool
    must_change: bool


def roll(
    street: str, *, at: datetime, text: str = "", state: str = "", after: str = "", size: int = 50
) -> list[AccountLine]:
    """The people of the street with their accounts, by staff code after ``after``; one more than ``size`` tells there is another page."""
    people = Person.objects.filter(street=street, code__gt=after).select_related("unit", "account")
    if text:
        people = people.filter(Q(name__contains=text) | Q(code__icontains=text) | Q(account__username__icontains=text))
    if state in _STATES:
        people = people.filter(_STATES[state])
    page = list(people.order_by("code")[: size + 1])
    posts, factors = _titles([person.pk for person in page], at=at), _with_second_factor(page)
    return [_account_line(person, posts.get(person.pk, ()), factors) for person in page]


def account_line(street: str, person: str, *, at: datetime) -> AccountLine:
    """The line of one person (ref) of the street. Raises NotFound."""
    found = Person.objects.filter(street=street, ref=person).select_related("unit", "account").first()
    if found is None:
        raise NotFound("accounts.not_found", "本街道没有这个人员;请从名册中选择。", person=person)
    return _account_line(found, _titles([found.pk], at=at).get(found.pk, ()), _with_second_factor([found]))


_STATES: dict[str, Q] = {
    "open": Q(account__is_active=True),
    "locked": Q(account__is_active=False, account__ended_at__isnull=True),
    "ended": Q(account__ended_at__isnull=False),
    "none": Q(account__isnull=True),
}


def _titles(people: Collection[int], *, at: datetime) -> dict[int, tuple[str, ...]]:
    """By person id, the titles of posts held or stood in on now."""
    found: dict[int, dict[str, None]] = {}
    for person, title in Holding.objects.filter(now_valid(at), person_id__in=people).values_list(
        "person_id", "post__title"
    ):
        found.setdefault(person, {})[title] = None
    lent = Delegation.objects.filter(now_valid(at), to_id__in=people)
    for person, title, holder in lent.values_list("to_id", "holding__post__title", "holding__person__name"):
        found.setdefault(person, {})[f"{title}(代 {holder})"] = None
    return {person: tuple(titles) for person, titles in found.items()}


def _with_second_factor(people: Iterable[Person]) -> set[int]:
    """The people whose account has an app or a passkey."""
    proper = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return set(proper.filter(user__person__in=list(people)).values_list("user__person_id", flat=True))


def _account_line(person: Person, posts: tuple[str, ...], factors: set[int]) -> AccountLine:
    account: Account | None = getattr(person, "account", None)
    if account is None:
        return AccountLine(
            person.ref, person.name, person.code, person.unit.name, "", "none", "", posts, None, False, False
        )
    state = "ended" if account.ended_at else "open" if account.is_active else "locked"
    return AccountLine(
        person.ref, person.name, person.code, person.unit.name, account.username, state, account.locked_because, posts,
        account.last_login, person.pk in factors, account.must_change_password,
    )  # fmt: skip


def last_sign_in(account: Account) -> datetime | None:
    """When the account was last signed in to before now, by anyone."""
    found: datetime | None = SignIn.objects.filter(account=account, outcome=SignIn.Outcome.DONE).aggregate(
        last=Max("at")
    )["last"]
    return found
