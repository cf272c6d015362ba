"""``gridloop hot``: the table of hot troubles with its evidence, from the CSV files people have."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from tests.offices.loop import told
from tests.sample import CODE, MONDAY, sample_street
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情,点赞数,反对数"
ROWS = [
    "1,甲,投诉柳荫小区旁搅拌站噪音,2022/5/1 10:00:00,柳荫小区旁边的搅拌站彻夜轰鸣噪音很大,3,1",
    "2,乙,柳荫小区搅拌站灰尘噪音扰民,2022-05-03 08:00:00,搅拌站建在柳荫小区旁边噪音灰尘让人睡不着,0,0",
    "3,丙,搅拌站噪音何时休,2022/5/4 23:10,柳荫小区的业主被搅拌站噪音灰尘折磨,0,0",
    "4,丁,咨询公积金贷款,2022/5/5 9:00:00,公积金贷款需要哪些材料,0,0",
]


@pytest.fixture
def write(tmp_path: Path):
    def written(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "messages.csv"
        path.write_text("\n".join((header, *rows)), encoding="utf-8-sig")
        return path

    return written


def test_a_trouble_of_several_people_is_listed_with_place_period_and_evidence(write, tmp_path):
    result = gridloop("hot", "--data", write(*ROWS), "--detail", tmp_path / "detail.csv", "--json")

    told = document(result)
    [hot] = told["hot"]
    assert (told["n"], hot["people"], hot["messages"], hot["support"]) == (4, 3, 3, 4)
    assert (hot["from"], hot["to"]) == ("2022-05-01", "2022-05-04") and "柳荫小区" in hot["place"]
    assert hot["heat"] == 10.0 and hot["heat_sentence"].endswith("= 10.0") and "集中度" in told["terms"]
    assert [each["id"] for each in hot["evidence"]] == ["1", "2", "3"]
    lines = list(csv.DictReader((tmp_path / "detail.csv").open(encoding="utf-8-sig")))
    assert [(line["问题ID"], line["留言编号"]) for line in lines] == [("1", "1"), ("1", "2"), ("1", "3")]


def test_a_period_narrows_the_table(write):
    data = write(*ROWS)

    assert document(gridloop("hot", "--data", data, "--from", "2022-05-04", "--json"))["hot"] == []
    assert document(gridloop("hot", "--data", data, "--to", "2022-05-03", "--json"))["hot"][0]["people"] == 2


def test_rows_that_cannot_be_used_are_named(write):
    result = gridloop(
        "hot", "--data", write(*ROWS, "5,戊,没有时间,昨天,内容,0,0", "6,己,,2022/5/6 9:00:00,,0,0", ROWS[0]), "--json"
    )

    assert result.exit_code == 1 and document(result)["n"] == 4
    for said in ("第 6 行“时间”", "第 7 行“内容”", "第 8 行“id”"):
        assert said in result.stderr


@pytest.mark.parametrize(
    ("header", "says"), [("留言主题,留言详情", "缺少时间列"), ("留言时间,点赞数", "缺少时间列"), ("留言主题,留言时间", "没有既有内容又有时间的行")]
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(write, header, says):
    result = gridloop("hot", "--data", write(header=header))

    assert result.exit_code == 2 and says in result.stderr


def test_one_source_is_asked_for(write):
    assert gridloop("hot").exit_code == 2
    assert gridloop("hot", "--data", write(*ROWS), "--from", "gestern").exit_code == 2


def test_the_hot_troubles_of_the_real_messages():
    told = document(gridloop("hot", "--data", shared("messages/messages_unlabelled_4326.csv"), "--json"))

    assert told["n"] == 4326 and len(told["hot"]) == 5
    first, second, third = told["hot"][:3]
    assert "丽发新城" in first["place"] and "搅拌站" in first["description"] and first["people"] > 40
    assert "伊景园" in second["place"] and "车位" in second["description"] and second["people"] > 40
    assert "58车贷" in third["place"]
    assert all(each["from"] <= each["to"] and len(each["evidence"]) == each["messages"] for each in told["hot"])


def test_a_street_is_asked_too(db):
    sample_street()
    for number, text in enumerate(("柳荫路路灯不亮三天了", "柳荫路的路灯坏了,晚上不亮", "门口积水难行")):
        told(at=MONDAY + number * timedelta(hours=1), text=text, reporter_phone=f"1380000000{number}")

    [hot] = document(gridloop("hot", "--street", CODE, "--json"))["hot"]

    assert hot["people"] == 2 and "13800000000" not in str(hot)
    assert {each["title"] for each in hot["evidence"]} == {"柳荫路路灯不亮三天了", "柳荫路的路灯坏了,晚上不亮"}
