"""Seen by four people on four pages: a visit finds a problem, a bank is asked, the firm confirms, it is struck off."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.banking import Offer, add_product
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.solution_models import BankMatch, BankProduct
from tests.firms import registered
from tests.sample import CODE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, press


def firm_and_product() -> Enterprise:
    """A firm of forty people on the manager's beat, and a bank that lends to firms of up to three hundred."""
    now = timezone.now()
    few = {
        "quote": "从业人员 300 人以下",
        "condition": {"fact": "staff", "at_most": 300, "label": "从业人员", "unit": "人"},
    }
    offer = Offer("示例银行", "周转贷", Decimal(1_000_000), Decimal("3.85"), Decimal("5.2"), 36, (few,), "对公一部")
    add_product(by=who("desk", at=now), at=now, street=CODE, offer=offer)
    return registered(1, at=now)


def takes(person: Person, step: str, **fields: str) -> None:
    """The step's form on the page is unfolded, filled in and sent."""
    panel = person.page.locator(f"details#{step}")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    form = panel.locator("form")
    for name, value in fields.items():
        person._say(form, name, value)
    press(form.locator("button[type=submit]"))


@AT_BOTH_WIDTHS
def test_from_the_visit_to_the_strike_off_with_a_bank_in_between(
    street: object, someone: Callable[..., Person], *, phone: bool
) -> None:
    firm = firm_and_product()
    manager = someone("manager", phone=phone).visit(f"/visits/log/{firm.ref}/")
    manager.page.locator("input[name=purposes]").first.check()
    manager.page.fill("[name=text_1]", "季末回款慢,流动资金周转不开,想借五十万。")
    manager.page.select_option("[name=category_1]", "企业服务/融资")
    press(manager.page.locator("form:has([name=text_1]) button[type=submit]").last)
    case = Case.objects.get()
    assert manager.sees("1 个问题已立为事项") and (case.lead.code, case.enterprise_ref) == ("economy", firm.ref)

    economy = someone("economy", phone=phone).visit(f"/cases/{case.ref}/")
    economy.do("accept").follows("登记资金需求")
    economy.page.fill("[name=amount_wan]", "50")
    economy.page.fill("[name=term]", "12")
    economy.send("form[action='/enterprises/banks/new/']")
    match = BankMatch.objects.get()
    assert economy.sees("还没有,不给银行看") and economy.sees("从业人员不超过300人(实际为40)") and economy.fits()
    takes(economy, "consent", name="王某某", duty="财务负责人", how="当面签字")
    assert not economy.sees("王某某") and economy.sees("给银行看的情况")
    takes(economy, "introduce", product=BankProduct.objects.get().ref)
    takes(economy, "grant", granted_wan="50", rate="4.1")
    economy.follows(case.number).do("answer", text="银行已授信五十万元,年利率 4.1%,企业可随时提款。")

    verifier = someone("verifier", phone=phone).visit(f"/cases/{case.ref}/")
    assert verifier.sees("银行已授信")
    verifier.do("verify", passed=verifier.yes("verify", "passed"), text="查看授信通知书")
    desk = someone("desk", phone=phone).visit(f"/cases/{case.ref}/")
    desk.do("record_callback", outcome="reached", solved=desk.yes("record_callback", "solved"), text="厂长说钱够用了")
    desk.visit(f"/cases/{case.ref}/").do("strike_off")

    assert Case.objects.get().state == "cleared"
    assert manager.visit(f"/enterprises/{firm.ref}/").sees("银行授信") and manager.sees("已销号") and manager.fits()
    assert economy.visit(f"/enterprises/banks/{match.ref}/").sees(case.number) and economy.fits()
    assert desk.visit("/enterprises/banks/").sees("50 万元") and desk.fits()
    assert [kind for kind in book(case.ref) if kind in ("case.filed", "case.answered", "case.verified", "case.cleared")] == [
        "case.filed", "case.answered", "case.verified", "case.cleared",
    ]  # fmt: skip
