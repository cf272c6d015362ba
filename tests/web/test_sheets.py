"""The official sheets: what stands on them, in which form, and who is named on them."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gridloop.offices.archive.queries import access_notes
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.web.sheets import _along, _masked, formal
from tests.sample import CODE, IN_SW, MONDAY, who


def reopened(answer):
    assert answer.status_code == 200 and answer["Content-Type"].endswith("wordprocessingml.document")
    return Document(io.BytesIO(answer.content))


def test_the_page_of_the_sheet_has_its_parts_in_order(signed_in, light):
    page = signed_in("urban").get(f"/cases/{light}/sheets/assign/").content.decode()

    parts = ["gl-sheet-mark", "柳荫街道办事处", "gl-sheet-number", "交办〔2022〕", "gl-sheet-title", "城市管理中队：", "一、事项内容", "二、交办依据", "三、办理要求", "gl-sheet-seal", "<p>2022年5月23日</p>"]  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "王**" in page and "王小明" not in page and "13800000005" not in page


def test_the_document_opens_again_in_the_form_of_the_standard(signed_in, light):
    found = reopened(signed_in("urban").get(f"/cases/{light}/sheets/assign.docx"))

    section = found.sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin]
    assert [round(each.mm) for each in sizes] == [210, 297, 37, 28, 26]
    assert section.page_width - section.left_margin - section.right_margin == pytest.approx(Mm(156), rel=0.001)
    words = {paragraph.text: paragraph for paragraph in found.paragraphs}
    title = next(paragraph for text, paragraph in words.items() if text.startswith("关于办理"))
    assert title.runs[0].font.size == Pt(22) and title.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    body = next(paragraph for text, paragraph in words.items() if text.startswith("（一）"))
    assert body.runs[0].font.size == Pt(16) and body.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body.paragraph_format.first_line_indent == Pt(32)
    heading = words["一、事项内容"]
    assert heading.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert words["2022年5月23日"].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert words["2022年5月23日"].paragraph_format.right_indent == Pt(64), (
        "the date stands four characters from the right"
    )
    assert "PAGE" in section.footer._element.xml


def test_names_stand_on_it_only_with_a_reason_on_record(signed_in, light):
    client = signed_in("urban")

    refused = client.post(f"/cases/{light}/sheets/assign.docx", {"reason": ""})
    found = reopened(client.post(f"/cases/{light}/sheets/assign.docx", {"reason": "随件交维修队联系"}))

    assert refused.status_code == 422
    assert "王小明 13800000005" in "".join(paragraph.text for paragraph in found.paragraphs)
    assert [note.reason for note in access_notes(f"case:{light}")] == ["随件交维修队联系"]


def test_a_supervision_sheet_needs_a_supervision(signed_in, light):
    client = signed_in("leader")
    early = client.get(f"/cases/{light}/sheets/supervise/")
    actions.raise_case(by=who("leader"), at=MONDAY, case=light, reason="已三天没有进展,请过问")

    page = client.get(f"/cases/{light}/sheets/supervise/").content.decode()

    assert early.status_code == 409
    assert "已三天没有进展" in page and "督办〔2022〕" in page


def test_the_one_time_notice_says_what_is_needed_who_answers_and_by_when(signed_in, light):
    actions.give_notice(by=who("urban"), at=MONDAY, case=light, text="身份证复印件\n房产证复印件")

    page = signed_in("manager").get(f"/cases/{light}/sheets/notice/").content.decode()

    for said in ("一次性告知书", "身份证复印件", "房产证复印件", "城市管理中队", "辛管家", "答复期限"):
        assert said in page


@pytest.mark.parametrize("kind", ["assign", "notice", "supervise"])
def test_the_document_is_chinese_also_for_who_reads_the_console_in_english(signed_in, light, kind):
    actions.give_notice(by=who("urban"), at=MONDAY, case=light, text="身份证、房产证复印件")
    actions.raise_case(by=who("leader"), at=MONDAY, case=light, reason="办理超时:应于 2022年5月22日 20:00 前完成")
    client = signed_in("leader")
    chinese = reopened(client.get(f"/cases/{light}/sheets/{kind}.docx"))
    client.cookies["django_language"] = "en"

    english = reopened(client.get(f"/cases/{light}/sheets/{kind}.docx"))
    page = client.get(f"/cases/{light}/sheets/{kind}/").content.decode()
    paper = page[page.index("<article") : page.index("</article>")]

    said = [paragraph.text for paragraph in english.paragraphs]
    assert said == [paragraph.text for paragraph in chinese.paragraphs]
    assert all(
        words in paper
        for words in said
        if len(words) > 5 and "\n" not in words and not words[0].isdigit() and words[0] != "（"
    )
    assert "2022年5月30日（周一）" in "".join(said)
    assert "Print" in page and not any(word in paper for word in ("Mon ", "sheet:", "natural days"))
    if kind == "supervise":
        assert "办理超时：应于 2022年5月22日（周日）20:00 前完成" in said


def test_a_place_that_bears_the_name_above_it_says_it_once():
    assert _along(["三王庄村", "三王庄村第2网格"]) == "三王庄村第2网格"
    assert _along(["幸福社区", "柳荫路", "东院"]) == "幸福社区柳荫路东院"
    assert _along([]) == ""


@pytest.mark.parametrize("kind", ["assign", "notice"])
def test_a_case_of_no_particular_place_has_its_sheets(signed_in, street, kind):
    ref = actions.file_case(
        by=who("desk"), at=MONDAY, street=CODE, filing=actions.Filing(text="请问社保怎么转", source="phone")
    ).case.ref

    page = signed_in("desk").get(f"/cases/{ref}/sheets/{kind}/")

    assert page.status_code == 200
    assert kind == "notice" or "地点：无具体地点" in page.content.decode()


def test_a_notice_to_nobody_known_is_addressed_to_the_reporter(signed_in, street):
    filing = actions.Filing(text="柳荫路路灯不亮", category="城乡建设/市政设施/路灯", source="phone", **IN_SW)
    ref = actions.file_case(by=who("desk"), at=MONDAY, street=CODE, filing=filing).case.ref

    said = [
        paragraph.text for paragraph in reopened(signed_in("desk").get(f"/cases/{ref}/sheets/notice.docx")).paragraphs
    ]

    assert "反映人：" in said and "未留联系方式：" not in said


@pytest.mark.parametrize("username", ["housing", "environment", "keeper"])
def test_no_sheet_for_those_whom_the_case_does_not_concern(signed_in, light, username):
    client = signed_in(username)

    assert client.get(f"/cases/{light}/sheets/assign/").status_code == 404
    assert client.post(f"/cases/{light}/sheets/assign.docx", {"reason": "看看"}).status_code == 404


def test_an_unknown_sheet_is_not_found(signed_in, light):
    assert signed_in("urban").get(f"/cases/{light}/sheets/poem/").status_code == 404


def test_numbers_in_a_residents_words_are_masked_on_paper():
    told = "请打13800000005或0371-66668888,身份证410102199001011234"

    found = _masked(told)

    assert "13800000005" not in found and "66668888" not in found and "199001011234" not in found


def test_a_text_with_signs_that_no_document_may_hold_still_prints(signed_in, light):
    Case.objects.filter(ref=light).update(text="第一行\n第二行\x0b\x1f𠮷", title="标题\x07")

    assert reopened(signed_in("urban").get(f"/cases/{light}/sheets/assign.docx"))


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("签收,联系反映人;办结", "签收，联系反映人；办结"),
        ("期限:12:23(周一)前", "期限：12:23（周一）前"),  # the time of day stays
        ("12:23(7 个自然日)", "12:23（7 个自然日）"),  # brackets come in pairs
        ("3,000 元", "3,000 元"),
        ("原话:灯,不亮", "原话：灯,不亮"),  # what a resident said stays
    ],
)
def test_marks_on_paper_are_full_width(words, printed):
    assert formal(words) == printed
