"""Importing many enterprises at once: good rows go in, each bad one comes back with its column and reason, the same firm is not entered twice.

Steps: (1) every row is read and checked; (2) rows of one code become one; (3) a code that is registered already fills what its record
lacks, and where both say something else the record stands (or the file, with ``prefer="file"``) and the difference is told; (4) the rest is
registered in parts of 2,000, each part one transaction; (5) names nearly the same are proposed for merging, never merged.

Importing a file again adds nothing; killed half-way and run again, it comes out the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotFound
from gridloop.core.firm_access import must_arrange
from gridloop.core.firm_names import near_pairs
from gridloop.core.firm_record import COLUMNS, FirmRecord, read_told
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.rows import write_rows, write_rows_with_keys
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.contacts import new_contact
from gridloop.offices.enterprise.actions.register import (
    PLAIN,
    apply_told,
    first_rows,
    keep_figures,
    new_enterprise,
    registered,
    save_amended,
)
from gridloop.offices.enterprise.intake_models import Intake
from gridloop.offices.enterprise.models import Cluster, Contact, Enterprise, VitalitySpell, YearFigures
from gridloop.offices.enterprise.sheets import SheetRow
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory.queries import Atlas, atlas_of

PART = 2_000
MOST_TOLD = 500
"""Differences and near names that a report lists; it counts them all."""
_FILLABLE = (*PLAIN, "name", "industry", "cluster", "grid", "lon", "lat", "size", "above")
_FIGURES = ("staff", "revenue", "assets")


@dataclass(slots=True)
class Imported:
    """What came of a file. ``refused``: row, column, reason and the cells; ``conflicts`` and ``near`` are told, not acted on."""

    read: int = 0
    added: int = 0
    merged: int = 0
    same: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: SheetRow, column: str, reason: str) -> None:
        label = COLUMNS[column][0] if column in COLUMNS else column
        self.refused.append({"row": row.number, "column": label, "reason": reason, "told": dict(row.told)})

    @property
    def refused_rows(self) -> int:
        """How many rows did not go in; a row may be refused for several reasons."""
        return len({each["row"] for each in self.refused})


@dataclass(frozen=True, slots=True)
class Known:
    """The street as the import needs it, read once."""

    street: str
    atlas: Atlas
    root: str
    clusters: dict[str, Cluster]


@dataclass(slots=True)
class Candidate:
    """A good row: what it told and the record it makes."""

    row: SheetRow
    told: dict[str, str]
    record: FirmRecord


def import_enterprises(
    *,
    by: Actor,
    at: datetime,
    street: str,
    rows: Sequence[SheetRow],
    source: str,
    prefer: str = "kept",
    is_synthetic: bool = False,
) -> Imported:
    """The good rows are on the register; what was refused, differs or looks alike is told. Raises NotAllowed."""
    must_arrange(by, street)
    found = Imported(read=len(rows))
    place = organisation.street(street)
    clusters = {cluster.name: cluster for cluster in Cluster.objects.filter(street=street, ended_at__isnull=True)}
    known = Known(street, atlas_of(place), place.place, clusters)
    good = _one_of_each_code(_readable(rows, found, at=at), found, at=at)
    present = dict(Enterprise.objects.filter(street=street).values_list("code", "name"))
    for start in range(0, len(good), PART):
        _import_part(
            good[start : start + PART],
            found,
            known,
            by=by,
            at=at,
            source=source,
            prefer=prefer,
            is_synthetic=is_synthetic,
        )
    _look_for_near_names(good, present, found)
    return found


def _readable(rows: Sequence[SheetRow], found: Imported, *, at: datetime) -> list[Candidate]:
    """The rows without a fault; the others are refused with all their faults."""
    today = at.astimezone(BEIJING).date()
    good = []
    for row in rows:
        firm, faults = read_told(row.told, on=today)
        for fault in faults:
            found.refuse(row, fault.column, fault.reason)
        if not faults:
            good.append(Candidate(row, dict(row.told), firm))
            found.warnings += [{"row": row.number, "name": firm.name, "warning": text} for text in firm.warnings]
    return good


def _one_of_each_code(good: Sequence[Candidate], found: Imported, *, at: datetime) -> list[Candidate]:
    """The first row of each code, filled with what later rows of the same code add."""
    first: dict[str, Candidate] = {}
    for each in good:
        kept = first.setdefault(each.record.code, each)
        if kept is each:
            continue
        found.merged += 1
        for column, said in each.told.items():
            if column != "code" and kept.told.get(column) not in (None, said):
                _differs(found, each.row, kept.record.name, column, kept=kept.told[column], told=said)
            kept.told.setdefault(column, said)
        kept.record, _ = read_told(kept.told, on=at.astimezone(BEIJING).date())
    return list(first.values())


def _import_part(
    part: Sequence[Candidate],
    found: Imported,
    known: Known,
    *,
    by: Actor,
    at: datetime,
    source: str,
    prefer: str,
    is_synthetic: bool,
) -> None:
    """One part in one transaction: new firms written together, known ones one by one."""
    with deed():
        codes = [each.record.code for each in part]
        here = {firm.code: firm for firm in _with_codes(known.street, codes)}
        held = _held(list(here.values()))
        new: list[tuple[Enterprise, FirmRecord]] = []
        facts: list[Fact] = []
        for each in part:
            firm = here.get(each.record.code)
            try:
                if firm is None:
                    new.append(_new(each, known, by=by, at=at, source=source, is_synthetic=is_synthetic))
                else:
                    facts += _filled(firm, each, found, held, at=at, source=source, prefer=prefer)
            except GridloopError as error:
                found.refuse(each.row, str(error.fields.get("field", "")), error.sentence)
        _write(new, by=by, at=at)
        facts += [Fact("enterprise.registered", firm.subject, registered(firm)) for firm, _ in new]
        record_many(facts, by=by, at=at, street=known.street)
        found.added += len(new)


def _with_codes(street: str, codes: Sequence[str]) -> list[Enterprise]:
    rows: list[Enterprise] = []
    for start in range(0, len(codes), 500):
        asked = Enterprise.objects.filter(street=street, code__in=codes[start : start + 500])
        rows += asked.select_related("cluster", "grid")
    return rows


def _new(
    each: Candidate, known: Known, *, by: Actor, at: datetime, source: str, is_synthetic: bool
) -> tuple[Enterprise, FirmRecord]:
    told = each.record
    if told.cluster and told.cluster not in known.clusters:
        raise NotFound("enterprise.no_cluster", f"本街道没有集聚区“{told.cluster}”;请先登记它。", field="cluster")
    firm = new_enterprise(
        told, by=by, at=at, street=known.street, source=source, is_synthetic=is_synthetic, atlas=known.atlas, root=known.root,
        clusters=known.clusters,
    )  # fmt: skip
    return firm, told


def _write(new: Sequence[tuple[Enterprise, FirmRecord]], *, by: Actor, at: datetime) -> None:
    """The firms and the rows with which each begins, a statement for each kind."""
    write_rows_with_keys([firm for firm, _ in new])
    begun = [row for firm, told in new for row in first_rows(firm, told, by=by, at=at)]
    for model in (VitalitySpell, YearFigures, Contact):
        write_rows([row for row in begun if isinstance(row, model)])


@dataclass(frozen=True, slots=True)
class Held:
    """What the known firms of a part hold already: figures by firm and year, and which firms have a contact."""

    figures: dict[tuple[int, int], dict[str, Any]]
    contacted: frozenset[int]


def _held(firms: Sequence[Enterprise]) -> Held:
    keys = [firm.pk for firm in firms]
    figures: dict[tuple[int, int], dict[str, Any]] = {}
    contacted: set[int] = set()
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        for row in YearFigures.objects.filter(enterprise__in=part).values("enterprise_id", "year", *_FIGURES):
            figures[row["enterprise_id"], row["year"]] = {name: row[name] for name in _FIGURES}
        present = Contact.objects.filter(enterprise__in=part, ends_at__isnull=True)
        contacted |= set(present.values_list("enterprise_id", flat=True))
    return Held(figures, frozenset(contacted))


def _filled(
    firm: Enterprise, each: Candidate, found: Imported, held: Held, *, at: datetime, source: str, prefer: str
) -> list[Fact]:
    """The known firm with what its record lacked; the facts to be recorded (none when nothing was added)."""
    if firm.left_at is not None:
        raise NotFound("enterprise.left_in_file", f"“{firm.name}”已登记为离开;如已回来,请先人工核对。", field="code")
    told = {
        name: said
        for name, said in each.told.items()
        if name in _FILLABLE and _is_wanted(firm, name, each, found, prefer)
    }
    before = {name: _shown(firm, name) for name in told}
    if told:
        apply_told(firm, told, at=at)
    changed = {name: [before[name], _shown(firm, name)] for name in told if before[name] != _shown(firm, name)}
    figures = _new_figures(firm, each, found, held, prefer=prefer)
    contact = bool(each.record.contact or each.record.phone) and firm.pk not in held.contacted
    if not changed and not figures and not contact:
        found.same += 1
        return []
    if changed:
        save_amended(firm)
    if figures and each.record.year:
        keep_figures(firm, year=each.record.year, told=figures, source=source, at=at)
    if contact:
        told_by = each.record
        new_contact(firm, name=told_by.contact, phone=told_by.phone, duty=told_by.duty, is_main=True, at=at).save(
            force_insert=True
        )
    found.merged += 1
    payload = {"reason": f"导入 {source}", "changed": changed, "figures": bool(figures), "contact": contact}
    return [Fact("enterprise.amended", firm.subject, payload)]


def _is_wanted(firm: Enterprise, name: str, each: Candidate, found: Imported, prefer: str) -> bool:
    """Whether the told value goes in: it fills a blank, or differs and the file is preferred. A difference is told."""
    if name in ("grid", "lon", "lat"):
        return firm.placed_by == "none"
    shown, said = _shown(firm, name), _told(each.record, name)
    if name == "capital" and each.record.capital_text:
        shown, said = firm.capital_text or shown, each.record.capital_text
    if not shown or shown == said or not said:
        return not shown and bool(said)
    if prefer != "file":
        _differs(found, each.row, firm.name, name, kept=shown, told=said)
    return prefer == "file"


def _new_figures(firm: Enterprise, each: Candidate, found: Imported, held: Held, *, prefer: str) -> Mapping[str, Any]:
    """The year's figures where the record has none of that year; a difference is told."""
    told = {name: getattr(each.record, name) for name in _FIGURES}
    if not each.record.tells_figures or each.record.year is None:
        return {}
    known = held.figures.get((firm.pk, each.record.year))
    if known is None:
        return told
    whole = {name: told[name] if told[name] is not None else known[name] for name in _FIGURES}
    if whole == known:
        return {}
    fills = all(known[name] is None or known[name] == whole[name] for name in _FIGURES)
    if not fills and prefer != "file":
        for name in _FIGURES:
            if known[name] is not None and known[name] != whole[name]:
                _differs(found, each.row, firm.name, name, kept=str(known[name]), told=str(whole[name]))
        return {}
    return whole


