"""A few questions of a category: set up by two people, asked at the desk and of residents, never in anybody's way."""

from __future__ import annotations

import pytest
from django.test import Client

from gridloop.core.errors import Refused
from gridloop.offices.cases.category_models import CategoryQuestion
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.questions import Question, answers_in, options_in, questions_for, told_with
from tests.offices.change_sets import done, propose, rows, submit
from tests.sample import CODE
from tests.web.test_filing import LAMP, file

LIGHTS = "城乡建设/市政设施/路灯"
HOW_MANY = {"text": "几盏不亮?", "category": LIGHTS, "kind": "选一个", "options": "一盏、两盏以上", "place": "1"}


@pytest.fixture
def how_many(street):
    """The question, in force."""
    done("questions", "", HOW_MANY)
    return CategoryQuestion.objects.get()


def test_a_question_is_drafted_by_one_published_by_another_and_taken_back(street):
    put = done("questions", "", HOW_MANY)
    assert [row["text"] for row in rows("questions").values()] == ["几盏不亮?"]

    done("questions", next(iter(rows("questions"))), None)

    assert put.state == "in_force" and rows("questions") == {}
    assert questions_for(CODE, LIGHTS) == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (HOW_MANY | {"options": "一盏"}, "至少写两个选项"),
        (HOW_MANY | {"text": "您的身份证号", "kind": "写一句"}, "敏感信息"),
    ],
)
def test_a_question_that_must_not_be_asked_is_refused_when_checked(street, cells, sentence):
    with pytest.raises(Refused) as refused:
        submit(propose("questions", "", cells))

    assert any(sentence in found["sentence"] for found in refused.value.fields["findings"])


def test_the_questions_of_a_category_and_those_above_it_are_asked(how_many):
    done("questions", "", {"text": "有没有危险", "category": "城乡建设", "kind": "写一句"})

    assert [each.text for each in questions_for(CODE, LIGHTS)] == ["有没有危险", "几盏不亮?"]
    assert [each.text for each in questions_for(CODE, "城乡建设/市政设施/道路")] == ["有没有危险"]
    assert questions_for(CODE, "") == []


def test_the_desk_s_form_asks_and_the_answer_becomes_part_of_what_was_told(signed_in, how_many):
    desk = signed_in("desk")
    assert "几盏不亮?" in desk.get("/cases/new/questions/", {"category": LIGHTS}).content.decode()

    assert file(desk, **LAMP, **{f"ask-{how_many.ref}": "两盏以上"}).status_code == 200

    assert Case.objects.get().text == "柳荫路的路灯坏了不亮\n几盏不亮:两盏以上"
    assert Case.objects.get().title == "柳荫路的路灯坏了不亮"


def test_nobody_has_to_answer_and_an_option_that_is_none_is_not_taken(signed_in, how_many):
    file(signed_in("desk"), **LAMP, **{f"ask-{how_many.ref}": "三百盏"})

    assert Case.objects.get().text == "柳荫路的路灯坏了不亮"


def test_a_form_that_comes_back_keeps_the_answers(signed_in, how_many, light):
    page = file(signed_in("desk"), **LAMP, **{f"ask-{how_many.ref}": "一盏"}).content.decode()

    assert 'value="一盏" checked' in page


def test_a_resident_is_asked_too(how_many):
    asked = Client().get("/s/sample/questions/", {"category": LIGHTS})

    assert asked.status_code == 200 and "两盏以上" in asked.content.decode()
    assert "几盏" not in Client().get("/s/sample/questions/", {"category": "没有这类"}).content.decode()


def test_options_are_parted_and_answers_stay_one_line():
    asked = [Question("a", "灯杆编号", ()), Question("b", "几盏", options_in("一盏、两盏|一盏"))]

    told = answers_in({"ask-a": " L-12\n号 ", "ask-b": "两盏"}, asked)

    assert told_with("路灯不亮。\n", told) == "路灯不亮。\n灯杆编号:L-12 号\n几盏:两盏"
