"""Telling firms of policies that fit them: one digest a firm, outside quiet hours, never a policy twice, never one that was declined.

Steps of ``push_policies``: (1) all policies wanted are matched with all firms of the street at once; (2) firms that take no pushes and pairs
(firm, policy) that were pushed or declined before are left out; (3) each firm left gets one digest with at most ``MOST`` policies, the newest
first: the others wait for the next time; (4) the digest leaves when quiet hours and the firm's quiet days (宁静日) are over (``tell_due_digests``,
called by the tick): it stands on the firm's page, and whoever serves the firm is told to speak to it.

Guarantees: the database knows a pair (firm, policy) once, so two pushes at once tell a firm once; running it again tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from gridloop.core.access import Actor, Role
from gridloop.core.eligibility import judge, rows_with
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.fact_table import MET
from gridloop.core.firm_access import must_serve, speaks_for
from gridloop.core.policy_access import must
from gridloop.core.quiet import next_open_day
from gridloop.offices.archive.actions import Fact, record, record_many
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.queries.facts import agreeing
from gridloop.offices.enterprise.queries.register import enterprise as firm_of
from gridloop.offices.enterprise.queries.visit_planning import quiet_rules
from gridloop.offices.notices.actions import Message, goes_out_at, tell
from gridloop.offices.notices.models import Channel
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person
from gridloop.offices.policies.clauses import said
from gridloop.offices.policies.models import ANSWERS, Digest, Policy, PolicyPush
from gridloop.offices.policies.queries.finding import in_force
from gridloop.offices.policies.queries.finding import policy as policy_of
from gridloop.offices.policies.queries.matching import Register, answers_of, clauses_in

MOST = 5
"""Policies in one digest."""
QUIET_FROM, QUIET_UNTIL = time(20, 0), time(8, 0)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: digests (one a firm), pushes in them, firms that take none, pairs told before, pairs left for the next time."""

    digests: int = 0
    pushes: int = 0
    opted_out: int = 0
    told_before: int = 0
    waiting: int = 0

    @property
    def sentence(self) -> str:
        rest = f"另有 {self.waiting} 项留待下次;" if self.waiting else ""
        return f"已为 {self.digests} 家企业备好摘要,共 {self.pushes} 项政策;{rest}{self.opted_out} 家不接收推送,{self.told_before} 项以前推送过或已谢绝。"


def push_policies(*, by: Actor, at: datetime, street: str, policies: Sequence[str] = ()) -> Pushed:
    """Every firm that a policy in force fits is told of it, once. ``policies`` are refs; all in force by default.

    Raises NotAllowed, NotFound for a policy that is not in force.
    """
    must(by, "push", street=street)
    with deed():
        wanted = _wanted(street, policies, on=at.astimezone(ZONE).date())
        register, answers = answers_of(street, wanted)
        fitting: dict[int, list[Policy]] = {}
        for policy, line in zip(wanted, answers, strict=True):
            for row in rows_with(line, MET):
                fitting.setdefault(row, []).append(policy)
        told, plan = _planned(register, fitting)
        _write(register, plan, by=by, at=at, street=street)
        if not plan:
            record(
                "policy.push_found_nobody",
                by=by,
                at=at,
                street=street,
                subject=f"street:{street}",
                payload={"policies": len(wanted)},
            )
    return told


def tell_due_digests(*, by: Actor, at: datetime, street: str, limit: int = 500) -> int:
    """Digests whose hour has come are told: those who serve the firm are asked to speak to it; how many digests were. For the tick."""
    if not Digest.objects.filter(street=street, due_at__lte=at, told_at__isnull=True).exists():
        return 0
    with deed():
        due = Digest.objects.filter(street=street, due_at__lte=at, told_at__isnull=True).select_related("enterprise")
        told = 0
        calm = _Calm(street)
        for digest in due.order_by("due_at", "id")[:limit]:
            opens_at = calm.opens_at(digest.enterprise_id, at)
            if opens_at > at:  # the day was made quiet after the push
                Digest.objects.filter(pk=digest.pk, told_at__isnull=True).update(due_at=opens_at)
                continue
            won = Digest.objects.filter(pk=digest.pk, told_at__isnull=True).update(told_at=at)
            told += _tell(digest, by=by, at=at) if won else 0
    return told


