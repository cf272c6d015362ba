"""A whole book checked in one pass: which entry does not add up, and what about it.

Terms
    *entry row*   what the archive keeps of one sealed entry: its number, header, salt, payload, and the leaf hash it
                  was sealed with
    *node row*    a stored node of the tree, leaves (level 0) included, so that every leaf hash is kept twice
    *finding*     see :class:`gridloop.core.ledger.Finding`

Guarantees
    * Altering any one stored value of an entry is found and its number named; so is a missing, repeated or added entry.
    * Altering a node above the leaves is found as such, and the entries beneath are not accused. A leaf in the node
      table that differs from a sound entry is told as either-or: the signed root, if it agrees, clears the entry.
    * An erased payload passes only when a sealed entry of the kind ``archive.erased`` lists its number.
    * Entries, nodes and checkpoints are read once, in order; beyond them O(log n) memory is held, and one number for
      each erased entry whose certificate has not come by yet.

Steps, per entry:

1. The number must be the next one; a gap is reported once, and filled from the node table so that the walk goes on.
2. The header must hash to the stored leaf. When it does not, the node table decides which of the two was altered.
3. Payload and salt must open the commitment, or an erasure must account for their absence.
4. The leaf is appended; each node this completes must equal the stored one. Only the lowest differing node is reported.
5. A checkpoint of this size must be signed by a known key and carry this root.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gridloop.core.checkpoint import Checkpoint, note_text, open_checkpoint, parse_checkpoint, parse_verifier_key
from gridloop.core.errors import WrongInput
from gridloop.core.ledger import SALT_SIZE, EntryHeader, Erasure, Finding, commit, header_bytes, is_broken
from gridloop.core.merkle import Node, grow, leaf_hash, node_order, root_of_peaks

ERASED_KIND = "archive.erased"
LARGEST_SIZE = 2**63


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One sealed entry as the archive keeps it. ``seq`` counts from 1; ``payload`` is its canonical bytes."""

    seq: int
    header: EntryHeader
    leaf: bytes
    salt: bytes | None
    payload: bytes | None
    erasure: Erasure | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The size and root of the book as recomputed, and everything found."""

    book: str
    size: int
    root: bytes
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing in the book is broken."""
        return not is_broken(self.findings)


def audit(
    book: str,
    *,
    entries: Iterable[EntryRow],
    nodes: Iterable[Node],
    checkpoints: Iterable[str],
    verifier_keys: Sequence[str],
    expected_size: int | None = None,
) -> AuditReport:
    """The report on one book.

    ``entries`` come by number, ``nodes`` by :func:`~gridloop.core.merkle.node_order` (``(index + 1) << level``, then
    level), ``checkpoints`` (signed notes) by size. A checkpoint must be signed by one of ``verifier_keys``.
    ``expected_size`` is how many entries the archive believes it sealed. Raises only for malformed ``verifier_keys``.
    """
    for key in verifier_keys:
        parse_verifier_key(key)
    walk = _Walk(book, _Nodes(nodes), _Checkpoints(checkpoints, verifier_keys))
    walk.judge_checkpoints()
    for entry in entries:
        walk.take(entry)
    walk.finish(expected_size)
    return AuditReport(book, walk.size, root_of_peaks(walk.peaks), tuple(walk.findings))


