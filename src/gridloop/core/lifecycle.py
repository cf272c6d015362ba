"""The state chart of a case as data: verbs, from where, to where, by whom, and what each requires.

Terms: a **state** is where a case stands; a **verb** moves it (or is noted while it stands); **by** names the relations
(``core.access``) that may do it; **never** names those barred from it (who handled does not verify); **needs** names
the fields without which the verb is refused.

Guarantees, each proved by ``chart_problems`` in a test: every state can be reached from filing; every state but the
archive has a way out; every verb has someone who may do it; every verb's states exist.

Worked example::

    permit(CASE, verb="verify", state="answered", actor_relations=frozenset({"verifier"}))   # returns the Verb
    permit(CASE, verb="verify", state="answered", actor_relations=frozenset({"verifier", "handler"}))   # NotAllowed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gridloop.core.access import RELATION_LABELS, decide
from gridloop.core.errors import NotAllowed, Refused, WrongInput


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be done to a case. An empty ``targets`` leaves the state as it is."""

    name: str
    label: str
    sources: frozenset[str]
    targets: tuple[str, ...]
    by: frozenset[str]
    never: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """States with their Chinese names, the state of a new case, the states nobody leaves, and the verbs."""

    states: Mapping[str, str]
    initial: str
    final: frozenset[str]
    verbs: Mapping[str, Verb]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _verb(  # noqa: PLR0917 - the chart below is read as a table
    name: str, label: str, sources: str, targets: str, by: str, never: str = "", needs: str = ""
) -> Verb:
    return Verb(name, label, _set(sources), tuple(targets.split()), _set(by), _set(never), tuple(needs.split()))


STATES: dict[str, str] = {
    "routed": "待签收",
    "accepted": "已签收",
    "handling": "办理中",
    "asking": "待反映人补充",
    "consulting": "会商中",
    "escalated": "已提级",
    "returned": "退回待重派",
    "suspended": "已挂起",
    "answered": "已答复待核实",
    "verified": "已核实待销号",
    "cleared": "已销号",
    "merged": "已并案",
    "withdrawn": "已撤回",
    "archived": "已归档",
}

WORKING = "accepted handling asking"
OPEN = f"routed {WORKING} consulting escalated returned suspended"
LIVE = f"{OPEN} answered verified"

_VERBS = [
    #     name                  label          from                       to            by
    _verb("accept", "签收", "routed", "accepted", "lead_unit"),
    _verb("begin_work", "开始办理", "accepted", "handling", "lead_unit"),
    _verb("note_progress", "记录进展", f"{WORKING} consulting escalated", "", "lead_unit co_unit desk", needs="text"),
    _verb("ask_reporter", "请反映人补充", "accepted handling", "asking", "lead_unit", needs="text"),
    _verb("supplement", "补充情况", "asking", "handling", "reporter desk first_contact", needs="text"),
    _verb("answer", "答复", WORKING, "answered", "lead_unit", needs="text"),
    _verb("answer_interim", "阶段性答复", WORKING, "", "lead_unit", needs="text"),
    _verb("return_case", "退回", "routed accepted", "returned", "lead_unit", needs="duty_item reason"),
    _verb("answer_return", "答复退回", "returned", "routed", "asked_unit", needs="takes reason"),
    _verb("designate", "裁定主办", "returned", "routed", "leader system", needs="unit reason duty_items"),
    _verb(
        "assign", "交办", "routed returned consulting handling escalated", "routed", "desk leader", needs="unit reason"
    ),
    _verb(
        "consult",
        "发起会商",
        "routed accepted handling returned",
        "consulting",
        "desk leader lead_leader",
        needs="units topic",
    ),
    _verb(
        "conclude_consultation",
        "形成会商纪要",
        "consulting",
        "handling",
        "desk leader lead_leader",
        needs="minutes decisions",
    ),
    _verb(
        "escalate",
        "提级",
        "routed accepted handling returned consulting",
        "escalated",
        "desk leader",
        needs="unit reason",
    ),
    _verb("pull_back", "收回提级", "escalated", "handling", "desk leader", needs="reason"),
    _verb("request_extension", "申请延期", f"{WORKING} consulting", "", "lead_unit", needs="reason_code reason amount"),
    _verb("decide_extension", "审批延期", LIVE, "", "desk leader lead_leader", never="requester", needs="approved"),
    _verb("request_suspension", "申请挂起", "accepted handling", "", "lead_unit", needs="reason_code reason until"),
    _verb(
        "decide_suspension",
        "审批挂起",
        LIVE,
        "suspended",
        "desk leader lead_leader",
        never="requester",
        needs="approved",
    ),
    _verb("resume", "恢复办理", "suspended", "handling", "lead_unit desk leader system", needs="reason"),
    _verb("merge", "并案", OPEN, "merged", "desk", needs="into reason"),
    _verb("unmerge", "撤销并案", "merged", "routed accepted", "desk", needs="reason"),
    _verb("split", "拆分", f"{OPEN} answered", "", "desk", needs="parts reason"),
    _verb("propose_grade", "提出定级", OPEN, "", "desk lead_unit first_contact", needs="grade reason"),
    _verb("confirm_grade", "确认定级", LIVE, "", "desk leader lead_leader", never="grader", needs="approved"),
    _verb("correct", "更正类别或地点", OPEN, "", "desk lead_unit", needs="reason"),
    _verb(
        "verify", "核实", "answered", "verified handling", "verifier monitor desk leader grid", "handler", "passed text"
    ),
    _verb(
        "record_callback",
        "回访",
        "answered verified cleared",
        "",
        "desk first_contact verifier monitor",
        "handler",
        "outcome",
    ),
    _verb("judge_answer", "评价答复", "answered verified cleared", "", "reporter", needs="solved"),
    _verb("rework", "退回重办", "answered verified", "handling", "desk leader monitor system reporter", needs="reason"),
    _verb("strike_off", "销号", "answered verified", "cleared", "desk leader", never="handler"),
    _verb("reopen", "重新办理", "cleared archived", "handling", "desk leader monitor reporter", needs="reason"),
    _verb("withdraw", "撤回", f"{OPEN} answered merged", "withdrawn", "reporter desk", needs="reason"),
    _verb("archive_case", "归档", "cleared merged withdrawn", "archived", "desk system"),
    _verb("raise_case", "督办", LIVE, "", "desk leader system", needs="reason"),
    _verb("attach", "添加附件", LIVE, "", "lead_unit co_unit desk first_contact reporter grid"),
    _verb("give_notice", "一次性告知", OPEN, "", "lead_unit desk first_contact", needs="text"),
    _verb("finish_decision", "完成会商决定", f"{LIVE} cleared", "", "lead_unit co_unit desk", needs="decision text"),
    _verb("send_outside", "请外单位办理", f"{WORKING} consulting escalated", "", "lead_unit desk", needs="body task"),
    _verb("extend_outside", "答复外单位延长申请", LIVE, "", "lead_unit desk", needs="link approved"),
    _verb("review_outside", "验收外单位答复", LIVE, "", "lead_unit desk", needs="link approved"),
    _verb("recall_outside", "收回外单位链接", LIVE, "", "lead_unit desk", needs="link"),
    _verb(
        "withdraw_contact",
        "撤回联系方式",
        f"{LIVE} cleared merged withdrawn archived",
        "",
        "reporter desk",
        needs="report",
    ),
]

