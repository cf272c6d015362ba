"""The 32 projects of 莲湖街道, 355 亿元 in all: names, owners and figures are made up and marked so; only the counts and the sum are the source's.

At the beginning of 2022 they were put on record where they stood (储备 9, 拟开工 7, 在建 10, 竣工 6); seven moved on by the end of May, which makes
7 + 6 + 11 + 8. Those being built report every month. What is planned lies around the present, so that the board shows a living street: one should
have started, one started early, and three lack something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from gridloop.core.access import Actor
from gridloop.core.project import YI
from gridloop.offices.projects import actions
from gridloop.offices.projects.actions import Told
from gridloop.offices.projects.models import Project
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

UNIT, CLERK = "economy", "经济发展办"
KEPT = datetime(2022, 1, 5, 9, 0, tzinfo=BEIJING)
"""When the stock was put on record."""
YEAR_SHARE = Decimal("0.30")
MONTH_SHARES = ("0.06", "0.05", "0.09", "0.10", "0.11", "0.09", "0.08", "0.08", "0.09", "0.09", "0.08", "0.08")
"""How much of a year's plan each month really did; they sum to one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One project: name, owner, sector, 亿元, priority, the library of January and, if it moved, the day."""

    name: str
    owner: str
    sector: str
    yi: str
    library: str
    moved: date | None = None
    priority: str = ""
    grid: str = ""
    speed: Decimal = Decimal(1)
    """Of what a month should do, how much it does."""


LINES = (
    Line("西四环智能装备产业园(演示)", "示例智造集团", "industry", "28", "reserve", priority="city", grid="410102013204003"),
    Line("莲湖数字文创基地(演示)", "示例文创公司", "service", "15", "reserve"),
    Line("址刘文旅二期(演示)", "示例文旅公司", "service", "12.5", "reserve", priority="district", grid="410102013208005"),
    Line("常庄冷链二期(演示)", "示例冷链公司", "industry", "9", "reserve", grid="410102013205003"),
    Line("刁沟食品园扩建(演示)", "示例食品公司", "industry", "8", "reserve", grid="410102013206003"),
    Line("赵仙垌建材市场改造(演示)", "示例建材公司", "city", "6.5", "reserve", grid="410102013207003"),
    Line("社区养老综合体(演示)", "示例康养公司", "livelihood", "5", "reserve"),
    Line("中原汽车会展中心(演示)", "示例会展集团", "service", "32", "planned", priority="province"),
    Line("常庄安置区三期(演示)", "示例城建公司", "city", "18", "planned", priority="district", grid="410102013205004"),
    Line("赵坡机器人产业园(演示)", "示例机器人公司", "industry", "10", "planned", priority="city", grid="410102013204003"),
    Line("莲湖邻里中心(演示)", "示例城投公司", "livelihood", "7.5", "planned"),
    Line("生物检测实验室(演示)", "示例检测公司", "service", "6", "reserve", date(2022, 3, 16)),
    Line("址刘学校新建(演示)", "示例教投公司", "livelihood", "4.5", "reserve", date(2022, 4, 20)),
    Line("奥莱商圈综合体(演示)", "示例商业集团", "service", "45", "building", priority="province", grid="410102013208004"),
    Line("赵坡新居安置房(演示)", "示例城建公司", "city", "22", "building", priority="city", grid="410102013204004"),
    Line("西区新能源车零部件厂(演示)", "示例零部件公司", "industry", "16", "building", priority="city", speed=Decimal("0.55")),
    Line("常庄物流枢纽(演示)", "示例物流公司", "infrastructure", "12", "building", grid="410102013205003"),
    Line("址刘创业园三期(演示)", "示例园区公司", "service", "9", "building", grid="410102013208003"),
    Line("阳光写字楼更新(演示)", "示例置业公司", "city", "8", "building", grid="410102013001005"),
    Line("刁沟污水泵站(演示)", "示例水务公司", "infrastructure", "6.5", "building"),
    Line("莲湖体育公园(演示)", "示例文体公司", "livelihood", "5", "building", speed=Decimal("1.2")),
    Line("智慧停车一期(演示)", "示例停车公司", "infrastructure", "4.5", "planned", date(2022, 2, 22)),
    Line("赵坡变电站(演示)", "示例电力公司", "infrastructure", "3", "planned", date(2022, 3, 29), speed=Decimal("1.3")),
    Line("社区卫生中心改造(演示)", "示例医投公司", "livelihood", "2", "planned", date(2022, 5, 12)),
    Line("数据中心一期(演示)", "示例数据公司", "industry", "20", "completed", priority="city"),
    Line("汽车城展厅改造(演示)", "示例汽贸公司", "service", "12", "completed", priority="district"),
    Line("阳光商业街提升(演示)", "示例商管公司", "city", "8", "completed", grid="410102013001004"),
    Line("常庄一组道路(演示)", "示例路桥公司", "infrastructure", "6", "completed"),
    Line("赵坡幼儿园(演示)", "示例教投公司", "livelihood", "5", "completed"),
    Line("食品检测线(演示)", "示例食品公司", "industry", "4", "completed"),
    Line("老旧小区加梯(演示)", "示例城建公司", "city", "3", "building", date(2022, 4, 28)),
    Line("充电场站一期(演示)", "示例充电公司", "infrastructure", "2", "building", date(2022, 5, 19)),
)  # fmt: skip
NEXT = {"reserve": "planned", "planned": "building", "building": "completed"}


