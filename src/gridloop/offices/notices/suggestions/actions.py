"""Writing a suggestion and answering it. What was said stays out of the ledger's payload: that it was said, and answered, stands there."""

from __future__ import annotations

import hashlib
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.archive.actions import note_access, record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.notices.models import Suggestion
from gridloop.offices.notices.suggestions.queries import suggestion_kept_by

LONGEST = 1000
KEY_LENGTH = 16
"""A part of an address this long may be a ref or the secret of a receipt."""


def suggest(*, by: Actor, at: datetime, street: str, text: str, page: str = "", contact: str = "") -> Suggestion:
    """The suggestion lies in the street's box. Raises WrongInput when nothing was said or too much."""
    words = _said(text)
    with deed():
        row = Suggestion.objects.create(
            street=street, page=_path_of(page), text=words, contact=contact.replace("\x00", "").strip()[:100], told_by=by.label, told_at=at,
        )  # fmt: skip
        record(
            "suggestion.told", by=by, at=at, street=street, subject=f"suggestion:{row.ref}",
            payload={"page": row.page, "text_sha256": hashlib.sha256(words.encode()).hexdigest()},
        )  # fmt: skip
    return row


def answer_suggestion(*, by: Actor, at: datetime, suggestion: str, answer: str) -> Suggestion:
    """The suggestion is answered, once; whoever wrote it reads the answer at the address they were given.

    Raises NotAllowed for anyone but the keepers and leaders of its street, NotFound, Refused when it is answered already, WrongInput.
    """
    words = _said(answer, field="answer")
    with deed():
        found = suggestion_kept_by(by, suggestion)
        waiting = Suggestion.objects.filter(pk=found.pk, state=Suggestion.State.NEW)
        won = waiting.update(state=Suggestion.State.ANSWERED, answer=words, answered_by=by.label, answered_at=at)
        if not won:
            raise Refused("notices.answered_already", "这条已由同事答复;请刷新页面查看。")
        record(
            "suggestion.answered", by=by, at=at, street=found.street, subject=f"suggestion:{found.ref}",
            payload={"answer": words},
        )  # fmt: skip
    found.refresh_from_db()
    return found


def look_at_contact(*, by: Actor, at: datetime, suggestion: str, reason: str) -> str:
    """How to reach whoever wrote it; who looked and why is written down. Raises NotAllowed, NotFound, WrongInput without a reason."""
    found = suggestion_kept_by(by, suggestion)
    note_access(
        by=by, at=at, street=found.street, subject=f"suggestion:{found.ref}", what="意见建议人的联系方式", reason=reason
    )
    return str(found.contact)


def _said(text: str, *, field: str = "text") -> str:
    words = text.replace("\x00", "").strip()
    if len(words) < 2:
        raise WrongInput("notices.nothing_said", "请写一两句话。", field=field)
    if len(words) > LONGEST:
        raise WrongInput("notices.too_long", f"内容有 {len(words)} 字,超过 {LONGEST} 字;请精简。", field=field)
    return words


def _path_of(page: str) -> str:
    """The page's path within this site, without what might be personal or a key: no query, and "…" for every long part (secrets, refs)."""
    path = page.replace("\x00", "").strip().split("?", 1)[0].split("#", 1)[0]
    if not path.startswith("/") or path.startswith("//"):
        return ""
    return "/".join("…" if len(part) >= KEY_LENGTH else part for part in path.split("/"))[:200]
