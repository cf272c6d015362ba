"""The ledger: canonical form, tree, checkpoints and receipts."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.checkpoint import key_id
from gridloop.core.errors import WrongInput
from gridloop.core.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    Erasure,
    Frontier,
    canonical,
    check_receipt,
    commit,
    consistency_proof,
    generate_key,
    header_bytes,
    header_fields,
    inclusion_proof,
    leaf_hash,
    node_order,
    open_checkpoint,
    parse_verifier_key,
    receipt_document,
    root_at,
    root_of,
    sign_checkpoint,
    verify_consistency,
    verify_inclusion,
)
from tests.core.ledger_samples import BOOK, KEY, MORNING, OTHER_KEY, SITE, entry_row, sample_book

# --- canonical form --------------------------------------------------------------------------------------------------

SPELLINGS = [
    # keys sorted by code point, no blanks, Chinese as it is
    ({"乙": 1, "a": [True, None], "B": {}}, '{"B":{},"a":[true,null],"乙":1}'),
    # a whole float and an integer are one number in JSON; minus nought is nought
    ([1.0, 1, -0.0, 113.61], "[1,1,0,113.61]"),
    # moments in UTC with microseconds, whatever zone they came in
    (datetime(2022, 5, 29, 16, 0, tzinfo=timezone(timedelta(hours=8))), '"2022-05-29T08:00:00.000000Z"'),
    (date(2022, 5, 29), '"2022-05-29"'),
    # exact decimals and UUIDs are text
    (Decimal("1.10"), '"1.10"'),
    (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
    # lists and tuples are spelled alike
    ((1, "x"), '[1,"x"]'),
]


@pytest.mark.parametrize(("value", "spelling"), SPELLINGS)
def test_a_value_has_one_spelling(value: object, spelling: str) -> None:
    assert canonical(value).decode() == spelling


UNSPEAKABLE = [
    (float("nan"), "$"),
    ({"a": [1, float("inf")]}, "$.a[1]"),
    (1e300, "$"),
    (datetime(2022, 5, 29), "$"),
    ({1: "x"}, "$"),
    ({"a": {1, 2}}, "$.a"),
    (b"bytes", "$"),
    (Decimal("NaN"), "$"),
    ("\ud800", "$"),
]


@pytest.mark.parametrize(("value", "where"), UNSPEAKABLE)
def test_what_has_no_single_spelling_is_refused_with_its_place(value: object, where: str) -> None:
    with pytest.raises(WrongInput) as refusal:
        canonical(value)

    assert (refusal.value.code, refusal.value.fields["where"]) == ("ledger.not_canonical", where)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(-1e9, 1e9)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text("ab乙", max_size=2), parts, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_a_stored_and_reread_value_is_spelled_the_same(value: object) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_a_commitment_is_bound_to_its_salt_and_its_payload() -> None:
    salt, other_salt = bytes(32), bytes(31) + b"\x01"

    commitments = {commit(salt, b"text"), commit(other_salt, b"text"), commit(salt, b"text.")}

    assert len(commitments) == 3
    assert commit(salt, b"text") == sha256(b"gridloop/commitment/v1\0" + salt + b"text").digest()


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(WrongInput):
        commit(b"short", b"text")


def test_a_header_without_a_cause_leaves_it_out() -> None:
    header = replace(entry_row(1).header, cause="")

    assert "cause" not in header_fields(header)
    assert json.loads(header_bytes(header)) == header_fields(header)


@given(st.sampled_from(["book", "kind", "actor", "subject", "cause", "commitment_hex", "at", "recorded_at"]))
def test_every_field_of_a_header_is_sealed(name: str) -> None:
    header = entry_row(1).header
    before: Any = getattr(header, name)

    after: Any = before + timedelta(microseconds=1) if isinstance(before, datetime) else before + "x"
    altered = replace(header, **{name: after})

    assert leaf_hash(header_bytes(altered)) != leaf_hash(header_bytes(header))


# --- the tree --------------------------------------------------------------------------------------------------------

SIZES = 70


@pytest.fixture(scope="module")
def grown() -> tuple[pymerkle.InmemoryTree, list[bytes], dict[tuple[int, int], bytes]]:
    """The same seventy entries in pymerkle's tree and in ours: leaves, and stored nodes."""
    theirs, leaves, stored, frontier = (
        pymerkle.InmemoryTree(algorithm="sha256"),
        list[bytes](),
        dict[tuple[int, int], bytes](),
        Frontier(),
    )
    for number in range(SIZES):
        theirs.append_entry(str(number).encode())
        leaves.append(leaf_hash(str(number).encode()))
        frontier, nodes = frontier.append(leaves[-1])
        stored |= {(node.level, node.index): node.hash for node in nodes}
    return theirs, leaves, stored


