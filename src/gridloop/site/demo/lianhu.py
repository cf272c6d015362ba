"""莲湖街道 (410102013) as a demonstration: what it starts with.

Public facts: the names and codes of the street and its six communities. Everything else is synthetic: people, compounds,
firms and the drawn cells. The special posts are those the source names: 15 service managers, 5 legal officers, 26 police
officers and 10 business-environment monitors, 56 in all (“四位一体”).
"""

from __future__ import annotations

from datetime import date

from gridloop.site.demo.cells import as_geojson, cut
from gridloop.site.demo.lianhu_firms import LEADERS
from gridloop.site.demo.people import Post, Roll
from gridloop.site.demo.street import called, demonstration
from gridloop.site.demo.tale import Names
from gridloop.site.founding import DutyPlan, GridPlan, StreetPlan, UnitPlan

CODE = "410102013"
SEED = 13
BOX = (113.428, 34.752, 113.474, 34.786)
COMMUNITIES = (
    (
        "410102013001",
        "阳光花苑社区",
        "community",
        ("阳光花苑一区", "阳光花苑二区", "阳光花苑三区", "阳光商业街", "阳光写字楼"),
    ),
    ("410102013204", "赵坡村", "village", ("赵坡村一组", "赵坡村二组", "赵坡产业园", "赵坡新居")),
    ("410102013205", "常庄村", "village", ("常庄村一组", "常庄村二组", "常庄物流园", "常庄安置区")),
    ("410102013206", "刁沟村", "village", ("刁沟村一组", "刁沟村二组", "刁沟工业小区")),
    ("410102013207", "赵仙垌村", "village", ("赵仙垌村一组", "赵仙垌村二组", "赵仙垌建材市场")),
    ("410102013208", "址刘村", "village", ("址刘村一组", "址刘村二组", "址刘创业园", "址刘奥莱商圈", "址刘文旅片区")),
)
UNITS = (
    UnitPlan("office", "莲湖街道办事处", kind="street_office", is_backstop=True, phone="0371-60000013"),
    UnitPlan("campaign", "万人助万企活动办", kind="campaign_office", parent="office"),
    UnitPlan("economy", "经济发展办", parent="office"),
    UnitPlan("finance", "财政所", kind="station", parent="office"),
    UnitPlan("tax", "税务服务团队", kind="team", parent="office"),
    UnitPlan("market", "市场监管所", kind="station", parent="office"),
    UnitPlan("power", "供电所", kind="utility"),
    UnitPlan("water", "供水站", kind="utility"),
    UnitPlan("gas", "燃气站", kind="utility"),
    UnitPlan("heat", "热力站", kind="utility"),
    UnitPlan("labour", "人社所", kind="station", parent="office"),
    UnitPlan("land", "自然资源所", kind="station", parent="office"),
    UnitPlan("urban", "城管中队", kind="station", parent="office"),
    UnitPlan("environment", "生态环境站", kind="station", parent="office"),
    UnitPlan("safety", "应急消防站", kind="station", parent="office"),
    UnitPlan("police", "派出所", kind="station"),
    UnitPlan("justice", "司法所", kind="station", parent="office"),
    UnitPlan("bank", "银行对接组", kind="team", parent="office"),
    UnitPlan("property", "物业管理办", parent="office"),
    UnitPlan("service", "便民服务中心", parent="office"),
    UnitPlan("d_finance", "区金融工作局", kind="authority", is_superior=True),
    UnitPlan("d_tax", "区税务局", kind="authority", is_superior=True),
    UnitPlan("d_market", "区市场监督管理局", kind="authority", is_superior=True),
    UnitPlan("d_land", "区自然资源和规划局", kind="authority", is_superior=True),
    UnitPlan("d_commerce", "区商务局", kind="authority", is_superior=True),
    UnitPlan("d_urban", "区城市管理局", kind="authority", is_superior=True),
    UnitPlan("d_housing", "区住房和城乡建设局", kind="authority", is_superior=True),
    UnitPlan("d_leaders", "中原区领导(演示)", kind="authority", is_superior=True),
)
CATEGORIES = (
    "企业服务/融资/流动资金", "企业服务/融资/授信续贷", "企业服务/用工/招工", "企业服务/用工/社保稳岗",
    "企业服务/证照办理/开办登记", "企业服务/证照办理/许可审批", "企业服务/税务/办税", "企业服务/税务/退税减免",
    "企业服务/水电气热/供电", "企业服务/水电气热/供水", "企业服务/水电气热/供气", "企业服务/水电气热/供热",
    "企业服务/土地规划/用地", "企业服务/土地规划/规划手续", "企业服务/环境治安/周边秩序", "企业服务/环境治安/环保",
    "企业服务/环境治安/治安", "企业服务/法律咨询/合同", "企业服务/法律咨询/欠款", "企业服务/政策咨询/惠企政策",
    "企业服务/市场拓展/产销对接", "企业服务/市场拓展/线上销售", "企业服务/物流通行/车辆通行", "企业服务/综合诉求/多部门",
    "市容环境/占道经营", "市容环境/垃圾清运", "市政设施/道路井盖", "市政设施/路灯", "房屋物业/漏水维修", "房屋物业/物业服务",
    "噪音油烟/施工噪音", "噪音油烟/餐饮油烟", "消防安全/消防通道", "矛盾纠纷/邻里纠纷", "便民服务/办事咨询",
)  # fmt: skip
_ROUTED = (
    ("企业服务", "campaign", "企业问题由{unit}统一受理、分类交办"),
    ("企业服务/融资", "bank", "融资问题由{unit}对接"),
    ("企业服务/用工", "labour", "用工社保由{unit}主办"),
    ("企业服务/证照办理", "market", "证照许可由{unit}主办"),
    ("企业服务/税务", "tax", "涉税问题由{unit}主办"),
    ("企业服务/水电气热/供电", "power", "供电由{unit}主办"),
    ("企业服务/水电气热/供水", "water", "供水由{unit}主办"),
    ("企业服务/水电气热/供气", "gas", "供气由{unit}主办"),
    ("企业服务/水电气热/供热", "heat", "供热由{unit}主办"),
    ("企业服务/土地规划", "land", "土地规划由{unit}主办"),
    ("企业服务/环境治安", "urban", "周边环境由{unit}主办"),
    ("企业服务/环境治安/环保", "environment", "环保问题由{unit}主办"),
    ("企业服务/环境治安/治安", "police", "治安问题由{unit}主办"),
    ("企业服务/法律咨询", "justice", "法律咨询由{unit}主办"),
    ("企业服务/政策咨询", "economy", "政策咨询由{unit}解答"),
    ("企业服务/市场拓展", "economy", "市场拓展由{unit}牵线"),
    ("企业服务/物流通行", "economy", "物流通行由{unit}协调"),
    ("市容环境", "urban", "市容环境由{unit}主办"),
    ("市政设施", "urban", "市政设施由{unit}先行处置"),
    ("房屋物业", "property", "房屋物业由{unit}主办"),
    ("噪音油烟", "environment", "噪音油烟由{unit}主办"),
    ("噪音油烟/餐饮油烟", "urban", "餐饮油烟由{unit}主办"),
    ("消防安全", "safety", "消防安全由{unit}主办"),
    ("矛盾纠纷", "justice", "矛盾纠纷由{unit}调解"),
    ("便民服务", "service", "便民事项由{unit}办理"),
)
ROUTES: tuple[dict[str, object], ...] = (
    *(
        {"row": f"H{number:02d}", "category": category, "unit": unit, "profile": "san_bu_guo", "reason": reason}
        for number, (category, unit, reason) in enumerate(_ROUTED, start=1)
    ),
    {
        "row": "H90", "category": "企业服务/环境治安", "place": f"410102/{CODE}/410102013208", "unit": "police", "profile": "san_bu_guo",
        "reason": "{place}商圈周边秩序由{unit}牵头",
    },
)  # fmt: skip
DUTIES = (
    DutyPlan(
        "J-01",
        "basic",
        "联系服务辖区企业,收集和化解企业问题",
        lead="万人助万企活动办",
        unit_code="campaign",
        category="企业服务",
    ),
    DutyPlan("J-02", "basic", "辖区市容环境卫生日常管理", lead="城管中队", unit_code="urban", category="市容环境"),
    DutyPlan("J-03", "basic", "人民调解和法律咨询服务", lead="司法所", unit_code="justice", category="矛盾纠纷"),
    DutyPlan(
        "J-04", "basic", "就业创业服务、用工信息发布", lead="人社所", unit_code="labour", category="企业服务/用工"
    ),
    DutyPlan("J-05", "basic", "村(社区)网格划分和网格员管理", lead="莲湖街道办事处", unit_code="office"),
    DutyPlan(
        "P-01",
        "assist",
        "建设项目用地预审和规划许可",
        lead="区自然资源和规划局",
        unit_code="d_land",
        category="企业服务/土地规划",
    ),
    DutyPlan(
        "P-02",
        "assist",
        "食品经营许可核发",
        lead="区市场监督管理局",
        unit_code="d_market",
        category="企业服务/证照办理",
    ),
    DutyPlan(
        "P-03", "assist", "增值税留抵退税审核", lead="区税务局", unit_code="d_tax", category="企业服务/税务/退税减免"
    ),
    DutyPlan("J-06", "basic", "户外招牌设置备案", lead="城管中队", unit_code="urban", category="市容环境"),
    DutyPlan("P-05", "assist", "企业用电报装增容", lead="供电所", unit_code="power", category="企业服务/水电气热/供电"),
    DutyPlan(
        "P-06", "assist", "金融机构与企业对接", lead="区金融工作局", unit_code="d_finance", category="企业服务/融资"
    ),
    DutyPlan("J-07", "basic", "园区道路和公用管线维护", lead="经济发展办", unit_code="economy", category="市政设施"),
    DutyPlan("S-01", "withdrawn", "出具企业未欠薪证明", lead="区住房和城乡建设局", unit_code="d_housing"),
    DutyPlan("S-02", "withdrawn", "要求企业填报重复的走访台账", lead="区商务局", unit_code="d_commerce"),
)
CAMPAIGN = {
    "code": "wrzwq", "name": "万人助万企", "kind": "enterprise", "shown_period": "2022H1+2022-05-29", "basis": "演示方案(虚构,非真实文件)", "starts_on": date(2022, 1, 4), "ends_on": date(2030, 12, 31),
    "data_policy": "只收集办理问题所需的企业名称和经办情况,不收集个人信息。",
    "scheme": "服务管家收集问题,活动办分类交办、会商或提级;交办不过夜、一般问题不过周、疑难问题不过月;全部销号清零。",
}  # fmt: skip
ALIASES = {"活动办": "campaign", "街道办": "office"}
COMMUNITY_CODES = tuple(code for code, _, _, _ in COMMUNITIES)


