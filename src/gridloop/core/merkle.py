"""The Merkle tree under the ledger: hashing, growth, proofs, and their verification, after RFC 9162 section 2.1.

Terms
    *leaf hash*   ``SHA-256(0x00 || entry)``; *node hash* ``SHA-256(0x01 || left || right)``; no leaves: ``SHA-256("")``
    *node*        a complete subtree ``(level, index)``: it covers the leaves ``index * 2**level`` up to the next one
    *frontier*    the complete subtrees a tree of any size hangs together from, the largest first (a compact range)

Guarantees
    * Appending writes each node once and never changes one; a proof reads O(log n) nodes.
    * Roots and proofs agree with ``pymerkle`` for every size tried (tests), and a proof verifies for no other leaf,
      index, size or root.
    * Verifying never raises on malformed proofs; it answers no.

Worked example::

    >>> frontier, nodes = Frontier().extend([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")])
    >>> [(node.level, node.index) for node in nodes]
    [(0, 0), (0, 1), (1, 0), (0, 2)]
    >>> stored = {(node.level, node.index): node.hash for node in nodes}
    >>> proof = inclusion_proof(1, 3, lambda level, index: stored[level, index])
    >>> verify_inclusion(leaf_hash(b"b"), 1, 3, proof, frontier.root())
    True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import TypeAlias

GetNode: TypeAlias = Callable[[int, int], bytes]
"""The stored hash of the complete node ``(level, index)``."""

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree of ``2 ** level`` leaves and its hash."""

    level: int
    index: int
    hash: bytes


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees as one (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over all leaves at once, written as the RFC defines it; for tests and small sets."""
    if len(leaf_hashes) < 2:
        return leaf_hashes[0] if leaf_hashes else EMPTY_ROOT
    split = _largest_power_below(len(leaf_hashes))
    return node_hash(root_of(leaf_hashes[:split]), root_of(leaf_hashes[split:]))


# --- growth ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of ``size`` leaves, known only by the hashes of its maximal complete subtrees, the largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def at(cls, size: int, get_node: GetNode) -> Frontier:
        """The frontier of the first ``size`` leaves, read from stored nodes."""
        return cls(size, tuple(get_node(level, index) for level, index in peaks_of(size)))

    def append(self, leaf: bytes) -> tuple[Frontier, tuple[Node, ...]]:
        """The tree with one more leaf hash, and the nodes this completes, from the leaf upward."""
        frontier, nodes = self.extend((leaf,))
        return frontier, tuple(nodes)

    def extend(self, leaves: Iterable[bytes]) -> tuple[Frontier, list[Node]]:
        """The tree with more leaf hashes, and the nodes this completes, in the order of :func:`node_order`."""
        size, peaks, nodes = self.size, list(self.peaks), list[Node]()
        for leaf in leaves:
            nodes += grow(peaks, size, leaf)
            size += 1
        return Frontier(size, tuple(peaks)), nodes

    def root(self) -> bytes:
        """The root hash of the tree."""
        return root_of_peaks(self.peaks)


def grow(peaks: list[bytes], size: int, leaf: bytes) -> Iterator[Node]:
    """Append a leaf to the peaks of a tree of ``size``, yielding each node completed; exhaust it before going on."""
    level, index = 0, size
    yield Node(0, size, leaf)
    while index & 1:
        leaf = node_hash(peaks.pop(), leaf)
        level, index = level + 1, index >> 1
        yield Node(level, index, leaf)
    peaks.append(leaf)


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root over maximal complete subtrees given the largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT


def node_order(level: int, index: int) -> tuple[int, int]:
    """The order in which nodes are completed: by the size of the tree at that moment, then upward."""
    return (index + 1) << level, level


def peaks_of(size: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """The maximal complete subtrees ``(level, index)`` of the leaves from ``start`` to ``size``, the largest first.

    ``start`` must be a multiple of a power of two that is at least ``size - start``, as the splits of the RFC are.
    """
    while start < size:
        level = (size - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


# --- proofs ----------------------------------------------------------------------------------------------------------


def root_at(size: int, get_node: GetNode) -> bytes:
    """The root of the first ``size`` leaves."""
    return Frontier.at(size, get_node).root()


def inclusion_proof(index: int, size: int, get_node: GetNode) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` (RFC 9162 section 2.1.3.1), nearest the leaf first.

    Raises :class:`ValueError` unless ``0 <= index < size``.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path, start, end = list[bytes](), 0, size
    while end - start > 1:
        split = start + _largest_power_below(end - start)
        if index < split:
            path.append(_root_between(split, end, get_node))
            end = split
        else:
            path.append(_root_between(start, split, get_node))
            start = split
    return path[::-1]


def consistency_proof(old: int, new: int, get_node: GetNode) -> list[bytes]:
    """The nodes that show the tree of ``new`` to extend the tree of ``old`` (RFC 9162 section 2.1.4.1).

    Empty when ``old`` is 0 or equals ``new``. Raises :class:`ValueError` unless ``0 <= old <= new``.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not extend a tree of {old}")
    if old in (0, new):
        return []
    path, start, end = list[bytes](), 0, new
    while end != old:
        split = start + _largest_power_below(end - start)
        if old <= split:
            path.append(_root_between(split, end, get_node))
            end = split
        else:
            path.append(_root_between(start, split, get_node))
            start = split
    if start:  # else the old root is itself this subtree, and the verifier holds it already
        path.append(_root_between(start, end, get_node))
    return path[::-1]


def _largest_power_below(count: int) -> int:
    """The largest power of two smaller than ``count`` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _root_between(start: int, end: int, get_node: GetNode) -> bytes:
    return root_of_peaks([get_node(level, index) for level, index in peaks_of(end, start)])


# --- verification ----------------------------------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """The leaf hash is leaf ``index`` of the tree of ``size`` with this root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(proof):
        return False
    here, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(step, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, step)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """The tree of ``new`` with ``new_root`` extends the tree of ``old`` with ``old_root`` (RFC 9162 section 2.1.4.2).

    An empty old tree is extended by every tree, and a tree by itself, each with the empty proof.
    """
    if not 0 <= old <= new or not _are_hashes(proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _folds_to(path, old, new) == (old_root, new_root)


def _folds_to(path: Sequence[bytes], old: int, new: int) -> tuple[bytes, bytes] | None:
    """The old and the new root that a consistency path leads to; None when it is too short or too long."""
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    former = latter = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            former, latter = node_hash(step, former), node_hash(step, latter)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            latter = node_hash(latter, step)
        here, last = here >> 1, last >> 1
    return (former, latter) if last == 0 else None


def _are_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(step) == HASH_SIZE for step in proof)
