"""Projects: entered once, moved by criteria and reason, kept in pace; what they lack is a case."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import GridloopError, NotAllowed, NotFound, Outdated, Refused, WrongInput
from gridloop.core.project import LIBRARIES, in_yi
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.projects import actions
from gridloop.offices.projects.actions import Told
from gridloop.offices.projects.models import MonthlyProgress, Project, StageMove
from gridloop.offices.projects.queries.board import Wanted, board, conversion_rates, dropped, rows_of, summary
from gridloop.offices.projects.queries.criteria import all_criteria, judged
from gridloop.offices.projects.queries.factors import needs_of, obstacles_of
from gridloop.offices.projects.queries.finding import project as found
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
READY: dict[str, Any] = {"approval": "发改备〔2022〕1号", "site_ready": True, "start_planned_on": date(2022, 6, 1)}


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def told(name: str = "示例冷链园", **more: Any) -> Told:
    return Told(**{"name": name, "owner": "示例置业", "unit": "economy", "sector": "industry", "total": Decimal("350000000"), **more})  # fmt: skip


def entered(name: str = "示例冷链园", **more: Any) -> Project:
    return actions.enter_project(by=who("economy"), at=MONDAY, street=CODE, told=told(name, **more))


def kinds(project: Project) -> list[str]:
    return list(Entry.objects.filter(subject=project.subject).order_by("id").values_list("kind", flat=True))


def test_a_project_goes_through_four_libraries_and_is_typed_once() -> None:
    project = entered(**READY)
    actions.move_project(by=who("economy"), at=MONDAY + DAY, project=project.ref, to="planned", reason="手续齐备")
    actions.change_project(by=who("economy"), at=MONDAY + 2 * DAY, project=project.ref, permit="施〔2022〕7号", started_on=date(2022, 5, 25))  # fmt: skip
    actions.move_project(by=who("economy"), at=MONDAY + 3 * DAY, project=project.ref, to="building", reason="提前开工")
    actions.change_project(by=who("economy"), at=MONDAY + 4 * DAY, project=project.ref, finished_on=date(2022, 5, 27))
    actions.move_project(by=who("economy"), at=MONDAY + 5 * DAY, project=project.ref, to="completed", reason="竣工验收")

    moves = StageMove.objects.filter(project=project)
    assert [(move.came_from, move.to) for move in moves] == [
        ("", "reserve"), ("reserve", "planned"), ("planned", "building"), ("building", "completed"),
    ]  # fmt: skip
    assert Project.objects.count() == 1
    assert kinds(project) == [
        "project.entered", "project.moved", "project.changed", "project.moved", "project.changed", "project.moved",
    ]  # fmt: skip


def test_a_project_that_lacks_what_a_library_asks_is_told_clause_by_clause() -> None:
    project = entered(approval="发改备〔2022〕1号", site_ready=False)

    with pytest.raises(Refused) as refusal:
        actions.move_project(by=who("economy"), at=MONDAY, project=project.ref, to="planned", reason="手续齐备")

    assert refusal.value.code == "projects.criteria"
    assert "用地落实应为是,实际为否" in refusal.value.sentence and "计划开工日期" in refusal.value.sentence
    assert [each.value for each in judged(project, "planned", at=MONDAY)] == ["met", "not_met", "not_met"]


def test_going_back_asks_a_reason_only_and_stepping_over_is_refused() -> None:
    project = entered(**READY)
    actions.move_project(by=who("economy"), at=MONDAY, project=project.ref, to="planned", reason="手续齐备")

    back = actions.move_project(
        by=who("economy"), at=MONDAY, project=project.ref, to="reserve", reason="业主资金未到位"
    )

    assert back.library == "reserve"
    with pytest.raises(Refused, match="相邻"):
        actions.move_project(by=who("economy"), at=MONDAY, project=project.ref, to="building", reason="直接开工")


def test_a_name_or_a_code_is_entered_once_and_the_refusal_says_what_to_do() -> None:
    entered(code="XM-1")

    with pytest.raises(Refused, match="办理移库"):
        entered()
    with pytest.raises(Refused, match="办理移库"):
        entered("另一个项目", code="XM-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.create(street=CODE, code="X", name="示例冷链园", owner="甲", unit_id=1, sector="industry", library="reserve", total=1, entered_at=MONDAY)  # fmt: skip


def test_a_project_does_not_take_the_name_or_the_number_of_another() -> None:
    other = entered("示例一期", code="LH-7")
    project = entered("示例二期")

    for wrong in ({"name": other.name}, {"code": other.code}):
        with pytest.raises(Refused, match="已在库中"):
            actions.change_project(by=who("economy"), at=MONDAY, project=project.ref, **wrong)


def test_what_is_to_come_is_not_told_as_done() -> None:
    project = entered()
    tomorrow = (MONDAY + DAY).date()

    for field in ("started_on", "finished_on", "produced_on", "counted_on"):
        with pytest.raises(WrongInput) as fault:
            actions.change_project(by=who("economy"), at=MONDAY, project=project.ref, **{field: tomorrow})
        assert fault.value.fields["field"] == field


def test_the_database_knows_four_libraries_only() -> None:
    project = entered()

    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(library="archive")


def test_counts_and_sums_are_those_of_the_rows_whatever_happens() -> None:
    def check() -> None:
        rows = list(Project.objects.filter(dropped_at__isnull=True))
        libraries = board(who("leader"), street=CODE, at=MONDAY)
        counted = summary(who("leader"), street=CODE)
        assert sum(library.n for library in libraries) == len(rows) == sum(n for n, _ in counted.values())
        assert sum(library.total for library in libraries) == sum(row.total for row in rows)
        assert [(library.n, library.total) for library in libraries] == list(counted.values())
        assert [library.code for library in libraries] == list(LIBRARIES)

    check()
    projects = [entered(f"示例项目{number}", total=Decimal(number) * 10**8, **READY) for number in range(1, 6)]
    check()
    for project in projects[:3]:
        actions.move_project(by=who("economy"), at=MONDAY, project=project.ref, to="planned", reason="手续齐备")
    check()
    actions.drop_project(by=who("desk"), at=MONDAY, project=projects[4].ref, reason="业主放弃投资")
    check()

    assert [each.name for each in dropped(who("leader"), street=CODE)] == ["示例项目5"]
    assert in_yi(sum(total for _, total in summary(who("leader"), street=CODE).values())) == "10.00 亿元"


def test_only_the_responsible_unit_the_desk_and_leaders_write() -> None:
    project = entered()

    for username in ("urban", "grid", "manager", "keeper"):
        with pytest.raises(NotAllowed):
            actions.move_project(by=who(username), at=MONDAY, project=project.ref, to="planned", reason="手续齐备")
    with pytest.raises(NotAllowed):
        actions.enter_project(by=who("urban"), at=MONDAY, street=CODE, told=told("别人的项目"))
    stranger = Actor(kind="person", ref="x", name="外人", street="410102014", person_id=99)
    with pytest.raises(NotFound):
        found(project.ref, by=stranger)


def test_a_stale_form_is_told_that_someone_was_faster() -> None:
    project = entered()
    actions.change_project(by=who("desk"), at=MONDAY, project=project.ref, address="柳荫路1号")

    with pytest.raises(Outdated):
        actions.change_project(by=who("economy"), at=MONDAY, project=project.ref, rev=project.rev, address="柳荫路2号")


def test_a_change_keeps_what_was_before_in_the_ledger() -> None:
    project = entered()

    actions.change_project(by=who("desk"), at=MONDAY, project=project.ref, total=Decimal("400000000"))

    entry = Entry.objects.get(subject=project.subject, kind="project.changed")
    assert '"before":{"total":"350000000.00"}' in (entry.payload or "")
    assert '"after":{"total":"400000000"}' in (entry.payload or "")


def test_months_are_planned_evenly_reported_and_corrected_with_a_reason() -> None:
    project = entered(**READY)
    actions.plan_year(by=who("economy"), at=MONDAY, project=project.ref, year=2022, amount=Decimal(100_000_000))
    for month in (1, 2, 3, 4):
        actions.report_month(by=who("economy"), at=MONDAY, project=project.ref, month=date(2022, month, 1), invested=Decimal(10_000_000))  # fmt: skip

    (row,) = rows_of([found(project.ref, by=SYSTEM)], at=MONDAY)
    assert (row.planned, row.done, row.invested) == (Decimal(100_000_000), Decimal(40_000_000), Decimal(40_000_000))
    assert row.pace and (row.pace.share, row.pace.due, row.pace.points) == (Decimal("40.0"), Decimal("33.3"), Decimal("6.7"))  # fmt: skip

    again = {"by": who("economy"), "at": MONDAY, "project": project.ref, "month": date(2022, 4, 1), "invested": Decimal(8_000_000)}  # fmt: skip
    with pytest.raises(Refused, match="更正"):
        actions.report_month(**again)
    actions.report_month(**again, reason="发票重复计入")
    assert MonthlyProgress.objects.get(project=project, month=date(2022, 4, 1)).invested == Decimal(8_000_000)
    entry = Entry.objects.filter(subject=project.subject, kind="project.reported").order_by("id").last()
    assert entry and '"before":"10000000.00"' in (entry.payload or "")
    with pytest.raises(WrongInput, match="还没有到"):
        actions.report_month(by=who("economy"), at=MONDAY, project=project.ref, month=date(2022, 6, 1), invested=Decimal(1))  # fmt: skip


def test_a_project_that_should_have_started_is_on_the_alarm_list() -> None:
    entered("该开未开", start_planned_on=date(2022, 5, 1))
    entered("还没到期", start_planned_on=date(2022, 6, 1))

    libraries = board(who("leader"), street=CODE, at=MONDAY, wanted=Wanted(alarm="not_started"))

    rows = [row for library in libraries for row in library.rows]
    assert [row.project.name for row in rows] == ["该开未开"]
    assert rows[0].alarms[0].sentence == "计划 2022年5月1日 开工,已过 22 天。"


def test_a_factor_gap_is_a_case_with_a_clock_and_solved_when_it_is_struck_off() -> None:
    project = entered()

    need = actions.need_factor(by=who("economy"), at=MONDAY, project=project.ref, factor="funds", gap=Decimal(3000), text="设备款缺口")  # fmt: skip

    (shown,) = needs_of([project])[project.pk]
    assert (shown.gap_shown, shown.lead, shown.is_solved) == ("3000 万元", "经济发展办", False)
    assert shown.due_at is not None and need.case.category == "企业服务/融资"
    with pytest.raises(Refused, match="正在办理"):
        actions.need_factor(by=who("economy"), at=MONDAY, project=project.ref, factor="funds", gap=Decimal(1), text="再要一点")  # fmt: skip
    case, at = need.case.ref, MONDAY + DAY
    cases.accept(by=who("economy"), at=at, case=case)
    cases.answer(by=who("economy"), at=at + DAY, case=case, text="银行已授信三千万元")
    cases.verify(by=who("verifier"), at=at + 2 * DAY, case=case, passed=True, text="查看授信合同")
    cases.strike_off(by=who("desk"), at=at + 3 * DAY, case=case)
    (shown,) = needs_of([project])[project.pk]
    assert shown.is_solved
    actions.need_factor(by=who("economy"), at=at + 4 * DAY, project=project.ref, factor="funds", gap=Decimal(1), text="再要一点")  # fmt: skip


def test_a_board_can_be_narrowed_to_what_is_lacking() -> None:
    project = entered()
    entered("别的项目")
    actions.need_factor(by=who("desk"), at=MONDAY, project=project.ref, factor="power", gap=Decimal(800), text="变压器容量不足")  # fmt: skip

    libraries = board(who("leader"), street=CODE, at=MONDAY, wanted=Wanted(factor="power"))

    (row,) = [row for library in libraries for row in library.rows]
    cells = {factor: need for factor, _, need in row.cells}
    assert row.project == project and list(cells) == ["land", "funds", "labour", "water", "power", "heat", "gas"]
    assert cells["power"] is not None and cells["gas"] is None


def test_an_obstacle_is_a_case_of_the_loop() -> None:
    project = entered()

    obstacle = actions.raise_obstacle(by=who("desk"), at=MONDAY, project=project.ref, text="施工便道被占用,大车进不去", category="城乡建设/市政设施/积水")  # fmt: skip

    assert [each.case.lead.name for each in obstacles_of(project)] == ["城市管理中队"]
    assert obstacle.case.due_at is not None and kinds(project)[-1] == "project.obstacle_raised"


def test_criteria_are_data_and_the_newest_version_is_in_force() -> None:
    project = entered(priority="district")
    clause = {"condition": {"fact": "priority", "equals": "district"}, "quote": "区重点项目可先行"}

    actions.set_criteria(
        by=who("keeper"), at=MONDAY, street=CODE, library="planned", clauses=[clause], reason="管理办法修订"
    )

    moved = actions.move_project(by=who("economy"), at=MONDAY, project=project.ref, to="planned", reason="区重点先行")
    assert moved.library == "planned"
    assert [(library, version) for library, version, _ in all_criteria(CODE, at=MONDAY)] == [
        ("reserve", 0), ("planned", 1), ("building", 0), ("completed", 0),
    ]  # fmt: skip
    with pytest.raises(WrongInput, match="项目没有这些项"):
        actions.set_criteria(by=who("keeper"), at=MONDAY, street=CODE, library="planned", clauses=[{"condition": {"fact": "staff", "at_least": 1}}], reason="写错了")  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.set_criteria(by=who("economy"), at=MONDAY, street=CODE, library="planned", clauses=[], reason="想放宽")


def test_conversion_rates_count_who_stood_there_and_show_n() -> None:
    one, two = entered("一号项目", **READY), entered("二号项目", **READY)
    actions.move_project(by=who("economy"), at=MONDAY + DAY, project=one.ref, to="planned", reason="手续齐备")

    rates = conversion_rates(who("leader"), street=CODE, since=date(2022, 1, 1), until=date(2022, 12, 31))

    assert (rates[0][0], rates[0][1], rates[0][2].shown) == ("reserve", "planned", "50.0%(1/2)")
    assert two.library == "reserve"


BAD = [
    ({"name": ""}, "name"), ({"owner": " "}, "owner"), ({"sector": "farming"}, "sector"), ({"priority": "nation"}, "priority"),
    ({"total": Decimal(0)}, "total"), ({"total": Decimal("NaN")}, "total"), ({"total": Decimal("1e20")}, "total"),
    ({"start_planned_on": date(2022, 6, 1), "finish_planned_on": date(2022, 5, 1)}, "finish_planned_on"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "field"), BAD)
def test_what_cannot_be_is_refused_at_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(GridloopError) as refusal:
        entered(**{"name": "示例冷链园", **more})

    assert refusal.value.fields["field"] == field
    assert not Project.objects.exists()
