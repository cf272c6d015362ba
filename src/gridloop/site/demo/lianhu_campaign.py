"""万人助万企 in 莲湖街道: the command post, 8 work groups, 8 activity plans, the economic task force, task forces of key projects; the campaign 能力作风建设年.

The source says “指挥部和8个专项工作组” and “8个各具特色的专项活动实施方案”; what they are called, who is in them and on which days they worked is ours,
marked (演示) where it could be taken for a real document. Through the offices' actions only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from gridloop.core.access import SYSTEM, Actor
from gridloop.offices.campaigns import actions
from gridloop.offices.campaigns.actions import ActivityTold
from gridloop.offices.campaigns.models import Activity, Campaign, CampaignGroup
from gridloop.offices.enterprise.actions.pairing import pair_many
from gridloop.offices.projects.models import Project
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

CODE, STYLE = "wrzwq", "nlzf"
FOUNDED = datetime(2022, 1, 6, 10, 0, tzinfo=BEIJING)
NONE_YET = "西区新能源车零部件厂(演示)"
"""The one key project that has no task force yet: the matrix shows the blank."""
GROUPS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    # name, lead, duty, other units, tasks (the last of each is still open)
    ("综合协调组", "campaign", "统筹调度、通报情况、督办问题销号", ("office", "economy"), ("建立问题台账,当天交办", "每月汇总一次情况")),
    ("政策落实组", "economy", "梳理惠企政策,推送到企业", ("finance", "tax"), ("整理现行政策清单", "每季度更新一次清单")),
    ("金融对接组", "bank", "摸清资金需求,对接金融机构", ("finance", "d_finance"), ("汇总企业资金需求", "跟踪授信落实情况")),
    ("用工服务组", "labour", "收集用工需求,组织招聘", ("service",), ("发布第一批岗位", "回访新招员工稳岗情况")),
    ("要素保障组", "land", "协调土地、水电气热等要素", ("power", "water", "gas", "heat"), ("排查用电容量不足的企业", "跟踪两处变压器增容")),
    ("办税服务组", "tax", "上门辅导办税、退税", ("d_tax",), ("退税企业逐家辅导", "收集办税堵点")),
    ("法治安商组", "justice", "法律咨询、矛盾调解、周边治安", ("police",), ("为企业做一次合同体检", "周边秩序每周巡查")),
    ("营商环境组", "market", "证照代办、规范检查、听取监督员意见", ("urban", "environment", "service"), ("许可事项一次告知单", "归并入企检查")),
)  # fmt: skip
ACTIVITIES: tuple[tuple[str, str, int, date, date, str, str], ...] = (
    # title, aim, group (from 0), first day, last day, what the middle step is, result
    ("政策宣讲进企业", "把税费、稳岗、金融政策讲到厂里和楼里", 1, date(2022, 2, 14), date(2022, 3, 31), "分片宣讲", "已分片宣讲,到场企业都领到政策摘要,问题当场登记。"),
    ("“政企面对面”恳谈会", "企业当面说,部门当场接,会后当天立件", 0, date(2022, 2, 21), date(2022, 4, 29), "开恳谈会", "会上的诉求都已立件交办,答复回到企业。"),
    ("银企对接月", "有资金需求的企业都有银行对接", 2, date(2022, 3, 1), date(2022, 3, 31), "逐户对接银行", "需求企业逐户对接,结果逐笔登记。"),
    ("送岗入企", "岗位送到村里,人送到厂里", 3, date(2022, 2, 9), date(2022, 3, 18), "两场线上招聘", "两场线上招聘已办,录用情况由企业确认。"),
    ("要素保障攻坚", "水电气热和用地的缺口一件一件补上", 4, date(2022, 3, 7), date(2022, 5, 20), "协调变压器增容", "排查出的缺口都已立件,按期办结。"),
    ("办税上门行", "不会办的教,跑不动的上门办", 5, date(2022, 4, 1), date(2022, 5, 13), "上门辅导退税", "符合条件的企业都已辅导申报。"),
    ("企业法治体检", "合同、用工、欠款风险先看一遍", 6, date(2022, 3, 14), date(2022, 5, 6), "法律专员逐户体检", "体检意见已送达企业,纠纷转入调解。"),
    ("企企联建促消费", "本地企业互相搭桥,线上线下一起卖", 7, date(2022, 4, 11), date(2022, 12, 30), "组织一次联展", ""),
)  # fmt: skip
ALSO_STYLE = frozenset({"“政企面对面”恳谈会", "办税上门行"})
"""These count for 能力作风建设年 too, and are kept once."""


def happenings() -> list[Happening]:
    """The founding in January, the Fridays on which steps were done, and the ends of the activities."""
    found = [Happening(FOUNDED, "指挥部、工作组、专项活动", _found)]
    found.append(Happening(FOUNDED + timedelta(minutes=20), "重点项目分组分包", _key_projects))
    for title, _aim, group, first, last, _step, result in ACTIVITIES:
        found += [_step_done(title, group, number, on) for number, on in enumerate(_days(first, last)[: 3 if result else 1], 1)]  # fmt: skip
        if result:
            found.append(
                Happening(
                    _friday(_days(first, last)[-1]) + timedelta(minutes=5),
                    f"完成 {title}",
                    _finish(title, group, result),
                )
            )
    return found


def _found(stage: Stage, at: datetime) -> None:
    desk = actor_of_stage(stage, "值班1", at)
    campaign = Campaign.objects.get(street=stage.street, code=CODE)
    actions.open_campaign(
        by=SYSTEM, at=at, street=stage.street, code=STYLE, name="能力作风建设年", kind="style", basis="演示方案(虚构,非真实文件)",
        data_policy="不收集个人信息。", starts_on=date(2022, 1, 4), ends_on=date(2022, 12, 31), scheme="与助企活动一体推进,不另设台账。",
    )  # fmt: skip
    command = actions.found_group(by=desk, at=at, campaign=campaign.ref, kind="command", name="万人助万企指挥部", lead="office", duty="统筹全街道助企工作,研究疑难问题")  # fmt: skip
    for call, duty in (
        ("书记", "head"), ("主任", "deputy"), ("活动办负责人", "office"), *((f"{each}负责人", "member") for each in ("经济发展办", "市场监管所", "税务服务团队", "人社所")),
    ):  # fmt: skip
        actions.join_group(by=desk, at=at, group=command.ref, person=stage.calls[call], duty=duty)
    groups = [_group(stage, campaign, row, at) for row in GROUPS]
    economy = actions.found_group(by=desk, at=at, campaign=campaign.ref, kind="economy", name="经济工作专班", lead="economy", duty="调度主要经济指标,对接限额以上企业")  # fmt: skip
    for call, duty in (("主任", "head"), ("经济发展办负责人", "deputy"), ("财政所负责人", "member"), ("税务服务团队负责人", "member")):  # fmt: skip
        actions.join_group(by=desk, at=at, group=economy.ref, person=stage.calls[call], duty=duty)
    actions.note_meeting(
        by=actor_of_stage(stage, "经济发展办负责人", at), at=at, group=economy.ref, held_at=at - timedelta(hours=1), topic="一季度指标调度(演示)",
        minutes="一、逐项核对口径和单位,存疑的数不上报。二、限额以上企业由专班成员分户联系。",
    )  # fmt: skip
    for title, aim, number, first, last, step, _result in ACTIVITIES:
        days = _days(first, last)
        steps = (("印发方案、通知企业", days[0]), (step, days[1]), ("回访企业、总结", days[2]))
        told = ActivityTold(title, aim, groups[number].lead.code, first, last, groups[number].ref, steps)
        planned = actions.plan_activity(by=desk, at=at, campaign=campaign.ref, told=told)
        if title in ALSO_STYLE:
            actions.link_activity(
                by=desk, at=at, activity=planned.ref, campaign=STYLE, reason="转作风、优服务的同一项任务"
            )


def _group(
    stage: Stage, campaign: Campaign, row: tuple[str, str, str, tuple[str, ...], tuple[str, ...]], at: datetime
) -> CampaignGroup:
    """The group with its head, its units and its tasks; all but the last task were done in March."""
    name, lead, duty, units, tasks = row
    desk = actor_of_stage(stage, "值班1", at)
    group = actions.found_group(by=desk, at=at, campaign=campaign.ref, kind="group", name=name, lead=lead, duty=duty)
    actions.join_group(by=desk, at=at, group=group.ref, person=stage.calls[_head(group)], duty="head")
    for unit in units:
        actions.join_group(by=desk, at=at, group=group.ref, unit=unit)
    for text, due_on in zip(tasks, (date(2022, 1, 28), date(2022, 12, 30)), strict=True):
        actions.set_task(by=desk, at=at, group=group.ref, text=text, due_on=due_on)
    return group


def _head(group: CampaignGroup) -> str:
    """What the roll calls the head of the leading unit."""
    return "活动办负责人" if group.lead.code == "campaign" else f"{group.lead.name}负责人"


def _key_projects(stage: Stage, at: datetime) -> None:
    """Every key project is paired in its four slots; each but one has its own task force."""
    desk = actor_of_stage(stage, "值班1", at)
    campaign = Campaign.objects.get(street=stage.street, code=CODE)
    rows = list(Project.objects.filter(street=stage.street).exclude(priority="").order_by("code"))
    for number, project in enumerate(rows):
        if project.name == NONE_YET:
            continue
        force = actions.found_group(
            by=desk, at=at, campaign=campaign.ref, kind="key", name=f"{project.name}专班", lead=project.unit.code, subject=project.subject, duty="一项目一专班,跟到投产",
        )  # fmt: skip
        actions.join_group(by=desk, at=at, group=force.ref, person=stage.calls[f"县领导{number % 8 + 1:02d}"], duty="head")  # fmt: skip
        actions.join_group(by=desk, at=at, group=force.ref, person=stage.calls[f"管家{number % 15 + 1:02d}"])
    slots: dict[tuple[str, str, str], list[str]] = {}
    for number, project in enumerate(rows):
        for slot, person, unit in (
            ("leader", stage.calls[f"县领导{number % 8 + 1:02d}"], ""), ("department", "", project.unit.code),
            ("manager", stage.calls[f"管家{number % 15 + 1:02d}"], ""), ("backstop", "", "office"),
        ):  # fmt: skip
            slots.setdefault((slot, person, unit), []).append(project.subject)
    for (slot, person, unit), subjects in slots.items():
        pair_many(by=desk, at=at, street=stage.street, subjects=subjects, slot=slot, person=person, unit=unit, reason="重点项目分包")  # fmt: skip


def _days(first: date, last: date) -> tuple[date, date, date]:
    """The days by which the three steps are due."""
    third = (last - first) // 3
    return first + timedelta(days=4), first + 2 * third, last


def _friday(on: date) -> datetime:
    """The afternoon of that Friday, or of the last one before."""
    back = (on.weekday() - 4) % 7
    return datetime.combine(on - timedelta(days=back), time(16, 20), tzinfo=BEIJING)


def _step_done(title: str, group: int, number: int, on: date) -> Happening:
    def do(stage: Stage, at: datetime) -> None:
        step = _activity(stage, title).steps.get(number=number)
        actions.finish_step(by=_owner(stage, group, at), at=at, step=step.ref, outcome="已按方案完成(演示)")
        if number == 1:
            _first_task(stage, GROUPS[group][0], at)

    return Happening(_friday(on), f"{title} 第 {number} 步", do)


def _first_task(stage: Stage, name: str, at: datetime) -> None:
    """With the first step of its activity the group reports its first task."""
    group = CampaignGroup.objects.select_related("lead").get(campaign__street=stage.street, name=name)
    task = group.tasks.filter(done_at__isnull=True).order_by("due_on").first()
    if task and task.due_on.month == 1:
        actions.finish_task(
            by=actor_of_stage(stage, _head(group), at), at=at, task=task.ref, outcome="已完成并留档(演示)"
        )


def _finish(title: str, group: int, result: str) -> Callable[[Stage, datetime], None]:
    def do(stage: Stage, at: datetime) -> None:
        actions.finish_activity(
            by=_owner(stage, group, at), at=at, activity=_activity(stage, title).ref, result=f"{result}(演示)"
        )

    return do


def _owner(stage: Stage, group: int, at: datetime) -> Actor:
    """The head of the unit that leads the group."""
    row = CampaignGroup.objects.select_related("lead").get(campaign__street=stage.street, name=GROUPS[group][0])
    return actor_of_stage(stage, _head(row), at)


def _activity(stage: Stage, title: str) -> Activity:
    return Activity.objects.get(campaign__street=stage.street, title=title)
