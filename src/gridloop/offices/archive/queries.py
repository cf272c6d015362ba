"""Every read of the archive: timelines, receipts, the audit of whole books, what was done under a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Value

from gridloop.core import ledger
from gridloop.core.audit import AuditReport, EntryRow, audit
from gridloop.core.errors import NotFound
from gridloop.offices.archive.models import AccessNote, Attachment, Book, Bookmark, Checkpoint, Deed, Entry, Erasure, Node


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


def streets_with_books() -> list[str]:
    return list(Book.objects.order_by("street").values_list("street", flat=True))


def unread(*, street: str, reader: str, limit: int = 200) -> list[Entry]:
    """Sealed entries behind the reader's bookmark, in order, without gaps."""
    bookmark = Bookmark.objects.filter(book_id=street, reader=reader).first()
    after = bookmark.seq if bookmark else 0
    return list(Entry.objects.filter(book_id=street, seq__gt=after).order_by("seq")[:limit])


def attachments_of(subject: str) -> list[Attachment]:
    return list(Attachment.objects.filter(subject=subject).order_by("id"))


def attachment(ref: str) -> Attachment:
    found = Attachment.objects.filter(ref=ref).first()
    if found is None:
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    return found


def access_notes(subject: str) -> list[AccessNote]:
    return list(AccessNote.objects.filter(subject=subject).order_by("-id")[:100])


def latest_checkpoint(street: str) -> Checkpoint | None:
    return Checkpoint.objects.filter(book_id=street).order_by("-size").first()


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
        book=entry.book_id, kind=entry.kind, at=entry.at, actor=entry.actor, subject=entry.subject,
        commitment_hex=entry.commitment, recorded_at=entry.recorded_at, cause=entry.cause,
    )  # fmt: skip


def _erasures(street: str) -> dict[int, ledger.Erasure]:
    """By entry id: why its payload is gone."""
    return {
        entry_id: ledger.Erasure(on=erasure.erased_at.date(), under=erasure.basis, certificate=erasure.certificate.seq)
        for erasure in Erasure.objects.filter(book_id=street).select_related("certificate")
        for entry_id in erasure.entries.values_list("pk", flat=True)
    }


def audit_book(street: str, *, verifier_keys: list[str]) -> AuditReport:
    """The whole book checked in one pass over its rows; unsealed entries are checked for themselves."""
    book = Book.objects.get(street=street)
    report = audit(
        street,
        entries=_rows(street),
        nodes=_nodes(street),
        checkpoints=Checkpoint.objects.filter(book=book).order_by("size").values_list("note", flat=True),
        verifier_keys=verifier_keys,
        expected_size=book.size,
    )
    return AuditReport(report.book, report.size, report.root, (*report.findings, *_unsealed_findings(street)))


def _rows(street: str) -> Iterator[EntryRow]:
    erasures = _erasures(street)
    for entry in Entry.objects.filter(book_id=street, seq__isnull=False).order_by("seq").iterator(chunk_size=2000):
        assert entry.seq is not None
        yield EntryRow(
            seq=entry.seq, header=header_of(entry), leaf=_bytes(entry.leaf), salt=_bytes(entry.salt) if entry.salt is not None else None,
            payload=entry.payload.encode() if entry.payload is not None else None, erasure=erasures.get(entry.pk),
        )  # fmt: skip


def _bytes(text: str) -> bytes:
    """The bytes of a hexadecimal column; what is no longer hexadecimal is certainly not what was sealed."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _nodes(street: str) -> Iterator[ledger.Node]:
    order = (F("index") + Value(1)).bitleftshift(F("level"))
    for node in Node.objects.filter(book_id=street).order_by(order, "level").iterator(chunk_size=5000):
        yield ledger.Node(level=node.level, index=node.index, hash=bytes(node.hash))


def _unsealed_findings(street: str) -> Iterator[ledger.Finding]:
    """Entries that wait for their number must at least agree with themselves."""
    for entry in Entry.objects.filter(book_id=street, seq__isnull=True).iterator(chunk_size=2000):
        is_whole = entry.payload is not None and entry.salt is not None and len(_bytes(entry.salt)) == ledger.SALT_SIZE
        payload_holds = is_whole and ledger.commit(_bytes(entry.salt or ""), (entry.payload or "").encode()).hex() == entry.commitment
        header_holds = ledger.leaf_hash(ledger.header_bytes(header_of(entry))).hex() == entry.leaf
        if not (payload_holds and header_holds):
            what = "头部" if payload_holds else "正文"
            yield ledger.Finding("unsealed", street, None, f"待封存条目(内部编号 {entry.pk})的{what}与登记时不符:被改动过。")
