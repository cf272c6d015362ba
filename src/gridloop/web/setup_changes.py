"""Change-sets: those open and done, and one of them with what it changes, what would be wrong, what it would move, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.cases.queries.naming import numbers_of
from gridloop.offices.cases.queries.proving import RESTS_ON
from gridloop.offices.organisation.changesets import actions, queries
from gridloop.web.reader import Reader, staff
from gridloop.web.route_proof import shown_proof
from gridloop.web.route_replays import asked_of
from gridloop.web.setup_drafts import problems_of, to_change_set
from gridloop.web.wording import said

MOST_EFFECTS = 200
TONES = {
    "draft": "quiet",
    "submitted": "open",
    "published": "wait",
    "in_force": "good",
    "failed": "bad",
    "discarded": "quiet",
}
DONE = {
    "submit": "已提交,等第二个人核对发布。",
    "publish": "已发布。",
    "send_back": "已退回起草人。",
    "discard": "已作废。",
    "take_out": "已移出变更单。",
}

HISTORY = {
    "change_set.drafted": "起草",
    "change_set.edited": "修改",
    "change_set.submitted": "提交核对",
    "change_set.published": "发布",
    "change_set.sent_back": "退回",
    "change_set.in_force": "生效",
    "change_set.failed": "未能生效",
    "change_set.discarded": "作废",
}


@require_safe
@staff
def change_sets(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/changes/?state=in_force"""
    street = reader.street.code
    asked = request.GET.get("state", "")
    states = (asked,) if asked in TONES else ()
    found = queries.change_sets(street, states=states)
    waiting = {each.ref for each in queries.waiting_for(reader.actor, street)}
    page = {
        "found": [{"set": each, "tone": TONES[each.state], "waits": each.ref in waiting, "count": len(each.changes)} for each in found],
        "state": asked, "may_draft": queries.may_draft(reader.actor, street) or queries.may_draft(reader.actor, street, chapter="holdings"),
    }  # fmt: skip
    return render(request, "setup/changes.html", page)


