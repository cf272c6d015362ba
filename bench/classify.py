"""How good and how fast the category suggestion is, beside its limits and the published figures.

Quality: the labelled messages in ``shared/data`` split 80/20 at random with five seeds; every model and its lexicon are learned from the
training part alone, without scikit-learn. Printed are the means over the seeds with their 95 % interval (Student's t, four degrees of freedom)
for both files together, for the words-only file on which the published figures were made, and for the 495 raw messages alone. Near-duplicates lie
on both sides of a random split, as in the published figures; the card of the shipped model has the figures without them. Where
scikit-learn is installed (the ``train`` extra), the published recipe, TF-IDF and a support vector machine, runs on the very same splits.

Speed: opening the shipped model in a fresh process, suggestions one by one (without and with their reasons) and in batch, over the 4,326 real messages.
The speeds are the best of five rounds in processor time, so that a busy machine does not hide a change.

Hot troubles: how long gathering the 4,326 messages takes, how many of the judged pairs hold, and the five hottest.

Run: ``python -m bench.classify [--data FOLDER]``, about three minutes. Exit code 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from time import process_time

import numpy as np

from gridloop.core.calibration import Examples, Figures, measure, wilson_low
from gridloop.core.clusters import Wording, gather
from gridloop.core.heat import hot_troubles
from gridloop.core.learning import Fitting, fit
from gridloop.offices.cases.shipped_model import shipped_card, shipped_classifier
from gridloop.site.imports.labelled import hints_from, read_labelled
from gridloop.site.imports.tellings import read_messages

DATA = Path(__file__).parents[2] / "shared" / "data" / "messages"
JUDGED = Path(__file__).parents[1] / "tests" / "core" / "judged_troubles.csv"
SEEDS = range(5)
HOT_SECONDS = 10.0
STUDENT = 2.776  # 95 %, four degrees of freedom
WANTED = 0.93
PUBLISHED = ("published TF-IDF + SVM, words-only file", 0.920, 0.92)
LOAD_SECONDS, SINGLE, BATCH = 1.0, 5_000, 20_000
ROUNDS, ONE_BY_ONE = 5, 1_500
OPENING = """
from time import perf_counter
began = perf_counter()
from gridloop.offices.cases.shipped_model import shipped_classifier
shipped_classifier().suggest("路灯不亮")
import sys
assert "sklearn" not in sys.modules and "scipy" not in sys.modules
print(perf_counter() - began)
"""

Learned = Callable[[Examples, Examples], Figures]


def main() -> int:
    """Prints a line for each figure; 1 when a limit is missed."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--data", type=Path, default=DATA)
    folder = wanted.parse_args().data
    return 0 if figures(folder) else 1


def figures(folder: Path = DATA) -> bool:
    """Every figure of classification and of hot troubles, printed; whether all limits are kept. ``bench.router`` prints them too."""
    if not folder.exists():
        print(f"no messages in {folder}: classification and hot troubles are not measured")
        return False
    return all([quality(folder), speed(folder), hot(folder)])


def hot(folder: Path) -> bool:
    """How long the troubles of the 4,326 messages take, how many judged pairs hold, and the five hottest."""
    messages = {each.key: each for each in read_messages([folder / "messages_unlabelled_4326.csv"]).messages}
    began = process_time()
    found = gather(list(messages.values()), Wording.of(list(messages.values())))
    took = process_time() - began
    trouble_of = {key: at for at, trouble in enumerate(found) for key in trouble.keys}
    with JUDGED.open(encoding="utf-8", newline="") as rows:
        called = [
            row["same"] == "yes"
            for row in csv.DictReader(rows)
            if trouble_of.get(row["one"], -1) == trouble_of.get(row["other"], -2)
        ]
    low = float(wilson_low(sum(called), len(called)))
    print(
        f"{'hot troubles: gathering ' + format(len(messages), ',') + ' messages':<46} {took:>10.1f} s     limit ≤ {HOT_SECONDS:.0f} s, {len(found)} troubles"
    )
    print(
        f"{'pairs in one trouble that a person calls the same':<46} {sum(called)}/{len(called)} = {sum(called) / len(called):.1%}, at least {low:.1%}   limit ≥ 90 %"
    )
    for each in hot_troubles(found, messages, top=5):
        print(
            f"  {each.rank}. {each.heat.score:5.1f}  {each.first_at:%Y-%m-%d} … {each.last_at:%Y-%m-%d}  {each.place} {each.heat.reporters} people: {each.description}"
        )
    return took <= HOT_SECONDS and low >= 0.9


