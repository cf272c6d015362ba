"""``gridloop sample``: anybody repeats the draw of a month; what was changed since is named."""

from __future__ import annotations

from datetime import datetime

import pytest

from gridloop.core.sampling import Drawn, SampleRule, draw, seed_of
from gridloop.offices.cases.actions import set_sampling_rule
from gridloop.offices.cases.models import Inspection
from gridloop.site.tick import keep_books_of
from tests.offices.loop import DAY, cleared
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who
from tests.site.command_line import document, gridloop

JUNE = datetime(2022, 6, 1, 0, 30, tzinfo=BEIJING)


@pytest.fixture
def drawn_month(db: None) -> None:
    """Three cases struck off in May, drawn in June."""
    sample_street()
    set_sampling_rule(by=who("leader"), at=MONDAY - 2 * DAY, street=CODE, rule=SampleRule(), reason="办公会决定")
    keep_books_of(CODE, at=MONDAY - DAY)
    for _ in range(3):
        cleared()
    for at in (MONDAY + DAY, JUNE, JUNE + DAY):
        keep_books_of(CODE, at=at)


@pytest.mark.usefixtures("drawn_month")
def test_the_draw_repeats_and_its_document_is_enough_to_repeat_it_elsewhere() -> None:
    result = gridloop("sample", "--street", CODE, "--period", "2022-05", "--json")
    told = document(result)

    assert (result.exit_code, told["ok"], told["problems"]) == (0, True, [])
    seed = seed_of(told["secret"], root=told["checkpoint"]["root"], street=told["street"], period=told["period"])
    again = draw(told["population"], seed=seed, rule=SampleRule.from_data(told["rule"]))
    assert again == tuple(Drawn(each["unit"], each["ref"], each["lot"]) for each in told["drawn"])
    assert "重算一致" in gridloop("sample", "--street", CODE, "--period", "2022-05").stdout


@pytest.mark.usefixtures("drawn_month")
def test_what_was_changed_since_is_named_and_the_exit_code_says_so() -> None:
    Inspection.objects.order_by("id")[0].delete()

    result = gridloop("sample", "--street", CODE, "--period", "2022-05", "--json")

    assert result.exit_code == 1
    assert len(document(result)["problems"]) == 1


@pytest.mark.usefixtures("drawn_month")
def test_a_month_that_is_not_drawn_or_not_there_is_told_so() -> None:
    open_month = gridloop("sample", "--street", CODE, "--period", "2022-06", "--json")
    missing = gridloop("sample", "--street", CODE, "--period", "2021-01", "--json")

    assert (open_month.exit_code, document(open_month)["error"]["code"]) == (1, "cases.not_drawn")
    assert (missing.exit_code, document(missing)["error"]["code"]) == (2, "cases.no_sample")
