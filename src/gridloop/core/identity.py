"""Is this number possible, and how may it be shown?  Codes of people, organisations and places; phones; masking.

A check never says that a person or firm *exists*: it says whether the number can be one. Its answer is a
:class:`Check`: ``valid``, the number in its one normal form, and a Chinese reason. Doubts that do not refuse (an
unknown region, an unlikely age) are in ``warning``.

* **身份证号** (GB 11643): 17 digits and a check character, ISO 7064 MOD 11-2. The same form serves residence permits
  of people from Hong Kong, Macao and Taiwan (810000, 820000, 830000) and the permanent residence card of foreigners
  (first digit 9).
* **统一社会信用代码** (GB 32100): 18 characters without I, O, S, V, Z, modulus 31. The 15-digit registration number
  that some shops still carry is accepted as *legacy*.
* **区划代码** (GB/T 2260, GB/T 10114): 6 digits (province, city, county), 9 (sub-district) or 12 (community). No list of the divisions there are
  is kept, so a wrong digit is found only where it breaks the shape, names a province or kind of city that there is not, or leaves out a level.

Guarantees: one wrong digit in an identity number or a credit code is always found; a birth date never lies after
``on``; normalising twice changes nothing; a masked value never holds what it hides, whatever the script.

Worked example::

    >>> from datetime import date
    >>> check_id_number("11010519491231002x", on=date(2022, 5, 29)).value
    '11010519491231002X'
    >>> mask_name("张三丰"), mask_phone("13812345678"), mask_id_number("11010519491231002X")
    ('张**', '138****5678', '110105********002X')
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_NO_DIVISION = frozenset({"83"})  # only the residence permits of people from Taiwan begin so
_NO_CITY = re.compile("7[1-9]|8[0-9]|9[1-9]")
"""GB/T 2260: 01-20 and 51-70 are cities, 21-50 prefectures and leagues, 90 what a province rules itself; nothing else is given out."""
_WITHOUT_COUNTIES = frozenset({"4419", "4420", "4604", "6202"})
"""东莞, 中山, 儋州, 嘉峪关: the cities whose sub-districts lie right under them."""
_NOT_GIVEN_OUT = "6789"
"""GB/T 10114: 0 is a sub-district, 1 a town, 2 and 3 a township, 4 and 5 what is run with a firm; of communities 0 and 1 are 居委会, 2 and 3 村委会,
4 and 5 what is counted as one."""
_PERMITS = {"81": "港澳居民居住证", "82": "港澳居民居住证", "83": "台湾居民居住证"}
_OLDEST = 130

_SPOKEN = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([2-8][0-9]{6,7})(?:#([0-9]{1,6}))?")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_EXTENSION = re.compile(r"(?:转|分机|EXT\.?|X|#)+", re.IGNORECASE)
_NUMERALS = "零〇一二三四五六七八九十百"
_COUNTED = re.compile(rf"[{_NUMERALS}]+(?=\s*(?:号|栋|幢|楼|单元|室|层|门|户|座|排|院|弄|组))")


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a number can be real; ``value`` is its normal form, ``kind`` what it is, ``reason`` why or why not."""

    valid: bool
    value: str
    kind: str
    reason: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class IdCheck(Check):
    """A checked identity number with what it tells; ``born_on`` and ``sex`` only if valid."""

    born_on: date | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class DivisionCheck(Check):
    """A checked division code with the codes above it, from the province down to itself."""

    lineage: tuple[str, ...] = ()


def check_id_number(text: str, *, on: date) -> IdCheck:
    """Whether this can be an identity number of someone born on or before ``on``."""
    value = _plain(text)
    kind = _id_kind(value)
    reason = _id_shape_fault(value)
    if reason:
        return IdCheck(False, value, kind, reason)
    born_on = _date(value[6:14])
    if born_on is None:
        return IdCheck(False, value, kind, f"出生日期“{value[6:14]}”不存在,请核对第 7 至 14 位。")
    if born_on > on:
        return IdCheck(False, value, kind, f"出生日期 {born_on} 晚于 {on},请核对第 7 至 14 位。")
    if _id_check_character(value[:17]) != value[17]:
        return IdCheck(False, value, kind, "校验码不符,号码中至少有一位写错,请对照证件核对。")
    sex = "男" if int(value[16]) % 2 else "女"
    return IdCheck(True, value, kind, "号码结构正确。", _id_warning(value, born_on, on), born_on, sex)


