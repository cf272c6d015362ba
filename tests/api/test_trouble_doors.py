"""Troubles, proposals and the pairing of projects over the API: who may not, what is refused, long lists in pages, nothing of other streets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from gridloop.api.v1 import api
from gridloop.core.access import SYSTEM
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions.troubles import notice_same
from gridloop.offices.cases.trouble_models import ProjectProposal, Trouble
from gridloop.offices.projects.models import Project
from tests.api.shut import asked_again, desk_beside
from tests.api.test_together_doors import turned
from tests.api.walk import LAMP, Walk
from tests.api.walk_troubles import PROJECT, PROPOSED, gather
from tests.sample import CODE

SAYS = [
    "柳荫路路灯不亮三天了",
    "柳荫路的路灯坏了,晚上不亮",
    "路灯不亮,柳荫路口漆黑",
    "柳荫路上路灯都不亮",
    "柳荫路路灯又不亮",
]


@pytest.fixture
def walk(street):
    done = Walk(api.get_openapi_schema(path_prefix="/api/v1/"))
    gather(done)
    return done


def lamps(desk, many: int) -> list[str]:
    """So many cases that tell of one trouble, each by somebody else."""
    refs = []
    for number in range(many):
        told = LAMP | {"text": SAYS[number], "reporter_name": f"王{number}明", "reporter_phone": f"1380000000{number}"}
        refs.append(desk.post("/cases", told).json()["ref"])
        notice_same(by=SYSTEM, at=timezone.now(), case=refs[-1])
    return refs


def test_whoever_may_not_is_refused_at_every_door_and_nothing_is_done(walk, caller):
    reads = caller("desk", ["cases:read"]).headers
    before = Entry.objects.filter(book_id=CODE).count()
    mine = ("troubles_", "proposals_", "project_pairs_")

    beside = {name: status for name, status, _ in asked_again(walk, desk_beside(), only_named=True)}
    nobody = {name: status for name, status, _ in asked_again(walk, {})}
    reader = {name: status for name, status, _ in asked_again(walk, reads, only_writes=True)}

    assert {status for name, status in beside.items() if name.startswith(mine)} == {404} and len(beside) > 12, beside
    assert set(nobody.values()) == {401} and set(reader.values()) == {403}
    assert Entry.objects.filter(book_id=CODE).count() == before


def test_who_sees_a_trouble_need_not_be_one_who_joins_it_or_proposes(caller):
    first, second = lamps(caller("desk"), 2)
    ref = Trouble.objects.get().ref
    urban, economy = caller("urban"), caller("economy")

    seen = urban.get(f"/troubles/{ref}").json()
    answers = [
        urban.post(f"/troubles/{ref}/join", {"into": first, "cases": [second], "reason": "同一盏"}),
        urban.post(f"/troubles/{ref}/apart", {"case": second, "reason": "另一盏"}),
        urban.post(f"/troubles/{ref}/proposals", PROPOSED),
    ]

    assert (seen["may_join"], seen["may_propose"], seen["trouble"]["cases"]) == (False, False, 2)
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert economy.get(f"/troubles/{ref}").status_code == 404 and economy.get("/troubles").json()["items"] == []
    assert economy.post(f"/troubles/{ref}/apart", {"case": second, "reason": "另一盏"}).status_code == 404


def test_reporters_are_masked(caller):
    lamps(caller("desk"), 2)

    told = caller("desk").get(f"/troubles/{Trouble.objects.get().ref}/reports").json()["items"]

    assert [(each["name"], each["phone"][:3], each["is_answered"]) for each in told] == [("王**", "138", False)] * 2
    assert all("****" in each["phone"] for each in told)


def test_a_trouble_whose_cases_are_all_put_apart_is_gone(caller):
    desk = caller("desk")
    refs = lamps(desk, 2)
    ref = Trouble.objects.get().ref

    left = [desk.post(f"/troubles/{ref}/apart", {"case": case, "reason": "另一盏"}).json()["cases_left"] for case in refs]  # fmt: skip

    assert left == [1, 0] and desk.get(f"/troubles/{ref}").status_code == 404


def test_only_cases_of_the_trouble_are_joined(caller):
    desk = caller("desk")
    first, _second = lamps(desk, 2)
    ref = Trouble.objects.get().ref

    for chosen in ([first], ["2" * 16]):
        answer = desk.post(f"/troubles/{ref}/join", {"into": first, "cases": chosen, "reason": "同一盏"})
        assert (answer.status_code, answer.json()["code"]) == (422, "troubles.choose")


def test_who_proposes_does_not_decide_and_a_proposal_is_decided_and_linked_once(caller):
    desk, leader = caller("desk"), caller("leader")
    lamps(desk, 2)
    trouble = Trouble.objects.get().ref
    own = leader.post(f"/troubles/{trouble}/proposals", PROPOSED).json()["proposal"]["ref"]
    other = desk.post(f"/troubles/{trouble}/proposals", PROPOSED | {"title": "另一份"}).json()["proposal"]["ref"]
    project = desk.post("/projects", PROJECT).json()["project"]["ref"]
    yes = {"approved": True, "remark": "列入下季度"}

    early = desk.post(f"/proposals/{other}/link", {"project": project})
    refused = leader.post(f"/proposals/{own}/decide", yes)
    decided = [leader.post(f"/proposals/{other}/decide", yes) for _ in range(2)]
    linked = [desk.post(f"/proposals/{other}/link", {"project": project}) for _ in range(2)]

    assert (early.status_code, refused.status_code) == (409, 403)
    assert [answer.status_code for answer in (*decided, *linked)] == [200, 409, 200, 409]
    assert linked[0].json()["project"]["ref"] == project and not decided[0].json()["may_decide"]


def test_lists_are_turned_by_key_while_rows_are_added(caller):
    desk = caller("desk")
    lamps(desk, 5)
    trouble = Trouble.objects.get().ref
    known = [
        desk.post(f"/troubles/{trouble}/proposals", PROPOSED | {"title": f"第{number}份"}).json()["proposal"]["ref"]
        for number in range(5)
    ]

    def more() -> None:
        desk.post(f"/troubles/{trouble}/proposals", PROPOSED)

    assert [row["ref"] for row in turned(desk, "/proposals", more)] == known[::-1]
    assert len(turned(desk, f"/troubles/{trouble}/cases", lambda: None)) == 5
    assert len(turned(desk, f"/troubles/{trouble}/reports", lambda: None)) == 5
    for path in ("/troubles", "/proposals", "/recurrences", f"/troubles/{trouble}/cases", "/projects/matrix"):
        assert desk.get(path, after="gestern").status_code == 422, path


def test_days_that_cannot_be_are_brought_to_the_nearest_that_can(caller):
    """The page failed for a day before the year eleven."""
    desk = caller("desk")

    for days in ({"until": "0001-01-01"}, {"since": "0001-01-01"}, {"since": "9999-12-31", "until": "9999-12-31"}):
        for path in ("/troubles", "/recurrences"):
            answer = desk.get(path, **days)
            assert answer.status_code == 200 and answer.json()["since"] <= answer.json()["until"], (path, days)


def test_a_proposal_older_than_the_latest_two_hundred_is_still_found(caller):
    desk = caller("desk")
    lamps(desk, 2)
    trouble = Trouble.objects.get().ref
    oldest = desk.post(f"/troubles/{trouble}/proposals", PROPOSED).json()["proposal"]["ref"]
    row = ProjectProposal.objects.get(ref=oldest)
    for number in range(1, 202):
        later = ProjectProposal.objects.create(
            street=CODE, title=f"第{number}份", root_cause="-", cost="-", benefit="-", proposed_by=row.proposed_by,
            proposed_at=row.proposed_at + timedelta(minutes=number),
        )  # fmt: skip
        later.cases.set(row.cases.all())

    assert desk.get(f"/proposals/{oldest}").status_code == 200


# -- the pairing of projects -------------------------------------------------------------------------------------------


def test_a_slot_of_a_project_is_filled_handed_over_and_ended_by_those_who_arrange(caller, street):
    leader, desk = caller("leader"), caller("desk")
    ref = desk.post("/projects", PROJECT | {"priority": "street"}).json()["project"]["ref"]
    told = {"slot": "department", "unit": "economy"}

    refused = caller("verifier").post(f"/projects/{ref}/pairings", told)
    made = [leader.post(f"/projects/{ref}/pairings", told) for _ in range(2)]
    pairing = made[0].json()
    handed = leader.post(f"/pairings/{pairing['ref']}/hand-over", {"unit": "urban", "reason": "分工调整"}).json()
    stood_in = leader.post(f"/pairings/{handed['ref']}/substitute", {"substitute": "P08"})
    ended = leader.post(f"/pairings/{handed['ref']}/end", {"reason": "任期已满"})
    shown = desk.get(f"/projects/{ref}/pairings").json()

    assert refused.status_code == 403 and [answer.status_code for answer in made] == [201, 409]
    assert (pairing["project"], pairing["enterprise"]) == (ref, "")
    assert (stood_in.status_code, ended.status_code) == (200, 200), "the deed was done, and answered 404"
    assert [row["ref"] for row in shown["history"]] == [handed["ref"], pairing["ref"]]
    assert "department" in shown["project"]["stack"]["blanks"]


def test_nobody_is_named_for_a_project_that_was_dropped(caller, street):
    leader = caller("leader")
    ref = leader.post("/projects", PROJECT | {"priority": "street"}).json()["project"]["ref"]
    leader.post(f"/projects/{ref}/drop", {"reason": "企业终止投资"})

    answer = leader.post(f"/projects/{ref}/pairings", {"slot": "manager", "person": "P08"})

    assert (answer.status_code, answer.json()["code"]) == (409, "projects.dropped")
    assert not leader.get(f"/projects/{ref}/pairings").json()["may_arrange"]


def test_the_matrix_of_key_projects_is_turned_by_key_and_counts_all_of_them(caller, street):
    desk = caller("desk")
    for number in range(5):
        desk.post("/projects", PROJECT | {"name": f"示例项目{number}", "priority": "street" if number else ""})

    told = desk.get("/projects/matrix", size=2).json()
    rows = turned(desk, "/projects/matrix", lambda: None)

    assert (told["count"], told["without_force"], len(rows)) == (4, 4, 4) and told["blanks"] >= 12
    assert {row["ref"] for row in rows} == set(Project.objects.exclude(priority="").values_list("ref", flat=True))
