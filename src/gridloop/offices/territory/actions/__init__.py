"""Every write of the territory, by noun: grids and addresses, drafts of boundary versions, their publishing."""

from gridloop.core.outlines import SYSTEMS, Columns
from gridloop.offices.territory.actions.drafting import (
    NEW,
    Drafted,
    Onto,
    declare_hole,
    discard_version,
    draft_file,
    draft_fitted_outline,
    draft_merge,
    draft_outline,
    draft_split,
)
from gridloop.offices.territory.actions.grids import add_address, add_grid, publish_boundary
from gridloop.offices.territory.actions.publishing import enact_due, publish_version, roll_back_version

__all__ = [
    "NEW",
    "SYSTEMS",
    "Columns",
    "Drafted",
    "Onto",
    "add_address",
    "add_grid",
    "declare_hole",
    "discard_version",
    "draft_file",
    "draft_fitted_outline",
    "draft_merge",
    "draft_outline",
    "draft_split",
    "enact_due",
    "publish_boundary",
    "publish_version",
    "roll_back_version",
]
