"""Which struck-off cases are looked at again: a draw that nobody can steer and everybody can repeat (复核抽样).

Terms

* a **stratum** is all cases that one unit had struck off in a period; a **sample** draws some from each stratum;
* the **secret** is 32 random bytes, of which only the **commitment** (its SHA-256) is published, before the period begins;
* the **root** is that of the first checkpoint signed after the period's end: it fixes what was struck off, and nobody knew it before;
* the **seed** is made of both; the **lot** of a case is ``SHA-256(seed || ref)``; the smallest lots of a stratum are drawn.

Guarantees

* The draw is a function of seed, rule and population: the same three always draw the same cases, in the same order.
* Every case of a stratum is as likely as any other; every stratum is drawn from; a larger stratum never gives fewer cases.
* Whoever handles cases knows neither secret nor root while a case can still be struck off, and whoever keeps the secret is bound by the
  commitment. What remains is said in ``docs/adr/0013-a-draw-nobody-can-steer.md``.

Worked example::

    seed = seed_of("00" * 32, root="11" * 32, street="410102013", period="2022-05")
    draw({"urban": ["b8b2", "k3m4", "p9q8"]}, seed=seed, rule=SampleRule(least=2))      # two of the three, each with its lot
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from gridloop.core.access import Role
from gridloop.core.errors import WrongInput

DOMAIN = "gridloop-sample-v1"
_MONTH = re.compile(r"(?:19|2[0-9])[0-9]{2}-(?:0[1-9]|1[0-2])")
RESULTS = {"true": "确已解决", "false": "虚假销号", "unable": "无法核实"}
INSPECTS = (Role.ENV_MONITOR, Role.VERIFIER, Role.DUTY_DESK, Role.STREET_LEADER)
"""Who may inspect; monitors first, the others when their days are over."""


@dataclass(frozen=True, slots=True)
class SampleRule:
    """How many of a stratum are drawn: ``share`` per cent, at least ``least``, at most ``most``; monitors have ``first_days`` workdays."""

    least: int = 2
    share: int = 10
    most: int = 20
    first_days: int = 5

    def __post_init__(self) -> None:
        if not (1 <= self.least <= self.most <= 200 and 1 <= self.share <= 100 and 0 <= self.first_days <= 30):
            sentence = (
                "每单位最少 1 件、最多 200 件(最少不大于最多),比例 1% 到 100%,监督员优先 0 到 30 个工作日;请改正。"
            )
            raise WrongInput("sampling.rule", sentence, least=self.least, share=self.share, most=self.most)

    def size(self, population: int) -> int:
        """How many are drawn of so many, rounded up; all where there are fewer than ``least``."""
        return min(population, self.most, max(self.least, -(-population * self.share // 100)))

    def to_data(self) -> dict[str, int]:
        return {"least": self.least, "share": self.share, "most": self.most, "first_days": self.first_days}

    @classmethod
    def from_data(cls, source: Mapping[str, int]) -> SampleRule:
        usual = cls()
        return cls(**{name: int(source.get(name, value)) for name, value in usual.to_data().items()})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn case: its unit, its opaque reference, its lot."""

    unit: str
    ref: str
    lot: str


def commitment_of(secret: str) -> str:
    """What is published of a secret (hex) beforehand."""
    return sha256(bytes.fromhex(secret)).hexdigest()


def seed_of(secret: str, *, root: str, street: str, period: str) -> str:
    """The seed (hex) of secret and root (both hex); street and period are part of it, so that no two draws share one."""
    told = f"{DOMAIN}\n{street}\n{period}\n".encode()
    return sha256(told + bytes.fromhex(secret) + bytes.fromhex(root)).hexdigest()


def lot_of(seed: str, ref: str) -> str:
    return sha256(bytes.fromhex(seed) + ref.encode()).hexdigest()


def draw(population: Mapping[str, Sequence[str]], *, seed: str, rule: SampleRule) -> tuple[Drawn, ...]:
    """The drawn cases, unit by unit, the smallest lot first."""
    found: list[Drawn] = []
    for unit in sorted(population):
        lots = sorted((lot_of(seed, ref), ref) for ref in set(population[unit]))
        found += [Drawn(unit, ref, lot) for lot, ref in lots[: rule.size(len(lots))]]
    return tuple(found)


def period_of(at: datetime, zone: str) -> str:
    """The month in which a moment lies, ``2022-05``."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m}"


def bounds_of(period: str, zone: str) -> tuple[datetime, datetime]:
    """The first moment of the month, and that of the next. Raises WrongInput for what is no month, written otherwise, or not of 1900 to 2999."""
    if not _MONTH.fullmatch(period):
        raise WrongInput("sampling.period", f"“{period[:20]}”不是月份;请写成 2022-05 的样子。", period=period[:20])
    year, month = (int(part) for part in period.split("-"))
    starts = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
    return starts, starts.replace(year=year + month // 12, month=month % 12 + 1)


def draw_problems(
    *, secret: str, commitment: str, root: str, street: str, period: str, rule: SampleRule, population: Mapping[str, Sequence[str]],
    drawn: Iterable[Drawn],
) -> list[str]:  # fmt: skip
    """Everything that does not hold of a draw, in sentences; an empty list is the proof that it was drawn as announced."""
    problems = []
    if commitment_of(secret) != commitment:
        problems.append("公布的种子与事先承诺的哈希不符。")
    wanted = draw(population, seed=seed_of(secret, root=root, street=street, period=period), rule=rule)
    given = set(drawn)
    problems += [f"按种子应抽中 {each.ref}({each.unit}),名单里没有或不一致。" for each in wanted if each not in given]
    extra = sorted(given - set(wanted), key=lambda each: (each.unit, each.ref))
    problems += [f"{each.ref}({each.unit})不应被抽中,却在名单里。" for each in extra]
    return problems


def may_inspect(*, roles: Iterable[str], barred: Iterable[str], is_monitors_turn: bool) -> str:
    """Empty when somebody with these roles may inspect the case, else the reason. ``barred`` names what they did to it (经办 …)."""
    found = [role for role in INSPECTS if role in set(roles)]
    if not found:
        return "抽查由营商环境监督员来做(逾期后核查员、值班受理岗、街道领导也可以);请联系他们。"
    did = "、".join(dict.fromkeys(barred))
    if did:
        return f"您{did}过此件,不能抽查;请换一位。"
    if is_monitors_turn and Role.ENV_MONITOR not in found:
        return "这几天先由营商环境监督员抽查;逾期未查时您再查。"
    return ""
