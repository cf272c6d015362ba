"""A policy is drafted, published by a second person, replaced by its next version, withdrawn. What was published never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, Refused, WrongInput
from gridloop.core.policy_access import must
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.policies.clauses import labelled
from gridloop.offices.policies.models import LEVELS, TOPICS, Policy
from gridloop.offices.policies.queries.finding import policy_locked

LONGEST = {"title": 160, "issuer": 80, "number": 80, "benefit": 4000, "materials": 4000, "how": 2000, "contact_unit": 80, "contact_phone": 40, "link": 300}  # fmt: skip
_LABELS = {
    "title": "标题", "issuer": "发文机关", "number": "文号", "benefit": "惠企内容", "materials": "申报材料", "how": "办理方式", "contact_unit": "咨询单位",
    "contact_phone": "咨询电话", "link": "原文链接",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What is told about a policy. A clause is ``{"quote": …, "condition": …}``."""

    title: str
    issuer: str
    benefit: str
    valid_from: date
    clauses: Sequence[dict[str, Any]] = field(default_factory=list)
    level: str = "district"
    topic: str = "subsidy"
    number: str = ""
    valid_until: date | None = None
    materials: str = ""
    how: str = ""
    contact_unit: str = ""
    contact_phone: str = ""
    link: str = ""
    auto_grant: bool = False
    is_example: bool = False


def draft_policy(*, by: Actor, at: datetime, street: str, told: Told, replaces: str = "") -> Policy:
    """A draft stands, of a new policy or (with ``replaces``, a ref) of the next version of one.

    Raises NotAllowed, NotFound, WrongInput naming the field, Refused while the policy has a draft already.
    """
    must(by, "draft", street=street)
    _must_be_a_person(by)
    values = checked(told)
    with deed():
        before = policy_locked(by, replaces) if replaces else None
        if before and (before.state == "draft" or before.street != street):
            raise Refused("policies.not_published", "只有已发布的政策才能出新版;草稿请直接修改。", policy=replaces)
        row = _new_draft(before, values, by=by, at=at, street=street)
        record(
            "policy.drafted", by=by, at=at, street=street, subject=row.subject,
            payload={"title": row.title, "version": row.version, "clauses": row.clauses},
        )  # fmt: skip
    return row


def change_draft(*, by: Actor, at: datetime, policy: str, told: Told, rev: int | None = None) -> Policy:
    """The draft is as told. Raises NotFound, NotAllowed, WrongInput, Outdated, Refused when it is no draft any more."""
    values = checked(told)
    with deed():
        row = policy_locked(by, policy, rev=rev)
        must(by, "draft", street=row.street)
        _must_be_draft(row)
        altered = [name for name, value in values.items() if getattr(row, name) != value]
        for name in altered:
            setattr(row, name, values[name])
        row.rev += 1
        _drafts(row, by)
        row.save(update_fields=[*altered, "rev", "drafted_by"])
        record(
            "policy.changed", by=by, at=at, street=row.street, subject=row.subject,
            payload={"fields": altered, "clauses": row.clauses if "clauses" in altered else None},
        )  # fmt: skip
    return row


def publish_policy(*, by: Actor, at: datetime, policy: str, rev: int | None = None) -> Policy:
    """The policy is published; the version before it is replaced.

    Raises NotFound, NotAllowed for whoever drafted it or may not publish, Refused when it has no clause or is no draft, Outdated.
    """
    _must_be_a_person(by)
    with deed():
        row = policy_locked(by, policy, rev=rev)
        must(by, "publish", street=row.street)
        _must_be_draft(row)
        if row.drafted_by_id == by.person_id:
            raise NotAllowed("policies.own_draft", "起草人不能自己发布;请一位同事核对后发布。")
        if not row.clauses:
            raise Refused(
                "policies.no_clause", "政策还没有适用条款;请至少写一条,对所有企业适用也要写明。", policy=policy
            )
        Policy.objects.filter(family=row.family, state="published").update(state="replaced", ended_at=at)
        row.state, row.published_by_id, row.published_at, row.rev = "published", by.person_id, at, row.rev + 1
        row.save(update_fields=["state", "published_by", "published_at", "rev"])
        record(
            "policy.published", by=by, at=at, street=row.street, subject=row.subject,
            payload={"title": row.title, "version": row.version, "drafted_by": row.drafted_by.name, "clauses": row.clauses},
        )  # fmt: skip
    return row