def grids() -> list[GridPlan]:
    """One street, six communities, and their drawn cells."""
    found = [GridPlan(CODE, "莲湖街道", "street")]
    boxes = cut(BOX, weights=[len(cells) for *_, cells in COMMUNITIES], seed=SEED)
    found[0] = GridPlan(CODE, "莲湖街道", "street", geometry=as_geojson(BOX))
    for box, (code, name, kind, cells) in zip(boxes, COMMUNITIES, strict=True):
        found.append(GridPlan(code, name, kind, CODE, as_geojson(box)))
        pieces = cut(box, weights=[1.0] * len(cells), seed=int(code))
        found += [
            GridPlan(f"{code}{number:03d}", cell, "compound", code, as_geojson(piece))
            for number, (cell, piece) in enumerate(zip(cells, pieces, strict=True), start=1)
        ]
    return found


def roll() -> Roll:
    """Everyone of the street, with the posts they hold."""
    people = Roll(prefix="LH", seed=SEED)
    _office(people)
    _four_in_one(people)
    for unit in UNITS[1:-1]:
        _unit_people(people, unit)
    for code, name, _, _ in COMMUNITIES:
        for number in (1, 2):
            people.enlist(f"网格{name}{number}", unit="office", posts=[Post(f"{name}网格员", "grid_worker", grid=code)])
    for call in LEADERS:  # paired with firms as county leaders (县级领导); they hold no post of the street
        people.enlist(call, unit="d_leaders", posts=[])
    return people