def happenings(now: datetime) -> list[Happening]:
    """Everything that befalls the projects from January 2022 to now, each with its moment."""
    found: list[Happening] = []
    for number, line in enumerate(LINES, start=1):
        found += _of_line(line, number, now)
    return [*found, *_of_now(now)]


def _of_line(line: Line, number: int, now: datetime) -> Iterator[Happening]:
    kept = KEPT + timedelta(minutes=number)
    yield Happening(kept, f"项目 {line.name}", _enter(line, number, now))
    if line.library == "building" or (line.library == "planned" and line.moved and line.moved.month < 5):
        yield Happening(kept + timedelta(hours=3), f"计划 {line.name}", _plan(line, 2022))
        yield from (
            _report(line, date(2022, month, 1), number)
            for month in range(1, 6)
            if _is_building(line, date(2022, month, 1))
        )
    if line.moved:
        at = datetime.combine(line.moved, datetime.min.time(), tzinfo=BEIJING) + timedelta(hours=10, minutes=number)
        yield Happening(at, f"移库 {line.name}", _move(line))


def _is_building(line: Line, month: date) -> bool:
    if line.library == "planned":
        return bool(line.moved and line.moved.replace(day=1) <= month)
    return not (line.moved and line.moved <= month)


def _of_now(now: datetime) -> Iterator[Happening]:
    """The present: this year's months, and what three projects lack."""
    building = [
        line
        for line in LINES
        if (line.library == "building" and not line.moved) or (line.library == "planned" and line.moved)
    ]
    today = now.astimezone(BEIJING).date()
    if today.year > 2022:
        at = now - timedelta(days=9)
        yield Happening(at, "年度计划和月报", _catch_up(building, today))
    for hours, name, factor, gap, text in (
        (70, "赵坡机器人产业园(演示)", "power", "3150", "投产需两台变压器,现有线路容量不够。"),
        (52, "西区新能源车零部件厂(演示)", "labour", "120", "下月上夜班,缺装配工和质检员。"),
        (30, "中原汽车会展中心(演示)", "land", "18", "二号地块还差十八亩没有完成征收。"),
    ):
        yield Happening(now - timedelta(hours=hours), f"缺口 {name}", _need(name, factor, Decimal(gap), text))


def _clerk(stage: Stage, at: datetime) -> Actor:
    return actor_of_stage(stage, CLERK, at)


def _ref(stage: Stage, name: str) -> str:
    return str(Project.objects.values_list("ref", flat=True).get(street=stage.street, name=name))


