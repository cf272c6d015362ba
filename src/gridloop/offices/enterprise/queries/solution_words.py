"""What the codes of needs and solutions mean, for the windows."""

from gridloop.core.assist import STATES as ORDER_STATES
from gridloop.core.bank_match import COLLATERALS, PURPOSES, STAGES
from gridloop.core.factor import FACTORS, UNITS
from gridloop.core.factor import STATES as GAP_STATES
from gridloop.core.firm_plan import STATES as MEASURE_STATES
from gridloop.offices.enterprise.solution_models import EFFECTS, PLAN_KINDS

__all__ = [
    "COLLATERALS",
    "EFFECTS",
    "FACTORS",
    "GAP_STATES",
    "MEASURE_STATES",
    "ORDER_STATES",
    "PLAN_KINDS",
    "PURPOSES",
    "STAGES",
    "UNITS",
]