def _office(people: Roll) -> None:
    """Leaders, the duty desk, verifiers and the three keepers."""
    people.enlist("主任", unit="office", posts=[Post("街道办事处主任", "street_leader")], username="lianhu_leader")
    people.enlist("书记", unit="office", posts=[Post("街道党工委书记", "street_leader")])
    people.enlist("值班1", unit="campaign", posts=[Post("活动办值班受理岗", "duty_desk")], username="lianhu_desk")
    people.enlist("值班2", unit="campaign", posts=[Post("活动办值班受理岗(夜班)", "duty_desk")])
    people.enlist("核查1", unit="office", posts=[Post("核查员", "verifier")], username="lianhu_verifier")
    people.enlist("核查2", unit="office", posts=[Post("核查员", "verifier")])
    people.enlist("管理1", unit="office", posts=[Post("系统管理员", "system_keeper")], username="lianhu_keeper")
    people.enlist("管理2", unit="office", posts=[Post("系统管理员(复核)", "system_keeper")], username="lianhu_keeper2")
    people.enlist("安全1", unit="office", posts=[Post("安全管理员", "security_keeper")])
    people.enlist("审计1", unit="office", posts=[Post("审计管理员", "audit_keeper")])


def _four_in_one(people: Roll) -> None:
    """“四位一体”: 15 + 5 + 26 + 10 = 56, spread over the communities."""
    for call, title, role, unit, count, username in (
        ("管家", "服务管家", "service_manager", "campaign", 15, "lianhu_manager"),
        ("法律", "法律专员", "legal_officer", "justice", 5, ""),
        ("警务", "警务专员", "police_officer", "police", 26, ""),
        ("监督", "营商环境监督员", "env_monitor", "campaign", 10, ""),
    ):
        for number in range(1, count + 1):
            place = COMMUNITY_CODES[(number - 1) % len(COMMUNITY_CODES)]
            whole = role == "env_monitor"  # a monitor looks at closed cases anywhere in the street
            posts = [Post(f"{title}{number:02d}", role, grid="" if whole else place)]
            people.enlist(f"{call}{number:02d}", unit=unit, posts=posts, username=username if number == 1 else "")


