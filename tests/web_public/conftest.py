"""A resident in front of the sample street's public pages, without account and without script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import now
from PIL import Image

from gridloop.core.ledger import book_origin
from gridloop.offices.archive.actions import seal, sign
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.pairing import pair
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.organisation.models import Street
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision.queries import forget_compiled
from gridloop.site.home import kept_secret
from tests.sample import CODE, sample_street, who
from tests.web_public.firm_contact import FirmContact, firm_of

REPORT = "/s/sample/report/"
GPS = 0x8825


def photo(name: str = "灯.jpg", *, kind: str = "JPEG", with_gps: bool = True) -> SimpleUploadedFile:
    """A small photo; with the position 34°42' N 113°30' E in its EXIF."""
    exif = Image.Exif()
    if with_gps:
        exif.get_ifd(GPS).update({1: "N", 2: (34.0, 42.0, 0.0), 3: "E", 4: (113.0, 30.0, 0.0)})
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(out, kind, exif=exif.tobytes())
    return SimpleUploadedFile(name, out.getvalue(), f"image/{kind.lower()}")


@dataclass(slots=True)
class Resident:
    """Someone with a browser that enforces CSRF and runs no script."""

    browser: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def form(self, path: str = REPORT) -> dict[str, str]:
        """The hidden values of the page's first form that has some."""
        page = self.browser.get(path).content.decode()
        return dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|key|opened)" value="([^"]*)"', page))

    def files(self, told: str = "楼下路灯不亮", **words: Any) -> Any:
        """The answer to the report form filled in with these words; a place is stated unless one is given."""
        if not words.keys() & {"address", "grid", "lon", "no_place"}:
            words["address"] = "柳荫路1号院"
        return self.browser.post(REPORT, {**self.form(), "text": told, **words})

    def receipt(self, told: str = "楼下路灯不亮", **words: Any) -> str:
        """The address of the follow page after reporting."""
        answer = self.files(told, **words)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"]).partition("?")[0]

    def does(self, follow: str, deed: str, **words: Any) -> Any:
        """The answer to a form of the follow page."""
        token = self.form(follow)["csrfmiddlewaretoken"]
        return self.browser.post(f"{follow}do/{deed}/", {"csrfmiddlewaretoken": token, **words})

    def reads(self, path: str) -> str:
        return str(self.browser.get(path).content.decode())


@pytest.fixture
def street(db: None, settings: Any, tmp_path: Path) -> Iterator[Street]:
    """The sample street, founded for this test alone."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECONDS_TO_WRITE = 0
    forget_everything()
    forget_compiled()
    cache.clear()
    yield sample_street()
    cache.clear()
    forget_everything()
    forget_compiled()


@pytest.fixture
def resident(street: Street) -> Resident:
    return Resident()


@pytest.fixture
def sealed(street: Street, settings: Any) -> Callable[[], None]:
    """What the tick does to the book: numbered, sealed, signed."""

    def seal_and_sign() -> None:
        name = settings.LEDGER_KEY_NAME
        seal(street=CODE)
        sign(
            street=CODE,
            at=timezone.now(),
            origin=book_origin(name, CODE),
            key_name=name,
            private_key=kept_secret("ledger.key"),
        )

    return seal_and_sign


def newest() -> Case:
    """The case filed last."""
    return Case.objects.order_by("-id").select_related("lead", "grid")[0]


@pytest.fixture
def firm(street: Street) -> Enterprise:
    """A firm with a contact and its manager."""
    made = firm_of(1)
    pair(by=who("desk", at=now()), at=now(), street=CODE, subject=made.subject, slot="manager", person="P08")
    return made


@pytest.fixture
def contact(firm: Enterprise) -> FirmContact:
    """Its contact, signed in."""
    found = FirmContact(firm)
    assert found.enters().status_code == 302
    return found
