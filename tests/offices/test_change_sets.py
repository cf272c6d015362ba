"""Setup as reviewed change-sets: drafted, checked, published by a second person, in force from a date, rolled back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.actions.tables import draft_table, publish_table
from gridloop.offices.cases.queries.pages import table_in_force
from gridloop.offices.notices.models import Notice
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token
from gridloop.offices.organisation.changesets import actions, queries
from gridloop.offices.organisation.changesets.chapters import fingerprint
from gridloop.offices.organisation.models import ChangeSet
from gridloop.offices.supervision.models import Clock
from gridloop.site.tick import keep_books_of
from tests.offices.change_sets import DAY, FAR, done, hold, holding, kinds, new_findings, propose, publish, rows, submit
from tests.sample import BEIJING, CODE, IN_SW, MONDAY, ROUTES, sample_street, who


@pytest.fixture(autouse=True)
def street(db):
    """The sample street."""
    return sample_street()


# --- the way of a change-set -----------------------------------------------------------------------------------------


def test_a_unit_is_drafted_by_one_and_published_by_another():
    draft = propose()

    assert "parks" not in rows("units")
    with pytest.raises(Refused, match="草稿"):
        publish(draft)
    submit(draft)
    found = publish(draft)

    assert found.state == "in_force"
    assert organisation.unit(CODE, "parks").parent.code == "office"
    assert kinds() == ["change_set.drafted", "change_set.submitted", "change_set.published", "change_set.in_force"]
    assert Entry.objects.filter(kind="unit.added", payload__contains="园林绿化队").exists()


def test_who_drafted_does_not_publish():
    draft = submit(propose())

    with pytest.raises(NotAllowed, match="第二个人"):
        publish(draft, by="keeper")


@pytest.mark.parametrize("person", ["desk", "urban", "grid", "verifier"])
def test_who_does_not_set_up_drafts_nothing(person):
    with pytest.raises(NotAllowed, match="系统管理员"):
        propose(by=person)


def test_only_the_drafter_edits_the_draft():
    draft = propose()

    with pytest.raises(NotAllowed, match="起草人"):
        propose(key="urban", cells={"name": "综合执法队"}, by="keeper2", change_set=draft.ref)


def test_what_was_edited_after_it_was_seen_is_not_published():
    draft = submit(propose())
    seen = draft.rev
    propose(key="urban", cells={"name": "综合执法队"}, change_set=draft.ref)
    submit(draft)

    with pytest.raises(Outdated, match="又被改过"):
        publish(draft, rev=seen)


def test_publishing_twice_is_refused_the_second_time():
    draft = submit(propose())
    publish(draft)

    with pytest.raises(Refused, match="已生效"):
        publish(draft)
    assert kinds().count("change_set.in_force") == 1


def test_a_change_set_of_another_street_is_not_found():
    draft = propose()

    with pytest.raises(NotFound):
        queries.change_set("410102991", draft.ref)


def test_a_stale_form_overwrites_nothing():
    seen = fingerprint(rows("units")["urban"])
    done("units", "urban", {"name": "综合执法队"})

    with pytest.raises(Outdated, match="已被改动"):
        propose(key="urban", cells={"name": "城管执法队"}, by="keeper2", seen=seen)


def test_two_drafts_of_one_row_do_not_both_take_effect():
    first = submit(propose(key="urban", cells={"name": "综合执法队"}))
    second = submit(propose(key="urban", cells={"name": "城管执法队"}, by="keeper2"), by="keeper2")
    warned = queries.check_of(second, queries.proposed(second, at=MONDAY)).warnings
    publish(first)

    with pytest.raises(Refused, match="已被别的变更单改动"):
        publish(second)
    assert any("另一张" in found.sentence for found in warned)


def test_a_change_back_to_what_is_leaves_nothing_in_the_draft():
    draft = propose(key="urban", cells={"name": "综合执法队"})
    draft = propose(key="urban", cells={"name": "城市管理中队"}, change_set=draft.ref)

    assert draft.changes == []
    with pytest.raises(Refused, match="还没有任何改动"):
        submit(draft)


def test_sent_back_it_is_a_draft_again_with_the_reason():
    draft = submit(propose())

    actions.send_back(by=who("leader"), at=MONDAY, street=CODE, change_set=draft.ref, reason="电话没有填")

    found = queries.change_set(CODE, draft.ref)
    assert (found.state, found.remark) == ("draft", "电话没有填")


# --- cells -----------------------------------------------------------------------------------------------------------

BAD = [
    # cell                              what is said
    ({"code": ""}, "不能为空"),
    ({"code": "urban"}, "已被使用"),
    ({"name": "长" * 81}, "最多 80 个"),
    ({"parent": "nobody"}, "没有“nobody”"),
    ({"is_backstop": "也许"}, "请填 是 或 否"),
    ({"name": "两\n行"}, "不能换行"),
]


@pytest.mark.parametrize(("cells", "sentence"), BAD)
def test_a_bad_cell_is_named_with_what_to_do(cells, sentence):
    with pytest.raises(WrongInput, match=sentence) as refused:
        propose(cells=FAR | cells)

    assert refused.value.fields["problems"][0]["column"] in cells


def test_four_byte_names_and_control_characters_are_taken_as_they_can_be():
    done("units", "", FAR | {"name": "𠮷祥\x00绿化队", "parent": "柳荫街道办事处"})

    assert organisation.unit(CODE, "parks").name == "𠮷祥绿化队"


def test_a_code_once_given_stays():
    with pytest.raises(WrongInput, match="定下后不能改"):
        propose(key="urban", cells={"code": "other"})


# --- dates -----------------------------------------------------------------------------------------------------------


def file_light(at):
    filing = cases.Filing(
        text="路灯不亮", category="城乡建设/市政设施/路灯", source="phone", reporter_phone="13800000005", **IN_SW
    )
    return cases.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing).case


def test_a_future_route_changes_no_decision_before_its_day():
    tomorrow = MONDAY + DAY
    done("routes", "R1", {"unit": "housing"}, effective_at=tomorrow)

    today = file_light(MONDAY)
    keep_books_of(CODE, at=MONDAY)
    still = file_light(MONDAY + timedelta(hours=2))
    keep_books_of(CODE, at=tomorrow)
    then = file_light(tomorrow)

    assert (today.lead.code, still.lead.code, then.lead.code) == ("urban", "urban", "housing")
    assert table_in_force(CODE, at=tomorrow).version == 2
    assert ChangeSet.objects.get().state == "in_force"


def test_a_future_change_that_no_longer_holds_takes_no_effect_and_says_why():
    later = done("units", "urban", {"name": "综合执法队"}, effective_at=MONDAY + DAY)
    done("units", "urban", {"name": "城管执法队"}, by="keeper2")

    keep_books_of(CODE, at=MONDAY + DAY)
    keep_books_of(CODE, at=MONDAY + DAY)

    found = queries.change_set(CODE, later.ref)
    assert found.state == "failed" and "已被改动" in found.remark
    assert organisation.unit(CODE, "urban").name == "城管执法队"
    assert kinds().count("change_set.failed") == 1


def test_a_published_one_can_be_discarded_before_its_day():
    later = done("units", "urban", {"name": "综合执法队"}, effective_at=MONDAY + DAY)

    actions.discard(by=who("leader"), at=MONDAY, street=CODE, change_set=later.ref, reason="名称未定")
    keep_books_of(CODE, at=MONDAY + DAY)

    assert organisation.unit(CODE, "urban").name == "城市管理中队"


# --- rolling back ----------------------------------------------------------------------------------------------------

WAYS = [
    # chapter     key         cells (None: removed)
    ("units", "", FAR),
    ("units", "urban", {"name": "综合执法队", "phone": "0371-60000009"}),
    ("people", "P03", {"name": "丙城管二", "phone": "0371-60000008"}),
    (
        "posts",
        "",
        {
            "code": "GRID-C2",
            "title": "河畔网格员",
            "role": "grid_worker",
            "unit": "office",
            "place": f"410102/{CODE}/C2",
        },
    ),
    ("posts", "MANAGER-1", {"duty": "联系辖区企业"}),
    ("duties", "", {"code": "B-09", "kind": "withdrawn", "title": "食品经营许可", "lead": "区市场局"}),
    ("duties", "P-12", None),
    ("categories", "", {"path": "城乡建设/市政设施/井盖", "description": "井盖缺失、破损"}),
    ("categories", "企业服务/融资", None),
    (
        "routes",
        "",
        {
            "row": "R9",
            "category": "企业服务/融资",
            "unit": "office",
            "profile": "san_bu_guo",
            "reason": "融资由{unit}接",
        },
    ),
    ("routes", "R5", None),
    ("templates", "", {"title": "路灯已修复", "body": "已修复,请查看。", "category": "城乡建设", "verb": "answer"}),
    ("adverse", "", {"code": "freight", "name": "运价上涨"}),
    ("adverse", "energy", None),
    ("channels", "", {"person": "P01", "kind": "email", "address": "desk@example.org", "as_digest": "是"}),
]


@pytest.mark.parametrize(("chapter", "key", "cells"), WAYS)
def test_every_chapter_goes_into_force_and_back(chapter, key, cells):
    before = rows(chapter)
    put = done(chapter, key, cells)
    after = rows(chapter)

    back = actions.roll_back(by=who("keeper"), at=MONDAY, street=CODE, change_set=put.ref, reason="试完了")
    assert back.state == "submitted", new_findings(back)
    assert rows(chapter) == after != before
    publish(back)

    assert rows(chapter) == before


def test_rolling_back_wants_a_second_person_too_and_happens_once():
    put = done("units", "urban", {"name": "综合执法队"})
    back = actions.roll_back(by=who("leader"), at=MONDAY, street=CODE, change_set=put.ref)

    with pytest.raises(NotAllowed, match="第二个人"):
        publish(back, by="leader")
    with pytest.raises(Refused, match="已有回退单"):
        actions.roll_back(by=who("keeper"), at=MONDAY, street=CODE, change_set=put.ref)


# --- what rests on another chapter -----------------------------------------------------------------------------------


def test_a_new_unit_and_its_route_go_in_one_change_set():
    draft = propose()
    draft = propose("routes", "R1", {"unit": "园林绿化队"}, change_set=draft.ref)
    publish(submit(draft))

    assert file_light(MONDAY).lead.code == "parks"


def test_a_unit_that_the_table_names_cannot_go():
    draft = propose("units", "housing", None)

    with pytest.raises(Refused) as refused:
        submit(draft)

    assert any("R2 行的单位" in found["sentence"] for found in refused.value.fields["findings"])


def test_a_hole_bars_handing_in_with_the_case_that_nobody_would_get():
    with pytest.raises(Refused, match="企业服务") as refused:
        submit(propose("routes", "R4", None))

    assert "没有任何一行承接" in refused.value.sentence


def test_a_row_that_never_wins_a_circle_and_a_hop_without_anyone_bar_handing_in():
    idle = propose(
        "routes", "", {"row": "R8", "category": "城乡建设", "unit": "office", "profile": "san_bu_guo", "metric": "9"}
    )
    with pytest.raises(Refused, match="R8 行永远轮不到"):
        submit(idle)

    circle = propose("routes", "R1", {"escalates_to": "housing"})
    propose("routes", "R2", {"escalates_to": "urban"}, change_set=circle.ref)
    propose("routes", "", {"row": "R9", "category": "城乡建设", "unit": "housing", "profile": "san_bu_guo", "grade": "difficult", "escalates_to": "urban"}, change_set=circle.ref)  # fmt: skip
    with pytest.raises(Refused, match="转圈"):
        submit(circle)

    unmanned = propose("units", "", FAR)
    propose(
        "posts",
        "",
        {"code": "PARK-1", "title": "值夜", "role": "unit_worker", "unit": "parks"},
        change_set=unmanned.ref,
    )
    propose("routes", "R3", {"unit": "parks"}, change_set=unmanned.ref)
    with pytest.raises(Refused) as refused:
        submit(unmanned, by="keeper")
    assert any("没有人在岗" in found["sentence"] for found in refused.value.fields["findings"])


def test_who_changes_something_else_is_warned_of_what_it_does_to_the_table_but_not_barred():
    draft = submit(propose("holdings", holding("ENV-1"), {"ends": "2022-05-25T18:00"}))

    warnings = [each.sentence for each in new_findings(draft) if each.severity == "warning"]
    assert any("R3 行派给生态环境站" in each and "2022年5月25日 18:00" in each for each in warnings)
    with pytest.raises(Refused, match="勾选确认"):
        publish(draft, accept_warnings=False)
    assert publish(draft).state == "in_force"


def test_a_tie_bars_handing_in():
    cells = {"row": "R8", "category": "城乡建设", "unit": "office", "profile": "san_bu_guo"}

    with pytest.raises(Refused, match="分不出先后"):
        submit(propose("routes", "", cells))


def test_a_table_says_which_recent_cases_would_have_gone_elsewhere():
    case = file_light(MONDAY)
    draft = propose("routes", "R1", {"unit": "housing"})

    effects = queries.effects_of(queries.proposed(draft, at=MONDAY))

    assert [(each["subject"], each["before"], each["after"]) for each in effects] == [
        (f"case:{case.ref}", "城市管理中队", "房管所")
    ]


# --- sheets ----------------------------------------------------------------------------------------------------------


def sheet(records, by="keeper", **more):
    return actions.propose_sheet(
        by=who(by), at=MONDAY, street=CODE, chapter="routes", records=records, missing="remove", **more
    )


def test_a_sheet_adds_alters_and_removes_rows():
    now = [dict(row) for key, row in rows("routes").items() if key != "R5"]
    now[0]["unit"] = "office"
    draft = sheet([*now, {"row": "R6", "category": "企业服务/证照", "unit": "经济发展办", "profile": "三不过"}])

    shown = queries.shown_changes(queries.proposed(draft, at=MONDAY))

    assert sorted((each.kind, each.name) for each in shown) == [("added", "R6"), ("altered", "R1"), ("removed", "R5")]


def test_a_bad_sheet_names_every_row_and_column():
    with pytest.raises(WrongInput) as refused:
        sheet(
            [
                {"row": "R1", "unit": "nobody", "profile": ""},
                {"row": "R1", "unit": "urban", "profile": "三不过", "metric": "一"},
            ]
        )

    found = [(each["row"], each["column"]) for each in refused.value.fields["problems"]]
    assert found == [("R1", "unit"), ("R1", "profile"), ("R1", "metric"), ("R1", "row")]


def test_secrets_are_never_written_in_the_clear():
    draft = propose("channels", "", {"person": "P01", "kind": "apprise", "address": "wecombot://verysecretkey"})
    shown = queries.shown_changes(queries.proposed(draft, at=MONDAY))
    publish(submit(draft))

    assert "verysecretkey" not in str(ChangeSet.objects.values_list("changes", flat=True)[0])
    assert not Entry.objects.filter(payload__contains="verysecretkey").exists()
    assert ("地址", "", "●●●●●●") in shown[0].lines


# --- calendars -------------------------------------------------------------------------------------------------------


def test_next_years_notice_shows_which_deadlines_move_and_moves_them():
    december = MONDAY.replace(month=12, day=29)
    publish(
        submit(actions.propose_row(by=who("keeper"), at=MONDAY, street=CODE, chapter="calendar", key="2023", row=None))
    )
    done("routes", "R3", {"profile": "12345"})
    filing = cases.Filing(text="噪音", category="环境保护/噪音", source="phone", reporter_phone="13800000005", **IN_SW)
    case = cases.file_case(by=who("desk", at=december), at=december, street=CODE, filing=filing).case
    cases.accept(by=who("environment", at=december), at=december, case=case.ref)
    provisional = list(Clock.objects.filter(is_provisional=True).values_list("pk", flat=True))
    days = [["2023-01-01", False, "元旦"], ["2023-01-02", False, "元旦"], ["2023-01-21", False, "春节"]]

    draft = actions.propose_row(
        by=who("keeper"), at=december, street=CODE, chapter="calendar", key="2023", row={"days": days}
    )
    foretold = queries.effects_of(queries.proposed(draft, at=december))
    found = publish(submit(draft, at=december), at=december)

    assert provisional and len(foretold) == len(provisional)
    assert found.outcome == foretold
    clocks = Clock.objects.filter(pk__in=provisional).order_by("pk")
    due = [clock.due_at.astimezone(BEIJING).isoformat() for clock in clocks if clock.due_at]
    assert due == [each["after"] for each in foretold]
    assert all(each["after"] > each["before"] for each in foretold), "2 January turned out to be a holiday"


# --- who is told -----------------------------------------------------------------------------------------------------


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("to__name", flat=True))


def test_those_who_may_publish_are_told_and_the_drafter_of_what_came_back():
    draft = submit(propose())
    keep_books_of(CODE, at=MONDAY)
    actions.send_back(by=who("leader"), at=MONDAY, street=CODE, change_set=draft.ref, reason="电话没有填")
    keep_books_of(CODE, at=MONDAY)

    assert told("change_set.submitted") == ["乙领导", "寅系统"]
    assert told("change_set.sent_back") == ["子系统"]


def test_only_who_grants_is_told_of_appointments():
    submit(hold("GRID-C1", "P10", substitute="是"))
    keep_books_of(CODE, at=MONDAY)

    assert told("change_set.submitted") == ["乙领导"]


# --- another door is no second person --------------------------------------------------------------------------------


def token_of(code):
    _, secret = issue_token(
        by=SYSTEM, at=MONDAY, person=organisation.person(CODE, code), name="试", scopes=["setup:write"]
    )
    return organisation.actor_of_token(secret, at=MONDAY)


def test_the_drafter_does_not_publish_through_a_token():
    draft = submit(propose())
    table = draft_table(by=token_of("P11"), at=MONDAY, street=CODE, records=ROUTES, backstop_profile="san_bu_guo")

    with pytest.raises(NotAllowed, match="第二个人"):
        actions.publish(by=token_of("P11"), at=MONDAY, street=CODE, change_set=draft.ref, rev=draft.rev)
    for door in (token_of("P11"), who("keeper")):
        with pytest.raises(NotAllowed, match="第二个人"):
            publish_table(by=door, at=MONDAY, street=CODE, table=table.ref)
