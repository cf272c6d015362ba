"""What can be done on the pages of a campaign: each deed with its form, its words and the action it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns import queries as campaigns
from gridloop.offices.campaigns.actions import ActivityTold
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.projects.queries.board import Wanted, board
from gridloop.web import campaign_forms as forms
from gridloop.web.forms import Offered, StyledForm, offered
from gridloop.web.reader import Reader

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed. ``on`` names the page; ``may`` is lead (shapes the campaign) or carry (the unit in charge may too)."""

    name: str
    on: str
    label: Any
    said: Any
    form: type[StyledForm]
    do: Callable[..., Any]
    may: str = "lead"
    is_of_row: bool = False
    """About one of the rows of the page, whose ref the form carries."""


def _by(reader: Reader) -> dict[str, Any]:
    return {"by": reader.actor, "at": reader.at}


def _change(reader: Reader, row: Any, told: Told) -> None:
    actions.change_campaign(**_by(reader), campaign=row.ref, **told)


def _close(reader: Reader, row: Any, told: Told) -> None:
    actions.close_campaign(**_by(reader), campaign=row.ref, **told)


def _group(reader: Reader, row: Any, told: Told) -> None:
    actions.found_group(**_by(reader), campaign=row.ref, **told)


def _plan(reader: Reader, row: Any, told: Told) -> None:
    actions.plan_activity(**_by(reader), campaign=row.ref, told=ActivityTold(**told))


def _join(reader: Reader, row: Any, told: Told) -> None:
    actions.join_group(**_by(reader), group=row.ref, **told)


def _leave(reader: Reader, row: Any, told: Told) -> None:
    actions.leave_group(**_by(reader), member=told["target"], reason=told["reason"])


def _task(reader: Reader, row: Any, told: Told) -> None:
    actions.set_task(**_by(reader), group=row.ref, **told)


def _finish_task(reader: Reader, row: Any, told: Told) -> None:
    actions.finish_task(**_by(reader), task=told["target"], outcome=told["outcome"])


def _meet(reader: Reader, row: Any, told: Told) -> None:
    actions.note_meeting(**_by(reader), group=row.ref, **told)


def _end(reader: Reader, row: Any, told: Told) -> None:
    actions.end_group(**_by(reader), group=row.ref, **told)


def _step(reader: Reader, row: Any, told: Told) -> None:
    actions.finish_step(**_by(reader), step=told["target"], outcome=told["outcome"])


def _finish(reader: Reader, row: Any, told: Told) -> None:
    actions.finish_activity(**_by(reader), activity=row.ref, **told)


def _replan(reader: Reader, row: Any, told: Told) -> None:
    why = told.pop("reason")
    actions.change_activity(**_by(reader), activity=row.ref, told=ActivityTold(**told), reason=why)


def _cancel(reader: Reader, row: Any, told: Told) -> None:
    actions.cancel_activity(**_by(reader), activity=row.ref, **told)


def _link(reader: Reader, row: Any, told: Told) -> None:
    actions.link_activity(**_by(reader), activity=row.ref, **told)


def _unlink(reader: Reader, row: Any, told: Told) -> None:
    actions.unlink_activity(**_by(reader), link=told["target"], reason=told["reason"])


