"""Someone of a firm in front of its own page, for tests."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils.timezone import now

from gridloop.offices.enterprise.actions.inviting import invite_contact
from gridloop.offices.enterprise.models import Enterprise
from tests.firms import registered
from tests.sample import who

PHONE = "13812345678"


class FirmContact:
    """Someone of a firm with a browser that enforces CSRF and runs no script."""

    def __init__(self, firm: Enterprise) -> None:
        self.firm = firm
        self.browser = Client(enforce_csrf_checks=True)

    def letter(self) -> str:
        """The address on a new letter of invitation."""
        contact = self.firm.contacts.order_by("pk").first()
        assert contact is not None
        sent = invite_contact(by=who("desk", at=now()), at=now(), enterprise=self.firm.ref, contact=contact.ref)
        return f"/firm/open/{sent.secret}/"

    def enters(self, letter: str = "", phone: str = PHONE) -> Any:
        return self.sends(letter or self.letter(), phone=phone)

    def sends(self, where: str, *, page: str = "", **said: str) -> Any:
        """The answer to a form of the page, with its token."""
        shown = self.browser.get(page or where).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', shown)
        key = re.search(r'name="key" value="([^"]*)"', shown)
        told = {"csrfmiddlewaretoken": token.group(1) if token else "", "key": key.group(1) if key else "", **said}
        return self.browser.post(where, told)

    def says(self, deed: str, *, page: str = "/firm/held/", **said: str) -> Any:
        return self.sends(f"/firm/do/{deed}/", page=page, **said)

    def reads(self, path: str, status: int = 200) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:300])
        return str(answer.content.decode())


def firm_of(number: int) -> Enterprise:
    return registered(number, at=now() - timedelta(days=1), contact="张三丰", phone=PHONE, duty="厂长")
