"""莲湖街道's enterprises in the demonstration: 345 synthetic firms, their four names each, three teams, and what was done for some.

Nobody here exists: names begin with 示例 and end with (演示), codes carry valid check characters over numbers that no register gave out, no
firm has a telephone. The firms the tales speak of are among them, at the places where the tales put them.

Guarantees: through the offices' actions only; the same each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gridloop.core.access import Actor
from gridloop.core.firm_names import core_of, is_near
from gridloop.core.firm_size import wan
from gridloop.core.identity import complete_uscc
from gridloop.offices.enterprise.actions import serving
from gridloop.offices.enterprise.actions.clusters import add_cluster
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.importing import import_enterprises
from gridloop.offices.enterprise.actions.pairing import hand_over, pair_many
from gridloop.offices.enterprise.actions.register import tell_figures
from gridloop.offices.enterprise.actions.teams import found_team, join_team
from gridloop.offices.enterprise.actions.vitality import propose_vitality
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.pairing_models import Pairing
from gridloop.offices.enterprise.service_models import ServiceTeam
from gridloop.offices.enterprise.sheets import SheetRow
from gridloop.offices.organisation import queries as organisation
from gridloop.site.demo.tale import Tale

COUNT = 345
FEW = 120
"""So many names of two characters can be told apart."""
SEED = 2013
LEADERS = tuple(f"县领导{number:02d}" for number in range(1, 9))
CLUSTERS = (
    ("示例汽车城(演示)", "auto", "410102013208001", "示例车城管理公司(演示)"),
    ("示例奥莱广场(演示)", "mall", "410102013208004", "示例商业管理公司(演示)"),
    ("示例产业大厦(演示)", "tower", "410102013001005", ""),
    ("示例机械产业园(演示)", "park", "410102013204003", ""),
)
KINDS: tuple[tuple[str, str, str, str, str], ...] = (
    # what the name ends with, industry, department that serves it, cell, cluster
    ("机械厂", "3411", "economy", "410102013204003", "示例机械产业园(演示)"),
    ("汽车销售公司", "5261", "economy", "410102013208001", "示例汽车城(演示)"),
    ("汽配商行", "5263", "economy", "410102013208001", "示例汽车城(演示)"),
    ("餐饮店", "6210", "market", "410102013001004", ""),
    ("服装店", "5232", "economy", "410102013208004", "示例奥莱广场(演示)"),
    ("鞋帽店", "5233", "economy", "410102013208004", "示例奥莱广场(演示)"),
    ("软件公司", "6513", "economy", "410102013001005", "示例产业大厦(演示)"),
    ("广告公司", "7251", "economy", "410102013001005", "示例产业大厦(演示)"),
    ("物流公司", "5430", "economy", "410102013205003", ""),
    ("冷链公司", "5930", "economy", "410102013205003", ""),
    ("食品厂", "1411", "market", "410102013206003", ""),
    ("建材商行", "5286", "urban", "410102013207003", ""),
    ("装饰公司", "5011", "urban", "410102013207003", ""),
    ("旅行社", "7291", "economy", "410102013208005", ""),
    ("物业公司", "7020", "property", "410102013001001", ""),
    ("家政公司", "8010", "labour", "410102013208003", ""),
)
SAID: tuple[tuple[str, str], ...] = (
    ("机械", "3411"), ("汽配", "5263"), ("面馆", "6210"), ("餐饮", "6210"), ("面包", "1411"), ("糕点", "1411"), ("咖啡", "6231"), ("食品", "1411"),
    ("冷链", "5930"), ("仓储", "5990"), ("物流", "5430"), ("软件", "6513"), ("科技", "6513"), ("电商", "5292"), ("电子", "3971"), ("新能源", "3825"),
    ("建材市场", "7222"), ("建材", "5286"), ("石材", "3032"), ("玻璃", "3042"), ("家具", "2110"), ("门窗", "3312"), ("五金", "5281"), ("喷涂", "3360"),
    ("塑业", "2926"), ("包装", "2231"), ("印务", "2319"), ("服装", "1810"), ("家纺", "1771"), ("设计", "7481"), ("文化", "8810"), ("陶艺", "3073"),
    ("研学", "8391"), ("托育", "8010"), ("养老", "8510"), ("药店", "5251"), ("粮油", "5121"), ("蔬菜", "0141"), ("民宿", "6130"), ("家政", "8010"),
    ("商业管理", "7221"), ("净水", "4690"), ("烘干", "0514"),
)  # fmt: skip
FIRST, SECOND = "华东金水长河明德永兴广源嘉恒瑞安", "通达信和丰隆盛捷诚泰康祥顺宏远卓"
_PLACE = "410102013"


def begin(*, at: datetime, calls: Mapping[str, str], tales: Iterable[Tale]) -> None:
    """As the campaign opens: the register, the clusters, the pairings and the teams."""
    desk = _actor(calls, "值班1", at)
    for name, kind, grid, operator in CLUSTERS:
        add_cluster(by=desk, at=at, street=_PLACE, name=name, kind=kind, grid=grid, operator=operator, note="演示数据")
    rows = [SheetRow(number, told) for number, told in enumerate(_told(tales), start=2)]
    import_enterprises(by=desk, at=at, street=_PLACE, rows=rows, source="演示企业名录", is_synthetic=True)
    firms = list(Enterprise.objects.filter(street=_PLACE).order_by("pk"))
    _pair(firms, desk, calls, at=at)
    _teams(desk, calls, at=at)


def _told(tales: Iterable[Tale]) -> list[dict[str, str]]:
    """The rows of the register: the firms of the tales first, then others, each with its code and figures."""
    chance = random.Random(SEED)  # noqa: S311 - synthetic firms, the same each time
    rows = [_of_tale(name, place, chance) for name, place in _firms_of(tales).items()]
    cores = [core_of(row["name"]) for row in rows]
    tried = 0
    while len(rows) < COUNT:
        kind, industry, _unit, grid, cluster = KINDS[len(rows) % len(KINDS)]
        name = f"示例{_middle(tried if len(rows) >= FEW else -1, chance)}{kind}(演示)"
        tried += len(rows) >= FEW
        if any(is_near(core_of(name), core) for core in cores):
            continue
        cores.append(core_of(name))
        rows.append({"name": name, "industry": industry, "grid": grid, "cluster": cluster, **_figures(chance)})
    for number, row in enumerate(rows, start=1):
        row["code"] = complete_uscc(f"9141010299{number:07d}")
        row["registered_on"] = f"{2003 + number % 18}-{number % 12 + 1:02d}-{number % 27 + 1:02d}"
        row["capital"] = str((number * 37) % 900 + 20)
        row["priority"] = {0: "province", 1: "city", 2: "city", 3: "district", 4: "district", 5: "district"}.get(
            number % 20, ""
        )
    return rows


def _middle(number: int, chance: random.Random) -> str:
    """The part of a name that tells it from the others: two characters while they last (a number below 0), then three of which any two differ in two."""
    if number < 0:
        return chance.choice(FIRST) + chance.choice(SECOND)
    one, two = divmod(number, len(SECOND))
    return FIRST[one % len(FIRST)] + SECOND[two] + SECOND[(one + two) % len(SECOND)]


def _firms_of(tales: Iterable[Tale]) -> dict[str, dict[str, str]]:
    """By name: the cell or the address where a tale puts the firm."""
    found: dict[str, dict[str, str]] = {}
    for tale in tales:
        told = tale.filing
        if told.enterprise:
            found.setdefault(told.enterprise, {"grid": told.grid} if told.grid else {"address": told.address})
    return found


def _of_tale(name: str, place: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    industry = next((code for word, code in SAID if word in name), "5299")
    return {"name": name, "industry": industry, **place, **_figures(chance)}


def _figures(chance: random.Random) -> dict[str, str]:
    staff = chance.choice((4, 6, 8, 12, 15, 22, 30, 45, 60, 90, 140, 260, 330))
    return {"year": "2021", "staff": str(staff), "revenue": str(staff * chance.choice((9, 14, 22, 40)))}


def _pair(firms: list[Enterprise], desk: Actor, calls: Mapping[str, str], *, at: datetime) -> None:
    """All four slots of every firm: leaders in turn, the department of its industry, the managers in turn, the street behind it."""
    departments = {kind[1][:2]: kind[2] for kind in KINDS}
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for number, firm in enumerate(firms):
        manager = number % 15 + 1
        slots = (
            ("leader", calls[LEADERS[number % len(LEADERS)]], "", ""),
            ("department", "", departments.get(firm.industry[:2], "economy"), ""),
            ("manager", calls[f"管家{manager:02d}"], "", calls[f"管家{manager % 15 + 1:02d}"]),
            ("backstop", "", "office", ""),
        )
        for slot in slots:
            groups.setdefault(slot, []).append(firm.subject)
    for (slot, person, unit, substitute), subjects in groups.items():
        pair_many(
            by=desk,
            at=at,
            street=_PLACE,
            subjects=subjects,
            slot=slot,
            person=person,
            unit=unit,
            substitute=substitute,
            reason="万人助万企分包",
        )


def _teams(desk: Actor, calls: Mapping[str, str], *, at: datetime) -> None:
    """四位一体 (15 + 5 + 26 + 10 = 56), the tax team and the environment team, with their beats."""
    four = found_team(by=desk, at=at, street=_PLACE, kind="four", name="“四位一体”服务团队")
    for call, kind, count in (
        ("管家", "manager", 15),
        ("法律", "legal", 5),
        ("警务", "police", 26),
        ("监督", "monitor", 10),
    ):
        for number in range(1, count + 1):
            code = calls[f"{call}{number:02d}"]
            join_team(
                by=desk, at=at, team=four.ref, person=code, kind=kind, grid="" if kind == "monitor" else _beat(code, at)
            )
    tax = found_team(by=desk, at=at, street=_PLACE, kind="tax", name="企业办税服务团队")
    green = found_team(by=desk, at=at, street=_PLACE, kind="environment", name="环境优化保障服务团队")
    for team, kind, members in (
        (tax, "tax", ("税务服务团队", "税务服务团队负责人", "区税务局")),
        (green, "environment", ("生态环境站", "城管中队", "派出所")),
    ):
        for call in members:
            join_team(by=desk, at=at, team=team.ref, person=calls[call], kind=kind)


def _beat(code: str, at: datetime) -> str:
    """The grid of the person's own post."""
    person = organisation.person(_PLACE, code)
    return organisation.posts_held(_PLACE, person.pk, at=at)[0].place.rpartition("/")[2]


