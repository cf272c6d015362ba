"""``gridloop route``: who leads by a routing table and why, and the proof of one; from files or from a street.

Starts without Django; only a street and a case number open the database (``from_street``).
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from gridloop.core.errors import GridloopError, WrongInput
from gridloop.core.replay import document_bytes
from gridloop.core.route_row import VALUE_WORDS, CaseFacts
from gridloop.core.routing import RoutingTable, fallback_row, trace_document
from gridloop.core.table_proof import PROPERTIES, Proof, prove
from gridloop.site import proving
from gridloop.site.command import Group, json_option
from gridloop.site.commands.computing import streets
from gridloop.site.imports.reading import read_text
from gridloop.site.moments import parse_day
from gridloop.site.terminal import print_json, print_table

FACTS = tuple(each.name for each in fields(CaseFacts))
BACKSTOP = "office"


@click.group("route", cls=Group)
def route_command() -> None:
    """一件事按路由表归谁办、用哪个时限方案、为什么。"""


@route_command.command("trace")
@click.argument("case", required=False)
@click.option("--facts", metavar="JSON", help='事项的要素,如 \'{"category": "城乡建设/供水"}\';@文件名 从文件读。')
@click.option("--table", "table_file", type=click.Path(path_type=Path), help="用这份路由表 CSV,而不是街道已生效的。")
@click.option("--street", metavar="代码", help="哪个街道;只有一个街道时可以不写。")
@click.option("--at", metavar="时间", help="按这个时刻已生效的路由表;默认现在。")
@json_option
def trace(
    case: str | None, facts: str | None, table_file: Path | None, street: str | None, at: str | None, as_json: bool
) -> None:
    """逐行说明路由表为什么选中或落选。CASE 是事项编号(20220529-000017)或引用码。

    \b
    示例:
      gridloop route trace 20220529-000017
      gridloop route trace --facts '{"category": "城乡建设/市政设施/路灯"}' --street lianhu --json
      gridloop route trace --facts @facts.json --table routes.csv
    """
    if bool(case) == bool(facts):
        raise click.UsageError("请给出事项编号,或用 --facts 给出要素,两者取一。")
    document = _trace(case, facts=facts, table_file=table_file, street=street, at=at)
    if as_json:
        print_json(document)
    else:
        click.echo(f"主办单位:{document['unit']}  时限方案:{document['profile']}\n理由:{document['reason']}\n")
        rows = [("✓" if row["won"] else "", row["row"], row["why"]) for row in document["rows"]]
        print_table("路由表逐行", ("选中", "行", "为什么"), rows)


@route_command.command("prove")
@click.option("--street", metavar="代码", help="哪个街道;不写就逐个证明所有街道的路由表。")
@click.option(
    "--table", "table_file", type=click.Path(path_type=Path), help="证明这份路由表(CSV 或 xlsx),而不是街道已生效的。"
)
@click.option("--categories", type=click.Path(path_type=Path), help="类别文件;给了任何一份文件,就只看文件,不看街道。")
@click.option("--places", type=click.Path(path_type=Path), help="地点文件。")
@click.option(
    "--units",
    "units_file",
    type=click.Path(path_type=Path),
    help="单位文件(代码、上级、属地兜底、上级部门、在岗、在岗时间……)。",
)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="在岗情况往后看多少天。")
@json_option
def prove_table(
    street: str | None,
    table_file: Path | None,
    categories: Path | None,
    places: Path | None,
    units_file: Path | None,
    days: int,
    as_json: bool,
) -> None:
    """证明路由表:不漏、不重、没有空行、提级不转圈、时时有人、时限完整;不成立的给出最小反例。

    \b
    示例:
      gridloop route prove
      gridloop route prove --street lianhu
      gridloop route prove --street lianhu --table draft.csv --json
      gridloop route prove --table routes.csv --categories categories.csv --places places.csv --units units.csv
    """
    files = {"categories": categories, "places": places, "units": units_file}
    if any(files.values()) and street:
        raise click.UsageError("--street 和 --categories、--places、--units 只用一样:要么看街道,要么看文件。")
    if any(files.values()) and not table_file:
        raise click.UsageError("只有文件时请用 --table 给出路由表。")
    if not street and not table_file and streets().number_of_streets() > 1:
        _prove_everywhere(days=days, as_json=as_json)
    found = _proved(street, table_file, files, days=days)
    if as_json:
        print_json(found.document())
    else:
        _print_proof(found)
    click.get_current_context().exit(0 if found.ok else 1)


def _prove_everywhere(*, days: int, as_json: bool) -> NoReturn:
    """The table in force of every street; in the document each failure names its ``street``."""
    proofs = {each.code: (each.name, _proved(each.code, None, {}, days=days)) for each in streets().every_street()}
    is_fine = all(proof.ok for _name, proof in proofs.values())
    if as_json:
        told = {code: proof.document() for code, (_name, proof) in proofs.items()}
        failures = [failure | {"street": code} for code, each in told.items() for failure in each["failures"]]
        print_json({"ok": is_fine, "failures": failures, "streets": told})
    else:
        for name, proof in proofs.values():
            click.echo(name)
            _print_proof(proof)
    click.get_current_context().exit(0 if is_fine else 1)


def _proved(street: str | None, table_file: Path | None, files: dict[str, Path | None], *, days: int) -> Proof:
    at = datetime.now(UTC)
    if table_file and (any(files.values()) or (not street and not _is_there_a_street())):
        rows = proving.rows_of(table_file)
        return prove(rows, proving.ground_of_files(rows, **files, at=at, days=days))
    named = streets().the_street(street)
    rows, ground = proving.ground_of_street(named.code, at=at, days=days)
    return prove(proving.rows_of(table_file) if table_file else rows, ground)


def _is_there_a_street() -> bool:
    """Whether a table without a named street has one to be proved in; a machine without a database has none."""
    try:
        return bool(streets().number_of_streets())
    except GridloopError:
        return False


@route_command.command("replay")
@click.option(
    "--table", "draft", required=True, metavar="草稿", help="路由表文件(CSV、xlsx),或变更单、路由表草稿的编号。"
)
@click.option("--from", "first", required=True, metavar="日期", help="从这一天登记的事项起。")
@click.option("--to", "last", required=True, metavar="日期", help="到这一天登记的事项止(含)。")
@click.option("--street", metavar="代码", help="哪个街道;只有一个街道时可以不写。")
@click.option(
    "--calendar",
    type=click.Choice(["then", "now"]),
    default="then",
    show_default=True,
    help="按登记当时的日历,还是现在的。",
)
@click.option(
    "--org",
    type=click.Choice(["then", "now"]),
    default="now",
    show_default=True,
    help="按登记当时的单位和时限方案,还是现在的。",
)
@click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="local|dask://主机:端口",
    help="在本机算,还是在 Dask 集群上算(要 --parquet)。",
)
@click.option(
    "--parquet", type=click.Path(path_type=Path, file_okay=False), help="从这个目录的导出读历史,不查数据库里的事项。"
)
@json_option
def replay(
    draft: str,
    first: str,
    last: str,
    street: str | None,
    calendar: str,
    org: str,
    engine: str,
    parquet: Path | None,
    as_json: bool,
) -> None:
    """把历史事项按草稿重走一遍:改派了哪些、期限变了哪些、谁会超期、各单位各岗位的件数前后怎样。

    \b
    示例:
      gridloop route replay --table draft.csv --from 2022-01-01 --to 2022-06-30 --street lianhu --json
      gridloop route replay --table draft.csv --from 2022-01-01 --to 2022-06-30 --parquet history --engine dask://10.0.0.5:8786
    """
    if engine != "local" and parquet is None:
        raise click.UsageError("--engine dask:// 要同时给 --parquet:集群的每台机器都要读得到的导出目录。")
    days = {"first": parse_day(first, field="from"), "last": parse_day(last, field="to")}
    whole = streets().replayed(draft, **days, street=street, calendar=calendar, org=org, engine=engine, parquet=parquet)
    if as_json:
        click.echo(document_bytes(whole), nl=False)
    else:
        _print_replay(whole)


COUNTED = {
    "cases": "重走的事项", "changed_hops": "去处改变", "changed_deadlines": "期限改变", "newly_late": "变成超期", "no_longer_late": "不再超期",
    "not_judged": "不比超期(曾挂起或延期)", "gaps_before": "原来落到属地兜底", "gaps_after": "改后落到属地兜底", "absent_after": "改后的去处不在册",
}  # fmt: skip
MOST_PRINTED = 30


def _print_replay(whole: dict[str, Any]) -> None:
    for name, word in COUNTED.items():
        click.echo(f"{word}:{whole[name]}")
    units = [
        (each["name"], each["before"], each["after"], f"{each['after'] - each['before']:+d}")
        for each in whole["load"]["units"]
    ]
    print_table("各单位件数", ("单位", "原来", "改后", "差"), units)
    listed = [
        (
            each["case"],
            each["category"],
            f"{each['before']['unit']} → {each['after']['unit']}",
            f"{each['before']['due'] or '—'} → {each['after']['due'] or '—'}",
        )
        for each in whole["changed_cases"][:MOST_PRINTED]
    ]
    if listed:
        print_table("有变化的事项", ("事项", "类别", "去处", "期限"), listed)
    if len(whole["changed_cases"]) > MOST_PRINTED:
        click.echo(f"另有 {len(whole['changed_cases']) - MOST_PRINTED} 件;用 --json 看全部。")


def _print_proof(found: Proof) -> None:
    failing = {each.property for each in found.failures}
    marks = {True: "✕", False: "✓"}
    for name, words in PROPERTIES.items():
        click.echo(f"{'?' if name in found.unproved and name not in failing else marks[name in failing]} {words}")
    rows = [(PROPERTIES[each.property].partition(":")[0], each.row, each.sentence) for each in found.failures]
    if rows:
        print_table("不成立的", ("性质", "行", "反例和怎么办"), rows)
    if found.journey:
        way = found.journey
        click.echo(f"一件事最多派 {way.assignments} 次、退回 {way.returns} 次,每次最多提级 {way.escalations} 级。")
    if found.unproved:
        click.echo("?:没有给出所需的资料,没有完整证明。")


def _trace(
    case: str | None, *, facts: str | None, table_file: Path | None, street: str | None, at: str | None
) -> dict[str, Any]:
    if case:
        if table_file:
            raise click.UsageError("--table 只和 --facts 一起用。")
        traced: dict[str, Any] = streets().trace_of_case(case, street=street)
        return traced
    asked = _facts(facts or "")
    if table_file:
        return trace_document(table_from_csv(table_file), CaseFacts(**asked))
    in_street: dict[str, Any] = streets().trace_in_street(asked, street=street, at=at)
    return in_street


def _facts(text: str) -> dict[str, str]:
    """The facts as given. Raises WrongInput for anything but an object of known names and texts."""
    source = read_text(Path(text[1:]))[0] if text.startswith("@") else text
    try:
        given = json.loads(source)
    except json.JSONDecodeError as fault:
        raise WrongInput("route.facts", f"--facts 不是合法的 JSON({fault.msg});请检查引号。", field="facts") from fault
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise WrongInput(
            "route.facts", '--facts 要是一个对象,值都是文字,例如 {"category": "城乡建设"}。', field="facts"
        )
    unknown = sorted(set(given) - set(FACTS))
    if unknown:
        raise WrongInput(
            "route.facts", f"--facts 里不认识:{'、'.join(unknown)};可用:{'、'.join(FACTS)}。", field="facts"
        )
    return {name: _code_of(name, value) for name, value in given.items()}


def _code_of(fact: str, said: str) -> str:
    """The value as tables keep it, where it was said in Chinese (夜间, 疑难)."""
    return next((code for code, word in VALUE_WORDS.get(fact, {}).items() if word == said), said)


def table_from_csv(path: Path, *, backstop: str = BACKSTOP) -> RoutingTable:
    """The compiled table of a file. Raises WrongInput naming every bad row, column and reason."""
    return RoutingTable.compile(proving.rows_of(path), fallback=fallback_row(unit=backstop, profile="san_bu_guo"))
