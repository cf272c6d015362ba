"""Hatch's build hook: a wheel never leaves without its message catalogues and its built front end.

``python hatch_build.py`` compiles the catalogues alone (``script/build`` does); ``python -m build`` does both. From a source
distribution, which carries the built front end, a wheel needs no Node.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUILT = ROOT / "src/gridloop/web/static/gridloop"


class BuildHook(BuildHookInterface):
    """Completes the tree before the files of a wheel or a source distribution are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """The tree has its .mo files and its front end. An editable install (script/bootstrap) is left to script/build."""
        if version == "editable":
            return
        compile_catalogues(ROOT / "src")
        complete_front_end()


def compile_catalogues(folder: Path) -> list[Path]:
    """Every .po below ``folder`` has a .mo beside it at least as new; returns those written."""
    stale = [po for po in sorted(folder.rglob("*.po")) if _is_stale(po.with_suffix(".mo"), po)]
    for po in stale:
        _compile(po)
    return [po.with_suffix(".mo") for po in stale]


def _is_stale(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(po: Path) -> None:
    locale = po.parts[-3]
    with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source, locale=locale))


def complete_front_end() -> None:
    """app.js and app.css are there, built now by Node where they were not.

    Raises RuntimeError when they are absent and there is no Node to build them.
    """
    if all((BUILT / name).exists() for name in ("app.js", "app.css")):
        return
    npm = shutil.which("npm")
    if npm is None:
        message = "the front end is not built and there is no npm: run script/bootstrap and script/build first"
        raise RuntimeError(message)
    for step in (["ci", "--no-fund", "--no-audit"], ["run", "build"]):
        subprocess.run([npm, *step], cwd=ROOT / "frontend", check=True)


if __name__ == "__main__":
    for written in compile_catalogues(ROOT / "src"):
        sys.stderr.write(f"· {written.relative_to(ROOT)}\n")
