"""Fitting a linear classifier: one-against-rest support vectors with squared hinge loss, in plain numpy.

Terms. A *starting point* is a model whose weights the new one should not leave without cause: the penalty is on the
distance from it, so a street can learn from a few hundred corrections without the texts the first model was taught on.

Guarantees: the problem is convex and solved to its minimum, so the same examples in any order give the same model up to
rounding; nothing is drawn at random.

Steps of :func:`fit` (Lin, Weng and Keerthi 2008, "Trust region Newton method for logistic regression", with a line search):

1. features: counted grams × rarity, each text scaled to length 1;
2. for all categories at once: Newton steps, each solved by conjugate gradients on the examples inside the margin;
3. a step is halved until the objective falls; the scores along a step cost nothing new.

Worked example::

    model = fit(["路灯不亮", "老师补课"], ["城乡建设", "教育文体"], options=Fitting())
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gridloop.core.errors import WrongInput
from gridloop.core.grams import WORD_LENGTHS, Grams, Lexicon, Numbers, Whole, count_grams, letters_of
from gridloop.core.text import Classifier

BITS = 18
LEAST_TEXTS_OF_A_WORD = 2
_NEWTON_STEPS = 12
_INNER_STEPS = 12
_HALVINGS = 12
_TOLERANCE = 0.02
_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Fitting:
    """How to fit: ``cost`` of an error against the size of the weights; ``kept`` buckets, the rest are nought."""

    cost: float = 2.0
    kept: int = 80_000
    bits: int = BITS


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known beside examples. ``texts`` name a label in a few words (the names of the categories below it) and weigh ``weight`` of an
    example each; hints for labels that no example has are left out. ``others`` are texts without a label: they only tell which grams are rare.
    """

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    weight: float = 0.1

    def of(self, labels: Collection[str]) -> tuple[list[str], list[str]]:
        """The hints for these labels: texts, and the label of each."""
        fitting = [(text, label) for text, label in zip(self.texts, self.labels, strict=True) if label in labels]
        return [text for text, _ in fitting], [label for _, label in fitting]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Texts × buckets, kept twice: by text (``owners`` never fall) and by bucket, so that both products are sums of runs."""

    rows: int
    columns: int
    owners: Whole
    buckets: Whole
    values: Numbers

    def scores(self, weights: Numbers) -> Numbers:
        """Texts × categories: this matrix times ``weights`` (buckets × categories)."""
        return _summed(self.owners, self.values, self.buckets, weights, self.rows)

    def turned(self) -> Features:
        """Buckets × texts."""
        order = np.argsort(self.buckets, kind="stable")
        return Features(self.columns, self.rows, self.buckets[order], self.owners[order], self.values[order])


NO_HINTS = Hints()


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    options: Fitting,
    lexicon: Lexicon | None = None,
    start: Classifier | None = None,
    hints: Hints = NO_HINTS,
) -> Classifier:
    """A classifier of the labels, with confidence not yet calibrated (scale 1, threshold 1: always unsure).

    With ``start`` its features, rarity and lexicon are kept and its weights are the starting point; labels it does not know
    are added behind its own. Raises WrongInput when fewer than two labels are told.
    """
    categories = _categories(labels, start)
    bits, words = (start.bits, start.lexicon) if start else (options.bits, lexicon or lexicon_of(texts))
    rarity = start.rarity if start else _rarity([*texts, *hints.others], bits, words)
    hinted, hinted_labels = hints.of(set(labels))
    told = [*texts, *hinted]
    features = features_of(count_grams(told, bits=bits, lexicon=words), rows=len(told), rarity=rarity)
    truth = np.array([categories.index(label) for label in [*labels, *hinted_labels]])
    worth = np.array([1.0] * len(texts) + [hints.weight] * len(hinted))
    weights, intercept = _solved(features, truth, _start(start, categories, 1 << bits), cost=options.cost, worth=worth)
    return Classifier.build(
        categories=categories, weights=_pruned(weights, rarity, options.kept), rarity=rarity, lexicon=words, intercept=intercept,
    )  # fmt: skip


def lexicon_of(texts: Sequence[str]) -> Lexicon:
    """The words of three or four letters that at least two texts cut off by blanks or marks hold."""
    seen = Counter(word for text in texts for word in set(text.split()) if letters_of(word).size in WORD_LENGTHS)
    return Lexicon.of(word for word, times in seen.items() if times >= LEAST_TEXTS_OF_A_WORD)


def features_of(grams: Grams, *, rows: int, rarity: Numbers) -> Features:
    """Counted grams times rarity, each text scaled to length 1."""
    values = grams.weights * rarity[grams.buckets]
    lengths = np.sqrt(np.bincount(grams.owners, weights=values**2, minlength=rows))
    scaled = (values / np.maximum(lengths, 1e-9)[grams.owners]).astype(np.float32)
    return Features(rows, rarity.shape[0], grams.owners, grams.buckets, scaled)


def _categories(labels: Sequence[str], start: Classifier | None) -> list[str]:
    known = list(start.categories) if start else []
    categories = known + sorted(set(labels) - set(known))
    if len(categories) < 2:
        raise WrongInput("text.one_label", "训练至少要有两个不同的标签;请检查标签列。", labels=categories)
    return categories


def _rarity(texts: Sequence[str], bits: int, words: Lexicon) -> Numbers:
    """ln((1 + texts) / (1 + texts with the gram)) + 1, in half precision; a gram of a single text counts for nothing."""
    holding = np.bincount(count_grams(texts, bits=bits, lexicon=words).buckets, minlength=1 << bits)
    rarity = np.where(holding > 1, np.log((1 + len(texts)) / (1 + holding)) + 1, 0 if len(texts) > 1000 else 1)
    return rarity.astype(np.float16).astype(np.float32)


def _start(start: Classifier | None, categories: Sequence[str], buckets: int) -> Numbers:
    """The starting point, its last row the intercept."""
    point = np.zeros((buckets + 1, len(categories)), dtype=np.float32)
    if start:
        known = len(start.categories)
        point[:-1, :known], point[-1, :known] = start.weights, start.intercept
        point[-1, known:] = -1
    return point


def _solved(
    features: Features, truth: Whole, start: Numbers, *, cost: float, worth: npt.NDArray[np.float64]
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Newton steps from the starting point; every category is its own problem, all are solved side by side."""
    extended = _with_intercept(features)
    turned = extended.turned()
    sign = np.where(truth[:, None] == np.arange(start.shape[1]), 1, -1).astype(np.float32)
    told = np.bincount(truth, minlength=start.shape[1]) > 0  # what nobody told anything of stays as it was
    price = (cost * worth * _balance(truth, start.shape[1]))[:, None].astype(np.float32) * told
    moved = np.zeros_like(start)
    base = extended.scores(start)
    first_slope = np.zeros(0)
    for _ in range(_NEWTON_STEPS):
        scores = base + extended.scores(moved)
        slack = np.maximum(1 - sign * scores, 0)
        slope = moved - turned.scores(2 * price * sign * slack)
        steep = np.sqrt((slope**2).sum(axis=0))
        first_slope = first_slope if first_slope.size else np.maximum(steep, 1e-6)
        if bool(np.all(steep <= _TOLERANCE * first_slope)):
            break
        step = _newton_direction(extended, turned, slope, 2 * price * (slack > 0))
        line = _Line(scores, extended.scores(step), moved, step, sign, price)
        moved = moved + step * line.lengths()
    point = start + moved
    return point[:-1], point[-1].copy()


