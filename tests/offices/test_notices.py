"""Notices: told at once in the console, brought out by channels outside quiet hours, never twice, given up in the open."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, WrongInput
from gridloop.offices.notices import actions, queries
from gridloop.offices.notices.models import Channel, Delivery, Notice
from gridloop.offices.organisation.queries import person
from gridloop.site.checks.notices import check_channels
from tests.offices.test_archive import in_threads
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DESK = "P01"


class Post:
    """A postman who keeps what was handed over, and fails while he is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str, str]] = []
        self.fault: Exception | None = None

    def __call__(self, kind: str, address: str, title: str, text: str) -> None:
        if self.fault:
            raise self.fault
        self.taken.append((kind, address, title, text))


@pytest.fixture
def post(db) -> Post:
    sample_street()
    return Post()


def channel(*, as_digest: bool = True, address: str = "desk@example.cn", code: str = DESK) -> Channel:
    owner = person(CODE, code)
    return actions.add_channel(by=SYSTEM, at=MONDAY, person=owner, kind="email", address=address, as_digest=as_digest)


def told(
    title: str = "新到事项", *, at: datetime = MONDAY, is_urgent: bool = False, people: tuple[str, ...] = (DESK,)
) -> list[Notice]:
    message = actions.Message(kind="case.filed", title=title, subject="case:1", text="请签收。", is_urgent=is_urgent)
    return actions.tell(by=SYSTEM, at=at, street=CODE, people=[person(CODE, code) for code in people], message=message)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-05-{text}").replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("quiet", "told_at", "leaves_at"),
    [
        (("20:00", "08:00"), "23T10:00", "23T10:30"),  # by day, after the digest's wait
        (("20:00", "08:00"), "23T19:29", "23T19:59"),  # just before the quiet
        (("20:00", "08:00"), "23T19:30", "24T08:00"),  # the wait runs into the quiet
        (("20:00", "08:00"), "23T23:59", "24T08:00"),  # late at night
        (("20:00", "08:00"), "24T03:00", "24T08:00"),  # early in the morning
        (("20:00", "08:00"), "24T07:30", "24T08:00"),  # the quiet just ends
        (("12:00", "14:00"), "23T12:00", "23T14:00"),  # a quiet noon, inside one day
        (("12:00", "14:00"), "23T14:00", "23T14:30"),
        (("00:00", "00:00"), "23T03:00", "23T03:30"),  # no quiet at all
    ],
)
def test_when_a_notice_leaves(quiet, told_at, leaves_at):
    starts, ends = (time.fromisoformat(each) for each in quiet)
    listening = Channel(as_digest=True, quiet_from=starts, quiet_until=ends)

    assert actions.goes_out_at(listening, at=at(told_at), is_urgent=False) == at(leaves_at)


def test_an_urgent_notice_breaks_quiet_hours(post):
    channel()
    told(at=at("23T23:00"), is_urgent=True)

    assert actions.deliver(at=at("23T23:00"), send=post) == 1


def test_a_notice_is_seen_in_the_console_at_once_and_by_its_reader_only(post):
    told()

    assert [notice.title for notice in queries.notices_of(who("desk"))] == ["新到事项"]
    assert queries.count_new(who("desk")) == 1
    assert queries.notices_of(who("leader")) == []


def test_seen_notices_no_longer_count_as_new(post):
    told()

    actions.note_seen(by=who("desk"), at=MONDAY)

    assert queries.count_new(who("desk")) == 0


def test_a_person_named_twice_is_told_once(post):
    assert len(told(people=(DESK, DESK, "P02"))) == 2


def test_a_leaving_digest_takes_along_what_waits(post):
    channel()
    told("甲事")
    told("乙事", at=MONDAY + 20 * MINUTE)

    sent = actions.deliver(at=MONDAY + 30 * MINUTE, send=post)

    assert sent == 2
    assert [title for _, _, title, _ in post.taken] == ["网格闭环:2 条新通知"]
    assert "甲事" in post.taken[0][3]
    assert "乙事" in post.taken[0][3]


def test_an_urgent_notice_leaves_the_waiting_ones_to_their_quiet_hours(post):
    channel()
    told("平常事", at=at("23T21:00"))
    told("急事", at=at("23T23:00"), is_urgent=True)

    actions.deliver(at=at("23T23:00"), send=post)

    assert [title for _, _, title, _ in post.taken] == ["急事"]


def test_a_delivery_is_sent_once(post):
    channel(as_digest=False)
    told()

    assert [actions.deliver(at=MONDAY + minutes * MINUTE, send=post) for minutes in range(3)] == [1, 0, 0]


def test_a_failed_delivery_is_tried_six_times_further_and_further_apart_then_given_up(post):
    channel(as_digest=False)
    told()
    post.fault = OSError("服务器没有回音")
    tries = []

    for minutes in range(300):
        actions.deliver(at=MONDAY + minutes * MINUTE, send=post)
        row = Delivery.objects.get()
        if row.tries > len(tries):
            tries.append(minutes)

    assert tries == [0, 2, 6, 14, 30, 62]
    assert [(row.fault, row.notice.title) for row in queries.given_up(CODE)] == [("服务器没有回音", "新到事项")]


