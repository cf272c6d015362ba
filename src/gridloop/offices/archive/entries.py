"""Sealed entries read in their order, and the proof that one of them stands in the signed tree."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.core import ledger
from gridloop.core.errors import NotFound, Refused
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import latest_checkpoint, node_getter


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An entry's leaf (hex), the audit path to the root (hex, from the leaf upward) and the signed checkpoint of that root."""

    street: str
    seq: int
    leaf: str
    size: int
    proof: tuple[str, ...]
    checkpoint: str


def sealed(street: str, *, after: int, limit: int) -> list[Entry]:
    """The street's entries numbered above ``after``, in order, without gaps."""
    return list(Entry.objects.filter(book_id=street, seq__gt=after).order_by("seq")[:limit])


def inclusion(street: str, *, seq: int) -> Inclusion:
    """The proof for the entry of that number against the newest checkpoint. Raises NotFound, Refused while it is not signed."""
    entry = Entry.objects.filter(book_id=street, seq=seq).first()
    if entry is None:
        raise NotFound("archive.no_entry", f"台账里没有第 {seq} 条;请从条目列表中选择。", seq=seq)
    head = latest_checkpoint(street)
    if head is None or head.size < seq:
        raise Refused("archive.not_signed_yet", f"第 {seq} 条还没有签名;请稍后再取。", seq=seq)
    path = ledger.inclusion_proof(seq - 1, head.size, node_getter(street))
    return Inclusion(street, seq, entry.leaf, head.size, tuple(step.hex() for step in path), head.note)