DEEDS: dict[tuple[str, str], Deed] = {
    (deed.on, deed.name): deed
    for deed in (
        Deed("found", "campaign", _("成立工作组或专班"), _("已成立;请接着写成员和任务。"), forms.GroupForm, _group),
        Deed("plan", "campaign", _("制定专项活动方案"), _("方案已制定。"), forms.ActivityForm, _plan),
        Deed("change", "campaign", _("调整专项"), _("已调整;原来的写在台账里。"), forms.ChangeForm, _change),
        Deed("end", "campaign", _("结束专项"), _("专项已结束,工作组同时撤销。"), forms.ReasonForm, _close),
        Deed("task", "group", _("布置任务"), _("任务已布置。"), forms.TaskForm, _task, "carry"),
        Deed("meet", "group", _("记会议"), _("会议已记下。"), forms.MeetingForm, _meet, "carry"),
        Deed("join", "group", _("增加成员"), _("成员已增加。"), forms.MemberForm, _join),
        Deed("end", "group", _("撤销这个组"), _("已撤销,记录保留。"), forms.ReasonForm, _end),
        Deed("finish_task", "group", _("登记完成"), _("任务已完成。"), forms.OutcomeForm, _finish_task, "carry", True),
        Deed("leave", "group", _("退出"), _("已退出,记录保留。"), forms.LeaveForm, _leave, is_of_row=True),
        Deed("finish", "activity", _("活动完成"), _("活动已完成。"), forms.ResultForm, _finish, "carry"),
        Deed("replan", "activity", _("调整方案"), _("方案已调整;做完的步骤保留。"), forms.ChangeActivityForm, _replan),
        Deed("link", "activity", _("也计入别的专项"), _("已计入,不用重填。"), forms.LinkForm, _link),
        Deed("end", "activity", _("取消活动"), _("已取消,记录保留。"), forms.ReasonForm, _cancel),
        Deed("finish_step", "activity", _("登记完成"), _("步骤已完成。"), forms.OutcomeForm, _step, "carry", True),
        Deed("unlink", "activity", _("不再计入"), _("已不再计入。"), forms.LeaveForm, _unlink, is_of_row=True),
    )
}  # fmt: skip


def choices_for(reader: Reader, campaign: Any) -> Offered:
    """What the forms may offer: units, people, the campaign's groups, other campaigns, key projects without a task force."""
    street = campaign.street if campaign else reader.street.code
    found = offered(street, at=reader.at)
    people = [(each.code, f"{each.name}({each.unit.name})") for each in organisation.people(street, at=reader.at)]
    others = [(each.code, each.name) for each in campaigns.campaigns(street, by=reader.actor) if each.closed_at is None and each != campaign]  # fmt: skip
    own = campaigns.groups_of(campaign, kinds=("group", "economy", "command")) if campaign else []
    extra = {
        "people": people, "campaigns": others, "groups": [(each.group.ref, each.group.name) for each in own], "subjects": _subjects(reader, street),
    }  # fmt: skip
    return replace(found, of_case=found.of_case | extra)


def _subjects(reader: Reader, street: str) -> list[tuple[str, str]]:
    """The key projects that no task force stands for."""
    libraries = board(reader.actor, street=street, at=reader.at, wanted=Wanted())
    key = [row.project for library in libraries for row in library.rows if row.project.priority]
    taken = campaigns.forces_for([project.subject for project in key], by=reader.actor)
    return [(project.subject, project.name) for project in key if project.subject not in taken]


def form_of(deed: Deed, sent: Any, *, choices: Offered, row: Any, reader: Reader) -> StyledForm:
    """The form of a deed, filled with what stands now where it changes something."""
    form: StyledForm = deed.form(
        sent, choices=choices, auto_id=f"{deed.name}-%s", initial=_usual(deed.name, row, reader)
    )
    return form


def _usual(name: str, row: Any, reader: Reader) -> Mapping[str, Any]:
    now = reader.at.astimezone(ZoneInfo(reader.street.zone))
    if name == "change":
        return {field: getattr(row, field) for field in forms.CampaignForm.base_fields}
    if name == "replan":
        waiting = [step for step in row.steps.all() if step.done_at is None]
        return {
            "title": row.title, "aim": row.aim, "owner": row.owner.code, "group": row.group.ref if row.group else "", "starts_on": row.starts_on,
            "ends_on": row.ends_on, "steps": "\n".join(f"{step.due_on.isoformat()} {step.text}" for step in waiting),
        }  # fmt: skip
    return {"kind": "group", "duty": "", "held_at": f"{now:%Y-%m-%dT%H:%M}"} if name != "join" else {"duty": "member"}
