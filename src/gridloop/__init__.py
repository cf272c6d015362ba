"""gridloop (网格闭环): the closed loop of a Chinese sub-district, from a problem told to a problem struck off."""

__version__ = "0.1.0"
