"""How hot is a trouble, and how is it told in one line? 热度, 时间范围, 地点, 人群, 问题描述.

Terms. *Reporters* are the different people who told of it; *supporters* are those who only agreed (点赞, 反对 and 我也是: whoever takes a side was
reached by it). *Density* is the share of its messages that fall into its busiest thirty days: what flares up is hotter than what smoulders.

The formula, the same everywhere and printed beside every score::

    热度 = 反映人数 × (1 + 集中度) ÷ 2 + 10 × lg(1 + 附议人数)

People count one by one, supporters by their order of magnitude (ten supporters are worth about ten, a thousand about thirty reporters), so
that a single letter with many clicks does not outweigh a whole compound. A trouble of one reporter is nobody's 同诉 and not listed.

Guarantees: a further supporter never makes it cooler; the order of the messages does not matter.

Worked example::

    >>> Heat(reporters=40, messages=48, support=99, busiest=36).sentence
    '40 人 × (1 + 75%) ÷ 2 + 10 × lg(1 + 99) = 55.0'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

from gridloop.core.clusters import Message, Trouble
from gridloop.core.naming import names_in

FORMULA = "热度 = 反映人数 × (1 + 集中度) ÷ 2 + 10 × lg(1 + 附议人数)"
FORMULA_TERMS = "集中度:最密的 30 天里的反映占全部反映的比例;附议人数:点赞、反对和“我也是”。"
BUSIEST = timedelta(days=30)
LEAST_REPORTERS = 2
_SHARED_BY = 0.5


@dataclass(frozen=True, slots=True)
class Heat:
    """What the score is made of."""

    reporters: int
    messages: int
    support: int
    busiest: int

    @property
    def density(self) -> float:
        return self.busiest / self.messages if self.messages else 0.0

    @property
    def score(self) -> float:
        """The heat, rounded to one decimal as it is shown and ordered by."""
        return round(self.reporters * (1 + self.density) / 2 + 10 * log10(1 + self.support), 1)

    @property
    def sentence(self) -> str:
        """The formula with its numbers."""
        return f"{self.reporters} 人 × (1 + {self.density:.0%}) ÷ 2 + 10 × lg(1 + {self.support}) = {self.score:.1f}"


@dataclass(frozen=True, slots=True)
class HotTrouble:
    """One line of the table of hot troubles; ``keys`` name the messages behind it, in order of telling."""

    rank: int
    heat: Heat
    first_at: datetime
    last_at: datetime
    place: str
    description: str
    keys: tuple[str, ...]


def heat_of(messages: Sequence[Message]) -> Heat:
    """The heat of the messages of one trouble. A message without a reporter's sign is a reporter of its own."""
    reporters = {message.reporter or f"message:{message.key}" for message in messages}
    return Heat(len(reporters), len(messages), sum(message.support for message in messages), _busiest(messages))


def hot_troubles(troubles: Sequence[Trouble], messages: Mapping[str, Message], *, top: int) -> list[HotTrouble]:
    """The hottest troubles of at least two reporters, hottest first; ties by the earlier message."""
    rated = []
    for trouble in troubles:
        mine = [messages[key] for key in trouble.keys]
        heat = heat_of(mine)
        if heat.reporters >= LEAST_REPORTERS:
            rated.append((-heat.score, mine[0].at, mine[0].key, heat, trouble, mine))
    rated.sort(key=lambda each: each[:3])
    return [
        HotTrouble(rank, heat, mine[0].at, mine[-1].at, place_of(mine), central_title(trouble, messages), trouble.keys)
        for rank, (_score, _at, _key, heat, trouble, mine) in enumerate(rated[:top], start=1)
    ]


def place_of(messages: Sequence[Message]) -> str:
    """The place or body that most of the messages name, in its longest usual form; empty where they name none in common."""
    held = Counter(name for each in messages for name in names_in(f"{each.title}|{each.address}|{each.text[:300]}"))
    most = max(held.values(), default=0)
    if most < max(2, _SHARED_BY * len(messages)):
        return ""
    usual = [name for name, times in held.items() if times >= 0.75 * most]
    return min(usual, key=lambda name: (-len(name), -held[name], name))


def central_title(trouble: Trouble, messages: Mapping[str, Message]) -> str:
    """The title of the message that is bonded most strongly to the others; of equals the earliest."""
    strength: Counter[str] = Counter()
    for bond in trouble.bonds:
        strength[bond.one] += bond.score  # type: ignore[assignment]
        strength[bond.other] += bond.score  # type: ignore[assignment]
    key = max(trouble.keys, key=lambda each: (round(float(strength[each]), 6), -trouble.keys.index(each)))
    return messages[key].title


def _busiest(messages: Sequence[Message]) -> int:
    """The most messages within any thirty days."""
    moments = sorted(message.at for message in messages)
    most, begin = 0, 0
    for end, moment in enumerate(moments):
        while moment - moments[begin] >= BUSIEST:
            begin += 1
        most = max(most, end - begin + 1)
    return most