class _Calm:
    """When one may speak to a firm of the street: outside quiet hours, and not on a quiet day of the street or of the firm itself."""

    def __init__(self, street: str) -> None:
        self.for_all, self.of_one = quiet_rules(street)

    def opens_at(self, firm: int, at: datetime) -> datetime:
        """The first moment from ``at`` on; ``at`` itself where nothing is quiet."""
        hours = Channel(quiet_from=QUIET_FROM, quiet_until=QUIET_UNTIL, as_digest=False)
        leaves = goes_out_at(hours, at=at, is_urgent=False)
        day = leaves.astimezone(ZONE).date()
        calm_day = next_open_day([*self.for_all, *self.of_one.get(firm, ())], day)
        return leaves if calm_day == day else datetime.combine(calm_day, QUIET_UNTIL, tzinfo=ZONE)


def answer_push(*, by: Actor, at: datetime, push: str, answer: str, how: str, note: str = "") -> PolicyPush:
    """The firm's answer stands: 想申请 or 不需要. A declined policy is never pushed to it again.

    Raises NotFound, NotAllowed, WrongInput without how it was said, Refused for a wish to what was declined and never pushed. An answer
    may be changed; the ledger keeps both.
    """
    if answer not in ANSWERS:
        raise WrongInput("policies.no_answer", f"答复只能是:{'、'.join(ANSWERS.values())}。", field="answer")
    with deed():
        row = PolicyPush.objects.filter(ref=push).select_related("enterprise", "policy").first()
        if row is None:
            raise NotFound("policies.no_push", "没有这条推送;请从企业或政策页面进入。", push=push)
        _must_speak_for(by, row.enterprise)
        if row.digest_id is None and answer != "declined":
            raise Refused(
                "policies.never_pushed",
                "这项政策没有推送过,企业以前就谢绝了;现在想申请的,请按政策写明的办理方式直接去办。",
                push=push,
            )
        before, row.answer, row.answered_at, row.answered_by = row.answer, answer, at, by.label
        row.answered_how, row.note = _how(how), note.strip()[:300]
        row.save(update_fields=["answer", "answered_at", "answered_by", "answered_how", "note"])
        _record_answer(row, before, by=by, at=at)
    return row


def decline_policy(*, by: Actor, at: datetime, enterprise: str, policy: str, how: str, note: str = "") -> PolicyPush:
    """The firm does not want this policy: it is never pushed to it, whether it was pushed before or not.

    Raises NotFound, NotAllowed, WrongInput without how it was said.
    """
    with deed():
        firm, wanted = firm_of(enterprise, by=by), policy_of(policy, by=by)
        _must_speak_for(by, firm)
        row = PolicyPush.objects.filter(enterprise=firm, family=wanted.family).first()
        before = row.answer if row else ""
        row = row or PolicyPush(ref=new_ref(), street=firm.street, enterprise=firm, family=wanted.family, policy=wanted)
        row.answer, row.answered_at, row.answered_by, row.answered_how, row.note = (
            "declined",
            at,
            by.label,
            _how(how),
            note.strip()[:300],
        )
        row.save()
        _record_answer(row, before, by=by, at=at)
    return row


def _wanted(street: str, refs: Sequence[str], *, on: date) -> list[Policy]:
    """The policies, locked: of two pushes of one policy at once the second sees what the first told."""
    rows = in_force(street, on=on).select_for_update().order_by("-published_at", "-id")
    found = list(rows.filter(ref__in=refs) if refs else rows)
    if refs and len(found) != len(set(refs)):
        raise NotFound("policies.not_in_force", "有的政策不在有效期内或没有发布,不能推送;请核对。")
    return found


def _planned(register: Register, fitting: dict[int, list[Policy]]) -> tuple[Pushed, dict[int, list[Policy]]]:
    """By row of the register, what will be told; and the account of it."""
    agrees = agreeing([register.firms[row].id for row in fitting], "push")
    told = PolicyPush.objects.filter(family__in={each.family for several in fitting.values() for each in several})
    rows = told.values_list("enterprise_id", "enterprise__merged_into_id", "family")
    done = {(merged_into or firm, family) for firm, merged_into, family in rows}  # a duplicate was the same firm
    opted_out = told_before = waiting = 0
    plan: dict[int, list[Policy]] = {}
    for row, several in sorted(fitting.items()):
        key = register.firms[row].id
        if not agrees[key]:
            opted_out += 1
            continue
        new = [each for each in several if (key, each.family) not in done]
        told_before += len(several) - len(new)
        waiting += max(len(new) - MOST, 0)
        if new:
            plan[row] = new[:MOST]
    pushes = sum(map(len, plan.values()))
    return Pushed(len(plan), pushes, opted_out, told_before, waiting), plan


