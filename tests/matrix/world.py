"""Two streets alike: 柳荫街道 (ours) and 另一街道, each with one person in every role, one without a post, and a case in the south-west."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone

from gridloop.core.access import ROLE_LABELS, SYSTEM, Role
from gridloop.offices.cases import actions as cases
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation import queries
from gridloop.offices.organisation.models import Account, ApiToken, Holding, Person, Post, Street
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from gridloop.site.founding import PersonPlan, StreetPlan, found
from tests import sample

OTHER = "410102991"
IN_URBAN = {Role.UNIT_LEADER, Role.UNIT_WORKER, Role.LEGAL_OFFICER, Role.POLICE_OFFICER}
IN_C1 = {Role.GRID_LEADER, Role.GRID_WORKER, Role.HEALTH_OFFICER, Role.BUILDING_STEWARD}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(slots=True)
class Side:
    """One of the two streets: its code, its people by role, the session cookies that are them, and what was made there."""

    code: str
    people: dict[str, Person] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    case: Any = None
    receipt: str = ""
    photo: str = ""
    link: str = ""
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """Ours, the other one, and a token of each scope that acts for somebody with every kind of post."""

    ours: Side
    other: Side
    tokens: dict[str, str]
    at: datetime


def people_of(street: str) -> tuple[PersonPlan, ...]:
    """One person a role, named after it."""
    return tuple(
        PersonPlan(
            f"R{number:02d}", f"人{label}", "urban" if role in IN_URBAN else "office",
            ((f"POST-{number:02d}", label, str(role), "urban" if role in IN_URBAN else "office", "C1" if role in IN_C1 else ""),),
        )
        for number, (role, label) in enumerate(ROLE_LABELS.items(), 1)
    )  # fmt: skip


def plan_of(code: str, name: str) -> StreetPlan:
    """The sample street's plan under another code."""
    grids = tuple(
        replace(grid, code=grid.code.replace(sample.CODE, code), parent=grid.parent.replace(sample.CODE, code))
        for grid in sample.GRIDS
    )
    routes = tuple({**row, "place": str(row.get("place", "")).replace(sample.CODE, code)} for row in sample.ROUTES)
    return replace(
        sample.PLAN,
        code=code,
        slug=f"s{code}",
        name=name,
        grids=grids,
        routes=routes,
        people=people_of(code),
        passwords={},
    )


def build() -> World:
    """Both streets stand, a month old; everybody has a session."""
    forget_everything()
    forget_compiled()
    at = timezone.now()
    ours, other = (_side(code, name, at=at) for code, name in ((sample.CODE, "柳荫街道"), (OTHER, "另一街道")))
    return World(ours, other, _tokens(ours, at=at), at)


def _side(code: str, name: str, *, at: datetime) -> Side:
    founded = at - timedelta(days=30)
    street = found(plan_of(code, name), at=founded)
    Street.objects.filter(code=code).update(takes_public_reports=True)
    side = Side(code)
    for post in Post.objects.filter(street=code):
        side.people[post.role] = Holding.objects.select_related("person").get(post=post).person
    side.people["nobody"] = organisation.add_person(
        by=SYSTEM, at=founded, street=code, code="R99", name="人无岗", unit="office"
    )
    for role, person in side.people.items():
        account = Account.objects.create(username=f"{code}_{role}", person=person, password=make_password(code))
        side.cookies[role] = session_of(account)
    filing = cases.Filing(
        text=f"{street.name}路灯不亮三天了",
        category="城乡建设/市政设施/路灯",
        source="phone",
        reporter_phone="13800000005",
        **sample.IN_SW,
    )
    desk = queries.actor_of(side.people[Role.DUTY_DESK], at=at)
    filed = cases.file_case(by=desk, at=at, street=code, filing=filing)
    side.case, side.receipt = filed.case, filed.receipt
    side.photo = cases.attach(by=desk, at=at, case=filed.case.ref, name="照片.png", content=PIXEL).ref
    lent = cases.file_case(by=desk, at=at, street=code, filing=replace(filing, text="借出去办的一件")).case.ref
    worker = queries.actor_of(side.people[Role.UNIT_WORKER], at=at)
    cases.accept(by=worker, at=at, case=lent)
    side.link = cases.send_outside(by=worker, at=at, case=lent, body="物业公司", task="请更换灯泡").secret
    return side


def session_of(account: Account) -> str:
    """The key of a session in which the account is signed in, with its second factor."""
    request = HttpRequest()
    request.session = SessionStore()  # type: ignore[assignment]
    login(request, account, backend=BACKEND)
    request.session["has_second_factor"] = True
    record_authentication(request, account, method="password", reauthenticated=True)
    request.session.save()
    return str(request.session.session_key)


def _tokens(side: Side, *, at: datetime) -> dict[str, str]:
    """By scope, the secret of a token with this scope alone; it acts for a person who is desk, leader and unit leader at once."""
    from gridloop.api.tokens import SCOPES  # the API's own list

    person = organisation.add_person(
        by=SYSTEM, at=at - timedelta(days=30), street=side.code, code="R98", name="人多岗", unit="urban"
    )
    for role in (Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER):
        post = Holding.objects.get(person=side.people[role]).post
        organisation.appoint(
            by=SYSTEM, at=at - timedelta(days=30), street=side.code, post=post.code, person=person.code
        )
    secrets = {}
    for scope in SCOPES:
        token, secret = organisation.issue_token(
            by=SYSTEM, at=at, person=person, name=scope, scopes=[scope], expires_at=at + timedelta(days=1)
        )
        secrets[scope] = secret
        side.kept.setdefault("token", ApiToken.objects.get(pk=token.pk))
    return secrets
