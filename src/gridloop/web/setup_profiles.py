"""Deadline profiles: each with worked examples beside it, and an editor of stages that counts the same examples while one edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, WrongInput
from gridloop.core.profile import EVENTS, GRADES, PRIORITIES, SILENCES, Ends, Profile, Unit
from gridloop.offices.organisation.changesets import actions
from gridloop.offices.organisation.changesets.chapters import fingerprint
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.chapters import profile_of_row
from gridloop.offices.supervision.examples import sample_receipts, worked
from gridloop.web.reader import Reader, staff
from gridloop.web.setup_drafts import NEW, drafting, must_draft, to_change_set

CODE = "profiles"
MOST_STAGES, MOST_LIMITS = 12, 12
ENDS = {Ends.SAME_TIME: "同一时刻", Ends.CLOSE_OF_BUSINESS: "下班时", Ends.END_OF_DAY: "24:00"}
COUNTS_AS = {"next_day": "次日", "next_workday": "次工作日"}
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """One profile in force, or as the draft would make it, with its examples."""

    code: str
    profile: Profile
    examples: tuple[tuple[Any, tuple[Any, ...]], ...]


@require_safe
@staff
def profiles(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/profiles/: each deadline profile with what would be due for three receipts."""
    draft = drafting(request, reader, CODE)
    found = supervision.profiles_in_force(reader.street.code)
    shown = [ProfileShown(code, profile, _examples(profile, reader)) for code, (_key, profile) in sorted(found.items())]
    pending = {change.key for change in draft.setup.changes if change.chapter == CODE}
    return render(
        request, "setup/profiles.html", {"profiles": shown, "at": reader.at, "draft": draft, "pending": pending}
    )


