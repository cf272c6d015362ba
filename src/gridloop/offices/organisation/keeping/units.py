"""Units, people and the duty list as chapters of the setup: their columns, rows, choices and checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from gridloop.core.changes import Row
from gridloop.core.identity import normal_phone
from gridloop.offices.archive.concealed import conceal_alike, reveal
from gridloop.offices.organisation import queries
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    WARNING,
    YES,
    Applying,
    Chapter,
    Column,
    Finding,
    Pairs,
    Proposed,
)
from gridloop.offices.organisation.keeping.actions import Keeper, write_rows
from gridloop.offices.organisation.models import DutyItem, Person, Unit

UNIT_KINDS = {
    "street_office": "街道办事处", "department": "科室", "station": "站所", "authority": "职能部门", "community": "社区", "company": "企业",
    "party": "党组织", "utility": "水电气热等公用单位", "campaign_office": "专项办公室", "team": "工作组", "task_force": "专班", "command": "指挥部",
    "other": "其他",
}  # fmt: skip


# --- units -----------------------------------------------------------------------------------------------------------


def unit_rows(street: str, at: datetime) -> dict[str, Row]:
    return {unit.code: _unit_row(unit) for unit in queries.units(street, at=at)}


def _unit_row(unit: Unit) -> Row:
    return {
        "code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent.code if unit.parent else "",
        "is_backstop": YES if unit.is_backstop else "", "is_superior": YES if unit.is_superior else "", "phone": unit.phone,
    }  # fmt: skip


def _find_units(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {unit.code: unit for unit in Unit.objects.filter(street=street, code__in=keys)}


def _new_unit(applying: Applying, key: str) -> Unit:
    place = queries.street(applying.street).place
    return Unit(street=applying.street, code=key, place=place, valid_from=applying.at)


def _fill_unit(applying: Applying, unit: Unit, row: Row, columns: frozenset[str]) -> None:
    unit.name, unit.kind, unit.phone = row["name"], row["kind"] or "department", row["phone"]
    unit.parent = queries.unit(applying.street, row["parent"]) if row["parent"] else None
    unit.is_backstop, unit.is_superior = bool(row["is_backstop"]), bool(row["is_superior"])


def close(applying: Applying, it: Any) -> None:
    it.valid_until = applying.at


def open_again(applying: Applying, it: Any) -> None:
    it.valid_until = None


UNIT_KEEPER = Keeper("units", "unit", _find_units, _new_unit, _fill_unit, close, open_again, above="parent")

UNITS = Chapter(
    code="units", label="单位", order=10, key="code", name=("name",),
    about="科室、站所、公司和职能部门:事项由谁主办,先要有它。",
    example="例:代码 urban,名称 城市管理中队,类别 站所,上级 街道办事处。",
    columns=(
        Column("code", "代码", required=True, longest=40, fixed=True, help="字母或数字,定下后不改;路由表和接口用它。", example="urban"),
        Column("name", "名称", required=True, longest=80, example="城市管理中队"),
        Column("kind", "类别", kind="choice", choices="unit_kind", open=True),
        Column("parent", "上级单位", kind="choice", choices="units", help="没有上级就留空。"),
        Column("is_backstop", "属地兜底", kind="yes_no", help="没有路由行适用时由它主办;全街道恰好一个。"),
        Column("is_superior", "上级部门", kind="yes_no", help="区级部门勾选;事项可提级到它,不直接派。"),
        Column("phone", "值班电话", longest=40, help="单位的公开电话;没有人在系统里时,请值班岗打这个电话。", example="0371-60000001"),
    ),
    rows=unit_rows, apply=lambda applying: write_rows(applying, UNIT_KEEPER),
)  # fmt: skip


def check_units(proposed: Proposed) -> Iterable[Finding]:
    """Exactly one backstop; no unit above itself; nothing left standing on a unit that is gone."""
    units = proposed.after("units")
    backstops = [row["name"] for row in units.values() if row["is_backstop"]]
    if not backstops:
        yield Finding(ERROR, "没有属地兜底单位,没有路由行适用的事项将无人主办;请把街道办设为属地兜底。", "units")
    if len(backstops) > 1:
        yield Finding(ERROR, f"属地兜底单位有 {len(backstops)} 个({'、'.join(backstops)});请只留一个。", "units")
    for code, row in units.items():
        if _goes_round(code, units):
            yield Finding(ERROR, f"“{row['name']}”的上级绕了一圈又回到自己;请改正上级单位。", "units", code)
        if row["parent"] and row["parent"] not in units:
            yield Finding(ERROR, f"“{row['name']}”的上级单位已经取消;请另选上级。", "units", code)
    for row in proposed.after("posts").values():
        if row["unit"] not in units:
            yield Finding(
                ERROR, f"岗位“{row['title']}”所在的单位已经取消;请先撤岗或改到别的单位。", "posts", row["code"]
            )
    for row in proposed.after("people").values():
        if row["unit"] not in units:
            yield Finding(WARNING, f"{row['name']}所在的单位已经取消;请改到别的单位。", "people", row["code"])


def _goes_round(code: str, units: dict[str, Row]) -> bool:
    seen, above = {code}, str(units[code]["parent"])
    while above:
        if above in seen:
            return above == code
        seen.add(above)
        above = str(units.get(above, {}).get("parent", ""))
    return False


def unit_pairs(proposed: Proposed) -> Pairs:
    return [(code, str(row["name"])) for code, row in proposed.after("units").items()]


# --- people ----------------------------------------------------------------------------------------------------------


def person_rows(street: str, at: datetime) -> dict[str, Row]:
    found = Person.objects.filter(street=street, left_at__isnull=True).select_related("unit")
    return {person.code: _person_row(person) for person in found}


def _person_row(person: Person) -> Row:
    return {
        "code": person.code, "name": person.name, "unit": person.unit.code, "phone": conceal_alike(person.phone),
        "email": conceal_alike(person.email),
    }  # fmt: skip


def _find_people(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {person.code: person for person in Person.objects.filter(street=street, code__in=keys)}


def _fill_person(applying: Applying, person: Person, row: Row, columns: frozenset[str]) -> None:
    person.name, person.unit = row["name"], queries.unit(applying.street, row["unit"])
    if not columns or "phone" in columns:
        said = reveal(row["phone"])
        person.phone = normal_phone(said) or said
    if not columns or "email" in columns:
        person.email = reveal(row["email"])


def _leave(applying: Applying, person: Any) -> None:
    person.left_at = applying.at


def _come_back(applying: Applying, person: Any) -> None:
    person.left_at = None


PERSON_KEEPER = Keeper(
    "people",
    "person",
    _find_people,
    lambda applying, key: Person(street=applying.street, code=key),
    _fill_person,
    _leave,
    _come_back,
)

PEOPLE = Chapter(
    code="people", label="人员", order=20, key="code", name=("name",),
    about="在街道做事的人。登记了不等于能做什么:能做什么看任什么岗。",
    example="例:工号 P21,姓名 张三(演示),单位 城市管理中队。",
    columns=(
        Column("code", "工号", required=True, longest=40, fixed=True, example="P21"),
        Column("name", "姓名", required=True, longest=80),
        Column("unit", "单位", kind="choice", choices="units", required=True),
        Column("phone", "电话", kind="secret", longest=40, help="加密保存,页面上不显示;11 位手机号或带区号的座机。"),
        Column("email", "邮箱", kind="secret", longest=120, help="加密记在变更单里;用于通知。"),
    ),
    rows=person_rows, apply=lambda applying: write_rows(applying, PERSON_KEEPER),
)  # fmt: skip


def check_people(proposed: Proposed) -> Iterable[Finding]:
    """A phone is one; who leaves holds no post any more."""
    for change in proposed.changes:
        if change.chapter != "people" or change.after is None:
            continue
        phone = reveal(change.after["phone"])
        if phone and normal_phone(phone) is None:
            yield Finding(
                ERROR, f"{change.after['name']}的电话不完整;请写 11 位手机号或带区号的座机。", "people", change.key
            )
        email = reveal(change.after["email"])
        if email and "@" not in email[1:-1]:
            yield Finding(
                ERROR, f"{change.after['name']}的邮箱不像邮箱;请写成 name@example.org。", "people", change.key
            )
    people = proposed.after("people")
    for key, row in proposed.after("holdings").items():
        if row["person"] not in people:
            name = proposed.label("people", row["person"])
            post = proposed.label("posts", row["post"])
            yield Finding(ERROR, f"{name}已经离开,却还任着“{post}”;请在同一张变更单里结束这段任职。", "holdings", key)


def person_pairs(proposed: Proposed) -> Pairs:
    units = dict(unit_pairs(proposed))
    rows = proposed.after("people").items()
    return [(code, f"{row['name']}({units.get(str(row['unit']), row['unit'])})") for code, row in rows]


# --- duty list -------------------------------------------------------------------------------------------------------


def duty_rows(street: str, at: datetime) -> dict[str, Row]:
    return {item.code: _duty_row(item) for item in queries.duty_items(street)}


def _duty_row(item: DutyItem) -> Row:
    return {
        "code": item.code, "kind": item.kind, "title": item.title, "lead": item.lead, "unit": item.unit_code, "category": item.category,
        "basis": item.basis,
    }  # fmt: skip


def _find_duties(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {item.code: item for item in DutyItem.objects.filter(street=street, code__in=keys)}


def _fill_duty(applying: Applying, item: DutyItem, row: Row, columns: frozenset[str]) -> None:
    item.kind, item.title, item.lead, item.basis = row["kind"], row["title"], row["lead"], row["basis"]
    item.unit_code, item.category = row["unit"], row["category"]


def retire(applying: Applying, it: Any) -> None:
    it.retired_at = applying.at


def use_again(applying: Applying, it: Any) -> None:
    it.retired_at = None


DUTY_KEEPER = Keeper(
    "duties",
    "duty_item",
    _find_duties,
    lambda applying, key: DutyItem(street=applying.street, code=key),
    _fill_duty,
    retire,
    use_again,
)

DUTIES = Chapter(
    code="duties", label="履职事项清单", order=60, key="code", name=("code", "title"),
    about="基本履职、配合履职、上级收回。单位退回事项必须引用其中一条,写明应由谁牵头。",
    example="例:P-12,配合履职,市政道路照明设施维护,牵头:区城市管理局。",
    columns=(
        Column("code", "编号", required=True, longest=40, fixed=True, help="照文件上的编号。", example="P-12"),
        Column("kind", "类别", kind="choice", choices="duty_kind", required=True),
        Column("title", "事项", required=True, longest=200),
        Column("lead", "牵头单位", required=True, longest=80, help="文件上的名称;退回时告诉反映人的就是它。"),
        Column("unit", "牵头单位(系统内)", kind="choice", choices="units", help="系统里有这个单位就选上,退回后可直接转去。"),
        Column("category", "事项类别", kind="choice", choices="category", open=True, longest=120),
        Column("basis", "依据", longest=200, example="《××街道履职事项清单(2025 年)》第 12 项"),
    ),
    rows=duty_rows, apply=lambda applying: write_rows(applying, DUTY_KEEPER),
)  # fmt: skip