def _unit_people(people: Roll, unit: UnitPlan) -> None:
    """A head and an officer in charge for each unit; the superior units of the district have one contact."""
    call = next((alias for alias, code in ALIASES.items() if code == unit.code), unit.name)
    username = "lianhu_unit" if unit.code == "market" else ""
    people.enlist(call, unit=unit.code, posts=[Post(f"{unit.name}承办人", "unit_worker")], username=username)
    if not unit.is_superior:
        people.enlist(f"{call}负责人", unit=unit.code, posts=[Post(f"{unit.name}负责人", "unit_leader")])


def names() -> Names:
    """What the tales call this street's units and grids."""
    return called(units=UNITS, grids=grids(), aliases=ALIASES)


def plan() -> StreetPlan:
    """The street as it is founded."""
    return demonstration(
        code=CODE, slug="lianhu", name="莲湖街道", phone="0371-60000013", roll=roll(), units=UNITS, grids=grids(), categories=CATEGORIES,
        routes=ROUTES, duties=DUTIES, addresses=ADDRESSES,
    )  # fmt: skip


ADDRESSES = (
    ("演示产业大厦", "410102013001005"),
    ("演示步行街", "410102013001004"),
    ("演示机械产业园", "410102013204003"),
    ("演示冷链中心", "410102013205003"),
    ("演示食品园", "410102013206003"),
    ("演示建材大厅", "410102013207003"),
    ("演示众创空间", "410102013208003"),
    ("演示奥莱广场", "410102013208004"),
    ("演示文旅小镇", "410102013208005"),
)
