"""1,200 visits and more over the first half of 2022: each manager writes up the week on Friday afternoon, through the office's own action.

Every firm is contacted about once in five weeks, at the door only where the cap allows it (once in 30 days), else by telephone or online. Every
ninth contact is made by two bodies together (one visit, two bodies); some firms decline, some are not reached, and a dozen were never contacted:
the page shows them. What a manager found on a visit of its own day (the tales say ``found=visit``) was logged then, not on Friday. Synthetic, the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from gridloop.offices.enterprise.actions.visit_sheets import Row, log_visits
from gridloop.offices.enterprise.actions.visits import VisitTold
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.visit_models import Visit
from gridloop.site.demo.replay import CAP, Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

SEED = 1200
MANAGERS = 15
FIRST_FRIDAY, LAST_FRIDAY = date(2022, 1, 7), date(2022, 5, 27)
FESTIVAL = date(2022, 2, 4)
"""The Friday of the Spring Festival week: nobody calls."""
ROUND = 5
"""Weeks in which each firm has its turn once."""
TOPICS = (
    (("policy",), "讲减税降费和稳岗返还,留了一页纸说明"),
    (("service",), "帮着看了网上办事的步骤,留了服务电话"),
    (("know",), "了解订单、用工和资金情况"),
    (("problem", "know"), "回头看上次说的事,了解新情况"),
    (("policy", "know"), "送本月政策摘要,问了生产情况"),
)


def happenings() -> list[Happening]:
    """A Friday afternoon for each week but the festival's."""
    weeks = ((LAST_FRIDAY - FIRST_FRIDAY).days // 7) + 1
    fridays = [FIRST_FRIDAY + timedelta(weeks=number) for number in range(weeks)]
    return [
        Happening(
            datetime.combine(friday, time(16, 40), tzinfo=BEIJING), f"走访 {friday}", _week(number, friday, fridays)
        )
        for number, friday in enumerate(fridays)
        if friday != FESTIVAL
    ]


def _week(number: int, friday: date, fridays: list[date]) -> Callable[[Stage, datetime], None]:
    def write_up(stage: Stage, at: datetime) -> None:
        lately = _seen_at_the_door(stage, friday)
        for manager, firms in _firms_by_manager(stage).items():
            chance = random.Random(f"{SEED}-{number}-{manager}")  # noqa: S311 - synthetic visits, the same each time
            rows = [_by_the_cap(row, lately) for row in _rows(firms, number, friday, chance=chance)]
            log_visits(by=actor_of_stage(stage, manager, at), at=at, street=stage.street, rows=rows)

    return write_up


def _seen_at_the_door(stage: Stage, friday: date) -> set[str]:
    """The refs of the firms at whose door somebody was for a problem within the cap before that Friday's week."""
    since = datetime.combine(friday, time(), tzinfo=BEIJING) - CAP
    told = Visit.objects.filter(street=stage.street, way="on_site", state="done", happened_at__gt=since)
    return set(told.filter(found__isnull=False).values_list("enterprise__ref", flat=True))


def _by_the_cap(row: Row, lately: set[str]) -> Row:
    """The row, by telephone where a visit for a problem has used up the cap."""
    ref, told = row
    return (ref, replace(told, way="phone")) if told.way == "on_site" and ref in lately else row


def _firms_by_manager(stage: Stage) -> dict[str, list[tuple[int, Enterprise, str]]]:
    """By a manager's call name: the firms they are paired with, with the department that serves each. Three statements."""
    calls = {code: call for call, code in stage.calls.items() if call.startswith("管家")}
    held = Pairing.objects.filter(street=stage.street, ends_at__isnull=True).select_related("person", "unit")
    managers, departments = {}, {}
    for row in held.filter(slot__in=("manager", "department")).order_by("pk"):
        (managers if row.slot == "manager" else departments)[row.subject] = row
    found: dict[str, list[tuple[int, Enterprise, str]]] = {}
    for number, firm in enumerate(Enterprise.objects.filter(street=stage.street, left_at__isnull=True).order_by("pk")):
        manager = managers.get(firm.subject)
        if manager and manager.person:
            found.setdefault(calls[manager.person.code], []).append((number, firm, departments[firm.subject].unit.code))
    return found


def _rows(
    firms: Iterable[tuple[int, Enterprise, str]], week: int, friday: date, *, chance: random.Random
) -> Iterable[Row]:
    """What one manager did in the week: the firms whose turn it is."""
    for place, (number, firm, department) in enumerate(firms):
        if number % 25 == 24 or (place + week) % ROUND:  # never contacted, or not this week's turn
            continue
        day = friday - timedelta(days=chance.randrange(5))
        yield firm.ref, _told(number, week, day, department, chance)


def _told(number: int, week: int, day: date, department: str, chance: random.Random) -> VisitTold:
    """One contact. At the door in every other round, so that the cap is kept; a few decline or are not reached."""
    purposes, topic = TOPICS[(number + week) % len(TOPICS)]
    at_the_door = (week // ROUND) % 2 == number % 2
    way = "on_site" if at_the_door else "phone" if chance.random() < 0.7 else "online"
    happened = datetime.combine(day, time(9 + chance.randrange(7), chance.randrange(60)), tzinfo=BEIJING)
    told = VisitTold(way=way, purposes=purposes, topic=topic, happened_at=happened)
    fate = (number * 7 + week * 3) % 97
    if fate in (5, 41):
        return replace(told, outcome="declined", topic="", said="企业说近期忙,改约下次。")
    if fate in (17, 63):
        return replace(told, outcome="unreachable", topic="", said="电话未接通,已留言。")
    if (number * 5 + week) % 41 == 0:
        return replace(
            told, level="county", bodies=("campaign", "d_leaders"), topic="分包领导和管家一起上门,听企业说困难"
        )
    if (number + week) % 9 == 0:
        return replace(told, bodies=("campaign", department))
    return told
