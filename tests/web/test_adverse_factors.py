"""Adverse factors on the pages: the case page, the list's filter, the campaign's figures that open their cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.offices.loop import told as filed
from tests.web.test_campaigns import FORM, text

SignIn = Callable[[str], Client]


def test_factors_are_ticked_on_the_case_page_and_counted_on_the_campaigns(signed_in: SignIn, wall: Any) -> None:
    story, lamp = filed(category="企业服务/融资", source="manager"), filed()
    economy, desk = signed_in("economy"), signed_in("desk")
    address = f"/cases/{story.ref}/"

    assert "标注不利因素" in text(economy.get(address)) and "没有标注" in text(economy.get(address))
    assert "不利因素</dt>" not in text(desk.get(f"/cases/{lamp.ref}/"))
    assert "标注不利因素</summary>" not in text(signed_in("verifier").get(address))
    economy.post(f"{address}factors/", {"factors": ["energy", "labour"]})
    again = economy.post(f"{address}factors/", {"factors": ["energy", "labour"]}, follow=True)
    page = text(economy.get(address))

    assert "没有改动" in text(again)
    assert "?factor=energy" in page and "标上" in page and "能源供应紧张、用工短缺" in page
    assert signed_in("verifier").post(f"{address}factors/", {"factors": ["energy"]}).status_code == 403
    listed = text(desk.get("/cases/?factor=energy"))
    assert story.ref in listed and lamp.ref not in listed
    assert '<option value="energy" selected>能源供应紧张</option>' in listed

    signed_in("leader").post("/campaigns/new/", FORM)
    campaign = text(desk.get("/campaigns/helps/"))
    rows = text(desk.get("/indicators/factor_energy/?period=2022-05"))
    assert "不利因素标注" in campaign and "/indicators/factor_energy/?period=2022-05" in campaign
    assert story.ref in rows and "1/1" in rows
