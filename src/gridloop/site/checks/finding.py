"""What a check finds: a kind, how grave it is, where, and a sentence that says what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
GRAVITY = {ERROR: 0, WARNING: 1, NOTE: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding. An ``error`` does not hold and makes the check fail; a ``warning`` wants a decision; a ``note`` is good to know."""

    kind: str
    severity: str
    where: str
    sentence: str

    def to_data(self) -> dict[str, str]:
        """The finding as ``gridloop check --json`` prints it."""
        return asdict(self)
