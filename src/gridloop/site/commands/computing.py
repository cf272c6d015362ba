"""``gridloop deadline``: the deadline rules asked directly, from those shipped or from a street's.

Starts without Django; only ``--street`` opens the database (``from_street``).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from gridloop.core.deadline import deadline_document
from gridloop.core.errors import WrongInput
from gridloop.core.profile import GRADES, PRIORITIES, Profile
from gridloop.core.worktime import Calendar
from gridloop.offices.supervision.seed import find_profile, shipped_calendar
from gridloop.site.command import Command, json_option
from gridloop.site.moments import parse_moment
from gridloop.site.terminal import print_json, print_table

PRIORITY_WORDS = {"生命财产": "life", "水电气热": "utility", "普通": "normal"} | {
    word: code for code, word in PRIORITIES.items()
}
GRADE_WORDS = {word: code for code, word in GRADES.items()}


def streets() -> Any:
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
        streets().profile_and_calendar(street, profile) if street else (find_profile(profile), shipped_calendar())
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
