"""Suggesting categories: what a category answers to is entered; a street's model is taught by what its officers decided.

Terms. An *example* is a case whose category a person chose or corrected, or let stand until it was struck off. The *yardstick* is
the fifth of the examples that no model is ever taught (drawn by the case's reference, so it is the same fifth for all), nor
anything nearly the same. The *incumbent* is the model in force.

Guarantees: a model comes into force only if it does better than the incumbent on the yardstick, no category of which there are
enough falls below the floor (unless the incumbent's is lower still), and what it is sure of is right often enough; else
it is kept as rejected with its reason and its card. Teaching holds no lock; writing looks whether the incumbent is still
the same.

Worked example::

    retrain(by=SYSTEM, at=at, street="410102014")    # None while there is too little to learn
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from gridloop.core.access import Actor
from gridloop.core.calibration import PRECISION, Examples, Figures, Taught, groups_of, measure, teach
from gridloop.core.errors import NotFound, Outdated, WrongInput
from gridloop.core.learning import Fitting
from gridloop.core.model_card import Source, card_of, packed
from gridloop.core.text import Classifier
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.category_models import CategoryModel, CategorySign
from gridloop.offices.cases.models import BEIJING, Category
from gridloop.offices.cases.queries.category_model import (
    Learned,
    classifier_of,
    corrections,
    corrections_waiting,
    last_trained_at,
    learned_from,
    model_in_force,
)
from gridloop.offices.cases.queries.rules import Rules, category_for, rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import must_set_up, renew

LEAST_NEW_CORRECTIONS = 30
LEAST_EXAMPLES = 150
LEAST_OF_A_LABEL = 8
LEAST_TO_JUDGE = 5
FLOOR = 0.6
REST = timedelta(hours=20)
SEED = 20220529
FITTING = Fitting(cost=1.0)
_FIFTH = 5


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """A candidate and the incumbent on the same yardstick."""

    taught: Taught
    candidate: Figures
    incumbent: Figures
    n: int


def set_signs(
    *, by: Actor, at: datetime, street: str, path: str, labels: Sequence[str] = (), words: Sequence[str] = ()
) -> CategorySign:
    """The category answers to these labels and is named by these words, instead of what was entered before.

    Raises NotFound for a category that the street lacks, WrongInput for a word of less than two letters or a label that another
    category already answers to.
    """
    must_set_up(by, street)
    labels, words = _tidy(labels), _tidy(words)
    _must_be_usable(street, path, labels, words)
    with deed():
        row, _ = CategorySign.objects.update_or_create(
            street=street, path=path, defaults={"labels": labels, "words": words}
        )
        renew(street)
        record(
            "category.signs_set", by=by, at=at, street=street, subject=f"category_sign:{row.ref}",
            payload={"path": path, "labels": labels, "words": words},
        )  # fmt: skip
    return row


def is_time_to_retrain(street: str, *, at: datetime) -> bool:
    """Enough new corrections, and the last training lies long enough back."""
    last = last_trained_at(street)
    return (last is None or at - last >= REST) and corrections_waiting(street) >= LEAST_NEW_CORRECTIONS


def retrain(*, by: Actor, at: datetime, street: str) -> CategoryModel | None:
    """A model is taught by the street's examples, and in force or rejected by what it is worth; None when there are too few.

    Raises NotAllowed for who may not set up the street, Outdated when another training ended meanwhile.
    """
    must_set_up(by, street)
    incumbent, before = model_in_force(street), last_trained_at(street)
    used = corrections(street)
    rules = rules_of(street, version=organisation.version_of(street))
    trial = _tried(learned_from(street), rules, classifier_of(incumbent))
    if trial is None:
        return None
    why_not = why_not_promoted(trial.candidate, trial.incumbent)
    card = _card(trial, street, at=at)
    with deed():
        if model_in_force(street) != incumbent or last_trained_at(street) != before:
            raise Outdated("classification.outdated", "训练期间别处已完成一次训练;请刷新后再决定。", street=street)
        row = _kept(street, trial.taught.model, card=card, why_not=why_not, used=used, by=by, at=at)
        if not why_not:
            renew(street)
        record(
            "category_model.rejected" if why_not else "category_model.promoted", by=by, at=at, street=street,
            subject=f"category_model:{row.ref}", payload={"version": row.version, "reason": row.reason, "card": card},
        )  # fmt: skip
    return row


def _tidy(words: Sequence[str]) -> list[str]:
    return sorted({word.strip() for word in words if word.strip()})


def _must_be_usable(street: str, path: str, labels: list[str], words: list[str]) -> None:
    if not Category.objects.filter(street=street, path=path).exists():
        raise NotFound("classification.no_category", f"没有类别“{path}”;请先登记类别。", field="path")
    short = [word for word in words if len(word) < 2]
    if short:
        raise WrongInput(
            "classification.short_word",
            f"标志词“{'、'.join(short)}”太短;请写两个字以上、单独就能说明问题的词。",
            field="words",
        )
    taken = {
        label: row.path
        for row in CategorySign.objects.filter(street=street).exclude(path=path)
        for label in row.labels
        if label in labels
    }
    for label, other in taken.items():
        raise WrongInput(
            "classification.label_taken", f"标签“{label}”已由“{other}”对应;一个标签只能对应一个类别。", field="labels"
        )


def _tried(found: Sequence[Learned], rules: Rules, incumbent: Classifier) -> _Trial | None:
    """The candidate taught on four fifths and both models measured on the rest; None when there is too little for either."""
    labelled = _labelled(found, rules, incumbent)
    if len(labelled) < LEAST_EXAMPLES:
        return None
    examples = Examples(
        tuple(each.text for each, _ in labelled), tuple(label for _, label in labelled), (0,) * len(labelled)
    )
    aside = np.array([_is_yardstick(each.ref) for each, _ in labelled])
    groups = groups_of(examples.texts)
    taught_rows = np.flatnonzero(~np.isin(groups, groups[aside]))
    measured_rows = np.flatnonzero(aside)
    lessons = examples.at(taught_rows)
    if not measured_rows.size or len(lessons.texts) < LEAST_EXAMPLES // 2 or len(set(lessons.labels)) < 2:
        return None
    answerable = [label for label in incumbent.categories if category_for(rules, label) in rules.categories]
    taught = teach(lessons, seed=SEED, options=FITTING, start=incumbent.only(answerable))
    yardstick = examples.at(measured_rows)
    return _Trial(taught, measure(taught.model, yardstick), measure(incumbent, yardstick), len(lessons.texts))


def _labelled(found: Sequence[Learned], rules: Rules, incumbent: Classifier) -> list[tuple[Learned, str]]:
    """Each example with its label: one the incumbent knows and the category answers to, else the category's own path, or that
    of the nearest category above it of which there are enough examples; without such a label it is left out.
    """
    says = {category_for(rules, label): label for label in incumbent.categories}
    enough = {path for path, count in _counted(found).items() if count >= LEAST_OF_A_LABEL}
    pairs = [(each, _nearest(each.category, enough, says)) for each in found]
    return [(each, label) for each, label in pairs if label]


def _counted(found: Sequence[Learned]) -> Counter[str]:
    """How many examples each path has, its own and those below it."""
    return Counter(path for each in found for path in _upwards(each.category))


def _upwards(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _nearest(path: str, enough: set[str], says: dict[str, str]) -> str:
    return next((says.get(above, above) for above in _upwards(path) if above in enough), "")


def _is_yardstick(ref: str) -> bool:
    return hashlib.sha256(ref.encode()).digest()[0] % _FIFTH == 0


def why_not_promoted(candidate: Figures, incumbent: Figures) -> str:
    """Why the candidate does not come into force; empty when it does."""
    if candidate.accuracy <= incumbent.accuracy:
        return f"留出的 {candidate.n} 件上准确率 {candidate.accuracy:.1%},没有超过在用模型的 {incumbent.accuracy:.1%}"
    for label, figures in candidate.per_class.items():
        floor = min(FLOOR, incumbent.per_class[label].f1)
        if figures.n >= LEAST_TO_JUDGE and figures.f1 < floor:
            return f"类别“{label}”的 F1 只有 {figures.f1:.2f},低于底线 {floor:.2f}(留出 {figures.n} 件)"
    if candidate.precision_when_sure is not None and candidate.precision_when_sure < PRECISION:
        return f"采纳的 {candidate.sure} 件中正确率 {candidate.precision_when_sure:.1%},低于 {PRECISION:.0%}"
    return ""


def _card(trial: _Trial, street: str, *, at: datetime) -> dict[str, Any]:
    """The card with both figures on the yardstick."""
    figures = {"yardstick": asdict(trial.candidate), "yardstick_incumbent": asdict(trial.incumbent)}
    source = Source("本街道人工选定、更正或办结未改的事项", trial.n)
    return card_of(
        trial.taught,
        name=street,
        on=at.astimezone(BEIJING).date().isoformat(),
        seed=SEED,
        sources=[source],
        figures=figures,
    )


def _kept(
    street: str, model: Classifier, *, card: dict[str, Any], why_not: str, used: int, by: Actor, at: datetime
) -> CategoryModel:
    """The row; a rejected model keeps its card, not its weights."""
    state = CategoryModel.State.REJECTED if why_not else CategoryModel.State.IN_FORCE
    if not why_not:
        in_force = CategoryModel.objects.filter(street=street, state=CategoryModel.State.IN_FORCE)
        in_force.update(state=CategoryModel.State.REPLACED)
    new, old = card["figures"]["yardstick"], card["figures"]["yardstick_incumbent"]
    reason = why_not or f"留出的 {new['n']} 件上准确率 {new['accuracy']:.1%},在用模型 {old['accuracy']:.1%}"
    last = CategoryModel.objects.filter(street=street).order_by("-version").values_list("version", flat=True).first()
    return CategoryModel.objects.create(
        street=street, version=(last or 0) + 1, state=state, reason=reason[:300], card=card,
        weights=None if why_not else packed(model), examples=used, trained_at=at, trained_by=by.label,
    )  # fmt: skip
