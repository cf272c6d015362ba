"""The steps of a change-set as one line each, for the tests of changing the setup."""

from __future__ import annotations

from datetime import timedelta

from gridloop.offices.archive.models import Entry
from gridloop.offices.organisation.changesets import actions, queries
from gridloop.offices.organisation.changesets.chapters import chapters
from gridloop.offices.organisation.models import ChangeSet
from tests.sample import CODE, MONDAY, who

DAY = timedelta(days=1)
FAR = {
    "code": "parks",
    "name": "园林绿化队",
    "kind": "station",
    "parent": "office",
    "is_backstop": "",
    "is_superior": "",
    "phone": "",
}


def rows(chapter, at=MONDAY):
    return next(each for each in chapters() if each.code == chapter).rows(CODE, at)


def propose(chapter="units", key="", cells=FAR, by="keeper", at=MONDAY, **more):
    return actions.propose(by=who(by, at=at), at=at, street=CODE, chapter=chapter, key=key, cells=cells, **more)


def submit(draft, by="keeper", at=MONDAY, **more):
    return actions.submit(by=who(by, at=at), at=at, street=CODE, change_set=draft.ref, **more)


def publish(draft, by="leader", at=MONDAY, **more):
    rev = ChangeSet.objects.get(ref=draft.ref).rev
    return actions.publish(
        by=who(by, at=at), at=at, street=CODE, change_set=draft.ref, **({"rev": rev, "accept_warnings": True} | more)
    )


def done(chapter, key, cells, by="keeper", second="leader", **more):
    return publish(submit(propose(chapter, key, cells, by=by), by=by, **more), by=second)


def kinds():
    return list(
        Entry.objects.filter(book_id=CODE, kind__startswith="change_set.").order_by("id").values_list("kind", flat=True)
    )


def hold(post, person, starts="", ends="", substitute="", by="keeper", **more):
    cells = {"post": post, "person": person, "starts": starts, "ends": ends, "is_substitute": substitute}
    return propose("holdings", "", cells, by=by, **more)


def holding(post):
    return next(key for key, row in rows("holdings").items() if row["post"] == post)


def new_findings(draft, at=MONDAY):
    return queries.check_of(draft, queries.proposed(draft, at=at)).new
