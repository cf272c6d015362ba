"""The null character in an address or a form: PostgreSQL refuses to be asked for it, so no page may hand it on."""

from __future__ import annotations

import pytest

ADDRESSES = (
    "/enterprises/?cluster=%00", "/enterprises/?section=a%00b&size=%00", "/enterprises/matrix/?place=%00", "/enterprises/factors/?factor=%00",
    "/enterprises/banks/?stage=%00", "/policies/?text=%00", "/policies/questions/?text=a%00b", "/projects/?unit=%00", "/atlas/?within=%00",
    "/cases/?unit=%00&text=%00", "/exports/?after=%00", "/audit/deeds/?after=%00",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_with_a_null_character_is_read_without_it(signed_in, address):
    assert signed_in("leader").get(address).status_code in (200, 403)


def test_a_form_with_a_null_character_is_read_without_it(signed_in):
    keeper = signed_in("keeper")

    answers = [
        keeper.post(f"/atlas/boundaries/draft/{step}/", {f"{step}-onto": "\x00", f"{step}-rev": "1"})
        for step in ("merge", "outline")
    ]
    named = keeper.post("/cases/views/", {"name": "我\x00的", "query": "state=open"})

    assert [answer.status_code for answer in answers] == [422, 422]
    assert named.status_code == 302 and "我的" in keeper.get("/cases/").content.decode()
