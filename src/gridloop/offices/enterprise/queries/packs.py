"""What is handed on with a firm (交接包), and what is posted at its door (公示牌): finished values for a page or a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import SLOTS, Pairing
from gridloop.offices.enterprise.queries import pairing, register, serving, teams
from gridloop.offices.enterprise.queries.cases import open_cases_of
from gridloop.offices.enterprise.queries.pages import present_consents
from gridloop.offices.organisation import queries as organisation

LATEST = 20


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case of the firm that is not struck off."""

    number: str
    ref: str
    title: str
    state: str
    unit: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenPromise:
    text: str
    person: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Pack:
    """What the next holder must know: the firm, its names, what is open, what was promised, what it does not want, what happened last."""

    name: str
    code: str
    address: str
    slot: str
    holder: str
    former: str
    reason: str
    note: str
    names: list[tuple[str, str]]
    cases: list[OpenCase]
    promises: list[OpenPromise]
    orders: list[tuple[str, str]]
    consults: list[str]
    declined: list[str]
    agreed: list[str]
    latest: list[TimelineEntry]


def subject_of(row: Pairing, *, by: Actor) -> Enterprise:
    """The firm that the pairing is for, if the actor may see it. Raises NotFound: packs of projects are made by their own office."""
    kind, _, ref = row.subject.partition(":")
    if kind != "enterprise":
        raise NotFound("enterprise.not_a_firm", "这条包联的对象是项目,请到项目页面移交。", pairing=row.ref)
    return register.enterprise(ref, by=by)


def pack_of(row: Pairing, *, by: Actor) -> Pack:
    """The pack for whoever holds (or will hold) this slot."""
    firm = subject_of(row, by=by)
    consults, orders, promises = serving.of_firm(firm)
    consents = present_consents(firm)
    before = Pairing.objects.filter(followed_by=row).select_related("unit", "person").first()
    return Pack(
        name=firm.name, code=firm.code, address=firm.address, slot=SLOTS[row.slot], holder=_label(row), former=_label(before) if before else "",
        reason=row.reason, note=row.note, names=_names(firm),
        cases=[
            OpenCase(case.number, case.ref, case.title, case.get_state_display(), case.lead.name, case.due_at)
            for case in open_cases_of(firm, by=by).select_related("lead")
        ],
        promises=[OpenPromise(each.text, each.person.name, each.due_on) for each in promises if each.settled_at is None],
        orders=[(each.service, each.get_state_display()) for each in orders if each.state in teams.OPEN_ORDERS],
        consults=[each.question for each in consults if each.replied_at is None],
        declined=[each.label for each in consents if not each.granted and not each.is_default],
        agreed=[each.label for each in consents if each.granted and not each.is_default],
        latest=timeline(firm.subject)[-LATEST:][::-1],
    )  # fmt: skip


def _label(row: Pairing) -> str:
    return f"{row.person.name}({row.unit.name})" if row.person else row.unit.name


def _names(firm: Enterprise) -> list[tuple[str, str]]:
    slots = pairing.stack_of(firm.subject, street=firm.street).slots
    return [(SLOTS[slot], held.label if held else "") for slot, held in slots.items()]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One row of the public notice: what the slot does, who holds it, and the unit's office telephone; never a private one."""

    slot: str
    duty: str
    unit: str
    person: str
    phone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """公示牌: the four names of a firm and where to report, as an address for a QR code."""

    street: str
    firm: str
    lines: list[NoticeLine]
    team: list[tuple[str, str]]
    phone: str
    address: str


_DUTIES = {
    "leader": "协调解决部门和街道办不了的事",
    "department": "行业政策和审批服务",
    "manager": "上门服务,问题当天交办,跟到办完",
    "backstop": "找不到人或没人管的事,由街道兜底",
}


def notice_of(firm: Enterprise, *, address: str) -> Notice:
    """What the firm's notice says; ``address`` is where the QR code leads."""
    street = organisation.street(firm.street)
    slots = pairing.stack_of(firm.subject, street=firm.street).slots
    lines = [
        NoticeLine(
            SLOTS[slot],
            _DUTIES[slot],
            held.unit if held else "(待定)",
            held.person if held and not held.has_left else "",
            held.unit_phone if held else "",
        )
        for slot, held in slots.items()
    ]
    nearest: dict[str, str] = {}
    for member in teams.serving_at(firm.street, firm.place):
        nearest.setdefault(member.get_kind_display(), member.person.name)
    return Notice(street.name, firm.name, lines, list(nearest.items()), street.phone, address)
