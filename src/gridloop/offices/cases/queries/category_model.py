"""The category model of a street: which one is in force, loaded; all of them with their cards; what a next one could learn from.

A street without a model of its own uses the one that ships with gridloop (reference "").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from gridloop.core.errors import NotFound
from gridloop.core.model_card import unpacked
from gridloop.core.text import Classifier
from gridloop.offices.cases.category_models import CategoryModel, CategorySign
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.shipped_model import shipped_card, shipped_classifier

SHIPPED = ""
MOST_EXAMPLES = 20_000
CONFIRMED = ("cleared", "archived")


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model as its page lists it; ``is_in_force`` also for the shipped one where the street has none of its own."""

    ref: str
    version: int
    state: str
    state_name: str
    reason: str
    card: Mapping[str, Any]
    trained_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class SignLine:
    """What one category answers to."""

    path: str
    labels: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A case as an example: its reference, what was told, the category that people left it with, and how it came by it."""

    ref: str
    text: str
    category: str
    by: str


def model_in_force(street: str) -> str:
    """The reference of the street's own model in force; empty when it uses the shipped one."""
    found = CategoryModel.objects.filter(street=street, state=CategoryModel.State.IN_FORCE).values_list(
        "ref", flat=True
    )
    return found.first() or SHIPPED


@lru_cache(maxsize=4)
def _loaded(ref: str) -> Classifier:
    weights = CategoryModel.objects.filter(ref=ref).values_list("weights", flat=True).first()
    if weights is None:
        raise NotFound("classification.no_model", "没有这个类别模型;请刷新后重试。", model=ref)
    return unpacked(bytes(weights))


def classifier_of(ref: str) -> Classifier:
    """The classifier of a reference, loaded once a process. Raises NotFound when there is none."""
    return _loaded(ref) if ref else shipped_classifier()


def category_models(street: str) -> list[ModelLine]:
    """All models of the street, the latest first, and behind them the shipped one."""
    own = [
        ModelLine(
            row.ref, row.version, row.state, row.get_state_display(), row.reason, row.card, row.trained_at,
            row.state == CategoryModel.State.IN_FORCE,
        )
        for row in CategoryModel.objects.filter(street=street).defer("weights")
    ]  # fmt: skip
    stands_in = not any(line.is_in_force for line in own)
    state, name = ("in_force", "在用") if stands_in else ("replaced", "已被替换")
    return [*own, ModelLine(SHIPPED, 0, state, name, "随软件附带", shipped_card(), None, stands_in)]


def category_signs(street: str) -> list[SignLine]:
    """What the street's categories answer to, by path; those that answer only to their own names are left out."""
    return [
        SignLine(row.path, tuple(row.labels), tuple(row.words)) for row in CategorySign.objects.filter(street=street)
    ]


def corrections(street: str) -> int:
    """How many cases of the street had their category corrected by a person."""
    return Case.objects.filter(street=street, category_by="corrected").count()


def corrections_waiting(street: str) -> int:
    """Corrections that no model has been taught yet."""
    taught = CategoryModel.objects.filter(street=street).order_by("-version").values_list("examples", flat=True).first()
    return max(corrections(street) - (taught or 0), 0)


def last_trained_at(street: str) -> datetime | None:
    """When the street's latest model was trained, whatever became of it."""
    return CategoryModel.objects.filter(street=street).order_by("-version").values_list("trained_at", flat=True).first()


def learned_from(street: str) -> list[Learned]:
    """The newest cases whose category a person chose, corrected, or let stand until the case was struck off."""
    rows: QuerySet[Case, Any] = (
        Case.objects.filter(street=street)
        .filter(Q(category_by__in=("corrected", "person")) | Q(category_by="model", state__in=CONFIRMED))
        .order_by("-id")
        .values_list("ref", "title", "text", "category", "category_by")[:MOST_EXAMPLES]
    )
    return [Learned(ref, told(title, text), category, by) for ref, title, text, category, by in rows]


def told(title: str, text: str) -> str:
    """The text as a model reads it: the title first, unless it only repeats how the text begins."""
    return text if text.startswith(title.rstrip("…")) else f"{title}\n{text}"
