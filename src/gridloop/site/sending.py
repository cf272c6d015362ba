"""Bringing a notice out of the house: by e-mail, or through Apprise to a group robot or webhook.

Terms: *channel kinds* are ``email`` (the address is an e-mail address; the server is EMAIL_URL) and ``apprise`` (the address is an
Apprise URL, itself a secret). Both are blocking calls with a time limit of seconds; only the tick makes them, outside of any
transaction.

Guarantees: what goes wrong comes out as OSError (try again) or ValueError (the address is wrong), in a sentence that does not
contain the address; anything else is a fault of ours and passes through.

Worked example::

    send("apprise", "wecombot://BotKey", "超时督办 20220523-000001(路灯)", "请当日过问。")
"""

from __future__ import annotations

import logging
from email.utils import parseaddr

from apprise import Apprise, NotifyFormat
from django.core.mail import EmailMessage, get_connection

from gridloop.offices.notices.actions import SCHEMES, scheme_of

SECONDS = 10


def send(kind: str, address: str, title: str, text: str) -> None:
    """The message was handed over to the mail server, the robot or the webhook.

    Raises OSError when it was not taken, ValueError when the channel can never work as written.
    """
    if kind == "email":
        _mail(address, title, text)
    elif kind == "apprise":
        _post(address, title, text)
    else:
        raise ValueError(f"没有“{kind}”这种渠道")


def _mail(address: str, title: str, text: str) -> None:
    if "@" not in parseaddr(address)[1]:
        raise ValueError("邮箱地址不完整")
    connection = get_connection(timeout=SECONDS)
    message = EmailMessage(subject=" ".join(title.split()), body=text, to=[address], connection=connection)
    if not message.send():
        raise OSError("邮件服务器没有接收")


def _post(address: str, title: str, text: str) -> None:
    scheme = scheme_of(address)
    if scheme not in SCHEMES:
        raise ValueError(f"不支持 {scheme}:// 这种渠道")
    robot = Apprise()
    if not robot.add(address):
        raise ValueError(f"{scheme}:// 地址不完整")
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its log lines contain the address
    if not robot.notify(title=title, body=text, body_format=NotifyFormat.TEXT):
        raise OSError(f"{scheme}:// 没有接收")
