"""From what the office for enterprises returns to what the API says of firms. Nothing here asks the database but for what is named."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gridloop.api.answers import fields_named
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.enterprise.queries.pairing import Slot, Stack

_LINE = (
    "ref rev street code code_kind name alias kind industry section size size_by above_threshold threshold_by priority vitality place "
    "placed_by address staff figures_year entered_at left_at left_because"
)  # fmt: skip


def yuan(amount: Decimal | None) -> str | None:
    """A sum in 元 as text; null where nothing is known."""
    return None if amount is None else f"{amount:.2f}"


def firm_line(firm: Any) -> dict[str, Any]:
    """A firm whose grid and cluster have been read."""
    return fields_named(firm, _LINE) | {
        "grid": firm.grid.code if firm.grid else "", "cluster": firm.cluster.name if firm.cluster else "",
        "revenue": yuan(firm.revenue), "assets": yuan(firm.assets),
    }  # fmt: skip


def stack(found: Stack) -> dict[str, Any]:
    return {"slots": [slot(held) for held in found.slots.values() if held], "blanks": found.blanks}


def slot(held: Slot) -> dict[str, Any]:
    return fields_named(held, "slot unit person substitute unit_phone since term_ends_on pairing is_default has_left")


def masked_contact(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref duty is_main")
    return told | {"name": mask_name(row.name), "phone": mask_phone(row.phone) if row.phone else ""}


def firm_case(case: Any) -> dict[str, Any]:
    """A case whose lead has been read."""
    return fields_named(case, "ref number title state due_at filed_at") | {"unit": case.lead.name}


def served_by(members: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"kind": row.kind, "person": row.person.name, "team": row.team.name, "place": row.place} for row in members]


def figure(row: Any) -> dict[str, Any]:
    told = fields_named(row, "year staff source")
    return told | {"revenue": yuan(row.revenue), "assets": yuan(row.assets)}


def proposal(row: Any) -> dict[str, Any]:
    """A proposal whose enterprise has been read."""
    told = fields_named(row, "ref present proposed reasons proposed_at accepted remark")
    return told | {"enterprise": row.enterprise.ref, "name": row.enterprise.name}
