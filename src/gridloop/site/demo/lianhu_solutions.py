"""What was done in 莲湖街道 about the firms' needs: gaps measured, banks asked, permits seen through, stalled firms planned for. All made up.

The cases are those of the tales (named by their keys); here stands what lies beside them. A story's deeds are done in one go at its end, each
with its own moment, so that the demonstration loads no slower for them.

Guarantees: through the offices' actions only; the same each time; the permit of Q24 took 5 小时 40 分 from receipt to completion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gridloop.core.bank_match import Demand
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions import assisting, banking, factors, plans
from gridloop.offices.enterprise.actions.vitality import set_vitality
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.assisting import matters
from gridloop.offices.enterprise.queries.banking import bank_forums, products
from gridloop.offices.enterprise.solution_models import BankMatch
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

WAN = Decimal(10_000)
BANKERS, MARKET, LABOUR, POWER = "银行对接组", "市场监管所", "人社所", "供电所"


def _at(text: str) -> datetime:
    """``03-04 09:10`` of 2022."""
    return datetime.fromisoformat(f"2022-{text}+08:00").astimezone(BEIJING)


def _asks(quote: str, fact: str, label: str, **test: Any) -> dict[str, Any]:
    return {"quote": quote, "condition": {"fact": fact, "label": label, **test}}


OFFERS = (
    banking.Offer(
        "示例银行中原路支行(演示)", "小微周转贷", 100 * WAN, Decimal("3.85"), Decimal("5.20"), 12,
        (_asks("从业人员 300 人以下", "staff", "从业人员", at_most=300, unit="人"), _asks("成立满一年", "established_months", "成立时长", at_least=12, unit="个月")),
        "公司业务部 0371-60000101",
    ),
    banking.Offer(
        "示例银行中原路支行(演示)", "无还本续贷", 500 * WAN, Decimal("3.65"), Decimal("4.90"), 24,
        (_asks("用于续贷", "demand_purpose", "借款用途", equals="renewal"),), "公司业务部 0371-60000101",
    ),
    banking.Offer(
        "示例城商行莲湖支行(演示)", "纳税信用贷", 50 * WAN, Decimal("4.00"), Decimal("6.00"), 12,
        (_asks("年营业收入 50 万元以上", "revenue", "营业收入", at_least=50, unit="万元"),), "小微团队 0371-60000102",
    ),
    banking.Offer(
        "示例城商行莲湖支行(演示)", "应收款质押贷", 200 * WAN, Decimal("4.20"), Decimal("6.50"), 18,
        (_asks("以应收账款质押", "demand_collateral", "担保方式", equals="receivable"),), "小微团队 0371-60000102",
    ),
)  # fmt: skip
MATTERS = (
    (
        "食品经营许可变更",
        ("核对材料", "现场核查", "核准制证"),
        ("营业执照", "变更申请书", "后厨平面图", "食品安全制度", "从业人员健康证明"),
        (),
    ),
    (
        "企业开办登记",
        ("名称申报", "提交登记", "领照刻章", "税务报到"),
        ("法定代表人身份证明", "住所证明", "章程"),
        ("行业前置许可",),
    ),
    ("用电增容", ("受理勘查", "答复方案", "施工送电"), ("营业执照", "产权证明", "用电负荷清单"), ()),
)


@dataclass(frozen=True, slots=True)
class Loan:
    """One demand beside a case: amounts in 万元, what became of it, and when: demanded, consented, introduced, answered, drawn."""

    case: str
    wan: str
    purpose: str
    collateral: str
    product: str
    moments: tuple[str, ...]
    granted: str = ""
    drawn: str = ""
    why: str = ""
    forum: str = ""


LOANS = (
    Loan("Q01", "80", "turnover", "none", "小微周转贷", ("01-05 10:40", "01-05 14:30", "01-05 15:10", "01-07 16:00", "01-08 09:30"), "80", "80"),
    Loan("Q20", "150", "renewal", "property", "无还本续贷", ("02-18 15:10", "02-21 10:00", "02-22 16:00", "03-11 15:00", "03-14 10:20"), "150", "150"),
    Loan(
        "Q28", "12", "turnover", "none", "纳税信用贷", ("03-14 16:10", "03-15 09:30", "03-15 10:00", "03-18 11:00", "03-18 14:40"), "20", "12",
        "随借随还产品,银行按档给额度",
    ),
    Loan("Q39", "10", "turnover", "receivable", "应收款质押贷", ("04-18 15:00", "04-19 09:20", "04-19 10:00", "04-22 16:00", "04-23 10:10"), "10", "9"),
)  # fmt: skip
GAPS = (
    ("Q01", BANKERS, "funds", "80", "80", "信用贷款 80 万元", "01-05 10:30", "01-08 10:40"),
    ("Q03", POWER, "power", "230", "230", "变压器由 400 换为 630 千伏安", "01-07 11:10", "01-11 16:30"),
    ("Q04", LABOUR, "labour", "6", "6", "两场线上招聘录用六人", "01-10 10:10", "01-14 16:50"),
    ("Q20", BANKERS, "funds", "150", "150", "无还本续贷", "02-18 15:05", "03-11 15:40"),
    ("Q28", BANKERS, "funds", "12", "12", "纳税信用贷", "03-14 16:05", "03-18 11:30"),
    ("Q39", BANKERS, "funds", "10", "9", "应收款质押贷,首笔九万元", "04-18 14:50", "04-22 16:40"),
)


def happenings(now: datetime) -> list[Happening]:
    """From January 2022 to now: what stands ready, the stories beside the cases, the firms that stood still, and what is under way."""
    found = [Happening(_at("01-04 16:00"), "银行产品和代办事项", _set_up)]
    found += [
        Happening(_at(loan.moments[-1]) + timedelta(minutes=1), f"银企对接 {loan.case}", _loan(loan)) for loan in LOANS
    ]
    found += [Happening(_at(row[-1]), f"要素缺口 {row[0]}", _gap(row)) for row in GAPS]
    found.append(Happening(_at("03-04 14:50"), "代办 Q24", _permit))
    found.append(Happening(_at("01-10 11:10"), "代办 Q02", _second_permit))
    found.append(Happening(_at("05-20 17:00"), "化险解困", _rescue))
    found.append(Happening(now - timedelta(hours=4), "在办的对接、代办和措施", _under_way))
    return found


def _set_up(stage: Stage, at: datetime) -> None:
    desk = actor_of_stage(stage, "值班1", at)
    for offer in OFFERS:
        banking.add_product(by=desk, at=at, street=stage.street, offer=offer, is_example=True)
    for name, steps, materials, optional in MATTERS:
        assisting.set_matter(
            by=desk,
            at=at,
            street=stage.street,
            name=name,
            steps=steps,
            materials=materials,
            optional=optional,
            is_example=True,
        )


def _product(stage: Stage, name: str) -> str:
    return next(each.ref for each in products(stage.street) if each.name == name)


def _matter(stage: Stage, name: str) -> str:
    return next(each.ref for each in matters(stage.street) if each.name == name)


def _loan(loan: Loan) -> Callable[[Stage, datetime], None]:
    def tell(stage: Stage, at: datetime) -> None:
        demanded, consented, introduced, answered, drawn = map(_at, loan.moments)
        banker = actor_of_stage(stage, BANKERS, at)
        ref = _demanded(stage, loan, at=demanded)
        banking.consent_to_bank(
            by=banker, at=consented, match=ref, name="示例联系人", duty="财务负责人", how="当面签授权书(演示)"
        )
        banking.introduce_to_bank(by=banker, at=introduced, match=ref, product=_product(stage, loan.product))
        banking.grant_credit(
            by=banker, at=answered, match=ref, granted=Decimal(loan.granted) * WAN, rate=Decimal("4.20"), why=loan.why
        )
        banking.draw_credit(by=banker, at=drawn, match=ref, drawn=Decimal(loan.drawn) * WAN)

    return tell


def _demanded(stage: Stage, loan: Loan, *, at: datetime) -> str:
    demand = Demand(Decimal(loan.wan) * WAN, loan.purpose, 12, loan.collateral)
    made = banking.demand_credit(
        by=actor_of_stage(stage, BANKERS, at), at=at, demand=demand, case=stage.refs[loan.case], forum=loan.forum
    )
    return str(made.ref)


def _gap(row: tuple[str, ...]) -> Callable[[Stage, datetime], None]:
    def tell(stage: Stage, at: datetime) -> None:
        case, call, factor, gap, solved, how, raised, _settled = row
        by = actor_of_stage(stage, call, at)
        made = factors.measure_gap(by=by, at=_at(raised), case=stage.refs[case], factor=factor, gap=Decimal(gap))
        factors.settle_factor(by=by, at=at, gap=made.ref, solved=Decimal(solved), how=f"{how}(演示)")

    return tell


def _permit(stage: Stage, at: datetime) -> None:
    """The permit that had to be there by noon of the next day: 09:10 to 14:50."""
    manager, market = actor_of_stage(stage, "管家02", at), actor_of_stage(stage, MARKET, at)
    order = assisting.accept_order(
        by=manager,
        at=_at("03-04 09:10"),
        matter=_matter(stage, "食品经营许可变更"),
        case=stage.refs["Q24"],
        helper=stage.calls[MARKET],
    ).ref
    assisting.give_notice(by=market, at=_at("03-04 09:35"), order=order, how="当面书面告知")
    assisting.take_material(
        by=market,
        at=_at("03-04 10:30"),
        order=order,
        materials=["营业执照", "变更申请书", "后厨平面图", "食品安全制度"],
    )
    assisting.take_material(by=market, at=_at("03-04 10:40"), order=order, materials=["从业人员健康证明"])
    for number, moment in enumerate(("10:45", "12:05", "14:10"), start=1):
        assisting.do_step(by=market, at=_at(f"03-04 {moment}"), order=order, number=number)
    assisting.finish_assist(by=market, at=at, order=order, result="新证已交企业")


def _second_permit(stage: Stage, at: datetime) -> None:
    market = actor_of_stage(stage, MARKET, at)
    order = assisting.accept_order(
        by=market, at=_at("01-06 15:05"), matter=_matter(stage, "食品经营许可变更"), case=stage.refs["Q02"],
        brought=("营业执照", "变更申请书", "食品安全制度"),
    ).ref  # fmt: skip
    assisting.give_notice(by=market, at=_at("01-06 16:40"), order=order, how="当面书面告知")
    assisting.take_material(by=market, at=_at("01-07 09:20"), order=order, materials=["后厨平面图", "从业人员健康证明"])
    for number, moment in enumerate(("01-07 10:00", "01-10 10:30", "01-10 11:00"), start=1):
        assisting.do_step(by=market, at=_at(moment), order=order, number=number)
    assisting.finish_assist(by=market, at=at, order=order, result="许可证可凭身份证领取")


def _rescue(stage: Stage, at: datetime) -> None:
    """Three firms stood still: one recovered under its plan, one has its plan, one has none yet."""
    desk, leader = actor_of_stage(stage, "值班1", at), actor_of_stage(stage, "主任", at)
    well, half, alone = Enterprise.objects.filter(street=stage.street, left_at__isnull=True).order_by("pk")[60:63]
    for firm, state, reason, moment in (
        (well, "stalled", "主要客户停单,生产线停了一条半(演示)", "03-02 10:00"),
        (half, "half", "原料涨价,每周只开三天工(演示)", "04-06 10:00"),
        (alone, "half", "店面改造停业,复业日期未定(演示)", "05-18 10:00"),
    ):
        set_vitality(by=desk, at=_at(moment), enterprise=firm.ref, vitality=state, reason=reason)
    first = _planned(stage, well, "两条线都开起来", _at("03-03 09:30"))
    plans.form_task_force(
        by=leader,
        at=_at("03-03 10:00"),
        plan=first,
        lead=stage.calls["主任"],
        members=[stage.calls[BANKERS], stage.calls["经济发展办"]],
    )
    for text, call, before, after, unit in (
        ("对接两家新客户", "经济发展办", "1", "3", "家"), ("续上流动资金", BANKERS, "0", "80", "万元"), ("复工招工", LABOUR, "12", "31", "人"),
    ):  # fmt: skip
        row = plans.add_measure(
            by=desk, at=_at("03-03 10:30"), plan=first, text=text, owner=stage.calls[call], due_on=_at("04-15 00:00").date(), before=before, unit=unit
        )  # fmt: skip
        plans.end_measure(
            by=actor_of_stage(stage, call, at), at=_at("04-12 16:00"), measure=row.ref, result="done", after=after
        )
    plans.review_plan(
        by=desk,
        at=_at("04-14 10:00"),
        plan=first,
        text="两条线满负荷三周,用工稳定。",
        next_on=_at("05-16 00:00").date(),
    )
    plans.close_plan(by=desk, at=_at("05-16 10:00"), plan=first, outcome="两条线满负荷,用工 31 人,转为日常联系。")
    set_vitality(by=desk, at=at, enterprise=well.ref, vitality="normal", reason="方案完成,生产恢复(演示)")
    stage.refs["plan"] = _planned(stage, half, "恢复到每周五天开工", _at("04-07 09:30"))


def _planned(stage: Stage, firm: Enterprise, goal: str, at: datetime) -> str:
    desk = actor_of_stage(stage, "值班1", at)
    reason = firm.spells.filter(ends_at__isnull=True).values_list("reason", flat=True)[0]
    made = plans.open_plan(
        by=desk, at=at, enterprise=firm.ref, problems=reason, goal=goal, review_on=(at + timedelta(days=30)).date()
    )
    return str(made.ref)


def _under_way(stage: Stage, at: datetime) -> None:
    """Today: a demand waits for the bank, one from a forum was declined, an order waits for papers, a measure is overdue."""
    banker, desk, day = actor_of_stage(stage, BANKERS, at), actor_of_stage(stage, "值班1", at), timedelta(days=1)
    ref = _demanded(stage, Loan("P10", "60", "wages", "receivable", "应收款质押贷", ()), at=at - 3 * day)
    banking.consent_to_bank(
        by=banker, at=at - 2 * day, match=ref, name="示例联系人", duty="法定代表人", how="企业来人当面签(演示)"
    )
    banking.introduce_to_bank(by=banker, at=at - day, match=ref, product=_product(stage, "应收款质押贷"))
    firm = Enterprise.objects.filter(street=stage.street, left_at__isnull=True).order_by("pk")[64]
    at_forum = banking.demand_credit(
        by=desk,
        at=at - 9 * day,
        demand=Demand(300 * WAN, "expansion", 24, "equipment"),
        enterprise=firm.ref,
        forum=next((row.ref for row in bank_forums(stage.street)), ""),
    )
    at_forum = BankMatch.objects.get(pk=at_forum.pk)
    banking.consent_to_bank(
        by=desk, at=at - 9 * day, match=at_forum.ref, name="示例联系人", duty="总经理", how="会上签授权书(演示)"
    )
    banking.introduce_to_bank(
        by=desk,
        at=at - 8 * day,
        match=at_forum.ref,
        product=_product(stage, "小微周转贷"),
        why="银行愿意先看现场再定额度",
    )
    banking.decline_credit(
        by=desk, at=at - 2 * day, match=at_forum.ref, reason="设备评估价低于授信要求,建议先做小额信用贷(演示)"
    )
    case = Case.objects.get(ref=stage.refs["P01"])
    order = assisting.accept_order(
        by=actor_of_stage(stage, MARKET, at), at=case.filed_at + timedelta(minutes=20), matter=_matter(stage, "食品经营许可变更"), case=case.ref,
        brought=("营业执照",),
    )  # fmt: skip
    assisting.give_notice(
        by=actor_of_stage(stage, MARKET, at),
        at=case.filed_at + timedelta(minutes=40),
        order=order.ref,
        how="电话并短信告知",
    )
    for text, call, days, moment in (
        ("谈原料集中采购", "经济发展办", -2, at - 12 * day), ("申请稳岗补贴", LABOUR, 9, at - 12 * day),
    ):  # fmt: skip
        plans.add_measure(
            by=desk,
            at=moment,
            plan=stage.refs["plan"],
            text=text,
            owner=stage.calls[call],
            due_on=(at + days * day).date(),
            before="每周三天开工",
        )
