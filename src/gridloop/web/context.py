"""What every page gets: the reader's own settings, who they are, and the doors they may use. It costs no query of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gridloop.core.access import FILES_CASES, SEES_THE_PLACE, SEES_THE_UNIT, SETS_UP, Actor
from gridloop.core.firm_access import may_read
from gridloop.offices.cases.queries.inspecting import SEES_SAMPLES
from gridloop.offices.cases.queries.signs import SUPERVISES
from gridloop.web.reader import known_reader


@dataclass(frozen=True, slots=True)
class Link:
    """One door of the main navigation."""

    label: str
    address: str
    is_current: bool
    key: str
    """Pressed after ``g``."""


@dataclass(frozen=True, slots=True)
class Page:
    """The frame round every page."""

    theme: str
    type: str
    language: str
    is_english: bool
    street_name: str = ""
    person_name: str = ""
    posts: str = ""
    links: tuple[Link, ...] = ()
    sets_up: bool = False
    """Tokens, webhooks and suggestions are this reader's to look after."""

    @property
    def near(self) -> list[Link]:
        """The doors in the line of the navigation."""
        return [link for link in self.links if link.key not in MORE]

    @property
    def more(self) -> list[Link]:
        """The doors in the folded rest."""
        return [link for link in self.links if link.key in MORE]

    @property
    def is_in_more(self) -> bool:
        return any(link.is_current for link in self.more)


def page(request: HttpRequest) -> dict[str, object]:
    """``page`` for the layout templates, from cookies, language and (where the view asked for one) the reader."""
    reader = known_reader(request)
    is_english = (get_language() or "").startswith("en")
    frame = Page(
        theme="dark" if request.COOKIES.get("theme") == "dark" else "light",
        type="large" if request.COOKIES.get("type") == "large" else "normal",
        language="en" if is_english else "zh-Hans",
        is_english=is_english,
        street_name=reader.street.name if reader and reader.street else "",
        person_name=reader.actor.name if reader else "",
        posts="、".join(dict.fromkeys(post.title for post in reader.actor.posts)) if reader else "",
        links=_links(request.path, reader.actor) if reader else (),
        sets_up=bool(reader and reader.actor.roles() & SETS_UP),
    )
    return {"page": frame}


MORE = frozenset({"v", "h", "w", "p", "j", "i", "a"})
"""The keys of the doors that stand in the folded rest, so that the navigation keeps to one line."""


def _links(path: str, actor: Actor) -> tuple[Link, ...]:
    """The doors this actor may use; the longest address that leads the path is the present one."""
    roles = actor.roles()
    doors = [(_("工作台"), reverse("desk"), "d"), (_("事项"), reverse("cases"), "c")]
    if roles & FILES_CASES:
        doors.append((_("登记"), reverse("new_case"), "n"))
    if may_read(actor):
        doors += [(_("企业"), reverse("enterprises"), "e"), (_("走访"), reverse("visits"), "v")]
    if roles & (SEES_THE_PLACE | SEES_THE_UNIT):
        doors += [(_("网格图"), reverse("atlas"), "m"), (_("同诉热点"), reverse("troubles"), "h")]
    if roles & (SEES_SAMPLES | SUPERVISES):
        doors.append((_("监督"), reverse("inspections") if roles & SEES_SAMPLES else reverse("signs"), "w"))
    if roles:
        doors += [
            (_("政策"), reverse("policies"), "p"),
            (_("项目"), reverse("projects"), "j"),
            (_("指标"), reverse("indicators"), "i"),
            (_("专项"), reverse("campaigns"), "a"),
        ]
    doors.append((_("规则"), reverse("setup"), "r"))
    present = max((address for _label, address, _key in doors if path.startswith(address)), key=len, default="")
    return tuple(Link(label, address, address == present, key) for label, address, key in doors)
