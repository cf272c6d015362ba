"""Policies from a sheet: good ones become drafts, bad rows are named by row and column, and nothing is half in.

One row is one test of one clause. The columns of the policy itself are written in its first row; rows below without a title belong to it
(``clauses.RowTold`` says what rows of one clause mean). A policy whose title, issuer and number are those of one that is there is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, WrongInput
from gridloop.core.firm_record import day
from gridloop.core.policy_access import must
from gridloop.offices.archive.transaction import deed
from gridloop.offices.policies.actions.drafting import Told, checked, draft_policy
from gridloop.offices.policies.clauses import Fault, RowTold, read_rows
from gridloop.offices.policies.models import LEVELS, TOPICS, Policy

COLUMNS: dict[str, str] = {
    "title": "标题", "issuer": "发文机关", "number": "文号", "level": "层级", "topic": "主题", "valid_from": "有效期自", "valid_until": "有效期至",
    "benefit": "惠企内容", "materials": "申报材料", "how": "办理方式", "contact_unit": "咨询单位", "contact_phone": "咨询电话", "link": "原文链接",
    "auto_grant": "免申即享", "clause": "条款", "quote": "原文", "fact": "企业的哪一项", "operator": "比较", "value": "值", "excluded": "除外",
}  # fmt: skip
"""The columns of the sheet, in order; a file may name them either way."""
_OF_CLAUSE = ("clause", "quote", "fact", "operator", "value", "excluded")
_TEXTS = ("title", "issuer", "number", "benefit", "materials", "how", "contact_unit", "contact_phone", "link")
_YES = ("是", "yes", "true", "1", "√")


@dataclass(slots=True)
class Imported:
    """What an import did: drafts made, policies that were there already, and every fault by row and column."""

    read: int = 0
    made: list[Policy] = field(default_factory=list)
    existing: int = 0
    faults: list[Fault] = field(default_factory=list)


def import_policies(*, by: Actor, at: datetime, street: str, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Imported:
    """Each good policy of the rows is a draft; a policy with any fault is left out whole. Raises NotAllowed."""
    must(by, "draft", street=street)
    found = Imported()
    with deed():
        for number, cells, several in _grouped(rows, found.faults):
            found.read += 1
            _import_one(found, number, cells, several, by=by, at=at, street=street)
    return found


def _grouped(
    rows: Sequence[tuple[int, Mapping[str, str]]], faults: list[Fault]
) -> list[tuple[int, Mapping[str, str], list[RowTold]]]:
    """The row number and cells of each policy, with the rows of its clauses."""
    found: list[tuple[int, Mapping[str, str], list[RowTold]]] = []
    for number, cells in rows:
        if cells.get("title", "").strip():
            found.append((number, cells, []))
        elif not found:
            faults.append(Fault(number, "title", "第一行要写政策标题;请补上。"))
            continue
        told = RowTold(**{name: cells.get(name, "") for name in _OF_CLAUSE}, number=number)
        if not told.is_empty:
            found[-1][2].append(told)
    return found


def _import_one(
    found: Imported, number: int, cells: Mapping[str, str], several: list[RowTold], *, by: Actor, at: datetime, street: str
) -> None:  # fmt: skip
    clauses, faults = read_rows(several)
    values, wrong = _values(number, cells)
    faults = [*wrong, *faults]
    if not faults:
        try:
            told = Told(**values, clauses=clauses)
            checked(told)
            if _is_there(street, told):
                found.existing += 1
            else:
                found.made.append(draft_policy(by=by, at=at, street=street, told=told))
        except GridloopError as error:
            faults.append(Fault(number, str(error.fields.get("field") or "title"), error.sentence))
    found.faults += faults


def _values(number: int, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    faults: list[Fault] = []
    values: dict[str, Any] = {name: cells.get(name, "") for name in _TEXTS}
    values["auto_grant"] = cells.get("auto_grant", "").strip().lower() in _YES
    for name in ("valid_from", "valid_until"):
        text = cells.get(name, "").strip()
        try:
            values[name] = day(text) if text or name == "valid_from" else None
        except WrongInput:
            faults.append(Fault(number, name, f"日期要写成 2022-05-29;现在是“{text[:20]}”。"))
    for name, choices in (("level", LEVELS), ("topic", TOPICS)):
        text = cells.get(name, "").strip()
        code = text if text in choices else next((code for code, label in choices.items() if label == text), "")
        if text and not code:
            faults.append(Fault(number, name, f"只能是:{'、'.join(choices.values())}。"))
        elif code:
            values[name] = code
    return values, faults


def _is_there(street: str, told: Told) -> bool:
    same = Policy.objects.filter(
        street=street, title=told.title.strip(), issuer=told.issuer.strip(), number=told.number.strip()
    )
    return same.exclude(state="discarded").exists()
