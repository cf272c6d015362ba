"""不利因素: a street's list, several tags on a firm's problem by who handles it, counted and found again."""

from __future__ import annotations

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.period import Period
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions.adverse import tag_factors
from gridloop.offices.cases.adverse_models import CaseFactor
from gridloop.offices.cases.queries.adverse import factors_of, known_factors, offered_factors
from gridloop.offices.cases.queries.counts import count
from gridloop.offices.cases.queries.lists import Filter, list_cases
from gridloop.offices.indicators.computed import compute
from tests.offices.change_sets import done, propose, submit
from tests.offices.loop import Story, told
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def firm_case() -> Story:
    return told(category="企业服务/融资", source="manager")


def tag(story: Story, *factors: str, by: str = "economy") -> None:
    tag_factors(by=who(by), at=MONDAY, case=story.ref, factors=factors)


def test_several_factors_are_put_on_and_taken_off_and_the_ledger_says_who(street: None) -> None:
    story = firm_case()
    tag(story, "energy", "funds")
    tag(story, "funds", "labour", by="desk")

    assert [each.code for each in factors_of(story.case)] == ["funds", "labour"]
    assert CaseFactor.objects.get(code="energy").ended_at == MONDAY
    entries = Entry.objects.filter(kind="case.factors_tagged").order_by("id")
    assert len(entries) == 2 and entries[1].actor == who("desk").label and "能源供应紧张" in (entries[1].payload or "")


def test_only_who_took_it_in_classifies_or_handles_it_tags_and_only_a_firms_problem(street: None) -> None:
    story, lamp = firm_case(), told()

    with pytest.raises(NotAllowed):
        tag(story, "energy", by="verifier")
    with pytest.raises(NotFound):
        tag(story, "energy", by="urban")
    with pytest.raises(Refused, match="企业的问题"):
        tag(lamp, "energy", by="desk")
    with pytest.raises(WrongInput, match="清单里没有"):
        tag(story, "weather")
    with pytest.raises(Refused, match="没有改动"):
        tag(story)


def test_the_street_sets_up_its_own_list_and_what_was_tagged_before_still_counts(street: None) -> None:
    story = firm_case()
    tag(story, "market")
    done("adverse", "", {"code": "freight", "name": "运价上涨"})
    done("adverse", "energy", {"code": "energy", "name": "电力紧张"})
    done("adverse", "market", None)

    offered = offered_factors(CODE)
    assert offered["freight"] == "运价上涨" and offered["energy"] == "电力紧张" and "market" not in offered
    assert known_factors(CODE)["market"] == "订单和市场萎缩"
    tag(story, "market", "freight")
    with pytest.raises(WrongInput, match="已停用"):
        tag(firm_case(), "market")
    with pytest.raises(Refused):
        submit(propose("adverse", "", {"code": "电", "name": "电力紧张"}))


def test_a_share_counts_the_tagged_cases_and_the_list_is_narrowed_to_them(street: None) -> None:
    first, second = firm_case(), firm_case()
    told()
    tag(first, "energy", "funds")
    tag(second, "funds")

    found = compute("factor_energy", by=who("desk"), street=CODE, period=Period.parse("2022-05"), at=MONDAY)
    seen = list_cases(who("desk"), Filter(factor="funds"))

    assert (found.name, found.reading.part, found.reading.n) == ("标注:能源供应紧张", 1, 2)
    assert [row.counts for row in found.rows] == [True, False]
    assert {case.ref for case in seen.cases} == {first.ref, second.ref}
    assert [case.ref for case in list_cases(who("desk"), Filter(factor="energy")).cases] == [first.ref]
    assert count(who("desk"), Filter(factor="energy")).total == 1
    with pytest.raises(NotFound):
        compute("factor_weather", by=who("desk"), street=CODE, period=Period.parse("2022-05"), at=MONDAY)
