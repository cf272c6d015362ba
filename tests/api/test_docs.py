"""The page about the API says what the API does."""

from __future__ import annotations

import re
from pathlib import Path

from gridloop.api.tokens import SCOPES
from gridloop.api.v1 import api
from gridloop.api.verbs import DOORS

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_page_names_every_verb_with_its_label_and_its_fields():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|(?=.*\|$)", PAGE, re.MULTILINE))

    assert rows == {door.verb: door.label for door in DOORS}
    for door in DOORS:
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{door.verb}` |"))
        missing = [name for name in door.body.model_fields if name != "rev" and f"`{name}`" not in line]
        assert not missing, (door.verb, missing)


def test_the_page_names_every_address_and_every_scope():
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]

    told = {path.removeprefix("/api/v1") for path in paths if "/verbs/" not in path}
    assert [path for path in told if path not in PAGE] == []
    assert all(f"`{scope}`" in PAGE for scope in SCOPES)
