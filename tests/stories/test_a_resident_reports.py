"""A resident reports without an account, on a phone without JavaScript, follows the receipt, judges, and checks the ledger."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from gridloop.core import verifier
from gridloop.core.access import SYSTEM
from gridloop.offices.cases import actions
from gridloop.offices.cases.queries.lists import Filter, list_cases
from gridloop.site import tick
from tests.sample import CODE, who
from tests.stories.conftest import Person, press


def report(resident: Person, text: str) -> str:
    """Fills in the form as far as a resident would; returns the address of the follow-up page."""
    resident.visit("/s/sample/report/")
    resident.page.fill("#text", text)
    resident.page.fill("#address", "柳荫路1号院门口")
    resident.page.select_option("#category", "城乡建设/市政设施/路灯")
    resident.page.locator("form:has(#text) button[type=submit]").last.click()
    resident.page.wait_for_url(re.compile(r"/r/[a-z0-9]+/"))
    return resident.page.url.split("?")[0]


def test_a_resident_reports_without_an_account_and_follows_the_receipt(
    someone: Callable[..., Person], tmp_path: Path
) -> None:
    resident = someone(phone=True, javascript=False)
    address = report(resident, "院门口的路灯坏了三天,老人夜里出门看不见。")
    assert resident.sees("城市管理中队")
    case = list_cases(SYSTEM, Filter()).cases[0]
    assert case.grid is not None
    assert case.grid.code == "C1-SW"
    assert case.first_contact.name == "甲受理"

    now = timezone.now()
    actions.accept(by=who("urban", at=now), at=now, case=case.ref)
    actions.answer(by=who("urban", at=now), at=now, case=case.ref, text="已更换灯具,今晚亮灯。")
    tick.once(at=now + timedelta(seconds=1))
    resident.page.goto(address)
    assert resident.sees("已更换灯具,今晚亮灯。")
    resident.page.locator("input[name=solved]").first.check()
    press(resident.page.locator("form:has(input[name=solved]) button[type=submit]").first)
    actions.strike_off(by=who("desk", at=now), at=timezone.now(), case=case.ref)
    tick.once(at=timezone.now())
    resident.page.goto(address)
    assert resident.sees("已销号")

    resident.page.goto(f"{address}check/")
    assert resident.sees("核对")
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(resident.page.request.get(f"{address}receipt.json").body())
    key = settings.LEDGER_VERIFIER_KEY
    checked = subprocess.run(
        [sys.executable, verifier.__file__, str(receipt), "--key", key], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    altered = json.loads(receipt.read_text(encoding="utf-8"))
    altered["payload"]["unit_name"] = "别的单位"
    receipt.write_text(json.dumps(altered), encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, verifier.__file__, str(receipt), "--key", key], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1


def test_a_resident_who_is_not_satisfied_sends_the_case_back(someone: Callable[..., Person]) -> None:
    resident = someone(phone=True)
    address = report(resident, "路灯还是不亮,请来看看。")
    case = list_cases(SYSTEM, Filter()).cases[0]
    now = timezone.now()
    actions.accept(by=who("urban", at=now), at=now, case=case.ref)
    actions.answer(by=who("urban", at=now), at=now, case=case.ref, text="已派人处理完毕。")

    resident.page.goto(address)
    resident.page.locator("input[name=solved]").nth(1).check()
    press(resident.page.locator("form:has(input[name=solved]) button[type=submit]").first)

    again = list_cases(SYSTEM, Filter()).cases[0]
    assert again.state == "handling"
    assert again.reworks == 1
    assert again.street == CODE
