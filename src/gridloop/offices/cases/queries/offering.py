"""What filing offers while one types: places, categories, and a suggestion from the text with its confidence and its words.

A place is found by part of its name, its code or its pinyin initials (``lyl`` for 柳荫路), among the street's cells and landmarks and the
addresses that the reader's own cases used before. A category is found by any part of its path, by the words of its description, or
by initials. All of it costs the same whatever the street holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridloop.core.access import Actor
from gridloop.core.search import initials_of, may_be_initials, runs_of
from gridloop.offices.cases.models import Category
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.rules import UNSURE, Rules, category_for, rules_of, suggest_category
from gridloop.offices.organisation import queries as organisation

MOST_OFFERED = 8
ADDRESSES_LOOKED_AT = 400
NOT_FOUND = 9
MOST_LEAVES = 4


@dataclass(frozen=True, slots=True)
class PlaceOffer:
    """A place to choose: what is written as the address (empty for a cell), the cell's code, and what kind of place it is."""

    label: str
    address: str
    grid: str
    kind: str


@dataclass(frozen=True, slots=True)
class CategoryOffer:
    """A category to choose; ``why`` says by what it was found when its name does not show it."""

    path: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class SuggestedCategory:
    """What the model says of a text: a path or none (不确定), how sure, which words weighed, what else it may be.

    Where it knows only a branch of the tree, ``leaves`` are the branch's categories, those first whose names the text holds.
    """

    path: str
    confidence: float
    words: tuple[str, ...]
    others: tuple[tuple[str, float], ...]
    leaves: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        return bool(self.path)


def rank(name: str, asked: str) -> int:
    """How well a name answers what was typed: 0 begins with it, 1 contains it, 2 and 3 by initials, 9 not at all."""
    typed, known = "".join(runs_of(asked)), "".join(runs_of(name))
    if not typed:
        return NOT_FOUND
    if typed in known:
        return 0 if known.startswith(typed) else 1
    if not may_be_initials(typed):
        return NOT_FOUND
    initials = initials_of(name).replace(" ", "")
    if typed not in initials:
        return NOT_FOUND
    return 2 if initials.startswith(typed) else 3


def _best(names: Iterable[tuple[int, str]], *, size: int) -> list[str]:
    found = sorted((place, len(name), name) for place, name in names if place < NOT_FOUND)
    return [name for _place, _length, name in found[:size]]


def places_for(actor: Actor, *, street: str, asked: str, size: int = MOST_OFFERED) -> list[PlaceOffer]:
    """Places for what was typed, the best first: cells and landmarks, then addresses used before within the reader's reach."""
    rules = _rules(street)
    known = dict(rules.atlas.addresses)
    cells = {cell.name for cell in rules.atlas.by_code.values()}
    offers = [
        PlaceOffer(name, "" if name in cells else name, known[name], "网格" if name in cells else "地标")
        for name in _best(((rank(name, asked), name) for name in known), size=size)
    ]
    used = _addresses_used(actor, street)
    left = _best(((rank(name, asked), name) for name in used if name not in known), size=max(size - len(offers), 3))
    return [*offers[: size - min(len(left), 3)], *(PlaceOffer(name, name, used[name], "用过的地址") for name in left)][
        :size
    ]


def _addresses_used(actor: Actor, street: str) -> dict[str, str]:
    """By address, the cell it was placed in last; of the newest cases that the actor sees."""
    rows = visible_to(actor).filter(street=street).exclude(address="").order_by("-id")
    pairs = rows.values_list("address", "grid__code")[:ADDRESSES_LOOKED_AT]
    return {address: code or "" for address, code in reversed(list(pairs))}


def categories_offered(*, street: str, asked: str, size: int = MOST_OFFERED) -> list[CategoryOffer]:
    """The leaf categories for what was typed, the best first."""
    found: list[tuple[int, int, str, str]] = []
    for row in Category.objects.filter(street=street, is_leaf=True):
        place, why = _category_rank(row, asked)
        if place < NOT_FOUND:
            found.append((place, len(row.path), row.path, why))
    return [
        CategoryOffer(path, " › ".join(path.split("/")), why) for _place, _length, path, why in sorted(found)[:size]
    ]


def _category_rank(row: Category, asked: str) -> tuple[int, str]:
    """By its own name first, then by a part of its path, then by a word of its description."""
    own = rank(row.path.rsplit("/", 1)[-1], asked)
    if own < NOT_FOUND:
        return own, ""
    above = min((rank(part, asked) for part in row.path.split("/")[:-1]), default=NOT_FOUND)
    if above < NOT_FOUND:
        return 4 + above, ""
    word = next((each for each in runs_of(row.description) if rank(each, asked) < 2), "")
    return (8, word) if word else (NOT_FOUND, "")


def suggested(*, street: str, text: str) -> SuggestedCategory:
    """What the model suggests for the text, in the street's own categories."""
    rules = _rules(street)
    path, said = suggest_category(rules, text)
    others = _of_this_street(rules, said.alternatives)
    sure = "" if path == UNSURE else path
    branches = [
        each for each in (sure, *(other for other, _confidence in others)) if each and not rules.categories[each]
    ]
    leaves = _leaves(rules, branches[:1], text)
    chosen = tuple(each for each in others if each[0] != sure and rules.categories[each[0]])
    return SuggestedCategory(sure, said.confidence, said.words, chosen, leaves)


def _leaves(rules: Rules, branches: Sequence[str], text: str) -> tuple[str, ...]:
    """The leaf categories below the branch, by how much of their name stands in the text."""
    below = [
        path
        for branch in branches
        for path, is_leaf in rules.categories.items()
        if is_leaf and path.startswith(f"{branch}/")
    ]
    return tuple(sorted(below, key=lambda path: (-_told_of(path.rsplit("/", 1)[-1], text), path))[:MOST_LEAVES])


def _told_of(name: str, text: str) -> int:
    """How many characters of the longest part of the name that stands in the text, two or more; 0 when none does."""
    parts = (name[start:end] for start in range(len(name)) for end in range(start + 2, len(name) + 1))
    return max((len(part) for part in parts if part in text), default=0)


def _of_this_street(rules: Rules, alternatives: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels of the model as the street's paths; what the street does not have is left out."""
    paths = ((category_for(rules, label), confidence) for label, confidence in alternatives)
    return [(path, confidence) for path, confidence in paths if path != UNSURE]


def _rules(street: str) -> Rules:
    return rules_of(street, version=organisation.version_of(street))
