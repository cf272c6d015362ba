"""Whether a row's texts fit its columns, asked before it is written.

SQLite keeps any length and PostgreSQL breaks the deed off with a fault of its own; here both refuse it alike, naming the value, so that an
import can go on with the next row and a street can move from one database to the other.

Worked example::

    must_fit(Unit(code="urban", name="城" * 100))      # WrongInput: “名称”有 100 个字,最多 80 个;请缩短。
"""

from __future__ import annotations

from django.db.models import CharField, Model

from gridloop.core.errors import WrongInput


def must_fit(row: Model) -> None:
    """Raises WrongInput naming the first text that is longer than its column."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        longest = field.max_length if isinstance(field, CharField) else None
        if longest and isinstance(value, str) and len(value) > longest:
            raise WrongInput(
                "archive.too_long",
                f"“{field.verbose_name}”有 {len(value)} 个字,最多 {longest} 个;请缩短。",
                field=field.name,
                longest=longest,
            )