def test_a_delivery_that_succeeds_at_last_has_no_fault_left(post):
    channel(as_digest=False)
    told()
    post.fault = OSError("忙")
    actions.deliver(at=MONDAY, send=post)
    post.fault = None

    actions.deliver(at=MONDAY + 2 * MINUTE, send=post)

    row = Delivery.objects.get()
    assert (row.sent_at, row.fault, row.next_try_at) == (MONDAY + 2 * MINUTE, "", None)


def test_a_tick_killed_while_sending_delays_and_never_repeats_at_once(post):
    channel(as_digest=False)
    told()
    post.fault = SystemExit()  # nothing is written after this

    with pytest.raises(SystemExit):
        actions.deliver(at=MONDAY, send=post)
    post.fault = None

    assert actions.deliver(at=MONDAY + MINUTE, send=post) == 0
    assert actions.deliver(at=MONDAY + 2 * MINUTE, send=post) == 1


def test_one_channel_that_fails_does_not_hold_up_another(post):
    channel(as_digest=False, address="broken@example.cn")
    channel(as_digest=False, address="fine@example.cn", code="P02")
    told(people=(DESK, "P02"))

    def send(kind: str, address: str, title: str, text: str) -> None:
        if address.startswith("broken"):
            raise ValueError("地址不通")
        post(kind, address, title, text)

    assert actions.deliver(at=MONDAY, send=send) == 1
    assert [address for _, address, _, _ in post.taken] == ["fine@example.cn"]


def test_a_fault_of_ours_in_one_channel_lets_the_others_leave_and_is_told(post):
    channel(as_digest=False, address="broken@example.cn")
    channel(as_digest=False, address="fine@example.cn", code="P02")
    told(people=(DESK, "P02"))

    def send(kind: str, address: str, title: str, text: str) -> None:
        if address.startswith("broken"):
            raise TypeError("a plugin that cannot count")
        post(kind, address, title, text)

    with pytest.raises(TypeError):
        actions.deliver(at=MONDAY, send=send)

    assert [address for _, address, _, _ in post.taken] == ["fine@example.cn"]
    assert Delivery.objects.get(sent_at=None).next_try_at == MONDAY + 2 * MINUTE


@pytest.mark.parametrize(
    ("is_urgent", "again"),
    [(False, "24T08:00"), (True, "23T20:01")],  # an urgent one breaks quiet hours, also when it is tried again
)
def test_what_failed_before_quiet_hours_is_tried_again_after_them(post, is_urgent, again):
    channel(as_digest=False)
    told(at=at("23T19:59"), is_urgent=is_urgent)
    post.fault = OSError("服务器没有回音")

    actions.deliver(at=at("23T19:59"), send=post)

    assert Delivery.objects.get().next_try_at == at(again)


def test_the_keeper_sees_whose_channel_fails_and_why_until_it_works_again(post):
    channel(as_digest=False, address="secret@example.cn")
    told()
    post.fault = OSError("服务器没有回音")
    actions.deliver(at=MONDAY, send=post)

    seen = queries.failing(CODE, since=MONDAY - HOUR)
    checked = [each.sentence for each in check_channels(CODE, at=MONDAY + HOUR)]

    assert [(each.person, each.given_up, each.retrying, each.fault) for each in seen] == [
        ("甲受理", 0, 1, "服务器没有回音")
    ]
    assert len(checked) == 1 and "甲受理" in checked[0] and "secret" not in checked[0]
    post.fault = None
    told("后来的事", at=MONDAY + MINUTE)
    actions.deliver(at=MONDAY + MINUTE, send=post)
    assert queries.failing(CODE, since=MONDAY - HOUR) == []


def test_a_closed_channel_carries_nothing_more(post):
    open_channel = channel(as_digest=False)
    told()

    actions.close_channel(by=who("desk"), at=MONDAY, channel=open_channel.ref)
    told("后来的事")

    assert actions.deliver(at=MONDAY + HOUR, send=post) == 0
    assert queries.channels_of(who("desk")) == []


def test_people_set_up_and_close_their_own_channels_only(post):
    own = channel()

    with pytest.raises(NotAllowed):
        actions.add_channel(
            by=who("leader"), at=MONDAY, person=person(CODE, DESK), kind="email", address="x@example.cn"
        )
    with pytest.raises(NotFound):
        actions.close_channel(by=who("leader"), at=MONDAY, channel=own.ref)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("pigeon", "x@example.cn"),  # no such kind
        ("email", "   "),  # nowhere
        ("apprise", "syslog://"),  # writes on our own machine
        ("apprise", "https://example.cn"),  # no Apprise service by that name
    ],
)
def test_a_channel_that_could_not_work_is_refused(post, kind, address):
    with pytest.raises(WrongInput):
        actions.add_channel(by=SYSTEM, at=MONDAY, person=person(CODE, DESK), kind=kind, address=address)


def test_an_address_lies_encrypted_in_the_database(post):
    channel(address="secret@example.cn")

    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notices_channel")
        kept = cursor.fetchone()[0]

    assert "secret" not in kept


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_send_each_notice_once():
    sample_street()
    channel(as_digest=False)
    for number in range(20):
        told(f"第 {number} 件")
    post = Post()

    sent: list[Any] = in_threads(3, lambda: actions.deliver(at=MONDAY, send=post))

    assert sum(sent) == 20
    assert Delivery.objects.filter(sent_at__isnull=False).count() == 20
    assert sum(len(text.splitlines()) for _, _, _, text in post.taken) == 20
