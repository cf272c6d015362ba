"""A resident whose browser keeps no cookies does everything that needs no account; whoever has one is guarded as ever."""

from __future__ import annotations

from typing import Any

from django.test import Client

from gridloop.offices.cases.models import Case
from gridloop.offices.notices.models import Suggestion
from tests.web_public.conftest import REPORT, Resident


class Forgetful(Client):
    """A browser that keeps no cookie from one request to the next."""

    def request(self, **request: Any) -> Any:
        self.cookies.clear()
        return super().request(**request)


def forgetful() -> Resident:
    return Resident(Forgetful(enforce_csrf_checks=True))


def test_a_report_is_filed_found_and_withdrawn_without_a_cookie(street: object) -> None:
    resident = forgetful()

    follow = resident.receipt("楼下路灯不亮三天了")
    found = resident.browser.post("/follow/", {"secret": follow.strip("/").rpartition("/")[2]})
    undone = resident.browser.post(f"{follow}do/withdraw/", {"sure": "1"})

    assert (found.status_code, found["Location"]) == (302, follow)
    assert undone.status_code == 302, undone.content.decode()
    assert Case.objects.get().state == "withdrawn"


def test_a_suggestion_is_made_without_a_cookie(street: object) -> None:
    answer = forgetful().browser.post("/suggest/", {"text": "按钮太小"})

    assert answer.status_code == 302 and Suggestion.objects.get().text == "按钮太小"


def test_a_form_of_another_site_is_refused_with_and_without_cookies(resident: Resident) -> None:
    told = resident.form() | {"text": "楼下路灯不亮", "no_place": "1"}
    forged = forgetful().browser.post(REPORT, told, headers={"Origin": "https://other.example"})
    without_token = resident.browser.post(REPORT, {"text": "楼下路灯不亮", "no_place": "1"})

    assert (forged.status_code, without_token.status_code) == (403, 403)
    assert not Case.objects.exists()


def test_nobody_signs_in_without_the_token(street: object) -> None:
    answer = forgetful().browser.post("/accounts/login/", {"login": "desk", "password": "sample-street-pass"})

    assert answer.status_code == 403
