"""The features of a text: its Chinese characters, their neighbouring pairs, the longer words a lexicon knows, and once more those of the title.

Terms. A *letter* here is one Chinese character, Latin letter or digit; marks and blanks are left out, so a raw message
and the same message cut into words give the same features. Width and case are folded. A *gram* is one letter, two neighbouring ones, or
three or four in a row that the *lexicon* knows as a word. The *title* is what stands before the first line break, or before the first two blanks
in a row where a text was cut into words; people name the trouble there, so its grams count once more, as grams of a title. A gram is known only
by its *bucket*, a hash of its code points: neither a model nor a lexicon holds a word of anybody's message.

Guarantees: a text without Chinese characters has no grams; grams never reach across two texts; what a text gives does not depend on its neighbours in the batch.

Worked example::

    >>> grams = count_grams(["路灯路灯"], bits=12, lexicon=Lexicon.empty())
    >>> grams.owners.tolist(), sorted(round(float(w), 2) for w in grams.weights)      # 路 灯 路灯 twice, 灯路 once
    ([0, 0, 0, 0], [1.0, 1.69, 1.69, 1.69])
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint32]

WORD_LENGTHS = (3, 4)
LEXICON_BITS = 22
LONGEST_TITLE = 60

_STRETCH = np.uint32(0x9E3779B1)
_STIR = np.uint32(0x85EBCA6B)
_TITLE = 0x2A5B3  # a title's gram is told from the same gram of the text by these bits
_BREAK = re.compile(r"[\n\r]|\s\s")
_NONE = np.zeros(0, dtype=np.uint32)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The longer words worth a weight of their own, as sorted hashes of their beginnings and of the whole words.

    A foreign word slips in once in some thousands.
    """

    openings: Letters
    words: Letters

    @classmethod
    def empty(cls) -> Lexicon:
        """A lexicon without words."""
        return cls(_NONE, _NONE)

    @classmethod
    def of(cls, words: Iterable[str]) -> Lexicon:
        """The lexicon of those words that have three or four letters."""
        fitting = [letters for word in words if (letters := _FOLDED[letters_of(word)]).size in WORD_LENGTHS]
        if not fitting:
            return cls.empty()
        openings = np.concatenate([_run_keys(each[:2], 2) for each in fitting])
        whole = np.concatenate([_run_keys(each, each.size) for each in fitting])
        return cls(np.unique(_hashed(openings, LEXICON_BITS)), np.unique(_hashed(whole, LEXICON_BITS)))

    def opens(self, bits: int) -> npt.NDArray[np.bool_]:
        """True at the bucket of each word's first two letters; kept for the last number of bits asked for."""
        kept = self.__dict__.get("_opens")
        if kept is None or kept.size != 1 << bits:
            kept = self.__dict__["_opens"] = _marked(self.openings >> np.uint32(LEXICON_BITS - bits), bits)
        return kept

    @cached_property
    def knows(self) -> npt.NDArray[np.bool_]:
        """True at the hash of each word."""
        return _marked(self.words, LEXICON_BITS)


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """The grams of many texts: three columns sorted by ``owners`` (position of the text), then by bucket.

    A weight is ``1 + ln n`` for a gram that occurs n times: the second mention says less than the first.
    """

    owners: Whole
    buckets: Whole
    weights: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Grams of one length where they stand in the texts: bucket, and position of the first letter."""

    buckets: Letters
    starts: Whole
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Texts as read: their letters on end and the text each belongs to; the bucket of each letter, of each letter with the
    next (also where the next is another text's: see ``crossings``), and where they stand the words and the grams of the titles.
    """

    texts: int
    letters: Letters
    owners: Whole
    crossings: Whole
    singles: Letters
    doubles: Letters
    words: tuple[Places, ...]
    titles: tuple[Places, ...]


def letters_of(text: str) -> Letters:
    """The code points of the letters of the text, in order; none when it has no Chinese character."""
    return _letters([text])[0]


def count_grams(texts: Sequence[str], *, bits: int, lexicon: Lexicon) -> Grams:
    """The grams of each text, counted, in ``2 ** bits`` buckets."""
    return counted(read(texts, bits=bits, lexicon=lexicon), bits=bits)


def pair_buckets(pairs: Sequence[str], *, bits: int) -> Letters:
    """The bucket of each pair of letters (two letters each, folded alike)."""
    letters = _FOLDED[
        np.array([[ord(letter) if ord(letter) < _END else 0 for letter in pair] for pair in pairs], dtype=np.int64)
    ]
    return _hashed(letters[:, 0] * _STRETCH + letters[:, 1], bits)


