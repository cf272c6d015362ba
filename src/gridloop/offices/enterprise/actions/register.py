"""Registering and amending enterprises: who they are, where they stand, their figures, and that they left.

``told`` is text as people write it (``core.firm_record``). What the rules derive (size, threshold) is derived again whenever what it
follows from changes; a value that a person stated stands until they take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_keep
from gridloop.core.firm_record import FirmRecord, read_told
from gridloop.core.firm_size import sized, threshold
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.actions.contacts import new_contact
from gridloop.offices.enterprise.models import (
    LEFT_BECAUSE,
    Cluster,
    Enterprise,
    VitalityProposal,
    VitalitySpell,
    YearFigures,
)
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.visits import wishes_open
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory.queries import Atlas, Cell, atlas_of

PLAIN = ("alias", "kind", "business", "registered_on", "capital", "capital_text", "address", "priority")
"""Columns that are kept as they are told."""
CHANGEABLE = ("name", "code", "industry", "lon", "lat", "grid", "cluster", "size", "above", *PLAIN)
_DERIVED = ("size", "size_by", "above_threshold", "threshold_by")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an enterprise stands: the cell (None: only the street is known), the path, and how it was found."""

    cell: Cell | None
    path: str
    placed_by: str


def register_enterprise(
    *, by: Actor, at: datetime, street: str, told: Mapping[str, str], source: str = "", is_synthetic: bool = False
) -> Enterprise:
    """The enterprise is on the register. Raises WrongInput with every fault, Refused when its code is registered already."""
    must_keep(by, street)
    found = checked(told, at=at)
    with deed():
        enterprise = new_enterprise(found, by=by, at=at, street=street, source=source, is_synthetic=is_synthetic)
        try:
            with transaction.atomic():
                enterprise.save(force_insert=True)
        except IntegrityError as fault:
            known = register.enterprise_by_code(street, found.code)
            name = known.name if known else ""
            raise Refused(
                "enterprise.code_taken", f"代码 {found.code} 已登记为“{name}”;请打开那份档案修改。",
                field="code", enterprise=known.ref if known else "",
            ) from fault  # fmt: skip
        for row in first_rows(enterprise, found, by=by, at=at):
            row.save(force_insert=True)
        record(
            "enterprise.registered",
            by=by,
            at=at,
            street=street,
            subject=enterprise.subject,
            payload=registered(enterprise),
        )
    return enterprise


def checked(told: Mapping[str, str], *, at: datetime) -> FirmRecord:
    """The record. Raises WrongInput that lists every fault (``problems``: column and reason)."""
    found, faults = read_told(told, on=at.astimezone(BEIJING).date())
    if faults:
        raise WrongInput(
            "enterprise.told_badly", faults[0].reason, field=faults[0].column,
            problems=[{"field": fault.column, "reason": fault.reason} for fault in faults],
        )  # fmt: skip
    return found


def new_enterprise(
    found: FirmRecord, *, by: Actor, at: datetime, street: str, source: str = "", is_synthetic: bool = False,
    atlas: Atlas | None = None, root: str = "", clusters: Mapping[str, Cluster] | None = None,
) -> Enterprise:  # fmt: skip
    """The unsaved row. Raises NotFound for a grid or a cluster that the street lacks.

    ``atlas``, ``root`` and ``clusters`` (by name) save an import of many the look-up.
    """
    if atlas is None:
        known = organisation.street(street)
        atlas, root = atlas_of(known), known.place
    place = placed(found, atlas, root)
    enterprise = Enterprise(
        street=street, code=found.code, code_kind=found.code_kind, name=found.name, found_by=register.findable_by(found.name, found.alias),
        industry=found.industry, section=found.section, staff=found.staff, revenue=found.revenue, assets=found.assets,
        figures_year=found.year if found.tells_figures else None, vitality=found.vitality or "normal",
        grid_id=place.cell.id if place.cell else None, place=place.path, placed_by=place.placed_by, lon=found.lon, lat=found.lat,
        cluster=_cluster(street, found.cluster, clusters), is_synthetic=is_synthetic, source=source[:120],
        entered_at=at, **{name: getattr(found, name) for name in PLAIN},
    )  # fmt: skip
    derive(enterprise, size=found.size, above=found.above)
    return enterprise


def _cluster(street: str, name: str, clusters: Mapping[str, Cluster] | None) -> Cluster | None:
    if not name:
        return None
    return clusters[name] if clusters and name in clusters else register.cluster(street, name)


def placed(found: FirmRecord, atlas: Atlas, root: str) -> Place:
    """Where it stands: the cell that was named, else that of the point, else that of the address, else the street."""
    if found.grid:
        cell = atlas.by_code.get(found.grid) or atlas.by_ref.get(found.grid) or atlas.find_address(found.grid)
        if cell is None:
            raise NotFound("enterprise.no_grid", f"本街道没有网格“{found.grid}”;请从网格列表中选择。", field="grid")
        return Place(cell, cell.path, "picked")
    if found.lon is not None and found.lat is not None:
        cell = atlas.locate(found.lon, found.lat)
        if cell:
            return Place(cell, cell.path, "point")
    cell = atlas.find_address(found.address) if found.address else None
    return Place(cell, cell.path, "address") if cell else Place(None, root, "none")


