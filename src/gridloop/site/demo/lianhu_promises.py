"""What 莲湖街道 promised firms in the spring and told them of policies, through the offices' actions. All made up.

Six promises beside the cases: five kept, one not, with why. Two policies were pushed in April; in the week after some firms answered.

Guarantees: the same each time; the other policies are left for the push of the last days, since none is pushed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions import serving
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.models import Policy, PolicyPush
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

PUSHED = ("制造业企业设备更新贴息(示例)", "餐饮住宿纾困券(示例)")
PUSHED_AT = datetime(2022, 4, 14, 9, 30, tzinfo=BEIJING)
PROMISES: tuple[tuple[str, str, str, str, str, bool, str], ...] = (
    # case, who promised, what, when, by which day, kept?, what came of it
    ("Q03", "管家03", "换变压器期间每天看一次冷库供电", "2022-01-07", "2022-01-12", True, "五天都去看过,没有跳闸"),
    ("Q06", "管家04", "法律专员一周内把账目核对完", "2022-01-12", "2022-01-19", True, "送货单和对账函都已核对"),
    ("Q16", "管家08", "月底前把岗位送到两个村", "2022-02-09", "2022-02-28", True, "两个村都已张贴并登记报名"),
    ("Q20", "管家04", "续贷材料一次说清,不让企业跑第二趟", "2022-02-18", "2022-02-22", True, "企业一次备齐"),
    (
        "Q31",
        "管家03",
        "三天内约齐交警和物流园面谈通行路线",
        "2022-03-22",
        "2022-03-25",
        False,
        "交警当周有任务,改到次周一面谈",
    ),
    ("Q42", "管家12", "两周内带一位主播上门试播", "2022-05-16", "2022-05-27", True, "试播一场,企业自己留了账号"),
)


def happenings() -> list[Happening]:
    """Each promise on its day and what came of it on the day it was due; the push of April and the answers."""
    found = [Happening(_at(row[3], 17), f"承诺 {row[0]}", _promise(row)) for row in PROMISES]
    found.append(Happening(PUSHED_AT, "四月政策推送", _push))
    found.append(Happening(PUSHED_AT + timedelta(days=6), "企业答复政策", _answers))
    return found


def _at(day: str, hour: int) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:30:00+08:00").astimezone(BEIJING)


def _promise(row: tuple[str, str, str, str, str, bool, str]) -> Callable[[Stage, datetime], None]:
    case, call, text, _day, due, kept, outcome = row

    def tell(stage: Stage, at: datetime) -> None:
        by, firm = actor_of_stage(stage, call, at), Case.objects.get(ref=stage.refs[case]).enterprise_ref
        made = serving.promise(by=by, at=at, enterprise=firm, text=f"{text}(演示)", due_on=date.fromisoformat(due))
        serving.settle_promise(by=by, at=_at(due, 16), promise=made.ref, kept=kept, outcome=f"{outcome}(演示)")

    return tell


def _push(stage: Stage, at: datetime) -> None:
    """Those whom the two policies fit are told of them in their digest."""
    refs = [Policy.objects.get(street=stage.street, title=title).ref for title in PUSHED]
    policies.push_policies(by=actor_of_stage(stage, "值班1", at), at=at, street=stage.street, policies=refs)


def _answers(stage: Stage, at: datetime) -> None:
    """Every fourth firm has answered its manager by then; one in three of these needs nothing."""
    desk = actor_of_stage(stage, "值班1", at)
    rows = PolicyPush.objects.filter(street=stage.street, policy__title__in=PUSHED).order_by("pk")
    for number, row in enumerate(rows[::4]):
        answer = "declined" if number % 3 == 2 else "interested"
        policies.answer_push(by=desk, at=at, push=row.ref, answer=answer, how="管家电话问过(演示)")
