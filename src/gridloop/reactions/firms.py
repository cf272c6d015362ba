"""What follows from what a firm says itself: whoever was to come hears that they are not to."""

from __future__ import annotations

from gridloop.core.errors import NotFound
from gridloop.offices.organisation import queries as organisation
from gridloop.reactions.stories import Story, desk_of, tell_people


def tell_host_of_refusal(story: Story) -> None:
    """Whoever was to visit is told, once; a refusal that an officer took down was heard by the officer already."""
    if not story.entry.actor.startswith("contact:"):
        return
    try:
        people = [organisation.person(story.street, story.said("host"))]
    except NotFound:
        people = desk_of(story)
    why = f"企业说明:{story.said('reason')}。" if story.said("reason") else ""
    text = f"企业在自己的页面谢绝了 {story.said('on')} 的走访。{why}请不要上门;要联系可改用电话。"
    tell_people(story, people, "企业谢绝走访", text)
