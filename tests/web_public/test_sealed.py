"""A receipt can be checked against the ledger: here, offline, and after someone meddled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from gridloop.core import ledger
from gridloop.core.access import SYSTEM
from gridloop.offices.archive import actions as archive
from gridloop.offices.archive.models import Entry
from tests.sample import CODE
from tests.web_public.conftest import Resident, newest

Seal = Callable[[], None]


def document_of(resident: Resident, follow: str) -> dict[str, Any]:
    return dict(json.loads(resident.reads(f"{follow}receipt.json")))


def filed_entry() -> Entry:
    return Entry.objects.get(kind="case.filed", subject=newest().subject)


def test_before_sealing_the_page_says_wait(resident: Resident) -> None:
    follow = resident.receipt()

    assert "正在等待封存" in resident.reads(f"{follow}check/")
    assert resident.browser.get(f"{follow}receipt.json").status_code == 404


def test_a_sealed_receipt_holds_here_and_with_the_core(resident: Resident, sealed: Seal, settings: Any) -> None:
    follow = resident.receipt()
    sealed()

    page = resident.reads(f"{follow}check/")

    assert "核对通过" in page
    assert f"台账的第 {filed_entry().seq} 条" in page
    assert settings.LEDGER_VERIFIER_KEY in page
    assert ledger.check_receipt(document_of(resident, follow), verifier_key=settings.LEDGER_VERIFIER_KEY) == []


def test_the_downloaded_verifier_accepts_the_downloaded_receipt_and_refuses_an_altered_one(
    resident: Resident, sealed: Seal, settings: Any, tmp_path: Path
) -> None:
    follow = resident.receipt("𠮷祥里🏮灯不亮")
    sealed()
    (tmp_path / "verifier.py").write_bytes(resident.browser.get("/ledger/verifier.py").content)
    (tmp_path / "good.json").write_bytes(resident.browser.get(f"{follow}receipt.json").content)
    altered = document_of(resident, follow)
    altered["payload"]["title"] = "另一件事"
    (tmp_path / "bad.json").write_text(json.dumps(altered), encoding="utf-8")

    def run(name: str) -> int:
        command = [sys.executable, "verifier.py", name, "--key", settings.LEDGER_VERIFIER_KEY]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert run("good.json") == 0
    assert run("bad.json") == 1


def test_an_entry_altered_in_the_database_is_found(resident: Resident, sealed: Seal) -> None:
    follow = resident.receipt()
    sealed()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE archive_entry SET payload = %s WHERE id = %s", ['{"by":"居民","title":"改过的"}', filed_entry().pk]
        )

    page = resident.reads(f"{follow}check/")

    assert "核对不符" in page
    assert "改动过" in page


def test_an_erased_entry_is_said_to_be_erased_not_broken(resident: Resident, sealed: Seal) -> None:
    follow = resident.receipt()
    sealed()
    seq = filed_entry().seq
    assert seq is not None
    archive.erase(entries=[seq], street=CODE, basis="个人信息保护法第四十七条", by=SYSTEM, at=now())
    sealed()

    page = resident.reads(f"{follow}check/")

    assert "正文已依规销毁" in page
    assert "个人信息保护法第四十七条" in page


def test_the_key_is_found_again_after_the_public_address_changed(
    resident: Resident, sealed: Seal, settings: Any
) -> None:
    follow = resident.receipt()
    sealed()
    former = settings.LEDGER_VERIFIER_KEY
    public = ledger.parse_verifier_key(former).public
    settings.LEDGER_KEY_NAME = "new.example"
    settings.LEDGER_VERIFIER_KEY = ledger.verifier_key("new.example", public)

    page = resident.reads(f"{follow}check/")

    assert "核对通过" in page
    assert former in page


def test_the_books_are_public_and_their_checkpoint_opens_with_the_key(
    resident: Resident, sealed: Seal, settings: Any
) -> None:
    before = resident.reads("/ledger/")
    resident.receipt()
    sealed()

    note = resident.browser.get(f"/ledger/{CODE}/checkpoint")

    assert "还没有签名" in before
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    opened = ledger.open_checkpoint(note.content.decode(), verifier_key=settings.LEDGER_VERIFIER_KEY)
    assert opened.origin.endswith(f"/{CODE}")
    page = resident.reads("/ledger/")
    assert opened.root.hex() in page
    assert settings.LEDGER_VERIFIER_KEY in page


def test_the_book_is_shown_to_have_only_grown(resident: Resident, sealed: Seal, settings: Any, tmp_path: Path) -> None:
    resident.receipt()
    sealed()
    older = resident.reads(f"/ledger/{CODE}/checkpoint")
    follow = resident.receipt("又一件")
    sealed()
    document = document_of(resident, follow)
    old = ledger.parse_checkpoint(older.rpartition("\n\n")[0] + "\n").size

    proof = resident.reads(f"/ledger/{CODE}/consistency?old={old}&new={document['size']}")

    for name, text in (
        ("v.py", resident.reads("/ledger/verifier.py")),
        ("r.json", json.dumps(document)),
        ("o.txt", older),
        ("p.json", proof),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "v.py",
        "r.json",
        "--key",
        settings.LEDGER_VERIFIER_KEY,
        "--older",
        "o.txt",
        "--proof",
        "p.json",
    ]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert resident.reads(f"/ledger/{CODE}/checkpoint?size={old}") == older


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("old=1&new=2", 200),
        ("old=0&new=0", 200),
        ("", 422),
        ("old=2&new=1", 422),
        ("old=1&new=999999", 422),
        ("old=-1&new=1", 422),
        ("old=٣&new=4", 422),  # digits, but not ours
        ("old=1&new=" + "9" * 400, 422),
    ],
)
def test_a_consistency_proof_is_given_or_the_question_is_explained(
    resident: Resident, sealed: Seal, query: str, status: int
) -> None:
    resident.receipt()
    sealed()

    answer = resident.browser.get(f"/ledger/{CODE}/consistency?{query}")

    assert answer.status_code == status
    assert isinstance(json.loads(answer.content), dict)


def test_a_book_that_does_not_exist_is_not_found(resident: Resident) -> None:
    assert resident.browser.get("/ledger/nowhere/checkpoint").status_code == 404
    assert resident.browser.get("/ledger/nowhere/consistency?old=1&new=2").status_code == 404
    assert resident.browser.get(f"/ledger/{CODE}/checkpoint?size=9999").status_code == 404


def test_checking_costs_a_bounded_number_of_statements(
    resident: Resident, sealed: Seal, django_assert_max_num_queries: Any
) -> None:
    follow = resident.receipt()
    sealed()
    resident.reads(f"{follow}check/")

    with django_assert_max_num_queries(30):
        resident.reads(f"{follow}check/")
