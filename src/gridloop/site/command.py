"""The command line ``gridloop``: one entry, its rooms under ``site/commands``, opened only when asked for.

Promises

* exit code 0: fine; 1: the thing checked is not fine, or a rule refused; 2: wrong use (option, file, profile, street …);
* with ``--json`` exactly one JSON document on stdout, also for an error (``{"error": {"code", "sentence", "fields"}}``), and nothing else;
* commands that answer from files start without Django.

Worked example::

    $ gridloop deadline --profile 三不过 --received 2022-05-29T20:00 --json
    $ python -m gridloop check
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import click

from gridloop import __version__
from gridloop.core.errors import GridloopError, NotFound, WrongInput
from gridloop.site.terminal import note, print_json

FINE, NOT_FINE, WRONG_USE = 0, 1, 2
WITHOUT, READS, WRITES = "without", "reads", "writes"
Verb = TypeVar("Verb", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Room:
    """Where a command lives, whether it needs the database, and its one line in the list."""

    module: str
    database: str
    line: str


ROOMS: dict[str, Room] = {
    "up": Room("running", WRITES, "启动网站和后台循环"),
    "tick": Room("running", WRITES, "后台循环:封存台账、连锁动作、时限、通知、签名"),
    "demo": Room("running", WRITES, "建立两个演示街道"),
    "check": Room("checking", READS, "检查台账、路由、网格、岗位、日历和业务记录是否自洽"),
    "tree": Room("checking", READS, "列出街道和网格树"),
    "import": Room("importing", WRITES, "导入区划、网格、单位、人员、类别、路由表、日历、企业、留言、311 工单"),
    "deadline": Room("computing", WITHOUT, "某时收件,各环节何时到期,逐日说明"),
    "check-codes": Room("codes", WITHOUT, "一份文件里的统一社会信用代码、身份证号、区划代码是否成立"),
    "locate": Room("locating", WITHOUT, "一批坐标各落在哪个网格(CSV 进,CSV 出)"),
    "route": Room("routing", WITHOUT, "一件事按路由表归谁,为什么;路由表的证明"),
    "classify": Room("classify", WITHOUT, "类别建议模型:训练、检验、判别"),
    "hot": Room("hot", WITHOUT, "同一问题多人反映:热点问题表和留言明细"),
    "sample": Room("sampling", READS, "重算一个月的复核抽样,核对是否如事先承诺"),
    "ledger": Room("ledger", READS, "核验台账、开具凭证、导出台账、打印验证公钥"),
    "export": Room("exporting", READS, "导出一个街道的全部记录"),
}


def refuse(error: GridloopError, *, as_json: bool) -> NoReturn:
    """The error is told, and the program ends with 2 for wrong use, 1 for a refusal."""
    if as_json:
        print_json({"error": {"code": error.code, "sentence": error.sentence, "fields": error.fields}})
    else:
        note(f"错误:{error.sentence}")
    sys.exit(WRONG_USE if isinstance(error, WrongInput | NotFound) else NOT_FINE)


def _print_usage(fault: click.UsageError) -> None:
    """The wrong use as the one JSON document; click says it on stderr and ends with 2."""
    print_json({"error": {"code": "command.usage", "sentence": fault.format_message(), "fields": {}}})


class Command(click.Command):
    """A command whose errors keep the promises above."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        wants_json = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as fault:
            if wants_json:
                _print_usage(fault)
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GridloopError as error:
            refuse(error, as_json=bool(ctx.params.get("as_json")))
        except click.UsageError as fault:
            if ctx.params.get("as_json"):
                _print_usage(fault)
            raise


class Group(click.Group):
    """A group whose commands are ``Command``; a name that is none is told in JSON too, where JSON was asked for."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            if "--json" in args:
                _print_usage(fault)
            raise


class House(Group):
    """The top group: it opens a room, and the database if the room needs it, when a command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        room = ROOMS.get(cmd_name)
        if room is None:
            return None
        if room.database != WITHOUT:
            from gridloop.site.database import open_django

            open_django()
        found = getattr(import_module(f"gridloop.site.commands.{room.module}"), f"{cmd_name.replace('-', '_')}_command")
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, room.line) for name, room in ROOMS.items()])


def needs_database(*, to_write: bool = False) -> Callable[[Verb], Verb]:
    """The command runs on an open, up-to-date database."""

    def decorate(verb: Verb) -> Verb:
        def run(*args: Any, **kwargs: Any) -> Any:
            from gridloop.site.database import open_database

            open_database(to_write=to_write)
            return verb(*args, **kwargs)

        run.__name__, run.__doc__ = verb.__name__, verb.__doc__
        run.__dict__.update(verb.__dict__)
        return run  # type: ignore[return-value]

    return decorate


json_option = click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一份 JSON。")


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="gridloop")
def main() -> None:
    """网格闭环:街道的事项从受理、定位、路由、计时、办理、核实到销号。

    状态放在 GRIDLOOP_HOME(默认 ./var),或 DATABASE_URL 指向的 PostgreSQL。

    \b
    示例:
      gridloop up --demo
      gridloop check --json
      gridloop deadline --profile 三不过 --received 2022-05-29T20:00
    """
