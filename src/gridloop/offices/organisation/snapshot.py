"""What changes seldom is compiled once for each version of a street and kept in the process.

``Street.version`` grows with every published change (units, posts, grids, categories, routing table, profiles,
calendars). One indexed read tells whether what was compiled still holds; other processes notice the same way.

Worked example::

    @per_version
    def index_of(street: str) -> GridIndex: ...      # built once per (street, version)

    index_of(street="410102013", version=7)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
KEPT = 64


class per_version(Generic[T]):  # noqa: N801 - used as a decorator
    """Caches ``build(street)`` under (street, version); keeps the newest version of at most 64 streets."""

    def __init__(self, build: Callable[[str], T]) -> None:
        self._build = build
        self._held: dict[str, tuple[int, T]] = {}
        self._guard = threading.Lock()
        _all.append(self)

    def __call__(self, *, street: str, version: int) -> T:
        held = self._held.get(street)
        if held is not None and held[0] == version:
            return held[1]
        built = self._build(street)
        with self._guard:
            if len(self._held) >= KEPT:
                self._held.pop(next(iter(self._held)))
            self._held[street] = (version, built)
        return built

    def forget(self) -> None:
        self._held.clear()


_all: list[per_version[Any]] = []


def forget_everything() -> None:
    """Nothing compiled is kept; for tests and after a restore."""
    for cached in _all:
        cached.forget()
