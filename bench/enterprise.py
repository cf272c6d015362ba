"""Importing a street's firms: 50,000 rows in at most a minute, with every refused row named; and the list over them.

The file is made here: synthetic firms with valid codes, every 50th row spoilt in one of five ways, every 200th a repeated code. Measured: reading
it as .xlsx and as CSV, the import itself (checked, placed, sized, written, recorded), importing the same file again, one page of the
list found by initials. Beside the limit stands the bare insert of as many rows in one transaction.

Run: ``python -m bench.enterprise`` (SQLite in a temporary folder; PostgreSQL with DATABASE_URL set). Exit code 1 when the limit is missed,
a good row is lost or a spoilt one went in.
"""

from __future__ import annotations

import csv
import io
import os
import random
import sys
import tempfile
from time import perf_counter, process_time

ROWS = 50_000
LIMIT_SECONDS = 60.0
SEED = 213
HEADER = (
    "企业名称", "统一社会信用代码", "行业代码", "成立日期", "注册资本(万元)", "从业人员", "营业收入(万元)", "地址", "经度", "纬度", "联系人",
)  # fmt: skip
INDUSTRIES = ("3411", "5111", "5261", "6210", "6513", "7211", "8010", "4710")
SPOILT = ((1, "91410102MA000000"), (2, "99"), (3, "去年"), (5, "许多"), (4, "很多钱"))
FIRST, SECOND, THIRD = (
    "华东中原金水长河明德",
    "通达信和瑞丰恒源兴隆",
    ("机械", "商贸", "餐饮", "软件", "服务", "建材", "汽车", "食品"),
)


def rows() -> tuple[list[list[str]], int, int]:
    """The file's rows, how many are spoilt, how many repeat a code."""
    from gridloop.core.identity import complete_uscc

    chance = random.Random(SEED)
    made, spoilt, repeated = [], 0, 0
    for number in range(ROWS):
        code = complete_uscc(f"91410102MA{number:07d}")
        name = f"示例{chance.choice(FIRST)}{chance.choice(SECOND)}{chance.choice(SECOND)}{chance.choice(THIRD)}{number}有限公司"
        row = [
            name, code, chance.choice(INDUSTRIES), f"{chance.randint(1990, 2021)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
            str(chance.randint(3, 5000)), str(chance.randint(1, 900)), str(chance.randint(1, 60000)), "柳荫路1号院",
            f"{113.50 + chance.random() * 0.02:.6f}", f"{34.70 + chance.random() * 0.02:.6f}", "张经理",
        ]  # fmt: skip
        if number % 50 == 49:
            column, value = SPOILT[(number // 50) % len(SPOILT)]
            row[column] = value
            spoilt += 1
        elif number % 200 == 120:
            row[1] = made[-1][1]
            repeated += 1
        made.append(row)
    return made, spoilt, repeated


def as_csv(made: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *made])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(made: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("企业")
    for row in (HEADER, *made):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bare_insert(made: list[list[str]]) -> float:
    """Seconds for as many rows by the driver alone, one transaction."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (name text, code text, industry text, address text)")
        began = perf_counter()
        with transaction.atomic():
            cursor.executemany(
                "INSERT INTO bench_bare VALUES (%s, %s, %s, %s)", [(r[0], r[1], r[2], r[7]) for r in made]
            )
        spent = perf_counter() - began
        cursor.execute("DROP TABLE bench_bare")
    return spent


def main() -> int:
    """Prints the table; 1 when a promise is broken."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from gridloop.core.access import SYSTEM
    from gridloop.offices.enterprise.actions.importing import import_enterprises, keep_intake
    from gridloop.offices.enterprise.queries.register import Wanted, list_enterprises
    from gridloop.offices.enterprise.sheets import read_firms
    from tests.sample import CODE, MONDAY, sample_street

    sample_street()
    made, spoilt, repeated = rows()
    bare = bare_insert(made)
    plain, packed = as_csv(made), as_xlsx(made)
    began = perf_counter()
    read_firms(plain)
    reading_csv = perf_counter() - began
    began = perf_counter()
    sheet = read_firms(packed)
    reading = perf_counter() - began
    began, cpu = perf_counter(), process_time()
    found = import_enterprises(by=SYSTEM, at=MONDAY, street=CODE, rows=sheet.rows, source="bench")
    keep_intake(by=SYSTEM, at=MONDAY, street=CODE, name="bench.xlsx", content=packed, found=found)
    putting, cpu = perf_counter() - began, process_time() - cpu
    began = perf_counter()
    again = import_enterprises(by=SYSTEM, at=MONDAY, street=CODE, rows=sheet.rows, source="bench")
    repeating = perf_counter() - began
    began = perf_counter()
    page = list_enterprises(SYSTEM, Wanted(text="slhd"))
    listing = (perf_counter() - began) * 1000
    whole = reading + putting
    print(f"importing {ROWS:,} firms on {connection.vendor}")
    print(f"  bare insert of as many short rows      {bare:8.2f} s")
    print(f"  reading CSV / xlsx                     {reading_csv:8.2f} s / {reading:.2f} s")
    print(
        f"  checking, placing, writing, recording  {putting:8.2f} s   {ROWS / putting:,.0f} rows/s, {cpu:.1f} s of processor"
    )
    print(f"  xlsx to register                       {whole:8.2f} s   (limit {LIMIT_SECONDS:.0f} s)")
    print(f"  the same file again                    {repeating:8.2f} s   added {again.added}")
    print(f"  a page of the list by initials         {listing:8.1f} ms  of {page.count:,} hits")
    print(
        f"  added {found.added:,}, merged {found.merged:,}, refused {found.refused_rows:,} rows, each named; near names {len(found.near):,}"
    )
    sound = (found.added, found.refused_rows, found.merged, again.added) == (
        ROWS - spoilt - repeated,
        spoilt,
        repeated,
        0,
    )
    if not sound:
        print(f"  WRONG: expected {ROWS - spoilt - repeated} added, {spoilt} refused, {repeated} merged")
    return 0 if sound and whole <= LIMIT_SECONDS else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("GRIDLOOP_HOME", folder)
        sys.exit(main())
