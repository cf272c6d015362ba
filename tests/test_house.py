"""The house rules that no linter knows: no formalism by construction, rooms of bearable size, writes in actions only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from gridloop.core.lifecycle import CASE, chart_problems

SOURCE = Path(__file__).parents[1] / "src" / "gridloop"
FORMALISM = re.compile(
    r"check_?in|mileage|points_(earned|total)|score_rank|online_(time|seconds|minutes)|leaderboard|ranking|gps_track|footprint",
    re.I,
)
WRITE = re.compile(
    r"\.objects\b.*\.(create|update|delete|bulk_create|bulk_update|get_or_create|update_or_create)\(|\.save\(|\.delete\(\)"
)
UTC_DAY = re.compile(
    r"\b(at|now|\w+_at|\w+_until)\.(date\(\)|(year|month|day|hour|minute)\b|(iso)?weekday\(|strftime\()|\{(reader|caller)\.at:"
)
OFFICES = (
    "archive",
    "organisation",
    "territory",
    "campaigns",
    "notices",
    "supervision",
    "cases",
    "enterprise",
    "policies",
    "projects",
    "indicators",
)


def own_models() -> list[type]:
    return [model for office in OFFICES for model in apps.get_app_config(office).get_models()]


def test_no_table_or_column_counts_check_ins_points_online_time_or_rank() -> None:
    names = [f"{model._meta.db_table}.{field.name}" for model in own_models() for field in model._meta.get_fields()]

    found = [name for name in names if FORMALISM.search(name)]

    assert len(names) > 200
    assert found == []


def test_no_page_writes_a_day_without_its_weekday() -> None:
    templates = sorted((SOURCE / "web" / "templates").rglob("*.html"))
    bare = re.compile(r"""\|date:"[^"]*[djn][^"]*\"""")

    found = [path.name for path in templates if bare.search(path.read_text(encoding="utf-8"))]

    assert len(templates) > 100
    assert found == []


def test_every_owned_row_carries_its_street() -> None:
    belongs_to_an_owner = {
        "street",
        "case",
        "book",
        "grid",
        "post",
        "holding",
        "consultation",
        "notice",
        "entry",
        "enterprise",
        "project",
        "campaign",
        "group",
        "activity",
    }
    exempt = {"Deed", "Account", "Street"}  # a door's key, a sign-in, the street itself

    lost = [
        model.__name__
        for model in own_models()
        if model.__name__ not in exempt
        and not {field.name for field in model._meta.get_fields()} & belongs_to_an_owner
        and not model._meta.auto_created
    ]

    assert lost == []


def test_the_state_chart_of_a_case_holds_together() -> None:
    assert chart_problems(CASE) == []


@pytest.mark.parametrize("window", ["web", "api", "field", "core"])
def test_no_window_and_no_core_module_writes_a_row(window: str) -> None:
    lines = [
        f"{path.relative_to(SOURCE)}:{number} {line.strip()}"
        for path in (SOURCE / window).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WRITE.search(line) and "segno" not in line and ".save(out)" not in line  # drawn in memory, no table
    ]

    assert lines == []


def test_only_actions_write_in_the_offices() -> None:
    lines = [
        f"{path.relative_to(SOURCE)}:{number} {line.strip()}"
        for path in (SOURCE / "offices").rglob("*.py")
        if "actions" not in path.parts
        and path.stem not in ("actions", "attachments")
        and "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WRITE.search(line) and "segno" not in line and ".save(out)" not in line  # drawn in memory, no table
    ]

    assert lines == []


def test_no_day_is_read_off_a_moment_in_utc() -> None:
    """Moments are kept in UTC, where until eight in the morning it is still yesterday: the day is asked of the street's zone."""
    inside = [path for path in SOURCE.rglob("*.py") if not {"core", "demo", "migrations"} & set(path.parts)]
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in inside
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UTC_DAY.search(line)
    ]

    assert len(inside) > 300
    assert found == []


def test_every_field_for_a_day_is_written_as_browsers_read_it() -> None:
    """Django writes a day in the page's language, 2022/05/23, which a browser's own date field takes for nothing: see ``DayInput``."""
    plain = re.compile(
        r"forms\.(SplitDateTime|SelectDate|DateTime|Date|Time)(Input|Widget)|\"type\": \"(date|time|month)"
    )
    found = [
        path.name
        for path in SOURCE.rglob("*.py")
        if path != SOURCE / "web" / "forms.py" and plain.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_room_is_longer_than_500_lines() -> None:
    long = [
        f"{path.relative_to(SOURCE)} {count}"
        for path in [*SOURCE.rglob("*.py"), *(SOURCE.parents[1] / "frontend" / "src").rglob("*.ts")]
        if "migrations" not in path.parts and (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    ]

    assert long == []


def test_migrations_import_nothing_from_the_package() -> None:
    found = [
        str(path)
        for path in SOURCE.rglob("migrations/0*.py")
        if re.search(r"^(from|import) gridloop", path.read_text(encoding="utf-8"), re.M)
    ]

    assert found == []


def test_nothing_personal_that_could_be_real_is_in_the_package() -> None:
    phones = [
        f"{path.relative_to(SOURCE)}: {match.group()}"
        for path in SOURCE.rglob("*")
        if path.suffix in {".py", ".json", ".csv", ".html"} and path.is_file()
        for match in re.finditer(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])", path.read_text(encoding="utf-8"))
        if match.group() != "13812345678"  # the number of textbooks, in a docstring
    ]

    assert phones == []
