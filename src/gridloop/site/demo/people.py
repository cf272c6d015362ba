"""Synthetic people: names put together from small lists, posts, and the short names by which the tales call them.

Nobody here exists. Names are drawn from the lists below with a seed, each full name once in a street; a few are names that
computer systems often mishandle (a character outside the basic plane, a rare character, a name with an interpunct). No
person has a telephone number.

Terms: a *roll* (花名册) collects the people of a street; a *call name* (称呼) is what a tale says, for example ``财政所`` for
that unit's officer or ``管家03`` for the third service manager.

Worked example::

    roll = Roll(prefix="LH", seed=13)
    roll.enlist("值班1", unit="office", posts=[Post("值班受理岗", "duty_desk")])
    roll.people, roll.calls["值班1"]
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from gridloop.site.founding import PersonPlan

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦昌马苗方俞任袁柳"
FIRST = "文明志建国海晓春秋雪雅思子云清玉佳宏景立永新若静婉书培兆"
SECOND = "华强平军敏静丽娟磊洋勇艳杰娜超霞飞鹏婷宁帆轩怡然朗溪岚舟悦川和安禾"
HARD_NAMES = ("欧阳𬭊", "龚䶮", "阿依古丽·买买提", "𬱖守一", "司马堃垚")


@dataclass(frozen=True, slots=True)
class Post:
    """A post to be held: its title, role, the unit (by default the person's) and the grid code ("" = the whole street)."""

    title: str
    role: str
    grid: str = ""
    unit: str = ""


@dataclass(slots=True)
class Roll:
    """The people of a street in the order in which they were enlisted."""

    prefix: str
    seed: int
    people: list[PersonPlan] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def enlist(self, call: str, *, unit: str, posts: Sequence[Post], username: str = "") -> str:
        """The person is on the roll with these posts, under the call name; the person's code."""
        number = len(self.people) + 1
        code = f"{self.prefix}{number:03d}"
        held = tuple(
            (f"{code}-{place}", post.title, post.role, post.unit or unit, post.grid)
            for place, post in enumerate(posts, start=1)
        )
        self.people.append(PersonPlan(code, self._name(number), unit, held, username=username))
        self.calls[call] = code
        return code

    def _name(self, number: int) -> str:
        """The number-th name: hard names now and then, no name twice."""
        if not self._names:
            self._names = names(900, seed=self.seed)
        hard = number // 11
        return HARD_NAMES[hard - 1] if number % 11 == 0 and hard <= len(HARD_NAMES) else self._names[number]


def names(count: int, *, seed: int) -> list[str]:
    """That many different synthetic names. At most a few thousand can be made from the lists."""
    chance = random.Random(seed)  # noqa: S311 - synthetic names, the same each time
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault(chance.choice(SURNAMES) + chance.choice(FIRST) + chance.choice(SECOND))
    return list(found)
