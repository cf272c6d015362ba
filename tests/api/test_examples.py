"""The worked examples of docs/api.md are run as they stand there: by Python with httpx and by the shell with curl, on a real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gridloop.offices.archive.actions import seal
from gridloop.offices.cases.actions import Filing, file_case
from gridloop.offices.cases.models import Case
from gridloop.offices.notices.webhooks import actions as webhooks
from gridloop.site.posting import post
from tests.api.served import founded, token_of
from tests.sample import CODE, IN_SW, who

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
LAMP = Filing(text="柳荫路路灯不亮三天了", category="城乡建设/市政设施/路灯", **IN_SW)


def programs(number: int, language: str) -> list[str]:
    """The blocks of this language in the example of this number."""
    part = re.search(rf"^## Example {number}:.*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert part, f"the page has no example {number}"
    return re.findall(rf"^```{language}\n(.*?)^```", part.group(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def house(transactional_db: None, live_server: Any, settings: Any) -> str:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    founded()
    return str(live_server.url)


def run(program: str, language: str, **told: str) -> str:
    """The output of the program. It sees nothing of ours but what it is told."""
    command = [sys.executable, "-c", program] if language == "python" else ["bash", "-euo", "pipefail", "-c", program]
    done = subprocess.run(command, env=_bare(**told), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def _bare(**told: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "NO_PROXY": "*", **told}


def test_the_page_has_the_three_examples_in_both_languages():
    assert [(len(programs(number, "python")), len(programs(number, "bash"))) for number in (1, 2, 3)] == [
        (1, 1),
        (1, 1),
        (2, 1),
    ]


def test_a_case_is_filed_and_followed(house):
    told = {"BASE": house, "TOKEN": token_of("desk", ["cases:file", "cases:read"])}

    out = run(programs(1, "python")[0], "python", **told)

    assert "→ 城市管理中队 because" in out and "case.filed" in out and "nothing new" in out
    if shutil.which("curl"):
        assert '"verb": "assign"' in run(programs(1, "bash")[0], "bash", **told)
        assert Case.objects.count() == 2


def test_a_csv_is_taken_in_and_taken_in_once(house, tmp_path):
    file = tmp_path / "反映.csv"
    file.write_text(
        "编号,内容,类别\nA-1,柳荫路路灯不亮,城乡建设/市政设施/路灯\nA-2,,\nA-3,夜间施工噪音,环境保护/噪音\n",
        encoding="utf-8-sig",
    )
    told = {"BASE": house, "TOKEN": token_of("desk", ["intake:bulk"]), "CSV": str(file)}

    first = run(programs(2, "python")[0], "python", **told)
    again = run(programs(2, "python")[0], "python", **told)

    assert "2 filed, 1 refused" in first and "A-2 这一行有 1 项要改" in first and "(again)" in again
    assert Case.objects.count() == 2
    if shutil.which("curl"):
        assert '"refused":1' in run(programs(2, "bash")[0], "bash", **told)


def test_a_case_is_acted_on_only_as_it_was_seen(house):
    ref = file_case(by=who("desk", at=timezone.now()), at=timezone.now(), street=CODE, filing=LAMP).case.ref
    told = {"BASE": house, "TOKEN": token_of("urban", ["cases:read", "cases:write"]), "CASE": ref}

    out = run(programs(3, "python")[0], "python", **told)

    assert "accepted at revision 1" in out and "begun after looking again" in out
    if shutil.which("curl"):
        assert '"state":"handling"' in run(programs(3, "bash")[0], "bash", **told)


def test_a_receiver_believes_what_is_signed_and_nothing_else(house, settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    now = timezone.now()
    port = _free_port()
    keeper = who("keeper", at=now)
    made, secret = webhooks.add_webhook(
        by=keeper, at=now, street=CODE, name="接收方", url=f"http://127.0.0.1:{port}/", events=["case.*"]
    )

    assert _received(made, secret, port) == (204, True)
    assert _received(made, "whsec_" + "A" * 32, port) == (401, True)


def _received(made: Any, secret: str, port: int) -> tuple[int | None, bool]:
    """What the page's receiver answers to the next case that is filed, and whether it named the case's number."""
    program = [sys.executable, "-c", programs(3, "python")[1]]
    receiver = subprocess.Popen(program, env=_bare(SECRET=secret, PORT=str(port)), stdout=subprocess.PIPE, text=True)
    try:
        _wait_for(port)
        now = timezone.now()
        case = file_case(by=who("desk", at=now), at=now, street=CODE, filing=LAMP).case
        seal(street=CODE)
        webhooks.announce(street=CODE)
        webhooks.post_messages(at=now, post=post)
        out, _ = receiver.communicate(timeout=60)
    finally:
        receiver.kill()
    newest = made.deliveries.order_by("-id").first()
    return newest.attempts.last().status, f"case.filed {case.number}" in out


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    """Until somebody listens there: looked up in the kernel's table, for a connection would use up the one request it answers."""
    import time

    for _ in range(1200):
        listening = Path("/proc/net/tcp").read_text(encoding="ascii") if Path("/proc/net/tcp").exists() else ""
        if f":{port:04X} 00000000:0000 0A" in listening:
            return
        time.sleep(0.05)
