"""Importing people and the posts they hold: one row a person and post; a person with two posts has two rows.

Columns: 工号, 姓名, 单位 (code), 电话, 邮箱, and, where the row appoints, 岗位代码, 岗位名称, 角色 (code or Chinese name), 岗位单位, 网格, 备岗.
A post that does not exist yet is added; an appointment that stands already is not made twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from gridloop.core.access import ROLE_LABELS, SYSTEM
from gridloop.core.errors import WrongInput
from gridloop.core.identity import normal_phone
from gridloop.offices.organisation import actions as organisation
from gridloop.offices.organisation.models import Holding, Person, Post
from gridloop.offices.organisation.queries import now_valid
from gridloop.offices.territory.queries import grid
from gridloop.site.imports.reading import read_sheet
from gridloop.site.imports.tally import ADDED, EXISTING, Tally, put_rows
from gridloop.site.imports.units import yes_or_no

COLUMNS = {
    "code": ("工号", "代码"), "name": ("姓名",), "unit": ("单位", "单位代码"), "phone": ("电话", "手机"), "email": ("邮箱",),
    "post": ("岗位代码",), "title": ("岗位名称", "岗位"), "role": ("角色",), "post_unit": ("岗位单位",), "grid": ("网格", "责任网格"),
    "is_substitute": ("备岗",),
}  # fmt: skip
ROLES = {label: str(role) for role, label in ROLE_LABELS.items()}


def import_people(path: Path, *, at: datetime, street: str, dry_run: bool = False) -> Tally:
    """The file's people are registered and hold the posts it says."""
    sheet = read_sheet(path, columns=COLUMNS, required=("code", "name", "unit"), strict=True)
    tally = Tally("people", dry_run)
    tally.begin(sheet)
    put_rows(tally, sheet.rows, lambda row: _put_person(row.cells, street=street, at=at), column="unit")
    return tally


def _put_person(cells: Mapping[str, str], *, street: str, at: datetime) -> str:
    """The person and the row's appointment stand; ``added`` when either is new."""
    person = Person.objects.filter(street=street, code=cells["code"]).first()
    outcome = EXISTING
    if person is None:
        person = organisation.add_person(
            by=SYSTEM, at=at, street=street, code=cells["code"], name=cells["name"], unit=cells["unit"],
            phone=_phone(cells.get("phone", "")), email=cells.get("email", ""),
        )  # fmt: skip
        outcome = ADDED
    elif person.name != cells["name"]:
        sentence = f"工号“{cells['code']}”已属于“{person.name}”;请核对工号,或换一个。"
        raise WrongInput("import.other_person", sentence, field="code")
    return ADDED if cells.get("post") and _appoint(cells, person, street=street, at=at) else outcome


def _phone(said: str) -> str:
    if not said:
        return ""
    found = normal_phone(said)
    if found is None:
        raise WrongInput(
            "import.bad_phone", f"电话“{said}”不完整;请写 11 位手机号或带区号的座机,也可以留空。", field="phone"
        )
    return found


def _appoint(cells: Mapping[str, str], person: Person, *, street: str, at: datetime) -> bool:
    """The person holds the row's post; True when that is new."""
    post = Post.objects.filter(street=street, code=cells["post"]).first() or _add_post(cells, street=street, at=at)
    if Holding.objects.filter(now_valid(at), post=post, person=person).exists():
        return False
    organisation.appoint(
        by=SYSTEM, at=at, street=street, post=post.code, person=person.code,
        is_substitute=yes_or_no(cells.get("is_substitute", ""), field="is_substitute"),
    )  # fmt: skip
    return True


def _add_post(cells: Mapping[str, str], *, street: str, at: datetime) -> Post:
    """The row's post exists. Raises WrongInput without a role we know."""
    role = ROLES.get(cells.get("role", ""), cells.get("role", ""))
    if role not in ROLE_LABELS:
        sentence = f"角色“{role or '(空)'}”没有;可用:{'、'.join(ROLES)}。"
        raise WrongInput("import.unknown_role", sentence, field="role")
    place = grid(street, cells["grid"]).path if cells.get("grid") else ""
    return organisation.add_post(
        by=SYSTEM, at=at, street=street, code=cells["post"], title=cells.get("title") or ROLE_LABELS[role], role=role,
        unit=cells.get("post_unit") or cells["unit"], place=place,
    )  # fmt: skip
