"""What the notices offer to set up: channels by which a person is told besides the console. Addresses are secrets, always masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from gridloop.core.changes import Row
from gridloop.offices.archive.concealed import conceal_alike, reveal
from gridloop.offices.notices.actions import SCHEMES, give_up_deliveries, scheme_of
from gridloop.offices.notices.models import Channel
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    YES,
    Applying,
    Chapter,
    Column,
    Finding,
    Outcome,
    Proposed,
    register,
)
from gridloop.offices.organisation.keeping.actions import Keeper, write_rows


def channel_rows(street: str, at: datetime) -> dict[str, Row]:
    rows = Channel.objects.filter(street=street, is_active=True).select_related("person").order_by("person__code", "id")
    return {row.ref: _channel_row(row) for row in rows}


def _channel_row(row: Channel) -> Row:
    return {
        "person": row.person.code, "kind": row.kind, "address": conceal_alike(row.address), "as_digest": YES if row.as_digest else "",
        "quiet_from": f"{row.quiet_from:%H:%M}", "quiet_until": f"{row.quiet_until:%H:%M}",
    }  # fmt: skip


def _find_channels(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {row.ref: row for row in Channel.objects.filter(street=street, ref__in=keys)}


def _fill_channel(applying: Applying, it: Channel, row: Row, columns: frozenset[str]) -> None:
    it.person, it.kind = organisation.person(applying.street, row["person"]), row["kind"]
    it.address, it.as_digest = reveal(row["address"]), bool(row["as_digest"])
    it.quiet_from, it.quiet_until = (
        time.fromisoformat(row["quiet_from"] or "20:00"),
        time.fromisoformat(row["quiet_until"] or "08:00"),
    )


def _close(applying: Applying, it: Any) -> None:
    it.is_active = False


def _open_again(applying: Applying, it: Any) -> None:
    it.is_active = True


CHANNEL_KEEPER = Keeper(
    "channels", "channel", _find_channels, lambda applying, key: Channel(ref=key, street=applying.street), _fill_channel, _close,
    _open_again,
)  # fmt: skip


def apply_channels(applying: Applying) -> list[Outcome]:
    """The channels are as wanted; what waited for a closed one stays in the console."""
    write_rows(applying, CHANNEL_KEEPER)
    give_up_deliveries([change.key for change in applying.changes if change.after is None], street=applying.street)
    return []


CHANNELS = Chapter(
    code="channels", label="通知渠道", order=110, name=("person", "kind"),
    about="除了工作台,还通过什么告诉谁:电子邮件、企业微信/钉钉/飞书群机器人、网络钩子。",
    example="例:值班受理岗的群机器人:类型选群机器人,地址 wecombot://…(从群设置里复制),合并为摘要。",
    columns=(
        Column("person", "告诉谁", kind="choice", choices="people", required=True),
        Column("kind", "类型", kind="choice", choices="channel_kind", required=True),
        Column("address", "地址", kind="secret", required=True, longest=500, help=f"邮箱,或以 {'、'.join(f'{each}://' for each in SCHEMES[:4])} 等开头的地址;是密钥,加密保存,不再显示。"),
        Column("as_digest", "合并为摘要", kind="yes_no", help="半小时内的通知合成一条;紧急的不等。"),
        Column("quiet_from", "免打扰自", kind="time", help="留空:20:00。", example="20:00"),
        Column("quiet_until", "免打扰至", kind="time", help="留空:08:00。紧急通知不受限。", example="08:00"),
    ),
    rows=channel_rows, apply=apply_channels,
)  # fmt: skip


def check_channels(proposed: Proposed) -> Iterable[Finding]:
    """Addresses that a change-set brings fit their kind; they are not said again."""
    for change in proposed.changes:
        if change.chapter != "channels" or change.after is None:
            continue
        address = reveal(change.after["address"])
        name = proposed.label("people", str(change.after["person"]))
        if change.after["kind"] == Channel.Kind.EMAIL and "@" not in address[1:-1]:
            yield Finding(ERROR, f"{name}的邮件渠道的地址不像邮箱;请改正。", "channels", change.key)
        if change.after["kind"] == Channel.Kind.APPRISE and scheme_of(address) not in SCHEMES:
            known = "、".join(f"{each}://" for each in SCHEMES)
            yield Finding(ERROR, f"{name}的渠道地址要以这些之一开头:{known}。", "channels", change.key)


def register_chapters() -> None:
    """Channels can be set up."""
    register(
        chapters=[CHANNELS],
        sources={"channel_kind": lambda _: [(str(value), str(label)) for value, label in Channel.Kind.choices]},
        checks={"channels": check_channels},
    )
