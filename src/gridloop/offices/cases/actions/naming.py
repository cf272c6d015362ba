"""Saying which enterprise of the register a case is about."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import must_file
from gridloop.offices.cases.actions.moves import moved, noted
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case


def name_enterprise(*, by: Actor, at: datetime, case: str, enterprise: str, enterprise_ref: str) -> Case:
    """The case is about this enterprise: its name, and its opaque ref in the register, which stands above this office.

    Raises NotFound outside the scope, NotAllowed, Refused when it is so already.
    """
    with deed():
        found = scoped_case(case, by=by)
        must_file(by, found.street)
        if found.enterprise_ref == enterprise_ref:
            raise Refused("cases.enterprise_same", "此件已关联这家企业。", case=found.ref)
        before = found.enterprise
        moved(found, enterprise=enterprise[:120], enterprise_ref=enterprise_ref)
        noted(
            "case.enterprise_named",
            found,
            by=by,
            at=at,
            enterprise=enterprise,
            enterprise_ref=enterprise_ref,
            before=before,
        )
    return found
