"""Near-duplicates among real messages, beside 200 pairs that a person read and judged.

``judged_pairs.csv`` holds message numbers and a verdict, no text: ``same`` is yes when both tell of the same trouble at the same place.
The pairs were drawn at random from the 463 that the measure calls alike without being letter for letter the same (67 more are, and
would only flatter it).
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from gridloop.core.calibration import wilson_low
from gridloop.core.likeness import Telling, likeness
from tests.shared_data import shared

PRECISION = 0.9


def judged() -> list[tuple[str, str, bool]]:
    with (Path(__file__).parent / "judged_pairs.csv").open(encoding="utf-8", newline="") as rows:
        return [(row["one"], row["other"], row["same"] == "yes") for row in csv.DictReader(rows)]


def messages() -> dict[str, Telling]:
    """Each message as the product reads it: what was told; the file knows no place."""
    with shared("messages/messages_unlabelled_4326.csv").open(encoding="utf-8-sig", newline="") as rows:
        return {row["留言编号"]: Telling(f"{row['留言主题']}\n{row['留言详情']}") for row in csv.DictReader(rows)}


def test_two_hundred_pairs_were_judged_each_once() -> None:
    pairs = {frozenset(pair[:2]) for pair in judged()}

    assert len(pairs) == len(judged()) == 200


def test_nine_of_ten_pairs_called_alike_are_the_same_trouble() -> None:
    told = messages()

    same = np.array([same for one, other, same in judged() if likeness(told[one], told[other]).is_alike])

    assert same.size >= 190, "the measure has changed: draw and judge a new sample"
    assert same.mean() >= PRECISION
    assert float(wilson_low(same.sum(), same.size)) >= PRECISION
