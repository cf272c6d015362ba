"""An enterprise's problem *is* a case: filed for a registered firm, or linked to it afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filed, Filing, file_case
from gridloop.offices.cases.actions.naming import name_enterprise
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import pairing, register


def file_need(*, by: Actor, at: datetime, enterprise: str, filing: Filing) -> Filed:
    """The firm's problem is filed as a case, at the firm's own place unless another was told.

    What the firm's contact files itself is answered for by its service manager, where it has one on a post; else by the duty desk. Raises what ``file_case`` raises; NotFound outside the scope, Refused for a firm that left.
    """
    firm = _present(enterprise, by=by)
    contact = pairing.manager_of(firm, at=at) if by.kind == "contact" else None
    return file_case(by=by, at=at, street=firm.street, filing=of_firm(filing, firm), first_contact=contact)


def for_enterprise(*, by: Actor, street: str, filing: Filing) -> Filing:
    """The filing as that of the registered firm whose ref it carries; as it is where it carries none.

    Raises NotFound outside the scope or in another street, Refused for a firm that left.
    """
    if not filing.enterprise_ref:
        return filing
    firm = _present(filing.enterprise_ref, by=by, street=street)
    return of_firm(filing, firm)


def _present(ref: str, *, by: Actor, street: str = "") -> Enterprise:
    firm = register.enterprise(ref, by=by)
    if street and firm.street != street:
        raise NotFound(
            "enterprise.not_found", "没有这家企业,或不在您的责任范围内;请核对。", enterprise=ref, field="enterprise_ref"
        )
    if firm.left_at is not None:
        raise Refused("enterprise.left_no_case", "这家企业已离开本街道;请按普通事项登记。", enterprise=firm.ref)
    return firm


def of_firm(filing: Filing, firm: Enterprise) -> Filing:
    """The filing with the firm's name, ref and, where none was told, its place."""
    told = replace(filing, enterprise=firm.name, enterprise_ref=firm.ref)
    if filing.grid or filing.lon is not None or filing.address:
        return told
    if firm.lon is not None and firm.lat is not None:
        return replace(told, lon=firm.lon, lat=firm.lat, address=firm.address)
    return replace(told, grid=firm.grid.code if firm.grid else "", address=firm.address)


def link_case(*, by: Actor, at: datetime, enterprise: str, case: str) -> Case:
    """The case is about this enterprise. Raises NotFound for either outside the scope, Refused when it is so already."""
    with deed():
        firm = register.enterprise(enterprise, by=by)
        return name_enterprise(by=by, at=at, case=case, enterprise=firm.name, enterprise_ref=firm.ref)
