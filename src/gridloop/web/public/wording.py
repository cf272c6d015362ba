"""A case in a resident's words: where it stands, what happened, what happens next. Codes come in, sentences go out.

The console has words of its own (``web.wording``): staff read states and verbs, residents read what it means for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.queries import words
from gridloop.offices.cases.queries.following import Followed, Step
from gridloop.web.dates import until

UNITS_OF_TIME = {
    "natural_day": gettext_lazy("个自然日"), "working_day": gettext_lazy("个工作日"), "hour": gettext_lazy("小时"),
    "working_hour": gettext_lazy("个工作小时"), "minute": gettext_lazy("分钟"), "week": gettext_lazy("周"), "month": gettext_lazy("个月"),
}  # fmt: skip
STATES: dict[str, tuple[Any, Any, str]] = {
    "routed": (gettext_lazy("已派单,等待签收"), gettext_lazy("已派给主办单位,单位签收后会开始办理。"), "new"),
    "accepted": (gettext_lazy("单位已签收"), gettext_lazy("主办单位已签收,正在安排办理。"), "open"),
    "handling": (gettext_lazy("正在办理"), gettext_lazy("主办单位正在办理,办好后会在这里答复您。"), "open"),
    "asking": (gettext_lazy("请您补充情况"), gettext_lazy("主办单位需要您补充一些情况,补充后继续办理。"), "wait"),
    "consulting": (gettext_lazy("多单位会商中"), gettext_lazy("这件事涉及几个单位,正在一起商量怎么办。"), "open"),
    "escalated": (
        gettext_lazy("已提请上级协调"),
        gettext_lazy("这件事超出街道职权,已提请上级部门协调,街道继续跟进。"),
        "open",
    ),
    "returned": (
        gettext_lazy("正在重新派单"),
        gettext_lazy("原单位认为不属于它的职责,值班受理岗正在另行派单;您不用重新反映。"),
        "warn",
    ),
    "suspended": (
        gettext_lazy("暂时挂起"),
        gettext_lazy("因客观原因暂缓办理,到期自动恢复;挂起经过审批,期限见下。"),
        "wait",
    ),
    "answered": (
        gettext_lazy("已答复,请您评价"),
        gettext_lazy("单位已答复。请您看看问题是否解决;没有经办过的人还会核实。"),
        "warn",
    ),
    "verified": (gettext_lazy("已核实,待销号"), gettext_lazy("没有经办过的人已核实,即将销号。您仍可评价。"), "good"),
    "cleared": (
        gettext_lazy("已办结销号"),
        gettext_lazy("此件已办结。如果您发现没有解决,请选“未解决”,会重新办理。"),
        "good",
    ),
    "merged": (gettext_lazy("已并案办理"), gettext_lazy("与同一问题的其他反映合并办理,您的回执继续有效。"), "quiet"),
    "withdrawn": (gettext_lazy("已撤回"), gettext_lazy("此件已撤回,不再办理;需要时可以重新反映。"), "quiet"),
    "archived": (gettext_lazy("已归档"), gettext_lazy("此件已办结归档;需要重新办理请拨打值班电话。"), "quiet"),
}
ROAD = (
    "routed",
    "accepted handling asking consulting escalated returned suspended",
    "answered",
    "verified",
    "cleared archived",
)
ROAD_WORDS = (
    gettext_lazy("登记派单"), gettext_lazy("单位办理"), gettext_lazy("答复您"), gettext_lazy("他人核实"), gettext_lazy("销号"),
)  # fmt: skip
GROUNDS = {
    "independent_verification": gettext_lazy("依据:由没有经办过的人核实。"),
    "reporter_confirmation": gettext_lazy("依据:由反映人确认已解决。"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One line of the history in a resident's words; ``body`` is what somebody wrote."""

    title: str
    at: datetime
    tone: str
    body: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """One of the five steps of the road: done, now or next."""

    label: str
    step: str


def state(code: str) -> tuple[str, str, str]:
    """Where the case stands: the name, the sentence, the tone."""
    label, sentence, tone = STATES[code]
    return str(label), str(sentence), tone


