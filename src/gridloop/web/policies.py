"""/policies/: what firms may apply for, whom each policy fits and why, publishing by a second person, pushing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.policy_access import may
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.policies import actions
from gridloop.offices.policies.queries import finding, matching, words
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken

SHOWN = ("in_force", "draft", "coming", "ended")
VALUES = ("met", "unknown", "not_met")
TONES = {"met": "good", "unknown": "wait", "not_met": "quiet", "draft": "new", "published": "good", "replaced": "quiet", "withdrawn": "warn", "discarded": "quiet"}  # fmt: skip
MOST_TEXT = 60


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A line of the list: the policy and how many firms it fits."""

    policy: Any
    counted: Any


def tab_labels() -> dict[str, str]:
    return {"in_force": _("有效"), "draft": _("草稿"), "coming": _("未生效"), "ended": _("已失效")}


def value_labels() -> dict[str, str]:
    return {"met": _("符合"), "unknown": _("还缺信息"), "not_met": _("不符合")}


@require_safe
@staff
def policies(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/?shown=in_force&topic=rent&auto=1&text=房租"""
    return _list(request, reader)


def _list(request: HttpRequest, reader: Reader, *, error: GridloopError | None = None) -> HttpResponse:
    street, on = reader.street.code, reader.today
    shown = request.GET.get("shown", "in_force")
    wanted = {"topic": request.GET.get("topic", ""), "text": request.GET.get("text", "")[:MOST_TEXT]}
    wanted["topic"] = wanted["topic"] if wanted["topic"] in words.TOPICS else ""
    auto = True if request.GET.get("auto") == "1" else None
    found = finding.policies(
        reader.actor, street=street, on=on, shown=shown if shown in SHOWN else "in_force", auto_grant=auto, **wanted
    )
    counts = matching.counts_of(street, found)
    page = {
        "rows": [PolicyRow(each, counts[each.pk]) for each in found], "shown": shown if shown in SHOWN else "in_force", "tabs": tab_labels(),
        "wanted": wanted, "auto": auto, "topics": words.TOPICS, "may_draft": may(reader.actor, "draft", street=street),
        "may_push": may(reader.actor, "push", street=street), "tones": TONES, "error": error, "key": uuid4().hex,
        "firms": len(matching.register_of(street).firms),
    }  # fmt: skip
    return render(request, "policies/list.html", page, status=error.status if error else 200)


@require_safe
@staff
def policy(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/policies/<ref>/?firms=unknown"""
    return _page(request, reader, ref)


def _page(request: HttpRequest, reader: Reader, ref: str, *, error: GridloopError | None = None) -> HttpResponse:
    found = finding.policy(ref, by=reader.actor)
    value: Any = request.GET.get("firms", "met")
    value = value if value in VALUES else "met"
    firms, n = matching.matches_of_policy(found, by=reader.actor, value=value)
    street = found.street
    page = {
        "policy": found, "preview": matching.preview(street, matching.clauses_in(found)), "value": value, "values": value_labels(),
        "firms": firms, "n": n, "versions": finding.versions_of(found, by=reader.actor), "tone": TONES[found.state],
        "questions": finding.questions(reader.actor, street=street, policy_family=found.family), "error": error, "key": uuid4().hex,
        "may_draft": may(reader.actor, "draft", street=street), "may_push": may(reader.actor, "push", street=street),
        "may_publish": may(reader.actor, "publish", street=street) and found.drafted_by_id != reader.actor.person_id,
        "is_own_draft": found.drafted_by_id == reader.actor.person_id, "may_end": may(reader.actor, "publish", street=street),
        "is_in_force": finding.in_force(street, on=reader.today).filter(pk=found.pk).exists(),
    }  # fmt: skip
    return render(request, "policies/policy.html", page, status=error.status if error else 200)


def _publish(request: HttpRequest, reader: Reader, ref: str) -> str:
    actions.publish_policy(by=reader.actor, at=reader.at, policy=ref, rev=rev_of(request))
    return _("已发布,从有效期起生效。")


def _withdraw(request: HttpRequest, reader: Reader, ref: str) -> str:
    reason = request.POST.get("reason", "")
    actions.withdraw_policy(by=reader.actor, at=reader.at, policy=ref, reason=reason, rev=rev_of(request))
    return _("已撤下,不再推送。")


def _discard(request: HttpRequest, reader: Reader, ref: str) -> str:
    actions.discard_draft(by=reader.actor, at=reader.at, policy=ref, rev=rev_of(request))
    return _("草稿已作废。")


def _push_one(request: HttpRequest, reader: Reader, ref: str) -> str:
    return spoken(_pushed(request, reader, [ref]))


VERBS: dict[str, Callable[[HttpRequest, Reader, str], str]] = {
    "publish": _publish, "withdraw": _withdraw, "discard": _discard, "push": _push_one,
}  # fmt: skip


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, verb: str) -> HttpResponse:
    """/policies/<ref>/do/<verb>/"""
    finding.policy(ref, by=reader.actor)
    if verb not in VERBS:
        raise Http404(verb)
    try:
        said = VERBS[verb](request, reader, ref)
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, ref, error=error)
    messages.success(request, said)
    return redirect("policies") if verb == "discard" else redirect("policy", ref)


@require_POST
@staff
def push(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/policies/push/: every policy in force to every firm that it fits and that was not told of it."""
    try:
        said = _pushed(request, reader, [])
    except Broken:
        raise
    except GridloopError as error:
        return _list(request, reader, error=error)
    messages.success(request, spoken(said))
    return redirect("policies")


def _pushed(request: HttpRequest, reader: Reader, refs: list[str]) -> str:
    """Done once for the form's key; the sentence of what it did."""

    def push_now() -> dict[str, str]:
        done = actions.push_policies(by=reader.actor, at=reader.at, street=reader.street.code, policies=refs)
        return {"said": done.sentence}

    answer, _repeated = once_sealed(
        door=f"push:{reader.actor.ref}", key=request.POST.get("key", "")[:64], content=refs, at=reader.at, do=push_now
    )
    return str(answer["said"])


def rev_of(request: HttpRequest) -> int | None:
    """The revision that was seen."""
    said = request.POST.get("rev", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
