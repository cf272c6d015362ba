"""Point to cell: our index beside shapely's own bulk query, same polygons, same points, same run.

Prints three lines, each beside its limit; exits 1 if one is missed::

    python bench/locate.py ../shared/data/boundaries/uk_lsoa_london.geojson --code LSOA11CD

The peer is ``STRtree.query(points, predicate="intersects")`` on the same repaired polygons. Both sides start from two
arrays of numbers, so both make their points inside the measured time; both are warmed once, and the best of several
rounds counts. The answers are identical if for every point ours is the smallest code among all the peer found, and
empty where it found none.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gridloop.core.grid import GridIndex, read_geojson

POINTS, SINGLES, ROUNDS, SEED = 100_000, 5_000, 7, 20220529
LEAST_RATIO, MOST_MICROSECONDS = 0.8, 30.0


def main() -> int:
    """Measure, print, and say whether all limits hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).parents[2] / "shared" / "data" / "boundaries" / "uk_lsoa_london.geojson"
    parser.add_argument("file", type=Path, nargs="?", default=here)
    parser.add_argument("--code", default="LSOA11CD", help="the property that holds the code")
    options = parser.parse_args()
    codes, shapes, problems = read_geojson(options.file.read_text(encoding="utf-8"), code_property=options.code)
    index = GridIndex(codes, shapes)
    lons, lats = scattered(index)
    peer = shapely.STRtree(index.geometries.copy())
    print(f"{options.file.name}: {len(index)} cells ({len(problems)} problems named), {POINTS:,} points in their box")
    verdicts = [bulk(index, peer, lons, lats), identical(index, peer, lons, lats), single(index, lons, lats)]
    return 0 if all(verdicts) else 1


def scattered(index: GridIndex) -> tuple[Any, Any]:
    """Points spread evenly over the box of all cells, one in a hundred moved onto a vertex, where borders meet."""
    chance = np.random.default_rng(SEED)
    west, south, east, north = shapely.total_bounds(index.geometries)
    lons, lats = chance.uniform(west, east, POINTS), chance.uniform(south, north, POINTS)
    corners = shapely.get_coordinates(index.geometries)
    chosen = corners[chance.integers(0, len(corners), POINTS // 100)]
    lons[: len(chosen)], lats[: len(chosen)] = chosen[:, 0], chosen[:, 1]
    return lons, lats


def bulk(index: GridIndex, peer: shapely.STRtree, lons: Any, lats: Any) -> bool:
    """Points a second of both, taken in turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(lambda: peer.query(shapely.points(lons, lats), predicate="intersects")))
        ours.append(seconds(lambda: index.locate_many(lons, lats)))
    ratio = min(theirs) / min(ours)
    ours_a_second, theirs_a_second = POINTS / min(ours), POINTS / min(theirs)
    print(f"bulk: {ours_a_second:,.0f} points/s, shapely {theirs_a_second:,.0f}: ratio {ratio:.2f} (≥ {LEAST_RATIO})")
    return ratio >= LEAST_RATIO


def identical(index: GridIndex, peer: shapely.STRtree, lons: Any, lats: Any) -> bool:
    """Whether both answer the same for every point."""
    points, cells = peer.query(shapely.points(lons, lats), predicate="intersects")
    smallest = np.full(POINTS, len(index), dtype=np.int64)
    np.minimum.at(smallest, points, cells)
    same = bool((index.codes[smallest] == index.locate_many(lons, lats)).all())
    on_borders = len(points) - len(np.unique(points))
    print(f"answers: identical {'yes' if same else 'NO'} ({on_borders:,} extra hits on shared borders)")
    return same


def single(index: GridIndex, lons: Any, lats: Any) -> bool:
    """The median time of one lookup."""
    pairs = list(zip(lons[:SINGLES].tolist(), lats[:SINGLES].tolist(), strict=True))
    taken = [seconds(lambda lon=lon, lat=lat: index.locate(lon, lat)) for lon, lat in pairs]
    median = statistics.median(taken) * 1e6
    print(f"single: {median:.1f} µs median (≤ {MOST_MICROSECONDS:.0f})")
    return median <= MOST_MICROSECONDS


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
