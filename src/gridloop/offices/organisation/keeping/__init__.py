"""The organisation's chapters of the setup: units, people, posts, holdings, delegations, duty list; and how rows are written.

``actions`` writes the rows of any chapter through a ``Keeper``; the other modules say for one model what a row is.
"""
