"""Identity numbers, credit codes, division codes, phones, masking."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gridloop.core.identity import (
    check_division_code,
    check_id_number,
    check_phone,
    check_uscc,
    grouped_phone,
    mask_address,
    mask_id_number,
    mask_name,
    mask_phone,
    normal_phone,
)
from tests.shared_data import shared

TODAY = date(2022, 5, 29)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def numbered(body: str) -> str:
    """The 17 digits with the check character that makes them whole, reckoned by the modulus rather than by a table."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    check = (12 - rest) % 11
    return body + ("X" if check == 10 else str(check))


@pytest.mark.parametrize(
    ("number", "kind", "sex"),
    [
        # the example of the standard, with a small x and with blanks
        ("11010519491231002x", "居民身份证", "女"),
        (" 110105 19491231 002X ", "居民身份证", "女"),
        # full-width digits, as typed with a Chinese keyboard
        ("１１０１０５１９４９１２３１００２Ｘ", "居民身份证", "女"),
        # residence permits of people from Hong Kong, Macao and Taiwan
        (numbered("81000019900101001"), "港澳居民居住证", "男"),
        (numbered("82000019900101002"), "港澳居民居住证", "女"),
        (numbered("83000019900101003"), "台湾居民居住证", "男"),
        # 济源, a county-level city directly under the province
        (numbered("41900119900101001"), "居民身份证", "男"),
        # born on the very day
        (numbered("41010220220529001"), "居民身份证", "男"),
        # a foreigner's permanent residence card
        (numbered("91184019900101001"), "外国人永久居留身份证", "男"),
    ],
)
def test_a_possible_identity_number_is_accepted(number: str, kind: str, sex: str) -> None:
    found = check_id_number(number, on=TODAY)

    assert (found.valid, found.kind, found.sex, found.warning) == (True, kind, sex, "")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        # the last character is wrong
        ("110105194912310021", "校验码"),
        # born tomorrow
        (numbered("41010220220530001"), "晚于"),
        # the 30th of February
        (numbered("41010219900230001"), "不存在"),
        # the first generation
        ("110105491231002", "15 位"),
        # too short, a letter inside, nothing
        ("1101051949123100", "16 位"),
        ("11010519491231O02X", "应为数字"),
        ("", "0 位"),
    ],
)
def test_an_impossible_identity_number_says_why(number: str, reason: str) -> None:
    found = check_id_number(number, on=TODAY)

    assert not found.valid
    assert reason in found.reason


def test_an_unknown_region_or_a_great_age_only_warns() -> None:
    assert "地区码" in check_id_number(numbered("78000019900101001"), on=TODAY).warning
    assert "过早" in check_id_number(numbered("41010218800101001"), on=TODAY).warning


