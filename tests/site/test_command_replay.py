"""``gridloop route replay``: a draft over a street's history, from the database, from Parquet, and on a Dask cluster: the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from distributed import LocalCluster

from gridloop.offices.cases import actions as cases
from gridloop.offices.organisation.changesets import actions as changesets
from tests.offices.loop import LAMP
from tests.sample import CODE, MONDAY, sample_street, who
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db
DRAFT = "行,类别,地点,单位,时限方案,理由\nA1,城乡建设,,urban,san_bu_guo,城建\nA2,城乡建设/市政设施/路灯,,housing,1137,路灯\nA3,企业服务,,economy,san_bu_guo,企业\nA4,环境保护,,environment,1137,环境\n"
PERIOD = ("--from", "2022-05-01", "--to", "2022-07-31")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The sample street with ten cases over two months, and a draft in a file."""
    sample_street()
    for days in range(0, 50, 5):
        at = MONDAY + timedelta(days=days)
        cases.file_case(
            by=who("desk", at=at), at=at, street=CODE, filing=cases.Filing(text="路灯不亮", source="phone", **LAMP)
        )
    path = tmp_path / "draft.csv"
    path.write_text(DRAFT, encoding="gb18030")
    return path


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


def test_a_draft_in_a_file_is_replayed_over_the_history(draft: Path) -> None:
    result = gridloop("route", "replay", "--table", draft, *PERIOD, "--json")
    whole = document(result)

    assert (result.exit_code, whole["cases"], whole["changed_hops"]) == (0, 10, 10)
    assert {(each["before"]["unit"], each["after"]["unit"]) for each in whole["changed_cases"]} == {
        ("urban", "housing")
    }
    assert [each["month"] for each in whole["months"]] == ["2022-05", "2022-06", "2022-07"]


def test_a_change_set_is_replayed_by_its_number(draft: Path) -> None:
    found = changesets.propose(
        by=who("keeper"), at=MONDAY, street=CODE, chapter="routes", key="", cells={"row": "A2", "category": "城乡建设/市政设施/路灯", "unit": "housing", "profile": "1137"},
    )  # fmt: skip

    whole = document(gridloop("route", "replay", "--table", found.ref, *PERIOD, "--street", "sample", "--json"))

    assert (whole["draft"], whole["changed_hops"]) == (f"change_set:{found.ref}", 10)


def test_people_read_the_load_of_each_unit_and_the_cases(draft: Path) -> None:
    printed = gridloop("route", "replay", "--table", draft, *PERIOD).stdout

    assert "去处改变:10" in printed and "房管所" in printed and "urban → housing" in printed


def test_database_parquet_and_two_dask_workers_give_the_same_bytes(
    draft: Path, tmp_path: Path, cluster: LocalCluster
) -> None:
    history = tmp_path / "history"
    exported = document(gridloop("export", "cases-parquet", "sample", "-o", history, "--json"))
    ways: tuple[tuple[object, ...], ...] = (
        (), ("--parquet", history), ("--parquet", history, "--engine", cluster.scheduler_address.replace("tcp://", "dask://")),
    )  # fmt: skip

    told = [gridloop("route", "replay", "--table", draft, *PERIOD, *way, "--json").stdout_bytes for way in ways]

    assert exported["cases"] == 10 and len(exported["files"]) == 3
    assert told[0] == told[1] == told[2] and json.loads(told[0])["cases"] == 10
    kept = {path.name for path in history.rglob("*") if path.is_file()}
    assert kept == {"rules.json", "cases.parquet"}


def test_a_period_within_a_month_leaves_the_others_of_the_month_out(draft: Path, tmp_path: Path) -> None:
    gridloop("export", "cases-parquet", "sample", "-o", tmp_path / "history")
    some = ("--from", "2022-05-24", "--to", "2022-06-10", "--json")

    told = [
        gridloop("route", "replay", "--table", draft, *some, *way).stdout_bytes
        for way in ((), ("--parquet", tmp_path / "history"))
    ]

    assert told[0] == told[1] and json.loads(told[0])["cases"] == 3


def test_wrong_use_says_what_to_do(draft: Path, tmp_path: Path) -> None:
    def code(*words: object) -> int:
        return gridloop("route", "replay", "--table", draft, *words).exit_code

    assert code("--from", "2022-06-01", "--to", "2022-05-01") == 2
    assert code(*PERIOD, "--engine", "dask://127.0.0.1:1") == 2
    assert code(*PERIOD, "--parquet", tmp_path / "none") == 2
    assert code(*PERIOD, "--parquet", tmp_path, "--engine", "spark") == 2
    assert gridloop("route", "replay", "--table", "nosuchdraft", *PERIOD).exit_code == 2
    gridloop("export", "cases-parquet", "sample", "-o", tmp_path / "history")
    assert code(*PERIOD, "--parquet", tmp_path / "history", "--engine", "dask://127.0.0.1:1") == 1
