"""How sure may a classifier be? Confidence and its threshold from texts held out, and what a model is worth in figures.

Terms. *Held out*: a text is scored by a model that saw neither it nor a near-duplicate of it (same *group*). *Sure*: the best
category's confidence reaches the threshold. *Coverage*: the share of texts about which the model is sure. *Wilson bound*: the
low end of a one-sided 95 % interval of a share (Wilson 1927).

Guarantees: folds are drawn by group from a given seed, so the same input gives the same model; no group lies on both sides.

Steps of :func:`teach`:

1. group what is nearly the same text: alike by at least half, or one held almost wholly by the other (a message and the same
   message cut into words with its stop words gone);
2. five folds by group; every text is scored by a model of the other four;
3. scale and shift of each category are fitted so that the held-out confidences are honest (least surprise);
4. the threshold is the lowest confidence at which sure suggestions are 97 % right: by the Wilson bound where there are enough of
   them, else by the plain share; every source demands its own and the strictest holds;
5. the model that is kept is fitted on everything.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridloop.core.grams import Numbers, Whole
from gridloop.core.learning import NO_HINTS, Fitting, Hints, fit
from gridloop.core.text import Classifier, bigrams, near_duplicates, soft_maximum

PRECISION = 0.97
FOLDS = 5
CERTAIN = 1.01
_ALIKE, _HELD = 0.5, 0.85
_LEAST_KEYS = 8
_Z = 1.6449  # one-sided 95 %
_ROUNDS = 400
_PULL = 20.0

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with their labels; ``sources`` says which file (or kind of origin) each came from."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[int, ...]

    def at(self, rows: npt.NDArray[np.int64]) -> Examples:
        """The examples at these rows."""
        where = rows.tolist()
        return Examples(
            tuple(self.texts[row] for row in where),
            tuple(self.labels[row] for row in where),
            tuple(self.sources[row] for row in where),
        )


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One label: how many texts have it, precision and recall of the best guess, and their harmonic mean."""

    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model is worth on n texts. ``per_class`` holds the labels that occur; rates are 0 when n is 0."""

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, ClassFigures]
    sure: int
    coverage: float
    precision_when_sure: float | None
    precision_at_least: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A model fitted on everything, its figures on held-out texts as a whole and for each source, and how many groups there were."""

    model: Classifier
    held_out: Figures
    by_source: tuple[Figures, ...]
    groups: int


def teach(
    examples: Examples, *, seed: int, options: Fitting | None = None, start: Classifier | None = None, hints: Hints = NO_HINTS
) -> Taught:  # fmt: skip
    """A calibrated classifier and its honest figures. Raises WrongInput when fewer than two labels are told."""
    options = options or Fitting()
    groups = groups_of(examples.texts)
    model = fit(examples.texts, examples.labels, options=options, start=start, hints=hints)
    scores = held_out_scores(
        examples,
        groups=groups,
        seed=seed,
        options=options,
        start=start,
        categories=model.categories,
        hints=hints,
    )
    truth = np.array([model.categories.index(label) for label in examples.labels])
    scale, shift = honest_reading(scores, truth)
    chances = soft_maximum(scores * scale + shift)
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    sources = np.array(examples.sources)
    threshold = max(
        threshold_for(confidence[sources == each], right[sources == each]) for each in set(examples.sources)
    )
    guesses = [model.categories[at] for at in chances.argmax(axis=1).tolist()]

    def figures(rows: npt.NDArray[np.int64]) -> Figures:
        found = rows.tolist()
        return figures_of(
            [examples.labels[row] for row in found], [guesses[row] for row in found], sure=confidence[rows] >= threshold
        )

    return Taught(
        model=model.calibrated(scale=scale, shift=shift, threshold=threshold),
        held_out=figures(np.arange(len(truth))),
        by_source=tuple(figures(np.flatnonzero(sources == each)) for each in sorted(set(examples.sources))),
        groups=len(set(groups.tolist())),
    )


