"""Looking at cases and doing every verb of the loop; ``case_parts`` has the parts of a case one by one."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from gridloop.api import answers
from gridloop.api.paging import LARGEST_KEY, next_link
from gridloop.api.repeats import KEY_HEADER, answered_once
from gridloop.api.revisions import IF_MATCH, seen, shows_revision
from gridloop.api.shapes import AttachmentOut, CaseFileOut, CaseOut, CasePage, Problem, VerbDone
from gridloop.api.shapes_registers import Sort
from gridloop.api.tokens import READ, WRITE, CallerRequest, doors
from gridloop.api.verbs import DOORS, VerbDoor
from gridloop.api.words import IsoDate
from gridloop.core.errors import NotFound, Refused
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases import actions
from gridloop.offices.cases.actions.searching import note_what_is_sought
from gridloop.offices.cases.queries import finding, lists, pages
from gridloop.offices.cases.queries.lists import Filter

router = Router(tags=["事项"])

UNSEEN = frozenset({401, 403, 404})
REFUSALS = frozenset({400, 401, 403, 404, 409, 412, 415, 422, 429})


@router.get(
    "/cases", auth=doors(READ), response={200: CasePage, frozenset({401, 403, 422}): Problem}, summary="事项列表"
)
def list_cases(
    request: CallerRequest,
    response: HttpResponse,
    state: str = Query("", description="状态代码,或 open(未答复)、live(未办结)"),
    unit: str = "",
    category: str = Query("", description="类别路径前缀"),
    place: str = Query("", description="地点路径前缀"),
    street: str = Query("", description="街道代码(区级岗位可看多个街道)"),
    q: str = Query("", max_length=200, description="编号、文字(两字即可)、拼音首字母;完整电话号码按盲索引查并留痕"),
    text: str = Query("", max_length=200, description="同 q,旧名"),
    grade: str = "",
    source: str = "",
    factor: str = Query("", max_length=20, description="标注的不利因素(代码)"),
    late: bool = False,
    gap: bool = False,
    mine: bool = Query(False, description="我首问或经办的"),
    since: IsoDate | None = Query(None, description="登记日期,自(含)"),
    until: IsoDate | None = Query(None, description="登记日期,至(含)"),
    sort: Sort = Query("", description="排列:空为最新登记在前;oldest、due(最早到期)、answered(最近答复)"),
    after: str = Query("", pattern=r"^([0-9]{0,18}[.])?[0-9]{0,18}$", description="上一页的键;照 next 里的写"),
    size: int = Query(lists.PAGE, ge=1, le=100),
) -> dict[str, Any]:
    """The caller's cases, newest first; with ``q`` the case of that number first. ``after`` of one page asks for the next; the Link
    header says the same."""
    asked, phone = note_what_is_sought(by=request.auth.actor, at=request.auth.at, said=q or text)
    wanted = Filter(
        state=state, unit=unit, category=category, place=place, street=street, text=asked, phone=phone, grade=grade, source=source, factor=factor,
        late=late, gap=gap, mine=mine, since=str(since or ""), until=str(until or ""), sort=sort,
        after=after,
    )  # fmt: skip
    page = lists.list_cases(request.auth.actor, wanted, size=size)
    return {
        "cases": [answers.case_in_short(case) for case in page.cases],
        "after": int(page.after) if page.after.isdecimal() else None,
        "next": next_link(request, response, page.after),
    }


@router.get("/cases/{ref}", auth=doors(READ), response={200: CaseFileOut, UNSEEN: Problem}, summary="事项全貌")
def get_case(request: CallerRequest, ref: str) -> dict[str, Any]:
    """Everything about one case: why it is here, why it is due then, who held it when, its whole history, what the caller may do now."""
    caller = request.auth
    case = finding.scoped_case(ref, by=caller.actor)
    shows_revision(request, case.rev)
    return answers.case_file(pages.case_file(case, by=caller.actor, at=caller.at))


@router.get(
    "/cases/{ref}/receipt",
    auth=doors(READ),
    response={200: dict[str, Any], UNSEEN | {409}: Problem},
    summary="台账凭证",
)
def get_receipt(
    request: CallerRequest,
    ref: str,
    entry: int = Query(0, ge=0, le=LARGEST_KEY, description="timeline 里的条目 id;默认登记那一条"),
) -> dict[str, Any]:
    """Everything needed to check one ledger entry of the case offline (``gridloop ledger verify``, or the standalone verifier)."""
    case = finding.scoped_case(ref, by=request.auth.actor)
    history = [line.id for line in archive.timeline(case.subject)]
    wanted = entry or next(iter(history), 0)
    if wanted not in history:
        raise NotFound("api.no_such_entry", "此件的台账里没有这一条;请从 timeline 中选择。", entry=entry)
    receipt = archive.receipt(entry_id=wanted)
    if receipt is None:
        raise Refused("api.not_sealed_yet", "这一条还没有封存和签名;请稍后再取凭证。", entry=wanted)
    return receipt


def _register(door: VerbDoor) -> None:
    """The endpoint of one verb."""

    def do_verb(request: CallerRequest, ref: str, told: Any) -> HttpResponse:
        caller = request.auth
        with seen(request, rev=told.rev, present=lambda: finding.scoped_case(ref, by=caller.actor).rev) as rev:
            body = told.model_copy(update={"rev": rev})
            return answered_once(
                request,
                caller=caller,
                operation=f"{door.verb} {ref}",
                do=lambda: _done(door.do(caller=caller, case=ref, body=body), caller, ref),
            )

    do_verb.__annotations__ |= {"told": door.documented_body(), "request": CallerRequest, "ref": str}
    router.post(
        f"/cases/{{ref}}/verbs/{door.verb}", auth=doors(WRITE), response={200: VerbDone, REFUSALS: Problem}, summary=door.label,
        operation_id=f"cases_{door.verb}", url_name=f"verb_{door.verb}", description=_description(door), tags=["动作"],
        openapi_extra={"parameters": [*KEY_HEADER["parameters"], IF_MATCH]},
    )(do_verb)  # fmt: skip


def _description(door: VerbDoor) -> str:
    """The first sentence of the action's own documentation."""
    return (door.action.__doc__ or "").strip().split("\n\n")[0]


