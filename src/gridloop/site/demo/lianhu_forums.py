"""莲湖街道's forums, links between firms and resumption of work in the demonstration: few deeds, through the offices' actions, all of it synthetic.

Told are: an old shop brought together with a short-video operator and an outlet shop with a media firm (企企联建); one factory that resumes work with
its checklist, a test batch and two charter coaches; a talk, a bank meeting, a policy briefing and a carnival in spring; and, in the last days, the
meeting on car subsidies with the firms of 示例汽车城, from the filter to the question and answer.

Guarantees: the 43 problems of the history stay 43 (what was asked in spring was a case already); where no firm is on the register nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.cases.actions import accept, answer, begin_work
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions import forum_questions as questions
from gridloop.offices.enterprise.actions import forums, links, resumptions, stories, trips
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.forum_questions import QuestionTold
from gridloop.offices.enterprise.actions.forums import ForumTold
from gridloop.offices.enterprise.actions.links import ListingTold
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion
from gridloop.offices.enterprise.models import Cluster, Enterprise
from gridloop.offices.enterprise.queries import forums as found_forums
from gridloop.offices.enterprise.queries import resumptions as found_resumptions
from gridloop.offices.enterprise.queries.register import Wanted
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.models import Policy
from gridloop.site.demo.replay import Happening, Stage, actor_of_stage
from gridloop.site.demo.tale import BEIJING

CAR_TOWN = "示例汽车城(演示)"
SUBSIDY = "汽车消费补贴(示例)"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DESK, HEAD, ECONOMY = "值班1", "主任", "经济发展办"


def happenings(now: datetime) -> list[Happening]:
    """What befell the firms together, up to now."""
    recent = datetime(now.year, now.month, now.day, 15, 0, tzinfo=BEIJING) - 3 * DAY
    return [
        Happening(_at(2, 10, 9), "复工核查", _resume),
        Happening(_at(2, 12, 8), "返岗包车", _bring_back),
        Happening(_at(3, 10, 15), "政企面对面", _talk),
        Happening(_at(3, 24, 15), "银企对接会", _bank),
        Happening(_at(4, 8, 15), "政策宣讲进企业", _briefing),
        Happening(_at(4, 15, 10), "老店与短视频平台", _old_shop),
        Happening(_at(4, 20, 10), "奥莱与传媒", _outlet),
        Happening(_at(5, 1, 10), "联展联促嘉年华", _carnival),
        Happening(recent - 2 * DAY, "汽车补贴推进会邀请", _invite_car_firms),
        Happening(recent, "汽车补贴推进会", _car_meeting),
        Happening(recent + 20 * HOUR, "汽车补贴答复", _car_answers),
        Happening(recent + 24 * HOUR, "下一场恳谈会", _next_talk),
    ]


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2022, month, day, hour, 0, tzinfo=BEIJING)


def _firms(stage: Stage, **wanted: Any) -> list[Enterprise]:
    """The present firms of the register that are so, the oldest first."""
    return list(Enterprise.objects.filter(street=stage.street, left_at__isnull=True, **wanted).order_by("pk"))


Do = Callable[[Stage, datetime], None]


# -- resumption --------------------------------------------------------------------------------------------------------


def _resume(stage: Stage, at: datetime) -> None:
    """A machine works hands in its application, has one item returned, mends it, tests its staff, and works again."""
    works = _firms(stage, industry__startswith="34")[:1]
    for firm in works:
        desk, manager = actor_of_stage(stage, DESK, at), actor_of_stage(stage, HEAD, at)
        row = resumptions.apply_resumption(
            by=manager, at=at, enterprise=firm.ref, planned_on=date(2022, 2, 14), staff=36
        )
        first, *rest = found_resumptions.items_of(row)
        resumptions.return_item(by=desk, at=at + HOUR, item=first.ref, reason="名单缺两名外地返岗人员(演示)")
        for item in rest:
            resumptions.pass_item(by=desk, at=at + HOUR, item=item.ref)
        resumptions.mend_item(by=manager, at=at + 5 * HOUR, item=first.ref, remedy="已补齐(演示)")
        resumptions.note_staff_test(
            by=desk,
            at=at + 6 * HOUR,
            enterprise=firm.ref,
            tested_on=at.date(),
            invited=36,
            tested=36,
            venue="厂区(演示)",
        )
        resumptions.pass_item(by=desk, at=at + 7 * HOUR, item=first.ref)
        resumptions.resume_work(by=desk, at=at + 8 * HOUR, resumption=row.ref)


def _bring_back(stage: Stage, at: datetime) -> None:
    """Two coaches: twelve workers for one firm, five for two."""
    works = _firms(stage, section="C")[:3]
    if len(works) < 3:
        return
    desk = actor_of_stage(stage, DESK, at)
    one, two, three = works
    for origin, later, workers in (
        ("信阳固始(演示)", timedelta(0), {one.ref: 12}),
        ("周口淮阳(演示)", 2 * DAY, {two.ref: 3, three.ref: 2}),
    ):
        told = trips.TripTold(
            origin, (at + later).date(), 45, workers, vehicle="客运包车(演示)", permit="通行证由街道办理(演示)",
            contact_there="当地人社部门(演示)", met_by=stage.calls["人社所"],
        )  # fmt: skip
        row = trips.plan_trip(by=desk, at=at, street=stage.street, told=told)
        trips.depart_trip(by=desk, at=at + HOUR, trip=row.ref)
        trips.arrive_trip(by=desk, at=at + 9 * HOUR, trip=row.ref, arrived=sum(workers.values()))


# -- forums of the spring ----------------------------------------------------------------------------------------------


def _hold(stage: Stage, at: datetime, told: ForumTold, firms: Sequence[Enterprise]) -> Forum | None:
    """The forum was announced and firms invited five days before; most came today."""
    if not firms:
        return None
    desk = actor_of_stage(stage, DESK, at)
    row = forums.announce_forum(by=desk, at=at - 5 * DAY, street=stage.street, told=told)
    asked = forums.invite(by=desk, at=at - 5 * DAY, forum=row.ref, enterprises=[firm.ref for firm in firms]).asked
    came = [firm.ref for number, firm in enumerate(asked) if number % 4 != 3]
    forums.note_attendance(by=desk, at=at + HOUR, forum=row.ref, came=came)
    return row


def _told(stage: Stage, at: datetime, kind: str, title: str, **words: str) -> ForumTold:
    return ForumTold(
        kind, title, at, venue=words.pop("venue", "街道三楼会议室(演示)"), host=words.pop("host", "campaign"), **words
    )


def _talk(stage: Stage, at: datetime) -> None:
    """Three firms ask for what is a case already and is not over; their questions join these cases."""
    named = {firm.name: firm for firm in _firms(stage)}
    earlier = Case.objects.filter(street=stage.street, filed_at__lt=at, enterprise__in=list(named))
    rows = earlier.filter(state__in=LIVE_STATES).order_by("pk")
    cases = list({case.enterprise: case for case in rows}.values())[:3]
    firms = [named[case.enterprise] for case in cases] + _firms(stage, section="I")[:6]
    row = _hold(
        stage, at, _told(stage, at, "talk", "“政企面对面”恳谈会(演示)", topic="开年用工、用电和手续"), _once(firms)
    )
    if row is None:
        return
    desk = actor_of_stage(stage, DESK, at)
    for number, case in enumerate(cases):
        told = QuestionTold(f"会前反映过的:{case.title}", named[case.enterprise].ref, case.category)
        asked = questions.take_question(by=desk, at=at + number * HOUR / 6, forum=row.ref, told=told)
        questions.attach_question(by=desk, at=at + number * HOUR / 6, question=asked.ref, case=case.number)
    forums.write_minutes(
        by=desk,
        at=at + 2 * HOUR,
        forum=row.ref,
        text="三家企业说了会前已登记的问题的进展;承办单位当场回应,其余照常办理。(演示)",
    )


def _once(firms: Sequence[Enterprise]) -> list[Enterprise]:
    return list({firm.pk: firm for firm in firms}.values())


def _bank(stage: Stage, at: datetime) -> None:
    firms = _firms(stage, section="C", size__in=("small", "micro"))[:12]
    row = _hold(stage, at, _told(stage, at, "bank", "银企对接会(演示)", host="bank", topic="流动资金和续贷"), firms)
    if row is not None:
        text = "两家银行介绍了信用贷和续贷;愿意对接的企业会后一对一登记。(演示)"
        forums.write_minutes(by=actor_of_stage(stage, DESK, at), at=at + 2 * HOUR, forum=row.ref, text=text)


def _briefing(stage: Stage, at: datetime) -> None:
    firms = _firms(stage, section="F")[:16]
    row = _hold(
        stage, at, _told(stage, at, "policy", "政策宣讲进企业(演示)", host="economy", venue="示例奥莱广场(演示)"), firms
    )
    if row is not None:
        text = "讲了房租补贴和线上转型培训;问得多的已写进政策问答。(演示)"
        forums.write_minutes(by=actor_of_stage(stage, DESK, at), at=at + 2 * HOUR, forum=row.ref, text=text)


def _carnival(stage: Stage, at: datetime) -> None:
    """An event on site and online, with what it brought as its operator told."""
    firms = _once([*_firms(stage, cluster__name=CAR_TOWN), *_firms(stage, cluster__name="示例奥莱广场(演示)")])
    told = _told(
        stage, at, "fair", "五一联展联促嘉年华(演示)", host="economy", venue="示例汽车城广场(演示)", way="both"
    )
    row = _hold(stage, at, told, firms)
    if row is not None:
        forums.tell_result(
            by=actor_of_stage(stage, DESK, at), at=at + 10 * HOUR, forum=row.ref, visitors=5200, sales=Decimal(4_860_000),
            source="示例车城管理公司报送(演示)",
        )  # fmt: skip


# -- links -------------------------------------------------------------------------------------------------------------


def _old_shop(stage: Stage, at: datetime) -> None:
    """An old noodle shop and a short-video operator: proposed with reasons, both agreed, introduced, they work together; its story."""
    row = _linked(
        stage, at, (_firms(stage, industry="6210"), _firms(stage, industry="6513")), "platform",
        ("传统老店想通过短视频让外地客人看见(演示)", ("短视频", "老字号")), ("短视频拍摄和代运营(演示)", ("短视频", "直播")),
    )  # fmt: skip
    if row is None:
        return
    desk, shop = actor_of_stage(stage, DESK, at), row.need.enterprise
    links.introduce_link(by=desk, at=at + 5 * HOUR, link=row.ref, how="在街道会议室见面(演示)")
    links.settle_link(
        by=desk, at=at + 6 * HOUR, link=row.ref, cooperated=True, outcome="先拍十条短视频,按成交分成,试三个月(演示)"
    )
    answer_consent(by=desk, at=at + 6 * HOUR, enterprise=shop.ref, kind="story", granted=True, how="书面同意(演示)")
    told = stories.write_story(
        by=desk, at=at + 7 * HOUR, enterprise=shop.ref, title="老店有了新客人(演示)", link=row.ref,
        text="街道牵线,老店和短视频平台合作。第一条视频发出后,周末排起了队,外地也有人来问怎么买。(演示)",
    )  # fmt: skip
    stories.publish_story(by=actor_of_stage(stage, HEAD, at), at=at + 8 * HOUR, story=told.ref)


def _outlet(stage: Stage, at: datetime) -> None:
    """A shop of the outlet and a media firm are introduced; meanwhile a brand asks for premises; two other firms were parted by a no."""
    shops, media = _firms(stage, cluster__name="示例奥莱广场(演示)"), _firms(stage, industry="7251")
    need = ("奥莱商圈想要活动宣传和户外屏(演示)", ("户外屏", "活动"))
    offer = ("楼宇户外屏和活动策划(演示)", ("户外屏", "直播"))
    row = _linked(stage, at, (shops, media), "media", need, offer)
    if row is None:
        return
    desk = actor_of_stage(stage, DESK, at)
    links.introduce_link(by=desk, at=at + 5 * HOUR, link=row.ref, how="运营方和传媒公司在奥莱现场见面(演示)")
    lead = links.tell_lead(
        by=desk, at=at + 6 * HOUR, enterprise=row.need.enterprise.ref, brand="示例运动品牌(演示)", wants="两百平方米首层铺位",
        source="传媒公司介绍(演示)", link=row.ref,
    )  # fmt: skip
    links.move_lead(by=desk, at=at + 7 * HOUR, lead=lead.ref, state="talking", note="已看铺位,等总部回话(演示)")
    other = _linked(stage, at, (shops[1:], media[1:]), "media", need, offer, answers=(True, False))
    assert other is None or other.state == "declined"


def _linked(
    stage: Stage, at: datetime, firms: tuple[list[Enterprise], list[Enterprise]], kind: str, need: tuple[str, tuple[str, ...]],
    offer: tuple[str, tuple[str, ...]], *, answers: tuple[bool, bool] = (True, True),
) -> Any:  # fmt: skip
    """The first of either list, brought together; each has said what it thinks of it."""
    if not all(firms):
        return None
    desk, until = actor_of_stage(stage, DESK, at), (at + 180 * DAY).date()
    made = []
    for side, (words, tags), firm in (("need", need, firms[0][0]), ("offer", offer, firms[1][0])):
        told = ListingTold(side, kind, words, until, tags)
        made.append(
            links.tell_listing(by=desk, at=at, enterprise=firm.ref, told=told, agreed_how="服务管家上门,企业签字(演示)")
        )
    row = links.propose_link(by=desk, at=at + HOUR, need=made[0].ref, offer=made[1].ref)
    for listing, willing in zip(made, answers, strict=True):
        row = links.answer_link(
            by=desk, at=at + 2 * HOUR, link=row.ref, enterprise=listing.enterprise.ref, willing=willing, how="电话说明(演示)",
            reason="" if willing else "已有长期合作方(演示)",
        )  # fmt: skip
    return row


# -- the meeting on car subsidies --------------------------------------------------------------------------------------


def _invite_car_firms(stage: Stage, at: datetime) -> None:
    """限额以上 firms of the car town are filtered from the register and invited."""
    town = Cluster.objects.filter(street=stage.street, name=CAR_TOWN).first()
    if town is None:
        return
    economy = actor_of_stage(stage, DESK, at)
    told = _told(
        stage,
        at + 2 * DAY,
        "push",
        "汽车补贴活动推进会(演示)",
        host="economy",
        venue="示例汽车城二楼(演示)",
        topic="补贴方式、申报口径",
    )
    row = forums.announce_forum(by=economy, at=at, street=stage.street, told=told)
    found, _count = found_forums.candidates(row, Wanted(cluster=town.ref, threshold="yes", section="F"), by=economy)
    if found:
        forums.invite(by=economy, at=at, forum=row.ref, enterprises=[each.firm.ref for each in found])


def _car_forum(stage: Stage) -> Forum | None:
    return Forum.objects.filter(street=stage.street, kind="push").first()


def _car_meeting(stage: Stage, at: datetime) -> None:
    """Most came; four questions became cases in the same moment, a fifth asks the same as one of them."""
    row = _car_forum(stage)
    guests = list(row.invitations.select_related("enterprise").order_by("pk")) if row else []
    if row is None or not guests:
        return
    desk = actor_of_stage(stage, DESK, at)
    firms = [guest.enterprise for guest in guests]
    for firm in firms[:-1]:
        forums.answer_invitation(
            by=desk, at=at - DAY, forum=row.ref, enterprise=firm.ref, answer="yes", how="服务管家电话(演示)"
        )
    forums.note_attendance(by=desk, at=at + HOUR / 2, forum=row.ref, came=[firm.ref for firm in firms[:-1]])
    asked = (
        ("购车补贴由企业代申报还是个人申报?", "企业服务/政策咨询/惠企政策"),
        ("以旧换新的旧车不在本市登记,还能补贴吗?", "企业服务/政策咨询/惠企政策"),
        ("展销期间门前临时停车能不能多划几个位?", "企业服务/物流通行/车辆通行"),
        ("想在线上直播卖车,街道能不能牵线平台?", "企业服务/市场拓展/线上销售"),
    )
    told = [
        QuestionTold(f"{text}(演示)", firms[number % len(firms)].ref, category)
        for number, (text, category) in enumerate(asked)
    ]
    questions.raise_questions(by=desk, at=at + HOUR, forum=row.ref, told=told)
    same = questions.take_question(
        by=desk, at=at + HOUR, forum=row.ref, told=QuestionTold("个人买车自己能不能去窗口申报?(演示)", firms[1].ref)
    )
    first = ForumQuestion.objects.filter(forum=row).order_by("pk").first()
    assert first is not None
    questions.join_question(by=desk, at=at + HOUR, question=same.ref, like=first.ref)
    forums.write_minutes(
        by=desk,
        at=at + 2 * HOUR,
        forum=row.ref,
        text="经济发展办讲了补贴方式;企业提的诉求当场立为事项,逐件答复。(演示)",
    )


def _car_answers(stage: Stage, at: datetime) -> None:
    """The first question is answered by its unit, and the answer becomes a 问答 that cites the policy's second clause."""
    row = _car_forum(stage)
    first = ForumQuestion.objects.filter(forum=row, case__isnull=False).order_by("pk").first() if row else None
    policy = Policy.objects.filter(street=stage.street, title=SUBSIDY).first()
    if row is None or first is None or first.case is None or policy is None:
        return
    economy: Actor = actor_of_stage(stage, ECONOMY, at)
    for verb in (accept, begin_work):
        verb(by=economy, at=at, case=first.case.ref)
    words = "由限额以上汽车零售企业代申报,个人不用到窗口;经营数据由企业留存备查。(演示)"
    answer(by=economy, at=at + HOUR, case=first.case.ref, text=words)
    policies.answer_question(
        by=economy, at=at + HOUR, street=stage.street, question=first.text, answer=words, policy=policy.ref, clause=2, source=row.title,
        origin=first.subject, is_example=True,
    )  # fmt: skip


