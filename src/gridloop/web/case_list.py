"""The list of cases: narrowed by address parameters, paged by key, so that a page can be kept as a bookmark or a view.

A whole telephone number in the search box never stays in an address: it is exchanged at once for its blind index, and that search is
on record.
"""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import GridloopError, NotFound
from gridloop.offices.cases.actions.bulk import MOST
from gridloop.offices.cases.actions.exports import may_take_out
from gridloop.offices.cases.actions.searching import note_what_is_sought
from gridloop.offices.cases.actions.views import remove_view, save_view, share_view
from gridloop.offices.cases.queries import columns as cells
from gridloop.offices.cases.queries.counts import count
from gridloop.offices.cases.queries.lists import list_cases
from gridloop.offices.cases.queries.views import SHARINGS, may_read_exports, views_of
from gridloop.web import list_filters as filters
from gridloop.web.bulk import bulk_verbs
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said


@require_safe
@staff
def case_list(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/?state=open&unit=…&late=1&sort=due&cols=state,due&after=…"""
    wanted, columns = filters.wanted_from(request.GET), filters.columns_from(request.GET)
    words, phone = note_what_is_sought(by=reader.actor, at=reader.at, said=wanted.text)
    if phone:
        return redirect(
            f"{reverse('cases')}?{filters.query_of(replace(wanted, text=words, phone=phone, after=''), columns)}"
        )
    found, counts = list_cases(reader.actor, wanted), count(reader.actor, wanted)
    query, views = filters.query_of(replace(wanted, after=""), columns), views_of(reader.actor)
    page = {
        "at": reader.at,
        "cases": found.cases,
        "columns": [(name, said(cells.COLUMNS[name].label)) for name in columns],
        "tabs": filters.tabs(counts, wanted, columns),
        "choices": filters.choices(reader, wanted, counts),
        "flags": filters.flags(wanted, counts),
        "counts": counts,
        "scope": filters.scope(reader, wanted, counts, columns),
        "sorts": filters.sorts(),
        "order": said(dict(filters.sorts()).get(wanted.sort, filters.sorts()[0][1])),
        "column_choices": filters.column_choices(columns),
        "wanted": wanted,
        "query": query,
        "is_narrowed": filters.is_narrowed(wanted),
        "views": views,
        "owns_views": any(view.is_own for view in views),
        "sharings": [(value, said(label)) for value, label in SHARINGS.items()],
        "bulk_verbs": bulk_verbs(),
        "most_chosen": MOST,
        "may_export": may_take_out(reader.actor),
        "may_read_exports": may_read_exports(reader.actor),
        "next": f"?{filters.query_of(wanted, columns, after=found.after)}" if found.after else "",
        "first": f"?{query}" if wanted.after else "",
    }
    return render(request, "console/case_list.html", page)


@require_POST
@staff
def keep_view(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/cases/views/: the present filter, columns and order are kept under a name."""
    query = _plain_query(request.POST.get("query", ""))
    try:
        view = save_view(
            by=reader.actor, at=reader.at, name=request.POST.get("name", ""), query=query, sharing=request.POST.get("sharing", "own")
        )  # fmt: skip
    except GridloopError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("视图“%(name)s”已保存。") % {"name": view.name})
    return redirect(f"{reverse('cases')}?{query}")


def _plain_query(said: str) -> str:
    """An address part, read and written again, so that only what a list understands is kept."""
    sent = QueryDict(said[:2000])
    return filters.query_of(replace(filters.wanted_from(sent), after=""), filters.columns_from(sent))


@require_POST
@staff
def change_view(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/cases/views/<ref>/: shared otherwise, or removed."""
    try:
        if request.POST.get("remove"):
            remove_view(by=reader.actor, at=reader.at, view=ref)
            messages.success(request, _("视图已删除。"))
        else:
            share_view(by=reader.actor, at=reader.at, view=ref, sharing=request.POST.get("sharing", ""))
            messages.success(request, _("共享范围已更改。"))
    except NotFound:
        raise
    except GridloopError as error:
        messages.error(request, error.sentence)
    return redirect("cases")
