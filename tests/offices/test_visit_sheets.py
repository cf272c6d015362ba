"""Visits entered by sheet: each row judged by itself, the good ones in, a sheet that is sent again doubles nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gridloop.core.errors import NotAllowed, WrongInput
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions.register import end_enterprise
from gridloop.offices.enterprise.actions.visit_sheets import MOST, SheetVisit, enter_visits, judge_visits
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.visit_models import Visit
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MET = VisitTold(purposes=("policy",), topic="减税政策", said="已了解。", happened_at=MONDAY - HOUR)


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street(FOUNDED)


def entered(*rows, by="manager"):
    numbered = [SheetVisit(number, said, told) for number, (said, told) in enumerate(rows, start=2)]
    return enter_visits(by=who(by), at=MONDAY, street=CODE, rows=numbered)


def reasons(found):
    return [(row.number, row.column, row.reason) for row in found.refused]


def test_a_firm_is_meant_by_its_name_code_alias_or_ref():
    first, second = registered(1), registered(2)
    Enterprise.objects.filter(pk=second.pk).update(alias="老地方")
    later = replace(MET, happened_at=MONDAY - 2 * HOUR)

    found = entered((first.name, MET), (second.code.lower(), MET), ("老地方", later), (first.ref, later))

    assert [row.enterprise_id for row in found.made] == [first.pk, second.pk, second.pk, first.pk]
    assert found.refused == found.known == ()
    assert [entry.kind for entry in timeline(first.subject)][-2:] == ["enterprise.visit_done"] * 2


def test_each_row_is_judged_by_itself_and_the_good_ones_go_in():
    firm, gone, twin = registered(1), registered(2), registered(3)
    end_enterprise(by=who("desk"), at=MONDAY, enterprise=gone.ref, because="moved", reason="迁出本街道")
    Enterprise.objects.filter(pk=twin.pk).update(alias=firm.name)

    found = entered(
        (firm.code, MET),
        (gone.name, MET),
        ("从来没有的公司", MET),
        (firm.name, MET),
        (firm.code, replace(MET, happened_at=MONDAY + HOUR)),
        (firm.code, replace(MET, purposes=(), happened_at=MONDAY - 3 * HOUR)),
        (firm.code, replace(MET, bodies=("nobody",), happened_at=MONDAY - 4 * HOUR)),
        (firm.code, MET),
    )

    assert len(found.made) == Visit.objects.count() == 1
    assert [(number, column) for number, column, _reason in reasons(found)] == [
        (3, "enterprise"), (4, "enterprise"), (5, "enterprise"), (6, "at"), (7, "purposes"), (8, "bodies"), (9, "at"),
    ]  # fmt: skip
    told = " ".join(reason for *_where, reason in reasons(found))
    for words in (
        "已离开本街道",
        "没有这家企业",
        "有 2 家企业叫这个名字",
        "不能晚于现在",
        "至少选一个事由",
        "没有单位“nobody”",
        "与第 2 行是同一次走访",
    ):
        assert words in told, words


def test_a_sheet_that_is_sent_again_doubles_nothing_whoever_sends_it():
    firm = registered(1)
    rows = [
        (firm.code, MET),
        (firm.code, replace(MET, way="phone")),
        (firm.code, replace(MET, happened_at=MONDAY - 2 * HOUR)),
    ]

    first, again, by_the_desk = entered(*rows), entered(*rows), entered(*rows, by="desk")

    assert (len(first.made), first.known) == (3, ())
    assert (len(again.made), again.known) == (0, (2, 3, 4))
    assert by_the_desk.known == (2, 3, 4)
    assert Visit.objects.count() == 3


def test_a_visit_that_was_logged_alone_is_known_too():
    firm = registered(1)
    log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=MET)

    assert entered((firm.name, MET)).known == (2,)


def test_judging_writes_nothing():
    firm = registered(1)

    judged = judge_visits(
        by=who("manager"), at=MONDAY, street=CODE, rows=[SheetVisit(2, firm.name, MET), SheetVisit(3, "无", MET)]
    )

    assert [row.number for row, _firm in judged.good] == [2]
    assert [row.number for row in judged.refused] == [3]
    assert not Visit.objects.exists()


def test_whoever_does_not_serve_firms_and_too_many_rows_are_refused():
    firm = registered(1)

    with pytest.raises(NotAllowed):
        entered((firm.name, MET), by="grid")
    with pytest.raises(WrongInput, match="最多登记 500 次"):
        entered(*[(firm.name, MET)] * (MOST + 1))


def test_a_firm_of_another_street_is_not_found():
    firm = registered(1)
    Enterprise.objects.filter(pk=firm.pk).update(street="410102999", place="410102999")

    found = entered((firm.code, MET), (firm.ref, MET), (firm.name, MET))

    assert {reason for *_where, reason in reasons(found)} == {
        "没有这家企业,或不在您的责任范围内;请核对名称或统一社会信用代码。"
    }
    assert not Visit.objects.exists()


def test_four_hundred_rows_cost_no_more_statements_than_four(django_assert_max_num_queries):
    firms = [registered(number) for number in (1, 2)]
    rows = [(firms[n % 2].code, replace(MET, happened_at=MONDAY - n * HOUR)) for n in range(1, 401)]

    with django_assert_max_num_queries(24):
        assert len(entered(*rows).made) == 400