def read(texts: Sequence[str], *, bits: int, lexicon: Lexicon) -> Reading:
    """Every gram of the texts where it stands."""
    letters, owners, titles = _letters(texts)
    folded = _FOLDED.take(letters)
    crossings = np.flatnonzero(owners[1:] != owners[:-1]) if len(texts) > 1 else _WHOLE
    keys = _run_keys(folded, 2)
    hashes = _hashed(np.concatenate([folded, keys]), bits)
    singles, doubles = hashes[: folded.size], hashes[folded.size :]
    words: tuple[Places, ...] = ()
    if lexicon.words.size:
        starts = np.flatnonzero(lexicon.opens(bits).take(doubles))
        several = owners if len(texts) > 1 else None
        words = _words(folded, several, starts, keys=keys.take(starts), bits=bits, lexicon=lexicon)
    every = (Places(singles, _WHOLE, 1), Places(doubles, _WHOLE, 2), *words)
    if len(texts) == 1:
        titled = _title_of_one(every, int(titles[0]), bits)
    else:
        titled = _titles(every, titles, owners, crossings, bits=bits)
    return Reading(len(texts), letters, owners, crossings, singles, doubles, words, titled)


def counted(reading: Reading, *, bits: int) -> Grams:
    """The grams of a reading, each once a text."""
    keys = _keys_by_text(reading, bits)
    if not keys.size:
        return Grams(_WHOLE, _WHOLE, _LOGARITHM[:0])
    keys.sort()
    bounds = np.concatenate([_NOUGHT, np.flatnonzero(keys[1:] != keys[:-1]) + 1, [keys.size]])
    weights = _LOGARITHM[np.minimum(bounds[1:] - bounds[:-1], _LOGARITHM.size - 1)]
    once = keys[bounds[:-1]].astype(np.int64)
    if reading.texts == 1:
        return Grams(np.zeros(once.size, dtype=np.int64), once, weights)
    return Grams(once >> bits, once & ((1 << bits) - 1), weights)


def _keys_by_text(reading: Reading, bits: int) -> npt.NDArray[Any]:
    """Every gram as one number: its text, then its bucket."""
    placed = (*reading.words, *reading.titles)
    if reading.texts == 1:
        return np.concatenate([reading.singles, reading.doubles, *(each.buckets for each in placed)])
    kind: Any = np.uint32 if reading.texts << bits <= 1 << 32 else np.uint64
    texts = reading.owners.astype(kind) << kind(bits)
    doubles = np.delete(texts[:-1] | reading.doubles, reading.crossings)
    in_places = [texts[each.starts] | each.buckets for each in placed]
    return np.concatenate([texts | reading.singles, doubles, *in_places])


def _title_of_one(grams: Sequence[Places], size: int, bits: int) -> tuple[Places, ...]:
    """The grams that lie in the first ``size`` letters of the only text, as a title's."""
    if not size:
        return ()
    mark, found = np.uint32(_TITLE & ((1 << bits) - 1)), []
    for each in grams:
        last = max(size - each.length + 1, 0)
        starts = np.arange(last) if each.length < WORD_LENGTHS[0] else each.starts[: np.searchsorted(each.starts, last)]
        found.append(Places(each.buckets[: starts.size] ^ mark, starts, each.length))
    return tuple(found)


def _titles(grams: Sequence[Places], sizes: Whole, owners: Whole, crossings: Whole, *, bits: int) -> tuple[Places, ...]:
    """The grams that lie in the titles (``sizes`` in letters, for each text), as a title's."""
    if not sizes.any():
        return ()
    mark, found = np.uint32(_TITLE & ((1 << bits) - 1)), []
    begins = np.zeros(sizes.size, dtype=np.int64)
    begins[owners[crossings + 1]] = crossings + 1
    ends = begins + sizes
    for each in grams:
        if each.length < WORD_LENGTHS[0]:
            starts = _runs(begins, np.maximum(sizes - each.length + 1, 0))
            found.append(Places(each.buckets[starts] ^ mark, starts, each.length))
        else:
            within = each.starts + each.length <= ends[owners[each.starts]]
            found.append(Places(each.buckets[within] ^ mark, each.starts[within], each.length))
    return tuple(found)


def _runs(begins: Whole, sizes: Whole) -> Whole:
    """begin, begin + 1, … of each run, on end."""
    before = np.cumsum(sizes) - sizes
    runs: Whole = np.arange(int(sizes.sum())) + np.repeat(begins - before, sizes)
    return runs


def _title_end(text: str) -> int:
    """How many characters (blanks before it counted) the title has; 0 where nothing breaks it off from the rest."""
    found = _BREAK.search(text, len(text) - len(text.lstrip()))
    return found.start() if found and not text[found.end() :].isspace() and found.end() < len(text) else 0


