"""A clerk drafts a routing table with a hole, an idle row, a circle and a night without anyone: each is refused with its counter-example.

Mended, the draft is replayed over history, published by a second person and taken back again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.offices.cases import actions as cases
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation.models import Holding
from tests.sample import CODE, IN_NE, who
from tests.stories.conftest import AT_BOTH_WIDTHS, Person

HEAD = "行,类别,等级,单位,岗位,时限方案,优先序,提级到,理由\n"
WHOLE = [
    "A1,城乡建设,,urban,,san_bu_guo,,,城建类由{unit}主办",
    "A2,企业服务,,economy,,san_bu_guo,,,企业问题由{unit}牵头",
    "A3,环境保护,,environment,,1137,,,环境类由{unit}主办",
]
HOLE = WHOLE[:2]
IDLE = [*WHOLE, "A4,城乡建设,,housing,,san_bu_guo,9,,轮不到的一行"]
CIRCLE = [
    WHOLE[0].replace("san_bu_guo,,,", "san_bu_guo,,housing,"), *WHOLE[1:],
    "A4,城乡建设/房屋管理,,housing,,san_bu_guo,,urban,房屋管理由{unit}主办",
]  # fmt: skip
NIGHTLESS = [*WHOLE[:2], WHOLE[2].replace("environment,,", "environment,NIGHT,")]


@pytest.fixture
def night_post(street: object) -> datetime:
    """A post that nobody holds during one night, and one case on record; when the night begins."""
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    leaves = at + timedelta(days=2)
    organisation.add_post(by=SYSTEM, at=at, street=CODE, code="NIGHT", title="夜间值守", role="unit_worker", unit="environment", place="")  # fmt: skip
    first = organisation.appoint(by=SYSTEM, at=at, street=CODE, post="NIGHT", person="P06", starts_at=at - timedelta(days=1))  # fmt: skip
    Holding.objects.filter(pk=first.pk).update(ends_at=leaves)
    filing = cases.Filing(text="路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_NE)
    cases.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing)
    organisation.appoint(by=SYSTEM, at=at, street=CODE, post="NIGHT", person="P03", starts_at=leaves + timedelta(hours=12))  # fmt: skip
    return leaves


def upload(person: Person, rows: list[str], *, draft: str) -> None:
    """The table is uploaded into this draft (``new`` for another one), and its change-set stands open."""
    person.visit("/setup/routes/")
    form = person.page.locator("form[action$='/setup/rows/routes/upload/']")
    text = HEAD + "\n".join(rows) + "\n"
    form.locator("input[type=file]").set_input_files(
        {"name": "路由表.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    )
    if form.locator("[name=change_set]").count():
        form.locator("[name=change_set]").select_option(draft)
    form.locator("input[name=title]").fill("试改路由表")
    form.locator("button[type=submit]").click()
    person.page.wait_for_url("**/setup/changes/**")


def hand_in(person: Person) -> None:
    person.send("form[action$='/do/submit/']")


def replay(person: Person) -> None:
    """The draft is replayed over the history that the page offers; the figures stand below the form, with their charts."""
    person.page.locator("form[action$='/replay/'] button[type=submit]").last.click()
    person.page.locator("#replay-result .gl-stats").wait_for()
    person.page.locator("[data-chart] svg").first.wait_for()


def open_change_set(person: Person, title: str = "试改路由表") -> None:
    person.visit("/setup/changes/").follows(title)


def publish(person: Person) -> None:
    person.send("form[action$='/do/publish/']")


@AT_BOTH_WIDTHS
def test_each_fault_is_refused_with_its_counter_example_until_the_table_is_whole(
    someone: Callable[..., Person], night_post: datetime, phone: bool
) -> None:
    keeper, second = someone("keeper", phone=phone), someone("keeper2", phone=phone)
    faults = [
        (HOLE, "类别“环境保护”"),
        (IDLE, "A4 行永远轮不到"),
        (CIRCLE, "提级会转圈"),
        (NIGHTLESS, "没有人在岗"),
    ]

    draft = "new"
    for rows, words in faults:
        upload(keeper, rows, draft=draft)
        draft = keeper.page.url.rstrip("/").rpartition("/")[2]
        assert keeper.sees("不成立,不能发布") and keeper.sees(words) and keeper.fits()
        hand_in(keeper)
        assert keeper.sees("没有成功") and keeper.sees(words)

    upload(keeper, WHOLE, draft=draft)
    assert not keeper.sees("不成立,不能发布") and keeper.fits()
    replay(keeper)
    assert (
        keeper.sees("去处改变")
        and keeper.sees("房管所")
        and keeper.page.locator("[data-chart] svg").count()
        and keeper.fits()
    )
    hand_in(keeper)
    open_change_set(keeper)
    assert not keeper.page.locator("form[action$='/do/publish/']").count()

    open_change_set(second)
    assert second.sees("路由表的证明")
    publish(second)
    assert second.sees("已生效")
    second.visit("/setup/routes/")
    assert second.sees("A3") and not second.sees("R3")

    open_change_set(second)
    second.opens("回退").send("form[action$='/do/roll_back/']")
    open_change_set(keeper, "回退:试改路由表")
    publish(keeper)
    keeper.visit("/setup/routes/")
    assert keeper.sees("R3") and not keeper.sees("A3")
