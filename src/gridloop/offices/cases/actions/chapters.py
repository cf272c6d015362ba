"""Writing the setup chapters of the cases when a change-set takes effect: categories and the routing table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloop.core.changes import Row
from gridloop.core.route_row import COLUMNS
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.cases.actions.tables import FALLBACK_REASON
from gridloop.offices.cases.models import Category, RoutingTable
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.chapters import Applying, Outcome
from gridloop.offices.organisation.models import Unit

USUAL_PROFILE = "san_bu_guo"


# --- categories ------------------------------------------------------------------------------------------------------


def apply_categories(applying: Applying) -> list[Outcome]:
    """The tree has the wanted leaves; what stands above a leaf stands too, and what stands above none is retired."""
    facts = []
    for change in applying.changes:
        if change.after is None:
            leaf = Category.objects.get(street=applying.street, path=change.key)
            _set(leaf, retired_at=applying.at)
        else:
            leaf = _put_leaf(applying, change.key, change.after)
        kind = (
            "category.added"
            if change.before is None
            else "category.ended"
            if change.after is None
            else "category.changed"
        )
        facts.append(Fact(kind, f"category:{leaf.ref}", {"path": change.key, "change_set": applying.change_set}))
    _prune(applying)
    record_many(facts, by=applying.by, at=applying.at, street=applying.street)
    return []


def _put_leaf(applying: Applying, path: str, row: Row) -> Category:
    parts = path.split("/")
    for end in range(1, len(parts)):
        _put(applying, parts[:end], is_leaf=False)
    leaf = _put(applying, parts, is_leaf=True)
    return _set(leaf, description=row["description"])


def _put(applying: Applying, parts: Sequence[str], *, is_leaf: bool) -> Category:
    found, _ = Category.objects.get_or_create(
        street=applying.street, path="/".join(parts), defaults={"name": parts[-1], "is_leaf": is_leaf}
    )
    return _set(found, is_leaf=is_leaf, retired_at=None)


def _set(category: Category, **values: Any) -> Category:
    if any(getattr(category, name) != value for name, value in values.items()):
        Category.objects.filter(pk=category.pk).update(**values)
    return category


def _prune(applying: Applying) -> None:
    """Nodes above no leaf are no longer offered."""
    above = {"/".join(path.split("/")[:end]) for path in applying.wanted for end in range(1, path.count("/") + 1)}
    nodes = Category.objects.filter(street=applying.street, is_leaf=False, retired_at__isnull=True)
    nodes.exclude(path__in=above).update(retired_at=applying.at)


# --- routing table ---------------------------------------------------------------------------------------------------


def apply_routes(applying: Applying) -> list[Outcome]:
    """A new version of the routing table with the wanted rows is in force from now on; earlier versions stay as they are."""
    tables = RoutingTable.objects.filter(street=applying.street)
    version = 1 + max([0, *tables.values_list("version", flat=True)])
    table = RoutingTable.objects.create(
        street=applying.street, version=version, rows=[record_of(row) for row in applying.wanted.values()],
        backstop=backstop_of(applying.street), note=f"变更单 {applying.change_set}", state=RoutingTable.State.PUBLISHED,
        drafted_by=f"change_set:{applying.change_set}", drafted_at=applying.at, published_by=applying.by.label,
        published_at=applying.at, valid_from=applying.at,
    )  # fmt: skip
    record(
        "routing_table.published", by=applying.by, at=applying.at, street=applying.street, subject=f"routing_table:{table.ref}",
        payload={
            "version": version, "valid_from": applying.at.isoformat(), "rows": len(table.rows), "changed": len(applying.changes),
            "change_set": applying.change_set,
        },
    )  # fmt: skip
    return []


def record_of(row: Row) -> dict[str, str]:
    """The row as a table keeps it, its columns in their order."""
    return {column: str(row.get(column, "")) for column in COLUMNS}


def backstop_of(street: str) -> dict[str, str]:
    """What answers where no row does: the present backstop unit, by the profile of the newest table."""
    unit = Unit.objects.filter(street=street, is_backstop=True, valid_until__isnull=True).order_by("id").first()
    newest = RoutingTable.objects.filter(street=street).order_by("-version").first()
    known = newest.backstop if newest else {}
    code = unit.code if unit else known.get("unit") or organisation.units(street)[0].code
    return {
        "unit": code,
        "profile": known.get("profile", USUAL_PROFILE),
        "reason": known.get("reason", FALLBACK_REASON),
    }