def withdraw_policy(*, by: Actor, at: datetime, policy: str, reason: str, rev: int | None = None) -> Policy:
    """The policy is no longer in force here, with the reason. Raises NotFound, NotAllowed, WrongInput, Refused, Outdated."""
    if len(reason.strip()) < 4:
        raise WrongInput("policies.no_reason", "请写明原因(不少于 4 个字)。", field="reason")
    with deed():
        row = policy_locked(by, policy, rev=rev)
        must(by, "publish", street=row.street)
        if row.state != "published":
            raise Refused("policies.not_in_force", "这项政策不在发布状态。", policy=policy)
        _end(row, "withdrawn", reason, at=at)
        record(
            "policy.withdrawn",
            by=by,
            at=at,
            street=row.street,
            subject=row.subject,
            payload={"reason": row.ended_because},
        )
    return row


def discard_draft(*, by: Actor, at: datetime, policy: str, rev: int | None = None) -> Policy:
    """The draft is set aside for good. Raises NotFound, NotAllowed, Refused when it is no draft, Outdated."""
    with deed():
        row = policy_locked(by, policy, rev=rev)
        must(by, "draft", street=row.street)
        _must_be_draft(row)
        _end(row, "discarded", "", at=at)
        record("policy.discarded", by=by, at=at, street=row.street, subject=row.subject, payload={"title": row.title})
    return row


def checked(told: Told) -> dict[str, Any]:
    """The columns of a policy. Raises WrongInput naming the field."""
    texts = {name: value.replace("\x00", "").strip() for name, value in asdict(told).items() if isinstance(value, str)}
    for name in ("title", "issuer", "benefit"):
        if len(texts[name]) < 2:
            raise WrongInput("policies.empty", f"请写{_LABELS[name]}。", field=name)
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            raise WrongInput("policies.too_long", f"{_LABELS[name]}超过 {longest} 字;请精简。", field=name)
    if texts["link"] and not texts["link"].startswith(("https://", "http://")):
        raise WrongInput("policies.bad_link", "原文链接要以 https:// 或 http:// 开头。", field="link")
    for name, choices in (("level", LEVELS), ("topic", TOPICS)):
        if texts[name] not in choices:
            raise WrongInput("policies.unknown_choice", f"只能是:{'、'.join(choices.values())}。", field=name)
    if told.valid_until and told.valid_until < told.valid_from:
        raise WrongInput("policies.ends_early", "有效期止不能早于有效期起;请核对日期。", field="valid_until")
    return texts | {
        "valid_from": told.valid_from, "valid_until": told.valid_until, "auto_grant": told.auto_grant, "is_example": told.is_example,
        "clauses": labelled(told.clauses),
    }  # fmt: skip


def told_of(row: Policy) -> Told:
    """A policy's record as it was told."""
    return Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__})


def _new_draft(before: Policy | None, values: dict[str, Any], *, by: Actor, at: datetime, street: str) -> Policy:
    ref = new_ref()
    versions = Policy.objects.filter(family=before.family) if before else Policy.objects.none()
    if versions.filter(state="draft").exists():
        raise Refused("policies.drafted_already", "这项政策已有一份新版草稿;请在那份草稿上修改。", field="title")
    last = versions.order_by("-version").values_list("version", flat=True).first() or 0
    row = Policy(
        ref=ref, street=street, family=before.family if before else ref, version=last + 1, drafted_by_id=by.person_id, drafted_at=at, **values
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(
            "policies.drafted_already", "这项政策已有一份新版草稿;请在那份草稿上修改。", field="title"
        ) from fault
    return row


def _end(row: Policy, state: str, reason: str, *, at: datetime) -> None:
    row.state, row.ended_at, row.ended_because, row.rev = state, at, reason.strip()[:300], row.rev + 1
    row.save(update_fields=["state", "ended_at", "ended_because", "rev"])


def _drafts(row: Policy, by: Actor) -> None:
    """Whoever changed it last is its drafter, and somebody else publishes what they wrote."""
    if by.person_id:
        row.drafted_by_id = by.person_id


def _must_be_draft(row: Policy) -> None:
    if row.state != "draft":
        raise Refused("policies.not_draft", "这项政策已不是草稿;要修改请出新版。", policy=row.ref)


def _must_be_a_person(by: Actor) -> None:
    if not by.person_id:
        raise NotAllowed("policies.no_person", "政策由有岗位的人员起草和发布;请用自己的账号。")
