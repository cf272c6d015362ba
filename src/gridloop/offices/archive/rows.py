"""Writing many new rows quickly: what ``bulk_create`` does, without its work on each column of each row.

Filing a thousand cases writes some five thousand rows. Django prepares every value of every column through six calls; nearly
all columns are plain text and numbers that need none. Here only the columns that do (moments, JSON, concealed text) are
converted, each distinct moment once.

Guarantees: the same values reach the database as through ``bulk_create``; primary keys are set on the rows when asked for.
No signals, no ``save()``: the house has neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from gridloop.offices.archive.concealed import ConcealedField

CONVERTED = (models.DateField, models.JSONField, models.BinaryField, ConcealedField)
MOST_PARAMETERS = 30_000  # SQLite takes 32,766 a statement, PostgreSQL 65,535


def write_rows(rows: Sequence[models.Model]) -> None:
    """The new rows of one model stand in the database, in order; their primary keys stay unknown."""
    if not rows:
        return
    fields = _fields(type(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(_insert(type(rows[0]), count=1), _values(rows, fields))


def write_rows_with_keys(rows: Sequence[models.Model]) -> None:
    """The new rows of one model stand in the database, in order, and know their primary keys."""
    if not rows:
        return
    model = type(rows[0])
    fields = _fields(model)
    size = max(1, MOST_PARAMETERS // len(fields))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            parameters = [value for row in _values(part, fields) for value in row]
            cursor.execute(
                f"{_insert(model, count=len(part))} RETURNING {_quoted(str(model._meta.pk.column))}", parameters
            )
            for row, (key,) in zip(part, cursor.fetchall(), strict=True):
                row.pk = key
                row._state.adding = False
                row._state.db = "default"


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))


@cache
def _insert(model: type[models.Model], *, count: int) -> str:
    fields = _fields(model)
    row = f"({', '.join(['%s'] * len(fields))})"
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES {', '.join([row] * count)}"  # noqa: S608 - names of ours


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _values(rows: Sequence[models.Model], fields: Sequence[models.Field[Any, Any]]) -> list[list[Any]]:
    """The rows' values as the database takes them, column by column; equal moments are converted once."""
    moments: dict[datetime, Any] = {}
    columns = []
    for field in fields:
        values = [getattr(row, field.attname) for row in rows]
        if isinstance(field, models.DateTimeField):
            values = [_moment(value, moments) for value in values]
        elif isinstance(field, CONVERTED):
            values = [field.get_db_prep_save(value, connection) for value in values]
        columns.append(values)
    return [list(row) for row in zip(*columns, strict=True)]


def _moment(value: datetime | None, known: dict[datetime, Any]) -> Any:
    """The aware moment as the database takes it."""
    if value is None:
        return None
    if value not in known:
        known[value] = connection.ops.adapt_datetimefield_value(value)
    return known[value]
