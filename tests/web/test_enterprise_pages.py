"""The desk for enterprises: every page, every deed in its form, contacts masked, papers made, files put in by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from gridloop.core.access import SYSTEM
from gridloop.core.firm_size import wan
from gridloop.offices.archive.models import AccessNote
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.clusters import add_cluster
from gridloop.offices.enterprise.actions.pairing import pair
from gridloop.offices.enterprise.actions.register import tell_figures
from gridloop.offices.enterprise.actions.teams import found_team, join_team
from gridloop.offices.enterprise.actions.vitality import propose_vitality
from gridloop.offices.enterprise.models import Consent, Enterprise, Intake, VitalityProposal
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.service_models import Consult, Promise, ServiceOrder, ServiceTeam, TeamMember
from gridloop.offices.organisation.actions import add_person, add_post, appoint
from tests.firms import code_of, registered
from tests.sample import CODE, FOUNDED, MONDAY, who
from tests.web.papers import same_in_english

SignIn = Callable[[str], Client]


@pytest.fixture
def firm(street: object) -> Enterprise:
    """A machine works with a contact and its manager."""
    made = registered(1, contact="张三丰", phone="67181234", duty="厂长")
    pair(by=SYSTEM, at=MONDAY, street=CODE, subject=made.subject, slot="manager", person="P08")
    return made


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def send(client: Client, where: str, /, **told: Any) -> Any:
    return client.post(where, told, follow=True)


def test_the_list_shows_finds_and_narrows(firm: Enterprise, signed_in: SignIn) -> None:
    registered(2, name="河畔花店", industry="5261")
    desk = signed_in("desk")

    assert "示例机械厂1号" in page(desk, "/enterprises/")
    assert "示例机械厂1号" not in page(desk, "/enterprises/?text=hphd")
    assert "河畔花店" in page(desk, "/enterprises/?section=F&lacks=manager")
    assert "没有符合条件的企业" in page(desk, "/enterprises/?section=J")
    assert page(desk, "/enterprises/?after=abc&place=%27--")  # nonsense narrows, never breaks


def test_posts_that_see_no_firms_have_no_door(firm: Enterprise, signed_in: SignIn) -> None:
    keeper = signed_in("keeper")

    assert keeper.get("/enterprises/").status_code == 403
    assert "/enterprises/" not in page(keeper, "/setup/")
    assert signed_in("urban").get(f"/enterprises/{firm.ref}/").status_code == 404


def test_the_firm_page_masks_contacts_and_shows_them_once_for_a_reason(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")

    shown = page(manager, f"/enterprises/{firm.ref}/")
    assert "张三丰" not in shown and "67181234" not in shown and "张**" in shown
    refused = manager.post(f"/enterprises/{firm.ref}/contacts/", {"reason": ""})
    assert (refused.status_code, AccessNote.objects.count()) == (422, 0)
    told = manager.post(f"/enterprises/{firm.ref}/contacts/", {"reason": "约走访"}).content.decode()
    assert "张三丰" in told and "0371-67181234" in told
    assert AccessNote.objects.get().what == "企业联系人"
    assert "约走访" in page(signed_in("desk"), f"/enterprises/{firm.ref}/")  # whoever arranges sees who looked


def test_a_firm_is_registered_in_a_form_and_a_double_leads_to_the_record(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")
    told = {
        "name": "示例花店",
        "code": code_of(5),
        "industry": "5261",
        "staff": "3",
        "revenue": "60",
        "phone": "67180000",
        "address": "柳荫路1号院",
    }

    assert "已建档" in send(manager, "/enterprises/new/", **told).content.decode()
    assert Enterprise.objects.get(code=code_of(5)).size == "micro"
    double = manager.post("/enterprises/new/", {**told, "code": firm.code})
    assert (double.status_code, f"/enterprises/{firm.ref}/" in double.content.decode()) == (409, True)
    faults = manager.post("/enterprises/new/", {**told, "code": "9141", "industry": "98"}).content.decode()
    assert "统一社会信用代码应为 18 位" in faults and "没有行业" in faults


def test_a_record_is_amended_with_a_reason_and_what_was_not_touched_stays(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")
    shown = manager.get(f"/enterprises/{firm.ref}/edit/").context["form"].initial
    told = {name: value for name, value in shown.items() if value not in (None, "")}

    assert manager.post(f"/enterprises/{firm.ref}/edit/", told).status_code == 422  # no reason
    assert (
        manager.post(f"/enterprises/{firm.ref}/edit/", {**told, "reason": "核对"}).status_code == 409
    )  # nothing changed
    send(manager, f"/enterprises/{firm.ref}/edit/", **{**told, "industry": "5261", "reason": "营业执照变更"})

    firm.refresh_from_db()
    assert (firm.industry, firm.above_threshold, firm.address) == ("5261", True, "柳荫路1号院")
    assert "营业执照变更" in page(manager, f"/enterprises/{firm.ref}/")
    assert (
        manager.post(f"/enterprises/{firm.ref}/edit/", {**told, "alias": "一号", "reason": "补充"}).status_code == 409
    )  # someone was faster


# the deed, what is sent, what stands afterwards
DEEDS: list[tuple[str, dict[str, str], Callable[[Enterprise], object]]] = [
    ("contact", {"name": "李经理", "phone": "67180001"}, lambda firm: firm.contacts.count() == 2),
    ("consent", {"kind": "visit", "granted": "no", "how": "电话说明"}, lambda firm: Consent.objects.get().granted is False),
    ("figures", {"year": "2020", "staff": "1200", "revenue": "50000"}, lambda firm: firm.figures.count() == 2),
    ("vitality", {"vitality": "stalled", "reason": "现场停产"}, lambda firm: Enterprise.objects.get(pk=firm.pk).vitality == "stalled"),
    ("law", {"question": "押金不退怎么办?"}, lambda firm: Consult.objects.count() == 1),
    ("promise", {"text": "周五前回话", "due_on": "2022-05-27"}, lambda firm: Promise.objects.count() == 1),
    ("leave", {"because": "moved", "reason": "迁往外区"}, lambda firm: Enterprise.objects.get(pk=firm.pk).left_at is not None),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "told", "stands"), DEEDS)
def test_each_deed_is_done_in_its_form_and_a_bad_one_stays_open(
    firm: Enterprise, signed_in: SignIn, deed: str, told: dict[str, str], stands: Callable[[Enterprise], object]
) -> None:
    manager = signed_in("manager")

    refused = manager.post(f"/enterprises/{firm.ref}/do/{deed}/", {})
    assert (refused.status_code, "请改正后再提交" in refused.content.decode()) == (422, True)
    done = send(manager, f"/enterprises/{firm.ref}/do/{deed}/", **told)

    assert done.status_code == 200
    assert stands(firm)


def test_a_firms_problem_is_filed_from_its_page_and_stands_on_it(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")
    form = manager.get(f"/cases/new/?enterprise={firm.ref}").context["form"]
    assert form.initial["enterprise"] == firm.name

    told = {"text": "想申请八十万流动资金", "source": "manager", "grade": "ordinary", "priority": "normal", "category": "企业服务/融资", "enterprise": firm.name, "address": "柳荫路1号院"}  # fmt: skip
    manager.post("/cases/new/", {**told, "key": "k1", "same": "different"})

    assert Case.objects.get().enterprise_ref == firm.ref
    assert "想申请八十万流动资金" in page(manager, f"/enterprises/{firm.ref}/")


def second_manager() -> None:
    keeper = who("keeper", at=FOUNDED)
    add_person(by=keeper, at=FOUNDED, street=CODE, code="P20", name="卯管家", unit="economy")
    add_post(
        by=keeper, at=FOUNDED, street=CODE, code="MANAGER-2", title="服务管家", role="service_manager", unit="economy"
    )
    appoint(by=who("leader", at=FOUNDED), at=FOUNDED, street=CODE, post="MANAGER-2", person="P20")


def test_the_matrix_shows_blanks_in_red_fills_them_and_hands_over_with_a_pack(
    firm: Enterprise, signed_in: SignIn
) -> None:
    second_manager()
    other, desk = registered(2), signed_in("desk")

    assert "空缺 1" in page(desk, "/enterprises/matrix/")
    assert (
        desk.post("/enterprises/matrix/pair/", {"slot": "manager", "person": "P08"}).status_code == 422
    )  # none ticked
    send(desk, "/enterprises/matrix/pair/", slot="manager", person="P20", firm=[firm.ref, other.ref])
    assert Pairing.objects.get(subject=other.subject).person.name == "卯管家"  # type: ignore[union-attr]
    row = Pairing.objects.get(subject=firm.subject)
    assert row.person.name == "辛管家"  # type: ignore[union-attr]  # held, so left alone
    page(desk, f"/enterprises/pairings/{row.ref}/")
    assert desk.post(f"/enterprises/pairings/{row.ref}/", {"person": "P20"}).status_code == 422  # no reason
    done = send(
        desk, f"/enterprises/pairings/{row.ref}/", person="P20", reason="调岗", note="下周二看车间"
    ).content.decode()

    assert "辛管家(经济发展办) → 卯管家(经济发展办)" in done and "下周二看车间" in done
    following = Pairing.objects.get(subject=firm.subject, ends_at=None)
    words = "\n".join(same_in_english(desk, f"/enterprises/pairings/{following.ref}/pack.docx"))
    assert "下周二看车间" in words and firm.name in words
    assert all(
        heading in words for heading in ("包联交接包", "四级包联", "在办事项", "企业不愿意的", "最近的经过", "制作日期")
    )
    assert "张三丰" not in words
    send(desk, f"/enterprises/pairings/{following.ref}/substitute/", substitute="P10")
    send(desk, f"/enterprises/pairings/{following.ref}/end/", reason="退出")
    assert "空缺" in page(desk, f"/enterprises/{firm.ref}/")


def test_only_those_who_arrange_hand_over(firm: Enterprise, signed_in: SignIn) -> None:
    row = Pairing.objects.get()

    assert signed_in("manager").get(f"/enterprises/pairings/{row.ref}/").status_code == 403
    assert (
        signed_in("manager").get(f"/enterprises/pairings/{row.ref}/pack/").status_code == 200
    )  # whoever sees the firm reads the pack
    assert signed_in("urban").get(f"/enterprises/pairings/{row.ref}/pack/").status_code == 404


def test_the_public_notice_is_a_pdf_and_a_document_with_the_names_and_the_code(
    firm: Enterprise, signed_in: SignIn
) -> None:
    manager = signed_in("manager")

    pdf = manager.get(f"/enterprises/{firm.ref}/notice.pdf")
    docx = manager.get(f"/enterprises/{firm.ref}/notice.docx")

    assert (pdf["Content-Type"], pdf.content[:5], b"STSong-Light" in pdf.content) == ("application/pdf", b"%PDF-", True)
    made = Document(io.BytesIO(docx.content))
    cells = [cell.text for row in made.tables[0].rows for cell in row.cells]
    assert "辛管家" in cells and "服务管家" in cells and "(待定)" in cells
    assert len(made.inline_shapes) == 1  # the code
    assert "67181234" not in "".join(cells)  # a firm's own telephone is nobody else's business


def test_the_public_notice_is_chinese_also_for_who_reads_the_console_in_english(
    firm: Enterprise, signed_in: SignIn
) -> None:
    manager = signed_in("manager")
    manager.cookies["django_language"] = "en"

    made = Document(io.BytesIO(manager.get(f"/enterprises/{firm.ref}/notice.docx").content))

    words = [each.text for each in made.paragraphs] + [cell.text for row in made.tables[0].rows for cell in row.cells]
    assert any("包联服务公示牌" in each for each in words) and "服务管家" in words
    assert re.search(r"制作日期 20\d\d年\d+月\d+日\(周.\)", "".join(words))
    assert not any(word in "".join(words) for word in ("Service manager", "answers for", "Scan"))
    same_in_english(manager, f"/enterprises/{firm.ref}/notice.docx")


def test_the_four_coverages_link_to_the_firms_they_lack(firm: Enterprise, signed_in: SignIn) -> None:
    registered(2, name="没人管的店")

    assert "1/2" in page(signed_in("desk"), "/enterprises/coverage/")
    assert "没人管的店" in page(signed_in("desk"), "/enterprises/coverage/?service=admin")
    assert signed_in("desk").get("/enterprises/coverage/?service=moon").status_code == 404


def test_a_file_is_put_in_and_the_refused_rows_come_back(firm: Enterprise, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    text = f"企业名称,统一社会信用代码,行业代码\n示例面馆,{code_of(7)},6210\n坏代码店,123,6210\n".encode()

    done = send(desk, "/enterprises/import/", file=SimpleUploadedFile("企业.csv", text), prefer="kept").content.decode()

    assert "坏代码店" in done and "统一社会信用代码应为 18 位" in done
    intake = Intake.objects.get()
    sheet = desk.get(f"/enterprises/import/{intake.ref}/refused.csv")
    assert "坏代码店" in sheet.content.decode("utf-8-sig")
    assert "企业.csv" in page(desk, "/enterprises/import/")
    assert desk.post("/enterprises/import/", {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")}).status_code == 422
    assert desk.post("/enterprises/import/", {}).status_code == 422
    assert signed_in("manager").get("/enterprises/import/").status_code == 403


def test_proposals_are_decided_on_the_watch_list(firm: Enterprise, signed_in: SignIn) -> None:
    tell_figures(by=SYSTEM, at=MONDAY, enterprise=firm.ref, year=2020, staff=100, revenue=wan(900))
    propose_vitality(at=MONDAY, street=CODE)
    proposal, manager = VitalityProposal.objects.get(), signed_in("manager")

    assert "从业人员由 100 人减为 40 人" in page(manager, "/enterprises/watch/")
    assert manager.post(f"/enterprises/watch/{proposal.ref}/decide/", {"accepted": "no"}).status_code == 422
    send(manager, f"/enterprises/watch/{proposal.ref}/decide/", accepted="yes")

    firm.refresh_from_db()
    assert firm.vitality == "half"
    assert "没有待决定的建议" in page(manager, "/enterprises/watch/")


def test_names_that_look_alike_are_merged_by_hand(firm: Enterprise, signed_in: SignIn) -> None:
    registered(2, name="郑州示例机械制造有限公司")
    double = registered(3, name="示例机械制造有限责任公司")
    desk = signed_in("desk")
    assert "示例机械制造有限责任公司" in page(desk, "/enterprises/alike/")

    kept = Enterprise.objects.get(name="郑州示例机械制造有限公司")
    send(desk, "/enterprises/alike/merge/", into=kept.ref, duplicate=double.ref, reason="同一执照")

    assert "这份档案已并入" in page(desk, f"/enterprises/{double.ref}/")


def test_clusters_are_registered_shown_and_ended(firm: Enterprise, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    send(desk, "/enterprises/clusters/", name="示例汽车城", kind="auto", grid="C1-SE")
    cluster = add_cluster(by=SYSTEM, at=MONDAY, street=CODE, name="示例商场", kind="mall")
    registered(2, name="示例车行", cluster="示例商场", industry="5261")

    assert "示例汽车城" in page(desk, "/enterprises/clusters/")
    assert "示例车行" in page(desk, f"/enterprises/clusters/{cluster.ref}/")
    assert "还有 1 家企业" in send(desk, f"/enterprises/clusters/{cluster.ref}/", reason="拆迁").content.decode()


def test_teams_are_founded_and_loads_are_seen_by_oneself_and_by_whoever_arranges(
    firm: Enterprise, signed_in: SignIn
) -> None:
    desk = signed_in("desk")
    send(desk, "/enterprises/teams/", kind="four", name="四位一体服务团队")
    team = ServiceTeam.objects.get()
    send(desk, f"/enterprises/teams/{team.ref}/", person="P08", kind="manager", grid="C1")
    send(desk, f"/enterprises/teams/{team.ref}/", person="P06", kind="legal")

    assert "辛管家" in page(desk, "/enterprises/teams/") and "己环保" in page(desk, "/enterprises/teams/")
    own = page(signed_in("manager"), "/enterprises/teams/")
    assert "辛管家" in own and "己环保" not in own
    send(desk, f"/enterprises/members/{TeamMember.objects.first().ref}/leave/", back=f"/enterprises/teams/{team.ref}/")  # type: ignore[union-attr]
    assert TeamMember.objects.filter(ends_at=None).count() == 1


def test_an_order_goes_its_way_in_the_queue(firm: Enterprise, signed_in: SignIn) -> None:
    team = found_team(by=SYSTEM, at=MONDAY, street=CODE, kind="tax", name="办税服务队")
    join_team(by=SYSTEM, at=MONDAY, team=team.ref, person="P10", kind="tax")
    manager = signed_in("manager")
    send(manager, f"/enterprises/{firm.ref}/do/order/", team=team.ref, service="上门变更办税人员", wanted="周二")
    order = ServiceOrder.objects.get()
    at = (MONDAY + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    assert "上门变更办税人员" in page(manager, "/enterprises/serving/orders/")
    assert (
        manager.post(f"/enterprises/serving/orders/{order.ref}/book/", {"officer": "P03", "booked_for": at}).status_code
        == 409
    )
    send(manager, f"/enterprises/serving/orders/{order.ref}/book/", officer="P10", booked_for=at)
    send(signed_in("economy"), f"/enterprises/serving/orders/{order.ref}/finish/", result="已变更")
    assert (
        signed_in("economy")
        .post(f"/enterprises/serving/orders/{order.ref}/confirm/", {"solved": "yes", "how": "电话"})
        .status_code
        == 403
    )
    send(manager, f"/enterprises/serving/orders/{order.ref}/confirm/", solved="yes", how="电话问了厂长")

    order.refresh_from_db()
    assert order.state == "confirmed"
    assert "上门变更办税人员" in page(manager, "/enterprises/serving/orders/?state=confirmed")


def test_promises_are_settled_and_counted(firm: Enterprise, signed_in: SignIn) -> None:
    manager = signed_in("manager")
    send(manager, f"/enterprises/{firm.ref}/do/promise/", text="周五前回话", due_on="2022-05-27")

    send(manager, f"/enterprises/serving/promises/{Promise.objects.get().ref}/settle/", kept="yes", outcome="已回话")

    assert "1/1" in page(manager, "/enterprises/serving/promises/?state=kept")
    assert manager.post(f"/enterprises/serving/consults/{Promise.objects.get().ref}/settle/", {}).status_code == 404


def test_the_desk_reads_in_english(firm: Enterprise, signed_in: SignIn) -> None:
    desk = signed_in("desk")
    desk.cookies["django_language"] = "en"

    for address in (
        "/enterprises/",
        f"/enterprises/{firm.ref}/",
        "/enterprises/matrix/",
        "/enterprises/coverage/",
        "/enterprises/teams/",
    ):
        assert 'lang="en"' in page(desk, address)
