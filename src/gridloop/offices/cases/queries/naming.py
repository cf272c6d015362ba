"""What a case is called where only its ref is known, for lists of subjects; and the other way, for those who look after a ledger."""

from __future__ import annotations

from collections.abc import Collection

from gridloop.offices.cases.models import Case, case_number


def numbers_of(street: str, refs: Collection[str]) -> dict[str, str]:
    """The numbers of the street's cases by ref, in one query; those of other streets are left out."""
    rows = Case.objects.filter(street=street, ref__in=set(refs)).values_list("ref", "filed_at", "pk")
    return {ref: case_number(filed_at, key) for ref, filed_at, key in rows}


def refs_of(street: str, numbers: Collection[str]) -> dict[str, str]:
    """The refs of the street's cases by number, in one query; a number that is none of them is left out."""
    keys = {int(running) for _, _, running in (number.partition("-") for number in numbers) if running.isdecimal()}
    rows = Case.objects.filter(street=street, pk__in=keys).values_list("ref", "filed_at", "pk")
    return {case_number(filed_at, key): ref for ref, filed_at, key in rows}


def ref_of_number(street: str, number: str) -> str:
    """The ref of the street's case with this number (``20220529-000017``); empty where the street has none.

    It tells nothing else of the case, and asks no scope: a security keeper, who sees no cases, finds by it what is to be erased.
    """
    digits = number.strip().replace("-", "")
    if not (digits.isascii() and digits.isdecimal() and 8 < len(digits) < 26):
        return ""
    row = Case.objects.filter(street=street, pk=int(digits[8:])).values_list("ref", "filed_at", "pk").first()
    return row[0] if row and case_number(row[1], row[2]).replace("-", "") == digits else ""
