"""The strings people see, and which of them the English catalogue lacks.

``python script/messages.py`` prints what is missing or no longer used; ``--write`` adds the missing ones, untranslated, to
src/gridloop/locale/en/LC_MESSAGES/django.po and drops the unused. The source language is Chinese.

Where strings are looked for: ``translate`` and ``blocktranslate`` in templates; every Chinese string constant in the web
window's Python (but for docstrings and the parts of f-strings); the tables of labels that pages translate by value.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "gridloop"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LABEL_TABLES = {
    "core/access.py": ("ROLE_LABELS", "RELATION_LABELS"),
    "core/lifecycle.py": ("STATES", "_VERBS"),
    "offices/cases/models.py": ("SOURCES", "GRADES", "PRIORITIES", "PLACED_BY"),
    "offices/cases/actions/requests.py": ("EXTENSION_REASONS", "SUSPENSION_REASONS", "UNITS_OF_TIME"),
    "offices/cases/actions/closing.py": ("SATISFACTION",),
}
TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
Message = str | tuple[str, str]


def messages() -> set[Message]:
    """Every string that a page may ask the catalogue for."""
    found: set[Message] = set()
    for path in SOURCE.rglob("*.html"):
        found |= set(_of_template(path.read_text(encoding="utf-8")))
    for path in (SOURCE / "web").rglob("*.py"):
        found |= set(_constants(ast.parse(path.read_text(encoding="utf-8"))))
    for name, tables in LABEL_TABLES.items():
        found |= set(_labels(ast.parse((SOURCE / name).read_text(encoding="utf-8")), tables))
    return found


def _of_template(text: str) -> Iterator[Message]:
    for double, single in TRANSLATE.findall(text):
        yield double or single
    for options, body in BLOCK.findall(text):
        said = [VARIABLE.sub(r"%(\1)s", part.replace("%", "%%") if "%" in part else part) for part in PLURAL.split(body)]
        if "trimmed" in options:
            said = [" ".join(line.strip() for line in part.strip().splitlines()) for part in said]
        yield (said[0], said[1]) if len(said) == 2 else said[0]


def _constants(tree: ast.Module) -> Iterator[str]:
    """Chinese string constants that are not docstrings and not parts of f-strings."""
    left_out = {id(node) for each in ast.walk(tree) for node in _docstring(each) + _parts(each)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out and CHINESE.search(node.value):
            yield node.value


def _docstring(node: ast.AST) -> list[ast.AST]:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        return [body[0].value]
    return []


def _parts(node: ast.AST) -> list[ast.AST]:
    return list(node.values) if isinstance(node, ast.JoinedStr) else []


def _labels(tree: ast.Module, tables: tuple[str, ...]) -> Iterator[str]:
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id in tables for target in targets):
            yield from _constants(ast.Module(body=[statement], type_ignores=[]))


def catalogue() -> Catalog:
    """The English catalogue as it stands; an empty one when there is none."""
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def missing(held: Catalog) -> list[Message]:
    """Strings without an English text, in a stable order."""
    return sorted((each for each in messages() if not _is_translated(held, each)), key=str)


def _is_translated(held: Catalog, message: Message) -> bool:
    entry = held.get(message if isinstance(message, tuple) else message)
    if entry is None:
        return False
    said = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    return all(said) and not entry.fuzzy


def unused(held: Catalog) -> list[Message]:
    wanted = messages()
    return [entry.id for entry in held if entry.id and (tuple(entry.id) if isinstance(entry.id, list) else entry.id) not in wanted]


def main() -> int:
    """Exit code 1 when a string has no English text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    held = catalogue()
    lacking, dropped = missing(held), unused(held)
    if parser.parse_args().write:
        for message in lacking:
            held.add(message, flags={"python-format"} if "%(" in str(message) else ())
        for message in dropped:
            held.delete(message)
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        with CATALOGUE.open("wb") as file:
            write_po(file, held, width=0, sort_output=True, ignore_obsolete=True, omit_header=False)
    for message in lacking:
        sys.stdout.write(f"missing: {message}\n")
    for message in dropped:
        sys.stdout.write(f"unused: {message}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
