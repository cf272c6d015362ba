"""What the categories of the demonstration streets answer to: ``signs.json``, by street and path (see ``core/category_choice.py``).

Only words that name a trouble by themselves are there, and no label of the shipped model: the streets have no category that means
as much as 城乡建设 or 劳动和社会保障, and a category that means less than a label must not answer to it.
"""

from __future__ import annotations

import json
from importlib.resources import files


def signs_of(street: str) -> dict[str, dict[str, list[str]]]:
    """By category path, its ``labels`` and ``words``; empty for a street that is not in the file."""
    text = files("gridloop.site.demo").joinpath("signs.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = json.loads(text).get(street, {})
    return found
