"""柳湖街道 (410102014) as a demonstration: 66 grids, three roles in each, and the five-tier chain as far as posts go.

Public facts: the names and codes of the street and its six communities, and the counts the source gives: 1 first-level, 6
second-level, 59 third-level grids. Everything else is synthetic: people, compounds and the drawn cells.

The five tiers 党工委—村(社区)党组织—网格党支部—楼栋(单元)党小组—党员联系户: four stand here as posts (街道党工委书记; community secretaries
as second-level grid leaders; branch secretaries as third-level grid leaders; building stewards). The fifth is a link
between a member and a household, which the Party tree of a later issue brings.
"""

from __future__ import annotations

from datetime import date

from gridloop.site.demo.cells import as_geojson, cut
from gridloop.site.demo.people import Post, Roll
from gridloop.site.demo.street import called, demonstration
from gridloop.site.demo.tale import Names
from gridloop.site.founding import DutyPlan, GridPlan, StreetPlan, UnitPlan

CODE = "410102014"
SEED = 14
BOX = (113.482, 34.722, 113.527, 34.758)
COMMUNITIES = (
    ("410102014001", "汇泉东社区", "community", 16, ("汇泉东苑", "汇泉花园", "演示大道", "汇泉里")),
    ("410102014207", "三王庄村", "village", 11, ("三王庄新居", "三王雅苑", "王庄路")),
    ("410102014208", "桐树王村", "village", 9, ("桐树小区", "梧桐里", "桐荫路")),
    ("410102014209", "马庄村", "village", 8, ("马庄安置区", "马庄北苑")),
    ("410102014210", "白寨村", "village", 8, ("白寨新村", "白寨嘉园")),
    ("410102014211", "庙王村", "village", 7, ("庙王社区楼院", "庙王集市")),
)
ROLES = (("网格长", "grid_leader"), ("防疫专员", "health_officer"), ("网格员", "grid_worker"))
UNITS = (
    UnitPlan("office", "柳湖街道办事处", kind="street_office", is_backstop=True, phone="0371-60000014"),
    UnitPlan("command", "联防联控指挥部", kind="command", parent="office"),
    UnitPlan("party", "党群工作办", parent="office"),
    UnitPlan("governance", "社会治理办", parent="office"),
    UnitPlan("urban", "城管中队", kind="station", parent="office"),
    UnitPlan("municipal", "市政养护站", kind="station", parent="office"),
    UnitPlan("housing", "物业房管办", parent="office"),
    UnitPlan("environment", "生态环境站", kind="station", parent="office"),
    UnitPlan("safety", "应急消防站", kind="station", parent="office"),
    UnitPlan("health", "卫生健康办", parent="office"),
    UnitPlan("civil", "民政服务所", kind="station", parent="office"),
    UnitPlan("economy", "经济工作专班", kind="task_force", parent="office"),
    UnitPlan("market", "市场监管所", kind="station", parent="office"),
    UnitPlan("police", "派出所", kind="station"),
    UnitPlan("justice", "司法所", kind="station", parent="office"),
    UnitPlan("service", "便民服务中心", parent="office"),
    UnitPlan("water", "供水站", kind="utility"),
    UnitPlan("power", "供电所", kind="utility"),
    UnitPlan("gas", "燃气站", kind="utility"),
    UnitPlan("heat", "热力站", kind="utility"),
    *(UnitPlan(f"c{code[-3:]}", name, kind=kind, parent="office") for code, name, kind, _, _ in COMMUNITIES),
    UnitPlan("d_urban", "区城市管理局", kind="authority", is_superior=True),
    UnitPlan("d_housing", "区住房和城乡建设局", kind="authority", is_superior=True),
    UnitPlan("d_health", "区卫生健康委员会", kind="authority", is_superior=True),
    UnitPlan("d_environment", "区生态环境分局", kind="authority", is_superior=True),
    UnitPlan("d_emergency", "区应急管理局", kind="authority", is_superior=True),
)
CATEGORIES = (
    "市容环境/占道经营", "市容环境/垃圾清运", "市容环境/乱堆乱放/楼道", "市容环境/乱堆乱放/公共区域", "市容环境/小广告",
    "市政设施/道路/坑洼破损", "市政设施/道路/井盖", "市政设施/路灯", "市政设施/排水积水", "房屋物业/漏水维修", "房屋物业/物业服务",
    "房屋物业/电梯", "房屋物业/违规装修", "噪音油烟/施工噪音", "噪音油烟/生活噪音", "噪音油烟/餐饮油烟", "消防安全/消防通道",
    "消防安全/电动车充电", "消防安全/设施损坏", "矛盾纠纷/邻里纠纷", "矛盾纠纷/劳资纠纷", "矛盾纠纷/物业纠纷", "疫情防控/核酸检测",
    "疫情防控/疫苗接种", "疫情防控/返乡报备", "疫情防控/居家服务", "便民服务/代办事项", "便民服务/办事咨询", "便民服务/困难帮扶",
    "水电气热/停水", "水电气热/停电", "水电气热/燃气", "水电气热/供热", "企业诉求/政策咨询", "企业诉求/复工复产",
)  # fmt: skip
_ROUTED = (
    ("市容环境", "urban", "san_bu_guo", "市容环境由{unit}主办"),
    ("市政设施", "municipal", "san_bu_guo", "市政设施由{unit}主办"),
    ("房屋物业", "housing", "san_bu_guo", "房屋物业由{unit}主办"),
    ("房屋物业/电梯", "market", "12345", "电梯安全由{unit}主办"),
    ("噪音油烟", "environment", "san_bu_guo", "噪音油烟由{unit}主办"),
    ("噪音油烟/生活噪音", "police", "12345", "生活噪音由{unit}主办"),
    ("噪音油烟/餐饮油烟", "urban", "san_bu_guo", "餐饮油烟由{unit}主办"),
    ("消防安全", "safety", "12345", "消防安全由{unit}主办"),
    ("矛盾纠纷", "governance", "13710", "矛盾纠纷由{unit}主办"),
    ("矛盾纠纷/劳资纠纷", "justice", "13710", "劳资纠纷由{unit}调解"),
    ("疫情防控", "health", "12345", "疫情防控由{unit}主办"),
    ("疫情防控/返乡报备", "command", "12345", "返乡报备由{unit}登记"),
    ("疫情防控/居家服务", "civil", "12345", "居家服务由{unit}安排"),
    ("便民服务", "service", "san_bu_guo", "便民事项由{unit}办理"),
    ("便民服务/困难帮扶", "civil", "san_bu_guo", "困难帮扶由{unit}办理"),
    ("水电气热/停水", "water", "12345", "停水由{unit}处置"),
    ("水电气热/停电", "power", "12345", "停电由{unit}处置"),
    ("水电气热/燃气", "gas", "12345", "燃气由{unit}处置"),
    ("水电气热/供热", "heat", "12345", "供热由{unit}处置"),
    ("企业诉求", "economy", "san_bu_guo", "企业诉求由{unit}牵头"),
)
ROUTES = tuple(
    {"row": f"L{number:02d}", "category": category, "unit": unit, "profile": profile, "reason": reason}
    for number, (category, unit, profile, reason) in enumerate(_ROUTED, start=1)
) + tuple(
    {
        "row": f"L5{number}", "category": "矛盾纠纷/邻里纠纷", "place": f"410102/{CODE}/{code}", "unit": f"c{code[-3:]}", "profile": "13710",
        "reason": "{place}的邻里纠纷先由{unit}就近调解",
    }
    for number, (code, *_) in enumerate(COMMUNITIES, start=1)
)  # fmt: skip
DUTIES = (
    DutyPlan("J-01", "basic", "网格划分、网格员配备和日常巡查", lead="柳湖街道办事处", unit_code="office"),
    DutyPlan("J-02", "basic", "辖区市容环境卫生日常管理", lead="城管中队", unit_code="urban", category="市容环境"),
    DutyPlan(
        "J-03", "basic", "社会矛盾纠纷排查和人民调解", lead="社会治理办", unit_code="governance", category="矛盾纠纷"
    ),
    DutyPlan("J-04", "basic", "困难群众走访帮扶", lead="民政服务所", unit_code="civil", category="便民服务/困难帮扶"),
    DutyPlan(
        "J-05",
        "basic",
        "组织发动居民参加核酸检测和疫苗接种",
        lead="卫生健康办",
        unit_code="health",
        category="疫情防控",
    ),
    DutyPlan(
        "J-06", "basic", "村(社区)小微消防设施日常检查", lead="应急消防站", unit_code="safety", category="消防安全"
    ),
    DutyPlan(
        "P-01", "assist", "市政主干道和照明设施维护", lead="区城市管理局", unit_code="d_urban", category="市政设施"
    ),
    DutyPlan(
        "P-02", "assist", "物业服务企业监督管理", lead="区住房和城乡建设局", unit_code="d_housing", category="房屋物业"
    ),
    DutyPlan(
        "P-03", "assist", "建筑施工噪声执法", lead="区生态环境分局", unit_code="d_environment", category="噪音油烟"
    ),
    DutyPlan("J-07", "basic", "房屋公共部位维修资金使用", lead="物业房管办", unit_code="housing", category="房屋物业"),
    DutyPlan("J-08", "basic", "沿街雨水口清掏", lead="市政养护站", unit_code="municipal", category="市政设施/排水积水"),
    DutyPlan(
        "P-06",
        "assist",
        "疫苗供应和接种点设置",
        lead="区卫生健康委员会",
        unit_code="d_health",
        category="疫情防控/疫苗接种",
    ),
    DutyPlan("S-01", "withdrawn", "开具居住证明等重复证明", lead="区应急管理局", unit_code="d_emergency"),
    DutyPlan(
        "S-02", "withdrawn", "餐饮油烟行政处罚", lead="区城市管理局", unit_code="d_urban", category="噪音油烟/餐饮油烟"
    ),
)
CAMPAIGN = {
    "code": "fangkong", "name": "网格化疫情防控", "basis": "演示方案(虚构,非真实文件)", "starts_on": date(2022, 1, 4), "ends_on": date(2030, 12, 31),
    "data_policy": "只收集防控服务所需的最少信息,专项结束后销毁个人信息,保留销毁证明。",
    "scheme": "以村(社区)为重点、以网格为单元,压实网格长、防疫专员、网格员三级责任。",
}  # fmt: skip
ALIASES = {"街道办": "office"}
DESKS = (
    ("书记", "街道党工委书记", "street_leader", ""),
    ("主任", "街道办事处主任", "street_leader", "liuhu_leader"),
    ("值班1", "值班受理岗", "duty_desk", "liuhu_desk"),
    ("值班2", "值班受理岗(夜班)", "duty_desk", ""),
    ("核查1", "核查员", "verifier", "liuhu_verifier"),
    ("核查2", "核查员", "verifier", ""),
    ("管理1", "系统管理员", "system_keeper", "liuhu_keeper"),
    ("管理2", "系统管理员(复核)", "system_keeper", "liuhu_keeper2"),
    ("安全1", "安全管理员", "security_keeper", ""),
    ("审计1", "审计管理员", "audit_keeper", ""),
)


