"""What follows from what: one table, from the kind of a ledger entry to the actions that follow it.

How to read it. Something happens and stands in the ledger as an entry (``case.returned``). The tick reads the sealed
entries in their order and calls every function that ``TABLE`` names for the kind. Most of them tell someone what to do
and by when; one of them raises a case (督办) when a clock is breached.

Terms: a *story* is one entry as a reaction sees it; a *reaction* is a function of a story, known by its name. Its name
is kept with every cause it has followed, so renaming one makes it follow again: do not.

Guarantees

* Each reaction follows each entry exactly once, in one transaction with its effect (``archive.react_once``).
* No loops: reactions record only what nothing follows (``notice.told``, ``trouble.…``, ``case.recurred``) and ``case.raised``, which is only told.
* Nobody is told of what they did themselves. A unit where nobody holds a post is never told into the void: the duty
  desk is told to telephone.
* Titles hold the case's number and category, no word of what a resident said: they leave the house through group robots.
* Imported cases are not told one by one; they stand on the desks.

Worked example: the urban squad returns a case. ``case.returned`` is sealed as number 118. ``TABLE["case.returned"]`` is
``(tell_desk_of_return,)``; the holder of the duty desk has a notice "城市管理中队退回 20220523-000001", caused by
``entry:410102990/118``.
"""

from __future__ import annotations

from collections.abc import Callable

from gridloop.core.access import GRANTS, SETS_UP, SYSTEM, Role
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.archive.queries import code_of
from gridloop.offices.cases.actions import raise_case
from gridloop.offices.cases.actions.moves import follow_clocks
from gridloop.offices.cases.actions.troubles import keep_together, notice_same
from gridloop.offices.cases.queries import concerned, overnight
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.queries import change_set, permitted
from gridloop.reactions import court, firms, forums, projects
from gridloop.reactions.stories import (
    Story,
    answering,
    by_when,
    day,
    desk_of,
    holder_of,
    leaders_of,
    moment,
    story_of,
    street_leaders,
    tell_people,
    tell_sender,
    tell_unit,
    unit_of,
)

__all__ = ["BY_NAME", "TABLE", "Reaction", "Story", "name_of", "story_of"]

Reaction = Callable[[Story], object]
NAMED = 8
"""As many cases are named in one notice."""


# -- a case comes in and is handed on ---------------------------------------------------------------------------------


def tell_lead_of_new_case(story: Story) -> None:
    if story.payload.get("source") == "import" or story.payload.get("is_gap"):
        return
    tell_unit(
        story, unit_of(story), f"新到事项 {story.title}", f"{story.said('reason')}。请签收并办理{by_when(story)}。"
    )


def tell_desk_of_gap(story: Story) -> None:
    if story.payload.get("is_gap") and story.payload.get("source") != "import":
        tell_people(
            story,
            desk_of(story),
            f"待派单 {story.title}",
            f"没有对应的路由行,暂由街道兜底。请判定主办单位并交办{by_when(story)}。",
        )


def tell_desk_of_overnight(story: Story) -> None:
    """At closing time: what the desk must still hand on before midnight; where nobody holds the desk, the street's leaders are told."""
    waiting = overnight.still_waiting(story.payload.get("cases", []))
    if not waiting:
        return
    named = "、".join(f"{case.number}({case.category.rsplit('/', 1)[-1]})" for case in waiting[:NAMED])
    rest = f"等 {len(waiting)} 件" if len(waiting) > NAMED else ""
    text = f"交办不过夜:{named}{rest}。请判定主办单位并交办;过夜的留在清单上。"
    title = f"今晚 24 时前须交办 {len(waiting)} 件"
    tell_people(story, desk_of(story) or street_leaders(story), title, text, is_urgent=True)


def tell_new_lead(story: Story) -> None:
    reason = story.said("reason") or "请接续办理"
    tell_unit(story, unit_of(story), f"交办给贵单位 {story.title}", f"{reason}。请签收并办理{by_when(story)}。")


