"""What 莲湖 shows besides its cases: 32 projects of 355 亿元, example policies, the figures of the first quarter, the three firsts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from gridloop.core.access import SYSTEM
from gridloop.core.period import Period
from gridloop.core.project import in_yi
from gridloop.offices.indicators import queries as indicators
from gridloop.offices.indicators.computed import compute
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.policies.models import Policy
from gridloop.offices.policies.queries import finding
from gridloop.offices.projects.models import Project, StageMove
from gridloop.offices.projects.queries.board import Wanted, board, summary
from gridloop.site import demo
from gridloop.site.demo import lianhu, lianhu_policies, lianhu_projects
from gridloop.site.demo.replay import Stage
from gridloop.site.demo.tale import BEIJING
from gridloop.site.founding import found

PRESENT = datetime(2022, 6, 20, 9, 30, tzinfo=BEIJING)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def lived_through(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """莲湖 is founded and everything but its cases has happened, once for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            forget_everything()
            found(lianhu.plan(), at=demo.FOUNDED)
            stage = Stage(lianhu.CODE, "莲湖街道", lianhu.roll().calls, lambda at: None)
            happenings = [*lianhu_projects.happenings(PRESENT), *lianhu_policies.happenings(PRESENT)]
            for happening in sorted(happenings, key=lambda each: each.at):
                happening.do(stage, happening.at)
        yield
        transaction.set_rollback(True)
    forget_everything()


def test_the_four_libraries_hold_7_6_11_and_8_projects_of_355_yi() -> None:
    found = summary(SYSTEM, street=lianhu.CODE)

    assert [n for n, _ in found.values()] == [7, 6, 11, 8]
    assert in_yi(sum((total for _, total in found.values()), Decimal(0))) == "355.00 亿元"
    assert sum(Project.objects.values_list("total", flat=True)) == Decimal("35500000000")


def test_the_projects_were_put_on_record_once_and_seven_moved_by_reason() -> None:
    moves = StageMove.objects.filter(project__street=lianhu.CODE)

    assert moves.filter(direction="entry").count() == 32
    assert moves.filter(direction="forward").count() == 7 and all(move.reason for move in moves)
    assert all(project.is_synthetic and "演示" in project.name for project in Project.objects.all())


def test_the_board_shows_what_is_late_what_is_early_and_what_is_lacking() -> None:
    def names(**wanted: str) -> list[str]:
        libraries = board(SYSTEM, street=lianhu.CODE, at=PRESENT, wanted=Wanted(**wanted))
        return [row.project.name for library in libraries for row in library.rows]

    assert names(alarm="not_started") == ["莲湖邻里中心(演示)"]
    assert names(alarm="early") == ["赵坡变电站(演示)"]
    assert names(alarm="behind") == ["西区新能源车零部件厂(演示)"]
    assert names(factor="land") == ["中原汽车会展中心(演示)"]
    assert len(names(library="building")) == 11


def test_every_project_number_opens_its_rows() -> None:
    half = Period.parse("2022H1+2022-06-20")
    total = compute("projects_total", by=SYSTEM, street=lianhu.CODE, period=half, at=PRESENT)

    assert (total.shown, total.reading.n, len(total.rows)) == ("355.00 亿元", 32, 32)


def test_twelve_policies_are_in_force_marked_as_examples_and_published_by_a_second_person() -> None:
    policies = finding.policies(SYSTEM, street=lianhu.CODE, on=PRESENT.date())

    assert len(policies) == 12
    assert all(policy.is_example and "(示例)" in policy.title for policy in policies)
    assert not [each for each in Policy.objects.all() if each.drafted_by_id == each.published_by_id]
    assert len(finding.questions(SYSTEM, street=lianhu.CODE)) == 3


def test_the_quarters_figures_are_the_sources_and_the_odd_unit_is_asked_about() -> None:
    shown = {each.reading.code: each for each in indicators.readings_of_period(SYSTEM, street=lianhu.CODE, period="2022Q1")}  # fmt: skip

    assert {code: f"{each.value_shown}{each.reading.unit}" for code, each in shown.items()} == {
        "fixed_assets": "10.1亿元", "retail_sales": "1,149.2万元", "services": "22亿元",
    }  # fmt: skip
    assert shown["retail_sales"].computed == shown["retail_sales"].reading.growth == Decimal("8.27")
    assert [code for code, each in shown.items() if each.doubts] == ["retail_sales"]
    assert [(row.period, row.stood) for row in indicators.standings(SYSTEM, street=lianhu.CODE)] == [
        ("2022-04", 1), ("2022-03", 1), ("2022-02", 1),
    ]  # fmt: skip
