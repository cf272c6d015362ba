"""What the cases offer to set up: categories, the routing table, reply templates; with the checks that look across chapters.

A routing table is proved as it would be: with the units, profiles and categories that the same change-set brings or takes away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from gridloop.core.adverse import CODE, SHIPPED
from gridloop.core.changes import Row
from gridloop.core.errors import GridloopError
from gridloop.core.lifecycle import CASE, LIVE_STATES, OPEN_STATES, STATES
from gridloop.core.route_row import VALUE_WORDS, prefixes, rows_from_records
from gridloop.core.routing import RoutingTable as Table
from gridloop.core.routing import fallback_row
from gridloop.offices.cases.actions.chapters import apply_categories, apply_routes, backstop_of, record_of
from gridloop.offices.cases.adverse_models import AdverseFactor
from gridloop.offices.cases.category_models import CategoryQuestion
from gridloop.offices.cases.models import GRADES, PRIORITIES, SOURCES, Case, Category, ReplyTemplate, RoutingTable
from gridloop.offices.cases.queries.adverse import offered_factors
from gridloop.offices.cases.queries.proving import RESTS_ON, proof_of
from gridloop.offices.cases.queries.questions import KINDS, options_in
from gridloop.offices.cases.queries.rules import facts_of, rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    WARNING,
    Applying,
    Chapter,
    Column,
    Finding,
    Outcome,
    Pairs,
    Proposed,
    register,
)
from gridloop.offices.organisation.keeping.actions import Keeper, write_rows
from gridloop.offices.organisation.keeping.units import retire, use_again
from gridloop.offices.territory import queries as territory

SENSITIVE = re.compile("(?:身份证|病|银行卡|账号|密码)")
LEVELS = {"street": "街道", "community": "社区", "district": "区"}
REPLAYED = 200
TEMPLATE_VERBS = (
    "answer",
    "answer_interim",
    "ask_reporter",
    "return_case",
    "request_extension",
    "request_suspension",
    "rework",
)


# --- categories ------------------------------------------------------------------------------------------------------


def category_rows(street: str, at: datetime) -> dict[str, Row]:
    """The leaves: what stands above them follows from their paths."""
    rows = Category.objects.filter(street=street, is_leaf=True, retired_at__isnull=True)
    return {row.path: {"path": row.path, "description": row.description} for row in rows}


CATEGORIES = Chapter(
    code="categories", label="类别", order=70, key="path", name=("path",),
    about="事项按什么分类;路由表按类别派单,所以新增类别时想好由谁主办。",
    example="例:城乡建设/市政设施/路灯。上级类别会自动建立。",
    columns=(
        Column("path", "类别路径", required=True, longest=120, fixed=True, help="一级/二级/三级,用 / 隔开。", example="城乡建设/市政设施/路灯"),
        Column("description", "说明", longest=200, help="什么算这一类,什么不算。"),
    ),
    rows=category_rows, apply=apply_categories,
)  # fmt: skip


def check_categories(proposed: Proposed) -> Iterable[Finding]:
    """Paths are well formed and no leaf stands above another; open cases keep theirs."""
    paths = proposed.after("categories")
    for path in paths:
        parts = path.split("/")
        if not all(part and part == part.strip() and len(part) <= 60 for part in parts):
            yield Finding(
                ERROR, f"类别“{path}”有空的一级或太长;请写成“一级/二级/三级”,每级不超过 60 字。", "categories", path
            )
        for above in prefixes(path)[1:-1]:
            if above in paths:
                yield Finding(
                    ERROR, f"“{above}”还是末级类别,下面不能再有“{path}”;请同时取消“{above}”。", "categories", path
                )
    gone = [path for path in proposed.before("categories") if path not in paths]
    if gone:
        yield from _open_cases_of(proposed.street, gone)


def _open_cases_of(street: str, gone: Sequence[str]) -> Iterable[Finding]:
    cases = Case.objects.filter(street=street, category__in=gone, state__in=LIVE_STATES).count()
    if cases:
        yield Finding(WARNING, f"要取消的类别下还有 {cases} 件未办结;它们保留原类别,以后不能再选。", "categories")


def category_pairs(proposed: Proposed) -> Pairs:
    """Every node of the tree as it would be."""
    nodes = {node for path in proposed.after("categories") for node in prefixes(path)[:-1]}
    return [(node, " › ".join(node.split("/"))) for node in sorted(nodes)]


# --- routing table ---------------------------------------------------------------------------------------------------


def route_rows(street: str, at: datetime) -> dict[str, Row]:
    rows = RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED, valid_from__lte=at)
    table = rows.order_by("-valid_from", "-version").first()
    return {record["row"]: record_of(record) for record in table.rows} if table else {}


def route_effects(proposed: Proposed) -> list[Outcome]:
    """Of the last cases, those that would now go elsewhere if they came in as they did."""
    try:
        now, then = compiled(proposed.unchanged()), compiled(proposed)
    except GridloopError:
        return []
    rules = rules_of(proposed.street, version=organisation.version_of(proposed.street))
    moved = []
    for case in Case.objects.filter(street=proposed.street).order_by("-id")[:REPLAYED]:
        facts = facts_of(case, rules)
        before, after = now.decide(facts), then.decide(facts)
        if (before.unit, before.profile) != (after.unit, after.profile):
            moved.append(
                {
                    "kind": "route", "subject": f"case:{case.ref}", "number": case.number, "what": case.category,
                    "before": proposed.label("units", before.unit), "after": proposed.label("units", after.unit), "why": after.reason,
                }
            )  # fmt: skip
    return moved


def compiled(proposed: Proposed) -> Table:
    """The table as it would be. Raises WrongInput when it has an error."""
    rows, _ = rows_from_records(proposed.after("routes").values())
    backstop = _backstop(proposed)
    names = dict(proposed.pairs("units")) | {path: name.strip() for path, name in proposed.pairs("place")}
    return Table.compile(rows, fallback=fallback_row(**backstop), unit_names=names)


def _backstop(proposed: Proposed) -> dict[str, str]:
    known = backstop_of(proposed.street)
    units = [code for code, row in proposed.after("units").items() if row["is_backstop"]]
    return known | ({"unit": units[0]} if units else {})


ROUTES = Chapter(
    code="routes", label="路由表", order=90, key="row", name=("row",),
    about="什么类别、什么地方的事由哪个单位主办、按哪个时限方案;越具体的行越优先。",
    example="例:R7,类别 城乡建设/市政设施,地点 河畔社区,时段 夜间,单位 城市管理中队,时限方案 三不过。",
    columns=(
        Column("row", "行", required=True, longest=60, fixed=True, help="不重复的编号,理由里会引用它。", example="R7"),
        Column("category", "类别", kind="choice", choices="category", longest=120, help="这一类及其下各类;留空:不限。"),
        Column("place", "地点", kind="choice", choices="place", longest=120, help="这一片及其下各片;留空:不限。", aliases=("网格/地点", "网格")),
        Column("level", "层级", kind="several", choices="level"),
        Column("source", "来源", kind="several", choices="source"),
        Column("priority", "优先级", kind="several", choices="priority"),
        Column("time_class", "时段", kind="several", choices="time_class"),
        Column("grade", "等级", kind="several", choices="grade"),
        Column("unit", "单位", kind="choice", choices="units", required=True),
        Column("post", "岗位", kind="choice", choices="posts"),
        Column("profile", "时限方案", kind="choice", choices="profiles", required=True),
        Column("metric", "优先序", kind="number", longest=7, help="两行同样具体时,小的优先。", example="0"),
        Column("escalates_to", "提级到", kind="choice", choices="units", help="这一行的事项提级给谁;留空:单位的上级,没有上级时是属地兜底。"),
        Column("reason", "理由", longest=300, help="写给人看的一句话;{unit} 会换成单位名,{place} 换成地点名。", example="城建类由{unit}主办"),
    ),
    rows=route_rows, apply=apply_routes, effects=route_effects,
)  # fmt: skip


def check_routes(proposed: Proposed) -> Iterable[Finding]:
    """The table's proof, with units, profiles, categories and posts as they would be.

    Who changes the table answers for the whole of it: each failure bars publishing, those of before included. Who changes something else (a
    post, a category) is warned of what that does to the table.
    """
    if proposed.touched() and not proposed.touched() & RESTS_ON:
        return
    severity = ERROR if "routes" in proposed.touched() else WARNING
    rows, problems = rows_from_records(proposed.after("routes").values())
    for problem in problems:
        yield Finding(ERROR, f"{problem.row} 行的“{problem.column}”{problem.reason}", "routes", problem.row)
    if rows or "routes" in proposed.touched():
        for each in proof_of(proposed, rows=rows).failures:
            yield Finding(ERROR if each.kind else severity, each.sentence, "routes", each.row)


def check_cases_in_hand(proposed: Proposed) -> Iterable[Finding]:
    """A unit that is to close still leads cases; a post's place is one of the street."""
    gone = [code for code in proposed.before("units") if code not in proposed.after("units")]
    for code in gone:
        count = Case.objects.filter(street=proposed.street, lead__code=code, state__in=OPEN_STATES).count()
        if count:
            name = proposed.label("units", code)
            yield Finding(WARNING, f"“{name}”手上还有 {count} 件在办;请先转派,取消后它们仍挂在它名下。", "units", code)
    places = {path for path, _ in proposed.pairs("place")}
    for change in proposed.changes:
        if change.chapter == "posts" and change.after and change.after["place"] and change.after["place"] not in places:
            yield Finding(
                ERROR, f"岗位“{change.after['title']}”的责任地点不在本街道的网格里;请重选。", "posts", change.key
            )


