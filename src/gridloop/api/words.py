"""How texts that come in are described: what an action will accept, said in the schema, so that a caller can check before asking.

A *visible* letter is one that no trimming takes away; what an action asks of a trimmed text (``said``) is asked here of the letters between
the first and the last visible one. A null character fits no database.

Worked example: ``Words(least=4)`` takes ``"现场查看"`` and refuses ``" 好 "``.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path
from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

VISIBLE = r"[^\u0000-\u0020\u007f-\u00a0\u1680\u180e\u2000-\u206f\u3000\ufeff]"
ANY = r"[^\u0000]"
LONGEST = 2000
PHONE = r"^(1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})-?[2-8][0-9]{6,7})?$"
"""The plain forms of a telephone number, or nothing; others that people write are understood, too."""


def Words(*, least: int = 2, longest: int = LONGEST) -> StringConstraints:  # noqa: N802 - reads as the type it makes
    """A text of at least so many letters between its first and last visible one, at most so many in all."""
    between = f"{ANY}{{{least - 2},}}{VISIBLE}" if least > 1 else ""
    return StringConstraints(pattern=f"^{ANY}*{VISIBLE}{between}{ANY}*$", max_length=longest)


def needed_when(field: str, value: Any, needed: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The rule of JSON Schema that with this value of one field another is needed, and fits its schema."""
    return {
        "if": {"properties": {field: {"const": value}}, "required": [field]},
        "then": {"properties": {needed: schema}, "required": [needed]},
    }


def _written_out(value: object) -> object:
    """Nobody means the seconds since 1970 where a date is asked for. Raises PydanticCustomError."""
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?", value) is None:
        raise PydanticCustomError("date_parsing", "应为日期,例如 2022-05-29")
    return value


def _counted(value: object) -> object:
    """To JSON Schema 3.0 is a whole number, and neither "3" nor true is one. Raises PydanticCustomError."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "应为整数")
    return value


def _spelled_sum(value: object) -> object:
    """A sum of money is a text: a number of JSON may lose a cent on its way. Raises PydanticCustomError."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", '金额写成文本,单位元,例如 "50000.00"')
    return value


Opaque = Annotated[str, Path(pattern=r"^[2-9a-hjkmnp-z]{16}$", description="不透明的编号")]
"""A second ref in an address."""
Whole = Annotated[int, BeforeValidator(_counted)]
Yuan = Annotated[
    str, BeforeValidator(_spelled_sum), StringConstraints(pattern=r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"),
    Field(description="元,写成文本", examples=["8000000.00"]),
]  # fmt: skip
"""A sum of money in 元 as it comes in: text, never a number that a program may round."""
Revision = Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(_counted)]
EntryNumber = Annotated[int, Field(ge=1, le=2**53), BeforeValidator(_counted)]
Rating = Annotated[int, Field(ge=1, le=5), BeforeValidator(_counted)]
IsoDate = Annotated[date, BeforeValidator(_written_out)]
IsoMoment = Annotated[datetime, BeforeValidator(_written_out)]
"""A moment; what has no zone is in the street's."""
ZonedMoment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
