"""The one small sample street for all tests: 柳荫街道, four compounds in a square, six units, a dozen synthetic people.

The square spans 113.50–113.52 E, 34.70–34.72 N; each compound is a quarter. ``SW`` is the lowest code.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from gridloop.core.access import Actor
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Street
from gridloop.site.founding import DutyPlan, GridPlan, PersonPlan, StreetPlan, UnitPlan, found

CODE = "410102990"
BEIJING = timezone(timedelta(hours=8))
FOUNDED = datetime(2022, 1, 4, 9, 0, tzinfo=BEIJING)
MONDAY = datetime(2022, 5, 23, 10, 0, tzinfo=BEIJING)
PASSWORD = "sample-street-pass"


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """A square as GeoJSON."""
    east, north = round(west + side, 6), round(south + side, 6)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


UNITS = (
    UnitPlan("office", "柳荫街道办事处", kind="street_office", is_backstop=True, phone="0371-60000000"),
    UnitPlan("urban", "城市管理中队", parent="office"),
    UnitPlan("housing", "房管所", parent="office"),
    UnitPlan("environment", "生态环境站", parent="office"),
    UnitPlan("economy", "经济发展办", parent="office"),
    UnitPlan("district_urban", "区城市管理局", kind="authority", is_superior=True),
)
GRIDS = (
    GridPlan(CODE, "柳荫街道", "street"),
    GridPlan("C1", "柳荫社区", "community", CODE),
    GridPlan("C2", "河畔社区", "community", CODE),
    GridPlan("C1-SW", "西南小区", "compound", "C1", square(113.50, 34.70, 0.01)),
    GridPlan("C1-SE", "东南小区", "compound", "C1", square(113.51, 34.70, 0.01)),
    GridPlan("C2-NW", "西北小区", "compound", "C2", square(113.50, 34.71, 0.01)),
    GridPlan("C2-NE", "东北小区", "compound", "C2", square(113.51, 34.71, 0.01)),
)
PEOPLE = (
    PersonPlan("P01", "甲受理", "office", (("DESK", "值班受理岗", "duty_desk", "office", ""),), username="desk"),
    PersonPlan("P02", "乙领导", "office", (("LEAD", "街道主任", "street_leader", "office", ""),), username="leader"),
    PersonPlan("P03", "丙城管", "urban", (("URBAN-1", "承办人", "unit_worker", "urban", ""),), username="urban"),
    PersonPlan("P04", "丁队长", "urban", (("URBAN-0", "中队长", "unit_leader", "urban", ""),), username="urban_leader"),
    PersonPlan(
        "P05", "戊房管", "housing", (("HOUSING-1", "承办人", "unit_worker", "housing", ""),), username="housing"
    ),
    PersonPlan(
        "P06", "己环保", "environment", (("ENV-1", "承办人", "unit_worker", "environment", ""),), username="environment"
    ),
    PersonPlan("P07", "庚核查", "office", (("VERIFY", "核查员", "verifier", "office", ""),), username="verifier"),
    PersonPlan(
        "P08", "辛管家", "economy", (("MANAGER-1", "服务管家", "service_manager", "economy", "C1"),), username="manager"
    ),
    PersonPlan("P09", "壬网格", "office", (("GRID-C1", "网格员", "grid_worker", "office", "C1"),), username="grid"),
    PersonPlan(
        "P10", "癸经济", "economy", (("ECONOMY-1", "承办人", "unit_worker", "economy", ""),), username="economy"
    ),
    PersonPlan(
        "P11", "子系统", "office", (("KEEPER", "系统管理员", "system_keeper", "office", ""),), username="keeper"
    ),
    PersonPlan(
        "P12",
        "丑区局",
        "district_urban",
        (("ABOVE-1", "承办人", "unit_worker", "district_urban", ""),),
        username="above",
    ),
    PersonPlan(
        "P13", "寅系统", "office", (("KEEPER-2", "系统管理员", "system_keeper", "office", ""),), username="keeper2"
    ),
)
CATEGORIES = (
    "城乡建设/市政设施/路灯",
    "城乡建设/市政设施/积水",
    "城乡建设/房屋管理/漏水",
    "环境保护/噪音",
    "企业服务/融资",
    "企业服务/证照",
)
ROUTES: tuple[dict[str, object], ...] = (
    {"row": "R1", "category": "城乡建设", "unit": "urban", "profile": "san_bu_guo", "reason": "城建类由{unit}主办"},
    {
        "row": "R2",
        "category": "城乡建设/房屋管理",
        "unit": "housing",
        "profile": "san_bu_guo",
        "reason": "房屋管理由{unit}主办",
    },
    {"row": "R3", "category": "环境保护", "unit": "environment", "profile": "1137", "reason": "环境类由{unit}主办"},
    {"row": "R4", "category": "企业服务", "unit": "economy", "profile": "san_bu_guo", "reason": "企业问题由{unit}牵头"},
    {
        "row": "R5",
        "category": "城乡建设/市政设施",
        "place": f"410102/{CODE}/C2",
        "unit": "housing",
        "profile": "san_bu_guo",
        "reason": "{place}的市政设施由{unit}代管",
    },
)
DUTIES = (
    DutyPlan(
        "P-12",
        "assist",
        "市政道路照明设施维护",
        lead="区城市管理局",
        unit_code="district_urban",
        category="城乡建设/市政设施",
    ),
    DutyPlan("B-03", "basic", "辖区市容环境卫生", lead="城市管理中队", unit_code="urban", category="城乡建设"),
)
PLAN = StreetPlan(
    code=CODE, slug="sample", name="柳荫街道", district="410102", district_name="中原区", units=UNITS, grids=GRIDS, people=PEOPLE,
    categories=CATEGORIES, routes=ROUTES, duties=DUTIES, addresses=(("柳荫路1号院", "C1-SW"), ("河畔花园", "C2-NE")),
    is_demonstration=True, passwords={person.username: PASSWORD for person in PEOPLE},
)  # fmt: skip

IN_SW = {"lon": 113.505, "lat": 34.705}
IN_NE = {"lon": 113.515, "lat": 34.715}


def sample_street(at: datetime = FOUNDED) -> Street:
    """The sample street, founded."""
    return found(PLAN, at=at)


def who(username: str, *, at: datetime = MONDAY) -> Actor:
    """The actor that a sample person is at a moment: ``who("desk")``."""
    code = next(person.code for person in PEOPLE if person.username == username)
    return organisation.actor_of(organisation.person(CODE, code), at=at)