def place_pairs(proposed: Proposed) -> Pairs:
    street = organisation.street(proposed.street)
    below = [(grid.path, f"{'　' * max(grid.level - 1, 0)}{grid.name}") for grid in territory.grids(proposed.street)]
    return below if any(path == street.place for path, _ in below) else [(street.place, street.name), *below]


# --- reply templates -------------------------------------------------------------------------------------------------


def template_rows(street: str, at: datetime) -> dict[str, Row]:
    rows = ReplyTemplate.objects.filter(street=street, retired_at__isnull=True)
    return {row.ref: {name: getattr(row, name) for name in _TEMPLATE} for row in rows}


_TEMPLATE = ("title", "category", "state", "verb", "body")


def _find_templates(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {row.ref: row for row in ReplyTemplate.objects.filter(street=street, ref__in=keys)}


def _fill_template(applying: Applying, it: ReplyTemplate, row: Row, columns: frozenset[str]) -> None:
    for name in _TEMPLATE:
        setattr(it, name, row[name])


TEMPLATE_KEEPER = Keeper(
    "templates", "reply_template", _find_templates, lambda applying, key: ReplyTemplate(ref=key, street=applying.street), _fill_template,
    retire, use_again,
)  # fmt: skip

TEMPLATES = Chapter(
    code="templates", label="答复模板", order=100, name=("title",),
    about="办件人写答复、退回理由、请反映人补充时可以从这里起头;越具体的类别越靠前。",
    example="例:标题 路灯已修复,用于 答复,内容 您反映的……已于 月 日修复,请您查看。",
    columns=(
        Column("title", "标题", required=True, longest=80, example="路灯已修复"),
        Column("category", "类别", kind="choice", choices="category", longest=120, help="这一类及其下各类;留空:各类都可用。"),
        Column("verb", "用于", kind="choice", choices="template_verb", help="留空:哪里都可用。"),
        Column("state", "状态", kind="choice", choices="state", help="只在事项处于这个状态时提供;留空:不限。"),
        Column("body", "内容", kind="text", required=True, longest=2000, help="写完整的话;时间、地点等留空白给办件人填。不要写任何人的姓名电话。"),
    ),
    rows=template_rows, apply=lambda applying: write_rows(applying, TEMPLATE_KEEPER),
)  # fmt: skip


# --- questions of a category ------------------------------------------------------------------------------------------


def question_rows(street: str, at: datetime) -> dict[str, Row]:
    rows = CategoryQuestion.objects.filter(street=street, retired_at__isnull=True)
    return {row.ref: {**{name: getattr(row, name) for name in _QUESTION}, "place": str(row.place)} for row in rows}


_QUESTION = ("text", "category", "kind", "options")


def _find_questions(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {row.ref: row for row in CategoryQuestion.objects.filter(street=street, ref__in=keys)}


def _fill_question(applying: Applying, it: CategoryQuestion, row: Row, columns: frozenset[str]) -> None:
    for name in _QUESTION:
        setattr(it, name, row[name])
    it.place = int(row["place"] or 0)


QUESTION_KEEPER = Keeper(
    "questions", "category_question", _find_questions, lambda applying, key: CategoryQuestion(ref=key, street=applying.street), _fill_question,
    retire, use_again,
)  # fmt: skip

QUESTIONS = Chapter(
    code="questions", label="类别追问", order=105, name=("text",),
    about="选了类别以后顺便问的几句话,登记和居民反映时都出现;都可以不答。问清楚了,办件人少打一个电话。",
    example="例:几盏不亮,类别 城乡建设/市政设施/路灯,选一个,选项 一盏、两盏以上、整条路。",
    columns=(
        Column("text", "问题", required=True, longest=80, example="几盏不亮", help="一句话;不要问身份证号、病情、账号。"),
        Column("category", "类别", kind="choice", choices="category", longest=120, required=True, help="这一类及其下各类。"),
        Column("kind", "怎么答", kind="choice", choices="question_kind", required=True),
        Column("options", "选项", longest=300, help="“选一个”时填,用顿号隔开。", example="一盏、两盏以上、整条路"),
        Column("place", "次序", kind="number", longest=3, help="小的先问。", example="1"),
    ),
    rows=question_rows, apply=lambda applying: write_rows(applying, QUESTION_KEEPER),
)  # fmt: skip


def check_questions(proposed: Proposed) -> Iterable[Finding]:
    """A choice has something to choose from; nobody is asked for an identity number, an illness or an account."""
    for key, row in proposed.after("questions").items():
        if row["kind"] == "choice" and len(options_in(row["options"])) < 2:
            yield Finding(ERROR, f"“{row['text']}”是选一个,请至少写两个选项,用顿号隔开。", "questions", key)
        if SENSITIVE.search(row["text"]):
            yield Finding(
                ERROR, f"“{row['text']}”问的是敏感信息;反映问题时不收集身份证号、病情、账号。", "questions", key
            )


# --- adverse factors --------------------------------------------------------------------------------------------------


def adverse_rows(street: str, at: datetime) -> dict[str, Row]:
    return {code: {"code": code, "name": name} for code, name in offered_factors(street).items()}


def _find_adverse(street: str, keys: Sequence[str]) -> dict[str, Any]:
    """The street's own rows; of a shipped factor that it has not touched, one that is not kept yet."""
    shipped = {code: AdverseFactor(street=street, code=code, name=SHIPPED[code]) for code in keys if code in SHIPPED}
    return shipped | {row.code: row for row in AdverseFactor.objects.filter(street=street, code__in=keys)}


def _fill_adverse(applying: Applying, it: AdverseFactor, row: Row, columns: frozenset[str]) -> None:
    it.name = row["name"]


ADVERSE_KEEPER = Keeper(
    "adverse", "adverse_factor", _find_adverse, lambda applying, key: AdverseFactor(street=applying.street, code=key), _fill_adverse,
    retire, use_again,
)  # fmt: skip

ADVERSE = Chapter(
    code="adverse", label="不利因素", order=110, key="code",
    about="企业问题背后的不利因素,受理、分类或承办的人标在事项上,一件可以标几个;专项页面按它数数。停用的,标过的仍算数。",
    example="例:代码 energy,名称 能源供应紧张。",
    columns=(
        Column("code", "代码", required=True, longest=20, fixed=True, help="小写英文字母。", example="energy"),
        Column("name", "名称", required=True, longest=40, example="能源供应紧张"),
    ),
    rows=adverse_rows, apply=lambda applying: write_rows(applying, ADVERSE_KEEPER),
)  # fmt: skip


def check_adverse(proposed: Proposed) -> Iterable[Finding]:
    """A code can stand in addresses."""
    for key in proposed.after("adverse"):
        if not CODE.fullmatch(key):
            yield Finding(ERROR, f"代码“{key}”请用小写英文字母开头,2 至 20 个字母、数字或下划线。", "adverse", key)


# --- what is offered -------------------------------------------------------------------------------------------------


def register_chapters() -> None:
    """Categories, the routing table and reply templates can be set up."""
    register(
        chapters=[CATEGORIES, ROUTES, TEMPLATES, QUESTIONS, ADVERSE],
        sources={
            "category": category_pairs, "place": place_pairs, "level": lambda _: list(LEVELS.items()),
            "source": lambda _: list(SOURCES.items()), "priority": lambda _: list(PRIORITIES.items()),
            "time_class": lambda _: list(VALUE_WORDS["time_class"].items()), "grade": lambda _: list(GRADES.items()),
            "state": lambda _: list(STATES.items()), "question_kind": lambda _: list(KINDS.items()),
            "template_verb": lambda _: [(name, CASE.verbs[name].label) for name in TEMPLATE_VERBS if name in CASE.verbs],
        },
        checks={"categories": check_categories, "routes": check_routes, "cases_in_hand": check_cases_in_hand, "questions": check_questions, "adverse": check_adverse},
    )  # fmt: skip
