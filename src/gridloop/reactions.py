"""What follows from what: one table, from the kind of a ledger entry to the actions that follow it.

How to read it. Something happens and stands in the ledger as an entry (``case.returned``). The tick reads the sealed
entries in their order and calls every function that ``TABLE`` names for the kind. Most of them tell someone what to do
and by when; one of them raises a case (督办) when a clock is breached.

Terms: a *story* is one entry as a reaction sees it; a *reaction* is a function of a story, known by its name. Its name
is kept with every cause it has followed, so renaming one makes it follow again: do not.

Guarantees

* Each reaction follows each entry exactly once, in one transaction with its effect (``archive.react_once``).
* No loops: reactions record only ``notice.told``, which nothing follows, and ``case.raised``, which is only told.
* Nobody is told of what they did themselves. A unit where nobody holds a post is never told into the void: the duty
  desk is told to telephone.
* Titles hold the case's number and category, no word of what a resident said: they leave the house through group robots.
* Imported cases are not told one by one; they stand on the desks.

Worked example: the urban squad returns a case. ``case.returned`` is sealed as number 118. ``TABLE["case.returned"]`` is
``(tell_desk_of_return,)``; the holder of the duty desk has a notice "城市管理中队退回 20220523-000001", caused by
``entry:410102990/118``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridloop.core.access import GRANTS, SETS_UP, SYSTEM, Role
from gridloop.core.deadline import moment_in_words
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import code_of, payload_of
from gridloop.offices.cases.actions import raise_case
from gridloop.offices.cases.actions.moves import follow_clocks
from gridloop.offices.cases.models import BEIJING, Case
from gridloop.offices.cases.queries import concerned, outside
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.notices.actions import Message, tell
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.queries import change_set, permitted
from gridloop.offices.organisation.models import Person, Unit

STAFF = (Role.UNIT_LEADER, Role.UNIT_WORKER)


@dataclass(frozen=True, slots=True)
class Story:
    """One sealed entry: what happened, to which case (None when it is about something else), told at ``at``."""

    entry: Entry
    payload: Mapping[str, Any]
    case: Case | None
    at: datetime

    @property
    def street(self) -> str:
        return str(self.entry.book_id)

    @property
    def title(self) -> str:
        """The case as it is called in a notice: its number and the last name of its category."""
        return f"{self.of.number}({self.of.category.rsplit('/', 1)[-1]})"

    @property
    def of(self) -> Case:
        """The case, where there must be one."""
        assert self.case is not None, f"entry {self.entry.pk} is not about a case"
        return self.case

    def said(self, name: str) -> str:
        """A value of the payload as text; empty when absent or erased."""
        return str(self.payload.get(name) or "")


Reaction = Callable[[Story], object]


def story_of(entry: Entry, *, at: datetime) -> Story:
    """The entry with its payload and its case."""
    kind, _, ref = entry.subject.partition(":")
    return Story(entry, payload_of(entry), scoped_case(ref, by=SYSTEM) if kind == "case" else None, at)


# -- a case comes in and is handed on ---------------------------------------------------------------------------------


def tell_lead_of_new_case(story: Story) -> None:
    if story.payload.get("source") == "import" or story.payload.get("is_gap"):
        return
    _tell_unit(
        story, _unit(story), f"新到事项 {story.title}", f"{story.said('reason')}。请签收并办理{_by_when(story)}。"
    )


def tell_desk_of_gap(story: Story) -> None:
    if story.payload.get("is_gap") and story.payload.get("source") != "import":
        _tell(
            story,
            _desk(story),
            f"待派单 {story.title}",
            f"没有对应的路由行,暂由街道兜底。请判定主办单位并交办{_by_when(story)}。",
        )


def tell_new_lead(story: Story) -> None:
    reason = story.said("reason") or "请接续办理"
    _tell_unit(story, _unit(story), f"交办给贵单位 {story.title}", f"{reason}。请签收并办理{_by_when(story)}。")


def tell_desk_of_return(story: Story) -> None:
    text = (
        f"依据履职事项清单 {story.said('duty_item')}:{story.said('reason')}。请重新交办、会商或提级{_by_when(story)}。"
    )
    _tell(story, _desk(story), f"{story.said('unit')}退回 {story.title}", text)


def tell_superior(story: Story) -> None:
    _tell_unit(
        story, _unit(story), f"提请贵单位协调 {story.title}", f"{story.said('reason')}。请协调办理{_by_when(story)}。"
    )


def tell_first_contact_of_escalation(story: Story) -> None:
    _tell(
        story,
        [story.of.first_contact],
        f"已提级 {story.title}",
        f"现由{story.said('unit')}协调,请继续跟踪并告知反映人。",
    )


def tell_consulting_units(story: Story) -> None:
    meeting = concerned.latest_consultation(story.of)
    for unit in meeting.units.all() if meeting else ():
        text = f"议题:{story.said('topic')};由{story.said('unit')}牵头。请准备意见并派人参加。"
        _tell_unit(story, unit, f"请参加会商 {story.title}", text)


def tell_owners_of_decisions(story: Story) -> None:
    meeting = concerned.latest_consultation(story.of)
    for decision in meeting.decisions.all() if meeting else ():
        on = decision.due_on
        until = f"请于 {_day(on)} 前完成。" if on else "请尽快完成。"
        _tell_unit(story, decision.owner, f"会商决定由贵单位负责 {story.title}", f"决定:{decision.text}。{until}")


# -- more time, a harder grade ----------------------------------------------------------------------------------------


def tell_approvers(story: Story) -> None:
    asked = "挂起" if "suspension" in story.entry.kind else "延期"
    approvers = [*_leaders_of(story, story.of.lead), *_desk(story), *_street_leaders(story)]
    _tell(
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
    next_step = f"请按原时限办理{_by_when(story)}。" if rejected else f"请继续办理{_by_when(story)}。"
    if story.entry.kind == "case.suspended":
        next_step = f"计时暂停至 {_moment(story.said('until'))},到期自动恢复。"
    title = f"{name}未获批准 {story.title}" if rejected else f"{name}已获批准 {story.title}"
    _tell(story, [asked.requested_by], title, f"{remark}{next_step}")


def tell_lead_of_resumption(story: Story) -> None:
    _tell_unit(story, story.of.lead, f"挂起结束 {story.title}", f"计时已恢复,请继续办理{_by_when(story)}。")


def tell_graders(story: Story) -> None:
    text = f"理由:{story.said('reason') or story.of.grade_reason}。请由提出人以外的人确认或驳回。"
    _tell(story, [*_desk(story), *_street_leaders(story)], f"待确认为疑难 {story.title}", text)


def tell_proposer_of_grade(story: Story) -> None:
    proposer = concerned.proposer_of_grade(story.of)
    outcome = "已确认为疑难" if story.entry.kind == "case.grade_confirmed" else "未确认为疑难"
    if proposer:
        _tell(story, [proposer], f"{outcome} {story.title}", f"请继续办理{_by_when(story)}。")


# -- answered, verified, struck off, or not ---------------------------------------------------------------------------


def tell_verifiers(story: Story) -> None:
    verifiers = organisation.people_with_roles(story.street, roles=(Role.VERIFIER,), at=story.at)
    handlers = concerned.handlers_of(story.of)
    people = [person for person in [*_desk(story), *verifiers] if person.pk not in handlers]
    _tell(story, people, f"待核实 {story.title}", f"{story.of.lead.name}已答复。请核实或回访反映人,再销号。")


def tell_desk_to_strike_off(story: Story) -> None:
    _tell(story, _desk(story), f"待销号 {story.title}", "已由未经办的人核实,请回访后销号。")


def tell_desk_of_confirmation(story: Story) -> None:
    if story.payload.get("solved"):
        _tell(story, _desk(story), f"反映人确认已解决 {story.title}", "可以销号。")


def tell_lead_to_work_on(story: Story) -> None:
    why = story.said("text") or story.said("reason")
    _tell_unit(
        story, story.of.lead, f"请继续办理 {story.title}", f"{why}。原计时继续,请办理后重新答复{_by_when(story)}。"
    )


def tell_first_contact_of_strike_off(story: Story) -> None:
    _tell(story, [story.of.first_contact], f"已销号 {story.title}", "您首问的事项已办结销号,请告知反映人。")


def tell_first_contact_to_ask(story: Story) -> None:
    _tell(
        story,
        [story.of.first_contact],
        f"请反映人补充 {story.title}",
        f"{story.of.lead.name}需要:{story.said('text')}。请联系反映人,计时不停。",
    )


def tell_lead_of_supplement(story: Story) -> None:
    _tell_unit(story, story.of.lead, f"反映人已补充 {story.title}", f"请查看后继续办理{_by_when(story)}。")


def tell_lead_to_stop(story: Story) -> None:
    why = {"case.withdrawn": "反映人已撤回", "case.merged": f"已并入 {story.said('into')}"}[story.entry.kind]
    _tell_unit(story, story.of.lead, f"停止单独办理 {story.title}", f"{why},此件不再计时。")


def tell_lead_of_joined_case(story: Story) -> None:
    _tell_unit(
        story,
        story.of.lead,
        f"并入一件 {story.title}",
        f"{story.said('merged')} 并入此件,请一并办理、一并答复{_by_when(story)}。",
    )


# -- bodies without an account ----------------------------------------------------------------------------------------


def tell_sender_of_answer(story: Story) -> None:
    _tell_sender(story, f"外单位已答复 {story.title}", f"{story.said('body')}:{story.said('text')}。请验收或退回重办。")


def tell_sender_of_asked_time(story: Story) -> None:
    text = f"{story.said('body')}申请延长 {story.said('days')} 天:{story.said('reason')}。请答复。"
    _tell_sender(story, f"外单位申请延长 {story.title}", text)


def tell_sender_of_ended_lease(story: Story) -> None:
    if story.of.state in LIVE_STATES:
        text = f"{story.said('body')}到期没有答复,此事回到您手里。请催办、另发链接或自行办理{_by_when(story)}。"
        _tell_sender(story, f"外单位到期未答复 {story.title}", text)


# -- clocks -----------------------------------------------------------------------------------------------------------


def tell_holder_of_warning(story: Story) -> None:
    if story.of.state not in LIVE_STATES:
        return
    text = f"{story.said('stage_name')}时限将到,请于 {_moment(story.said('due'))} 前完成;办不完请及早申请延期。"
    _tell_unit(story, _holder(story), f"时限提醒 {story.title}", text)


def supervise_breach(story: Story) -> None:
    """The case is raised (督办), unless it was closed meanwhile; it shows that it is late."""
    follow_clocks(case=story.of.ref)
    if story.of.state in LIVE_STATES:
        reason = f"{story.said('stage_name')}超时:应于 {_moment(story.said('due'))} 前完成"
        raise_case(by=SYSTEM, at=story.at, case=story.of.ref, reason=reason, cause=code_of(story.entry))


def tell_leaders_of_breach(story: Story) -> None:
    if story.of.state not in LIVE_STATES:
        return
    holder = _holder(story)
    people = [*_leaders_of(story, holder), *_desk(story), *_street_leaders(story)]
    text = f"{holder.name}的{story.said('stage_name')}应于 {_moment(story.said('due'))} 前完成。请当日过问:催办、会商或提级。"
    _tell(story, people, f"超时督办 {story.title}", text, is_urgent=True)


def tell_lead_of_raising(story: Story) -> None:
    text = f"{story.said('reason')}。请立即办理并说明进展。"
    _tell_unit(story, story.of.lead, f"督办 {story.title}", text, is_urgent=True)


def show_new_date(story: Story) -> None:
    follow_clocks(case=story.of.ref)


def tell_holder_of_new_date(story: Story) -> None:
    if _moment(story.said("before")) != _moment(story.said("after")):
        text = f"工作日历已更新,期限由 {_moment(story.said('before'))} 改为 {_moment(story.said('after'))}。"
        _tell_unit(story, story.of.lead, f"期限已重新核定 {story.title}", text)


# -- the setting-up of the street -------------------------------------------------------------------------------------


def tell_publishers_of_draft(story: Story) -> None:
    """A second person has to publish a routing table; the one who drafted it may not. A founding publishes its own."""
    if story.entry.actor == SYSTEM.label:
        return
    keepers = organisation.people_with_roles(story.street, roles=(Role.SYSTEM_KEEPER, Role.STREET_LEADER), at=story.at)
    text = f"共 {story.said('rows')} 行。请看过证明与重演结果后发布或作废;起草人不能自己发布。"
    _tell(story, keepers, f"待发布路由表第 {story.said('version')} 版", text)


# -- change-sets of the setup -----------------------------------------------------------------------------------------


def tell_publishers_of_change_set(story: Story) -> None:
    """Those who may publish it are told; its drafter, who may not, is not."""
    found = change_set(story.street, story.entry.subject.partition(":")[2])
    people = organisation.people_with_roles(story.street, roles=sorted(SETS_UP | GRANTS), at=story.at)
    able = [each for each in people if permitted(found, "publish", by=organisation.actor_of(each, at=story.at))]
    _tell(
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
        _tell(
            story, [found.drafter], f"变更单{word}:{found.title}", f"{story.said('reason')}。请改好后重新提交,或作废。"
        )


TABLE: dict[str, tuple[Reaction, ...]] = {
    "case.filed": (tell_lead_of_new_case, tell_desk_of_gap),
    "case.assigned": (tell_new_lead,),
    "case.routed_again": (tell_new_lead,),
    "case.pulled_back": (tell_new_lead,),
    "case.returned": (tell_desk_of_return,),
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
    "case.answered": (tell_verifiers,),
    "case.verified": (tell_desk_to_strike_off,),
    "case.judged": (tell_desk_of_confirmation,),
    "case.verification_failed": (tell_lead_to_work_on,),
    "case.sent_back": (tell_lead_to_work_on,),
    "case.reopened": (tell_lead_to_work_on,),
    "case.cleared": (tell_first_contact_of_strike_off,),
    "case.withdrawn": (tell_lead_to_stop,),
    "case.merged": (tell_lead_to_stop,),
    "case.took_in": (tell_lead_of_joined_case,),
    "case.raised": (tell_lead_of_raising,),
    "case.outside_answered": (tell_sender_of_answer,),
    "case.outside_asked_time": (tell_sender_of_asked_time,),
    "case.outside_expired": (tell_sender_of_ended_lease,),
    "clock.warned": (tell_holder_of_warning,),
    "clock.breached": (supervise_breach, tell_leaders_of_breach),
    "clock.reissued": (show_new_date, tell_holder_of_new_date),
    "routing_table.drafted": (tell_publishers_of_draft,),
    "change_set.submitted": (tell_publishers_of_change_set,),
    "change_set.sent_back": (tell_drafter_of_change_set,),
    "change_set.failed": (tell_drafter_of_change_set,),
}


def name_of(reaction: Reaction) -> str:
    """The stable name under which a reaction is kept with its causes."""
    return reaction.__name__


BY_NAME: dict[str, Reaction] = {name_of(reaction): reaction for follow in TABLE.values() for reaction in follow}


# -- private: who, and in which words ---------------------------------------------------------------------------------


def _tell(story: Story, people: Iterable[Person], title: str, text: str, *, is_urgent: bool = False) -> None:
    """Those of the people who did not do it themselves are told, once each."""
    others = [person for person in people if story.entry.actor != f"person:{person.ref}"]
    message = Message(
        kind=story.entry.kind, title=title, text=_tidy(text), subject=story.entry.subject, is_urgent=is_urgent
    )
    tell(by=SYSTEM, at=story.at, street=story.street, people=others, message=message, cause=code_of(story.entry))


def _tidy(text: str) -> str:
    """One full stop where a sentence that was quoted brought its own."""
    return text.replace("。。", "。").replace("。;", ";")


def _tell_unit(story: Story, unit: Unit, title: str, text: str, *, is_urgent: bool = False) -> None:
    """The unit's leaders and workers are told; where it has none, the desk is told to telephone. The backstop is the desk."""
    people = organisation.people_with_roles(story.street, roles=STAFF, at=story.at, unit=unit.code)
    if people:
        _tell(story, people, title, text, is_urgent=is_urgent)
    elif unit.is_backstop:
        _tell(story, _desk(story), title, text, is_urgent=is_urgent)
    else:
        phone = f",电话 {unit.phone}" if unit.phone else ""
        _tell(
            story,
            _desk(story),
            f"请电话告知{unit.name}:{title}",
            f"{unit.name}在系统内无人在岗{phone}。{text}",
            is_urgent=is_urgent,
        )


