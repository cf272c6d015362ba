"""One firm of 莲湖 whose own page a visitor can open: its contact, and what waits for the firm's word there. Nobody here exists.

The contact has a place-holder number of the street (0371-6000xxxx), so that it can be invited like any other; ``/firm/`` lets visitors of a
demonstration in without an invitation.

Guarantees: through the offices' actions only; nothing is done that the firm has to say itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from gridloop.core.bank_match import Demand
from gridloop.offices.enterprise.actions import banking, links, serving
from gridloop.offices.enterprise.actions.contacts import add_contact, look_at_contacts
from gridloop.offices.enterprise.actions.forums import ForumTold, announce_forum, invite
from gridloop.offices.enterprise.actions.links import ListingTold
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.service_models import ServiceTeam
from gridloop.site.demo.lianhu import CODE
from gridloop.site.demo.replay import Stage, actor_of_stage

DAY = timedelta(days=1)
NUMBER = "0371-60000399"


def receive(*, at: datetime, calls: Mapping[str, str]) -> None:
    """The first firm of the register has a contact, and on its page a service to confirm, a forum, a partner and a bank to say yes or no to."""
    stage = Stage(CODE, "莲湖街道", calls, lambda moment: None)
    desk, manager = (actor_of_stage(stage, call, at) for call in ("值班1", "管家01"))
    firm, other = Enterprise.objects.filter(street=CODE, left_at__isnull=True).order_by("pk")[:2]
    add_contact(by=desk, at=at - 6 * DAY, enterprise=firm.ref, name="示例联系人", phone=NUMBER, duty="办公室(演示)")
    look_at_contacts(by=manager, at=at - 5 * DAY, enterprise=firm.ref, reason="约上门时间(演示)")
    _to_confirm(stage, firm, at=at)
    banking.demand_credit(
        by=manager, at=at - 2 * DAY, demand=Demand(Decimal(300_000), "turnover", 12, "none"), enterprise=firm.ref, note="备料周转(演示)"
    )  # fmt: skip
    made = []
    for side, who, words in (
        ("need", firm, "想找人拍产品短视频(演示)"),
        ("offer", other, "有摄影棚,可代拍短视频(演示)"),
    ):
        told = ListingTold(side, "media", words, (at + 120 * DAY).date(), ("短视频",))
        made.append(
            links.tell_listing(
                by=desk, at=at - 2 * DAY, enterprise=who.ref, told=told, agreed_how="服务管家上门,企业签字(演示)"
            )
        )
    links.propose_link(by=desk, at=at - DAY, need=made[0].ref, offer=made[1].ref)
    forum = ForumTold(
        kind="policy", title="设备更新政策宣讲(演示)", starts_at=at + 10 * DAY, topic="怎么算、怎么报", way="online", host="economy"
    )  # fmt: skip
    row = announce_forum(by=desk, at=at - DAY, street=CODE, told=forum)
    invite(by=desk, at=at - DAY, forum=row.ref, enterprises=[firm.ref, other.ref])


def _to_confirm(stage: Stage, firm: Enterprise, *, at: datetime) -> None:
    """A service that was done and waits for the firm's word."""
    manager, team = (
        actor_of_stage(stage, "管家01", at),
        ServiceTeam.objects.get(street=stage.street, kind="environment"),
    )
    order = serving.order_service(
        by=manager, at=at - 4 * DAY, enterprise=firm.ref, team=team.ref, service="上门看废水排口怎么改(演示)", wanted="上午"
    )  # fmt: skip
    serving.book_order(
        by=manager, at=at - 4 * DAY, order=order.ref, officer=stage.calls["生态环境站"], booked_for=at - 3 * DAY
    )
    serving.finish_order(
        by=actor_of_stage(stage, "生态环境站", at), at=at - 2 * DAY, order=order.ref, result="画了改造草图,留了两家施工单位的报价(演示)"
    )  # fmt: skip
