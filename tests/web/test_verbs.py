"""Every verb through its form: the whole loop, double clicks, stale pages, refusals that keep what was typed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridloop.core.lifecycle import CASE
from gridloop.offices.archive.queries import access_notes, attachments_of, timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.models import Case
from gridloop.web.verbs import VERBS
from tests.sample import CODE, IN_SW, MONDAY, who

HOUR = timedelta(hours=1)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    + "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def kinds(ref):
    return [entry.kind for entry in timeline(f"case:{ref}")]


def state(ref):
    return Case.objects.get(ref=ref).state


def hidden(page, verb):
    """The revision and the key that the page's form of this verb carries."""
    form = re.search(rf'action="/cases/\w+/do/{verb}/".*?</form>', page, re.S)
    assert form, f"the page offers no {verb}"
    return {name: re.search(rf'name="{name}" value="([^"]*)"', form[0])[1] for name in ("rev", "key")}


class Person:
    """A signed-in person who does verbs through the forms that their page offers."""

    def __init__(self, client, wall, username):
        self.client, self.wall, self.username = client, wall, username

    def opens(self, ref):
        return self.client.get(f"/cases/{ref}/").content.decode()

    def does(self, verb, ref, **told):
        self.wall.at += HOUR / 4
        carried = hidden(self.opens(ref), verb)
        return self.client.post(f"/cases/{ref}/do/{verb}/", carried | told)


@pytest.fixture
def person(signed_in, wall):
    return lambda username: Person(signed_in(username), wall, username)


def test_the_whole_loop_goes_through_the_forms(person, wall):
    manager, urban, desk, housing, verifier = (
        person(name) for name in ("manager", "urban", "desk", "housing", "verifier")
    )
    page = manager.client.get("/cases/new/").content.decode()
    key = re.search(r'name="key" value="([^"]*)"', page)[1]
    told = {"text": "柳荫路路灯不亮三天了", "source": "manager", "grade": "ordinary", "priority": "normal", "category": "城乡建设/市政设施/路灯",
            "lon": "113.505", "lat": "34.705", "reporter_name": "王小明", "reporter_phone": "13800000005", "key": key}  # fmt: skip

    filed = manager.client.post("/cases/new/", told)
    case = Case.objects.get()
    answers = [
        urban.does("return_case", case.ref, duty_item="P-12", reason="照明设施由区局维护"),
        desk.does("assign", case.ref, unit="housing", reason="灯杆属小区内部设施"),
        housing.does("accept", case.ref),
        housing.does("begin_work", case.ref),
        housing.does("answer", case.ref, text="已更换灯具,当晚恢复照明。"),
        verifier.does("verify", case.ref, passed="yes", text="周一晚八点现场查看,已亮。"),
        desk.does("record_callback", case.ref, outcome="reached", solved="yes", satisfied="5"),
        desk.does("strike_off", case.ref),
    ]

    assert filed.status_code == 200 and case.number in filed.content.decode() and "<svg" in filed.content.decode()
    assert [answer.status_code for answer in answers] == [302] * 8
    assert state(case.ref) == "cleared"
    assert kinds(case.ref) == [
        "case.filed", "case.returned", "case.assigned", "case.accepted", "case.work_began", "case.answered", "case.verified",
        "case.called_back", "case.cleared",
    ]  # fmt: skip


def test_the_same_filing_sent_twice_files_once_and_shows_the_same_receipt(signed_in):
    client = signed_in("desk")
    key = re.search(r'name="key" value="([^"]*)"', client.get("/cases/new/").content.decode())[1]
    told = {"text": "院内积水超过脚面", "source": "phone", "grade": "ordinary", "priority": "normal", "key": key}

    pages = [client.post("/cases/new/", told).content.decode() for _ in range(2)]

    secrets = [re.search(r'data-copy="([^"]*)"', page)[1] for page in pages]
    assert Case.objects.count() == 1
    assert secrets[0] == secrets[1]


def test_a_refused_filing_keeps_what_was_typed(signed_in):
    client = signed_in("desk")
    told = {
        "text": "某处漏水",
        "source": "phone",
        "grade": "difficult",
        "priority": "normal",
        "reporter_phone": "12",
        "key": "k1",
    }

    answer = client.post("/cases/new/", told)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page and "某处漏水" in page and Case.objects.count() == 0


