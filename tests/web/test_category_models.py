"""The page of the category models: which one is in force, what it is worth, what the categories answer to."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.actions.classification import set_signs
from gridloop.offices.cases.category_models import CategoryModel
from gridloop.offices.cases.shipped_model import shipped_card
from tests.sample import CODE, MONDAY
from tests.web.setting_up import text_of


def own_model(version: int, state: str) -> None:
    """A row with the card of the shipped model."""
    CategoryModel.objects.create(
        street=CODE, version=version, state=state, reason="留出的 90 件上准确率 95.1%", card=shipped_card(), trained_at=MONDAY,
        trained_by="系统",
    )  # fmt: skip


def test_the_shipped_model_stands_in_until_the_street_has_its_own(signed_in):
    set_signs(by=SYSTEM, at=MONDAY, street=CODE, path="城乡建设/市政设施/路灯", words=["路灯"])

    page = text_of(signed_in("desk").get("/setup/models/"))

    assert "在用:随软件附带的模型" in page and "劳动和社会保障" in page and "城乡建设/市政设施/路灯" in page
    assert f"n={shipped_card()['held_out']['n']}" in page
    assert "类别模型" in text_of(signed_in("desk").get("/setup/"))


def test_every_model_of_the_street_is_listed_with_what_became_of_it(signed_in):
    own_model(1, "in_force")
    own_model(2, "rejected")

    page = text_of(signed_in("keeper").get("/setup/models/"))

    assert "在用:本街道第 1 版" in page and "未采用" in page and "留出的 90 件上准确率 95.1%" in page


def test_more_models_ask_no_more_of_the_database(signed_in):
    browser = signed_in("desk")
    browser.get("/setup/models/")

    counts = []
    for version in (1, 2, 3):
        own_model(version, "rejected")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get("/setup/models/")
        counts.append(len(asked))

    assert counts[0] == counts[2]