def tell_desk_of_return(story: Story) -> None:
    text = (
        f"依据履职事项清单 {story.said('duty_item')}:{story.said('reason')}。请重新交办、会商或提级{by_when(story)}。"
    )
    tell_people(story, desk_of(story), f"{story.said('unit')}退回 {story.title}", text)


def tell_superior(story: Story) -> None:
    tell_unit(
        story, unit_of(story), f"提请贵单位协调 {story.title}", f"{story.said('reason')}。请协调办理{by_when(story)}。"
    )


def tell_first_contact_of_escalation(story: Story) -> None:
    tell_people(
        story,
        answering(story),
        f"已提级 {story.title}",
        f"现由{story.said('unit')}协调,请继续跟踪并告知反映人。",
    )


def tell_consulting_units(story: Story) -> None:
    meeting = concerned.latest_consultation(story.of)
    for unit in meeting.units.all() if meeting else ():
        text = f"议题:{story.said('topic')};由{story.said('unit')}牵头。请准备意见并派人参加。"
        tell_unit(story, unit, f"请参加会商 {story.title}", text)


def tell_owners_of_decisions(story: Story) -> None:
    meeting = concerned.latest_consultation(story.of)
    for decision in meeting.decisions.all() if meeting else ():
        on = decision.due_on
        until = f"请于 {day(on)} 前完成。" if on else "请尽快完成。"
        tell_unit(story, decision.owner, f"会商决定由贵单位负责 {story.title}", f"决定:{decision.text}。{until}")


# -- more time, a harder grade ----------------------------------------------------------------------------------------


def tell_approvers(story: Story) -> None:
    asked = "挂起" if "suspension" in story.entry.kind else "延期"
    approvers = [*leaders_of(story, story.of.lead), *desk_of(story), *street_leaders(story)]
    tell_people(
        story,
        approvers,
        f"待审批{asked} {story.title}",
        f"{story.of.lead.name}申请{asked}:{story.said('reason')}。请审批;申请人不能自批。",
    )


def tell_requester(story: Story) -> None:
    kind = "suspension" if "suspen" in story.entry.kind else "extension"
    asked, name = concerned.latest_request(story.of, kind=kind), {"suspension": "挂起", "extension": "延期"}[kind]
    if asked is None:
        return
    rejected = story.entry.kind.endswith("rejected")
    remark = f"批注:{story.said('remark')}。" if story.said("remark") else ""
    next_step = f"请按原时限办理{by_when(story)}。" if rejected else f"请继续办理{by_when(story)}。"
    if story.entry.kind == "case.suspended":
        next_step = f"计时暂停至 {moment(story.said('until'))},到期自动恢复。"
    title = f"{name}未获批准 {story.title}" if rejected else f"{name}已获批准 {story.title}"
    tell_people(story, [asked.requested_by], title, f"{remark}{next_step}")


def tell_lead_of_resumption(story: Story) -> None:
    tell_unit(story, story.of.lead, f"挂起结束 {story.title}", f"计时已恢复,请继续办理{by_when(story)}。")


def tell_graders(story: Story) -> None:
    text = f"理由:{story.said('reason') or story.of.grade_reason}。请由提出人以外的人确认或驳回。"
    tell_people(story, [*desk_of(story), *street_leaders(story)], f"待确认为疑难 {story.title}", text)


def tell_proposer_of_grade(story: Story) -> None:
    proposer = concerned.proposer_of_grade(story.of)
    outcome = "已确认为疑难" if story.entry.kind == "case.grade_confirmed" else "未确认为疑难"
    if proposer:
        tell_people(story, [proposer], f"{outcome} {story.title}", f"请继续办理{by_when(story)}。")


# -- answered, verified, struck off, or not ---------------------------------------------------------------------------


