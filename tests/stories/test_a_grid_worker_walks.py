"""A grid worker on the round: finds the grid, files what lies in the street with a photo, and looks whether an answer is true."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from gridloop.offices.archive.queries import attachments_of
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from tests.sample import CODE, IN_NE, IN_SW, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person, book, picture


@AT_BOTH_WIDTHS
def test_a_problem_is_filed_on_the_spot_with_a_photo(someone: Callable[..., Person], *, phone: bool) -> None:
    worker = someone("grid", phone=phone).visit("/atlas/")
    assert worker.page.locator("#grids-title ~ *, .gl-atlas-list").first.is_visible()
    assert worker.sees("壬网格")  # who stands for the grid
    assert worker.fits()

    page = worker.visit("/cases/new/").page
    page.fill("textarea[name=text]", "小区北门的路面塌了一个坑,积水很深。")
    page.select_option("[name=category]", "城乡建设/市政设施/积水")
    grid = page.locator("select[name=grid] option", has_text="西南小区").get_attribute("value")
    page.select_option("[name=grid]", grid)
    worker.send("form[data-draft=new-case]")
    assert worker.sees("已登记并派件")
    case = Case.objects.get()
    assert (case.source, case.grid.code if case.grid else "") == ("grid", "C1-SW")

    worker.visit(f"/cases/{case.ref}/")
    worker.unfold("attach").locator("input[type=file]").set_input_files(picture())
    worker.do("attach")

    assert worker.page.locator(".gl-thumbs img").count() == 1
    assert [kept.name for kept in attachments_of(case.subject)] == ["现场.jpg"]
    assert book(case.ref) == ["case.filed", "attachment.added"]
    assert worker.fits()


@AT_BOTH_WIDTHS
def test_an_answer_that_is_not_true_goes_back(someone: Callable[..., Person], *, phone: bool) -> None:
    now = timezone.now()
    filing = actions.Filing(text="路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
    case = actions.file_case(by=who("desk", at=now), at=now, street=CODE, filing=filing).case
    elsewhere = actions.Filing(text="河畔花园路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_NE)
    other = actions.file_case(by=who("desk", at=now), at=now, street=CODE, filing=elsewhere).case
    actions.accept(by=who("urban", at=now), at=now, case=case.ref)
    actions.answer(by=who("urban", at=now), at=now, case=case.ref, text="已更换灯具。")

    worker = someone("grid", phone=phone).visit("/cases/")
    assert worker.sees(case.number)
    assert not worker.sees(other.number)  # not on the worker's round
    assert worker.page.goto(f"{worker.home}/cases/{other.ref}/").status == 404
    worker.visit(f"/cases/{case.ref}/")
    worker.do("verify", passed=worker.yes("verify", "passed", meaning=False), text="晚上八点到现场,仍然不亮。")

    assert worker.sees("办理中")
    assert book(case.ref)[-1] == "case.verification_failed"
    assert Case.objects.get(pk=case.pk).reworks == 1
    assert worker.fits()
