"""Every verb of the case page, as one table: its form, the action it calls, what is said afterwards.

A verb is done once for its key (``archive.actions.once``): a double click or a sent-again form gives the first answer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.cases import actions
from gridloop.offices.cases.queries.finding import case_by_number
from gridloop.web import verb_forms as asks
from gridloop.web.forms import CaseForm, Offered


@dataclass(frozen=True, slots=True)
class WebVerb:
    """One verb on the page. ``said`` is the flash after success; ``tone`` marks the verbs that hurt; ``told`` is what to show once."""

    name: str
    form: type[CaseForm]
    act: Callable[..., Any]
    said: Any
    tone: str = ""
    takes_rev: bool = True
    told: Callable[[Any], dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb offered on a page with its form, open when it was just refused."""

    name: str
    label: str
    form: CaseForm
    tone: str
    is_open: bool
    is_plain: bool
    is_upload: bool
    hint: str = ""
    templates: tuple[Any, ...] = ()
    fills: str = ""


def _merge(*, by: Actor, into: str, **told: Any) -> Any:
    """People know numbers; the action wants the reference."""
    return actions.merge(by=by, into=case_by_number(into, by=by).ref, **told)


_TABLE = [
    WebVerb("accept", asks.PlainForm, actions.accept, _("已签收。")),
    WebVerb("begin_work", asks.PlainForm, actions.begin_work, _("已开始办理。")),
    WebVerb("note_progress", asks.TextForm, actions.note_progress, _("进展已记录。")),
    WebVerb("ask_reporter", asks.AskForm, actions.ask_reporter, _("已请反映人补充。")),
    WebVerb("supplement", asks.TextForm, actions.supplement, _("补充情况已记录。")),
    WebVerb("answer", asks.AnswerForm, actions.answer, _("已答复,等待核实。")),
    WebVerb("answer_interim", asks.InterimForm, actions.answer_interim, _("阶段性答复已告知反映人。")),
    WebVerb("return_case", asks.ReturnForm, actions.return_case, _("已退回值班受理岗。"), tone="bad"),
    WebVerb("answer_return", asks.AnswerReturnForm, actions.answer_return, _("退回已答复。")),
    WebVerb("designate", asks.DesignateForm, actions.designate, _("已裁定主办单位,并起草了路由行;请到变更单里提交核对。")),
    WebVerb("assign", asks.AssignForm, actions.assign, _("已交办。")),
    WebVerb("consult", asks.ConsultForm, actions.consult, _("会商已发起。")),
    WebVerb("conclude_consultation", asks.MinutesForm, actions.conclude_consultation, _("会商纪要已形成。")),
    WebVerb("escalate", asks.EscalateForm, actions.escalate, _("已提级。")),
    WebVerb("pull_back", asks.PullBackForm, actions.pull_back, _("已收回。")),
    WebVerb("request_extension", asks.ExtensionForm, actions.request_extension, _("延期申请已提交,等待审批。")),
    WebVerb("decide_extension", asks.DecisionForm, actions.decide_extension, _("延期审批已记录。")),
    WebVerb("request_suspension", asks.SuspensionForm, actions.request_suspension, _("挂起申请已提交,等待审批。")),
    WebVerb("decide_suspension", asks.DecisionForm, actions.decide_suspension, _("挂起审批已记录。")),
    WebVerb("resume", asks.ReasonForm, actions.resume, _("已恢复办理。")),
    WebVerb("merge", asks.MergeForm, _merge, _("已并案。"), tone="bad"),
    WebVerb("unmerge", asks.ReasonForm, actions.unmerge, _("已撤销并案,单独办理。")),
    WebVerb("split", asks.SplitForm, actions.split, _("已拆分。")),
    WebVerb("propose_grade", asks.GradeForm, actions.propose_grade, _("定级已记录。")),
    WebVerb("confirm_grade", asks.DecisionForm, actions.confirm_grade, _("定级确认已记录。")),
    WebVerb("correct", asks.CorrectForm, actions.correct, _("已更正。")),
    WebVerb("verify", asks.VerifyForm, actions.verify, _("核实结果已记录。")),
    WebVerb("record_callback", asks.CallbackForm, actions.record_callback, _("回访已记录。")),
    WebVerb("rework", asks.ReasonForm, actions.rework, _("已退回重办。"), tone="bad"),
    WebVerb("strike_off", asks.RemarkForm, actions.strike_off, _("已销号。")),
    WebVerb("reopen", asks.ReasonForm, actions.reopen, _("已重新办理。"), tone="bad"),
    WebVerb("withdraw", asks.ReasonForm, actions.withdraw, _("已撤回。"), tone="bad"),
    WebVerb("archive_case", asks.PlainForm, actions.archive_case, _("已归档。")),
    WebVerb("raise_case", asks.ReasonForm, actions.raise_case, _("已督办。"), tone="bad", takes_rev=False),
    WebVerb("attach", asks.AttachForm, actions.attach, _("附件已添加。")),
    WebVerb("give_notice", asks.NoticeForm, actions.give_notice, _("已一次性告知反映人,可打印告知书。")),
    WebVerb("finish_decision", asks.FinishDecisionForm, actions.finish_decision, _("完成情况已记录。")),
    WebVerb(
        "send_outside", asks.SendOutsideForm, actions.send_outside, _("链接已生成。"),
        told=lambda sent: {"secret": sent.secret, "link": sent.link.ref},
    ),
    WebVerb("extend_outside", asks.ExtendOutsideForm, actions.extend_outside, _("已答复外单位。")),
    WebVerb("review_outside", asks.ReviewOutsideForm, actions.review_outside, _("验收结果已记录。")),
    WebVerb("recall_outside", asks.RecallOutsideForm, actions.recall_outside, _("链接已收回。"), tone="bad"),
    WebVerb("withdraw_contact", asks.WithdrawContactForm, actions.withdraw_contact, _("联系方式已删除。"), tone="bad"),
]  # fmt: skip
VERBS = {verb.name: verb for verb in _TABLE}
NEEDS_REQUEST = {"decide_extension": "extension", "decide_suspension": "suspension"}
NEEDS_CHOICE = {
    "extend_outside": "asking_links", "review_outside": "answered_links", "recall_outside": "open_links", "finish_decision": "decisions",
    "withdraw_contact": "contacts",
}  # fmt: skip
"""Verbs that are offered only while there is something to choose from."""
FILLED = {
    "answer": "text", "answer_interim": "text", "ask_reporter": "text", "note_progress": "text", "give_notice": "text",
    "return_case": "reason",
}  # fmt: skip
"""Which field of which verb a reply template fills."""
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("办理"),
        ("note_progress", "answer_interim", "ask_reporter", "supplement", "give_notice", "attach", "finish_decision"),
    ),
    (
        _("时限"),
        ("request_extension", "decide_extension", "request_suspension", "decide_suspension", "resume", "raise_case"),
    ),
    (
        _("交给别人"),
        (
            "return_case",
            "answer_return",
            "designate",
            "assign",
            "consult",
            "conclude_consultation",
            "escalate",
            "pull_back",
        ),
    ),
    (_("外单位"), ("send_outside", "extend_outside", "review_outside", "recall_outside")),
    (_("整理"), ("merge", "unmerge", "split", "correct", "propose_grade", "confirm_grade")),
    (
        _("核实与了结"),
        ("verify", "record_callback", "rework", "strike_off", "reopen", "withdraw", "archive_case", "withdraw_contact"),
    ),
)
"""The verbs beyond the first few, by what they are for; what is named nowhere here stands first."""


