"""Counts that may be shown to everybody: none below k, and none that can be found by subtraction.

Terms

* a **count** is a number of people who told of something, by place or by kind;
* **k** is the least number of people behind any number that is shown (at least ``LEAST_K``);
* a count below k is **hidden** (primary suppression);
* where a total is shown, *one* hidden count would be total minus the rest: so a second one, the smallest that could be shown, is hidden
  too (complementary suppression; Willenborg & de Waal, *Elements of Statistical Disclosure Control*, 2001, ch. 4);
* the **rest** is what the hidden counts of one family add up to. It is 0 or at least k, and covers at least two of them.

Guarantees, each a property test: every number that is shown is at least k; the counts of a family and its rest add up to the total; of the
hidden counts of a family nobody learns one, neither by subtraction nor from knowing that counts below k are hidden; a tree is shown from
the top down, so a place is shown only where everything above it is. Two divisions of the same people (by place, by kind) share their total and
nothing else, so they may stand on one page.

Worked example, k = 3::

    protect({"路灯": 7, "积水": 3, "噪音": 1}, k=3)   # Shown(total=11, counts={"路灯": 7}, rest=4, hidden=("噪音", "积水"))
    protect({"路灯": 2}, k=3)                         # None: two people are too few for any number
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gridloop.core.errors import WrongInput

LEAST_K = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """One family of counts as it may be shown. ``hidden`` names what is only part of ``rest`` (in alphabetical order)."""

    total: int
    counts: dict[str, int]
    rest: int
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a tree with its count, if it may be shown, and how many of the hidden places' people lie below it."""

    path: str
    count: int
    rest: int = 0
    below: tuple[Place, ...] = field(default=())

    def walk(self) -> Iterator[Place]:
        """This place and every shown place below it, top down."""
        yield self
        for place in self.below:
            yield from place.walk()


def protect(counts: Mapping[str, int], *, k: int) -> Shown | None:
    """The family as it may be shown with its total; None when the total itself is below k.

    Steps: (1) leave out what is empty, (2) hide what is below k, (3) hide the smallest of the others until the hidden ones protect each other.
    Raises WrongInput for k below ``LEAST_K`` or a negative count.
    """
    must_be_sound(counts, k=k)
    present = {name: count for name, count in counts.items() if count}
    total = sum(present.values())
    if total < k:
        return None
    hidden = {name for name, count in present.items() if count < k}
    for name in sorted(present.keys() - hidden, key=lambda each: (present[each], each)):
        if _protect_each_other([present[each] for each in hidden], k=k):
            break
        hidden.add(name)
    shown = {name: count for name, count in present.items() if name not in hidden}
    return Shown(total, shown, sum(present[name] for name in hidden), tuple(sorted(hidden)))


def must_be_sound(counts: Mapping[str, int], *, k: int) -> None:
    """Raises WrongInput for k below ``LEAST_K`` or a negative count."""
    if k < LEAST_K:
        raise WrongInput("anonymity.small_k", f"公开的数字至少要有 {LEAST_K} 人;请把最少人数改大。", field="k", k=k)
    if any(count < 0 for count in counts.values()):
        raise WrongInput("anonymity.negative", "人数不能是负数;请核对统计。", field="counts")


def _protect_each_other(hidden: list[int], *, k: int) -> bool:
    """Whether the sum of these gives none of them away.

    One alone is its own sum; a sum below k is itself too small to be seen. When all are below k (as everybody may guess), a sum near the
    most they could have would pin them down, so there must be room for any one of them to be nothing.
    """
    if not hidden:
        return True
    total = sum(hidden)
    has_cover = max(hidden) >= k
    return len(hidden) > 1 and total >= k and (has_cover or total <= (len(hidden) - 1) * (k - 1))


def publish_tree(counts: Mapping[str, int], *, root: str, k: int) -> Place | None:
    """The tree of places as it may be shown, from ``root`` down; None when the root has fewer than k people.

    ``counts`` has the people of each path ("/" between its parts); people counted at an inner place belong to it and to none below.
    Paths outside the root are left out.
    """
    must_be_sound(counts, k=k)
    inside = {path: count for path, count in counts.items() if path == root or path.startswith(f"{root}/")}
    total = sum(inside.values())
    return _branch(root, total, inside, k=k) if total >= k else None


def _branch(path: str, count: int, counts: Mapping[str, int], *, k: int) -> Place:
    """The place with those below it that may be shown; the place's own people stand among them under its own path."""
    families: dict[str, dict[str, int]] = {}
    for each, people in counts.items():
        child = path if each == path else "/".join(each.split("/")[: path.count("/") + 2])
        families.setdefault(child, {})[each] = people
    shown = protect({child: sum(family.values()) for child, family in families.items()}, k=k)
    if shown is None or set(families) <= {path}:
        return Place(path, count, count)
    below = tuple(
        _branch(child, people, families[child], k=k) for child, people in sorted(shown.counts.items()) if child != path
    )
    return Place(path, count, shown.rest + shown.counts.get(path, 0), below)
