"""``gridloop classify train|eval|predict``: the category model taught, measured and asked, from files, without Django.

``train`` keeps the model and its card in the home folder (``models/trained.npz``) or at ``--out``; ``eval`` and ``predict`` use
``--model``, else the one trained here, else the one that comes with gridloop. What the streets of this installation use does not
change: their models are promoted by figures (see docs/classification.md). Rows that cannot be used are named on stderr, the others answered, and
the exit code is 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from gridloop.core.calibration import Figures, measure, teach
from gridloop.core.errors import WrongInput
from gridloop.core.model_card import card_of, packed, unpacked
from gridloop.core.text import Classifier
from gridloop.offices.cases.shipped_model import shipped_card, shipped_classifier
from gridloop.site.command import NOT_FINE, Group, json_option
from gridloop.site.home import home
from gridloop.site.imports.labelled import LeftOut, fingerprint_of, hints_from, read_labelled, read_told
from gridloop.site.terminal import note, print_json, print_table

SEED = 20220529
MOST_NAMED = 1000
Option = Callable[[Callable[..., Any]], Callable[..., Any]]
data_option: Option = click.option(
    "--data", "paths", required=True, multiple=True, metavar="文件", type=click.Path(path_type=Path, dir_okay=False),
    help="CSV(可为 .gz;UTF-8 或 GB18030)。内容列:text、tokens 或 留言主题+留言详情;标签列:一级标签、一级分类 或 label。可给多个。",
)  # fmt: skip
model_option: Option = click.option(
    "--model", metavar="文件", type=click.Path(path_type=Path, dir_okay=False),
    help="模型文件;不写则用本机训练的,没有则用随软件附带的。",
)  # fmt: skip


@click.group("classify", cls=Group)
def classify_command() -> None:
    """类别建议模型:训练、检验、判别。

    \b
    示例:
      gridloop classify train --data labelled.csv --data more.csv.gz
      gridloop classify eval --data held_out.csv --json
      gridloop classify predict --data messages.csv --json
    """


@classify_command.command("train")
@data_option
@click.option(
    "--out", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="模型写到哪里;说明卡写在旁边。"
)
@click.option("--name", default="trained", show_default=True, help="模型的名称,写在说明卡上。")
@click.option("--seed", default=SEED, show_default=True, help="分折的种子:同样的文件、同样的种子,得到同样的模型。")
@click.option("--date", "on", metavar="年-月-日", help="写在说明卡上的日期;不写则为今天。")
@click.option(
    "--categories", metavar="文件", type=click.Path(path_type=Path, dir_okay=False),
    help="类别树 CSV(一级分类、二级分类、三级分类):下级类别的名称作为一级标签的弱提示,例子少时有用。",
)  # fmt: skip
@click.option(
    "--unlabelled", multiple=True, metavar="文件", type=click.Path(path_type=Path, dir_okay=False),
    help="没有标签的留言,只用来知道哪些字少见。可给多个。",
)  # fmt: skip
@json_option
def train(
    paths: tuple[Path, ...], out: Path | None, name: str, seed: int, on: str | None, categories: Path | None,
    unlabelled: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    """用有标签的留言训练模型,写下说明卡。只用 numpy,不联网。"""
    found = read_labelled(paths)
    _tell_left_out(found.left_out)
    note(f"正在训练:{len(found.examples.texts)} 条,五折检验加全量训练,约需一两分钟。")
    hints = hints_from(categories, unlabelled)
    taught = teach(found.examples, seed=seed, hints=hints)
    content = packed(taught.model)
    card = card_of(
        taught, name=name, on=on or f"{datetime.now(UTC).astimezone():%Y-%m-%d}", seed=seed, sources=found.sources
    )
    card["size_bytes"] = len(content)
    card["hints"] = {
        "categories": categories.name if categories else "", "texts": len(hints.texts), "weight": hints.weight,
        "unlabelled": [path.name for path in unlabelled], "unlabelled_texts": len(hints.others),
    }  # fmt: skip
    where = out or _trained_here()
    _write(where, content, card)
    if as_json:
        print_json(card | {"file": str(where)})
    else:
        _print_figures(f"五折外检验({where})", taught.held_out)
    _finish(found.left_out)


@classify_command.command("eval")
@data_option
@model_option
@json_option
def evaluate(paths: tuple[Path, ...], model: Path | None, as_json: bool) -> None:
    """在有标签的文件上检验模型:准确率、宏 F1、各类成绩、采纳比例和采纳中的正确率。"""
    classifier, card, name = _model(model)
    found = read_labelled(paths)
    _tell_left_out(found.left_out)
    figures = measure(classifier, found.examples)
    seen = _trained_on(card, paths)
    if seen:
        note(f"注意:{'、'.join(seen)} 曾用来训练这个模型,成绩不能当作检验;检验成绩见说明卡。")
    if as_json:
        print_json(
            asdict(figures) | {"model": name, "threshold": classifier.threshold, "trained_on_this_data": bool(seen)}
        )
    else:
        _print_figures(f"检验({name})", figures)
    _finish(found.left_out)


@classify_command.command("predict")
@data_option
@model_option
@click.option("--top", default=3, show_default=True, type=click.IntRange(1, 20), help="列出最像的几类。")
@json_option
def predict(paths: tuple[Path, ...], model: Path | None, top: int, as_json: bool) -> None:
    """逐条建议类别;把握不够的写“不确定”,并列出最像的几类和依据的词。"""
    classifier, _, name = _model(model)
    told, left_out = read_told(paths)
    _tell_left_out(left_out)
    answers = []
    for each in told:
        found = classifier.suggest(each.text, top)
        answers.append(
            {
                "id": each.id, "category": found.category or "不确定", "sure": found.category is not None,
                "confidence": round(found.confidence, 4), "words": list(found.words), "sentence": found.sentence,
                "alternatives": [{"category": label, "confidence": round(chance, 4)} for label, chance in found.alternatives],
            }
        )  # fmt: skip
    if as_json:
        print_json({"model": name, "threshold": classifier.threshold, "n": len(answers), "predictions": answers})
    else:
        rows = [
            (each["id"], each["category"], f"{each['confidence']:.0%}", "、".join(each["words"])) for each in answers
        ]
        print_table(f"类别建议({name})", ("编号", "类别", "把握", "依据"), rows)
    _finish(left_out)


def _model(path: Path | None) -> tuple[Classifier, dict[str, Any], str]:
    """The model to use, its card (empty where none lies beside it), and what to call it."""
    where = path or (_trained_here() if _trained_here().exists() else None)
    if where is None:
        return shipped_classifier(), shipped_card(), "随软件附带"
    if not where.exists():
        raise WrongInput("classify.no_model", f"没有模型文件“{where}”;请先训练,或核对路径。", file=str(where))
    card = _card_path(where)
    return (
        unpacked(where.read_bytes()),
        json.loads(card.read_text(encoding="utf-8")) if card.exists() else {},
        where.name,
    )


def _trained_here() -> Path:
    return home() / "models" / "trained.npz"


def _card_path(model: Path) -> Path:
    return model.with_suffix(".card.json")


def _write(path: Path, content: bytes, card: dict[str, Any]) -> None:
    """Both files whole or not at all: written beside, then put in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(card, ensure_ascii=False, indent=2) + "\n"
    for target, written in ((path, content), (_card_path(path), text.encode())):
        beside = target.with_name(target.name + ".part")
        beside.write_bytes(written)
        beside.replace(target)


