"""The tested doors to policies, pushes and questions: nothing outside the streets of an actor's posts can be fetched."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Outdated
from gridloop.core.policy_access import DRAFTS, streets_read
from gridloop.offices.archive.keyset import Order
from gridloop.offices.policies.models import Policy, PolicyQuestion

NEWEST = Order()
MOST_QUESTIONS = 200


def visible_to(by: Actor) -> QuerySet[Policy]:
    """The policies of the actor's streets; drafts and what was discarded only for those who draft."""
    streets = streets_read(by)
    rows = Policy.objects.select_related("drafted_by", "published_by")
    if streets is None:
        return rows
    drafting = [street for street in streets if by.roles(street) & DRAFTS]
    return rows.filter(Q(street__in=drafting) | Q(street__in=streets, state__in=("published", "replaced", "withdrawn")))


def policy(ref: str, *, by: Actor) -> Policy:
    """The policy by ref. Raises NotFound, without telling whether it exists."""
    found = visible_to(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("policies.not_found", "没有这项政策,或不在您的街道;请核对网址。", policy=ref)
    return found


def policy_locked(by: Actor, ref: str, *, rev: int | None = None) -> Policy:
    """The policy to be written, locked. Raises NotFound, Outdated. Called inside a deed."""
    found = policy(ref, by=by)
    if connection.vendor != "sqlite":
        Policy.objects.select_for_update().get(pk=found.pk)
        found = policy(ref, by=by)
    if rev is not None and rev != found.rev:
        raise Outdated("policies.outdated", "这项政策刚刚被别人改过;请刷新页面,看过最新内容再决定。", rev=found.rev)
    return found


def in_force(street: str, *, on: date) -> QuerySet[Policy]:
    """What is published and valid on the day, the newest first."""
    valid = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    return Policy.objects.filter(valid, street=street, state="published", valid_from__lte=on)


def policies(
    by: Actor, *, street: str, on: date, shown: str = "in_force", topic: str = "", text: str = "", auto_grant: bool | None = None,
    after: str = "", size: int | None = None,
) -> list[Policy]:  # fmt: skip
    """The list, the newest first: ``shown`` is in_force, draft, coming, ended or all. With a ``size`` only so many beyond the key."""
    rows = visible_to(by).filter(street=street)
    over = Q(state__in=("replaced", "withdrawn")) | Q(state="published", valid_until__lt=on)
    narrowed = {
        "in_force": rows.filter(pk__in=in_force(street, on=on).values("pk")),
        "draft": rows.filter(state="draft"),
        "coming": rows.filter(state="published", valid_from__gt=on),
        "ended": rows.filter(over),
        "all": rows.exclude(state="discarded"),
    }
    rows = narrowed.get(shown, narrowed["in_force"])
    if topic:
        rows = rows.filter(topic=topic)
    if auto_grant is not None:
        rows = rows.filter(auto_grant=auto_grant)
    for word in text.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(issuer__icontains=word)
            | Q(number__icontains=word)
            | Q(benefit__icontains=word)
        )
    return list(rows.order_by("-id")) if size is None else NEWEST.page(rows, after=after, size=size)


def versions_of(found: Policy, *, by: Actor) -> list[Policy]:
    return list(visible_to(by).filter(family=found.family).order_by("-version"))


def questions(
    by: Actor, *, street: str, text: str = "", policy_family: str = "", after: str = "", size: int = MOST_QUESTIONS
) -> list[PolicyQuestion]:
    """The answered questions in which every word occurs, in question, answer or the policy they rest on; the newest first."""
    streets = streets_read(by)
    rows = PolicyQuestion.objects.filter(street=street, retired_at__isnull=True).select_related("policy")
    if streets is not None:
        rows = rows.filter(street__in=streets)
    if policy_family:
        rows = rows.filter(policy__family=policy_family)
    for word in text.split():
        rows = rows.filter(
            Q(question__icontains=word)
            | Q(answer__icontains=word)
            | Q(policy__title__icontains=word)
            | Q(policy__number__icontains=word)
        )
    return NEWEST.page(rows, after=after, size=size)


def answers_to(origins: Iterable[str], *, by: Actor) -> dict[str, PolicyQuestion]:
    """By the subject of what asked: the answer that everybody finds, the latest where there are several."""
    streets = streets_read(by)
    rows = PolicyQuestion.objects.filter(origin__in=list(origins), retired_at__isnull=True).select_related("policy")
    found = rows if streets is None else rows.filter(street__in=streets)
    return {row.origin: row for row in found.order_by("pk")}


def question(ref: str, *, by: Actor) -> PolicyQuestion:
    """The question by ref. Raises NotFound."""
    streets = streets_read(by)
    rows = PolicyQuestion.objects.filter(ref=ref, retired_at__isnull=True).select_related("policy")
    found = (rows if streets is None else rows.filter(street__in=streets)).first()
    if found is None:
        raise NotFound("policies.no_question", "没有这条问答;请核对网址。", question=ref)
    return found
