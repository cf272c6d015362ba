"""Importing citizens' messages as the cases of a demonstration city: classified by the shipped model, routed, timed.

Columns: 留言编号, 留言主题, 留言时间, 留言详情 (留言用户, 点赞数 … are left out: of who wrote nothing is kept but the message's number).
Each message is told at its own time; below the model's threshold its category is 不确定 and it waits at the duty desk as a routing gap.
The city is founded on first use: a unit for each first-level category, one routing row each, a synthetic duty desk.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gridloop.core.errors import GridloopError, WrongInput
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.rules import UNSURE, classifier
from gridloop.offices.organisation.models import Street
from gridloop.site.founding import GridPlan, PersonPlan, StreetPlan, UnitPlan, found
from gridloop.site.imports.filing import Record, cases_of, file_records
from gridloop.site.imports.reading import Row, read_sheet
from gridloop.site.imports.tally import Tally
from gridloop.site.moments import parse_moment

STREET = "430199990"
ZONE = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2004, 1, 1, tzinfo=ZONE)
PROFILE = "12345"
COLUMNS = {
    "id": ("留言编号", "编号"),
    "title": ("留言主题", "主题"),
    "time": ("留言时间", "时间"),
    "text": ("留言详情", "内容"),
}
UNITS = {
    "城乡建设": ("construction", "住房和城乡建设局"),
    "劳动和社会保障": ("labour", "人力资源和社会保障局"),
    "教育文体": ("education", "教育体育局"),
    "商贸旅游": ("commerce", "商务和文化旅游局"),
    "卫生计生": ("health", "卫生健康委员会"),
    "交通运输": ("transport", "交通运输局"),
    "环境保护": ("environment", "生态环境局"),
}


def import_messages(path: Path, *, at: datetime, street: str = "", dry_run: bool = False) -> Tally:
    """Every good message is a case of the city (or of ``street``); read again, it adds nothing."""
    sheet = read_sheet(path, columns=COLUMNS, required=("id", "time", "text"))
    tally = Tally("messages", dry_run)
    tally.begin(sheet)
    records = [record for row in sheet.rows if (record := _record(row, tally))]
    code = street or found_city()
    file_records(tally, records, street=code, at=at, column="id")
    cases = cases_of(tally.kind, code, [record.key for record in records])
    tally.details = {"street": code, "threshold": classifier().threshold, **_account(list(cases.values()))}
    return tally


def found_city() -> str:
    """The demonstration city stands; its code."""
    if not Street.objects.filter(code=STREET).exists():
        found(_plan(), at=FOUNDED)
    return STREET


def _plan() -> StreetPlan:
    units = [UnitPlan(code, name, kind="authority", parent="office") for code, name in UNITS.values()]
    routes = [
        {
            "row": f"R{number}",
            "category": category,
            "unit": code,
            "profile": PROFILE,
            "reason": "{category}类留言由{unit}主办",
        }
        for number, (category, (code, _)) in enumerate(UNITS.items(), start=1)
    ]
    return StreetPlan(
        code=STREET, slug="messages", name="示例市(留言)", district="430199", district_name="示例市",
        units=(UnitPlan("office", "示例市留言办理中心", kind="street_office", is_backstop=True), *units),
        grids=(GridPlan(STREET, "示例市", "street"),),
        people=(PersonPlan("P01", "演示受理员", "office", (("DESK", "值班受理岗", "duty_desk", "office", ""),)),),
        categories=tuple(UNITS), routes=routes, backstop_profile=PROFILE, is_demonstration=True,
    )  # fmt: skip


def _record(row: Row, tally: Tally) -> Record | None:
    """The message as a filing; None (and a rejection) when its time cannot be read or lies before the city's first table."""
    try:
        told_at = parse_moment(row.cells["time"], zone=ZONE, field="time")
        if told_at < FOUNDED:
            raise WrongInput(
                "import.too_early",
                f"留言时间 {row.cells['time']} 早于 {FOUNDED.year} 年,没有可用的日历;请核对。",
                field="time",
            )
    except GridloopError as error:
        tally.reject(row.number, error)
        return None
    filing = Filing(
        text=_tidy(row.cells["text"]), title=row.cells.get("title", ""), source="import", external_id=row.cells["id"]
    )
    return Record(row.number, told_at, filing)


def _tidy(text: str) -> str:
    """The text without the blank lines and indentation that web pages leave behind."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _account(cases: list[Case]) -> dict[str, object]:
    """How many of the file's cases (made now or before) were classified, how many the model was unsure of, and how they spread."""
    spread = Counter(case.category for case in cases)
    unsure = spread.get(UNSURE, 0)
    return {
        "classified": len(cases) - unsure,
        "unsure": unsure,
        "categories": dict(spread.most_common()),
    }
