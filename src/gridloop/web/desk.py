"""My desk: what waits for me now, the most pressing first; and the notices told to me."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.access import ROLE_LABELS, Role
from gridloop.offices.cases.queries import finding, pages
from gridloop.offices.cases.queries.overnight import SEES_OVERNIGHT
from gridloop.offices.cases.queries.troubles import to_be_joined
from gridloop.offices.enterprise.queries.forums import to_be_filed
from gridloop.offices.enterprise.queries.plans import my_measures
from gridloop.offices.notices import queries as notices
from gridloop.offices.notices.actions import note_seen
from gridloop.web.reader import Reader, staff

NOTICES_SHOWN = 8
DISPATCHERS = frozenset({Role.DUTY_DESK, Role.STREET_LEADER})


@dataclass(frozen=True, slots=True)
class Pile:
    """One pile on the desk. ``empty`` is said when nothing lies on it; an unimportant empty pile is left out."""

    anchor: str
    title: str
    tone: str
    cases: list[Any]
    empty: str = ""


@require_safe
@staff
def desk(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/desk/"""
    page = _lying(reader) | {
        "at": reader.at,
        "same": to_be_joined(reader.actor, street=reader.street.code, at=reader.at),
        "today": reader.today,
        "forum_questions": to_be_filed(reader.actor, street=reader.street.code, today=reader.today),
        "measures": my_measures(reader.actor),
        "notices": _notices(reader),
        "sees_overnight": bool(reader.actor.roles(reader.street.code) & SEES_OVERNIGHT),
        "new_notices": notices.count_new(reader.actor),
        "roles": "、".join(dict.fromkeys(_(ROLE_LABELS[post.role]) for post in reader.actor.posts)),
    }
    return render(request, "console/desk.html", page)


@require_safe
@staff
def numbers(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/desk/numbers/: the numbers as they are now, asked for while the desk stands open, and whether the piles are still those of the page."""
    page = _lying(reader)
    on_the_page = request.GET.get("seen", "")
    return render(request, "parts/desk_numbers.html", page | {"has_changed": on_the_page not in ("", page["seen"])})


def _lying(reader: Reader) -> dict[str, Any]:
    """What lies on the desk; ``seen`` stands for all of it."""
    found = pages.desk(reader.actor, at=reader.at)
    piles = _piles(found, reader)
    tasks = [each.case for each in found.outside] + [each.consultation.case for each in found.decisions]
    tasks += [each.case for each in (*found.to_answer, *found.to_rule, *found.to_inspect)]
    return {
        "piles": piles, "requests": found.to_approve, "grades": found.to_grade, "grades_count": len(found.to_grade),
        "outside": found.outside, "decisions": found.decisions, "to_answer": found.to_answer, "to_rule": found.to_rule, "to_inspect": found.to_inspect,
        "seen": _fingerprint(piles, [*found.to_grade, *(asked.case for asked in found.to_approve), *tasks]),
    }  # fmt: skip


def _notices(reader: Reader) -> list[tuple[Any, str]]:
    """The newest notices, each with the address of what it is about; empty where there is no page or the reader may not open it."""
    found = notices.notices_of(reader.actor, limit=NOTICES_SHOWN)
    about = [notice.subject.partition(":") for notice in found]
    openable = finding.openable(reader.actor, (ref for kind, _, ref in about if kind == "case"))
    sees_overnight = reader.actor.roles(reader.street.code) & SEES_OVERNIGHT

    def address(kind: str, ref: str) -> str:
        if kind == "case" and ref in openable:
            return reverse("case", args=[ref])
        return reverse("overnight") if kind == "overnight" and sees_overnight else ""

    return [(notice, address(kind, ref)) for notice, (kind, _, ref) in zip(found, about, strict=True)]


def _fingerprint(piles: Iterable[Pile], others: Iterable[Any]) -> str:
    """Changes when something comes, goes or is dealt with."""
    lying = [f"{pile.anchor}:{case.ref}:{case.rev}" for pile in piles for case in pile.cases]
    lying += [f"{case.ref}:{case.rev}" for case in others]
    return hashlib.sha256("|".join(lying).encode()).hexdigest()[:16]


def _piles(found: pages.Desk, reader: Reader) -> list[Pile]:
    """The piles that this person has, in the order of work."""
    dispatches = bool(reader.actor.roles() & DISPATCHERS)
    pressing: set[int] = set()

    def first_seen(cases: list[Any]) -> list[Any]:
        """A case lies on one pile only: the most pressing."""
        new = [case for case in cases if case.pk not in pressing]
        pressing.update(case.pk for case in new)
        return new

    piles = [
        Pile("gaps", _("路由缺口"), "bad", first_seen(found.gaps)),
        Pile("came-back", _("退回待重派") if dispatches else _("退给我的"), "warn", first_seen(found.came_back)),
        Pile("due-soon", _("两日内到期或已超期"), "warn", first_seen(found.due_soon)),
        Pile("to-do", _("待办"), "open", first_seen(found.to_do), "" if pressing else _("没有等您办的事项。")),
        Pile("overdue", _("全街道超期"), "bad", first_seen(found.overdue)),
        Pile("to-verify", _("待核实销号"), "warn", found.to_verify),
        Pile("mine", _("我的答复责任"), "quiet", found.mine),
        Pile("ask-again", _("办结四周,再问问"), "quiet", found.ask_again),
    ]
    return [pile for pile in piles if pile.cases or pile.empty]


@require_POST
@staff
def notices_seen(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The reader has looked at the notices; they are no longer new."""
    note_seen(by=reader.actor, at=reader.at)
    return redirect("desk")
