"""The words for the codes of projects, for whoever shows them."""

from gridloop.core.project import FACTORS, LIBRARIES, PRIORITIES, SECTORS, UNITS

__all__ = ["FACTORS", "LIBRARIES", "PRIORITIES", "SECTORS", "UNITS"]
