"""Print sheets of a case in the form of an official document (GB/T 9704-2012): 交办单, 督办单, 一次性告知书.

A sheet is words only (``Sheet``); the page lays it out for A4 with the print style sheet, ``sheet_document`` as .docx. Reporters are masked;
whoever needs them in the clear says why, and that is written down like any other look.

Worked example: 柳荫街道交办〔2022〕17号, to 城市管理中队, on 2022年5月23日; one heading 一、, below it (一), and demands as 1. 2. 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from gridloop.core.errors import NotFound, Refused
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.cases.actions.contact import Contact, show_contacts
from gridloop.offices.cases.queries import finding, pages
from gridloop.offices.cases.queries.following import answers_for
from gridloop.offices.cases.queries.pages import CaseFile
from gridloop.web import wording
from gridloop.web.dates import until
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken
from gridloop.web.sheet_document import document_of

SHEETS = {
    "assign": gettext_lazy("交办单"),
    "supervise": gettext_lazy("督办单"),
    "notice": gettext_lazy("一次性告知书"),
}
NOBODY = "未留联系方式"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NUMBERS = "一二三四五六七八九十"
MARKS = {",": "，", ":": "：", ";": "；", "(": "（", ")": "）", "?": "？", "!": "！"}
PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading (一、) with its paragraphs; ``items`` are numbered 1. 2. 3."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """An official sheet in words, from the red head down to the date; ``note`` is the remark in brackets below it (附注)."""

    kind: str
    mark: str
    number: str
    title: str
    to: str
    opening: str
    sections: tuple[Section, ...]
    signer: str
    on: date
    note: str
    is_red: bool = True

    @property
    def day(self) -> str:
        """成文日期: Arabic figures, no zeros."""
        return f"{self.on.year}年{self.on.month}月{self.on.day}日"

    @property
    def numbered(self) -> list[tuple[str, Section]]:
        return [(f"{NUMBERS[place]}、{section.heading}", section) for place, section in enumerate(self.sections)]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def sheet(request: HttpRequest, reader: Reader, ref: str, kind: str) -> HttpResponse:
    """/cases/<ref>/sheets/<kind>/: to be printed; sent with a reason, with the reporters in the clear."""
    found, made = _made(request, reader, ref, kind)
    page = {
        "case": found.case,
        "sheet": made,
        "what": SHEETS[kind],
        "is_masked": request.method != "POST",
        "kind": kind,
    }
    return render(request, "console/sheet.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def document(request: HttpRequest, reader: Reader, ref: str, kind: str) -> HttpResponse:
    """/cases/<ref>/sheets/<kind>.docx"""
    found, made = _made(request, reader, ref, kind)
    answer = HttpResponse(document_of(made), content_type=DOCX)
    name = quote(f"{SHEETS[kind]}-{found.case.number}.docx")
    answer["Content-Disposition"] = f"attachment; filename=\"{kind}-{found.case.number}.docx\"; filename*=UTF-8''{name}"
    return answer


def _made(request: HttpRequest, reader: Reader, ref: str, kind: str) -> tuple[CaseFile, Sheet]:
    """The sheet. Raises NotFound for a kind that does not exist, Refused for a 督办单 of a case that was never raised."""
    if kind not in SHEETS:
        raise NotFound("web.no_sheet", _("没有这种单据;请从事项页面选择。"), kind=kind)
    contacts = None
    if request.method == "POST":
        contacts = show_contacts(by=reader.actor, at=reader.at, case=ref, reason=request.POST.get("reason", ""))
    found = pages.case_file(finding.scoped_case(ref, by=reader.actor), by=reader.actor, at=reader.at)
    with override("zh-hans"):  # an official document is Chinese, whatever language its maker reads the console in
        return found, _formal(_SHEETS[kind](found, reader, _reporters(found, contacts)))


def _formal(sheet: Sheet) -> Sheet:
    """The sheet with full-width marks, as official documents have them."""
    sections = tuple(
        replace(each, paragraphs=tuple(map(formal, each.paragraphs)), items=tuple(map(formal, each.items)))
        for each in sheet.sections
    )
    return replace(
        sheet, title=formal(sheet.title), opening=formal(sheet.opening), sections=sections, note=formal(sheet.note)
    )


def formal(words: str) -> str:
    """Marks beside Chinese characters, and all brackets, in full width; figures (12:23) and a resident's own words stay as they are."""
    ours, quoted, told = words.partition("原话:")
    marked = "".join(MARKS[mark] if _is_to_be_wide(ours, at) else mark for at, mark in enumerate(ours))
    return marked + quoted.replace(":", "：") + told


