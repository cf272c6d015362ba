"""A clerk drafts a routing table that forgets a category; it is refused with the case that nobody would get."""

from __future__ import annotations

from collections.abc import Callable

from tests.stories.conftest import Person

DRAFT = """行,类别,单位,时限方案,理由
A1,城乡建设,urban,san_bu_guo,城建类由{unit}主办
A2,企业服务,economy,san_bu_guo,企业问题由{unit}牵头
"""
WHOLE = DRAFT + "A3,环境保护,environment,1137,环境类由{unit}主办\n"


def upload(person: Person, text: str) -> None:
    person.visit("/setup/routes/")
    form = person.page.locator("form[action$='/setup/routes/draft/']")
    panel = person.page.locator("details", has=form)
    if panel.count() and panel.first.get_attribute("open") is None:
        panel.first.locator("summary").first.click()
    form.locator("input[type=file]").set_input_files(
        {"name": "路由表.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    )
    form.locator("button[type=submit]").click()
    person.page.wait_for_load_state("load")


def publish(person: Person) -> None:
    person.visit("/setup/routes/")
    person.page.locator("form[action$='/publish/'] button[type=submit]").first.click()
    person.page.wait_for_load_state("load")


def test_a_draft_with_a_hole_is_refused_with_its_counter_example(someone: Callable[..., Person]) -> None:
    keeper, second = someone("keeper"), someone("keeper2")

    upload(keeper, DRAFT)
    publish(second)

    assert second.sees("环境保护/噪音")
    second.visit("/setup/routes/")
    assert not second.sees("A2") or second.sees("草稿")


def test_a_whole_draft_is_published_by_a_second_person_only(someone: Callable[..., Person]) -> None:
    keeper, second = someone("keeper"), someone("keeper2")
    upload(keeper, WHOLE)

    publish(keeper) if keeper.page.locator("form[action$='/publish/']").count() else None
    still_a_draft = "草稿" in keeper.visit("/setup/routes/").page.locator("body").inner_text()
    publish(second)

    assert still_a_draft
    second.visit("/setup/routes/")
    assert second.sees("A3")
