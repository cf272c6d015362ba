"""Every write of the archive: recording deeds, sealing them into the book's tree, signing, erasing, attaching.

Guarantees

* An entry is written in the transaction of its deed: both exist or neither does.
* Numbers are given in one place, under the book's lock, so a reader with a bookmark misses nothing.
* Sealing, like everything here, may be killed at any instant and run again: the same ledger comes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from gridloop.core import ledger
from gridloop.core.access import Actor, Role, signature
from gridloop.core.audit import ERASED_KIND
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.offices.archive import queries
from gridloop.offices.archive.identifiers import random_bytes
from gridloop.offices.archive.models import (
    AccessNote,
    Book,
    Bookmark,
    Checkpoint,
    Deed,
    Entry,
    Erasure,
    Node,
    Reacted,
)
from gridloop.offices.archive.rows import write_rows_with_keys
from gridloop.offices.archive.transaction import deed

ERASES = frozenset({Role.SECURITY_KEEPER, Role.STREET_LEADER})
LONGEST_WAIT = timedelta(hours=1)
LONGEST_BASIS = 200


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be recorded: ``kind`` in the past tense, ``subject`` as kind:ref, ``payload`` plain values."""

    kind: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    cause: str = ""


def open_book(*, street: str, name: str) -> Book:
    """The street's book exists."""
    book, _ = Book.objects.get_or_create(street=street, defaults={"name": name})
    return book


def record(
    kind: str, *, by: Actor, at: datetime, street: str, subject: str, payload: dict[str, Any], cause: str = ""
) -> Entry:
    """One entry stands in the street's book, in the caller's transaction."""
    entry = _entry(Fact(kind, subject, payload, cause), by=by, at=at, street=street)
    entry.save(force_insert=True)
    return entry


def record_many(facts: Iterable[Fact], *, by: Actor, at: datetime, street: str) -> list[Entry]:
    """An entry for each fact, in their order."""
    entries = [_entry(fact, by=by, at=at, street=street) for fact in facts]
    write_rows_with_keys(entries)
    return entries


def _entry(fact: Fact, *, by: Actor, at: datetime, street: str) -> Entry:
    """The unsaved entry: salted commitment to the payload, leaf over the header."""
    salt = random_bytes(32)
    signed = by.name if fact.subject.startswith("case:") else signature(by, street)
    payload = ledger.canonical({"by": signed, **fact.payload})
    commitment = ledger.commit(salt, payload).hex()
    header = ledger.EntryHeader(
        book=street,
        kind=fact.kind,
        at=at,
        actor=by.label,
        subject=fact.subject,
        commitment_hex=commitment,
        recorded_at=at,
        cause=fact.cause,
    )
    return Entry(
        book_id=street,
        kind=fact.kind,
        at=at,
        recorded_at=at,
        actor=by.label,
        subject=fact.subject,
        cause=fact.cause,
        payload=payload.decode(),
        salt=salt.hex(),
        commitment=commitment,
        leaf=ledger.leaf_hash(ledger.header_bytes(header)).hex(),
    )


def seal(*, street: str, limit: int = 5000) -> int:
    """The street's committed entries have numbers and stand in its tree; how many were sealed.

    Steps: (1) lock the book, (2) take committed entries without a number by id, (3) append their leaves, (4) write
    numbers, nodes and the new size together.
    """
    if not queries.has_unsealed(street):
        return 0
    with deed():
        book = Book.objects.select_for_update().get(street=street)
        entries = list(Entry.objects.filter(book=book, seq__isnull=True).order_by("id").only("id", "leaf")[:limit])
        if not entries:
            return 0
        tree, nodes = frontier_of(book).extend(bytes.fromhex(entry.leaf) for entry in entries)
        _number(entries, first=book.size + 1)
        Node.objects.bulk_create(
            [Node(book=book, level=node.level, index=node.index, hash=node.hash) for node in nodes], batch_size=1000
        )
        Book.objects.filter(street=street).update(size=tree.size, frontier=[peak.hex() for peak in tree.peaks])
    return len(entries)


def frontier_of(book: Book) -> ledger.Frontier:
    """The compact tree of the book's sealed entries."""
    return ledger.Frontier(book.size, tuple(bytes.fromhex(peak) for peak in book.frontier))


