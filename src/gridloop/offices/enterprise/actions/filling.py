"""A firm that is on the register already takes from a file what its record lacks; where both say something else the record stands, and it is told.

With ``prefer="file"`` the file's word is taken, but never for the vitality: that changes by a person with a reason. A person to call whom
the record does not know is added behind those it has; one whose time as a contact ended is not brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gridloop.core.errors import NotFound
from gridloop.core.firm_record import FirmRecord
from gridloop.core.vitality import VITALITIES
from gridloop.offices.archive.actions import Fact
from gridloop.offices.enterprise.actions.contacts import new_contact, tell_phone
from gridloop.offices.enterprise.actions.register import PLAIN, apply_told, keep_figures, save_amended
from gridloop.offices.enterprise.actions.same_firm import (
    FIGURES,
    Candidate,
    Figures,
    Imported,
    Person,
    at_odds,
    filled,
    tell_names,
)
from gridloop.offices.enterprise.models import NOBODY, Contact, Enterprise, YearFigures
from gridloop.offices.territory.queries import Atlas

_PLACE = ("grid", "lon", "lat")
_FILLABLE = (*PLAIN, "name", "industry", "cluster", *_PLACE, "size", "above")


@dataclass(frozen=True, slots=True)
class Held:
    """What the known firms of a part hold already: figures by firm and year, and their contacts, also those of former times."""

    figures: dict[tuple[int, int], Figures]
    contacts: dict[int, list[Contact]]


@dataclass(frozen=True, slots=True)
class Filling:
    """How a part is filled in: what is held, where places are looked up, whose word stands, when, and from which file."""

    held: Held
    atlas: Atlas
    found: Imported
    prefer: str
    at: datetime
    source: str


def held_by(firms: Sequence[Enterprise]) -> Held:
    """What these firms hold, in few queries."""
    keys = [firm.pk for firm in firms]
    figures: dict[tuple[int, int], Figures] = {}
    contacts: dict[int, list[Contact]] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        for row in YearFigures.objects.filter(enterprise__in=part).values("enterprise_id", "year", *FIGURES):
            figures[row["enterprise_id"], row["year"]] = {name: row[name] for name in FIGURES}
        for contact in Contact.objects.filter(enterprise__in=part).order_by("-is_main", "pk"):
            contacts.setdefault(contact.enterprise_id, []).append(contact)
    return Held(figures, contacts)


def fill(firm: Enterprise, each: Candidate, into: Filling) -> list[Fact]:
    """The known firm with what its record lacked; the facts to be recorded (none when nothing was added). Raises NotFound where it left."""
    _must_be_here(firm)
    wanted = _wanted(firm, each, into)
    told = {name: said for name, said in each.told.items() if name in wanted}
    before = {name: _shown(firm, name) for name in told}
    if told:
        apply_told(firm, told, at=into.at)
    changed = {name: [before[name], _shown(firm, name)] for name in told if before[name] != _shown(firm, name)}
    _tell_vitality(firm, each, into)
    figures = {year: new for year, said in each.figures.items() if (new := _new_figures(firm, year, said, each, into))}
    people = sum(_is_added(firm, person, each, into) for person in each.people)
    if not changed and not figures and not people:
        into.found.same += 1
        return []
    if changed:
        save_amended(firm)
    for year, said in sorted(figures.items()):
        keep_figures(firm, year=year, told=said, source=into.source, at=into.at)
    into.found.merged += 1
    payload = {"reason": f"导入 {into.source}", "changed": changed, "figures": bool(figures), "contact": bool(people)}
    return [Fact("enterprise.amended", firm.subject, payload)]


def _must_be_here(firm: Enterprise) -> None:
    if firm.left_at is None:
        return
    if firm.merged_into is not None:
        raise NotFound(
            "enterprise.merged_in_file", f"“{firm.name}”已并入“{firm.merged_into.name}”;请用后者的代码。", field="code"
        )
    raise NotFound("enterprise.left_in_file", f"“{firm.name}”已登记为离开;如已回来,请先人工核对。", field="code")


def _wanted(firm: Enterprise, each: Candidate, into: Filling) -> set[str]:
    """The columns that go in: they fill a blank, or differ and the file is preferred. A difference is told."""
    wanted = set(_place_wanted(firm, each, into))
    for name in _FILLABLE:
        if name not in each.told or name in _PLACE:
            continue
        shown, said = _shown(firm, name), _told(each.record, name)
        if name == "capital" and each.record.capital_text:
            shown, said = firm.capital_text or shown, each.record.capital_text
        if not said or shown == said:
            continue
        if not shown or _is_taken(firm, each, into, name, kept=shown, told=said):
            wanted.add(name)
    return wanted


def _is_taken(firm: Enterprise, each: Candidate, into: Filling, name: str, *, kept: str, told: str) -> bool:
    """Whether the file's word takes the place of the record's; a difference that does not is told."""
    if into.prefer != "file":
        into.found.differs(each.row, firm.name, name, kept=kept, told=told)
    return into.prefer == "file"


def _place_wanted(firm: Enterprise, each: Candidate, into: Filling) -> Sequence[str]:
    """Where the firm stands is one thing, told in up to three columns."""
    said = [name for name in _PLACE if name in each.told]
    if firm.placed_by == "none" or not said:
        return said
    told = each.record
    if told.grid and not _is_cell_of(firm, told.grid, into.atlas):
        kept = firm.grid.name if firm.grid else firm.place
        return said if _is_taken(firm, each, into, "grid", kept=kept, told=told.grid) else ()
    if told.lon is not None and (told.lon, told.lat) != (firm.lon, firm.lat):
        kept = f"{firm.lon},{firm.lat}" if firm.lon is not None else firm.place
        return said if _is_taken(firm, each, into, "lon", kept=kept, told=f"{told.lon},{told.lat}") else ()
    return ()


def _is_cell_of(firm: Enterprise, said: str, atlas: Atlas) -> bool:
    cell = atlas.by_code.get(said) or atlas.by_ref.get(said) or atlas.find_address(said)
    return cell is None or cell.id == firm.grid_id


def _tell_vitality(firm: Enterprise, each: Candidate, into: Filling) -> None:
    said = each.record.vitality
    if said and said != firm.vitality:
        into.found.differs(each.row, firm.name, "vitality", kept=VITALITIES[firm.vitality], told=VITALITIES[said])


def _new_figures(firm: Enterprise, year: int, told: Figures, each: Candidate, into: Filling) -> Figures:
    """The year's figures where something of them is new; a difference is told. Empty when nothing is."""
    known = into.held.figures.get((firm.pk, year))
    if known is None:
        return told
    odd = at_odds(known, told)
    if into.prefer == "file":
        whole = filled(told, known)
    else:
        whole = filled(known, told)
        for name, stands, said in odd:
            into.found.differs(each.row, firm.name, name, kept=stands, told=said)
    return whole if whole != known else {}