def _examples(profile: Profile, reader: Reader) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    _key, calendar = supervision.calendar_in_force(reader.street.code)
    return tuple(
        (receipt, tuple(worked(profile, calendar, receipt))) for receipt in sample_receipts(calendar, at=reader.at)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/profiles/edit/?code=san_bu_guo: the editor; ``like`` starts a new profile from another. ``count`` recounts without saving."""
    if request.method != "POST":
        return _form(request, reader, _row(request, reader))
    must_draft(reader, CODE)
    row = typed(request)
    if "save" not in request.POST:
        return _form(request, reader, row)
    try:
        profile_of_row(row)
        change_set = actions.propose_row(
            by=reader.actor, at=reader.at, street=reader.street.code, chapter=CODE, key=row["code"], row=_as_kept(row),
            change_set=_asked_set(request), title=request.POST.get("title", ""), seen=request.POST.get("seen") or None,
        )  # fmt: skip
    except Broken:
        raise
    except GridloopError as error:
        return _form(request, reader, row, error=error)
    messages.success(request, _("已放进变更单,还没有生效;已在计时的事项按当初的版本走完。"))
    return to_change_set(change_set.ref)


def _asked_set(request: HttpRequest) -> str:
    said = request.POST.get("change_set", "")
    return "" if said == NEW else said


def _as_kept(row: Data) -> Data:
    """As the profile tells itself, so that what is the same is found to be the same."""
    return {name: value for name, value in profile_of_row(row).to_data().items() if name != "version"}


def _row(request: HttpRequest, reader: Reader) -> Data:
    """The profile to edit, as the draft would make it; a copy under a new code, or an empty one."""
    rows = drafting(request, reader, CODE).setup.after(CODE)
    code, like = request.GET.get("code", ""), request.GET.get("like", "")
    if code and code not in rows:
        raise NotFound("supervision.no_profile", f"本街道没有时限方案“{code[:40]}”。", profile=code)
    if code:
        return dict(rows[code])
    copied = dict(rows[like]) if like in rows else {"stages": []}
    return copied | {"code": "", "name": "", "aliases": []}


def _form(request: HttpRequest, reader: Reader, row: Data, *, error: GridloopError | None = None) -> HttpResponse:
    draft = drafting(request, reader, CODE)
    known = draft.setup.after(CODE).get(str(row.get("code", "")))
    try:
        examples, fault = _examples(profile_of_row(row), reader), ""
    except GridloopError as malformed:
        examples, fault = (), malformed.sentence
    is_new = "code" not in request.GET
    page = {
        "row": row, "stages": _stages_shown(row), "examples": examples, "fault": fault, "draft": draft, "may_draft": draft.may_draft, "error": error, "is_new": is_new,
        "events": EVENTS.items(), "grades": GRADES.items(), "priorities": PRIORITIES.items(), "units": [(u.value, u.label) for u in Unit], "ends": [(e.value, w) for e, w in ENDS.items()],
        "counts_as": COUNTS_AS.items(), "seen": request.POST.get("seen") or (fingerprint(known) if known and not is_new else ""), "title": request.POST.get("title", ""),
        "warnings": "、".join(f"{round(point * 100)}" for point in row.get("warnings", (0.5, 0.8))), "aliases": "、".join(row.get("aliases", ())),
        "pauses": row.get("pauses") or {"allowed": True}, "intake": row.get("intake") or {}, "returns": _returns_shown(row), "silences": SILENCES.items(),
    }  # fmt: skip
    return render(request, "setup/profile_edit.html", page, status=error.status if error else 200)


def _stages_shown(row: Data) -> list[Data]:
    """The stages with one more to fill in, and in each one more limit."""
    stages = [*row.get("stages", ()), {"limits": [], "is_new": True}]
    return [
        {**stage, "number": number, "limits": _limits_shown(stage["limits"])}
        for number, stage in enumerate(stages[:MOST_STAGES])
    ]


def _limits_shown(limits: list[Data]) -> list[Data]:
    more = [*limits, {"is_new": True, "unit": Unit.NATURAL_DAY.value}]
    return [
        {**limit, "limit_number": limit.get("number", ""), "number": each}
        for each, limit in enumerate(more[:MOST_LIMITS])
    ]


# --- what was typed --------------------------------------------------------------------------------------------------


def typed(request: HttpRequest) -> Data:
    """The profile that the form describes, in the shape of ``Profile.to_data``. What is malformed stays, to be told."""
    said = request.POST
    longest = said.get("longest_days", "").strip()
    return {
        "code": said.get("code", "").strip()[:40], "name": said.get("name", "").strip()[:80], "note": said.get("note", "").strip()[:500],
        "aliases": _parts(said.get("aliases", ""))[:10], "warnings": _fractions(said.get("warnings", "")),
        "pauses": {"allowed": bool(said.get("pauses")), "longest_days": int(longest) if longest.isdecimal() and len(longest) < 5 else None},
        "intake": _intake(request), "returns": _returns(request), "stages": [_stage(request, number) for number in range(MOST_STAGES) if _is_filled(request, number)],
    }  # fmt: skip


def _parts(text: str) -> list[str]:
    return [part.strip()[:40] for part in text.replace(",", "、").replace(",", "、").split("、") if part.strip()]


def _fractions(text: str) -> list[float]:
    found = [part.rstrip("%") for part in _parts(text)]
    return [int(part) / 100 for part in found if part.isdecimal() and len(part) < 4]


def _intake(request: HttpRequest) -> Data | None:
    cut_off, at = request.POST.get("cut_off", ""), request.POST.get("intake_at", "")
    if not cut_off or not at:
        return None
    return {"cut_off": cut_off, "counts_as": request.POST.get("counts_as", "next_day"), "at": at}


def _returns_shown(row: Data) -> Data:
    """The rule of returns with what is usual where nothing is said."""
    usual = {
        "window": 1,
        "window_difficult": 2,
        "silence": "taken",
        "most": 3,
        "answer": {"number": 4},
        "ruling": {"number": 1},
    }
    return usual | (row.get("returns") or {})


def _returns(request: HttpRequest) -> Data:
    """The rule of returns as typed: numbers of workdays and office hours. Raises WrongInput for what is no number."""

    def number(name: str, usual: int) -> int:
        said = request.POST.get(name, "").strip() or str(usual)
        if not said.isdecimal() or len(said) > 4:
            raise WrongInput("profile.number", f"时限“{said[:20]}”不是整数;请填 1、3、7 这样的数。", field=name)
        return int(said)

    return {
        "window": number("r-window", 1), "window_difficult": number("r-window_difficult", 2), "most": number("r-most", 3),
        "silence": request.POST.get("r-silence", "taken"), "answer": {"number": number("r-answer", 4), "unit": Unit.WORKING_HOUR.value},
        "ruling": {"number": number("r-ruling", 1), "unit": Unit.WORKING_DAY.value},
    }  # fmt: skip


def _is_filled(request: HttpRequest, number: int) -> bool:
    return bool(request.POST.get(f"s{number}-name", "").strip()) and not request.POST.get(f"s{number}-remove")


def _stage(request: HttpRequest, number: int) -> Data:
    def cell(name: str) -> str:
        return request.POST.get(f"s{number}-{name}", "").strip()[:300]

    return {
        "stage": cell("stage") or f"stage_{number + 1}", "name": cell("name"), "start": cell("start"), "terminal": cell("terminal"),
        "repeats": bool(cell("repeats")), "night_due": cell("night_due") or None, "note": cell("note"),
        "limits": [limit for each in range(MOST_LIMITS) if (limit := _limit(request, number, each))],
    }  # fmt: skip


def _limit(request: HttpRequest, stage: int, number: int) -> Data | None:
    """One limit; None where no number is filled in."""

    def cell(name: str) -> str:
        return request.POST.get(f"s{stage}-l{number}-{name}", "").strip()[:300]

    said = cell("number")
    if not said:
        return None
    if not said.isdecimal() or len(said) > 6:
        raise WrongInput("profile.number", f"时限“{said[:20]}”不是整数;请填 1、3、7 这样的数。", field="number")
    limit = {
        "number": int(said),
        "unit": cell("unit"),
        "ends": cell("ends"),
        "grade": cell("grade"),
        "priority": cell("priority"),
        "note": cell("note"),
    }
    return {name: value for name, value in limit.items() if value not in ("", None)}
