"""``gridloop ledger``: verify the books, hand out receipts, export a book, print the key that receipts are checked with."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.models import Checkpoint, Entry
from gridloop.offices.organisation import queries as organisation
from gridloop.site import keys
from gridloop.site.command import NOT_FINE, Group, json_option, needs_database
from gridloop.site.export import book_lines
from gridloop.site.from_street import find_case, the_street
from gridloop.site.terminal import counted, note, print_json, print_table, progress, unused_file


@click.group("ledger", cls=Group)
def ledger_command() -> None:
    """台账:核验、凭证、导出、验证公钥。"""


@ledger_command.command("verify")
@click.option("--street", metavar="代码", help="只核验这个街道的账册。")
@json_option
@needs_database()
def verify(street: str | None, as_json: bool) -> None:
    """逐条核验台账:内容、顺序、树根和签名。任何一处被改动都指明是第几条;退出码为 1。

    \b
    示例:
      gridloop ledger verify
      gridloop ledger verify --street lianhu --json
    """
    books = [organisation.street(street).code] if street else archive.streets_with_books()
    document = _verified(books)
    if as_json:
        print_json(document)
    else:
        _print_verified(document)
    if not document["ok"]:
        sys.exit(NOT_FINE)


def _verified(books: list[str]) -> dict[str, Any]:
    """The document of ``ledger verify --json``; an erasure or what waits for a signature is no break."""
    reports = [archive.audit_book(book, verifier_keys=keys.verifier_keys()) for book in counted(books, label="核验")]
    broken = [
        {"book": finding.book, "entry": finding.entry, "sentence": finding.sentence}
        for report in reports
        for finding in report.findings
        if finding.severity == "broken"
    ]
    told = [{"book": report.book, "size": report.size, "root": report.root.hex()} for report in reports]
    return {"ok": not broken, "books": told, "broken": broken}


def _print_verified(document: dict[str, Any]) -> None:
    print_table(
        "账册", ("账册", "条数", "树根"), [(book["book"], book["size"], book["root"]) for book in document["books"]]
    )
    if document["broken"]:
        rows = [(each["book"], each["entry"], each["sentence"]) for each in document["broken"]]
        print_table("不符之处", ("账册", "条目", "说明"), rows)
    click.echo("台账完好。" if document["ok"] else f"台账有 {len(document['broken'])} 处不符。")


@ledger_command.command("receipt")
@click.argument("what", metavar="事项编号|街道/条目号")
@click.option("--street", metavar="代码", help="哪个街道。")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="写入文件;默认打印。"
)
@json_option
@needs_database()
def receipt(what: str, street: str | None, output: Path | None, as_json: bool) -> None:
    """一件事的登记条目(或指明的条目)的凭证:离线就能核对,用 gridloop ledger key 的公钥。

    \b
    示例:
      gridloop ledger receipt 20220529-000017 -o receipt.json
      gridloop ledger receipt lianhu/12
    """
    document = archive.receipt(entry_id=_entry(what, street).pk)
    if document is None:
        raise Refused("archive.not_signed", "这一条还没有封存和签名;请让 gridloop tick 运行一次再开凭证。", what=what)
    if output is None:
        print_json(document)
        return
    output.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json({"file": str(output), "book": document["header"]["book"], "entry": document["index"] + 1})  # type: ignore[index,operator]
    else:
        note(f"凭证已写入 {output}。")


def _entry(what: str, street: str | None) -> Entry:
    """The entry named as ``street/number`` or as a number in the street, else the one with which a case begins."""
    book, _, number = what.rpartition("/")
    if number.isdigit() and ("-" not in what):
        code = organisation.street(book).code if book else the_street(street).code
        found = Entry.objects.filter(book_id=code, seq=int(number)).first()
    else:
        found = archive.first_entry_of(find_case(what, street=street).subject)
    if found is None:
        raise NotFound("archive.no_entry", f"台账里没有“{what}”;请核对街道和条目号。", what=what)
    return found


@ledger_command.command("export")
@click.option("--street", metavar="代码", help="哪个街道;只有一个时可以不写。")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="写入 .jsonl 或 .jsonl.gz;默认为当前目录下的 街道代码.jsonl.gz。",
)
@json_option
@needs_database()
def export(street: str | None, output: Path | None, as_json: bool) -> None:
    """导出一本台账:每条一行 JSON,末尾是签名过的检查点。

    \b
    示例:
      gridloop ledger export --street lianhu -o lianhu.jsonl.gz
    """
    code = the_street(street).code
    output = output or unused_file(f"{code}.jsonl.gz")
    total = Entry.objects.filter(book_id=code, seq__isnull=False).count()
    _write(output, book_lines(code), total=total)
    counts = {
        "file": str(output),
        "book": code,
        "entries": total,
        "checkpoints": Checkpoint.objects.filter(book_id=code).count(),
    }
    if as_json:
        print_json(counts)
    else:
        note(f"已导出 {total} 条到 {output}。")


def _write(output: Path, lines: Iterator[dict[str, Any]], *, total: int) -> None:
    opener = gzip.open if output.name.endswith(".gz") else open
    try:
        with opener(output, "wt", encoding="utf-8") as file, progress("导出", total=total) as advance:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                advance(1)
    except OSError as fault:
        raise WrongInput(
            "site.cannot_write", f"写不进“{output}”({fault.strerror});请换一个位置。", file=str(output)
        ) from fault


@ledger_command.command("key")
@json_option
@needs_database()
def key(as_json: bool) -> None:
    """打印验证公钥,供任何人离线核对凭证。

    \b
    示例:
      gridloop ledger key
    """
    found = keys.verifier_keys()
    if as_json:
        print_json({"keys": found})
    else:
        click.echo("\n".join(found))
