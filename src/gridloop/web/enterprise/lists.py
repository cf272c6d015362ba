"""The register as a list, its clusters, the watch list of proposals, and names that look alike."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotAllowed
from gridloop.core.firm_access import may_arrange, may_keep, may_read
from gridloop.core.firm_size import SIZES
from gridloop.core.industry import SECTIONS
from gridloop.core.vitality import VITALITIES
from gridloop.offices.enterprise.actions.clusters import add_cluster, end_cluster
from gridloop.offices.enterprise.actions.merging import merge_enterprises
from gridloop.offices.enterprise.actions.vitality import decide_proposal
from gridloop.offices.enterprise.queries import pages, pairing, plans, register
from gridloop.offices.enterprise.queries.register import Wanted
from gridloop.offices.enterprise.queries.words import PRIORITIES, SLOTS
from gridloop.offices.territory import queries as territory
from gridloop.web.enterprise.forms import ClusterForm, DecideForm, choices_of
from gridloop.web.forms import refused_in_words, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

_TEXTS = ("text", "section", "industry", "size", "threshold", "priority", "vitality", "place", "cluster", "lacks")
_FLAGS = ("mine", "left")


def must_read(reader: Reader) -> None:
    """Raises NotAllowed for posts that see no firms."""
    if not may_read(reader.actor):
        raise NotAllowed("enterprise.may_not_read", "您的岗位不看企业档案;如有需要请联系值班受理岗。")


def wanted_from(sent: QueryDict) -> Wanted:
    """The filter of an address; what makes no sense narrows to nothing."""
    after = sent.get("after", "")
    texts = {name: sent.get(name, "").strip()[:80] for name in _TEXTS}
    flags = {name: bool(sent.get(name)) for name in _FLAGS}
    return Wanted(
        **texts, **flags, after=int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else 0
    )  # type: ignore[arg-type]


def query_of(wanted: Wanted) -> str:
    """The filter as an address part."""
    return urlencode({name: "1" if value is True else value for name, value in asdict(wanted).items() if value})


def choices_for(reader: Reader) -> list[dict[str, Any]]:
    """The selects of the filter."""
    street = reader.street
    places = [
        (cell.path, f"{'　' * max(cell.level - 1, 0)}{cell.name}")
        for cell in territory.grids(street.code)
        if cell.level <= 3
    ]
    told: tuple[tuple[str, Any, list[tuple[str, str]]], ...] = (
        ("section", _("行业"), [(code, f"{code} {said(label)}") for code, label in SECTIONS.items()]),
        ("size", _("规模"), _pairs(SIZES)),
        ("threshold", _("限额以上"), [("yes", _("是")), ("no", _("否")), ("unknown", _("未知"))]),
        ("vitality", _("经营状态"), _pairs(VITALITIES)),
        ("priority", _("重点级别"), [("any", _("各级重点")), *_pairs(PRIORITIES)]),
        ("place", _("网格"), places),
        ("cluster", _("集聚区"), [(each.ref, each.name) for each in register.clusters(street.code)]),
        ("lacks", _("包联空缺"), _pairs(SLOTS)),
    )  # fmt: skip
    return [{"name": name, "label": label, "options": options} for name, label, options in told]


def _pairs(labels: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, said(label)) for code, label in labels.items()]


def filters(reader: Reader, wanted: Wanted) -> list[dict[str, Any]]:
    """The selects with what is chosen."""
    return [{**choice, "value": getattr(wanted, choice["name"])} for choice in choices_for(reader)]


def links_of(found: register.EnterprisePage, wanted: Wanted) -> dict[str, str]:
    """The addresses of the next and the first page, empty where there is none."""
    following = f"?{query_of(replace(wanted, after=found.after))}" if found.after else ""
    return {"next": following, "first": f"?{query_of(replace(wanted, after=0))}" if wanted.after else ""}


@require_safe
@staff
def enterprise_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/?text=…&section=C&lacks=manager"""
    must_read(reader)
    wanted = wanted_from(request.GET)
    found = register.list_enterprises(reader.actor, wanted)
    street = reader.street.code
    page = {
        "rows": pairing.rows_of(found.enterprises), "firms": {each.ref: each for each in found.enterprises}, "count": found.count,
        "pairs": list(zip(found.enterprises, pairing.rows_of(found.enterprises), strict=True)),
        "wanted": wanted, "choices": filters(reader, wanted), "may_keep": may_keep(reader.actor, street),
        "may_arrange": may_arrange(reader.actor, street), "is_narrowed": bool(query_of(replace(wanted, after=0))),
        "proposals": len(register.open_proposals(reader.actor)), **links_of(found, wanted),
    }  # fmt: skip
    return render(request, "enterprise/list.html", page)


