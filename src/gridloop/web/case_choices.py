"""What the forms of one case may offer, what they say before they are filled in, and the templates that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gridloop.core.access import Role
from gridloop.core.returns import ADJUDICATOR
from gridloop.offices.cases.actions.returning import return_window
from gridloop.offices.cases.queries import likeness
from gridloop.offices.cases.queries.court import awaits, citations_of, proposal_for
from gridloop.offices.cases.queries.pages import CaseFile
from gridloop.offices.cases.queries.templates import templates_for
from gridloop.offices.organisation import queries as organisation
from gridloop.web.dates import until
from gridloop.web.forms import Offered, Pairs, offered
from gridloop.web.reader import Reader
from gridloop.web.sentences import spoken

NAMED = {
    "like_cases": "like", "asking_links": "link", "answered_links": "link", "open_links": "link", "decisions": "decision",
    "contacts": "report",
}  # fmt: skip

MOST_CITED = 12


@dataclass(frozen=True, slots=True)
class Insert:
    """A reply template with its placeholders filled: what is put into the box of the verb (any verb when empty)."""

    title: str
    text: str
    verb: str


def choices_of(found: CaseFile, reader: Reader, *, reports: Sequence[Any], like: Sequence[Any]) -> Offered:
    """The choices of the street and of this case."""
    named = [(each.ref, f"{each.name or _('未留称呼')} {each.phone}".strip()) for each in reports]
    of_case = {
        "like_cases": [(each.case.number, f"{each.case.number} {each.case.title}({spoken('、'.join(each.reasons))})") for each in like],
        "contacts": [(each.ref, f"{each.name} {each.phone}".strip()) for each in reports if each.name or each.phone],
        "decisions": _decisions(found, reader),
        "cited_items": _cited(found),
        "to_rule": [("1", "")] if awaits(found.case) == ADJUDICATOR else [],
        **_links(found),
    }  # fmt: skip
    return offered(found.case.street, at=reader.at, reports=named, of_case=of_case, category=found.case.category)


def choices_named(request: HttpRequest, reader: Reader, case: Any) -> Offered:
    """For a form that was sent: what it names is checked by the action, within the case."""
    said = {name: request.POST.get(name, "") for name in {*NAMED.values(), "report"}}
    pairs: dict[str, Pairs] = {name: [(value, value)] for name, value in said.items() if value}
    of_case = {source: pairs.get(field, []) for source, field in NAMED.items()}
    of_case["cited_items"] = _duty_pairs(case.street)
    return offered(case.street, at=reader.at, reports=pairs.get("report", []), of_case=of_case, category=case.category)


def _decisions(found: CaseFile, reader: Reader) -> Pairs:
    """The decisions that are still to be done and are this reader's to finish."""
    is_desk = Role.DUTY_DESK in reader.actor.roles(found.case.street)
    return [
        (each.ref, f"{each.text}({each.owner.name})")
        for meeting in found.consultations
        for each in meeting.decisions.all()
        if each.done_at is None and (is_desk or each.owner.code in reader.actor.units())
    ]


def _cited(found: CaseFile) -> Pairs:
    """The rows of the duty list for a ruling: those that the sides cited first, then those that speak of the category."""
    cited = [each.code for each in citations_of(found.case)]
    pairs = _duty_pairs(found.case.street)
    return sorted(pairs, key=lambda pair: pair[0] not in cited)[:MOST_CITED]


def _duty_pairs(street: str) -> Pairs:
    items = organisation.duty_items(street)
    return [(item.code, f"{item.code} {item.title}({item.get_kind_display()},{item.lead})") for item in items]


def _links(found: CaseFile) -> dict[str, Pairs]:
    return {
        "asking_links": [
            (link.ref, _("%(body)s:申请延长 %(days)d 天,%(why)s") % {"body": link.body, "days": link.asked_days, "why": link.asked_reason})
            for link in found.links
            if link.state == "out" and link.asked_days
        ],
        "answered_links": [(link.ref, link.body) for link in found.links if link.state == "answered"],
        "open_links": [(link.ref, f"{link.body}({spoken(link.get_state_display())})") for link in found.links if link.closed_at is None],
    }  # fmt: skip


def hints_of(found: CaseFile, reader: Reader) -> dict[str, str]:
    """What a verb's form should say before it is filled in."""
    hints = {}
    if any(verb.name == "return_case" for verb in found.verbs):
        closes = return_window(found.case)
        hints["return_case"] = (
            _("可退回至 %s") % until(closes)
            if reader.at <= closes
            else _("退回期限已于 %s 结束,请办理或申请会商。") % until(closes)
        )
    if any(verb.name == "designate" for verb in found.verbs) and found.case.state == "returned":
        hints["designate"] = _ruling_hint(found)
    for request in found.requests:
        if request.decided_at is None:
            hints[f"decide_{request.kind}"] = _("%(who)s 申请:%(reason)s") % {
                "who": request.requested_by.name,
                "reason": request.reason,
            }
    if found.case.proposed_grade:
        hints["confirm_grade"] = _("理由:%s") % found.case.grade_reason
    return hints


def _ruling_hint(found: CaseFile) -> str:
    """What the citations speak for."""
    proposal = proposal_for(found.case)
    return _("按规则应由 %(unit)s:%(reason)s。") % {
        "unit": organisation.unit(found.case.street, proposal.unit).name, "reason": spoken(proposal.reason)
    }  # fmt: skip


def candidates(found: CaseFile, reader: Reader) -> list[likeness.LikeCase]:
    """Open cases that look like this one, for whoever may merge it."""
    if not any(verb.name == "merge" for verb in found.verbs):
        return []
    return likeness.like_case(found.case, by=reader.actor, at=reader.at)


def inserts_for(found: CaseFile) -> list[Insert]:
    """The reply templates that fit this case, their placeholders filled."""
    case = found.case
    return [
        Insert(each.title, resolved(each.body, found), each.verb)
        for each in templates_for(case.street, case.category, case.state)
    ]


def resolved(body: str, found: CaseFile) -> str:
    """The words with {编号} {单位} {期限} {地点} {类别} {标题} filled in; what is not known of the case stays as it is written."""
    case = found.case
    known = {
        "编号": case.number, "单位": case.lead.name, "期限": until(case.due_at) if case.due_at else "", "标题": case.title,
        "地点": case.address or "".join(cell.name for cell in found.lineage[-1:]), "类别": case.category.rsplit("/", 1)[-1],
    }  # fmt: skip
    for name, value in known.items():
        body = body.replace(f"{{{name}}}", value or f"{{{name}}}")
    return body
