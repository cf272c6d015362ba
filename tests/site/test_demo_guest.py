"""The firm of 莲湖 whose own page a visitor of the demonstration opens."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils.timezone import now

from gridloop.core.errors import NotFound
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions import Filing
from gridloop.offices.enterprise.actions.inviting import enter_demonstration
from gridloop.offices.enterprise.models import Contact
from gridloop.offices.enterprise.queries import access
from gridloop.offices.organisation.models import Street
from gridloop.site.demo import FOUNDED, lianhu, lianhu_firms, lianhu_guest
from gridloop.site.demo.tale import BEIJING, Tale
from gridloop.site.founding import found

pytestmark = pytest.mark.django_db
PRESENT = datetime(2022, 6, 20, 9, 30, tzinfo=BEIJING)
TALES = [Tale("Q01", FOUNDED, "管家02", Filing(text="x", enterprise="示例机械厂(演示)", grid="410102013204003"), ())]


@pytest.fixture
def visited(settings: object) -> None:
    """The street with its firms, up to June."""
    call_command("createcachetable", verbosity=0)
    found(lianhu.plan(), at=FOUNDED)
    calls = lianhu.roll().calls
    lianhu_firms.begin(at=FOUNDED, calls=calls, tales=TALES)
    lianhu_firms.carry_on(at=PRESENT, calls=calls)
    lianhu_guest.receive(at=PRESENT, calls=calls)


def test_a_visitor_opens_the_page_of_the_one_firm_with_a_contact_and_says_its_word(visited: None) -> None:
    contact = Contact.objects.get()
    assert (contact.phone, contact.enterprise.name) == (lianhu_guest.NUMBER, "示例机械厂(演示)")
    browser = Client()
    assert "先看演示" in browser.get("/firm/").content.decode()

    with override_settings(DEBUG=False):
        entered = browser.post("/firm/demonstration/", {"street": lianhu.CODE})

    assert (entered.status_code, entered["Location"]) == (302, "/firm/home/")
    home = browser.get("/firm/home/").content.decode()
    for words in ("上门服务办好没有(1)", "参不参加会(1)", "愿不愿意认识一家企业(1)", "给不给银行看(1)"):
        assert words in home
    assert "示例联系人" not in browser.get("/firm/held/").content.decode()
    assert Entry.objects.filter(kind="enterprise.contact_signed_in").latest("pk").actor.startswith("contact:")


def test_where_people_work_nobody_gets_in_without_an_invitation(visited: None) -> None:
    Street.objects.filter(code=lianhu.CODE).update(is_demonstration=False)

    assert access.demonstrated() == []
    with pytest.raises(NotFound):
        enter_demonstration(street=lianhu.CODE, device="", at=now())
    refused = Client().post("/firm/demonstration/", {"street": lianhu.CODE})
    assert refused.status_code == 404 and "没有供参观的企业页面" in refused.content.decode()
