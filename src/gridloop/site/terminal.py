"""What the command line prints, and where: answers on stdout, everything else on stderr.

With ``--json`` a command prints exactly one JSON document on stdout. Progress bars, tables' notes and errors go to stderr, and bars
are drawn only where a person watches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gridloop.core.errors import WrongInput

T = TypeVar("T")


def print_json(document: object) -> None:
    """The one JSON document of this command, on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def note(sentence: str) -> None:
    """A remark for the person at the terminal, on stderr."""
    click.echo(sentence, err=True)


def unused_file(name: str) -> Path:
    """A file of this name in the current folder. Raises WrongInput when there is one: nothing is overwritten unasked."""
    if Path(name).exists():
        raise WrongInput("site.file_exists", f"文件“{name}”已经存在;请用 -o 写明写到哪里。", file=name)
    return Path(name)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout; cells are plain text, never markup."""
    table = Table(title=title, title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    Console(markup=False, highlight=False, emoji=False).print(table)


def _plain(cell: object) -> str:
    return "" if cell is None else str(cell)


def counted(things: Sequence[T], *, label: str) -> Iterator[T]:
    """The things one by one, with a bar on stderr where somebody watches."""
    with progress(label, total=len(things)) as advance:
        for thing in things:
            yield thing
            advance(1)


@contextmanager
def progress(label: str, *, total: int) -> Iterator[Any]:
    """Gives ``advance(n)``, which may also change ``total`` and ``label``; the bar is drawn on stderr and only on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(label, total=total)

        def advance(by: int = 1, *, total: int | None = None, label: str | None = None) -> None:
            bar.update(task, advance=by, total=total, description=label)

        yield advance
