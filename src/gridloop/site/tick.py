"""The tick: one loop that does what time and the ledger demand. The only reader of the wall clock besides the windows.

Terms: *sealing* (封存) gives committed entries their numbers in a book; a *reaction* (连锁动作) is what follows from an entry; the
*sweep* (时限扫描) judges clocks whose check has come; the *bookmark* is how far the reactions have read a book.

Steps of ``once(at=…)``:

1. do what a date has brought about: change-sets of the setup and boundaries come into force, cases whose suspension is over are resumed,
   what outside bodies left unanswered is taken back when their lease ends, policy digests whose quiet hours are over are told;
   when the office closes, what must be handed on before midnight is listed; answer duties of people who left pass on; cases that nobody
   returned inside the window count as taken, and returns that nobody answered come to what silence means;
2. sweep the clocks until none is due;
3. for each book: seal its entries, let the reactions follow the sealed ones in order, try again what failed before;
4. again from 1, until a round finds nothing to do: what a breach led to is itself sealed and followed;
5. sign each book that has grown, let the search index read it, put what was sealed on its way to webhooks, send the deliveries and post the messages that are due;
6. once a night let each street's category model learn from what was corrected, and propose how its firms are doing.

Guarantees

* Two ticks at once, killed at any instant, run twice: the same ledger. Each step is a transaction that looks first and writes
  under a lock or a compare-and-set; nothing is remembered outside the database.
* What time demands is done before anything is followed. A reaction looks at the case as it stands, so it must find the same case whether
  this tick brought the time's deeds about, or one that was killed in the middle of them, or another beside it.
* A book is read without gaps and in order; each reaction follows each entry once.
* A reaction that raises stops nobody: the bookmark moves on, the failed pair (reaction, entry) is set aside with its fault and
  tried again after 2, 4, 8 … seconds (at most an hour apart), in the order of the entries, until it is done. The system keepers
  are told of it once. Numbers are never touched, so the order of the ledger holds whatever the reactions do.
* A step that fails stops no other step; what failed is raised together at the end, and ``run`` logs it and goes on.
* A channel that fails (mail server, robot, a webhook's receiver) delays its own kind only, and never the books: ``run`` posts in threads of
  their own.

Worked example::

    once(at=now())                      # Done(sealed=3, reacted=4, judged=0, resumed=0, sent=2, signed=1)
    run(interval=1.0, stop=stop)        # for ever, until stop is set
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from gridloop.core.access import SYSTEM, Role
from gridloop.core.errors import Outdated, Refused
from gridloop.offices.archive import actions as archive
from gridloop.offices.archive import queries as books
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.transaction import deed
from gridloop.offices.campaigns.actions import close_ended
from gridloop.offices.cases.actions import (
    announce_sample,
    deem_accepted,
    draw_samples,
    list_overnight,
    resume,
    settle_return,
    take_back,
)
from gridloop.offices.cases.actions.classification import is_time_to_retrain, retrain
from gridloop.offices.cases.actions.first_contact import pass_answer_duties
from gridloop.offices.cases.actions.searching import follow_ledger
from gridloop.offices.cases.actions.telling import forget_old_contacts
from gridloop.offices.cases.queries.concerned import suspensions_over
from gridloop.offices.cases.queries.court import returns_overdue, windows_closed
from gridloop.offices.cases.queries.outside import leases_over
from gridloop.offices.enterprise.actions.forum_reminders import remind_to_file
from gridloop.offices.enterprise.actions.vitality import propose_vitality
from gridloop.offices.notices.actions import Message, Send, deliver, tell
from gridloop.offices.notices.webhooks.actions import Post, announce, post_messages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.actions import take_effect
from gridloop.offices.policies.actions import tell_due_digests
from gridloop.offices.supervision.actions import sweep
from gridloop.offices.territory.actions import enact_due
from gridloop.reactions import BY_NAME, TABLE, Reaction, name_of, story_of
from gridloop.site.keys import origin, signing_key
from gridloop.site.posting import post as post_out
from gridloop.site.sending import send as send_out

READER = "reactions"
SECONDS = 1.0
MOST_ROUNDS = 1000
FORGETS_AT = (3, 0)
TEACHES_AT = (2, 0)
WATCHES_AT = (2, 30)

log = logging.getLogger("gridloop.tick")


@dataclass(frozen=True, slots=True)
class Done:
    """How many entries were sealed, reactions done, clocks judged, cases resumed, notices sent, books signed, leases ended, boundaries in force."""

    sealed: int = 0
    reacted: int = 0
    judged: int = 0
    resumed: int = 0
    enacted: int = 0
    sent: int = 0
    signed: int = 0
    forgotten: int = 0
    indexed: int = 0
    taken_back: int = 0
    deemed: int = 0
    settled: int = 0
    passed: int = 0
    sampled: int = 0
    set_up: int = 0
    announced: int = 0
    posted: int = 0
    taught: int = 0
    digested: int = 0
    reminded: int = 0
    listed: int = 0
    watched: int = 0
    closed: int = 0


def once(*, at: datetime, send: Send = send_out, post: Post = post_out) -> Done:
    """Everything that is due at this moment is done. Raises ExceptionGroup of what failed, after doing the rest."""
    steps = _Steps()
    steps.keep_books(books.streets_with_books(), at=at)
    steps.announce(books.streets_with_books())
    steps.attempt("sent", partial(_deliver, at=at, send=send))
    steps.attempt("posted", partial(post_messages, at=at, post=post))
    steps.teach(books.streets_with_books(), at=at)
    return steps.finish()


def keep_books_of(street: str, *, at: datetime) -> Done:
    """The books of one street are kept as of this moment and nothing is posted: for replaying a history. Raises ExceptionGroup."""
    steps = _Steps()
    steps.keep_books([street], at=at)
    return steps.finish()


def run(*, stop: threading.Event, interval: float = SECONDS, send: Send = send_out, post: Post = post_out) -> None:
    """Ticks every ``interval`` seconds until ``stop`` is set; what fails is logged and tried again next time."""
    rounds = {
        "postman": partial(_post, send=send),
        "webhooks": partial(_post_webhooks, post=post),
        "teacher": _teach_all,
    }
    threads = [
        threading.Thread(target=_repeat, args=(work, stop, interval), name=name) for name, work in rounds.items()
    ]
    for thread in threads:
        thread.start()
    _repeat(_keep_books, stop, interval)
    for thread in threads:
        thread.join()


def main() -> None:
    """The tick as a process of its own, until SIGTERM, SIGINT or the end of the process that started it."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_stop_when_orphaned, args=(stop, os.getppid()), daemon=True).start()
    run(stop=stop)


