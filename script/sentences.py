"""The sentence book: every Chinese sentence of core and offices with its English text (read by gridloop/web/sentences.py).

``python script/sentences.py`` prints what has no English text and what nothing says any more; ``--write`` adds the first, untranslated,
and drops the second. The book lies in src/gridloop/locale/en/sentences, one file for core and one for each office.

Collected: every string with Chinese in it that is not a docstring; the values of an f-string become {1}, {2} … in their order, so
``f"街道 {code} 已经建立。"`` is listed as ``街道 {1} 已经建立。``. What only a model's ``verbose_name`` or a spreadsheet's header says is
collected too: it does no harm there. So are the names and notes of the shipped deadline profiles.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "gridloop"
BOOK = SOURCE / "locale" / "en" / "sentences"
CHINESE = re.compile(r"[\u3400-\u9fff]")
LEFT_OUT = ("core/verifier.py",)  # stands alone: residents run it by itself
NOT_SAID = re.compile(r"^零〇|^labels it |\(\?[:=!]|\\[sdw]")
"""Numerals, patterns and invariants: read by the program, shown to nobody."""


def collected() -> dict[str, list[str]]:
    """By file of the book, the templates in the order of the source."""
    book: dict[str, list[str]] = {}
    seen: set[str] = set()
    for path in [
        *sorted((SOURCE / "core").rglob("*.py")),
        *sorted((SOURCE / "offices").rglob("*.py")),
        *sorted((SOURCE / "reactions").rglob("*.py")),
    ]:
        place = path.relative_to(SOURCE)
        if "migrations" in place.parts or str(place) in LEFT_OUT:
            continue
        name = place.parts[1] if place.parts[0] == "offices" else place.parts[0].removesuffix(".py")
        for template in _templates(ast.parse(path.read_text(encoding="utf-8"))):
            if template not in seen:
                seen.add(template)
                book.setdefault(name, []).append(template)
    for template in _of_profiles():
        if template not in seen:
            seen.add(template)
            book.setdefault("supervision", []).append(template)
    return book


def _of_profiles() -> Iterator[str]:
    """Names and notes of the deadline profiles that are shipped as data."""
    for path in sorted((SOURCE / "offices/supervision/profiles").glob("*.json")):
        yield from (text for text in _texts(json.loads(path.read_text(encoding="utf-8"))) if CHINESE.search(text))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in named:
        if name != "aliases":
            yield from _texts(each)


def _templates(tree: ast.Module) -> Iterator[str]:
    left_out = {id(node) for each in ast.walk(tree) for node in (*_documentation(each), *_parts(each))}
    for node in ast.walk(tree):
        if id(node) not in left_out:
            template = _template(node)
            if CHINESE.search(template) and not NOT_SAID.search(template):
                yield template


def _documentation(node: ast.AST) -> list[ast.AST]:
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return []
    return [each.value for each in body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]


def _parts(node: ast.AST) -> list[ast.AST]:
    """The literals inside an f-string, which are no strings of their own."""
    return list(node.values) if isinstance(node, ast.JoinedStr) else []


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    said, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        else:
            number += 1
            said += f"{{{number}}}"
    return said


def held() -> dict[str, dict[str, str]]:
    """The book as it stands, by file."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(BOOK.glob("*.json"))}


def missing() -> list[str]:
    known = {template for entries in held().values() for template, english in entries.items() if english}
    return [template for templates in collected().values() for template in templates if template not in known]


def unused() -> list[str]:
    said = {template for templates in collected().values() for template in templates}
    return [template for entries in held().values() for template in entries if template not in said]


def write() -> None:
    """Every file holds exactly what its office says, in the order of the source, with the English texts known so far."""
    known = {template: english for entries in held().values() for template, english in entries.items() if english}
    wanted = collected()
    BOOK.mkdir(parents=True, exist_ok=True)
    for path in BOOK.glob("*.json"):
        if path.stem not in wanted:
            path.unlink()
    for name, templates in wanted.items():
        entries = {template: known.get(template, "") for template in templates}
        text = json.dumps(entries, ensure_ascii=False, indent=0)
        (BOOK / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def main() -> int:
    """Exit code 1 when a sentence has no English text or the book holds one that nothing says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        write()
    lacking, dropped = missing(), unused()
    for template in lacking:
        print(f"missing: {template}")
    for template in dropped:
        print(f"unused: {template}")
    print(f"{len(lacking)} without an English text, {len(dropped)} no longer said")
    return 1 if lacking or dropped else 0


if __name__ == "__main__":
    sys.exit(main())
