"""Keeping a view: a filter with its columns and order under a name; sharing it with one's unit or the street; letting it go.

A view holds conditions, never cases: whoever uses a shared view sees what their own posts let them see.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed, Refused, TooMuch, WrongInput
from gridloop.core.search import phone_in
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.list_models import SavedView
from gridloop.offices.cases.queries.views import SHARES_WITH_STREET, SHARINGS, own_view, units_to_share_with
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit

MOST_VIEWS = 40
LONGEST_QUERY = 1000
LONGEST_NAME = 40


def save_view(*, by: Actor, at: datetime, name: str, query: str, sharing: str = "own") -> SavedView:
    """The view stands under its name; a view of that name that the person kept before now holds the new conditions.

    ``query`` is an address part (``state=open&unit=urban``). Raises WrongInput for a bad name, query or sharing, TooMuch beyond forty
    views, NotAllowed for sharing with the street without a post for it, Refused for a query that names a reporter's telephone, be it its blind index or the number itself.
    """
    with deed():
        words = said(name, field="name", least=1, longest=LONGEST_NAME)
        _may_be_kept(query)
        unit = _shared_with(sharing, by=by)
        person = person_of(by)
        if SavedView.objects.filter(owner=person).exclude(name=words).count() >= MOST_VIEWS:
            raise TooMuch("cases.too_many_views", f"每人最多保存 {MOST_VIEWS} 个视图;请先删除不用的。", field="name")
        view, is_new = SavedView.objects.update_or_create(
            owner=person, name=words,
            defaults={"street": by.street, "query": query, "sharing": sharing, "unit": unit, "saved_at": at},
        )  # fmt: skip
        _noted("view.saved", view, by=by, at=at, is_new=is_new)
        return view


def share_view(*, by: Actor, at: datetime, view: str, sharing: str) -> SavedView:
    """The person's view is now shared as said: own, unit or street. Raises as ``save_view``, NotFound for another's view."""
    with deed():
        found = own_view(by, view)
        found.sharing, found.unit = sharing, _shared_with(sharing, by=by)
        found.save(update_fields=["sharing", "unit"])
        _noted("view.shared", found, by=by, at=at)
        return found


def remove_view(*, by: Actor, at: datetime, view: str) -> None:
    """The person's view is gone. Raises NotFound for another's."""
    with deed():
        found = own_view(by, view)
        _noted("view.removed", found, by=by, at=at)
        found.delete()


def _may_be_kept(query: str) -> None:
    if len(query) > LONGEST_QUERY:
        raise WrongInput("cases.query_too_long", "筛选条件太长,不能保存;请减少条件。", field="name")
    if any(name == "phone" or (name in ("text", "q") and phone_in(value)) for name, value in parse_qsl(query)):
        raise Refused("cases.phone_in_view", "按电话查询的结果不能存为视图;请去掉电话条件再保存。", field="name")


def _shared_with(sharing: str, *, by: Actor) -> Unit | None:
    """The unit a view is shared with, where it is; the one of the person's first post."""
    if sharing not in SHARINGS:
        raise WrongInput("cases.unknown_sharing", f"共享范围只能是:{'、'.join(SHARINGS.values())}。", field="sharing")
    if sharing == "street" and not by.roles(by.street) & SHARES_WITH_STREET:
        raise NotAllowed("cases.may_not_share", "共享给全街道由值班受理岗或街道领导来做;可以先共享给本单位。")
    if sharing != "unit":
        return None
    code = next(units_to_share_with(by), "")
    if not code:
        raise NotAllowed("cases.no_unit_to_share_with", "您现在没有单位内的岗位,不能共享给单位。")
    return organisation.unit(by.street, code)


def _noted(kind: str, view: SavedView, *, by: Actor, at: datetime, **more: object) -> None:
    told = {
        "name": view.name,
        "query": view.query,
        "sharing": view.sharing,
        "unit": view.unit.name if view.unit else "",
        **more,
    }
    record(kind, by=by, at=at, street=view.street, subject=f"view:{view.ref}", payload=told)
