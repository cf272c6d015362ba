"""``gridloop check``: clean on a street that lives, and naming whatever was changed behind its back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from gridloop.core.access import SYSTEM
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.models import Case, RoutingTable, Segment
from gridloop.offices.organisation.models import Holding
from gridloop.offices.supervision.models import Clock
from gridloop.offices.territory.actions import publish_boundary
from gridloop.offices.territory.queries import grid
from gridloop.site.tick import keep_books_of
from tests.sample import CODE, FOUNDED, IN_SW, MONDAY, sample_street, square, who
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A case that went through many hands: returned, assigned, answered, struck off, reopened."""
    sample_street()
    hour = timedelta(hours=1)
    filing = cases.Filing(text="柳荫路路灯不亮三天了", category="城乡建设/市政设施/路灯", source="manager", **IN_SW)
    ref = cases.file_case(by=who("manager"), at=MONDAY, street=CODE, filing=filing).case.ref
    cases.accept(by=who("urban"), at=MONDAY + hour, case=ref)
    cases.return_case(by=who("urban"), at=MONDAY + 2 * hour, case=ref, duty_item="P-12", reason="照明设施由区局维护")
    cases.assign(by=who("desk"), at=MONDAY + 3 * hour, case=ref, unit="housing", reason="改由房管所")
    cases.accept(by=who("housing"), at=MONDAY + 4 * hour, case=ref)
    cases.answer(by=who("housing"), at=MONDAY + 30 * hour, case=ref, text="已修复路灯")
    cases.verify(by=who("verifier"), at=MONDAY + 31 * hour, case=ref, passed=True, text="现场查看已亮")
    cases.strike_off(by=who("desk"), at=MONDAY + 32 * hour, case=ref)
    cases.reopen(by=who("desk"), at=MONDAY + 50 * hour, case=ref, reason="又不亮了,重新办理")
    keep_books_of(CODE, at=MONDAY + 51 * hour)
    return Case.objects.get(ref=ref)


def check(*words: str, exit_code: int = 0) -> list[dict[str, Any]]:
    result = gridloop("check", *words, "--json")
    told = document(result)
    assert result.exit_code == exit_code, told
    assert set(told) == {"ok", "findings"} and told["ok"] is (exit_code == 0)
    assert all(set(each) == {"kind", "severity", "where", "sentence"} for each in told["findings"])
    found: list[dict[str, Any]] = told["findings"]
    return found


def errors(kind: str) -> list[str]:
    return [
        each["where"] + each["sentence"]
        for each in check(exit_code=1)
        if (each["kind"], each["severity"]) == (kind, "error")
    ]


def test_a_street_that_lives_has_no_error(case: Case) -> None:
    found = check()

    assert {each["severity"] for each in found} <= {"warning", "note"}


def test_a_person_reads_a_table_and_a_line(case: Case) -> None:
    result = gridloop("check", "--street", "sample")

    assert result.exit_code == 0
    assert "自洽:1 个街道;错误 0" in result.stdout


def test_an_altered_entry_is_named_by_its_number(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_entry SET payload = %s WHERE seq = 7", [json.dumps({"by": "别人"})])

    assert any(said.startswith(f"{CODE}/7") for said in errors("ledger"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "cleared"}, "台账却记到"),  # a state that no entry tells of
        ({"due_at": MONDAY}, "列表上的到期"),  # a date that no clock gives
    ],
)
def test_a_case_that_departs_from_its_story_is_named(case: Case, changes: dict[str, Any], said: str) -> None:
    Case.objects.filter(pk=case.pk).update(**changes)

    assert any(case.number in sentence and said in sentence for sentence in errors("data"))


def test_segments_that_do_not_tile_are_named(case: Case) -> None:
    first = Segment.objects.filter(case=case).order_by("starts_at")[0]
    Segment.objects.filter(pk=first.pk).update(ends_at=MONDAY + timedelta(minutes=1))

    assert any(case.number in sentence for sentence in errors("data"))


def test_a_case_nobody_is_answerable_for_is_named(case: Case) -> None:
    Segment.objects.filter(case=case, ends_at__isnull=True).update(ends_at=MONDAY + timedelta(hours=60))

    assert any("应有 1 个未结束的责任段" in sentence for sentence in errors("data"))


def test_a_deadline_that_was_edited_is_named(case: Case) -> None:
    Clock.objects.filter(subject=case.subject, stage="handle", segment__isnull=True).update(
        due_at=MONDAY + timedelta(days=300)
    )

    assert any("不能改写" in sentence for sentence in errors("data"))


def test_a_table_whose_unit_is_gone_is_named() -> None:
    sample_street()
    table = RoutingTable.objects.get(street=CODE)
    RoutingTable.objects.filter(pk=table.pk).update(
        rows=[{**row, "unit": "gone"} if row["row"] == "R1" else row for row in table.rows]
    )

    assert any("gone" in sentence for sentence in errors("routing"))


def test_children_that_leave_a_gap_in_their_parent_are_named() -> None:
    sample_street()
    publish_boundary(by=SYSTEM, at=FOUNDED, grid=grid(CODE, "C1"), geometry=square(113.50, 34.69, 0.02), source="示意")

    assert any("没有任何网格负责" in sentence for sentence in errors("partition"))


def test_a_vacant_desk_is_an_error_once_there_are_cases_and_a_warning_before(case: Case) -> None:
    Holding.objects.filter(post__code="DESK").update(ends_at=MONDAY)
    vacant = errors("posts")
    Case.objects.update(state="archived")
    found = [each for each in check(exit_code=1) if each["kind"] == "posts"]

    assert vacant
    assert {each["severity"] for each in found} - {"note"} == {"warning"}  # a note tells, and is no fault


def test_an_unknown_street_is_wrong_use() -> None:
    assert gridloop("check", "--street", "nosuch").exit_code == 2
