"""From what the offices return to what the API says: cases, whole case files, reference lists.

Every function here takes finished objects (their relations already read) and asks nothing of the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse

from gridloop.core.lifecycle import STATES
from gridloop.offices.cases.actions import Filed
from gridloop.offices.cases.queries.pages import CaseFile, SegmentLine
from gridloop.offices.supervision.queries import WhyThisDate

ROOT = "/api/v1"


def filed(result: Filed, *, external_id: str) -> dict[str, Any]:
    """A filed case with its receipt."""
    case = result.case
    return {
        "number": case.number, "ref": case.ref, "street": case.street, "state": case.state,
        "unit": {"code": result.lead.code, "name": result.lead.name}, "reason": case.route_reason, "row": case.route_row,
        "is_gap": case.is_gap, "category": case.category, "category_by": case.category_by, "grade": case.grade,
        "proposed_grade": case.proposed_grade, "place": case.place, "placed_by": case.placed_by, "profile": case.profile,
        "filed_at": case.filed_at, "due_at": case.due_at, "receipt": result.receipt, "external_id": external_id,
        "links": {
            "self": f"{ROOT}/cases/{case.ref}", "receipt": f"{ROOT}/cases/{case.ref}/receipt",
            "follow": follow_address(result.receipt),
        },
    }  # fmt: skip


def follow_address(receipt: str) -> str:
    """The reporter's page, which the receipt's secret opens."""
    return _follow_page().replace("SECRET", receipt)


@cache
def _follow_page() -> str:
    """The address of the reporter's page, resolved once: a bulk answer names a thousand."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('follow', args=['SECRET'])}"


COPIED = (
    "number", "ref", "street", "state", "rev", "title", "source", "enterprise", "category", "category_by", "grade", "proposed_grade",
    "priority", "place", "placed_by", "address", "lon", "lat", "profile", "is_gap", "is_late", "due_at", "filed_at", "assigned_at",
    "accepted_at", "answered_at", "cleared_at", "suspended_until", "hops", "returns", "reworks", "reopens",
)  # fmt: skip


def case_in_short(case: Any) -> dict[str, Any]:
    """A case whose lead and first contact have been read."""
    return {name: getattr(case, name) for name in COPIED} | {
        "state_label": STATES[case.state],
        "unit": {"code": case.lead.code, "name": case.lead.name},
        "first_contact": case.first_contact.name,
    }


def case_file(found: CaseFile) -> dict[str, Any]:
    """Everything about one case."""
    case = found.case
    return {
        "case": case_in_short(case), "text": case.text, "answer": case.answer, "grade_reason": case.grade_reason,
        "why_here": why_here(case, version=found.route_version, rows=found.route),
        "why_this_date": [why_this_date(each) for each in found.dates],
        "segments": [segment(line) for line in found.segments],
        "timeline": [timeline_entry(entry) for entry in found.timeline],
        "verbs": [verb(each, case.ref) for each in found.verbs],
        "reports": [fields_named(report, _REPORT) | {"case": report.case.number} for report in found.reports],
        "requests": [request_made(request) for request in found.requests],
        "returns": [_return(each) for each in found.returns],
        "consultations": [_consultation(meeting) for meeting in found.consultations],
        "verifications": [fields_named(each, "passed text verified_at") | {"by": each.by.name} for each in found.verifications],
        "callbacks": [_callback(each) for each in found.callbacks],
        "attachments": [attachment(each) for each in found.attachments],
        "merged": [_link(each) for each in found.merged],
        "split": [_link(each) for each in found.split],
        "outside": [outside_link(each) for each in found.links],
    }  # fmt: skip


_REPORT = "ref told_at text answer solved satisfied judged_at comment"


def fields_named(thing: Any, names: str) -> dict[str, Any]:
    """The thing's attributes of these names."""
    return {name: getattr(thing, name) for name in names.split()}


def why_here(case: Any, *, version: int, rows: Iterable[Any]) -> dict[str, Any]:
    """Which row of which table version routed the case, and why each lost or won."""
    return {
        "table_version": version, "row": case.route_row, "reason": case.route_reason,
        "rows": [{"row": row.row, "won": row.won, "why": row.why} for row in rows],
    }  # fmt: skip


def timeline_entry(entry: Any) -> dict[str, Any]:
    return fields_named(entry, "id seq kind at by payload is_erased")


