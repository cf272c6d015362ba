"""The front page, a street's contact page, and finding a case again by the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.errors import NotFound, TooMuch
from gridloop.offices.archive.identifiers import ALPHABET
from gridloop.offices.organisation import queries as organisation
from gridloop.web.public.doors import SECRET_LENGTH, open_receipt, private, secret_in
from gridloop.web.public.limits import count
from gridloop.web.reader import moment


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """/"""
    streets = [street for street in organisation.streets() if street.takes_public_reports]
    return render(request, "public/front.html", {"streets": streets, "only": streets[0] if len(streets) == 1 else None})


@require_safe
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """/s/<slug>/contact/"""
    return render(request, "public/contact.html", {"street": organisation.street(slug)})


@private
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """/follow/: the code is posted, so that it stands in no address and no log."""
    if request.method != "POST":
        return render(request, "public/find.html", {"length": SECRET_LENGTH})
    said = request.POST.get("secret", "")
    try:
        count(request, "follow", at=moment(request))
        return redirect("follow", secret=_found(request, said))
    except (NotFound, TooMuch) as error:
        page = {"length": SECRET_LENGTH, "said": said[:200], "problem": error.sentence}
        return render(request, "public/find.html", page, status=error.status)


def _found(request: HttpRequest, said: str) -> str:
    """The secret that was typed, if it opens something. Raises NotFound with what may be wrong with it."""
    secret = secret_in(said)
    if not secret:
        raise NotFound("public.no_secret", _("请输入回执上的查询码。"))
    strange = sorted({letter for letter in secret if letter not in ALPHABET})
    if strange:
        letters = "、".join(strange[:6])
        raise NotFound(
            "public.strange_letters",
            _("查询码里没有“%(letters)s”;查询码不用 0、1、i、l、o,请对照回执再看一遍。") % {"letters": letters},
        )
    if len(secret) != SECRET_LENGTH:
        sentence = _("您输入了 %(typed)d 位,查询码应是 %(length)d 位;请对照回执补全。")
        raise NotFound("public.wrong_length", sentence % {"typed": len(secret), "length": SECRET_LENGTH})
    open_receipt(secret, at=moment(request))
    return secret
