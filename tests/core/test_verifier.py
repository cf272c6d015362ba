"""The standalone verifier, run as a resident would run it: a copied file in another process."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gridloop.core import verifier
from gridloop.core.ledger import Erasure, canonical, check_receipt, commit, consistency_document, consistency_proof
from tests.core.ledger_samples import KEY, OTHER_KEY, sample_book, sealed

BOOK = sample_book()
SOURCE = Path(verifier.__file__)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Copy the one file somewhere else and run it there, isolated from this package; exit code and output."""
    script = shutil.copy(SOURCE, tmp_path / "verifier.py")

    def run_it(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", script, *arguments], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run_it


def written(tmp_path: Path, name: str, content: object) -> str:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def verdict(tmp_path: Path, receipt: object, key: str = KEY.verifier_key) -> tuple[int, str]:
    """The same, inside this process, for the many small cases."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = verifier.main([written(tmp_path, "receipt.json", receipt), "--key", key])
    return code, output.getvalue()


def test_the_verifier_is_short_and_needs_only_the_standard_library_and_cryptography() -> None:
    text = SOURCE.read_text("utf-8")
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert len(text.splitlines()) < 200
    assert {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_good_receipt_passes(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, output = run(written(tmp_path, "receipt.json", BOOK.receipt(7)), "--key", KEY.verifier_key)

    assert code == 0
    assert "条目 7/13" in output and "text is the sealed text" in output and output.endswith("通过 / OK\n")


def test_an_altered_receipt_fails(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    receipt = BOOK.receipt(7) | {"payload": {"text": "另一件事"}}

    code, output = run(written(tmp_path, "receipt.json", receipt), "--key", KEY.verifier_key)

    assert code == 1
    assert "正文被改动过 / the text is not the sealed text" in output


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["receipt.json"],
        ["absent.json", "--key", KEY.verifier_key],
        ["receipt.json", "--key", "nonsense"],
        ["receipt.json", "--key", KEY.verifier_key[:-4]],
        ["receipt.json", "--key", KEY.verifier_key, "--older", "receipt.json"],
    ],
)
def test_wrong_use_is_told_apart_from_a_failed_check(
    run: Callable[..., tuple[int, str]], tmp_path: Path, arguments: list[str]
) -> None:
    written(tmp_path, "receipt.json", BOOK.receipt(7))

    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("old", range(1, 14))
def test_a_book_that_only_grew_passes_against_every_older_checkpoint(tmp_path: Path, old: int) -> None:
    proof = consistency_document(old=old, new=13, proof=consistency_proof(old, 13, BOOK.get_node))
    files = [written(tmp_path, "r.json", BOOK.receipt(7)), "--key", KEY.verifier_key]

    code = verifier.main(
        [*files, "--older", written(tmp_path, "o", BOOK.note_at(old)), "--proof", written(tmp_path, "p", proof)]
    )

    assert code == 0


@pytest.mark.parametrize("old", range(1, 14))
def test_a_book_rewritten_since_an_older_checkpoint_fails(
    run: Callable[..., tuple[int, str]], tmp_path: Path, old: int
) -> None:
    first = BOOK.entries[0]
    other = sealed([replace(first, leaf=bytes(32)), *BOOK.entries[1:]])
    proof = consistency_document(old=old, new=13, proof=consistency_proof(old, 13, BOOK.get_node))
    files = [written(tmp_path, "r.json", BOOK.receipt(7)), "--key", KEY.verifier_key]

    code = verifier.main(
        [*files, "--older", written(tmp_path, "o", other.note_at(old)), "--proof", written(tmp_path, "p", proof)]
    )

    assert code == 1


def test_growth_is_told_from_the_command_line(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    proof = consistency_document(old=5, new=13, proof=consistency_proof(5, 13, BOOK.get_node))
    names = (
        written(tmp_path, "r.json", BOOK.receipt(7)),
        written(tmp_path, "o", BOOK.notes[0]),
        written(tmp_path, "p", proof),
    )

    code, output = run(names[0], "--key", KEY.verifier_key, "--older", names[1], "--proof", names[2])

    assert code == 0
    assert "只增不改" in output


def erased_receipt() -> dict[str, Any]:
    erased = replace(BOOK.entries[6], salt=None, payload=None, erasure=Erasure(date(2024, 1, 1), "保存期满", 13))
    return replace(BOOK, entries=(*BOOK.entries[:6], erased, *BOOK.entries[7:])).receipt(7)


def test_an_erased_text_passes_and_is_said_to_be_erased(tmp_path: Path) -> None:
    code, output = verdict(tmp_path, erased_receipt())

    assert code == 0
    assert "已于 2024-01-01 依据“保存期满”销毁" in output


def mutations() -> list[Any]:
    """Receipts with one thing changed, in every place there is."""
    good: dict[str, Any] = json.loads(json.dumps(BOOK.receipt(7)))
    header = [good | {"header": good["header"] | {name: "x"}} for name in good["header"]]
    steps = [
        good | {"proof": [*good["proof"][:place], good["proof"][place - 1], *good["proof"][place + 1 :]]}
        for place in range(4)
    ]
    absent = [
        {name: value for name, value in good.items() if name != left_out} for left_out in good if left_out != "payload"
    ]
    notes = [
        good | {"checkpoint": good["checkpoint"].replace(*change)}
        for change in (("\n13\n", "\n14\n"), ("lianhu", "liuhu"), ("— ", "- "))
    ]
    odd: list[Any] = [
        None,
        [],
        "x",
        7,
        good | {"index": True},
        good | {"index": -1},
        good | {"size": 12},
        good | {"proof": good["proof"][1:]},
    ]
    odd += [
        good | {"proof": [*good["proof"], good["proof"][0]]},
        good | {"salt": "AAAA"},
        good | {"payload": {}},
        good | {"payload": 1e300},
    ]
    return [*header, *steps, *absent, *notes, *odd]


@pytest.mark.parametrize("receipt", mutations())
def test_whatever_is_changed_in_a_receipt_it_fails(tmp_path: Path, receipt: Any) -> None:
    assert verdict(tmp_path, receipt)[0] == 1


def test_a_text_that_is_no_json_fails(tmp_path: Path) -> None:
    assert verdict(tmp_path, "{")[0] == 1


def test_a_key_of_somebody_else_fails(tmp_path: Path) -> None:
    assert verdict(tmp_path, BOOK.receipt(7), OTHER_KEY.verifier_key)[0] == 1


@pytest.mark.parametrize("receipt", [*mutations(), BOOK.receipt(1), BOOK.receipt(13), erased_receipt()])
def test_the_verifier_and_the_package_come_to_the_same_verdict(tmp_path: Path, receipt: Any) -> None:
    findings = check_receipt(receipt, verifier_key=KEY.verifier_key)

    broken = any(finding.severity == "broken" for finding in findings)

    assert verdict(tmp_path, receipt)[0] == int(broken)


def test_numbers_are_sealed_alike_by_both() -> None:
    payload = {"lon": 113.613, "whole": 2.0, "large": 2**60, "small": 1e-7, "none": None, "text": "\u2028乙"}

    assert verifier.canonical(json.loads(json.dumps(payload))) == canonical(payload)
    assert verifier.sha256(verifier.DOMAIN, bytes(32), b"x") == commit(bytes(32), b"x")
