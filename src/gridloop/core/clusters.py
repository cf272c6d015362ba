"""Same trouble, many reporters (同诉): messages gathered into *troubles* by what they say, where it is, and when.

Terms. A *bond* joins two messages that tell of the same trouble; its *score* (0..1) has two parts. *What*: the cosine of the two
texts over pairs of neighbouring letters, rare pairs weighing more, those of the title three times. *Where*: the same address, points close by,
a place or body that the title of one and the text of the other name (``core.naming``), or the same cell. Where a place is shared, the
letters of its name are left out of *what*, so that two troubles of one compound stay two. Who lies plainly *elsewhere* (other names and none
in common, or points far apart) has no bond however alike the words: complaints are copied and the name of the compound changed.
*When*: half a year at most lies between the two. A *trouble* is a group of messages of which enough pairs are bonded.

Guarantees: the order of the messages does not matter; every message lies in at most one trouble; every trouble has two messages at least; what has
no bond is in none. :func:`where_to` places a new message without moving any other.

Steps of :func:`gather`:

1. only messages that share a name, an address, a cell or two of their fourteen weightiest pairs are compared (inverted index);
2. bonds are taken strongest first; two groups become one when at least ``SHARE`` of the pairs between them are bonded;
3. groups whose messages mostly name the same place or body become one when what they tell as a whole (the mean of their texts) is alike:
   one angry neighbourhood writes in many ways. A message that was left alone joins a group of three or more in the same manner.

Worked example::

    >>> from datetime import UTC, datetime
    >>> at = datetime(2022, 5, 29, tzinfo=UTC)
    >>> told = [Message("1", "柳荫小区搅拌站噪音", "柳荫小区旁的搅拌站彻夜噪音,灰尘大", at), Message("2", "投诉搅拌站", "搅拌站建在柳荫小区旁,噪音扰民", at)]
    >>> [trouble.keys for trouble in gather(told, Wording.plain())]
    [('1', '2')]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log, sqrt

from gridloop.core.likeness import NEAR, Telling, distance
from gridloop.core.naming import is_stretch, names_in, runs_without_regions

BONDED = 0.44
AGAIN = 0.5  # one person's messages: the same told again, not another trouble in the same manner
SHARE = 0.3
MOSTLY, DRIFT, SEVERAL = 0.6, 0.2, 3
APART = timedelta(days=183)
FAR = 1_000.0  # metres: another corner of the sub-district
SAME_ADDRESS, SAME_NAME, SAME_STRETCH, SAME_CELL, SAME_CATEGORY = 0.35, 0.3, 0.22, 0.2, 0.05
LONGEST, NAMES_WITHIN = 600, 300
_TITLE = 3
_SIGNATURE = 14
_CROWD = 60
_COMMON = 0.02
_ENOUGH = 500  # so many messages tell by themselves which pairs are rare


@dataclass(frozen=True, slots=True)
class Message:
    """One report: what was told, when, by whom (an opaque sign), and what is known of place and category."""

    key: str
    title: str
    text: str
    at: datetime
    reporter: str = ""
    cell: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    category: str = ""
    support: int = 0


@dataclass(frozen=True, slots=True)
class Bond:
    """Two messages (by key, ``one < other``) that tell of the same trouble, with the reasons in words."""

    one: str
    other: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The messages of one trouble (keys, in order of telling) and the bonds among them."""

    keys: tuple[str, ...]
    bonds: tuple[Bond, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How much a pair of letters says (``weight``), and which names are too common to tell one place from another."""

    weight: Callable[[str], float]
    common: frozenset[str] = frozenset()

    @classmethod
    def plain(cls) -> Wording:
        """Every pair says the same."""
        return cls(lambda _pair: 1.0)

    @classmethod
    def of(cls, messages: Sequence[Message], *, background: Callable[[str], float] | None = None) -> Wording:
        """Rarity among these messages; where they are few, that of the background."""
        held = Counter(pair for message in messages for pair in _pairs_of(message))
        named = Counter(name for message in messages for name in _names_of(message)[1])
        most = max(_COMMON * len(messages), 12)
        common = frozenset(name for name, times in named.items() if times > most) if len(messages) >= _ENOUGH else _NONE
        if background is not None and len(messages) < _ENOUGH:
            return cls(background, common)
        weights = {pair: log(len(messages) / times) for pair, times in held.items() if times > 1}
        return cls(lambda pair: weights.get(pair, 0.0), common)


@dataclass(frozen=True, slots=True)
class Digest:
    """A message made ready to be compared: its names (title, whole), its weighted pairs, and the same without its names."""

    message: Message
    titled: frozenset[str]
    named: frozenset[str]
    words: Mapping[str, float]
    topic: Mapping[str, float] = field(default_factory=dict)


def digest(message: Message, wording: Wording) -> Digest:
    """The message read once."""
    titled, named = _names_of(message)
    titled, named = titled - wording.common, named - wording.common
    weights = {pair: (1 + log(times)) * wording.weight(pair) for pair, times in _pairs_of(message).items()}
    weights = {pair: weight for pair, weight in weights.items() if weight > 0}
    in_names = {name[at : at + 2] for name in named for at in range(len(name) - 1)}
    topic = {pair: weight for pair, weight in weights.items() if pair not in in_names}
    return Digest(message, titled, named, _unit(weights), _unit(topic))


def bond(one: Digest, other: Digest) -> Bond | None:
    """The bond of two messages; None when they do not tell of the same trouble."""
    if abs(one.message.at - other.message.at) > APART:
        return None
    shared = (one.titled & other.named) | (other.titled & one.named)
    where, reason = _where(one.message, other.message, shared)
    if not where and _is_elsewhere(one, other):
        return None
    what = _cosine(one.topic, other.topic) if where else _cosine(one.words, other.words)
    same_kind = SAME_CATEGORY if where and _is_same(one.message.category, other.message.category) else 0.0
    score = min(what + where + same_kind, 1.0)
    if score < BONDED or not what or (what < AGAIN and _is_same(one.message.reporter, other.message.reporter)):
        return None
    first, second = sorted((one.message.key, other.message.key))
    return Bond(
        first, second, score, tuple(filter(None, (reason, "同一类别" if same_kind else "", f"内容相近 {what:.0%}")))
    )


def gather(messages: Sequence[Message], wording: Wording) -> list[Trouble]:
    """All troubles among the messages, the one with most messages first, then the earliest."""
    ordered = sorted(messages, key=lambda message: (message.at, message.key))
    digests = [digest(message, wording) for message in ordered]
    bonds = {
        (one, other): found
        for one, other in sorted(_candidates(digests))
        if (found := bond(digests[one], digests[other]))
    }
    troubles = [
        Trouble(tuple(ordered[at].key for at in group), tuple(bonds[pair] for pair in _within(group, bonds)))
        for group in _brought_together(_grown(bonds), digests)
    ]
    return sorted(troubles, key=lambda trouble: -len(trouble.keys))


def where_to(new: Digest, troubles: Mapping[str, Sequence[Digest]]) -> tuple[str, tuple[Bond, ...]] | None:
    """The trouble (by its name) that the new message belongs to, with its bonds: the one with the strongest bond of those of whose
    messages at least ``SHARE`` are bonded to it; None where there is none.
    """
    found = []
    for name, members in troubles.items():
        bonds = [each for member in members if (each := bond(new, member))]
        if bonds and len(bonds) >= SHARE * len(members):
            found.append((max(each.score for each in bonds), name, tuple(sorted(bonds, key=lambda each: -each.score))))
    if not found:
        return None
    _score, name, bonds_found = min(found, key=lambda each: (-each[0], each[1]))
    return name, bonds_found


def _where(one: Message, other: Message, shared: Iterable[str]) -> tuple[float, str]:
    """The strongest thing that can be said of the two places, with its reason."""
    names = sorted(shared, key=lambda name: (-len(name), name))
    here, there = _telling(one), _telling(other)
    metres = distance(here, there)
    if (
        len(one.address) >= 4
        and len(other.address) >= 4
        and (one.address in other.address or other.address in one.address)
    ):
        return SAME_ADDRESS, "同一地址"
    if metres is not None and metres <= NEAR:
        return SAME_ADDRESS, f"相距约 {max(round(metres, -1), 10):.0f} 米"
    if names:
        return SAME_STRETCH if all(is_stretch(name) for name in names) else SAME_NAME, f"都提到“{names[0]}”"
    if one.cell and one.cell == other.cell and (metres is None or metres <= FAR):
        return SAME_CELL, "同一网格"
    return 0.0, ""


def _is_elsewhere(one: Digest, other: Digest) -> bool:
    """Both titles name something and nothing of it is common, or the points lie far apart."""
    metres = distance(_telling(one.message), _telling(other.message))
    if metres is not None:
        return metres > FAR
    return bool(one.titled and other.titled)


def _telling(message: Message) -> Telling:
    return Telling("", lon=message.lon, lat=message.lat)


def _is_same(one: str, other: str) -> bool:
    return bool(one) and one == other


def _candidates(digests: Sequence[Digest]) -> set[tuple[int, int]]:
    """Pairs of positions that share something rare enough to be worth a look."""
    found: set[tuple[int, int]] = set()
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(digests):
        for name in each.named:
            holders[name].append(at)
    for at, each in enumerate(digests):
        found.update((min(at, other), max(at, other)) for name in each.titled for other in holders[name] if other != at)
    for kind in ("address", "cell"):
        found.update(_pairs_by(digests, kind))
    return found | _by_signature(digests)


def _pairs_by(digests: Sequence[Digest], kind: str) -> Iterable[tuple[int, int]]:
    """Pairs with the same address, or the same cell."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(digests):
        if value := getattr(each.message, kind):
            holders[value].append(at)
    for mine in holders.values():
        yield from _all_pairs(mine)


def _by_signature(digests: Sequence[Digest]) -> set[tuple[int, int]]:
    """Pairs that share two of the weightiest pairs of letters of each."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(digests):
        for pair in sorted(each.words, key=lambda pair: (-each.words[pair], pair))[:_SIGNATURE]:
            holders[pair].append(at)
    shared = Counter(pair for mine in holders.values() if len(mine) <= _CROWD for pair in _all_pairs(mine))
    return {pair for pair, times in shared.items() if times > 1}


def _all_pairs(rows: Sequence[int]) -> Iterable[tuple[int, int]]:
    return ((rows[one], rows[other]) for one in range(len(rows)) for other in range(one + 1, len(rows)))


def _grown(bonds: Mapping[tuple[int, int], Bond]) -> list[list[int]]:
    """Groups of positions, grown along the bonds, strongest first."""
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    between: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for row in sorted({at for pair in bonds for at in pair}):
        group_of[row], members[row] = row, [row]
    for one, other in bonds:
        between[one][other] += 1
        between[other][one] += 1
    for one, other in sorted(bonds, key=lambda pair: (-bonds[pair].score, pair)):
        mine, theirs = sorted((group_of[one], group_of[other]))
        if mine == theirs or between[mine][theirs] < SHARE * len(members[mine]) * len(members[theirs]):
            continue
        _join(mine, theirs, members, between)
        group_of.update(dict.fromkeys(members[mine], mine))
    return sorted(sorted(rows) for rows in members.values() if len(rows) > 1)


def _join(mine: int, theirs: int, members: dict[int, list[int]], between: defaultdict[int, Counter[int]]) -> None:
    """The second group becomes part of the first, with its bonds to all others."""
    members[mine] += members.pop(theirs)
    for other, times in between.pop(theirs).items():
        del between[other][theirs]
        if other != mine:
            between[mine][other] += times
            between[other][mine] += times


def _brought_together(groups: list[list[int]], digests: Sequence[Digest]) -> list[list[int]]:
    """Groups of the same place and the same drift made one, the largest first."""
    found: list[_Drift] = []
    for group in sorted(groups, key=lambda rows: (-len(rows), rows)):
        mine = _Drift.of(group, digests)
        home = next((each for each in found if each.is_like(mine)), None)
        if home is None:
            found.append(mine)
        else:
            found[found.index(home)] = _Drift.of(sorted(home.rows + mine.rows), digests)
    grouped = {row for each in found for row in each.rows}
    return sorted(
        sorted(each.rows + more) for each, more in zip(found, _left_alone(found, grouped, digests), strict=True)
    )


def _left_alone(found: Sequence[_Drift], grouped: set[int], digests: Sequence[Digest]) -> list[list[int]]:
    """For each group the messages of no group that are like it; each goes to the first, which is the largest."""
    more: list[list[int]] = [[] for _ in found]
    homes: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(found):
        for name in each.names if len(each.rows) >= SEVERAL else ():
            homes[name].append(at)
    for row in set(range(len(digests))) - grouped:
        mine = _Drift.of_one(row, digests[row])
        near = sorted({at for name in mine.names for at in homes[name]})
        home = next((at for at in near if found[at].is_like(mine)), None)
        if home is not None:
            more[home].append(row)
    return more


@dataclass(frozen=True, slots=True, eq=False)
class _Drift:
    """What a group tells as a whole: the names most of it shares, the mean of its texts without names, and from when until when."""

    rows: list[int]
    names: frozenset[str]
    topic: Mapping[str, float]
    first: datetime
    last: datetime

    @classmethod
    def of(cls, rows: list[int], digests: Sequence[Digest]) -> _Drift:
        mine = [digests[row] for row in rows]
        held = Counter(name for each in mine for name in each.named)
        titled = frozenset(name for each in mine for name in each.titled)
        names = frozenset(
            name
            for name, times in held.items()
            if times >= MOSTLY * len(rows) and name in titled and not is_stretch(name)
        )
        total: Counter[str] = Counter()
        for each in mine:
            for pair, weight in each.topic.items():
                total[pair] += weight  # type: ignore[assignment]
        moments = [each.message.at for each in mine]
        return cls(rows, names, _unit(total), min(moments), max(moments))

    @classmethod
    def of_one(cls, row: int, own: Digest) -> _Drift:
        """One message: whatever it names."""
        names = frozenset(name for name in own.named if not is_stretch(name))
        return cls([row], names, own.topic, own.message.at, own.message.at)

    def is_like(self, other: _Drift) -> bool:
        near = self.first - APART <= other.last and other.first - APART <= self.last
        return near and bool(self.names & other.names) and _cosine(self.topic, other.topic) >= DRIFT


def _within(group: Sequence[int], bonds: Mapping[tuple[int, int], Bond]) -> list[tuple[int, int]]:
    return [pair for pair in _all_pairs(group) if pair in bonds]


def _pairs_of(message: Message) -> Counter[str]:
    """Pairs of neighbouring letters, counted; those of the title three times."""
    found: Counter[str] = Counter()
    for text, times in ((message.title, _TITLE), (message.text[:LONGEST], 1)):
        for run in runs_without_regions(text):
            for at in range(len(run) - 1):
                found[run[at : at + 2]] += times
    return found


def _names_of(message: Message) -> tuple[frozenset[str], frozenset[str]]:
    """What the title names, and what the title, the address and the beginning of the text name."""
    titled = names_in(f"{message.title}|{message.address}")
    return titled, titled | names_in(message.text[:NAMES_WITHIN])


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {pair: weight / length for pair, weight in weights.items()} if length else {}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    short, long = sorted((one, other), key=len)
    return sum(weight * long[pair] for pair, weight in short.items() if pair in long)


_NONE: frozenset[str] = frozenset()
