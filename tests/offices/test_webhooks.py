"""Programs outside are told of what happened: signed, each once, retried, given up in the open, and never of anybody."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, TooMuch, WrongInput
from gridloop.offices.archive.actions import seal
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.notices.models import Notice
from gridloop.offices.notices.webhook_models import Webhook, WebhookAttempt, WebhookDelivery
from gridloop.offices.notices.webhooks import actions, events, queries
from gridloop.offices.notices.webhooks.actions import Reply, wait_after
from gridloop.offices.notices.webhooks.signing import is_signed, sign
from tests.sample import CODE, IN_SW, MONDAY, sample_street, who

HOOK = {"name": "区热线平台", "url": "https://hotline.example/hooks/gridloop?key=geheim", "events": ["case.*"]}


@pytest.fixture
def street(db):
    return sample_street()


class Receiver:
    """A program outside: it keeps what it gets and answers as it is told to."""

    def __init__(self, *replies: Reply) -> None:
        self.letters, self.replies = [], list(replies)

    def __call__(self, letters):
        self.letters += letters
        return [self.replies.pop(0) if self.replies else Reply(200, answer="ok") for _ in letters]

    @property
    def told(self):
        return [json.loads(letter.body)["type"] for letter in self.letters]


def subscribed(**changes):
    return actions.add_webhook(by=who("keeper"), at=MONDAY, street=CODE, **(HOOK | changes))


def filed(text="柳荫路路灯不亮三天了"):
    filing = cases.Filing(
        text=text, category="城乡建设/市政设施/路灯", reporter_name="王小明", reporter_phone="037160000001", **IN_SW
    )
    return cases.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case


def announced():
    seal(street=CODE)
    while actions.announce(street=CODE):
        pass


def posted(receiver, *, after=timedelta(0)):
    return actions.post_messages(at=MONDAY + after, post=receiver)


@pytest.mark.usefixtures("street")
class TestTelling:
    def test_what_happens_is_told_signed_and_can_be_verified(self):
        _, secret = subscribed()
        case = filed()
        announced()
        receiver = Receiver()

        assert posted(receiver) == 1

        letter = receiver.letters[0]
        told = json.loads(letter.body)
        assert (letter.url, told["type"], told["data"]["ref"]) == (HOOK["url"], "case.filed", case.ref)
        assert told["data"]["number"] == case.number and told["data"]["href"] == f"/api/v1/cases/{case.ref}"
        assert is_signed(secret, told=letter.headers, body=letter.body, now=int(MONDAY.timestamp()))
        assert not is_signed(secret, told=letter.headers, body=letter.body + " ", now=int(MONDAY.timestamp()))
        assert not is_signed(secret, told=letter.headers, body=letter.body, now=int(MONDAY.timestamp()) + 301)

    def test_no_name_number_word_or_place_of_anybody_leaves_the_house(self):
        subscribed(events=["case.*", "clock.*", "attachment.added"])
        case = filed("王小明家住柳荫路1号院3单元502,电话 0371-60000001,路灯不亮")
        cases.accept(by=who("urban"), at=MONDAY, case=case.ref)
        cases.answer(by=who("urban"), at=MONDAY, case=case.ref, text="已上门找到王小明,路灯修好了。")
        announced()
        receiver = Receiver()
        posted(receiver)

        whole = "".join(letter.body for letter in receiver.letters)
        assert len(receiver.letters) == 3
        for word in ("王小明", "60000001", "502", "1号院", "上门", "甲受理", "丙城管", "113.5"):
            assert word not in whole, word

    def test_each_entry_is_told_once_however_often_one_looks(self):
        subscribed()
        filed()
        announced()
        announced()
        receiver = Receiver()

        posted(receiver)
        posted(receiver, after=timedelta(hours=1))

        assert receiver.told == ["case.filed"]

    def test_only_what_was_asked_for_is_told_and_only_from_then_on(self):
        filed()
        announced()
        subscribed(events=["case.accepted"])
        case = filed()
        cases.accept(by=who("urban"), at=MONDAY, case=case.ref)
        announced()
        receiver = Receiver()
        posted(receiver)

        assert receiver.told == ["case.accepted"]

    def test_switched_off_nothing_is_told_and_switched_on_only_what_comes(self):
        webhook, _ = subscribed()
        actions.change_webhook(by=who("keeper"), at=MONDAY, webhook=webhook.ref, is_active=False)
        filed("停用期间的一件")
        announced()
        actions.change_webhook(by=who("keeper"), at=MONDAY, webhook=webhook.ref, is_active=True)
        later = filed("启用之后的一件")
        announced()
        receiver = Receiver()
        posted(receiver)

        assert [json.loads(letter.body)["data"]["number"] for letter in receiver.letters] == [later.number]

    def test_two_programs_are_told_independently(self):
        subscribed()
        subscribed(name="数字城管", url="https://city.example/", events=["case.filed"])
        filed()
        announced()
        receiver = Receiver(Reply(500), Reply(204))

        assert posted(receiver) == 1
        assert posted(receiver, after=timedelta(minutes=2)) == 1
        assert len(receiver.letters) == 3

    def test_another_street_is_not_told(self):
        subscribed()
        assert not actions.announce(street="000000000")


@pytest.mark.usefixtures("street")
class TestFailing:
    def message(self):
        webhook, _ = subscribed()
        filed()
        announced()
        return webhook

    def test_what_is_not_taken_is_tried_again_later_and_later_with_the_same_id(self):
        self.message()
        receiver = Receiver(Reply(503, answer="later"), Reply(None, fault="15 秒内没有答复"))

        posted(receiver)
        nothing_yet = posted(receiver, after=timedelta(seconds=20))
        posted(receiver, after=timedelta(seconds=40))
        posted(receiver, after=timedelta(minutes=5))

        assert nothing_yet == 0 and len(receiver.letters) == 3
        assert len({letter.headers["webhook-id"] for letter in receiver.letters}) == 1
        message = WebhookDelivery.objects.get()
        assert (message.tries, message.taken_at) == (3, MONDAY + timedelta(minutes=5))
        assert [(each.status, each.answer, each.fault) for each in message.attempts.all()] == [
            (503, "later", ""), (None, "", "15 秒内没有答复"), (200, "ok", ""),
        ]  # fmt: skip

    def test_waits_grow_by_four_scatter_a_little_and_are_told_by_the_key(self):
        waits = [wait_after(tries, key="abc") for tries in range(1, 9)]

        assert waits == [wait_after(tries, key="abc") for tries in range(1, 9)]
        assert timedelta(seconds=25) < waits[0] < timedelta(seconds=35) and max(waits) < timedelta(hours=14)
        assert all(earlier < later for earlier, later in pairwise(waits[:7]))
        assert wait_after(3, key="abc") != wait_after(3, key="abd")

    def test_after_eight_tries_it_is_given_up_and_the_keepers_are_told_once(self):
        webhook = self.message()
        filed("又一件")
        announced()
        receiver = Receiver(*[Reply(500)] * 40)
        for day in range(40):
            posted(receiver, after=timedelta(hours=13 * day))

        assert len(receiver.letters) == 16
        assert WebhookDelivery.objects.filter(given_up_at__isnull=False).count() == 2
        webhook.refresh_from_db()
        assert webhook.failing_since is not None
        told = Notice.objects.filter(kind="webhook.failed")
        assert {notice.to.code for notice in told} == {"P11", "P13"} and told.count() == 2
        assert "500" in told[0].text and "hotline" not in told[0].text

    def test_given_up_it_can_be_sent_again_and_success_ends_the_alarm(self):
        webhook = self.message()
        receiver = Receiver(*[Reply(500)] * 8)
        for day in range(12):
            posted(receiver, after=timedelta(hours=13 * day))
        message = WebhookDelivery.objects.get()

        again = actions.send_again(by=who("keeper"), at=MONDAY + timedelta(days=9), delivery=message.ref)
        posted(receiver, after=timedelta(days=9))

        webhook.refresh_from_db()
        message.refresh_from_db()
        assert again.ref == message.ref and message.taken_at and webhook.failing_since is None
        assert message.attempts.count() == 9
        with pytest.raises(NotFound):
            actions.send_again(by=who("keeper"), at=MONDAY, delivery="2222222222222222")

    def test_one_under_way_is_not_sent_again(self):
        self.message()

        with pytest.raises(Refused, match="正在投递"):
            actions.send_again(by=who("keeper"), at=MONDAY, delivery=WebhookDelivery.objects.get().ref)

    def test_who_says_gone_is_told_nothing_more(self):
        webhook = self.message()
        posted(Receiver(Reply(410)))
        filed("以后的事")
        announced()
        receiver = Receiver()
        posted(receiver, after=timedelta(days=1))

        webhook.refresh_from_db()
        assert not webhook.is_active and receiver.letters == []
        assert Notice.objects.filter(kind="webhook.failed").count() == 2

    def test_two_ticks_at_once_send_a_message_once(self):
        self.message()
        receiver = Receiver()

        def meanwhile(letters):
            assert posted(receiver) == 0  # another tick looks while this one posts
            return receiver(letters)

        assert actions.post_messages(at=MONDAY, post=meanwhile) == 1
        assert len(receiver.letters) == 1

    def test_answers_are_kept_short_and_without_control_characters(self):
        self.message()
        posted(Receiver(Reply(500, answer="\x1b[31m" + "x" * 9000)))

        kept = WebhookAttempt.objects.get().answer
        assert len(kept) == 500 and "\x1b" not in kept

    def test_messages_leave_the_log_after_ninety_days(self):
        self.message()
        posted(Receiver())
        filed("三个月后的一件")
        seal(street=CODE)
        actions.announce(street=CODE)
        posted(Receiver(), after=timedelta(days=91))

        assert WebhookDelivery.objects.filter(taken_at=MONDAY).count() == 0


@pytest.mark.usefixtures("street")
class TestKeeping:
    def test_only_those_who_set_up_the_street_subscribe(self):
        for username in ("desk", "urban", "grid"):
            with pytest.raises(NotAllowed):
                actions.add_webhook(by=who(username), at=MONDAY, street=CODE, **HOOK)
            with pytest.raises(NotAllowed):
                queries.webhooks(CODE, by=who(username))

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://hotline.example/",
            "hotline.example/hook",
            "https://",
            "https://user:pass@hotline.example/",
            "https://hotline.example/#part",
            "https://热线.example/",
            "https://hotline.example/a b",
            "https://hotline.example:0/",
            "https://hotline.example:99999/",
            "https://[::1/",
            "javascript:alert(1)",
            "https://hotline.example/" + "a" * 600,
        ],
    )
    def test_an_address_that_cannot_be_is_refused(self, url):
        with pytest.raises(WrongInput) as refusal:
            subscribed(url=url)

        assert refusal.value.fields["field"] == "url"

    @pytest.mark.parametrize("wanted", [[], ["case.eaten"], ["*"], ["notice.told"], ["webhook.added"]])
    def test_events_that_nobody_is_told_of_are_refused(self, wanted):
        with pytest.raises(WrongInput):
            subscribed(events=wanted)

    def test_twenty_are_enough(self):
        for number in range(20):
            subscribed(name=f"第 {number} 个")

        with pytest.raises(TooMuch):
            subscribed(name="第二十一个")

    def test_neither_address_nor_secret_stand_in_the_ledger_or_readable_in_the_table(self):
        webhook, secret = subscribed()
        actions.rotate_secret(by=who("keeper"), at=MONDAY, webhook=webhook.ref)

        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT url, secret, former_secret FROM notices_webhook")
            row = "".join(cursor.fetchone())
        entries = "".join(Entry.objects.filter(kind__startswith="webhook.").values_list("payload", flat=True))
        for text in (row, entries):
            assert "geheim" not in text and secret not in text and "/hooks/gridloop" not in text

    def test_for_a_day_both_secrets_sign_then_only_the_new_one(self):
        webhook, old = subscribed()
        _, new = actions.rotate_secret(by=who("keeper"), at=MONDAY, webhook=webhook.ref)
        actions.ping_webhook(by=who("keeper"), at=MONDAY, webhook=webhook.ref)
        today, tomorrow = Receiver(), Receiver()
        posted(today)
        actions.ping_webhook(by=who("keeper"), at=MONDAY + timedelta(days=2), webhook=webhook.ref)
        posted(tomorrow, after=timedelta(days=2))

        def valid(secret, receiver, at):
            return is_signed(
                secret, told=receiver.letters[0].headers, body=receiver.letters[0].body, now=int(at.timestamp())
            )

        assert valid(old, today, MONDAY) and valid(new, today, MONDAY)
        assert not valid(old, tomorrow, MONDAY + timedelta(days=2)) and valid(new, tomorrow, MONDAY + timedelta(days=2))

    def test_of_two_keepers_at_once_one_is_told_to_look_again(self):
        webhook, _ = subscribed()
        actions.change_webhook(by=who("keeper"), at=MONDAY, webhook=webhook.ref, rev=0, name="甲的名称")

        with pytest.raises(Outdated):
            actions.change_webhook(by=who("keeper2"), at=MONDAY, webhook=webhook.ref, rev=0, name="乙的名称")
        assert Webhook.objects.get().name == "甲的名称"

    def test_a_closed_one_is_gone_and_what_waited_is_not_sent(self):
        webhook, _ = subscribed()
        filed()
        announced()
        actions.close_webhook(by=who("keeper"), at=MONDAY, webhook=webhook.ref)
        receiver = Receiver()
        posted(receiver)

        assert receiver.letters == [] and queries.webhooks(CODE, by=who("keeper")) == []
        with pytest.raises(NotFound):
            queries.webhook(webhook.ref, by=who("keeper"))


def test_the_signature_is_that_of_standard_webhooks():
    # The worked example of the specification's reference libraries.
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330,
        body='{"test": 2432232314}',
    )  # fmt: skip

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_event_is_a_kind_that_some_deed_records():
    from pathlib import Path

    source = Path(events.__file__).parents[3]
    whole = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py") if path.name != "events.py")

    assert [kind for kind in events.EVENTS if f'"{kind}"' not in whole and f"'{kind}'" not in whole] == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/hook", "webhooks.inside"),
        ("https://localhost:8443/hook", "webhooks.inside"),
        ("https://0x7f000001/hook", "webhooks.inside"),
        ("https://169.254.169.254/latest", "webhooks.inside"),
        ("http://hotline.example/hook", "webhooks.not_encrypted"),
    ],
)
def test_an_address_that_is_seen_to_lead_inside_is_refused_when_it_is_given(street, settings, url, code):
    with pytest.raises(Refused) as refused:
        subscribed(url=url)

    assert (refused.value.code, refused.value.fields["field"]) == (code, "url")
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "169.254.0.0/16"]
    assert subscribed(url=url)
