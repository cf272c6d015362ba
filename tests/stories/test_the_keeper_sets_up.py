"""The system keeper's afternoon: a sheet becomes a reviewed change-set and can be taken back, a colleague stands in, programs are let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gridloop.offices.archive.models import Entry
from gridloop.offices.organisation.models import ApiToken, Delegation, Unit
from tests.sample import CODE
from tests.stories.conftest import AT_BOTH_WIDTHS, Person


def sheet(person: Person) -> str:
    """The units as a sheet, as the page hands it out."""
    answer = person.page.request.get(f"{person.home}/setup/rows/units/sheet.csv")
    return str(answer.body().decode("utf-8-sig"))


def units() -> set[str]:
    return set(Unit.objects.filter(street=CODE, valid_until__isnull=True).values_list("code", flat=True))


@AT_BOTH_WIDTHS
def test_a_sheet_is_drafted_by_one_published_by_another_and_taken_back(
    someone: Callable[..., Person], *, phone: bool
) -> None:
    keeper, second = someone("keeper", phone=phone), someone("keeper2", phone=phone)
    keeper.visit("/setup/rows/units/")
    lines = sheet(keeper).splitlines()
    code, name = lines[0].split(",").index("代码"), lines[0].split(",").index("名称")
    new = lines[1].split(",")
    new[code], new[name] = "parks", "园林绿化队"
    rows = [lines[0], ",".join(new)]
    form = "form[action$='/setup/rows/units/upload/']"
    keeper.page.set_input_files(
        f"{form} input[type=file]",
        {"name": "单位.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode("utf-8-sig")},
    )
    keeper.send(form)
    assert keeper.sees("园林绿化队")
    assert keeper.fits()
    assert "parks" not in units()  # a draft changes nothing
    keeper.page.fill("#submit-title", "增设园林绿化队")
    keeper.send("form[action$='/do/submit/']")
    assert keeper.page.locator("form[action$='/do/publish/']").count() == 0

    second.visit("/setup/").follows("增设园林绿化队")
    if second.page.locator("input[name=accept_warnings]").count():
        second.page.check("input[name=accept_warnings]")
    second.send("form[action$='/do/publish/']")
    assert second.sees("已生效")
    assert "parks" in units()

    second.opens("回退").page.fill("#roll-reason", "编制没有批下来")
    second.send("form[action$='/do/roll_back/']")
    assert second.sees("回退单")

    written = Entry.objects.filter(kind__startswith="change_set.").order_by("id").values_list("kind", flat=True)
    assert [kind for kind in written if kind != "change_set.edited"][:4] == [
        "change_set.drafted", "change_set.submitted", "change_set.published", "change_set.in_force",
    ]  # fmt: skip
    assert second.fits()


@AT_BOTH_WIDTHS
def test_a_colleague_stands_in_and_programs_are_let_in_and_out(someone: Callable[..., Person], *, phone: bool) -> None:
    keeper = someone("keeper", phone=phone).visit("/me/leave/")
    page = keeper.page
    today = timezone.localdate()
    page.check("input[name=holdings]")
    page.select_option("[name=to]", label=page.locator("[name=to] option", has_text="寅系统").inner_text())
    page.fill("[name=first_on]", today.isoformat())
    page.fill("[name=last_on]", (today + timedelta(days=2)).isoformat())
    page.fill("[name=reason]", "年休假")
    keeper.send("main form[action$='/me/leave/']")
    assert keeper.sees("寅系统 代 子系统")
    assert Delegation.objects.count() == 1
    keeper.send("form[action*='/me/leave/'][action$='/end/']")

    keeper.visit("/me/tokens/")
    page.fill("[name=name]", "区热线平台同步")
    page.locator("input[name=scopes]").first.check()
    keeper.send("main form[action$='/me/tokens/']")
    secret = page.inner_text(".gl-secret-text")
    keeper.visit("/me/tokens/")
    assert not keeper.sees(secret)  # shown once
    assert keeper.fits()
    keeper.send("form[action$='/revoke/']")
    assert keeper.sees("已收回")
    assert ApiToken.objects.get().revoked_at is not None

    keeper.visit("/setup/webhooks/")
    page.fill("[name=name]", "数字城管")
    page.fill("[name=url]", "https://city.example/hooks")
    page.check("input[name=events][value='case.*']")
    keeper.send("main form[action$='/setup/webhooks/']")
    assert keeper.sees("签名密钥")
    keeper.send("form[action$='/ping/']")
    assert keeper.sees("待投递")
    assert keeper.fits()
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"token.issued", "token.revoked", "webhook.added"} <= kinds