def held_out_scores(
    examples: Examples,
    *,
    groups: Whole,
    seed: int,
    options: Fitting,
    start: Classifier | None,
    categories: Sequence[str],
    hints: Hints = NO_HINTS,
) -> Numbers:
    """Each text's scores by a model (and a lexicon) of the other folds; a label the other folds lack scores lowest."""
    folds = folds_of(groups, seed=seed)
    scores = np.full((len(examples.texts), len(categories)), -2, dtype=np.float32)
    for fold in range(FOLDS):
        rows, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        taught = examples.at(others)
        if not rows.size or len(set(taught.labels) | set(start.categories if start else ())) < 2:
            continue
        model = fit(taught.texts, taught.labels, options=options, start=start, hints=hints)
        found, _ = model.scores(examples.at(rows).texts)
        scores[rows[:, None], [categories.index(name) for name in model.categories]] = found
    return scores


def folds_of(groups: Whole, *, seed: int, folds: int = FOLDS) -> Whole:
    """A fold for each text: whole groups, drawn from the seed, largest first into the emptiest fold."""
    names, sizes = np.unique(groups, return_counts=True)
    drawn = np.random.default_rng(seed).permutation(len(names))
    fold_of: dict[int, int] = {}
    filled = [0] * folds
    for at in sorted(drawn.tolist(), key=lambda at: -int(sizes[at])):
        emptiest = filled.index(min(filled))
        fold_of[int(names[at])] = emptiest
        filled[emptiest] += int(sizes[at])
    return np.array([fold_of[group] for group in groups.tolist()])


def groups_of(texts: Sequence[str]) -> Whole:
    """A group number for each text; texts that are nearly the same share one."""
    parent = list(range(len(texts)))

    def root(row: int) -> int:
        while parent[row] != row:
            row = parent[row] = parent[parent[row]]
        return row

    pairs = [(pair.first, pair.second) for pair in near_duplicates(texts, _ALIKE)] if texts else []
    for first, second in pairs + held_pairs(texts, _HELD):
        parent[root(first)] = root(second)
    return np.array([root(row) for row in range(len(parent))], dtype=np.int64)


def held_pairs(texts: Sequence[str], share: float) -> list[tuple[int, int]]:
    """(inner, outer): most of inner's keys are outer's, and inner is at least a fifth as long.

    Only texts that hold one of inner's five rarest keys are compared: a pair whose rare keys were all changed is missed.
    """
    keys = [frozenset(key for key in bigrams(text) if len(key) > 1) for text in texts]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for row, mine in enumerate(keys):
        for key in mine:
            holders[key].append(row)
    found = []
    for inner, mine in enumerate(keys):
        if len(mine) < _LEAST_KEYS:
            continue
        rarest = sorted((key for key in mine if len(holders[key]) > 1), key=lambda key: (len(holders[key]), key))[:5]
        others = {row for key in rarest for row in holders[key]} - {inner}
        found += [(inner, outer) for outer in sorted(others) if _holds(keys[outer], mine, share)]
    return found


def _holds(outer: frozenset[str], inner: frozenset[str], share: float) -> bool:
    return len(inner) <= len(outer) <= 5 * len(inner) and len(inner & outer) >= share * len(inner)


