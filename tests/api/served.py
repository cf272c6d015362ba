"""The sample street behind a real server, and the tokens of its people: for programs that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.management import call_command
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.actions import seal
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import appoint, issue_token
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.organisation.tokens.scopes import SCOPES
from gridloop.offices.supervision.queries import forget_compiled
from tests.api.walk_keeping import KEEPERS
from tests.sample import CODE, PEOPLE, sample_street

HANDY = ("URBAN-1", "VERIFY", "KEEPER-2")
"""Posts that somebody who tries everything should hold besides the duty desk."""


def founded() -> None:
    """The sample street exists, and nothing compiled is left of another one."""
    forget_everything()
    forget_compiled()
    call_command("createcachetable", verbosity=0)
    sample_street()
    seal(street=CODE)


def token_of(username: str, scopes: Iterable[str] = tuple(SCOPES)) -> str:
    known = {person.username: person.code for person in PEOPLE}
    person = organisation.person(CODE, known.get(username) or KEEPERS[username][0])
    return issue_token(by=SYSTEM, at=timezone.now(), person=person, name="测试", scopes=list(scopes))[1]


def give_handy_posts(username: str = "desk") -> None:
    code = next(person.code for person in PEOPLE if person.username == username)
    for post in HANDY:
        appoint(by=SYSTEM, at=timezone.now(), street=CODE, post=post, person=code)
