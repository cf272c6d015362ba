"""The two demonstration streets 柳湖街道 and 莲湖街道: founded, and lived in, through the offices' actions only.

``load`` founds each street as of January 2022, replays the histories of its cases (``tales/``) with the tick running between
them, and then files a few cases of the last days, so that a visitor finds a living desk. Everything is synthetic but the
names and codes of the streets and their communities.

Terms: a *tale* (案卷) is one case's history as text (``tale.py``); the *present* is the moment the living cases count back from.

Guarantees: the same present gives the same ledger, entry by entry; a street is loaded whole or not at all; a street that
exists is left alone.

Worked example::

    load(at=timezone.now())      # ["liuhu", "lianhu"], and [] the next time
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.sampling import SampleRule
from gridloop.offices.archive.identifiers import seeded
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.actions import open_campaign
from gridloop.offices.cases.actions import set_sampling_rule
from gridloop.offices.organisation.models import Street
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.site.demo import (
    lianhu,
    lianhu_campaign,
    lianhu_firms,
    lianhu_forums,
    lianhu_groups,
    lianhu_guest,
    lianhu_policies,
    lianhu_projects,
    lianhu_promises,
    lianhu_solutions,
    lianhu_visits,
    liuhu,
    liuhu_economy,
)
from gridloop.site.demo.replay import Happening, Progress, Stage, play
from gridloop.site.demo.setup import set_up_words
from gridloop.site.demo.tale import BEIJING, Names, read_tales
from gridloop.site.founding import StreetPlan, found
from gridloop.site.tick import keep_books_of

FOUNDED = datetime(2022, 1, 4, 9, 0, tzinfo=BEIJING)
EARLIEST_PRESENT = datetime(2022, 6, 15, tzinfo=BEIJING)
"""The histories end on 2022-05-29; the living cases must not fall among them."""


@dataclass(frozen=True, slots=True)
class Show:
    """One demonstration street: its plan, its campaign, whom the tales call what, its tale files, and what else begins and goes on."""

    slug: str
    code: str
    seed: int
    plan: Callable[[], StreetPlan]
    campaign: Mapping[str, Any]
    calls: Callable[[], dict[str, str]]
    names: Callable[[], Names]
    tales: tuple[str, ...]
    happenings: Callable[[datetime], list[Happening]] = lambda now: []
    """What befalls the street besides its cases, up to now."""
    begin: Callable[..., None] | None = None
    """What stands in it before its cases come in."""
    carry_on: Callable[..., None] | None = None
    """What is done in it in the last days."""


def _last_days_of_lianhu(*, at: datetime, calls: Mapping[str, str]) -> None:
    """What its officers did, and what waits for the firm whose page visitors open."""
    lianhu_firms.carry_on(at=at, calls=calls)
    lianhu_guest.receive(at=at, calls=calls)


SHOWS = (
    Show("liuhu", liuhu.CODE, liuhu.SEED, liuhu.plan, liuhu.CAMPAIGN, lambda: liuhu.roll().calls, liuhu.names, ("liuhu.txt", "liuhu_live.txt"),
        happenings=lambda _now: liuhu_economy.happenings()),
    Show(
        "lianhu", lianhu.CODE, lianhu.SEED, lianhu.plan, lianhu.CAMPAIGN, lambda: lianhu.roll().calls, lianhu.names,
        ("lianhu_1.txt", "lianhu_2.txt", "lianhu_live.txt"),
        happenings=lambda now: [
            *lianhu_projects.happenings(now), *lianhu_policies.happenings(now), *lianhu_campaign.happenings(), *lianhu_visits.happenings(),
            *lianhu_solutions.happenings(now),
            *lianhu_groups.happenings(now),
            *lianhu_promises.happenings(),
            *lianhu_forums.happenings(now),
        ],
        begin=lianhu_firms.begin, carry_on=_last_days_of_lianhu,
    ),
)  # fmt: skip


def load(*, at: datetime, fresh: bool = False, progress: Progress | None = None) -> list[str]:
    """Both streets stand; the short names of those that were made now (none when both existed).

    ``at`` is the present. With ``fresh`` nothing that exists is taken for granted: Refused when a street is there already, since
    a ledger is never emptied. Refused, before anything is made, when another street bears a demonstration street's code.
    Raises WrongInput for a present before the histories end.
    """
    if at < EARLIEST_PRESENT:
        raise WrongInput("demo.too_early", "演示的“现在”要在 2022 年 6 月 15 日以后;请改一个时间。", at=at.isoformat())
    missing = [show for show in SHOWS if not Street.objects.filter(slug=show.slug).exists()]
    if fresh and len(missing) < len(SHOWS):
        raise Refused(
            "demo.exists", "演示街道已经建立,台账不会清空;要重新演示,请换一个新的 GRIDLOOP_HOME 文件夹或新的数据库。"
        )
    _codes_are_free(missing)
    for show in missing:
        _load(show, at=at, progress=progress)
    return [show.slug for show in missing]


def _codes_are_free(missing: Sequence[Show]) -> None:
    """No real street stands where a demonstration would: a history that never was does not belong into its ledger."""
    taken = Street.objects.filter(code__in=[show.code for show in missing])
    for street in taken:
        raise Refused(
            "demo.code_taken",
            f"{street.name}({street.code})已作为正式街道建立(例如由区划导入),演示不会写进它的台账。"
            "请换一个新的 GRIDLOOP_HOME 文件夹或新的数据库,再运行 gridloop demo。",
            street=street.code,
        )


def _load(show: Show, *, at: datetime, progress: Progress | None) -> None:
    """The street is founded and its tales replayed, all or nothing."""
    plan = show.plan()
    if progress:
        progress(0, 1, plan.name)
    try:
        with seeded(show.seed), deed():
            found(plan, at=FOUNDED)
            set_up_words(plan.code, calls=show.calls(), at=FOUNDED)
            open_campaign(by=SYSTEM, at=FOUNDED, street=plan.code, **show.campaign)
            set_sampling_rule(
                by=SYSTEM, at=FOUNDED, street=plan.code, rule=SampleRule(), reason="演示:每月抽查已销号事项"
            )
            _live_through(show, plan, at=at, progress=progress)
    except BaseException:
        forget_everything()
        raise


def _live_through(show: Show, plan: StreetPlan, *, at: datetime, progress: Progress | None) -> None:
    """The tales are replayed, up to the present."""
    names = show.names()
    tales = [tale for file in show.tales for tale in read_tales(file, names=names, now=at)]

    def tick(moment: datetime) -> None:
        keep_books_of(plan.code, at=moment)

    calls = show.calls()
    if show.begin:
        show.begin(at=FOUNDED, calls=calls, tales=tales)
    play(Stage(plan.code, plan.name, calls, tick, progress), tales, now=at, happenings=show.happenings(at))
    if show.carry_on:
        show.carry_on(at=at, calls=calls)
        tick(at)