def derive(enterprise: Enterprise, *, size: str = "", above: bool | None = None) -> None:
    """Size and threshold follow from the rules, unless a person states them here or stated them before."""
    by_rule = sized(enterprise.industry, staff=enterprise.staff, revenue=enterprise.revenue, assets=enterprise.assets)
    line = threshold(enterprise.industry, revenue=enterprise.revenue)
    stated_size = size or (enterprise.size if enterprise.size_by == "stated" else "")
    stated_above = (
        above if above is not None else (enterprise.above_threshold if enterprise.threshold_by == "stated" else None)
    )
    enterprise.size = by_rule.size or stated_size
    enterprise.size_by = "rule" if by_rule.size else "stated" if stated_size else ""
    enterprise.above_threshold = stated_above if stated_above is not None else line.above
    enterprise.threshold_by = "stated" if stated_above is not None else "rule" if line.above is not None else ""


def first_rows(enterprise: Enterprise, found: FirmRecord, *, by: Actor, at: datetime) -> list[Any]:
    """The unsaved dated rows with which an enterprise begins: its state, its year's figures, its contact."""
    rows: list[Any] = [
        VitalitySpell(enterprise=enterprise, vitality=enterprise.vitality, reason="建档", by=by.label, starts_at=at)
    ]
    if found.tells_figures and found.year:
        rows.append(
            YearFigures(
                enterprise=enterprise, year=found.year, staff=found.staff, revenue=found.revenue, assets=found.assets,
                source=enterprise.source, told_at=at,
            )
        )  # fmt: skip
    if found.contact or found.phone:
        rows.append(
            new_contact(enterprise, name=found.contact, phone=found.phone, duty=found.duty, is_main=True, at=at)
        )
    return rows


def registered(enterprise: Enterprise) -> dict[str, Any]:
    """What the ledger keeps of a registration; nothing personal."""
    return {
        "name": enterprise.name, "code": enterprise.code, "code_kind": enterprise.code_kind, "industry": enterprise.industry,
        "size": enterprise.size, "place": enterprise.place, "placed_by": enterprise.placed_by, "source": enterprise.source,
    }  # fmt: skip


def amend_enterprise(
    *, by: Actor, at: datetime, enterprise: str, told: Mapping[str, str], reason: str, rev: int | None = None
) -> Enterprise:
    """The told columns have changed, and what follows from them; the ledger keeps before and after. An empty value takes a value away.

    Raises WrongInput, NotFound, Outdated; Refused when nothing would change or the code belongs to another enterprise.
    """
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by, rev=rev)
        must_keep(by, firm.street)
        must_be_here(firm)
        if len(reason.strip()) < 2:
            raise WrongInput("enterprise.no_reason", "请写明修改的依据(例如:营业执照变更)。", field="reason")
        before = _changeable(firm)
        apply_told(firm, told, at=at)
        changed = {name: [before[name], value] for name, value in _changeable(firm).items() if value != before[name]}
        if not changed:
            raise Refused("enterprise.nothing_changed", "没有改动任何内容;请修改后再保存。")
        save_amended(firm)
        record(
            "enterprise.amended", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"reason": reason.strip()[:200], "changed": changed},
        )  # fmt: skip
    return firm


def apply_told(firm: Enterprise, told: Mapping[str, str], *, at: datetime) -> None:
    """The row (not saved) with the told columns, and what follows from them, changed."""
    told = {**told, "capital_text": ""} if "capital" in told else dict(told)  # they are one column, told in one place
    unknown = sorted(set(told) - set(CHANGEABLE))
    if unknown:
        raise WrongInput("enterprise.not_changeable", f"这里不能改:{'、'.join(unknown)}。", field=unknown[0])
    whole = {"name": firm.name, "code": firm.code, **told}
    found = checked(whole, at=at)
    for name in (*PLAIN, "name", "code"):
        if name in told:
            setattr(firm, name, getattr(found, name))
    if "code" in told:
        firm.code_kind = found.code_kind
    if "industry" in told:
        firm.industry, firm.section = found.industry, found.section
    if "cluster" in told:
        firm.cluster = register.cluster(firm.street, found.cluster) if found.cluster else None
    if told.keys() & {"lon", "lat", "grid", "address"}:
        _place_again(firm, told, found)
    for name, flag in (("size", "size_by"), ("above", "threshold_by")):
        if name in told and not str(told[name]).strip():
            setattr(firm, flag, "")  # the stated value is taken back
    derive(firm, size=found.size, above=found.above)
    firm.found_by = register.findable_by(firm.name, firm.alias)


