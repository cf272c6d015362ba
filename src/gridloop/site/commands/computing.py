"""``gridloop deadline`` and ``gridloop route trace``: the rules asked directly, from files or from a street.

Both start without Django; only ``--street`` and a case number open the database (``from_street``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gridloop.core.deadline import deadline_document
from gridloop.core.errors import WrongInput
from gridloop.core.profile import GRADES, PRIORITIES, Profile
from gridloop.core.route_row import CaseFacts, rows_from_records
from gridloop.core.routing import RoutingTable, fallback_row, trace_document
from gridloop.core.table_proof import PROPERTIES, Proof, prove
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.seed import find_profile, shipped_calendar
from gridloop.site.command import Command, Group, json_option
from gridloop.site.imports.reading import read_records, read_text
from gridloop.site.moments import parse_moment
from gridloop.site.terminal import print_json, print_table

PRIORITY_WORDS = {"生命财产": "life", "水电气热": "utility", "普通": "normal"} | {
    word: code for code, word in PRIORITIES.items()
}
GRADE_WORDS = {word: code for code, word in GRADES.items()}
FACTS = tuple(each.name for each in fields(CaseFacts))
BACKSTOP = "office"


def _streets() -> Any:
    """The part that needs the database, opened only now."""
    from gridloop.site.database import open_database

    open_database(to_write=False)
    return import_module("gridloop.site.from_street")


@click.command("deadline", cls=Command)
@click.option("--profile", required=True, help="时限方案的代码或名称,如 三不过、13710、1137、12345。")
@click.option("--received", required=True, metavar="时间", help="收件时间;不写时区按日历所在时区。")
@click.option("--assigned", metavar="时间", help="交办时间;不写则从收件起算。")
@click.option("--grade", help="等级:简单、一般、疑难(simple、ordinary、difficult)。")
@click.option("--priority", help="优先级:普通、水电气热、生命财产(normal、utility、life)。")
@click.option("--street", metavar="代码", help="用这个街道的方案和日历;默认用随软件发布的。")
@json_option
def deadline_command(
    profile: str,
    received: str,
    assigned: str | None,
    grade: str | None,
    priority: str | None,
    street: str | None,
    as_json: bool,
) -> None:
    """一件事某时收到,每个环节何时到期,逐日说明哪天算、哪天不算、为什么。

    \b
    示例:
      gridloop deadline --profile 三不过 --received 2022-05-29T20:00
      gridloop deadline --profile 1137 --received "2022-04-29 16:00" --json
    """
    rule, calendar = (
        _streets().profile_and_calendar(street, profile) if street else (find_profile(profile), shipped_calendar())
    )
    document = _deadline(rule, calendar, received=received, assigned=assigned, grade=grade, priority=priority)
    if as_json:
        print_json(document)
    else:
        _print_deadline(rule, document)


def _deadline(
    rule: Profile, calendar: Calendar, *, received: str, assigned: str | None, grade: str | None, priority: str | None
) -> dict[str, Any]:
    """The document. Raises WrongInput for times nobody can count from."""
    try:
        return deadline_document(
            rule,
            calendar=calendar,
            received=parse_moment(received, field="received"),
            assigned=parse_moment(assigned, field="assigned") if assigned else None,
            grade=GRADE_WORDS.get(grade or "", grade),
            priority=PRIORITY_WORDS.get(priority or "", priority),
        )
    except (OverflowError, ValueError) as fault:
        raise WrongInput(
            "time.out_of_range", f"这个时间算不出到期日({fault});请用 1900 至 9000 年之间的时间。", received=received
        ) from fault


def _print_deadline(rule: Profile, document: Mapping[str, Any]) -> None:
    names = {stage.code: stage.name for stage in rule.stages}
    click.echo(
        f"{rule.name}({rule.code} 第 {rule.version} 版),日历 {document['calendar']} 第 {document['calendar_version']} 版"
    )
    for stage in document["stages"]:
        mark = "(暂定:所涉年份的放假安排尚未发布)" if stage["provisional"] else ""
        click.echo(f"\n{names[stage['stage']]}:{stage['due_at']}{mark}")
        if stage.get("assumes"):
            click.echo(f"  {stage['assumes']}")
        days = [(day["date"], "计" if day["counted"] else "不计", day["why"]) for day in stage["days"]]
        print_table("", ("日期", "计否", "缘由"), days)


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
@click.option("--street", metavar="代码", help="哪个街道;只有一个街道时可以不写。")
@click.option("--table", "table_file", type=click.Path(path_type=Path), help="证明这份路由表 CSV,而不是街道已生效的。")
@click.option(
    "--categories", type=click.Path(path_type=Path), help="类别 CSV(一列:类别路径);和 --places 一起用,不看街道。"
)
@click.option("--places", type=click.Path(path_type=Path), help="地点 CSV(一列:地点路径)。")
@click.option(
    "--units", "units_file", type=click.Path(path_type=Path), help="单位 CSV(代码、名称、上级、属地兜底、上级部门)。"
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
      gridloop route prove --street lianhu
      gridloop route prove --street lianhu --table draft.csv --json
      gridloop route prove --table routes.csv --categories categories.csv --places places.csv --units units.csv
    """
    if bool(categories) != bool(places):
        raise click.UsageError("--categories 和 --places 要一起给。")
    if categories and not table_file:
        raise click.UsageError("只有文件时请用 --table 给出路由表。")
    found = _proved(
        street, table_file=table_file, categories=categories, places=places, units_file=units_file, days=days
    )
    if as_json:
        print_json(found.document())
    else:
        _print_proof(found)
    click.get_current_context().exit(0 if found.ok else 1)