def _told(line: Line, number: int, now: datetime) -> Told:
    """The record of January. Days that are planned lie around the present: the first of the planned ones should have started."""
    today = now.astimezone(BEIJING).date()
    told = Told(
        name=line.name, owner=line.owner, unit=UNIT, sector=line.sector, total=Decimal(line.yi) * YI, code=f"LH2022-{number:03d}", priority=line.priority,
        grid=line.grid, content="演示项目,内容虚构。", approval=f"演示备〔2021〕{number}号", site_ready=True,
        start_planned_on=today + timedelta(days=20 + number), finish_planned_on=today + timedelta(days=200 + number),
    )  # fmt: skip
    if line.name.startswith("莲湖邻里中心"):
        told = replace(told, start_planned_on=today - timedelta(days=40))
    if line.library == "reserve" and not line.moved:
        return replace(told, approval="", site_ready=None)
    if line.library in ("building", "completed") or line.moved:
        started = date(2021, 3, 1) + timedelta(days=number) if line.library in ("building", "completed") else None
        told = replace(
            told,
            permit=f"演示施〔2021〕{number}号",
            start_planned_on=started or told.start_planned_on,
            started_on=started,
        )
    if line.library == "completed":
        done = date(2021, 11, 1) + timedelta(days=number)
        told = replace(
            told,
            finished_on=done,
            finish_planned_on=done,
            produced_on=done,
            counted_on=None if number % 3 == 0 else done,
        )
    return told


def _enter(line: Line, number: int, now: datetime) -> Callable[[Stage, datetime], None]:
    def enter(stage: Stage, at: datetime) -> None:
        actions.enter_project(
            by=_clerk(stage, at),
            at=at,
            street=stage.street,
            told=_told(line, number, now),
            library=line.library,
            reason="年初建库",
            is_synthetic=True,
        )

    return enter


def _move(line: Line) -> Callable[[Stage, datetime], None]:
    """What the next library asks is put on record, and the project moves on."""

    def move(stage: Stage, at: datetime) -> None:
        assert line.moved is not None
        ref, by, to = _ref(stage, line.name), _clerk(stage, at), NEXT[line.library]
        if to == "building":
            planned = line.moved + timedelta(days=25 if line.name.startswith("赵坡变电站") else 0)
            actions.change_project(by=by, at=at, project=ref, started_on=line.moved, start_planned_on=planned)
        if to == "completed":
            actions.change_project(by=by, at=at, project=ref, finished_on=line.moved)
        actions.move_project(
            by=by,
            at=at,
            project=ref,
            to=to,
            reason=f"满足{'开工' if to == 'building' else '入库' if to == 'planned' else '竣工'}条件",
        )

    return move


def _plan(line: Line, year: int) -> Callable[[Stage, datetime], None]:
    def plan(stage: Stage, at: datetime) -> None:
        amount = (Decimal(line.yi) * YI * YEAR_SHARE).quantize(Decimal(1))
        moved_in = line.moved if line.library == "planned" else None
        first = moved_in.month if moved_in and moved_in.year == year else 1
        actions.plan_year(
            by=_clerk(stage, at), at=at, project=_ref(stage, line.name), year=year, amount=amount, first=first
        )

    return plan


def _report(line: Line, month: date, number: int) -> Happening:
    """A month is reported on the eighth of the next."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 8)
    at = datetime.combine(after, datetime.min.time(), tzinfo=BEIJING) + timedelta(hours=15, minutes=number)

    def report(stage: Stage, at: datetime) -> None:
        actions.report_month(
            by=_clerk(stage, at), at=at, project=_ref(stage, line.name), month=month, invested=_done(line, month)
        )

    return Happening(at, f"月报 {line.name}", report)


def _done(line: Line, month: date) -> Decimal:
    plan = Decimal(line.yi) * YI * YEAR_SHARE
    return (plan * Decimal(MONTH_SHARES[month.month - 1]) * line.speed).quantize(Decimal(1))


def _catch_up(lines: list[Line], today: date) -> Callable[[Stage, datetime], None]:
    """This year is planned, and every month but the running one is reported."""

    def catch_up(stage: Stage, at: datetime) -> None:
        for line in lines:
            _plan(line, today.year)(stage, at)
            for month in range(1, today.month):
                first = date(today.year, month, 1)
                actions.report_month(
                    by=_clerk(stage, at),
                    at=at,
                    project=_ref(stage, line.name),
                    month=first,
                    invested=_done(line, first),
                )

    return catch_up


def _need(name: str, factor: str, gap: Decimal, text: str) -> Callable[[Stage, datetime], None]:
    def need(stage: Stage, at: datetime) -> None:
        actions.need_factor(by=_clerk(stage, at), at=at, project=_ref(stage, name), factor=factor, gap=gap, text=text)

    return need
