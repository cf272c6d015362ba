"""The archive: sealing, the audit after any alteration, erasure, deeds done once, photos taken in."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.ledger import check_receipt, generate_key
from gridloop.offices.archive import actions, queries
from gridloop.offices.archive.models import Book, Deed, Entry, Reacted
from gridloop.offices.archive.transaction import TicketLock, deed
from tests.sample import MONDAY

BOOK = "410102990"
KEY = generate_key("gridloop.test", seed=b"7" * 32)


@pytest.fixture
def book(db) -> Book:
    """A book of five sealed entries, signed, and two that wait."""
    return make_book()


def make_book() -> Book:
    actions.open_book(street=BOOK, name="柳荫街道")
    record(5)
    seal_and_sign()
    record(2, first=6)
    return Book.objects.get(street=BOOK)


def record(count: int, *, first: int = 1) -> None:
    for number in range(first, first + count):
        actions.record(
            "case.filed", by=SYSTEM, at=MONDAY + timedelta(minutes=number), street=BOOK, subject=f"case:{number}",
            payload={"text": f"第 {number} 件"}, cause="entry:410102990/1" if number > 1 else "",
        )  # fmt: skip


def seal_and_sign() -> None:
    actions.seal(street=BOOK)
    actions.sign(street=BOOK, at=MONDAY, origin=f"gridloop.test/{BOOK}", key_name=KEY.name, private_key=KEY.private)


def audit() -> Any:
    return queries.audit_book(BOOK, verifier_keys=[KEY.verifier_key])


def run_sql(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


# -- sealing ----------------------------------------------------------------------------------------------------------


def test_a_sealed_book_holds(book):
    assert audit().findings == ()
    assert (book.size, book.signed_size) == (5, 5)


def test_sealing_in_two_parts_gives_the_tree_of_sealing_at_once(book):
    actions.seal(street=BOOK, limit=1)
    actions.seal(street=BOOK, limit=1)

    assert actions.seal(street=BOOK) == 0
    assert list(Entry.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert audit().findings == ()


def test_a_size_is_signed_once(book):
    assert (
        actions.sign(street=BOOK, at=MONDAY, origin=f"gridloop.test/{BOOK}", key_name=KEY.name, private_key=KEY.private)
        is None
    )


def test_a_receipt_holds_and_an_unsealed_entry_has_none(book):
    entry, waiting = Entry.objects.get(seq=3), Entry.objects.filter(seq__isnull=True)[0]

    receipt = queries.receipt(entry_id=entry.pk)

    assert receipt is not None
    assert check_receipt(receipt, verifier_key=KEY.verifier_key) == []
    assert queries.receipt(entry_id=waiting.pk) is None


# -- the audit names whatever was altered -----------------------------------------------------------------------------

ALTERED = {
    "its number, to a free one": ("seq", 77),
    "its number, to none": ("seq", None),
    "its kind": ("kind", "case.cleared"),
    "when it was done": ("at", MONDAY - timedelta(days=30)),
    "when it was recorded": ("recorded_at", MONDAY + timedelta(microseconds=1)),
    "who did it": ("actor", "person:someone-else"),
    "what it is about": ("subject", "case:another"),
    "what it followed from": ("cause", ""),
    "what it says": ("payload", '{"by":"系统","text":"改过"}'),
    "that it says anything": ("payload", None),
    "its salt": ("salt", "00" * 32),
    "that it has a salt": ("salt", None),
    "its salt, to no hexadecimal": ("salt", "盐"),
    "its commitment": ("commitment", "00" * 32),
    "its leaf": ("leaf", "00" * 32),
    "its leaf, to no hexadecimal": ("leaf", "叶"),
}


@pytest.mark.parametrize(("column", "value"), ALTERED.values(), ids=ALTERED.keys())
def test_altering_a_sealed_entry_by_sql_names_it(book, column, value):
    run_sql(f"UPDATE archive_entry SET {column} = %s WHERE seq = 3", value)

    report = audit()

    assert not report.is_sound
    assert {finding.entry for finding in report.findings if finding.severity == "broken"} & {3, 77}


@pytest.mark.parametrize(
    ("column", "value"),
    [row for row in ALTERED.values() if row[0] != "seq"],
    ids=[name for name, row in ALTERED.items() if row[0] != "seq"],
)
def test_altering_an_unsealed_entry_by_sql_names_it(book, column, value):
    waiting = Entry.objects.filter(seq__isnull=True).order_by("id")[0]
    run_sql(f"UPDATE archive_entry SET {column} = %s WHERE id = %s", value, waiting.pk)

    findings = audit().findings

    assert [finding.kind for finding in findings] == ["unsealed"]
    assert f"内部编号 {waiting.pk}" in findings[0].sentence


def test_a_moment_spoilt_beyond_reading_names_the_entry(book):
    spoilt = "infinity" if connection.vendor == "postgresql" else "2022-13-45 不是时刻"
    run_sql("UPDATE archive_entry SET at = %s WHERE seq = 3", spoilt)

    assert {finding.entry for finding in audit().findings} == {3}


@pytest.mark.parametrize(
    "column", ["kind", "at", "actor", "subject", "cause", "payload", "salt", "commitment", "leaf", "seq"]
)
@pytest.mark.parametrize("value", ["X'ff00fe'", "CAST(X'ff00fe' AS TEXT)"], ids=["bytes", "text that is none"])
def test_bytes_in_a_column_name_the_entry_where_the_database_takes_them(book, column, value):
    if connection.vendor == "postgresql":  # it keeps to the types
        with pytest.raises((DataError, ProgrammingError)), transaction.atomic():
            run_sql(f"UPDATE archive_entry SET {column} = convert_from('\\xff00fe'::bytea, 'UTF8') WHERE seq = 3")
        return

    run_sql(f"UPDATE archive_entry SET {column} = {value} WHERE seq = 3")

    assert 3 in {finding.entry for finding in audit().findings}


@pytest.mark.parametrize("value", ["'abc'", "CAST(X'ff00fe' AS TEXT)", "X''"])
def test_whatever_a_node_is_made_into_is_found(book, value):
    if connection.vendor == "postgresql":
        value = "'\\xff00fe'"
    run_sql(f'UPDATE archive_node SET hash = {value} WHERE level = 0 AND "index" = 2')

    assert 3 in {finding.entry for finding in audit().findings}


@pytest.mark.parametrize("change", ["root = 'ff'", "size = size - 1"])
def test_what_stands_beside_a_signed_note_must_agree_with_it(book, change):
    run_sql(f"UPDATE archive_checkpoint SET {change}")

    findings = audit().findings

    assert {finding.kind for finding in findings} == {"checkpoint"}
    assert any("旁边记的" in finding.sentence for finding in findings)


def test_a_newest_checkpoint_that_is_gone_is_missed(book):
    run_sql("DELETE FROM archive_checkpoint")

    assert [finding.kind for finding in audit().findings] == ["checkpoint"]


def test_two_entries_that_changed_places_are_both_named(book):
    for number, place in ((2, -1), (4, 2), (-1, 4)):
        run_sql("UPDATE archive_entry SET seq = %s WHERE seq = %s", place, number)

    assert {2, 4} <= {finding.entry for finding in audit().findings}


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_deleting_a_sealed_entry_names_it(book, seq):
    run_sql("DELETE FROM archive_entry WHERE seq = %s", seq)

    assert seq in {finding.entry for finding in audit().findings}


def test_deleting_the_last_entry_and_lowering_the_size_is_found(book):
    run_sql("DELETE FROM archive_entry WHERE seq = 5")
    run_sql("UPDATE archive_book SET size = 4")

    assert 5 in {finding.entry for finding in audit().findings}


def test_an_inserted_entry_is_named_although_it_agrees_with_itself(book):
    record(1, first=9)
    run_sql("UPDATE archive_entry SET seq = 6 WHERE subject = 'case:9'")

    assert [(finding.kind, finding.entry) for finding in audit().findings] == [("added", 6)]


def test_an_entry_replaced_as_a_whole_is_named(book):
    record(1, first=9)
    run_sql("DELETE FROM archive_entry WHERE seq = 4")
    run_sql("UPDATE archive_entry SET seq = 4 WHERE subject = 'case:9'")

    assert 4 in {finding.entry for finding in audit().findings}


def test_an_entry_moved_to_another_book_is_missed(book):
    actions.open_book(street="410102991", name="别处")
    run_sql("UPDATE archive_entry SET book_id = '410102991' WHERE seq = 3")

    assert 3 in {finding.entry for finding in audit().findings}


def test_a_tampered_frontier_is_found_before_sealing_goes_on_from_it(book):
    Book.objects.filter(street=BOOK).update(frontier=["00" * 32, "11" * 32])

    assert [finding.kind for finding in audit().findings] == ["frontier"]


# -- erasure ----------------------------------------------------------------------------------------------------------


def test_an_erased_payload_is_said_to_be_erased_not_broken(book):
    actions.erase(entries=[2, 3], street=BOOK, basis="个人信息保护法第四十七条", by=SYSTEM, at=MONDAY)
    seal_and_sign()

    report = audit()

    assert report.is_sound
    assert [(finding.kind, finding.entry) for finding in report.findings] == [("erased", 2), ("erased", 3)]
    receipt = queries.receipt(entry_id=Entry.objects.get(seq=2).pk)
    assert receipt is not None
    assert [finding.kind for finding in check_receipt(receipt, verifier_key=KEY.verifier_key)] == ["erased"]


@pytest.mark.parametrize(
    ("numbers", "basis", "error"),
    [
        ([], "法条", WrongInput),  # nothing chosen
        ([2], "  ", WrongInput),  # no basis
        ([99], "法条", Refused),  # no such entry
        ([2, 99], "法条", Refused),  # one of two
    ],
)
def test_an_erasure_needs_a_basis_and_sealed_entries(book, numbers, basis, error):
    with pytest.raises(error):
        actions.erase(entries=numbers, street=BOOK, basis=basis, by=SYSTEM, at=MONDAY)

    assert not Entry.objects.filter(payload__isnull=True).exists()


def test_nothing_is_erased_twice_and_no_certificate_is_erased(book):
    erasure = actions.erase(entries=[2], street=BOOK, basis="法条", by=SYSTEM, at=MONDAY)
    actions.seal(street=BOOK)
    erasure.certificate.refresh_from_db()

    for number in (2, erasure.certificate.seq):
        with pytest.raises(Refused):
            actions.erase(entries=[number], street=BOOK, basis="法条", by=SYSTEM, at=MONDAY)


def test_not_everyone_may_erase(book):
    passer_by = type(SYSTEM)(kind="person", ref="someone", name="路人", street=BOOK)

    with pytest.raises(NotAllowed):
        actions.erase(entries=[2], street=BOOK, basis="法条", by=passer_by, at=MONDAY)


# -- done once --------------------------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_another_content_is_refused(book):
    first = actions.once(door="api", key="k1", content={"a": 1}, at=MONDAY, do=lambda: {"number": 1})
    again = actions.once(door="api", key="k1", content={"a": 1}, at=MONDAY, do=lambda: {"number": 2})

    assert (first, again) == (({"number": 1}, False), ({"number": 1}, True))
    with pytest.raises(Refused):
        actions.once(door="api", key="k1", content={"a": 2}, at=MONDAY, do=lambda: {"number": 3})


def test_a_deed_that_fails_leaves_its_key_free(book):
    def fail() -> dict[str, Any]:
        raise Refused("x", "不行。")

    with pytest.raises(Refused):
        actions.once(door="api", key="k1", content={}, at=MONDAY, do=fail)

    assert actions.once(door="api", key="k1", content={}, at=MONDAY, do=lambda: {"ok": True}) == ({"ok": True}, False)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_key_do_one_deed():
    make_book()
    answers = in_threads(4, lambda: actions.once(door="api", key="k", content={}, at=MONDAY, do=recorded_once))

    assert sorted(is_repeated for _, is_repeated in answers) == [False, True, True, True]
    assert len({answer["subject"] for answer, _ in answers}) == 1
    assert Entry.objects.filter(subject="case:once").count() == Deed.objects.count() == 1


def recorded_once() -> dict[str, Any]:
    """A deed that may be done only once, as accepting a case: the second would be refused."""
    if Entry.objects.filter(subject="case:once").exists():
        raise Refused("x", "已经办过。")
    actions.record("case.filed", by=SYSTEM, at=MONDAY, street=BOOK, subject="case:once", payload={})
    return {"subject": "case:once"}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_react_once():
    make_book()
    entry = Entry.objects.get(seq=1)

    def react() -> None:
        actions.record("case.raised", by=SYSTEM, at=MONDAY, street=BOOK, subject="case:raised", payload={})

    done = in_threads(4, lambda: actions.react_once(reaction="raise", entry=entry, do=react))

    assert sorted(done) == [False, False, False, True]
    assert Entry.objects.filter(subject="case:raised").count() == Reacted.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sealing_at_once_from_many_threads_numbers_each_entry_once():
    make_book()

    in_threads(4, lambda: (record(3, first=100), actions.seal(street=BOOK)))
    actions.seal(street=BOOK)

    assert sorted(Entry.objects.values_list("seq", flat=True)) == list(range(1, 20))
    assert audit().is_sound


def in_threads(count: int, work: Any) -> list[Any]:
    """What the work gave in each of several threads that started together."""
    answers: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        try:
            start.wait()
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_ticket_lock_serves_in_the_order_of_arrival():
    lock, served, waiting = TicketLock(), [], []
    lock.acquire()
    for number in range(5):
        thread = threading.Thread(target=lambda number=number: (lock.acquire(), served.append(number), lock.release()))
        thread.start()
        waiting.append(thread)
        while len(lock._waiting) <= number:
            pass

    lock.release()
    for thread in waiting:
        thread.join()

    assert served == [0, 1, 2, 3, 4]


def test_a_deed_that_fails_leaves_nothing(book):
    before = Entry.objects.count()

    def record_and_fail() -> None:
        with deed():
            record(1, first=50)
            raise Refused("x", "不行。")

    with pytest.raises(Refused):
        record_and_fail()

    assert Entry.objects.count() == before
