"""Filing cases from a file, in batches, each record once: what the imports of messages and of 311 requests share.

A record is known by its external id; the id, a fingerprint of the content and the case's ref are all that is kept of where it came from.
A record seen before adds nothing; the same id with other content is rejected. A batch is one transaction, so an import that is killed
continues where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from gridloop.core.access import SYSTEM
from gridloop.core.errors import GridloopError
from gridloop.offices.archive.actions import remember
from gridloop.offices.archive.queries import deeds_done, fingerprint_of
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions import Filed, Filing, file_cases
from gridloop.offices.cases.models import Case
from gridloop.site.imports.reading import Rejection
from gridloop.site.imports.tally import Tally
from gridloop.site.terminal import progress

BATCH = 500
LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file, understood: its row, the moment it was told, and what to file."""

    row: int
    told_at: datetime
    filing: Filing

    @property
    def key(self) -> str:
        return self.filing.external_id


def file_records(tally: Tally, records: Sequence[Record], *, street: str, at: datetime, column: str) -> list[Case]:
    """Every new record is a case; the cases made now, in order. ``column`` names the column of the external id."""
    made: list[Case] = []
    fresh = _fresh(tally, records, door=door_of(tally.kind, street), column=column)
    with progress("登记事项", total=len(fresh)) as advance:
        for start in range(0, len(fresh), BATCH):
            batch = fresh[start : start + BATCH]
            made += _file(tally, batch, street=street, at=at)
            advance(len(batch))
    return made


def door_of(kind: str, street: str) -> str:
    """The door at which an import's external ids are remembered."""
    return f"import:{kind}:{street}"


def cases_of(kind: str, street: str, keys: Sequence[str]) -> dict[str, Case]:
    """By external id: the cases that were imported, now or before."""
    refs = {key: done.answer["case"] for key, done in deeds_done(door=door_of(kind, street), keys=keys).items()}
    found = {
        case.ref: case
        for case in Case.objects.filter(street=street).select_related("lead", "grid")
        if case.ref in set(refs.values())
    }
    return {key: found[ref] for key, ref in refs.items() if ref in found}


def _fresh(tally: Tally, records: Sequence[Record], *, door: str, column: str) -> list[Record]:
    """The records not filed yet; a repeated id within the file counts as there already, or is rejected."""
    done = deeds_done(door=door, keys=[record.key for record in records])
    seen = {key: each.fingerprint for key, each in done.items()}
    fresh = []
    for record in records:
        mark = fingerprint_of(_content(record))
        if len(record.key) > LONGEST_KEY:
            reason = f"编号有 {len(record.key)} 个字符,最多 {LONGEST_KEY} 个;请核对。"
            tally.rejected.append(Rejection(record.row, column, reason))
        elif record.key not in seen:
            seen[record.key] = mark
            fresh.append(record)
        elif seen[record.key] == mark:
            tally.existing += 1
        else:
            reason = f"编号“{record.key}”已用于另一份内容;请核对,或换一个编号。"
            tally.rejected.append(Rejection(record.row, column, reason))
    return fresh


def _content(record: Record) -> dict[str, object]:
    """What was told of the record, and nothing that was not: a later version with more to tell knows the record again."""
    told = asdict(record.filing)
    unsaid = asdict(Filing(text=""))
    return {name: value for name, value in told.items() if value != unsaid[name]} | {
        "told_at": record.told_at.isoformat()
    }


def _file(tally: Tally, batch: Sequence[Record], *, street: str, at: datetime) -> list[Case]:
    """One batch, filed and remembered together."""
    with deed():
        results = file_cases(
            by=SYSTEM,
            at=at,
            street=street,
            filings=[record.filing for record in batch],
            told_at=[record.told_at for record in batch],
        )
        pairs = list(zip(batch, results, strict=True))
        filed = [(record, result) for record, result in pairs if isinstance(result, Filed)]
        answers = {record.key: (_content(record), {"case": result.case.ref}) for record, result in filed}
        remember(door=door_of(tally.kind, street), answers=answers, at=at)
    tally.added += len(filed)
    for record, result in pairs:
        if isinstance(result, GridloopError):
            tally.reject(record.row, result)
    return [result.case for _, result in filed]
