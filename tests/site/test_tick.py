"""The tick: whatever happens to it, the ledger comes out the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, transaction

from gridloop.core.ledger import open_checkpoint
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.models import Book, Checkpoint, Entry, Reacted
from gridloop.offices.cases.actions import withdraw
from gridloop.offices.cases.models import Case
from gridloop.offices.notices.models import Notice
from gridloop.reactions import TABLE
from gridloop.site import keys, tick
from tests.sample import CODE, MONDAY, sample_street, who
from tests.site.scenes import DAY, HOUR, LATER, busy_street, file, ledger


class _RolledBack(Exception):
    pass


def rehearsed() -> Counter[tuple[str, str, str]]:
    """The ledger as one tick alone would leave it; nothing of it stays."""
    try:
        with transaction.atomic():
            tick.once(at=LATER)
            found = ledger()
            raise _RolledBack
    except _RolledBack:
        return found


def test_one_tick_brings_an_overdue_case_to_its_leaders(db):
    case = file_in_new_street()

    done = tick.once(at=LATER)

    kinds = [entry.kind for entry in archive.timeline(case.subject)]
    assert done.judged and done.reacted and done.signed == 1
    assert kinds.count("clock.breached") == kinds.count("case.raised") == 1
    assert kinds.index("clock.breached") < kinds.index("case.raised")
    assert Case.objects.get(pk=case.pk).is_late
    urgent = Notice.objects.filter(subject=case.subject, is_urgent=True).values_list("to__name", flat=True)
    assert {"甲受理", "乙领导", "丁队长"} <= set(urgent)


def file_in_new_street() -> Case:
    sample_street()
    return file()


def test_a_raised_case_names_the_breach_as_its_cause(db):
    case = file_in_new_street()

    tick.once(at=LATER)

    breach = Entry.objects.get(subject=case.subject, kind="clock.breached")
    assert Entry.objects.get(subject=case.subject, kind="case.raised").cause == f"entry:{CODE}/{breach.seq}"


def test_a_second_tick_at_the_same_moment_adds_nothing(db):
    busy_street()
    tick.once(at=LATER)
    before = ledger()

    done = tick.once(at=LATER)

    assert done == tick.Done()
    assert ledger() == before


def test_a_suspension_that_is_over_is_resumed_by_the_system(db):
    suspended = busy_street()[5]

    tick.once(at=MONDAY + 3 * DAY)

    entry = Entry.objects.get(subject=suspended.subject, kind="case.resumed")
    assert entry.actor == "system:gridloop"
    assert Case.objects.get(pk=suspended.pk).state == "handling"


def test_a_suspension_that_lasts_is_left_alone(db):
    suspended = busy_street()[5]

    tick.once(at=MONDAY + 3 * DAY - HOUR)

    assert Case.objects.get(pk=suspended.pk).state == "suspended"


def test_a_breach_of_a_case_that_was_closed_meanwhile_is_recorded_but_not_raised(db):
    case = file_in_new_street()
    tick.sweep(at=LATER)
    withdraw(by=who("desk"), at=LATER, case=case.ref, reason="反映人不再需要")

    tick.once(at=LATER)

    kinds = [entry.kind for entry in archive.timeline(case.subject)]
    assert "clock.breached" in kinds
    assert "case.raised" not in kinds


def test_the_books_are_signed_under_the_kept_key_and_hold(db):
    busy_street()

    tick.once(at=LATER)

    book, checkpoint = Book.objects.get(street=CODE), Checkpoint.objects.get()
    note = open_checkpoint(checkpoint.note, verifier_key=keys.verifier_keys()[0])
    assert (note.size, note.origin) == (book.size, keys.origin(CODE))
    assert archive.audit_book(CODE, verifier_keys=keys.verifier_keys()).findings == ()
    assert not Entry.objects.filter(seq__isnull=True).exists()


def test_the_signing_key_keeps_its_former_names(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDLOOP_HOME", str(tmp_path))
    settings.LEDGER_KEY_NAME = "127.0.0.1:8000"
    former = keys.signing_key()
    settings.LEDGER_KEY_NAME = "liuyin.example.cn"

    present = keys.signing_key()

    assert present.private == former.private
    assert keys.verifier_keys() == [present.verifier_key, former.verifier_key]
    assert keys.origin("410102990") == "liuyin.example.cn/410102990"


def test_a_former_key_stays_known_when_the_keeper_has_written_it_down(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDLOOP_HOME", str(tmp_path))
    former = keys.signing_key().verifier_key
    (tmp_path / "ledger.former").write_text(f"{former}\n")
    (tmp_path / "ledger.key").unlink()

    present = keys.signing_key().verifier_key

    assert keys.verifier_keys() == [present, former]
    assert present != former


# -- reactions that fail ----------------------------------------------------------------------------------------------


faults: list[str] = []


def failing(story: object) -> None:
    """Fails as long as there is a fault."""
    if faults:
        raise LookupError(faults[0])


@pytest.fixture
def one_reaction_fails(monkeypatch):
    """A reaction that fails is added to the table, before the sound one of the same kind."""
    monkeypatch.setitem(TABLE, "case.filed", (failing, *TABLE["case.filed"]))
    monkeypatch.setitem(tick.BY_NAME, "failing", failing)
    faults.append("这一步总是出错")
    yield
    faults.clear()


def test_a_reaction_that_fails_stops_no_other(db, one_reaction_fails):
    case = file_in_new_street()

    tick.once(at=MONDAY)

    assert Notice.objects.filter(subject=case.subject, kind="case.filed").exists()
    row = Reacted.objects.get(reaction="failing")
    assert "总是出错" in row.fault
    assert row.next_try_at > MONDAY


def test_the_keepers_are_told_of_a_failing_reaction_once(db, one_reaction_fails):
    sample_street()
    file()
    file()

    for minutes in range(5):
        tick.once(at=MONDAY + minutes * HOUR)

    told = Notice.objects.filter(kind="reaction.failed")
    assert {notice.to.name for notice in told} == {"子系统", "寅系统"}
    assert told.count() == 2
    assert Reacted.objects.filter(reaction="failing", tries__gte=4).count() == 2


def test_a_reaction_is_tried_again_until_it_is_done(db, one_reaction_fails):
    file_in_new_street()
    tick.once(at=MONDAY)
    faults.clear()

    tick.once(at=MONDAY + HOUR)

    row = Reacted.objects.get(reaction="failing")
    assert (row.fault, row.next_try_at) == ("", None)


def test_a_step_that_fails_stops_no_other_step(db):
    case = file_in_new_street()
    Book.objects.create(street="410102999", name="坏账册", size=1, frontier=["zz"], signed_size=0)

    with pytest.raises(ExceptionGroup):
        tick.once(at=LATER)

    assert Entry.objects.filter(subject=case.subject, kind="case.raised").exists()
    assert Checkpoint.objects.filter(book_id=CODE).exists()


# -- two at once, and killed ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_leave_the_ledger_of_one():
    busy_street(plain=12)
    expected = rehearsed()
    start = threading.Barrier(2)

    def ticking() -> None:
        try:
            start.wait()
            tick.once(at=LATER)
        finally:
            connection.close()

    threads = [threading.Thread(target=ticking) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick.once(at=LATER)

    assert ledger() == expected
    assert archive.audit_book(CODE, verifier_keys=keys.verifier_keys()).findings == ()


TICKING = """
from gridloop.site.database import open_django; open_django()
from gridloop.site.tick import once
from tests.site.scenes import LATER
print("ready", flush=True)
print(once(at=LATER), flush=True)
"""
MAKING = """
from gridloop.site.database import open_database; open_database(to_write=True)
from django.conf import settings; settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from tests.site.scenes import busy_street; busy_street(plain=12)
"""
TELLING = """
from gridloop.offices.archive import queries; from gridloop.site.keys import verifier_keys
from tests.sample import CODE; from tests.site.scenes import ledger
print(repr(sorted(ledger().items()))); print(queries.audit_book(CODE, verifier_keys=verifier_keys()).findings)
"""


def in_home(home: Path, script: str) -> subprocess.Popen[str]:
    """The script in a process of its own, on the SQLite file of this home folder."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "GRIDLOOP_TEST_DB")
    }
    folder = Path(__file__).parents[2]
    environment |= {"GRIDLOOP_HOME": str(home), "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"}
    return subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)


