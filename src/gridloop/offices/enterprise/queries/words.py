"""What the codes of the enterprises' columns mean, for the windows."""

from gridloop.offices.enterprise.link_models import LEAD_STATES, STORY_STATES
from gridloop.offices.enterprise.models import (
    CLUSTER_KINDS,
    CODE_KINDS,
    CONSENTS,
    LEFT_BECAUSE,
    PRIORITIES,
    STANDING_CONSENTS,
)
from gridloop.offices.enterprise.pairing_models import SLOTS
from gridloop.offices.enterprise.service_models import MEMBER_KINDS, ORDER_STATES, SERVICES, TEAM_KINDS

__all__ = [
    "CLUSTER_KINDS", "CODE_KINDS", "CONSENTS", "LEAD_STATES", "LEFT_BECAUSE", "MEMBER_KINDS", "ORDER_STATES", "PRIORITIES", "SERVICES", "SLOTS",
    "STANDING_CONSENTS", "STORY_STATES", "TEAM_KINDS",
]  # fmt: skip
