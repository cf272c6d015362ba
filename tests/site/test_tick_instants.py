"""A tick is killed after each of its transactions in turn, and another tick runs whole between any two: the same ledger.

Chance finds the narrow instants seldom (``test_tick`` kills real processes at random); here every one is visited. Between two
transactions of a tick nothing is kept but what is committed, so these are all the instants there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

import pytest
from django.db import connection, transaction

from gridloop.offices.cases import actions as cases
from gridloop.site import tick
from tests.sample import MONDAY, sample_street, who
from tests.site.scenes import DAY, HOUR, LATER, file, told


class _Killed(BaseException):
    """The process is gone: no ``except Exception`` sees it."""


class _RolledBack(Exception):
    pass


@contextmanager
def undone_afterwards() -> Iterator[None]:
    """The database stands again as it stood before."""
    try:
        with transaction.atomic():
            yield
            raise _RolledBack
    except _RolledBack:
        pass


@contextmanager
def after_each_commit(then: Callable[[], None]) -> Iterator[None]:
    """``then`` is called whenever a deed inside has been committed (inside a test's transaction: its savepoint released)."""
    outside = len(connection.savepoint_ids)

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("RELEASE SAVEPOINT") and len(connection.savepoint_ids) == outside:
            then()
        return result

    with connection.execute_wrapper(watch):
        yield


@pytest.fixture
def street(db: None) -> None:
    """By ``LATER`` one case is overdue, the suspension of another is over, and a contractor has not answered in time."""
    sample_street()
    _overdue, suspended, lent = file(), file(), file()
    for case in (suspended, lent):
        cases.accept(by=who("urban"), at=MONDAY + HOUR, case=case.ref)
    asked: dict[str, Any] = {"reason_code": "superior", "reason": "等待上级批复", "until": MONDAY + 3 * DAY}
    cases.request_suspension(by=who("urban"), at=MONDAY + 2 * HOUR, case=suspended.ref, **asked)
    cases.decide_suspension(by=who("leader"), at=MONDAY + 3 * HOUR, case=suspended.ref, approved=True)
    cases.send_outside(by=who("urban"), at=MONDAY + 2 * HOUR, case=lent.ref, body="某照明公司", task="更换灯具", days=3)


def undisturbed() -> tuple[list[tuple[str, str, str]], int]:
    """The ledger after one tick that nobody disturbed, and how many transactions that took."""
    commits: list[None] = []
    with undone_afterwards():
        with after_each_commit(lambda: commits.append(None)):
            tick.once(at=LATER)
        return told(), len(commits)
    raise AssertionError


def at_commit(number: int, do: Callable[[], None]) -> Callable[[], None]:
    """Does it once, after the commit with this number."""
    seen = iter(range(1, number + 1))

    def count() -> None:
        if next(seen, 0) == number:
            do()

    return count


def test_a_tick_killed_after_any_of_its_transactions_leaves_the_same_ledger(street):
    expected, commits = undisturbed()

    def die() -> None:
        raise _Killed

    for number in range(1, commits + 1):
        with undone_afterwards():
            with pytest.raises(_Killed), after_each_commit(at_commit(number, die)):
                tick.once(at=LATER)
            tick.once(at=LATER)

            assert told() == expected, f"killed after transaction {number} of {commits}"


def test_a_tick_that_runs_between_any_two_transactions_of_another_leaves_the_same_ledger(street):
    expected, commits = undisturbed()

    def another() -> None:
        Context().run(tick.once, at=LATER)

    for number in range(1, commits + 1):
        with undone_afterwards():
            with after_each_commit(at_commit(number, another)):
                tick.once(at=LATER)

            assert told() == expected, f"another tick after transaction {number} of {commits}"