@given(st.integers(0, 16), st.integers(1, 9), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_one_wrong_digit_in_an_identity_number_is_always_found(place: int, shift: int, born: date, turn: int) -> None:
    number = numbered(f"410102{born:%Y%m%d}{turn:03}")
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert check_id_number(number, on=TODAY).valid
    assert not check_id_number(wrong, on=TODAY).valid


def test_every_real_enterprise_has_a_valid_credit_code() -> None:
    with shared("enterprises/zhongyuan_300.csv").open(encoding="utf-8-sig", newline="") as rows:
        codes = [row["统一社会信用代码"] for row in csv.DictReader(rows)]

    assert len(codes) == 300
    assert all(check_uscc(code).valid for code in codes)


@pytest.mark.parametrize(
    ("code", "valid", "kind", "said"),
    [
        ("91110000600037341L", True, "uscc", "正确"),
        ("91110000600037341l", True, "uscc", "正确"),
        ("91110000600037341M", False, "uscc", "校验码"),
        ("9111000060003734IL", False, "uscc", "I"),
        ("911100006000373", True, "legacy", "旧注册号"),
        ("91110000600037", False, "uscc", "14 位"),
        ("91AA0000600037341L", False, "uscc", "登记机关"),
    ],
)
def test_a_credit_code_is_judged(code: str, valid: bool, kind: str, said: str) -> None:
    found = check_uscc(code)

    assert (found.valid, found.kind) == (valid, kind)
    assert said in found.reason


def test_a_legacy_number_warns_when_its_check_digit_does_not_fit() -> None:
    assert check_uscc("110108000000016").warning == ""
    assert "校验位" in check_uscc("110108000000017").warning


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_in_a_credit_code_is_always_found(place: int, letter: str) -> None:
    code = "91110000600037341L"
    assume(code[place] != letter)

    assert not check_uscc(code[:place] + letter + code[place + 1 :]).valid


@pytest.mark.parametrize(
    ("code", "kind", "lineage"),
    [
        ("410000", "province", ("410000",)),
        ("410100", "city", ("410000", "410100")),
        ("410102", "county", ("410000", "410100", "410102")),
        ("410102014", "street", ("410000", "410100", "410102", "410102014")),
        ("410102001002", "community", ("410000", "410100", "410102", "410102001", "410102001002")),
        # a sub-district written with twelve digits
        ("410102014000", "street", ("410000", "410100", "410102", "410102014")),
        # 东莞 has no counties
        ("441900003", "street", ("440000", "441900", "441900003")),
    ],
)
def test_a_division_code_tells_its_level_and_what_lies_above(code: str, kind: str, lineage: tuple[str, ...]) -> None:
    found = check_division_code(code)

    assert (found.valid, found.kind, found.lineage) == (True, kind, lineage)


@pytest.mark.parametrize("code", ["", "41010", "4101020", "410002", "000000", "990102", "41010A", "410102000001"])
def test_a_malformed_division_code_is_refused(code: str) -> None:
    assert not check_division_code(code).valid


def test_every_real_division_is_accepted() -> None:
    with shared("divisions/zhongyuan_communities.csv").open(encoding="utf-8-sig", newline="") as rows:
        communities = list(csv.DictReader(rows))

    assert {check_division_code(row["code"]).kind for row in communities} == {"community"}
    assert all(row["street_code"] in check_division_code(row["code"]).lineage for row in communities)


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("13812345678", "13812345678"),
        ("138 1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        # as people say it
        ("幺三八一二三四五六七八", "13812345678"),
        ("0371-67181234", "0371-67181234"),
        ("(0371) 6718 1234", "0371-67181234"),
        ("010 6512 3456", "010-65123456"),
        ("+86 371 67181234", "0371-67181234"),
        # an extension
        ("0371-67181234转802", "0371-67181234-802"),
        ("0371-67181234-802", "0371-67181234-802"),
        ("400-800-1234", "4008001234"),
        # too short, not a number, a mobile that does not exist
        ("67181234", None),
        ("1381234567", None),
        ("12812345678", None),
        ("张三", None),
        ("", None),
    ],
)
def test_a_phone_has_one_form(said: str, phone: str | None) -> None:
    assert normal_phone(said) == phone


def test_a_local_number_takes_the_area_code_of_the_street() -> None:
    assert normal_phone("67181234", area_code="0371") == "0371-67181234"
    assert normal_phone("67181234转8", area_code="0371") == "0371-67181234-8"


@given(
    st.text(max_size=20)
    | st.from_regex(r"(\+86 ?)?1[3-9][0-9]{9}|0[3-9][0-9]{2}-?[2-8][0-9]{6,7}(转[0-9]{1,4})?", fullmatch=True)
)
def test_normalising_a_phone_twice_changes_nothing(said: str) -> None:
    phone = normal_phone(said)

    assert phone is None or normal_phone(phone) == phone


def test_a_phone_is_checked_and_grouped() -> None:
    assert (check_phone("0371-67181234").kind, check_phone("4008001234").kind) == ("landline", "service")
    assert "11 位手机号" in check_phone("123").reason
    assert grouped_phone("13812345678") == "138 1234 5678"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张", "*"),
        ("", ""),
        ("阿依古丽·买买提", "阿***·***"),
        # characters of four bytes, and of the second plane of the newest standard
        ("𬭊𠮷", "𬭊*"),
        ("䶮小明", "䶮**"),
        # a variation selector belongs to its character
        ("葛\U000e0100城", "葛*"),
        ("John Smith", "J*** *****"),
    ],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(alphabet=st.characters(categories=["Lo"]), min_size=2, max_size=8))
def test_a_masked_name_keeps_only_its_first_character(name: str) -> None:
    masked = mask_name(name)

    assert set(masked[1:]) <= {"*"}


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("138 1234 5678", "138****5678"),
        ("0371-67181234", "0371-******34"),
        ("0371-67181234转802", "0371-******34"),
        ("4008001234", "400*****34"),
        ("123456", "******"),
    ],
)
def test_a_phone_is_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_an_identity_number_is_masked() -> None:
    assert mask_id_number("11010519491231002x") == "110105********002X"
    assert mask_id_number("1101051949") == "**********"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("柳湖街道百花路12号院3号楼2单元501室", "柳湖街道百花路**号院*号楼*单元***室"),
        ("百花里3-2-501", "百花里*-*-***"),
        ("百花小区十二号楼三单元B座", "百花小区**号楼*单元*座"),
        # a numeral in a name stays
        ("三里屯第一小学", "三里屯第一小学"),
    ],
)
def test_an_address_keeps_its_street_and_hides_its_door(address: str, masked: str) -> None:
    assert mask_address(address) == masked
