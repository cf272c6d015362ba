"""Every read of the archive: timelines, receipts, the audit of whole books, what was done under a key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Max, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from gridloop.core import ledger
from gridloop.core.audit import AuditReport, EntryRow, audit
from gridloop.core.checkpoint import note_text, parse_checkpoint
from gridloop.core.errors import NotFound, WrongInput
from gridloop.offices.archive.models import (
    AccessNote,
    Attachment,
    Book,
    Bookmark,
    Checkpoint,
    Deed,
    Entry,
    Erasure,
    Node,
    Reacted,
)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a subject's history. ``seq`` is None until the tick has sealed it."""

    id: int
    seq: int | None
    kind: str
    at: datetime
    actor: str
    by: str
    payload: dict[str, Any]
    is_erased: bool


def timeline(subject: str) -> list[TimelineEntry]:
    """The history of a subject, oldest first: the page shows the ledger itself."""
    return [_timeline_entry(entry) for entry in Entry.objects.filter(subject=subject).order_by("id")]


def _timeline_entry(entry: Entry) -> TimelineEntry:
    payload = json.loads(entry.payload) if entry.payload is not None else {}
    return TimelineEntry(
        entry.pk, entry.seq, entry.kind, entry.at, entry.actor, payload.pop("by", ""), payload, entry.payload is None
    )


def payload_of(entry: Entry) -> dict[str, Any]:
    """The payload as values; empty when erased."""
    return dict(json.loads(entry.payload)) if entry.payload is not None else {}


def deed_done(*, door: str, key: str) -> Deed | None:
    return Deed.objects.filter(door=door, key=key).first()


def deeds_done(*, door: str, keys: Iterable[str]) -> dict[str, Deed]:
    """By key: the deeds that were done at this door already."""
    wanted = list(keys)
    return {
        done.key: done
        for start in range(0, len(wanted), 500)
        for done in Deed.objects.filter(door=door, key__in=wanted[start : start + 500])
    }


def fingerprint_of(content: object) -> str:
    """What tells one content from another without keeping it: the SHA-256 of its JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def streets_with_books() -> list[str]:
    return list(Book.objects.order_by("street").values_list("street", flat=True))


def has_unsealed(street: str) -> bool:
    """Whether entries wait for their number: one look into a partial index, without waiting for one's turn to write."""
    return Entry.objects.filter(book_id=street, seq__isnull=True).exists()


def has_grown(street: str) -> bool:
    """Whether the book holds entries that no checkpoint covers yet."""
    return Book.objects.filter(street=street).exclude(size=F("signed_size")).exists()


def has_unread(street: str, *, reader: str) -> bool:
    """Whether the book is longer than the reader has read: one statement in plain SQL, because every round of the tick asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM archive_book AS book LEFT JOIN archive_bookmark AS mark ON mark.book_id = book.street AND mark.reader = %s"
            " WHERE book.street = %s AND book.size > COALESCE(mark.seq, 0)",
            [reader, street],
        )
        return cursor.fetchone() is not None


def unread(*, street: str, reader: str, limit: int = 200) -> list[Entry]:
    """Sealed entries behind the reader's bookmark, in order, without gaps."""
    bookmark = Bookmark.objects.filter(book_id=street, reader=reader).first()
    after = bookmark.seq if bookmark else 0
    return list(Entry.objects.filter(book_id=street, seq__gt=after).order_by("seq")[:limit])


def set_aside_until(at: datetime, *, street: str) -> list[Reacted]:
    """Reactions that failed and are to be tried again by now, in the order of their causes."""
    rows = Reacted.objects.filter(next_try_at__lte=at, entry__book_id=street).select_related("entry")
    return list(rows.order_by("entry__seq", "reaction"))


def failing_reactions(street: str) -> list[Reacted]:
    """Reactions that failed and were not done since, with their fault: the keeper's list."""
    return list(
        Reacted.objects.filter(next_try_at__isnull=False, entry__book_id=street)
        .select_related("entry")
        .order_by("entry__seq")
    )


