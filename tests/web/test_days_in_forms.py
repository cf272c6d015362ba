"""A day stands in a form as the browser's own field reads it, whatever the language; else the field is empty and what was kept is lost."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django import forms
from django.utils.translation import override

from gridloop.web.forms import MonthInput, day_field, moment_field


class Told(forms.Form):
    on = day_field("日期")
    at = moment_field("时间")
    month = forms.DateField(label="月份", widget=MonthInput)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_days_moments_and_months_are_written_in_iso_form(language: str) -> None:
    with override(language):
        shown = str(Told(initial={"on": date(2022, 5, 3), "at": datetime(2022, 5, 3, 9, 5), "month": date(2022, 5, 1)}))

    assert 'type="date" name="on" value="2022-05-03"' in shown
    assert 'type="datetime-local" name="at" value="2022-05-03T09:05"' in shown
    assert 'type="month" name="month" value="2022-05"' in shown