CASE = Chart(
    states=STATES,
    initial="routed",
    final=frozenset({"archived"}),
    verbs={verb.name: verb for verb in _VERBS},
)

OPEN_STATES = frozenset(OPEN.split())
LIVE_STATES = frozenset(LIVE.split())
CLOSED_STATES = frozenset(STATES) - LIVE_STATES

SEPARATION_OF_DUTIES = "经办人不核实、不销号"


def permit(chart: Chart, *, verb: str, state: str, actor_relations: frozenset[str]) -> Verb:
    """The verb, if it may be done now by someone with these relations.

    Raises WrongInput for a verb that does not exist, Refused when the state forbids it, NotAllowed when the person may
    not.
    """
    found = chart.verbs.get(verb)
    if found is None:
        raise WrongInput("lifecycle.unknown_verb", f"没有“{verb}”这个动作;请从页面上的按钮中选择。", verb=verb)
    decision = decide(verb_label=found.label, by=found.by, never=found.never, actor_relations=actor_relations)
    if not decision.allowed:
        raise NotAllowed("lifecycle.not_allowed", decision.reason, verb=verb)
    if state not in found.sources:
        raise Refused(
            "lifecycle.wrong_state",
            f"此件现在是“{chart.states[state]}”,不能{found.label};请刷新页面看它到了哪一步。",
            verb=verb,
            state=state,
        )
    return found


def possible(chart: Chart, *, state: str, actor_relations: frozenset[str]) -> list[Verb]:
    """The verbs that someone with these relations may do now, in the order of the chart."""
    return [
        verb
        for verb in chart.verbs.values()
        if state in verb.sources and verb.by & actor_relations and not verb.never & actor_relations
    ]


def chart_problems(chart: Chart) -> list[str]:
    """Everything wrong with a chart, in sentences; an empty list is the proof that it holds together."""
    return [*_unknown_states(chart), *_unreachable(chart), *_dead_ends(chart), *_verbs_for_nobody(chart)]


def _unknown_states(chart: Chart) -> Iterable[str]:
    for verb in chart.verbs.values():
        for state in {*verb.sources, *verb.targets} - set(chart.states):
            yield f"verb {verb.name} names the unknown state {state}"


def _unreachable(chart: Chart) -> Iterable[str]:
    reached, frontier = {chart.initial}, [chart.initial]
    while frontier:
        state = frontier.pop()
        following = {target for verb in chart.verbs.values() if state in verb.sources for target in verb.targets}
        frontier += sorted(following - reached)
        reached |= following
    return [f"state {state} cannot be reached" for state in chart.states if state not in reached]


def _dead_ends(chart: Chart) -> Iterable[str]:
    for state in set(chart.states) - chart.final:
        if not any(state in verb.sources and set(verb.targets) - {state} for verb in chart.verbs.values()):
            yield f"state {state} has no way out"


def _verbs_for_nobody(chart: Chart) -> Iterable[str]:
    for verb in chart.verbs.values():
        if not (verb.by - verb.never) & set(RELATION_LABELS):
            yield f"verb {verb.name} is permitted to nobody"