def code_of(entry: Entry) -> str:
    """How a sealed entry is named as the cause of another: its book and number."""
    return f"entry:{entry.book_id}/{entry.seq}"


def attachments_of(subject: str) -> list[Attachment]:
    return list(Attachment.objects.filter(subject=subject).order_by("id"))


def attachment(ref: str) -> Attachment:
    found = Attachment.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    return found


def access_notes(subject: str) -> list[AccessNote]:
    return list(AccessNote.objects.filter(subject=subject).order_by("-id")[:100])


def access_notes_of(subjects: Iterable[str]) -> list[AccessNote]:
    """Every look at any of these subjects, the newest first; none is left out."""
    wanted = list(dict.fromkeys(subjects))
    found = [
        note
        for start in range(0, len(wanted), 500)
        for note in AccessNote.objects.filter(subject__in=wanted[start : start + 500])
    ]
    return sorted(found, key=lambda note: (note.looked_at, note.pk), reverse=True)


def latest_checkpoint(street: str) -> Checkpoint | None:
    return Checkpoint.objects.filter(book_id=street).order_by("-size").first()


@dataclass(frozen=True, slots=True)
class BookLine:
    """A book as anyone may see it: entries sealed so far, and the latest signed checkpoint, if there is one."""

    street: str
    name: str
    size: int
    checkpoint: Checkpoint | None


def books() -> list[BookLine]:
    """Every book with its latest signed checkpoint, in the order of the streets' codes; two statements."""
    newest = Checkpoint.objects.filter(book_id=OuterRef("book_id")).order_by("-size").values("pk")[:1]
    heads = {head.book_id: head for head in Checkpoint.objects.filter(pk=Subquery(newest))}
    return [
        BookLine(book.street, book.name, book.size, heads.get(book.street)) for book in Book.objects.order_by("street")
    ]


def checkpoint(*, street: str, size: int) -> Checkpoint:
    """The signed checkpoint of that size. Raises NotFound."""
    found = Checkpoint.objects.filter(book_id=street, size=size).first()
    if found is None:
        raise NotFound(
            "archive.no_checkpoint", f"这本台账没有在第 {size} 条签过名;请不写 size,取最新的一份。", size=size
        )
    return found


def book_size(street: str) -> int:
    """How many entries the street's book has sealed. Raises NotFound."""
    found = Book.objects.filter(street=street).values_list("size", flat=True).first()
    if found is None:
        raise NotFound("archive.no_book", "没有这本台账;请从台账列表中选择。", street=street)
    return found


def receipt(*, entry_id: int) -> dict[str, object] | None:
    """Everything needed to check one entry offline against the latest checkpoint; None until it is sealed and signed."""
    entry = Entry.objects.get(pk=entry_id)
    checkpoint = latest_checkpoint(entry.book_id)
    if entry.seq is None or checkpoint is None or checkpoint.size < entry.seq:
        return None
    return ledger.receipt_document(
        header_of(entry),
        index=entry.seq - 1,
        size=checkpoint.size,
        proof=ledger.inclusion_proof(entry.seq - 1, checkpoint.size, node_getter(entry.book_id)),
        checkpoint=checkpoint.note,
        salt=bytes.fromhex(entry.salt) if entry.salt else None,
        payload=entry.payload.encode() if entry.payload is not None else None,
        erasure=_erasures(entry.book_id).get(entry.pk),
    )


def first_entry_of(subject: str) -> Entry | None:
    """The entry with which a subject's history begins."""
    return Entry.objects.filter(subject=subject).order_by("id").first()


def consistency(*, street: str, old: int, new: int) -> dict[str, object]:
    """The proof that the book of ``new`` entries extends the book of ``old`` entries, JSON-ready."""
    return ledger.consistency_document(old=old, new=new, proof=ledger.consistency_proof(old, new, node_getter(street)))


def node_getter(street: str) -> ledger.GetNode:
    """Reads a complete node of the street's tree."""

    def get_node(level: int, index: int) -> bytes:
        return bytes(Node.objects.get(book_id=street, level=level, index=index).hash)

    return get_node