def tell_verifiers(story: Story) -> None:
    verifiers = organisation.people_with_roles(story.street, roles=(Role.VERIFIER,), at=story.at)
    handlers = concerned.handlers_of(story.of)
    people = [person for person in [*desk_of(story), *verifiers] if person.pk not in handlers]
    tell_people(story, people, f"待核实 {story.title}", f"{story.of.lead.name}已答复。请核实或回访反映人,再销号。")


def tell_desk_to_strike_off(story: Story) -> None:
    tell_people(story, desk_of(story), f"待销号 {story.title}", "已由未经办的人核实,请回访后销号。")


def tell_desk_of_confirmation(story: Story) -> None:
    if story.payload.get("solved"):
        tell_people(story, desk_of(story), f"反映人确认已解决 {story.title}", "可以销号。")


def tell_lead_to_work_on(story: Story) -> None:
    why = story.said("text") or story.said("reason")
    tell_unit(
        story, story.of.lead, f"请继续办理 {story.title}", f"{why}。原计时继续,请办理后重新答复{by_when(story)}。"
    )


def tell_first_contact_of_strike_off(story: Story) -> None:
    tell_people(story, answering(story), f"已销号 {story.title}", "您负责答复的事项已办结销号,请告知反映人。")


def tell_first_contact_to_ask(story: Story) -> None:
    tell_people(
        story,
        answering(story),
        f"请反映人补充 {story.title}",
        f"{story.of.lead.name}需要:{story.said('text')}。请联系反映人,计时不停。",
    )


def tell_lead_of_supplement(story: Story) -> None:
    tell_unit(story, story.of.lead, f"反映人已补充 {story.title}", f"请查看后继续办理{by_when(story)}。")


def tell_lead_to_stop(story: Story) -> None:
    why = {"case.withdrawn": "反映人已撤回", "case.merged": f"已并入 {story.said('into')}"}[story.entry.kind]
    tell_unit(story, story.of.lead, f"停止单独办理 {story.title}", f"{why},此件不再计时。")


def tell_lead_of_joined_case(story: Story) -> None:
    tell_unit(
        story,
        story.of.lead,
        f"并入一件 {story.title}",
        f"{story.said('merged')} 并入此件,请一并办理、一并答复{by_when(story)}。",
    )


# -- bodies without an account ----------------------------------------------------------------------------------------


def tell_sender_of_answer(story: Story) -> None:
    tell_sender(story, f"外单位已答复 {story.title}", f"{story.said('body')}:{story.said('text')}。请验收或退回重办。")


def tell_sender_of_asked_time(story: Story) -> None:
    text = f"{story.said('body')}申请延长 {story.said('days')} 天:{story.said('reason')}。请答复。"
    tell_sender(story, f"外单位申请延长 {story.title}", text)


def tell_sender_of_ended_lease(story: Story) -> None:
    if story.of.state in LIVE_STATES:
        text = f"{story.said('body')}到期没有答复,此事回到您手里。请催办、另发链接或自行办理{by_when(story)}。"
        tell_sender(story, f"外单位到期未答复 {story.title}", text)


# -- clocks -----------------------------------------------------------------------------------------------------------


def tell_holder_of_warning(story: Story) -> None:
    if story.of.state not in LIVE_STATES:
        return
    text = f"{story.said('stage_name')}时限将到,请于 {moment(story.said('due'))} 前完成;办不完请及早申请延期。"
    tell_unit(story, holder_of(story), f"时限提醒 {story.title}", text)


def supervise_breach(story: Story) -> None:
    """The case is raised (督办), unless it was closed meanwhile; it shows that it is late."""
    follow_clocks(case=story.of.ref)
    if story.of.state in LIVE_STATES:
        reason = f"{story.said('stage_name')}超时:应于 {moment(story.said('due'))} 前完成"
        raise_case(by=SYSTEM, at=story.at, case=story.of.ref, reason=reason, cause=code_of(story.entry))