def _place_again(firm: Enterprise, told: Mapping[str, str], found: FirmRecord) -> None:
    """The place follows what was told; a new address alone does not move what was pointed at or picked."""
    if told.keys() & {"lon", "lat"}:
        firm.lon, firm.lat = found.lon, found.lat
    if not told.keys() & {"lon", "lat", "grid"} and firm.placed_by in ("picked", "point"):
        return
    street = organisation.street(firm.street)
    place = placed(found, atlas_of(street), street.place)
    firm.grid_id, firm.place, firm.placed_by = place.cell.id if place.cell else None, place.path, place.placed_by


def _changeable(firm: Enterprise) -> dict[str, Any]:
    """What an amendment can change, as plain values for the ledger."""
    names = ("name", "code", "code_kind", "industry", "section", "place", "lon", "lat", *_DERIVED, *PLAIN)
    found = {name: getattr(firm, name) for name in names}
    found["cluster"] = firm.cluster.name if firm.cluster else ""
    return {
        name: str(value) if isinstance(value, Decimal) or hasattr(value, "isoformat") else value
        for name, value in found.items()
    }


def save_amended(firm: Enterprise) -> None:
    """The row is written with a new revision. Raises Refused when the code belongs to another enterprise."""
    firm.rev += 1
    try:
        with transaction.atomic():
            firm.save()
    except IntegrityError as fault:
        raise Refused(
            "enterprise.code_taken", f"代码 {firm.code} 已登记给另一家企业;请核对,或做重复并入。", field="code"
        ) from fault


def must_be_here(firm: Enterprise) -> None:
    """Raises Refused for a firm that left."""
    if firm.left_at is not None:
        raise Refused(
            "enterprise.left", f"这家企业已{LEFT_BECAUSE[firm.left_because]},档案不再修改。", enterprise=firm.ref
        )


def tell_figures(
    *, by: Actor, at: datetime, enterprise: str, year: int, staff: int | None = None, revenue: Decimal | None = None,
    assets: Decimal | None = None, source: str = "",
) -> Enterprise:  # fmt: skip
    """The year's figures stand (a correction takes the place of the earlier ones); of the latest year follow size and threshold.

    Money in 元. Raises WrongInput for a year to come or without any figure.
    """
    if year > at.astimezone(BEIJING).year or year < 1990:
        raise WrongInput("enterprise.year", "年度不对;请填已经开始的年份。", field="year")
    told = {"staff": staff, "revenue": revenue, "assets": assets}
    if all(value is None for value in told.values()):
        raise WrongInput("enterprise.no_figures", "请至少填从业人员、营业收入、资产总额中的一项。", field="staff")
    if any(value is not None and value < 0 for value in told.values()):
        raise WrongInput("enterprise.negative", "数据不能是负数;请核对。", field="staff")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        must_be_here(firm)
        before = YearFigures.objects.filter(enterprise=firm, year=year).values("staff", "revenue", "assets").first()
        keep_figures(firm, year=year, told=told, source=source, at=at)
        record(
            "enterprise.figures_told", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={
                "year": year, "source": source[:120], "size": firm.size, "above_threshold": firm.above_threshold,
                **{name: _plain(value) for name, value in told.items()},
                "before": {name: _plain(value) for name, value in before.items()} if before else None,
            },
        )  # fmt: skip
    return firm


def keep_figures(firm: Enterprise, *, year: int, told: Mapping[str, Any], source: str, at: datetime) -> None:
    """The year's row stands, and the enterprise shows the latest year."""
    YearFigures.objects.update_or_create(
        enterprise=firm, year=year, defaults={**told, "source": source[:120], "told_at": at}
    )
    latest = YearFigures.objects.filter(enterprise=firm).order_by("-year")[0]
    firm.staff, firm.revenue, firm.assets, firm.figures_year = latest.staff, latest.revenue, latest.assets, latest.year
    derive(firm)
    save_amended(firm)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def end_enterprise(*, by: Actor, at: datetime, enterprise: str, because: str, reason: str) -> Enterprise:
    """The enterprise was closed or moved away; its pairings end. Raises WrongInput, Refused when it left before."""
    if because not in ("closed", "moved"):
        raise WrongInput("enterprise.left_because", "请选择注销或迁出。", field="because")
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_keep(by, firm.street)
        must_be_here(firm)
        leave(firm, because=because, at=at)
        record(
            "enterprise.left", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"because": because, "reason": reason.strip()[:200]},
        )  # fmt: skip
    return firm


def leave(firm: Enterprise, *, because: str, at: datetime) -> None:
    """The row is out of the register; its pairings and its state end, and nobody is to go there or to decide on it any more."""
    firm.left_at, firm.left_because = at, because
    Pairing.objects.filter(subject=firm.subject, ends_at__isnull=True).update(
        ends_at=at, ended_because=LEFT_BECAUSE[because]
    )
    VitalitySpell.objects.filter(enterprise=firm, ends_at__isnull=True).update(ends_at=at)
    VitalityProposal.objects.filter(enterprise=firm, decided_at__isnull=True).delete()
    Visit.objects.filter(enterprise=firm, state="planned").update(
        state="cancelled", outcome=f"企业已{LEFT_BECAUSE[because]}", logged_at=at
    )
    wishes_open(firm.street).filter(enterprise=firm).update(withdrawn_at=at)
    save_amended(firm)