def test_roots_agree_with_pymerkle_at_every_size(grown: Any) -> None:
    theirs, leaves, stored = grown

    for size in range(1, SIZES + 1):
        assert root_at(size, lambda *at: stored[at]) == root_of(leaves[:size]) == theirs.get_root(size)
    assert root_at(0, lambda *at: stored[at]) == root_of([]) == EMPTY_ROOT


def test_inclusion_proofs_agree_with_pymerkle_and_verify(grown: Any) -> None:
    theirs, leaves, stored = grown

    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, lambda *at: stored[at])
            assert proof == theirs.prove_inclusion(index + 1, size).path[1:]
            assert verify_inclusion(leaves[index], index, size, proof, theirs.get_root(size))


def test_consistency_proofs_hold_between_the_roots_of_pymerkle(grown: Any) -> None:
    theirs, _, stored = grown
    roots = [EMPTY_ROOT, *(theirs.get_root(size) for size in range(1, SIZES + 1))]

    for new in range(SIZES + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, lambda *at: stored[at])
            assert verify_consistency(old=old, new=new, old_root=roots[old], new_root=roots[new], proof=proof)
            if 0 < old < new:
                ours = (root_at(old, lambda *at: stored[at]), root_at(new, lambda *at: stored[at]))
                pymerkle.verify_consistency(*ours, theirs.prove_consistency(old, new))
                assert not verify_consistency(
                    old=old, new=new, old_root=roots[old - 1], new_root=roots[new], proof=proof
                )
                assert not verify_consistency(
                    old=old, new=new, old_root=roots[old], new_root=roots[new - 1], proof=proof
                )


