"""``gridloop locate``: points in a CSV to the codes of the cells they lie in, from two files, without a database."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import click

from gridloop.core.grid import GridIndex, locate_csv_rows, read_geojson
from gridloop.site.command import NOT_FINE, Command
from gridloop.site.imports.reading import Row, read_sheet, read_text
from gridloop.site.terminal import note

COLUMNS = {"id": ("编号",), "lon": ("经度", "longitude", "lng"), "lat": ("纬度", "latitude")}


@click.command("locate", cls=Command)
@click.option("--grids", required=True, type=click.Path(path_type=Path), help="网格边界,GeoJSON(WGS-84)。")
@click.option("--code", "code_property", required=True, metavar="属性", help="GeoJSON 里作为网格代码的属性名。")
@click.option("--points", required=True, type=click.Path(path_type=Path), help="坐标点 CSV,列:id, lon, lat。")
def locate_command(grids: Path, code_property: str, points: Path) -> None:
    """每个点落在哪个网格:CSV 进,CSV 出(id,code)。网格外代码为空;压在公共边界上的取较小代码。

    读不懂的行在标准错误里指明行、列和原因,其余照常输出,退出码为 1。

    \b
    示例:
      gridloop locate --grids grids.geojson --code BoroCD --points points.csv > located.csv
    """
    index = _index(grids, code_property)
    sheet = read_sheet(points, columns=COLUMNS, required=("id",))
    for column in ("lon", "lat"):
        if column not in sheet.header:
            raise click.UsageError(f"坐标点文件缺少列 {column};需要 id, lon, lat。")
    located, _ = locate_csv_rows(index, [row.cells for row in sheet.rows])
    sys.stdout.write(_as_csv(located))
    faults = [each.sentence for each in sheet.rejected] + [said for row in sheet.rows for said in _bad_numbers(row)]
    for sentence in faults:
        note(sentence)
    if faults:
        sys.exit(NOT_FINE)


def _index(grids: Path, code_property: str) -> GridIndex:
    """The index of the file's cells; what was repaired or left out is told on stderr."""
    codes, shapes, problems = read_geojson(read_text(grids)[0], code_property=code_property)
    index = GridIndex(codes, shapes)
    for problem in (*problems, *index.problems):
        note(f"网格文件 {problem.where}:{problem.sentence}")
    if not codes:
        raise click.UsageError(f"网格文件里没有带属性“{code_property}”的面;请核对 --code。")
    return index


def _as_csv(located: list[tuple[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "code"))
    writer.writerows(located)
    return out.getvalue()


def _bad_numbers(row: Row) -> list[str]:
    """What is wrong with the row's coordinates, column by column."""
    limits = {"lon": 180.0, "lat": 90.0}
    return [
        f"第 {row.number} 行“{column}”:“{row.cells.get(column, '')}”不是 ±{limit:.0f} 之间的数字;请改正。"
        for column, limit in limits.items()
        if not _is_within(row.cells.get(column, ""), limit)
    ]


def _is_within(text: str, limit: float) -> bool:
    try:
        return abs(float(text)) <= limit
    except ValueError:
        return False
