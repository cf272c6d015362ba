"""Pages by key over a real table: whole, without repetition, whatever comes in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.errors import WrongInput
from gridloop.offices.archive.keyset import Order
from gridloop.offices.enterprise.forum_models import Forum
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.resumption_models import StaffTest
from gridloop.offices.organisation.models import Unit
from tests.firms import registered
from tests.sample import CODE, MONDAY, sample_street

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def forum(hours: int) -> Forum:
    """One that starts so many hours after Monday."""
    host = Unit.objects.get(street=CODE, code="office")
    return Forum.objects.create(
        street=CODE, kind="talk", title=f"第 {hours} 场", host=host, venue="会议室",
        starts_at=MONDAY + timedelta(hours=hours), made_at=MONDAY,
    )  # fmt: skip


def pages(order, rows, size, *, between=lambda: None):
    """All pages, each as a list; ``between`` happens after each."""
    found, after = [], ""
    while True:
        shown = order.page(rows, after=after, size=size + 1)
        found.append(shown[:size])
        if len(shown) <= size:
            return found
        after = order.key(shown[size - 1])
        between()


@pytest.mark.parametrize("is_falling", [True, False])
def test_the_pages_are_the_list_also_where_many_begin_at_the_same_moment(is_falling):
    made = [forum(hours) for hours in (3, 1, 1, 1, 2, 3, 0)]

    found = [row for page in pages(Order("starts_at", is_falling=is_falling), Forum.objects.all(), 2) for row in page]

    assert found == sorted(made, key=lambda row: (row.starts_at, row.pk), reverse=is_falling)


def test_what_comes_in_between_two_pages_neither_repeats_nor_hides_a_row():
    made = {forum(hours).pk for hours in range(5)}

    found = [
        row.pk for page in pages(Order("starts_at"), Forum.objects.all(), 2, between=lambda: forum(9)) for row in page
    ]

    assert set(found) == made and len(found) == len(made)


def test_a_page_goes_on_where_its_last_row_stood_though_that_row_is_gone():
    first, second, third = (forum(hours) for hours in (3, 2, 1))
    order = Order("starts_at")
    key = order.key(second)
    second.delete()

    assert order.page(Forum.objects.all(), after=key, size=9) == [third]
    assert order.page(Forum.objects.all(), after=order.key(first), size=9) == [third]


@pytest.mark.parametrize("is_falling", [True, False])
def test_rows_without_a_value_come_before_the_earliest_and_are_paged_like_the_others(is_falling):
    forums = [forum(hours) for hours in range(5)]
    for number, row in enumerate(forums):
        row.minutes_at = None if number % 2 else MONDAY - timedelta(hours=number)
        row.save()
    order = Order("minutes_at", is_falling=is_falling)

    found = [row for page in pages(order, Forum.objects.all(), 2) for row in page]

    ordered = [forums[1], forums[3], forums[4], forums[2], forums[0]]
    assert found == (ordered[::-1] if is_falling else ordered)


def test_days_are_told_from_moments_and_ids_may_stand_alone():
    firm = registered(1)
    for number in (1, 5, 5, 2, 3):
        on = MONDAY.date() + timedelta(days=number)
        StaffTest.objects.create(street=CODE, enterprise=firm, tested_on=on, invited=9, tested=9, told_at=MONDAY)

    days = [row.tested_on.day for page in pages(Order("tested_on"), StaffTest.objects.all(), 2) for row in page]
    ids = [row.pk for page in pages(Order(), StaffTest.objects.all(), 2) for row in page]

    assert days == sorted(days, reverse=True) and len(days) == 5
    assert ids == sorted(ids, reverse=True) and len(ids) == 5
    assert Enterprise.objects.count() == 1


@pytest.mark.parametrize("said", ["1", "x.1", "1.", "-1.2", "1.2 OR 1=1", "9" * 40 + ".1"])
def test_what_is_no_key_is_refused_and_any_number_is_one(said):
    with pytest.raises(WrongInput, match="第一页"):
        Order("starts_at").page(Forum.objects.all(), after=said, size=2)


@pytest.mark.parametrize("said", ["9" * 16 + "." + "9" * 18, "0.1", ".1"])
def test_a_key_beyond_every_row_is_an_end_or_a_beginning(said):
    forum(1)

    for order in (Order("starts_at"), Order("minutes_at", is_falling=False), Order()):
        assert len(order.page(Forum.objects.all(), after=said, size=2)) <= 1
    assert StaffTest.objects.count() == len(Order("tested_on").page(StaffTest.objects.all(), after=said, size=2))
