"""The part of the walk (``tests.api.walk``) among troubles: what is told by many and comes back, the project proposed for it, and its names."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.cases.actions.troubles import notice_same
from tests.sample import IN_NE

WELL = {"text": "河畔花园东门窨井污水外溢", "source": "phone", "category": "城乡建设/市政设施/积水", **IN_NE}
SAYS = ("河畔花园东门窨井又在溢污水", "河畔花园东门窨井污水外溢好几天", "河畔花园东门的窨井污水外溢")
PROJECT = {"name": "河畔花园雨污管网改造", "owner": "示例建设公司", "unit": "economy", "sector": "infrastructure", "total": "800000.00"}  # fmt: skip
PROPOSED = {"title": "河畔花园管网改造", "root_cause": "雨污混接,管径过小", "cost": "八十万元,按管网长度估算", "benefit": "不再外溢"}  # fmt: skip


def gather(walk: Any) -> None:
    """Told by many, joined, kept apart, proposed, decided and linked to a project, for which somebody stands."""
    _strike_off(walk)
    one, other, third = (_told(walk, number, text) for number, text in enumerate(SAYS))
    walk.does("desk", "troubles_recurrences")
    ref = walk.does("desk", "troubles_trouble_of_case", ref=one)["trouble"]
    walk.does("desk", "troubles_troubles", size=2)
    walk.does("desk", "troubles_trouble", ref=ref)
    walk.does("desk", "troubles_members", ref=ref)
    walk.does("desk", "troubles_reports", ref=ref)
    walk.does("desk", "troubles_set_apart", {"case": third, "reason": "另一口窨井"}, ref=ref)
    walk.does("desk", "troubles_join", {"into": one, "cases": [other], "reason": "同一口窨井"}, ref=ref)
    walk.does("desk", "troubles_not_recurring", {"reason": "新装的另一口井"}, ref=one)
    made = walk.does("desk", "proposals_propose", PROPOSED, ref=ref)["proposal"]["ref"]
    walk.does("leader", "proposals_decide", {"approved": True, "remark": "列入下季度"}, ref=made)
    project = walk.does("economy", "projects_enter", PROJECT | {"priority": "street"})["project"]["ref"]
    walk.does("desk", "proposals_link", {"project": project}, ref=made)
    walk.does("desk", "proposals_proposal", ref=made)
    walk.does("desk", "proposals_proposals")
    _stand_for(walk, project)


def _strike_off(walk: Any) -> None:
    ref = walk.file(**WELL)
    who = {"urban": "urban", "housing": "housing", "office": "desk"}[
        walk.does("desk", "cases_get_case", ref=ref)["case"]["unit"]["code"]
    ]
    walk.verb(who, ref, "accept")
    walk.verb(who, ref, "answer", text="已疏通窨井,污水不再外溢。")
    walk.verb("verifier", ref, "verify", passed=True, text="现场查看,已疏通。")
    walk.verb("desk", ref, "strike_off")


def _told(walk: Any, number: int, text: str) -> str:
    ref = walk.file(**WELL | {"text": text}, reporter_name=f"王{number}先生", reporter_phone=f"1380000100{number}")
    notice_same(by=SYSTEM, at=timezone.now(), case=ref)
    return str(ref)


def _stand_for(walk: Any, project: str) -> None:
    walk.does("leader", "project_pairs_pair", {"slot": "manager", "person": "P08"}, ref=project)
    walk.does("desk", "project_pairs_matrix")
    walk.does("desk", "project_pairs_project_pairs", ref=project)