class _Nodes:
    """The stored nodes, in order, with a look at the next one."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._rest = iter(nodes)
        self.next = next(self._rest, None)

    def pop_before(self, level: int, index: int) -> Iterator[Node]:
        """Stored nodes that come before this one: none of them belongs to the tree."""
        while self.next and node_order(self.next.level, self.next.index) < node_order(level, index):
            yield self.next
            self.next = next(self._rest, None)

    def pop(self, level: int, index: int) -> Node | None:
        """The stored node at this place, or None when it is not there."""
        found = self.peek(level, index)
        if found:
            self.next = next(self._rest, None)
        return found

    def peek(self, level: int, index: int) -> Node | None:
        return self.next if self.next and (self.next.level, self.next.index) == (level, index) else None

    def rest(self) -> Iterator[Node]:
        if self.next:
            yield self.next
        yield from self._rest


class _Checkpoints:
    """The checkpoints, in order; each is opened once."""

    def __init__(self, notes: Iterable[str], keys: Sequence[str]) -> None:
        self._rest = iter(notes)
        self._keys = keys
        self.refusals: list[tuple[int | None, str]] = []
        self.next = self._open_next()

    def pop_to(self, size: int) -> Iterator[Checkpoint]:
        """Every checkpoint of at most this size that has not come by."""
        while self.next and self.next.size <= size:
            yield self.next
            self.next = self._open_next()

    def _open_next(self) -> Checkpoint | None:
        """The next checkpoint signed by a known key; the others on the way are kept as refusals."""
        for note in self._rest:
            try:
                return self._opened(note)
            except WrongInput as refusal:
                self.refusals.append((_stated_size(note), refusal.sentence))
        return None

    def _opened(self, note: str) -> Checkpoint:
        refusal = WrongInput("ledger.not_signed", "没有可用的验证公钥,请先登记公钥。")
        for key in self._keys:
            try:
                return open_checkpoint(note, verifier_key=key)
            except WrongInput as fault:
                refusal = fault
        raise refusal


def _stated_size(note: str) -> int | None:
    try:
        return parse_checkpoint(note_text(note)).size
    except WrongInput:
        return None


@dataclass(slots=True)
class _Walk:
    """The state of one pass: the peaks of the tree so far, and what was found."""

    book: str
    nodes: _Nodes
    checkpoints: _Checkpoints
    size: int = 0
    checked: int = 0  # the size up to which a signed root agreed
    peaks: list[bytes] = field(default_factory=list)
    differing: list[bool] = field(default_factory=list)  # per peak: a differing node was reported inside it
    is_lost: bool = False  # a leaf is gone from both places, so no root can be recomputed any more
    root_differs: bool = False
    awaited: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    findings: list[Finding] = field(default_factory=list)

    def take(self, row: EntryRow) -> None:
        if row.seq <= self.size:
            self.tell("repeated", row.seq, f"第 {row.seq} 条出现了不止一次或次序不对,请核对备份。")
            return
        self.fill_gap(row.seq)
        self.judge_payload(row)
        self.append(self.judge_leaf(row))

    def tell(self, kind: str, entry: int | None, sentence: str, severity: str = "broken") -> None:
        self.findings.append(Finding(kind, self.book, entry, sentence, severity))

    def fill_gap(self, seq: int) -> None:
        """Report the entries missing before ``seq``; go on with their leaves from the node table while it has them."""
        first = self.size + 1
        if first < seq:
            self.tell("missing", first, f"{_span(first, seq - 1)}不见了,请从备份恢复。")
        while self.size + 1 < seq and not self.is_lost:
            stored = self.stored_leaf()
            if stored:
                self.append(stored)
            else:
                self.is_lost = True
        self.size = seq - 1

    # --- one entry ---

    def judge_leaf(self, row: EntryRow) -> bytes:
        """The leaf to go on with: the one the node table bears out when header and stored leaf disagree."""
        if row.header.book != self.book:
            self.tell("book", row.seq, f"第 {row.seq} 条写的是账册“{row.header.book}”,请核对。")
        leaf = _leaf_of(row.header)
        if leaf == row.leaf:
            return leaf
        if leaf is not None and self.stored_leaf() == leaf:
            self.tell("leaf", row.seq, f"第 {row.seq} 条存的叶子哈希被改动;头部完好。")
            return leaf
        self.tell("header", row.seq, f"第 {row.seq} 条的头部(谁、何时、何事、承诺)与封存时不符:被改动过。")
        return row.leaf

    def stored_leaf(self) -> bytes | None:
        """What the node table holds for the next leaf."""
        self.tell_strangers(self.nodes.pop_before(0, self.size))
        stored = self.nodes.peek(0, self.size)
        return stored.hash if stored else None

    def judge_payload(self, row: EntryRow) -> None:
        self.settle_certificate(row)
        if row.payload is None and row.salt is None:
            self.judge_erasure(row)
        elif row.payload is None or row.salt is None:
            gone, left = ("正文", "盐") if row.payload is None else ("盐", "正文")
            self.tell("payload", row.seq, f"第 {row.seq} 条的{gone}不见了而{left}还在,请从备份恢复,或把销毁做完。")
        elif len(row.salt) != SALT_SIZE or commit(row.salt, row.payload).hex() != row.header.commitment_hex:
            self.tell("payload", row.seq, f"第 {row.seq} 条的正文(或盐)与封存的承诺不符:正文被改动过。")
        elif row.erasure:
            self.tell("erasure", row.seq, f"第 {row.seq} 条有销毁证明,正文却还在,请把销毁做完。")

    def judge_erasure(self, row: EntryRow) -> None:
        erasure = row.erasure
        if erasure is None:
            self.tell("erasure", row.seq, f"第 {row.seq} 条的正文不见了,又没有销毁证明,请从备份恢复。")
        elif erasure.certificate is None:
            self.tell("erasure", row.seq, f"第 {row.seq} 条的正文已销毁,销毁证明尚未封存,请稍后再查。", "warning")
        else:
            self.tell("erased", row.seq, f"第 {row.seq} 条的正文已于 {erasure.on} 依据“{erasure.under}”销毁。", "note")
            self.awaited[erasure.certificate].add(row.seq)

    def settle_certificate(self, row: EntryRow) -> None:
        """Whoever pointed at this entry as the certificate must be listed in it."""
        awaiting = self.awaited.pop(row.seq, None)
        for seq in sorted((awaiting or set()) - _erased_by(row) if awaiting else ()):
            self.tell("erasure", seq, f"第 {seq} 条指第 {row.seq} 条为销毁证明,那里却没有列出它,请核对。")

    # --- the tree ---

    def append(self, leaf: bytes) -> None:
        if not self.is_lost:
            below: list[bool] = []
            for node in grow(self.peaks, self.size, leaf):
                below = [self.node_differs(node, reported_below=any(below))]
                if self.size >> node.level & 1:
                    below.append(self.differing.pop())
            self.differing.append(any(below))
        self.size += 1
        self.judge_checkpoints()

    def node_differs(self, node: Node, *, reported_below: bool) -> bool:
        """The stored node differs from this one; told unless a node below it was told already."""
        self.tell_strangers(self.nodes.pop_before(node.level, node.index))
        stored = self.nodes.pop(node.level, node.index)
        if stored and stored.hash == node.hash:
            return False
        if not reported_below:
            self.tell_node(node, is_there=stored is not None)
        return True

    def tell_node(self, node: Node, *, is_there: bool) -> None:
        first, last = (node.index << node.level) + 1, (node.index + 1) << node.level
        where = f"节点表里盖住{_span(first, last)}的节点(层 {node.level}、位 {node.index})"
        if not is_there:
            self.tell("node", None, f"{where}不见了;请由条目重建节点表。")
        elif node.level:
            self.tell("node", None, f"{where}被改动;请由条目重建节点表。")
        else:
            self.tell("entry", first, f"第 {first} 条与节点表对不上:条目被整条替换,或{where}被改动。")

    def tell_strangers(self, nodes: Iterator[Node]) -> None:
        for node in nodes:
            self.tell("node", None, f"节点表里多出一个节点(层 {node.level}、位 {node.index}),请由条目重建节点表。")

    def judge_checkpoints(self) -> None:
        for checkpoint in self.checkpoints.pop_to(self.size):
            self.judge_root(checkpoint)

    def judge_root(self, checkpoint: Checkpoint) -> None:
        if not self.is_own(checkpoint):
            return
        if self.is_lost or checkpoint.size != self.size:
            self.tell("checkpoint", None, f"{checkpoint.size} 条时的检查点无法复核:其间有条目不见了。", "warning")
        elif root_of_peaks(self.peaks) == checkpoint.root:
            self.checked = self.size
        elif not self.root_differs:
            self.root_differs = True  # every later root differs as well; the first says where to look
            span = _span(self.checked + 1, self.size)
            self.tell("root", self.checked + 1, f"{span}之中有条目与签名的检查点不符:封存之后被整体改写过。")

    def finish(self, expected_size: int | None) -> None:
        sealed = max([expected_size or 0, self.last_leaf_left(), *self.sizes_left()])
        if sealed > self.size:
            self.tell("missing", self.size + 1, f"{_span(self.size + 1, sealed)}曾被封存,现在不见了,请从备份恢复。")
        elif expected_size is not None and expected_size < self.size:
            self.tell("added", expected_size + 1, f"{_span(expected_size + 1, self.size)}没有经过封存,请核对来历。")
        for size, sentence in self.checkpoints.refusals:
            self.tell("checkpoint", None, f"{'' if size is None else f'{size} 条时的'}检查点不可信:{sentence}")
        for certificate, seqs in sorted(self.awaited.items()):
            for seq in sorted(seqs):
                self.tell("erasure", seq, f"第 {seq} 条的销毁证明(第 {certificate} 条)不存在,请核对。")

    def sizes_left(self) -> Iterator[int]:
        """The sizes of this book's checkpoints that lie beyond its last entry."""
        for checkpoint in self.checkpoints.pop_to(LARGEST_SIZE):
            if self.is_own(checkpoint):
                yield checkpoint.size

    def last_leaf_left(self) -> int:
        """The number of the last entry whose leaf the node table still holds beyond the end; 0 when there is none."""
        last = 0
        for node in self.nodes.rest() if not self.is_lost else ():
            if node.level == 0:
                last = max(last, node.index + 1)
            elif (node.index + 1) << node.level > max(self.size, last):
                self.tell_strangers(iter([node]))
        return last

    def is_own(self, checkpoint: Checkpoint) -> bool:
        """The checkpoint is of this book; tells when it is not."""
        if checkpoint.origin.rpartition("/")[2] == self.book:
            return True
        self.tell("checkpoint", None, f"检查点属于“{checkpoint.origin}”,不是本账册,请核对。")
        return False


def _leaf_of(header: EntryHeader) -> bytes | None:
    """The leaf hash of a header; None when an altered header can no longer be spelled at all."""
    try:
        return leaf_hash(header_bytes(header))
    except WrongInput:
        return None


def _erased_by(row: EntryRow) -> set[int]:
    """The numbers of the entries that this entry records as erased."""
    if row.header.kind != ERASED_KIND or row.payload is None:
        return set()
    try:
        return {seq for seq in json.loads(row.payload)["entries"] if isinstance(seq, int)}
    except (ValueError, TypeError, KeyError):
        return set()


def _span(first: int, last: int) -> str:
    return f"第 {first} 条" if first >= last else f"第 {first}–{last} 条"