def why_this_date(each: WhyThisDate) -> dict[str, Any]:
    return {
        "stage": each.clock.stage, "stage_name": each.stage_name, "holder": each.clock.holder, "of_segment": each.clock.segment is not None,
        "state": each.state.state, "due_at": each.state.due_at, "provisional": each.state.provisional, "is_late": each.state.is_late,
        "sentence": each.found.sentence,
        "days": [{"date": day.date, "counted": day.counted, "why": day.why} for day in each.found.days],
        "events": [event.to_data() for event in each.events],
    }  # fmt: skip


def segment(line: SegmentLine) -> dict[str, Any]:
    """One responsibility segment; what grows by itself is told coarsely, or no two looks at a case would ever be alike."""
    told = fields_named(line, "unit role starts_at ends_at why")
    return told | {"share": round(line.share, 3), "late_seconds": line.late_for.total_seconds() // 60 * 60}


def verb(verb: Any, ref: str) -> dict[str, Any]:
    """A verb that is possible now, and where it is done."""
    return {
        "verb": verb.name,
        "label": verb.label,
        "needs": list(verb.needs),
        "href": f"{ROOT}/cases/{ref}/verbs/{verb.name}",
    }


def request_made(request: Any) -> dict[str, Any]:
    """A request for an extension or a suspension, decided or not."""
    told = fields_named(
        request, "ref kind reason_code reason amount unit_of_time until requested_at decided_at approved remark"
    )
    return told | {
        "requested_by": request.requested_by.name,
        "decided_by": request.decided_by.name if request.decided_by else None,
    }


def _return(each: Any) -> dict[str, Any]:
    return fields_named(each, "reason returned_at") | {
        "unit": each.unit.name, "duty_item": each.duty_item.code, "duty_title": each.duty_item.title, "by": each.by.name,
    }  # fmt: skip


def _consultation(meeting: Any) -> dict[str, Any]:
    return fields_named(meeting, "topic called_at minutes concluded_at") | {
        "lead": meeting.lead.name,
        "units": [unit.name for unit in meeting.units.all()],
        "decisions": [decision(each) for each in meeting.decisions.all()],
    }


def decision(each: Any) -> dict[str, Any]:
    """One decision of a consultation, and what came of it."""
    return fields_named(each, "ref text due_on done_at outcome") | {"owner": each.owner.name}


def outside_link(link: Any) -> dict[str, Any]:
    """A task lent to an outside body: never its address, which is a secret."""
    told = fields_named(
        link, "ref body task state sent_at expires_at answer answered_at asked_days asked_reason shows_contact"
    )
    return told | {"sent_by": link.sent_by.name}


def outside_address(secret: str) -> str:
    """Where the outside body answers; told once, to whoever sends it."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('outside', args=[secret])}"


def _callback(each: Any) -> dict[str, Any]:
    return fields_named(each, "outcome solved satisfied text called_at") | {
        "report": each.report.ref,
        "by": each.by.name,
    }


def attachment(kept: Any) -> dict[str, Any]:
    """What is told of a file, and where it lies."""
    return fields_named(kept, "ref name media_type size sha256 added_at") | {"href": f"{ROOT}/attachments/{kept.ref}"}


def _link(case: Any) -> dict[str, Any]:
    return fields_named(case, "ref number title state")


def unit(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref code name kind is_backstop is_superior phone") | {
        "parent": row.parent.code if row.parent else None
    }


def grid(row: Any) -> dict[str, Any]:
    return fields_named(row, "ref code name level kind path is_synthetic") | {
        "parent": row.parent.code if row.parent else None
    }


def look(note: Any) -> dict[str, Any]:
    """Who looked behind the mask, when and why."""
    return fields_named(note, "what reason looked_at") | {"by": note.actor_name}


def case_feature(case: Any) -> dict[str, Any]:
    """A case that has a point as one GeoJSON feature."""
    point = {"type": "Point", "coordinates": [case.lon, case.lat]}
    return {"type": "Feature", "properties": fields_named(case, "ref title state is_late due_at"), "geometry": point}


def boundary_feature(row: Any) -> dict[str, Any]:
    """A boundary as one GeoJSON feature."""
    properties = fields_named(row.grid, "ref code name level path is_synthetic") | {"source": row.source}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(row.geometry)}


def suggestion(found: Any) -> dict[str, Any]:
    """A suggested category; an empty path where the model does not know."""
    others = [{"path": path, "confidence": round(confidence, 3)} for path, confidence in found.others]
    told = fields_named(found, "path words leaves")
    return told | {"confidence": round(found.confidence, 3), "others": others}


def kept_file(kept: Any) -> FileResponse:
    """A kept file itself; never run or guessed at by a browser."""
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
