"""Bodies without an account: a link, a lease, an answer to be accepted; and whose desk it comes back to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Refused, TooLate, TooMuch, WrongInput
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.queries import access_notes, timeline
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions.filing import hash_receipt
from gridloop.offices.cases.models import OutsideLink
from gridloop.offices.cases.queries import outside
from gridloop.offices.cases.queries.pages import desk
from gridloop.offices.notices.models import Notice
from gridloop.site import tick
from tests.offices.loop import DAY, HOUR, told
from tests.sample import CODE, sample_street, who

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    + "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FIRM = "某照明工程公司"


@pytest.fixture
def story(db):
    sample_street()
    found = told(reporter_name="王小明", reporter_phone="13800000005")
    found.do("urban", "accept")
    return found


def sent(story, **told):
    return story.do("urban", "send_outside", **({"body": FIRM, "task": "请更换 17 号灯杆的灯具"} | told))


def kinds(story):
    return [entry.kind for entry in timeline(f"case:{story.ref}")]


def waiting(username, story):
    return [(task.why, task.is_mine) for task in desk(who(username, at=story.now), at=story.now).outside]


def test_only_the_hash_of_the_secret_is_kept(story):
    made = sent(story)

    kept = OutsideLink.objects.get()
    assert kept.token_hash == hash_receipt(made.secret) and len(made.secret) == 32
    assert made.secret not in str([entry.payload for entry in timeline(f"case:{story.ref}")])


def test_an_answer_comes_back_to_the_sender_who_accepts_it(story):
    made = sent(story)

    actions.answer_outside(secret=made.secret, at=story.now + HOUR, text="已更换灯具", photos=[("现场.png", PNG)])
    story.now += HOUR
    on_desk = waiting("urban", story)
    story.do("urban", "review_outside", link=made.link.ref, approved=True)

    assert on_desk == [("answered", True)] and waiting("urban", story) == []
    assert story.case.state == "accepted", "the answer of a contractor is not the answer to the reporter"
    entry = next(entry for entry in timeline(f"case:{story.ref}") if entry.kind == "case.outside_answered")
    assert entry.by == f"代 外单位 {FIRM}" and entry.actor.startswith("outside:")
    assert Attachment.objects.get().by == entry.actor


def test_an_answer_that_does_not_do_goes_back_with_a_new_lease(story):
    made = sent(story)
    actions.answer_outside(secret=made.secret, at=story.now + HOUR, text="已看过现场")

    with pytest.raises(WrongInput):
        story.do("urban", "review_outside", link=made.link.ref, approved=False, after=2 * HOUR)
    story.do("urban", "review_outside", link=made.link.ref, approved=False, remark="灯还没有亮", days=2, after=2 * HOUR)
    actions.answer_outside(secret=made.secret, at=story.now + HOUR, text="已换灯具,已亮")

    link = OutsideLink.objects.get()
    assert link.state == "answered" and link.expires_at == story.now + 2 * DAY


def test_a_lease_that_ends_unanswered_brings_the_matter_back_to_the_sender(story):
    made = sent(story, days=3)
    late = story.now + 3 * DAY

    before = tick.once(at=late - HOUR, send=lambda *_: None)
    done = tick.once(at=late, send=lambda *_: None)
    again = tick.once(at=late + HOUR, send=lambda *_: None)
    story.now = late + HOUR

    assert (before.taken_back, done.taken_back, again.taken_back) == (0, 1, 0)
    assert kinds(story).count("case.outside_expired") == 1
    assert waiting("urban", story) == [("expired", True)]
    notice = Notice.objects.get(kind="case.outside_expired")
    assert notice.to.name == "丙城管" and FIRM in notice.text
    OutsideLink.objects.update(state="out")  # as it was before the tick came by
    with pytest.raises(TooLate, match="期限已过"):
        actions.answer_outside(secret=made.secret, at=late, text="来晚了")


def test_what_came_back_leaves_the_desk_by_a_new_link_or_by_taking_it_on(story):
    first = sent(story)
    tick.once(at=story.now + 4 * DAY, send=lambda *_: None)
    story.now += 4 * DAY
    second = sent(story, body="另一家公司")
    after_sending = waiting("urban", story)
    tick.once(at=story.now + 4 * DAY, send=lambda *_: None)
    story.now += 4 * DAY
    story.do("urban", "recall_outside", link=second.link.ref, reason="自行办理")

    assert after_sending == [] and waiting("urban", story) == []
    with pytest.raises(Refused):
        story.do("urban", "recall_outside", link=first.link.ref)


def test_a_sender_who_has_left_leaves_it_to_the_unit(story):
    made = sent(story)
    actions.answer_outside(secret=made.secret, at=story.now + HOUR, text="已更换灯具")
    story.now += HOUR

    assert waiting("urban_leader", story) == [("answered", False)]
    assert waiting("environment", story) == []


def test_more_time_is_asked_for_and_given_by_the_sender(story):
    made = sent(story, days=2)
    end = made.link.expires_at

    actions.ask_outside_time(secret=made.secret, at=story.now + HOUR, days=5, reason="灯具要从外地发货")
    with pytest.raises(Refused):
        actions.ask_outside_time(secret=made.secret, at=story.now + HOUR, days=5, reason="灯具要从外地发货")
    asked = waiting("urban", story)
    story.do("urban", "extend_outside", link=made.link.ref, approved=True, after=2 * HOUR)

    assert asked == [("asks_time", True)]
    assert OutsideLink.objects.get().expires_at == end + 5 * DAY


def test_a_refused_extension_leaves_the_lease_as_it_was(story):
    made = sent(story)
    actions.ask_outside_time(secret=made.secret, at=story.now + HOUR, days=5, reason="人手不够安排")

    story.do("urban", "extend_outside", link=made.link.ref, approved=False, after=2 * HOUR)

    assert OutsideLink.objects.get().expires_at == made.link.expires_at
    assert kinds(story)[-1] == "case.outside_not_extended"


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("housing", NotFound),
        ("environment", NotFound),
        ("verifier", NotAllowed),
        ("leader", NotAllowed),
        ("keeper", NotFound),
    ],
)
def test_only_the_lead_unit_and_the_desk_send_links(story, username, error):
    with pytest.raises(error):
        story.do(username, "send_outside", body=FIRM, task="请更换灯具")


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"days": 0}, TooMuch),  # no time at all
        ({"days": 31}, TooMuch),  # longer than a month
        ({"body": ""}, WrongInput),
        ({"task": "修"}, WrongInput),  # says nothing
        ({"body": "名" * 81}, WrongInput),
        ({"task": "事" * 1001}, WrongInput),
        ({"shows_contact": True}, WrongInput),  # without a reason
    ],
)
def test_a_link_that_makes_no_sense_is_refused_and_nothing_is_kept(story, told, error):
    with pytest.raises(error):
        sent(story, **told)

    assert not OutsideLink.objects.exists() and "case.sent_outside" not in kinds(story)


def test_five_links_at_once_are_enough(story):
    for number in range(5):
        sent(story, body=f"第 {number} 家")

    with pytest.raises(TooMuch):
        sent(story)


def test_the_outside_body_sees_no_reporter_unless_the_sender_said_so_and_each_look_is_noted(story):
    closed, opened = sent(story), sent(story, shows_contact=True, reason="约定入户时间")

    with pytest.raises(Refused):
        actions.show_contacts_outside(secret=closed.secret, at=story.now, reason="联系")
    with pytest.raises(WrongInput):
        actions.show_contacts_outside(secret=opened.secret, at=story.now, reason="")
    found = actions.show_contacts_outside(secret=opened.secret, at=story.now, reason="约时间入户")

    assert [(each.name, each.phone) for each in found] == [("王小明", "13800000005")]
    notes = [(note.actor_name, note.reason) for note in access_notes(f"case:{story.ref}")]
    assert notes == [(f"代 外单位 {FIRM}", "约时间入户"), ("丙城管", "约定入户时间")]


def test_a_link_opens_nothing_when_recalled_or_when_the_case_is_closed(story):
    first, second = sent(story), sent(story, body="另一家公司")
    story.do("urban", "recall_outside", link=first.link.ref)
    with pytest.raises(Refused):
        actions.answer_outside(secret=first.secret, at=story.now, text="已更换灯具")

    story.do("desk", "withdraw", reason="反映人不再需要")

    with pytest.raises(Refused):
        actions.answer_outside(secret=second.secret, at=story.now, text="已更换灯具")
    tick.once(at=story.now + 5 * DAY, send=lambda *_: None)
    assert Notice.objects.filter(kind="case.outside_expired").count() == 0
    assert outside.outside_tasks(who("urban", at=story.now)) == []


def test_a_guessed_secret_opens_nothing(story):
    sent(story)

    with pytest.raises(NotFound):
        actions.answer_outside(secret="2" * 32, at=story.now, text="已更换灯具")


def test_two_answers_at_once_are_one(story):
    made = sent(story)
    actions.answer_outside(secret=made.secret, at=story.now, text="已更换灯具")

    with pytest.raises(Refused):
        actions.answer_outside(secret=made.secret, at=story.now, text="又答复一次")
    assert actions.take_back(at=story.now + 9 * DAY, link=made.link.ref) is False


def test_whoever_sent_it_has_handled_the_case(story):
    story.do("desk", "send_outside", body=FIRM, task="请更换灯具一盏")
    story.do("urban", "answer", text="已更换灯具,恢复照明")

    with pytest.raises(NotAllowed, match="您经办过此件"):
        story.do("desk", "verify", passed=True, text="现场查看已亮")


def test_names_of_any_script_are_kept(story):
    made = sent(story, body="𠮷祥工程部🏗️", task="请更换𠮷字灯杆的灯具")

    actions.answer_outside(secret=made.secret, at=story.now, text="已换好𠮷")

    assert OutsideLink.objects.get().body == "𠮷祥工程部🏗️"


# -- the smaller deeds that came with it --------------------------------------------------------------------------------


def test_contact_details_are_gone_for_good_when_the_reporter_takes_them_back(story):
    report = story.reports()[0]

    story.do("desk", "withdraw_contact", report=report.ref)

    report.refresh_from_db()
    assert (report.name, report.phone, report.phone_index) == ("", "", "")
    assert story.case.state == "accepted" and kinds(story)[-1] == "case.contact_withdrawn"
    with pytest.raises(Refused):
        story.do("desk", "withdraw_contact", report=report.ref)


def test_a_reporter_takes_back_only_their_own(story):
    from tests.offices.loop import reporter

    other = told(reporter_phone="13800000006")
    with pytest.raises(NotFound):
        story.do(reporter(*other.reports()), "withdraw_contact", report=story.reports()[0].ref)
    story.do(reporter(*story.reports()), "withdraw_contact")

    assert story.reports()[0].phone == "" and other.reports()[0].phone


def test_the_owner_of_a_decision_sees_it_on_the_desk_until_it_is_done(story):
    story.do("desk", "consult", units=["urban", "housing"], topic="灯杆归谁")
    decided = [actions.Decided("更换灯具", "environment", (story.now + timedelta(days=3)).date())]
    story.do("desk", "conclude_consultation", minutes="由三家分头做。", decisions=decided)
    row = desk(who("environment", at=story.now), at=story.now).decisions

    with pytest.raises(NotAllowed):
        story.do("housing", "finish_decision", decision=row[0].ref, text="不是我们的")
    story.do("environment", "finish_decision", decision=row[0].ref, text="灯具已更换")

    assert [each.text for each in row] == ["更换灯具"]
    assert desk(who("environment", at=story.now), at=story.now).decisions == []
    with pytest.raises(Refused):
        story.do("desk", "finish_decision", decision=row[0].ref, text="再填一次")


def test_a_second_telling_joins_the_open_case_with_a_receipt_of_its_own(story):
    filing = actions.Filing(text="门口路灯也不亮", source="phone", reporter_phone="13800000006")
    before = story.case.rev

    joined = actions.join_case(by=who("desk"), at=story.now, case=story.ref, filing=filing)

    assert joined.case.ref == story.ref and story.case.rev == before + 1
    assert [report.text for report in story.reports()] == ["柳荫路路灯不亮三天了", "门口路灯也不亮"]
    assert story.reports()[1].token_hash == hash_receipt(joined.receipt)


def test_nobody_joins_a_case_that_is_closed_or_out_of_reach(story):
    filing = actions.Filing(text="门口路灯也不亮", source="phone")
    with pytest.raises(NotFound):
        actions.join_case(by=who("environment"), at=story.now, case=story.ref, filing=filing)
    story.do("desk", "withdraw", reason="反映人不再需要")

    with pytest.raises(Refused):
        actions.join_case(by=who("desk"), at=story.now, case=story.ref, filing=filing)


def test_why_here_tells_the_facts_of_the_decision_not_of_today(story):
    from gridloop.offices.cases.queries.finding import scoped_case
    from gridloop.offices.cases.queries.pages import why_here

    before = why_here(story.case, timeline(f"case:{story.ref}"))
    story.do("desk", "correct", category="环境保护/噪音", reason="实为噪音")  # accepted already: not routed again
    after = why_here(scoped_case(story.ref, by=SYSTEM), timeline(f"case:{story.ref}"))

    assert story.case.category == "环境保护/噪音"
    assert [(row.row, row.won) for row in before[1]] == [(row.row, row.won) for row in after[1]]
    assert next(row.row for row in after[1] if row.won) == "R1"


def test_a_case_routed_again_tells_why_by_its_new_facts(db):
    sample_street()
    story = told()
    story.do("desk", "correct", category="环境保护/噪音", reason="实为噪音")

    from gridloop.offices.cases.queries.pages import why_here

    assert next(row.row for row in why_here(story.case, timeline(f"case:{story.ref}"))[1] if row.won) == "R3"
    assert story.case.street == CODE
