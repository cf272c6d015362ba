"""``gridloop classify``: taught from the CSV files people have, measured, asked; what cannot be used is named."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shared_data import shared
from tests.site.command_line import document, gridloop, process

TROUBLES = {
    "环境保护": ("工厂夜里偷排污水,河水发黑发臭", "烟囱冒黑烟,空气污染严重", "垃圾焚烧产生毒气,影响健康"),
    "教育文体": ("学校违规补课乱收费", "老师体罚学生,家长不敢说", "幼儿园入学名额太少"),
    "交通运输": ("出租车拒载还不打表", "公交车班次太少,等一个小时", "高速公路收费站堵车"),
}
PLACES = ("城东", "城西", "南湖", "北站", "新村", "老街", "河畔", "山下")
Write = Callable[..., Path]


def lines() -> list[tuple[str, str]]:
    """72 messages of three labels."""
    return [
        (f"{place}{trouble},第{number}次反映", label)
        for number, place in enumerate(PLACES)
        for label, troubles in TROUBLES.items()
        for trouble in troubles
    ]


def sheet(rows: list[tuple[str, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A CSV file of the given rows."""

    def written(name: str, rows: list[tuple[str, ...]], encoding: str = "utf-8") -> Path:
        content = sheet(rows).encode(encoding)
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return written


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the 72 messages, taught once."""
    folder = tmp_path_factory.mktemp("trained")
    data = folder / "labelled.csv"
    data.write_text(sheet([("text", "label"), *lines()]), encoding="utf-8")
    assert (
        gridloop("classify", "train", "--data", data, "--out", folder / "model.npz", "--date", "2026-01-31").exit_code
        == 0
    )
    return folder / "model.npz"


def test_a_model_is_taught_measured_and_asked(write, tmp_path):
    data = write("labelled.csv", [("text", "label"), *lines()])
    model = tmp_path / "own.npz"

    card = document(gridloop("classify", "train", "--data", data, "--out", model, "--json"))
    figures = document(gridloop("classify", "eval", "--data", data, "--model", model, "--json"))
    asked = write("asked.csv", [("text",), ("东湖工厂偷排污水",), ("",)])
    told = document(gridloop("classify", "predict", "--data", asked, "--model", model, "--json"))

    assert card["held_out"]["n"] == 72 and json.loads((tmp_path / "own.card.json").read_text()) == {
        name: value for name, value in card.items() if name != "file"
    }
    assert {"n", "accuracy", "macro_f1", "per_class", "coverage", "precision_when_sure"} <= set(figures)
    assert figures["n"] == 72 and figures["accuracy"] == figures["macro_f1"] == 1
    assert figures["trained_on_this_data"]
    assert told["predictions"][0]["alternatives"][0]["category"] == "环境保护"
    assert len(told["predictions"][0]["alternatives"]) == 3 and told["predictions"][0]["words"]


def test_the_same_files_and_seed_give_the_same_bytes(trained, tmp_path):
    again = tmp_path / "again.npz"

    gridloop("classify", "train", "--data", trained.parent / "labelled.csv", "--out", again, "--date", "2026-01-31")

    assert again.read_bytes() == trained.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["messages.csv", "messages.csv.gz"])
@pytest.mark.parametrize(
    "header",
    [
        # the raw sample: subject and body
        ("留言主题", "留言详情", "一级分类"),
        # another name for the label
        ("留言主题", "留言详情", "一级标签"),
        # cut into words
        ("tokens", "label"),
    ],
)
def test_files_are_read_as_people_have_them(trained, write, header, name, encoding):
    rows = [(text, text, label) if len(header) == 3 else (text, label) for text, label in lines()]

    result = gridloop(
        "classify", "eval", "--data", write(name, [header, *rows], encoding), "--model", trained, "--json"
    )

    assert result.exit_code == 0 and document(result)["accuracy"] == 1


def test_several_files_are_one_question(trained, write):
    one, other = (
        write("one.csv", [("text", "label"), *lines()[:10]]),
        write("two.csv", [("tokens", "label"), *lines()[10:30]]),
    )

    assert (
        document(gridloop("classify", "eval", "--data", one, "--data", other, "--model", trained, "--json"))["n"] == 30
    )


def test_bad_rows_are_named_and_the_rest_is_measured(trained, write):
    rows = [("text", "label"), *lines()[:5], ("没有标签", ""), ("", "环境保护"), ("多一格", "环境保护", "甲")]

    result = gridloop("classify", "eval", "--data", write("some.csv", rows), "--model", trained, "--json")

    assert result.exit_code == 1 and document(result)["n"] == 5
    for said in ("some.csv 第 7 行“label”", "some.csv 第 8 行“text”", "some.csv 第 9 行“(多出的格)”", "共有 3 行未用"):
        assert said in result.stderr


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("text", "date"), ("路灯不亮", "1")], "缺少标签列"),
        ([("said", "label"), ("路灯不亮", "市政")], "缺少内容列"),
        ([("text", "label")], "没有既有内容又有标签的行"),
        ([("text", "label"), ("路灯不亮", "市政"), ("井盖坏了", "市政")], "至少要有两个不同的标签"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_a_sentence(write, tmp_path, rows, says):
    result = gridloop("classify", "train", "--data", write("bad.csv", rows), "--out", tmp_path / "m.npz")

    assert result.exit_code == 2 and says in result.stderr
    assert not (tmp_path / "m.npz").exists()


def test_a_file_that_is_no_model_is_refused(write, tmp_path):
    (tmp_path / "m.npz").write_bytes(b"PK\x03\x04 not a model")
    data = write("labelled.csv", [("text", "label"), *lines()[:3]])

    assert gridloop("classify", "eval", "--data", data, "--model", tmp_path / "m.npz").exit_code == 2
    assert gridloop("classify", "eval", "--data", data, "--model", tmp_path / "none.npz").exit_code == 2
    assert gridloop("classify", "eval", "--data", tmp_path / "none.csv").exit_code == 2


def test_the_shipped_model_answers_without_a_database(write, tmp_path):
    data = write("asked.csv", [("留言主题", "留言详情"), ("单位拖欠工资", "单位拖欠农民工工资三个月,也不缴纳社保")])

    found = process("classify", "predict", "--data", data, "--json", home=tmp_path / "home")

    assert found.returncode == 0
    answer = json.loads(found.stdout)
    assert answer["predictions"][0]["alternatives"][0]["category"] == "劳动和社会保障"
    assert not list((tmp_path / "home").glob("*.sqlite3"))


def test_the_shipped_model_measured_on_what_it_was_taught_says_so():
    result = gridloop("classify", "eval", "--data", shared("messages/labelled_raw_495.csv"), "--json")

    assert document(result)["n"] == 495 and document(result)["trained_on_this_data"]
    assert "不能当作检验" in result.stderr


def test_names_of_categories_are_weak_examples_and_unlabelled_messages_tell_what_is_rare(write, tmp_path):
    few = write("few.csv", [("text", "label"), *lines()[:9]])
    tree = write(
        "tree.csv",
        [
            ("一级分类", "二级分类", "三级分类"),
            ("环境保护", "噪声污染", "广场舞扰民"),
            ("农村农业", "土地管理", "征地"),
            ("交通运输", "公路", "收费站"),
        ],
    )
    more = write("more.csv", [("text",), ("广场舞声音太吵",), ("征地补偿没有到位",)])
    model = tmp_path / "own.npz"

    card = document(
        gridloop(
            "classify", "train", "--data", few, "--categories", tree, "--unlabelled", more, "--out", model, "--json"
        )
    )
    asked = write("asked.csv", [("text",), ("晚上广场舞扰民,噪声污染严重",)])
    told = document(gridloop("classify", "predict", "--data", asked, "--model", model, "--json"))["predictions"][0]

    assert card["hints"] == {
        "categories": "tree.csv",
        "texts": 6,
        "weight": 0.1,
        "unlabelled": ["more.csv"],
        "unlabelled_texts": 2,
    }
    assert told["alternatives"][0]["category"] == "环境保护"
    assert "农村农业" not in card["categories"], "a label that no example has is not learned from its name alone"
