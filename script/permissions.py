"""docs/permissions.md from the running code: who gets which answer at every address.

``python script/permissions.py`` tells what has changed (exit code 1) · ``--write`` writes the document. It needs no server: the two sample streets
are founded in a database of their own, which is removed afterwards.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "permissions.md"
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
# The settings read their environment when they are imported; therefore it is completed here, first of all.
os.environ["GRIDLOOP_HOME"] = tempfile.mkdtemp(prefix="gridloop-permissions-")
atexit.register(shutil.rmtree, os.environ["GRIDLOOP_HOME"], ignore_errors=True)
os.environ.pop("DATABASE_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

from tests.matrix.run import Asked, asked  # noqa: E402
from tests.matrix.table import rows_of  # noqa: E402


def main() -> int:
    """Writes or compares; the exit code says whether the document agrees with the code and nothing failed."""
    call_command("migrate", verbosity=0)
    found = asked()
    faults = [fault for answers in found.answers for fault in answers.faults]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(found.text, encoding="utf-8")
        return 1 if faults else 0
    return 1 if _told_changes(found) or faults else 0


def _told_changes(found: Asked) -> bool:
    before = rows_of(DOCUMENT.read_text(encoding="utf-8")) if DOCUMENT.exists() else {}
    now = rows_of(found.text)
    for key in sorted({*now, *before}):
        if now.get(key) != before.get(key):
            sys.stdout.write(f"- {before.get(key, '')}\n+ {now.get(key, '')}\n")
    return now != before


if __name__ == "__main__":
    sys.exit(main())
