"""The strings people see, and which of them the English catalogue lacks.

``python script/messages.py`` prints what is missing or no longer used; ``--write`` adds the missing ones, untranslated, to
src/gridloop/locale/en/LC_MESSAGES/django.po and drops the unused. The source language is Chinese.

Where strings are looked for: ``translate``, ``blocktranslate`` and ``_("…")`` in templates; every Chinese string constant in the web
window's Python; the tables of labels that pages translate by value. Left out of the Python are docstrings, the parts of f-strings,
and what a module merely keeps under a name (``WEEKDAYS = "一二三四五六日"``, a whole HTML document): such a constant is a string that
people see only where the module itself translates the name, as ``_(WEEKDAYS)``.

Example: ``{% translate "签收" %}`` in a template becomes ``msgid "签收"``; ``{% blocktranslate count n=… %}共 {{ n }} 项{% plural %}…``
becomes an entry with ``msgid`` and ``msgid_plural`` "共 %(n)s 项" and two English texts.
"""

from __future__ import annotations

import argparse
import ast
import io
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
    "offices/cases/queries/words.py": ("CATEGORY_BY",),
    "offices/organisation/accounts/deed_kinds.py": ("DEEDS", "BY_CHANGE_SET", "CHANGED"),
}
CHOICES = {"offices/cases/models.py": ("Outcome",)}
TRANSLATORS = ("_", "gettext", "gettext_lazy", "said")
TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")
INLINE = re.compile(r"""\{[{%][^{}]*?\b_\((?:"([^"]+)"|'([^']+)')\)""")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
FORMATTED = re.compile(r"%(?:\(\w+\))?[sd]")
IMPERSONAL = (
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
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
    for name, classes in CHOICES.items():
        found |= set(_choices(ast.parse((SOURCE / name).read_text(encoding="utf-8")), classes))
    return found


def _of_template(text: str) -> Iterator[Message]:
    for double, single in TRANSLATE.findall(text) + INLINE.findall(text):
        yield (double or single).replace(
            "%", "%%"
        )  # Django doubles it, so that a text without variables may hold a percent sign
    for options, body in BLOCK.findall(text):
        said = [
            VARIABLE.sub(r"%(\1)s", part.replace("%", "%%") if "%" in part else part) for part in PLURAL.split(body)
        ]
        if "trimmed" in options:
            said = [" ".join(line.strip() for line in part.strip().splitlines()) for part in said]
        yield (said[0], said[1]) if len(said) == 2 else said[0]


def _constants(tree: ast.Module) -> Iterator[str]:
    """Chinese string constants that are not docstrings, not parts of f-strings and not merely kept under a name."""
    left_out = {id(node) for each in ast.walk(tree) for node in _docstring(each) + _parts(each)} | {
        id(node) for node in _kept(tree)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in left_out
            and CHINESE.search(node.value)
        ):
            yield node.value


def _docstring(node: ast.AST) -> list[ast.AST]:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        return [body[0].value]
    return []


def _parts(node: ast.AST) -> list[ast.AST]:
    return list(node.values) if isinstance(node, ast.JoinedStr) else []


def _kept(tree: ast.Module) -> Iterator[ast.AST]:
    """The strings of ``NAME = "…"`` at the top of a module that no call in it translates by the name."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS
    ]
    translated = {argument.id for call in calls for argument in call.args if isinstance(argument, ast.Name)}
    for statement in tree.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
            continue
        if not any(isinstance(target, ast.Name) and target.id in translated for target in statement.targets):
            yield statement.value


def _choices(tree: ast.Module, classes: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in classes:
            yield from _constants(ast.Module(body=node.body, type_ignores=[]))


def _labels(tree: ast.Module, tables: tuple[str, ...]) -> Iterator[str]:
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id in tables for target in targets):
            yield from _constants(ast.Module(body=[statement], type_ignores=[]))


def catalogue() -> Catalog:
    """The English catalogue as it stands; an empty one when there is none."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="gridloop", version="1", charset="UTF-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def save(held: Catalog) -> None:
    """The catalogue to its file, sorted, with a header that says nothing of people, programs and moments."""
    held.header_comment = "# English texts of gridloop. The msgids are the Chinese strings of the source: script/messages.py collects them."
    held.charset = "UTF-8"  # read_po writes it small
    written = io.BytesIO()
    write_po(written, held, width=0, sort_output=True, ignore_obsolete=True)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}:' for name in IMPERSONAL))]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("".join(kept), encoding="utf-8")


def missing(held: Catalog) -> list[Message]:
    """Strings without an English text, in a stable order."""
    return sorted((each for each in messages() if not _is_translated(held, each)), key=str)


def _is_translated(held: Catalog, message: Message) -> bool:
    entry = held.get(message)
    if entry is None:
        return False
    said = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    return all(said) and not entry.fuzzy


def unused(held: Catalog) -> list[Message]:
    wanted = messages()
    return [
        entry.id
        for entry in held
        if entry.id and (tuple(entry.id) if isinstance(entry.id, list) else entry.id) not in wanted
    ]


def complete(held: Catalog) -> None:
    """Every string has an entry, the new ones untranslated; what nothing says any more is gone."""
    for message in missing(held):
        held.add(message, flags={"python-format"} if FORMATTED.search(str(message)) else ())
    for message in unused(held):
        held.delete(message)


def main() -> int:
    """Exit code 1 when a string has no English text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    held = catalogue()
    lacking, dropped = missing(held), unused(held)
    if parser.parse_args().write:
        complete(held)
        save(held)
    for message in lacking:
        sys.stdout.write(f"missing: {message}\n")
    for message in dropped:
        sys.stdout.write(f"unused: {message}\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
