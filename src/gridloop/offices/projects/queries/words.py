"""The words for the codes of projects, for whoever shows them."""

from gridloop.core.factor import FACTORS, UNITS
from gridloop.core.project import LIBRARIES, PRIORITIES, SECTORS
from gridloop.core.standstill import STANDINGS

__all__ = ["FACTORS", "LIBRARIES", "PRIORITIES", "SECTORS", "STANDINGS", "UNITS"]
