"""The loop of a case by actions: filed, taken, answered, verified, struck off; sent back, reopened, withdrawn, archived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import payload_of
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, Report, Segment
from gridloop.offices.cases.queries import pages
from gridloop.offices.cases.queries.finding import possible_verbs
from tests.offices.loop import DAY, HOUR, answered, cleared, invariant_problems, reporter, told
from tests.sample import BEIJING, CODE, IN_NE, MONDAY, sample_street, who


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


# -- filing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filing", "unit", "row", "placed_by"),
    [
        ({}, "urban", "R1", "point"),  # the category's row
        ({**IN_NE}, "housing", "R5", "point"),  # a row for the place is more specific
        ({"category": "城乡建设/房屋管理/漏水"}, "housing", "R2", "point"),  # a longer category prefix
        ({"category": "漏水"}, "housing", "R2", "point"),  # a last name that is unique
        ({"category": "企业服务/融资"}, "economy", "R4", "point"),
        (
            {"lon": None, "lat": None, "address": "河畔花园 3 号楼"},
            "housing",
            "R5",
            "address",
        ),  # the address leads to the cell
        ({"lon": None, "lat": None, "grid": "C2"}, "housing", "R5", "picked"),  # picked: a whole community
        ({"lon": 0.0, "lat": 0.0}, "urban", "R1", "none"),  # outside every cell: no place, said so
    ],
)
def test_a_problem_is_placed_and_routed_when_it_is_filed(filing, unit, row, placed_by):
    case = told(**filing).case

    assert (case.lead.code, case.route_row, case.placed_by) == (unit, row, placed_by)
    assert case.route_reason and not case.is_gap and case.state == "routed"


def test_filing_leaves_one_report_one_segment_its_clocks_and_one_entry():
    story = told(reporter_phone="138 0000 0000")

    assert [report.phone for report in story.reports()] == ["13800000000"]
    assert Segment.objects.filter(case__ref=story.ref).count() == 1
    assert story.clock().due_at == MONDAY + 7 * DAY == story.case.due_at
    assert story.entries() == ["case.filed"]
    assert invariant_problems(story.case, at=story.now) == []


def test_the_ledger_keeps_no_words_of_the_reporter_in_its_headers_and_no_phone_in_its_payload():
    story = told(reporter_phone="13800000000", reporter_name="王先生")

    entry = Entry.objects.get(subject=f"case:{story.ref}")
    assert "13800000000" not in (entry.payload or "") and "王先生" not in (entry.payload or "")
    assert payload_of(entry)["unit"] == "urban"


@pytest.mark.parametrize(
    ("filing", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "长" * 10_001}, "text"),
        ({"category": "天文/星星"}, "category"),
        ({"source": "rumour"}, "source"),
        ({"grade": "hard"}, "grade"),
        ({"grade": "difficult"}, "grade_reason"),  # 疑难 without a reason
        ({"priority": "high"}, "priority"),
        ({"reporter_phone": "123"}, "reporter_phone"),
        ({"lon": 500.0, "lat": 34.0}, "lon"),
        ({"lat": None}, "lat"),  # half a point is an accident, not "no place"
        ({"lon": None}, "lon"),
        ({"level": "province"}, "level"),
    ],
)
def test_what_is_told_badly_is_refused_by_field_and_nothing_is_written(filing, field):
    with pytest.raises(WrongInput) as refused:
        told(**filing)

    assert refused.value.fields["field"] == field
    assert not Case.objects.exists() and not Entry.objects.filter(kind="case.filed").exists()


def test_an_unknown_cell_is_not_found():
    with pytest.raises(NotFound):
        told(grid="C9")


def test_of_many_filings_the_good_are_filed_in_order_and_the_bad_named():
    filings = [
        actions.Filing(text="第一件", category="噪音"),
        actions.Filing(text=""),
        actions.Filing(text="第三件", category="噪音"),
    ]

    results = actions.file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=filings)

    assert [isinstance(each, actions.Filed) for each in results] == [True, False, True]
    assert list(Case.objects.order_by("id").values_list("title", flat=True)) == ["第一件", "第三件"]


def test_old_records_are_filed_at_their_own_moments():
    moments = [MONDAY - 3 * DAY, MONDAY - DAY]
    filings = [actions.Filing(text=f"第 {n} 件", category="噪音") for n in (1, 2)]

    results = actions.file_cases(by=SYSTEM, at=MONDAY, street=CODE, filings=filings, told_at=moments)

    assert [each.case.filed_at for each in results] == moments
    assert [Segment.objects.get(case=each.case).starts_at for each in results] == moments


# -- gaps -------------------------------------------------------------------------------------------------------------


def test_a_problem_nobody_can_classify_falls_to_the_sub_district_as_a_gap():
    case = told(text="呜呜呜", category="").case

    assert (case.category, case.lead.code, case.is_gap, case.assigned_at) == ("不确定", "office", True, None)
    assert case.due_at == MONDAY.replace(hour=0) + DAY, "to be assigned before 24:00 of the day"


def test_the_desk_corrects_a_gap_and_it_is_routed_again():
    story = told(text="呜呜呜", category="")
    assert [case.ref for case in pages.desk(who("desk"), at=story.now).gaps] == [story.ref]

    case = story.do("desk", "correct", category="噪音", reason="电话核实是施工噪音")

    assert (case.lead.code, case.is_gap, case.state, case.profile) == ("environment", False, "routed", "1137")
    assert case.assigned_at == story.now and story.entries() == ["case.filed", "case.corrected", "case.routed_again"]
    assert pages.desk(who("desk"), at=story.now).gaps == []
    assert invariant_problems(case, at=story.now) == []


def test_a_gap_that_the_sub_district_takes_on_itself_counts_as_assigned():
    story = told(text="呜呜呜", category="")

    case = story.do("desk", "accept")

    assert (
        case.assigned_at == story.now and story.clock("assign").state == "stopped" and story.clock().state == "running"
    )


# -- the whole loop ---------------------------------------------------------------------------------------------------


def test_the_whole_loop_from_telling_to_strike_off():
    story = told()

    story.do("urban", "accept")
    story.do("urban", "begin_work")
    story.do("urban", "note_progress", text="已联系维修队")
    story.do("urban", "ask_reporter", text="请补充灯杆编号")
    story.do("manager", "supplement", text="灯杆编号 17")
    story.do("urban", "answer_interim", text="配件在途")
    story.do("urban", "answer", text="已更换灯具,恢复照明")
    story.do("verifier", "verify", passed=True, text="现场查看已亮")
    story.do("manager", "record_callback", outcome="reached", solved=True, satisfied=5)
    case = story.do("desk", "strike_off")

    assert case.state == "cleared" and case.cleared_at == story.now and not case.is_late
    assert story.entries() == [
        "case.filed", "case.accepted", "case.work_began", "case.progressed", "case.asked", "case.supplemented", "case.answered_in_part",
        "case.answered", "case.verified", "case.called_back", "case.cleared",
    ]  # fmt: skip
    assert story.clock().state == "stopped" and invariant_problems(case, at=story.now) == []
    assert case.first_contact.name == "辛管家"


def test_the_case_file_tells_the_whole_history():
    story = cleared()

    file = pages.case_file(story.case, by=who("desk"), at=story.now + DAY)

    assert [line.kind for line in file.timeline] == story.entries()
    assert [(line.unit, line.role) for line in file.segments] == [
        ("城市管理中队", "handle"),
        ("柳荫街道办事处", "verify"),
    ]
    assert sum(line.share for line in file.segments) == pytest.approx(1)
    assert [row.row for row in file.route if row.won] == ["R1"]
    assert {verb.name for verb in file.verbs} == {
        "record_callback",
        "reopen",
        "finish_decision",
        "withdraw_contact",
        "archive_case",
    }


# -- verification and strike-off --------------------------------------------------------------------------------------


def test_who_handled_the_case_does_not_verify_it():
    story = told(**IN_NE)  # led by housing
    story.do("desk", "assign", unit="office", reason="街道自办")
    story.do("desk", "accept")
    story.do("desk", "answer", text="街道已修好")

    with pytest.raises(NotAllowed, match="经办过此件"):
        story.do("desk", "verify", passed=True, text="自己看过")
    with pytest.raises(NotAllowed, match="经办过此件"):
        story.do("desk", "strike_off")
    assert story.do("leader", "verify", passed=True, text="到场查看").state == "verified"


def test_a_failed_verification_sends_the_case_back_on_the_old_clock():
    story = answered()
    due = story.clock().due_at

    case = story.do("verifier", "verify", passed=False, text="还有一盏不亮", after=DAY)

    assert (case.state, case.reworks) == ("handling", 1)
    assert story.clock().due_at == due + DAY, "the time in which it counted as answered is not the unit's"


def test_striking_off_needs_verification_or_confirmation():
    story = answered()

    with pytest.raises(Refused) as refused:
        story.do("desk", "strike_off")

    assert refused.value.code == "cases.not_verified"


def test_a_reporters_confirmation_is_ground_enough():
    story = answered()
    report = story.reports()[0]

    story.do(reporter(report), "judge_answer", report=report.ref, solved=True, satisfied=4)

    assert story.do("desk", "strike_off").state == "cleared"
    assert payload_of(Entry.objects.get(kind="case.cleared"))["ground"] == "reporter_confirmation"


def test_a_confirmation_of_an_earlier_answer_is_no_ground_for_a_later_one():
    story = answered()
    report = story.reports()[0]
    story.do(reporter(report), "judge_answer", report=report.ref, solved=True)
    story.do("desk", "rework", reason="只修了一盏灯")
    story.do("urban", "answer", text="另一盏也修好了")

    with pytest.raises(Refused):
        story.do("desk", "strike_off")


@pytest.mark.parametrize("verified", [False, True])
def test_not_solved_sends_an_answered_case_back(verified):
    story = answered()
    if verified:
        story.do("verifier", "verify", passed=True, text="现场查看已亮")

    case = story.do("manager", "record_callback", outcome="reached", solved=False, satisfied=1, text="晚上又灭了")

    assert (case.state, case.reworks) == ("handling", 1) and story.entries()[-2:] == [
        "case.called_back",
        "case.sent_back",
    ]
    assert invariant_problems(case, at=story.now) == []


def test_not_solved_reopens_a_case_that_was_struck_off():
    story = cleared()
    report = story.reports()[0]

    case = story.do(reporter(report), "judge_answer", report=report.ref, solved=False, comment="又灭了")

    assert (case.state, case.reopens, case.cleared_at) == ("handling", 1, None)


def test_a_reporter_judges_only_what_they_told():
    mine, other = answered(), answered(text="另一处路灯也不亮")
    report = other.reports()[0]

    with pytest.raises(NotFound):
        mine.do(reporter(report), "judge_answer", report=report.ref, solved=False)
    with pytest.raises(NotFound):
        mine.do(reporter(mine.reports()[0]), "judge_answer", report=report.ref, solved=False)


@pytest.mark.parametrize(
    ("told_back", "code"),
    [
        ({"outcome": "reached"}, "cases.no_judgement"),  # reached, but nothing was asked
        ({"outcome": "asleep"}, "cases.unknown_outcome"),
        ({"outcome": "reached", "solved": True, "satisfied": 6}, "cases.unknown_rating"),
    ],
)
def test_a_callback_says_what_came_of_it(told_back, code):
    with pytest.raises(WrongInput) as refused:
        answered().do("manager", "record_callback", **told_back)

    assert refused.value.code == code


def test_nobody_reached_judges_nothing():
    story = answered()

    case = story.do("manager", "record_callback", outcome="not_reached", solved=False)

    assert case.state == "answered" and story.reports()[0].solved is None


# -- reopening, withdrawing, archiving --------------------------------------------------------------------------------


def test_a_reopened_case_resumes_its_old_clock_moved_only_by_the_time_it_was_closed():
    story = cleared()
    before = story.clock()
    stopped = story.now - 2 * HOUR  # the answer stopped the clock; verification and strike-off followed

    case = story.do("desk", "reopen", reason="路灯又灭了", after=10 * DAY)

    after = story.clock()
    assert after.pk == before.pk and after.state == "running" and not case.is_late
    assert after.due_at - before.due_at == story.now - stopped
    assert invariant_problems(case, at=story.now) == []


def test_a_reopened_case_that_was_late_stays_late():
    story = told()
    story.do("urban", "accept")
    story.do("urban", "answer", text="迟到的答复", after=9 * DAY)
    story.do("verifier", "verify", passed=True, text="现场查看已亮")
    story.do("desk", "strike_off")
    late = story.clock().due_at

    story.do("desk", "reopen", reason="又坏了一次", after=DAY)

    assert story.clock().due_at == late, "rest begun when already late excuses nothing"
    lines = pages.segment_lines(story.case, at=story.now + DAY)
    assert {line.unit for line in lines if line.late_for} == {"城市管理中队"}
    assert sum((line.late_for for line in lines), timedelta()) == timedelta(days=2, hours=1) + DAY


def test_lateness_belongs_to_whoever_held_the_case_when_it_was_late():
    story = told()
    story.do("urban", "accept")
    story.do("urban", "begin_work", after=8 * DAY)
    story.do("desk", "assign", unit="housing", reason="改由房管所", after=DAY)
    story.do("housing", "accept", after=HOUR)
    story.do("housing", "answer", text="已修好路灯", after=2 * DAY)

    late = {
        line.unit: line.late_for for line in pages.segment_lines(story.case, at=story.now + 5 * DAY) if line.late_for
    }

    assert late == {"城市管理中队": 2 * DAY + HOUR, "房管所": 2 * DAY + HOUR}


def test_a_withdrawn_case_stops_its_clocks_and_is_nobodys():
    story = told()

    case = story.do(reporter(*story.reports()), "withdraw", reason="已经自己修好了")

    assert case.state == "withdrawn" and story.clock().state == "stopped"
    assert invariant_problems(case, at=story.now) == []


def test_a_case_that_others_reported_too_is_not_withdrawn():
    story, other = told(), told(text="同一盏路灯还是不亮")
    other.do("desk", "merge", into=story.ref, reason="同一盏路灯")

    with pytest.raises(Refused) as refused:
        story.do(reporter(*story.reports()), "withdraw", reason="不用了")

    assert refused.value.code == "cases.others_ask_too"


def test_an_archived_case_can_be_reopened_if_it_was_once_struck_off():
    story = cleared()
    story.do("system", "archive_case")
    assert story.do("desk", "reopen", reason="又有新情况").state == "handling"

    gone = told(text="另一件路灯的事")
    gone.do("desk", "withdraw", reason="反映人不再需要")
    gone.do("desk", "archive_case")
    with pytest.raises(Refused) as refused:
        gone.do("desk", "reopen", reason="反悔了一次")
    assert refused.value.code == "cases.never_cleared"


def test_supervision_is_noted_and_changes_nothing_else():
    story = told()

    case = story.do("leader", "raise_case", reason="请尽快办理")

    assert case.state == "routed" and case.rev == 0 and story.entries()[-1] == "case.raised"


def test_asking_the_reporter_does_not_stop_the_clock():
    story = told()
    story.do("urban", "accept")
    story.do("urban", "ask_reporter", text="请补充灯杆编号")

    assert story.clock().state == "running" and story.clock().due_at == MONDAY + 7 * DAY


def test_what_one_may_do_follows_from_the_case_and_the_post():
    story = answered()

    names = {
        name: {verb.name for verb in possible_verbs(story.case, by=who(name))}
        for name in ("desk", "urban", "verifier", "grid")
    }

    assert "verify" in names["verifier"] and "verify" in names["grid"] and "verify" not in names["urban"]
    assert {"strike_off", "rework", "split", "withdraw"} <= names["desk"]


def test_numbers_are_told_in_beijing_time():
    late_evening = MONDAY.replace(hour=23, minute=30)

    assert told(at=late_evening).case.number.startswith("20220523-")
    assert late_evening.astimezone(BEIJING) == late_evening


def test_reports_are_kept_apart_from_their_case():
    story = told(reporter_name="王先生")

    report = Report.objects.get(case__ref=story.ref)
    assert report.name == "王先生" and report.text == story.case.text and len(report.token_hash) == 64