def test_the_vectors_of_certificate_transparency_hold() -> None:
    """The eight leaves and roots used by the test suites of RFC 6962 implementations."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(text)) for text in inputs]

    assert leaves[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_proofs_read_few_nodes_however_large_the_tree() -> None:
    reads: list[tuple[int, int]] = []

    def get_node(level: int, index: int) -> bytes:
        reads.append((level, index))
        return sha256(f"{level} {index}".encode()).digest()

    size = 2**40 - 1
    inclusion_proof(size // 3, size, get_node)
    assert len(reads) <= 80
    reads.clear()
    consistency_proof(size // 3, size, get_node)
    assert len(reads) <= 80


def test_a_proof_outside_the_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        inclusion_proof(3, 3, lambda *_: b"")
    with pytest.raises(ValueError, match="does not extend"):
        consistency_proof(4, 3, lambda *_: b"")


LEAVES = st.lists(st.binary(max_size=3).map(leaf_hash), min_size=1, max_size=40)


@given(LEAVES, LEAVES)
def test_extending_twice_is_extending_once(first: list[bytes], then: list[bytes]) -> None:
    middle, one = Frontier().extend(first)
    end, two = middle.extend(then)

    assert (end, one + two) == Frontier().extend(first + then)
    assert end.root() == root_of(first + then)
    assert [*one, *two] == sorted([*one, *two], key=lambda node: node_order(node.level, node.index))


@given(LEAVES, st.data())
def test_a_proof_holds_for_no_other_leaf_index_size_or_root(leaves: list[bytes], data: st.DataObject) -> None:
    index, size = data.draw(st.integers(0, len(leaves) - 1)), len(leaves)
    _, nodes = Frontier().extend(leaves)
    stored = {(node.level, node.index): node.hash for node in nodes}
    proof, root = inclusion_proof(index, size, lambda *at: stored[at]), root_of(leaves)
    other = sha256(b"other").digest()

    assert not verify_inclusion(other, index, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, proof, other)
    assert not verify_inclusion(leaves[index], index, size, [*proof, other], root)
    assert not verify_inclusion(leaves[index], size, size, proof, root)
    if proof:
        step = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_inclusion(leaves[index], index, size, [*proof[:step], other, *proof[step + 1 :]], root)
        assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)
        assert not verify_inclusion(leaves[index], index, size, [b"short", *proof[1:]], root)


# --- checkpoints -----------------------------------------------------------------------------------------------------

HEAD = Checkpoint("lianhu.example/410102013", 43, sha256(b"root").digest())


def test_a_signed_checkpoint_opens_to_itself() -> None:
    note = sign_checkpoint(HEAD, key_name=KEY.name, private_key_bytes=KEY.private)

    assert note.startswith("lianhu.example/410102013\n43\n")
    assert open_checkpoint(note, verifier_key=KEY.verifier_key) == HEAD


def test_signatures_of_others_are_passed_over() -> None:
    note = sign_checkpoint(HEAD, key_name=KEY.name, private_key_bytes=KEY.private)
    witness = sign_checkpoint(HEAD, key_name="witness.example", private_key_bytes=OTHER_KEY.private)

    signed_twice = note + witness.rpartition("\n\n")[2]

    assert open_checkpoint(signed_twice, verifier_key=KEY.verifier_key) == HEAD


def test_a_verifier_key_of_another_tool_is_read() -> None:
    """The key that the Go module ``sumdb/note`` uses in its documentation."""
    key = parse_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")

    assert (key.name, key.key_id.hex()) == ("PeterNeumann", "c74f20a3")


def test_the_note_of_the_specification_is_signed_by_its_key() -> None:
    """The note of Go's documentation fails only for being no checkpoint, which is asked after its signature."""
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )

    with pytest.raises(WrongInput) as refusal:
        open_checkpoint(note, verifier_key="PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")

    assert refusal.value.code == "ledger.checkpoint_malformed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # a size with a leading zero, a missing line, an empty origin, a short root
        ("o\n043\n" + "A" * 43 + "=\n", "ledger.checkpoint_malformed"),
        ("o\n43\n", "ledger.checkpoint_malformed"),
        ("\n43\n" + "A" * 43 + "=\n", "ledger.checkpoint_malformed"),
        ("o\n43\nAAAA\n", "ledger.checkpoint_malformed"),
    ],
)
def test_a_malformed_checkpoint_does_not_open_though_signed(text: str, code: str) -> None:
    signature = Ed25519PrivateKey.from_private_bytes(KEY.private).sign(text.encode())
    note = f"{text}\n— {KEY.name} {b64encode(key_id(KEY.name, KEY.public) + signature).decode()}\n"

    with pytest.raises(WrongInput) as refusal:
        open_checkpoint(note, verifier_key=KEY.verifier_key)

    assert refusal.value.code == code


@given(st.data())
def test_a_note_altered_anywhere_does_not_open(data: st.DataObject) -> None:
    note = sign_checkpoint(HEAD, key_name=KEY.name, private_key_bytes=KEY.private)
    place = data.draw(st.integers(0, len(note) - 1))
    sign = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda one: one != note[place]))

    with pytest.raises(WrongInput):
        open_checkpoint(note[:place] + sign + note[place + 1 :], verifier_key=KEY.verifier_key)


@given(st.text(max_size=60))
def test_any_other_text_is_no_note(text: str) -> None:
    with pytest.raises(WrongInput):
        open_checkpoint(text, verifier_key=KEY.verifier_key)


def test_a_note_signed_by_somebody_else_under_the_same_name_does_not_open() -> None:
    note = sign_checkpoint(HEAD, key_name=SITE, private_key_bytes=OTHER_KEY.private)

    with pytest.raises(WrongInput) as refusal:
        open_checkpoint(note, verifier_key=KEY.verifier_key)

    assert refusal.value.code == "ledger.not_signed"


