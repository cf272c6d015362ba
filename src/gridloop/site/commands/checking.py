"""``gridloop check`` and ``gridloop tree``: does everything agree, and what is there."""

from __future__ import annotations

import sys
from typing import Any

import click
from django.utils import timezone
from rich.console import Console
from rich.tree import Tree

from gridloop.offices.organisation import queries as organisation
from gridloop.site import keys
from gridloop.site.checks import report_on
from gridloop.site.checks.finding import ERROR, NOTE, WARNING
from gridloop.site.command import NOT_FINE, Command, json_option, needs_database
from gridloop.site.imports.divisions import tree
from gridloop.site.terminal import counted, print_json, print_table

WORDS = {ERROR: "错误", WARNING: "提醒", NOTE: "说明"}


@click.command("check", cls=Command)
@click.option("--street", metavar="代码", help="只检查这个街道。")
@json_option
@needs_database()
def check_command(street: str | None, as_json: bool) -> None:
    """检查台账、路由、网格、岗位、日历和业务记录是否自洽。只读;有“错误”时退出码为 1。

    \b
    示例:
      gridloop check
      gridloop check --street lianhu --json
    """
    streets = [organisation.street(street)] if street else organisation.streets()
    document = _report([each.code for each in streets])
    if as_json:
        print_json(document)
    else:
        _print(document, streets=len(streets))
    if not document["ok"]:
        sys.exit(NOT_FINE)


def _report(streets: list[str]) -> dict[str, Any]:
    """The report over all streets, street by street for the sake of the bar."""
    parts = [
        report_on([street], at=timezone.now(), verifier_keys=keys.verifier_keys())
        for street in counted(streets, label="检查")
    ]
    order = list(WORDS)
    findings = sorted(
        (each for part in parts for each in part["findings"]), key=lambda each: order.index(each["severity"])
    )
    return {"ok": all(part["ok"] for part in parts), "findings": findings}


def _print(document: dict[str, Any], *, streets: int) -> None:
    findings = document["findings"]
    if findings:
        rows = [(WORDS[each["severity"]], each["kind"], each["where"], each["sentence"]) for each in findings]
        print_table("检查结果", ("程度", "类别", "位置", "说明"), rows)
    counts = ",".join(f"{word} {sum(each['severity'] == name for each in findings)}" for name, word in WORDS.items())
    click.echo(f"{'自洽' if document['ok'] else '不自洽'}:{streets} 个街道;{counts}。")


@click.command("tree", cls=Command)
@json_option
@needs_database()
def tree_command(as_json: bool) -> None:
    """列出区、街道和它们的网格树。

    \b
    示例:
      gridloop tree
    """
    streets = tree()
    if as_json:
        print_json({"streets": streets})
    else:
        _draw(streets)


def _draw(streets: list[dict[str, Any]]) -> None:
    root = Tree("网格树")
    districts: dict[str, Tree] = {}
    for street in streets:
        if street["district"] not in districts:
            districts[street["district"]] = root.add(f"{street['district_name']} {street['district']}")
        branch = districts[street["district"]].add(f"{street['name']} {street['code']}")
        drawn = {f"{street['district']}": districts[street["district"]]}
        for grid in street["grids"]:
            above = drawn.get(grid["path"].rpartition("/")[0])
            drawn[grid["path"]] = (
                branch if grid["level"] == 1 else (above or branch).add(f"{grid['name']} {grid['code']}")
            )
    Console(markup=False, highlight=False, emoji=False).print(root)
