"""What a text is found by, and what a query asks: characters, pairs of neighbours, pinyin initials, marks of scope.

Chinese is written without blanks, so a search by words needs a dictionary and misses what it lacks, and an index of three
letters (trigram) never finds 噪音. Here every text is cut into *keys* that need no dictionary:

* a **run** is an unbroken stretch of letters, digits and 汉字, with full-width forms and capitals folded;
* the keys of a run are its characters and its pairs of neighbouring characters (bigrams);
* **initials** are the first letters of the pinyin of each run (柳荫路 → ``lyl``), keyed by their pairs;
* a **mark** says who may see or where it lies (a place, a unit, a person), so that a narrow scope is searched as fast as a
  wide one. Marks only make the search faster: whether a reader may see a case is asked of the case itself.

A ``Sought`` is a query cut the same way. Its keys find *candidates*; a candidate is a hit when every term is part of the
stored runs or initials. Keys never miss a true hit: the keys of any part of a run are among the keys of the whole.

Worked example::

    >>> keys_of("路灯坏")
    ['路', '灯', '坏', '路灯', '灯坏']
    >>> initials_of("柳荫路 1 号院")
    'lyl 1 hy'
    >>> sought("路灯 LYL").terms
    ('路灯', 'lyl')
    >>> is_hit(Findable("柳荫路路灯不亮", "lyllldbl"), sought("路灯 lyl"))
    True
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg

from gridloop.core.identity import normal_phone

KEYS_VERSION = 2
"""Grows when ``keys`` changes; an index made by another version is to be built anew (a migration empties it)."""

LONGEST_QUERY = 60
MOST_TERMS = 6
INITIAL = "·"  # before the keys of initials, so that they never meet the letters of a text
MARK = "¤"  # before a mark; both signs are no part of any run

_RUN = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[a-z0-9]{2,}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))  # what a Chinese keyboard and a copied page put for the hyphen
_DIALLED = re.compile(r"\+?[\d\s().-]{7,24}")
_NUMBER = re.compile(r"(?:#|No\.?|编号:?)?\s*(?:(\d{8})[-\s]?(\d{1,12})|(\d{1,9}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Findable:
    """What is kept of one case to be found by: runs parted by blanks, initials parted by blanks, marks."""

    text: str
    initials: str
    marks: tuple[str, ...] = ()

    def keys(self) -> list[str]:
        """Every key of the index for this case, each once, in a stable order."""
        found = dict.fromkeys(keys_of(self.text))
        found |= dict.fromkeys(_initial_keys(self.initials))
        found |= dict.fromkeys(f"{MARK}{mark}" for mark in self.marks)
        return list(found)


def findable(*, texts: Iterable[str], names: Iterable[str], marks: Iterable[str] = ()) -> Findable:
    """``names`` (title, address, place, unit, enterprise) are found by their words and their initials, ``texts`` by their words only."""
    named = [name for name in dict.fromkeys(names) if name]
    runs = [run for text in (*named, *texts) for run in runs_of(text)]
    initials = " ".join(filter(None, (initials_of(name) for name in named)))
    return Findable(" ".join(dict.fromkeys(runs)), initials, tuple(sorted(set(marks))))


def runs_of(text: str) -> list[str]:
    """The runs of a text in reading order."""
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def keys_of(text: str) -> list[str]:
    """Characters, then pairs, of every run; each once."""
    runs = runs_of(text)
    singles = [character for run in runs for character in run]
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return list(dict.fromkeys([*singles, *pairs]))


@lru_cache(maxsize=20_000)
def initials_of(name: str) -> str:
    """The pinyin initials of each run, parted by blanks; letters and digits stay as they are."""
    return " ".join("".join(_letters(word) for word in seg.cut(run)) for run in runs_of(name))


@lru_cache(maxsize=50_000)
def _letters(word: str) -> str:
    """The initials of one word; pypinyin cuts a run into words first, as we do, and words recur."""
    return "".join(lazy_pinyin([word], style=Style.FIRST_LETTER)).lower()


def _initial_keys(initials: str) -> list[str]:
    return [f"{INITIAL}{run[at : at + 2]}" for run in initials.split(" ") for at in range(len(run) - 1)]


@dataclass(frozen=True, slots=True)
class Sought:
    """A query: its terms, and the case number it may be. Every term must be met.

    ``is_signs_only``: something was typed, yet no letter, digit or 汉字 is in it. Nothing is found by that (not everything: whoever
    exports or closes what a search shows must not get the whole street for a slip of the pen).
    """

    terms: tuple[str, ...]
    number: int = 0
    day: str = ""
    is_signs_only: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.terms


def sought(query: str) -> Sought:
    """The query cut into terms. What is too long is cut off: nobody remembers sixty characters of a case."""
    terms = tuple(dict.fromkeys(runs_of(query[:LONGEST_QUERY])))[:MOST_TERMS]
    return Sought(terms, *_number(query), is_signs_only=not terms and bool(query.strip()))


def _number(query: str) -> tuple[int, str]:
    """The running number and, where told, the day of ``20220529-000017`` or ``17`` (also ``#17``, ``编号 17``); 0 when the query is no number."""
    said = _NUMBER.fullmatch(_plain(query))
    if said is None:
        return 0, ""
    day, running, alone = said.groups()
    return (int(running), day) if day else (int(alone), "")


def phone_in(query: str) -> str:
    """The whole telephone number that the query is, in normal form; empty for anything else (a case number, part of a number)."""
    plain = _plain(query)
    if not _DIALLED.fullmatch(plain):
        return ""
    found = normal_phone(plain) or ""
    return found if found.startswith("0") or (len(found) == 11 and found.startswith("1")) else ""


def _plain(query: str) -> str:
    """The query in ordinary digits, letters and hyphens."""
    return unicodedata.normalize("NFKC", query).strip().translate(_DASHES)


def may_be_initials(term: str) -> bool:
    """Only letters and digits, at least two: such a term may also mean initials."""
    return _LETTERS.fullmatch(term) is not None


def term_keys(term: str) -> list[str]:
    """The keys a text has that contains the term: its pairs, or the one character."""
    return [term] if len(term) == 1 else list(dict.fromkeys(term[at : at + 2] for at in range(len(term) - 1)))


def initial_keys(term: str) -> list[str]:
    """The keys that initials have which contain the term."""
    return list(dict.fromkeys(_initial_keys(term)))


def is_hit(kept: Findable, asked: Sought) -> bool:
    """Is every term part of the text or the initials? The same question the databases ask of a candidate."""
    return all(term in kept.text or (may_be_initials(term) and term in kept.initials) for term in asked.terms)
