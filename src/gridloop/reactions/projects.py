"""What follows from a leader's decision on a proposal: it stands in the reserve library, or somebody is asked for what it lacks."""

from __future__ import annotations

from gridloop.offices.projects.actions import take_up_proposal
from gridloop.reactions.stories import Story, desk_of, tell_people


def enter_approved_proposal(story: Story) -> None:
    """An approved proposal becomes a project; where it cannot, the duty desk is told why and enters or links it by hand."""
    if not story.payload.get("approved"):
        return
    proposal = story.entry.subject.partition(":")[2]
    taken, why = take_up_proposal(at=story.at, proposal=proposal)
    if taken is None:
        text = f"{why};请在立项建议页关联已有项目,或补齐后录入储备库。"
        tell_people(story, desk_of(story), "获批的立项建议还没有入库", text)