def road(code: str) -> list[Milestone]:
    """The five steps with where the case is; a withdrawn case has no road."""
    here = next((place for place, states in enumerate(ROAD) if code in states.split()), None)
    if here is None:
        return []
    if here == len(ROAD) - 1:
        return [Milestone(str(label), "done") for label in ROAD_WORDS]
    present = (
        max(here, 1) if here < 2 else here + 1
    )  # what is answered is now to be verified, what is verified to be struck off
    names = ["done" if place < present else "now" if place == present else "next" for place in range(len(ROAD))]
    return [Milestone(str(label), step) for label, step in zip(ROAD_WORDS, names, strict=True)]


def why_here(followed: Followed) -> str:
    """Why this unit, for someone who knows no routing table: the table's own reason, or that the street looks after it."""
    case = followed.told
    if case.merged_into_id:
        return _("与别人反映的是同一个问题,由已经在办的单位一起办。")
    if case.is_gap and case.assigned_at is None:
        return _("暂时没有单位对口,由街道先接下来,再判断交给谁;不会没人管。")
    if case.hops:
        return _("先派给别的单位,核对职责后改派到这里。")
    return _("按街道公布的分工:%(reason)s。") % {"reason": case.route_reason.rstrip("。")}


def history(followed: Followed) -> list[StepShown]:
    """What happened, the newest first."""
    return [told(step) for step in reversed(followed.steps)]


def told(step: Step) -> StepShown:
    """One step in a resident's words."""
    title, tone, body = _SENTENCES[step.kind](step.shown)
    return StepShown(str(title), step.at, tone, str(body), step.seq)


Sentence = Callable[[dict[str, Any]], tuple[str, str, Any]]


def _plain(title: Any, tone: str) -> Sentence:
    return lambda shown: (title, tone, shown.get("text", ""))


def _unit(title: Any, tone: str) -> Sentence:
    return lambda shown: (title % {"unit": shown.get("unit", "")}, tone, "")


def _filed(shown: dict[str, Any]) -> tuple[str, str, Any]:
    if shown.get("is_gap"):
        return (
            _("已登记,由%(unit)s先行受理并派单") % {"unit": shown.get("unit_name", "")},
            "new",
            shown.get("reason", ""),
        )
    return _("已登记,派给%(unit)s") % {"unit": shown.get("unit_name", "")}, "new", shown.get("reason", "")