# -- private: the loop ------------------------------------------------------------------------------------------------


def _repeat(work: Callable[[], None], stop: threading.Event, interval: float) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            work()
        except Exception:  # the loop must outlive a locked database or one bad row; the log says what it was
            log.exception("a tick failed and goes on")
        close_old_connections()
        stop.wait(interval)


def _keep_books() -> None:
    steps = _Steps()
    streets = books.streets_with_books()
    steps.keep_books(streets, at=timezone.now())
    steps.announce(streets)
    steps.finish()


def _post(*, send: Send) -> None:
    _deliver(at=timezone.now(), send=send)


def _post_webhooks(*, post: Post) -> None:
    post_messages(at=timezone.now(), post=post)


def _teach_all() -> None:
    steps = _Steps()
    steps.teach(books.streets_with_books(), at=timezone.now())
    steps.finish()


def _stop_when_orphaned(stop: threading.Event, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    stop.set()


# -- private: the steps -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Steps:
    """One tick under way: what was done, and what failed in which step."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, Exception] = field(default_factory=dict)

    def keep_books(self, streets: list[str], *, at: datetime) -> None:
        """Rounds of what time demands, seal and react until one finds nothing; then every book that has grown is signed."""
        for street in streets:
            self.attempt("closed", partial(close_ended, street=street, at=at), street)
        for _ in range(MOST_ROUNDS):
            if not self._round(streets, at=at):
                break
        else:
            log.error(
                "a tick did not come to rest within %s rounds: do reactions follow each other in a circle?", MOST_ROUNDS
            )
        self.attempt("forgotten", partial(_forget, at=at))
        for street in streets:
            self.attempt("watched", partial(_watch, street, at=at), street)
            self.attempt("signed", partial(_sign, street, at=at), street)
            self.attempt("indexed", partial(_index, street), street)

    def _round(self, streets: list[str], *, at: datetime) -> int:
        done = 0
        for street in streets:
            done += self.attempt("set_up", partial(_set_up, street, at=at), street)
            done += self.attempt("resumed", partial(_resume, street, at=at), street)
            done += self.attempt("enacted", partial(enact_due, street=street, at=at), street)
            done += self.attempt("taken_back", partial(_take_back, street, at=at), street)
            done += self.attempt("digested", partial(_tell_digests, street, at=at), street)
            done += self.attempt("reminded", partial(remind_to_file, street=street, at=at), street)
            done += self.attempt("listed", partial(list_overnight, street=street, at=at), street)
            done += self.attempt("passed", partial(pass_answer_duties, street=street, at=at), street)
            done += self.attempt("deemed", partial(_deem, street, at=at), street)
            done += self.attempt("sampled", partial(_sample, street, at=at), street)
            done += self.attempt("settled", partial(_settle, street, at=at), street)
        done += self.attempt("judged", partial(_sweep, at=at))
        for street in streets:
            done += self.attempt("sealed", partial(_seal, street), street)
            done += self.attempt("reacted", partial(_react, street, at=at), street)
        return done

    def announce(self, streets: list[str]) -> None:
        """What was sealed is on its way to the programs that asked to be told (webhooks)."""
        for street in streets:
            self.attempt("announced", partial(_announce, street), street)

    def teach(self, streets: list[str], *, at: datetime) -> None:
        """Category models learn from what officers corrected (at night, in a thread of its own: it takes its time)."""
        for street in streets:
            self.attempt("taught", partial(_teach, street, at=at), street)

    def attempt(self, step: str, work: Callable[[], int], street: str = "") -> int:
        """The step is done and counted; when it fails, the first fault is kept and the others go on."""
        try:
            done = work()
        except Exception as fault:  # raised again by ``finish``
            self.faults.setdefault(f"{step} {street}".strip(), fault)
            return 0
        self.counts[step] = self.counts.get(step, 0) + done
        return done

    def finish(self) -> Done:
        """What was done. Raises ExceptionGroup when a step failed."""
        if self.faults:
            raise ExceptionGroup(f"the tick failed in: {', '.join(self.faults)}", list(self.faults.values()))
        return Done(**self.counts)


def _until_nothing_is_left(work: Callable[[], int]) -> int:
    total = 0
    while done := work():
        total += done
    return total


def _announce(street: str) -> int:
    return _until_nothing_is_left(partial(announce, street=street))


def _seal(street: str) -> int:
    return _until_nothing_is_left(partial(archive.seal, street=street))


def _sweep(*, at: datetime) -> int:
    return _until_nothing_is_left(partial(sweep, at=at))


def _deliver(*, at: datetime, send: Send) -> int:
    return _until_nothing_is_left(partial(deliver, at=at, send=send))


def _sign(street: str, *, at: datetime) -> int:
    key = signing_key()
    signed = archive.sign(street=street, at=at, origin=origin(street), key_name=key.name, private_key=key.private)
    return 1 if signed else 0


def _index(street: str) -> int:
    """The search index has read the street's book to its end (``cases.actions.searching``)."""
    return _until_nothing_is_left(partial(follow_ledger, street=street))


def _resume(street: str, *, at: datetime) -> int:
    """Cases whose suspension is over are resumed by the system; one that another tick or a person was faster with is left."""
    resumed = 0
    for ref in suspensions_over(street, at=at):
        try:
            resume(by=SYSTEM, at=at, case=ref, reason="挂起期限已到,自动恢复")
        except Refused:
            continue
        resumed += 1
    return resumed


def _set_up(street: str, *, at: datetime) -> int:
    """Published change-sets of the setup whose date has come are in force."""
    return take_effect(street=street, at=at)


def _forget(*, at: datetime) -> int:
    """Contacts that were kept long enough are erased in the first minute after 03:00: the search reads every old report, so once a day is enough."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) != FORGETS_AT:
        return 0
    return _until_nothing_is_left(partial(forget_old_contacts, at=at))


def _teach(street: str, *, at: datetime) -> int:
    """In the first minute after 02:00, where enough was corrected since the last time; one that another tick was faster with is left."""
    local = timezone.localtime(at)
    if (local.hour, local.minute) != TEACHES_AT or not is_time_to_retrain(street, at=at):
        return 0
    try:
        return 1 if retrain(by=SYSTEM, at=at, street=street) else 0
    except Outdated:
        return 0


def _watch(street: str, *, at: datetime) -> int:
    """In the first minute after 02:30: how the street's firms are doing is looked at, and what the rule sees is proposed."""
    local = timezone.localtime(at)
    return propose_vitality(at=at, street=street) if (local.hour, local.minute) == WATCHES_AT else 0


def _take_back(street: str, *, at: datetime) -> int:
    """Leases that ended unanswered; one that another tick was faster with is not counted."""
    return sum(take_back(at=at, link=ref) for ref in leases_over(street, at=at))


def _tell_digests(street: str, *, at: datetime) -> int:
    """Policies that were pushed in quiet hours, or just now: those who serve the firms are told."""
    return _until_nothing_is_left(partial(tell_due_digests, by=SYSTEM, at=at, street=street))


def _deem(street: str, *, at: datetime) -> int:
    """Cases that nobody accepted or returned inside the window count as taken."""
    return sum(deem_accepted(at=at, case=ref) for ref in windows_closed(street, at=at))


def _sample(street: str, *, at: datetime) -> int:
    """The month is announced, and months that are over are drawn."""
    return announce_sample(street=street, at=at) + draw_samples(street=street, at=at)


def _settle(street: str, *, at: datetime) -> int:
    """Returns whose answer is overdue: what silence means comes true."""
    return sum(settle_return(at=at, ref=ref) for ref in returns_overdue(street, at=at))


# -- private: reactions -----------------------------------------------------------------------------------------------


def _react(street: str, *, at: datetime) -> int:
    """What failed before is tried again, then every unread entry is followed in order, and the bookmark moves."""
    done = sum(
        _follow(BY_NAME[row.reaction], row.entry, at=at)
        for row in books.set_aside_until(at, street=street)
        if row.reaction in BY_NAME
    )
    while books.has_unread(street, reader=READER):
        unread = books.unread(street=street, reader=READER)
        done += sum(_follow(reaction, entry, at=at) for entry in unread for reaction in TABLE.get(entry.kind, ()))
        archive.move_bookmark(street=street, reader=READER, seq=unread[-1].seq or 0)
    return done


def _follow(reaction: Reaction, entry: Entry, *, at: datetime) -> bool:
    """The reaction has followed the entry, or is set aside; True when it was done now. A database that is away is no fault."""
    try:
        return archive.react_once(reaction=name_of(reaction), entry=entry, do=lambda: reaction(story_of(entry, at=at)))
    except OperationalError:
        raise
    except Exception as fault:  # finished by setting it aside: it is kept, told, and tried again
        log.exception("%s failed for entry %s/%s", name_of(reaction), entry.book_id, entry.seq)
        _set_aside(name_of(reaction), entry, fault=f"{type(fault).__name__}: {fault}", at=at)
        return False


def _set_aside(reaction: str, entry: Entry, *, fault: str, at: datetime) -> None:
    """The pair is kept for later, and the keepers are told; if even that fails, it is at least kept."""
    try:
        with deed():
            row = archive.set_aside(reaction=reaction, entry=entry, fault=fault, at=at)
            if row.tries == 1:
                _tell_keepers(reaction, entry, at=at)
    except Exception:
        log.exception("the keepers could not be told of %s", reaction)
        archive.set_aside(reaction=reaction, entry=entry, fault=fault, at=at)


def _tell_keepers(reaction: str, entry: Entry, *, at: datetime) -> None:
    """Once for a reaction, however many entries it fails on at the same time."""
    street = entry.book_id
    if sum(row.reaction == reaction for row in books.failing_reactions(street)) > 1:
        return
    keepers = organisation.people_with_roles(street, roles=(Role.SYSTEM_KEEPER,), at=at)
    message = Message(
        kind="reaction.failed", title=f"连锁动作未完成:{reaction}", subject=entry.subject,
        text=f"台账第 {entry.seq} 条之后的动作 {reaction} 出错,系统会反复重试,其他动作不受影响。请查看日志,必要时联系维护人员。",
    )  # fmt: skip
    tell(by=SYSTEM, at=at, street=street, people=keepers, message=message, cause=books.code_of(entry))