def carry_on(*, at: datetime, calls: Mapping[str, str]) -> None:
    """The last days: a manager changes, figures tell of firms in trouble, questions, orders and promises are under way."""
    desk = _actor(calls, "值班1", at)
    firms = list(Enterprise.objects.filter(street=_PLACE).order_by("pk")[:40])
    day = timedelta(days=1)
    manager = _actor(calls, "管家01", at)
    for number, firm in enumerate(firms[30:34]):
        was = (firm.staff or 20) * (3 if number < 3 else 12)
        tell_figures(
            by=desk,
            at=at - 6 * day,
            enterprise=firm.ref,
            year=2020,
            staff=was,
            revenue=wan(was * 20),
            source="走访了解(演示)",
        )
    row = Pairing.objects.get(subject=firms[4].subject, slot="manager", ends_at__isnull=True)
    hand_over(
        by=desk,
        at=at - 5 * day,
        pairing=row.ref,
        person=calls["管家07"],
        reason="原管家轮岗(演示)",
        note="用电增容在办,约了下周看变压器。",
    )
    mine = [firm for number, firm in enumerate(firms) if number % 15 == 0]
    answer_consent(
        by=desk, at=at - 5 * day, enterprise=firms[7].ref, kind="visit", granted=False, how="电话说明:盘点期间不便接待"
    )
    answer_consent(by=manager, at=at - 5 * day, enterprise=mine[0].ref, kind="bank", granted=True, how="当面签字")
    kept = serving.promise(
        by=manager,
        at=at - 4 * day,
        enterprise=mine[0].ref,
        text="三天内把两家银行的产品说明送到",
        due_on=(at - day).date(),
    )
    serving.settle_promise(by=manager, at=at - 2 * day, promise=kept.ref, kept=True, outcome="说明已送到,企业在比较")
    serving.promise(
        by=manager,
        at=at - 3 * day,
        enterprise=mine[1].ref,
        text="约税务团队上门讲一次新政策",
        due_on=(at + 4 * day).date(),
    )
    asked = serving.ask_law(
        by=manager,
        at=at - 4 * day,
        enterprise=mine[0].ref,
        question="租期到了房东要涨三成租金,合同里只写了“另行协商”,能不能不同意?",
    )
    law = _actor(calls, "法律01", at)
    serving.take_consult(by=law, at=at - 4 * day, consult=asked.ref)
    serving.reply_law(
        by=law,
        at=at - 3 * day,
        consult=asked.ref,
        reply="“另行协商”不等于可以单方涨价;协商不成,原租金在租期内有效。建议先书面提出续租条件,并保留送达凭证。",
    )
    serving.ask_law(by=manager, at=at - day, enterprise=mine[1].ref, question="客户拖欠货款半年,能不能先申请支付令?")
    tax = ServiceTeam.objects.get(street=_PLACE, kind="tax")
    order = serving.order_service(
        by=manager,
        at=at - 3 * day,
        enterprise=mine[0].ref,
        team=tax.ref,
        service="上门辅导留抵退税申报",
        wanted="本周内",
    )
    serving.book_order(
        by=manager, at=at - 3 * day, order=order.ref, officer=calls["税务服务团队"], booked_for=at - 2 * day
    )
    serving.finish_order(
        by=_actor(calls, "税务服务团队", at), at=at - 2 * day, order=order.ref, result="申报表已填好并提交"
    )
    serving.confirm_order(by=manager, at=at - day, order=order.ref, solved=True, how="电话问了会计")
    serving.order_service(
        by=manager, at=at - day, enterprise=mine[1].ref, team=tax.ref, service="上门变更办税人员", wanted="后天上午"
    )
    propose_vitality(at=at - day, street=_PLACE)


def _actor(calls: Mapping[str, str], call: str, at: datetime) -> Actor:
    return organisation.actor_of(organisation.person(_PLACE, calls[call]), at=at)
