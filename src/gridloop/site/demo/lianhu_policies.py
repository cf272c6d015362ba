"""Policies and figures of 莲湖街道 for the demonstration. The policies are written by us as plausible examples and marked 示例; the figures of the first
quarter of 2022 and the three monthly firsts are those of the source page, with documents that are named as the demonstration's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gridloop.core.access import SYSTEM
from gridloop.offices.indicators import actions as indicators
from gridloop.offices.indicators.actions import Source
from gridloop.offices.policies import actions
from gridloop.offices.policies.actions import Told
from gridloop.offices.policies.models import Policy
from gridloop.offices.policies.queries.matching import register_of
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

SMALL = ("小型微型企业", {"fact": "size", "in": ["small", "micro"]})
ALIVE = ("停滞、失联企业除外", {"not": {"fact": "vitality", "in": ["stalled", "lost"]}})
RETAIL = ("批发和零售业", {"fact": "section", "equals": "F"})
FACTORY = ("制造业企业", {"fact": "section", "equals": "C"})
ABOVE = ("限额(规模)以上", {"fact": "above_threshold", "equals": True})


def staff(most: int) -> tuple[str, dict[str, Any]]:
    return f"从业人员{most}人以下", {"fact": "staff", "at_most": most}


def revenue(least: int) -> tuple[str, dict[str, Any]]:
    return f"上年营业收入{least}万元以上", {"fact": "revenue", "at_least": least}


EXAMPLES: tuple[tuple[str, str, str, bool, str, tuple[Any, ...]], ...] = (
    ("小微企业三个月房租补贴(示例)", "rent", "district", True, "承租经营用房的小微企业,补贴三个月房租,每户不超过三万元。", (SMALL, ALIVE)),
    ("制造业企业设备更新贴息(示例)", "finance", "city", False, "购置设备的贷款按年利率两个百分点贴息,最长两年。", (FACTORY, revenue(500), ALIVE)),
    ("稳岗返还(示例)", "labour", "province", True, "不裁员、少裁员的企业,按上年缴纳失业保险费返还。", (staff(1000), ALIVE)),
    ("首次升规入统奖励(示例)", "subsidy", "district", False, "首次纳入统计的企业一次性奖励五万元。", (ABOVE, ("区、市、省重点或首次入统", {"any": [{"fact": "priority", "in": ["district", "city", "province"]}, {"fact": "revenue", "at_least": 2000}]}))),
    ("汽车消费补贴(示例)", "market", "district", False, "在限额以上汽车零售企业购车,按车价补贴,由企业代申报。", (("汽车零售", {"fact": "industry", "starts_with": "526"}), ABOVE)),
    ("餐饮住宿纾困券(示例)", "market", "street", False, "餐饮、住宿企业可申请参加消费券活动。", (("住宿和餐饮业", {"fact": "section", "equals": "H"}), SMALL, ALIVE)),
    ("小规模纳税人减免宣传(示例)", "tax", "nation", True, "符合条件的小规模纳税人减免增值税,以税务机关解释为准。", (("年营业收入500万元以下", {"fact": "revenue", "at_most": 500}),)),
    ("科技型中小企业研发补助(示例)", "innovation", "city", False, "按研发投入比例补助,最高二十万元。", (("信息传输、软件或科学研究", {"fact": "section", "in": ["I", "M"]}), staff(500))),
    ("商圈企业开业帮扶(示例)", "service", "street", False, "商圈新开业企业由服务管家全程代办证照。", (("位于集聚区内", {"fact": "cluster", "is_known": True}), ("2021年以后成立", {"fact": "registered_on", "at_least": "2021-01-01"}))),
    ("流动资金续贷对接(示例)", "finance", "district", False, "到期贷款的续贷需求,由银行对接组一周内回应。", (SMALL, revenue(100), ALIVE)),
    ("用工招聘绿色通道(示例)", "labour", "street", False, "缺工二十人以上的制造企业,人社所组织专场招聘。", (FACTORY, ("从业人员20人以上", {"fact": "staff", "at_least": 20}))),
    ("零售企业线上转型培训(示例)", "market", "street", False, "免费参加短视频和直播培训,企业自愿报名。", (RETAIL, SMALL, ALIVE)),
)  # fmt: skip
QUESTIONS = (
    ("个体工商户能领房租补贴吗?(示例)", "按小型、微型企业执行的,可以;先看规模是否已登记。", "小微企业三个月房租补贴(示例)", 1, "3月政策宣讲会(演示)"),
    ("汽车补贴是企业申报还是个人申报?(示例)", "由限额以上汽车零售企业代申报,个人不用到窗口。", "汽车消费补贴(示例)", 2, "汽车补贴推进会(演示)"),
    ("稳岗返还要交什么材料?(示例)", "免申即享,核对银行账户即可,不用交材料。", "稳岗返还(示例)", 1, "政企面对面(演示)"),
)  # fmt: skip
QUARTER = (
    ("fixed_assets", "固定资产投资", "10.1", "亿元", None, None),
    ("retail_sales", "社会消费品零售总额", "1149.2", "万元", "1061.4", "8.27"),
    ("services", "营利性服务业营业收入", "22", "亿元", None, None),
)


def happenings(now: datetime) -> list[Happening]:
    """The policies of the spring, questions, the first quarter's figures, the three firsts; and a push of today's register."""
    first = datetime(2022, 2, 8, 9, 0, tzinfo=BEIJING)
    found = [
        Happening(first + timedelta(days=3 * number), each[0], _policy(*each)) for number, each in enumerate(EXAMPLES)
    ]
    found += [
        Happening(datetime(2022, 4, 12, 10, number, tzinfo=BEIJING), each[0], _question(*each))
        for number, each in enumerate(QUESTIONS)
    ]
    found.append(Happening(datetime(2022, 4, 21, 9, 0, tzinfo=BEIJING), "一季度数据", _quarter))
    for month in (2, 3, 4):
        found.append(Happening(datetime(2022, month + 1, 9, 9, 0, tzinfo=BEIJING), "月度排名", _standing(month)))
    found.append(Happening(now - timedelta(hours=26), "政策推送", _push))
    return found


def _policy(
    title: str, topic: str, level: str, auto_grant: bool, benefit: str, clauses: tuple[Any, ...]
) -> Callable[[Stage, datetime], None]:
    def publish(stage: Stage, at: datetime) -> None:
        told = Told(
            title=title, issuer="示例机关(演示)", number="演示〔2022〕" + str(1 + [each[0] for each in EXAMPLES].index(title)) + "号", benefit=benefit, topic=topic,
            level=level, auto_grant=auto_grant, valid_from=date(2022, 1, 1), materials="演示,以正式文件为准。", how="由服务管家协助,线上或窗口办理。",
            contact_unit="经济发展办", contact_phone="0371-60000013", is_example=True,
            clauses=[{"quote": quote, "condition": condition} for quote, condition in clauses],
        )  # fmt: skip
        draft = actions.draft_policy(by=actor_of_stage(stage, "经济发展办", at), at=at, street=stage.street, told=told)
        actions.publish_policy(
            by=actor_of_stage(stage, "经济发展办负责人", at), at=at + timedelta(minutes=30), policy=draft.ref
        )

    return publish


def _question(question: str, answer: str, title: str, clause: int, source: str) -> Callable[[Stage, datetime], None]:
    def ask(stage: Stage, at: datetime) -> None:
        policy = Policy.objects.get(street=stage.street, title=title)
        actions.answer_question(
            by=actor_of_stage(stage, "经济发展办", at), at=at, street=stage.street, question=question, answer=answer, policy=policy.ref, clause=clause,
            source=source, is_example=True,
        )  # fmt: skip

    return ask


def _quarter(stage: Stage, at: datetime) -> None:
    bulletin = Source("示例区统计局(演示)", "2022年一季度经济运行情况(演示)", date(2022, 4, 20))
    by = actor_of_stage(stage, "经济发展办", at)
    for code, name, value, unit, base, growth in QUARTER:
        indicators.define(
            by=SYSTEM,
            at=at,
            street=stage.street,
            code=code,
            name=name,
            kind="amount",
            unit=unit,
            basis="当期累计,照发布口径。",
        )
        indicators.tell_reading(
            by=by, at=at, street=stage.street, code=code, period="2022Q1", value=Decimal(value), unit=unit, source=bulletin,
            base=Decimal(base) if base else None, growth=Decimal(growth) if growth else None,
        )  # fmt: skip


def _standing(month: int) -> Callable[[Stage, datetime], None]:
    def note(stage: Stage, at: datetime) -> None:
        source = Source("示例区助企活动办(演示)", f"2022年{month}月通报(演示)", at.date())
        indicators.note_standing(
            by=actor_of_stage(stage, "值班1", at),
            at=at,
            street=stage.street,
            about="万人助万企月度排名",
            period=f"2022-{month:02d}",
            stood=1,
            area="全区",
            source=source,
        )

    return note


def _push(stage: Stage, at: datetime) -> None:
    """Where firms are on the register, those that a policy fits are told."""
    if register_of(stage.street).firms:
        actions.push_policies(by=actor_of_stage(stage, "值班1", at), at=at, street=stage.street)