def check_uscc(text: str) -> Check:
    """Whether this can be a 统一社会信用代码, or a 15-digit registration number of the time before it."""
    value = _plain(text)
    if re.fullmatch(r"[0-9]{15}", value):
        warning = "" if _legacy_fits(value) else "注册号校验位不符,请对照执照核对。"
        return Check(True, value, "legacy", "是 15 位旧注册号,建议补登 18 位统一社会信用代码。", warning)
    if len(value) != 18:
        return Check(False, value, "uscc", f"统一社会信用代码应为 18 位,现为 {len(value)} 位,请{_mend(value)}。")
    wrong = sorted({letter for letter in value if letter not in _USCC_ALPHABET})
    if wrong:
        return Check(False, value, "uscc", f"含有代码中不会出现的字符“{'、'.join(wrong)}”,请核对(不用 I、O、S、V、Z)。")
    if not re.fullmatch(r"[0-9]{6}", value[2:8]):
        return Check(False, value, "uscc", "第 3 至 8 位应为登记机关所在地的 6 位数字,请核对。")
    if _uscc_check_character(value[:17]) != value[17]:
        return Check(False, value, "uscc", "校验码不符,代码中至少有一位写错,请对照执照核对。")
    return Check(True, value, "uscc", "代码结构正确。")


def complete_uscc(body: str) -> str:
    """The 17 characters with their check character behind: for synthetic firms. Raises ValueError for a character that no code has."""
    if len(body) != 17:
        raise ValueError("a code has 17 characters before its check character")
    return body + _uscc_check_character(body)


def check_division_code(text: str) -> DivisionCheck:
    """Whether this has the shape of a division code: 6, 9 or 12 digits, with no lower level under an empty higher one.

    Cities without counties (东莞 441900) have their sub-districts under county 00. A first digit of a sub-district or a community that the
    standard gives to none is a doubt (``warning``).
    """
    value = _plain(text)
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", value):
        return DivisionCheck(False, value, "", "区划代码应为 6 位、9 位或 12 位数字,请核对。")
    parts = [value[:2], value[2:4], value[4:6], *(value[at : at + 3] for at in range(6, len(value), 3))]
    depth = max((at + 1 for at, part in enumerate(parts) if int(part)), default=0)
    without_counties = value[:4] in _WITHOUT_COUNTIES
    if depth == 0 or any(not int(part) for at, part in enumerate(parts[:depth]) if at != 2 or not without_counties):
        return DivisionCheck(False, value, "", "上级代码为零而下级不为零,请核对区划代码。")
    if value[:2] not in _PROVINCES - _NO_DIVISION:
        return DivisionCheck(False, value, "", f"省级代码“{value[:2]}”不存在,请核对前两位。")
    if _NO_CITY.fullmatch(parts[1]):
        return DivisionCheck(False, value, "", f"市级代码“{parts[1]}”没有分配给任何地方,请核对第 3、4 位。")
    kind = ("province", "city", "county", "street", "community")[depth - 1]
    warning = _division_warning(parts[3:depth])
    return DivisionCheck(True, value, kind, "代码结构正确。", warning, _division_lineage(parts[:depth]))


def normal_phone(said: str, *, area_code: str = "") -> str | None:
    """The phone in its one form, or None if it cannot be one.

    Mobiles as 11 digits; landlines as ``0371-67181234`` with ``-802`` for an extension; 400 and 800 numbers as 10
    digits. Full-width and spoken digits (幺三八…), blanks, brackets, dashes and +86 are understood. A local number
    needs ``area_code``.
    """
    digits = _dialled(said)
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return digits
    if area_code and _LOCAL.fullmatch(digits.partition("#")[0]):
        digits = area_code + digits
    found = _LANDLINE.fullmatch(digits)
    return "-".join(part for part in found.groups() if part) if found else None


def check_phone(said: str, *, area_code: str = "") -> Check:
    """Whether this can be a phone, and which kind: mobile, landline or service."""
    value = normal_phone(said, area_code=area_code)
    if value is None:
        return Check(False, said.strip(), "", "电话号码不完整;请写 11 位手机号或带区号的座机。")
    kind = "mobile" if _MOBILE.fullmatch(value) else "service" if _SERVICE.fullmatch(value) else "landline"
    return Check(True, value, kind, "号码结构正确。")


