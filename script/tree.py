"""Is the tree itself as promised? Run by script/check; one line for each broken promise.

No built or vendored file under version control · no module over 500 lines · nothing unfinished · no absolute path of
somebody's machine · no download address in the lock files. (What only Python can see is in tests/test_house.py.)
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 500
BUILT = re.compile(
    r"\.min\.(js|css)$|\.mo$|(^|/)(node_modules|vendor|vendored|third_party|dist)/|^src/gridloop/web/static/gridloop/"
)
# The words are put together here, so that this file does not find itself.
UNFINISHED = re.compile("NotImplemented" "Error|TO" r"DO\b|FIX" r"ME\b|pytest\.mark\.(skip|xfail)|@unittest\.skip")
MACHINE = re.compile(r"(?<![\w.<{/])/(home|Users|root)/[\w.-]+/")
ADDRESS = re.compile(r"\"resolved\":|--index-url|https?://\S+\.(whl|tgz|tar\.gz)")
CODE = {".py", ".ts", ".mjs", ".css", ".html", ".sh"}


def tracked() -> list[str]:
    """The files under version control, and those that are about to be: not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def built_files(names: list[str]) -> Iterator[str]:
    yield from (f"{name}: built or vendored, must not be under version control" for name in names if BUILT.search(name))


def long_modules(names: list[str]) -> Iterator[str]:
    for name in names:
        if Path(name).suffix in CODE and "/migrations/" not in name:
            length = (ROOT / name).read_text("utf-8").count("\n")
            if length > LONGEST:
                yield f"{name}: {length} lines, at most {LONGEST}: split it by noun"


def forbidden_lines(names: list[str], pattern: re.Pattern[str], sentence: str) -> Iterator[str]:
    for name in names:
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {sentence}"


def broken_promises() -> Iterator[str]:
    names = tracked()
    code = [name for name in names if Path(name).suffix in CODE]
    locks = [name for name in names if name.endswith("package-lock.json") or name.startswith("requirements/")]
    yield from built_files(names)
    yield from long_modules(names)
    yield from forbidden_lines(code, UNFINISHED, "unfinished or skipped")
    yield from forbidden_lines(code, MACHINE, "a path of one machine")
    yield from forbidden_lines(locks, ADDRESS, "a download address")


def main() -> int:
    broken = list(broken_promises())
    print("\n".join(broken) if broken else "the tree is as promised")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
