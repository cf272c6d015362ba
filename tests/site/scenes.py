"""A busy Monday in the sample street, and how two ledgers are compared: by what they say, not by salt or number."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

from gridloop.offices.archive.models import Entry
from gridloop.offices.cases import actions as cases
from gridloop.offices.cases.models import Case
from tests.sample import CODE, IN_NE, IN_SW, MONDAY, sample_street, who

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY + 10 * DAY
"""By then every case of Monday is overdue and the suspension is over."""


def file(text: str = "柳荫路路灯不亮三天了", category: str = "城乡建设/市政设施/路灯", **more: object) -> Case:
    """A case filed on Monday by the service manager."""
    filing = cases.Filing(text=text, category=category, source="manager", **{**IN_SW, **more})  # type: ignore[arg-type]
    return cases.file_case(by=who("manager"), at=MONDAY, street=CODE, filing=filing).case


def busy_street(*, plain: int = 3) -> list[Case]:
    """Cases in many states: some only filed, a gap, a returned one, a suspended one, one answered, one waiting for approval."""
    sample_street()
    filed = [file(text=f"第{number}盏路灯不亮") for number in range(plain)]
    gap = file(text="说不清归谁管的事", category="", lon=None, lat=None)
    returned, suspended, answered, asking = file(), file(), file(**IN_NE), file(category="环境保护/噪音")
    cases.return_case(
        by=who("urban"), at=MONDAY + HOUR, case=returned.ref, duty_item="P-12", reason="照明设施由区局维护"
    )
    cases.accept(by=who("urban"), at=MONDAY + HOUR, case=suspended.ref)
    cases.request_suspension(
        by=who("urban"),
        at=MONDAY + 2 * HOUR,
        case=suspended.ref,
        reason_code="superior",
        reason="等待上级批复",
        until=MONDAY + 3 * DAY,
    )
    cases.decide_suspension(by=who("leader"), at=MONDAY + 3 * HOUR, case=suspended.ref, approved=True)
    cases.accept(by=who("housing"), at=MONDAY + HOUR, case=answered.ref)
    cases.answer(by=who("housing"), at=MONDAY + DAY, case=answered.ref, text="路灯已经修好")
    cases.accept(by=who("environment"), at=MONDAY + HOUR, case=asking.ref)
    cases.request_extension(
        by=who("environment"),
        at=MONDAY + 2 * HOUR,
        case=asking.ref,
        reason_code="evidence",
        reason="需要夜间检测",
        amount=3,
    )
    return [*filed, gap, returned, suspended, answered, asking]


def told() -> list[tuple[str, str, str]]:
    """What the ledger says, in its order: kind, subject and payload of every entry; a trouble goes by the case that it was first noticed at."""
    rows = [
        (kind, subject, json.dumps(json.loads(payload), sort_keys=True, ensure_ascii=False))
        for kind, subject, payload in Entry.objects.order_by("seq", "id").values_list("kind", "subject", "payload")
    ]
    names: dict[str, str] = {}
    for _kind, subject, payload in rows:
        if subject.startswith("trouble:"):
            names.setdefault(subject, f"trouble:{json.loads(payload)['case']}")
    return [(kind, names.get(subject, subject), payload) for kind, subject, payload in rows]


def ledger() -> Counter[tuple[str, str, str]]:
    """What the whole ledger says, however often and in whatever order."""
    return Counter(told())
