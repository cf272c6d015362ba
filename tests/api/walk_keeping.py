"""The part of the walk (``tests.api.walk``) that keepers, auditors and leaders go: accounts, leave, exports, records, erasing, boundaries."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.notices.suggestions.actions import suggest
from gridloop.offices.organisation import actions as organisation_actions
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.actions.signing import Visit, note_sign_in
from gridloop.offices.organisation.models import Account, Holding, Person
from tests.sample import CODE, PASSWORD

KEEPERS = {"guard": ("Q1", "卯安全", "security_keeper"), "auditor": ("Q2", "辰审计", "audit_keeper")}
"""The keepers whom the sample street lacks: user name → staff code, name, role."""
LINE = [[113.506, 34.69], [113.506, 34.705], [113.506, 34.7101]]
CORNER_LESS = [[113.5, 34.7], [113.51, 34.7], [113.51, 34.71], [113.502, 34.71], [113.5, 34.702], [113.5, 34.7]]
STAGE = {
    "stage": "answer", "name": "答复", "start": "filed", "terminal": "answered", "limits": [{"number": 3, "unit": "working_day"}],
}  # fmt: skip
NOTICE = "2027-01-01,放假,元旦\n2027-02-05,放假,春节\n2027-02-06,放假,春节\n2027-02-20,上班,春节"


def add_keepers() -> None:
    """The street has a security keeper and an audit keeper, with accounts."""
    if Account.objects.filter(username="guard").exists():
        return
    at = timezone.now() - timedelta(days=1)
    for username, (code, name, role) in KEEPERS.items():
        person = organisation_actions.add_person(by=SYSTEM, at=at, street=CODE, code=code, name=name, unit="office")
        organisation_actions.add_post(
            by=SYSTEM, at=at, street=CODE, code=code, title=name[1:], role=role, unit="office"
        )
        organisation_actions.appoint(by=SYSTEM, at=at, street=CODE, post=code, person=code)
        organisation_actions.open_account(by=SYSTEM, at=at, person=person, username=username, password=PASSWORD)


def keep_accounts(walk: Any) -> None:
    at = timezone.now()
    new = organisation_actions.add_person(by=SYSTEM, at=at, street=CODE, code="N01", name="午新人", unit="office")
    walk.does("keeper", "keeping_keepers")
    walk.does("keeper", "keeping_roll", size=2)
    walk.does("keeper", "keeping_give", {"username": "wuxinren"}, ref=new.ref)
    walk.does("keeper", "keeping_password", {}, ref=new.ref)
    walk.does("guard", "keeping_account", ref=new.ref)
    walk.does("guard", "keeping_sign_out", {}, ref=new.ref)
    walk.does("guard", "keeping_lock", {"reason": "手机丢失"}, ref=new.ref)
    walk.does("guard", "keeping_unlock", {}, ref=new.ref)
    _second_factor(new)
    walk.does("guard", "keeping_clear_second_factor", {"reason": "手机丢失"}, ref=new.ref)
    walk.does("guard", "keeping_end", {"reason": "调离本街道"}, ref=new.ref)


def _second_factor(person: Person) -> None:
    from allauth.mfa.models import Authenticator

    account = Account.objects.get(person=person)
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})


def sign_in_of(username: str) -> str:
    """The ref of a session in which this person is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.create()
    account = Account.objects.get(username=username)
    visit = Visit("Firefox · Windows", "192.0.2.x")
    return note_sign_in(at=timezone.now(), account=account, visit=visit, session=store.session_key, method="密码")


def go_on_leave(walk: Any) -> None:
    ref = sign_in_of("desk")
    walk.does("desk", "oneself_sessions")
    walk.does("desk", "oneself_end_session", ref=ref)
    walk.does("desk", "oneself_end_others", {})
    today = timezone.localdate()
    stand_in = organisation.person(CODE, "P02").ref
    holding = Holding.objects.get(person__code="P01", person__street=CODE, post__code="DESK").ref
    told = {
        "holdings": [holding],
        "to": stand_in,
        "first_on": str(today),
        "last_on": str(today + timedelta(days=2)),
        "reason": "年休假",
    }
    walk.does("desk", "oneself_leave")
    made = walk.does("desk", "oneself_take_leave", told)
    walk.does("desk", "oneself_end_leave", {}, ref=made["leaves"][0]["ref"])


