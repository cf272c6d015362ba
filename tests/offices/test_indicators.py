"""Indicators: published figures keep unit, base and source and are asked about; computed ones open their rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.period import Period
from gridloop.offices.archive.models import Entry
from gridloop.offices.indicators import actions, queries
from gridloop.offices.indicators.actions import Source
from gridloop.offices.indicators.computed import INDICATORS, compute, compute_all
from gridloop.offices.indicators.models import Reading
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.models import PolicyPush
from gridloop.offices.projects import actions as projects
from tests.firms import registered
from tests.offices.loop import cleared, told
from tests.policies import published
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MAY = Period.parse("2022-05")
BULLETIN = Source("示例区统计局", "一季度经济运行情况", date(2022, 4, 20))
QUARTER = [
    # the first quarter of the source page: code, name, value, unit
    ("fixed_assets", "固定资产投资", "10.1", "亿元"),
    ("retail_sales", "社会消费品零售总额", "1149.2", "万元"),
    ("services", "营利性服务业营业收入", "22", "亿元"),
]


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()
    for code, name, _, unit in QUARTER:
        actions.define(by=SYSTEM, at=MONDAY, street=CODE, code=code, name=name, kind="amount", unit=unit, basis="法人在地统计,当期累计。")  # fmt: skip


def tell(code: str, value: str, unit: str, **more: Any) -> Reading:
    return actions.tell_reading(**{"by": who("economy"), "at": MONDAY, "street": CODE, "code": code, "period": "2022Q1", "value": Decimal(value), "unit": unit, "source": BULLETIN, **more})  # fmt: skip


def doubts(period: str = "2022Q1") -> dict[str, list[str]]:
    return {each.reading.code: each.doubts for each in queries.readings_of_period(who("leader"), street=CODE, period=period)}  # fmt: skip


def test_a_figure_keeps_its_unit_and_source_and_a_doubtful_unit_is_asked_about() -> None:
    for code, _, value, unit in QUARTER:
        tell(code, value, unit)

    found = doubts()

    assert (found["fixed_assets"], found["services"]) == ([], [])
    assert found["retail_sales"] == [
        "“社会消费品零售总额”1149.2万元与同表其他数据相差悬殊,请核对单位,系统不会自行改动。"
    ]
    kept = Reading.objects.get(code="retail_sales")
    assert (kept.value, kept.unit, kept.issuer) == (Decimal("1149.2"), "万元", "示例区统计局")


def test_growth_is_computed_beside_the_printed_one_and_a_difference_is_asked_about() -> None:
    tell("retail_sales", "1061.4", "万元", period="2021Q1")
    tell("retail_sales", "1149.2", "万元", growth=Decimal("8.27"))

    (shown,) = queries.readings_of_period(who("leader"), street=CODE, period="2022Q1")

    assert (shown.computed, shown.base_shown, shown.base_from) == (Decimal("8.27"), "1,061.4", "2021年一季度")
    assert shown.doubts == []
    tell("retail_sales", "1149.2", "万元", growth=Decimal("9.8"), reason="按公报更正增速")
    assert doubts()["retail_sales"] == ["发布的增速是 9.80%,按基期算是 8.27%;请核对口径或基期,系统不会自行改动。"]


def test_a_base_in_another_unit_is_brought_to_the_readings_own() -> None:
    tell("fixed_assets", "92000", "万元", period="2021Q1")
    tell("fixed_assets", "10.1", "亿元")

    (shown,) = queries.readings_of_period(who("leader"), street=CODE, period="2022Q1")

    assert (shown.base, shown.computed) == (Decimal("9.2"), Decimal("9.78"))


def test_a_figure_out_of_step_with_its_own_past_is_asked_about() -> None:
    tell("fixed_assets", "9.2", "亿元", period="2021Q1")
    tell("fixed_assets", "10.1", "万元")

    (doubt,) = doubts()["fixed_assets"]

    assert "若单位是亿元则相符" in doubt and "不会自行改动" in doubt


def test_a_correction_needs_a_reason_and_keeps_what_stood_before() -> None:
    tell("services", "21", "亿元")
    with pytest.raises(Refused, match="更正"):
        tell("services", "22", "亿元")

    row = tell("services", "22", "亿元", reason="公报修订版")

    assert [each.value for each in queries.corrected_before(row)] == [Decimal(21)]
    assert list(Entry.objects.filter(kind__startswith="indicator.c").values_list("kind", flat=True)) == ["indicator.corrected"]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.filter(corrected_at__isnull=False).update(corrected_at=None)


def test_a_figure_without_a_source_or_in_a_strange_unit_is_refused() -> None:
    with pytest.raises(WrongInput, match="来源"):
        tell("services", "22", "亿元", source=Source("", "公报"))
    with pytest.raises(WrongInput, match="单位只能是"):
        tell("services", "22", "件")
    with pytest.raises(WrongInput, match="2022Q1"):
        tell("services", "22", "亿元", period="一季度")
    with pytest.raises(NotFound):
        tell("happiness", "22", "亿元")
    with pytest.raises(NotAllowed):
        tell("services", "22", "亿元", by=who("grid"))


def test_somebody_checks_a_doubtful_figure_and_it_stays_as_it_is() -> None:
    row = tell("retail_sales", "1149.2", "万元")

    actions.check_reading(by=who("desk"), at=MONDAY, reading_ref=row.ref, note="与公报第2页原文一致")

    row.refresh_from_db()
    assert (row.checked_note, row.value, row.unit) == ("与公报第2页原文一致", Decimal("1149.2"), "万元")


def test_a_definition_has_versions_and_old_readings_keep_theirs() -> None:
    row = tell("services", "22", "亿元")

    actions.define(by=who("keeper"), at=MONDAY + DAY, street=CODE, code="services", name="营利性服务业营业收入", kind="amount", unit="亿元", basis="改为规上口径。")  # fmt: skip

    assert [each.version for each in queries.versions_of(CODE, "services")] == [2, 1]
    assert queries.reading(row.ref, by=who("leader")).definition.version == 1
    with pytest.raises(NotAllowed):
        actions.define(by=who("economy"), at=MONDAY, street=CODE, code="x", name="某指标", kind="count", unit="件", basis="随便定的")  # fmt: skip


def test_three_monthly_firsts_are_noted_with_their_documents_and_never_computed() -> None:
    for month in ("2022-02", "2022-03", "2022-04"):
        actions.note_standing(by=who("economy"), at=MONDAY, street=CODE, about="万人助万企月度考评", period=month, stood=1, area="全区", source=Source("示例区助企办", f"通报({month})"))  # fmt: skip

    found = list(queries.standings(who("leader"), street=CODE))
    assert [(each.period, each.stood, each.document) for each in found] == [
        ("2022-04", 1, "通报(2022-04)"), ("2022-03", 1, "通报(2022-03)"), ("2022-02", 1, "通报(2022-02)"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="已经登记"):
        actions.note_standing(by=who("economy"), at=MONDAY, street=CODE, about="万人助万企月度考评", period="2022-04", stood=2, source=Source("示例区助企办", "另一份"))  # fmt: skip
    with pytest.raises(WrongInput):
        actions.note_standing(by=who("economy"), at=MONDAY, street=CODE, about="考评", period="2022-04", stood=9, among=3, source=BULLETIN)  # fmt: skip


def of(code: str, period: Period = MAY, *, by: str = "leader") -> Any:
    return compute(code, by=who(by), street=CODE, period=period, at=MONDAY + 20 * DAY)


def test_a_rate_opens_the_rows_that_make_it_with_n_and_interval() -> None:
    cleared()
    told(text="路灯又不亮")

    found = of("cases_solved")

    assert (found.reading.shown, len(found.rows), [row.counts for row in found.rows]) == ("50.0%(1/2)", 2, [True, False])  # fmt: skip
    assert found.reading.interval_shown != "—" and found.reading.caution
    assert of("cases_filed").reading.n == 2
    assert of("cases_filed", Period.parse("2022-04")).reading.n == 0
    assert of("cases_solved", Period.parse("2022-04")).reading.shown == "—"


def test_a_number_counts_only_what_its_reader_may_see() -> None:
    told()

    assert of("cases_filed", by="leader").reading.n == 1
    assert of("cases_filed", by="environment").reading.n == 0


def test_project_figures_are_those_of_the_day_the_period_ends() -> None:
    ready = {"approval": "备1号", "site_ready": True, "start_planned_on": date(2022, 6, 1)}
    row = projects.enter_project(by=who("economy"), at=MONDAY, street=CODE, told=projects.Told(name="示例园区", owner="示例置业", unit="economy", sector="city", total=Decimal(10**9), **ready))  # fmt: skip
    projects.move_project(
        by=who("economy"), at=MONDAY + 10 * DAY, project=row.ref, to="planned", reason="手续齐备"
    )  # 2 June

    june = Period.parse("2022-06")
    assert (of("projects_reserve").reading.n, of("projects_planned").reading.n) == (1, 0)
    assert (of("projects_reserve", june).reading.n, of("projects_planned", june).reading.n) == (0, 1)
    assert (of("projects_total").shown, of("projects_all").reading.n) == ("10.00 亿元", 1)
    converted = of("reserve_converted", june)
    assert (converted.reading.shown, [each.counts for each in converted.rows]) == ("100%(1/1)", [True])


def test_answers_to_pushes_are_rates_with_their_rows() -> None:
    registered(1), registered(2)
    published()
    policies.push_policies(by=who("desk"), at=MONDAY, street=CODE)
    policies.tell_due_digests(by=SYSTEM, at=MONDAY, street=CODE)
    push = PolicyPush.objects.order_by("id").first()
    policies.answer_push(by=who("desk"), at=MONDAY, push=push.ref, answer="declined", how="联系人电话")

    found = of("pushes_declined")

    assert found.reading.shown == "50.0%(1/2)" and [row.detail for row in found.rows] == ["不需要", "没有答复"]


def test_every_indicator_agrees_with_its_rows() -> None:
    cleared()
    registered(1)

    for found in compute_all(by=who("leader"), street=CODE, period=MAY, at=MONDAY + 20 * DAY):
        assert found.basis and found.code in INDICATORS
        assert found.reading.n == len(found.rows)
        if found.reading.kind == "ratio":
            assert found.reading.part in (None, sum(row.counts for row in found.rows))
