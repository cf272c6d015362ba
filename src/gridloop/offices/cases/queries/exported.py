"""The register of what left the house as a file, for those who audit it; page by page, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gridloop.offices.cases.list_models import ExportRecord


@dataclass(frozen=True, slots=True)
class Exported:
    """One file: who took which cases out, when, why, and the file's fingerprint (SHA-256, hex)."""

    id: int
    at: datetime
    number: str
    who: str
    purpose: str
    condition: str
    file_format: str
    rows: int
    shows_contacts: bool
    sha256: str


def exported(
    street: str,
    *,
    before: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    size: int = 50,
) -> list[Exported]:
    """The street's exports; one more than ``size`` tells there is another page. ``text`` narrows by name, number or purpose."""
    rows = ExportRecord.objects.filter(street=street)
    for wanted, condition in (
        (before, Q(id__lt=before)), (since, Q(exported_at__gte=since)), (until, Q(exported_at__lt=until)),
        (text, Q(by__name__contains=text) | Q(number__icontains=text) | Q(purpose__contains=text)),
    ):  # fmt: skip
        rows = rows.filter(condition) if wanted else rows
    return [
        Exported(
            row.pk, row.exported_at, row.number, row.by.name, row.purpose, row.condition, row.file_format, row.rows, row.shows_contacts,
            row.sha256,
        )
        for row in rows.select_related("by").order_by("-id")[: size + 1]
    ]  # fmt: skip