def _newton_direction(extended: Features, turned: Features, slope: Numbers, curve: Numbers) -> Numbers:
    """Conjugate gradients for ``(I + Xᵀ diag(curve) X) step = -slope``, a column a category."""
    step = np.zeros_like(slope)
    rest = -slope
    ahead = rest.copy()
    size = (rest**2).sum(axis=0)
    enough = 0.01 * size
    for _ in range(_INNER_STEPS):
        if bool(np.all(size <= enough)):
            break
        bent = ahead + turned.scores(curve * extended.scores(ahead))
        stride = size / np.maximum((ahead * bent).sum(axis=0), 1e-12)
        step, rest = step + ahead * stride, rest - bent * stride
        smaller = (rest**2).sum(axis=0)
        ahead, size = rest + ahead * (smaller / np.maximum(size, 1e-12)), smaller
    return step


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """The objective along one step, a column a category."""

    scores: Numbers
    change: Numbers
    moved: Numbers
    step: Numbers
    sign: Numbers
    price: Numbers

    def objective(self, length: Numbers) -> Numbers:
        slack = np.maximum(1 - self.sign * (self.scores + length * self.change), 0)
        own, crossed, new = (
            (self.moved**2).sum(axis=0),
            (self.moved * self.step).sum(axis=0),
            (self.step**2).sum(axis=0),
        )
        found: Numbers = (own + 2 * length * crossed + length**2 * new) / 2 + (self.price * slack**2).sum(axis=0)
        return found

    def lengths(self) -> Numbers:
        """For each category the longest of 1, ½, ¼ … at which its objective falls; 0 where none does."""
        now = self.objective(np.zeros(self.step.shape[1], dtype=np.float32))
        length = np.ones(self.step.shape[1], dtype=np.float32)
        for _ in range(_HALVINGS):
            falls = self.objective(length) < now
            if bool(falls.all()):
                break
            length = np.where(falls, length, length / 2).astype(np.float32)
        return np.where(self.objective(length) < now, length, 0).astype(np.float32)


