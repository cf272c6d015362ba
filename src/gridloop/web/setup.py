"""The setup at a glance: what waits for whom, the doors to every chapter, and the rules that everybody may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.access import SETS_UP
from gridloop.offices.notices import queries as notices
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets import queries as change_sets
from gridloop.offices.organisation.changesets.chapters import Proposed, chapters
from gridloop.offices.territory import queries as territory
from gridloop.web.posts import PostShown, post_shown
from gridloop.web.reader import Reader, staff
from gridloop.web.setup_rows import OWN_PAGES

GROUPS = (
    ("谁在做", ("units", "people", "posts", "holdings", "delegations")),
    ("派给谁、多久", ("routes", "categories", "questions", "profiles", "calendar", "duties")),
    ("怎么说、怎么告诉", ("templates", "channels")),
)

FAILED_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CardShown:
    """One chapter as a door: what it is, how many rows it has, whether one's draft touches it."""

    code: str
    label: str
    about: str
    page: str
    count: int
    is_in_draft: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit with its posts."""

    name: str
    code: str
    above: str
    is_backstop: bool
    is_superior: bool
    phone: str
    posts: tuple[PostShown, ...]


@require_safe
@staff
def setup(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/: what waits for me, my drafts, and the doors to the rules."""
    street = reader.street.code
    vacant = organisation.vacant_posts(street, at=reader.at)
    own = change_sets.own_drafts(reader.actor, street)
    waiting = change_sets.waiting_for(reader.actor, street)
    coming = change_sets.change_sets(street, states=("published", "failed"))
    may_set_up = bool(reader.actor.roles(street) & SETS_UP)
    page = {
        "failing": notices.failing(street, since=reader.at - FAILED_LATELY) if may_set_up else [],
        "vacant": len(vacant), "groups": _groups(reader, own), "own": own, "waiting": waiting, "coming": coming,
        "may_draft": change_sets.may_draft(reader.actor, street) or change_sets.may_draft(reader.actor, street, chapter="holdings"),
    }  # fmt: skip
    return render(request, "setup/index.html", page)


def _groups(reader: Reader, own: list[object]) -> list[tuple[str, list[CardShown]]]:
    known = {chapter.code: chapter for chapter in chapters()}
    now = Proposed(reader.street.code, reader.at)
    touched = {change.chapter for draft in own for change in change_sets.changes_of(draft)}  # type: ignore[arg-type]
    return [
        (
            _(title),
            [
                CardShown(
                    code,
                    known[code].label,
                    known[code].about,
                    OWN_PAGES.get(code, ""),
                    len(now.before(code)),
                    code in touched,
                )
                for code in codes
                if code in known
            ],
        )
        for title, codes in GROUPS
    ]


@require_safe
@staff
def posts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/posts/: every unit with its posts and who holds them now."""
    street = reader.street.code
    held: dict[int, list[PostShown]] = {}
    for post in organisation.posts(street, at=reader.at):
        held.setdefault(post.unit_id, []).append(post_shown(post, at=reader.at))
    rows = [
        UnitRow(
            unit.name, unit.code, unit.parent.name if unit.parent else "", unit.is_backstop, unit.is_superior, unit.phone,
            tuple(held.get(unit.pk, ())),
        )
        for unit in organisation.units(street, at=reader.at)
    ]  # fmt: skip
    names = {grid.path: grid.name for grid in territory.grids(street)} | {reader.street.place: reader.street.name}
    vacancies = [post for row in rows for post in row.posts if post.is_vacant]
    page = {
        "rows": rows,
        "names": names,
        "vacancies": vacancies,
        "may_draft": change_sets.may_draft(reader.actor, street, chapter="holdings"),
    }
    return render(request, "setup/posts.html", page)


@require_safe
@staff
def duties(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/duties/"""
    page = {
        "items": organisation.duty_items(reader.street.code),
        "may_draft": change_sets.may_draft(reader.actor, reader.street.code),
    }
    return render(request, "setup/duties.html", page)
