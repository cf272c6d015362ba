"""Resumption of work (复工): the checklist a firm goes through, the counts of staff tests, the charter coaches that bring workers back.

Chinese terms: 复工 (resumption), 清单 (checklist), 核查 (check), 退回 (returned with a reason), 核酸批次 (test batch), 包车 (charter trip). Items are data:
a street may have its own list; ``ITEMS`` is what it starts with. No person is in any of it: batches and trips hold counts only, and what a test found
is not kept here at all (the health authority deals with it).

Worked example::

    progress(["passed"] * 7 + ["waiting", "returned"])     # Progress(passed=7, returned=1, whole=9): “复工进度 7/9 项”
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STATES = {"open": "核查中", "resumed": "已复工", "withdrawn": "已撤回"}
ITEM_STATES = {"waiting": "待核查", "passed": "通过", "returned": "退回"}
TRIP_STATES = {"planned": "待发车", "departed": "在途", "arrived": "已到达", "cancelled": "已取消"}
ITEMS = (
    "复工人员名单已核对,由企业留存",
    "员工来源地和健康状况已由企业核实",
    "员工核酸检测已安排",
    "防疫专员和应急预案已落实",
    "口罩、消杀等物资够用两周",
    "办公、生产、食堂、宿舍已消毒并通风",
    "体温检测和来访登记已设置",
    "消防和用电安全已自查",
    "供水、供电、供气能恢复",
)
MOST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a checklist has come; work may be resumed when ``is_complete``."""

    passed: int
    returned: int
    whole: int

    @property
    def is_complete(self) -> bool:
        return self.whole > 0 and self.passed == self.whole


def progress(states: Iterable[str]) -> Progress:
    """Counted from the states of the items."""
    told = list(states)
    return Progress(told.count("passed"), told.count("returned"), len(told))


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over batches or trips, each made of the rows that the page lists."""

    rows: int
    firms: int
    planned: int
    done: int


def too_many(seats: int, workers: Iterable[int]) -> int:
    """By how many the workers exceed the seats of a coach; 0 when all can sit."""
    return max(0, sum(workers) - seats)