def quality(folder: Path) -> bool:
    """Whether the wanted accuracy and macro-F1 are reached on both files together."""
    examples = read_labelled([folder / "labelled_segmented_8159.csv.gz", folder / "labelled_raw_495.csv"]).examples
    sources = np.array(examples.sources)
    both, words, raw = np.arange(sources.size), np.flatnonzero(sources == 0), np.flatnonzero(sources == 1)
    name, accuracy, macro = PUBLISHED
    print(f"{name:<46} accuracy {accuracy:.3f}            macro-F1 {macro:.2f}")
    reached = tell("ours, both files", examples, both, ours)
    tell("ours, words-only file", examples, words, ours)
    tell("ours, the 495 raw messages alone", examples, raw, ours)
    tell("ours, the 495 with category names and rarity", examples, raw, hinted(folder))
    if importlib.util.find_spec("sklearn"):
        tell("the published recipe here, words-only file", examples, words, recipe)
    held = shipped_card()["held_out"]
    print(
        f"{'shipped model, five folds, no near-duplicates':<46} accuracy {held['accuracy']:.4f}           macro-F1 {held['macro_f1']:.4f}; "
        f"sure of {held['coverage']:.1%} and right in {held['precision_when_sure']:.2%} of these (limit 97 %), n = {held['n']}"
    )
    return min(reached) >= WANTED and held["precision_when_sure"] >= 0.97


def tell(name: str, examples: Examples, rows: np.ndarray, learned: Learned) -> tuple[float, float]:
    """Prints and returns mean accuracy and macro-F1 over the seeds."""
    found = [learned(*split(examples, rows, seed)) for seed in SEEDS]
    accuracy, macro = [each.accuracy for each in found], [each.macro_f1 for each in found]
    limit = f"limit {WANTED}" if name.endswith("both files") else ""
    print(
        f"{name:<46} accuracy {interval(accuracy)}  macro-F1 {interval(macro)}  n = {rows.size}, {limit}".rstrip(", ")
    )
    return mean(accuracy), mean(macro)


def split(examples: Examples, rows: np.ndarray, seed: int) -> tuple[Examples, Examples]:
    """Four fifths to learn from, one to be asked."""
    drawn = np.random.default_rng(seed).permutation(rows)
    cut = int(0.8 * drawn.size)
    return examples.at(drawn[:cut]), examples.at(drawn[cut:])


def ours(lessons: Examples, asked: Examples) -> Figures:
    """The model of this software, learned and asked."""
    return measure(fit(lessons.texts, lessons.labels, options=Fitting()), asked)


def hinted(folder: Path) -> Learned:
    """Learned with the names of the 390 categories as weak examples and the unlabelled messages as what tells rare words from common ones."""
    hints = hints_from(folder / "categories_three_level.csv", [folder / "messages_unlabelled_4326.csv"])
    return lambda lessons, asked: measure(fit(lessons.texts, lessons.labels, options=Fitting(), hints=hints), asked)


def recipe(lessons: Examples, asked: Examples) -> Figures:
    """TF-IDF of the words and a linear support vector machine, as published."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from gridloop.core.calibration import figures_of

    vectors = TfidfVectorizer(token_pattern=r"\S+")
    machine = LinearSVC().fit(vectors.fit_transform(lessons.texts), lessons.labels)
    guesses = machine.predict(vectors.transform(asked.texts)).tolist()
    return figures_of(asked.labels, guesses, sure=np.zeros(len(guesses), dtype=np.bool_))


def interval(values: Sequence[float]) -> str:
    return f"{mean(values):.4f} ± {STUDENT * stdev(values) / sqrt(len(values)):.4f}"


def speed(folder: Path) -> bool:
    """Whether opening, one by one and batch keep their limits."""
    with (folder / "messages_unlabelled_4326.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts = [f"{row['留言主题']}\n{row['留言详情']}" for row in csv.DictReader(rows)]
    opened = min(float(subprocess.check_output([sys.executable, "-c", OPENING])) for _ in range(3))
    model = shipped_classifier()
    model.suggest_many(texts[:500])
    single = ONE_BY_ONE / best(lambda: [model.suggest(text, reasons=False) for text in texts[:ONE_BY_ONE]])
    told = ONE_BY_ONE / best(lambda: [model.suggest(text) for text in texts[:ONE_BY_ONE]])
    batch = len(texts) / best(lambda: model.suggest_many(texts))
    print(f"{'opening the model, imports and first answer':<46} {opened:>10.2f} s     limit ≤ {LOAD_SECONDS:.0f} s")
    print(f"{'one by one':<46} {single:>10,.0f} a second   limit ≥ {SINGLE:,}")
    print(f"{'one by one, the words that weighed told':<46} {told:>10,.0f} a second")
    print(f"{'in batch':<46} {batch:>10,.0f} a second   limit ≥ {BATCH:,}")
    return opened <= LOAD_SECONDS and single >= SINGLE and batch >= BATCH


def best(work: Callable[[], object]) -> float:
    """The least processor seconds of some rounds."""
    found = []
    for _ in range(ROUNDS):
        began = process_time()
        work()
        found.append(process_time() - began)
    return min(found)


if __name__ == "__main__":
    sys.exit(main())
