"""At the end of the working day a forum whose questions are not all cases reminds its host, once for the same questions (诉求当天立件)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from gridloop.core.access import SYSTEM
from gridloop.core.forum import reminder_at
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion
from gridloop.offices.enterprise.queries.forums import questions_open
from gridloop.offices.supervision.queries import calendar_in_force


def remind_to_file(*, street: str, at: datetime) -> int:
    """How many forums were reminded; one that another tick was faster with is not counted. What comes in after a reminder has its own."""
    waiting: dict[Forum, list[ForumQuestion]] = defaultdict(list)
    for row in questions_open(street).select_related("forum").order_by("pk"):
        waiting[row.forum].append(row)
    if not waiting:
        return 0
    calendar = calendar_in_force(street)[1]
    return sum(
        _remind(forum, rows, at=at)
        for forum, rows in waiting.items()
        if any(
            reminder_at(row.asked_at, calendar) <= at
            for row in rows
            if forum.reminded_at is None or row.asked_at > forum.reminded_at
        )
    )


def _remind(forum: Forum, rows: list[ForumQuestion], *, at: datetime) -> int:
    with deed():
        if not Forum.objects.filter(pk=forum.pk, reminded_at=forum.reminded_at).update(reminded_at=at):
            return 0
        payload = {"title": forum.title, "count": len(rows), "questions": [row.ref for row in rows]}
        record("forum.filing_due", by=SYSTEM, at=at, street=forum.street, subject=forum.subject, payload=payload)
    return 1
