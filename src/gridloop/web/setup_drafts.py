"""What the pages of the setup share: which draft a change goes into, and how a refusal is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gridloop.core.errors import GridloopError, NotFound
from gridloop.offices.organisation.changesets import queries
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.web.reader import Reader

NEW = "new"


@dataclass(frozen=True, slots=True)
class Drafting:
    """The draft that the page works in (empty: a new one), the setup as that draft would make it, and the drafts to choose from."""

    ref: str
    setup: Proposed
    choices: tuple[tuple[str, str], ...]
    may_draft: bool
    others: tuple[Any, ...] = ()


def drafting(request: HttpRequest, reader: Reader, chapter: str) -> Drafting:
    """The draft asked for by ``set`` or ``change_set``, else the reader's newest, as far as it may hold this chapter."""
    own = queries.own_drafts(reader.actor, reader.street.code)
    asked = request.POST.get("change_set", "") or request.GET.get("set", "")
    found = next((each for each in own if each.ref == asked), None)
    if asked and asked != NEW and found is None:
        raise NotFound("setup.no_change_set", "没有这张变更单,或它不是您起草的;请从列表中选择。", change_set=asked)
    if not asked and own:
        found = own[0]
    changes = queries.changes_of(found) if found else ()
    return Drafting(
        found.ref if found else "", Proposed(reader.street.code, reader.at, changes),
        (*((each.ref, each.title) for each in own), (NEW, _("新的变更单"))),
        queries.may_draft(reader.actor, reader.street.code, chapter=chapter),
    )  # fmt: skip


def must_draft(reader: Reader, chapter: str) -> None:
    """Raises NotAllowed for a reader who may only look at this chapter."""
    queries.must_draft(reader.actor, reader.street.code, chapter=chapter)


def to_change_set(ref: str) -> Any:
    return redirect("change_set", ref)


def problems_of(error: GridloopError | None) -> list[Any]:
    """What a refusal names one by one: cells, rows of a sheet, findings."""
    if error is None:
        return []
    found: Any = error.fields.get("problems") or error.fields.get("findings") or []
    return list(found)[:100]
