"""Reactions: who is told what after each step of the loop, and that nothing goes in a circle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.lifecycle import CASE
from gridloop.offices.archive.models import Entry, Reacted
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.actions.tables import draft_table
from gridloop.offices.cases.models import Case
from gridloop.offices.notices.models import Notice
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.supervision.actions import publish_calendar
from gridloop.offices.supervision.seed import calendar_data
from gridloop.reactions import BY_NAME, TABLE
from gridloop.site import tick
from tests.sample import CODE, FOUNDED, IN_NE, MONDAY, ROUTES, sample_street, who
from tests.site.scenes import DAY, HOUR, LATER, file


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def told(kind: str) -> dict[str, Notice]:
    """Who was told of entries of this kind, by name."""
    return {notice.to.name: notice for notice in Notice.objects.filter(kind=kind).select_related("to")}


def after(*, at=MONDAY + 6 * HOUR) -> None:
    tick.once(at=at)


def accepted(case: Case, *, by: str = "urban") -> Case:
    return cases.accept(by=who(by), at=MONDAY + HOUR, case=case.ref)


def answered(case: Case) -> Case:
    accepted(case)
    return cases.answer(by=who("urban"), at=MONDAY + 2 * HOUR, case=case.ref, text="路灯已经修好")


def verified(case: Case) -> Case:
    answered(case)
    return cases.verify(by=who("verifier"), at=MONDAY + 3 * HOUR, case=case.ref, passed=True, text="现场已亮")


def suspension_requested(case: Case) -> Case:
    accepted(case)
    cases.request_suspension(
        by=who("urban"),
        at=MONDAY + HOUR,
        case=case.ref,
        reason_code="superior",
        reason="等待上级批复",
        until=MONDAY + 3 * DAY,
    )
    return case


def extension_requested(case: Case) -> Case:
    accepted(case)
    cases.request_extension(
        by=who("urban"), at=MONDAY + HOUR, case=case.ref, reason_code="weather", reason="连续大雨", amount=2
    )
    return case


def do(verb: str, by: str, **more: object) -> Callable[[Case], object]:
    return lambda case: getattr(cases, verb)(by=who(by), at=MONDAY + 4 * HOUR, case=case.ref, **more)


def steps(*each: Callable[[Case], object]) -> Callable[[Case], object]:
    return lambda case: [step(case) for step in each]


LOOP: list[tuple[str, Callable[[Case], object], set[str], str]] = [
    # the entry                   how it comes about                                                who is told      with these words
    ("case.filed", lambda case: None, {"丙城管", "丁队长"}, "请签收"),
    ("case.returned", do("return_case", "urban", duty_item="P-12", reason="照明由区局维护"), {"甲受理"}, "P-12"),
    ("case.assigned", do("assign", "desk", unit="housing", reason="改由房管所"), {"戊房管"}, "改由房管所"),
    (
        "case.consultation_called",
        do("consult", "desk", units=["urban", "housing"], topic="谁来修"),
        {"丙城管", "丁队长", "戊房管"},
        "谁来修",
    ),
    ("case.escalated", do("escalate", "desk", unit="district_urban", reason="权属在区"), {"丑区局", "辛管家"}, "协调"),
    ("case.extension_requested", extension_requested, {"丁队长", "甲受理", "乙领导"}, "连续大雨"),
    (
        "case.extension_approved",
        steps(extension_requested, do("decide_extension", "leader", approved=True)),
        {"丙城管"},
        "前完成",
    ),
    (
        "case.extension_rejected",
        steps(extension_requested, do("decide_extension", "leader", approved=False)),
        {"丙城管"},
        "按原时限",
    ),
    ("case.suspension_requested", suspension_requested, {"丁队长", "甲受理", "乙领导"}, "等待上级批复"),
    (
        "case.suspended",
        steps(suspension_requested, do("decide_suspension", "leader", approved=True)),
        {"丙城管"},
        "5月26日",
    ),
    (
        "case.suspension_rejected",
        steps(suspension_requested, do("decide_suspension", "leader", approved=False)),
        {"丙城管"},
        "按原时限",
    ),
    (
        "case.grade_proposed",
        do("propose_grade", "desk", grade="difficult", reason="三个部门都有份"),
        {"乙领导"},
        "三个部门",
    ),
    ("case.asked", steps(accepted, do("ask_reporter", "urban", text="哪一根灯杆")), {"辛管家"}, "哪一根灯杆"),
    (
        "case.supplemented",
        steps(accepted, do("ask_reporter", "urban", text="哪一根灯杆"), do("supplement", "manager", text="门口第二根")),
        {"丙城管", "丁队长"},
        "请查看",
    ),
    ("case.answered", answered, {"甲受理", "庚核查"}, "请核实"),
    ("case.verified", verified, {"甲受理"}, "销号"),
    (
        "case.verification_failed",
        steps(answered, do("verify", "verifier", passed=False, text="仍然不亮")),
        {"丙城管", "丁队长"},
        "仍然不亮",
    ),
    (
        "case.sent_back",
        steps(answered, do("rework", "leader", reason="答复没有说原因")),
        {"丙城管", "丁队长"},
        "答复没有说原因",
    ),
    ("case.cleared", steps(verified, do("strike_off", "desk")), {"辛管家"}, "告知反映人"),
    (
        "case.reopened",
        steps(verified, do("strike_off", "desk"), do("reopen", "leader", reason="又不亮了")),
        {"丙城管", "丁队长"},
        "又不亮了",
    ),
    ("case.withdrawn", do("withdraw", "desk", reason="反映人不再需要"), {"丙城管", "丁队长"}, "撤回"),
    ("case.raised", do("raise_case", "leader", reason="群众多次来电"), {"丙城管", "丁队长"}, "群众多次来电"),
]


@pytest.mark.parametrize(("kind", "happen", "people", "words"), LOOP, ids=[row[0] for row in LOOP])
def test_who_is_told_what(kind, happen, people, words):
    case = file()
    happen(case)

    after()

    notices = told(kind)
    assert set(notices) == people
    for notice in notices.values():
        assert words in f"{notice.title} {notice.text}"
        assert case.number in notice.title


def test_a_suspension_that_ends_is_told_to_its_unit():
    steps(suspension_requested, do("decide_suspension", "leader", approved=True))(file())

    after(at=MONDAY + 4 * DAY)

    assert set(told("case.resumed")) == {"丙城管", "丁队长"}


def test_the_outcome_of_grading_is_told_to_the_proposer():
    steps(
        do("propose_grade", "desk", grade="difficult", reason="三个部门都有份"),
        do("confirm_grade", "leader", approved=True),
    )(file())

    after()

    assert set(told("case.grade_confirmed")) == {"甲受理"}


def test_the_owners_of_decisions_are_told_theirs():
    case = file()
    do("consult", "desk", units=["urban", "housing"], topic="谁来修")(case)
    decisions = [cases.Decided("修灯杆", "urban"), cases.Decided("查线路", "housing", (MONDAY + 3 * DAY).date())]
    do("conclude_consultation", "desk", minutes="会议商定如下", decisions=decisions)(case)

    after()

    notices = told("case.consultation_concluded")
    assert "决定:查线路。请于 2022年5月26日 前完成。" in notices["戊房管"].text
    assert "修灯杆" in notices["丙城管"].text


def test_merging_tells_the_units_of_both_cases():
    case, into = file(), file(**IN_NE)
    do("merge", "desk", into=into.ref, reason="同一处")(case)

    after()

    assert set(told("case.merged")) == {"丙城管", "丁队长"}
    assert set(told("case.took_in")) == {"戊房管"}


def test_a_routing_gap_is_told_to_the_desk():
    file(text="说不清归谁管的事", category="")

    after()

    assert "没有对应的路由行" in told("case.filed")["甲受理"].text


def test_a_clock_that_runs_low_warns_its_holder():
    file()

    after(at=MONDAY + 4 * DAY)

    assert set(told("clock.warned")) == {"丙城管", "丁队长"}
    assert "2022年5月30日 10:00" in told("clock.warned")["丙城管"].text


def test_a_breach_is_urgent_for_the_leaders_and_raises_the_case():
    case = file()

    after(at=LATER)

    assert set(told("clock.breached")) == {"丁队长", "甲受理", "乙领导"}
    assert set(told("case.raised")) == {"丙城管", "丁队长"}
    assert all(notice.is_urgent for notice in [*told("clock.breached").values(), *told("case.raised").values()])
    assert Case.objects.get(pk=case.pk).is_late


def test_a_new_calendar_moves_the_date_that_the_case_shows():
    december = FOUNDED.replace(year=2022, month=12, day=30)
    whole = calendar_data()
    known = {**whole, "years": [each for each in whole["years"] if each["year"] <= 2022]}
    publish_calendar(by=SYSTEM, at=december, street=CODE, definition=known, note="只到 2022 年")
    filing = cases.Filing(text="夜间噪音", category="环境保护/噪音", source="manager", grid="C1-SW")
    case = cases.file_case(by=who("manager"), at=december, street=CODE, filing=filing).case
    shown = Case.objects.get(pk=case.pk).due_at

    publish_calendar(by=SYSTEM, at=december + HOUR, street=CODE, definition=calendar_data(), note="2023 年放假安排")
    after(at=december + HOUR)

    assert Case.objects.get(pk=case.pk).due_at != shown
    assert "改为" in told("clock.reissued")["己环保"].text


def test_nobody_is_told_of_what_they_did_themselves():
    case = file()
    cases.return_case(
        by=who("urban_leader"), at=MONDAY + HOUR, case=case.ref, duty_item="P-12", reason="照明由区局维护"
    )
    cases.assign(by=who("leader"), at=MONDAY + 2 * HOUR, case=case.ref, unit="housing", reason="改由房管所")
    cases.propose_grade(by=who("desk"), at=MONDAY + 3 * HOUR, case=case.ref, grade="difficult", reason="三个部门都有份")

    after()

    assert set(told("case.grade_proposed")) == {"乙领导"}


def test_a_unit_without_anybody_is_telephoned_by_the_desk():
    organisation.add_unit(by=SYSTEM, at=MONDAY, street=CODE, code="water", name="供水公司", phone="0371-12345678")
    do("assign", "desk", unit="water", reason="管网漏水")(file())
    # the desk did assign it; someone else at the desk would be told, so the leader does it here
    other = file()
    cases.assign(by=who("leader"), at=MONDAY + HOUR, case=other.ref, unit="water", reason="管网漏水")

    after()

    notice = told("case.assigned")["甲受理"]
    assert notice.title.startswith("请电话告知供水公司")
    assert "0371-12345678" in notice.text


def test_titles_hold_no_word_of_the_resident():
    file(text="张三家门口路灯不亮,电话 13800000000")

    after(at=LATER)

    for notice in Notice.objects.all():
        assert "张三" not in notice.title + notice.text
        assert "13800000000" not in notice.title + notice.text


def test_imported_cases_are_not_told_one_by_one():
    filing = cases.Filing(text="历史留言", category="城乡建设/市政设施/路灯", source="import")
    cases.file_case(by=SYSTEM, at=MONDAY, street=CODE, filing=filing)

    after()

    assert not told("case.filed")


def test_a_drafted_table_is_told_to_those_who_may_publish_it():
    draft_table(by=who("keeper"), at=MONDAY, street=CODE, records=ROUTES, backstop_profile="san_bu_guo", note="第二版")

    after()

    assert set(told("routing_table.drafted")) == {"乙领导", "寅系统"}


def test_the_founding_itself_tells_nobody_anything():
    after()

    assert not Notice.objects.exists()


def test_the_table_has_no_circle():
    """Reactions record notices, which nothing follows, and raise cases, which is only told."""
    assert "notice.told" not in TABLE
    assert [reaction.__name__ for reaction in TABLE["case.raised"]] == ["tell_lead_of_raising"]


def test_every_reaction_is_known_by_one_name_that_fits_its_column():
    names = {reaction for follow in TABLE.values() for reaction in follow}

    assert len(BY_NAME) == len(names)
    assert max(map(len, BY_NAME)) <= Reacted._meta.get_field("reaction").max_length


def test_every_reaction_is_kept_with_its_cause():
    file()

    after(at=LATER + timedelta(0))

    followed = {(row.reaction, row.entry.kind) for row in Reacted.objects.select_related("entry")}
    assert ("supervise_breach", "clock.breached") in followed
    assert all(BY_NAME[reaction] in TABLE[kind] for reaction, kind in followed)
    assert all(
        entry.cause.startswith("entry:") for entry in Entry.objects.filter(kind__in=("notice.told", "case.raised"))
    )


def test_the_page_about_the_loop_names_every_verb_and_every_reaction():
    page = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf-8")

    for verb in CASE.verbs.values():
        assert f"| `{verb.name}` | {verb.label} |" in page
    for kind, follow in TABLE.items():
        assert f"| `{kind}` | {', '.join(f'`{reaction.__name__}`' for reaction in follow)} |" in page
