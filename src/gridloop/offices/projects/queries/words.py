"""The words for the codes of projects, for whoever shows them."""

from gridloop.core.factor import FACTORS, UNITS
from gridloop.core.project import LIBRARIES, PRIORITIES, SECTORS

__all__ = ["FACTORS", "LIBRARIES", "PRIORITIES", "SECTORS", "UNITS"]
