"""Policies of the sample street, for tests: told as an editor tells them, published by a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from gridloop.offices.policies import actions
from gridloop.offices.policies.actions import Told
from gridloop.offices.policies.models import Policy
from tests.sample import CODE, MONDAY, who

SMALL = {"quote": "从业人员300人以下", "condition": {"fact": "staff", "at_most": 300}}
RETAIL = {"quote": "零售企业", "condition": {"fact": "industry", "starts_with": "52"}}
TURNOVER = {"quote": "上年营业收入2000万元以上", "condition": {"fact": "revenue", "at_least": 2000}}


def told(title: str = "小微企业房租补贴(示例)", **more: Any) -> Told:
    """A policy for small firms, in force since January, unless told otherwise."""
    values = {
        "title": title, "issuer": "示例区人民政府", "number": "示例政〔2022〕1号", "benefit": "每户补贴三个月房租。", "valid_from": date(2022, 1, 1),
        "clauses": [SMALL], "is_example": True, **more,
    }  # fmt: skip
    return Told(**values)


def published(title: str = "小微企业房租补贴(示例)", *, at: datetime = MONDAY, **more: Any) -> Policy:
    """Drafted by the economy office, published by the desk."""
    draft = actions.draft_policy(by=who("economy"), at=at, street=CODE, told=told(title, **more))
    return actions.publish_policy(by=who("desk"), at=at, policy=draft.ref)
