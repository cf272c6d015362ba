"""A security keeper or a leader erases what the ledger says of a case; nobody else, nothing of another case, and never unseen."""

from __future__ import annotations

import re

import pytest

from gridloop.core.access import SYSTEM
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.actions import seal
from gridloop.offices.archive.models import Entry, Erasure
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.models import Case
from tests.sample import CODE, IN_SW, MONDAY, who
from tests.web.test_accounts_keepers import keepers  # noqa: F401 - a fixture

BASIS = "个人信息保护法第四十七条,本人书面请求"


@pytest.fixture
def case(keepers, light):  # noqa: F811
    seal(street=CODE)
    return Case.objects.get(ref=light)


def first_entry(case: Case) -> int:
    return Entry.objects.filter(subject=case.subject).order_by("id").values_list("seq", flat=True)[0]


def erase(client, case, *entries, basis=BASIS):
    return client.post("/audit/erasures/", {"number": case.number, "entries": entries, "basis": basis})


def test_the_keeper_finds_a_case_by_its_number_and_sees_no_content(case, signed_in):
    page = signed_in("guard").get("/audit/erasures/", {"number": case.number}).content.decode()

    assert f'value="{first_entry(case)}"' in page
    assert case.text not in page and case.ref not in page


def test_what_was_erased_is_gone_with_a_certificate_and_the_rest_stays(case, signed_in):
    client, seq = signed_in("guard"), first_entry(case)

    answer = erase(client, case, seq)
    page = client.get(answer["Location"]).content.decode()

    gone = archive.timeline(case.subject)[0]
    assert answer.status_code == 302 and gone.is_erased and gone.payload == {}
    assert Erasure.objects.get().basis == BASIS and BASIS in page
    assert re.search(rf'value="{seq}" disabled', page)
    assert [each.is_erased for each in archive.timeline(case.subject)[1:]] == [False] * (
        len(archive.timeline(case.subject)) - 1
    )


@pytest.mark.parametrize(
    ("username", "status"),
    [("guard", 200), ("leader", 200), ("keeper", 403), ("auditor", 403), ("desk", 403), ("urban", 403)],
)
def test_only_the_security_keeper_and_the_leader_come_in(case, signed_in, username, status):
    client = signed_in(username)

    assert client.get("/audit/erasures/", {"number": case.number}).status_code == status
    if status == 403:
        assert erase(client, case, first_entry(case)).status_code == 403
        assert not Erasure.objects.exists()


def test_a_form_for_one_case_erases_nothing_of_another(case, signed_in):
    other = cases.file_case(
        by=who("desk"), at=MONDAY, street=CODE, filing=cases.Filing(text="另一件:积水", source="phone", **IN_SW)
    ).case
    seal(street=CODE)

    answer = erase(signed_in("guard"), case, first_entry(case), first_entry(other))

    assert answer.status_code == 409 and not Erasure.objects.exists()


@pytest.mark.parametrize(
    ("basis", "status"), [("", 422), ("  ", 422), ("依" * 201, 422), ("依" * 200, 302), ("a\x00b 条例", 302)]
)
def test_a_basis_is_named_and_fits_the_certificate(case, signed_in, basis, status):
    assert erase(signed_in("guard"), case, first_entry(case), basis=basis).status_code == status


@pytest.mark.parametrize("entries", [[], ["x"], ["-1"], ["9" * 30], ["0"], ["99999"]])
def test_what_cannot_be_erased_is_told_and_nothing_happens(case, signed_in, entries):
    assert erase(signed_in("guard"), case, *entries).status_code in {409, 422}
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("number", ["", "17", "20220523-999999", "不是编号", "20220523-" + "9" * 30, "a\x00b"])
def test_a_number_that_no_case_has_is_said_to_be_unknown(case, signed_in, number):
    client = signed_in("guard")

    assert client.get("/audit/erasures/", {"number": number, "before": "x"}).status_code == 200
    assert client.post("/audit/erasures/", {"number": number, "entries": ["1"], "basis": BASIS}).status_code == 409


def test_erasing_twice_is_refused_the_second_time(case, signed_in):
    client, seq = signed_in("guard"), first_entry(case)

    assert [erase(client, case, seq).status_code for _ in range(2)] == [302, 409]


def test_the_certificate_itself_cannot_be_erased(case, signed_in):
    client = signed_in("guard")
    erase(client, case, first_entry(case))
    seal(street=CODE)
    certificate = Entry.objects.get(kind="archive.erased")

    from gridloop.core.errors import Refused
    from gridloop.offices.archive.actions import erase as erase_entries

    with pytest.raises(Refused):
        erase_entries(entries=[certificate.seq], street=CODE, basis=BASIS, by=SYSTEM, at=MONDAY)