def grids() -> list[GridPlan]:
    """1 + 6 + 59 grids with their drawn cells: the third level tiles the second, the second the first."""
    found = [GridPlan(CODE, "柳湖街道", "street", geometry=as_geojson(BOX))]
    boxes = cut(BOX, weights=[float(count) for *_, count, _ in COMMUNITIES], seed=SEED)
    for box, (code, name, kind, count, _) in zip(boxes, COMMUNITIES, strict=True):
        found.append(GridPlan(code, name, kind, CODE, as_geojson(box)))
        pieces = cut(box, weights=[1.0] * count, seed=int(code))
        found += [
            GridPlan(f"{code}{number:03d}", f"{name}第{number}网格", "compound", code, as_geojson(piece))
            for number, piece in enumerate(pieces, start=1)
        ]
    return found


def addresses() -> tuple[tuple[str, str], ...]:
    """Synthetic compounds and roads, each in one cell: 汇泉东苑 lies in the community's first cell, and so on."""
    return tuple(
        (name, f"{code}{number:03d}") for code, *_, names in COMMUNITIES for number, name in enumerate(names, start=1)
    )  # fmt: skip


def roll() -> Roll:
    """Everyone of the street, with the posts they hold."""
    people = Roll(prefix="LL", seed=SEED)
    for call, title, role, username in DESKS:
        people.enlist(call, unit="office", posts=[Post(title, role)], username=username)
    for unit in UNITS[1:]:
        _unit_people(people, unit)
    for grid in grids():
        _grid_people(people, grid)
    return people


