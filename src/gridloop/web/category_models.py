"""/setup/models/: which model suggests categories, what it is worth, what became of the others, and what the categories answer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.offices.cases.actions.classification import LEAST_EXAMPLES, LEAST_NEW_CORRECTIONS
from gridloop.offices.cases.queries import category_model
from gridloop.web.reader import Reader, staff

TONES = {"in_force": "good", "replaced": "quiet", "rejected": "bad"}


@dataclass(frozen=True, slots=True)
class LabelShown:
    """One label with its figures on texts held out; shares in per cent."""

    name: str
    n: int
    precision: str
    recall: str
    f1: str


@dataclass(frozen=True, slots=True)
class ModelShown:
    """One model with its card in words; ``measured_on`` says on what the figures were taken."""

    name: str
    state: str
    tone: str
    reason: str
    trained_on: str
    trained_at: datetime | None
    taught_by: tuple[tuple[str, int], ...]
    measured_on: int
    accuracy: str
    macro_f1: str
    coverage: str
    precision_when_sure: str
    threshold: str
    labels: tuple[LabelShown, ...]


@require_safe
@staff
def models(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/models/"""
    street = reader.street.code
    shown = [model_shown(line) for line in category_model.category_models(street)]
    page = {
        "in_force": next(each for each in shown if each.tone == "good"), "models": shown, "signs": category_model.category_signs(street),
        "waiting": category_model.corrections_waiting(street), "least_new": LEAST_NEW_CORRECTIONS, "least_examples": LEAST_EXAMPLES,
    }  # fmt: skip
    return render(request, "setup/models.html", page)


def model_shown(line: category_model.ModelLine) -> ModelShown:
    """The card of a model as finished values; its figures are those of the yardstick where it was held against another model."""
    card = line.card
    figures = card["figures"].get("yardstick") or card["held_out"]
    return ModelShown(
        name="" if not line.version else str(line.version), state=line.state_name, tone=TONES[line.state], reason=line.reason,
        trained_on=card["trained_on"], trained_at=line.trained_at,
        taught_by=tuple((source["name"], source["n"]) for source in card["sources"]), measured_on=figures["n"],
        accuracy=_share(figures["accuracy"]), macro_f1=_share(figures["macro_f1"]), coverage=_share(figures["coverage"]),
        precision_when_sure=_share(figures["precision_when_sure"]), threshold=_share(card["threshold"]), labels=_labels(figures),
    )  # fmt: skip


def _labels(figures: dict[str, Any]) -> tuple[LabelShown, ...]:
    return tuple(
        LabelShown(name, each["n"], _share(each["precision"]), _share(each["recall"]), _share(each["f1"]))
        for name, each in sorted(figures["per_class"].items(), key=lambda pair: -pair[1]["n"])
    )


def _share(value: float | None) -> str:
    """In per cent with one decimal; a dash where nothing was accepted."""
    return "—" if value is None else f"{value:.1%}"
