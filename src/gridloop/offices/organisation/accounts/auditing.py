"""What auditors read: sign-ins, failed ones included, of one street. Who may is asked here, not only by the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gridloop.core.access import KEEPING, Actor, may_keep, who_keeps
from gridloop.core.errors import NotAllowed
from gridloop.offices.organisation.models import SignIn


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in. ``who`` is empty where no account of that name exists."""

    id: int
    at: datetime
    who: str
    username: str
    outcome: str
    outcome_label: str
    method: str
    device: str
    origin: str
    ended_at: datetime | None
    ended_because: str


def must_read(reader: Actor, what: str, *, street: str) -> None:
    """The reader may read this record. Raises NotAllowed, naming who may."""
    if not may_keep(reader, what, street=street):
        raise NotAllowed("audit.not_yours", f"{KEEPING[what].deed}由{who_keeps(what)}来做;请联系他们。", record=what)


def sign_ins(
    street: str, *, reader: Actor, before: int = 0, since: datetime | None = None, until: datetime | None = None, outcome: str = "",
    person: str = "", text: str = "", size: int = 50,
) -> list[Attempt]:  # fmt: skip
    """Attempts of the street's accounts, and those under names that nobody has; the newest first, one more than ``size`` at most."""
    must_read(reader, "read_sign_ins", street=street)
    rows = SignIn.objects.filter(street=street) if person or text else SignIn.objects.filter(street__in=[street, ""])
    for wanted, condition in (
        (before, Q(id__lt=before)), (since, Q(at__gte=since)), (until, Q(at__lt=until)), (person, Q(account__person__ref=person)),
        (text, Q(account__person__name__contains=text) | Q(account__username__icontains=text)),
    ):  # fmt: skip
        rows = rows.filter(condition) if wanted else rows
    if outcome in SignIn.Outcome.values:
        rows = rows.filter(outcome=outcome)
    elif outcome == "failed":
        rows = rows.exclude(outcome=SignIn.Outcome.DONE)
    return [_attempt(row) for row in rows.select_related("account__person").order_by("-id")[: size + 1]]


def _attempt(row: SignIn) -> Attempt:
    person = row.account.person if row.account else None
    return Attempt(
        row.pk, row.at, person.name if person else "", row.account.username if row.account else "", row.outcome, row.get_outcome_display(),
        row.method, row.device, row.origin, row.ended_at, row.ended_because,
    )  # fmt: skip


OUTCOMES: list[tuple[str, str]] = [(str(value), str(label)) for value, label in SignIn.Outcome.choices]
