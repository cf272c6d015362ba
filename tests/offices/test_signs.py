"""Signs of flattered figures in the books: counted from cases, seen by supervisors and the unit's own head, answered and dismissed with a reason."""

from __future__ import annotations

import pytest

from gridloop.core.errors import NotAllowed, NotFound, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import reply_to_sign
from gridloop.offices.cases.queries import signs
from tests.offices.loop import DAY, cleared, told
from tests.sample import CODE, MONDAY, sample_street, who

MAY = {"street": CODE, "period": "2022-05"}
RETURNS = {"code": "mass_returns", "unit": "urban"}


@pytest.fixture(autouse=True)
def street(db) -> None:
    sample_street()


def returned(times: int) -> list[str]:
    """So many lamps that urban gave back."""
    stories = [told() for _ in range(times)]
    for story in stories:
        story.do("urban", "return_case", duty_item="P-12", reason="照明由区局维护")
    return [story.ref for story in stories]


def codes(by: str) -> list[tuple[str, str]]:
    return [(each.sign.code, each.sign.unit) for each in signs.shown_signs(who(by), CODE, "2022-05")]


def test_a_unit_that_returns_most_of_its_cases_is_asked_with_the_cases_behind_it():
    refs = returned(3)

    (shown,) = signs.shown_signs(who("leader"), CODE, "2022-05")

    assert (shown.sign.code, shown.sign.unit, shown.sign.count, shown.sign.whole) == ("mass_returns", "urban", 3, 3)
    assert sorted(case.ref for case in shown.cases) == sorted(refs)
    assert signs.shown_signs(who("leader"), CODE, "2022-04") == []


def test_haste_and_own_filings_and_merging_late_are_found_in_the_books():
    for _ in range(3):
        story = cleared()
        story.do("desk", "reopen", reason="路灯又坏了", after=2 * DAY)
    for _ in range(3):
        own = told("urban")
        for by, verb, words in (("urban", "accept", {}), ("urban", "answer", {"text": "已更换灯具"}), ("verifier", "verify", {"passed": True, "text": "现场查看已亮"}), ("desk", "strike_off", {})):  # fmt: skip
            own.do(by, verb, **words)
    into = told()
    for _ in range(3):
        told().do("desk", "merge", into=into.ref, reason="同一盏路灯", after=7 * DAY)

    assert codes("leader") == [("early_close", "urban"), ("self_made", "urban"), ("merge_to_hide", "urban")]


def test_a_residents_own_report_is_nobodys_own_filing():
    for _ in range(3):
        cleared()

    assert codes("leader") == [], "filed by the manager of another unit"


def test_a_head_sees_and_answers_for_the_unit_and_the_leader_dismisses():
    returned(3)
    words = {"by": who("urban_leader"), "at": MONDAY + DAY, **MAY, **RETURNS}

    assert codes("urban_leader") == [("mass_returns", "urban")]
    for outsider in ("urban", "desk", "keeper"):
        with pytest.raises(NotAllowed):
            signs.must_see_signs(who(outsider), CODE)
    with pytest.raises(WrongInput):
        reply_to_sign(**words, kind="answered", reason="嗯")
    with pytest.raises(NotAllowed):
        reply_to_sign(**words, kind="dismissed", reason="没有问题")
    reply_to_sign(**words, kind="answered", reason="三盏都是市管路灯,已附产权证明")
    reply_to_sign(**words | {"by": who("leader")}, kind="dismissed", reason="产权证明属实")

    (shown,) = signs.shown_signs(who("leader"), CODE, "2022-05")
    assert not shown.is_open and [each.kind for each in shown.replies] == ["answered", "dismissed"]
    assert Entry.objects.filter(kind__in=("sign.answered", "sign.dismissed")).count() == 2
    with pytest.raises(NotAllowed):
        reply_to_sign(**words, kind="answered", reason="再补充一点说明")


def test_one_more_case_makes_it_a_new_question():
    returned(3)
    reply_to_sign(by=who("leader"), at=MONDAY + DAY, **MAY, **RETURNS, kind="dismissed", reason="产权证明属实")
    returned(1)

    (shown,) = signs.shown_signs(who("leader"), CODE, "2022-05")

    assert shown.is_open and shown.replies == ()
    with pytest.raises(NotFound):
        reply_to_sign(
            by=who("leader"),
            at=MONDAY + DAY,
            **MAY,
            code="self_made",
            unit="urban",
            kind="dismissed",
            reason="没有这回事",
        )
