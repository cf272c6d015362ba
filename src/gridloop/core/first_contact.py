"""The answer duty (首问负责制): who owes the reporter an answer, whoever handles the case.

Terms

* the **answer duty** lies on the person who took the report first; handing the case on, consulting, escalating, returning or ruling
  moves the *handling* duty and never this one;
* a **substitute** answers while the holder is away (授权代办): the duty stays where it is;
* the duty **passes** only when its holder holds no post in the street any more: by rule, with an entry in the ledger.

Guarantees: every case has exactly one holder at all times, and exactly one person who answers now (``answering_now``); the rule of passing
(``successor``) depends on the posts held at the moment alone, so the same posts give the same successor.

Worked example: the manager is on leave and has lent the post to a colleague; the colleague answers. The manager leaves for good; the
duty passes to whoever holds the manager's post next, else to the head of that unit, else to the duty desk::

    answering_now(8, held)             # 10, while 8's post is lent to 10
    successor(last, held, former=8)    # Passing(person=10, why="接任同一岗位")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gridloop.core.access import PostHeld, Role

Held = tuple[int, PostHeld]
"""A person and a post that the person holds, or acts on by delegation, at the moment."""


@dataclass(frozen=True, slots=True)
class Passing:
    """To whom the duty passes, and by which line of the rule."""

    person: int
    why: str


def holds_a_post(person: int, held: Sequence[Held]) -> bool:
    """Does the person hold a post of their own?"""
    return any(one == person and not post.instead_of_id for one, post in held)


def answering_now(holder: int, held: Sequence[Held]) -> int:
    """Who answers for the holder at this moment: the substitute to whom the first of the holder's posts is lent, else the holder."""
    lent = [(post.post, person) for person, post in held if post.instead_of_id == holder and person != holder]
    return min(lent)[1] if lent else holder


def successor(last: PostHeld | None, held: Sequence[Held], *, former: int) -> Passing | None:
    """The new holder after ``former``, whose last post this was; None while nobody is there who could (the duty stays).

    In this order: who holds the same post now; the head of its unit; the duty desk; a street leader. Of several a regular holder before
    a substitute one, then the first post by code.
    """
    own = sorted(
        (
            (post.is_substitute, post.post, person, post)
            for person, post in held
            if person != former and not post.instead_of_id
        ),
        key=lambda each: each[:3],
    )
    for why, fits in _RULE:
        found = next((person for _, _, person, post in own if fits(post, last)), None)
        if found:
            return Passing(found, why)
    return None


Fits = Callable[[PostHeld, PostHeld | None], bool]
_RULE: tuple[tuple[str, Fits], ...] = (
    ("接任同一岗位", lambda post, last: last is not None and post.post == last.post),
    ("原单位负责人", lambda post, last: last is not None and post.unit == last.unit and post.role == Role.UNIT_LEADER),
    ("值班受理岗", lambda post, _: post.role == Role.DUTY_DESK),
    ("街道领导", lambda post, _: post.role == Role.STREET_LEADER),
)
