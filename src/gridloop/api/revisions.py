"""Which revision of a thing the caller has seen, and the refusal (412) when it is no longer the present one.

Terms: the *revision* of a case grows with every deed; the ETag of what was looked at begins with it (``"7-5b1f…"``). ``If-Match`` may send
that ETag back, or the revision alone (``"7"``); ``*`` means any. A weak tag never matches (RFC 9110 §13.1.1).

Guarantees: the comparison that counts is made inside the deed, by the action itself; here it is only read and worded. ``seen`` stands
around ``answered_once``, never inside it: there the refusal has ended the transaction, and nothing can be looked up any more.

Worked example::

    with seen(request, present=lambda: case.rev) as rev:      # If-Match: "7-5b1f…"  ->  7
        accept(by=…, at=…, case=ref, rev=rev)                # Outdated becomes Stale (412) with the present revision
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from gridloop.core.errors import Outdated

ETAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*(?:,|$)')
NONE_OF_THEM = -1
"""Stands for tags of which none can be right; no thing has this revision."""
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "只在事项仍是这一版时办理:GET 给出的 ETag,或只写版本号(\"7\");已被别人处理则 412。与 rev 二选一。",
}  # fmt: skip


class Stale(Outdated):
    """What the caller has seen is no longer what there is; ``fields`` holds the present revision."""

    status = 412


def shows_revision(request: HttpRequest, rev: int | str) -> None:
    """The answer to this request shows this revision: its ETag will begin with it. A text holds no dash."""
    request.revision_shown = rev  # type: ignore[attr-defined]


def revision_shown(request: HttpRequest) -> int | str | None:
    return getattr(request, "revision_shown", None)


def tags_in(header: str) -> list[tuple[bool, str]]:
    """The entity tags of a header, each as (is weak, what stands between the quotes)."""
    return [(bool(weak), tag) for weak, tag in ETAG.findall(header)]


def names_any(header: str, tag: str) -> bool:
    """Whether an ``If-None-Match`` names the tag; here weak and strong are the same (RFC 9110 §13.1.2)."""
    return header.strip() == "*" or any(f'"{each}"' == tag for _, each in tags_in(header))


def revisions_in(header: str) -> set[int] | None:
    """The revisions that an ``If-Match`` names; None when it asks nothing (absent, or ``*``)."""
    if not header.strip() or header.strip() == "*":
        return None
    named = (tag.partition("-")[0] for is_weak, tag in tags_in(header) if not is_weak)
    return {int(rev) for rev in named if rev.isascii() and rev.isdigit() and len(rev) < 19}


@contextmanager
def seen(request: HttpRequest, *, rev: int | None = None, present: Callable[[], int]) -> Iterator[int | None]:
    """Yields the revision to be handed to the action. ``rev`` is what the body says, ``present`` looks up what there is now.

    Raises Stale when If-Match names other revisions, or when the deed finds that someone was faster.
    """
    named = revisions_in(request.headers.get("If-Match", ""))
    if named is None:
        yield rev
        return
    try:
        yield _chosen(named if rev is None else named & {rev}, present)
    except Outdated as fault:
        raise stale(rev=present()) from fault


def _chosen(named: set[int], present: Callable[[], int]) -> int:
    if len(named) == 1:
        return next(iter(named))
    now = present()
    return now if now in named else NONE_OF_THEM


def stale(**fields: object) -> Stale:
    return Stale("api.stale", "您看到的已不是最新的一版;请重新读取,看过最新情况再决定。", **fields)


def must_match(request: HttpRequest, rev: str) -> None:
    """For things that change rarely: refuses unless ``If-Match`` is absent, ``*`` or names the revision. Raises Stale."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return
    if rev not in {tag.partition("-")[0] for is_weak, tag in tags_in(header) if not is_weak}:
        raise stale(rev=rev)
