"""Every write of the webhooks: subscribing, changing, rotating the secret, closing; sending again.

Nothing is sent inside a deed. The tick calls ``announce`` once entries are sealed, which puts messages on their way, and ``post_messages``,
which claims those whose time has come, hands them to the postman and keeps what came back. Subscriptions belong to the street and are
kept by those who set it up; each change stands in the ledger without address or secret.

Guarantees: a sealed entry makes one message for each subscriber; a message is claimed before it is sent, so two ticks do not send it at
once, and its ``webhook-id`` stays the same however often it is tried. After eight tries within a day it is given up: the keepers have one
notice until the subscriber takes a message again. Who answers 410 (gone) is told nothing more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from gridloop.core.access import SYSTEM, Actor, Role
from gridloop.core.errors import Outdated, Refused, TooMuch, WrongInput
from gridloop.core.outside import Network, is_allowed, written_out
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.actions import move_bookmark, record
from gridloop.offices.archive.identifiers import random_bytes
from gridloop.offices.archive.transaction import deed
from gridloop.offices.notices.actions import Message, tell
from gridloop.offices.notices.webhook_models import Webhook, WebhookAttempt, WebhookDelivery
from gridloop.offices.notices.webhooks import events as told_of
from gridloop.offices.notices.webhooks import queries, signing
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import must_set_up

READER = "webhooks"
MOST_WEBHOOKS = 20
BOTH_SECRETS_FOR = timedelta(hours=24)
"""How long the former secret signs beside the new one."""
MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=12)
KEPT_FOR = timedelta(days=90)
"""How long messages and attempts stay in the log."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Letter:
    """A signed message ready to be posted."""

    url: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status and the beginning of the answer, or, without a status, what went wrong as a sentence."""

    status: int | None
    answer: str = ""
    fault: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


Post = Callable[[Sequence[Letter]], Sequence[Reply]]
"""Posts letters, several at a time, and returns a reply for each in the same order; raises nothing for what a subscriber does."""


def add_webhook(
    *, by: Actor, at: datetime, street: str, name: str, url: str, events: Iterable[str]
) -> tuple[Webhook, str]:
    """The program at the address is told of these events from now on. The secret is returned this once.

    Raises NotAllowed, WrongInput for an address or event that cannot be, TooMuch beyond twenty subscriptions.
    """
    must_set_up(by, street)
    address, wanted = _address(url), _events(events)
    secret = signing.new_webhook_secret(random_bytes(24))
    with deed():
        if Webhook.objects.filter(street=street, closed_at__isnull=True).count() >= MOST_WEBHOOKS:
            raise TooMuch(
                "webhooks.too_many", f"一个街道最多 {MOST_WEBHOOKS} 个网络钩子;请先删除不用的。", limit=MOST_WEBHOOKS
            )
        made = Webhook.objects.create(
            street=street, name=_name(name), url=address, host=urlsplit(address).netloc, secret=secret, events=wanted,
            after_seq=_present_size(street), made_by_id=by.person_id or None, made_at=at,
        )  # fmt: skip
        _record("webhook.added", made, by=by, at=at, name=made.name, host=made.host, events=wanted)
    return made, secret


def change_webhook(
    *, by: Actor, at: datetime, webhook: str, rev: int | None = None, name: str | None = None, url: str | None = None,
    events: Iterable[str] | None = None, is_active: bool | None = None,
) -> Webhook:  # fmt: skip
    """The subscription has the values that are given. Switched on again, it is told of what happens from then on.

    Raises NotAllowed, NotFound, WrongInput, Outdated when someone else was faster.
    """
    with deed():
        found = queries.webhook(webhook, by=by)
        changes: dict[str, Any] = {}
        if name is not None:
            changes["name"] = _name(name)
        if url is not None:
            changes |= {"url": _address(url), "host": urlsplit(_address(url)).netloc}
        if events is not None:
            changes["events"] = _events(events)
        if is_active is not None and is_active != found.is_active:
            changes |= {"is_active": is_active, "failing_since": None}
            if is_active:
                changes["after_seq"] = _present_size(found.street)
            else:
                _hold_back(found)
        _changed(found, rev=rev, **changes)
        shown = {key: value for key, value in changes.items() if key in ("name", "host", "events", "is_active")}
        _record("webhook.changed", found, by=by, at=at, **shown)
    return found


def rotate_secret(*, by: Actor, at: datetime, webhook: str, rev: int | None = None) -> tuple[Webhook, str]:
    """The webhook has a new secret, returned this once; for a day the former one signs, too. Raises NotAllowed, NotFound, Outdated."""
    secret = signing.new_webhook_secret(random_bytes(24))
    with deed():
        found = queries.webhook(webhook, by=by)
        _changed(found, rev=rev, secret=secret, former_secret=found.secret, former_until=at + BOTH_SECRETS_FOR)
        _record("webhook.secret_rotated", found, by=by, at=at, name=found.name)
    return found, secret


def close_webhook(*, by: Actor, at: datetime, webhook: str, rev: int | None = None) -> None:
    """The program is no longer told; what was on its way is not sent. Raises NotAllowed, NotFound, Outdated."""
    with deed():
        found = queries.webhook(webhook, by=by)
        _changed(found, rev=rev, closed_at=at, is_active=False, url="", secret="", former_secret="")
        _hold_back(found)
        _record("webhook.closed", found, by=by, at=at, name=found.name)


def ping_webhook(*, by: Actor, at: datetime, webhook: str) -> WebhookDelivery:
    """A message without content is on its way, to try the connection. Raises NotAllowed, NotFound, Refused while switched off."""
    with deed():
        found = _switched_on(queries.webhook(webhook, by=by))
        made = WebhookDelivery.objects.create(
            street=found.street, webhook=found, kind=told_of.PING, body=told_of.ping(found.street, at=at), made_at=at, next_try_at=at
        )  # fmt: skip
        _record("webhook.pinged", found, by=by, at=at, name=found.name)
    return made


def send_again(*, by: Actor, at: datetime, delivery: str) -> WebhookDelivery:
    """The message is on its way again, under its own id; its attempts stay. Raises NotAllowed, NotFound, Refused while it is under way."""
    with deed():
        found = queries.delivery(delivery, by=by)
        _switched_on(found.webhook)
        if found.next_try_at is not None:
            raise Refused("webhooks.under_way", "这条消息正在投递,会自动重试;不用重复。", delivery=delivery)
        WebhookDelivery.objects.filter(pk=found.pk).update(next_try_at=at, tries=0, taken_at=None, given_up_at=None)
        _record("webhook.sent_again", found.webhook, by=by, at=at, event=found.kind, delivery=found.ref)
        found.refresh_from_db()
    return found


def announce(*, street: str, limit: int = 200) -> int:
    """Sealed entries that subscribers ask for are on their way to them, each once; how many entries were read.

    The bookmark moves in the same transaction. Without subscribers it stays where it is and costs one look.
    """
    if not queries.any_active(street):
        return 0
    unread = archive.unread(street=street, reader=READER, limit=limit)
    if not unread:
        return 0
    with deed():
        found = queries.subscribers(street)
        rows = [_delivery(webhook, entry) for entry in unread for webhook in found if _wants(webhook, entry)]
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        move_bookmark(street=street, reader=READER, seq=unread[-1].seq or 0)
    return len(unread)


def post_messages(*, at: datetime, post: Post, limit: int = 40) -> int:
    """The messages whose time has come are posted, and what came back is kept; how many were taken."""
    if not queries.is_anything_to_post(at=at):
        return 0
    claimed = _claimed(at=at, limit=limit)
    replies = post([_letter(message, at=at) for message in claimed]) if claimed else []
    for message, reply in zip(claimed, replies, strict=True):
        _keep(message, reply, at=at)
    _forget_old(at=at)
    return sum(reply.is_taken for reply in replies)


def wait_after(tries: int, *, key: str) -> timedelta:
    """How long after the so-many-th failed try the next one follows: 30 s, 2 min, 8 min … at most 12 h, each give or take 15 %.

    The scatter keeps messages that failed together from coming back together; it follows from the key, so a test can tell it.
    """
    wait: timedelta = min(FIRST_WAIT * 4 ** (tries - 1), LONGEST_WAIT)
    scatter = int.from_bytes(hashlib.sha256(f"{key}/{tries}".encode()).digest()[:4]) / 2**32
    return wait * (0.85 + 0.3 * scatter)


def _claimed(*, at: datetime, limit: int) -> list[WebhookDelivery]:
    """The messages to try now, whose next try is moved ahead first: a crash in between delays them and repeats nothing at once."""
    with deed():
        return [message for message in queries.to_be_posted(at=at, limit=limit) if _claim(message, at=at)]


def _claim(message: WebhookDelivery, *, at: datetime) -> bool:
    tries, waiting = message.tries + 1, message.next_try_at
    is_last = tries >= MOST_TRIES
    message.tries, message.given_up_at = tries, at if is_last else None
    message.next_try_at = None if is_last else at + wait_after(tries, key=message.ref)
    rows = WebhookDelivery.objects.filter(pk=message.pk, next_try_at=waiting)
    return bool(rows.update(tries=tries, next_try_at=message.next_try_at, given_up_at=message.given_up_at))


def _letter(message: WebhookDelivery, *, at: datetime) -> Letter:
    webhook = message.webhook
    is_rotating = webhook.former_until is not None and webhook.former_until > at
    secrets = [webhook.secret, *([webhook.former_secret] if is_rotating else [])]
    told = signing.headers(secrets, message_id=message.ref, timestamp=int(at.timestamp()), body=message.body)
    return Letter(webhook.url, {"Content-Type": "application/json", **told}, message.body)


def _keep(message: WebhookDelivery, reply: Reply, *, at: datetime) -> None:
    """The attempt stands in the log, and the message is done, waits for its next try, or is given up."""
    with deed():
        WebhookAttempt.objects.create(
            street=message.street, delivery=message, at=at, status=reply.status, answer=_clean(reply.answer, 500), fault=_clean(reply.fault, 200)
        )  # fmt: skip
        if reply.is_taken:
            WebhookDelivery.objects.filter(pk=message.pk).update(taken_at=at, next_try_at=None, given_up_at=None)
            Webhook.objects.filter(pk=message.webhook_id, failing_since__isnull=False).update(failing_since=None)
        elif reply.status == GONE:
            _switch_off(message, at=at)
        elif message.given_up_at:
            _tell_keepers(message, reply, at=at)


def _clean(text: str, longest: int) -> str:
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)[:longest]


def _switch_off(message: WebhookDelivery, *, at: datetime) -> None:
    """The subscriber says that it is gone for good (410)."""
    webhook = message.webhook
    if not Webhook.objects.filter(pk=webhook.pk, is_active=True).update(is_active=False, failing_since=at):
        return
    _hold_back(webhook)
    WebhookDelivery.objects.filter(pk=message.pk).update(given_up_at=at)
    _record("webhook.gone", webhook, by=SYSTEM, at=at, name=webhook.name)
    _tell(webhook, f"网络钩子“{webhook.name}”已停用", "对方答复 410(不再接收)。确认后可删除,或改好地址再启用。", at=at)


def _tell_keepers(message: WebhookDelivery, reply: Reply, *, at: datetime) -> None:
    """Once, until the subscriber takes a message again."""
    webhook = message.webhook
    if Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=True).update(failing_since=at):
        why = f"状态码 {reply.status}" if reply.status else reply.fault
        text = f"{told_of.EVENTS.get(message.kind, message.kind)}等消息试了 {MOST_TRIES} 次没有送到({why})。请联系接收方,修好后在投递记录里重发。"
        _tell(webhook, f"网络钩子“{webhook.name}”投递失败", text, at=at)


def _tell(webhook: Webhook, title: str, text: str, *, at: datetime) -> None:
    keepers = organisation.people_with_roles(webhook.street, roles=(Role.SYSTEM_KEEPER,), at=at)
    message = Message(kind="webhook.failed", title=title, text=text, subject=f"webhook:{webhook.ref}")
    tell(by=SYSTEM, at=at, street=webhook.street, people=keepers, message=message)


def _forget_old(*, at: datetime) -> None:
    """Messages of ninety days ago and older leave the log, a few at a time."""
    old = WebhookDelivery.objects.filter(made_at__lt=at - KEPT_FOR, next_try_at__isnull=True)
    keys = list(old.order_by("made_at").values_list("pk", flat=True)[:200])
    if keys:
        with deed():
            WebhookDelivery.objects.filter(pk__in=keys).delete()


def _wants(webhook: Webhook, entry: Any) -> bool:
    return entry.seq > webhook.after_seq and told_of.matches(webhook.events, entry.kind)


def _delivery(webhook: Webhook, entry: Any) -> WebhookDelivery:
    body = told_of.message(entry, archive.payload_of(entry))
    return WebhookDelivery(
        street=webhook.street, webhook=webhook, kind=entry.kind, seq=entry.seq, body=body, made_at=entry.recorded_at,
        next_try_at=entry.recorded_at,
    )  # fmt: skip


def _present_size(street: str) -> int:
    """How far the book is sealed. Nobody being told yet, the reader starts here: what happened before is not announced."""
    size = archive.book_size(street)
    if not queries.any_active(street):
        move_bookmark(street=street, reader=READER, seq=size)
    return size


def _hold_back(webhook: Webhook) -> None:
    waiting = WebhookDelivery.objects.filter(webhook=webhook, next_try_at__isnull=False)
    waiting.update(next_try_at=None)


def _switched_on(webhook: Webhook) -> Webhook:
    if not webhook.is_active:
        raise Refused("webhooks.switched_off", "这个网络钩子已停用;请先启用。", webhook=webhook.ref)
    return webhook


def _changed(webhook: Webhook, *, rev: int | None, **changes: Any) -> None:
    """Compare-and-set on the revision. Raises Outdated when it is not the present one."""
    expected = webhook.rev if rev is None else rev
    webhook.rev = webhook.rev + 1
    for name, value in changes.items():
        setattr(webhook, name, value)
    won = Webhook.objects.filter(pk=webhook.pk, rev=expected).update(rev=expected + 1, **changes)
    if not won:
        raise Outdated("webhooks.outdated", "这个网络钩子刚刚被别人改过;请刷新后再改。", webhook=webhook.ref)


def _record(kind: str, webhook: Webhook, *, by: Actor, at: datetime, **payload: Any) -> None:
    record(kind, by=by, at=at, street=webhook.street, subject=f"webhook:{webhook.ref}", payload=payload)


def _name(name: str) -> str:
    found = name.replace("\x00", "").strip()
    if not 1 <= len(found) <= 80:
        raise WrongInput("webhooks.bad_name", "名称要写 1 到 80 个字,说明是谁在接收。", field="name")
    return found


def _address(url: str) -> str:
    """The address, as far as it can be judged without looking it up; where it leads is judged whenever something is sent."""
    address = url.strip()
    refusal = WrongInput("webhooks.bad_address", "地址要写成 https://主机/路径,不带用户名和密码。", field="url")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as fault:
        raise refusal from fault
    is_plain = address.isascii() and address.isprintable() and " " not in address and len(address) <= 500
    if not is_plain or parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise refusal
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise refusal
    _must_lead_outside(parts)
    return address


def allowed_networks() -> tuple[Network, ...]:
    """What the installation allows besides the public internet (GRIDLOOP_WEBHOOK_NETWORKS)."""
    return tuple(ip_network(each.strip()) for each in settings.WEBHOOK_NETWORKS if each.strip())


def _must_lead_outside(parts: SplitResult) -> None:
    """What can be seen to lead inside is refused at once, not only when the first message is due.

    Raises Refused, for it is a good address that this installation does not deliver to.
    """
    networks = allowed_networks()
    host = str(parts.hostname).rstrip(".")
    literal = ip_address("127.0.0.1") if host == "localhost" or host.endswith(".localhost") else written_out(host)
    if literal is not None and not is_allowed(literal, networks):
        sentence = "地址通向内部网络,不投递;确需投递请在 GRIDLOOP_WEBHOOK_NETWORKS 中写明该网段。"
        raise Refused("webhooks.inside", sentence, field="url")
    if parts.scheme == "http" and not networks:
        raise Refused("webhooks.not_encrypted", "对外只用 https 投递;请改用 https 地址。", field="url")


def _events(events: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(events))
    unknown = [each for each in wanted if each not in told_of.EVENTS and each not in told_of.GROUPS]
    if unknown or not wanted:
        raise WrongInput(
            "webhooks.bad_events", f"没有这些事件:{'、'.join(unknown[:5])};请从事件表中选择。" if unknown else "请至少选择一种事件。",
            field="events", unknown=unknown[:20],
        )  # fmt: skip
    return wanted
