"""A routing decision in a resident's words: who, why this row, why not the others; no row numbers."""

from __future__ import annotations

from gridloop.core.route_words import plain_words
from gridloop.core.routing import CaseFacts, RoutingTable, fallback_row
from tests.core.routing_samples import row

NAMES = {"urban": "城管中队", "housing": "房管所", "night": "夜间值守", "office": "街道办"}
TABLE = RoutingTable.compile(
    [
        row("R1", "城建", unit="urban"), row("R2", "城建/漏水", unit="housing"), row("R3", "城建/漏水", "1", unit="urban"),
        row("R4", "城建/漏水", "1", unit="night", time_classes={"night"}), row("R5", "城建/漏水", "1", unit="housing", metric=5),
    ],
    fallback=fallback_row(unit="office", profile="p"), unit_names=NAMES,
)  # fmt: skip


def said(category: str, **more: str) -> tuple[str, ...]:
    return plain_words(TABLE, CaseFacts(category, "1/2", **more), place="柳荫社区", profile="三不过")


def test_the_winner_and_each_row_that_lost_are_told_in_plain_words() -> None:
    assert said("城建/漏水/屋顶") == (
        "按“屋顶”这一类、在柳荫社区,到街道公布的分工表里找主办单位。",
        "分工表里有 5 行管到这一类、这一片,选写得最细的一行:先比类别,再比地点,再比条件。",
        "选中的一行管“漏水”、指定的一片,由城管中队主办,按“三不过”的期限办。",
        "管“漏水”、指定的一片、夜间的一行(交给夜间值守)没有选中:它要的条件这件事不符合。",
        "管“漏水”、指定的一片的一行(交给房管所)没有选中:两行一样细,按街道定的先后。",
        "管“漏水”、全街道的一行(交给房管所)没有选中:选中的那一行地点写得更细。",
        "管“城建”、全街道的一行(交给城管中队)没有选中:选中的那一行类别写得更细。",
    )


def test_at_night_the_row_with_the_condition_is_the_finer_one() -> None:
    told = said("城建/漏水", time_class="night")

    assert "(夜间)" in told[0] and "由夜间值守主办" in told[2]
    assert any("条件写得更细" in each for each in told)


def test_a_single_row_and_none_at_all_are_said_so() -> None:
    assert said("城建")[1] == "分工表里只有一行管到这样的事。"
    assert "由街道办先接下来" in said("教育")[1]
    assert "还没有定下的类别" in said("")[0]
    assert not any(label in each for each in said("城建/漏水") for label in ("R1", "R2", "R3", "R4", "R5"))
