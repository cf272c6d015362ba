"""How a page of the firm is drawn, and what its deeds have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gridloop.core.errors import WrongInput
from gridloop.web.firm_page.doors import Visitor

HOW = "企业页面"
"""How the firm's word was given, as the ledger says it."""
Deed = Callable[[HttpRequest, Visitor], str]
"""Does what was sent and says what is so now."""
Shown = Callable[..., HttpResponse]
Deeds = dict[str, tuple[Deed, Shown, str]]
"""By its name in the address: the deed, the page that shows a refusal, the page it leads to."""


def drawn(
    request: HttpRequest, visitor: Visitor, here: str, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page of this tab; ``said`` is what was typed into a form that was refused."""
    told = {"visitor": visitor, "street": visitor.street, "here": here, "said": request.POST, **page}
    return render(request, f"firm/{here.split('_')[1]}.html", told, status=status)


def sent(request: HttpRequest, name: str, *, longest: int = 4000) -> str:
    """What stands in a field of the form."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:longest]


def yes(request: HttpRequest, name: str) -> bool:
    """The answer to a question that wants a yes or a no. Raises WrongInput without one."""
    answer = {"yes": True, "no": False}.get(request.POST.get(name, ""))
    if answer is None:
        raise WrongInput("enterprise.no_answer", _("请选同意或不同意。"), field=name)
    return answer