def _next_talk(stage: Stage, at: datetime) -> None:
    """One to come, with its invitations."""
    firms = _firms(stage, section="H")[:8]
    if not firms:
        return
    desk = actor_of_stage(stage, DESK, at)
    told = _told(stage, at + 7 * DAY, "talk", "餐饮住宿企业恳谈会(演示)", topic="客流、油烟和停车")
    row = forums.announce_forum(by=desk, at=at, street=stage.street, told=told)
    forums.invite(by=desk, at=at, forum=row.ref, enterprises=[firm.ref for firm in firms])
    _offers(stage, at)


def _offers(stage: Stage, at: datetime) -> None:
    """Offers and needs that stand now, so that there is something to bring together."""
    desk, until = actor_of_stage(stage, DESK, at), (at + 120 * DAY).date()
    for side, kind, industry, words, tags in (
        ("need", "logistics", "1411", "旺季需要冷库和同城配送(演示)", ("冷链", "配送")),
        ("offer", "logistics", "5930", "有空余冷库,可带配送(演示)", ("冷链", "仓储")),
        ("need", "supply", "6210", "想找本街道的食品供应(演示)", ("食品", "团餐")),
    ):
        for firm in _firms(stage, industry=industry)[:1]:
            told = ListingTold(side, kind, words, until, tags)
            links.tell_listing(by=desk, at=at, enterprise=firm.ref, told=told, agreed_how="服务管家上门,企业签字(演示)")
