"""The ground on which a street's routing table is proved: as it is, or as a change-set would make it.

Terms: see ``core/table_proof.py``. A unit is *on duty* while anybody holds one of its posts, or stands in on one; a unit without posts of
its own (the gas company, a district department) is reached by the duty desk, and so is on duty when the desk is. The *horizon* is the
thirty days to come, as far as holdings are published.

A table is proved with the units, profiles, categories, posts and calendar that the same change-set brings or takes away.

Worked example::

    proof_of(Proposed(street, at))         # of the table in force, on everything in force
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from gridloop.core.access import Role
from gridloop.core.errors import GridloopError
from gridloop.core.hops import units_above
from gridloop.core.profile import Profile
from gridloop.core.route_row import RouteRow, rows_from_records
from gridloop.core.staffing import Stretch
from gridloop.core.table_proof import Duty, Ground, Proof, prove
from gridloop.core.worktime import Calendar
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.chapters import Proposed, cell_moment
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.chapters import calendar_of_rows, profile_of_row

HORIZON = timedelta(days=30)
UNSURE = ("不确定", "")
RESTS_ON = frozenset({"routes", "categories", "units", "posts", "holdings", "profiles", "calendar"})
"""The chapters whose change can make a proof another."""


def proof_of(proposed: Proposed, *, rows: Sequence[RouteRow] | None = None, horizon: timedelta = HORIZON) -> Proof:
    """The proof of these rows, by default those that the table would have; rows that cannot be read are left to the reading."""
    if rows is None:
        rows, _ = rows_from_records(proposed.after("routes").values())
    return prove(rows, ground_of(proposed, horizon=horizon))


def ground_of(proposed: Proposed, *, horizon: timedelta = HORIZON) -> Ground:
    """All that the street would know."""
    places = [path for path, _ in proposed.pairs("place")]
    whole = organisation.street(proposed.street).place
    calendar = _calendar(proposed)
    return Ground(
        categories=list(proposed.after("categories")), places=places or [whole], also_categories=UNSURE, also_places=[whole],
        units=units_above({"code": code, **row} for code, row in proposed.after("units").items()), profiles=_profiles(proposed),
        calendar=calendar, year=(calendar.local(proposed.at) if calendar else proposed.at).year, duty=duty_of(proposed, horizon=horizon),
        names={code: str(row["name"]) for code, row in proposed.after("units").items()} | {code: str(row["title"]) for code, row in proposed.after("posts").items()},
    )  # fmt: skip


def duty_of(proposed: Proposed, *, horizon: timedelta = HORIZON) -> Duty:
    """Who would be on duty for each unit and each ``unit/post`` from the proposed moment on."""
    by_post = _stretches_by_post(proposed)
    stretches: defaultdict[str, list[Stretch]] = defaultdict(list)
    desk: list[Stretch] = []
    posts = proposed.after("posts")
    for code, post in posts.items():
        held = by_post.get(code, [])
        stretches[str(post["unit"])] += held
        stretches[f"{post['unit']}/{code}"] += held
        desk += held if post["role"] == Role.DUTY_DESK else []
    with_posts = {post["unit"] for post in posts.values()}
    stretches.update({unit: desk for unit in proposed.after("units") if unit not in with_posts})
    return Duty(proposed.at, proposed.at + horizon, stretches)


def _stretches_by_post(proposed: Proposed) -> dict[str, list[Stretch]]:
    """What the holdings cover; one that ends before it begins covers nothing, and its own check says so."""
    found: defaultdict[str, list[Stretch]] = defaultdict(list)
    for row in proposed.after("holdings").values():
        starts, ends = cell_moment(row["starts"]) or proposed.at, cell_moment(row["ends"])
        if ends is None or ends > starts:
            found[str(row["post"])].append(Stretch(starts, ends))
    return found


def _profiles(proposed: Proposed) -> dict[str, Profile]:
    return dict(_readable_profiles(proposed))


def _readable_profiles(proposed: Proposed) -> Iterable[tuple[str, Profile]]:
    """A profile that cannot be read from its row stays as it is in force, or is left out: its own check says what is wrong with it."""
    in_force = supervision.profiles_in_force(proposed.street)
    for code, row in proposed.after("profiles").items():
        try:
            yield code, profile_of_row(row)
        except GridloopError:
            if code in in_force:
                yield code, in_force[code][1]


def _calendar(proposed: Proposed) -> Calendar | None:
    try:
        if "calendar" in proposed.touched():
            return calendar_of_rows(proposed.after("calendar"))
        return supervision.calendar_in_force(proposed.street)[1]
    except GridloopError:
        return None
