"""A row of the visit book as people type it: days, words and several of them, and what cannot be read told by column."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from gridloop.core.visit_rows import Fault, ReadRow, is_blank, read_row

BEIJING = timezone(timedelta(hours=8))
UNITS = {"urban": "城管所", "env": "环保所"}
ROW = {"enterprise": "示范一号公司", "at": "2022-02-28 10:30", "purposes": "送政策"}


def read(**cells: str) -> ReadRow | Fault:
    return read_row(ROW | cells, units=UNITS, zone=BEIJING)


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        ("2022-02-28 10:30", 10, 30),
        ("2022/2/28 10:30", 10, 30),
        ("2022.2.28 10:30", 10, 30),
        ("2022年2月28日 10时30分", 10, 30),
        ("2022年2月28日10点", 10, 0),
        ("2022-02-28T10:30", 10, 30),
        ("2022-02-28 10:30:00", 10, 30),  # as a spreadsheet's cell
        ("2022-02-28 00:00:00", 9, 0),  # as a spreadsheet's cell that holds a day only
        ("2022-02-28", 9, 0),
        ("2022\uff0d02\uff0d28 10\uff1a30", 10, 30),  # full-width
    ],
)
def test_a_moment_is_read_as_people_write_it(said, hour, minute):
    row = read(at=said)

    assert isinstance(row, ReadRow)
    assert row.happened_at == datetime(2022, 2, 28, hour, minute, tzinfo=BEIJING)


def test_what_is_left_empty_is_the_usual():
    row = read()

    assert isinstance(row, ReadRow)
    assert (row.way, row.outcome, row.level, row.purposes, row.bodies) == (
        "on_site",
        "done",
        "manager",
        ("policy",),
        (),
    )


@pytest.mark.parametrize(
    "said", ["送政策、解难题", "送政策,解难题", "policy;problem", "送政策/ 解难题", "送政策、解难题、送政策"]
)
def test_several_purposes_stand_in_one_cell(said):
    row = read(purposes=said, bodies="环保所、urban", way="电话", outcome="未联系上", level="街道领导")

    assert isinstance(row, ReadRow)
    assert row.purposes == ("policy", "problem")
    assert row.bodies == ("env", "urban")
    assert (row.way, row.outcome, row.level) == ("phone", "unreachable", "street")


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"enterprise": " "}, "enterprise", "没有写企业"),
        ({"at": ""}, "at", "没有写哪一天"),
        ({"at": "上周三"}, "at", "“上周三”不是日期"),
        ({"at": "2022-02-30"}, "at", "不是日期"),
        ({"at": "2022-02-28 25:00"}, "at", "不是日期"),
        ({"at": "2022-02-28 10:30 起"}, "at", "不是日期"),
        ({"way": "骑车"}, "way", "可以写:上门、电话、线上"),
        ({"purposes": "送政策、喝茶"}, "purposes", "没有“喝茶”"),
        (
            {"outcome": "待走访"},
            "outcome",
            "可以写:已走访、企业谢绝、未联系上",
        ),  # a visit to come is arranged, not entered
        ({"level": "科长"}, "level", "没有“科长”"),
        ({"bodies": "海关"}, "bodies", "本街道的单位"),
        ({"topic": "长" * 121}, "topic", "最多 120 个字"),
        ({"said": "长" * 2001}, "said", "最多 2000 个字"),
    ],
)
def test_what_cannot_be_read_is_told_by_column(cells, column, words):
    fault = read(**cells)

    assert isinstance(fault, Fault)
    assert fault.column == column
    assert words in fault.reason


def test_words_of_another_language_are_read_where_they_are_given():
    row = read_row(ROW | {"way": "Phone"}, units={}, zone=BEIJING, also={"phone": "phone", "listening": "know"})

    assert isinstance(row, ReadRow)
    assert row.way == "phone"
    assert isinstance(read(way="Phone"), Fault)
    assert isinstance(read_row(ROW | {"way": "listening"}, units={}, zone=BEIJING, also={"listening": "know"}), Fault)


def test_a_row_with_nothing_but_the_firm_is_blank():
    assert is_blank({"enterprise": "示范一号公司", "at": " "})
    assert not is_blank({"enterprise": "示范一号公司", "said": "没有时间"})
