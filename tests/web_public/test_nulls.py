"""The null character on pages that need no account: it is read over, on PostgreSQL too."""

from __future__ import annotations

import pytest

from tests.web_public.conftest import Resident


@pytest.mark.parametrize(
    "address",
    [
        "/s/sample/report/?grid=%00&firm=%00",
        "/s/sample/questions/?category=%00",
        "/suggest/?street=%00",
        "/follow/?x=%00",
    ],
)
def test_a_public_address_with_a_null_character_is_read_without_it(resident: Resident, address: str) -> None:
    assert resident.browser.get(address).status_code == 200


def test_a_report_with_null_characters_is_filed_without_them(resident: Resident) -> None:
    key = resident.form()["key"]

    answer = resident.files(
        "楼下路灯\x00不亮", key=f"{key[:20]}\x00", category="\x00", name="王\x00小明", enterprise="\x00"
    )

    assert answer.status_code == 302
    assert "楼下路灯不亮" in resident.reads(answer["Location"])
