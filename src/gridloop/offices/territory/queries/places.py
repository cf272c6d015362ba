"""Every read of the territory: the tree, the cell of a point, the cell of an address, the drawing of a street."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from shapely.geometry import shape

from gridloop.core.errors import NotFound
from gridloop.core.grid import GridIndex
from gridloop.offices.organisation.models import Street
from gridloop.offices.organisation.snapshot import per_version
from gridloop.offices.territory.models import Address, Boundary, Grid


@dataclass(frozen=True, slots=True)
class Cell:
    """A grid as it is needed to place a case."""

    id: int
    ref: str
    code: str
    name: str
    level: int
    path: str


@dataclass(frozen=True, slots=True)
class Atlas:
    """A street's cells, compiled: by code, ref and path, by point, by address. ``by_path`` also knows cells that have ended."""

    by_code: dict[str, Cell]
    by_ref: dict[str, Cell]
    by_path: dict[str, Cell]
    index: GridIndex | None
    addresses: tuple[tuple[str, str], ...]

    def locate(self, lon: float, lat: float) -> Cell | None:
        """The smallest cell that contains the point; None outside."""
        code = self.index.locate(lon, lat) if self.index else None
        return self.by_code.get(code) if code else None

    def find_address(self, text: str) -> Cell | None:
        """The cell of the longest known place name that the text contains; None when it contains none."""
        for name, code in self.addresses:
            if name in text:
                return self.by_code[code]
        return None

    def lineage(self, path: str) -> list[Cell]:
        """The cells from the street down to the path."""
        parts = path.split("/")
        prefixes = ("/".join(parts[: end + 1]) for end in range(len(parts)))
        return [self.by_path[prefix] for prefix in prefixes if prefix in self.by_path]


@per_version
def atlas(street: str) -> Atlas:
    """Compiles the street's present grids, boundaries and addresses."""
    rows = list(Grid.objects.filter(street=street))
    cells = {grid.code: _cell(grid) for grid in rows if grid.valid_until is None}
    boundaries = _present_boundaries(street)
    index = (
        GridIndex([code for code, _ in boundaries], [geometry for _, geometry in boundaries]) if boundaries else None
    )
    return Atlas(
        by_code=cells,
        by_ref={cell.ref: cell for cell in cells.values()},
        by_path={grid.path: _cell(grid) for grid in rows},
        index=index,
        addresses=_address_book(street, cells),
    )


def _cell(grid: Grid) -> Cell:
    return Cell(grid.pk, grid.ref, grid.code, grid.name, grid.level, grid.path)


def _present_boundaries(street: str) -> list[tuple[str, Any]]:
    """The boundaries of the smallest cells: those that have no bounded child."""
    rows = Boundary.objects.filter(grid__street=street, valid_until__isnull=True, grid__valid_until__isnull=True)
    found = list(rows.select_related("grid"))
    parents = {row.grid.parent_id for row in found}
    return [(row.grid.code, shape(json.loads(row.geometry))) for row in found if row.grid_id not in parents]


def _address_book(street: str, cells: dict[str, Cell]) -> tuple[tuple[str, str], ...]:
    names = dict(Address.objects.filter(street=street).values_list("name", "grid__code"))
    names |= {cell.name: cell.code for cell in cells.values() if cell.level >= 2}
    return tuple(sorted(names.items(), key=lambda item: (-len(item[0]), item[0])))


def atlas_of(street: Street) -> Atlas:
    return atlas(street=street.code, version=street.version)


def grids(street: str) -> list[Grid]:
    """The street's present grids in tree order."""
    return list(Grid.objects.filter(street=street, valid_until__isnull=True).select_related("parent").order_by("path"))


def grid(street: str, code: str) -> Grid:
    """The grid by code or opaque ref. Raises NotFound."""
    found = Grid.objects.filter(street=street).filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("territory.no_grid", f"本街道没有网格“{code}”;请从网格列表中选择。", grid=code)
    return found


def boundaries(street: str, *, at: datetime | None = None) -> list[Boundary]:
    """The boundaries in force (at a moment, by default the present ones), with their grids."""
    rows = Boundary.objects.filter(grid__street=street).select_related("grid__parent").order_by("grid__path")
    if at is None:
        return list(rows.filter(valid_until__isnull=True))
    return list(rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), valid_from__lte=at))


def addresses(street: str) -> list[Address]:
    return list(Address.objects.filter(street=street).select_related("grid"))
