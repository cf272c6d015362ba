"""Founding a street: from a description to a sub-district that can take its first case, through actions only.

A ``Plan`` lists what a street starts with. ``found`` opens the street and its book, publishes the shipped calendar and
deadline profiles, and adds units, grids, boundaries, categories, people, posts, duty list and the first routing table (drafted and
published, its proof included). The demonstration streets, the imports and the tests all start here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.classification import set_signs
from gridloop.offices.cases.actions.tables import add_category, draft_table, publish_table
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation.models import Street
from gridloop.offices.supervision.actions import publish_calendar, publish_profile
from gridloop.offices.supervision.seed import calendar_data, profile_data
from gridloop.offices.territory import actions as territory


@dataclass(frozen=True, slots=True)
class UnitPlan:
    code: str
    name: str
    kind: str = "department"
    parent: str = ""
    is_backstop: bool = False
    is_superior: bool = False
    phone: str = ""


@dataclass(frozen=True, slots=True)
class GridPlan:
    """``geometry`` is GeoJSON in WGS-84, or None. The parent must come before its children."""

    code: str
    name: str
    kind: str
    parent: str = ""
    geometry: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """A person with the posts held: (post code, title, role, unit code, grid code or "")."""

    code: str
    name: str
    unit: str
    posts: tuple[tuple[str, str, str, str, str], ...] = ()
    phone: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class DutyPlan:
    code: str
    kind: str
    title: str
    lead: str
    basis: str = ""
    unit_code: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class StreetPlan:
    """What a street starts with."""

    code: str
    slug: str
    name: str
    district: str
    district_name: str
    units: Sequence[UnitPlan]
    grids: Sequence[GridPlan]
    people: Sequence[PersonPlan]
    categories: Sequence[str]
    routes: Sequence[Mapping[str, object]]
    duties: Sequence[DutyPlan] = ()
    addresses: Sequence[tuple[str, str]] = ()
    backstop_profile: str = "san_bu_guo"
    is_demonstration: bool = False
    is_synthetic: bool = True
    phone: str = ""
    boundary_source: str = "示意网格(非真实边界)"
    allow_holes: bool = True
    passwords: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


def found(plan: StreetPlan, *, at: datetime) -> Street:
    """The street stands and can take cases. All or nothing."""
    with deed():
        street = organisation.open_street(
            by=SYSTEM, at=at, code=plan.code, slug=plan.slug, name=plan.name, district=plan.district, district_name=plan.district_name,
            is_demonstration=plan.is_demonstration, phone=plan.phone,
        )  # fmt: skip
        publish_calendar(by=SYSTEM, at=at, street=plan.code, definition=calendar_data(), note="随软件发布的节假日安排")
        for definition in profile_data():
            publish_profile(by=SYSTEM, at=at, street=plan.code, definition=definition)
        _units(plan, at)
        _grids(plan, at, root=plan.district)
        _people(plan, at)
        for path in plan.categories:
            add_category(by=SYSTEM, at=at, street=plan.code, path=path)
        for path, signs in plan.signs.items():
            set_signs(by=SYSTEM, at=at, street=plan.code, path=path, **signs)
        _duties(plan, at)
        _routes(plan, at)
    street.refresh_from_db()
    return street


def _units(plan: StreetPlan, at: datetime) -> None:
    for unit in plan.units:
        organisation.add_unit(
            by=SYSTEM, at=at, street=plan.code, code=unit.code, name=unit.name, kind=unit.kind, parent=unit.parent,
            is_backstop=unit.is_backstop, is_superior=unit.is_superior, phone=unit.phone,
        )  # fmt: skip


def _grids(plan: StreetPlan, at: datetime, *, root: str) -> None:
    for grid in plan.grids:
        made = territory.add_grid(
            by=SYSTEM, at=at, street=plan.code, code=grid.code, name=grid.name, kind=grid.kind, parent=grid.parent, root=root,
            is_synthetic=plan.is_synthetic,
        )  # fmt: skip
        if grid.geometry:
            territory.publish_boundary(by=SYSTEM, at=at, grid=made, geometry=grid.geometry, source=plan.boundary_source)
    for name, code in plan.addresses:
        territory.add_address(by=SYSTEM, at=at, street=plan.code, name=name, grid=code)


def _people(plan: StreetPlan, at: datetime) -> None:
    paths = {grid.code: grid for grid in plan.grids}
    for person in plan.people:
        registered = organisation.add_person(
            by=SYSTEM, at=at, street=plan.code, code=person.code, name=person.name, unit=person.unit, phone=person.phone,
            is_synthetic=plan.is_synthetic,
        )  # fmt: skip
        for code, title, role, unit, grid in person.posts:
            place = _path(plan, paths, grid) if grid else ""
            organisation.add_post(
                by=SYSTEM, at=at, street=plan.code, code=code, title=title, role=role, unit=unit, place=place
            )
            organisation.appoint(by=SYSTEM, at=at, street=plan.code, post=code, person=person.code)
        if person.username and plan.passwords.get(person.username):
            organisation.open_account(
                by=SYSTEM, at=at, person=registered, username=person.username, password=plan.passwords[person.username]
            )


def _path(plan: StreetPlan, grids: Mapping[str, GridPlan], code: str) -> str:
    """The place path of a planned grid."""
    grid = grids[code]
    return f"{_path(plan, grids, grid.parent)}/{code}" if grid.parent else f"{plan.district}/{code}"


def _duties(plan: StreetPlan, at: datetime) -> None:
    for duty in plan.duties:
        organisation.add_duty_item(
            by=SYSTEM, at=at, street=plan.code, code=duty.code, kind=duty.kind, title=duty.title, lead=duty.lead, basis=duty.basis,
            unit_code=duty.unit_code, category=duty.category,
        )  # fmt: skip


def _routes(plan: StreetPlan, at: datetime) -> None:
    table = draft_table(
        by=SYSTEM,
        at=at,
        street=plan.code,
        records=plan.routes,
        backstop_profile=plan.backstop_profile,
        note="首版路由表",
    )
    publish_table(by=SYSTEM, at=at, street=plan.code, table=table.ref, allow_holes=plan.allow_holes)
