"""The three keepers: each does their own part, nobody is two of them, nobody keeps their own account; the audit reads and changes nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from gridloop.core.access import KEEPING, SYSTEM, Role
from gridloop.core.errors import NotAllowed, Refused
from gridloop.core.visiting import OUTCOMES
from gridloop.offices.archive.actions import note_access
from gridloop.offices.archive.models import Entry
from gridloop.offices.organisation import actions as organisation_actions
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import actions
from gridloop.offices.organisation.models import Account, SignIn
from gridloop.site.checks.keepers import check_keepers
from gridloop.web.audit import GROUPS
from gridloop.web.deed_words import DEEDS
from gridloop.web.wording import KINDS
from tests.sample import CODE, MONDAY, PASSWORD, who
from tests.web.test_queries import queries

KEEPERS = {"guard": ("Q1", "卯安全", "security_keeper"), "auditor": ("Q2", "辰审计", "audit_keeper")}


@pytest.fixture
def keepers(street):
    """The sample street with a security keeper and an audit keeper beside its two system keepers."""
    for username, (code, name, role) in KEEPERS.items():
        person = organisation_actions.add_person(by=SYSTEM, at=MONDAY, street=CODE, code=code, name=name, unit="office")
        organisation_actions.add_post(
            by=SYSTEM, at=MONDAY, street=CODE, code=code, title=name[1:], role=role, unit="office"
        )
        organisation_actions.appoint(by=SYSTEM, at=MONDAY, street=CODE, post=code, person=code)
        organisation_actions.open_account(by=SYSTEM, at=MONDAY, person=person, username=username, password=PASSWORD)


def ref(code: str) -> str:
    return organisation.person(CODE, code).ref


def actor(code: str):
    return organisation.actor_of(organisation.person(CODE, code), at=MONDAY)


DEEDS_OF = {
    # deed on the page: who does it (user names)
    "password": {"keeper"},
    "lock": {"guard"},
    "sign_out": {"guard"},
    "end": {"keeper", "guard"},
}


@pytest.mark.parametrize("username", ["keeper", "guard", "auditor", "leader", "desk"])
def test_each_keeper_does_their_own_part(keepers, signed_in, username):
    client = signed_in(username)

    for deed, allowed in DEEDS_OF.items():
        answer = client.post(f"/setup/accounts/{ref('P03')}/do/{deed}/", {"reason": "离岗测试"})
        if username in allowed:
            assert answer.status_code in (200, 302), deed
            Account.objects.filter(username="urban").update(is_active=True, locked_at=None, ended_at=None)
        else:
            assert answer.status_code == 403, deed


def test_the_roll_is_for_the_three_keepers_only(keepers, signed_in):
    for username in ("keeper", "guard", "auditor"):
        page = signed_in(username).get("/setup/accounts/").content.decode()
        assert "丙城管" in page and "承办人" in page, username
    for username in ("desk", "leader", "urban"):
        assert signed_in(username).get("/setup/accounts/").status_code == 403, username


def test_a_first_password_is_shown_once_and_opens_the_door(keepers, signed_in):
    client = signed_in("keeper")

    page = client.post(f"/setup/accounts/{ref('P03')}/do/password/").content.decode()
    again = client.get(f"/setup/accounts/{ref('P03')}/").content.decode()

    password = re.search(r'gl-secret-text" translate="no">([^<]+)<', page)[1]
    assert (
        re.fullmatch(r"[a-hj-km-np-z2-9]{5}-[a-hj-km-np-z2-9]{5}-[a-hj-km-np-z2-9]{4}", password)
        and password not in again
    )
    answer = Client().post("/accounts/login/", {"login": "urban", "password": password})
    assert answer.status_code == 302
    assert password not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_somebody_without_an_account_is_given_one(keepers, signed_in):
    organisation_actions.add_person(by=SYSTEM, at=MONDAY, street=CODE, code="N1", name="𬱖新人", unit="office")
    client = signed_in("keeper")

    wrong = client.post(f"/setup/accounts/{ref('N1')}/do/give/", {"username": "新人"})
    taken = client.post(f"/setup/accounts/{ref('N1')}/do/give/", {"username": "desk"})
    done = client.post(f"/setup/accounts/{ref('N1')}/do/give/", {"username": "newcomer"})
    twice = client.post(f"/setup/accounts/{ref('N1')}/do/give/", {"username": "newcomer2"})

    assert wrong.status_code == 422 and "小写字母" in wrong.content.decode()
    assert taken.status_code == 409 and done.status_code == 200 and twice.status_code == 409
    assert Account.objects.get(username="newcomer").must_change_password


def test_nobody_keeps_their_own_account(keepers, signed_in):
    for username, code, deed in (("keeper", "P11", "password"), ("guard", "Q1", "lock")):
        client = signed_in(username)

        answer = client.post(f"/setup/accounts/{ref(code)}/do/{deed}/", {"reason": "试一试"})

        assert answer.status_code == 403 and "自己的账号" in answer.content.decode()


def test_another_street_knows_no_such_account(keepers):
    with pytest.raises(Exception, match="没有"):
        actions.lock_account(by=SYSTEM, at=MONDAY, street="410102991", person=ref("P03"), reason="试一试")


def test_locking_without_a_reason_changes_nothing(keepers, signed_in):
    answer = signed_in("guard").post(f"/setup/accounts/{ref('P03')}/do/lock/", {"reason": " "})

    assert answer.status_code == 422 and "请写明原因" in answer.content.decode()
    assert Account.objects.get(username="urban").is_active


def test_nobody_is_two_keepers(keepers):
    organisation_actions.add_post(
        by=SYSTEM, at=MONDAY, street=CODE, code="A2", title="审计", role="audit_keeper", unit="office"
    )

    with pytest.raises(Refused, match="三员要分开"):
        organisation_actions.appoint(by=SYSTEM, at=MONDAY, street=CODE, post="A2", person="Q1")
    with pytest.raises(Refused, match="三员要分开"):
        organisation_actions.appoint(
            by=SYSTEM, at=MONDAY, street=CODE, post="A2", person="P11", starts_at=MONDAY + timedelta(days=400)
        )


def test_standing_in_for_a_keeper_counts_too(keepers):
    holding = organisation.person(CODE, "Q2").holdings.get()

    with pytest.raises(Refused, match="三员要分开"):
        organisation_actions.delegate(
            by=SYSTEM, at=MONDAY, holding=holding, to=organisation.person(CODE, "Q1"), starts_at=MONDAY,
            ends_at=MONDAY + timedelta(days=1), reason="年休假",
        )  # fmt: skip


def test_the_check_finds_two_keepers_in_one_person(keepers):
    assert [found.severity for found in check_keepers(CODE, at=MONDAY)] == []

    post = organisation.person(CODE, "Q2").holdings.get()
    post.person = organisation.person(CODE, "Q1")
    post.save()

    found = list(check_keepers(CODE, at=MONDAY))
    assert [each.severity for each in found] == ["error"] and "卯安全" in found[0].sentence


def test_granting_is_the_security_keepers_and_the_leaders(keepers):
    organisation_actions.add_post(
        by=SYSTEM, at=MONDAY, street=CODE, code="X1", title="核查员二", role="verifier", unit="office"
    )

    for person in (who("keeper"), actor("Q2"), who("desk")):
        with pytest.raises(NotAllowed, match="安全管理员"):
            organisation_actions.appoint(by=person, at=MONDAY, street=CODE, post="X1", person="P04")
    organisation_actions.appoint(by=actor("Q1"), at=MONDAY, street=CODE, post="X1", person="P04")
    organisation_actions.appoint(by=who("leader"), at=MONDAY, street=CODE, post="X1", person="P05")


def test_nobody_grants_a_post_to_themselves(keepers):
    with pytest.raises(NotAllowed, match="任命给自己"):
        organisation_actions.appoint(by=actor("Q1"), at=MONDAY, street=CODE, post="LEAD", person="Q1")


# --- the audit ---------------------------------------------------------------------------------------------------------

AUDIT = {"/audit/": {"guard", "auditor"}, "/audit/sign-ins/": {"guard", "auditor"}, "/audit/exports/": {"guard", "auditor"},
         "/audit/deeds/": {"auditor"}}  # fmt: skip


@pytest.mark.parametrize("username", ["keeper", "guard", "auditor", "leader", "desk"])
def test_the_audit_opens_for_those_who_audit(keepers, signed_in, username):
    client = signed_in(username)

    for address, allowed in AUDIT.items():
        assert client.get(address).status_code == (200 if username in allowed else 403), address


def test_who_looked_is_found_by_name_and_day(keepers, signed_in):
    for number in range(3):
        note_access(
            by=who("desk"),
            at=MONDAY + timedelta(days=number),
            street=CODE,
            subject="case:x",
            what="反映人姓名和电话",
            reason=f"回访 {number}",
        )
    client = signed_in("auditor")

    everything = client.get("/audit/").content.decode()
    one_day = client.get("/audit/?since=2022-05-24&until=2022-05-24").content.decode()
    nobody = client.get("/audit/?text=没有此人").content.decode()

    assert all(f"回访 {number}" in everything for number in range(3))
    assert "回访 1" in one_day and "回访 0" not in one_day and "回访 2" not in one_day
    assert "没有记录" in nobody


def test_the_audit_pages_through_by_key(keepers, signed_in):
    for number in range(120):
        note_access(by=who("desk"), at=MONDAY, street=CODE, subject="case:x", what="电话", reason=f"第{number}次")
    client, seen, address = signed_in("auditor"), [], "/audit/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"第(\d+)次", page)
        more = re.search(r'href="\?(before=\d+)"', page)
        address = f"/audit/?{more[1]}" if more else ""

    assert seen == [str(number) for number in reversed(range(120))]


def test_a_page_of_the_audit_costs_the_same_however_much_there_is(keepers, signed_in):
    client = signed_in("auditor")
    Client().post("/accounts/login/", {"login": "desk", "password": "wrong"})
    few = {address: queries(client, address) for address in [*AUDIT, "/setup/accounts/"]}
    for number in range(30):
        note_access(by=who("desk"), at=MONDAY, street=CODE, subject="case:x", what="电话", reason=f"第{number}次")
        SignIn.objects.create(
            street=CODE, account=Account.objects.get(username="urban"), outcome="in", device="x", origin="y", at=MONDAY
        )
        organisation_actions.add_person(
            by=SYSTEM, at=MONDAY, street=CODE, code=f"Z{number}", name="某人", unit="office"
        )

    assert {address: queries(client, address) for address in few} == few
    assert max(few.values()) <= 20


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=99999999999999999999",
        "since=2022-99-99",
        "until=9999-12-31",
        "text=%00",
        "outcome=zzz",
        "text=" + "长" * 500,
    ],
)
def test_a_filter_that_makes_no_sense_is_no_fault(keepers, signed_in, query):
    client = signed_in("auditor")

    for address in [*AUDIT, "/setup/accounts/"]:
        assert client.get(f"{address}?{query}").status_code == 200, address


def test_deeds_of_keepers_are_told_in_words_and_found_by_who_did_them(keepers, signed_in):
    signed_in("guard").post(f"/setup/accounts/{ref('P03')}/do/lock/", {"reason": "手机丢失"})
    client = signed_in("auditor")

    page = client.get("/audit/deeds/?outcome=account&text=卯安全").content.decode()

    assert "锁定账号" in page and "手机丢失" in page and "开立账号" not in page


KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def kinds_recorded() -> set[str]:
    """Every kind that an office records, read from its source; ``x.*`` where the end is filled in when it happens."""
    source = Path(__file__).parents[2] / "src" / "gridloop" / "offices"
    return {
        kind
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and _records(node)
        for kind in _kinds_in(node.args[0])
    }


def _records(call: ast.Call) -> bool:
    return getattr(call.func, "id", "") in ("record", "Fact") or any(each.arg == "by" for each in call.keywords)


def _kinds_in(told: ast.expr) -> Iterator[str]:
    if isinstance(told, ast.IfExp):
        yield from _kinds_in(told.body)
        yield from _kinds_in(told.orelse)
    elif isinstance(told, ast.JoinedStr) and isinstance(told.values[0], ast.Constant):
        start = str(told.values[0].value)
        yield from [f"{start}*"] if re.fullmatch(r"[a-z_]+\.[a-z_]*", start) else []
    elif isinstance(told, ast.Constant) and KIND.fullmatch(str(told.value)):
        yield str(told.value)


def test_every_kind_that_an_office_records_has_its_words():
    known = set(DEEDS) | set(KINDS)

    told = kinds_recorded()
    missing = sorted(
        kind for kind in told if not any(word.startswith(kind.removesuffix("*")) if "*" in kind else word == kind for word in known)
    )  # fmt: skip

    assert len(told) > 150 and missing == []


def test_every_visit_that_was_made_tried_or_declined_has_its_words():
    assert {f"enterprise.visit_{outcome}" for outcome in OUTCOMES} <= set(DEEDS)


def test_every_group_of_the_audit_has_a_name():
    assert {kind.partition(".")[0] for kind in DEEDS} <= set(GROUPS)


def test_the_table_of_who_keeps_what_is_shown_to_everybody(keepers, signed_in):
    page = signed_in("urban").get("/setup/keepers/").content.decode()

    assert all(each.deed in page for each in KEEPING.values()) and "卯安全" in page and "辰审计" in page
    assert page.count("缺岗") == 0


def test_system_and_security_together_are_needed_to_take_over_an_account():
    password, factor = KEEPING["issue_password"].by, KEEPING["clear_second_factor"].by

    assert not password & factor and Role.AUDIT_KEEPER not in password | factor
