"""What was seen of each enterprise of a street, for the rule that proposes a vitality.

Figures come from the two latest years; *last seen* is the last case told, ledger entry of the firm made by a person, or forum it came to; missed contacts are
those of the visits since somebody was last reached.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Max

from gridloop.core.lifecycle import LIVE_STATES
from gridloop.core.vitality import Signs
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.models import BEIJING, Case
from gridloop.offices.enterprise.forum_models import Invitation
from gridloop.offices.enterprise.models import Enterprise, YearFigures
from gridloop.offices.enterprise.queries.facts import present
from gridloop.offices.enterprise.queries.visits import NOBODY_CALLED, contact_signs_of_all


def signs_of_all(street: str, *, at: datetime) -> list[tuple[Enterprise, Signs]]:
    """Every present enterprise with what was seen of it; a fixed number of statements."""
    figures = _figures(street)
    seen, troubles, came = _last_seen(street), _open_troubles(street), _last_came(street)
    found, contacts = [], contact_signs_of_all(street)
    for firm in present(street).only("id", "ref", "street", "name", "vitality").order_by("pk"):
        now, before = figures.get(firm.pk, ({}, {}))
        met = contacts.get(firm.pk, NOBODY_CALLED)
        last = max(filter(None, (seen.get(firm.subject), came.get(firm.pk))), default=None)
        found.append(
            (firm, Signs(
                on=at.astimezone(BEIJING).date(), vitality=firm.vitality, staff_now=now.get("staff"), staff_before=before.get("staff"),
                revenue_now=now.get("revenue"), revenue_before=before.get("revenue"), missed=met.missed, reached_since=met.missed == 0 and met.last_seen_at is not None,
                last_seen_on=last.astimezone(BEIJING).date() if last else None, open_troubles=troubles[firm.ref],
            ))
        )  # fmt: skip
    return found


def _figures(street: str) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """By enterprise: the latest year's figures and those of the year just before it (empty where that year was not told)."""
    years: dict[int, dict[int, dict[str, Any]]] = {}
    for row in YearFigures.objects.filter(enterprise__street=street).values(
        "enterprise_id", "year", "staff", "revenue"
    ):
        years.setdefault(row["enterprise_id"], {})[row["year"]] = dict(row)
    return {key: (told[max(told)], told.get(max(told) - 1, {})) for key, told in years.items()}


def _last_seen(street: str) -> dict[str, datetime]:
    """By subject: the last deed that a person did about the firm."""
    rows = Entry.objects.filter(book_id=street, subject__startswith="enterprise:").exclude(actor__startswith="system:")
    return dict(rows.values("subject").annotate(last=Max("at")).values_list("subject", "last"))


def _last_came(street: str) -> dict[int, datetime]:
    """By enterprise id: when somebody of the firm last came to a forum."""
    rows = Invitation.objects.filter(forum__street=street, came=True).order_by().values("enterprise_id")
    return dict(rows.annotate(last=Max("came_at")).values_list("enterprise_id", "last"))


def _open_troubles(street: str) -> Counter[str]:
    rows = Case.objects.filter(street=street, state__in=LIVE_STATES).exclude(enterprise_ref="")
    return Counter(rows.values_list("enterprise_ref", flat=True))
