"""What a case is called where only its ref is known: its number, for lists of subjects."""

from __future__ import annotations

from collections.abc import Collection

from gridloop.offices.cases.models import Case, case_number


def numbers_of(street: str, refs: Collection[str]) -> dict[str, str]:
    """The numbers of the street's cases by ref, in one query; those of other streets are left out."""
    rows = Case.objects.filter(street=street, ref__in=set(refs)).values_list("ref", "filed_at", "pk")
    return {ref: case_number(filed_at, key) for ref, filed_at, key in rows}