def verb_named(name: str) -> WebVerb:
    """The verb. Raises NotFound."""
    found = VERBS.get(name)
    if found is None:
        raise NotFound("web.no_verb", "没有这个动作;请从事项页面上的按钮中选择。", verb=name)
    return found


def new_key() -> str:
    """The key under which one showing of a form acts once."""
    return secrets.token_urlsafe(18)


def offers(
    found: Any, *, choices: Offered, refused: CaseForm | None = None, refused_verb: str = "", hints: dict[str, str],
    templates: Sequence[Any] = (),
) -> list[Offer]:  # fmt: skip
    """The verbs of a case file with their forms; the refused one keeps what was typed. Decisions appear only while a request waits."""
    waiting = {request.kind for request in found.requests if request.decided_at is None}
    made = []
    for verb in found.verbs:
        if verb.name not in VERBS or not _is_called_for(verb.name, found.case, waiting, choices):
            continue
        is_refused = verb.name == refused_verb and refused is not None
        form = (
            refused
            if is_refused and refused is not None
            else blank_form(verb.name, rev=found.case.rev, choices=choices)
        )
        fitting = tuple(each for each in templates if verb.name in FILLED and each.verb in ("", verb.name))
        made.append(_offer(verb, form, is_open=is_refused, hint=hints.get(verb.name, ""), templates=fitting))
    return made


