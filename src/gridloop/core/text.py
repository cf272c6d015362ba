"""What is this message about, and have we heard it before?

Two questions a receiving clerk asks of every text, answered without a library that must be installed to answer:

* **Which category?** A :class:`Classifier` suggests one, says how sure it is, and says 不确定 (``category is None``)
  below a threshold chosen when it was trained. A suggestion is never more than that: a person files.
* **Heard before?** :func:`similarity` and :func:`near_duplicates` compare texts by their character bigrams, exactly.

Terms. *Grams* and their *buckets* are told in ``core/grams.py``: characters, pairs, and words a lexicon knows, each known
only by a hash. The *rarity* of a bucket is its inverse document frequency. The score of a category is the sum of
``weight of the gram × rarity × weight of the bucket``, divided by the length of the text's vector. The *confidence* is the soft
maximum of ``scale × score + shift``, scale and shift fitted for each category on texts held out from training.

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
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.core.errors import WrongInput
from gridloop.core.grams import Grams, Lexicon, Numbers, Reading, counted, read

FORMAT = 3
ARRAYS = (
    "format", "bits", "categories", "buckets", "weights", "rarity", "intercept", "scale", "shift", "threshold",
    "openings", "words",
)  # fmt: skip

_RUN = re.compile(r"[^\W_]+")
_BATCH = 128
_REASONS = 10
_WORTH_SAYING = 0.2


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

    ``table`` has one row a bucket and a column a category, then one column with the rarity; the weights are already
    multiplied by the rarity. ``pulls`` (categories × buckets) is what each bucket says for the category less its mean for the others.
    ``scale`` and ``shift`` turn each category's score into its say in the confidence.
    """

    categories: tuple[str, ...]
    bits: int
    table: Numbers
    pulls: Numbers
    lexicon: Lexicon
    intercept: Numbers
    scale: Numbers
    shift: Numbers
    threshold: float

    @classmethod
    def load(cls, arrays: Mapping[str, Any]) -> Classifier:
        """The classifier that :meth:`to_arrays` wrote; ``WrongInput`` if it is not one."""
        missing = [name for name in ARRAYS if name not in arrays]
        if missing or int(arrays["format"]) != FORMAT:
            raise WrongInput(
                "text.not_a_model", "这不是可用的分类模型文件,请重新训练或换用随软件附带的模型。", missing=missing
            )
        bits, categories = int(arrays["bits"]), tuple(str(name) for name in arrays["categories"])
        weights = np.zeros((1 << bits, len(categories)), dtype=np.float32)
        weights[np.asarray(arrays["buckets"], dtype=np.int64)] = arrays["weights"]
        plain = cls.build(
            categories=categories,
            weights=weights,
            rarity=np.asarray(arrays["rarity"], dtype=np.float32),
            lexicon=Lexicon(np.asarray(arrays["openings"], np.uint32), np.asarray(arrays["words"], np.uint32)),
            intercept=np.asarray(arrays["intercept"], dtype=np.float32),
        )
        return plain.calibrated(scale=arrays["scale"], shift=arrays["shift"], threshold=float(arrays["threshold"]))

    @classmethod
    def build(
        cls, *, categories: Sequence[str], weights: Numbers, rarity: Numbers, lexicon: Lexicon, intercept: Numbers
    ) -> Classifier:
        """A classifier from ``weights`` (buckets × categories) and ``rarity`` (buckets; a power of two), never sure yet."""
        bits = int(rarity.shape[0]).bit_length() - 1
        if weights.shape != (1 << bits, len(categories)) or rarity.shape != (1 << bits,):
            raise WrongInput("text.wrong_shape", "模型的权重与类别、桶数不相符,请重新训练。", shape=weights.shape)
        table = np.concatenate([weights * rarity[:, None], rarity[:, None]], axis=1).astype(np.float32)
        ones, noughts = np.ones(len(categories), np.float32), np.zeros(len(categories), np.float32)
        pulls = _pulls_of(table[:, :-1])
        return cls(tuple(categories), bits, table, pulls, lexicon, intercept.astype(np.float32), ones, noughts, 1.0)

    def calibrated(self, *, scale: npt.ArrayLike, shift: npt.ArrayLike, threshold: float) -> Classifier:
        """The same weights with another reading of confidence; a scalar scale or shift holds for every category."""
        shape = (len(self.categories),)
        return replace(
            self,
            scale=np.broadcast_to(np.asarray(scale, np.float32), shape).copy(),
            shift=np.broadcast_to(np.asarray(shift, np.float32), shape).copy(),
            threshold=threshold,
        )

    def only(self, categories: Sequence[str]) -> Classifier:
        """The same model with nothing but these of its categories (none is allowed: what is left is how it reads)."""
        at = [self.categories.index(name) for name in categories]
        return Classifier.build(
            categories=list(categories), weights=self.weights[:, at], rarity=self.rarity, lexicon=self.lexicon, intercept=self.intercept[at],
        )  # fmt: skip

    @property
    def rarity(self) -> Numbers:
        """The rarity of each bucket."""
        found: Numbers = self.table[:, -1]
        return found

    @property
    def weights(self) -> Numbers:
        """Buckets × categories, as they were built."""
        found: Numbers = self.table[:, :-1] / np.maximum(self.rarity, np.float32(1e-6)).astype(np.float32)[:, None]
        return found

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Plain arrays (no objects, so no pickle) for ``numpy.savez_compressed``; rows without weight are left out."""
        weights = self.weights
        buckets = np.flatnonzero(np.any(weights != 0, axis=1))
        return {
            "format": np.array(FORMAT),
            "bits": np.array(self.bits),
            "categories": np.array(self.categories),
            "buckets": buckets.astype(np.uint32),
            "weights": weights[buckets].astype(np.float16),
            "rarity": self.rarity.astype(np.float16),
            "openings": self.lexicon.openings,
            "words": self.lexicon.words,
            "intercept": self.intercept,
            "scale": self.scale,
            "shift": self.shift,
            "threshold": np.array(self.threshold),
        }

    def suggest(self, text: str, top: int = 3, *, reasons: bool = True) -> Suggestion:
        """The best category with up to ``top`` alternatives and, where ``reasons`` are wanted, the words that weighed most."""
        reading = read([text], bits=self.bits, lexicon=self.lexicon)
        found = self._suggestions(counted(reading, bits=self.bits), 1, top)[0]
        if not reasons or not found.alternatives:
            return found
        words = self._words(reading, self.categories.index(found.alternatives[0][0]))
        return Suggestion(found.category, found.confidence, found.alternatives, words)

    def suggest_many(self, texts: Sequence[str], top: int = 3) -> list[Suggestion]:
        """One suggestion a text, in order, the same as :meth:`suggest` gives but without ``words``."""
        found: list[Suggestion] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            found += self._suggestions(self._grams(batch), len(batch), top)
        return found

    def scores(self, texts: Sequence[str]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Raw scores (texts × categories) and whether each text had any gram; a text without grams scores 0."""
        return self._scores(self._grams(texts), len(texts))

    def chances(self, scores: Numbers) -> Numbers:
        """Scores read as confidence: rows that sum to 1."""
        return soft_maximum(scores * self.scale + self.shift)

    def _grams(self, texts: Sequence[str]) -> Grams:
        return counted(read(texts, bits=self.bits, lexicon=self.lexicon), bits=self.bits)

    def _scores(self, grams: Grams, size: int) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        sums = np.zeros((size, self.table.shape[1]), dtype=np.float32)
        if grams.owners.size:
            starts = (
                _FIRST if size == 1 else np.flatnonzero(np.concatenate([[True], grams.owners[1:] != grams.owners[:-1]]))
            )
            parts = self.table.take(grams.buckets, axis=0) * grams.weights[:, None]
            parts[:, -1] *= parts[:, -1]
            sums[grams.owners[starts]] = np.add.reduceat(parts, starts, axis=0)
        spoken = sums[:, -1] > 0
        lengths = np.sqrt(np.where(spoken, sums[:, -1], 1))
        scores = sums[:, :-1] / lengths[:, None] + self.intercept
        return np.where(spoken[:, None], scores, 0), spoken

    def _suggestions(self, grams: Grams, size: int, top: int) -> list[Suggestion]:
        scores, spoken = self._scores(grams, size)
        chances = self.chances(scores)
        if size == 1:
            return [self._one_suggestion(chances[0].tolist(), top) if spoken[0] else _SILENT]
        order = np.argsort(-chances, axis=1, kind="stable")[:, : max(top, 1)]
        best = chances[np.arange(size)[:, None], order].tolist()
        rows = zip(order.tolist(), best, spoken.tolist(), strict=True)
        return [self._suggestion(where, chance) if heard else _SILENT for where, chance, heard in rows]

    def _one_suggestion(self, chances: list[float], top: int) -> Suggestion:
        order = sorted(range(len(chances)), key=lambda where: -chances[where])[: max(top, 1)]
        return self._suggestion(order, [chances[where] for where in order])

    def _suggestion(self, order: list[int], chances: list[float]) -> Suggestion:
        names = self.categories
        alternatives = tuple((names[where], chance) for where, chance in zip(order, chances, strict=True))
        name, confidence = alternatives[0]
        return Suggestion(name if confidence >= self.threshold else None, confidence, alternatives)

    def _words(self, reading: Reading, category: int) -> tuple[str, ...]:
        """Up to five pieces of the text that spoke most for the category rather than for the average of the others."""
        pulls = self._pulls(reading, category)
        if not pulls.size:
            return ()
        strongest = np.argpartition(pulls, -min(_REASONS, pulls.size))[-_REASONS:]
        least = max(float(pulls[strongest].max()) * _WORTH_SAYING, 1e-9)
        return _joined(reading.letters, {at: pull for at in strongest.tolist() if (pull := float(pulls[at])) >= least})

    def _pulls(self, reading: Reading, category: int) -> Numbers:
        """For each pair of neighbouring letters what it speaks for the category, and its share of its letters and words."""
        placed = (*reading.words, *reading.titles)
        every = np.concatenate([reading.singles, reading.doubles, *(each.buckets for each in placed)])
        pull = self.pulls[category].take(every)
        size = reading.singles.size
        singles: Numbers = pull[:size]
        pulls: Numbers = pull[size : 2 * size - 1]
        done = max(2 * size - 1, 0)
        for each in placed:
            if not each.buckets.size:
                continue
            share, done = pull[done : done + each.buckets.size], done + each.buckets.size
            if each.length == 1:
                singles[: share.size] += share
            for offset in range(each.length - 1):
                pulls[each.starts + offset] += share / np.float32(each.length - 1)
        pulls += (singles[:-1] + singles[1:]) * np.float32(0.5)
        for title in reading.titles[:1]:
            pulls[title.buckets.size - 1 : title.buckets.size] = 0  # no word reaches from the title into the rest
        return pulls


_FIRST = np.zeros(1, dtype=np.int64)
_SILENT = Suggestion(None, 0.0, ())


def _pulls_of(weights: Numbers) -> Numbers:
    """Categories × buckets: the weight for the category less the mean weight for the others."""
    others = max(weights.shape[1] - 1, 1)
    mean = weights.sum(axis=1) / np.float32(others)
    pulls: Numbers = np.ascontiguousarray(weights.T * np.float32(1 + 1 / others) - mean)
    return pulls


def soft_maximum(scores: Numbers) -> Numbers:
    """Each row of scores turned into chances that sum to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return chances


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
