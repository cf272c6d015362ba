"""``gridloop up``, ``tick`` and ``demo``: switching the house on."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

import click
from django.utils import timezone

from gridloop.site import demo, serving, tick
from gridloop.site.command import NOT_FINE, Command, json_option, needs_database
from gridloop.site.terminal import note, print_json, progress

STEPS = {
    "sealed": "封存",
    "reacted": "连锁动作",
    "judged": "核定时限",
    "resumed": "恢复办理",
    "sent": "发出通知",
    "signed": "签名",
}


@click.command("up", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址;对外服务请放在反向代理之后。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="监听的端口。")
@click.option("--workers", type=click.IntRange(1), help="网站进程数(PostgreSQL);默认每核一个。")
@click.option("--demo", "with_demo", is_flag=True, help="先建立演示街道(已有则不动)。")
@needs_database(to_write=True)
def up_command(host: str, port: int, workers: int | None, with_demo: bool) -> None:
    """启动网站和后台循环,直到按 Ctrl-C 或收到 SIGTERM。

    \b
    示例:
      gridloop up --demo
      gridloop up --host 0.0.0.0 --port 8080
    """
    if with_demo:
        _load_demo(at=timezone.now(), fresh=False)
    note(f"网站:http://{host}:{port}/  (Ctrl-C 停止)")
    sys.exit(serving.up(host=host, port=port, workers=workers))


@click.command("tick", cls=Command)
@click.option("--once", is_flag=True, help="只走一轮,做完当下该做的一切。")
@click.option(
    "--interval", default=tick.SECONDS, show_default=True, type=click.FloatRange(0.05, 3600), help="每轮间隔(秒)。"
)
@json_option
@needs_database(to_write=True)
def tick_command(once: bool, interval: float, as_json: bool) -> None:
    """后台循环:封存台账、连锁动作、看时限、发通知、签检查点。可以同时开几个,也可以随时中断。

    \b
    示例:
      gridloop tick --once --json
      gridloop tick --interval 2
    """
    if once:
        _tick_once(as_json=as_json)
        return
    if as_json:
        raise click.UsageError("--json 只和 --once 一起用。")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tick.run(stop=stop, interval=interval)


def _tick_once(*, as_json: bool) -> None:
    """One round, told; exit code 1 when a part of it failed."""
    try:
        done = asdict(tick.once(at=timezone.now()))
    except ExceptionGroup as faults:
        sentences = [f"{type(fault).__name__}: {fault}" for fault in faults.exceptions]
        if as_json:
            print_json(
                {
                    "error": {
                        "code": "tick.failed",
                        "sentence": "这一轮有一部分没有做成。",
                        "fields": {"faults": sentences},
                    }
                }
            )
        for sentence in sentences:
            note(f"错误:{sentence}")
        sys.exit(NOT_FINE)
    if as_json:
        print_json(done)
    else:
        click.echo(",".join(f"{word} {done[name]}" for name, word in STEPS.items()) + "。")


@click.command("demo", cls=Command)
@click.option("--fresh", is_flag=True, help="要求从空库建起;已有演示街道时拒绝(台账从不清空)。")
@json_option
@needs_database(to_write=True)
def demo_command(fresh: bool, as_json: bool) -> None:
    """建立两个演示街道:柳湖街道、莲湖街道。已有的不动。

    \b
    示例:
      gridloop demo
    """
    made = _load_demo(at=timezone.now(), fresh=fresh)
    if as_json:
        print_json({"made": made})
    else:
        click.echo(f"已建立:{'、'.join(made)}。" if made else "演示街道已经在,没有改动。")


def _load_demo(*, at: datetime, fresh: bool) -> list[str]:
    with _watched() as watch:
        return demo.load(at=at, fresh=fresh, progress=watch)


@contextmanager
def _watched() -> Iterator[Callable[[int, int, str], None]]:
    """A bar over the replayed deeds of each street."""
    with progress("演示", total=0) as advance:
        done: dict[str, int] = {}

        def watch(count: int, total: int, street: str) -> None:
            advance(count - done.get(street, 0), total=total, label=f"演示 {street}")
            done[street] = count

        yield watch
