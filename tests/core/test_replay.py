"""Replays: what a draft would have done, counted; the same to the byte in any parts; then and now by the versions in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.core.deadline import due_at
from gridloop.core.errors import WrongInput
from gridloop.core.replay import (
    Dated,
    PastCase,
    Rules,
    Setting,
    Unit,
    document,
    document_bytes,
    main_stage,
    merged,
    replay_part,
    rules_from_data,
    rules_to_data,
    table_from_records,
)
from gridloop.core.route_row import RouteRow, rows_to_records
from gridloop.core.routing import CaseFacts, RoutingTable, fallback_row
from gridloop.core.time_class import time_class_at
from gridloop.core.worktime import Calendar, CalendarYear, SpecialDay
from gridloop.offices.supervision.seed import find_profile, shipped_calendar

DAY = timedelta(days=1)
MONDAY = datetime(2022, 5, 23, 2, tzinfo=UTC)  # 10:00 in Beijing
EARLIER, LATER = MONDAY - 100 * DAY, MONDAY + 100 * DAY
OFFICE = fallback_row(unit="office", profile="san_bu_guo")
UNITS = {
    code: Unit(name, EARLIER) for code, name in (("office", "街道办"), ("urban", "城管中队"), ("housing", "房管所"))
}


def table(*rows: RouteRow) -> RoutingTable:
    return RoutingTable.compile(rows, fallback=OFFICE)


def case(key: int, category: str = "城建", **more: Any) -> PastCase:
    given: dict[str, Any] = {
        "key": key, "number": f"20220523-{key:06d}", "category": category, "place": "1/2", "level": "street", "source": "public", "priority": "normal",
        "grade": "ordinary", "filed_at": MONDAY, "assigned_at": MONDAY, "accepted_at": MONDAY, "answered_at": MONDAY + DAY, "cleared_at": MONDAY + 2 * DAY,
        "was_held": False,
    }  # fmt: skip
    return PastCase(**given | more)


NOW_TABLE = table(RouteRow("R1", "urban", "san_bu_guo", category="城建"))
DRAFT = table(
    RouteRow("D1", "urban", "san_bu_guo", category="城建"),
    RouteRow("D2", "housing", "1137", category="城建/漏水", post="H-1"),
)


def rules(**more: Any) -> Rules:
    profiles = {code: Dated([(EARLIER, find_profile(code))]) for code in ("san_bu_guo", "1137")}
    given: dict[str, Any] = {"tables": Dated([(EARLIER, NOW_TABLE)]), "calendars": Dated([(EARLIER, shipped_calendar())]), "profiles": profiles, "units": UNITS}  # fmt: skip
    return Rules(**given | more)


def replayed(
    cases: list[PastCase], *, draft: RoutingTable = DRAFT, by: Rules | None = None, **how: str
) -> dict[str, Any]:
    setting = Setting(draft, LATER, **how)
    return document(replay_part(cases, by or rules(), setting), by or rules(), setting)


def test_a_case_that_would_have_gone_elsewhere_is_told_from_what_to_what() -> None:
    whole = replayed([case(1, "城建/漏水"), case(2, "城建/路灯"), case(3, "教育")])

    (changed,) = whole["changed_cases"]
    assert (whole["cases"], whole["changed_hops"], whole["gaps_before"], whole["gaps_after"]) == (3, 1, 1, 1)
    assert (changed["before"]["unit"], changed["after"]["unit"], changed["after"]["post"]) == (
        "urban",
        "housing",
        "H-1",
    )
    assert whole["load"]["units"] == [
        {"unit": "urban", "name": "城管中队", "before": 2, "after": 1},
        {"unit": "office", "name": "街道办", "before": 1, "after": 1},
        {"unit": "housing", "name": "房管所", "before": 0, "after": 1},
    ]
    assert whole["load"]["posts"] == [{"unit": "housing", "post": "H-1", "before": 0, "after": 1}]


# when it was answered, whether its clock was held; newly late, no longer late, not judged when 7 days become 3 workdays
LATENESS = [
    (MONDAY + DAY, False, (0, 0, 0)),
    (MONDAY + 5 * DAY, False, (1, 0, 0)),
    (MONDAY + 9 * DAY, False, (0, 0, 0)),  # late either way
    (None, False, (0, 0, 0)),  # still open when the period ends: late either way
    (MONDAY + 5 * DAY, True, (0, 0, 1)),
]


@pytest.mark.parametrize(("answered_at", "was_held", "wanted"), LATENESS)
def test_who_would_have_become_late(answered_at: datetime | None, was_held: bool, wanted: tuple[int, int, int]) -> None:
    past = case(1, "城建/漏水", answered_at=answered_at, was_held=was_held)

    whole = replayed([past])
    back = replayed([past], draft=NOW_TABLE, by=rules(tables=Dated([(EARLIER, DRAFT)])))

    assert (whole["newly_late"], whole["no_longer_late"], whole["not_judged"]) == wanted
    assert (back["no_longer_late"], back["newly_late"]) == wanted[:2]


def test_then_and_now_are_the_versions_in_force_at_filing_and_at_the_end() -> None:
    holiday = Calendar(code="cn", version=2, zone="Asia/Shanghai", years=[CalendarYear(2022, True, tuple(SpecialDay((MONDAY + n * DAY).date(), False, "新定假日") for n in (1, 2)))])  # fmt: skip
    quick = replace(find_profile("1137"), stages=find_profile("san_bu_guo").stages)
    both = rules(
        calendars=Dated([(EARLIER, shipped_calendar()), (MONDAY + 10 * DAY, holiday)]),
        profiles={"san_bu_guo": Dated([(EARLIER, find_profile("san_bu_guo"))]), "1137": Dated([(EARLIER, find_profile("1137")), (MONDAY + 10 * DAY, quick)])},
        units={**UNITS, "housing": Unit("房管所", MONDAY + DAY)},
    )  # fmt: skip

    def after(**how: str) -> dict[str, Any]:
        return replayed([case(1, "城建/漏水")], by=both, **how)["changed_cases"][0]["after"]

    then, later = after(calendar="then", org="then"), after(calendar="now", org="then")
    assert then["due"] < later["due"]
    assert then["absent"] and not after(org="now")["absent"]
    assert after(calendar="then", org="now")["due"] == (MONDAY + 7 * DAY).astimezone(shipped_calendar().tz).isoformat()


def test_a_case_goes_by_the_table_that_was_in_force_when_it_was_filed() -> None:
    both = rules(tables=Dated([(MONDAY + 5 * DAY, NOW_TABLE), (EARLIER, DRAFT)]))

    whole = replayed([case(1, "城建/漏水"), case(2, "城建/漏水", filed_at=MONDAY + 6 * DAY)], by=both)

    assert [each["case"] for each in whole["changed_cases"]] == ["20220523-000002"]


def test_neither_then_nor_now_and_no_rules_at_all_are_refused() -> None:
    with pytest.raises(WrongInput):
        Setting(DRAFT, LATER, calendar="sometimes")
    with pytest.raises(WrongInput):
        Dated([])


def test_the_main_stage_is_the_handling_one_else_the_last_that_ends() -> None:
    assert {code: (main_stage(find_profile(code), grade="ordinary", priority="normal")).code for code in ("san_bu_guo", "1137", "13710")} == {
        "san_bu_guo": "handle", "1137": "handle", "13710": "handle",
    }  # fmt: skip


CATEGORIES = st.sampled_from(["", "a", "a/b", "a/c", "b"])
CASES = st.lists(
    st.builds(
        case, key=st.integers(1, 10_000), category=CATEGORIES, source=st.sampled_from(["public", "phone"]), grade=st.sampled_from(["ordinary", "difficult"]),
        filed_at=st.integers(0, 200).map(lambda hours: MONDAY + hours * timedelta(hours=1)), was_held=st.booleans(),
        answered_at=st.none() | st.integers(0, 900).map(lambda hours: MONDAY + hours * timedelta(hours=1)),
    ),
    max_size=30, unique_by=lambda each: each.key,
)  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn) -> RoutingTable:
    return table(*(
        RouteRow(f"R{number}", draw(st.sampled_from(["urban", "housing"])), draw(st.sampled_from(["san_bu_guo", "1137", "gone"])), draw(CATEGORIES), metric=number, time_classes=draw(st.sampled_from([frozenset(), frozenset({"night"})])))
        for number in range(draw(st.integers(0, 5)))
    ))  # fmt: skip


@given(cases=CASES, old=drafts(), new=drafts(), cut=st.integers(0, 30))
@settings(max_examples=60)
def test_a_replay_counts_what_looking_at_each_case_says_and_its_parts_add_up_to_the_byte(cases, old, new, cut) -> None:
    by, setting, calendar = rules(tables=Dated([(EARLIER, old)])), Setting(new, LATER), shipped_calendar()

    def looked_at(past: PastCase, one: RoutingTable) -> tuple[str, datetime | None]:
        facts = CaseFacts(
            past.category,
            past.place,
            past.level,
            past.source,
            past.priority,
            time_class_at(calendar, past.filed_at),
            past.grade,
        )
        decision = one.decide(facts)
        if decision.profile == "gone":
            return decision.unit, None
        profile = find_profile(decision.profile)
        stage = main_stage(profile, grade=past.grade, priority=past.priority)
        start = {"filed": past.filed_at, "assigned": past.assigned_at, "accepted": past.accepted_at}[stage.start]
        return decision.unit, due_at(
            profile, stage.code, start=start, calendar=calendar, grade=past.grade, priority=past.priority
        )

    whole = document(replay_part(cases, by, setting), by, setting)
    parts = [replay_part(part, by, setting) for part in (cases[:cut], cases[cut:])]

    seen = {past.number: (looked_at(past, old), looked_at(past, new)) for past in cases}
    assert whole["changed_hops"] == sum(before[0] != after[0] for before, after in seen.values())
    assert whole["changed_deadlines"] == sum(before[1] != after[1] for before, after in seen.values())
    assert [each["case"] for each in whole["changed_cases"]] == [
        past.number for past in sorted(cases) if seen[past.number][0] != seen[past.number][1]
    ]
    assert document_bytes(document(merged(reversed(parts)), by, setting)) == document_bytes(whole)


def test_rules_read_back_from_data_decide_alike() -> None:
    both = rules(tables=Dated([(EARLIER, NOW_TABLE), (MONDAY + DAY, DRAFT)]))
    cases = [
        case(n, category, filed_at=MONDAY + n * DAY) for n, category in enumerate(["城建/漏水", "教育", "城建/漏水"])
    ]
    draft = table_from_records(rows_to_records(DRAFT.rows), rows_to_records([OFFICE])[0])

    again = rules_from_data(rules_to_data(both))

    assert document_bytes(replayed(cases, by=again, draft=draft)) == document_bytes(replayed(cases, by=both))
    with pytest.raises(WrongInput, match=r"rules\.json"):
        rules_from_data({"tables": []})
