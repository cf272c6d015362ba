"""A service manager files a firm's problem; it goes round the whole loop, in five browsers."""

from __future__ import annotations

from collections.abc import Callable

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.queries.finding import scoped_case
from tests.stories.conftest import Person, press


def test_a_manager_files_a_unit_returns_it_the_desk_reassigns_and_the_caller_confirms(
    someone: Callable[..., Person],
) -> None:
    manager = someone("manager").visit("/cases/new/")
    manager.page.fill("textarea[name=text]", "厂区门口路灯不亮,夜班职工出行不便。")
    manager.page.select_option("[name=category]", "城乡建设/市政设施/路灯")
    manager.page.fill("[name=address]", "柳荫路1号院")
    press(manager.page.locator("form:has(textarea[name=text]) button[type=submit]").last)
    assert manager.sees("城市管理中队")
    address = manager.page.locator("a[href*='/cases/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href')).find(href => /^\\/cases\\/[a-z0-9]{16}\\/$/.test(href))"
    )
    case = address.split("/")[2]

    urban = someone("urban").visit(address)
    urban.do("accept")
    assert urban.sees("已签收")
    urban.do("return_case", duty_item="P-12", reason="道路照明设施维护由区城市管理局负责,我们只配合。")
    desk = someone("desk").visit(address)
    assert desk.sees("P-12")
    desk.do("assign", unit="housing", reason="厂区属房管所代管,请房管所处理。")
    assert desk.sees("房管所")

    housing = someone("housing").visit(address)
    housing.do("accept")
    housing.do("answer", text="已更换两盏路灯并检查线路,今晚已正常亮灯。")
    assert not housing.may("verify")
    verifier = someone("verifier").visit(address)
    verifier.do("verify", passed=verifier.yes("verify", "passed"), text="晚上七点现场查看,两盏灯都亮。")
    desk.visit(address)
    desk.do("record_callback", outcome="reached", solved=desk.yes("record_callback", "solved"))
    desk.visit(address).do("strike_off")

    assert desk.sees("已销号")
    kinds = [entry.kind for entry in timeline(scoped_case(case, by=SYSTEM).subject)]
    assert kinds == [
        "case.filed", "case.accepted", "case.returned", "case.assigned", "case.accepted", "case.answered", "case.verified",
        "case.called_back", "case.cleared",
    ]  # fmt: skip
