"""What follows from what a firm says itself on its own page: whoever has to do with it hears of it."""

from __future__ import annotations

from gridloop.core.access import SYSTEM, Role
from gridloop.core.errors import NotFound
from gridloop.offices.enterprise.queries import banking, links, register, serving, teams, visit_planning
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person
from gridloop.reactions.stories import Story, desk_of, tell_people

SAID = {
    "order.cancelled": "取消了上门服务",
    "order.confirmed": "确认上门服务已办好",
    "order.sent_back": "说上门服务没有办好,请再去一次",
    "order.placed": "预约了上门服务,请约好时间",
    "bank.consented": "授权向银行提供资料,请介绍给银行",
    "bank.withdrawn": "撤回了资金需求,不要再给银行看",
    "firm_link.agreed": "愿意认识对方",
    "firm_link.declined": "不愿意认识对方,这次牵线到此为止",
    "listing.told": "登记了供需,请看看有没有合适的对方",
    "resumption.applied": "提交了复工申请,请安排核查",
    "resumption.item_mended": "说明了复工清单一项的整改,请再核查",
    "resumption.withdrawn": "撤回了复工申请",
}
"""What a firm did on its own page, as the notice says it."""


def tell_host_of_refusal(story: Story) -> None:
    """Whoever was to visit is told, once; a refusal that an officer took down was heard by the officer already."""
    if not _is_own_word(story):
        return
    try:
        people = [organisation.person(story.street, story.said("host"))]
    except NotFound:
        people = desk_of(story)
    why = f"企业说明:{story.said('reason')}。" if story.said("reason") else ""
    text = f"企业在自己的页面谢绝了 {story.said('on')} 的走访。{why}请不要上门;要联系可改用电话。"
    tell_people(story, people, "企业谢绝走访", text)


def tell_legal_officers(story: Story) -> None:
    """A question that a firm asked itself is told to the legal officers."""
    if _is_own_word(story):
        people = organisation.people_with_roles(story.street, roles=(Role.LEGAL_OFFICER,), at=story.at)
        tell_people(
            story, people or desk_of(story), "企业提出法律咨询", f"{_firm(story)}在自己的页面提了一个法律问题,请接办。"
        )


def tell_team_of_order(story: Story) -> None:
    """What a firm said of an order is told to the officer who goes, else to the whole team."""
    if not _is_own_word(story):
        return
    row = serving.order(story.said("order"), by=SYSTEM)
    people = [row.officer] if row.officer else [member.person for member in teams.members_of([row.team])]
    _tell(story, people, f"服务:{row.service}。")


def tell_keeper_of_match(story: Story) -> None:
    """What a firm said of its demand is told to whoever has the match in hand."""
    if _is_own_word(story):
        row = banking.match(story.said("match"), by=SYSTEM)
        _tell(story, [row.officer] if row.officer else _manager(story))


def tell_proposer_of_link(story: Story) -> None:
    """What a firm said of an introduction is told to whoever proposed it."""
    if _is_own_word(story):
        row = links.link(story.said("link"), by=SYSTEM)
        _tell(story, [row.proposed_by] if row.proposed_by else _manager(story))


def tell_manager_of_own_word(story: Story) -> None:
    """What a firm told itself is told to its service manager; where it has none, to the desk."""
    if _is_own_word(story):
        _tell(story, _manager(story))


def _is_own_word(story: Story) -> bool:
    """Whether the firm's contact did it; what an officer took down was heard by the officer already."""
    return story.entry.actor.startswith("contact:")


def _tell(story: Story, people: list[Person], more: str = "") -> None:
    reason = f"原因:{story.said('reason')}。" if story.said("reason") else ""
    text = f"{_firm(story)}在自己的页面{SAID[story.entry.kind]}。{more}{reason}"
    tell_people(story, people or desk_of(story), "企业自己说的话", text)


def _ref(story: Story) -> str:
    kind, _colon, ref = story.entry.subject.partition(":")
    return ref if kind == "enterprise" else story.said("enterprise")


def _firm(story: Story) -> str:
    return str(register.enterprise(_ref(story), by=SYSTEM).name)


def _manager(story: Story) -> list[Person]:
    found = visit_planning.managers_of(story.street).get(f"enterprise:{_ref(story)}")
    return [found] if found else []
