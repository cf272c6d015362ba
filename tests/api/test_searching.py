"""Searching and narrowing over the API: the same as in the console, within the same scope."""

from __future__ import annotations

import pytest

from gridloop.offices.archive.models import AccessNote
from gridloop.offices.cases.actions import Filing, file_cases
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, who

TOLD = [
    Filing(text="夜间噪音扰民", category="环境保护/噪音", source="phone", reporter_phone="13800000005", **IN_SW),
    Filing(text="柳荫路路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_NE),
]


@pytest.fixture
def noise_and_lamp(caller):
    """The numbers of the two cases."""
    caller("desk")  # the street stands
    return [filed.case.number for filed in file_cases(by=who("desk"), at=MONDAY, street=CODE, filings=TOLD)]


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [case["number"] for case in answer.json()["cases"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "噪音"}, [0]),
        ({"q": "路灯 不亮"}, [1]),
        ({"text": "噪音"}, [0]),  # the former name
        ({"street": CODE}, [1, 0]),
        ({"street": "410102000"}, []),
        ({"since": "2022-05-23", "until": "2022-05-23"}, [1, 0]),
        ({"since": "2022-05-24"}, []),
        ({"q": "噪音", "state": "cleared"}, []),
        ({"mine": True}, [1, 0]),
    ],
)
def test_cases_are_found_and_narrowed(caller, noise_and_lamp, asked, found):
    assert numbers(caller("desk").get("/cases", **asked)) == [noise_and_lamp[index] for index in found]


def test_the_number_finds_its_case(caller, noise_and_lamp):
    assert numbers(caller("desk").get("/cases", q=noise_and_lamp[0]))[0] == noise_and_lamp[0]


def test_a_search_stays_within_the_scope(caller, noise_and_lamp):
    assert numbers(caller("environment").get("/cases", q="路灯")) == []
    assert numbers(caller("environment").get("/cases", q=noise_and_lamp[1])) == []


def test_a_whole_telephone_number_is_found_by_its_blind_index_and_noted(caller, noise_and_lamp):
    assert numbers(caller("desk").get("/cases", q="138 0000 0005")) == [noise_and_lamp[0]]
    assert "0005" not in AccessNote.objects.get().subject


@pytest.mark.parametrize("asked", [{"since": "soon"}, {"q": "x" * 201}, {"after": -1}])
def test_what_cannot_be_asked_is_said_so(caller, asked):
    assert caller("desk").get("/cases", **asked).status_code == 422


def test_counts_beside_the_choices_are_those_of_the_narrowed_list(caller, noise_and_lamp):
    desk = caller("desk")

    everything = desk.get("/cases/counts").json()
    noisy = desk.get("/cases/counts", q="噪音", unit="environment").json()

    for facet, name in (("unit", "units"), ("state", "states"), ("source", "sources"), ("grade", "grades")):
        assert {
            value: len(desk.get("/cases", **{facet: value}).json()["cases"]) for value in everything[name]
        } == everything[name]
    assert everything["total"] == len(desk.get("/cases").json()["cases"]) and not everything["is_at_least"]
    assert noisy["total"] == len(desk.get("/cases", q="噪音").json()["cases"])
    assert desk.get("/cases/counts", since="gestern").status_code == 422


def test_a_view_holds_no_number_and_an_export_is_narrowed_by_an_adverse_factor(caller, noise_and_lamp):
    desk = caller("desk")
    view = desk.post("/views", {"name": "某人", "query": "text=138%200000%200005", "sharing": "street"})
    told = {"file_format": "csv", "purpose": "报区里用", "factor": "nobody-has-this"}

    assert (view.status_code, view.json()["code"]) == (409, "cases.phone_in_view")
    assert len(desk.post("/exports", told).content.decode("utf-8-sig").strip().splitlines()) == 2  # head and watermark
