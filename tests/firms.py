"""Synthetic firms of the sample street, for tests: valid codes, told as a form tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.identity import complete_uscc
from gridloop.offices.enterprise.actions.register import register_enterprise
from gridloop.offices.enterprise.models import Enterprise
from tests.sample import CODE, MONDAY


def code_of(number: int) -> str:
    """The number-th synthetic 统一社会信用代码; its registration authority is that of 中原区."""
    return complete_uscc(f"91410102MA{number:07d}")


def told(number: int = 1, **cells: str) -> dict[str, str]:
    """A machine works in the south-west compound, unless the cells say otherwise."""
    return {
        "name": f"示例机械厂{number}号", "code": code_of(number), "industry": "3411", "staff": "40", "revenue": "800",
        "address": "柳荫路1号院", **cells,
    }  # fmt: skip


def registered(
    number: int = 1, *, by: Actor = SYSTEM, at: datetime = MONDAY, street: str = CODE, **cells: Any
) -> Enterprise:
    """The synthetic firm is on the register."""
    return register_enterprise(by=by, at=at, street=street, told=told(number, **cells))
