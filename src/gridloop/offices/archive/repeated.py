"""Done once, answered as often as it is asked: for answers that must not stand in the database in the clear.

A receipt's secret, an outside link's secret or a reporter's words come back to whoever sends the same form (or API call) twice; until
then they are kept encrypted. Both windows use this one door.

Worked example::

    answer, is_repeated = once_sealed(door="web:abc", key=key, content=told, at=at, do=lambda: {"receipt": file(...)})
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gridloop.offices.archive import queries
from gridloop.offices.archive.actions import once
from gridloop.offices.archive.concealed import conceal, reveal

__all__ = ["once_sealed", "was_done"]


def once_sealed(
    *, door: str, key: str, content: object, at: datetime, do: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """The deed's answer, the same for a repeated key, and whether it had been done before. Raises what ``once`` raises."""
    answer, is_repeated = once(door=door, key=key, content=content, at=at, do=lambda: {"sealed": conceal(_told(do()))})
    found: dict[str, Any] = json.loads(reveal(answer["sealed"]))
    return found, is_repeated


def was_done(*, door: str, key: str) -> bool:
    """Whether this key has done its deed: a repeated submission is answered, not asked again."""
    return bool(key) and queries.deed_done(door=door, key=key) is not None


def _told(answer: dict[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)
