"""``gridloop hot``: the hottest troubles of many reporters, from a file of messages or from a street's cases.

The table is the competition's 热点问题表 (rank, id, heat, period, place and people, description), the evidence its 热点问题留言明细表. From files it answers
without Django; ``--street`` opens the database. Rows that cannot be used are named on stderr, the others answered, and the exit code is 1.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gridloop.core.clusters import Message, Trouble, Wording, gather
from gridloop.core.errors import WrongInput
from gridloop.core.heat import FORMULA, FORMULA_TERMS, HotTrouble, hot_troubles
from gridloop.site.command import NOT_FINE, Command, json_option
from gridloop.site.imports.tellings import BEIJING, read_messages
from gridloop.site.terminal import note, print_json, print_table

DETAIL = ("问题ID", "留言编号", "留言用户", "留言主题", "留言时间", "附议数")


@click.command("hot", cls=Command)
@click.option(
    "--data", "paths", multiple=True, metavar="文件", type=click.Path(path_type=Path, dir_okay=False),
    help="留言 CSV(可为 .gz)。列:留言编号、留言用户、留言主题、留言时间、留言详情(或 text),可有 点赞数、反对数、地址、经度、纬度。可给多个。",
)  # fmt: skip
@click.option("--street", metavar="代码", help="改从这个街道的事项里找。")
@click.option("--top", default=5, show_default=True, type=click.IntRange(1, 1000), help="列出最热的几个。")
@click.option("--from", "since", metavar="年-月-日", help="只看这一天起的反映。")
@click.option("--to", "until", metavar="年-月-日", help="只看到这一天为止的反映。")
@click.option("--detail", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="明细表写到这个 CSV。")
@json_option
def hot_command(
    paths: tuple[Path, ...], street: str | None, top: int, since: str | None, until: str | None, detail: Path | None, as_json: bool
) -> None:  # fmt: skip
    """同一问题多人反映:按热度列出热点问题,附时间范围、地点人群和逐条依据。

    \b
    示例:
      gridloop hot --data messages.csv
      gridloop hot --data messages.csv --top 10 --detail evidence.csv --json
      gridloop hot --street lianhu --from 2022-05-01
    """
    if bool(paths) == bool(street):
        raise WrongInput("hot.one_source", "请用 --data 给出留言文件,或用 --street 指明街道,两者取一。")
    read = read_messages(paths) if paths else None
    told = _within(list(read.messages) if read else _of_street(str(street)), since, until)
    wording = Wording.of(told, background=_background())
    troubles = gather(told, wording)
    messages = {message.key: message for message in told}
    found = hot_troubles(troubles, messages, top=top)
    if detail:
        detail.write_text(_detail(found, messages), encoding="utf-8-sig")
    if as_json:
        print_json(_document(found, troubles, messages))
    else:
        _print(found, messages)
    left_out = read.left_out if read else ()
    for each in left_out[:1000]:
        note(each.sentence)
    if left_out:
        note(f"共有 {len(left_out)} 行未用,其余已处理。")
        sys.exit(NOT_FINE)


def _of_street(street: str) -> list[Message]:
    from gridloop.site.database import open_database

    open_database(to_write=False)
    told: list[Message] = import_module("gridloop.site.from_street").messages_of(street)
    return told


def _background() -> Any:
    return import_module("gridloop.offices.cases.shipped_model").shipped_rarity()


def _within(told: Sequence[Message], since: str | None, until: str | None) -> list[Message]:
    begin = _day(since) if since else None
    end = _day(until) + timedelta(days=1) if until else None
    return [each for each in told if (begin is None or each.at >= begin) and (end is None or each.at < end)]


def _day(said: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(said), time(), tzinfo=BEIJING)
    except ValueError as fault:
        raise WrongInput("hot.no_date", f"“{said}”不是日期;请写成 2022-05-29。", field="from") from fault


def _document(found: Sequence[HotTrouble], troubles: Sequence[Trouble], messages: dict[str, Message]) -> dict[str, Any]:
    return {
        "n": len(messages), "troubles": len(troubles), "formula": FORMULA, "terms": FORMULA_TERMS,
        "hot": [
            {
                "rank": each.rank, "id": each.rank, "heat": each.heat.score, "heat_sentence": each.heat.sentence,
                "from": f"{each.first_at.astimezone(BEIJING):%Y-%m-%d}", "to": f"{each.last_at.astimezone(BEIJING):%Y-%m-%d}", "place": each.place,
                "people": each.heat.reporters, "messages": each.heat.messages, "support": each.heat.support, "description": each.description,
                "evidence": [_evidence(messages[key]) for key in each.keys],
            }
            for each in found
        ],
    }  # fmt: skip


def _evidence(message: Message) -> dict[str, Any]:
    return {
        "id": message.key, "reporter": message.reporter, "title": message.title, "at": message.at.astimezone(BEIJING).isoformat(),
        "support": message.support,
    }  # fmt: skip


def _detail(found: Sequence[HotTrouble], messages: dict[str, Message]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DETAIL)
    for each in found:
        for message in (messages[key] for key in each.keys):
            at = f"{message.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
            writer.writerow((each.rank, message.key, message.reporter, message.title, at, message.support))
    return out.getvalue()


def _print(found: Sequence[HotTrouble], messages: dict[str, Message]) -> None:
    rows = [
        (
            each.rank, f"{each.heat.score:.1f}", f"{each.first_at.astimezone(BEIJING):%Y-%m-%d} 至 {each.last_at.astimezone(BEIJING):%Y-%m-%d}",
            f"{each.place or '—'};{each.heat.reporters} 人", each.description, each.heat.sentence,
        )
        for each in found
    ]  # fmt: skip
    print_table("热点问题表", ("问题ID", "热度指数", "时间范围", "地点/人群", "问题描述", "怎么算的"), rows)
    for each in found:
        evidence = [(messages[key].key, messages[key].title) for key in each.keys[:10]]
        print_table(
            f"问题 {each.rank} 的留言(共 {len(each.keys)} 条,列出前 {len(evidence)} 条)",
            ("留言编号", "留言主题"),
            evidence,
        )
    note(FORMULA + "。" + FORMULA_TERMS)
