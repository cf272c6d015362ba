"""Every write of the campaigns."""

from gridloop.offices.campaigns.actions.grouping import (
    end_group,
    finish_task,
    found_group,
    join_group,
    leave_group,
    note_meeting,
    set_task,
)
from gridloop.offices.campaigns.actions.opening import change_campaign, close_campaign, close_ended, open_campaign
from gridloop.offices.campaigns.actions.planning import (
    ActivityTold,
    cancel_activity,
    change_activity,
    finish_activity,
    finish_step,
    link_activity,
    plan_activity,
    unlink_activity,
)

__all__ = [
    "ActivityTold",
    "cancel_activity",
    "change_activity",
    "change_campaign",
    "close_campaign",
    "close_ended",
    "end_group",
    "finish_activity",
    "finish_step",
    "finish_task",
    "found_group",
    "join_group",
    "leave_group",
    "link_activity",
    "note_meeting",
    "open_campaign",
    "plan_activity",
    "set_task",
    "unlink_activity",
]
