"""Reading the suggestion box: the keeper of a street its own, whoever wrote one theirs."""

from __future__ import annotations

from gridloop.core.access import SETS_UP, Actor
from gridloop.core.errors import NotAllowed, NotFound
from gridloop.offices.notices.models import Suggestion

PAGE = 50


def suggestions(*, by: Actor, state: str = "", after: int = 0) -> list[Suggestion]:
    """The suggestions of the actor's street, the newest first, ``PAGE`` at most. Raises NotAllowed for anyone but its keepers and leaders."""
    rows = Suggestion.objects.filter(street=_street_kept_by(by))
    if state in Suggestion.State.values:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(pk__lt=after)
    return list(rows.order_by("-id")[:PAGE])


def count_new(*, by: Actor) -> int:
    """How many wait for an answer; 0 for anyone who does not read them."""
    if not by.roles(by.street) & SETS_UP:
        return 0
    return Suggestion.objects.filter(street=by.street, state=Suggestion.State.NEW).count()


def suggestion_kept_by(by: Actor, ref: str) -> Suggestion:
    """The suggestion, if it was told to the actor's street. Raises NotAllowed, NotFound."""
    return _by_ref(ref, street=_street_kept_by(by))


def suggestion(ref: str) -> Suggestion:
    """The suggestion as whoever wrote it sees it: its ref is known to nobody else. Raises NotFound."""
    return _by_ref(ref)


def _by_ref(ref: str, **narrowed: str) -> Suggestion:
    found = Suggestion.objects.filter(ref=ref, **narrowed).first()
    if found is None:
        raise NotFound("notices.no_suggestion", "没有这条意见建议;请检查网址。")
    return found


def _street_kept_by(by: Actor) -> str:
    if not by.roles(by.street) & SETS_UP:
        raise NotAllowed("notices.may_not_read_suggestions", "意见建议由系统管理员处理;请联系他们。")
    return by.street
