"""The words for the codes of policies, and the example that the empty sheet brings, for whoever shows them."""

import json
from importlib.resources import files

from gridloop.offices.policies.models import ANSWERS, LEVELS, STATES, TOPICS

__all__ = ["ANSWERS", "LEVELS", "STATES", "TOPICS", "sheet_example"]


def sheet_example() -> list[list[str]]:
    """Three rows of one policy, in the order of ``importing.COLUMNS``."""
    text = (files("gridloop.offices.policies") / "sheet_example.json").read_text("utf-8")
    found: list[list[str]] = json.loads(text)
    return found