def _consulted(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return _("几个单位一起会商:%(units)s") % {"units": "、".join(shown.get("units", []))}, "open", ""


def _extended(shown: dict[str, Any]) -> tuple[str, str, Any]:
    unit = UNITS_OF_TIME.get(shown.get("unit_of_time", ""), "")
    return _("经审批延期 %(amount)s %(unit)s") % {"amount": shown.get("amount", ""), "unit": unit}, "wait", ""


def _suspended(shown: dict[str, Any]) -> tuple[str, str, Any]:
    end = until(timezone.localtime(datetime.fromisoformat(shown["until"]))) if shown.get("until") else ""
    return _("经审批挂起,最迟 %(until)s 恢复") % {"until": end}, "wait", ""


def _graded(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return _("等级定为“%(grade)s”") % {"grade": _(words.GRADES.get(shown.get("grade", ""), ""))}, "quiet", ""


def _merged(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return (
        _("与 %(number)s 号事项合并办理") % {"number": shown.get("into", "")},
        "quiet",
        _("您的回执继续有效,答复会显示在这里。"),
    )


def _split(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return (
        _("拆分出 %(count)d 件分别办理") % {"count": len(shown.get("into", []))},
        "quiet",
        "、".join(shown.get("into", [])),
    )


def _called(shown: dict[str, Any]) -> tuple[str, str, Any]:
    if shown.get("outcome") == "reached":
        return _("电话回访:您说%(verdict)s") % {"verdict": _verdict(shown)}, "quiet", ""
    return (
        _("电话回访:%(outcome)s") % {"outcome": _(words.CALLBACK_OUTCOMES.get(shown.get("outcome", ""), ""))},
        "quiet",
        "",
    )


def _judged(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return _("您评价:%(verdict)s") % {"verdict": _verdict(shown)}, "quiet", shown.get("comment", "")


def _verdict(shown: dict[str, Any]) -> str:
    solved = _("已解决") if shown.get("solved") else _("未解决")
    satisfied = SATISFACTION.get(shown.get("satisfied") or 0)
    return f"{solved},{_(satisfied)}" if satisfied else solved


def _cleared(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return _("已销号"), "good", GROUNDS.get(shown.get("ground", ""), "")


def _added(shown: dict[str, Any]) -> tuple[str, str, Any]:
    return _("您添加了照片“%(name)s”") % {"name": shown.get("name", "")}, "quiet", ""


_SENTENCES: dict[str, Sentence] = {
    "case.filed": _filed,
    "case.assigned": _unit(gettext_lazy("派给%(unit)s"), "open"),
    "case.routed_again": _unit(gettext_lazy("更正后改派%(unit)s"), "open"),
    "case.accepted": _unit(gettext_lazy("%(unit)s已签收"), "open"),
    "case.work_began": _plain(gettext_lazy("开始办理"), "open"),
    "case.progressed": _plain(gettext_lazy("主办单位记录了新的进展"), "open"),
    "case.asked": _plain(gettext_lazy("请您补充情况"), "wait"),
    "case.notice_given": _plain(gettext_lazy("一次性告知您办理要求"), "open"),
    "case.supplemented": _plain(gettext_lazy("已补充情况"), "open"),
    "case.answered": _plain(gettext_lazy("单位已答复"), "good"),
    "case.answered_in_part": _plain(gettext_lazy("阶段性答复"), "open"),
    "case.returned": _unit(gettext_lazy("%(unit)s认为不属于其职责,已退回重新派单"), "warn"),
    "case.return_taken": _unit(gettext_lazy("%(unit)s接办"), "open"),
    "case.return_deemed_taken": _unit(gettext_lazy("派给%(unit)s,不能再退"), "open"),
    "case.designated": _unit(gettext_lazy("街道裁定由%(unit)s主办,不能再退"), "open"),
    "case.deemed_accepted": _unit(gettext_lazy("%(unit)s已过退回期限,视为签收"), "open"),
    "case.answer_duty_passed": _plain(gettext_lazy("答复您的人换了岗位,由接任的人答复"), "quiet"),
    "case.inspected": _plain(gettext_lazy("没有经办的人又来查看过"), "good"),
    "case.consultation_called": _consulted,
    "case.consultation_concluded": _unit(gettext_lazy("会商有了结论,由%(unit)s继续办理"), "open"),
    "case.escalated": _unit(gettext_lazy("已提请%(unit)s协调"), "open"),
    "case.pulled_back": _unit(gettext_lazy("收回由%(unit)s继续办理"), "open"),
    "case.extension_approved": _extended,
    "case.suspended": _suspended,
    "case.resumed": _plain(gettext_lazy("恢复办理"), "open"),
    "case.corrected": _plain(gettext_lazy("更正了类别或地点"), "quiet"),
    "case.graded": _graded,
    "case.grade_confirmed": _graded,
    "case.raised": _plain(gettext_lazy("街道领导已督办"), "warn"),
    "case.merged": _merged,
    "case.unmerged": _plain(gettext_lazy("不再合并,单独办理"), "open"),
    "case.split": _split,
    "case.verified": _plain(gettext_lazy("没有经办过的人核实:确已办好"), "good"),
    "case.verification_failed": _plain(gettext_lazy("核实没有通过,退回重办"), "warn"),
    "case.called_back": _called,
    "case.judged": _judged,
    "case.sent_back": _plain(gettext_lazy("退回重办"), "warn"),
    "case.reopened": _plain(gettext_lazy("重新办理,原来的期限继续计算"), "warn"),
    "case.cleared": _cleared,
    "case.withdrawn": _plain(gettext_lazy("已撤回"), "quiet"),
    "clock.breached": _plain(gettext_lazy("超过了承诺的时间,已报街道督促"), "bad"),
    "clock.reissued": _plain(gettext_lazy("放假安排公布后重新核定了期限"), "quiet"),
    "attachment.added": _added,
    "case.contact_withdrawn": _plain(gettext_lazy("您删除了称呼和电话"), "quiet"),
    "report.contact_changed": _plain(gettext_lazy("您更正了称呼或电话"), "quiet"),
    "report.contact_forgotten": _plain(gettext_lazy("保存期满,称呼和电话已自动删除"), "quiet"),
}
