"""Extensions and suspensions: typed, within a quota, decided by someone else; a suspended case is not due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridloop.core.errors import NotAllowed, Refused, TooMuch, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.models import Request
from gridloop.offices.cases.queries import pages
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.actions import sweep
from tests.offices.loop import DAY, HOUR, Story, invariant_problems, told
from tests.sample import BEIJING, MONDAY, sample_street, who

MORE_TIME = {"reason_code": "materials", "reason": "灯具到货推迟", "amount": 3}
EVE = datetime(2022, 1, 27, 10, 0, tzinfo=BEIJING)
BACK_AT_WORK = datetime(2022, 2, 7, 9, 0, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def accepted(**filing) -> Story:
    story = told(**filing)
    story.do("urban", "accept")
    return story


# -- extensions -------------------------------------------------------------------------------------------------------


def test_an_approved_extension_moves_the_date_by_what_was_granted():
    story = accepted()
    story.do("urban", "request_extension", **MORE_TIME)
    assert [row.case.ref for row in pages.desk(who("desk"), at=story.now).to_approve] == [story.ref]

    case = story.do("desk", "decide_extension", approved=True)

    due = datetime(2022, 6, 2, 10, 0, tzinfo=BEIJING)  # 30 May 10:00 and three workdays
    assert case.due_at == due == story.clock().due_at
    assert invariant_problems(case, at=story.now) == []


def test_a_rejected_extension_moves_nothing_and_may_be_asked_again():
    story = accepted()
    story.do("urban", "request_extension", **MORE_TIME)

    case = story.do("desk", "decide_extension", approved=False, remark="按期办理")

    assert case.due_at == MONDAY + 7 * DAY
    assert story.do("urban", "request_extension", **MORE_TIME).decided_at is None


def test_nobody_decides_their_own_request():
    story = accepted()
    story.do("urban_leader", "request_extension", **MORE_TIME)

    with pytest.raises(NotAllowed, match="申请是您提出的"):
        story.do("urban_leader", "decide_extension", approved=True)
    assert pages.desk(who("urban_leader"), at=story.now).to_approve == []
    assert story.do("desk", "decide_extension", approved=True).state == "accepted"


def test_a_worker_does_not_decide_for_the_leader():
    story = accepted()
    story.do("urban_leader", "request_extension", **MORE_TIME)

    with pytest.raises(NotAllowed):
        story.do("urban", "decide_extension", approved=True)


def test_a_third_extension_is_beyond_the_quota():
    story = accepted()
    for _ in range(2):
        story.do("urban", "request_extension", **MORE_TIME)
        story.do("desk", "decide_extension", approved=True)

    with pytest.raises(TooMuch) as refused:
        story.do("urban", "request_extension", **MORE_TIME)

    assert refused.value.code == "cases.extension_quota"


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({"reason_code": "tired"}, WrongInput, "cases.unknown_choice"),
        ({"unit_of_time": "month"}, WrongInput, "cases.unknown_choice"),
        ({"amount": 0}, TooMuch, "cases.extension_too_long"),
        ({"amount": 31}, TooMuch, "cases.extension_too_long"),
        ({"reason": "忙"}, WrongInput, "cases.too_short"),
    ],
)
def test_an_extension_is_typed_reasoned_and_bounded(asked, error, code):
    with pytest.raises(error) as refused:
        accepted().do("urban", "request_extension", **{**MORE_TIME, **asked})

    assert refused.value.code == code and not Request.objects.exists()


def test_one_request_of_a_kind_waits_at_a_time():
    story = accepted()
    story.do("urban", "request_extension", **MORE_TIME)

    with pytest.raises(Refused) as refused:
        story.do("urban_leader", "request_extension", **MORE_TIME)

    assert refused.value.code == "cases.request_open"
    assert story.entries() == ["case.filed", "case.accepted", "case.extension_requested"]


def test_a_request_whose_case_has_moved_on_can_only_be_rejected():
    story = accepted()
    story.do("urban", "request_extension", **MORE_TIME)
    story.do("urban", "request_suspension", reason_code="superior", reason="等待上级批复", until=story.now + 9 * DAY)
    story.do("urban", "answer", text="已更换灯具,恢复照明")

    for verb in ("decide_extension", "decide_suspension"):
        with pytest.raises(Refused) as refused:
            story.do("desk", verb, approved=True)
        assert refused.value.code == "cases.request_moot"
        assert story.do("desk", verb, approved=False).state == "answered"


def test_requests_of_a_closed_case_wait_for_nobody():
    story = accepted()
    story.do("urban", "request_extension", **MORE_TIME)
    story.do("desk", "withdraw", reason="反映人不再需要")

    assert pages.desk(who("desk"), at=story.now).to_approve == []


# -- suspension -------------------------------------------------------------------------------------------------------


def suspended() -> Story:
    """A case filed on 27 January 2022, suspended an hour later until the Spring Festival is over."""
    story = told(at=EVE)
    story.do("urban", "accept", after=timedelta(minutes=20))
    story.do(
        "urban",
        "request_suspension",
        after=timedelta(minutes=20),
        reason_code="festival",
        reason="施工队春节停工",
        until=BACK_AT_WORK,
    )
    story.do("desk", "decide_suspension", after=timedelta(minutes=20), approved=True)
    return story


def test_a_case_suspended_over_the_spring_festival_is_not_due():
    story = suspended()
    assert (story.case.state, story.case.suspended_until) == ("suspended", BACK_AT_WORK)

    for day in range(11):
        while sweep(at=EVE + day * DAY + HOUR):
            pass

    assert not story.case.is_late and not Entry.objects.filter(kind__in=("clock.breached", "clock.warned")).exists()
    assert story.clock().due_at == EVE + 7 * DAY + (BACK_AT_WORK - EVE - HOUR), "moved by the time it stood still"
    assert invariant_problems(story.case, at=EVE + 5 * DAY) == []


def test_a_suspension_ends_by_itself_even_if_nobody_resumes_it():
    story = suspended()

    truth = supervision.truth(story.clock(), at=BACK_AT_WORK + DAY)

    assert (truth.state, truth.is_late) == ("running", False)
    case = story.do("system", "resume", reason="挂起到期", after=BACK_AT_WORK + timedelta(minutes=5) - story.now)
    assert (case.state, case.suspended_until) == ("handling", None) and invariant_problems(case, at=story.now) == []


def test_an_early_return_to_work_brings_the_date_nearer_again():
    story = suspended()
    far = story.clock().due_at

    story.do("urban", "resume", reason="施工队提前复工", after=3 * DAY)

    assert story.clock().due_at == EVE + 10 * DAY < far


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"until": MONDAY}, WrongInput),  # over already
        ({"until": MONDAY + timedelta(days=200)}, TooMuch),  # beyond half a year
        ({"reason_code": "tired"}, WrongInput),
    ],
)
def test_a_suspension_is_typed_and_names_an_end_within_half_a_year(asked, error):
    story = accepted()

    with pytest.raises(error):
        story.do(
            "urban",
            "request_suspension",
            **{"reason_code": "season", "reason": "冬季停工", "until": MONDAY + 30 * DAY, **asked},
        )


def test_a_suspension_decided_after_its_own_end_is_not_approved():
    story = accepted()
    story.do("urban", "request_suspension", reason_code="superior", reason="等待上级批复", until=story.now + 2 * DAY)

    with pytest.raises(WrongInput):
        story.do("desk", "decide_suspension", approved=True, after=3 * DAY)


def test_a_suspended_case_is_not_answered():
    story = suspended()

    with pytest.raises(Refused) as refused:
        story.do("urban", "answer", text="挂起中也答复")

    assert refused.value.code == "lifecycle.wrong_state"
