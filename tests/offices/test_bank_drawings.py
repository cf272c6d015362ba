"""放款: a credit is drawn in parts, never above what was granted, by two people at once neither; a wrong drawing is voided, not changed."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from gridloop.core.bank_match import Demand
from gridloop.core.errors import GridloopError, NotFound, Outdated, Refused, WrongInput
from gridloop.core.period import Period
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions import banking
from gridloop.offices.enterprise.queries import banking as banks
from gridloop.offices.enterprise.solution_models import BankDrawing, BankMatch
from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.solving import SOLVING
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=3)
DRAWN_SUM = next(each for each in SOLVING if each.code == "bank_drawn_sum")


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def granted(amount: int = 300_000) -> BankMatch:
    """A match whose bank has granted so much."""
    offer = banking.Offer("示例银行", "周转贷", Decimal(5_000_000), Decimal("3.85"), Decimal("5.2"), 36)
    product = banking.add_product(by=who("desk"), at=MONDAY, street=CODE, offer=offer)
    by, demand = who("manager"), Demand(Decimal(500_000), "turnover", 12, "none")
    ref = banking.demand_credit(by=by, at=MONDAY, demand=demand, enterprise=registered(1).ref).ref
    banking.consent_to_bank(by=by, at=MONDAY, match=ref, name="王某", duty="财务负责人", how="当面签字")
    banking.introduce_to_bank(by=by, at=MONDAY, match=ref, product=product.ref)
    return banking.grant_credit(by=by, at=LATER, match=ref, granted=Decimal(amount), rate=Decimal("4.1"))


def draw(match: BankMatch, amount: int | str, **more: Any) -> BankMatch:
    return banking.draw_credit(by=who("manager"), at=LATER, match=match.ref, drawn=Decimal(amount), **more)


def void(match: BankMatch, place: int, reason: str = "银行还没有放") -> BankMatch:
    drawing = banks.drawings(match)[place].ref
    return banking.void_drawing(by=who("manager"), at=LATER, match=match.ref, drawing=drawing, reason=reason)


def test_a_credit_is_drawn_in_parts_and_what_is_left_is_said() -> None:
    match = granted()

    row = draw(match, 100_000, drawn_on=date(2022, 5, 24), note="第一笔")
    assert (row.stage, row.drawn, row.left) == ("drawn", 100_000, 200_000)
    with pytest.raises(WrongInput, match="已放款 10 万元,还可放款 20 万元"):
        draw(match, "200000.01")
    row = draw(match, 200_000)

    assert (row.drawn, row.left, banks.steps_of(row)) == (300_000, 0, ["void_drawing"])
    told = [(each.drawn_on, each.amount, each.note, each.told_by.name) for each in banks.drawings(row)]
    manager = who("manager").name
    assert told == [
        (date(2022, 5, 24), 100_000, "第一笔", manager), (LATER.date(), 200_000, "", manager),
    ]  # fmt: skip
    found = banks.totals(banks.matches(who("desk")))["drawn"]
    assert (found.n, found.amount) == (1, 300_000)
    with pytest.raises(WrongInput, match="还可放款 0 万元"):
        draw(match, 1)


def test_a_day_to_come_and_a_year_mistyped_are_no_day_of_a_drawing() -> None:
    match = granted()

    for wrong, words in ((LATER.date() + timedelta(days=1), "不能晚于今天"), (date(2012, 5, 24), "核对年份")):
        with pytest.raises(WrongInput, match=words) as refused:
            draw(match, 100, drawn_on=wrong)
        assert refused.value.fields["field"] == "drawn_on"
    assert BankDrawing.objects.count() == 0


def test_a_wrong_drawing_is_voided_with_its_reason_and_stands_in_the_ledger_beside_the_first_entry() -> None:
    match = granted()
    draw(match, 100_000)
    draw(match, 50_000)

    row = void(match, 1)

    assert (row.stage, row.drawn, row.left) == ("drawn", 100_000, 200_000)
    wrong = banks.drawings(row)[1]
    assert (wrong.amount, wrong.void_at, wrong.void_because) == (50_000, LATER, "银行还没有放")
    told = [entry for entry in timeline(match.enterprise.subject) if entry.kind.startswith("bank.draw")]
    assert [(entry.kind, entry.payload["drawn"], entry.payload["left"]) for entry in told] == [
        ("bank.drawn", "100000", "200000.00"), ("bank.drawn", "50000", "150000.00"), ("bank.drawing_voided", "50000.00", "200000.00"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="已经作废"):
        void(match, 1)
    with pytest.raises(WrongInput):
        void(match, 0, reason="")
    with pytest.raises(NotFound):
        banking.void_drawing(by=who("manager"), at=LATER, match=match.ref, drawing="2" * 16, reason="没有这一笔")


def test_with_its_last_drawing_voided_the_credit_stands_as_granted_and_may_be_drawn_or_withdrawn() -> None:
    match = granted()
    draw(match, 100_000)

    row = void(match, 0)

    assert (row.stage, row.drawn, row.drawn_at) == ("granted", None, None)
    assert banks.totals(banks.matches(who("desk")))["drawn"].n == 0
    with pytest.raises(Refused, match="请先做:登记放款"):
        banking.void_drawing(by=who("manager"), at=LATER, match=match.ref, drawing="2" * 16, reason="再作废一次")
    assert draw(match, 300_000).stage == "drawn"
    void(match, 1)
    assert banking.withdraw_demand(by=who("manager"), at=LATER, match=match.ref, reason="不要了").stage == "withdrawn"


def test_a_second_press_of_the_button_is_no_second_drawing() -> None:
    match = granted()
    draw(match, 100_000, rev=match.rev)

    with pytest.raises(Outdated):
        draw(match, 100_000, rev=match.rev)
    assert BankDrawing.objects.count() == 1


def test_the_sum_of_a_period_counts_what_reached_the_firm_by_its_end() -> None:
    match = granted()
    draw(match, 100_000, drawn_on=MONDAY.date())
    draw(match, 150_000)
    void(draw(match, 20_000), 2)

    def reading(until: date) -> tuple[int, Decimal]:
        asked = Asked(who("desk"), CODE, Period("since", MONDAY.date(), until), LATER + timedelta(days=9))
        told, _rows, amount = DRAWN_SUM.calculate(asked)
        return told.n, amount

    assert reading(LATER.date()) == (1, 250_000)
    assert reading(LATER.date() - timedelta(days=1)) == (1, 100_000)


@pytest.mark.django_db(transaction=True)
def test_two_who_draw_at_once_never_exceed_the_credit() -> None:
    match, start, refused = granted(), threading.Barrier(4), []

    def run() -> None:
        try:
            start.wait()
            draw(match, 100_000)
        except GridloopError as error:
            refused.append(error.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert BankMatch.objects.get().drawn == sum(each.amount for each in BankDrawing.objects.all()) == 300_000
    assert len(refused) == 1 and "还可放款 0 万元" in refused[0]


def test_what_was_drawn_in_one_sum_before_becomes_the_first_drawing() -> None:
    match = granted()
    BankMatch.objects.filter(pk=match.pk).update(stage="drawn", drawn=Decimal(250_000), drawn_at=LATER)
    migration = import_module("gridloop.offices.enterprise.migrations.0013_single_drawings_are_kept")

    migration.keep(apps, None)
    migration.keep(apps, None)  # again changes nothing

    kept = BankDrawing.objects.get()
    assert (kept.street, kept.amount, kept.drawn_on, kept.told_at, kept.told_by) == (
        CODE, 250_000, LATER.date(), LATER, None,
    )  # fmt: skip
    assert draw(match, 50_000).left == 0
    migration.forget(apps, None)
    assert BankMatch.objects.get().drawn == 300_000
