"""What is this message about, and have we heard it before?

Two questions a receiving clerk asks of every text, answered without a library that must be installed to answer:

* **Which category?** A :class:`Classifier` suggests one, says how sure it is, and says 不确定 (``category is None``)
  below a threshold chosen when it was trained. A suggestion is never more than that: a person files.
* **Heard before?** :func:`similarity` and :func:`near_duplicates` compare texts by their character bigrams, exactly.

Terms. A *gram* is one Chinese character or two neighbouring ones; everything else (letters, digits, marks, blanks) is
left out, so a raw message and the same message cut into words give the same grams. A gram is known only by its
*bucket*, a hash of its code points: the trained file holds numbers and no word of anybody's message. The *rarity* of a
bucket is its inverse document frequency. The score of a category is the sum of ``rarity × weight`` over all grams,
divided by the length of the vector of rarities; confidence is the soft maximum of the scores at a scale fitted on
texts held out from training.

Guarantees: the same text gives the same answer alone and in a batch; no answer depends on the order of a batch; a text
without Chinese characters is unsure with confidence 0; the words named as reasons occur in the text.

Worked example, a toy of two categories::

    >>> classifier = Classifier.load(arrays)                      # doctest: +SKIP
    >>> classifier.suggest("公交车站牌被撞坏").category             # doctest: +SKIP
    '交通运输'
    >>> bigrams("A3区道路")
    ['a3', '3区', '区道', '道路']
    >>> round(similarity("路灯坏了没人修", "路灯坏了没有人修"), 2)
    0.62
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.core.errors import WrongInput

Numbers = npt.NDArray[np.float32]
Buckets = npt.NDArray[np.int64]
Grams = tuple[tuple[Buckets, Buckets], tuple[Buckets, Buckets]]

FORMAT = 1
ARRAYS = ("format", "bits", "categories", "buckets", "weights", "rarity", "intercept", "scale", "threshold")

_RUN = re.compile(r"[^\W_]+")
_BATCH = 512
_REASONS = 16
_TRUE = np.array([True])
_STRETCH = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with its confidence in 0..1, or ``category=None`` when unsure; ``alternatives`` best first."""

    category: str | None
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    words: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The suggestion and its reason, for the person who files."""
        if not self.alternatives:
            return "不确定:内容里没有可供判断的汉字,请人工选择类别。"
        because = f",依据:{'、'.join(self.words)}" if self.words else ""
        if self.category is None:
            return f"不确定:最像“{self.alternatives[0][0]}”,把握只有 {self.confidence:.0%}{because};请人工选择类别。"
        return f"建议归入“{self.category}”,把握 {self.confidence:.0%}{because}。"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two positions in the given texts, ``first < second``, and their similarity in 0..1."""

    first: int
    second: int
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A linear model over hashed grams.

    ``table`` has one row a bucket and a column a category, then one column with the squared rarity; the weights are
    already multiplied by the rarity.
    """

    categories: tuple[str, ...]
    bits: int
    table: Numbers
    intercept: Numbers
    scale: float
    threshold: float

    @classmethod
    def load(cls, arrays: Mapping[str, Any]) -> Classifier:
        """The classifier that :meth:`to_arrays` or the training script wrote; ``WrongInput`` if it is not one."""
        missing = [name for name in ARRAYS if name not in arrays]
        if missing or int(arrays["format"]) != FORMAT:
            raise WrongInput(
                "text.not_a_model", "这不是可用的分类模型文件,请重新训练或换用随软件附带的模型。", missing=missing
            )
        bits, categories = int(arrays["bits"]), tuple(str(name) for name in arrays["categories"])
        weights = np.zeros((1 << bits, len(categories)), dtype=np.float32)
        weights[np.asarray(arrays["buckets"], dtype=np.int64)] = arrays["weights"]
        return cls.build(
            categories=categories,
            weights=weights,
            rarity=np.asarray(arrays["rarity"], dtype=np.float32),
            intercept=np.asarray(arrays["intercept"], dtype=np.float32),
            scale=float(arrays["scale"]),
            threshold=float(arrays["threshold"]),
        )

    @classmethod
    def build(
        cls,
        *,
        categories: Sequence[str],
        weights: Numbers,
        rarity: Numbers,
        intercept: Numbers,
        scale: float,
        threshold: float,
    ) -> Classifier:
        """A classifier from ``weights`` (buckets × categories) and ``rarity`` (buckets); buckets are a power of two."""
        bits = int(rarity.shape[0]).bit_length() - 1
        if weights.shape != (1 << bits, len(categories)) or rarity.shape != (1 << bits,):
            raise WrongInput("text.wrong_shape", "模型的权重与类别、桶数不相符,请重新训练。", shape=weights.shape)
        table = np.concatenate([weights * rarity[:, None], (rarity**2)[:, None]], axis=1).astype(np.float32)
        return cls(tuple(categories), bits, table, intercept.astype(np.float32), scale, threshold)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Plain arrays (no objects, so no pickle) for ``numpy.savez_compressed``; rows without weight are left out."""
        rarity = np.sqrt(self.table[:, -1])
        weights = self.table[:, :-1] / np.maximum(rarity, 1e-6)[:, None]
        buckets = np.flatnonzero(np.any(weights != 0, axis=1))
        return {
            "format": np.array(FORMAT),
            "bits": np.array(self.bits),
            "categories": np.array(self.categories),
            "buckets": buckets.astype(np.uint32),
            "weights": weights[buckets].astype(np.float16),
            "rarity": rarity.astype(np.float16),
            "intercept": self.intercept,
            "scale": np.array(self.scale),
            "threshold": np.array(self.threshold),
        }

    def suggest(self, text: str, top: int = 3) -> Suggestion:
        """The best category with up to ``top`` alternatives and the words that weighed most."""
        letters = _characters(text)
        grams = _grams([letters], self.bits)
        found = self._suggestions(grams, 1, top)[0]
        if not found.alternatives:
            return found
        words = self._words(letters, grams, self.categories.index(found.alternatives[0][0]))
        return Suggestion(found.category, found.confidence, found.alternatives, words)

    def suggest_many(self, texts: Sequence[str], top: int = 3) -> list[Suggestion]:
        """One suggestion a text, in order, the same as :meth:`suggest` gives but without ``words``."""
        found: list[Suggestion] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            found += self._suggestions(gram_buckets(batch, self.bits), len(batch), top)
        return found

    def scores(self, texts: Sequence[str]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Raw scores (texts × categories) and whether each text had any gram; a text without grams scores 0."""
        return self._scores(gram_buckets(texts, self.bits), len(texts))

    def _scores(self, grams: Grams, size: int) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        sums = np.zeros((size, self.table.shape[1]), dtype=np.float32)
        for buckets, owners in grams:
            if not owners.size:
                continue
            starts = np.flatnonzero(np.concatenate([_TRUE, owners[1:] != owners[:-1]]))
            sums[owners[starts]] += np.add.reduceat(self.table.take(buckets, axis=0), starts, axis=0)
        spoken = sums[:, -1] > 0
        lengths = np.sqrt(np.where(spoken, sums[:, -1], 1))
        scores = sums[:, :-1] / lengths[:, None] + self.intercept
        return np.where(spoken[:, None], scores, 0), spoken

    def _suggestions(self, grams: Grams, size: int, top: int) -> list[Suggestion]:
        scores, spoken = self._scores(grams, size)
        chances = soft_maximum(scores * self.scale)
        order = np.argsort(-chances, axis=1, kind="stable")[:, : max(top, 1)]
        best = chances[np.arange(size)[:, None], order].tolist()
        rows = zip(order.tolist(), best, spoken.tolist(), strict=True)
        return [self._suggestion(where, chance) if heard else _SILENT for where, chance, heard in rows]

    def _suggestion(self, order: list[int], chances: list[float]) -> Suggestion:
        names = self.categories
        alternatives = tuple((names[where], chance) for where, chance in zip(order, chances, strict=True))
        name, confidence = alternatives[0]
        return Suggestion(name if confidence >= self.threshold else None, confidence, alternatives)

    def _words(self, letters: npt.NDArray[np.uint32], grams: Grams, category: int) -> tuple[str, ...]:
        """Up to five pieces of the text that spoke most for the category rather than for the average of the others."""
        (singles, _), (doubles, _) = grams
        if not doubles.size:
            return ()
        weights = self._pull(singles, category)
        pulls = self._pull(doubles, category) + (weights[:-1] + weights[1:]) / 2
        strongest = np.argpartition(pulls, -min(_REASONS, pulls.size))[-_REASONS:]
        return _joined(letters, {at: pull for at in strongest.tolist() if (pull := float(pulls[at])) > 0})

    def _pull(self, buckets: Buckets, category: int) -> Numbers:
        """Weight for the category less the mean weight for the others: one product with a row of coefficients."""
        others = max(len(self.categories) - 1, 1)
        against = np.full(self.table.shape[1], -1 / others, dtype=np.float32)
        against[category], against[-1] = 1, 0
        pull: Numbers = self.table.take(buckets, axis=0) @ against
        return pull


_SILENT = Suggestion(None, 0.0, ())


def soft_maximum(scores: Numbers) -> Numbers:
    """Each row of scores turned into chances that sum to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return chances


def gram_buckets(texts: Sequence[str], bits: int) -> Grams:
    """For single characters, then for neighbouring two: their buckets and the position of the text each belongs to.

    Both come in reading order, so the owners never fall. Grams never reach across two texts.
    """
    return _grams([_characters(text) for text in texts], bits)


def bigrams(text: str) -> list[str]:
    """The search keys of a text: overlapping pairs of characters inside each unbroken run of letters, digits and 汉字.

    Full-width forms and capitals are folded. A run of one character is its own key. Hence the keys of any part of a
    run that is two or more characters long are among the keys of the whole: a search by bigrams never misses a true
    match.
    """
    keys: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        keys += [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
    return keys


def similarity(a: str, b: str) -> float:
    """The Jaccard index of the two sets of bigrams: 1 for the same set, 0 for nothing in common or an empty text."""
    return _jaccard(frozenset(bigrams(a)), frozenset(bigrams(b)))


def near_duplicates(texts: Sequence[str], threshold: float) -> list[Pair]:
    """Every pair at least ``threshold`` (above 0, up to 1) similar, ordered by position; exact, no pair is missed.

    All-pairs search with prefix filtering (Bayardo, Ma and Srikant, 2007):

    1. order the bigrams of each text from the rarest on;
    2. two texts that reach the threshold must share one among the first ``n - ceil(threshold·n) + 1`` of each;
    3. only such candidates of fitting length are compared.
    """
    if not 0 < threshold <= 1:
        raise WrongInput("text.threshold", "相似度阈值须大于 0 且不超过 1,请重新填写。", threshold=threshold)
    shingles = [frozenset(bigrams(text)) for text in texts]
    rarest = _rarest_first(shingles)
    seen_under: defaultdict[str, list[int]] = defaultdict(list)
    pairs: list[Pair] = []
    for second, keys in enumerate(rarest):
        prefix = keys[: len(keys) - math.ceil(threshold * len(keys) - 1e-9) + 1]
        for first in _candidates(prefix, seen_under):
            if _fitting(len(shingles[first]), len(keys), threshold):
                pairs += _pair(first, second, shingles, threshold)
        for key in prefix:
            seen_under[key].append(second)
    return sorted(pairs, key=lambda pair: (pair.first, pair.second))


def _han() -> npt.NDArray[np.bool_]:
    """True at the code points of Chinese characters: 〇, the unified blocks and extensions A to I."""
    table = np.zeros(0x33480, dtype=np.bool_)
    for first, last in ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3347F)):
        table[first : last + 1] = True
    return table


