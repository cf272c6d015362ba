"""Papers of the office as they come out: whole in Chinese, whatever language the console is read in."""

from __future__ import annotations

import io
import re

from django.test import Client
from docx import Document

LATIN = re.compile(r"[A-Za-z]{3,}")


def same_in_english(client: Client, address: str) -> list[str]:
    """Every text of the .docx, which is the same for the reader of the English console, under the same name, with no word of English in it."""
    client.cookies["django_language"] = "zh-hans"
    chinese, name = _read(client, address)
    client.cookies["django_language"] = "en"
    english, name_in_english = _read(client, address)
    client.cookies["django_language"] = "zh-hans"
    assert (english, name_in_english) == (chinese, name)
    assert not [words for words in english if LATIN.search(re.sub(r"[0-9A-Z]{18}|https?://\S+", "", words))]
    return chinese


def _read(client: Client, address: str) -> tuple[list[str], str]:
    answer = client.get(address)
    assert answer.status_code == 200
    made = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return [each.text for each in made.paragraphs] + cells, answer["Content-Disposition"]
