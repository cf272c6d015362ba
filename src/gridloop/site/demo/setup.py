"""What a demonstration street has set up for itself, as every street does it: drafted by one keeper, published by the other.

Reply templates and questions of a category are put into one change-set, so that a visitor finds words at the answer, questions at the report, and a
change-set that has been through every step.

Worked example::

    set_up_words("410102013", calls={"管理1": "LH071", "管理2": "LH072", …}, at=FOUNDED)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets import actions

TEMPLATES = (
    {"title": "已修复", "verb": "answer", "body": "您反映的{地点}的问题({编号}),{单位}已到现场处理完毕。请您查看;如仍有问题,请在查询页选“未解决”。"},
    {"title": "先告知进展", "verb": "answer_interim", "body": "您反映的{类别}问题,{单位}已受理,正在办理,预计{期限}前办结。"},
    {"title": "请补充材料", "verb": "ask_reporter", "body": "为办好这件事,请补充:1. 具体位置或门牌;2. 发生的时间;3. 照片(如方便)。"},
    {"title": "不属本单位职责", "verb": "return_case", "body": "经核对履职事项清单,此事由他单位牵头,请值班台重新派件。"},
)  # fmt: skip
QUESTIONS = {
    "410102013": (
        {"text": "办理的是哪一项许可", "category": "企业服务/证照办理", "kind": "line", "place": "1"},
        {"text": "现在影响生产经营吗", "category": "企业服务", "kind": "choice", "options": "已经停产、有影响、暂时没有", "place": "2"},
    ),
    "410102014": (
        {"text": "几盏不亮", "category": "市政设施/路灯", "kind": "choice", "options": "一盏、两盏以上、整条路", "place": "1"},
        {"text": "灯杆编号(看得到就写)", "category": "市政设施/路灯", "kind": "line", "place": "2"},
        {"text": "有没有人被困或受伤", "category": "房屋物业/电梯", "kind": "choice", "options": "有、没有、不清楚", "place": "1"},
    ),
}  # fmt: skip


def set_up_words(street: str, *, calls: Mapping[str, str], at: datetime) -> None:
    """Templates and questions are in force. The two keepers are found by their call names."""
    first, second = (
        organisation.actor_of(organisation.person(street, calls[call]), at=at) for call in ("管理1", "管理2")
    )
    draft = ""
    for chapter, rows in (("templates", TEMPLATES), ("questions", QUESTIONS.get(street, ()))):
        for cells in rows:
            put = actions.propose(
                by=first, at=at, street=street, chapter=chapter, key="", cells=cells, change_set=draft
            )
            draft = put.ref
    sent = actions.submit(by=first, at=at, street=street, change_set=draft)
    actions.publish(by=second, at=at, street=street, change_set=draft, rev=sent.rev)
