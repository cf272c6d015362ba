"""Checks that what is told leaves the house: channels that failed and have not worked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gridloop.offices.notices import queries as notices
from gridloop.site.checks.finding import WARNING, Found

LOOKS_BACK = timedelta(days=7)


def check_channels(street: str, *, at: datetime) -> Iterator[Found]:
    """A person whose channel failed in the last week is named, with the fault; the address, a secret of theirs, is not."""
    for each in notices.failing(street, since=at - LOOKS_BACK):
        told = f"{each.given_up} 条已放弃,{each.retrying} 条还在重试" if each.retrying else f"{each.given_up} 条已放弃"
        sentence = f"{each.person}的{each.kind}渠道送不出去({told}):{each.fault}。通知仍在控制台里;请联系本人核对地址。"
        yield Found("notices", WARNING, street, sentence)
