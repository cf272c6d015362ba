"""Who may do what at every address, compared with the one readable table in docs/permissions.md.

When an address is added or a permission changes: ``python script/permissions.py --write``, and read the difference before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from gridloop.core.access import Role
from tests.matrix.asking import ROLES, Answers
from tests.matrix.run import Asked, asked
from tests.matrix.table import rows_of

DOCUMENT = Path(__file__).parents[1] / "docs" / "permissions.md"
PUBLIC = re.compile(r"^\S+ /(s/|r/|l/|suggest/|follow/|firm/$|firm/open/|ledger/|api/v1/ledger/|$)")
"""Open to everybody who knows the address or holds its secret, whichever street they work for."""
pytestmark = pytest.mark.django_db
"""Says to pytest-django that this module wants a test database, also when it is run alone."""


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Asked:
    """Asked once for all tests of this module, and undone."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        found = asked()
        transaction.set_rollback(True)
    connection.close()
    return found


def inner(matrix: Asked) -> list[Answers]:
    return [each for each in matrix.answers if not PUBLIC.match(each.door.key)]


def test_the_table_says_what_the_code_does(matrix: Asked) -> None:
    now, told = rows_of(matrix.text), rows_of(DOCUMENT.read_text(encoding="utf-8"))

    wrong = [
        f"\n  table {told.get(key, '(no row)')}\n  code  {now.get(key, '(no such address)')}"
        for key in sorted({*now, *told})
        if now.get(key) != told.get(key)
    ]
    assert not wrong, f"run python script/permissions.py --write and read the difference:{''.join(wrong)}"


def test_no_address_fails_for_anybody(matrix: Asked) -> None:
    assert [fault for each in matrix.answers for fault in each.faults] == []


def test_nothing_of_another_street_is_opened_by_any_role(matrix: Asked) -> None:
    opened = [each.door.key for each in inner(matrix) if "✓" in each.other]

    assert opened == []


def test_without_an_account_only_public_doors_open(matrix: Asked) -> None:
    opened = [each.door.key for each in inner(matrix) if each.nobody in ("✓", "填")]

    allowed = re.compile(r"/accounts/(login|logout|inactive|second-factor/webauthn/login)/|/i18n/|/api/v1/openapi.json")
    assert [key for key in opened if not allowed.search(key)] == []


def test_without_a_post_today_no_inner_door_opens(matrix: Asked) -> None:
    opened = [each.door.key for each in inner(matrix) if each.no_post in ("✓", "填") and each.nobody not in ("✓", "填")]

    # the second step of signing in comes before anybody is asked which post they hold
    signing_in = re.compile(r"/accounts/second-factor/(authenticate|webauthn/login)/")
    assert [key for key in opened if not signing_in.search(key)] == []


def test_an_audit_keeper_changes_nothing_about_others(matrix: Asked) -> None:
    own_affairs = re.compile(
        r"/api/v1/(intake|cases/bulk)$|/accounts/|/i18n/|/me/|/desk/|/cases/views/|/api/v1/(notices|channels|tokens|views)|/api/v1/(locate|route|deadline)"
        r"|/cases/<slug:ref>/here/$|/api/v1/exports$|/api/v1/setup/calendar/read$"  # being there, taking out what one sees, reading a notice
    )
    done = [
        each.door.key for each in inner(matrix)
        if each.door.method != "GET" and each.own[str(Role.AUDIT_KEEPER)] == "✓" and not own_affairs.search(each.door.key)
    ]  # fmt: skip

    assert done == []


def test_every_role_and_every_address_has_its_cell(matrix: Asked) -> None:
    assert all(set(each.own) == set(ROLES) for each in matrix.answers)
    assert len(matrix.answers) > 150
