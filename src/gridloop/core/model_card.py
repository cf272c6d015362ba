"""A classifier as bytes, and its card: what it was taught on, when, from which seed, and what it is worth.

Guarantees: the bytes hold numbers and the names of the labels, no text of anybody and nothing that runs when read; the same
model gives the same bytes.

Worked example::

    content = packed(taught.model)
    card_of(taught, name="messages", on="2026-11-23", seed=1, sources=[Source("labelled.csv", 495, "…")])
    unpacked(content).suggest("路灯不亮")
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gridloop.core.calibration import PRECISION, Taught
from gridloop.core.errors import WrongInput
from gridloop.core.text import Classifier

_LARGEST = 64 * 1024 * 1024
_EARLY = (1980, 1, 1, 0, 0, 0)
FEATURES = (
    "one and two neighbouring letters and words of three or four, those of the title once more, "
    "hashed into 2^{bits} buckets; no text is stored"
)
KIND = "linear support vector machine (squared hinge), confidence by scale and shift of each label, fitted on held-out folds"
LIMITS = (
    "labels it was not taught should end in 不确定 but need not",
    "the threshold was chosen on held-out texts of the same sources; watch the correction rate in use",
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where examples came from: a name, how many, and the SHA-256 of the file (empty for a street's corrections)."""

    name: str
    n: int
    sha256: str = ""


def packed(model: Classifier) -> bytes:
    """The model as a NumPy archive, the same bytes for the same model."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in model.to_arrays().items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EARLY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue())
    return held.getvalue()


def unpacked(content: bytes) -> Classifier:
    """The model that :func:`packed` wrote. Raises WrongInput for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise ValueError(content[:4])
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return Classifier.load(dict(arrays))
    except (ValueError, OSError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile) as fault:
        raise WrongInput("text.not_a_model", "这不是可用的分类模型文件,请重新训练或换用随软件附带的模型。") from fault


def card_of(
    taught: Taught, *, name: str, on: str, seed: int, sources: Sequence[Source], figures: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The card as plain values; ``held_out`` and ``by_source`` are figures of five-fold held-out scores."""
    model = taught.model
    return {
        "name": name,
        "trained_on": on,
        "seed": seed,
        "sources": [
            {**asdict(source), "figures": asdict(found)}
            for source, found in zip(sources, taught.by_source, strict=True)
        ],
        "groups_of_near_duplicates": taught.groups,
        "features": FEATURES.format(bits=model.bits),
        "model": KIND,
        "categories": list(model.categories),
        "scale": [round(float(each), 4) for each in model.scale],
        "shift": [round(float(each), 4) for each in model.shift],
        "threshold": round(model.threshold, 4),
        "wanted_precision_when_sure": PRECISION,
        "held_out": asdict(taught.held_out),
        "figures": figures or {},
        "limits": list(LIMITS),
    }