def _write(register: Register, plan: dict[int, list[Policy]], *, by: Actor, at: datetime, street: str) -> None:
    """Digests, pushes with their reasons, and one ledger entry a firm."""
    calm = _Calm(street)
    firms = {row: register.firms[row] for row in plan}
    digests = [
        Digest(ref=new_ref(), street=street, enterprise_id=firm.id, due_at=calm.opens_at(firm.id, at), made_by=by.label, made_at=at) for firm in firms.values()
    ]  # fmt: skip
    Digest.objects.bulk_create(digests, batch_size=500)
    pushes, facts = [], []
    for digest, (row, policies) in zip(digests, plan.items(), strict=True):
        pushes += [
            PolicyPush(
                ref=new_ref(), street=street, enterprise_id=digest.enterprise_id, family=each.family, policy=each, digest=digest, pushed_at=at,
                reasons=[reason for clause in judge(clauses_in(each), firms[row].facts, said).clauses for reason in clause.reasons],
            )
            for each in policies
        ]  # fmt: skip
        told = {
            "policies": [{"ref": each.ref, "title": each.title} for each in policies],
            "due_at": digest.due_at.isoformat(),
        }
        facts.append(Fact("policy.pushed", f"enterprise:{firms[row].ref}", told))
    PolicyPush.objects.bulk_create(pushes, batch_size=500)
    record_many(facts, by=by, at=at, street=street)


def _tell(digest: Digest, *, by: Actor, at: datetime) -> int:
    """Those who serve the firm are told of what still stands; 0 when nothing does, or the firm has left or said no meanwhile."""
    firm = digest.enterprise
    in_validity = in_force(digest.street, on=at.astimezone(ZONE).date())
    standing = PolicyPush.objects.filter(digest=digest, answer="", policy__in=in_validity).order_by("id")
    titles = list(standing.values_list("policy__title", flat=True))
    if not titles or firm.left_at is not None or not agreeing([firm.pk], "push")[firm.pk]:
        return 0
    people = _who_serve(firm, at=at)
    Digest.objects.filter(pk=digest.pk).update(told_to="、".join(person.name for person in people)[:200])
    named = "".join(f"《{title}》" for title in titles)
    message = Message(
        kind="policy.pushed",
        title=f"请告知企业 {len(titles)} 项政策",
        text=f"{firm.name}:{named}。请告知联系人并记下答复;不需要的不再推送。",
        subject=firm.subject,
    )
    tell(by=by, at=at, street=digest.street, people=people, message=message)
    return 1


def _who_serve(firm: Enterprise, *, at: datetime) -> list[Person]:
    """The firm's service manager; without one the duty desk."""
    rows = Pairing.objects.filter(subject=firm.subject, slot="manager", ends_at__isnull=True).select_related("person")
    found = [row.person for row in rows if row.person]
    return found or organisation.people_with_roles(firm.street, roles=(Role.DUTY_DESK,), at=at)


def _must_speak_for(by: Actor, firm: Enterprise) -> None:
    """A firm's word is its contact's own, or noted by who serves the street's firms and sees this one. Raises NotAllowed, NotFound."""
    if not speaks_for(by, firm.ref):
        must_serve(by, firm.street)
    firm_of(firm.ref, by=by)


def _how(how: str) -> str:
    if len(how.strip()) < 2:
        raise WrongInput("policies.no_how", "请写明企业怎样答复的(例如:联系人电话告知)。", field="how")
    return how.strip()[:120]


def _record_answer(row: PolicyPush, before: str, *, by: Actor, at: datetime) -> None:
    record(
        "policy.declined" if row.answer == "declined" else "policy.wanted", by=by, at=at, street=row.street, subject=row.enterprise.subject,
        payload={"policy": row.policy.ref, "title": row.policy.title, "before": before, "how": row.answered_how, "note": row.note},
    )  # fmt: skip


__all__ = ["Pushed", "Refused", "answer_push", "decline_policy", "push_policies", "tell_due_digests"]