def _is_added(firm: Enterprise, person: Person, each: Candidate, into: Filling) -> bool:
    """Whether the person, or the telephone of one whom the record knows by name, is new."""
    contacts = into.held.contacts.get(firm.pk, [])
    for contact in contacts:
        known = Person("" if contact.name == NOBODY else contact.name, contact.phone, contact.duty)
        if not known.is_same(person):
            continue
        tell_names(known, person, each.row, firm.name, into.found)
        return contact.ends_at is None and not known.phone and bool(person.phone) and tell_phone(contact, person.phone)
    is_first = all(contact.ends_at is not None for contact in contacts)
    new_contact(firm, name=person.name, phone=person.phone, duty=person.duty, is_main=is_first, at=into.at).save(
        force_insert=True
    )
    return True


def _shown(firm: Enterprise, name: str) -> str:
    """The record's value of a column, as text to compare."""
    if name == "cluster":
        return firm.cluster.name if firm.cluster else ""
    if name == "grid":
        return firm.place
    value = getattr(firm, {"above": "above_threshold"}.get(name, name))
    return "" if value is None else str(value)


def _told(told: FirmRecord, name: str) -> str:
    value = getattr(told, name)
    return "" if value is None else str(value.quantize(Decimal("0.01")) if isinstance(value, Decimal) else value)