def _letters(texts: Sequence[str]) -> tuple[Letters, Whole, Whole]:
    """All letters on end, the text each belongs to, and of each text how many are its title's; texts without a Chinese
    character have none, a title of more than 60 letters is no title.
    """
    joined = "\x00".join(texts)
    if len(texts) != 1 and joined.count("\x00") != max(len(texts) - 1, 0):
        joined = "\x00".join(text.replace("\x00", " ") for text in texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if len(texts) == 1:
        return _letters_of_one(points, _title_end(texts[0]))
    points = np.minimum(points, _END)
    titles = _title_sizes(texts, _IS_LETTER[points])
    points = points[_KEPT[points]]
    ends = np.flatnonzero(points == 0)
    bounds = np.concatenate([[-1], ends, [points.size]])
    owners = np.repeat(np.arange(ends.size + 1), bounds[1:] - bounds[:-1] - 1)
    letters = points[points != 0]
    spoken = np.bincount(owners[_IS_HAN[letters]], minlength=ends.size + 1) > 0
    if not spoken.all():
        mine = spoken[owners]
        letters, owners, titles = letters[mine], owners[mine], titles * spoken
    return letters, owners, titles


def _title_sizes(texts: Sequence[str], is_letter: npt.NDArray[np.bool_]) -> Whole:
    """Letters of each title, where ``is_letter`` tells of each character of the texts on end, one mark between two."""
    begins = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])]) if texts else _WHOLE
    before = np.concatenate([_NOUGHT, np.cumsum(is_letter)])
    ends = begins + np.array([_title_end(text) for text in texts], dtype=np.int64)
    sizes = before[ends] - before[begins]
    found: Whole = np.where(sizes <= LONGEST_TITLE, sizes, 0)
    return found


def _letters_of_one(points: Letters, title_end: int) -> tuple[Letters, Whole, Whole]:
    is_letter = _IS_LETTER[np.minimum(points, _END)]
    letters = points[is_letter]
    title = int(np.count_nonzero(is_letter[:title_end]))
    if not _IS_HAN[letters].any():
        letters, title = letters[:0], 0
    return letters, np.zeros(letters.size, dtype=np.int64), np.array([title if title <= LONGEST_TITLE else 0])


def _words(
    folded: Letters, owners: Whole | None, starts: Whole, *, keys: Letters, bits: int, lexicon: Lexicon
) -> tuple[Places, ...]:
    """The words that the lexicon knows among the ``starts``, where ``keys`` are those of the first two letters."""
    found = []
    for length in WORD_LENGTHS:
        fits = int(np.searchsorted(starts, folded.size - length, side="right"))
        starts = starts[:fits]
        keys = keys[:fits] * _STRETCH + folded.take(starts + (length - 1))
        hashes = _hashed(keys, LEXICON_BITS)
        known = lexicon.knows.take(hashes)
        if owners is not None:
            known &= owners.take(starts) == owners.take(starts + (length - 1))
        found.append(Places(hashes[known] >> np.uint32(LEXICON_BITS - bits), starts[known], length))
    return tuple(found)


def _run_keys(folded: Letters, length: int) -> Letters:
    """One key for each run of ``length`` letters (wrapping multiplication is meant)."""
    count = max(folded.size - length + 1, 0)
    keys = folded[:count]
    for at in range(1, length):
        keys = keys * _STRETCH + folded[at : at + count]
    return keys


def _hashed(keys: Letters, bits: int) -> Letters:
    """Each key spread over ``2 ** bits`` buckets (two rounds of shift and multiply; wrapping is meant)."""
    keys = (keys ^ (keys >> np.uint32(16))) * _STIR
    keys ^= keys >> np.uint32(13)
    keys *= _STRETCH
    return keys >> np.uint32(32 - bits)


def _marked(hashes: Letters, bits: int) -> npt.NDArray[np.bool_]:
    table = np.zeros(1 << bits, dtype=np.bool_)
    table[hashes] = True
    return table


def _han() -> npt.NDArray[np.bool_]:
    """True at the code points of Chinese characters: 〇, the unified blocks and extensions A to I."""
    table = np.zeros(_END + 1, dtype=np.bool_)
    for first, last in ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3347F)):
        table[first : last + 1] = True
    return table


def _folding() -> Letters:
    """For each code point the letter it counts as; 0 for what is no letter."""
    table = np.where(_IS_HAN, np.arange(_END + 1), 0).astype(np.uint32)
    for first, last, becomes in ((0x30, 0x39, 0x30), (0x41, 0x5A, 0x41), (0x61, 0x7A, 0x41)):
        for shift in (0, 0xFEE0):
            table[first + shift : last + shift + 1] = np.arange(becomes, becomes + last - first + 1)
    return table


_END = 0x33480
_IS_HAN = _han()
_FOLDED = _folding()
_IS_LETTER = _FOLDED > 0
_KEPT = _IS_LETTER | (np.arange(_END + 1) == 0)
_NOUGHT = np.zeros(1, dtype=np.int64)
_WHOLE: Whole = np.zeros(0, dtype=np.int64)
_LOGARITHM: Numbers = np.concatenate([[0], 1 + np.log(np.arange(1, 5000))]).astype(np.float32)
