"""From what the offices return to what the API says: the desk, the rules, the ledger, tokens and webhooks (cases are in ``answers``).

Like there, every function takes finished objects and asks nothing of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gridloop.api.answers import ROOT, decision, fields_named, request_made
from gridloop.core.access import ROLE_LABELS, PostHeld
from gridloop.core.errors import Refused
from gridloop.core.identity import mask_phone

EARLIEST, LATEST = 1990, 2100


def bounded(moment: datetime) -> datetime:
    """The moment, if calendars reach it. Raises Refused: nobody counts workdays in the year 1 or 9999."""
    if not EARLIEST <= moment.year < LATEST:
        raise Refused("api.out_of_time", f"工作日历只到 {EARLIEST} 年至 {LATEST - 1} 年;请改时刻。", year=moment.year)
    return moment


def post_held(post: PostHeld) -> dict[str, Any]:
    told = fields_named(post, "post role title unit place street is_substitute")
    return told | {"role_label": ROLE_LABELS[post.role]}


def waiting_request(request: Any) -> dict[str, Any]:
    """A request that waits for a decision, with its case."""
    return request_made(request) | {
        "case": request.case.ref, "number": request.case.number, "lead": request.case.lead.name,
    }  # fmt: skip


def outside_task(task: Any) -> dict[str, Any]:
    """What an outside body left on the desk."""
    told = fields_named(task, "body why since sender is_mine")
    return told | {"case": task.case.ref, "number": task.case.number}


def decision_task(row: Any) -> dict[str, Any]:
    """A decision that waits for one of the caller's units, with its case."""
    case = row.consultation.case
    return decision(row) | {"case": case.ref, "number": case.number}


def notice(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref kind title text subject is_urgent told_at seen_at")


def channel(row: Any) -> dict[str, Any]:
    """A channel without its address, which is a secret."""
    return fields_named(row, "ref kind as_digest")


def token(row: Any) -> dict[str, Any]:
    told = fields_named(row, "ref name scopes issued_at expires_at revoked_at last_used_on")
    return told | {"person": row.person.name}


def duty(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref code kind title basis lead unit_code category")


def post(row: Any, *, at: datetime) -> dict[str, Any]:
    """A post whose holdings have been read, with those who hold it at the moment."""
    told = fields_named(row, "ref code title role place duty")
    holders = [
        fields_named(held, "is_substitute starts_at ends_at") | {"person": held.person.ref, "name": held.person.name}
        for held in _now(row, at)
    ]
    return told | {"role_label": ROLE_LABELS[row.role], "unit": row.unit.code, "holders": holders}


def people(posts: Iterable[Any], *, units: Mapping[int, str], at: datetime) -> list[dict[str, Any]]:
    """Everybody who holds one of the posts at the moment, each once, with the codes of the posts."""
    found: dict[int, dict[str, Any]] = {}
    for row in posts:
        for held in _now(row, at):
            person = held.person
            told = found.setdefault(person.pk, _person(person, units))
            told["posts"].append(row.code)
    return list(found.values())


def _person(person: Any, units: Mapping[int, str]) -> dict[str, Any]:
    return {
        "ref": person.ref, "name": person.name, "unit": units.get(person.unit_id, ""), "posts": [],
        "phone": mask_phone(person.phone) if person.phone else "",
    }  # fmt: skip


def _now(row: Any, at: datetime) -> list[Any]:
    return [held for held in row.holdings.all() if held.starts_at <= at and (held.ends_at is None or held.ends_at > at)]


def worked_example(row: Mapping[str, Any]) -> dict[str, Any]:
    due = row["due"]
    return {
        "stage": row["stage"], "grade": row["grade"], "limit": row["limit"], "due_at": due.due_at,
        "provisional": due.provisional, "sentence": due.sentence,
    }  # fmt: skip


def table(row: Any, *, in_force: Any) -> dict[str, Any]:
    """One version of the routing table, without its rows."""
    told = fields_named(row, "ref version state note drafted_by drafted_at published_by published_at valid_from")
    return told | {"rows": len(row.rows), "in_force": in_force is not None and in_force.pk == row.pk}


def book(line: Any) -> dict[str, Any]:
    head = line.checkpoint
    return fields_named(line, "street name size") | {
        "signed_size": head.size if head else 0, "root": head.root if head else None,
    }  # fmt: skip


def entry(row: Any) -> dict[str, Any]:
    """A sealed entry's header."""
    return fields_named(row, "seq kind at recorded_at actor subject cause commitment leaf") | {
        "is_erased": row.payload is None
    }


def inclusion(found: Any) -> dict[str, Any]:
    return fields_named(found, "street seq leaf size checkpoint") | {"proof": list(found.proof)}


def webhook(row: Any) -> dict[str, Any]:
    """A subscription: the host of its address, never the address or the secret."""
    told = fields_named(row, "ref rev name host events is_active failing_since made_at former_until")
    return told | {
        "made_by": row.made_by.name if row.made_by else "",
        "deliveries": f"{ROOT}/webhooks/{row.ref}/deliveries",
    }


def delivery(row: Any) -> dict[str, Any]:
    """A message whose attempts have been read."""
    told = fields_named(row, "ref kind seq made_at tries next_try_at taken_at given_up_at")
    attempts = [fields_named(each, "at status answer fault") for each in row.attempts.all()]
    return told | {"state": state_of_delivery(row), "body": row.body, "attempts": attempts}


def state_of_delivery(row: Any) -> str:
    """taken, waiting, given_up, or held (switched off before it was sent)."""
    if row.taken_at:
        return "taken"
    if row.next_try_at:
        return "waiting"
    return "given_up" if row.given_up_at else "held"
