"""Every link that a page of the console draws can be followed by whoever reads the page.

For each of several kinds of people a browser starts at the work desk, and at every page that opens for them with a sample of the street, and
follows every link it meets, a few of each address. What answers 403, 404 or worse is a link that should not have been drawn.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils.timezone import localdate

from gridloop.core.access import Role
from gridloop.offices.organisation.queries import actor_of
from gridloop.offices.projects import actions as projects
from tests.matrix import samples, world
from tests.matrix.asking import SESSION, Asker, doors
from tests.matrix.world import World

LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"#][^\"]*)\"")
EACH = 2
"""How many links to one address (one name of the resolver) with one set of named questions are followed."""
PEOPLE = (
    Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER, Role.UNIT_WORKER, Role.GRID_WORKER, Role.SERVICE_MANAGER, Role.SYSTEM_KEEPER,
    Role.SECURITY_KEEPER, Role.AUDIT_KEEPER,
)  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """The two streets of the permission matrix with a sample of everything, made once and undone."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        made = world.build()
        samples.prepare(made)
        _stands_still(made)
        yield made
        transaction.set_rollback(True)
    connection.close()


def _stands_still(made: World) -> None:
    """A key project that lacks power and has a plan: its pages name a case and a plan that not everybody may open."""
    leader = actor_of(made.ours.people[Role.STREET_LEADER], at=made.at)
    on: dict[str, Any] = {"by": leader, "at": made.at}
    start = (made.at - timedelta(days=100)).date()
    told = projects.Told(
        name="停着的厂房", owner="样本置业", unit="economy", sector="industry", total=Decimal(35_000_000), priority="city", start_planned_on=start,
        approval="样本批复", site_ready=True,
    )  # fmt: skip
    row = projects.enter_project(**on, street=made.ours.code, told=told)
    projects.need_factor(**on, project=row.ref, factor="power", gap=Decimal(230), text="变压器容量不足", category="城乡建设/市政设施/路灯")  # fmt: skip
    projects.decide_standing(**on, project=row.ref, standing="half", accepted=True, remark="样本")
    projects.open_project_plan(**on, project=row.ref, problems="缺电", goal="七月开工", review_on=localdate(made.at) + timedelta(days=14))  # fmt: skip


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_draws_a_link_that_its_reader_may_not_follow(built: World, role: Role) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[SESSION] = built.ours.cookies[str(role)]

    dead, followed = _walked(client, _first_pages(built))

    assert dead == []
    assert followed > 40


def _first_pages(built: World) -> list[str]:
    """The work desk and every page with the street's samples; which of them open is for the walk to find."""
    asker = Asker(built)
    pages = [door for door in doors() if door.method == "GET" and door.group not in ("api/v1", "accounts", "api")]
    return ["/desk/", *(asker._address(door, built.ours) for door in pages)]


def _walked(client: Client, first: list[str]) -> tuple[list[str], int]:
    """What was linked and did not open, with the page that linked it; and how many links were followed."""
    waiting = deque((address, "") for address in first)
    seen, met, dead, followed = set(first), Counter[tuple[str, ...]](), [], 0
    while waiting:
        address, linked_from = waiting.popleft()
        with transaction.atomic():
            answer = client.get(address, follow=False)
            body = "" if answer.streaming else answer.content.decode(errors="replace")
            transaction.set_rollback(True)
        if linked_from:
            followed += 1
            if answer.status_code in (403, 404, 410) or answer.status_code >= 500:
                dead.append(f"{answer.status_code} {address} from {linked_from}")
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for target in _links(body, address):
            if target not in seen and _is_wanted(target, met):
                seen.add(target)
                waiting.append((target, address))
    return dead, followed


def _links(body: str, address: str) -> Iterator[str]:
    for found in LINK.findall(body):
        target = urlsplit(urljoin(address, unescape(found)))
        if target.scheme in ("", "http", "https") and not target.netloc:
            yield f"{target.path}?{target.query}" if target.query else target.path


def _is_wanted(target: str, met: Counter[tuple[str, ...]]) -> bool:
    """A few of each kind: the name of the address and the names of what it asks."""
    path = urlsplit(target)
    try:
        name = resolve(path.path).view_name
    except Resolver404:
        name = path.path
    if name.endswith("logout"):
        return False
    asks = sorted(part.partition("=")[0] for part in path.query.split("&") if part)
    met[(name, *asks)] += 1
    return met[(name, *asks)] <= EACH
