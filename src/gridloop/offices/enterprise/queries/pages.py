"""What pages show of an enterprise besides its row: contacts, consents, intakes, names that look alike, clusters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.firm_access import must_arrange
from gridloop.core.firm_names import near_pairs
from gridloop.offices.archive.keyset import Order
from gridloop.offices.enterprise.intake_models import Intake
from gridloop.offices.enterprise.models import CONSENTS, STANDING_CONSENTS, Consent, Contact, Enterprise
from gridloop.offices.enterprise.queries.facts import present

MOST_ALIKE = 200
SHOWN_INTAKES = 20
LATEST_INTAKE = Order()


def present_contacts(firm: Enterprise) -> list[Contact]:
    """The contacts now, the main one first."""
    return list(Contact.objects.filter(enterprise=firm, ends_at__isnull=True))


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What the firm's answer to one question is now: its own, or what holds without one."""

    kind: str
    label: str
    granted: bool
    how: str = ""
    since: datetime | None = None

    @property
    def is_default(self) -> bool:
        return self.since is None


def present_consents(firm: Enterprise) -> list[ConsentState]:
    """The answer to every question, in their order."""
    answers = {row.kind: row for row in Consent.objects.filter(enterprise=firm, ends_at__isnull=True)}
    return [
        ConsentState(kind, label, answers[kind].granted, answers[kind].how, answers[kind].starts_at)
        if kind in answers
        else ConsentState(kind, label, kind in STANDING_CONSENTS)
        for kind, label in CONSENTS.items()
    ]


def intakes(actor: Actor, street: str, *, after: str = "", size: int = SHOWN_INTAKES) -> list[Intake]:
    """The latest files put in. Raises NotAllowed."""
    must_arrange(actor, street)
    return LATEST_INTAKE.page(Intake.objects.filter(street=street).defer("refused_rows"), after=after, size=size)


def intake(actor: Actor, street: str, ref: str) -> Intake:
    """Raises NotFound, NotAllowed."""
    must_arrange(actor, street)
    found = Intake.objects.filter(street=street, ref=ref).first()
    if found is None:
        raise NotFound("enterprise.no_intake", "没有这次导入的记录。", intake=ref)
    return found


def refused_rows(found: Intake) -> list[dict[str, Any]]:
    """The refused rows of the file, one for each row, with all its reasons."""
    rows: dict[int, dict[str, Any]] = {}
    for each in json.loads(found.refused_rows) if found.refused_rows else []:
        row = rows.setdefault(each["row"], {"row": each["row"], "told": each["told"], "reasons": []})
        row["reasons"].append(f"{each['column']}:{each['reason']}" if each["column"] else each["reason"])
    return [{**row, "reason": ";".join(row["reasons"])} for row in rows.values()]


def alike(actor: Actor, street: str) -> list[tuple[Enterprise, Enterprise]]:
    """Pairs of firms of nearly the same name: probably one that was entered twice. Raises NotAllowed."""
    must_arrange(actor, street)
    names = dict(present(street).order_by("pk").values_list("pk", "name"))
    pairs = near_pairs({str(key): name for key, name in names.items()})[:MOST_ALIKE]
    firms = present(street).filter(pk__in={int(key) for pair in pairs for key in pair}).select_related("grid").in_bulk()
    return [(firms[int(one)], firms[int(other)]) for one, other in pairs]
