"""Importing many enterprises at once: good rows go in, each bad one comes back with its column and reason, the same firm is not entered twice.

Steps: (1) every row is read and checked; (2) rows of one code become one (``same_firm``); (3) a code that is registered already fills what its record
lacks, and where both say something else the record stands (or the file, with ``prefer="file"``) and the difference is told; (4) the rest is
registered in parts of 2,000, each part one transaction; (5) names nearly the same are proposed for merging, never merged.

Importing a file again adds nothing; killed half-way and run again, it comes out the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotFound
from gridloop.core.firm_access import must_arrange
from gridloop.core.firm_names import near_pairs
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.rows import write_rows, write_rows_with_keys
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.contacts import new_contact
from gridloop.offices.enterprise.actions.filling import Filling, fill, held_by
from gridloop.offices.enterprise.actions.register import first_rows, new_enterprise, registered
from gridloop.offices.enterprise.actions.same_firm import Candidate, Imported, one_of_each_code
from gridloop.offices.enterprise.intake_models import Intake
from gridloop.offices.enterprise.models import Cluster, Contact, Enterprise, VitalitySpell, YearFigures
from gridloop.offices.enterprise.sheets import SheetRow
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory.queries import Atlas, atlas_of

PART = 2_000
MOST_TOLD = 500
"""Differences and near names that a report lists; it counts them all."""


@dataclass(frozen=True, slots=True)
class Known:
    """The street as the import needs it, read once."""

    street: str
    atlas: Atlas
    root: str
    clusters: dict[str, Cluster]


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
    good = one_of_each_code(rows, found, on=at.astimezone(BEIJING).date())
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
        into = Filling(held_by(list(here.values())), known.atlas, found, prefer, at, source)
        new: list[tuple[Enterprise, Candidate]] = []
        facts: list[Fact] = []
        for each in part:
            firm = here.get(each.record.code)
            try:
                if firm is None:
                    new.append(_new(each, known, by=by, at=at, source=source, is_synthetic=is_synthetic))
                else:
                    facts += fill(firm, each, into)
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
        rows += asked.select_related("cluster", "grid", "merged_into")
    return rows


def _new(
    each: Candidate, known: Known, *, by: Actor, at: datetime, source: str, is_synthetic: bool
) -> tuple[Enterprise, Candidate]:
    told = each.record
    if told.cluster and told.cluster not in known.clusters:
        raise NotFound("enterprise.no_cluster", f"本街道没有集聚区“{told.cluster}”;请先登记它。", field="cluster")
    firm = new_enterprise(
        told, by=by, at=at, street=known.street, source=source, is_synthetic=is_synthetic, atlas=known.atlas, root=known.root,
        clusters=known.clusters,
    )  # fmt: skip
    return firm, each


def _write(new: Sequence[tuple[Enterprise, Candidate]], *, by: Actor, at: datetime) -> None:
    """The firms and the rows with which each begins, a statement for each kind."""
    write_rows_with_keys([firm for firm, _ in new])
    begun = [
        row
        for firm, each in new
        for row in (*first_rows(firm, each.record, by=by, at=at), *_further(firm, each, at=at))
    ]
    for model in (VitalitySpell, YearFigures, Contact):
        write_rows([row for row in begun if isinstance(row, model)])


def _further(firm: Enterprise, each: Candidate, *, at: datetime) -> Iterator[YearFigures | Contact]:
    """The years before the latest, and whom else to call."""
    for year, told in each.figures.items():
        if year != each.record.year:
            yield YearFigures(enterprise=firm, year=year, source=firm.source, told_at=at, **told)
    for person in each.people[1:]:
        yield new_contact(firm, name=person.name, phone=person.phone, duty=person.duty, is_main=False, at=at)


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
