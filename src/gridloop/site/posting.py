"""Posting signed messages to programs outside, and only outside: the postman of the webhooks.

Terms: a *public* address is one that the whole internet may be reached at; *inside* is everything else (this machine, the office's own
network, link-local, multicast …), where a message could be made to reach what nobody outside should (SSRF).

Guarantees

* A name is looked up once, every address it has must be allowed, and the connection goes to the address that was judged: a name that
  answers differently the second time gains nothing. The certificate is still checked against the name.
* Inside networks are refused unless ``GRIDLOOP_WEBHOOK_NETWORKS`` names them (``10.20.0.0/16,127.0.0.1/32``); ``http:`` is for those only.
* No redirect is followed, no proxy is asked, at most 2 KB of the answer are read, and 15 s after its beginning everything is cut off.
* What a subscriber does wrong comes back as a ``Reply``; no sentence contains the address.

Worked example::

    post([Letter("https://example.org/hook", {"webhook-id": "…"}, "{}")])      # [Reply(status=204)]
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from gridloop.core.outside import is_allowed
from gridloop.offices.notices.webhooks.actions import Letter, Reply, allowed_networks

SECONDS = 15
LONGEST_ANSWER = 2048
AT_A_TIME = 8


class NotOutside(ValueError):
    """The address leads inside."""


def post(letters: Sequence[Letter]) -> list[Reply]:
    """A reply for each letter, in order; up to eight are under way at a time."""
    if len(letters) == 1:
        return [post_one(letters[0])]
    with ThreadPoolExecutor(max_workers=AT_A_TIME, thread_name_prefix="webhook") as postmen:
        return list(postmen.map(post_one, letters))


def post_one(letter: Letter) -> Reply:
    """The letter was handed over, or why not."""
    try:
        return _posted(letter, urlsplit(letter.url))
    except NotOutside as fault:
        return Reply(None, fault=str(fault))
    except TimeoutError:
        return Reply(None, fault=f"{SECONDS:g} 秒内没有答复")
    except ssl.SSLError as fault:
        return Reply(None, fault=f"加密连接失败:{fault.reason or '证书无效'}")
    except socket.gaierror:
        return Reply(None, fault="找不到这台主机")
    except OSError as fault:
        return Reply(None, fault=f"连接失败:{fault.strerror or type(fault).__name__}")
    except (http.client.HTTPException, ValueError, UnicodeError) as fault:
        return Reply(None, fault=f"对方的答复读不出来:{type(fault).__name__}")


def judged_address(host: str, port: int, *, is_encrypted: bool) -> str:
    """The address to connect to. Raises NotOutside when any address of the host is not allowed, socket.gaierror for no host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    networks = allowed_networks()
    if not all(is_allowed(each, networks) for each in addresses):
        raise NotOutside("地址通向内部网络,不投递;确需投递请在 GRIDLOOP_WEBHOOK_NETWORKS 中写明该网段")
    if not is_encrypted and not all(any(each in network for network in networks) for each in addresses):
        raise NotOutside("对外只用 https 投递;请改用 https 地址")
    return str(addresses[0])


def _posted(letter: Letter, parts: SplitResult) -> Reply:
    is_encrypted = parts.scheme == "https"
    host, port = str(parts.hostname), parts.port or (443 if is_encrypted else 80)
    address = judged_address(host, port, is_encrypted=is_encrypted)
    connection = _connection(host, port, address=address, is_encrypted=is_encrypted)
    cut = threading.Timer(SECONDS, _cut_off, [connection])
    cut.daemon = True
    cut.start()
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        headers = {**letter.headers, "User-Agent": "gridloop", "Accept": "*/*", "Connection": "close"}
        connection.request("POST", target, letter.body.encode(), headers)
        response = connection.getresponse()
        text = response.read(LONGEST_ANSWER).decode(errors="replace")
        if connection.is_cut:  # what was read of it by then would look like an answer
            raise TimeoutError
        return Reply(response.status, answer=text)
    finally:
        cut.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was judged; the name is only said in the Host header and, encrypted, in the handshake."""

    def __init__(self, host: str, port: int, *, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.default_port = 443 if context else 80
        self._address, self._context = address, context
        self.is_cut = False

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=SECONDS)
        self.sock = plain
        if self._context:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def _connection(host: str, port: int, *, address: str, is_encrypted: bool) -> _Pinned:
    return _Pinned(host, port, address=address, context=ssl.create_default_context() if is_encrypted else None)


def _cut_off(connection: _Pinned) -> None:
    """Whatever the connection waits for ends now, with an OSError in the thread that waits."""
    connection.is_cut = True
    open_socket = connection.sock
    if open_socket is not None:
        try:
            open_socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            open_socket.close()
