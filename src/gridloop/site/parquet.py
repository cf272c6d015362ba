"""Past cases as Parquet, one file for each street and month, and replaying from them: here, or on a Dask cluster.

::

    DIR/street=410102014/rules.json                       every version of tables, calendars, profiles; units; the zone
    DIR/street=410102014/month=2022-05/cases.parquet      the facts of the cases filed in that month: no title, no text, no name

Guarantees: what is read back is what was written, to the microsecond; a replay from these files, in one process or on any number of workers,
gives the bytes of a replay from the database on the day of the export. Each file is written aside and renamed, so none is ever half there.

Needs the extra ``analytics`` (pyarrow, dask[distributed]); without it every door says so.

Worked example::

    export_cases("410102014", Path("history"), at=now)
    replay_parquet(Path("history"), "410102014", draft, first=…, last=…, engine="dask://10.0.0.5:8786")
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.replay import (
    NOW,
    THEN,
    Part,
    PastCase,
    Setting,
    document,
    merged,
    replay_part,
    rules_from_data,
    rules_to_data,
    table_from_records,
)
from gridloop.core.route_row import rows_to_records
from gridloop.core.routing import RoutingTable

RULES = "rules.json"
CASES = "cases.parquet"
LOCAL = "local"
CLUSTER = "dask://"
MOMENTS = ("filed_at", "assigned_at", "accepted_at", "answered_at", "cleared_at")
ROWS_AT_ONCE = 20_000


def _needed(module: str) -> Any:
    """The module of the extra. Raises Refused, saying how to have it, where it is not installed."""
    try:
        return import_module(module)
    except ImportError as fault:
        raise Refused(
            "analytics.missing",
            f"这一步要用 {module.partition('.')[0]};请安装:pip install 'gridloop[analytics]'。",
            module=module,
        ) from fault


# --- writing ---------------------------------------------------------------------------------------------------------


def export_cases(street: str, folder: Path, *, first: date | None = None, last: date | None = None) -> dict[str, Any]:
    """The street's cases lie in the folder, a file a month, with its rules beside; ``{"street", "cases", "files"}``.

    Months of the period are replaced as a whole; others that lie there stay.
    """
    from gridloop.offices.cases.queries import replaying
    from gridloop.offices.supervision import queries as supervision

    whole = replaying.whole_history(street)
    base = folder / f"street={street}"
    base.mkdir(parents=True, exist_ok=True)
    _, calendar = supervision.calendar_in_force(street)
    _write(
        base / RULES,
        json.dumps(
            rules_to_data(replaying.replay_rules(street)) | {"zone": calendar.zone}, ensure_ascii=False, sort_keys=True
        ).encode(),
    )
    told: dict[str, Any] = {"street": street, "cases": 0, "files": []}
    if whole is None:
        return told
    for start, end in _months(first or whole[0], last or whole[1]):
        cases = list(replaying.past_cases(street, replaying.period_of(street, first=start, last=end)))
        path = base / f"month={start:%Y-%m}" / CASES
        if cases:
            write_cases(path, cases)
            told["files"].append({"file": str(path.relative_to(folder)), "cases": len(cases)})
            told["cases"] += len(cases)
        elif path.parent.exists():
            shutil.rmtree(path.parent)
    return told


def write_cases(path: Path, cases: Iterable[PastCase]) -> None:
    """These cases are the file."""
    arrow, parquet = _needed("pyarrow"), _needed("pyarrow.parquet")
    columns = {name: list(values) for name, values in zip(PastCase._fields, zip(*cases, strict=True), strict=True)}
    kinds = {"key": arrow.int64(), "was_held": arrow.bool_()} | {
        name: arrow.timestamp("us", tz="UTC") for name in MOMENTS
    }
    table = arrow.table(
        {name: arrow.array(values, type=kinds.get(name, arrow.string())) for name, values in columns.items()}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    parquet.write_table(table, aside, compression="zstd")
    aside.replace(path)


def _write(path: Path, content: bytes) -> None:
    aside = path.with_suffix(".part")
    aside.write_bytes(content)
    aside.replace(path)


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The whole months that the period touches."""
    start = first.replace(day=1)
    while start <= last:
        following = (start + timedelta(days=32)).replace(day=1)
        yield start, following - timedelta(days=1)
        start = following


