"""The views a person may use: their own, those shared with their units, those shared with the street."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotFound
from gridloop.offices.cases.list_models import ExportRecord, SavedView

SHARES_WITH_STREET = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})
READS_EXPORTS = frozenset({Role.AUDIT_KEEPER, Role.STREET_LEADER})
SHARINGS: dict[str, str] = {str(value): str(label) for value, label in SavedView.Sharing.choices}
LONGEST_REGISTER = 500


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view as the list of cases shows it; ``query`` is the address part behind the question mark."""

    ref: str
    name: str
    query: str
    sharing: str
    owner: str
    is_own: bool


def views_of(actor: Actor) -> list[ViewLine]:
    """The views the actor may use, own ones first, each kind by name."""
    rows = list(_usable(actor).select_related("owner"))
    rows.sort(key=lambda row: (row.owner_id != actor.person_id, row.name))
    return [
        ViewLine(row.ref, row.name, row.query, row.sharing, row.owner.name, row.owner_id == actor.person_id)
        for row in rows
    ]


def _usable(actor: Actor) -> QuerySet[SavedView]:
    shared = Q(sharing="street") | Q(sharing="unit", unit__code__in=actor.units())
    return SavedView.objects.filter(Q(owner=actor.person_id) | shared, street=actor.street)


def own_view(actor: Actor, ref: str) -> SavedView:
    """The actor's own view. Raises NotFound for anybody else's, without telling whether it exists."""
    found = SavedView.objects.filter(owner=actor.person_id, ref=ref).first()
    if found is None:
        raise NotFound("cases.no_view", "没有这个视图,或它不是您保存的;请从列表中选择。", view=ref)
    return found


def may_read_exports(actor: Actor) -> bool:
    """The audit keeper and the leaders of the street read what left the house."""
    return bool(actor.roles(actor.street) & READS_EXPORTS)


def exports_of(actor: Actor, *, before: int = 0, size: int = 50) -> list[ExportRecord]:
    """The street's export register, newest first, below the key ``before``; empty for whoever may not read it."""
    if not may_read_exports(actor):
        return []
    rows = ExportRecord.objects.filter(street=actor.street).select_related("by")
    return list((rows.filter(pk__lt=before) if before else rows)[: min(size, LONGEST_REGISTER)])


def units_to_share_with(actor: Actor) -> Iterator[str]:
    """The codes of the units in which the actor holds a post now."""
    return iter(sorted(post.unit for post in actor.posts if post.street == actor.street))
