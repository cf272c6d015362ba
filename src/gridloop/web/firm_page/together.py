"""/firm/together/: whom the firm is brought together with: forums it is asked to, other firms, banks. Nothing goes on without its word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.errors import WrongInput
from gridloop.core.matching import KINDS, SIDES
from gridloop.offices.enterprise.actions import banking as asking_banks
from gridloop.offices.enterprise.actions import links as linking
from gridloop.offices.enterprise.actions.forum_questions import ANSWERED, judge_question
from gridloop.offices.enterprise.actions.forums import answer_invitation
from gridloop.offices.enterprise.queries import access, banking, forums, links
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.policies.queries.finding import answers_to
from gridloop.web.enterprise.link_forms import tags_of
from gridloop.web.firm_page.doors import Visitor, for_firm
from gridloop.web.firm_page.shown import HOW, Deeds, drawn, sent, yes
from gridloop.web.visit_forms import pairs

KNOWN = frozenset({"agreed", "introduced", "cooperated", "ended"})
"""States of a link in which both firms agreed, and each may learn who the other is."""


@require_safe
@for_firm
def together(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/together/"""
    return shown(request, visitor)


def shown(request: HttpRequest, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    firm = visitor.firm
    page = {
        "invitations": forums.forums_of(firm), "questions": questions_shown(visitor), "links": links_shown(visitor),
        "listings": links.listings(visitor.by, street=firm.street, on=visitor.today), "sides": pairs(SIDES), "kinds": pairs(KINDS),
        "takes_part": agrees(firm, "link"), "matches": [(row, banking.sheet_of(row)) for row in banking.of_firm(firm)],
        "at": visitor.at, "today": visitor.today, "problem": problem,
    }  # fmt: skip
    return drawn(request, visitor, "firm_together", page, status=status)


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """What the firm asked at a forum, the answer that everybody finds, its own report where it has one, and whether it may judge."""

    row: Any
    answer: Any
    report: str
    may_judge: bool


def questions_shown(visitor: Visitor) -> list[QuestionShown]:
    """The firm's questions, the latest first."""
    rows = forums.questions_of(visitor.firm)
    answers = answers_to([row.subject for row in rows], by=visitor.by)
    own = access.reports_of(visitor.firm).filter(origin=None, case__in=[row.case_id for row in rows if row.case_id])
    reports = dict(own.values_list("case_id", "ref"))
    return [
        QuestionShown(row, answers.get(row.subject), reports.get(row.case_id or 0, ""), bool(row.case and row.case.state in ANSWERED))
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkShown:
    """An introduction as one of its firms sees it: the other's words, and its name only when both agreed."""

    row: Any
    other: Any
    name: str
    own: bool | None

    @property
    def is_asked(self) -> bool:
        return bool(self.row.state == "proposed" and self.own is None)


def links_shown(visitor: Visitor) -> list[LinkShown]:
    """The introductions in which the firm has part, the latest first."""
    found = []
    for row in links.links(visitor.by):
        mine = "need" if row.need.enterprise_id == visitor.firm.pk else "offer"
        other = row.offer if mine == "need" else row.need
        name = other.enterprise.name if row.state in KNOWN else ""
        found.append(LinkShown(row, other, name, getattr(row, f"{mine}_agrees")))
    return found


def waiting(visitor: Visitor) -> list[tuple[str, int]]:
    """What waits for the firm's word on this page: where it stands, and how many."""
    told = forums.forums_of(visitor.firm)
    counted = {
        "forums": sum(row.forum.state == "planned" and not row.answer and not row.is_walk_in for row in told),
        "questions": sum(each.may_judge and each.row.helped is None for each in questions_shown(visitor)),
        "links": sum(each.is_asked for each in links_shown(visitor)),
        "banks": sum(row.stage == "demand" for row in banking.of_firm(visitor.firm)),
    }
    return [(place, n) for place, n in counted.items() if n]


# -- the firm's word ---------------------------------------------------------------------------------------------------


def _answer_forum(request: HttpRequest, visitor: Visitor) -> str:
    answer = "yes" if yes(request, "answer") else "no"
    answer_invitation(
        by=visitor.by, at=visitor.at, forum=sent(request, "forum"), enterprise=visitor.firm.ref, answer=answer, how=HOW
    )
    return _("已答复,主办单位会看到。")


def _judge(request: HttpRequest, visitor: Visitor) -> str:
    helped, note = yes(request, "helped"), sent(request, "note", longest=300)
    if not helped and len(note) < 2:
        raise WrongInput("forums.why_not_helped", _("没答到请写明还差什么。"), field="note")
    judge_question(by=visitor.by, at=visitor.at, question=sent(request, "question"), helped=helped, how=HOW, note=note)
    return _("已记下;没答到的,主办单位会接着答。")


def _tell(request: HttpRequest, visitor: Visitor) -> str:
    told = linking.ListingTold(
        side=sent(request, "side"), kind=sent(request, "kind"), words=sent(request, "words"), valid_until=_day(sent(request, "valid_until")),
        tags=tags_of(sent(request, "tags")),
    )  # fmt: skip
    agreed = HOW if request.POST.get("agree") else ""
    linking.tell_listing(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, told=told, agreed_how=agreed)
    return _("已登记;有合适的对方会先问您。")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise WrongInput("links.until", _("请写有效期到哪一天。"), field="valid_until") from fault


def _withdraw_listing(request: HttpRequest, visitor: Visitor) -> str:
    ref, reason = sent(request, "listing"), sent(request, "reason") or HOW
    linking.withdraw_listing(by=visitor.by, at=visitor.at, listing=ref, reason=reason)
    return _("已撤下。")


def _answer_link(request: HttpRequest, visitor: Visitor) -> str:
    willing, reason = yes(request, "willing"), sent(request, "reason")
    linking.answer_link(
        by=visitor.by, at=visitor.at, link=sent(request, "link"), enterprise=visitor.firm.ref, willing=willing, how=HOW, reason=reason
    )  # fmt: skip
    return _("已记下您愿意;双方都愿意才会引荐。") if willing else _("已记下;以后不再把两家放在一起。")


def _consent_bank(request: HttpRequest, visitor: Visitor) -> str:
    contact = visitor.signed.contact
    asking_banks.consent_to_bank(
        by=visitor.by, at=visitor.at, match=sent(request, "match"), name=contact.name, duty=contact.duty or _("企业联系人"), how=HOW
    )  # fmt: skip
    return _("已授权;介绍给哪家银行、结果怎样都在这里看。")


def _withdraw_bank(request: HttpRequest, visitor: Visitor) -> str:
    asking_banks.withdraw_demand(
        by=visitor.by, at=visitor.at, match=sent(request, "match"), reason=sent(request, "reason")
    )
    return _("已撤回,不再给银行看。")


DEEDS: Deeds = {
    "answer-forum": (_answer_forum, shown, "firm_together"),
    "judge-question": (_judge, shown, "firm_together"),
    "tell-listing": (_tell, shown, "firm_together"),
    "withdraw-listing": (_withdraw_listing, shown, "firm_together"),
    "answer-link": (_answer_link, shown, "firm_together"),
    "consent-bank": (_consent_bank, shown, "firm_together"),
    "withdraw-bank": (_withdraw_bank, shown, "firm_together"),
}
