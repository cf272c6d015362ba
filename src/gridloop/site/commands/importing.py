"""``gridloop import KIND FILE``: what people have in spreadsheets goes in, row by row, with every refusal named.

All kinds share their promises: CSV in UTF-8 (BOM or not) or GB18030, plain or gzipped; good rows go in and bad rows are named by
row, column and reason, with exit code 1; importing the same file again adds nothing; ``--dry-run`` walks the whole way and undoes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.site.command import NOT_FINE, Group, json_option, needs_database
from gridloop.site.database import rehearsal
from gridloop.site.from_street import the_street
from gridloop.site.imports.calendar import import_calendar
from gridloop.site.imports.categories import import_categories
from gridloop.site.imports.divisions import import_divisions
from gridloop.site.imports.enterprises import import_firms
from gridloop.site.imports.grids import GridColumns, import_grids
from gridloop.site.imports.messages import import_messages
from gridloop.site.imports.people import import_people
from gridloop.site.imports.requests311 import import_requests311
from gridloop.site.imports.routes import import_routes
from gridloop.site.imports.tally import Tally
from gridloop.site.imports.units import import_units
from gridloop.site.terminal import note, print_json, print_table

SHOWN = 50
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
street_option = click.option("--street", metavar="代码", help="哪个街道(代码或短名);只有一个时可以不写。")
dry_option = click.option("--dry-run", is_flag=True, help="只演练:照走一遍,说出结果,什么也不写。")


@click.group("import", cls=Group)
def import_command() -> None:
    """导入文件。重复导入不会重复登记;坏行逐条指明行、列和原因,好行照常导入。

    \b
    示例:
      gridloop import divisions zhongyuan_communities.csv
      gridloop import units units.csv --street lianhu --dry-run
    """


def _finish(run: Callable[[], Tally], *, dry_run: bool, as_json: bool) -> None:
    """The import is done (or rehearsed) and told; the exit code is 1 when a row was rejected or what went in does not hold."""
    with rehearsal(is_dry=dry_run):
        tally = run()
    forget_everything()
    if as_json:
        print_json(tally.to_data())
    else:
        _print(tally)
    if tally.rejected or tally.is_faulty:
        sys.exit(NOT_FINE)


def _print(tally: Tally) -> None:
    verb = "演练,未写入:将新增" if tally.dry_run else "新增"
    click.echo(
        f"读到 {tally.read} 条;{verb} {tally.added} 条,已存在 {tally.existing} 条,退回 {len(tally.rejected)} 处。"
    )
    for name, value in tally.details.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print_table(name, tuple(value[0]), [tuple(each.values()) for each in value[:SHOWN]])
        elif isinstance(value, dict):
            print_table(name, ("项", "值"), [(key, _flat(each)) for key, each in value.items()])
        else:
            click.echo(f"{name}:{_flat(value)}")
    for rejection in sorted(tally.rejected, key=lambda each: each.row)[:SHOWN]:
        note(rejection.sentence)
    if len(tally.rejected) > SHOWN:
        note(f"还有 {len(tally.rejected) - SHOWN} 处;用 --json 看全部。")


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key} {each}" for key, each in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


@import_command.command("divisions")
@file_argument
@dry_option
@json_option
@needs_database(to_write=True)
def divisions(file: Path, dry_run: bool, as_json: bool) -> None:
    """区划:每个街道建成可受理的街道(街道办、一级网格),每个社区建成二级网格。

    \b
    示例:
      gridloop import divisions zhongyuan_communities.csv
      gridloop import divisions zhengzhou_streets.csv --dry-run --json
    """
    _finish(lambda: import_divisions(file, at=timezone.now(), dry_run=dry_run), dry_run=dry_run, as_json=as_json)


@import_command.command("grids")
@file_argument
@street_option
@click.option("--code", default="code", show_default=True, metavar="属性", help="GeoJSON 里作为代码的属性。")
@click.option("--name", default="name", show_default=True, metavar="属性", help="GeoJSON 里作为名称的属性。")
@click.option("--parent", default="", metavar="代码", help="都挂在这个网格之下;默认挂在一级网格之下。")
@click.option("--parent-property", default="", metavar="属性", help="GeoJSON 里作为上级代码的属性。")
@click.option("--kind", default="compound", show_default=True, help="新网格的类别。")
@click.option(
    "--crs", type=click.Choice(["wgs84", "gcj02", "bd09"]), default="wgs84", show_default=True, help="坐标系。"
)
@click.option("--source", default="", help="边界的来源说明;默认用文件名。")
@dry_option
@json_option
@needs_database(to_write=True)
def grids(
    file: Path, street: str | None, code: str, name: str, parent: str, parent_property: str, kind: str, crs: str, source: str,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """网格:GeoJSON(带边界)或 CSV(代码,名称,上级,类别,边界)。边界变了就发布新的一版。

    \b
    示例:
      gridloop import grids grids.geojson --street lianhu --code 网格编码 --name 网格名称 --crs gcj02
    """
    found = the_street(street).code
    columns = GridColumns(code, name, parent_property, parent, kind, crs, source)
    _finish(
        lambda: import_grids(file, at=timezone.now(), street=found, columns=columns, dry_run=dry_run),
        dry_run=dry_run,
        as_json=as_json,
    )


@import_command.command("routes")
@file_argument
@street_option
@click.option("--publish-as", default="", metavar="工号", help="由这个人(须有设置权)发布草稿。")
@click.option("--allow-holes", is_flag=True, help="有空洞也发布(落空的由属地兜底)。")
@click.option("--backstop-profile", default="", metavar="方案", help="兜底用的时限方案;默认沿用上一版。")
@dry_option
@json_option
@needs_database(to_write=True)
def routes(
    file: Path,
    street: str | None,
    publish_as: str,
    allow_holes: bool,
    backstop_profile: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """路由表:CSV 成为草稿,并列出检查出的问题;第二个人核对后才能发布。

    \b
    示例:
      gridloop import routes routes.csv --street lianhu
      gridloop import routes routes.csv --street lianhu --publish-as P11
    """
    found = the_street(street).code
    _finish(
        lambda: import_routes(
            file, at=timezone.now(), street=found, publish_as=publish_as, allow_holes=allow_holes, backstop_profile=backstop_profile,
            dry_run=dry_run,
        ),
        dry_run=dry_run, as_json=as_json,
    )  # fmt: skip


@import_command.command("messages")
@file_argument
@click.option("--street", metavar="代码", help="登记到这个街道;默认建立演示用的“示例市(留言)”。")
@dry_option
@json_option
@needs_database(to_write=True)
def messages(file: Path, street: str | None, dry_run: bool, as_json: bool) -> None:
    """群众留言:逐条登记为事项,由随附模型归类(把握不够的记“不确定”),派单,计时。

    \b
    示例:
      gridloop import messages messages.csv
    """
    code = the_street(street).code if street else ""
    _finish(
        lambda: import_messages(file, at=timezone.now(), street=code, dry_run=dry_run), dry_run=dry_run, as_json=as_json
    )


@import_command.command("requests311")
@file_argument
@click.option(
    "--boundaries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="社区委员会边界 GeoJSON(属性 BoroCD)。",
)
@dry_option
@json_option
@needs_database(to_write=True)
def requests311(file: Path, boundaries: Path | None, dry_run: bool, as_json: bool) -> None:
    """纽约 311 工单:定位、派单、计时,并与城市自己的答案逐条比对。

    \b
    示例:
      gridloop import requests311 nyc311_1000.csv --boundaries nyc_community_districts.geojson
    """
    _finish(
        lambda: import_requests311(file, at=timezone.now(), boundaries=boundaries, dry_run=dry_run),
        dry_run=dry_run,
        as_json=as_json,
    )


@import_command.command("enterprises")
@file_argument
@street_option
@click.option(
    "--prefer",
    type=click.Choice(["kept", "file"]),
    default="kept",
    show_default=True,
    help="同一家企业两边不一致时以谁为准。",
)
@dry_option
@json_option
@needs_database(to_write=True)
def enterprises(file: Path, street: str | None, prefer: str, dry_run: bool, as_json: bool) -> None:
    """企业:xlsx 或 CSV。同一信用代码并为一家,补空不覆盖;不一致、近似名称和退回的行逐条列出。

    \b
    示例:
      gridloop import enterprises firms.xlsx --street lianhu --dry-run
    """
    found = the_street(street).code
    _finish(
        lambda: import_firms(file, at=timezone.now(), street=found, prefer=prefer, dry_run=dry_run),
        dry_run=dry_run,
        as_json=as_json,
    )


PLAIN: tuple[tuple[str, Callable[..., Tally], str], ...] = (
    (
        "units", import_units,
        """单位:代码,名称,类别,上级,属地兜底,上级部门,电话。

    \b
    示例:
      gridloop import units units.csv --street lianhu
    """,
    ),
    (
        "people", import_people,
        """人员和任职:工号,姓名,单位,电话,邮箱,岗位代码,岗位名称,角色,岗位单位,网格,备岗。

    \b
    示例:
      gridloop import people people.csv --street lianhu
    """,
    ),
    (
        "categories", import_categories,
        """类别树:一级分类,二级分类,三级分类(或一列 路径)。

    \b
    示例:
      gridloop import categories categories_three_level.csv --street messages
    """,
    ),
    (
        "calendar", import_calendar,
        """一年的放假安排:CSV(date,is_workday,name)或 JSON。文件里的年份整年替换,暂定的时限重新核定并列出。

    \b
    示例:
      gridloop import calendar 2027.csv --street lianhu --dry-run
    """,
    ),
)  # fmt: skip
"""Kinds that need nothing but a file and a street: name, import, help."""


def _plain(name: str, do: Callable[..., Tally], told: str) -> None:
    """The command of one plain kind."""

    def command(file: Path, street: str | None, dry_run: bool, as_json: bool) -> None:
        found = the_street(street).code
        _finish(lambda: do(file, at=timezone.now(), street=found, dry_run=dry_run), dry_run=dry_run, as_json=as_json)

    command.__doc__ = told
    for option in (needs_database(to_write=True), json_option, dry_option, street_option, file_argument):
        command = option(command)
    import_command.command(name)(command)


for _name, _do, _told in PLAIN:
    _plain(_name, _do, _told)
