"""A unit's case: accepted, conferred on, more time asked for, a part given to a firm without an account, answered from a template."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case, ReplyTemplate
from tests.sample import CODE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, picture


@pytest.fixture
def lamp(street: object) -> Case:
    """A case about a lamp, for the urban team, filed just now."""
    now = timezone.now()
    filing = actions.Filing(
        text="院门口的路灯坏了三天。", category="城乡建设/市政设施/路灯", source="phone", reporter_name="王小明",
        reporter_phone="0371-60000005", **IN_SW,
    )  # fmt: skip
    return actions.file_case(by=who("desk", at=now), at=now, street=CODE, filing=filing).case


@AT_BOTH_WIDTHS
def test_a_unit_accepts_confers_and_asks_for_more_time(
    someone: Callable[..., Person], lamp: Case, *, phone: bool
) -> None:
    address = f"/cases/{lamp.ref}/"
    urban = someone("urban", phone=phone)
    assert urban.sees("路灯")  # it lies on the desk
    urban.visit(address).do("accept")
    head = someone("urban_leader", phone=phone).visit(address)
    form = head.unfold("consult")
    for unit in ("urban", "housing"):
        form.locator(f"input[name=units][value={unit}]").check()
    head.do("consult", topic="院内这盏灯归谁维护", lead="urban")
    assert head.sees("会商中")
    head.do("conclude_consultation", minutes="灯由城管中队更换,房管所负责断电。", text_1="更换灯具", owner_1="urban")
    assert head.sees("办理中")

    urban.visit("/desk/")
    assert urban.sees("会商决定由我单位负责")
    urban.visit(address).do("request_extension", reason_code="materials", reason="灯具三天后到货。", amount="3")
    assert urban.sees("等待审批")
    assert not urban.may("decide_extension")

    assert book(lamp.ref) == [
        "case.filed", "case.accepted", "case.consultation_called", "case.consultation_concluded", "case.extension_requested",
    ]  # fmt: skip
    assert urban.fits()


@AT_BOTH_WIDTHS
def test_a_firm_without_an_account_does_its_part_and_the_unit_answers(
    someone: Callable[..., Person], lamp: Case, *, phone: bool
) -> None:
    ReplyTemplate.objects.create(street=CODE, title="路灯已修复", verb="answer", body="您反映的路灯已修复,请您查看。")
    urban = someone("urban", phone=phone).visit(f"/cases/{lamp.ref}/").do("accept")
    urban.do("send_outside", body="某照明工程公司", task="请更换院门口灯杆的灯具。", days="3")
    link = re.search(r"/l/[a-z0-9]{32}/", urban.page.inner_text(".gl-receipt"))
    assert link is not None

    firm = someone(phone=phone).visit(link.group())
    assert firm.sees("请更换院门口灯杆的灯具。")
    assert not firm.sees("王小明")
    assert not firm.sees("院门口的路灯坏了三天。")
    firm.page.fill("#text", "灯具已更换,通电正常。")
    firm.page.set_input_files("input[name=photos]", picture())
    firm.send("form[action$='/do/answer/']")
    assert firm.sees("已答复,等验收")
    assert firm.fits()

    urban.visit("/desk/")
    assert urban.sees("待验收")
    urban.visit(f"/cases/{lamp.ref}/")
    answered = urban.page.locator("form[action$='/do/review_outside/'] [name=link] option").last.get_attribute("value")
    urban.do("review_outside", link=str(answered), approved=urban.yes("review_outside", "approved"))
    firm.visit(link.group())
    assert firm.sees("已验收")
    assert urban.page.locator("details #verb-answer").count() == 0  # what carries the case on is not folded away
    form = urban.unfold("answer")
    form.locator("summary", has_text="模板可用").click()
    form.locator("[data-fill]").first.click()
    assert urban.page.input_value("#answer-text") == "您反映的路灯已修复,请您查看。"
    urban.do("answer")

    assert urban.sees("已答复待核实")
    assert not urban.may("verify")
    assert book(lamp.ref) == [
        "case.filed", "case.accepted", "case.sent_outside", "attachment.added", "case.outside_answered", "case.outside_accepted", "case.answered",
    ]  # fmt: skip
    assert urban.fits()
