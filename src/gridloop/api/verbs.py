"""Every verb of the loop as one table: verb → the body it takes → the action it calls.

The endpoints of ``POST /cases/{ref}/verbs/{verb}`` are made from this table, so a verb of the state chart that is missing here fails a
test. A body's fields are the action's own arguments. Each may carry ``rev``, the revision that the caller has seen: when
someone else was faster the answer is 409 and nothing happens.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ninja import Field
from pydantic import ConfigDict, StrictBool

from gridloop.api.shapes import Told
from gridloop.api.tokens import Caller
from gridloop.api.words import IsoDate, Rating, Revision, Whole, Words, ZonedMoment, needed_when
from gridloop.core.errors import WrongInput
from gridloop.core.lifecycle import CASE
from gridloop.offices.cases import actions


class Body(Told):
    """What every verb may carry."""

    rev: Revision | None = Field(None, description="您看到的版本号;给出时,若事项已被别人处理则返回 409")


class Plain(Body):
    """Nothing but the revision."""


class Worded(Body):
    text: Annotated[str, Words()]


class Explained(Body):
    text: Annotated[str, Words(least=4)]


class Reasoned(Body):
    reason: Annotated[str, Words()]


class Justified(Body):
    reason: Annotated[str, Words(least=4)]


class ReturnCase(Justified):
    duty_item: str = Field(description="履职事项清单的编号")


class AnswerReturn(Justified):
    takes: StrictBool = Field(description="接办为 true;不接为 false,并须引用清单")
    duty_item: str = Field("", description="履职事项清单的编号;不接时必填")


class Designate(Justified):
    unit: str = Field(description="主办单位代码")
    duty_items: list[str] = Field(
        min_length=1, max_length=20, description="依据的清单编号", json_schema_extra={"uniqueItems": True}
    )
    applies_to: Literal["place", "street"] = Field(
        "place", description="起草的路由行适用于同一地点还是全街道的同类事项"
    )


class ToUnit(Reasoned):
    unit: str = Field(description="单位代码")


class Consult(Body):
    units: list[str] = Field(
        min_length=2, max_length=20, description="参加单位的代码,至少两个", json_schema_extra={"uniqueItems": True}
    )
    topic: Annotated[str, Words()]
    lead: str = Field("", description="牵头单位;默认第一个")


class DecidedIn(Told):
    text: Annotated[str, Words()]
    owner: str = Field(description="负责单位的代码")
    due_on: IsoDate | None = None


class Conclude(Body):
    minutes: Annotated[str, Words(least=4)]
    decisions: list[DecidedIn] = Field(min_length=1, max_length=50)
    lead: str = ""


class PullBack(Reasoned):
    unit: str = Field("", description="收回后由谁主办;默认原主办单位")


class AskExtension(Justified):
    reason_code: Literal["third_party", "materials", "weather", "evidence", "procedure"]
    amount: Whole = Field(ge=1, le=30, description="天数")
    unit_of_time: Literal["working_day", "natural_day"] = "working_day"


class AskSuspension(Justified):
    reason_code: Literal["litigation", "superior", "season", "festival", "reporter_absent"]
    until: ZonedMoment


class Decide(Body):
    approved: StrictBool
    remark: str = ""


class Merge(Reasoned):
    into: str = Field(description="并入的事项:ref 或编号")


class PartIn(Told):
    text: Annotated[str, Words()]
    category: str = ""
    grid: str = ""


class Split(Reasoned):
    parts: list[PartIn] = Field(min_length=1, max_length=20)


class Grade(Justified):
    grade: Literal["simple", "ordinary", "difficult"]


class Correct(Reasoned):
    category: str = ""
    grid: str = ""
    priority: Literal["", "normal", "utility", "life"] = ""


class Verify(Explained):
    passed: StrictBool


class CallBack(Body):
    outcome: Literal["reached", "not_reached", "declined"]
    report: str = Field("", description="反映人(report 的 ref);默认第一位")
    solved: StrictBool | None = None
    satisfied: Rating | None = Field(None, description="1 到 5")
    text: str = ""


class Judge(Body):
    report: str
    solved: StrictBool
    satisfied: Rating | None = None
    comment: str = ""


class StrikeOff(Body):
    remark: str = ""


class FinishDecision(Worded):
    decision: str = Field(description="会商决定的 ref")


class SendOutside(Body):
    body: Annotated[str, Words(longest=80)] = Field(description="外单位名称")
    task: Annotated[str, Words(least=4, longest=1000)] = Field(description="请办的事")
    days: Whole = Field(3, ge=1, le=30, description="期限,自然日,1 到 30")
    shows_contact: StrictBool = Field(False, description="允许外单位查看反映人联系方式;须写明 reason")
    reason: str = ""


class OfLink(Body):
    link: str = Field(description="外单位链接的 ref")


class RecallOutside(OfLink):
    reason: str = ""


class ExtendOutside(OfLink):
    approved: StrictBool
    days: Whole = Field(0, ge=0, le=30, description="同意的天数;0 为外单位申请的天数")
    remark: str = ""


class ReviewOutside(OfLink):
    approved: StrictBool
    days: Whole = Field(3, ge=1, le=30, description="不通过时,重办的期限")
    remark: str = Field("", description="不通过时必填")


class OfReport(Body):
    report: str = Field(description="反映人(report 的 ref)")


MOST_BASE64 = 15_000_000
"""Somewhat more than ten megabytes become in base64."""


class Attach(Body):
    name: Annotated[str, Words(least=1, longest=300)]
    content: str = Field(
        max_length=MOST_BASE64, description="文件内容,base64", json_schema_extra={"contentEncoding": "base64"}
    )
    keeps_location: StrictBool = False


BETWEEN_FIELDS: dict[str, dict[str, Any]] = {
    "record_callback": needed_when("outcome", "reached", "solved", {"type": "boolean"}),
    "review_outside": needed_when("approved", value=False, needed="remark", schema={"type": "string", "pattern": Words(least=4).pattern}),
    "send_outside": needed_when("shows_contact", value=True, needed="reason", schema={"type": "string", "pattern": Words().pattern}),
    "answer_return": needed_when("takes", value=False, needed="duty_item", schema={"type": "string", "minLength": 1}),
    "correct": {"anyOf": [
        {"properties": {name: {"type": "string", "minLength": 1}}, "required": [name]} for name in ("category", "grid", "priority")
    ]},
}  # fmt: skip
"""What one field asks of another, in the words of JSON Schema; the action itself is the judge."""

Do = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class VerbDoor:
    """One verb: the body it takes, the action it calls, and an example of the body."""

    verb: str
    body: type[Body]
    action: Do
    example: dict[str, Any]

    @property
    def label(self) -> str:
        return CASE.verbs[self.verb].label

    def do(self, *, caller: Caller, case: str, body: Body) -> Any:
        """The action is done; what it returns."""
        return self.action(by=caller.actor, at=caller.at, case=case, **told(body))

    def documented_body(self) -> type[Body]:
        """The body with this verb's example and name, for the documentation."""
        settings = ConfigDict(
            extra="forbid", json_schema_extra={"example": self.example, **BETWEEN_FIELDS.get(self.verb, {})}
        )
        return type(f"{_camel(self.verb)}Body", (self.body,), {"model_config": settings, "__doc__": self.body.__doc__})


