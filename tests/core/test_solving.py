"""The rules behind needs and solutions: factors counted, time measured, banks asked in order, papers asked for once, plans by their day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core import assist, bank_match, elapsed, factor, firm_plan
from gridloop.core.assist import Material
from gridloop.core.bank_match import OPEN, STAGES, STEPS, Demand, Line
from gridloop.core.condition import parse
from gridloop.core.eligibility import Clause
from gridloop.core.errors import GridloopError, NotAllowed, Refused, WrongInput
from gridloop.core.worktime import Calendar, CalendarYear, SpecialDay

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(
    code="cn", version=1, zone="Asia/Shanghai",
    years=[CalendarYear(2022, True, (SpecialDay(date(2022, 5, 2), False, "劳动节"), SpecialDay(date(2022, 5, 7), True, "劳动节")))],
)  # fmt: skip
moments = st.datetimes(datetime(2021, 12, 1), datetime(2023, 2, 1)).map(lambda at: at.replace(tzinfo=ZONE))
spans = st.timedeltas(timedelta(0), timedelta(days=400))
amounts = st.decimals(min_value="0.01", max_value="1e9", places=2)


# -- factors ----------------------------------------------------------------------------------------------------------

gaps = st.builds(
    factor.Gap,
    st.sampled_from(sorted(factor.FACTORS)),
    amounts,
    st.none() | st.just(Decimal(1)),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(gaps))
def test_each_gap_is_exactly_one_of_open_late_and_solved_and_lies_in_its_own_factor(rows: list[factor.Gap]) -> None:
    counted = factor.tally(rows)

    assert sum(line.n for line in counted.values()) == len(rows)
    assert all(line.n == line.open + line.late + line.solved for line in counted.values())
    assert sum(line.gap for line in counted.values()) == sum(row.amount for row in rows)


def test_what_was_met_lies_between_nought_and_the_gap() -> None:
    assert factor.check_solved("power", Decimal(400), Decimal("315.5")) == Decimal("315.5")
    for bad in ("-1", "400.01", "NaN", "Infinity"):
        with pytest.raises(WrongInput, match="千伏安"):
            factor.check_solved("power", Decimal(400), Decimal(bad))
    for bad in ("0", "-3", "NaN", "1e16"):
        with pytest.raises(WrongInput, match="大于 0"):
            factor.check_gap("land", Decimal(bad))
    with pytest.raises(WrongInput, match="土地、资金、用工"):
        factor.check_gap("sunshine", Decimal(1))


def test_a_factor_takes_the_category_whose_last_part_speaks_of_it() -> None:
    paths = ["企业服务/融资/流动资金", "企业服务/土地规划/用地", "企业服务/水电气热/供电"]

    assert factor.category_among(paths, "power") == "企业服务/水电气热/供电"
    assert factor.category_among(paths, "funds") == "企业服务/融资/流动资金"
    assert factor.category_among(paths, "land") == "企业服务/土地规划/用地"
    assert factor.category_among(paths, "heat") == ""


# -- how long it took -------------------------------------------------------------------------------------------------


@given(moments, moments)
def test_working_time_is_never_more_than_natural_time(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))

    span = elapsed.elapsed(CALENDAR, start, end)

    assert timedelta(0) <= span.working <= span.natural == end - start


@given(moments, moments, moments)
def test_time_adds_up_over_a_moment_in_between(one: datetime, other: datetime, third: datetime) -> None:
    first, between, last = sorted((one, other, third))

    whole = elapsed.elapsed(CALENDAR, first, last)
    parts = [elapsed.elapsed(CALENDAR, first, between), elapsed.elapsed(CALENDAR, between, last)]

    assert whole.natural == sum((part.natural for part in parts), timedelta(0))
    assert whole.working == sum((part.working for part in parts), timedelta(0))


def test_a_permit_from_nine_twenty_to_three_took_five_hours_forty_of_which_four_ten_were_worked() -> None:
    start, end = (datetime.combine(date(2022, 5, 6), clock, ZONE) for clock in (time(9, 20), time(15)))

    span = elapsed.elapsed(CALENDAR, start, end)

    assert elapsed.in_words(span.natural) == "5 小时 40 分"
    assert elapsed.in_hours(span.working) == "4 小时 10 分"  # 09:20–12:00 and 13:30–15:00


def test_a_holiday_is_no_working_time_and_a_make_up_saturday_is() -> None:
    monday, saturday = date(2022, 5, 2), date(2022, 5, 7)

    for day, worked in ((monday, timedelta(0)), (saturday, CALENDAR.hours.length)):
        start = datetime.combine(day, time(0), ZONE)
        assert elapsed.elapsed(CALENDAR, start, start + timedelta(days=1)).working == worked


def test_time_never_runs_backwards() -> None:
    at = datetime(2022, 5, 6, 9, tzinfo=ZONE)

    with pytest.raises(WrongInput, match="早于受理"):
        elapsed.elapsed(CALENDAR, at, at - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("span", "words", "hours"),
    [
        (timedelta(seconds=59), "不到 1 分", "不到 1 分"),  # nothing is rounded up
        (timedelta(minutes=12, seconds=59), "12 分", "12 分"),
        (timedelta(hours=5, minutes=40), "5 小时 40 分", "5 小时 40 分"),
        (timedelta(hours=29, minutes=30), "1 天 5 小时 30 分", "29 小时 30 分"),  # a working day has no 24 hours
        (timedelta(days=2), "2 天 0 小时 0 分", "48 小时 0 分"),
    ],
)
def test_a_span_in_words(span: timedelta, words: str, hours: str) -> None:
    assert (elapsed.in_words(span), elapsed.in_hours(span)) == (words, hours)


@given(st.lists(spans, min_size=1))
def test_a_percentile_is_a_span_that_occurred_and_its_share_lies_within_it(told: list[timedelta]) -> None:
    found = elapsed.spread(told)

    assert found is not None and found.n == len(told)
    assert found.p50 in told and found.p90 in told and found.p50 <= found.p90
    for share, limit in ((0.5, found.p50), (0.9, found.p90)):
        assert sum(span <= limit for span in told) >= share * len(told)
        assert sum(span < limit for span in told) < share * len(told)


def test_of_nothing_nothing_is_said() -> None:
    assert elapsed.spread([]) is None


# -- banks ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_no_path_reaches_a_bank_without_consent(steps: list[str]) -> None:
    stage, done = "demand", []
    for step in steps:
        try:
            stage = bank_match.after(stage, step)
        except Refused as refusal:
            assert STAGES[stage] in refusal.sentence and STEPS[step].label in refusal.sentence
        else:
            done.append(step)

    if stage in bank_match.SEEN_BY_BANK or "introduce" in done:
        assert done.index("consent") < done.index("introduce")
    if "draw" in done:
        assert done.index("introduce") < done.index("grant") < done.index("draw")
    assert not ("grant" in done and "decline" in done)


def test_every_stage_can_be_reached_and_only_open_ones_can_be_left() -> None:
    reached = {"demand"} | {step.target for step in STEPS.values()}

    assert reached == set(STAGES)
    assert {stage for stage in STAGES if bank_match.steps_from(stage)} == {*OPEN, "drawn"}
    assert bank_match.steps_from("drawn", left=Decimal(1)) == ("draw", "void_drawing")
    assert bank_match.steps_from("drawn", left=Decimal(0)) == ("void_drawing",)


def test_out_of_turn_names_the_step_before_it() -> None:
    with pytest.raises(Refused, match="请先做:记录企业授权"):
        bank_match.after("demand", "introduce")
    with pytest.raises(Refused, match="已经结束"):
        bank_match.after("declined", "grant")


def test_amounts_of_a_match_are_checked_against_each_other() -> None:
    assert bank_match.check_granted(Decimal(500_000), Decimal(300_000)) == 300_000
    with pytest.raises(WrongInput, match="核对单位"):
        bank_match.check_granted(Decimal(500_000), Decimal(500_000_000))
    assert bank_match.check_granted(Decimal(500_000), Decimal(600_000), why="银行主动提额") == 600_000
    with pytest.raises(WrongInput, match="不超过授信的 30 万元"):
        bank_match.check_drawn(Decimal(300_000), Decimal(300_001))
    assert bank_match.check_drawn(Decimal(300_000), Decimal(100_000), before=Decimal(200_000)) == 100_000
    with pytest.raises(WrongInput, match="授信 30 万元,已放款 20 万元,还可放款 10 万元"):
        bank_match.check_drawn(Decimal(300_000), Decimal("100000.01"), before=Decimal(200_000))
    for wrong in (Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(WrongInput, match="大于 0"):
            bank_match.check_drawn(Decimal(300_000), wrong, before=Decimal(1))
    for field, told in (
        ("amount", Demand(Decimal("NaN"), "turnover", 12, "none")), ("amount", Demand(Decimal(12), "turnover", 12, "none")),
        ("purpose", Demand(Decimal(500_000), "yacht", 12, "none")), ("term", Demand(Decimal(500_000), "turnover", 0, "none")),
        ("collateral", Demand(Decimal(500_000), "turnover", 12, "soul")),
    ):  # fmt: skip
        with pytest.raises(WrongInput) as refused:
            bank_match.check_demand(told)
        assert refused.value.fields["field"] == field


def test_products_that_fit_come_first_then_those_that_lack_facts() -> None:
    asks = {
        "small": [Clause(parse({"fact": "demand_amount", "at_most": 10}))],
        "rich": [Clause(parse({"fact": "assets", "at_least": 100}))],
        "fits": [
            Clause(parse({"fact": "demand_amount", "at_most": 100})),
            Clause(parse({"fact": "staff", "at_most": 300})),
        ],
    }
    facts = bank_match.demand_facts(
        Demand(Decimal(500_000), "turnover", 12, "none"), established=timedelta(days=800)
    ) | {"staff": 40}

    found = bank_match.suited(asks, facts)

    assert [(each.product, each.verdict.value) for each in found] == [
        ("fits", "met"),
        ("rich", "unknown"),
        ("small", "not_met"),
    ]
    assert found[1].verdict.missing == ("assets",)
    assert facts["established_months"] == 26


lines = st.builds(Line, st.sampled_from(sorted(STAGES)), amounts, st.none() | amounts, st.none() | amounts)


@given(st.lists(lines))
def test_totals_leave_out_what_was_withdrawn_and_carry_their_n(rows: list[Line]) -> None:
    found = bank_match.totals(rows)
    kept = [row for row in rows if row.stage != "withdrawn"]

    assert (found["demand"].n, found["demand"].amount) == (len(kept), sum((row.amount for row in kept), Decimal(0)))
    assert found["granted"].n == sum(row.granted is not None for row in kept)
    assert found["drawn"].amount == sum((row.drawn or Decimal(0) for row in kept), Decimal(0))


# -- papers and steps -------------------------------------------------------------------------------------------------

names = st.text("甲乙丙丁戊己", min_size=1, max_size=2)
papers = st.lists(
    st.builds(Material, names, st.booleans(), st.booleans()), unique_by=lambda each: each.name, max_size=6
)


@given(papers, st.lists(names, max_size=3))
def test_the_first_notice_names_everything_required_that_is_missing(materials: list[Material], more: list[str]) -> None:
    lacking = set(assist.missing(materials))
    try:
        listed = assist.notice(materials, more=more, given=())
    except Refused:
        assert not lacking and not more
    else:
        assert set(listed) == lacking | set(more)
        assert len(set(listed)) == len(listed)


@given(papers, st.lists(names, max_size=3))
def test_what_was_told_once_is_not_told_again(materials: list[Material], more: list[str]) -> None:
    told = [*assist.missing(materials), *more]

    with pytest.raises(Refused, match="都已告知过"):
        assist.notice(materials, more=more, given=told)


def test_a_second_notice_takes_a_supervisor_other_than_the_helper_and_a_reason() -> None:
    assist.check_notice(1, is_supervisor=False, is_helper=True, reason="")
    assist.check_notice(2, is_supervisor=True, is_helper=False, reason="法规当天修订,增加一项")
    for supervisor, helper in ((False, False), (False, True), (True, True)):
        with pytest.raises(NotAllowed, match="主管"):
            assist.check_notice(2, is_supervisor=supervisor, is_helper=helper, reason="法规当天修订")
    with pytest.raises(WrongInput, match="为什么第一次没有告知"):
        assist.check_notice(2, is_supervisor=True, is_helper=False, reason=" 漏 ")


@given(st.integers(1, 6), st.lists(st.integers(1, 7), max_size=20))
def test_steps_are_done_in_their_order_whatever_is_tried(count: int, tried: list[int]) -> None:
    done = [False] * count
    for number in tried:
        try:
            assist.check_step(done, number)
        except GridloopError:
            continue
        done[number - 1] = True

    assert done == sorted(done, reverse=True)


def test_nothing_is_finished_while_something_is_open() -> None:
    with pytest.raises(Refused, match="还缺材料:平面图"):
        assist.check_finish([Material("平面图"), Material("照片", required=False)], [True])
    with pytest.raises(Refused, match="第 2 步"):
        assist.check_finish([Material("平面图", has_come=True)], [True, False])
    assist.check_finish([Material("平面图", has_come=True)], [True, True])


# -- plans ------------------------------------------------------------------------------------------------------------

dues = st.builds(
    firm_plan.Due, st.dates(date(2022, 1, 1), date(2022, 12, 31)), st.sampled_from(["", "done", "dropped"])
)


@given(st.lists(dues), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_a_measure_is_in_exactly_one_state(measures: list[firm_plan.Due], today: date) -> None:
    counts = firm_plan.counted(measures, today=today)

    assert sum(counts.values()) == len(measures)
    assert counts["overdue"] == sum(not each.ended and each.on < today for each in measures)


@pytest.mark.parametrize(
    ("before", "after", "unit", "said"),
    [
        ("12", "30", "人", "12 → 30 人(+18)"),
        ("1,200", "900.5", "万元", "1,200 → 900.5 万元(-299.5)"),
        ("停工", "一条线已复工", "", "停工 → 一条线已复工"),
        ("", "已签约", "", "已签约"),
        ("12", "", "人", ""),  # nothing came of it yet
        ("不详", "30", "人", "不详 → 30 人"),  # no difference from words
    ],
)
def test_an_effect_compares_two_numbers_and_quotes_words(before: str, after: str, unit: str, said: str) -> None:
    assert firm_plan.effect(before, after, unit) == said


def test_only_stalled_firms_call_for_a_plan() -> None:
    assert [
        state for state in ("normal", "half", "stalled", "lost") if firm_plan.lacks_plan(state, has_plan=False)
    ] == ["half", "stalled"]
    assert not firm_plan.lacks_plan("stalled", has_plan=True)
