"""The words for the codes of indicators, for whoever shows them."""

from gridloop.offices.indicators.models import KINDS, SOURCES, UNITS

__all__ = ["KINDS", "SOURCES", "UNITS"]