def _balance(truth: Whole, categories: int) -> npt.NDArray[np.float64]:
    """Rare labels weigh more, so that each label weighs the same in sum."""
    counts = np.bincount(truth, minlength=categories)
    present = int((counts > 0).sum())
    weight: npt.NDArray[np.float64] = (len(truth) / (present * np.maximum(counts, 1)))[truth]
    return weight


def _with_intercept(features: Features) -> Features:
    """One more bucket, behind all others, that every text holds once."""
    owners = np.concatenate([features.owners, np.arange(features.rows)])
    order = np.argsort(owners, kind="stable")
    buckets = np.concatenate([features.buckets, np.full(features.rows, features.columns)])[order]
    values = np.concatenate([features.values, np.ones(features.rows, np.float32)])[order]
    return Features(features.rows, features.columns + 1, owners[order], buckets, values)


def _summed(owners: Whole, values: Numbers, others: Whole, factor: Numbers, rows: int) -> Numbers:
    """For each owner the sum of ``values × factor[others]``; in parts, so that memory stays small."""
    total = np.zeros((rows, factor.shape[1]), dtype=np.float32)
    bounds = np.searchsorted(owners, np.arange(0, rows + _ROWS, max(_ROWS, rows // 16)))
    for begin, end in pairwise(bounds.tolist()):
        if begin == end:
            continue
        mine = owners[begin:end]
        firsts = np.flatnonzero(np.concatenate([[True], mine[1:] != mine[:-1]]))
        part = factor.take(others[begin:end], axis=0) * values[begin:end, None]
        total[mine[firsts]] = np.add.reduceat(part, firsts, axis=0)
    return total


def _pruned(weights: Numbers, rarity: Numbers, kept: int) -> Numbers:
    """The buckets that pull strongest, the rest nought; in half precision, as they are stored."""
    strength = np.abs(weights).max(axis=1) * rarity
    if kept < strength.size:
        weights = weights.copy()
        weights[np.argpartition(-strength, kept)[kept:]] = 0
    return weights.astype(np.float16).astype(np.float32)
