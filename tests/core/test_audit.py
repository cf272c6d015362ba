"""Auditing a book: whatever is altered, the entry is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.audit import AuditReport, EntryRow, audit
from gridloop.core.errors import WrongInput
from gridloop.core.ledger import Erasure, Frontier, Node, header_bytes, leaf_hash
from tests.core.ledger_samples import BOOK, KEY, MORNING, OTHER_KEY, Book, entry_row, sample_book, sealed

SAMPLE = sample_book()
JUNK = bytes(range(32))


def audited(
    book: Book, *, expected_size: int | None = None, keys: tuple[str, ...] = (KEY.verifier_key,)
) -> AuditReport:
    return audit(
        BOOK,
        entries=book.entries,
        nodes=book.nodes,
        checkpoints=book.notes,
        verifier_keys=keys,
        expected_size=expected_size,
    )


def with_entry(book: Book, seq: int, alter: Callable[[EntryRow], EntryRow]) -> Book:
    return replace(book, entries=tuple(alter(entry) if entry.seq == seq else entry for entry in book.entries))


def told(report: AuditReport) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.entry) for finding in report.findings]


def test_a_sound_book_gives_its_size_and_root_and_no_finding() -> None:
    report = audited(SAMPLE, expected_size=13)

    assert report == AuditReport(BOOK, 13, Frontier.at(13, SAMPLE.get_node).root(), ())
    assert report.is_sound


def test_an_empty_book_is_sound() -> None:
    assert audited(sealed([])).is_sound


ALTERATIONS: dict[str, tuple[str, Callable[[EntryRow], EntryRow]]] = {
    "who": ("header", lambda row: replace(row, header=replace(row.header, actor="actor:9"))),
    "what": ("header", lambda row: replace(row, header=replace(row.header, kind="case.closed"))),
    "when": ("header", lambda row: replace(row, header=replace(row.header, at=row.header.at + timedelta(seconds=1)))),
    "no zone": ("header", lambda row: replace(row, header=replace(row.header, at=row.header.at.replace(tzinfo=None)))),
    "about what": ("header", lambda row: replace(row, header=replace(row.header, subject="case:0"))),
    "recorded when": ("header", lambda row: replace(row, header=replace(row.header, recorded_at=MORNING))),
    "from what": ("header", lambda row: replace(row, header=replace(row.header, cause=""))),
    "the text": ("payload", lambda row: replace(row, payload=b'{"text":"x"}')),
    "the salt": ("payload", lambda row: replace(row, salt=JUNK)),
    "a cut salt": ("payload", lambda row: replace(row, salt=b"")),
    "the leaf": ("leaf", lambda row: replace(row, leaf=JUNK)),
    "text gone": ("payload", lambda row: replace(row, payload=None)),
    "salt gone": ("payload", lambda row: replace(row, salt=None)),
    "both gone": ("erasure", lambda row: replace(row, salt=None, payload=None)),
    "erased in name only": ("erasure", lambda row: replace(row, erasure=Erasure(date(2024, 1, 1), "期满", 13))),
}  # fmt: skip


@pytest.mark.parametrize("name", ALTERATIONS)
@pytest.mark.parametrize("seq", [1, 6, 13])
def test_altering_any_one_value_of_an_entry_names_that_entry(name: str, seq: int) -> None:
    kind, alter = ALTERATIONS[name]

    report = audited(with_entry(SAMPLE, seq, alter))

    assert told(report) == [(kind, seq)]
    assert not report.is_sound
    assert f"第 {seq} 条" in report.findings[0].sentence


@given(st.integers(1, 40), st.data())
def test_altering_any_entry_of_any_book_breaks_it_at_that_entry(size: int, data: st.DataObject) -> None:
    book = sealed([entry_row(number) for number in range(1, size + 1)], checkpoints_at=(size // 2,))
    seq, name = data.draw(st.integers(1, size)), data.draw(st.sampled_from(sorted(ALTERATIONS)))

    report = audited(with_entry(book, seq, ALTERATIONS[name][1]))

    assert [entry for _, entry in told(report)] == [seq]


def test_several_alterations_are_each_named() -> None:
    book = with_entry(with_entry(SAMPLE, 3, ALTERATIONS["who"][1]), 9, ALTERATIONS["the text"][1])

    assert told(audited(book)) == [("header", 3), ("payload", 9)]


def test_an_entry_replaced_with_its_leaf_is_named_by_the_node_table_and_the_signed_root() -> None:
    def forge(row: EntryRow) -> EntryRow:
        header = replace(row.header, actor="actor:9")
        return replace(row, header=header, leaf=leaf_hash(header_bytes(header)))

    report = audited(with_entry(SAMPLE, 7, forge))

    assert told(report) == [("entry", 7), ("root", 6)]
    assert "第 6–13 条之中" in report.findings[1].sentence


def test_a_book_rewritten_as_a_whole_contradicts_its_signed_root() -> None:
    forged = sealed([entry_row(seq, text="x") if seq == 7 else entry_row(seq) for seq in range(1, 14)])

    report = audited(replace(forged, notes=SAMPLE.notes))

    assert told(report) == [("root", 6)]


def test_two_entries_that_changed_places_are_both_named() -> None:
    third, fourth = SAMPLE.entries[2], SAMPLE.entries[3]
    entries = (*SAMPLE.entries[:2], replace(fourth, seq=3), replace(third, seq=4), *SAMPLE.entries[4:])

    assert told(audited(replace(SAMPLE, entries=entries))) == [("entry", 3), ("entry", 4), ("root", 1)]


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_missing_entry_is_named_once_and_the_rest_is_still_checked() -> None:
    book = replace(SAMPLE, entries=SAMPLE.entries[:4] + SAMPLE.entries[6:])

    report = audited(with_entry(book, 10, ALTERATIONS["who"][1]))

    assert told(report) == [("missing", 5), ("header", 10)]
    assert "第 5–6 条不见了" in report.findings[0].sentence


def test_entries_missing_with_their_nodes_leave_later_roots_unchecked_and_said_so() -> None:
    nodes = tuple(node for node in SAMPLE.nodes if (node.level, node.index) != (0, 5))
    book = replace(SAMPLE, entries=SAMPLE.entries[:5] + SAMPLE.entries[6:], nodes=nodes)

    assert [(finding.kind, finding.severity) for finding in audited(book).findings] == [
        ("missing", "broken"),
        ("checkpoint", "warning"),
    ]


@pytest.mark.parametrize("keep_nodes", [True, False])
def test_a_book_cut_short_is_found_by_its_nodes_or_its_checkpoint(keep_nodes: bool) -> None:
    short = sample_book(9)

    report = audited(replace(short, notes=SAMPLE.notes, nodes=SAMPLE.nodes if keep_nodes else short.nodes))

    assert told(report)[0] == ("missing", 10)
    assert "第 10–13 条" in report.findings[0].sentence


def test_a_book_cut_short_with_all_evidence_is_found_by_the_size_the_archive_remembers() -> None:
    assert told(audited(sample_book(9), expected_size=13)) == [("missing", 10)]


def test_a_repeated_entry_is_named() -> None:
    entries = (*SAMPLE.entries[:5], SAMPLE.entries[4], *SAMPLE.entries[5:])

    assert told(audited(replace(SAMPLE, entries=entries))) == [("repeated", 5)]


def test_an_entry_slipped_in_at_the_end_is_named() -> None:
    report = audited(replace(SAMPLE, entries=(*SAMPLE.entries, entry_row(14))), expected_size=13)

    assert ("added", 14) in told(report)


def test_an_entry_of_another_book_is_named() -> None:
    def move(row: EntryRow) -> EntryRow:
        return replace(row, header=replace(row.header, book="999"))

    assert told(audited(with_entry(SAMPLE, 2, move))) == [("book", 2), ("header", 2)]


# --- the node table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(len(SAMPLE.nodes)))
def test_altering_only_a_node_is_found_and_contradicts_no_signed_root(place: int) -> None:
    altered = replace(SAMPLE.nodes[place], hash=JUNK)

    report = audited(replace(SAMPLE, nodes=(*SAMPLE.nodes[:place], altered, *SAMPLE.nodes[place + 1 :])))

    (finding,) = report.findings
    assert finding.kind == ("node" if altered.level else "entry")
    assert f"层 {altered.level}、位 {altered.index}" in finding.sentence


@pytest.mark.parametrize("place", range(len(SAMPLE.nodes)))
def test_a_node_taken_out_is_found(place: int) -> None:
    report = audited(replace(SAMPLE, nodes=SAMPLE.nodes[:place] + SAMPLE.nodes[place + 1 :]))

    assert told(report) == [("node", None)]


@pytest.mark.parametrize("stranger", [Node(5, 0, JUNK), Node(2, 0, JUNK)])
def test_a_node_too_many_is_found(stranger: Node) -> None:
    nodes = sorted([*SAMPLE.nodes, stranger], key=lambda node: ((node.index + 1) << node.level, node.level))

    assert told(audited(replace(SAMPLE, nodes=tuple(nodes)))) == [("node", None)]


# --- erasure ---------------------------------------------------------------------------------------------------------


def erased_book(certificate: int | None, listed: object, kind: str = "archive.erased") -> Book:
    """Thirteen entries; the ninth is a certificate that lists some, the fourth is erased and points somewhere."""
    entries = [entry_row(seq) if seq != 9 else entry_row(9, kind, entries=listed) for seq in range(1, 14)]
    erased = replace(
        entries[3], salt=None, payload=None, erasure=Erasure(date(2024, 1, 1), "活动结束清除方案", certificate)
    )
    return with_entry(sealed(entries), 4, lambda _: erased)


def test_a_certified_erasure_is_said_and_is_not_broken() -> None:
    report = audited(erased_book(9, [4]))

    (finding,) = report.findings
    assert (finding.kind, finding.entry, finding.severity) == ("erased", 4, "note")
    assert "2024-01-01" in finding.sentence and "活动结束清除方案" in finding.sentence
    assert report.is_sound


UNCERTIFIED = [
    # the certificate lists others, is of another kind, is malformed, lies before, lies beyond, is the entry itself
    erased_book(9, [5]),
    erased_book(9, [4], kind="case.closed"),
    erased_book(9, "4"),
    erased_book(2, [4]),
    erased_book(99, [4]),
    erased_book(4, [4]),
]


@pytest.mark.parametrize("book", UNCERTIFIED)
def test_an_erasure_no_sealed_certificate_bears_out_is_broken(book: Book) -> None:
    report = audited(book)

    assert ("erasure", 4) in told(report)
    assert not report.is_sound


def test_an_erasure_whose_certificate_waits_for_its_seal_is_a_warning() -> None:
    report = audited(erased_book(None, []))

    assert [(finding.kind, finding.severity) for finding in report.findings] == [("erasure", "warning")]


# --- checkpoints -----------------------------------------------------------------------------------------------------


def test_a_checkpoint_nobody_known_signed_is_not_believed() -> None:
    report = audited(SAMPLE, keys=(OTHER_KEY.verifier_key,))

    assert told(report) == [("checkpoint", None), ("checkpoint", None)]
    assert "5 条时的检查点不可信" in report.findings[0].sentence


def test_without_any_key_no_checkpoint_is_believed() -> None:
    assert not audited(SAMPLE, keys=()).is_sound


def test_a_checkpoint_signed_by_an_earlier_key_is_believed() -> None:
    assert audited(SAMPLE, keys=(OTHER_KEY.verifier_key, KEY.verifier_key)).is_sound


def test_an_altered_checkpoint_is_named_and_the_entries_are_not() -> None:
    report = audited(replace(SAMPLE, notes=(SAMPLE.notes[0].replace("\n5\n", "\n6\n"), SAMPLE.notes[1])))

    assert told(report) == [("checkpoint", None)]


def test_a_malformed_key_is_refused() -> None:
    with pytest.raises(WrongInput):
        audited(SAMPLE, keys=("nonsense",))


def test_entries_are_audited_as_they_stream_by_without_being_kept() -> None:
    row = entry_row(1)
    seen: list[int] = []

    def entries() -> object:
        for seq in range(1, 5_001):
            seen.append(seq)
            yield replace(row, seq=seq)

    _, nodes = Frontier().extend(row.leaf for _ in range(5_000))

    report = audit(BOOK, entries=entries(), nodes=iter(nodes), checkpoints=iter(()), verifier_keys=())  # type: ignore[arg-type]

    assert (report.size, report.is_sound, len(seen)) == (5_000, True, 5_000)
