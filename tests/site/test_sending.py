"""Sending: e-mail by Django, robots and webhooks by Apprise, and what goes wrong in words without the address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gridloop.site.sending import send


class Listener(HTTPServer):
    """A webhook on this machine that keeps what it was told, and answers as it is asked to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.told: list[dict[str, str]] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"json://user:secret-word@127.0.0.1:{self.server_port}/hook"


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_email_is_sent_to_its_address(mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "office@example.cn"

    send("email", "desk@example.cn", "超时督办\n20220523-000001", "请当日过问。")

    mail = mailoutbox[0]
    assert (mail.to, mail.subject, mail.body) == (["desk@example.cn"], "超时督办 20220523-000001", "请当日过问。")
    assert mail.from_email == "office@example.cn"


def test_a_webhook_is_told_title_and_text(listener):
    send("apprise", listener.address, "超时督办", "请当日过问。\n第二行")

    assert (listener.told[0]["title"], listener.told[0]["message"]) == ("超时督办", "请当日过问。\n第二行")


def test_a_webhook_that_refuses_is_an_oserror_without_its_secret(listener):
    listener.status = 500

    with pytest.raises(OSError, match="没有接收") as fault:
        send("apprise", listener.address, "标题", "正文")

    assert "secret-word" not in str(fault.value)


def test_a_webhook_that_is_not_there_is_an_oserror():
    with pytest.raises(OSError, match="没有接收"):
        send("apprise", "json://127.0.0.1:9/hook", "标题", "正文")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "不是邮箱"),
        ("pigeon", "desk@example.cn"),
        ("apprise", "syslog://"),  # would write into this machine's log
        ("apprise", "wecombot://"),  # no key
        ("apprise", "随便写的"),
    ],
)
def test_an_address_that_can_never_work_is_a_valueerror(kind, address):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own sentence
        send(kind, address, "标题", "正文")


@pytest.mark.parametrize(
    "address", ["wecombot://BotKey12345", "dingtalk://TokenABC123", "feishu://TokenABC123", "lark://TokenABC123"]
)
def test_the_group_robots_of_the_country_are_known(address):
    from apprise import Apprise

    assert Apprise().add(address)