def header_of(entry: Entry) -> ledger.EntryHeader:
    return ledger.EntryHeader(
        book=str(entry.book_id), kind=str(entry.kind), at=entry.at, actor=str(entry.actor), subject=str(entry.subject),
        commitment_hex=str(entry.commitment), recorded_at=entry.recorded_at, cause=str(entry.cause),
    )  # fmt: skip


def _erasures(street: str) -> dict[int, ledger.Erasure]:
    """By entry id: why its payload is gone."""
    return {
        entry_id: ledger.Erasure(
            on=localdate(erasure.erased_at), under=erasure.basis, certificate=erasure.certificate.seq
        )
        for erasure in Erasure.objects.filter(book_id=street).select_related("certificate")
        for entry_id in erasure.entries.values_list("pk", flat=True)
    }


def audit_book(street: str, *, verifier_keys: list[str]) -> AuditReport:
    """The whole book checked in one pass over its rows; unsealed entries are checked for themselves.

    Whatever a column was changed to, the audit reads on: what is no moment or number any more cannot hash to what was sealed.
    Sealing may go on meanwhile: the pass reads up to the size that the book had at its start.
    """
    with _whatever_stands_there():
        book = Book.objects.get(street=street)
        signed = list(Checkpoint.objects.filter(book=book, size__lte=book.size).order_by("size"))
        report = audit(
            street,
            entries=_rows(book),
            nodes=_nodes(book),
            checkpoints=[str(each.note) for each in signed],
            verifier_keys=verifier_keys,
            expected_size=book.size,
        )
        others = (
            *_frontier_findings(book, report),
            *_checkpoint_findings(book, signed),
            *_beyond(book),
            *_unsealed_findings(street),
        )
    return AuditReport(report.book, report.size, report.root, (*report.findings, *others))


@contextmanager
def _whatever_stands_there() -> Iterator[None]:
    """On SQLite, which keeps any bytes in any column, text that is none is read as something else than what was sealed."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.connection.text_factory
    connection.connection.text_factory = lambda raw: raw.decode(errors="replace")
    try:
        yield
    finally:
        connection.connection.text_factory = usual


LAST_LEAF = (F("index") + Value(1)).bitleftshift(F("level"))  # type: ignore[arg-type]
"""The number of the last leaf that a node covers."""
UNREADABLE = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for a moment that cannot be read any more; no deed was ever recorded then."""


def _kept(rows: QuerySet[Entry]) -> Iterator[Entry]:
    """The entries with their moments read from text, so that a spoilt one does not end the reading."""
    moments = {"at_text": Cast("at", TextField()), "recorded_at_text": Cast("recorded_at", TextField())}
    for entry in rows.order_by("seq", "id").defer("at", "recorded_at").annotate(**moments).iterator(chunk_size=2000):
        entry.at, entry.recorded_at = (_moment(getattr(entry, name)) for name in moments)
        yield entry


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return UNREADABLE
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # SQLite keeps UTC without saying so


def _rows(book: Book) -> Iterator[EntryRow]:
    erasures = _erasures(book.street)
    for entry in _kept(Entry.objects.filter(book=book, seq__lte=book.size)):
        if isinstance(entry.seq, int):  # SQLite keeps whatever was put there; the number is then missed
            yield EntryRow(
                seq=entry.seq, header=header_of(entry), leaf=_bytes(entry.leaf), salt=_bytes(entry.salt) if entry.salt is not None else None,
                payload=_payload_bytes(entry.payload), erasure=erasures.get(entry.pk),
            )  # fmt: skip


def _payload_bytes(payload: str | None) -> bytes | None:
    return None if payload is None else str(payload).encode(errors="replace")


def _bytes(text: str) -> bytes:
    """The bytes of a hexadecimal column; what is no longer hexadecimal is certainly not what was sealed."""
    try:
        return bytes.fromhex(str(text))
    except ValueError:
        return b""


