"""Writes down the examples of the API's description: every operation done once on the sample street, as it was asked and answered.

``python script/record_examples.py`` rewrites src/gridloop/api/examples.json. Needed after an operation or a shape has changed; the tests
say so (``tests/api/test_description.py``). It works in a folder of its own and touches no installation.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "gridloop" / "api" / "examples.json"
LONGEST_LIST = 2


def main() -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    with tempfile.TemporaryDirectory(prefix="gridloop-examples-") as home:
        os.environ["GRIDLOOP_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "gridloop.site.settings"
        found = recorded()
    TARGET.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(found)} operations in {TARGET.relative_to(ROOT)}")


def recorded() -> dict[str, Any]:
    """By operation: parameters, request and answers, the lists in them shortened. Django is imported once its home is named."""
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    from tests.api.walk import ONLY_REPORTERS, walked  # noqa: PLC0415
    from tests.sample import sample_street  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    sample_street()
    done = walked().done
    found = {name: _example(each) for name, each in done.items()}
    for name in ONLY_REPORTERS:  # answered alike, and not by anybody with an account
        found[name] = {"answers": found["cases_verify"]["answers"], "request": _REPORTERS[name]}
    return found


_REPORTERS = {
    "cases_judge_answer": {"report": "2a3b4c5d6e7f8g9h", "solved": True, "satisfied": 5, "comment": "很快就修好了"}
}


def _example(done: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"answers": {str(done.status): _short(done.answer)}} if done.answer is not None else {}
    if done.parameters:
        found["parameters"] = done.parameters
    if done.request is not None:
        found["request"] = done.request
    return found


def _short(value: Any) -> Any:
    """The value with every list cut short: an example is to be read. Coordinates stay whole, or they would no longer be a ring."""
    if isinstance(value, dict):
        return {key: each if key == "coordinates" else _short(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_short(each) for each in value[:LONGEST_LIST]]
    if isinstance(value, str) and value.startswith(("gl_", "whsec_")):
        return f"{value.partition('_')[0]}_…"
    return value


if __name__ == "__main__":
    main()
