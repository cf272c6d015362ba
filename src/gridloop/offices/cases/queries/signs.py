"""Signs of flattered figures, counted from cases and ledger for one month, each with its rows and what was said to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import F

from gridloop.core.access import Actor, Role
from gridloop.core.errors import NotAllowed
from gridloop.core.gaming import (
    Handed,
    Merged,
    Sign,
    Struck,
    Thresholds,
    early_closings,
    mass_returns,
    merged_to_hide,
    self_made,
)
from gridloop.core.sampling import bounds_of
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import payload_of
from gridloop.offices.cases.inspection_models import SignReply
from gridloop.offices.cases.models import Case, Return, Segment
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit

SUPERVISES = frozenset({Role.STREET_LEADER, Role.AUDIT_KEEPER, Role.ENV_MONITOR})
DISMISSES = frozenset({Role.STREET_LEADER})
LIMITS = Thresholds()


@dataclass(frozen=True, slots=True)
class SignShown:
    """A sign with its unit, the cases behind it that the reader may open, and the replies; ``is_open`` until a supervisor dismissed it."""

    sign: Sign
    unit: str
    rows: str
    cases: tuple[Case, ...]
    replies: tuple[SignReply, ...]
    may_answer: bool
    may_dismiss: bool

    @property
    def is_open(self) -> bool:
        return not any(each.kind == SignReply.Kind.DISMISSED for each in self.replies)


def must_see_signs(actor: Actor, street: str) -> None:
    """Raises NotAllowed for whoever neither supervises nor leads a unit."""
    if not actor.roles(street) & (SUPERVISES | {Role.UNIT_LEADER}):
        raise NotAllowed(
            "cases.may_not_see_signs", "异常提示由街道领导、监督员、审计管理员查看,单位负责人看本单位的;请联系他们。"
        )


def signs_of(street: str, period: str) -> tuple[Sign, ...]:
    """Every sign of the month, by kind and unit."""
    starts, ends = bounds_of(period, organisation.street(street).zone)
    struck = list(_struck(street, starts, ends))
    return (
        *early_closings(struck, LIMITS), *mass_returns(_handed(street, starts, ends), LIMITS), *self_made(struck, LIMITS),
        *merged_to_hide(_merged(street, starts, ends), LIMITS),
    )  # fmt: skip


def shown_signs(actor: Actor, street: str, period: str) -> list[SignShown]:
    """The month's signs that the actor may see: all for supervisors, their own unit's for its head."""
    is_supervisor, dismisses = bool(actor.roles(street) & SUPERVISES), bool(actor.roles(street) & DISMISSES)
    own = {post.unit for post in actor.posts if post.role == Role.UNIT_LEADER and post.street == street}
    found = [sign for sign in signs_of(street, period) if is_supervisor or sign.unit in own]
    cases = {case.ref: case for case in visible_to(actor).filter(ref__in=[ref for sign in found for ref in sign.rows])}
    names = dict(Unit.objects.filter(street=street).values_list("code", "name"))
    said = _replies(street, period)
    shown = []
    for sign in found:
        rows = digest_of(sign)
        replies = said.get((sign.code, sign.unit, rows), ())
        is_open = not any(each.kind == SignReply.Kind.DISMISSED for each in replies)
        listed = tuple(cases[ref] for ref in sign.rows if ref in cases)
        shown.append(
            SignShown(
                sign, names.get(sign.unit, sign.unit), rows, listed, replies,
                may_answer=is_open and sign.unit in own, may_dismiss=is_open and dismisses,
            )
        )  # fmt: skip
    return shown


def _replies(street: str, period: str) -> dict[tuple[str, str, str], tuple[SignReply, ...]]:
    """What was said in the month, by kind of sign, unit and rows."""
    found: dict[tuple[str, str, str], tuple[SignReply, ...]] = {}
    for each in SignReply.objects.filter(street=street, period=period).select_related("unit", "by"):
        key = (each.code, each.unit.code, each.rows)
        found[key] = (*found.get(key, ()), each)
    return found


def digest_of(sign: Sign) -> str:
    """What a reply speaks of: when more cases come behind a sign, it is a new question."""
    return sha256("\n".join(sorted(sign.rows)).encode()).hexdigest()


def _struck(street: str, starts: datetime, ends: datetime) -> Iterator[Struck]:
    """The month's strike-offs, with the reopening that followed and the unit of whoever filed it."""
    rows = list(Entry.objects.filter(book_id=street, kind="case.cleared", at__gte=starts, at__lt=ends).order_by("id"))
    refs = {row.subject.removeprefix("case:") for row in rows}
    cases = {case.ref: case for case in Case.objects.filter(ref__in=refs).select_related("lead", "first_contact__unit")}
    opened: dict[str, list[datetime]] = {}
    again = Entry.objects.filter(subject__in=[row.subject for row in rows], kind="case.reopened").order_by("id")
    for subject, at in again.values_list("subject", "at"):
        opened.setdefault(subject, []).append(at)
    for row in rows:
        case = cases.get(row.subject.removeprefix("case:"))
        if case is not None:
            then = next((at for at in opened.get(row.subject, ()) if at >= row.at), None)
            filed_by = "" if case.source == "public" else case.first_contact.unit.code
            yield Struck(case.ref, str(payload_of(row).get("lead") or case.lead.code), row.at, then, filed_by)


def _handed(street: str, starts: datetime, ends: datetime) -> Iterator[Handed]:
    """Each time a case came to a unit in the month, and whether that unit returned it."""
    returned = set(
        Return.objects.filter(case__street=street, returned_at__gte=starts).values_list("case__ref", "unit__code")
    )
    rows = Segment.objects.filter(case__street=street, role="handle", starts_at__gte=starts, starts_at__lt=ends)
    for ref, unit in set(rows.exclude(unit__is_backstop=True).values_list("case__ref", "unit__code")):
        yield Handed(ref, unit, (ref, unit) in returned)


def _merged(street: str, starts: datetime, ends: datetime) -> Iterator[Merged]:
    """Cases merged away in the month, with the date they would have been due."""
    rows = Entry.objects.filter(book_id=street, kind="case.merged", at__gte=starts, at__lt=ends).order_by("id")
    moments = {subject.removeprefix("case:"): at for subject, at in rows.values_list("subject", "at")}
    cases = (
        Case.objects.filter(ref__in=moments, state__in=("merged", "archived"))
        .annotate(unit=F("lead__code"))
        .order_by("id")
    )
    for ref, unit, due_at in cases.values_list("ref", "unit", "due_at"):
        yield Merged(ref, unit, moments[ref], due_at)
