"""Every write of the notices: telling people, and bringing notices through their channels.

A notice is seen in the console at once. What goes out besides (e-mail, group robots) waits for the end of quiet hours and is
bundled as a digest, unless urgent. A delivery is claimed by compare-and-set before it is sent, so two ticks send it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.notices import queries
from gridloop.offices.notices.models import Channel, Delivery, Notice
from gridloop.offices.organisation.models import Person

MOST_TRIES = 6
DIGEST_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: a stable kind, a title, a text, the subject it is about, and whether it may break quiet hours."""

    kind: str
    title: str
    subject: str
    text: str = ""
    is_urgent: bool = False


SCHEMES = ("wecombot", "dingtalk", "feishu", "lark", "json", "jsons", "form", "forms")
"""The Apprise services that a channel may use: group robots of WeCom, DingTalk and Feishu, and webhooks."""


Send = Callable[[str, str, str, str], None]
"""Sends (kind of channel, address, title, text); raises OSError or ValueError with what went wrong."""


def tell(
    *, by: Actor, at: datetime, street: str, people: Iterable[Person], message: Message, cause: str = ""
) -> list[Notice]:
    """Each of the people has the notice in the console, and on its way through their channels."""
    listed = list({person.pk: person for person in people}.values())
    if not listed:
        return []
    with deed():
        notices = Notice.objects.bulk_create(
            [
                Notice(
                    ref=new_ref(), street=street, to=person, kind=message.kind, title=message.title[:160], text=message.text[:500],
                    subject=message.subject, is_urgent=message.is_urgent, told_at=at,
                )
                for person in listed
            ]
        )  # fmt: skip
        _put_on_the_way(notices, at=at)
        record(
            "notice.told", by=by, at=at, street=street, subject=message.subject, cause=cause,
            payload={"title": message.title, "to": [person.name for person in listed], "urgent": message.is_urgent},
        )  # fmt: skip
    return notices


def _put_on_the_way(notices: Sequence[Notice], *, at: datetime) -> None:
    channels: dict[int, list[Channel]] = {}
    for channel in Channel.objects.filter(person__in=[notice.to_id for notice in notices], is_active=True):
        channels.setdefault(channel.person_id, []).append(channel)
    Delivery.objects.bulk_create(
        [
            Delivery(
                ref=new_ref(),
                notice=notice,
                channel=channel,
                next_try_at=goes_out_at(channel, at=at, is_urgent=notice.is_urgent),
            )
            for notice in notices
            for channel in channels.get(notice.to_id, [])
        ]
    )


def goes_out_at(channel: Channel, *, at: datetime, is_urgent: bool, zone: str = "Asia/Shanghai") -> datetime:
    """When a notice may leave: at once when urgent, else after the digest's wait and outside quiet hours."""
    if is_urgent:
        return at
    return _outside_quiet(channel, at + DIGEST_AFTER if channel.as_digest else at, zone=zone)


def _outside_quiet(channel: Channel, moment: datetime, *, zone: str = "Asia/Shanghai") -> datetime:
    """The moment, or the end of the quiet hours in which it lies."""
    leaves = moment.astimezone(ZoneInfo(zone))
    quiet_from, quiet_until = channel.quiet_from, channel.quiet_until
    if quiet_from == quiet_until:
        return leaves
    clock = leaves.time()
    is_quiet = (
        quiet_from <= clock < quiet_until if quiet_from < quiet_until else clock >= quiet_from or clock < quiet_until
    )
    if not is_quiet:
        return leaves
    day = leaves.date() + timedelta(days=1 if quiet_from > quiet_until and clock >= quiet_from else 0)
    return datetime.combine(day, quiet_until, tzinfo=ZoneInfo(zone))


def deliver(*, at: datetime, send: Send, limit: int = 200) -> int:
    """Deliveries whose time has come are sent, bundled per channel; how many notices went out.

    When a digest leaves, whatever else waits for its channel leaves with it. A delivery is claimed (its next try moved ahead)
    before it is sent: a crash in between delays it, and never repeats it at once. What failed is tried again further and further apart,
    outside quiet hours; after six tries it is given up and says why. A channel that fails holds up no other.
    """
    if not queries.is_anything_to_send(at=at):
        return 0
    sent, fault = 0, None
    for bundle in _claimed(at=at, limit=limit):
        try:
            sent += _sent(bundle, at=at, send=send)
        except Exception as unforeseen:  # a fault of ours in one channel, which must not keep the others waiting
            fault = fault or unforeseen
    if fault is not None:
        raise fault
    return sent