@require_safe
@staff
def watch(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/watch/"""
    return _watch_page(request, reader)


def _watch_page(
    request: HttpRequest, reader: Reader, *, status: int = 200, refused: str = "", form: Any = None
) -> HttpResponse:
    must_read(reader)
    rows = [
        {
            "row": row, "present": said(VITALITIES[row.present]), "proposed": said(VITALITIES[row.proposed]),
            "reasons": [said(reason) for reason in row.reasons],
            "form": form if form and row.ref == refused else DecideForm(choices=choices_of(reader.street.code, at=reader.at), auto_id=f"{row.ref}-%s"),
            "is_open": row.ref == refused,
        }
        for row in register.open_proposals(reader.actor)
    ]  # fmt: skip
    page = {
        "rows": rows,
        "may_keep": may_keep(reader.actor, reader.street.code),
        "counts": _by_vitality(reader),
        "lacking": plans.lacking(reader.actor),
    }
    return render(request, "enterprise/watch.html", page, status=status)


def _by_vitality(reader: Reader) -> list[tuple[str, str, int]]:
    """How many firms there are in each state."""
    counted = register.counts(reader.actor, Wanted(), by="vitality")
    return [(code, said(label), counted.get(code, 0)) for code, label in VITALITIES.items()]


@require_POST
@staff
def decide(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/watch/<ref>/decide/"""
    form = DecideForm(request.POST, choices=choices_of(reader.street.code, at=reader.at), auto_id=f"{ref}-%s")
    if not form.is_valid():
        return _watch_page(request, reader, status=422, refused=ref, form=form)
    try:
        decide_proposal(by=reader.actor, at=reader.at, proposal=ref, **form.cleaned_data)
    except Broken:
        raise
    except GridloopError as error:
        if error.status in (403, 404):
            raise
        form.refuse(error)
        return _watch_page(request, reader, status=error.status, refused=ref, form=form)
    messages.success(request, _("已处理,决定和理由记入台账。"))
    return redirect("enterprise_watch")


@require_safe
@staff
def alike(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/alike/"""
    return render(request, "enterprise/alike.html", {"pairs": pages.alike(reader.actor, reader.street.code)})


@require_POST
@staff
def merge(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/alike/merge/"""
    sent = request.POST
    with refused_in_words(request) as refused:
        kept = merge_enterprises(
            by=reader.actor, at=reader.at, duplicate=sent.get("duplicate", ""), into=sent.get("into", ""), reason=sent.get("reason", "")
        )  # fmt: skip
    if refused:
        return redirect("enterprises_alike")
    messages.success(request, _("已并入%(name)s;两份档案的历史都在。") % {"name": kept.name})
    return redirect("enterprise", kept.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def clusters(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/clusters/"""
    must_read(reader)
    street = reader.street.code
    form = ClusterForm(request.POST or None, choices=choices_of(street, at=reader.at))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made = tried(form, lambda: add_cluster(by=reader.actor, at=reader.at, street=street, **told), passes=(403,))
        if made is not None:
            messages.success(request, _("已登记集聚区:%(name)s。") % {"name": made.name})
            return redirect("cluster", made.ref)
    page = {"clusters": register.clusters(street), "form": form, "may_arrange": may_arrange(reader.actor, street)}
    return render(request, "enterprise/clusters.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def cluster(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/clusters/<ref>/: the place with its firms; posted, it ends."""
    must_read(reader)
    street = reader.street.code
    found = register.cluster(street, ref)
    if request.method == "POST":
        with refused_in_words(request) as refused:
            end_cluster(
                by=reader.actor, at=reader.at, street=street, cluster=ref, reason=request.POST.get("reason", "")
            )
        if refused:
            return redirect("cluster", ref)
        messages.success(request, _("集聚区已结束。"))
        return redirect("clusters")
    wanted = replace(wanted_from(request.GET), cluster=found.ref)
    firms = register.list_enterprises(reader.actor, wanted, size=60)
    page = {
        "cluster": found, "pairs": list(zip(firms.enterprises, pairing.rows_of(firms.enterprises), strict=True)), "count": firms.count,
        "sections": [(f"{code} {said(SECTIONS[code])}" if code else _("未填行业"), n) for code, n in sorted(register.counts(reader.actor, wanted, by="section").items())],
        "vitalities": [(said(VITALITIES[code]), n) for code, n in register.counts(reader.actor, wanted, by="vitality").items()],
        "above": register.counts(reader.actor, wanted, by="above_threshold").get("True", 0),
        "may_arrange": may_arrange(reader.actor, street), **links_of(firms, wanted),
    }  # fmt: skip
    return render(request, "enterprise/cluster.html", page)
