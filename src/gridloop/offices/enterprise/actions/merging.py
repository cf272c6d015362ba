"""What was entered twice is one: the duplicate's page leads to the other, and what still matters goes on with the other.

What was made stays where it was made (visits, closed orders, former contacts); the kept record takes over what it lacks (columns, years of
figures, contacts), the firm's word where it spoke last (a refusal is not lost by a clerk's tidying up), and what is still to be done.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.firm_access import must_arrange
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.actions.contacts import new_contact
from gridloop.offices.enterprise.actions.register import (
    PLAIN,
    derive,
    keep_figures,
    leave,
    must_be_here,
    save_amended,
)
from gridloop.offices.enterprise.actions.same_firm import FIGURES, Person, filled
from gridloop.offices.enterprise.models import NOBODY, Consent, Contact, Enterprise, YearFigures
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.teams import OPEN_ORDERS
from gridloop.offices.enterprise.queries.visits import wishes_open
from gridloop.offices.enterprise.service_models import Consult, Promise, ServiceOrder
from gridloop.offices.enterprise.solution_models import AssistOrder
from gridloop.offices.enterprise.visit_models import QuietDays, Visit

_PLACE = ("grid", "place", "placed_by", "lon", "lat")


def merge_enterprises(*, by: Actor, at: datetime, duplicate: str, into: str, reason: str) -> Enterprise:
    """The duplicate is out of the register and what still matters of it is with the other.

    Raises Refused for an enterprise into itself or into one that left.
    """
    with deed():
        kept = register.enterprise_to_change(into, by=by)
        other = register.enterprise_to_change(duplicate, by=by)
        must_arrange(by, kept.street)
        must_be_here(kept)
        must_be_here(other)
        if kept.pk == other.pk or kept.street != other.street:
            raise Refused("enterprise.not_two", "并入要选同一街道的另一家企业。", enterprise=other.ref)
        taken = _take_over(kept, other, at=at)
        other.merged_into = kept
        leave(other, because="merged", at=at)
        record(
            "enterprise.merged", by=by, at=at, street=kept.street, subject=other.subject,
            payload={"into": kept.ref, "into_name": kept.name, "name": other.name, "code": other.code, "reason": reason.strip()[:200]},
        )  # fmt: skip
        record(
            "enterprise.amended", by=by, at=at, street=kept.street, subject=kept.subject,
            payload={"reason": f"并入“{other.name}”", "duplicate": other.ref, **taken},
        )  # fmt: skip
    return kept


def _take_over(kept: Enterprise, other: Enterprise, *, at: datetime) -> dict[str, Any]:
    """The kept record with what it lacked; what changed, for the ledger."""
    changed = dict(_columns(kept, other))
    if changed:
        save_amended(kept)
    years = list(_years(kept, other, at=at))
    contacts = _contacts(kept, other, at=at)
    consents = _consents(kept, other)
    return {
        "changed": changed, "figures": bool(years), "contact": bool(contacts), "consents": consents,
        "open": _open_things(kept, other),
    }  # fmt: skip


def _columns(kept: Enterprise, other: Enterprise) -> Iterator[tuple[str, list[str]]]:
    """Blanks of the kept record filled from the other, with what follows from them."""
    for name in (*PLAIN, "industry", "cluster"):
        lacks, has = not getattr(kept, name), getattr(other, name)
        if not lacks or not has or (name in ("capital", "capital_text") and (kept.capital or kept.capital_text)):
            continue
        setattr(kept, name, has)
        if name == "industry":
            kept.section = other.section
        yield name, ["", has.name if name == "cluster" else str(has)]
    if kept.placed_by == "none" and other.placed_by != "none":
        for name in _PLACE:
            setattr(kept, name, getattr(other, name))
        yield "place", ["", kept.place]
    stated_size = other.size if other.size_by == "stated" and not kept.size else ""
    stated_above = other.above_threshold if other.threshold_by == "stated" and kept.above_threshold is None else None
    before = kept.size, kept.above_threshold
    derive(kept, size=stated_size, above=stated_above)
    if before != (kept.size, kept.above_threshold):
        yield "size", [before[0], kept.size]


def _years(kept: Enterprise, other: Enterprise, *, at: datetime) -> Iterator[int]:
    """The years of which the kept record knew nothing, or not everything."""
    known = {row.year: row for row in YearFigures.objects.filter(enterprise=kept)}
    for row in YearFigures.objects.filter(enterprise=other).order_by("year"):
        told = {name: getattr(row, name) for name in FIGURES}
        mine = (
            {name: getattr(known[row.year], name) for name in FIGURES} if row.year in known else dict.fromkeys(FIGURES)
        )
        whole = filled(mine, told)
        if whole != mine:
            keep_figures(kept, year=row.year, told=whole, source=row.source, at=at)
            yield row.year


def _contacts(kept: Enterprise, other: Enterprise, *, at: datetime) -> int:
    """How many people the kept record did not know. They are invited to the firm's page anew: their way in ended with the duplicate."""
    known = [_person(row) for row in Contact.objects.filter(enterprise=kept)]
    has_one = Contact.objects.filter(enterprise=kept, ends_at__isnull=True).exists()
    new = [row for row in Contact.objects.filter(enterprise=other, ends_at__isnull=True) if not any(_person(row).is_same(each) for each in known)]  # fmt: skip
    for row in new:
        is_main = row.is_main and not has_one
        new_contact(kept, name=row.name, phone=row.phone, duty=row.duty, is_main=is_main, at=at).save(force_insert=True)
    return len(new)


def _person(row: Contact) -> Person:
    return Person("" if row.name == NOBODY else row.name, row.phone, row.duty)


def _consents(kept: Enterprise, other: Enterprise) -> dict[str, bool]:
    """The firm's latest word holds, under whichever name it was given, from the day on which it was given."""
    mine = {row.kind: row for row in Consent.objects.filter(enterprise=kept, ends_at__isnull=True)}
    taken: dict[str, bool] = {}
    for row in Consent.objects.filter(enterprise=other, ends_at__isnull=True):
        stands = mine.get(row.kind)
        if stands is not None and (stands.granted == row.granted or stands.starts_at >= row.starts_at):
            continue
        Consent.objects.filter(enterprise=kept, kind=row.kind, ends_at__isnull=True).update(ends_at=row.starts_at)
        Consent.objects.create(
            enterprise=kept, kind=row.kind, granted=row.granted, how=row.how, by=row.by, starts_at=row.starts_at
        )
        taken[row.kind] = row.granted
    return taken


def _open_things(kept: Enterprise, other: Enterprise) -> int:
    """How many things are still to be done for the firm, now under the kept record."""
    open_rows = (
        Visit.objects.filter(enterprise=other, state="planned"), wishes_open(other.street).filter(enterprise=other),
        QuietDays.objects.filter(enterprise=other, ended_at__isnull=True), Promise.objects.filter(enterprise=other, settled_at__isnull=True),
        ServiceOrder.objects.filter(enterprise=other, state__in=OPEN_ORDERS), Consult.objects.filter(enterprise=other, replied_at__isnull=True),
        AssistOrder.objects.filter(enterprise=other, state="doing"),
    )  # fmt: skip
    return sum(rows.update(enterprise=kept) for rows in open_rows)
