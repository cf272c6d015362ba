"""Adding a photo, PDF or sound to a case: whoever works on it, watches the place or reported it may.

The file itself (type sniffed, size capped, position stripped) is the archive's business.
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.offices.archive import attachments as archive
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.queries.finding import case_for_verb


def attach(
    *,
    by: Actor,
    at: datetime,
    case: str,
    name: str,
    content: bytes,
    keeps_location: bool = False,
    rev: int | None = None,
) -> Attachment:
    """The file is kept with the case. Raises TooMuch above the limits, WrongInput when it is not a photo, PDF or sound."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="attach", rev=rev)
        return archive.attach(
            by=by,
            at=at,
            street=found.street,
            subject=found.subject,
            name=name,
            content=content,
            keeps_location=keeps_location,
        )
