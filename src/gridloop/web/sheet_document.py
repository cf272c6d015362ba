"""A sheet as .docx in the form of GB/T 9704-2012: A4, type area 156 × 225 mm, 22 lines of 28 characters, fonts and sizes by their names.

The fonts (方正小标宋, 仿宋_GB2312, 楷体_GB2312, 黑体) are only named: the office's own Word or WPS brings them, others fall back.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

SONG, FANG, HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
SECOND, THIRD, FOURTH = 22, 16, 14
"""Points of 二号, 三号 and 四号."""
LINE = Pt(28.9)  # 225 mm hold 22 lines
RED = RGBColor(0xE6, 0x00, 0x12)
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip


def document_of(sheet: Any) -> bytes:
    """The sheet (``web.sheets.Sheet``) as the bytes of a .docx."""
    made = Document()
    _page(made)
    _head(made, sheet)
    _line(made, sheet.title, font=SONG, size=SECOND, align=CENTRE, spacing=Pt(36))
    _line(made, "")
    _line(made, f"{sheet.to}：")
    _line(made, sheet.opening, indent=True)
    for heading, section in sheet.numbered:
        _line(made, heading, font=HEI, indent=True)
        many = len(section.paragraphs) > 1
        for place, words in enumerate(section.paragraphs):
            _line(made, f"（{'一二三四五六七八九十'[place]}）{words}" if many else words, indent=True)
        for place, words in enumerate(section.items, 1):
            _line(made, f"{place}.{words}", indent=True)
    _seal(made, sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Any) -> None:
    """A4 with 天头 37 mm and 订口 28 mm, and the page number — 1 — in 四号."""
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FANG, Pt(THIRD)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)
    foot = section.footer.paragraphs[0]
    foot.alignment = CENTRE
    for words, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        _run(foot, words, font="宋体", size=FOURTH, field=field)


def _head(made: Any, sheet: Any) -> None:
    """发文机关标志 in red, 发文字号 below it, and the red line across the page."""
    _line(made, sheet.mark, font=SONG, size=36, align=CENTRE, colour=RED if sheet.is_red else None, spacing=Pt(52))
    _line(made, "")
    number = _line(made, sheet.number, align=CENTRE)
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (
        ("val", "single"),
        ("sz", "18"),
        ("space", "8"),
        ("color", "E60012" if sheet.is_red else "000000"),
    ):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    number._p.get_or_add_pPr().append(border)
    _line(made, "")


def _seal(made: Any, sheet: Any) -> None:
    """署名 centred over the date, which stands four characters from the right; the seal covers both."""
    _line(made, "")
    for words, right in ((sheet.signer, max(4 - (len(sheet.signer) - len(sheet.day)) / 2, 2)), (sheet.day, 4)):
        _line(made, words, align=RIGHT).paragraph_format.right_indent = Pt(THIRD * right)
    _line(made, sheet.note, indent=True)


def _line(
    made: Any, words: str, *, font: str = FANG, size: int = THIRD, align: Any = None, colour: Any = None, indent: bool = False,
    spacing: Any = LINE,
) -> Any:  # fmt: skip
    """One paragraph; ``indent`` sets its first line in by two characters."""
    paragraph = made.add_paragraph()
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, spacing
    paragraph.alignment = align if align is not None else (BOTH if indent else LEFT)
    if indent:
        layout.first_line_indent = Pt(THIRD * 2)
    _run(paragraph, words, font=font, size=size, colour=colour)
    return paragraph


def _run(paragraph: Any, words: str, *, font: str, size: int, colour: Any = None, field: str = "") -> None:
    run = paragraph.add_run("".join(letter for letter in words if letter.isprintable() or letter == "\n"))
    run.font.name, run.font.size = font, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour
    for kind, text in (("begin", ""), ("", field), ("end", "")) if field else ():
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)
