"""What is being done about a firm or a case besides the case itself: plans, gaps, bank matches, assisted matters, with what may be begun."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gridloop.core.firm_access import may_keep, may_serve
from gridloop.core.firm_plan import lacks_plan
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.enterprise.queries import assisting, banking, factors, group_plans, plans
from gridloop.offices.enterprise.queries.cases import firm_of
from gridloop.offices.enterprise.queries.story_drafts import may_draft
from gridloop.web.reader import Reader


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows, by what they are; ``lacks_plan`` is true of a stalled firm that has none; ``holding`` the groups' plans
    that hold for the firm today, with their reasons; ``may`` names what may be begun here."""

    plans: list[Any]
    gaps: list[Any]
    matches: list[Any]
    orders: list[Any]
    may: frozenset[str] = frozenset()
    lacks_plan: bool = False
    holding: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.plans) + len(self.holding) + len(self.gaps) + len(self.matches) + len(self.orders)


def beside_firm(firm: Any, reader: Reader) -> Beside:
    """All of a firm."""
    found = plans.of_firm(firm)
    is_open = any(row.closed_at is None for row in found)
    is_here = firm.left_at is None
    may = {
        "match": is_here and may_serve(reader.actor, firm.street), "order": is_here and may_serve(reader.actor, firm.street),
        "plan": is_here and not is_open and may_keep(reader.actor, firm.street),
    }  # fmt: skip
    return Beside(
        found, factors.of_firm(firm), banking.of_firm(firm), assisting.of_firm(firm), frozenset(name for name, yes in may.items() if yes),
        is_here and lacks_plan(firm.vitality, has_plan=is_open), group_plans.holding_for(firm, today=reader.today) if is_here else [],
    )  # fmt: skip


def beside_case(case: Any, reader: Reader) -> Beside | None:
    """What came of a case about a firm of the register; None of any other."""
    if not case.enterprise or firm_of(case) is None:
        return None
    matches, gaps = banking.of_case(case.ref, by=reader.actor), factors.of_case(case, by=reader.actor)
    serves = case.state in LIVE_STATES and may_serve(reader.actor, case.street)
    may = {
        "match": serves and not any(banking.is_open(row) for row in matches),
        "gap": serves and not gaps,
        "order": serves and bool(assisting.matters(case.street)),
    }
    may["story"] = may_draft(case, by=reader.actor)
    orders = assisting.of_case(case.ref, by=reader.actor)
    return Beside([], gaps, matches, orders, frozenset(name for name, yes in may.items() if yes))
