"""schemathesis on the running server: all checks, somebody with a token and somebody without; bounded, and the same every time.

``python -m tests.api.test_schemathesis URL TOKEN EXAMPLES`` runs it longer against any installation made for the purpose (it files, changes
and deletes whatever it may).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.living import living_description
from tests.api.served import founded, give_handy_posts, token_of
from tests.api.walk import walked

SETTINGS = Path(__file__).parent / "schemathesis.toml"
SEED = os.environ.get("SCHEMATHESIS_SEED", "20260524")
"""The same every time; another one is tried with SCHEMATHESIS_SEED."""
ITSELF = ("--exclude-operation-id", "credentials_revoke")
"""It would take away the token by which the fuzzer came in; ``test_manners`` and the anonymous run ask it."""


@pytest.fixture
def house(transactional_db: None, live_server: Any, settings: Any) -> str:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    founded()
    give_handy_posts()
    return str(live_server.url)


def fuzzed(house: str, description: Path, *options: str) -> tuple[int, str, int]:
    """The exit code, the report and how many cases were tried."""
    command = [
        sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "--config-file", str(SETTINGS), "run", str(description), "--url", house, "--checks", "all",
        "--seed", SEED, "--continue-on-failure", "--no-color", "--request-timeout", "30", *options,
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "NO_PROXY": "*", "PYTHONUTF8": "1"}, cwd=description.parent, capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip
    counted = re.search(r"([\d,]+) generated", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(counted.group(1).replace(",", "")) if counted else 0


def test_somebody_with_a_token_finds_no_fault(house, tmp_path):
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(living_description(walked())), encoding="utf-8")
    bearer = f"Authorization: Bearer {token_of('desk')}"

    code, report, tried = fuzzed(house, description, "-H", bearer, "-n", "3", "--phases", "examples,fuzzing", *ITSELF)

    assert code == 0, report
    assert tried > 300, report


def test_keepers_with_their_tokens_find_no_fault(house, tmp_path):
    """Accounts, records and erasing, as the security keeper and as the audit keeper: nobody is both, and the desk is neither."""
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(living_description(walked())), encoding="utf-8")

    for keeper, tag in (("guard", "账号"), ("guard", "审计"), ("auditor", "审计")):
        bearer = f"Authorization: Bearer {token_of(keeper)}"
        code, report, tried = fuzzed(
            house, description, "-H", bearer, "-n", "3", "--phases", "examples,fuzzing", "--include-tag", tag
        )
        assert code == 0, report
        assert tried > 20, report


def test_somebody_without_a_token_finds_every_door_shut(house, tmp_path):
    description = tmp_path / "openapi.json"
    from gridloop.api.v1 import api

    description.write_text(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")), encoding="utf-8")

    code, report, tried = fuzzed(house, description, "-n", "1", "--phases", "examples,fuzzing")

    assert code == 0, report
    assert tried > 100, report


def main(url: str, token: str, most: str) -> int:
    description = Path("openapi.json").absolute()
    code, report, _ = fuzzed(url, description, "-H", f"Authorization: Bearer {token}", "-n", most, *ITSELF)
    sys.stdout.write(report)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