def take_cases_out(walk: Any) -> None:
    told = {"state": "open", "columns": ["state", "due"], "file_format": "csv", "purpose": "报区城管局路灯专项"}
    walk.does("leader", "exporting_take_out", told)
    walk.does("leader", "exporting_register", size=2)


def read_the_records(walk: Any) -> None:
    """After the ledger has been sealed."""
    sign_in_of("urban")
    for record in ("looks", "sign_ins", "exports", "deeds"):
        walk.does("auditor", f"auditing_{record}", size=2)
    number = walk.does("desk", "cases_list_cases", size=1, sort="oldest")["cases"][0]["number"]
    heads = walk.does("guard", "auditing_entries", number=number)["items"]
    told = {"number": number, "entries": [heads[-1]["seq"]], "basis": "个人信息保护法第四十七条,本人书面请求"}
    walk.does("guard", "auditing_erase", told)
    walk.does("guard", "auditing_erasures", size=2)


def redraw(walk: Any) -> None:
    walk.does("desk", "boundaries_coverage")
    walk.does("desk", "boundaries_flaws")
    split = {"grid": "C1-SW", "line": LINE, "code": "C1-SW2", "name": "东院"}
    made = walk.does("keeper", "boundaries_split", split)["version"]
    walk.does("keeper2", "boundaries_versions")
    walk.does("keeper2", "boundaries_version", ref=made["ref"])
    walk.does("keeper2", "boundaries_publish", {"rev": made["rev"]}, ref=made["ref"])
    walk.does("keeper2", "boundaries_roll_back", {}, ref=made["ref"])
    made = walk.does("keeper", "boundaries_merge", {"grid": "C1-SW", "absorbed": "C1-SE"})["version"]
    walk.does("keeper", "boundaries_discard", {}, ref=made["ref"])
    _leave_a_hole(walk)
    square = [[113.5, 34.7], [113.51, 34.7], [113.51, 34.71], [113.5, 34.71], [113.5, 34.7]]
    feature = {
        "type": "Feature",
        "properties": {"code": "C1-SW", "name": "西南小区"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    walk.does(
        "keeper",
        "boundaries_outlines_file",
        {"name": "grids.geojson", "content": _in_base64({"type": "FeatureCollection", "features": [feature]})},
    )


def _leave_a_hole(walk: Any) -> None:
    told = {"grid": "C1-SW", "geometry": {"type": "Polygon", "coordinates": [CORNER_LESS]}, "follow": False}
    made = walk.does("keeper", "boundaries_outline", told)["version"]
    hole = {"onto": made["ref"], "rev": made["rev"], "lon": 113.5005, "lat": 34.7095, "why": "划归邻街"}
    walk.does("keeper", "boundaries_hole", hole)


def _in_base64(document: Any) -> str:
    import base64

    return base64.b64encode(json.dumps(document, ensure_ascii=False).encode()).decode()


def draft_profiles(walk: Any) -> None:
    profile = {"code": "three_days", "name": "三日办结", "stages": [STAGE]}
    walk.does("keeper", "editors_profile", {"profile": profile, "title": "试行三日办结"})
    walk.does("keeper", "editors_read", {"year": 2027, "text": NOTICE})
    walk.does("keeper", "editors_notice", {"year": 2027, "text": NOTICE})
    spans = [{"start": "08:30", "end": "12:00"}, {"start": "14:00", "end": "18:00"}]
    walk.does("keeper", "editors_hours", {"spans": spans})


def hear_the_public(walk: Any) -> None:
    made = suggest(
        by=SYSTEM, at=timezone.now(), street=CODE, text="字太小,看不清", page="/s/sample/", contact="037160000000"
    )
    walk.does("keeper", "box_suggestions")
    walk.does("keeper", "box_contact", {"reason": "当面了解"}, ref=made.ref)
    walk.does("keeper", "box_answer", {"answer": "已加大字号,请再看看。"}, ref=made.ref)
    walk.does("keeper", "box_decide", {"shows_map": False, "least": 5, "hours": 48, "reason": "党工委会议 2022-05-20"})
    walk.does("keeper", "box_shown")
    walk.does("keeper", "box_category_models")