def _proved(
    street: str | None,
    *,
    table_file: Path | None,
    categories: Path | None,
    places: Path | None,
    units_file: Path | None,
    days: int,
) -> Proof:
    from gridloop.site import proving

    if table_file and categories and places:
        return prove(
            proving.rows_of(table_file), proving.ground_of_files(categories=categories, places=places, units=units_file)
        )
    named = _streets().the_street(street)
    rows, ground = proving.ground_of_street(named.code, at=datetime.now(UTC), days=days)
    return prove(proving.rows_of(table_file) if table_file else rows, ground)


def _print_proof(found: Proof) -> None:
    failing = {each.property for each in found.failures}
    marks = {True: "✕", False: "✓"}
    for name, words in PROPERTIES.items():
        click.echo(f"{'?' if name in found.unproved else marks[name in failing]} {words}")
    rows = [(PROPERTIES[each.property].partition(":")[0], each.row, each.sentence) for each in found.failures]
    if rows:
        print_table("不成立的", ("性质", "行", "反例和怎么办"), rows)
    if found.unproved:
        click.echo("?:没有给出所需的资料,没有证明。")


def _trace(
    case: str | None, *, facts: str | None, table_file: Path | None, street: str | None, at: str | None
) -> dict[str, Any]:
    if case:
        if table_file:
            raise click.UsageError("--table 只和 --facts 一起用。")
        traced: dict[str, Any] = _streets().trace_of_case(case, street=street)
        return traced
    asked = _facts(facts or "")
    if table_file:
        return trace_document(table_from_csv(table_file), CaseFacts(**asked))
    in_street: dict[str, Any] = _streets().trace_in_street(asked, street=street, at=at)
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
    return given


def table_from_csv(path: Path, *, backstop: str = BACKSTOP) -> RoutingTable:
    """The compiled table of a CSV file. Raises WrongInput naming every bad row, column and reason."""
    rows, problems = rows_from_records([record for _, record in read_records(path)])
    if problems:
        told = ";".join(f"{each.row}“{each.column}”{each.reason}" for each in problems)
        raise WrongInput("route.bad_rows", f"路由表“{path.name}”有 {len(problems)} 处要改:{told}", file=str(path))
    return RoutingTable.compile(rows, fallback=fallback_row(unit=backstop, profile="san_bu_guo"))
