"""What the console's forms share: choices that come from the street, fields that look right, errors that point to their field.

``Offered`` holds the choices a form may offer, read once per page. A form names its choice list by ``offers``::

    class AssignForm(CaseForm):
        offers = {"unit": "units"}
        unit = forms.ChoiceField(label=_("交给"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.sentences import spoken

Pairs = list[tuple[str, str]]


class DayInput(forms.DateInput):
    """A day as the browser's own field reads it, in every language: 2022-05-23. What a language writes, as 2022/05/23, would leave the field empty."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A moment as the browser's own field reads it: 2022-05-23T10:00."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MonthInput(forms.DateInput):
    """A month as the browser's own field reads it: 2022-05."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m")


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=hint, widget=DayInput)


def moment_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(label=label, required=required, help_text=hint, widget=MomentInput)


@dataclass(frozen=True, slots=True)
class Offered:
    """The choices of one street now: code and label of units, superior units, duty rows, grids, leaf categories; and of one case."""

    units: Pairs
    superiors: Pairs
    duty_items: Pairs
    grids: Pairs
    categories: Pairs
    reports: Pairs
    of_case: dict[str, Pairs] = field(default_factory=dict)

    def pairs(self, name: str) -> Pairs:
        """The choices of that name, of the street or of the case; none where the case has none."""
        found: Pairs = getattr(self, name, None) or self.of_case.get(name, [])
        return found


def offered(
    street: str,
    *,
    at: datetime,
    reports: Pairs | None = None,
    of_case: dict[str, Pairs] | None = None,
    category: str = "",
) -> Offered:
    """What the forms of this street may offer; rows of the duty list that speak of ``category`` come first."""
    units = organisation.units(street, at=at)
    return Offered(
        units=[(unit.code, unit.name) for unit in units if not unit.is_superior],
        superiors=[(unit.code, unit.name) for unit in units if unit.is_superior],
        duty_items=[
            (item.code, f"{item.code} {item.title}({spoken(item.get_kind_display())} · {_('牵头')} {item.lead})")
            for item in sorted(organisation.duty_items(street), key=lambda item: not _speaks_of(item, category))
        ],
        grids=[(grid.code, f"{'　' * max(grid.level - 1, 0)}{grid.name}") for grid in territory.grids(street)],
        categories=[(row.path, " › ".join(row.path.split("/"))) for row in categories(street) if row.is_leaf],
        reports=reports or [],
        of_case=of_case or {},
    )


def _speaks_of(item: Any, category: str) -> bool:
    """Is the row of the duty list about this category or one above it?"""
    return bool(category and item.category and f"{category}/".startswith(f"{item.category}/"))


class StyledForm(forms.Form):
    """A form whose fields carry the style sheet's classes and unique ids, and whose refusals point to a field."""

    use_required_attribute = True
    offers: ClassVar[dict[str, str]] = {}
    empty_choice: ClassVar[Any] = _("请选择")

    def __init__(self, *args: Any, choices: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, source in self.offers.items():
            field: Any = self.fields[name]
            many = isinstance(field, forms.MultipleChoiceField)
            field.choices = [*([] if many else [("", self.empty_choice)]), *choices.pairs(source)]
        for field in self.fields.values():
            _dress(field)

    def refuse(self, error: GridloopError) -> None:
        """The rule's sentence stands at the field it speaks of, else at the top of the form."""
        named = str(error.fields.get("field", ""))
        self.add_error(named if named in self.fields else None, error.sentence)


T = TypeVar("T")


NOT_THE_FORMS = (403, 404)
"""What the form cannot mend: whoever may not do this, and what it is about that is not there."""


def tried(form: Any, deed: Callable[[], T], *, passes: tuple[int, ...] = NOT_THE_FORMS) -> T | None:
    """What the deed answers; None when a rule says no, whose sentence then stands in the form.

    Refusals with a status in ``passes`` are raised; a form that looks things up by name keeps "there is no such" (404) to itself.
    """
    try:
        return deed()
    except Broken:
        raise
    except GridloopError as error:
        if error.status in passes:
            raise
        form.refuse(error)
        return None


@contextmanager
def refused_in_words(request: HttpRequest) -> Iterator[list[GridloopError]]:
    """For deeds of a single button: what a rule refuses is told on the next page, and the list holds the refusal."""
    refused: list[GridloopError] = []
    try:
        yield refused
    except Broken:
        raise
    except GridloopError as error:
        if error.status in NOT_THE_FORMS:
            raise
        messages.error(request, error.sentence)
        refused.append(error)


def _dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
        return
    widget.attrs.setdefault("class", "form-select" if isinstance(widget, forms.Select) else "form-control")
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 3)


class CaseForm(StyledForm):
    """A form about one case: it carries the revision that was seen and the key under which it acts once."""

    rev = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    key = forms.CharField(widget=forms.HiddenInput, max_length=128)

    def arguments(self) -> dict[str, Any]:
        """The action's arguments, from what was typed."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("rev", "key")}


def yes_or_no(label: Any, *, yes: Any, no: Any, required: bool = True, hint: Any = "") -> forms.TypedChoiceField:
    """A question answered by one of two buttons; None when it may stay open."""
    options = [("yes", yes), ("no", no)] if required else [("", _("未说明")), ("yes", yes), ("no", no)]
    return forms.TypedChoiceField(
        label=label,
        choices=options,
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=required,
        widget=forms.RadioSelect,
        help_text=hint,
    )


def words(label: Any, *, rows: int = 3, required: bool = True, hint: Any = "", longest: int = 2000) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": longest}),
        required=required,
        max_length=longest,
        help_text=hint,
    )


def line(label: Any, *, required: bool = True, hint: Any = "", longest: int = 300) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, required=required, max_length=longest, help_text=hint)