def _shown(firm: Enterprise, name: str) -> str:
    """The record's value of a column, as text to compare."""
    if name == "cluster":
        return firm.cluster.name if firm.cluster else ""
    if name in ("grid", "lon", "lat"):
        return firm.place
    value = getattr(firm, {"above": "above_threshold"}.get(name, name))
    return "" if value is None else str(value)


def _told(told: FirmRecord, name: str) -> str:
    value = getattr(told, name)
    return "" if value is None else str(value.quantize(Decimal("0.01")) if isinstance(value, Decimal) else value)


def _differs(found: Imported, row: SheetRow, name: str, column: str, *, kept: str, told: str) -> None:
    found.conflicts.append(
        {"row": row.number, "name": name, "column": COLUMNS[column][0], "kept": kept[:80], "told": told[:80]}
    )


def _look_for_near_names(good: Sequence[Candidate], present: Mapping[str, str], found: Imported) -> None:
    """New names that nearly are those of another firm, in the file or on the register."""
    new = {each.record.code: each for each in good if each.record.code not in present}
    names = {**present, **{code: each.record.name for code, each in new.items()}}
    for one, other in near_pairs(names):
        if one in new or other in new:
            late = new[other] if other in new else new[one]
            against = one if late.record.code == other else other
            found.near.append(
                {"row": late.row.number, "name": late.record.name, "other": names[against], "other_code": against}
            )


def keep_intake(*, by: Actor, at: datetime, street: str, name: str, content: bytes, found: Imported) -> Intake:
    """The import stands on record, with what was refused so that it can be taken back for correction."""
    must_arrange(by, street)
    told = {
        "conflicts": found.conflicts[:MOST_TOLD],
        "near": found.near[:MOST_TOLD],
        "warnings": found.warnings[:MOST_TOLD],
    }
    counts = {"conflicts": len(found.conflicts), "near": len(found.near), "warnings": len(found.warnings)}
    with deed():
        intake = Intake.objects.create(
            street=street, name=name[:160], sha256=hashlib.sha256(content).hexdigest(), by=by.label, by_name=by.name, taken_at=at,
            read=found.read, added=found.added, merged=found.merged, same=found.same, refused=found.refused_rows,
            report={**told, "counts": counts}, refused_rows=json.dumps(found.refused, ensure_ascii=False) if found.refused else "",
        )  # fmt: skip
        record(
            "enterprise.imported", by=by, at=at, street=street, subject=intake.subject,
            payload={
                "file": intake.name, "sha256": intake.sha256, "read": found.read, "added": found.added, "merged": found.merged,
                "same": found.same, "refused": found.refused_rows,
            },
        )  # fmt: skip
    return intake