def _number(entries: Sequence[Entry], *, first: int) -> None:
    """Numbers in order of arrival, starting with ``first``; the leaves do not contain them, the tree's order does."""
    numbered = [(first + offset, entry.pk) for offset, entry in enumerate(entries)]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE archive_entry SET seq = %s WHERE id = %s AND seq IS NULL", numbered)


def sign(*, street: str, at: datetime, origin: str, key_name: str, private_key: bytes) -> Checkpoint | None:
    """The book's present size and root are signed, unless that size was signed before."""
    if not queries.has_grown(street):
        return None
    with deed():
        book = Book.objects.select_for_update().get(street=street)
        if book.size == 0 or book.signed_size == book.size:
            return None
        root = frontier_of(book).root()
        note = ledger.sign_checkpoint(
            ledger.Checkpoint(origin=origin, size=book.size, root=root),
            key_name=key_name,
            private_key_bytes=private_key,
        )
        Book.objects.filter(street=street).update(signed_size=book.size)
        return Checkpoint.objects.create(book=book, size=book.size, root=root.hex(), note=note, signed_at=at)


def erase(*, entries: Sequence[int], street: str, basis: str, by: Actor, at: datetime) -> Erasure:
    """The payloads and salts of these entries (by number) are gone; verification says *erased*, not *broken*.

    The certificate is itself an entry that lists the numbers. Raises NotAllowed for anyone but the system, a security
    keeper or a leader of the street, WrongInput without a basis or a number, Refused for a number that is not sealed, whose
    payload is gone already, or which is itself a certificate (without it the erasure could no longer be accounted for).
    """
    _must_erase(by, street)
    under = _basis(basis)
    if not entries:
        raise WrongInput("archive.nothing_to_erase", "请选择要销毁的条目。", field="entries")
    with deed():
        rows = _erasable(street, entries)
        certificate = record(
            "archive.erased", by=by, at=at, street=street, subject=f"book:{street}",
            payload={"basis": under, "entries": sorted(row.seq for row in rows if row.seq)},
        )  # fmt: skip
        erasure = Erasure.objects.create(book_id=street, basis=under, certificate=certificate, erased_at=at)
        erasure.entries.set(rows)
        Entry.objects.filter(id__in=[row.pk for row in rows]).update(payload=None, salt=None)
    return erasure


def erase_of(
    subject: str, *, entries: Sequence[int], street: str, basis: str, by: Actor, at: datetime
) -> tuple[int, ...]:
    """As ``erase``, for entries of one subject only (``case:2a3b…``); returns the numbers whose payload is gone.

    Raises Refused when a number belongs to something else: a form that was meant for one case erases nothing of another.
    """
    _must_erase(by, street)
    wanted = sorted(set(entries))
    own = Entry.objects.filter(book_id=street, subject=subject, seq__in=wanted).count()
    if own != len(wanted):
        raise Refused("archive.of_another", "有的条目不属于这个事项;请重新查找后再选。", entries=wanted)
    erase(entries=wanted, street=street, basis=basis, by=by, at=at)
    return tuple(wanted)


def _must_erase(by: Actor, street: str) -> None:
    if by.kind != "system" and not by.roles(street) & ERASES:
        raise NotAllowed("archive.may_not_erase", "销毁由安全管理员或街道领导来做;请联系他们。")


def _basis(said: str) -> str:
    """The basis as it will stand in the certificate. Raises WrongInput."""
    basis = said.replace("\x00", "").strip()
    if not basis:
        raise WrongInput("archive.basis_missing", "请写明销毁依据(文件名称和条款)。", field="basis")
    if len(basis) > LONGEST_BASIS:
        raise WrongInput("archive.basis_too_long", f"依据最多 {LONGEST_BASIS} 字;请只写文件名称和条款。", field="basis")
    return basis


def _erasable(street: str, numbers: Sequence[int]) -> list[Entry]:
    """The entries, locked. Raises Refused when one of them cannot be erased."""
    rows = Entry.objects.select_for_update().filter(book_id=street, seq__in=numbers, payload__isnull=False)
    found = list(rows.exclude(kind=ERASED_KIND))
    if len(found) != len(set(numbers)):
        raise Refused(
            "archive.not_erasable", "有的条目尚未封存、已销毁或本身是销毁证明;请重选。", entries=sorted(numbers)
        )
    return found