def _claimed(*, at: datetime, limit: int) -> list[list[Delivery]]:
    """The deliveries to try now, per channel; nobody else will try them before their next time."""
    with deed():
        bundles: dict[int, list[Delivery]] = {}
        for delivery in queries.to_be_sent(at=at, limit=limit):
            if _claim(delivery, at=at):
                bundles.setdefault(delivery.channel_id, []).append(delivery)
    return list(bundles.values())


def _claim(delivery: Delivery, *, at: datetime) -> bool:
    """Compare-and-set on the next try; False when another tick was faster."""
    tries = delivery.tries + 1
    again = _again(delivery, at=at, tries=tries) if tries < MOST_TRIES else None
    fault = f"第 {tries} 次发送没有得到回音"
    waiting = Delivery.objects.filter(pk=delivery.pk, next_try_at=delivery.next_try_at, sent_at__isnull=True)
    return bool(waiting.update(next_try_at=again, tries=tries, fault=fault))


def _again(delivery: Delivery, *, at: datetime, tries: int) -> datetime:
    """When to try once more: after 2, 4, 8 … minutes, and not in quiet hours unless it is urgent."""
    later = at + timedelta(minutes=2**tries)
    return later if delivery.notice.is_urgent else _outside_quiet(delivery.channel, later)


def _sent(bundle: Sequence[Delivery], *, at: datetime, send: Send) -> int:
    channel = bundle[0].channel
    title = bundle[0].notice.title if len(bundle) == 1 else f"网格闭环:{len(bundle)} 条新通知"
    keys = [each.pk for each in bundle]
    try:
        send(channel.kind, channel.address, title, _text_of(bundle))
    except (OSError, ValueError) as fault:
        with deed():
            Delivery.objects.filter(pk__in=keys).update(fault=str(fault)[:200] or type(fault).__name__)
        return 0
    with deed():
        Delivery.objects.filter(pk__in=keys).update(sent_at=at, next_try_at=None, fault="")
    return len(bundle)


def _text_of(bundle: Sequence[Delivery]) -> str:
    if len(bundle) == 1:
        return bundle[0].notice.text or bundle[0].notice.title
    return "\n".join(f"· {each.notice.title} {each.notice.text}".strip() for each in bundle)


def scheme_of(address: str) -> str:
    return address.strip().partition("://")[0].lower()


def add_channel(*, by: Actor, at: datetime, person: Person, kind: str, address: str, as_digest: bool = True) -> Channel:
    """The person is also told through this channel. People set up their own channels."""
    if by.kind != "system" and by.person_id != person.pk:
        raise NotAllowed("notices.not_own", "通知渠道由本人设置。")
    if kind not in Channel.Kind.values or not address.strip():
        raise WrongInput("notices.bad_channel", "请选择渠道类型并填写地址。", field="address")
    if kind == Channel.Kind.APPRISE and scheme_of(address) not in SCHEMES:
        raise WrongInput(
            "notices.unknown_scheme",
            f"渠道地址要以这些之一开头:{'、'.join(f'{scheme}://' for scheme in SCHEMES)}。",
            field="address",
        )
    with deed():
        channel = Channel.objects.create(
            street=person.street, person=person, kind=kind, address=address.strip(), as_digest=as_digest
        )
        record(
            "channel.added",
            by=by,
            at=at,
            street=person.street,
            subject=f"person:{person.ref}",
            payload={"kind": kind, "digest": as_digest},
        )
    return channel


def close_channel(*, by: Actor, at: datetime, channel: str) -> Channel:
    """The person is no longer told through this channel, and what was on its way stays in the console.

    Raises NotFound for a channel that is not the person's own.
    """
    with deed():
        found = queries.channel_of(by, channel)
        Channel.objects.filter(pk=found.pk).update(is_active=False)
        give_up_deliveries([found.ref], street=found.street)
        record(
            "channel.closed",
            by=by,
            at=at,
            street=found.street,
            subject=f"person:{found.person.ref}",
            payload={"kind": found.kind},
        )
    return found


def give_up_deliveries(channels: Sequence[str], *, street: str) -> int:
    """What waited for these channels (refs) stays in the console; how many deliveries did."""
    with deed():
        waiting = Delivery.objects.filter(
            channel__ref__in=channels, channel__street=street, sent_at__isnull=True, next_try_at__isnull=False
        )
        return waiting.update(next_try_at=None, fault="渠道已停用")


def note_seen(*, by: Actor, at: datetime) -> int:
    """The person's notices no longer count as new. Nobody else can see this: there are no read receipts."""
    with deed():
        return Notice.objects.filter(to_id=by.person_id, seen_at__isnull=True).update(seen_at=at)
