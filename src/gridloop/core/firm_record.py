"""What is told of a firm, in a form, a call or a row of a spreadsheet, becomes a checked record or a list of what is wrong with it.

Terms: *told* is text as people write it (``1,000(万元)``, ``2022/5/9``, ``限上``); a *record* holds values; a *fault* names the column and
what to do. Money is told in 万元 unless it says 元, 千元 or 亿元, and kept in 元.

Guarantees: all faults of a row are found at once; ``N/A``, ``-``, ``无`` and ``/`` mean that nothing is known; nothing is guessed from a
value that does not fit.

Worked example::

    >>> from datetime import date
    >>> record, faults = read_told({"name": "示例机械厂", "code": "91410102000000000A", "capital": "50(万元)"}, on=date(2022, 5, 29))
    >>> [fault.column for fault in faults]
    ['code']
    >>> money("1,000(万元)")
    Decimal('10000000.00')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from gridloop.core.errors import WrongInput
from gridloop.core.firm_size import SIZES
from gridloop.core.identity import check_uscc, normal_phone
from gridloop.core.industry import industry
from gridloop.core.vitality import VITALITIES

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("企业名称", "名称", "单位名称"),
    "code": ("统一社会信用代码", "信用代码", "代码", "注册号", "uscc"),
    "alias": ("简称", "门头", "字号"),
    "kind": ("企业类型", "类型"),
    "industry": ("行业代码", "行业", "国民经济行业"),
    "business": ("经营范围", "主营业务"),
    "registered_on": ("注册日期", "成立日期"),
    "capital": ("注册资金", "注册资本", "注册资本(万元)"),
    "year": ("数据年度", "年度"),
    "staff": ("从业人员", "从业人数", "职工人数", "员工人数"),
    "revenue": ("营业收入", "营业收入(万元)", "年营业收入"),
    "assets": ("资产总额", "资产总额(万元)"),
    "size": ("规模", "企业规模"),
    "above": ("限额以上", "限上", "规上", "纳统"),
    "address": ("注册地址", "地址", "经营地址", "住所"),
    "grid": ("网格", "网格代码", "社区"),
    "lon": ("经度", "lng"),
    "lat": ("纬度",),
    "cluster": ("集聚区", "园区", "楼宇", "商圈"),
    "priority": ("重点级别", "重点"),
    "vitality": ("经营状态", "状态"),
    "contact": ("联系人",),
    "phone": ("联系电话", "电话"),
    "duty": ("职务",),
}
"""The columns of a sheet of firms: our name, then the headers that mean the same."""

PRIORITY_WORDS = {
    "street": ("街道", "街道重点"),
    "district": ("区", "区重点", "县区"),
    "city": ("市", "市重点"),
    "province": ("省", "省重点"),
}
_NOTHING = frozenset({"", "N/A", "NA", "-", "--", "/", "无", "NULL", "NONE", "暂无", "不详"})
_YES = frozenset({"1", "是", "Y", "YES", "TRUE", "限上", "规上", "限额以上", "规模以上"})
_NO = frozenset({"0", "否", "N", "NO", "FALSE", "限下", "规下", "限额以下", "规模以下"})
_MONEY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\(?(亿元?|万元?|千元|元)?\)?")
_FOREIGN = re.compile(
    r"(?:美元|日元|港[元币]|欧元|英镑|韩元|澳元|加元|新加坡元|瑞士法郎|台币|USD|HKD|EUR|JPY|GBP)", re.IGNORECASE
)
_DATE = re.compile(r"([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ].*)?")
MOST_MONEY = Decimal(10) ** 14
LONGEST = {
    "name": 120,
    "alias": 120,
    "kind": 60,
    "address": 200,
    "duty": 40,
    "contact": 40,
    "cluster": 80,
    "business": 4000,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value, and what to do about it."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class FirmRecord:
    """A firm as told, checked. Empty text and None are unknown; ``grid`` and ``cluster`` are names that the street knows or not."""

    name: str = ""
    code: str = ""
    code_kind: str = "uscc"
    alias: str = ""
    kind: str = ""
    industry: str = ""
    section: str = ""
    business: str = ""
    registered_on: date | None = None
    capital: Decimal | None = None
    capital_text: str = ""
    year: int | None = None
    staff: int | None = None
    revenue: Decimal | None = None
    assets: Decimal | None = None
    size: str = ""
    above: bool | None = None
    address: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    cluster: str = ""
    priority: str = ""
    vitality: str = ""
    contact: str = ""
    phone: str = ""
    duty: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def tells_figures(self) -> bool:
        return any(value is not None for value in (self.staff, self.revenue, self.assets))


def read_told(told: Mapping[str, str], *, on: date) -> tuple[FirmRecord, tuple[Fault, ...]]:
    """The record, and every fault of it; a record with faults is not to be kept. ``on`` is today: nothing was founded later."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    warnings: list[str] = []
    for column, read in _READ.items():
        said = plain(told.get(column, ""))
        try:
            found = read(said, on) if said else {}
        except WrongInput as error:
            faults.append(Fault(column, error.sentence))
            continue
        warnings += [found.pop("warning")] if "warning" in found else []
        values |= found
    for column in ("name", "code"):
        if column not in values and not any(fault.column == column for fault in faults):
            faults.append(Fault(column, "不能为空;请补上。"))
    if (values.get("lon") is None) != (values.get("lat") is None):
        faults.append(Fault("lon", "经度和纬度要一起填。"))
    if any(name in values for name in ("staff", "revenue", "assets")):
        values.setdefault("year", on.year - 1)
    return FirmRecord(**values, warnings=tuple(warnings)), tuple(faults)


