"""The whole matrix, asked once: the world, every door, the document. About half a minute."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from tests.matrix import samples, world
from tests.matrix.asking import Answers, Asker, doors
from tests.matrix.table import document


@dataclass(frozen=True, slots=True)
class Asked:
    """Every answer, and the document they make."""

    answers: tuple[Answers, ...]
    text: str


def asked() -> Asked:
    """Everybody has asked at every door."""
    logging.disable(logging.ERROR)
    try:
        with transaction.atomic():
            call_command("createcachetable", verbosity=0)
            cache.clear()
            built = world.build()
            samples.prepare(built)
            asker = Asker(built)
            found = tuple(answers for door in doors() if (answers := asker.ask(door)))
            return Asked(found, document(found, unsampled=asker.unsampled))
    finally:
        logging.disable(logging.NOTSET)
