"""Entry criteria of the libraries: a new version takes the place of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import WrongInput
from gridloop.core.project import LIBRARIES
from gridloop.core.project_access import must_set_criteria
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.projects.models import EntryCriteria
from gridloop.offices.projects.queries.criteria import clauses_of


def set_criteria(
    *, by: Actor, at: datetime, street: str, library: str, clauses: Sequence[dict[str, Any]], reason: str
) -> EntryCriteria:
    """From now on a project enters this library when these clauses hold. Projects that stand in it already stay.

    Each clause is ``{"condition": …, "quote": …}``. Raises NotAllowed, WrongInput for a malformed clause, an unknown library or no reason.
    """
    must_set_criteria(by, street=street)
    if library not in LIBRARIES:
        raise WrongInput(
            "projects.no_library", f"没有“{library}”这个库;请选储备、拟开工、在建或竣工。", field="library"
        )
    if len(reason.strip()) < 2:
        raise WrongInput("projects.no_basis", "请写明依据(例如:项目管理办法第三条)。", field="reason")
    clauses_of(clauses)
    with deed():
        before = EntryCriteria.objects.filter(street=street, library=library).order_by("-version").first()
        row = EntryCriteria.objects.create(
            street=street, library=library, version=before.version + 1 if before else 1, clauses=list(clauses),
            reason=reason.strip()[:300], set_by=by.label, valid_from=at,
        )  # fmt: skip
        record(
            "project.criteria_set", by=by, at=at, street=street, subject=f"criteria:{row.ref}",
            payload={"library": library, "version": row.version, "clauses": row.clauses, "reason": row.reason},
        )  # fmt: skip
    return row