def said_in(home: Path, script: str) -> str:
    child = in_home(home, script)
    told, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    return told


def ticked_in(home: Path) -> str:
    """What the ledger and its audit say after one more tick there."""
    return said_in(home, TICKING + TELLING).partition("Done")[2].partition("\n")[2]


@pytest.fixture(scope="module")
def monday(tmp_path_factory) -> Path:
    """A home folder as it stands before anybody ticks."""
    home = tmp_path_factory.mktemp("monday")
    said_in(home, MAKING)
    return home


@pytest.fixture(scope="module")
def undisturbed(monday, tmp_path_factory) -> str:
    """What the ledger says after one tick that nobody disturbed."""
    home = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(monday, home, dirs_exist_ok=True)
    return ticked_in(home)


def test_a_tick_killed_at_any_instant_leaves_the_same_ledger(monday, undisturbed, tmp_path):
    shutil.copytree(monday, tmp_path, dirs_exist_ok=True)
    chance = random.Random(20220523)
    killed = 0

    for _ in range(4):
        child = in_home(tmp_path, TICKING)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.02, 0.3))
        child.send_signal(signal.SIGKILL)
        killed += "Done" not in child.communicate()[0]

    assert killed
    assert ticked_in(tmp_path) == undisturbed


def test_two_processes_ticking_at_once_leave_the_same_ledger(monday, undisturbed, tmp_path):
    shutil.copytree(monday, tmp_path, dirs_exist_ok=True)

    children = [in_home(tmp_path, TICKING) for _ in range(2)]
    told = [child.communicate(timeout=120)[0] for child in children]

    assert all("Done" in each for each in told)
    assert ticked_in(tmp_path) == undisturbed