def plain(said: str) -> str:
    """The cell without blanks at its ends; empty for the many ways of saying that nothing is known."""
    text = unicodedata.normalize("NFC", str(said)).replace("\x00", "").strip().strip("'").strip()
    return "" if text.upper() in _NOTHING else text


def money(said: str) -> Decimal:
    """The amount in 元. Without a unit 万元 is meant. Raises WrongInput."""
    text = re.sub(r"[\s,,人民币¥¥]", "", unicodedata.normalize("NFKC", said))
    found = _MONEY.fullmatch(text)
    if found is None:
        raise WrongInput("enterprise.money", f"金额“{said}”看不懂;请写数字(万元)。")
    factor = {"亿": 10**8, "万": 10**4, "千": 10**3, "元": 1}[(found.group(2) or "万")[0]]
    amount = Decimal(found.group(1)) * factor
    if not 0 <= amount < MOST_MONEY:  # asked first: what is too long cannot be rounded
        raise WrongInput("enterprise.money_range", f"金额“{said}”不合理;请核对单位(万元)。")
    return amount.quantize(Decimal("0.01"))


def day(said: str) -> date:
    """The day. Raises WrongInput."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", said).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(said)
    except ValueError:
        raise WrongInput("enterprise.day", f"日期“{said}”看不懂;请写成 2022-05-29。") from None


def _day_past(said: str, on: date) -> date:
    found = day(said)
    if found > on:
        raise WrongInput("enterprise.future", f"成立日期 {found} 晚于今天;请核对。")
    return found


def _code(said: str, _on: date) -> dict[str, Any]:
    check = check_uscc(said)
    if not check.valid:
        raise WrongInput("enterprise.code", check.reason)
    return {"code": check.value, "code_kind": check.kind, **({"warning": check.warning} if check.warning else {})}


def _capital(said: str, _on: date) -> dict[str, Any]:
    """In 元; an amount in another currency is kept as it is told, since no rate of that day is known here."""
    if _FOREIGN.search(said) and re.search(r"[0-9]", said):
        return {"capital_text": said[:60], "warning": f"注册资本“{said[:60]}”是外币,按原文保留,没有折算。"}
    return {"capital": money(said)}


def _industry(said: str, _on: date) -> dict[str, Any]:
    found = industry(said)
    if found is None:
        raise WrongInput("enterprise.industry", f"没有行业“{said}”;请写 GB/T 4754 的两到四位代码或大类名称。")
    return {"industry": found.code, "section": found.section}


def _whole(said: str, *, least: int, most: int, what: str) -> int:
    text = re.sub(r"[\s,,人名年]", "", unicodedata.normalize("NFKC", said))
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number != number.to_integral_value() or not least <= number <= most:
        raise WrongInput("enterprise.number", f"{what}“{said}”不对;请写 {least} 到 {most} 的整数。")
    return int(number)


def _degrees(said: str, most: int, what: str) -> float:
    try:
        found = float(said)
    except ValueError:
        found = 999.0
    if not -most <= found <= most:
        raise WrongInput("enterprise.degrees", f"{what}“{said}”不对;请写十进制度数(WGS-84)。")
    return found


def _yes_or_no(said: str, _on: date) -> dict[str, Any]:
    word = unicodedata.normalize("NFKC", said).upper()
    if word not in _YES | _NO:
        raise WrongInput("enterprise.yes_or_no", f"“{said}”看不懂;请填 是 或 否。")
    return {"above": word in _YES}


def _word(said: str, words: Mapping[str, tuple[str, ...]], what: str) -> str:
    """The code that a word means: the code itself, its label or another way of saying it."""
    found = next((code for code, others in words.items() if said == code or said in others), None)
    if found is None:
        raise WrongInput(
            "enterprise.word", f"{what}“{said}”不认识;可填:{'、'.join(others[0] for others in words.values())}。"
        )
    return found


def _text(column: str) -> Callable[[str, date], dict[str, Any]]:
    def read(said: str, _on: date) -> dict[str, Any]:
        if len(said) > LONGEST.get(column, 120):
            raise WrongInput("enterprise.too_long", f"超过 {LONGEST.get(column, 120)} 字;请精简。")
        return {column: re.sub(r"\s+", " ", said)}

    return read


def _phone(said: str, _on: date) -> dict[str, Any]:
    found = normal_phone(said, area_code="0371")
    if found is None:
        raise WrongInput("enterprise.phone", "电话号码不完整;请写 11 位手机号或带区号的座机。")
    return {"phone": found}


_SIZE_WORDS = {code: (label, label[0]) for code, label in SIZES.items()}
_VITALITY_WORDS = {code: (label,) for code, label in VITALITIES.items()}
_READ: dict[str, Callable[[str, date], dict[str, Any]]] = {
    **{
        name: _text(name)
        for name in ("name", "alias", "kind", "business", "address", "cluster", "grid", "contact", "duty")
    },
    "code": _code,
    "industry": _industry,
    "registered_on": lambda said, on: {"registered_on": _day_past(said, on)},
    "capital": _capital,
    "revenue": lambda said, _on: {"revenue": money(said)},
    "assets": lambda said, _on: {"assets": money(said)},
    "staff": lambda said, _on: {"staff": _whole(said, least=0, most=2_000_000, what="从业人员")},
    "year": lambda said, on: {"year": _whole(said, least=1990, most=on.year, what="年度")},
    "size": lambda said, _on: {"size": _word(said, _SIZE_WORDS, "规模")},
    "above": _yes_or_no,
    "priority": lambda said, _on: {"priority": _word(said, PRIORITY_WORDS, "重点级别")},
    "vitality": lambda said, _on: {"vitality": _word(said, _VITALITY_WORDS, "经营状态")},
    "lon": lambda said, _on: {"lon": _degrees(said, 180, "经度")},
    "lat": lambda said, _on: {"lat": _degrees(said, 90, "纬度")},
    "phone": _phone,
}
