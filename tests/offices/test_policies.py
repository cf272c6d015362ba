"""Policies: drafted by one, published by another; matched, explained, pushed once, declined for good."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gridloop.core.access import SYSTEM
from gridloop.core.eligibility import judge
from gridloop.core.errors import NotAllowed, NotFound, Outdated, Refused, WrongInput
from gridloop.core.fact_table import NAMES
from gridloop.core.quiet import Quiet
from gridloop.offices.archive.models import Entry
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.actions.register import amend_enterprise, end_enterprise, tell_figures
from gridloop.offices.enterprise.actions.visits import set_quiet_days
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.facts import facts_of
from gridloop.offices.notices.models import Notice
from gridloop.offices.policies import actions
from gridloop.offices.policies.clauses import clauses_of
from gridloop.offices.policies.models import Digest, Policy, PolicyPush
from gridloop.offices.policies.queries import finding, matching
from tests.firms import registered
from tests.offices.test_archive import in_threads
from tests.policies import RETAIL, SMALL, TURNOVER, published, told
from tests.sample import CODE, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def street() -> None:
    sample_street()


def pushed(**more: Any) -> actions.Pushed:
    return actions.push_policies(**{"by": who("desk"), "at": MONDAY, "street": CODE, **more})


def kinds(firm: Enterprise) -> list[str]:
    rows = Entry.objects.filter(subject=firm.subject, kind__startswith="policy.").order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_a_policy_is_in_force_when_a_second_person_has_published_it() -> None:
    draft = actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told())

    assert finding.policies(who("grid"), street=CODE, on=TODAY) == []
    with pytest.raises(NotAllowed):
        actions.publish_policy(by=who("economy"), at=MONDAY, policy=draft.ref)
    actions.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)
    assert [each.title for each in finding.policies(who("grid"), street=CODE, on=TODAY)] == [draft.title]


def test_nobody_publishes_what_they_drafted_not_even_past_the_program() -> None:
    draft = actions.draft_policy(by=who("desk"), at=MONDAY, street=CODE, told=told())

    with pytest.raises(NotAllowed, match="起草人"):
        actions.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.filter(pk=draft.pk).update(state="published", published_by=draft.drafted_by_id, published_at=MONDAY)  # fmt: skip


def test_whoever_changed_a_draft_last_is_its_drafter() -> None:
    draft = actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told())
    actions.change_draft(by=who("desk"), at=MONDAY, policy=draft.ref, told=told(benefit="改为四个月。"), rev=0)

    with pytest.raises(NotAllowed, match="起草人"):
        actions.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)
    with pytest.raises(Outdated):
        actions.publish_policy(by=who("leader"), at=MONDAY, policy=draft.ref, rev=0)
    assert actions.publish_policy(by=who("leader"), at=MONDAY, policy=draft.ref, rev=1).state == "published"


def test_a_new_version_takes_the_place_of_the_one_before_and_history_stays() -> None:
    first = published()
    draft = actions.draft_policy(
        by=who("economy"), at=MONDAY, street=CODE, told=told(clauses=[TURNOVER]), replaces=first.ref
    )
    with pytest.raises(Refused, match="新版草稿"):
        actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told(), replaces=first.ref)

    actions.publish_policy(by=who("desk"), at=MONDAY + DAY, policy=draft.ref)

    versions = finding.versions_of(first, by=who("grid"))
    assert [(each.version, each.state) for each in versions] == [(2, "published"), (1, "replaced")]
    with pytest.raises(Refused, match="不是草稿"):
        actions.change_draft(by=who("economy"), at=MONDAY, policy=first.ref, told=told())


def test_drafts_are_seen_by_those_who_draft_only() -> None:
    draft = actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told())

    assert finding.policies(who("manager"), street=CODE, on=TODAY, shown="draft") == [draft]
    assert finding.policies(who("grid"), street=CODE, on=TODAY, shown="draft") == []
    with pytest.raises(NotFound):
        finding.policy(draft.ref, by=who("grid"))
    with pytest.raises(NotAllowed):
        actions.draft_policy(by=who("grid"), at=MONDAY, street=CODE, told=told())


BAD: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title"), ({"benefit": ""}, "benefit"), ({"level": "planet"}, "level"), ({"link": "javascript:alert(1)"}, "link"),
    ({"valid_until": date(2021, 1, 1)}, "valid_until"), ({"clauses": [{"quote": "甲", "condition": {"fact": "shoe_size", "equals": 1}}]}, "clauses"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "field"), BAD)
def test_what_cannot_be_is_refused_at_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongInput) as refusal:
        actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told(**more))

    assert refusal.value.fields["field"] == field


def test_a_policy_without_a_clause_is_not_published() -> None:
    draft = actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told(clauses=[]))

    with pytest.raises(Refused, match="至少写一条"):
        actions.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)


def test_a_firm_reads_why_a_policy_fits_fails_or_lacks_what() -> None:
    fits = published(clauses=[SMALL])
    lacks = published("零售奖励(示例)", clauses=[{"quote": "在商圈内", "condition": {"fact": "cluster", "is_known": True}}, TURNOVER])  # fmt: skip
    unsure = published("规上奖励(示例)", clauses=[TURNOVER])
    firm = registered(1, staff="40", revenue="")

    found = matching.matches_of_firm(firm, on=TODAY)

    assert [(match.policy, match.verdict.word) for match in found] == [
        (fits, "符合"), (unsure, "还缺信息"), (lacks, "不符合"),
    ]  # fmt: skip
    assert found[0].verdict.clauses[0].reasons == ("从业人员不超过300人(实际为40)",)
    assert found[1].lacking == "营业收入"
    assert found[2].verdict.clauses[0].reasons == ("集聚区未知",)


def test_choices_are_said_in_words() -> None:
    policy = published(clauses=[{"quote": "小微企业", "condition": {"fact": "size", "in": ["small", "micro"]}}])
    firm = registered(1, staff="500", revenue="50000")

    (clause,) = matching.verdict_on(policy, firm).clauses

    assert clause.requirement == "规模为小型、微型之一"
    assert clause.reasons == ("规模应为小型、微型之一,实际为中型",)


def test_the_preview_says_how_many_firms_it_fits_and_how_many_lack_facts() -> None:
    for number in range(1, 6):
        registered(number, staff=str(number * 100), revenue="" if number == 5 else "3000")

    found = matching.preview(CODE, clauses_of([SMALL, TURNOVER]))

    assert found.sentence == "适用 3 家,共 5 家企业。"
    assert [(requirement, n.met, n.not_met, n.unknown) for requirement, _, n in found.clauses] == [
        ("staff不超过300", 3, 2, 0), ("revenue不少于2000", 4, 0, 1),
    ]  # fmt: skip
    assert matching.preview(CODE, clauses_of([TURNOVER])).sentence == "适用 4 家,共 5 家企业;1 家还缺信息。"


def test_the_table_of_the_street_says_what_judging_one_by_one_says() -> None:
    chance = random.Random(7)
    firms = [
        registered(
            number,
            staff=chance.choice(["", "5", "40", "400"]),
            revenue=chance.choice(["", "100", "2000", "30000"]),
            industry=chance.choice(["3411", "5261", "6210"]),
        )
        for number in range(1, 31)
    ]
    policies = [published(f"示例政策{number}", clauses=chance.sample([SMALL, RETAIL, TURNOVER], chance.randint(1, 3))) for number in range(8)]  # fmt: skip

    register, answers = matching.answers_of(CODE, policies)

    rows = {firm.ref: row for row, firm in enumerate(register.firms)}
    for policy, line in zip(policies, answers, strict=True):
        for firm in firms:
            assert NAMES[int(line[rows[firm.ref]])] == judge(clauses_of(policy.clauses), facts_of(firm)).value


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_register_is_seen_at_once() -> None:
    firm = registered(1, staff="40")
    assert matching.preview(CODE, clauses_of([SMALL])).total.met == 1

    tell_figures(by=who("desk"), at=MONDAY, enterprise=firm.ref, year=2022, staff=900, source="年报")
    assert matching.preview(CODE, clauses_of([SMALL])).total.met == 0

    amend_enterprise(by=who("desk"), at=MONDAY, enterprise=firm.ref, told={"industry": "5261"}, reason="变更")
    assert matching.preview(CODE, clauses_of([RETAIL])).total.met == 1
    answer_consent(by=who("desk"), at=MONDAY, enterprise=firm.ref, kind="push", granted=False, how="电话告知")
    agrees = [{"quote": "接收推送", "condition": {"fact": "consents", "contains": "push"}}]
    assert matching.preview(CODE, clauses_of(agrees)).total.met == 0


def test_a_policy_lists_the_firms_within_the_readers_scope() -> None:
    policy = published()
    registered(1)
    registered(2, address="河畔花园")

    assert [match.name for match in matching.matches_of_policy(policy, by=who("desk"))[0]] == ["示例机械厂1号", "示例机械厂2号"]  # fmt: skip
    found, n = matching.matches_of_policy(policy, by=who("manager"))
    assert ([match.name for match in found], n) == (["示例机械厂1号"], 1)


def test_a_push_makes_one_digest_a_firm_and_never_tells_a_policy_twice() -> None:
    firm = registered(1)
    published(), published("稳岗返还(示例)")
    published("只给零售(示例)", clauses=[RETAIL])

    first, again = pushed(), pushed(at=MONDAY + DAY)

    assert (first.digests, first.pushes, first.told_before) == (1, 2, 0)
    assert (again.digests, again.pushes, again.told_before) == (0, 0, 2)
    assert Digest.objects.get().pushes.count() == 2 and kinds(firm) == ["policy.pushed"]
    assert PolicyPush.objects.first().reasons == ["从业人员不超过300人(实际为40)"]
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyPush.objects.create(street=CODE, enterprise=firm, family=PolicyPush.objects.first().family, policy=Policy.objects.first(), digest=Digest.objects.get())  # fmt: skip


def test_a_new_version_is_not_pushed_to_a_firm_that_was_told_of_the_old() -> None:
    registered(1)
    policy = published()
    pushed()
    draft = actions.draft_policy(by=who("economy"), at=MONDAY, street=CODE, told=told(), replaces=policy.ref)
    actions.publish_policy(by=who("desk"), at=MONDAY, policy=draft.ref)

    assert pushed().pushes == 0


def test_a_firm_that_takes_no_pushes_gets_none() -> None:
    firm = registered(1)
    published()
    answer_consent(by=who("desk"), at=MONDAY, enterprise=firm.ref, kind="push", granted=False, how="联系人电话告知")

    assert (pushed().digests, pushed().opted_out) == (0, 1)


def test_a_declined_policy_is_never_pushed_again_pushed_before_or_not() -> None:
    asked, unasked = registered(1), registered(2)
    policy = published()
    actions.decline_policy(by=who("desk"), at=MONDAY, enterprise=unasked.ref, policy=policy.ref, how="走访时说明")

    assert pushed().digests == 1
    push = PolicyPush.objects.get(enterprise=asked)
    actions.answer_push(by=who("manager"), at=MONDAY + DAY, push=push.ref, answer="declined", how="联系人电话告知")

    assert pushed(at=MONDAY + 2 * DAY).told_before == 2 and Digest.objects.count() == 1
    assert kinds(asked) == ["policy.pushed", "policy.declined"] and kinds(unasked) == ["policy.declined"]
    with pytest.raises(WrongInput, match="怎样答复"):
        actions.answer_push(by=who("manager"), at=MONDAY, push=push.ref, answer="declined", how="")
    with pytest.raises(NotAllowed):
        actions.answer_push(by=who("grid"), at=MONDAY, push=push.ref, answer="interested", how="电话告知")


def test_a_digest_waits_for_the_end_of_quiet_hours_and_goes_to_who_serves_the_firm() -> None:
    registered(1)
    published()
    evening = MONDAY + 11 * HOUR  # 21:00
    pushed(at=evening)

    assert actions.tell_due_digests(by=SYSTEM, at=evening, street=CODE) == 0
    morning = MONDAY + 22 * HOUR  # 08:00
    assert actions.tell_due_digests(by=SYSTEM, at=morning, street=CODE) == 1
    assert actions.tell_due_digests(by=SYSTEM, at=morning, street=CODE) == 0
    notice = Notice.objects.get(kind="policy.pushed")
    assert notice.to.name == "甲受理" and "《小微企业房租补贴(示例)》" in notice.text


def quiet(first_on: date, last_on: date, *, firm: str = "") -> None:
    set_quiet_days(by=SYSTEM, at=MONDAY, street=CODE, span=Quiet(first_on, last_on), enterprise=firm, reason="年中盘点")


def test_a_digest_waits_for_the_end_of_the_firms_quiet_days_and_other_firms_are_told_meanwhile() -> None:
    busy, free = registered(1), registered(2)
    published()
    quiet(date(2022, 5, 23), date(2022, 5, 25), firm=busy.ref)
    pushed(at=MONDAY)

    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY, street=CODE) == 1
    assert free.policy_digests.get().told_at == MONDAY
    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY + 2 * DAY, street=CODE) == 0
    after = MONDAY + 3 * DAY - 2 * HOUR  # Thursday, 08:00
    assert busy.policy_digests.get().due_at == after
    assert actions.tell_due_digests(by=SYSTEM, at=after, street=CODE) == 1


def test_a_day_that_was_made_quiet_after_the_push_is_quiet_all_the_same() -> None:
    firm = registered(1)
    published()
    pushed(at=MONDAY + 11 * HOUR)  # would be told on Tuesday morning
    quiet(date(2022, 5, 24), date(2022, 5, 24))

    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY + 22 * HOUR, street=CODE) == 0
    assert firm.policy_digests.get().due_at == MONDAY + 2 * DAY - 2 * HOUR
    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY + 2 * DAY, street=CODE) == 1


def test_what_was_withdrawn_or_refused_meanwhile_is_not_told() -> None:
    firm = registered(1)
    policy = published()
    pushed(at=MONDAY + 11 * HOUR)
    actions.withdraw_policy(by=who("desk"), at=MONDAY + 12 * HOUR, policy=policy.ref, reason="上级文件废止")

    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY + DAY, street=CODE) == 0
    assert not Notice.objects.exists() and firm.policy_digests.get().told_at is not None


def test_what_expired_while_the_days_were_quiet_is_not_told_nor_a_firm_that_has_left() -> None:
    firm, gone = registered(1), registered(2)
    published(valid_until=MONDAY.date())
    pushed(at=MONDAY + 11 * HOUR)  # 21:00 of its last day
    published("稳岗返还(示例)")
    assert pushed(at=MONDAY + 12 * HOUR).pushes == 2
    end_enterprise(by=SYSTEM, at=MONDAY + 13 * HOUR, enterprise=gone.ref, because="moved", reason="迁往外区")

    assert actions.tell_due_digests(by=SYSTEM, at=MONDAY + DAY, street=CODE) == 1
    assert "稳岗返还" in Notice.objects.get().text and firm.name in Notice.objects.get().text


def test_a_policy_told_to_a_duplicate_was_told_to_the_firm() -> None:
    kept, double = registered(1), registered(2)
    policy = published()
    actions.decline_policy(by=who("desk"), at=MONDAY, enterprise=double.ref, policy=policy.ref, how="联系人电话告知")
    merge_enterprises(by=who("desk"), at=MONDAY, duplicate=double.ref, into=kept.ref, reason="同一家")

    assert (pushed().pushes, pushed().told_before) == (0, 1)


def test_a_long_list_is_told_in_portions() -> None:
    registered(1)
    for number in range(7):
        published(f"示例政策{number}")

    first, second = pushed(), pushed(at=MONDAY + DAY)

    assert (first.pushes, first.waiting) == (5, 2)
    assert (second.pushes, second.waiting, second.told_before) == (2, 0, 5)


def test_only_policies_in_force_are_pushed() -> None:
    registered(1)
    over = published("过期(示例)", valid_until=date(2022, 3, 1))
    coming = published("未到(示例)", valid_from=date(2022, 9, 1))

    assert pushed().pushes == 0
    for policy in (over, coming):
        with pytest.raises(NotFound):
            pushed(policies=[policy.ref])
    with pytest.raises(NotAllowed):
        pushed(by=who("manager"))


@pytest.mark.django_db(transaction=True)
def test_two_pushes_at_once_tell_a_firm_once() -> None:
    registered(1)
    published()

    assert sorted(each.digests for each in in_threads(2, pushed)) == [0, 1]


def test_questions_are_found_by_words_and_cite_a_clause() -> None:
    policy = published()
    row = actions.answer_question(by=who("economy"), at=MONDAY, street=CODE, question="个体户能领房租补贴吗?", answer="能,见第一条。", policy=policy.ref, clause=1, source="政策宣讲会")  # fmt: skip

    assert finding.questions(who("grid"), street=CODE, text="房租 个体户") == [row]
    assert finding.questions(who("grid"), street=CODE, text="小微企业") == [
        row
    ]  # by the title of the policy it rests on
    assert finding.questions(who("grid"), street=CODE, text="专利") == []
    with pytest.raises(WrongInput, match="只有 1 条"):
        actions.answer_question(by=who("economy"), at=MONDAY, street=CODE, question="第二条呢?", answer="没有第二条", policy=policy.ref, clause=2)  # fmt: skip
    actions.change_question(by=who("economy"), at=MONDAY, question=row.ref, asked=row.question, answer="能领三个月。")
    actions.retire_question(by=who("economy"), at=MONDAY, question=row.ref)
    assert finding.questions(who("grid"), street=CODE) == []


def sheet(*lines: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    return [(number, line) for number, line in enumerate(lines, start=2)]


FIRST = {
    "title": "汽车消费补贴(示例)", "issuer": "示例区商务局", "level": "区", "topic": "资金奖补", "valid_from": "2022-05-01", "benefit": "每辆补贴两千元。",
    "auto_grant": "是", "clause": "1", "quote": "汽车零售企业", "fact": "行业代码", "operator": "开头", "value": "526",
}  # fmt: skip


@pytest.mark.parametrize("written", ["2022-05-29", "2022/5/29", "2022.5.29", "2022年5月29日", "2022-05-29 00:00:00"])
def test_a_sheet_writes_its_days_as_spreadsheets_do(written: str) -> None:
    found = actions.import_policies(
        by=who("economy"), at=MONDAY, street=CODE, rows=sheet({**FIRST, "valid_from": written})
    )

    assert found.faults == [] and found.made[0].valid_from.isoformat() == "2022-05-29"


def test_a_sheet_of_policies_becomes_drafts_clause_by_clause() -> None:
    rows = sheet(
        FIRST,
        {"clause": "2", "quote": "限额以上或重点企业", "fact": "限额以上", "operator": "是", "value": "是"},
        {"fact": "重点级别", "operator": "之一", "value": "区重点、市重点"},
        {
            "clause": "3",
            "quote": "不含停滞企业",
            "fact": "经营状态",
            "operator": "为",
            "value": "停滞",
            "excluded": "是",
        },
    )

    found = actions.import_policies(by=who("economy"), at=MONDAY, street=CODE, rows=rows)

    (policy,) = found.made
    assert found.faults == [] and policy.state == "draft" and policy.auto_grant
    assert [clause["condition"] for clause in policy.clauses] == [
        {"fact": "industry", "starts_with": "526", "label": "行业代码"},
        {"any": [{"fact": "above_threshold", "equals": True, "label": "限额以上"}, {"fact": "priority", "in": ["district", "city"], "label": "重点级别"}]},
        {"not": {"fact": "vitality", "equals": "stalled", "label": "经营状态"}},
    ]  # fmt: skip
    assert actions.import_policies(by=who("economy"), at=MONDAY, street=CODE, rows=rows).existing == 1


def test_a_bad_row_is_named_and_its_policy_left_out_whole() -> None:
    rows = sheet(
        {**FIRST, "valid_from": "5月1日"},
        {"clause": "2", "fact": "鞋码", "operator": "为", "value": "42"},
        {"clause": "3", "fact": "从业人员", "operator": "不超过", "value": "三百"},
        {**FIRST, "title": "好的一项(示例)"},
    )

    found = actions.import_policies(by=who("economy"), at=MONDAY, street=CODE, rows=rows)

    assert [each.title for each in found.made] == ["好的一项(示例)"]
    assert [(fault.row, fault.field) for fault in found.faults] == [(2, "valid_from"), (3, "fact"), (4, "value")]
    assert "鞋码" in found.faults[1].reason and "三百" in found.faults[2].reason
    assert actions.import_policies(by=who("economy"), at=MONDAY, street=CODE, rows=sheet({"fact": "规模"})).faults[0].field == "title"  # fmt: skip
