"""Deeds on one kind of thing: done once for a key, at the revision that was seen, and answered with the thing's file as it is then.

Worked example::

    DEEDS = DeedsOn(kind="match", argument="match", shape=BankMatchFile, found=banking.match, file=_file)
    return DEEDS.do(request, ref, "decline", actions.decline_credit, {"reason": told.reason}, rev=told.rev)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from gridloop.api.repeats import told_once
from gridloop.api.revisions import seen
from gridloop.api.tokens import Caller, CallerRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class DeedsOn:
    """``kind`` names the thing among the keys of repeated requests, ``argument`` in its actions; ``found`` looks it up for an actor
    (``by=``), ``file`` tells it in ``shape``.
    """

    kind: str
    argument: str
    shape: type[Schema]
    found: Callable[..., Any]
    file: Callable[[Caller, str], dict[str, Any]]

    def do(
        self, request: CallerRequest, ref: str, name: str, action: Callable[..., Any], said: Mapping[str, Any], *, rev: int | None
    ) -> HttpResponse:  # fmt: skip
        """The action is done to the thing. Raises what the action raises, and Stale where the thing is no longer as it was seen."""
        caller = request.auth

        def do(present: int | None) -> dict[str, Any]:
            action(**{self.argument: ref}, by=caller.actor, at=caller.at, rev=present, **said)
            return self.file(caller, ref)

        with seen(request, rev=rev, present=lambda: int(self.found(ref, by=caller.actor).rev)) as present:
            return told_once(request, self.shape, operation=f"{name} {self.kind} {ref}", do=lambda: do(present))