def tell_leaders_of_breach(story: Story) -> None:
    if story.of.state not in LIVE_STATES:
        return
    holder = holder_of(story)
    people = [*leaders_of(story, holder), *desk_of(story), *street_leaders(story)]
    text = f"{holder.name}的{story.said('stage_name')}应于 {moment(story.said('due'))} 前完成。请当日过问:催办、会商或提级。"
    tell_people(story, people, f"超时督办 {story.title}", text, is_urgent=True)


def tell_lead_of_raising(story: Story) -> None:
    text = f"{story.said('reason')}。请立即办理并说明进展。"
    tell_unit(story, story.of.lead, f"督办 {story.title}", text, is_urgent=True)


def show_new_date(story: Story) -> None:
    follow_clocks(case=story.of.ref)


def tell_holder_of_new_date(story: Story) -> None:
    if moment(story.said("before")) != moment(story.said("after")):
        text = f"工作日历已更新,期限由 {moment(story.said('before'))} 改为 {moment(story.said('after'))}。"
        tell_unit(story, story.of.lead, f"期限已重新核定 {story.title}", text)


# -- the setting-up of the street -------------------------------------------------------------------------------------


def tell_publishers_of_draft(story: Story) -> None:
    """A second person has to publish a routing table; the one who drafted it may not. A founding publishes its own."""
    if story.entry.actor == SYSTEM.label:
        return
    keepers = organisation.people_with_roles(story.street, roles=(Role.SYSTEM_KEEPER, Role.STREET_LEADER), at=story.at)
    text = f"共 {story.said('rows')} 行。请看过证明与重演结果后发布或作废;起草人不能自己发布。"
    tell_people(story, keepers, f"待发布路由表第 {story.said('version')} 版", text)


# -- change-sets of the setup -----------------------------------------------------------------------------------------


def tell_publishers_of_change_set(story: Story) -> None:
    """Those who may publish it are told; its drafter, who may not, is not."""
    found = change_set(story.street, story.entry.subject.partition(":")[2])
    people = organisation.people_with_roles(story.street, roles=sorted(SETS_UP | GRANTS), at=story.at)
    able = [each for each in people if permitted(found, "publish", by=organisation.actor_of(each, at=story.at))]
    tell_people(
        story,
        able,
        f"待核对变更单:{found.title}",
        f"共 {len(found.changes)} 处改动。请在“规则 › 变更单”里看过差异后发布或退回。",
    )


def tell_drafter_of_change_set(story: Story) -> None:
    """Whoever drafted it hears why it came back or took no effect."""
    found = change_set(story.street, story.entry.subject.partition(":")[2])
    if found.drafter:
        word = "未能生效" if story.entry.kind == "change_set.failed" else "被退回"
        tell_people(
            story, [found.drafter], f"变更单{word}:{found.title}", f"{story.said('reason')}。请改好后重新提交,或作废。"
        )


def notice_what_was_told_before(story: Story) -> None:
    notice_same(by=SYSTEM, at=story.at, case=story.of.ref)


def keep_joined_together(story: Story) -> None:
    keep_together(by=SYSTEM, at=story.at, case=story.of.ref, into=story.said("into_ref"))


