"""Every write of the indicators: figures told from outside (telling), evaluations by rules, frozen and objected to (evaluating)."""

from gridloop.offices.indicators.actions.evaluating import RulesTold, decide_objection, freeze, object_to, set_rules
from gridloop.offices.indicators.actions.telling import (
    LARGEST,
    TELLS,
    Source,
    check_reading,
    define,
    must_define,
    must_tell,
    note_standing,
    tell_reading,
)

__all__ = [
    "LARGEST",
    "TELLS",
    "RulesTold",
    "Source",
    "check_reading",
    "decide_objection",
    "define",
    "freeze",
    "must_define",
    "must_tell",
    "note_standing",
    "object_to",
    "set_rules",
    "tell_reading",
]