def grouped(made: Sequence[Offer]) -> list[tuple[str, list[Offer]]]:
    """The verbs by what they are for, in the order of the table; empty groups are left out."""
    groups = [(str(title), [offer for offer in made if offer.name in names]) for title, names in GROUPS]
    named = {name for _title, names in GROUPS for name in names}
    first = [("", [offer for offer in made if offer.name not in named])]
    return [(title, listed) for title, listed in [*first, *groups] if listed]


def _is_called_for(name: str, case: Any, waiting: set[str], choices: Offered) -> bool:
    if name in NEEDS_CHOICE:
        return bool(choices.pairs(NEEDS_CHOICE[name]))
    if name in NEEDS_REQUEST:
        return NEEDS_REQUEST[name] in waiting
    if name == "assign" and choices.pairs("to_rule"):
        return False
    if name == "designate":
        return bool(choices.pairs("to_rule"))
    return bool(case.proposed_grade) if name == "confirm_grade" else True


def blank_form(name: str, *, rev: int, choices: Offered) -> CaseForm:
    return VERBS[name].form(choices=choices, initial={"rev": rev, "key": new_key()}, auto_id=f"{name}-%s")


def filled_form(name: str, sent: Any, files: Any, *, choices: Offered) -> CaseForm:
    return verb_named(name).form(sent, files, choices=choices, auto_id=f"{name}-%s")


def _offer(verb: Any, form: CaseForm, *, is_open: bool, hint: str, templates: tuple[Any, ...] = ()) -> Offer:
    return Offer(
        name=verb.name, label=_(verb.label), form=form, tone=VERBS[verb.name].tone, is_open=is_open,
        is_plain=not form.visible_fields(), is_upload=form.is_multipart(), hint=hint,
        templates=templates, fills=f"{verb.name}-{FILLED[verb.name]}" if templates else "",
    )  # fmt: skip


def act(name: str, *, by: Actor, at: datetime, case: str, form: CaseForm) -> dict[str, Any]:
    """The verb is done, once for the form's key; what it tells. The form is valid. Raises what the action raises."""
    verb = verb_named(name)
    told = form.arguments()
    revision = {"rev": form.cleaned_data["rev"]} if verb.takes_rev else {}

    def do() -> dict[str, Any]:
        made = verb.act(by=by, at=at, case=case, **told, **revision)
        return {"verb": name, "case": case, **(verb.told(made) if verb.told else {})}

    key, content = form.cleaned_data["key"], _content(name, case, told)
    answer, _repeated = once_sealed(door=f"web:{by.ref}", key=key, content=content, at=at, do=do)
    return answer


def _content(name: str, case: str, told: dict[str, Any]) -> dict[str, Any]:
    """What the key stands for; a file stands by its hash."""
    plain = {
        key: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)
        for key, value in told.items()
    }
    return {"verb": name, "case": case, **plain}
