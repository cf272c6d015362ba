"""Running ``gridloop`` in a test: in this process with click's runner, or as a real process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gridloop.site.command import main


def gridloop(*words: object) -> Result:
    """The command's result: ``exit_code``, ``stdout``, ``stderr``. An unexpected exception is raised as it is."""
    result = CliRunner().invoke(main, [str(word) for word in words], prog_name="gridloop")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def document(result: Result) -> Any:
    """What a command with ``--json`` printed: exactly one JSON document and nothing else."""
    return json.loads(result.stdout)


def process(*words: object, home: Path) -> subprocess.CompletedProcess[str]:
    """``python -m gridloop`` as a process of its own, on an installation of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "gridloop", *map(str, words)],
        env={**kept, "GRIDLOOP_HOME": str(home)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
