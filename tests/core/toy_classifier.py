"""A classifier of two categories that know three words each."""

from __future__ import annotations

import numpy as np

from gridloop.core.grams import Lexicon, read
from gridloop.core.text import Classifier

BITS = 12
NO_WORDS = Lexicon.empty()


def toy(threshold: float = 0.6, *, lexicon: Lexicon = NO_WORDS) -> Classifier:
    """公交, 站牌 and 道路 speak for 交通运输, 医院, 疫苗 and 挂号 for 卫生计生."""
    weights = np.zeros((1 << BITS, 2), dtype=np.float32)
    for category, words in enumerate((["公交", "站牌", "道路"], ["医院", "疫苗", "挂号"])):
        for word in words:
            doubles = read([word], bits=BITS, lexicon=NO_WORDS).doubles
            weights[doubles, category], weights[doubles, 1 - category] = 1.0, -1.0
    plain = Classifier.build(
        categories=["交通运输", "卫生计生"], weights=weights, rarity=np.ones(1 << BITS, dtype=np.float32),
        lexicon=lexicon, intercept=np.zeros(2, dtype=np.float32),
    )  # fmt: skip
    return plain.calibrated(scale=2.0, shift=0.0, threshold=threshold)
