"""Template filters: moments as people write them, words for codes, deadline chips. No query happens here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from gridloop.core import bank_match
from gridloop.core.firm_size import SIZES
from gridloop.core.industry import SECTIONS
from gridloop.core.vitality import VITALITIES
from gridloop.offices.cases.queries import words
from gridloop.web import wording
from gridloop.web.dates import day, iso, month_name, short_day, until, when
from gridloop.web.sentences import spoken_if_ours

register = template.Library()
for written in (day, iso, month_name, short_day, until, when):
    register.filter(written)
ISO = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")

TONE_OF_LEVEL = {"success": "good", "warning": "warn", "error": "bad"}


@register.simple_block_tag(takes_context=True)
def case_link(context: dict[str, Any], content: SafeString, ref: str, look: str = "") -> SafeString:
    """``{% case_link ref %}…{% endcase_link %}``: a link to the case's page where the page's ``openable`` holds it, else the words alone."""
    marked = format_html(' class="{}"', look) if look else ""
    if ref in context["openable"]:
        return format_html('<a{} href="{}">{}</a>', marked, reverse("case", args=[ref]), content)
    return format_html("<span{}>{}</span>", marked, content) if look else content


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], moment: datetime | None) -> SafeString | str:
    """A moment in words (3 小时前), the exact one on hover; after a week the exact one itself. The page's ``at`` is now."""
    if moment is None:
        return "—"
    words = wording.ago(context["at"] - moment) or when(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(moment), when(moment), words)


@register.simple_tag(takes_context=True)
def since(context: dict[str, Any], moment: datetime) -> SafeString | str:
    """Beside an exact moment of the last week: how long ago that was."""
    words = wording.ago(context["at"] - moment)
    return format_html(' <span class="gl-muted">· {}</span>', words) if words else ""


@register.filter
def dated(cell: Any) -> Any:
    """A cell of a sheet (2022-05-23 10:00, or 2022-05-23) as pages write moments and days; everything else as it is."""
    try:
        found = datetime.fromisoformat(cell) if isinstance(cell, str) and ISO.fullmatch(cell) else None
    except ValueError:
        found = None
    if found is None:
        return cell
    return when(timezone.make_aware(found)) if ":" in cell else day(found.date())


@register.filter
def moment_of(text: str) -> datetime | None:
    """The moment written in a ledger payload."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def tone_of_level(level: str) -> str:
    """The tone of a Django message."""
    return TONE_OF_LEVEL.get(level, "info")


@register.filter
def state_label(state: str) -> str:
    return wording.said(words.STATES.get(state, state))


@register.filter
def state_tone(state: str) -> str:
    return wording.STATE_TONES.get(state, "quiet")


@register.filter
def visit_tone(state: str) -> str:
    """The tone of a visit's state."""
    return {"planned": "wait", "done": "good", "declined": "warn", "unreachable": "bad"}.get(state, "quiet")


@register.filter
def overnight_tone(standing: str) -> str:
    """The tone of how a case of an overnight list stands."""
    return {"handed_on": "good", "waiting": "warn", "overnight": "bad"}.get(standing, "quiet")


@register.filter
def grade_label(grade: str) -> str:
    return wording.said(words.GRADES.get(grade, grade))


@register.filter
def grade_mark(grade: str) -> str:
    """The value of ``data-grade``: the style sheet says hard where the rules say difficult."""
    return "hard" if grade == "difficult" else grade


@register.filter
def word_of(value: str, kind: str) -> str:
    """The word for a code: ``{{ case.source|word_of:"source" }}``."""
    return wording.said(wording.WORDS[kind].get(value, value))


@register.filter
def section_label(section: str) -> str:
    return wording.said(SECTIONS.get(section, section))


@register.filter
def size_label(size: str) -> str:
    return wording.said(SIZES.get(size, size))


@register.filter
def vitality_label(vitality: str) -> str:
    return wording.said(VITALITIES.get(vitality, vitality))


@register.filter
def vitality_tone(vitality: str) -> str:
    return {"normal": "good", "half": "warn", "stalled": "bad", "lost": "bad"}.get(vitality, "quiet")


@register.filter
def spoken(text: Any) -> Any:
    """A word or sentence of ours in the reader's language; numbers and finished HTML as they are."""
    return wording.said(text) if isinstance(text, str) and not isinstance(text, SafeString) else text


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Several side by side: 甲、乙; in English A, B."""
    return gettext("、").join(str(each) for each in words)


@register.filter
def ours(text: Any) -> Any:
    """What may be a word of ours or somebody's own: said in the reader's language only if it is one of ours as a whole."""
    return spoken_if_ours(text) if isinstance(text, str) and not isinstance(text, SafeString) else text


@register.filter
def leaf(path: str) -> str:
    """The last part of a category path."""
    return path.rsplit("/", 1)[-1]


@register.filter
def trail(path: str) -> str:
    """A category path as people read it: 城乡建设 › 市政设施 › 路灯."""
    return " › ".join(path.split("/"))


@register.filter
def percent(share: float) -> str:
    """0.62 as 62%."""
    return f"{share:.0%}"


@register.filter
def in_wan(amount: Decimal) -> str:
    """元 as 万元: 50, 12.5."""
    return bank_match.said(amount)


@register.filter
def grouped(amount: Any) -> str:
    """A whole amount with its thousands parted: 30,000,000 (the Chinese locale of Django parts it by four)."""
    return f"{amount:,.0f}"


@register.filter
def plain(amount: Any) -> str:
    """A decimal without the zeros that the database adds: 10.1, 100."""
    return f"{amount.normalize():,f}"


@register.filter
def span(length: Any) -> str:
    """A duration in its two largest units."""
    return wording.duration(length)


@register.inclusion_tag("parts/clock.html")
def deadline(case: Any, at: datetime) -> dict[str, object]:
    """The deadline chip of a case."""
    return {"chip": words.chip_of(case, at=at)}


@register.inclusion_tag("parts/field.html")
def field_of(form: Any, name: str) -> dict[str, object]:
    """One field with label, hint and error."""
    return {"field": form[name]}


@register.simple_tag
def drawn(svg: str) -> SafeString:
    """A drawing made and escaped by ``web.drawing``."""
    if not isinstance(svg, SafeString):
        message = "only drawings of web.drawing are shown as they are"
        raise TypeError(message)
    return svg
