"""A pairing changes hands: the desk hands a firm to another manager, the new one reads the pack, the old one sees the firm no more."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.actions import Filing
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.pairing import pair
from gridloop.offices.enterprise.actions.serving import promise
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.organisation.actions import add_person, add_post, appoint
from tests.firms import registered
from tests.sample import CODE, FOUNDED, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person


def paired_firm() -> Enterprise:
    """A firm beyond the first manager's beat, paired with them, with a problem and a promise open; and a second manager."""
    now = timezone.now()
    add_person(by=SYSTEM, at=FOUNDED, street=CODE, code="P20", name="卯管家", unit="economy")
    add_post(
        by=SYSTEM, at=FOUNDED, street=CODE, code="MANAGER-2", title="服务管家", role="service_manager", unit="economy"
    )
    appoint(by=SYSTEM, at=FOUNDED, street=CODE, post="MANAGER-2", person="P20")
    firm = registered(1, at=now, address="河畔花园")
    pair(by=SYSTEM, at=now, street=CODE, subject=firm.subject, slot="manager", person="P08")
    manager = who("manager", at=now)
    file_need(by=manager, at=now, enterprise=firm.ref, filing=Filing(text="变压器容量不够,下午跳闸", source="manager"))
    promise(by=manager, at=now, enterprise=firm.ref, text="三天内约供电所看现场", due_on=timezone.localdate(now))
    return firm


@AT_BOTH_WIDTHS
def test_a_pairing_is_handed_over_with_its_pack(street: object, someone: Callable[..., Person], *, phone: bool) -> None:
    firm = paired_firm()
    before = someone("manager", phone=phone).visit("/enterprises/")
    assert before.sees(firm.name)

    desk = someone("desk", phone=phone).visit("/enterprises/matrix/")
    assert desk.sees("空缺")
    assert desk.fits()
    desk.page.get_by_role("link", name="辛管家").click()
    desk.page.wait_for_url(re.compile(r"/enterprises/pairings/"))
    assert desk.sees("将要交出的")
    desk.page.select_option("#id_person", "P20")
    desk.page.click("form:has(#id_person) button[type=submit]")
    assert (
        desk.page.input_value("#id_person") != "P20" or desk.page.locator("#id_reason:invalid").count() == 1
    )  # a reason is asked for
    desk.page.select_option("#id_person", "P20")
    desk.page.fill("#id_reason", "原管家调岗")
    desk.page.fill("#id_note", "供电所约在周三上午。")
    desk.page.click("form:has(#id_person) button[type=submit]")
    desk.page.wait_for_url(re.compile(r"/pack/$"))

    for words in (
        "辛管家(经济发展办) → 卯管家(经济发展办)",
        "供电所约在周三上午",
        "变压器容量不够",
        "三天内约供电所看现场",
    ):
        assert desk.sees(words)
    assert desk.fits()
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("link", name="下载 Word").click()
    assert waiting.value.suggested_filename.endswith(".docx")
    desk.visit(f"/enterprises/{firm.ref}/")
    assert desk.sees("卯管家(经济发展办)")
    assert desk.sees("包联移交")
    assert desk.fits()
    before.visit("/enterprises/")
    assert not before.sees(firm.name)  # no longer theirs, and beyond their beat
    assert [entry.kind for entry in timeline(firm.subject)][-1] == "pairing.handed_over"