def test_a_double_click_acts_once(person, light):
    urban = person("urban")
    carried = hidden(urban.opens(light), "accept")

    answers = [urban.client.post(f"/cases/{light}/do/accept/", carried) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert kinds(light).count("case.accepted") == 1


def test_a_stale_page_is_refused_with_its_sentence_and_keeps_what_was_typed(person, light):
    urban, leader = person("urban"), person("urban_leader")
    urban.does("accept", light)
    stale = hidden(urban.opens(light), "note_progress")
    leader.does("begin_work", light)

    answer = urban.client.post(f"/cases/{light}/do/note_progress/", stale | {"text": "维修队明日到场"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "此件刚刚被别人处理过" in page and "维修队明日到场" in page


def test_a_verb_that_is_no_longer_offered_still_says_why(person, light):
    urban = person("urban")
    carried = hidden(urban.opens(light), "accept")
    urban.does("accept", light)

    answer = urban.client.post(f"/cases/{light}/do/accept/", carried | {"key": "another"})

    assert answer.status_code == 409
    assert "此件刚刚被别人处理过" in answer.content.decode()


def test_a_return_after_its_window_is_refused_with_the_time(person, light, wall):
    urban = person("urban")
    wall.at = MONDAY + timedelta(days=3)

    answer = urban.does("return_case", light, duty_item="P-12", reason="照明设施由区局维护")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "退回期限已于" in page and "照明设施由区局维护" in page


def test_a_form_without_what_it_needs_names_the_field(person, light):
    answer = person("urban").does("return_case", light, duty_item="", reason="")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请改正后再提交" in page and 'href="#return_case-duty_item"' in page and 'id="return_case-duty_item"' in page


def test_who_handled_a_case_is_offered_no_verification(person, light):
    desk, urban = person("desk"), person("urban")
    urban.does("accept", light)
    desk.does("note_progress", light, text="值班岗到场协调")
    urban.does("answer", light, text="已修复,请查看。")

    assert "/do/verify/" not in desk.opens(light)
    assert "/do/verify/" in person("leader").opens(light)


def test_another_streets_case_is_not_found(person, light):
    answer = person("desk").client.get("/cases/aaaaaaaaaaaaaaaa/")

    assert answer.status_code == 404
    assert person("housing").client.post(f"/cases/{light}/do/accept/", {"rev": 0, "key": "k"}).status_code == 404


def test_names_are_masked_until_a_reason_is_on_record(person, light):
    urban = person("urban")

    masked = urban.opens(light)
    refused = urban.client.post(f"/cases/{light}/contacts/", {"reason": ""})
    shown = urban.client.post(f"/cases/{light}/contacts/", {"reason": "电话核对路灯位置"})
    after = urban.opens(light)

    assert "13800000005" not in masked and "138****0005" in masked and "王**" in masked and "王小明" not in masked
    assert refused.status_code == 422 and "13800000005" not in refused.content.decode()
    assert shown.status_code == 200 and "13800000005" in shown.content.decode()
    assert "13800000005" not in after and "电话核对路灯位置" in after
    assert [note.reason for note in access_notes(f"case:{light}")] == ["电话核对路灯位置"]


def test_a_photo_is_added_and_shown_only_to_those_who_see_the_case(person, light):
    urban = person("urban")
    urban.does("accept", light)

    answer = urban.does("attach", light, file=SimpleUploadedFile("现场.png", PNG, content_type="image/png"))
    kept = attachments_of(f"case:{light}")[0]
    address = f"/cases/{light}/files/{kept.ref}/"

    assert answer.status_code == 302
    assert urban.client.get(address)["Content-Type"] == "image/png"
    assert person("housing").client.get(address).status_code == 404


# Verbs off the straight way: who does what to reach the state, then the verb with what is typed, and the state after it.
SIDEWAYS = [
    # the unit works and asks; the desk adds what the caller says
    ([("urban", "accept", {})], ("urban", "ask_reporter", {"text": "请补充灯杆编号"}), "asking"),
    ([("urban", "accept", {}), ("urban", "ask_reporter", {"text": "请补充灯杆编号"})], ("desk", "supplement", {"text": "灯杆编号十七"}), "handling"),
    ([("urban", "accept", {})], ("urban", "answer_interim", {"text": "配件在途,两日内更换"}), "accepted"),
    # consultation of two units, then its minutes with two decisions
    ([], ("desk", "consult", {"topic": "灯杆权属", "units": ["urban", "housing"], "lead": "housing"}), "consulting"),
    (
        [("desk", "consult", {"topic": "灯杆权属", "units": ["urban", "housing"]})],
        ("desk", "conclude_consultation", {"minutes": "三方现场会商", "text_1": "更换灯具", "owner_1": "urban", "due_1": "2022-05-27",
                                           "text_2": "移交产权", "owner_2": "housing"}),
        "handling",
    ),
    # up and back again
    ([], ("desk", "escalate", {"unit": "district_urban", "reason": "需区局协调"}), "escalated"),
    ([("desk", "escalate", {"unit": "district_urban", "reason": "需区局协调"})], ("leader", "pull_back", {"reason": "本级可办"}), "handling"),
    # more time, and time standing still
    ([("urban", "accept", {})], ("urban", "request_extension", {"reason_code": "materials", "reason": "配件未到货", "amount": "3", "unit_of_time": "working_day"}), "accepted"),
    (
        [("urban", "accept", {}), ("urban", "request_extension", {"reason_code": "materials", "reason": "配件未到货", "amount": "3", "unit_of_time": "working_day"})],
        ("desk", "decide_extension", {"approved": "yes"}),
        "accepted",
    ),
    (
        [("urban", "accept", {}), ("urban", "request_suspension", {"reason_code": "superior", "reason": "等待区局批复", "until": "2022-06-10"})],
        ("leader", "decide_suspension", {"approved": "yes", "remark": "同意"}),
        "suspended",
    ),
    (
        [("urban", "accept", {}), ("urban", "request_suspension", {"reason_code": "superior", "reason": "等待区局批复", "until": "2022-06-10"}),
         ("leader", "decide_suspension", {"approved": "yes"})],
        ("urban", "resume", {"reason": "批复已到"}),
        "handling",
    ),
    # grading by two people; correcting
    ([], ("urban", "propose_grade", {"grade": "difficult", "reason": "涉及三个部门"}), "routed"),
    ([("urban", "propose_grade", {"grade": "difficult", "reason": "涉及三个部门"})], ("desk", "confirm_grade", {"approved": "yes"}), "routed"),
    ([], ("desk", "correct", {"category": "城乡建设/房屋管理/漏水", "reason": "实为漏水"}), "routed"),
    # taking apart, drawing attention
    ([], ("desk", "split", {"text_1": "院内还有积水", "category_1": "城乡建设/市政设施/积水", "reason": "两个问题"}), "routed"),
    ([], ("leader", "raise_case", {"reason": "群众多次反映"}), "routed"),
    # not good enough; done again; withdrawn; filed away
    ([("urban", "accept", {}), ("urban", "answer", {"text": "已修复,请查看"})], ("leader", "rework", {"reason": "晚上仍不亮"}), "handling"),
    ([("urban", "accept", {}), ("urban", "answer", {"text": "已修复,请查看"})], ("verifier", "verify", {"passed": "no", "text": "现场仍不亮"}), "handling"),
    ([], ("desk", "withdraw", {"reason": "反映人来电撤回"}), "withdrawn"),
    ([("desk", "withdraw", {"reason": "反映人来电撤回"})], ("desk", "archive_case", {}), "archived"),
    (
        [
            ("urban", "accept", {}), ("urban", "answer", {"text": "已修复,请查看"}), ("verifier", "verify", {"passed": "yes", "text": "现场已亮"}),
            ("desk", "strike_off", {}), ("desk", "archive_case", {}),
        ],
        ("desk", "reopen", {"reason": "问题又出现了"}), "handling",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "deed", "after"), SIDEWAYS, ids=[deed[1] + "-" + after for _, deed, after in SIDEWAYS]
)
def test_each_verb_off_the_straight_way_works_through_its_form(person, light, before, deed, after):
    for username, verb, told in before:
        assert person(username).does(verb, light, **told).status_code == 302, verb
    username, verb, told = deed

    answer = person(username).does(verb, light, **told)

    assert answer.status_code == 302, re.findall(r"gl-error[^>]*>([^<]*)|<li>([^<]*)</li>", answer.content.decode())[:5]
    assert state(light) == after
    assert person("desk").client.get(f"/cases/{light}/").status_code == 200


def test_two_cases_merge_by_the_number_people_say(person, light):
    other = actions.file_case(
        by=who("desk"), at=MONDAY, street=CODE, filing=actions.Filing(text="同一盏路灯不亮", category="路灯", **IN_SW)
    ).case

    answer = person("desk").does("merge", other.ref, into=Case.objects.get(ref=light).number, reason="同一问题")
    wrong = person("desk").does("merge", light, into="20220523-999999", reason="同一问题")

    assert answer.status_code == 302 and state(other.ref) == "merged"
    assert wrong.status_code == 404 and "请核对编号" in wrong.content.decode()


def test_the_table_has_a_form_for_every_verb_of_the_chart_but_the_reporters_own():
    assert set(VERBS) == set(CASE.verbs) - {"judge_answer"}


def test_an_unknown_verb_is_not_found(person, light):
    assert person("desk").client.post(f"/cases/{light}/do/explode/", {"rev": 0, "key": "k"}).status_code == 404


def test_a_decision_with_a_date_stands_in_the_minutes(person, light):
    desk = person("desk")
    desk.does("consult", light, topic="灯杆权属", units=["urban", "housing"])

    desk.does(
        "conclude_consultation", light, minutes="三方现场会商", text_1="更换灯具", owner_1="urban", due_1="2022-05-27"
    )

    page = desk.opens(light)
    assert "更换灯具" in page and "2022年5月27日(周五)" in page
    assert date(2022, 5, 27).isoformat() in str(timeline(f"case:{light}")[-1].payload)