def _is_to_be_wide(words: str, at: int) -> bool:
    return words[at] in "()" or (words[at] in MARKS and _stands_in_chinese(words, at))


def _stands_in_chinese(words: str, at: int) -> bool:
    """Is a neighbour of this position a Chinese character or mark?"""
    beside = words[max(at - 1, 0) : at] + words[at + 1 : at + 2]
    return any(not letter.isascii() for letter in beside) or not beside.strip()


def _reporters(found: CaseFile, contacts: list[Contact] | None) -> str:
    clear = {contact.report: contact for contact in contacts or []}
    told = [_reporter(report, clear.get(report.ref)) for report in found.reports]
    return ";".join(dict.fromkeys(each for each in told if each)) or NOBODY


def _reporter(report: Any, contact: Contact | None) -> str:
    name = contact.name if contact else mask_name(report.name)
    phone = contact.phone if contact else mask_phone(report.phone)
    return f"{name} {phone}".strip()


def _assign(found: CaseFile, reader: Reader, reporters: str) -> Sheet:
    case = found.case
    return Sheet(
        kind="assign", mark=_office(reader), number=_number(case, "交办"), title=_("关于办理“%(what)s”的交办单") % {"what": _short(case)}, to=case.lead.name,
        opening=f"现将第 {case.number} 号事项交由你单位主办。请按下列要求办理,并于{_due(case)}前答复。",
        sections=(
            Section("事项内容", (*_about(case, found), f"反映人:{reporters}。", f"原话:{_masked(case.text)}")),
            Section("交办依据", (_because(case, found),)),
            Section("办理要求", items=(
                "收到后当日签收,及时联系反映人。",
                *_deadlines(found),
                "不属于本单位职责的,在退回期限内引用履职事项清单退回,不得自行转交。",
                "办结后写明做了什么、结果如何;经办人不核实、不销号。",
            )),
        ),
        signer=_office(reader), on=reader.today, note=_ask(case, reader),
    )  # fmt: skip


def _supervise(found: CaseFile, reader: Reader, reporters: str) -> Sheet:
    case = found.case
    raised = [entry for entry in found.timeline if entry.kind == "case.raised"]
    if not raised:
        raise Refused("web.never_raised", _("此件没有督办记录;请先督办,再打印督办单。"), case=case.number)
    held = tuple(
        f"{line.unit}({wording.SEGMENT_ROLES.get(line.role, line.role)}):自{until(line.starts_at)}起,历时{wording.duration((line.ends_at or reader.at) - line.starts_at)}"
        + (f",其中超期{wording.duration(line.late_for)}" if line.late_for else "") + "。"
        for line in found.segments
    )  # fmt: skip
    return Sheet(
        kind="supervise", mark=_office(reader), number=_number(case, "督办", len(raised)), title=_("关于“%(what)s”的督办单") % {"what": _short(case)},
        to=case.lead.name, opening=f"第 {case.number} 号事项由你单位主办,现予督办。",
        sections=(
            Section("督办事项", (*_about(case, found), f"反映人:{reporters}。", f"原话:{_masked(case.text)}")),
            Section("督办理由", (spoken(_masked(str(raised[-1].payload.get("reason") or "内容已依规销毁。"))),)),
            Section("经过和责任", items=held),
            Section("督办要求", items=(
                "主要负责人当日过问,明确承办人和办结时间。", *_deadlines(found),
                "确有客观原因办不完的,当日申请延期、会商或提级,不得搁置。",
            )),
        ),
        signer=_office(reader), on=reader.today, note=_ask(case, reader),
    )  # fmt: skip


