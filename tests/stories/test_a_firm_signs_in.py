"""A firm is invited, signs in on its own phone, tells a problem, judges the answer, says no to a policy and to a visit; nobody pushes it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.visits import plan_visit
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.notices.models import Notice
from gridloop.offices.policies.models import PolicyPush
from gridloop.site import tick
from tests.firms import registered
from tests.policies import published
from tests.sample import who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, press

NUMBER = "13812345678"


def invited(someone: Callable[..., Person], firm: Enterprise, *, phone: bool) -> str:
    """The manager makes the letter; the address that its code holds."""
    manager = someone("manager", phone=phone).visit(f"/enterprises/{firm.ref}/")
    press(manager.page.get_by_role("button", name="邀请打开企业页面"))
    assert manager.sees("只能用一次") and manager.page.locator(".gl-receipt-code svg").count() == 1 and manager.fits()
    address = str(manager.page.locator("[data-copy]").get_attribute("data-copy"))
    return f"/firm/{address.partition('/firm/')[2]}"


@AT_BOTH_WIDTHS
def test_a_firm_signs_in_tells_follows_judges_and_says_no(someone: Callable[..., Person], *, phone: bool) -> None:
    now = timezone.now()
    firm = registered(1, at=now - timedelta(days=2), contact="张三丰", phone=NUMBER, duty="厂长")
    published(at=now - timedelta(days=1))
    visit = plan_visit(
        by=who("manager", at=now), at=now, enterprise=firm.ref, on=(now + timedelta(days=3)).date(), purposes=["policy"]
    )
    letter = invited(someone, firm, phone=phone)

    owner = someone(phone=phone, javascript=False).visit(letter)
    owner.page.fill("#phone", "13800000000")
    owner.send("main form")
    assert owner.sees("和登记的不一致")
    owner.page.fill("#phone", NUMBER)
    owner.send("main form")
    assert owner.sees("我的企业") and owner.sees("谁在包联") and owner.fits()

    owner.follows("反映一个问题")
    owner.page.fill("#text", "贷款贴息材料交了两周没有回音。")
    owner.page.select_option("#category", "企业服务/融资")
    owner.send("form[action='/firm/report/']")
    assert owner.sees("经济发展办") and owner.fits()
    case, here = Case.objects.get(), owner.page.url.removeprefix(owner.home)
    economy = who("economy", at=timezone.now())
    actions.accept(by=economy, at=timezone.now(), case=case.ref)
    actions.answer(by=economy, at=timezone.now(), case=case.ref, text="贴息已批复,本周五到账。")
    owner.visit(here)
    assert owner.sees("贴息已批复")
    owner.page.check("input[name=solved][value=yes]")
    owner.page.select_option("[name=satisfied]", "5")
    owner.send("form[action$='/do/judge/']")
    assert owner.sees("您已评价:已解决")

    owner.visit("/firm/policies/")
    assert owner.sees("可能适用 1 项") and owner.fits()
    owner.send("form[action='/firm/do/decline-policy/']")
    assert owner.sees("不再推送给您")
    desk = someone("desk", phone=phone).visit("/policies/").send("form[action$='/policies/push/']")
    assert desk.sees("已为 0 家企业备好摘要") and PolicyPush.objects.get().answer == "declined"

    owner.visit("/firm/visits/").opens("这次不要来")
    assert owner.fits()
    owner.send("form[action='/firm/do/decline-visit/']")
    tick.once(at=timezone.now())
    assert Visit.objects.get(pk=visit.pk).state == "declined"
    assert Notice.objects.get(kind="enterprise.visit_declined").to.name == "辛管家"

    owner.visit("/firm/held/")
    assert owner.sees("还没有人看过") and owner.fits()
    press(owner.page.get_by_role("button", name="退出这台设备"))
    assert owner.visit("/firm/home/").sees("邀请码")
