"""Reply templates: which words may begin an answer, a return or a question to the reporter, the most specific first.

Terms: 答复模板 (reply template), a text for one category and all below it, in one state or for one verb. An empty field asks nothing.

Worked example: with a template for 城乡建设 and one for 城乡建设/市政设施, a case about a street light is offered both, the latter first::

    templates_for("410102013", "城乡建设/市政设施/路灯", "handling", verb="answer")
"""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.core.route_row import prefixes
from gridloop.offices.cases.models import ReplyTemplate


@dataclass(frozen=True, slots=True)
class TemplateOffered:
    """A template as the page offers it. ``verb`` is empty when it serves any."""

    ref: str
    title: str
    body: str
    category: str
    verb: str


def templates_for(street: str, category: str, state: str, *, verb: str = "") -> list[TemplateOffered]:
    """The templates that fit, those of the longest category path first; with ``verb`` also by what is being written.

    Without a verb those of every verb are given, each naming its own, so that one query serves a whole page.
    """
    rows = ReplyTemplate.objects.filter(
        street=street, retired_at__isnull=True, category__in=prefixes(category), state__in=["", state]
    )
    if verb:
        rows = rows.filter(verb__in=["", verb])
    found = sorted(rows, key=lambda row: (-len(row.category), not row.verb, not row.state, row.title, row.pk))
    return [TemplateOffered(row.ref, row.title, row.body, row.category, row.verb) for row in found]
