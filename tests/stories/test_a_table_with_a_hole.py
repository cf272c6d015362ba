"""A clerk drafts a routing table that forgets a category; it is refused with the case that nobody would get."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.conftest import Person

DRAFT = """行,类别,单位,时限方案,理由
A1,城乡建设,urban,san_bu_guo,城建类由{unit}主办
A2,企业服务,economy,san_bu_guo,企业问题由{unit}牵头
"""
WHOLE = DRAFT + "A3,环境保护,environment,1137,环境类由{unit}主办\n"


def hand_in(person: Person, text: str) -> None:
    """The table is uploaded, looked at, and handed in."""
    person.visit("/setup/routes/")
    form = person.page.locator("form[action$='/setup/rows/routes/upload/']")
    form.locator("input[type=file]").set_input_files(
        {"name": "路由表.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    )
    form.locator("input[name=title]").fill("试改路由表")
    form.locator("button[type=submit]").click()
    person.page.wait_for_load_state("load")
    person.page.locator("form[action$='/do/submit/'] button[type=submit]").click()
    person.page.wait_for_load_state("load")


def open_change_set(person: Person) -> None:
    person.visit("/setup/")
    person.page.get_by_role("link", name="试改路由表").first.click()
    person.page.wait_for_load_state("load")


def publish(person: Person) -> None:
    person.page.locator("form[action$='/do/publish/'] button[type=submit]").click()
    person.page.wait_for_load_state("load")


def test_a_draft_with_a_hole_is_published_only_by_who_accepts_it(someone: Callable[..., Person]) -> None:
    keeper, second = someone("keeper"), someone("keeper2")

    hand_in(keeper, DRAFT)
    open_change_set(second)

    assert second.sees("环境保护")
    publish(second)  # the browser asks for the tick first
    assert second.sees("待核对")
    second.page.locator("input[name=accept_warnings]").check()
    publish(second)
    assert second.sees("已生效")


def test_a_whole_draft_is_published_by_a_second_person_only(someone: Callable[..., Person]) -> None:
    keeper, second = someone("keeper"), someone("keeper2")
    hand_in(keeper, WHOLE)

    open_change_set(keeper)
    own_button = keeper.page.locator("form[action$='/do/publish/']").count()
    open_change_set(second)
    publish(second)

    assert own_button == 0
    second.visit("/setup/routes/")
    assert second.sees("A3")
