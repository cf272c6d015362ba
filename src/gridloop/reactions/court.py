"""What follows from returns, rulings and answer duties: who is asked, who must rule, who answers the reporter from now on."""

from __future__ import annotations

from gridloop.core.returns import ADJUDICATOR, UNIT
from gridloop.offices.organisation import queries as organisation
from gridloop.reactions.stories import (
    Story,
    answering,
    by_when,
    desk_of,
    moment,
    street_leaders,
    tell_people,
    tell_unit,
)


def tell_side_of_return(story: Story) -> None:
    """The unit that the cited row names is asked; it is told what its silence would mean."""
    if story.said("awaits") == UNIT:
        text = (
            f"{story.said('unit')}依据履职事项清单 {story.said('duty_item')} 退回,认为应由贵单位办理:{story.said('reason')}。"
            f"请于 {moment(story.said('answer_by'))} 前接办,或引用清单说明不接;逾期按时限方案处理。"
        )
        tell_unit(
            story,
            organisation.unit_named(story.street, story.said("side")) or story.of.lead,
            f"请答复退回 {story.title}",
            text,
        )


def tell_adjudicators(story: Story) -> None:
    if story.said("awaits") == ADJUDICATOR:
        text = f"已退回 {story.said('nth')} 次。请于 {moment(story.said('answer_by'))} 前裁定主办单位;逾期按各方引用的清单事项确定。"
        tell_people(story, street_leaders(story), f"待裁定 {story.title}", text, is_urgent=True)


def tell_desk_of_decline(story: Story) -> None:
    tell_people(
        story, desk_of(story), f"{story.said('unit')}不接 {story.title}",
        f"{story.said('reason')}。请重新交办、会商或提级{by_when(story)}。",
    )  # fmt: skip


def tell_desk_of_decision(story: Story) -> None:
    word = "已裁定主办" if story.entry.kind == "case.designated" else "已接办"
    tell_people(
        story, desk_of(story), f"{word} {story.title}", f"由{story.said('unit')}主办:{story.said('reason')}。不再退回。"
    )


def tell_lead_of_taking(story: Story) -> None:
    text = f"{story.said('unit')}在退回期限内没有签收也没有退回,视为接收。请办理{by_when(story)}。"
    tell_unit(story, story.of.lead, f"视为签收 {story.title}", text)


def tell_new_answerer(story: Story) -> None:
    text = f"{story.said('before')}已不在岗,此件的答复责任转到您({story.said('rule')})。办理单位不变;请告知反映人进展。"
    tell_people(story, answering(story), f"答复责任转到您 {story.title}", text)
