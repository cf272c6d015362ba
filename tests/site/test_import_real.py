"""Real input through the same actions as any report: 4,326 citizens' messages, 1,000 New York requests with their answer key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gridloop.offices.archive.models import Deed, Entry
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.rules import UNSURE
from gridloop.offices.supervision.models import Clock
from gridloop.site.imports.filing import Record, _content
from tests.shared_data import shared
from tests.site.command_line import document, gridloop

pytestmark = pytest.mark.django_db
MESSAGES = (
    "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数\n"
    "1,A0001,小区物业,2019/2/28 11:25:05,小区物业乱收停车费，业主委员会多次投诉，开发商的规划道路一直没有修通。,0,0\n"
    "2,A0002,问,2019/13/28 11:25:05,时间不对,0,0\n"
    ",A0003,无编号,2019/2/28 11:25:05,没有编号,0,0\n"
    "4,A0004,短,2019/2/28 11:25:05,。,0,0\n"
    "5,A0005,早,1999/2/28 11:25:05,那时还没有日历,0,0\n"
)


def run(*words: object) -> Any:
    return document(gridloop("import", *words, "--json"))


def test_messages_are_filed_at_their_own_time_and_bad_ones_named(tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(MESSAGES, encoding="gb18030")

    result = gridloop("import", "messages", file, "--json")

    told = document(result)
    case = Case.objects.get()
    assert result.exit_code == 1
    assert (told["read"], told["added"]) == (5, 1)
    assert [(each["row"], each["column"]) for each in told["rejected"]] == [
        (3, "time"),
        (4, "id"),
        (5, "text"),
        (6, "time"),
    ]
    assert case.filed_at.isoformat() == "2019-02-28T03:25:05+00:00"
    assert "A0001" not in Report.objects.get().name + Entry.objects.filter(kind="case.filed").get().payload


def test_the_same_number_with_other_content_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(MESSAGES.splitlines()[0] + "\n" + MESSAGES.splitlines()[1] + "\n", encoding="utf-8")
    run("messages", file)
    file.write_text(file.read_text(encoding="utf-8").replace("停车费", "水费"), encoding="utf-8")

    again = run("messages", file)

    assert (again["added"], again["existing"], again["rejected"][0]["column"]) == (0, 0, "id")


def test_the_fingerprint_of_a_record_holds_what_was_told_and_nothing_else() -> None:
    filing = Filing(text="路灯不亮", source="import", external_id="7")
    record = Record(2, datetime(2019, 2, 28, tzinfo=UTC), filing)

    assert set(_content(record)) == {"text", "source", "external_id", "told_at"}


def test_the_real_messages_become_cases_classified_or_honestly_unsure_once() -> None:
    file = shared("messages/messages_unlabelled_4326.csv")

    first, second = run("messages", file), run("messages", file)

    assert (first["read"], first["added"], first["rejected"]) == (4326, 4326, [])
    assert (second["added"], second["existing"]) == (0, 4326)
    assert first["details"]["classified"] + first["details"]["unsure"] == 4326
    assert first["details"]["classified"] > 500
    assert second["details"] == first["details"]
    assert Case.objects.filter(is_gap=False).exclude(category=UNSURE).count() == first["details"]["classified"]
    assert Clock.objects.filter(street=first["details"]["street"]).count() >= 4326
    assert Deed.objects.filter(door__startswith="import:messages").count() == 4326
    assert gridloop("check").exit_code == 0


def test_the_real_requests_agree_with_the_citys_own_answers() -> None:
    file, boundaries = shared("requests311/nyc311_1000.csv"), shared("boundaries/nyc_community_districts.geojson")

    first = run("requests311", file, "--boundaries", boundaries)
    second = run("requests311", file, "--boundaries", boundaries)

    agreement = first["details"]["agreement"]
    assert (first["added"], first["rejected"], first["details"]["cells"]) == (1000, [], 71)
    assert agreement["board"] == {"n": 871, "equal": 867}
    assert agreement["agency"] == {"n": 1000, "equal": 998}
    assert agreement["due"] == {"n": 486, "expressed": 433, "not_expressed": 53, "equal": 418}
    assert (second["added"], second["existing"]) == (0, 1000)
    assert second["details"]["agreement"] == agreement
    found = document(gridloop("check", "--json"))
    assert found["ok"] and not [each for each in found["findings"] if "nyc_undated" in each["sentence"]]