TABLE: dict[str, tuple[Reaction, ...]] = {
    "case.filed": (tell_lead_of_new_case, tell_desk_of_gap, notice_what_was_told_before),
    "overnight.listed": (tell_desk_of_overnight,),
    "case.assigned": (tell_new_lead,),
    "case.routed_again": (tell_new_lead,),
    "case.pulled_back": (tell_new_lead,),
    "case.answer_duty_passed": (court.tell_new_answerer,),
    "case.returned": (tell_desk_of_return, court.tell_side_of_return, court.tell_adjudicators),
    "case.return_taken": (court.tell_desk_of_decision,),
    "case.return_declined": (court.tell_desk_of_decline,),
    "case.return_deemed_taken": (tell_new_lead,),
    "case.return_unanswered": (court.tell_desk_of_decline,),
    "case.designated": (tell_new_lead, court.tell_desk_of_decision),
    "case.deemed_accepted": (court.tell_lead_of_taking,),
    "case.escalated": (tell_superior, tell_first_contact_of_escalation),
    "case.consultation_called": (tell_consulting_units,),
    "case.consultation_concluded": (tell_owners_of_decisions,),
    "case.extension_requested": (tell_approvers,),
    "case.extension_approved": (tell_requester,),
    "case.extension_rejected": (tell_requester,),
    "case.suspension_requested": (tell_approvers,),
    "case.suspended": (tell_requester,),
    "case.suspension_rejected": (tell_requester,),
    "case.resumed": (tell_lead_of_resumption,),
    "case.grade_proposed": (tell_graders,),
    "case.grade_confirmed": (tell_proposer_of_grade,),
    "case.grade_rejected": (tell_proposer_of_grade,),
    "case.asked": (tell_first_contact_to_ask,),
    "case.supplemented": (tell_lead_of_supplement,),
    "case.answered": (tell_verifiers, forums.tell_noter_of_answer),
    "case.verified": (tell_desk_to_strike_off,),
    "case.judged": (tell_desk_of_confirmation,),
    "case.verification_failed": (tell_lead_to_work_on,),
    "case.sent_back": (tell_lead_to_work_on,),
    "case.reopened": (tell_lead_to_work_on,),
    "case.cleared": (tell_first_contact_of_strike_off,),
    "case.withdrawn": (tell_lead_to_stop,),
    "case.merged": (tell_lead_to_stop, keep_joined_together),
    "case.joined": (keep_joined_together,),
    "case.unmerged": (tell_new_lead,),
    "case.took_in": (tell_lead_of_joined_case,),
    "case.raised": (tell_lead_of_raising,),
    "case.outside_answered": (tell_sender_of_answer,),
    "case.outside_asked_time": (tell_sender_of_asked_time,),
    "case.outside_expired": (tell_sender_of_ended_lease,),
    "proposal.decided": (projects.enter_approved_proposal,),
    "enterprise.visit_declined": (firms.tell_host_of_refusal,),
    "consult.asked": (firms.tell_legal_officers,),
    "order.placed": (firms.tell_team_of_order,),
    "order.confirmed": (firms.tell_team_of_order,),
    "order.sent_back": (firms.tell_team_of_order,),
    "order.cancelled": (firms.tell_team_of_order,),
    "bank.consented": (firms.tell_keeper_of_match,),
    "bank.withdrawn": (firms.tell_keeper_of_match,),
    "firm_link.agreed": (firms.tell_proposer_of_link,),
    "firm_link.declined": (firms.tell_proposer_of_link,),
    "listing.told": (firms.tell_manager_of_own_word,),
    "resumption.applied": (firms.tell_manager_of_own_word,),
    "resumption.item_mended": (firms.tell_manager_of_own_word,),
    "resumption.withdrawn": (firms.tell_manager_of_own_word,),
    "clock.warned": (tell_holder_of_warning,),
    "clock.breached": (supervise_breach, tell_leaders_of_breach),
    "clock.reissued": (show_new_date, tell_holder_of_new_date),
    "forum.invited": (forums.tell_managers_of_invitation,),
    "forum.question_taken": (forums.tell_of_open_question,),
    "forum.filing_due": (forums.tell_host_of_what_is_not_filed,),
    "forum.question_judged": (forums.tell_host_of_judgement,),
    "policy.question_answered": (forums.tell_managers_of_answer,),
    "routing_table.drafted": (tell_publishers_of_draft,),
    "change_set.submitted": (tell_publishers_of_change_set,),
    "change_set.sent_back": (tell_drafter_of_change_set,),
    "change_set.failed": (tell_drafter_of_change_set,),
}


def name_of(reaction: Reaction) -> str:
    """The stable name under which a reaction is kept with its causes."""
    return reaction.__name__


BY_NAME: dict[str, Reaction] = {name_of(reaction): reaction for follow in TABLE.values() for reaction in follow}
