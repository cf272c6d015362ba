"""Deciding what a street shows to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridloop.core.access import SETS_UP, Actor
from gridloop.core.anonymity import LEAST_K
from gridloop.core.errors import NotAllowed, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.notices.models import Publicity
from gridloop.offices.notices.publicity.queries import LEAST_DELAY

MOST_K = 50
LONGEST_DELAY = timedelta(days=30)


def set_publicity(
    *,
    by: Actor,
    at: datetime,
    street: str,
    shows_map: bool,
    least: int,
    delay_for: timedelta,
    reason: str,
    shows_names: bool = False,
) -> Publicity:
    """From ``at`` on the street shows its map of open problems (and the names of those who answer), or no longer; it stands in the ledger who decided so and why.

    Raises NotAllowed for anyone but the system, a system keeper or a leader of the street; WrongInput for fewer than 3 people, less than 24
    hours' delay (PIPL art. 73: anonymous means that nobody can be found again), or no reason.
    """
    if by.kind != "system" and not by.roles(street) & SETS_UP:
        raise NotAllowed("notices.may_not_publish", "公开什么由系统管理员或街道领导决定;请联系他们。")
    if not LEAST_K <= least <= MOST_K:
        sentence = f"最少人数要在 {LEAST_K} 到 {MOST_K} 之间;人数越少越容易认出是谁。"
        raise WrongInput("notices.bad_least", sentence, field="least")
    if not LEAST_DELAY <= delay_for <= LONGEST_DELAY:
        raise WrongInput("notices.bad_delay", "延迟要在 24 小时到 30 天之间。", field="delay")
    if len(reason.strip()) < 4:
        raise WrongInput("notices.no_reason", "请写明理由(至少 4 个字),它会记入台账。", field="reason")
    with deed():
        row = Publicity.objects.create(
            street=street, shows_map=shows_map, shows_names=shows_names, least=least, delay_for=delay_for, reason=reason.strip()[:300], set_by=by.label, valid_from=at,
        )  # fmt: skip
        record(
            "street.publicity_set", by=by, at=at, street=street, subject=f"street:{street}",
            payload={"map": shows_map, "names": shows_names, "least": least, "delay_hours": int(delay_for.total_seconds() // 3600), "reason": row.reason},
        )  # fmt: skip
    return row