@pytest.mark.parametrize("origin", ["", "two\nlines", "lone \ud800"])
def test_a_checkpoint_that_could_not_be_read_back_is_not_signed(origin: str) -> None:
    with pytest.raises((WrongInput, UnicodeEncodeError)):
        sign_checkpoint(replace(HEAD, origin=origin), key_name=KEY.name, private_key_bytes=KEY.private)


@pytest.mark.parametrize("name", ["", "two words", "plus+sign"])
def test_a_key_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(WrongInput):
        generate_key(name, seed=bytes(32))


def test_a_private_key_is_never_printed() -> None:
    assert repr(KEY.private) not in repr(KEY)


# --- receipts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seq", range(1, 14))
def test_a_receipt_of_every_entry_agrees(seq: int) -> None:
    assert check_receipt(sample_book().receipt(seq), verifier_key=KEY.verifier_key) == []


def test_a_receipt_survives_being_written_and_read() -> None:
    receipt = json.loads(json.dumps(sample_book().receipt(7)))

    assert check_receipt(receipt, verifier_key=KEY.verifier_key) == []


def test_an_erased_payload_is_said_to_be_erased_and_not_broken() -> None:
    book = sample_book()
    entry = book.entries[6]
    erased = replace(entry, salt=None, payload=None, erasure=Erasure(date(2024, 1, 1), "保存期满", 13))

    receipt = replace(book, entries=(*book.entries[:6], erased, *book.entries[7:])).receipt(7)

    (finding,) = check_receipt(receipt, verifier_key=KEY.verifier_key)
    assert (finding.kind, finding.severity, finding.entry) == ("erased", "note", 7)
    assert "2024-01-01" in finding.sentence and "保存期满" in finding.sentence


ALTERATIONS: list[tuple[str, object, str]] = [
    # what is altered, to what, the kind of finding
    ("payload", {"text": "另一件事"}, "payload"),
    ("salt", "A" * 43 + "=", "payload"),
    ("salt", "AAAA", "payload"),
    ("index", 7, "inclusion"),
    ("size", 12, "inclusion"),
    ("proof", [], "inclusion"),
    ("proof", "x", "inclusion"),
    ("checkpoint", "x", "checkpoint"),
    ("index", True, "malformed"),
    ("header", "x", "malformed"),
    ("proof", ["%%"], "malformed"),
    ("form", "gridloop-receipt-2", "form"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "kind"), ALTERATIONS)
def test_an_altered_receipt_is_told_what_is_wrong(name: str, value: object, kind: str) -> None:
    receipt = sample_book().receipt(7) | {name: value}

    assert [finding.kind for finding in check_receipt(receipt, verifier_key=KEY.verifier_key)] == [kind]


@pytest.mark.parametrize("name", ["kind", "at", "actor", "subject", "recorded_at", "cause"])
def test_a_receipt_with_an_altered_header_is_not_in_the_book(name: str) -> None:
    receipt: dict[str, Any] = sample_book().receipt(7)
    receipt["header"] = receipt["header"] | {name: "x"}

    assert [finding.kind for finding in check_receipt(receipt, verifier_key=KEY.verifier_key)] == ["inclusion"]


def test_a_receipt_cannot_borrow_the_checkpoint_of_another_book() -> None:
    entry, other = entry_row(1), Checkpoint(f"{SITE}/999", 1, entry_row(1).leaf)
    note = sign_checkpoint(other, key_name=SITE, private_key_bytes=KEY.private)
    receipt = receipt_document(
        entry.header, index=0, size=1, proof=[], checkpoint=note, salt=entry.salt, payload=entry.payload
    )

    assert [finding.kind for finding in check_receipt(receipt, verifier_key=KEY.verifier_key)] == ["book"]
    assert entry.header.book == BOOK and entry.header.at > MORNING


@given(st.dictionaries(st.sampled_from(["form", "header", "index", "size", "proof", "checkpoint"]), JSON_VALUES))
def test_no_receipt_is_so_odd_that_checking_it_fails(receipt: dict[str, Any]) -> None:
    assert check_receipt(receipt, verifier_key=KEY.verifier_key) != []


def test_moments_are_sealed_in_utc() -> None:
    assert header_fields(entry_row(1).header)["at"] == "2022-05-29T08:01:00.000000Z"
    assert MORNING.tzinfo is UTC
