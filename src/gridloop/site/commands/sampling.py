"""``gridloop sample``: the draw of a month repeated from the ledger, and compared with what was published."""

from __future__ import annotations

import sys

import click

from gridloop.core.errors import Refused
from gridloop.offices.cases.queries.inspecting import draw_document, problems_of, sample_of
from gridloop.site.command import NOT_FINE, Command, json_option, needs_database
from gridloop.site.from_street import the_street
from gridloop.site.terminal import print_json, print_table


@click.command("sample", cls=Command)
@click.option("--street", metavar="代码", help="哪个街道;只有一个街道时可以不写。")
@click.option("--period", required=True, metavar="YYYY-MM", help="哪个月,例如 2022-05。")
@json_option
@needs_database()
def sample_command(street: str | None, period: str, as_json: bool) -> None:
    """按台账重算一个月的复核抽样:总体、承诺、种子、名单;与公布的不符时退出码为 1。

    \b
    示例:
      gridloop sample --street lianhu --period 2022-05
      gridloop sample --street lianhu --period 2022-05 --json
    """
    found = sample_of(the_street(street).code, period)
    if found.drawn_at is None:
        raise Refused("cases.not_drawn", f"{period} 还没有抽取;月底以后第一次台账签名时抽取。", period=period)
    problems = problems_of(found)
    document = {"ok": not problems, "problems": problems, **draw_document(found)}
    if as_json:
        print_json(document)
    else:
        click.echo(f"承诺 {document['commitment']}\n秘密 {document['secret']}\n树根 {document['checkpoint']['root']}\n")
        print_table(
            "抽中的事项",
            ("单位", "事项", "签"),
            [(each["unit"], each["ref"], each["lot"][:16]) for each in document["drawn"]],
        )
        click.echo("重算一致。" if not problems else "重算不符:\n" + "\n".join(problems))
    if problems:
        sys.exit(NOT_FINE)
