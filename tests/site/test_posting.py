"""The postman of the webhooks goes only outside, follows nobody elsewhere, and does not wait for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from gridloop.offices.notices.webhooks.actions import Letter
from gridloop.site import posting
from gridloop.site.posting import is_allowed, post, post_one

HERE = ("127.0.0.0/8", "::1/128")


class Heard(BaseHTTPRequestHandler):
    """Answers as the path says and keeps what it hears."""

    heard: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, dict(self.headers), body))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(int(self.path[1:4]))
        self.end_headers()
        self.wfile.write(b"x" * 5000 if self.path.endswith("long") else "好".encode())

    def do_GET(self) -> None:
        self.heard.append((self.path, {}, b"GET"))

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[str]:
    settings.WEBHOOK_NETWORKS = list(HERE)
    Heard.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def letter(url: str) -> Letter:
    return Letter(url, {"Content-Type": "application/json", "webhook-id": "abc"}, '{"好": 1}')


def test_a_letter_arrives_as_it_was_written(receiver):
    reply = post_one(letter(f"{receiver}/200?key=1"))

    path, headers, body = Heard.heard[0]
    assert (reply.status, reply.answer, reply.is_taken) == (200, "好", True)
    assert (path, body.decode(), headers["webhook-id"]) == ("/200?key=1", '{"好": 1}', "abc")


def test_no_redirect_is_followed(receiver):
    reply = post_one(letter(f"{receiver}/redirect"))

    assert (reply.status, reply.is_taken) == (302, False)
    assert [path for path, _, _ in Heard.heard] == ["/redirect"]


def test_of_a_long_answer_only_the_beginning_is_read(receiver):
    assert len(post_one(letter(f"{receiver}/500long")).answer) == posting.LONGEST_ANSWER


def test_many_letters_come_back_in_their_order(receiver):
    replies = post([letter(f"{receiver}/{status}") for status in (200, 404, 503, 204, 410)])

    assert [reply.status for reply in replies] == [200, 404, 503, 204, 410]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),  # this machine
        ("127.1.2.3", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),  # the office's own network
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),  # behind the provider's
        ("169.254.169.254", False),  # link-local: where clouds tell their secrets
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),  # this machine in another coat
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),  # translated to IPv4
        ("2002:7f00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_only_public_addresses_are_outside(address, allowed):
    assert is_allowed(ip_address(address), ()) is allowed


def test_an_inside_network_can_be_allowed_by_the_installation():
    networks = (ip_network("10.20.0.0/16"),)

    assert is_allowed(ip_address("10.20.3.4"), networks) and is_allowed(ip_address("::ffff:10.20.3.4"), networks)
    assert not is_allowed(ip_address("10.21.3.4"), networks)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_no_way_of_writing_this_machine_gets_in(settings, host):
    settings.WEBHOOK_NETWORKS = []

    for scheme in ("http", "https"):
        reply = post_one(letter(f"{scheme}://{host}:9/"))
        assert reply.status is None and ("内部网络" in reply.fault or "找不到" in reply.fault), (host, reply)


def test_a_name_with_one_inside_address_is_refused_whole(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    found = [(socket.AF_INET, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)

    assert "内部网络" in post_one(letter("https://two-faced.example/")).fault


def test_the_name_is_looked_up_once_and_the_judged_address_is_used(receiver, monkeypatch):
    port = int(receiver.rpartition(":")[2])
    asked = []
    real = socket.getaddrinfo

    def told(host, *args, **named):
        asked.append(host)
        return (
            [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]
            if host == "rebinding.example"
            else real(host, *args, **named)
        )

    monkeypatch.setattr(socket, "getaddrinfo", told)

    assert post_one(letter(f"http://rebinding.example:{port}/200")).status == 200
    assert asked.count("rebinding.example") == 1 and Heard.heard[0][1]["Host"] == f"rebinding.example:{port}"


def test_plain_http_is_for_allowed_networks_only(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_n: [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 80))])

    assert "https" in post_one(letter("http://outside.example/")).fault


def test_who_answers_nothing_is_cut_off(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = list(HERE)
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reply = post_one(letter(f"http://127.0.0.1:{silent.getsockname()[1]}/"))

    assert reply.status is None and reply.fault


def test_who_drips_his_answer_is_cut_off_too(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = list(HERE)
    monkeypatch.setattr(posting, "SECONDS", 0.6)
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        reply = post_one(letter(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        stop.set()
        thread.join(2)

    assert not reply.is_taken and reply.fault and "127.0.0.1" not in reply.fault


def test_nobody_there_is_said_without_the_address(settings):
    settings.WEBHOOK_NETWORKS = list(HERE)

    reply = post_one(letter("http://127.0.0.1:9/secret-path"))

    assert reply.status is None and "连接失败" in reply.fault and "secret-path" not in reply.fault
