"""Days on pages: with their weekday, and those of a moment as the calendar on the wall here has them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from gridloop.core.period import Period
from gridloop.web.indicators import said

EVENING_IN_LONDON = datetime(2022, 5, 22, 17, 0, tzinfo=UTC)  # Monday, 01:00 in Beijing


@pytest.mark.parametrize(
    ("language", "day", "short"),
    [("zh-hans", "2022年5月23日(周一)", "5月23日 周一"), ("en", "Mon 23 May 2022", "Mon 23 May")],
)
@pytest.mark.parametrize("on", [EVENING_IN_LONDON, date(2022, 5, 23)])
def test_the_day_of_a_moment_is_the_one_of_the_street_and_tells_its_weekday(on, language, day, short):
    template = Template("{% load gridloop %}{{ on|day }}/{{ on|short_day }}")

    with override(language):
        assert template.render(Context({"on": on})) == f"{day}/{short}"


def test_a_period_of_one_day_tells_its_weekday():
    assert said(Period.parse("2022-05-23")) == "2022年5月23日(周一)"
    assert said(Period.parse("2022-05")) == "2022年5月"