@require_safe
@staff
def change_set(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/changes/<ref>/"""
    return _page(request, reader, ref)


def _page(request: HttpRequest, reader: Reader, ref: str, *, error: GridloopError | None = None) -> HttpResponse:
    found = queries.change_set(reader.street.code, ref)
    setup = queries.proposed(found, at=reader.at)
    is_open = found.state in queries.OPEN
    effects = queries.effects_of(setup) if is_open else found.outcome
    verbs = {verb.name: verb for verb in queries.verbs_for(found, by=reader.actor)}
    checked = queries.check_of(found, setup) if is_open else None
    proof = (
        shown_proof(setup, address=_row_addresses(found, may_edit="edit" in verbs))
        if is_open and setup.touched() & RESTS_ON
        else None
    )
    shown = _effects(effects[:MOST_EFFECTS], reader)
    page = {
        "openable": openable(reader.actor, [each["ref"] for each in shown]),
        "set": found, "tone": TONES[found.state], "changes": queries.shown_changes(setup), "checked": checked, "proof": proof,
        "asked": asked_of(request, reader) if proof and queries.may_draft(reader.actor, reader.street.code, chapter="routes") else None,
        "findings": [each for each in checked.new if not proof or each.sentence not in proof.sentences] if checked else [],
        "effects": shown, "effects_count": len(effects), "is_open": is_open, "verbs": verbs, "error": error,
        "problems": problems_of(error), "history": [(each, HISTORY.get(each.kind, each.kind)) for each in timeline(found.subject)],
        "is_own": found.drafter_id == reader.actor.person_id, "today": reader.today,
        "roll_backs": list(found.roll_backs.all()), "waits_for": said(queries.publishers_of(found)),
    }  # fmt: skip
    return render(request, "setup/change.html", page, status=error.status if error else 200)


def _row_addresses(found: Any, *, may_edit: bool) -> Callable[[str], str]:
    """Where a row of the table is to be seen: in the drafter's grid, among the changes of this page, else in the table in force."""
    changed = {str(each["key"]) for each in found.changes if each["chapter"] == "routes"}

    def address(row: str) -> str:
        if may_edit:
            return f"{reverse('edit_routes')}?set={found.ref}#row-{quote(row)}"
        return f"#change-routes-{quote(row)}" if row in changed else f"{reverse('routes')}#row-{quote(row)}"

    return address


def _effects(found: list[Any], reader: Reader) -> list[dict[str, Any]]:
    """The effects with case numbers and moments as moments."""
    refs = [str(each["subject"]).partition(":")[2] for each in found]
    numbers = numbers_of(reader.street.code, refs)
    return [
        each
        | {
            "ref": ref,
            "number": numbers.get(ref, ref),
            "before_at": _moment(each, "before"),
            "after_at": _moment(each, "after"),
        }
        for each, ref in zip(found, refs, strict=True)
    ]


def _moment(effect: dict[str, Any], name: str) -> datetime | None:
    said = effect.get(name) if effect["kind"] == "deadline" else None
    return datetime.fromisoformat(str(said)) if said else None


# --- verbs -----------------------------------------------------------------------------------------------------------


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/setup/changes/<ref>/do/<verb>/"""
    if verb not in _VERBS:
        raise Http404
    try:
        found = _VERBS[verb](request, reader, ref)
    except Broken:
        raise
    except GridloopError as error:
        queries.change_set(reader.street.code, ref)  # not found is a page of its own
        return _page(request, reader, ref, error=error)
    messages.success(request, _outcome(verb, found))
    return to_change_set(found.ref)


def _outcome(verb: str, found: Any) -> str:
    if verb == "publish":
        return _("已发布并生效。") if found.state == "in_force" else _("已发布,到生效日自动生效;在那之前一切照旧。")
    if verb == "roll_back":
        return (
            _("已起草回退单,等第二个人核对发布。")
            if found.state == "submitted"
            else _("已起草回退单;有几处要先处理,见下。")
        )
    return _(DONE[verb])


def _submit(request: HttpRequest, reader: Reader, ref: str) -> Any:
    return actions.submit(
        **_who(reader, ref),
        title=request.POST.get("title", ""),
        effective_at=_effective_at(request.POST.get("effective_on", ""), reader),
    )


def _effective_at(said: str, reader: Reader) -> datetime | None:
    """Midnight at the beginning of the day; None for at once. Raises WrongInput."""
    if not said:
        return None
    try:
        on = date.fromisoformat(said)
    except ValueError as fault:
        raise WrongInput(
            "setup.bad_day", "生效日期看不懂;请写成 2026-01-01,或留空表示发布即生效。", field="effective_on"
        ) from fault
    today = reader.today
    if not today <= on <= today.replace(year=today.year + 3, day=1):
        raise WrongInput(
            "setup.day_out_of_range",
            "生效日期要在今天以后、三年以内;请改正,或留空表示发布即生效。",
            field="effective_on",
        )
    return None if on == today else datetime.combine(on, time(), tzinfo=_zone(reader))


def _zone(reader: Reader) -> ZoneInfo:
    return ZoneInfo(reader.street.zone)


def _publish(request: HttpRequest, reader: Reader, ref: str) -> Any:
    rev = request.POST.get("rev", "")
    if not rev.isdecimal() or len(rev) > 9:
        raise WrongInput("setup.no_rev", "页面不完整;请刷新后再发布。", field="rev")
    return actions.publish(
        **_who(reader, ref), rev=int(rev), accept_warnings=request.POST.get("accept_warnings") == "1"
    )


def _who(reader: Reader, ref: str) -> dict[str, Any]:
    return {"by": reader.actor, "at": reader.at, "street": reader.street.code, "change_set": ref}


def _with_reason(action: Any) -> Any:
    return lambda request, reader, ref: action(**_who(reader, ref), reason=request.POST.get("reason", ""))


def _take_out(request: HttpRequest, reader: Reader, ref: str) -> Any:
    return actions.take_out(
        **_who(reader, ref), chapter=request.POST.get("chapter", ""), key=request.POST.get("key", "")
    )


_VERBS: dict[str, Any] = {
    "submit": _submit, "publish": _publish, "send_back": _with_reason(actions.send_back), "discard": _with_reason(actions.discard),
    "roll_back": _with_reason(actions.roll_back), "take_out": _take_out,
}  # fmt: skip