_HAN = _han()


def _characters(text: str) -> npt.NDArray[np.uint32]:
    """The code points of the Chinese characters of the text, in order."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letters: npt.NDArray[np.uint32] = points[_HAN[np.minimum(points, 0x3347F)] & (points < 0x33480)]
    return letters


def _grams(pieces: Sequence[npt.NDArray[np.uint32]], bits: int) -> Grams:
    points = (np.concatenate(pieces) if pieces else np.zeros(0)).astype(np.uint64)
    owners = np.repeat(np.arange(len(pieces)), [piece.size for piece in pieces])
    inside = owners[1:] == owners[:-1]
    doubles = (points[:-1] * _STRETCH + points[1:])[inside]
    return (_hashed(points, bits), owners), (_hashed(doubles, bits), owners[1:][inside])


def _hashed(keys: npt.NDArray[np.uint64], bits: int) -> Buckets:
    """Each key spread over ``2 ** bits`` buckets (two rounds of multiply and shift; wrapping is meant)."""
    keys = keys * _STRETCH
    keys ^= keys >> np.uint64(29)
    keys *= _STIR
    return (keys >> np.uint64(64 - bits)).astype(np.int64)


def _joined(letters: npt.NDArray[np.uint32], pulls: Mapping[int, float]) -> tuple[str, ...]:
    """Neighbouring grams joined into words, the strongest five first, each once."""
    words: defaultdict[str, float] = defaultdict(float)
    for start in sorted(at for at in pulls if at - 1 not in pulls):
        end = start
        while end in pulls:
            end += 1
        words["".join(map(chr, letters[start : end + 1].tolist()))] += sum(pulls[at] for at in range(start, end))
    return tuple(sorted(words, key=lambda word: -words[word])[:5])


def _rarest_first(shingles: Sequence[frozenset[str]]) -> list[list[str]]:
    counts = Counter(key for keys in shingles for key in keys)
    return [sorted(keys, key=lambda key: (counts[key], key)) for keys in shingles]


def _candidates(prefix: Iterable[str], seen_under: Mapping[str, list[int]]) -> set[int]:
    return {position for key in prefix if key in seen_under for position in seen_under[key]}


def _fitting(one: int, other: int, threshold: float) -> bool:
    """Sets so unequal in size cannot reach the threshold."""
    return min(one, other) >= threshold * max(one, other) - 1e-9


def _pair(first: int, second: int, shingles: Sequence[frozenset[str]], threshold: float) -> list[Pair]:
    found = _jaccard(shingles[first], shingles[second])
    return [Pair(first, second, found)] if found >= threshold else []


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    if not a or not b:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