def grouped_phone(phone: str) -> str:
    """A normal phone in groups that can be read aloud: ``138 1234 5678``; landlines as they are."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if _MOBILE.fullmatch(phone) else phone


def mask_name(name: str) -> str:
    """The first character, a star for each further one; the ``·`` of minority names and blanks stay.

    A name of a single character is hidden whole. Marks that belong to a character (variation selectors, accents) go
    with it.
    """
    plain = unicodedata.normalize("NFC", name.strip())
    letters = [letter for letter in plain if not unicodedata.category(letter).startswith("M")]
    if len(letters) < 2:
        return "*" * len(letters)
    return letters[0] + "".join(letter if letter in "·•・ " else "*" for letter in letters[1:])


def mask_phone(phone: str) -> str:
    """Of a mobile the first three and last four digits; of a landline the area code and last two; of others nothing."""
    value = normal_phone(phone)
    if value is None:
        return "*" * len(phone.strip())
    if _MOBILE.fullmatch(value):
        return f"{value[:3]}****{value[7:]}"
    area, dash, number = value.partition("-") if "-" in value else (value[:3], "", value[3:])
    number = number.partition("-")[0]
    return f"{area}{dash}{'*' * (len(number) - 2)}{number[-2:]}"


def mask_id_number(number: str) -> str:
    """The region and the last four characters of an 18-character number; of anything else nothing."""
    value = _plain(number)
    return f"{value[:6]}********{value[14:]}" if len(value) == 18 else "*" * len(value)


def mask_address(address: str) -> str:
    """The address down to its street or compound by name; every number of house, building, unit and room as stars."""
    plain = unicodedata.normalize("NFKC", address.strip())
    counted = _COUNTED.sub(lambda found: "*" * len(found.group()), plain)
    return re.sub(r"[0-9A-Za-z]", "*", counted)


def _plain(text: str) -> str:
    """Full-width forms folded, capitals; blanks, dashes and what has no width (a pasted U+200B, a byte order mark) gone."""
    folded = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return folded if folded.isascii() else "".join(each for each in folded if unicodedata.category(each) != "Cf")


def _mend(value: str) -> str:
    """What to do about a number that has not 18 characters."""
    return "补全" if len(value) < 18 else "去掉多出的字符"


def _id_kind(value: str) -> str:
    if value[:1] == "9":
        return "外国人永久居留身份证"
    return _PERMITS.get(value[:2], "居民身份证")


def _id_shape_fault(value: str) -> str:
    if re.fullmatch(r"[0-9]{15}", value):
        return "15 位的第一代身份证已于 2013 年停用,请登记 18 位号码。"
    if len(value) != 18:
        return f"身份证号应为 18 位,现为 {len(value)} 位,请{_mend(value)}。"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        return "前 17 位应为数字,末位为数字或 X,请核对。"
    return ""


def _id_check_character(digits: str) -> str:
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True)) % 11]


def _id_warning(value: str, born_on: date, on: date) -> str:
    if value[:1] != "9" and value[:2] not in _PROVINCES:
        return f"地区码“{value[:6]}”不在已知省份之内,请对照证件核对。"
    if on.year - born_on.year > _OLDEST:
        return f"出生年份 {born_on.year} 过早,请对照证件核对。"
    return ""


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _uscc_check_character(body: str) -> str:
    total = sum(_USCC_ALPHABET.index(letter) * weight for letter, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def _legacy_fits(value: str) -> bool:
    """ISO 7064 MOD 11,10, the check digit of GS 15-2006 registration numbers."""
    carry = 10
    for digit in value[:14]:
        carry = ((carry + int(digit)) % 10 or 10) * 2 % 11
    return (carry + int(value[14])) % 10 == 1


def _division_warning(below: list[str]) -> str:
    """A doubt about the parts under the county: sub-district and community."""
    if below[:1] and below[0][0] in _NOT_GIVEN_OUT:
        return f"第 7 位“{below[0][0]}”不是街道、镇、乡的代码,请核对。"
    if below[1:] and below[1][0] in _NOT_GIVEN_OUT:
        return f"第 10 位“{below[1][0]}”不是居委会、村委会的代码,请核对。"
    return ""


def _division_lineage(parts: list[str]) -> tuple[str, ...]:
    """The padded six-digit codes of province, city and county, then the longer ones."""
    codes = ["".join(parts[: at + 1]) for at in range(len(parts))]
    return tuple(dict.fromkeys(code.ljust(6, "0") for code in codes))


def _dialled(said: str) -> str:
    """Digits only, an extension after ``#``, the country's own prefix gone."""
    plain = unicodedata.normalize("NFKC", said).strip().translate(_SPOKEN)
    local = re.sub(r"^(?:\+|00)\s*86[\s\-]*|^86(?=[\s\-]*1[3-9][0-9])", "", plain)
    number, _, extension = _EXTENSION.sub("#", local).partition("#")
    dashed = re.fullmatch(r"(\(?0[0-9]{2,3}\)?[\s\-]*[0-9]{7,8})\s*-\s*([0-9]{1,6})", number.strip())
    if dashed and not extension:
        number, extension = dashed.groups()
    if not re.fullmatch(r"[0-9\s\-().]+", number) or not re.fullmatch(r"[0-9\s]*", extension):
        return ""
    number, extension = re.sub(r"[^0-9]", "", number), re.sub(r"[^0-9]", "", extension)
    if local != plain and not _MOBILE.fullmatch(number) and not number.startswith("0"):
        number = "0" + number
    return f"{number}#{extension}" if extension else number