# --- reading ---------------------------------------------------------------------------------------------------------


def read_cases(path: Path) -> Iterator[PastCase]:
    """The cases of a file, in their order."""
    parquet = _needed("pyarrow.parquet")
    for batch in parquet.ParquetFile(path).iter_batches(ROWS_AT_ONCE, columns=list(PastCase._fields)):
        columns = [batch.column(name).to_pylist() for name in PastCase._fields]
        yield from map(PastCase._make, zip(*columns, strict=True))


def rules_data(folder: Path, street: str) -> dict[str, Any]:
    """The street's rules as exported. Raises NotFound where there is no export."""
    path = folder / f"street={street}" / RULES
    if not path.exists():
        raise NotFound(
            "replay.no_export",
            f"“{folder}”里没有街道 {street} 的导出;请先 gridloop export cases-parquet {street} -o {folder}。",
            street=street,
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def files_of(folder: Path, street: str, first: date, last: date) -> list[Path]:
    """The files of the months that the period touches, in order."""
    wanted = {f"month={start:%Y-%m}" for start, _ in _months(first, last)}
    return sorted(path for path in (folder / f"street={street}").glob(f"month=*/{CASES}") if path.parent.name in wanted)


# --- replaying -------------------------------------------------------------------------------------------------------


def replay_parquet(
    folder: Path, street: str, draft: RoutingTable, *, first: date, last: date, calendar: str = THEN, org: str = NOW, engine: str = LOCAL, named: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The document of a replay over exported cases. Raises WrongInput for an unknown engine, Refused when the cluster does not answer."""
    source = rules_data(folder, street)
    rules = rules_from_data(source)
    zone = rules.calendars.newest.tz
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    setting = Setting(draft, end, calendar, org)
    asked = {
        "rules": source, "rows": rows_to_records(draft.rows), "fallback": rows_to_records([draft.fallback])[0], "start": start.astimezone(UTC).isoformat(),
        "end": end.isoformat(), "zone": zone.key, "calendar": calendar, "org": org,
    }  # fmt: skip
    parts = _parts([str(path.resolve()) for path in files_of(folder, street, first, last)], asked, engine=engine)
    told = {"street": street, "from": first.isoformat(), "to": last.isoformat(), "draft": named}
    return document(merged(parts), rules, setting, asked=told)


def replay_file(path: str, asked: Mapping[str, Any]) -> Part:
    """What the cases of one file come to; runs wherever the file can be read."""
    start, end = datetime.fromisoformat(asked["start"]), datetime.fromisoformat(asked["end"])
    setting = Setting(table_from_records(asked["rows"], asked["fallback"]), end, asked["calendar"], asked["org"])
    cases = (case for case in read_cases(Path(path)) if start <= case.filed_at < end)
    return replay_part(cases, rules_from_data(asked["rules"]), setting)


def _parts(paths: list[str], asked: Mapping[str, Any], *, engine: str) -> list[Part]:
    if engine == LOCAL:
        return [replay_file(path, asked) for path in paths]
    if not engine.startswith(CLUSTER):
        raise WrongInput("replay.engine", f"没有“{engine}”这种引擎;请写 local 或 dask://主机:端口。", engine=engine)
    return _on_cluster(paths, asked, address=f"tcp://{engine.removeprefix(CLUSTER)}")


def _on_cluster(paths: list[str], asked: Mapping[str, Any], *, address: str) -> list[Part]:
    distributed = _needed("distributed")
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError) as fault:
        raise Refused(
            "replay.no_cluster", f"连不上 Dask 集群 {address};请核对地址,并确认调度器在运行。", address=address
        ) from fault
    with client:
        (shared,) = client.scatter([dict(asked)], broadcast=True)
        futures = [client.submit(replay_file, path, shared, pure=False) for path in paths]
        found: list[Part] = client.gather(futures)
    return found
