"""``gridloop export``: everything of one street in one ZIP with a manifest, or its past cases as Parquet for replays."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils import timezone

from gridloop.offices.organisation import queries as organisation
from gridloop.site.command import Group, json_option, needs_database
from gridloop.site.export import export_street
from gridloop.site.from_street import the_street
from gridloop.site.moments import parse_day
from gridloop.site.parquet import export_cases
from gridloop.site.terminal import note, print_json, unused_file


@click.group("export", cls=Group)
def export_command() -> None:
    """导出,供迁移、归档或停用。"""


@export_command.command("street")
@click.argument("code", metavar="街道")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="写入的 .zip 文件;默认为当前目录下的 街道代码.zip。",
)
@click.option("--reason", default="命令行导出", show_default=True, help="为什么导出;记入查看记录。")
@json_option
@needs_database()
def street(code: str, output: Path | None, reason: str, as_json: bool) -> None:
    """一个街道的全部:每张表一份 JSON 行、附件、台账、清单(含 SHA-256)。

    导出件含未加密的个人信息,请按密件保管;密码和令牌不在其中。

    \b
    示例:
      gridloop export street lianhu
      gridloop export street lianhu -o lianhu.zip --reason 移交
    """
    output = output or unused_file(f"{the_street(code).code}.zip")
    manifest = export_street(code, output=output, at=timezone.now(), reason=reason)
    if as_json:
        print_json({"file": str(output), **manifest})
        return
    rows = sum(int(str(each.get("rows", 0))) for each in manifest["files"])
    note(f"已导出 {manifest['street']['name']} 到 {output}:{len(manifest['files'])} 个文件,{rows} 行。")


@export_command.command("cases-parquet")
@click.argument("code", metavar="街道")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="写入的目录;按街道和月份分文件。",
)
@click.option("--from", "first", metavar="日期", help="从哪一天所在的月份起;默认从第一件起。")
@click.option("--to", "last", metavar="日期", help="到哪一天所在的月份止;默认到最后一件。")
@json_option
@needs_database()
def cases_parquet(code: str, output: Path, first: str | None, last: str | None, as_json: bool) -> None:
    """历史事项的要素和时间(没有标题、内容、姓名),按街道和月份存成 Parquet,供 route replay 在一台或多台机器上重走。

    \b
    示例:
      gridloop export cases-parquet lianhu -o history
    """
    days = {name: parse_day(said, field=name) for name, said in (("first", first), ("last", last)) if said}
    told = export_cases(organisation.street(code).code, output, **days)
    if as_json:
        print_json(told)
        return
    note(f"已导出 {told['cases']} 件到 {output}:{len(told['files'])} 个月份文件,另有规则 rules.json。")
