"""Finding cases: by number, words, pinyin initials, telephone, place, unit, enterprise; within the scope; after every change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.access import SYSTEM
from gridloop.core.identity import normal_phone
from gridloop.core.search import MARK, findable, is_hit, keys_of, phone_in, sought
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.actions import erase, seal
from gridloop.offices.archive.models import AccessNote, Entry
from gridloop.offices.cases.actions.searching import follow_ledger, index_cases, rebuild_search, seek_phone
from gridloop.offices.cases.list_models import SearchText
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.counts import count
from gridloop.offices.cases.queries.lists import Filter, list_cases
from gridloop.offices.cases.queries.search import age_marks, stretches
from tests.offices.loop import answered, told
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, sample_street, who


@pytest.fixture
def street(db):
    return sample_street()


def follow():
    """What a tick does for the index."""
    seal(street=CODE)
    while follow_ledger(street=CODE):
        pass


def found(text, by="desk", **narrowed):
    return [case.ref for case in list_cases(who(by), Filter(text=text, **narrowed)).cases]


TOLD = {
    "noise": {"text": "楼下烧烤店夜间噪音扰民,孩子睡不好", "category": "环境保护/噪音", **IN_SW},
    "lamp": {"text": "柳荫路路灯不亮三天了", "category": "城乡建设/市政设施/路灯", **IN_NE},
    "leak": {
        "text": "三单元楼顶漏水",
        "title": "屋顶漏水",
        "category": "城乡建设/房屋管理/漏水",
        "address": "河畔花园 3 号楼𠮷座",
    },
    "loan": {
        "text": "贷款到期,盼续贷",
        "category": "企业服务/融资",
        "enterprise": "新世纪机械厂",
        "source": "enterprise",
    },
}


@pytest.fixture(params=["fresh", "indexed"])
def cases(street, request):
    """Four cases, asked before and after the tick has indexed them."""
    refs = {name: told(**values).ref for name, values in TOLD.items()}
    if request.param == "indexed":
        follow()
    return refs


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("噪音", "noise"),  # two characters: what a trigram index misses
        ("烧烤店夜间", "noise"),  # a substring across words
        ("睡", "noise"),  # one character
        ("好", "noise"),  # the last character of the text
        ("路灯 不亮", "lamp"),  # two terms, both needed
        ("东北小区", "lamp"),  # the name of the cell
        ("生态环境站", "noise"),  # the unit that leads
        ("河畔花园", "leak"),  # the address
        ("𠮷座", "leak"),  # a character outside the first plane
        ("3号楼", ""),  # a blank parts runs: "3 号楼" is not one word
        ("新世纪", "loan"),  # the enterprise
        ("烧烤 漏水", ""),  # no case has both
        ("' OR 1=1 --", ""),  # nothing but marks and Latin letters that no text holds
        ('"噪音" NEAR *', ""),  # the index's own language is not spoken here
    ],
)
def test_a_case_is_found_by_part_of_what_it_says(cases, text, name):
    assert found(text) == ([cases[name]] if name else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [("wdls", "leak"), ("WDLS", "leak"), ("xsj", "loan"), ("hjbhz", ""), ("dbxq", "lamp"), ("hphy", "leak")],
)
def test_an_indexed_case_is_found_by_the_initials_of_its_title_address_place_unit_and_enterprise(street, text, name):
    cases = {name: told(**values).ref for name, values in TOLD.items()}
    follow()

    assert found(text) == ([cases[name]] if name else [])


def test_a_case_is_found_by_its_number_at_once_and_stands_first(street):
    first = told(text="第一件").case
    told(text=f"与 {first.number} 是同一件事")
    follow()

    assert found(first.number)[0] == first.ref
    assert found(first.number.replace("-", ""))[0] == first.ref
    assert found(str(first.pk))[0] == first.ref
    assert found(f"19990101-{first.pk:06d}") == []  # a number of another day is another number
    assert found(first.number, state="cleared") == [first.ref]  # a whole number is found whatever else is asked


@pytest.mark.parametrize(("sort", "size"), [("", 1), ("", 2), ("due", 1), ("oldest", 2)])
def test_pages_behind_the_case_of_a_number_hold_every_other_hit_once(street, sort, size):
    refs = [told(text=f"{n} 号楼第 2 次漏水").ref for n in range(1, 5)]
    follow()
    asked = Filter(text=str(Case.objects.get(ref=refs[1]).pk), sort=sort)
    words = Filter(text="2", sort=sort)

    for wanted in (asked, words):
        shown, after = [], ""
        while True:
            page = list_cases(who("desk"), replace(wanted, after=after), size=size)
            assert 0 < len(page.cases) <= size
            shown += [case.ref for case in page.cases]
            after = page.after
            if not after:
                break
        assert len(shown) == len(set(shown))
        assert set(shown) == {case.ref for case in list_cases(who("desk"), wanted, size=100).cases}


@pytest.mark.parametrize("typed", ["{day} {n:06}", "{day}–{n:06}", "{day}—{n:06}", "#{n}", "编号:{n}", "No.{n}"])
def test_a_number_is_understood_however_it_is_written(street, typed):
    case = told(**TOLD["leak"]).case
    day, _dash, running = case.number.partition("-")

    assert found(typed.format(day=day, n=int(running)))[0] == case.ref


@pytest.mark.parametrize("signs", ["。", "%_", "😀", '"*'])
def test_signs_alone_find_nothing_rather_than_everything(cases, signs):
    assert found(signs) == [] and count(who("desk"), Filter(text=signs)).total == 0
    assert found("  ") != []


@pytest.mark.parametrize("dialled", ["138.0000.0005", "138–0000–0005", "138—0000—0005", "+86 138‑0000‑0005"])
def test_a_telephone_is_understood_with_any_dash(dialled):
    assert phone_in(dialled) == "13800000005"


def test_a_number_outside_the_scope_is_not_found(street):
    ref = told().case.number

    assert found(ref, by="environment") == []


def test_what_changes_is_found_by_its_new_words_and_not_by_the_old(street):
    story = told()
    follow()
    story.do("urban", "accept")
    story.do("urban", "answer", text="已更换灯泡并巡查整条路")
    Case.objects.filter(ref=story.ref).update(title="另一个题目", text="另一件事", address="")
    follow()

    assert found("灯泡") == [story.ref] and found("另一件") == [story.ref]
    assert found("不亮") == []


def test_an_erased_text_leaves_the_index_with_its_ledger_entry(street):
    story = told(text="住在三楼的王阿姨摔倒了")
    follow()
    assert found("王阿姨") == [story.ref]

    Case.objects.filter(ref=story.ref).update(title="(已销毁)", text="(已销毁)")
    erase(
        entries=[Entry.objects.get(subject=f"case:{story.ref}").seq],
        street=CODE,
        basis="个人信息保护法第四十七条",
        by=SYSTEM,
        at=MONDAY,
    )
    follow()

    assert found("王阿姨") == []
    assert not SearchText.objects.filter(text__contains="王阿姨").exists()
    assert raw_hits("王阿") == 0


def raw_hits(key):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT COUNT(*) FROM cases_search WHERE cases_search MATCH %s", [f'"{key}"'])
        else:
            cursor.execute("SELECT COUNT(*) FROM cases_searchtext WHERE words @@ %s::tsquery", [f"'{key}'"])
        return cursor.fetchone()[0]


def test_the_scope_holds_for_every_kind_of_reader(street):
    lamp, noise = told(**TOLD["lamp"]).ref, told(**TOLD["noise"]).ref
    follow()

    assert found("不亮", by="housing") == [lamp] and found("噪音", by="housing") == []
    assert found("噪音", by="environment") == [noise] and found("不亮", by="environment") == []
    assert found("噪音", by="grid") == [noise] and found("不亮", by="grid") == []  # community C1 only
    assert found("不亮", by="manager") == [lamp]  # took the call
    assert found("不亮", by="economy") == [] == found("不亮", by="keeper")


def test_a_unit_that_handed_a_case_on_still_finds_it(street):
    story = told()
    story.do("urban", "accept")
    story.do("urban", "begin_work")
    story.do("desk", "assign", unit="housing", reason="楼道内灯归房管")
    follow()

    assert found("不亮", by="housing") == [story.ref] == found("不亮", by="urban")


def test_pages_of_hits_follow_each_other_without_gap_or_repetition(street):
    refs = [told(text=f"第 {n} 处路灯不亮").ref for n in range(7)]
    follow()
    late = [told(text="新的一处路灯不亮").ref]  # not indexed yet

    seen, after = [], ""
    while True:
        page = list_cases(who("desk"), Filter(text="路灯不亮", after=after), size=3)
        seen += [case.ref for case in page.cases]
        if not page.after:
            break
        after = page.after

    assert seen == [*late, *reversed(refs)]


def test_a_reporter_is_found_by_the_whole_telephone_number_and_the_search_is_on_record(street):
    ref = told(reporter_phone="13800000005").ref
    told(reporter_phone="13800000006")
    hidden = seek_phone(by=who("desk"), at=MONDAY, phone=normal_phone("138 0000 0005"))

    assert [case.ref for case in list_cases(who("desk"), Filter(phone=hidden)).cases] == [ref]
    assert [case.ref for case in list_cases(who("environment"), Filter(phone=hidden)).cases] == []
    note = AccessNote.objects.get()
    assert note.what == "按电话查事项" and "13800000005" not in f"{note.subject}{note.reason}"
    assert found("13800000005") == []  # the number itself is in no text


def test_following_the_ledger_twice_changes_nothing_and_costs_the_same_for_many(street, django_assert_max_num_queries):
    for n in range(30):
        told(text=f"第 {n} 件噪音")
    seal(street=CODE)

    with django_assert_max_num_queries(22):
        assert follow_ledger(street=CODE) >= 30  # and what founding the street recorded
    assert follow_ledger(street=CODE) == 0
    assert index_cases(list(Case.objects.values_list("pk", flat=True))) == 0


def test_a_lost_index_is_built_anew_from_the_first_entry_on(street):
    ref = answered().ref
    follow()

    rebuild_search()
    assert not SearchText.objects.exists()
    follow()

    assert found("恢复照明") == [ref]


def test_a_search_costs_the_same_number_of_statements_whatever_is_found(street):
    def cost(text):
        with CaptureQueriesContext(connection) as asked:
            list_cases(who("desk"), Filter(text=text))
        return len(asked)

    told(text="唯一的噪音")
    follow()
    few = cost("噪音")
    for n in range(40):
        told(text=f"第 {n} 处噪音")
    follow()

    assert cost("噪音") <= few
    assert few <= 9


LETTERS = st.text(alphabet="路灯不亮噪音𠮷Ａa9 ,。", max_size=12)


@given(text=LETTERS, start=st.integers(0, 11), length=st.integers(1, 6))
def test_the_keys_of_any_part_are_among_the_keys_of_the_whole(text, start, length):
    part = sought(text[start : start + length])
    kept = findable(names=[], texts=[text])

    for term in part.terms:
        if len(part.terms) == 1 and term in kept.text:
            assert set(keys_of(term)) <= set(kept.keys())


@given(text=LETTERS)
def test_every_text_is_a_hit_of_its_own_words(text):
    asked = sought(text)

    assert is_hit(findable(names=[], texts=[text]), replace(asked, terms=asked.terms))


def test_nothing_asked_finds_nothing_special(street):
    ref = told().ref

    assert found("  ") == [ref] and found("") == [ref]
    assert archive.timeline(f"case:{ref}")


@given(below=st.integers(1, 3_000_000))
def test_the_stretches_of_case_numbers_part_all_of_them_without_gap_or_overlap(below):
    told = list(stretches(below))

    assert told[0][1] == below and told[-1][2] == 0 and len(told) <= 10
    assert [lower for _, _, lower in told[:-1]] == [upper for _, upper, _ in told[1:]]
    for marks, upper, lower in told:
        asked = {lower, upper - 1, (lower + upper) // 2}
        assert not marks or all(set(age_marks(case)) & {f"{MARK}{each}" for each in marks} for case in asked)
