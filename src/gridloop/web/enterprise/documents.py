"""On paper: the public notice (公示牌) as PDF and .docx with a QR code, the hand-over pack and the plan of a firm (一企一策) as .docx.

The PDF needs no font file: STSong-Light is one of the CID fonts that every PDF reader brings for Chinese (ISO 32000-1, 9.7.5.2). What that font
lacks (characters beyond GB 18030's basic plane) is written as 〓; the .docx has no such limit.

They are papers of a Chinese office: Chinese as a whole, whatever language their maker reads the console in, and so are the names of their files.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from gridloop.offices.enterprise.queries.solution_words import MEASURE_STATES
from gridloop.web.dates import day as day_shown
from gridloop.web.enterprise.words import entry_shown
from gridloop.web.wording import said

FONT = "STSong-Light"
RED, INK, QUIET, RULE = HexColor("#b8141e"), HexColor("#1b1f24"), HexColor("#59636e"), HexColor("#c9d1d9")
SONG = "宋体"
MISSING = "〓"


# -- the notice as PDF ------------------------------------------------------------------------------------------------


@override("zh-hans")
def notice_pdf(told: Any, *, at: datetime) -> bytes:
    """One A4 page: the firm, its four names, its team, the code to report by."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(None, pagesize=A4, invariant=1)
    canvas.setTitle(f"{told.firm} {said('包联服务公示牌')}")
    width, height = A4
    canvas.setFillColor(RED)
    canvas.rect(0, height - 46 * mm, width, 46 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    _centred(canvas, f"{told.street} {said('包联服务公示牌')}", y=height - 22 * mm, size=26)
    _centred(canvas, told.firm, y=height - 36 * mm, size=16)
    y = _names(canvas, told, top=height - 58 * mm)
    y = _team(canvas, told, top=y)
    _code(canvas, told, y=y - 52 * mm)
    canvas.setFillColor(QUIET)
    day = timezone.localtime(at)
    _centred(canvas, f"{said('制作日期')} {day_shown(day.date())}", y=12 * mm, size=9)
    canvas.showPage()
    return bytes(canvas.getpdfdata())


def _names(canvas: Canvas, told: Any, *, top: float) -> float:
    """The four rows; the height left below them."""
    left, right, tall = 20 * mm, A4[0] - 20 * mm, 25 * mm
    y = top
    for each in told.lines:
        canvas.setStrokeColor(RULE)
        canvas.line(left, y - tall, right, y - tall)
        canvas.setFillColor(RED)
        _text(canvas, said(each.slot), left, y - 10 * mm, size=15)
        canvas.setFillColor(INK)
        _text(canvas, each.person or each.unit, left + 38 * mm, y - 10 * mm, size=17, width=70 * mm)
        canvas.setFillColor(QUIET)
        _text(
            canvas,
            " · ".join(part for part in (each.unit if each.person else "", said(each.duty)) if part),
            left + 38 * mm,
            y - 18 * mm,
            size=10,
            width=120 * mm,
        )
        _text(canvas, each.phone, right - 38 * mm, y - 10 * mm, size=12)
        y -= tall
    return y


def _team(canvas: Canvas, told: Any, *, top: float) -> float:
    """The team members of the beat, two in a row."""
    left, y = 20 * mm, top - 12 * mm
    if not told.team:
        return top
    canvas.setFillColor(RED)
    _text(canvas, said("片区服务团队"), left, y, size=13)
    for place, (kind, person) in enumerate(told.team):
        row, column = divmod(place, 2)
        canvas.setFillColor(INK)
        _text(canvas, f"{said(kind)}:{person}", left + column * 85 * mm, y - (row + 1) * 8 * mm, size=12, width=80 * mm)
    return float(y - (len(told.team) + 1) // 2 * 8 * mm)


def _code(canvas: Canvas, told: Any, *, y: float) -> None:
    """The QR code as squares of ink, and what it is for."""
    y = max(y, 20 * mm)
    matrix = tuple(segno.make(told.address, error="m", micro=False).matrix)
    side = 40 * mm / len(matrix)
    canvas.setFillColor(INK)
    for row, cells in enumerate(matrix):
        for column, is_dark in enumerate(cells):
            if is_dark:
                canvas.rect(20 * mm + column * side, y + (len(matrix) - 1 - row) * side, side, side, stroke=0, fill=1)
    left = 68 * mm
    _text(canvas, said("扫码反映问题,不用登录"), left, y + 30 * mm, size=15)
    canvas.setFillColor(QUIET)
    _text(canvas, told.address, left, y + 21 * mm, size=9, width=120 * mm)
    if told.phone:
        _text(canvas, f"{said('值班电话')} {told.phone}", left, y + 12 * mm, size=13)
    _text(canvas, said("工作人员上门不收费、不推销、不索要个人信息。"), left, y + 3 * mm, size=10)


def _centred(canvas: Canvas, words: str, *, y: float, size: float) -> None:
    shown = _writable(words)
    while size > 8 and pdfmetrics.stringWidth(shown, FONT, size) > A4[0] - 30 * mm:
        size -= 1
    canvas.setFont(FONT, size)
    canvas.drawCentredString(A4[0] / 2, y, shown)


def _text(canvas: Canvas, words: str, x: float, y: float, *, size: float, width: float = 0) -> None:
    """The words at the place, smaller where they would be too wide."""
    shown = _writable(words)
    while width and size > 6 and pdfmetrics.stringWidth(shown, FONT, size) > width:
        size -= 0.5
    canvas.setFont(FONT, size)
    canvas.drawString(x, y, shown)


def _writable(words: str) -> str:
    """The words without what the font cannot hold."""
    return "".join(letter if ord(letter) < 0x10000 else MISSING for letter in words)


# -- the notice and the pack as .docx ---------------------------------------------------------------------------------


@override("zh-hans")
def notice_docx(told: Any, *, at: datetime) -> bytes:
    """The notice for the office's own word processor."""
    made = _document()
    _line(
        made,
        f"{told.street}{said('包联服务公示牌')}",
        size=26,
        centred=True,
        colour=RGBColor(0xB8, 0x14, 0x1E),
        bold=True,
    )
    _line(made, told.firm, size=18, centred=True)
    rows = [
        (said(each.slot), each.person or each.unit, each.unit if each.person else "", said(each.duty), each.phone)
        for each in told.lines
    ]
    _table(made, (said("层级"), said("姓名或单位"), said("单位"), said("职责"), said("办公电话")), rows)
    if told.team:
        _line(made, said("片区服务团队"), size=14, bold=True)
        _line(made, ";".join(f"{said(kind)}:{person}" for kind, person in told.team), size=12)
    picture = io.BytesIO()
    segno.make(told.address, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    made.add_picture(picture, width=Mm(42))
    made.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(made, said("扫码反映问题,不用登录"), size=14, centred=True)
    _line(made, told.address, size=9, centred=True)
    if told.phone:
        _line(made, f"{said('值班电话')} {told.phone}", size=14, centred=True)
    _line(made, f"{said('制作日期')} {day_shown(timezone.localtime(at).date())}", size=9, centred=True)
    return _bytes(made)


@override("zh-hans")
def pack_docx(pack: Any, *, at: datetime) -> bytes:
    """The hand-over pack: what is open, promised and declined, and the latest of the firm's history."""
    made = _document()
    _line(made, said("包联交接包"), size=22, centred=True, bold=True)
    _line(made, f"{pack.name}  {pack.code}", size=14, centred=True)
    handed = f"{pack.former} → {pack.holder}" if pack.former else pack.holder
    _line(made, f"{said(pack.slot)}:{handed}", size=12)
    for label, words in ((_("缘由"), pack.reason), (_("地址"), pack.address), (_("交接说明"), pack.note)):
        if words:
            _line(made, f"{label}:{words}", size=12)
    _part(made, _("四级包联"), [f"{said(slot)}:{name or _('(空缺)')}" for slot, name in pack.names])
    _part(made, _("在办事项"), [_case(each) for each in pack.cases])
    _part(made, _("未兑现的承诺"), [f"{each.due_on:%Y-%m-%d} {each.text}({each.person})" for each in pack.promises])
    _part(made, _("上门服务"), [f"{service}({said(state)})" for service, state in pack.orders])
    _part(made, _("待答复的法律咨询"), pack.consults)
    _part(made, _("企业不愿意的"), [said(each) for each in pack.declined])
    _part(made, _("企业同意的"), [said(each) for each in pack.agreed])
    _part(made, _("最近的经过"), [_entry(entry) for entry in pack.latest])
    _line(made, f"{said('制作日期')} {timezone.localtime(at):%Y-%m-%d %H:%M}", size=9)
    return _bytes(made)


@override("zh-hans")
def groups_docx(groups: list[Any], *, street: str, at: datetime) -> bytes:
    """分组分包一览表: a table for each leader with the projects and firms, who serves each, and the task force; blanks are said."""
    made = _document()
    _line(made, f"{street} {_('重点项目、重点企业分组分包一览表')}", size=20, centred=True, bold=True)
    heads = (_("名称"), _("重点"), _("职能部门"), _("服务管家"), _("属地兜底"), _("专班"))
    for number, group in enumerate(groups, 1):
        leader = group.leader or _("还没有包联领导")
        counts = _("项目 %(projects)d 个,企业 %(firms)d 家") % {
            "projects": len(group.projects),
            "firms": len(group.firms),
        }
        _line(made, f"{number}. {leader}({counts})", size=14, bold=True)
        rows = [
            (each.project.name, said(each.project.get_priority_display()), *_three(each.stack), "、".join(force.group.name for force in each.forces) or _("空缺"))
            for each in group.projects
        ]  # fmt: skip
        rows += [(firm.name, said(firm.get_priority_display()), *_three(stack), "—") for firm, stack in group.firms]
        _table(made, heads, rows)
    if not groups:
        _line(made, _("没有重点项目和重点企业。"), size=12)
    _line(made, f"{said('制作日期')} {timezone.localtime(at):%Y-%m-%d}", size=9)
    return _bytes(made)


def _three(stack: Any) -> tuple[str, ...]:
    """Who holds the slots below the leader's; a blank is said."""
    held = [stack.slots[slot] for slot in ("department", "manager", "backstop")]
    return tuple(each.label if each else _("空缺") for each in held)


@override("zh-hans")
def plan_docx(row: Any, shown: Any, force: list[Any], *, at: datetime) -> bytes:
    """The plan of a firm on one page: its difficulties, goal, task force, measures with their effect, and reviews."""
    made = _document()
    _line(
        made,
        said("一企一策专属方案") if row.enterprise else said(row.get_kind_display()),
        size=22,
        centred=True,
        bold=True,
    )
    _line(made, f"{row.name}  {row.enterprise.code if row.enterprise else ''}".strip(), size=14, centred=True)
    for label, told in ((_("主要困难"), row.problems), (_("目标"), row.goal), (_("结果"), row.outcome)):
        if told:
            _line(made, f"{label}:{told}", size=12)
    people = [f"{said(each.get_kind_display())} {each.person.name}({each.person.unit.name})" for each in force]
    _part(made, said("化险解困专班"), people)
    _line(made, _("措施"), size=14, bold=True)
    heads = (_("措施"), _("责任人"), _("期限"), _("状态"), _("效果"))
    rows = [
        (
            each.row.text,
            each.row.owner.name,
            f"{each.row.due_on:%Y-%m-%d}",
            said(MEASURE_STATES[each.state]),
            each.effect,
        )
        for each in shown.measures
    ]
    _table(made, heads, rows)
    _part(
        made,
        _("复盘"),
        [
            f"{timezone.localtime(each.reviewed_at):%Y-%m-%d} {each.text}({each.by.name})"
            for each in row.reviews.select_related("by")
        ],
    )
    _line(made, f"{said('制作日期')} {timezone.localtime(at):%Y-%m-%d %H:%M}", size=9)
    return _bytes(made)


def _case(each: Any) -> str:
    until = f",{timezone.localtime(each.due_at):%Y-%m-%d %H:%M}" if each.due_at else ""
    return f"{each.number} {each.title}({said(each.state)},{each.unit}{until})"


def _entry(entry: Any) -> str:
    shown = entry_shown(entry)
    lines = ";".join(f"{label}:{value}" for label, value in shown.lines)
    return f"{timezone.localtime(shown.at):%Y-%m-%d %H:%M} {shown.title} {lines}".strip()


def _document() -> Any:
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = SONG, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), SONG)
    return made


def _line(made: Any, words: str, *, size: float, centred: bool = False, bold: bool = False, colour: Any = None) -> None:
    paragraph = made.add_paragraph()
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_clean(words))
    run.font.size, run.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour


def _part(made: Any, heading: str, lines: list[str]) -> None:
    _line(made, heading, size=14, bold=True)
    for words in lines or [_("没有")]:
        made.add_paragraph(_clean(words), style="List Bullet" if lines else None)


def _table(made: Any, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = made.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, words in zip(table.rows[0].cells, heads, strict=True):
        cell.text = words
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(words)


def _clean(words: str) -> str:
    """Without the control characters that no document may hold."""
    return "".join(letter for letter in words if letter >= " " or letter in "\n\t")


def _bytes(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