def honest_reading(scores: Numbers, truth: Whole) -> tuple[Numbers, Numbers]:
    """(scale, shift) of each category that make the soft maximum least surprised by the truth.

    Newton-free: gradient descent with growing and shrinking steps on a convex sum; a mild pull keeps rare categories near
    the common scale.
    """
    rows = np.arange(len(truth))
    aim = np.zeros_like(scores)
    aim[rows, truth] = 1
    scale = np.full(scores.shape[1], 3.0)
    shift = np.zeros(scores.shape[1])

    def surprise(scale: npt.NDArray[np.float64], shift: npt.NDArray[np.float64]) -> float:
        chances = soft_maximum((scores * scale + shift).astype(np.float32))
        return float(-np.log(chances[rows, truth] + 1e-12).sum() + _PULL * (np.var(scale) + np.var(shift)))

    step, now = 1e-4, surprise(scale, shift)
    for _ in range(_ROUNDS):
        wrong = soft_maximum((scores * scale + shift).astype(np.float32)) - aim
        down_scale = (wrong * scores).sum(axis=0) + 2 * _PULL * (scale - scale.mean()) / scale.size
        down_shift = wrong.sum(axis=0) + 2 * _PULL * (shift - shift.mean()) / scale.size
        tried = np.clip(scale - step * down_scale, 0.2, 30), shift - step * down_shift
        then = surprise(*tried)
        if then <= now:
            (scale, shift), now, step = tried, then, step * 1.3
        else:
            step /= 2
    return scale.astype(np.float32), (shift - shift.mean()).astype(np.float32)


def threshold_for(confidence: Numbers, right: Truths, *, wanted: float = PRECISION) -> float:
    """The lowest confidence at and above which suggestions are right often enough; above 1 (never sure) when none is.

    Often enough: the Wilson bound reaches ``wanted``; where no number of them gets that far, the plain share, from at least
    ten suggestions.
    """
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    hits = np.cumsum(right[order])
    proved = np.flatnonzero(wilson_low(hits, counts) >= wanted)
    shown = np.flatnonzero((hits / counts >= wanted) & (counts >= 10))
    reaching = proved if proved.size else shown
    return float(confidence[order[reaching[-1]]]) if reaching.size else CERTAIN


def wilson_low(hits: npt.ArrayLike, counts: npt.ArrayLike, *, z: float = _Z) -> npt.NDArray[np.float64]:
    """The low end of the one-sided 95 % interval of a share (Wilson 1927); both ends at ``z = 1.96`` give the two-sided one."""
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    share = k / n
    middle = share + z * z / (2 * n)
    spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low: npt.NDArray[np.float64] = (middle - spread) / (1 + z * z / n)
    return low


def measure(model: Classifier, examples: Examples) -> Figures:
    """The model's figures on examples it has not seen."""
    found = model.suggest_many(examples.texts)
    guesses = [item.alternatives[0][0] if item.alternatives else "" for item in found]
    return figures_of(
        examples.labels, guesses, sure=np.array([item.category is not None for item in found], dtype=np.bool_)
    )


def figures_of(labels: Sequence[str], guesses: Sequence[str], *, sure: Truths) -> Figures:
    """Accuracy and macro-F1 over the labels that occur; coverage, and precision where sure with its Wilson bound."""
    n = len(labels)
    right = np.array([label == guess for label, guess in zip(labels, guesses, strict=True)], dtype=np.bool_)
    per_class = {name: _class_figures(name, labels, guesses) for name in sorted(set(labels))}
    accepted, hits = int(sure.sum()), int(right[sure].sum()) if n else 0
    return Figures(
        n=n,
        accuracy=round(float(right.mean()), 4) if n else 0.0,
        macro_f1=round(math.fsum(each.f1 for each in per_class.values()) / len(per_class), 4) if n else 0.0,
        per_class=per_class,
        sure=accepted,
        coverage=round(accepted / n, 4) if n else 0.0,
        precision_when_sure=round(hits / accepted, 4) if accepted else None,
        precision_at_least=round(float(wilson_low(hits, accepted)), 4) if accepted else None,
    )


def _class_figures(name: str, labels: Sequence[str], guesses: Sequence[str]) -> ClassFigures:
    told, guessed = sum(label == name for label in labels), sum(guess == name for guess in guesses)
    both = sum(label == guess == name for label, guess in zip(labels, guesses, strict=True))
    precision, recall = both / guessed if guessed else 0.0, both / told if told else 0.0
    return ClassFigures(
        told, round(precision, 4), round(recall, 4), round(2 * both / (told + guessed), 4) if told + guessed else 0.0
    )
