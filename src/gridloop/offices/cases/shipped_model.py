"""The category model that comes with gridloop, and its card. No Django, no scikit-learn: the command line opens it too."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from gridloop.core.grams import pair_buckets
from gridloop.core.model_card import unpacked
from gridloop.core.text import Classifier

FOLDER = "models_shipped"


@cache
def shipped_classifier() -> Classifier:
    """The shipped model, loaded once a process; trained on public messages (see its card)."""
    return unpacked(files("gridloop.offices.cases").joinpath(FOLDER, "messages.npz").read_bytes())


def shipped_card() -> dict[str, Any]:
    """What the shipped model was trained on and how well it does."""
    text = files("gridloop.offices.cases").joinpath(FOLDER, "messages.card.json").read_text(encoding="utf-8")
    card: dict[str, Any] = json.loads(text)
    return card


@cache
def shipped_rarity() -> Callable[[str], float]:
    """How rare a pair of letters is in the messages the shipped model was taught on; what it never met is as rare as the rarest."""
    model = shipped_classifier()
    unknown = float(model.rarity.max())

    @lru_cache(maxsize=100_000)
    def rarity(pair: str) -> float:
        return float(model.rarity[pair_buckets([pair], bits=model.bits)[0]]) or unknown

    return rarity
