"""What keepers, auditors and whoever goes on leave do on pages, over the API: the same people may, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.actions import seal
from gridloop.offices.archive.models import AccessNote, Entry, Erasure
from gridloop.offices.cases.list_models import ExportRecord
from gridloop.offices.cases.models import Case
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token
from gridloop.offices.organisation.models import Account, Delegation, SignIn
from tests.api.conftest import EVERYTHING, Caller
from tests.api.walk_keeping import KEEPERS, add_keepers, sign_in_of
from tests.sample import CODE, IN_SW

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}
BASIS = "个人信息保护法第四十七条,本人书面请求"


@pytest.fixture
def anybody(caller):
    """``anybody("guard")``: as ``caller``, the security and the audit keeper included."""
    add_keepers()

    def make(username: str, scopes: list[str] | None = None) -> Caller:
        if username not in KEEPERS:
            return caller(username, scopes)
        person = organisation.person(CODE, KEEPERS[username][0])
        chosen = EVERYTHING if scopes is None else scopes
        _, secret = issue_token(by=SYSTEM, at=timezone.now(), person=person, name="测试", scopes=chosen)
        return Caller(Client(raise_request_exception=False), secret)

    return make


def ref_of(code: str) -> str:
    return organisation.person(CODE, code).ref


@pytest.mark.parametrize(
    ("deed", "body", "who"),
    [
        ("password", {}, {"keeper"}),
        ("sign-out", {}, {"guard"}),
        ("lock", {"reason": "手机丢失"}, {"guard"}),
        ("end", {"reason": "调离本街道"}, {"keeper", "guard"}),
    ],
)
def test_each_keeper_does_their_own_part_and_no_other(anybody, deed, body, who):
    done = {}
    for username in ("keeper", "guard", "auditor", "leader", "desk"):
        Account.objects.filter(username="urban").update(is_active=True, ended_at=None)
        done[username] = anybody(username).post(f"/accounts/{ref_of('P03')}/{deed}", body).status_code

    assert {name for name, status in done.items() if status == 200} == who
    assert {status for name, status in done.items() if name not in who} == {403}


def test_nobody_keeps_their_own_account_by_a_token_either(anybody):
    assert anybody("guard").post(f"/accounts/{ref_of('Q1')}/lock", {"reason": "试试"}).json()["code"] == "accounts.own"


def test_a_token_without_the_scope_keeps_nothing_and_reads_no_record(anybody):
    others = [scope for scope in EVERYTHING if scope not in ("accounts:keep", "audit:read")]

    assert anybody("guard", others).get("/accounts").status_code == 403
    assert anybody("auditor", others).get("/audit/looks").status_code == 403


def test_a_locked_account_is_signed_out_and_its_tokens_open_nothing(anybody):
    urban = anybody("urban")
    sign_in_of("urban")

    locked = anybody("guard").post(f"/accounts/{ref_of('P03')}/lock", {"reason": "手机丢失"})

    assert locked.json()["state"] == "locked" and not SignIn.objects.filter(account__username="urban", ended_at=None)
    assert urban.get("/me").status_code in (401, 403)


def test_a_first_password_is_told_once_and_must_be_changed(anybody):
    made = anybody("keeper").post(f"/accounts/{ref_of('P03')}/password", {})

    account = Account.objects.get(username="urban")
    assert account.check_password(made.json()["password"]) and account.must_change_password
    assert "no-store" in made["Cache-Control"]
    said = " ".join(str(entry.payload) for entry in Entry.objects.all())
    assert made.json()["password"] not in said


@pytest.mark.parametrize(
    ("record", "who"),
    [
        ("looks", {"guard", "auditor"}),
        ("sign-ins", {"guard", "auditor"}),
        ("exports", {"guard", "auditor"}),
        ("deeds", {"auditor"}),
        ("erasures", {"guard", "leader"}),
    ],
)
def test_each_record_is_read_by_those_who_may(anybody, record, who):
    reads = {
        name
        for name in ("keeper", "guard", "auditor", "leader", "desk")
        if anybody(name).get(f"/audit/{record}").status_code == 200
    }

    assert reads == who


def test_deeds_are_walked_in_pages_without_repeating_one(anybody):
    auditor, seen, address = anybody("auditor"), [], "/api/v1/audit/deeds?size=3"
    while address:
        page = auditor.client.get(address, headers=auditor.headers).json()
        seen += [each["id"] for each in page["items"]]
        address = page["next"]

    assert len(seen) == len(set(seen)) > 20


def test_what_is_erased_by_the_api_is_gone_and_nothing_of_another_case(anybody):
    desk, guard = anybody("desk"), anybody("guard")
    one, other = (desk.post("/cases", LAMP | {"text": text}).json() for text in ("路灯不亮", "另一盏不亮"))
    seal(street=CODE)
    heads = guard.get("/audit/erasures/entries", number=one["number"])
    wanted = heads.json()["items"][0]["seq"]

    wrong = guard.post("/audit/erasures", {"number": other["number"], "entries": [wanted], "basis": BASIS})
    nobody = desk.post("/audit/erasures", {"number": one["number"], "entries": [wanted], "basis": BASIS})
    done = guard.post("/audit/erasures", {"number": one["number"], "entries": [wanted], "basis": BASIS})

    assert "路灯" not in heads.content.decode()
    assert [answer.status_code for answer in (wrong, nobody, done)] == [409, 403, 200]
    assert done.json()["entries"] == [wanted] and Erasure.objects.count() == 1
    assert desk.get(f"/cases/{one['ref']}/timeline").json()["items"][0]["is_erased"]


def test_whoever_goes_on_leave_is_stood_in_for_and_the_ledger_names_both(anybody):
    desk, leader, manager = anybody("desk"), anybody("leader"), anybody("manager")
    today = timezone.localdate()
    file = desk.get("/me/leave").json()
    told = {
        "holdings": [file["standings"][0]["ref"]],
        "to": ref_of("P08"),
        "first_on": str(today),
        "last_on": str(today),
        "reason": "年休假",
    }

    made = desk.post("/me/leave", told)
    case = manager.post("/cases", LAMP).json()["ref"]
    manager.verb(case, "assign", unit="housing", reason="该处由房管所代管")
    by = desk.get(f"/cases/{case}/timeline").json()["items"][-1]["by"]
    back = desk.post(f"/me/leave/{made.json()['leaves'][0]['ref']}/end", {})

    assert made.status_code == 200 and by == "辛管家(测试)(代 甲受理)"
    assert back.json()["leaves"][0]["state"] == "over"
    assert leader.post(f"/me/leave/{made.json()['leaves'][0]['ref']}/end", {}).status_code == 409
    assert "DESK" not in {post["post"] for post in manager.get("/me").json()["posts"]}


def test_nobody_lends_somebody_elses_post_or_becomes_two_keepers(anybody):
    today = str(timezone.localdate())
    holding = anybody("keeper").get("/me/leave").json()["standings"][0]["ref"]
    told = {"holdings": [holding], "first_on": today, "last_on": today, "reason": "年休假"}

    assert anybody("desk").post("/me/leave", told | {"to": ref_of("P02")}).status_code == 403
    clash = anybody("keeper").post("/me/leave", told | {"to": ref_of("Q1")})

    assert (clash.status_code, clash.json()["code"]) == (409, "organisation.keepers_apart")
    assert not Delegation.objects.exists()


def test_sessions_are_listed_and_ended_by_their_owner_only(anybody):
    ref = sign_in_of("desk")

    def end(who: str) -> int:
        someone = anybody(who)
        return someone.client.delete(f"/api/v1/me/sessions/{ref}", headers=someone.headers).status_code

    assert [each["ref"] for each in anybody("desk").get("/me/sessions").json()["items"]] == [ref]
    assert (end("urban"), end("desk")) == (404, 204)
    assert anybody("desk").get("/me/sessions").json()["items"] == []


def test_an_export_stands_in_the_register_with_its_fingerprint(anybody):
    desk = anybody("desk")
    desk.post("/cases", LAMP | {"reporter_name": "王先生", "reporter_phone": "037160000000"})
    told = {"columns": ["state", "reporter"], "file_format": "csv", "purpose": "报区城管局路灯专项"}

    masked = desk.post("/exports", told)
    clear = desk.post("/exports", told | {"shows_contacts": True})
    without = anybody("desk", ["cases:read"]).post("/exports", told | {"shows_contacts": True})

    text = masked.content.decode("utf-8-sig")
    assert masked["Content-Type"].startswith("text/csv") and "60000000" not in text and "王先生" not in text
    assert "0371-60000000" in clear.content.decode("utf-8-sig") and AccessNote.objects.count() == 1
    assert without.json()["code"] == "api.scope_missing"
    assert [row.shows_contacts for row in ExportRecord.objects.order_by("id")] == [False, True]
    listed = anybody("leader").get("/exports").json()["items"]
    assert [row["sha256"] for row in listed] == [row.sha256 for row in ExportRecord.objects.order_by("-id")]
    assert {anybody(who).get("/exports").status_code for who in ("desk", "urban", "keeper", "guard")} == {403}


@pytest.mark.parametrize("sort", ["", "oldest", "due", "answered"])
def test_each_order_of_the_list_is_walked_to_its_end(anybody, sort):
    desk = anybody("desk")
    made = {desk.post("/cases", LAMP | {"text": f"第 {n} 盏路灯不亮"}).json()["ref"] for n in range(5)}
    seen, address = [], f"/api/v1/cases?size=2&sort={sort}"
    while address:
        page = desk.client.get(address, headers=desk.headers).json()
        seen += [case["ref"] for case in page["cases"]]
        address = page["next"]

    assert len(seen) == 5 and set(seen) == made
    assert Case.objects.count() == 5


def test_a_boundary_is_drafted_by_one_and_published_by_another(anybody):
    keeper, second, desk = anybody("keeper"), anybody("keeper2"), anybody("desk")
    split = {
        "grid": "C1-SW",
        "line": [[113.506, 34.69], [113.506, 34.705], [113.506, 34.7101]],
        "code": "C1-SW2",
        "name": "东院",
    }

    made = keeper.post("/boundaries/split", split, Idempotency_Key="k")
    again = keeper.post("/boundaries/split", split, Idempotency_Key="k")
    version = made.json()["version"]
    answers = [
        who.post(f"/boundaries/{version['ref']}/publish", {"rev": rev}).status_code
        for who, rev in ((desk, version["rev"]), (keeper, version["rev"]), (second, 99), (second, version["rev"]))
    ]

    assert made.status_code == 201 and again.json() == made.json() and made.json()["grave"] == 0
    assert answers == [403, 403, 409, 200]
    assert "C1-SW2" in {grid["code"] for grid in desk.get("/grids").json()["items"]}
    assert second.post(f"/boundaries/{version['ref']}/roll-back", {}).json()["version"]["state"] == "rolled_back"


def test_a_profile_and_a_years_notice_wait_for_a_second_person(anybody):
    keeper, second = anybody("keeper"), anybody("keeper2")
    stage = {
        "stage": "answer",
        "name": "答复",
        "start": "filed",
        "terminal": "answered",
        "limits": [{"number": 3, "unit": "working_day"}],
    }
    made = keeper.post(
        "/setup/profiles/profile", {"profile": {"code": "three_days", "name": "三日办结", "stages": [stage]}}
    )
    ref = made.json()["change_set"]["ref"]
    handed = keeper.post(f"/change-sets/{ref}/submit").json()["change_set"]

    assert made.status_code == 201
    assert keeper.post(f"/change-sets/{ref}/publish", {"rev": handed["rev"]}).status_code == 403
    assert (
        second.post(f"/change-sets/{ref}/publish", {"rev": handed["rev"], "accept_warnings": True}).status_code == 200
    )
    assert "three_days" in {each["code"] for each in keeper.get("/profiles").json()["items"]}
    unread = keeper.post("/setup/calendar/notice", {"year": 2027, "text": "2027-01-01,放假,元旦\n看不懂的一行"})
    assert (unread.status_code, unread.json()["code"]) == (422, "calendar.unread")
    assert (
        anybody("desk").post("/setup/calendar/hours", {"spans": [{"start": "09:00", "end": "17:00"}]}).status_code
        == 403
    )
    assert keeper.post("/setup/calendar/hours", {"spans": [{"start": "17:00", "end": "09:00"}]}).status_code == 422


def test_passwords_and_second_factors_have_no_door(anybody):
    from gridloop.api.v1 import api

    paths = " ".join(api.get_openapi_schema()["paths"])

    assert "second-factor/" not in paths and "me/password" not in paths
