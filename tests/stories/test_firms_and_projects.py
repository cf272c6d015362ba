"""A policy is written, published, pushed, declined and never pushed again; a project goes through four libraries while a gap is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gridloop.offices.policies.models import Policy, PolicyPush
from gridloop.offices.projects.models import FactorNeed, Project
from tests.firms import registered
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, press


@AT_BOTH_WIDTHS
def test_a_policy_is_pushed_declined_and_never_pushed_again(someone: Callable[..., Person], *, phone: bool) -> None:
    firm = registered(1, at=timezone.now())
    registered(2, at=timezone.now(), staff="900", address="河畔花园")

    clerk = someone("economy", phone=phone)
    clerk.visit("/policies/").follows("起草政策")
    clerk.page.fill("#id_title", "小微企业房租补贴(示例)")
    clerk.page.fill("#id_issuer", "示例区人民政府")
    clerk.page.fill("#id_valid_from", "2022-01-01")
    clerk.page.fill("#id_benefit", "补贴三个月房租。")
    row = clerk.page.locator("tbody tr").first
    row.locator("[name=quote]").fill("从业人员三百人以下")
    row.locator("[name=fact]").select_option("staff")
    row.locator("[name=operator]").select_option("at_most")
    row.locator("[name=value]").fill("300")
    row.locator("[name=value]").blur()
    clerk.page.locator("#preview", has_text="适用 1 家,共 2 家企业").wait_for()
    assert clerk.fits()
    press(clerk.page.get_by_role("button", name="保存草稿"))
    assert clerk.sees("您是起草人")

    desk = someone("desk", phone=phone)
    policy = Policy.objects.get()
    desk.visit(f"/policies/{policy.ref}/").send("form[action$='/do/publish/']")
    assert desk.sees("已发布") and desk.fits()
    desk.visit("/policies/").send("form[action$='/policies/push/']")
    assert desk.sees("已为 1 家企业备好摘要")

    desk.visit(f"/policies/firms/{firm.ref}/")
    assert desk.sees("可能适用 1 项政策") and desk.sees("从业人员不超过300人(实际为40)") and desk.fits()
    desk.page.fill("[name=how]", "联系人电话告知不需要")
    press(desk.page.get_by_role("button", name="不需要,不再推送"))
    assert desk.sees("谢绝的政策不再推送")

    desk.visit("/policies/").send("form[action$='/policies/push/']")
    assert desk.sees("已为 0 家企业备好摘要")
    assert PolicyPush.objects.get().answer == "declined"


@AT_BOTH_WIDTHS
def test_a_project_goes_through_four_libraries_with_a_gap_raised_and_solved(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    clerk = someone("economy", phone=phone)
    clerk.visit("/projects/").follows("新项目入库")
    for name, value in (("name", "示例冷链园"), ("owner", "示例置业公司"), ("total_yi", "3.5")):
        clerk.page.fill(f"#id_{name}", value)
    clerk.page.select_option("#id_sector", "industry")
    press(clerk.page.get_by_role("button", name="入储备库"))
    project = Project.objects.get()
    assert clerk.sees("进入拟开工库还看什么") and clerk.fits()

    home, today = f"/projects/{project.ref}/", timezone.localdate()
    move(clerk, "planned", "手续已齐备")
    assert clerk.sees("还不能进入拟开工库") and clerk.sees("立项或备案文号")

    complete(clerk, home, approval="演示备1号", site_ready="yes", start_planned_on=f"{today + timedelta(days=30)}")
    move(clerk, "planned", "手续已齐备")
    assert clerk.sees("已移库")

    clerk.do("need", factor="funds", gap="3000", text="设备款还差三千万元")
    assert clerk.sees("3000 万元") and clerk.sees("缺口已登记")
    close_gap(clerk, someone, phone=phone)
    clerk.visit(home)
    assert clerk.sees("已解决")

    complete(clerk, home, permit="演示施1号", started_on=f"{today}")
    move(clerk, "building", "提前开工建设")
    assert clerk.sees("提前开工")
    complete(clerk, home, finished_on=f"{today}")
    move(clerk, "completed", "通过竣工验收")

    clerk.visit("/projects/")
    assert clerk.sees("共 1 个项目,总投资 3.50 亿元") and clerk.fits()
    project.refresh_from_db()
    assert (project.library, project.moves.count(), Project.objects.count()) == ("completed", 4, 1)


def move(person: Person, to: str, reason: str) -> None:
    person.do("move", to=to, reason=reason)


def complete(person: Person, home: str, **fields: str) -> None:
    """The record is completed on its own page."""
    person.visit(f"{home}edit/")
    for name, value in fields.items():
        field = person.page.locator(f"#id_{name}")
        if name == "site_ready":
            field.select_option(value)
        else:
            field.fill(value)
    press(person.page.get_by_role("button", name="保存"))


def close_gap(clerk: Person, someone: Callable[..., Person], *, phone: bool) -> None:
    """The unit answers, somebody else verifies, the desk strikes it off: as any case."""
    case = f"/cases/{FactorNeed.objects.get().case.ref}/"
    clerk.visit(case).do("accept")
    clerk.do("answer", text="银行已授信三千万元")
    verifier = someone("verifier", phone=phone).visit(case)
    verifier.do("verify", passed=verifier.yes("verify", "passed"), text="查看授信合同")
    someone("desk", phone=phone).visit(case).do("strike_off")
