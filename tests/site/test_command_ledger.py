"""``gridloop ledger`` and ``gridloop export``: proofs that anybody can check, and a street that can be taken away whole."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from gridloop.core import ledger
from gridloop.offices.archive.attachments import attach
from gridloop.offices.archive.models import AccessNote, Book, Deed
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.models import Case
from gridloop.site.export import path_to_street, street_tables
from gridloop.site.tick import keep_books_of
from tests.sample import CODE, IN_SW, MONDAY, sample_street, who
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def case() -> Case:
    sample_street()
    filing = Filing(text="路灯不亮", source="phone", reporter_name="卯居民", reporter_phone="13800000000", **IN_SW)
    filed = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case
    attach(by=who("desk"), at=MONDAY, street=CODE, subject=filed.subject, name="../说明.pdf", content=PDF)
    keep_books_of(CODE, at=MONDAY)
    return filed


def test_a_sound_book_is_told_with_its_size_and_root(case: Case) -> None:
    told = document(gridloop("ledger", "verify", "--json"))

    size = Book.objects.get(street=CODE).size
    assert set(told) == {"ok", "books", "broken"}
    assert (told["ok"], told["broken"]) == (True, [])
    assert [(book["book"], book["size"], len(book["root"])) for book in told["books"]] == [(CODE, size, 64)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE archive_entry SET payload = '{}' WHERE seq = 5",
        "UPDATE archive_entry SET actor = 'person:x' WHERE seq = 5",
        "UPDATE archive_entry SET kind = 'case.cleared' WHERE seq = 5",
        "UPDATE archive_entry SET salt = NULL, payload = NULL WHERE seq = 5",
    ],
)
def test_any_altered_row_is_named_by_its_entry(case: Case, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)

    result = gridloop("ledger", "verify", "--json")

    assert result.exit_code == 1
    assert {(each["book"], each["entry"]) for each in document(result)["broken"]} == {(CODE, 5)}
    assert "5" in gridloop("ledger", "verify").stdout


def test_a_receipt_is_checked_offline_with_the_printed_key(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"

    assert gridloop("ledger", "receipt", case.number, "-o", file).exit_code == 0
    by_entry = document(gridloop("ledger", "receipt", "sample/3"))
    keys = gridloop("ledger", "key").stdout.split()

    assert ledger.check_receipt(json.loads(file.read_text(encoding="utf-8")), verifier_key=keys[0]) == []
    assert ledger.check_receipt(by_entry, verifier_key=keys[0]) == []
    assert document(gridloop("ledger", "key", "--json")) == {"keys": keys}


def test_what_is_not_sealed_yet_has_no_receipt_and_what_is_not_there_neither(case: Case) -> None:
    fresh = file_case(by=who("desk"), at=MONDAY, street=CODE, filing=Filing(text="积水", source="phone")).case

    assert gridloop("ledger", "receipt", fresh.number).exit_code == 1
    assert gridloop("ledger", "receipt", "sample/99999").exit_code == 2
    assert gridloop("ledger", "receipt", "20200101-000001").exit_code == 2


def recomputed(lines: list[dict[str, Any]]) -> str:
    """The root over exported entries, from their headers alone."""
    leaves = [ledger.leaf_hash(ledger.canonical(line["header"])) for line in lines if "seq" in line]
    return ledger.root_of(leaves).hex()


def test_an_exported_book_gives_the_signed_root_again(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "book.jsonl.gz"

    told = document(gridloop("ledger", "export", "--street", "sample", "-o", file, "--json"))

    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    assert told["entries"] == sum("seq" in line for line in lines)
    assert recomputed(lines) == lines[-1]["root"]


def test_a_street_is_exported_whole_and_reads_back(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "street.zip"

    assert gridloop("export", "street", "sample", "-o", file, "--reason", "迁移").exit_code == 0

    with zipfile.ZipFile(file) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        content = {each["path"]: zipped.read(each["path"]) for each in manifest["files"]}
        names = set(zipped.namelist())
    assert names == set(content) | {"manifest.json"}
    assert all(hashlib.sha256(content[each["path"]]).hexdigest() == each["sha256"] for each in manifest["files"])
    assert all(content[each["path"]].count(b"\n") == each["rows"] for each in manifest["files"] if "rows" in each)
    table = {
        path: [json.loads(line) for line in io.BytesIO(rows)]
        for path, rows in content.items()
        if path.startswith("tables/")
    }
    assert table["tables/cases_case.jsonl"][0]["text"] == "路灯不亮"
    assert table["tables/cases_report.jsonl"][0]["phone"] == "13800000000"
    assert "password" not in table["tables/organisation_account.jsonl"][0]
    assert PDF in content.values() and not any(".." in path for path in content)
    book = [json.loads(line) for line in io.BytesIO(content["ledger/book.jsonl"])]
    assert recomputed(book) == book[-1]["root"]
    assert file.stat().st_mode & 0o077 == 0
    assert AccessNote.objects.get(what="整街导出").reason == "迁移"


def test_every_table_of_the_offices_is_exported_or_belongs_to_no_street() -> None:
    exported = {model for model, _ in street_tables()}

    left = {
        model
        for config in apps.get_app_configs()
        if config.name.startswith("gridloop.offices.")
        for model in config.get_models()
    } - exported

    assert left == {Deed}
    assert path_to_street(Case) == "street"


def test_an_export_that_cannot_be_written_is_wrong_use(case: Case, tmp_path: Path) -> None:
    result = gridloop("export", "street", "sample", "-o", tmp_path / "nosuch" / "street.zip")

    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_without_a_name_the_export_lies_in_this_folder_and_overwrites_nothing(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    street, book = (
        document(gridloop("export", "street", CODE, "--json")),
        document(gridloop("ledger", "export", "--json")),
    )
    again = gridloop("export", "street", CODE, "--json")

    assert (street["file"], book["file"]) == (f"{CODE}.zip", f"{CODE}.jsonl.gz")
    assert (tmp_path / street["file"]).exists() and (tmp_path / book["file"]).exists()
    assert again.exit_code == 2
    assert document(again)["error"]["code"] == "site.file_exists"