def once(
    *, door: str, key: str, content: object, at: datetime, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The answer of a deed that is done once for its key, and whether it had been done before.

    The key is claimed first, inside the deed's own transaction: of two at once the second waits in the database and then
    gets the first one's answer. Raises Refused when the key was used for something else.
    """
    fingerprint = queries.fingerprint_of(content)
    if not key:
        with deed():
            return do(), False
    answer = _done_now(Deed(door=door, key=key, fingerprint=fingerprint, answer={}, done_at=at), do)
    if answer is not None:
        return answer, False
    done = queries.deed_done(door=door, key=key)
    if done is None:
        raise Refused("door.try_again", "同一份内容正在提交,结果还不确定;请稍后用同一个键再提交一次。", key=key)
    return _same(done, fingerprint), True


def _done_now(claim: Deed, do: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """The deed's answer, kept under its key together with what the deed wrote; None when the key was claimed before."""
    with deed():
        if not _claimed(claim):
            return None
        answer = do()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE archive_deed SET answer = %s WHERE door = %s AND key = %s",
                [json.dumps(answer), claim.door, claim.key],
            )
    return answer


def _claimed(claim: Deed) -> bool:
    """The key is ours, in one statement without a savepoint; False when someone else has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO archive_deed (door, key, fingerprint, answer, done_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [claim.door, claim.key, claim.fingerprint, "{}", connection.ops.adapt_datetimefield_value(claim.done_at)],
        )
        return bool(cursor.rowcount == 1)


def remember(*, door: str, answers: Mapping[str, tuple[object, dict[str, Any]]], at: datetime) -> None:
    """Each key has done its deed: by key, the content it was done for and its answer. For imports, in the deed's own transaction."""
    Deed.objects.bulk_create(
        [
            Deed(door=door, key=key, fingerprint=queries.fingerprint_of(content), answer=answer, done_at=at)
            for key, (content, answer) in answers.items()
        ],
        batch_size=500,
    )


def _same(done: Deed, fingerprint: str) -> dict[str, Any]:
    if done.fingerprint != fingerprint:
        raise Refused("door.key_reused", "这个防重复键已用于另一份内容;请换一个新的键再提交。", key=done.key)
    answer: dict[str, Any] = done.answer
    return answer


def note_access(*, by: Actor, at: datetime, street: str, subject: str, what: str, reason: str) -> AccessNote:
    """It is written down who looked at what and why. Raises WrongInput without a reason."""
    if len(reason.strip()) < 2:
        raise WrongInput("archive.reason_missing", "请写明查看原因(例如:回访核对电话)。", field="reason")
    with deed():
        return AccessNote.objects.create(
            street=street,
            subject=subject,
            actor=by.label,
            actor_name=by.name,
            what=what,
            reason=reason.strip()[:200],
            looked_at=at,
        )


def react_once(*, reaction: str, entry: Entry, do: Callable[[], object]) -> bool:
    """The reaction has followed this entry exactly once, in one transaction with its effect; True when it was done now.

    A reaction that was set aside with a fault is done again here. What ``do`` raises passes on, and nothing is written.
    """
    with deed():
        row, is_new = Reacted.objects.select_for_update().get_or_create(reaction=reaction, entry=entry)
        if not is_new and not row.fault:
            return False
        do()
        if row.fault:
            Reacted.objects.filter(pk=row.pk).update(fault="", next_try_at=None)
        return True


def set_aside(*, reaction: str, entry: Entry, fault: str, at: datetime) -> Reacted:
    """The reaction that failed is tried again later: after 2, 4, 8 … seconds, at most an hour apart, for ever."""
    with deed():
        row, is_new = Reacted.objects.select_for_update().get_or_create(
            reaction=reaction, entry=entry, defaults={"fault": fault[:300]}
        )
        if is_new or row.fault:  # a done one stays done
            row.fault, row.tries = fault[:300] or "?", min(row.tries + 1, 30)
            row.next_try_at = at + min(timedelta(seconds=2**row.tries), LONGEST_WAIT)
            row.save(update_fields=["fault", "tries", "next_try_at"])
        return row


def move_bookmark(*, street: str, reader: str, seq: int) -> None:
    """The reader has read up to and including ``seq``; never backwards."""
    with deed():
        bookmark, _ = Bookmark.objects.select_for_update().get_or_create(
            book_id=street, reader=reader, defaults={"seq": 0}
        )
        if seq > bookmark.seq:
            Bookmark.objects.filter(pk=bookmark.pk).update(seq=seq)
