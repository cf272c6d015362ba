"""Opening the database from the command line, and only for the commands that need it.

``deadline``, ``locate`` and ``route trace --table`` answer from files and start without Django; every other command calls
``open_database`` before the offices are imported. A command that writes makes or upgrades the tables first; one that only reads
says what to do when they are missing.

Worked example::

    open_database(to_write=False)
    from gridloop.offices.archive import queries      # now the models may be imported
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from gridloop.core.errors import WrongInput


class _Undone(Exception):
    """Carries a rehearsal's end out of its transaction, so that everything in it is undone."""


def open_django() -> None:
    """Django is set up; calling it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
    if not apps.ready:
        django.setup()


def open_database(*, to_write: bool) -> None:
    """Django is set up and the tables are as this version expects them.

    Raises WrongInput when the tables are missing or old and the command only reads.
    """
    open_django()
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not to_write:
        raise WrongInput("site.no_database", "数据库还没有建好或版本较旧;请先运行 gridloop up 或 gridloop demo。")
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def rehearsal(*, is_dry: bool) -> Iterator[None]:
    """When dry, everything written inside is undone at the end: the same walk, without a trace."""
    if not is_dry:
        yield
        return
    from gridloop.offices.organisation.snapshot import forget_everything  # after open_django
    from gridloop.offices.supervision.queries import forget_compiled

    try:
        with transaction.atomic():
            yield
            raise _Undone
    except _Undone:
        pass
    finally:
        forget_everything()
        forget_compiled()
