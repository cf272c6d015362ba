"""A thing that goes through steps, on its page: which steps are offered now, each with its form, and taking one.

A refusal comes back as the same page with the sentence at its form and what was typed kept. Factor gaps, bank matches, assisted matters
and plans all stand on this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from gridloop.core.errors import Broken, GridloopError
from gridloop.web.enterprise.forms import FirmChoices
from gridloop.web.forms import StyledForm
from gridloop.web.reader import Reader

Do = Callable[[Reader, Any, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its form, what is said when it was taken, and the action it becomes."""

    name: str
    label: Any
    said: Any
    form: type[StyledForm]
    do: Do
    hurts: bool = False


Refused = tuple[Step, StyledForm, int]
"""The step, its form with the faults, and the status of the answer."""


@dataclass(frozen=True, slots=True)
class StepOffered:
    """A step with the form as the page shows it."""

    step: Step
    form: StyledForm
    is_open: bool


def offered(
    steps: Iterable[Step], *, choices: FirmChoices, refused: Refused | None, initial: Mapping[str, Mapping[str, Any]] | None = None, mark: str = ""
) -> list[StepOffered]:  # fmt: skip
    """The steps with their forms; a refused one stays open with what was typed, also out of turn. ``mark`` tells the forms of several things apart."""
    found, wanted = [], list(steps)
    if refused and refused[0] not in wanted:
        wanted.insert(0, refused[0])
    for step in wanted:
        is_open = bool(refused and refused[0] == step)
        first = dict((initial or {}).get(step.name, {}))
        form = (
            refused[1]
            if refused and is_open
            else step.form(choices=choices, auto_id=f"{mark}{step.name}-%s", initial=first)
        )
        found.append(StepOffered(step, form, is_open))
    return found


def take(
    request: HttpRequest, reader: Reader, steps: Mapping[str, Step], name: str, row: Any, *, choices: FirmChoices, mark: str = ""
) -> Refused | None:  # fmt: skip
    """The step is taken, or what was refused. Raises Http404 for a step there is not, and what hides the thing itself."""
    if name not in steps:
        raise Http404(name)
    form = steps[name].form(request.POST, choices=choices, auto_id=f"{mark}{name}-%s")
    if not form.is_valid():
        return steps[name], form, 422
    try:
        steps[name].do(reader, row, form.cleaned_data)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return steps[name], form, error.status
    return None