def _camel(verb: str) -> str:
    return "".join(part.capitalize() for part in verb.split("_"))


def told(body: Body) -> dict[str, Any]:
    """The body's values as the action's arguments: parts and decisions become the action's own types."""
    values = {name: getattr(body, name) for name in type(body).model_fields}
    if isinstance(body, Conclude):
        values["decisions"] = [
            actions.Decided(text=each.text, owner=each.owner, due_on=each.due_on) for each in body.decisions
        ]
    if isinstance(body, Split):
        values["parts"] = [actions.Part(text=each.text, category=each.category, grid=each.grid) for each in body.parts]
    if isinstance(body, Attach):
        values["content"] = _bytes(body.content)
    return values


def _bytes(content: str) -> bytes:
    try:
        return b64decode(content, validate=True)
    except (NotBase64, ValueError) as fault:
        raise WrongInput(
            "api.not_base64", "文件内容应为 base64;也可以用 attachments 接口上传。", field="content"
        ) from fault


DOORS: tuple[VerbDoor, ...] = (
    VerbDoor("accept", Plain, actions.accept, {"rev": 0}),
    VerbDoor("begin_work", Plain, actions.begin_work, {}),
    VerbDoor("note_progress", Worded, actions.note_progress, {"text": "已联系维修队,明日到场。"}),
    VerbDoor("ask_reporter", Worded, actions.ask_reporter, {"text": "请补充灯杆编号。"}),
    VerbDoor("supplement", Worded, actions.supplement, {"text": "灯杆编号 17。"}),
    VerbDoor("answer", Explained, actions.answer, {"text": "已更换灯具,5 月 24 日恢复照明。"}),
    VerbDoor("answer_interim", Worded, actions.answer_interim, {"text": "配件在途,预计两日内更换。"}),
    VerbDoor("return_case", ReturnCase, actions.return_case, {"duty_item": "P-12", "reason": "照明设施由区局维护"}),
    VerbDoor(
        "answer_return", AnswerReturn, actions.answer_return,
        {"takes": False, "duty_item": "P-12", "reason": "照明设施由区局维护,我单位只负责周边保洁"},
    ),
    VerbDoor(
        "designate", Designate, actions.designate,
        {"unit": "urban", "duty_items": ["B-03"], "reason": "市容设施由城管牵头", "applies_to": "place"},
    ),
    VerbDoor("assign", ToUnit, actions.assign, {"unit": "housing", "reason": "该处由房管所代管"}),
    VerbDoor("consult", Consult, actions.consult, {"units": ["urban", "housing"], "topic": "楼院路灯由谁维护", "lead": "urban"}),
    VerbDoor(
        "conclude_consultation", Conclude, actions.conclude_consultation,
        {"minutes": "由城管先行修复,费用另议。", "decisions": [{"text": "修复路灯", "owner": "urban", "due_on": "2022-05-26"}]},
    ),
    VerbDoor("escalate", ToUnit, actions.escalate, {"unit": "district_urban", "reason": "需区局协调产权单位"}),
    VerbDoor("pull_back", PullBack, actions.pull_back, {"reason": "区局已明确由街道办理"}),
    VerbDoor(
        "request_extension", AskExtension, actions.request_extension,
        {"reason_code": "materials", "reason": "灯具到货推迟", "amount": 3, "unit_of_time": "working_day"},
    ),
    VerbDoor("decide_extension", Decide, actions.decide_extension, {"approved": True, "remark": "同意"}),
    VerbDoor(
        "request_suspension", AskSuspension, actions.request_suspension,
        {"reason_code": "festival", "reason": "施工队春节停工", "until": "2022-02-07T09:00:00+08:00"},
    ),
    VerbDoor("decide_suspension", Decide, actions.decide_suspension, {"approved": True}),
    VerbDoor("resume", Reasoned, actions.resume, {"reason": "施工队已复工"}),
    VerbDoor("merge", Merge, actions.merge, {"into": "2a3b4c5d6e7f8g9h", "reason": "同一盏路灯"}),
    VerbDoor("unmerge", Reasoned, actions.unmerge, {"reason": "不是同一盏路灯"}),
    VerbDoor(
        "split", Split, actions.split,
        {"parts": [{"text": "门口积水", "category": "城乡建设/市政设施/积水"}], "reason": "反映了两件事"},
    ),
    VerbDoor("propose_grade", Grade, actions.propose_grade, {"grade": "difficult", "reason": "涉及三个部门,权属不清"}),
    VerbDoor("confirm_grade", Decide, actions.confirm_grade, {"approved": True}),
    VerbDoor("correct", Correct, actions.correct, {"category": "环境保护/噪音", "reason": "实为施工噪音"}),
    VerbDoor("verify", Verify, actions.verify, {"passed": True, "text": "现场查看,路灯已亮。"}),
    VerbDoor("record_callback", CallBack, actions.record_callback, {"outcome": "reached", "solved": True, "satisfied": 5}),
    VerbDoor("judge_answer", Judge, actions.judge_answer, {"report": "2a3b4c5d6e7f8g9h", "solved": True, "satisfied": 5}),
    VerbDoor("rework", Justified, actions.rework, {"reason": "只修了一盏,另一盏仍不亮"}),
    VerbDoor("strike_off", StrikeOff, actions.strike_off, {"remark": ""}),
    VerbDoor("reopen", Justified, actions.reopen, {"reason": "路灯又坏了"}),
    VerbDoor("withdraw", Reasoned, actions.withdraw, {"reason": "反映人表示不再需要"}),
    VerbDoor("archive_case", Plain, actions.archive_case, {}),
    VerbDoor("raise_case", Reasoned, actions.raise_case, {"reason": "已临近到期,请主办单位负责人过问"}),
    VerbDoor("attach", Attach, actions.attach, {"name": "现场.jpg", "content": "/9j/4AAQ…", "keeps_location": False}),
    VerbDoor("give_notice", Explained, actions.give_notice, {"text": "请备齐:身份证明、房屋权属证明;由城管队答复。"}),
    VerbDoor("finish_decision", FinishDecision, actions.finish_decision, {"decision": "2a3b4c5d6e7f8g9h", "text": "路灯已修复"}),
    VerbDoor("send_outside", SendOutside, actions.send_outside, {"body": "某照明工程公司", "task": "请更换 17 号灯杆灯具", "days": 3}),
    VerbDoor("extend_outside", ExtendOutside, actions.extend_outside, {"link": "2a3b4c5d6e7f8g9h", "approved": True}),
    VerbDoor("review_outside", ReviewOutside, actions.review_outside, {"link": "2a3b4c5d6e7f8g9h", "approved": True}),
    VerbDoor("recall_outside", RecallOutside, actions.recall_outside, {"link": "2a3b4c5d6e7f8g9h", "reason": "改由本单位自办"}),
    VerbDoor("withdraw_contact", OfReport, actions.withdraw_contact, {"report": "2a3b4c5d6e7f8g9h"}),
)  # fmt: skip