def _tell_sender(story: Story, title: str, text: str) -> None:
    """Whoever sent the outside link is told; where they hold no post any more, the lead unit."""
    link = outside.link_with_sender(story.of, story.said("link"))
    if link and organisation.posts_held(story.street, link.sent_by_id, at=story.at):
        _tell(story, [link.sent_by], title, text)
    else:
        _tell_unit(story, story.of.lead, title, text)


def _unit(story: Story) -> Unit:
    """The unit that the entry names (by code in a filing, else by name), or the case's lead."""
    named = story.said("unit_name") or story.said("unit")
    if not named or story.of.lead.name == named:
        return story.of.lead
    return organisation.unit_named(story.street, named) or story.of.lead


def _holder(story: Story) -> Unit:
    return organisation.unit(story.street, story.said("holder"))


def _desk(story: Story) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.DUTY_DESK,), at=story.at)


def _street_leaders(story: Story) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.STREET_LEADER,), at=story.at)


def _leaders_of(story: Story, unit: Unit) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.UNIT_LEADER,), at=story.at, unit=unit.code)


def _by_when(story: Story) -> str:
    """ ", 5月30日 24:00 前完成" by the date that the case shows now; nothing while it has none."""
    due_at = story.of.due_at
    if due_at is None:
        return ""
    return ",此件已超时,请立即办理" if due_at < story.at else f",{_in_words(due_at)} 前完成"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _moment(text: str) -> str:
    """A moment of a payload in words."""
    return _in_words(datetime.fromisoformat(text)) if text else "(待定)"


def _in_words(moment: datetime) -> str:
    return moment_in_words(moment.astimezone(BEIJING))
