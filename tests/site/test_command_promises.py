"""The promises every command keeps: help with an example, exit codes, a pure standard output, a fast start from files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gridloop.site.command import ROOMS, main
from tests.site.command_line import document, gridloop, process


def all_commands(
    group: click.Group = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and sub-command with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))


def test_every_command_has_a_help_and_every_command_that_does_something_an_example() -> None:
    for path, command in all_commands():
        result = gridloop(*path, "--help")

        assert result.exit_code == 0, path
        if not isinstance(command, click.Group):
            assert f"gridloop {' '.join(path)}" in result.stdout, path


def test_the_list_of_commands_names_each_with_its_line() -> None:
    result = gridloop("--help")

    assert all(name in result.stdout and room.line[:4] in result.stdout for name, room in ROOMS.items())


@pytest.mark.parametrize(
    "words",
    [
        ("nosuch",),  # no such command
        ("deadline",),  # a missing option
        ("deadline", "--profile", "三不过", "--received", "2022-05-29", "--nosuch"),  # an unknown option
        ("locate", "--grids", "nosuch.geojson", "--code", "id", "--points", "nosuch.csv"),  # an unreadable file
        ("import", "units", "nosuch.csv"),  # a file that does not exist
        ("route", "trace"),  # neither a case nor facts
    ],
)
def test_wrong_use_ends_with_2_and_says_so_on_stderr(words: tuple[str, ...]) -> None:
    result = gridloop(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("deadline", "--json"),  # found while reading the options
        ("route", "trace", "--json"),  # found inside the command
        ("nosuch", "--json"),  # no such command
        ("import", "nosuch", "file.csv", "--json"),  # no such kind
        ("deadline", "--profile", "nosuch", "--received", "2022-05-29", "--json"),  # found by a rule
    ],
)
def test_with_json_an_error_is_the_one_document(words: tuple[str, ...]) -> None:
    result = gridloop(*words)

    assert result.exit_code == 2
    assert set(document(result)["error"]) == {"code", "sentence", "fields"}


def test_commands_that_answer_from_files_do_not_start_django() -> None:
    asked = "import sys, runpy; sys.argv = ['gridloop', 'deadline', '--profile', '1137', '--received', '2022-05-29', '--json']\n"
    told = "try:\n  runpy.run_module('gridloop', run_name='__main__')\nexcept SystemExit: pass\nprint('django' in sys.modules, file=sys.stderr)"

    result = subprocess.run([sys.executable, "-c", asked + told], capture_output=True, text=True, check=True)

    assert result.stderr.strip() == "False"
    assert json.loads(result.stdout)["profile"] == "1137"


def test_a_command_that_reads_says_what_to_do_when_there_is_no_database_yet(tmp_path: Path) -> None:
    result = process("check", "--json", home=tmp_path)

    assert result.returncode == 2
    assert "gridloop demo" in json.loads(result.stdout)["error"]["sentence"]


def test_a_real_process_imports_checks_and_verifies_with_one_document_each(tmp_path: Path) -> None:
    file = tmp_path / "streets.csv"
    file.write_text("code,name,area_code,area_name\n410102990,柳荫街道,410102,中原区\n", encoding="utf-8")
    home = tmp_path / "home"

    imported = process("import", "divisions", file, "--json", home=home)
    checked = process("check", "--json", home=home)
    verified = process("ledger", "verify", "--json", home=home)

    assert [each.returncode for each in (imported, checked, verified)] == [0, 0, 0], (imported.stderr, checked.stdout)
    assert json.loads(imported.stdout)["added"] == 1
    assert json.loads(checked.stdout)["ok"] is True
    assert json.loads(verified.stdout)["books"][0]["book"] == "410102990"