def _done(result: Any, caller: Any, ref: str) -> dict[str, Any]:
    """What a verb's action returned: the case, the request that waits, the cases made, or the file kept."""
    if isinstance(result, list):
        case = finding.scoped_case(ref, by=caller.actor)
        return {"case": _short(case), "made": [_short(each) for each in result], "request": ""}
    if hasattr(result, "secret"):
        case = finding.scoped_case(ref, by=caller.actor)
        return {"case": _short(case), "made": [], "request": "", "address": answers.outside_address(result.secret)}
    if hasattr(result, "state"):
        return {"case": _short(result), "made": [], "request": ""}
    if hasattr(result, "requested_by_id"):
        return {"case": _short(result.case), "made": [], "request": result.ref}
    return {"case": _short(finding.scoped_case(ref, by=caller.actor)), "made": [], "request": ""}


def _short(case: Any) -> dict[str, Any]:
    return CaseOut.model_validate(answers.case_in_short(case)).model_dump(mode="json")


for _door in DOORS:
    _register(_door)


@router.post(
    "/cases/{ref}/attachments",
    auth=doors(WRITE),
    response={201: AttachmentOut, REFUSALS | {413}: Problem},
    summary="上传附件",
    tags=["附件"],
)
def add_attachment(
    request: CallerRequest, ref: str, file: UploadedFile = File(...), keeps_location: bool = Form(False)
) -> Status[dict[str, Any]]:
    """A photo, PDF or sound of at most 10 MB. Its type is sniffed; the position where a photo was taken is stripped unless kept on purpose."""
    caller = request.auth
    kept = actions.attach(
        by=caller.actor,
        at=caller.at,
        case=ref,
        name=file.name or "附件",
        content=file.read(),
        keeps_location=keeps_location,
    )
    return Status(201, answers.attachment(kept))


@router.get(
    "/attachments/{ref}", auth=doors(READ), response={200: None, UNSEEN: Problem}, summary="下载附件", tags=["附件"]
)
def get_attachment(request: CallerRequest, ref: str) -> FileResponse:
    """The file itself, to whoever may see its case; never run or guessed at by a browser."""
    kept = archive.attachment(ref)
    kind, _, case = kept.subject.partition(":")
    if kind != "case":
        raise NotFound("attachment.not_found", "没有这个附件;它可能已随专项结束销毁。")
    finding.scoped_case(case, by=request.auth.actor)
    return answers.kept_file(kept)