def _unit_people(people: Roll, unit: UnitPlan) -> None:
    """A head and an officer in charge for each unit; the superior units of the district have one contact."""
    username = "liuhu_unit" if unit.code == "urban" else ""
    people.enlist(unit.name, unit=unit.code, posts=[Post(f"{unit.name}承办人", "unit_worker")], username=username)
    if not unit.is_superior:
        people.enlist(f"{unit.name}负责人", unit=unit.code, posts=[Post(f"{unit.name}负责人", "unit_leader")])


def _grid_people(people: Roll, grid: GridPlan) -> None:
    """Three roles for each grid, and a building steward (楼栋党小组长) in each third-level one; calls as 网格长汇泉东社区第1网格."""
    unit = "office" if grid.kind == "street" else f"c{grid.code[9:12]}"
    for label, role in ROLES:
        call = f"{label}{grid.name}"
        username = "liuhu_grid" if call == "网格员汇泉东社区第1网格" else ""
        people.enlist(
            call, unit=unit, posts=[Post(f"{grid.name}{_title(grid, label)}", role, grid=grid.code)], username=username
        )
    if grid.kind == "compound":
        people.enlist(
            f"楼栋长{grid.name}",
            unit=unit,
            posts=[Post(f"{grid.name}楼栋党小组长", "building_steward", grid=grid.code)],
        )


def _title(grid: GridPlan, label: str) -> str:
    """A grid leader is also the secretary of the Party organisation on that tier."""
    tier = {"street": "", "community": "(社区党组织书记)", "village": "(村党组织书记)", "compound": "(网格党支部书记)"}[
        grid.kind
    ]
    return label + tier if label == "网格长" else label


def names() -> Names:
    """What the tales call this street's units and grids."""
    return called(units=UNITS, grids=grids(), aliases=ALIASES)


def plan() -> StreetPlan:
    """The street as it is founded."""
    return demonstration(
        code=CODE, slug="liuhu", name="柳湖街道", phone="0371-60000014", roll=roll(), units=UNITS, grids=grids(), categories=CATEGORIES,
        routes=ROUTES, duties=DUTIES, addresses=addresses(),
    )  # fmt: skip
