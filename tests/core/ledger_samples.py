"""One small sealed book for the tests of the ledger, its audit and the verifier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from gridloop.core.audit import EntryRow
from gridloop.core.ledger import (
    Checkpoint,
    EntryHeader,
    Frontier,
    Node,
    book_origin,
    canonical,
    commit,
    generate_key,
    header_bytes,
    inclusion_proof,
    leaf_hash,
    receipt_document,
    sign_checkpoint,
)

BOOK = "410102013"
SITE = "lianhu.example"
KEY = generate_key(SITE, seed=sha256(b"lianhu").digest())
OTHER_KEY = generate_key(SITE, seed=sha256(b"somebody else").digest())
MORNING = datetime(2022, 5, 29, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Book:
    """A sealed book: its entries, the nodes in the order of their completion, a checkpoint at each of some sizes."""

    entries: tuple[EntryRow, ...]
    nodes: tuple[Node, ...]
    notes: tuple[str, ...]

    def get_node(self, level: int, index: int) -> bytes:
        return next(node.hash for node in self.nodes if (node.level, node.index) == (level, index))

    def note_at(self, size: int) -> str:
        root = Frontier.at(size, self.get_node).root()
        return sign_checkpoint(
            Checkpoint(book_origin(SITE, BOOK), size, root), key_name=SITE, private_key_bytes=KEY.private
        )

    def receipt(self, seq: int, size: int | None = None) -> dict[str, object]:
        entry, size = self.entries[seq - 1], size or len(self.entries)
        return receipt_document(
            entry.header, index=seq - 1, size=size, proof=inclusion_proof(seq - 1, size, self.get_node),
            checkpoint=self.note_at(size), salt=entry.salt, payload=entry.payload, erasure=entry.erasure,
        )  # fmt: skip


def entry_row(seq: int, kind: str = "case.filed", **payload: object) -> EntryRow:
    """The entry numbered ``seq``, sealed."""
    salt = sha256(f"salt {seq}".encode()).digest()
    text = canonical({"text": f"第 {seq} 件:路灯不亮", "lon": 113.5 + seq, **payload})
    at = MORNING + timedelta(minutes=seq)
    header = EntryHeader(
        BOOK, kind, at, f"actor:{seq % 3}", f"case:{seq}", commit(salt, text).hex(), at, f"entry:{seq - 1}"
    )
    return EntryRow(seq, header, leaf_hash(header_bytes(header)), salt, text)


def sealed(entries: list[EntryRow], *, checkpoints_at: tuple[int, ...] = ()) -> Book:
    """The book of these entries, checkpointed at the given sizes and at the end."""
    _, nodes = Frontier().extend(entry.leaf for entry in entries)
    book = Book(tuple(entries), tuple(nodes), ())
    notes = tuple(book.note_at(size) for size in sorted({*checkpoints_at, len(entries)}))
    return Book(book.entries, book.nodes, notes)


def sample_book(size: int = 13) -> Book:
    return sealed([entry_row(seq) for seq in range(1, size + 1)], checkpoints_at=(5,))