def _trained_on(card: dict[str, Any], paths: tuple[Path, ...]) -> list[str]:
    known = {source.get("sha256") for source in card.get("sources", ())} - {"", None}
    return [path.name for path in paths if fingerprint_of(path) in known]


def _tell_left_out(left_out: Sequence[LeftOut]) -> None:
    """Each row that was not used, by name; a thousand at most, then how many more."""
    for each in left_out[:MOST_NAMED]:
        note(each.sentence)
    if len(left_out) > MOST_NAMED:
        note(f"……另有 {len(left_out) - MOST_NAMED} 处。")


def _finish(left_out: Sequence[LeftOut]) -> None:
    """The answer is given; where rows were left out, the exit code says that not all was fine."""
    if left_out:
        note(f"共有 {len({(each.file, each.rejection.row) for each in left_out})} 行未用,其余已处理。")
        sys.exit(NOT_FINE)


def _print_figures(title: str, figures: Figures) -> None:
    rows = [
        (name, each.n, f"{each.precision:.4f}", f"{each.recall:.4f}", f"{each.f1:.4f}")
        for name, each in figures.per_class.items()
    ]
    print_table(title, ("类别", "条数", "正确率", "召回率", "F1"), rows)
    when_sure = "—" if figures.precision_when_sure is None else f"{figures.precision_when_sure:.4f}"
    note(
        f"n = {figures.n};准确率 {figures.accuracy:.4f};宏 F1 {figures.macro_f1:.4f};"
        f"采纳 {figures.sure}({figures.coverage:.1%}),采纳中的正确率 {when_sure}。"
    )
