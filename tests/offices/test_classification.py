"""A street's category model: taught by what its officers decided, in force only when it does better than the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gridloop.core.calibration import ClassFigures, Figures
from gridloop.core.errors import NotAllowed, NotFound, WrongInput
from gridloop.offices.archive.models import Entry
from gridloop.offices.cases.actions.classification import is_time_to_retrain, retrain, set_signs, why_not_promoted
from gridloop.offices.cases.category_models import CategoryModel
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.category_model import category_models, classifier_of, model_in_force
from gridloop.offices.cases.queries.rules import rules_of, suggest_category
from gridloop.offices.organisation import queries as organisation
from gridloop.site import tick
from tests.sample import BEIJING, CODE, MONDAY, sample_street, who
from tests.site.scenes import file

LIGHTS, NOISE, MONEY = "城乡建设/市政设施/路灯", "环境保护/噪音", "企业服务/融资"
TOLD = {
    LIGHTS: ("路灯不亮", "灯杆倒了没人扶", "晚上巷子没有照明"),
    NOISE: ("夜里施工噪音扰民", "广场音响太吵", "空调外机轰鸣睡不着"),
    MONEY: ("企业贷款到期续不上", "小微企业融资难", "担保公司不肯放款"),
}
PLACES = [
    "柳荫路",
    "河畔花园",
    "新华巷",
    "建设东路",
    "文化里",
    "健康胡同",
    "解放大街",
    "中原西路",
    "五一路",
    "桐柏路",
    "棉纺路",
    "伏牛路",
    "秦岭路",
    "华山路",
    "嵩山路",
    "互助路",
    "百花路",
    "工人路",
    "文华巷",
    "春藤里",
]
NIGHT = MONDAY.replace(hour=2, minute=0).astimezone(BEIJING) + timedelta(days=1)


def decided(*, corrected: int = 0) -> None:
    """180 cases whose category a person chose; the first ``corrected`` of them were corrected."""
    sample_street()
    rows = [
        file(f"{place}{told},请来看看", category)
        for place in PLACES
        for category, all_told in TOLD.items()
        for told in all_told
    ]
    for number, row in enumerate(rows):  # which fifth is held out follows from the ref: the same one in every run
        Case.objects.filter(pk=row.pk).update(ref=f"heard{number:011d}")
    Case.objects.filter(pk__in=[row.pk for row in rows[:corrected]]).update(category_by="corrected")


def says(text: str) -> str:
    """The category that the street's rules suggest now."""
    return suggest_category(rules_of(CODE, version=organisation.version_of(CODE)), text)[0]


def test_what_officers_decided_becomes_a_model_that_must_be_beaten(db):
    decided()
    before = says("汝河路晚上巷子没有照明,灯杆倒了")

    first = retrain(by=who("keeper"), at=MONDAY, street=CODE)
    after = says("汝河路晚上巷子没有照明,灯杆倒了")
    second = retrain(by=who("keeper"), at=MONDAY + timedelta(days=1), street=CODE)

    assert (before, after) == ("不确定", LIGHTS)
    assert (first.state, first.version, first.trained_at) == ("in_force", 1, MONDAY)
    card = first.card
    assert card["trained_on"] == f"{MONDAY:%Y-%m-%d}" and card["held_out"]["n"] and card["sources"][0]["n"]
    assert card["figures"]["yardstick"]["accuracy"] > card["figures"]["yardstick_incumbent"]["accuracy"]
    assert second.state == "rejected" and "没有超过在用模型" in second.reason and second.weights is None
    assert model_in_force(CODE) == first.ref and classifier_of(first.ref).threshold > 0
    assert [line.version for line in category_models(CODE)] == [2, 1, 0]
    assert sorted(Entry.objects.filter(kind__startswith="category_model").values_list("kind", flat=True)) == [
        "category_model.promoted",
        "category_model.rejected",
    ]


def test_the_tick_teaches_once_a_night_when_enough_was_corrected(db):
    decided(corrected=30)

    early, late = tick.once(at=NIGHT - timedelta(minutes=1)), tick.once(at=NIGHT + timedelta(minutes=1))
    first, again = tick.once(at=NIGHT), tick.once(at=NIGHT + timedelta(seconds=20))

    assert [done.taught for done in (early, late, first, again)] == [0, 0, 1, 0]
    assert CategoryModel.objects.get().trained_by and not is_time_to_retrain(CODE, at=NIGHT + timedelta(days=1))


def test_too_little_teaches_nothing(db):
    sample_street()
    file()

    assert retrain(by=who("keeper"), at=MONDAY, street=CODE) is None
    assert not is_time_to_retrain(CODE, at=MONDAY)


@pytest.mark.parametrize("username", ["desk", "urban", "manager"])
def test_only_who_sets_up_the_street_teaches_and_names_signs(db, username):
    sample_street()

    with pytest.raises(NotAllowed):
        retrain(by=who(username), at=MONDAY, street=CODE)
    with pytest.raises(NotAllowed):
        set_signs(by=who(username), at=MONDAY, street=CODE, path=LIGHTS, words=["路灯"])


def test_signs_name_a_category_and_are_the_reason(db):
    sample_street()
    set_signs(by=who("keeper"), at=MONDAY, street=CODE, path=LIGHTS, words=["路灯", " 灯杆 "])

    path, suggestion = suggest_category(rules_of(CODE, version=organisation.version_of(CODE)), "巷口灯杆倒了\n昨夜大风")

    assert path == LIGHTS and suggestion.words == ("灯杆",)


@pytest.mark.parametrize(
    ("path", "signs", "fault"),
    [
        ("城乡建设/没有", {"words": ["路灯"]}, NotFound),
        # one letter names nothing
        (LIGHTS, {"words": ["灯"]}, WrongInput),
        # a label has one category
        (LIGHTS, {"labels": ["环境保护"]}, WrongInput),
    ],
)
def test_signs_that_cannot_hold_are_refused(db, path, signs, fault):
    sample_street()
    set_signs(by=who("keeper"), at=MONDAY, street=CODE, path=NOISE, labels=["环境保护"])

    with pytest.raises(fault):
        set_signs(by=who("keeper"), at=MONDAY, street=CODE, path=path, **signs)


def figures(accuracy: float, *, f1: float = 0.9, n: int = 20, precision: float | None = 0.99) -> Figures:
    each = ClassFigures(n, f1, f1, f1)
    return Figures(40, accuracy, f1, {"甲": replace(each, f1=0.9), "乙": each}, 30, 0.75, precision, precision)


@pytest.mark.parametrize(
    ("candidate", "incumbent", "says"),
    [
        (figures(0.95), figures(0.90), ""),
        # as good is not better
        (figures(0.90), figures(0.90), "没有超过在用模型"),
        # better overall, but one category is lost
        (figures(0.95, f1=0.5), figures(0.90), "低于底线"),
        # the incumbent was worse still
        (figures(0.95, f1=0.5), figures(0.90, f1=0.4), ""),
        # too few of the category to judge by
        (figures(0.95, f1=0.5, n=4), figures(0.90), ""),
        # sure too often
        (figures(0.95, precision=0.96), figures(0.90), "低于 97%"),
        # never sure
        (figures(0.95, precision=None), figures(0.90), ""),
    ],
)
def test_a_model_is_promoted_only_by_its_figures(candidate, incumbent, says):
    reason = why_not_promoted(candidate, incumbent)

    assert says in reason and bool(says) == bool(reason)