def _nodes(book: Book) -> Iterator[ledger.Node]:
    rows = Node.objects.filter(book=book).annotate(last=LAST_LEAF).filter(last__lte=book.size)
    for node in rows.order_by("last", "level").iterator(chunk_size=5000):
        if isinstance(node.level, int) and isinstance(node.index, int):
            kept = node.hash.encode(errors="replace") if isinstance(node.hash, str) else bytes(node.hash)
            yield ledger.Node(level=node.level, index=node.index, hash=kept)


def _beyond(book: Book) -> Iterator[ledger.Finding]:
    """What lies beyond the book's end, each seen in one statement: sealing writes entries, nodes and size together."""
    for seq in Entry.objects.filter(book=book, seq__gt=F("book__size")).order_by("seq").values_list("seq", flat=True):
        yield ledger.Finding("added", book.street, seq, f"第 {seq} 条没有经过封存,请核对来历。")
    leaves = Node.objects.filter(book=book).annotate(last=LAST_LEAF).filter(last__gt=F("book__size"))
    signed = Checkpoint.objects.filter(book=book, size__gt=F("book__size"))
    last = max([*leaves.values_list("last", flat=True), *signed.values_list("size", flat=True)], default=0)
    if last:
        yield ledger.Finding(
            "missing", book.street, book.size + 1, f"第 {book.size + 1}–{last} 条曾被封存,现在不见了,请从备份恢复。"
        )


def _checkpoint_findings(book: Book, signed: Sequence[Checkpoint]) -> Iterator[ledger.Finding]:
    """What stands beside a signed note says what the note says, and the newest note is there."""
    for each in signed:
        try:
            note = parse_checkpoint(note_text(str(each.note)))
        except WrongInput:
            continue  # the audit has named it
        if (note.size, note.root.hex()) != (each.size, each.root):
            yield ledger.Finding(
                "checkpoint", book.street, None, f"{note.size} 条时的检查点旁边记的条数或树根被改动;签名的原文完好。"
            )
    newest = Max("checkpoint__size", default=0)
    said = Book.objects.filter(street=book.street).annotate(newest=newest).values_list("signed_size", "newest")
    for signed_size, size in said:  # of one statement, since signing may go on meanwhile
        if signed_size != size:
            yield ledger.Finding(
                "checkpoint",
                book.street,
                None,
                f"账册记着签到了第 {signed_size} 条,最新的检查点却在第 {size} 条;请从备份恢复检查点。",
            )


def _frontier_findings(book: Book, report: AuditReport) -> Iterator[ledger.Finding]:
    """The compact tree that sealing goes on from must be that of the entries."""
    try:
        root = ledger.Frontier(book.size, tuple(bytes.fromhex(peak) for peak in book.frontier)).root()
    except (WrongInput, ValueError, TypeError):
        root = b""
    if report.is_sound and root != report.root:
        yield ledger.Finding("frontier", book.street, None, "账册的树顶与条目不符:请从备份恢复,暂停封存。")


def _unsealed_findings(street: str) -> Iterator[ledger.Finding]:
    """Entries that wait for their number must at least agree with themselves."""
    for entry in _kept(Entry.objects.filter(book_id=street, seq__isnull=True)):
        payload_holds, header_holds = _payload_holds(entry), _header_holds(entry)
        if not (payload_holds and header_holds):
            what = "头部" if payload_holds else "正文"
            yield ledger.Finding(
                "unsealed", street, None, f"待封存条目(内部编号 {entry.pk})的{what}与登记时不符:被改动过。"
            )


def _payload_holds(entry: Entry) -> bool:
    salt, payload = _bytes(entry.salt or ""), _payload_bytes(entry.payload)
    return (
        payload is not None and len(salt) == ledger.SALT_SIZE and ledger.commit(salt, payload).hex() == entry.commitment
    )


def _header_holds(entry: Entry) -> bool:
    try:
        return ledger.leaf_hash(ledger.header_bytes(header_of(entry))).hex() == entry.leaf
    except WrongInput:
        return False
