"""复工: a checklist as data, each item checked by a second person, work resumed when all passed; tests and trips as counts whose sums open rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.resumption import ITEMS, progress, too_many
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.resumptions import (
    apply_resumption,
    mend_item,
    note_staff_test,
    pass_item,
    resume_work,
    return_item,
    set_checklist,
    void_staff_test,
    withdraw_resumption,
)
from gridloop.offices.enterprise.actions.trips import TripTold, arrive_trip, cancel_trip, depart_trip, plan_trip
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import resumptions
from gridloop.offices.enterprise.queries.resumptions import Period
from gridloop.offices.enterprise.resumption_models import CharterTrip, Resumption, StaffTest
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()
ALL = Period()


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def applied(firm: Enterprise, by: str = "manager") -> Resumption:
    return apply_resumption(by=who(by), at=MONDAY, enterprise=firm.ref, planned_on=TODAY + timedelta(days=3), staff=40)


def test_an_application_has_every_item_of_the_list_in_force():
    set_checklist(by=who("leader"), at=MONDAY, street=CODE, items=["口罩够用", "人员核对", " "], basis="演示通知第二条")
    row = applied(registered(1))
    set_checklist(by=who("leader"), at=MONDAY, street=CODE, items=["只有一项"], basis="演示通知第三条")

    assert [item.text for item in resumptions.items_of(row)] == ["口罩够用", "人员核对"]  # it keeps its own
    assert resumptions.checklist(CODE).items == ["只有一项"]


def test_without_a_list_of_ones_own_there_are_nine_items():
    row = applied(registered(1))

    assert [item.text for item in resumptions.items_of(row)] == list(ITEMS)
    assert resumptions.resumption(row.ref, by=who("desk")).progress == progress(["waiting"] * 9)


def test_each_item_is_checked_by_somebody_else_and_work_resumes_when_all_passed():
    firm = registered(1)
    row = applied(firm)
    first, *rest = resumptions.items_of(row)

    with pytest.raises(Refused) as own:
        pass_item(by=who("manager"), at=MONDAY, item=first.ref)
    assert "不能自己核查" in own.value.sentence
    with pytest.raises(WrongInput):
        return_item(by=who("desk"), at=MONDAY, item=first.ref, reason=" ")
    return_item(by=who("desk"), at=MONDAY, item=first.ref, reason="名单少了两人")
    for item in rest:
        pass_item(by=who("desk"), at=MONDAY, item=item.ref)
    shown = resumptions.resumption(row.ref, by=who("desk"))
    assert (shown.progress.passed, shown.progress.returned, shown.progress.whole) == (8, 1, 9)
    with pytest.raises(Refused) as early:
        resume_work(by=who("desk"), at=MONDAY, resumption=row.ref)
    assert "还有 1 项" in early.value.sentence

    mend_item(by=who("manager"), at=MONDAY, item=first.ref, remedy="已补两人")
    pass_item(by=who("desk"), at=MONDAY, item=first.ref)
    with pytest.raises(Refused):
        resume_work(by=who("manager"), at=MONDAY, resumption=row.ref)
    resume_work(by=who("desk"), at=MONDAY, resumption=row.ref)

    row.refresh_from_db()
    assert (row.state, row.resumed_at) == ("resumed", MONDAY)
    kinds = [entry.kind for entry in timeline(firm.subject)]
    assert kinds.count("resumption.item_passed") == 9
    assert kinds[-1] == "resumption.resumed"


def test_one_application_is_open_at_a_time_and_may_be_taken_back():
    firm = registered(1)
    row = applied(firm)
    with pytest.raises(Refused):
        applied(firm)
    withdraw_resumption(by=who("manager"), at=MONDAY, resumption=row.ref, reason="改期复工")

    with pytest.raises(Refused):
        pass_item(by=who("desk"), at=MONDAY, item=resumptions.items_of(row)[0].ref)
    assert applied(firm).state == "open"


def test_an_item_that_was_not_returned_cannot_be_mended_nor_a_passed_one_checked_again():
    item = resumptions.items_of(applied(registered(1)))[0]
    with pytest.raises(Refused):
        mend_item(by=who("manager"), at=MONDAY, item=item.ref, remedy="没有退回过")
    pass_item(by=who("desk"), at=MONDAY, item=item.ref)
    with pytest.raises(Refused):
        return_item(by=who("desk"), at=MONDAY, item=item.ref, reason="后来又看")


def test_batches_are_counts_and_their_sums_are_of_the_listed_rows():
    one, two = registered(1), registered(2)
    note_staff_test(by=who("desk"), at=MONDAY, enterprise=one.ref, tested_on=TODAY, invited=40, tested=38)
    note_staff_test(
        by=who("desk"), at=MONDAY, enterprise=two.ref, tested_on=TODAY - timedelta(days=2), invited=10, tested=10
    )
    wrong = note_staff_test(by=who("desk"), at=MONDAY, enterprise=two.ref, tested_on=TODAY, invited=99, tested=99)
    void_staff_test(by=who("desk"), at=MONDAY, batch=wrong.ref, reason="记错企业")

    totals = resumptions.batch_totals(who("desk"), period=ALL)
    rows = resumptions.staff_tests(who("desk"), period=ALL)

    assert (totals.rows, totals.firms, totals.planned, totals.done) == (2, 2, 50, 48)
    assert (sum(row.invited for row in rows), sum(row.tested for row in rows)) == (50, 48)
    assert resumptions.batch_totals(who("desk"), period=Period(since=TODAY)).rows == 1
    assert resumptions.batch_totals(who("desk"), period=ALL, enterprise=two.ref).done == 10
    fields = {field.name for field in StaffTest._meta.get_fields()}
    assert not {"name", "phone", "positive", "positives", "result"} & fields  # neither persons nor results


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"invited": 0, "tested": 0}, "tested"),
        ({"invited": 5, "tested": 6}, "tested"),
        ({"tested": -1}, "tested"),
        ({"tested_on": TODAY + timedelta(days=1)}, "tested_on"),
    ],
)
def test_a_batch_told_badly_is_refused_at_its_field(changes, field):
    told = {"tested_on": TODAY, "invited": 5, "tested": 5} | changes

    with pytest.raises(WrongInput) as refused:
        note_staff_test(by=who("desk"), at=MONDAY, enterprise=registered(1).ref, **told)

    assert refused.value.fields["field"] == field


def trip(workers: dict[str, int], *, seats: int = 45, by: str = "desk") -> CharterTrip:
    told = TripTold("信阳固始", date(2022, 5, 24), seats, workers, contact_there="固始县人社局", met_by="P08")
    return plan_trip(by=who(by), at=MONDAY, street=CODE, told=told)


def test_a_coach_with_two_firms_leaves_and_arrives_with_a_count():
    one, two = registered(1), registered(2)
    row = trip({one.ref: 20, two.ref: 18})

    depart_trip(by=who("desk"), at=MONDAY, trip=row.ref)
    with pytest.raises(WrongInput):
        arrive_trip(by=who("desk"), at=MONDAY, trip=row.ref, arrived=46)
    arrive_trip(by=who("manager"), at=MONDAY + timedelta(days=1), trip=row.ref, arrived=37, note="一人未上车")

    [shown] = resumptions.trips(who("desk"), period=ALL)
    totals = resumptions.trip_totals(who("desk"), period=ALL)
    assert (shown.row.state, shown.row.arrived, shown.workers, shown.row.met_by.name) == ("arrived", 37, 38, "辛管家")
    assert (totals.rows, totals.firms, totals.planned, totals.done) == (1, 2, 38, 37)
    assert [entry.kind for entry in timeline(row.subject)] == ["trip.planned", "trip.departed", "trip.arrived"]
    with pytest.raises(Refused):
        cancel_trip(by=who("desk"), at=MONDAY, trip=row.ref, reason="太晚了")


def test_more_workers_than_seats_need_another_coach():
    assert too_many(45, [20, 30]) == 5
    with pytest.raises(WrongInput) as refused:
        trip({registered(1).ref: 46})
    assert "多 1 人" in refused.value.sentence
    with pytest.raises(WrongInput):
        trip({})


def test_a_cancelled_trip_is_listed_with_its_reason_and_not_counted():
    row = trip({registered(1).ref: 20})
    cancel_trip(by=who("desk"), at=MONDAY, trip=row.ref, reason="高速封闭")

    [shown] = resumptions.trips(who("desk"), period=ALL, state="cancelled")
    assert shown.row.note == "高速封闭"
    assert resumptions.trip_totals(who("desk"), period=ALL).rows == 0


def test_a_reader_sees_the_firms_of_their_scope_on_a_shared_coach():
    near, far = registered(1), registered(2, address="河畔花园")
    both = trip({near.ref: 10, far.ref: 12})
    theirs = trip({far.ref: 5})

    [shown] = resumptions.trips(who("manager"), period=ALL)
    assert [share.enterprise.ref for share in shown.shares] == [near.ref]
    assert (shown.row.ref, shown.workers) == (both.ref, 22)
    with pytest.raises(NotFound):
        resumptions.trip(theirs.ref, by=who("manager"))
    with pytest.raises(NotFound):
        resumptions.resumption(applied(far, by="desk").ref, by=who("manager"))
    with pytest.raises(NotFound):
        trip({far.ref: 5}, by="manager")
