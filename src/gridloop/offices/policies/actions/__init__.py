"""Every write of the policies."""

from gridloop.offices.policies.actions.drafting import (
    Told,
    change_draft,
    discard_draft,
    draft_policy,
    publish_policy,
    withdraw_policy,
)
from gridloop.offices.policies.actions.importing import Imported, import_policies
from gridloop.offices.policies.actions.pushing import (
    Pushed,
    answer_push,
    decline_policy,
    push_policies,
    tell_due_digests,
)
from gridloop.offices.policies.actions.questions import answer_question, change_question, retire_question

__all__ = [
    "Imported",
    "Pushed",
    "Told",
    "answer_push",
    "answer_question",
    "change_draft",
    "change_question",
    "decline_policy",
    "discard_draft",
    "draft_policy",
    "import_policies",
    "publish_policy",
    "push_policies",
    "retire_question",
    "tell_due_digests",
    "withdraw_policy",
]