def _notice(found: CaseFile, reader: Reader, reporters: str) -> Sheet:
    case = found.case
    asked = [
        entry
        for entry in found.timeline
        if entry.kind in ("case.notice_given", "case.asked") and "text" in entry.payload
    ]
    lines = tuple(line.strip() for line in str(asked[-1].payload["text"]).splitlines() if line.strip()) if asked else ()
    needed = Section("需要您提供", items=lines) if lines else Section("需要您提供", ("目前不需要补充材料。",))
    return Sheet(
        kind="notice", mark=_office(reader), number=_number(case, "告知"), title=_("一次性告知书"), to="反映人" if reporters == NOBODY else reporters,
        opening=f"您于{until(case.filed_at)}反映的“{_short(case)}”已登记,编号 {case.number}。现将有关事项一次告知如下。",
        sections=(
            needed,
            Section("由谁答复", (f"主办单位:{case.lead.name}。答复责任:{answers_for(case, at=reader.at)},全程负责跟踪并告知您。",)),
            Section("什么时候答复", (f"答复期限:{_due(case)}。", "请您补充材料期间,办理时限不停止计算。")),
            Section("怎样查询和反映", ("凭回执上的网址或二维码随时查看进展、补充情况、评价答复。", "没有得到办理或对答复不满意的,可以在查询页选“未解决”,也可以拨打值班电话。")),
        ),
        signer=_office(reader), on=reader.today, note=_ask(case, reader), is_red=False,
    )  # fmt: skip


_SHEETS = {"assign": _assign, "supervise": _supervise, "notice": _notice}


def _office(reader: Reader) -> str:
    name = str(reader.street.name)
    return f"{name}办事处" if name.endswith(("街道", "地区")) else name


def _number(case: Any, what: str, times: int = 1) -> str:
    """发文字号: the kind, the year in 六角括号, the case's running number; the second 督办 of a case adds -2."""
    local = timezone.localtime(case.filed_at)
    return f"{what}〔{local.year}〕{case.pk}号" if times < 2 else f"{what}〔{local.year}〕{case.pk}-{times}号"


def _short(case: Any) -> str:
    title = _masked(case.title)
    return title if len(title) <= 24 else f"{title[:23]}…"


def _due(case: Any) -> str:
    return until(case.due_at) if case.due_at else "交办后另行确定的期限"


def _about(case: Any, found: CaseFile) -> tuple[str, ...]:
    place = "、".join(filter(None, (_along([cell.name for cell in found.lineage[1:]]), case.address))) or "无具体地点"
    grade = wording.WORDS["grade"].get(case.grade, case.grade)
    source = wording.WORDS["source"].get(case.source, case.source)
    return (
        f"类别:{' › '.join(case.category.split('/'))}。等级:{grade}。来源:{source}。",
        f"地点:{place}。登记时间:{until(case.filed_at)}。",
    )


def _along(names: list[str]) -> str:
    """三王庄村第2网格, not 三王庄村三王庄村第2网格: a name that begins with the one above it says both."""
    said = [name for name, below in pairwise(names) if not below.startswith(name)]
    return "".join([*said, *names[-1:]])


def _because(case: Any, found: CaseFile) -> str:
    basis = f"(路由表第 {found.route_version} 版第 {case.route_row} 行)" if found.route_version else ""
    return f"{case.route_reason.rstrip('。')}{basis}。"


def _deadlines(found: CaseFile) -> tuple[str, ...]:
    """One demand for each clock that runs."""
    running = [each for each in found.dates if each.state.due_at and each.state.state != "stopped"]
    return tuple(f"{each.stage_name}期限:{until(each.state.due_at)}({each.found.limit.words})。" for each in running)


def _ask(case: Any, reader: Reader) -> str:
    phone = f",电话:{reader.street.phone}" if reader.street.phone else ""
    return f"(答复责任:{answers_for(case, at=reader.at)}{phone})"


def _masked(text: str) -> str:
    """A resident's words without the phone and identity numbers in them."""
    hidden = IDENTITY.sub(lambda found: f"{found[0][:6]}********{found[0][-4:]}", text)
    return PHONE.sub(lambda found: mask_phone(found[0]), hidden)
