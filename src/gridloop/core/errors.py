"""The one error tree of gridloop.

Every refusal that a person may meet is one of these. An error carries

* ``code``: stable, lower case with dots, safe to script against,
* ``sentence``: one Chinese sentence that says what is wrong *and what to do next*,
* ``fields``: the values the sentence speaks of, for machines.

::

    GridloopError
    ├── NotAllowed        the actor may not do this here            403
    ├── NotFound          no such thing inside the actor's scope    404
    ├── WrongInput        a value is missing or malformed           422
    ├── Refused           a rule of the loop says no                409
    │   ├── Outdated      someone else was faster                   409
    │   └── TooLate       the window for this has closed            409
    ├── TooMuch           a size, a rate or a quota is exceeded     429
    └── Broken            an invariant does not hold: our fault     500

Worked example::

    raise Refused("case.not_verified", "先由未经办的人核实,再销号。", case="20220529-000017")
"""

from __future__ import annotations


class GridloopError(Exception):
    """The root: a stable code, a sentence for a person, fields for a machine."""

    status = 500

    def __init__(self, code: str, sentence: str, **fields: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.fields = fields


class NotAllowed(GridloopError):
    """The actor may not do this, with the reason."""

    status = 403


class NotFound(GridloopError):
    """There is no such thing, or it lies outside the actor's scope; the two are not told apart."""

    status = 404


class WrongInput(GridloopError):
    """A value is missing or malformed; ``fields`` names it."""

    status = 422


class Refused(GridloopError):
    """A rule of the loop says no. This is an answer, not a fault."""

    status = 409


class Outdated(Refused):
    """Someone else changed the thing first; look again, then decide."""


class TooLate(Refused):
    """The window for this has closed; the sentence says when it did."""


class TooMuch(GridloopError):
    """A size, a rate or a quota is exceeded."""

    status = 429


class Broken(GridloopError):
    """An invariant does not hold. Never caught on the way up."""

    status = 500
