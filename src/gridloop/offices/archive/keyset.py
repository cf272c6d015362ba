"""Long lists by key, never by offset: nothing is shown twice or lost when rows are added meanwhile.

Terms: the *key* of a row is where it stands in the list, ``<number>.<id>``: the number is the day or the microsecond of the column that the list is
ordered by (empty where the row has none, or where the id alone orders the list). A key is no secret and names nobody.

Guarantees

* The order is total: the column first, the id after it, both in one direction; rows without a value come first, in a falling order last.
* A page begins strictly beyond its key, whatever became of the row that the key was taken from.

Worked example::

    LATEST = Order("starts_at")
    rows = LATEST.page(Forum.objects.all(), after="", size=31)    # one more than is shown says that there are more
    rows = LATEST.page(Forum.objects.all(), after=LATEST.key(rows[29]), size=31)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from gridloop.core.errors import WrongInput

KEY = r"^([0-9]{0,16}\.[0-9]{1,18})?$"
"""What a key looks like; an empty one is the beginning."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: a column of days or moments (none: by id alone), the latest first or the earliest."""

    column: str = ""
    is_falling: bool = True

    def page(self, rows: QuerySet[Row], *, after: str = "", size: int) -> list[Row]:
        """The first rows beyond the key. Raises WrongInput for what is no key."""
        ordered = rows.order_by(*self._columns(rows.model))
        return list((ordered.filter(self._beyond(rows.model, after)) if after else ordered)[:size])

    def key(self, row: Model) -> str:
        value = getattr(row, self.column) if self.column else None
        return f"{'' if value is None else _number(value)}.{row.pk}"

    def _columns(self, model: type[Model]) -> list[OrderBy]:
        last = F("pk").desc() if self.is_falling else F("pk").asc()
        if not self.column:
            return [last]
        told = (
            True if _may_be_empty(model, self.column) else None
        )  # only where it is needed: an index knows its own order
        column = F(self.column)
        return [column.desc(nulls_last=told) if self.is_falling else column.asc(nulls_first=told), last]

    def _beyond(self, model: type[Model], after: str) -> Q:
        if re.fullmatch(KEY, after) is None:
            raise WrongInput("pages.no_such_key", "翻页的位置写得不对;请从第一页重新读取。", field="after")
        number, _, said = after.partition(".")
        step = "lt" if self.is_falling else "gt"
        later = Q(**{f"pk__{step}": int(said)})
        if not self.column:
            return later
        is_empty = Q(**{f"{self.column}__isnull": True})
        if not number:
            return later & is_empty if self.is_falling else later & is_empty | ~is_empty
        value = _value(int(number), is_day=not _holds_moments(model, self.column))
        beyond = Q(**{f"{self.column}__{step}": value}) | Q(**{self.column: value}) & later
        return beyond | is_empty if self.is_falling and _may_be_empty(model, self.column) else beyond


def _holds_moments(model: type[Model], column: str) -> bool:
    return model._meta.get_field(column).get_internal_type() == "DateTimeField"


def _may_be_empty(model: type[Model], column: str) -> bool:
    return bool(model._meta.get_field(column).null)


def _number(value: date | datetime) -> int:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value.toordinal()


def _value(number: int, *, is_day: bool) -> date | datetime:
    if is_day:
        return date.fromordinal(min(max(number, 1), date.max.toordinal()))
    return EPOCH + number * MICROSECOND
