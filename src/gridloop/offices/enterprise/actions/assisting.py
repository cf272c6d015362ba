"""代办/帮办: a firm's matter seen through by a helper: materials, one notice of all that is missing, steps in order, completion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridloop.core import assist
from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused
from gridloop.core.firm_access import must_arrange, must_serve
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.enterprise.queries import assisting
from gridloop.offices.enterprise.queries.solving import firm_behind, must_be_as_seen
from gridloop.offices.enterprise.solution_models import AssistOrder, AssistStep, MaterialNotice, Matter
from gridloop.offices.organisation import queries as organisation


def set_matter(
    *, by: Actor, at: datetime, street: str, name: str, steps: Sequence[str], materials: Sequence[str], optional: Sequence[str] = (),
    is_example: bool = False,
) -> Matter:  # fmt: skip
    """The matter can be seen through from now on; a matter of this name is replaced, its orders keep what they were opened with.

    ``materials`` are required, ``optional`` are not. Raises NotAllowed, WrongInput.
    """
    must_arrange(by, street)
    title = said(name, field="name", longest=80)
    lined = assist.check_names(steps, field="steps", word="步骤")
    papers = assist.check_names([*materials, *optional], field="materials", word="材料")
    needless = {each.strip()[:120] for each in optional}
    with deed():
        Matter.objects.filter(street=street, name=title, retired_at__isnull=True).update(retired_at=at)
        row = Matter.objects.create(
            street=street, name=title, steps=list(lined), materials=[{"name": each, "required": each not in needless} for each in papers],
            is_example=is_example, set_at=at,
        )  # fmt: skip
        record(
            "assist.matter_set", by=by, at=at, street=street, subject=f"matter:{row.ref}",
            payload={"name": title, "steps": row.steps, "materials": row.materials},
        )  # fmt: skip
    return row


def retire_matter(*, by: Actor, at: datetime, matter: str) -> None:
    """No new order is opened for it. Raises NotFound, NotAllowed."""
    with deed():
        row = assisting.matter(matter, by=by)
        must_arrange(by, row.street)
        Matter.objects.filter(pk=row.pk).update(retired_at=at)
        record(
            "assist.matter_retired",
            by=by,
            at=at,
            street=row.street,
            subject=f"matter:{row.ref}",
            payload={"name": row.name},
        )


def accept_order(
    *, by: Actor, at: datetime, matter: str, enterprise: str = "", case: str = "", helper: str = "", brought: Sequence[str] = ()
) -> AssistOrder:  # fmt: skip
    """The firm's matter is accepted: time runs from here. ``brought`` are the materials already there; ``helper`` a person's code.

    Raises NotFound, NotAllowed, Refused for a firm that left.
    """
    with deed():
        firm, behind = firm_behind(enterprise, case, by=by)
        must_serve(by, firm.street)
        if firm.left_at is not None:
            raise Refused("enterprise.left_unserved", "这家企业已离开本街道。", enterprise=firm.ref)
        about = assisting.matter(matter, by=by)
        someone = organisation.person(firm.street, helper) if helper else person_of(by)
        strange = [name for name in brought if name not in {each["name"] for each in about.materials}]
        if strange:
            raise NotFound("assist.no_material", f"这项事项不要材料“{strange[0]}”;请从清单中选择。", field="brought")
        papers = [{**each, "come_at": at.isoformat() if each["name"] in brought else None} for each in about.materials]
        row = AssistOrder.objects.create(
            street=firm.street,
            enterprise=firm,
            matter=about,
            case=behind,
            helper=someone,
            materials=papers,
            accepted_at=at,
        )
        AssistStep.objects.bulk_create(
            [
                AssistStep(street=firm.street, order=row, number=number, name=name)
                for number, name in enumerate(about.steps, start=1)
            ]
        )
        _noted(
            "assist.accepted", row, by=by, at=at, matter=about.name, person=someone.name, number=behind.number if behind else "",
            missing=list(assist.missing(assisting.materials_of(row))),
        )  # fmt: skip
    return row


def give_notice(
    *, by: Actor, at: datetime, order: str, how: str, more: Sequence[str] = (), reason: str = "", rev: int | None = None
) -> MaterialNotice:
    """The firm is told at once of everything that is missing, and of what is asked for besides (``more``), which then is required.

    Raises NotAllowed for a second notice by the helper or without a supervisor, WrongInput without its reason, Refused where nothing is
    missing that was not told before.
    """
    with deed():
        row = _open_order(order, by=by, rev=rev)
        number = row.notices.count() + 1
        assist.check_notice(
            number,
            is_supervisor=assisting.may_supervise(by, row),
            is_helper=by.person_id == row.helper_id,
            reason=reason,
        )
        listed = assist.notice(assisting.materials_of(row), more=more, given=assisting.given(row))
        known = {each["name"] for each in row.materials}
        added = [{"name": name[:120], "required": True, "come_at": None} for name in listed if name not in known]
        _changed(row, materials=[*row.materials, *added])
        made = MaterialNotice.objects.create(
            street=row.street, order=row, number=number, missing=list(listed), how=said(how, field="how", longest=120),
            reason=reason.strip()[:300] if number > 1 else "", given_by=person_of(by), given_at=at,
        )  # fmt: skip
        _noted(
            "assist.notice_given",
            row,
            by=by,
            at=at,
            notice=number,
            missing=made.missing,
            how=made.how,
            reason=made.reason,
        )
    return made


def take_material(
    *, by: Actor, at: datetime, order: str, materials: Sequence[str], rev: int | None = None
) -> AssistOrder:
    """These materials have come. Raises NotFound for one the order does not ask for, Refused when all of them had come."""
    with deed():
        row = _open_order(order, by=by, rev=rev)
        known = {each["name"]: each for each in row.materials}
        strange = [name for name in materials if name not in known]
        if strange:
            raise NotFound("assist.no_material", f"这张单子没有材料“{strange[0]}”;请从清单中选择。", field="materials")
        new = [name for name in dict.fromkeys(materials) if not known[name]["come_at"]]
        if not new:
            raise Refused("assist.material_had_come", "请选择刚收到的材料;选的都已收到过。", field="materials")
        come = [{**each, "come_at": at.isoformat()} if each["name"] in new else each for each in row.materials]
        _changed(row, materials=come)
        _noted("assist.material_come", row, by=by, at=at, materials=new)
    return row


def do_step(*, by: Actor, at: datetime, order: str, number: int, note: str = "", rev: int | None = None) -> AssistOrder:
    """The step is done. Raises Refused out of turn."""
    with deed():
        row = _open_order(order, by=by, rev=rev)
        steps = list(row.steps.all())
        assist.check_step([step.done_at is not None for step in steps], number)
        step = steps[number - 1]
        won = AssistStep.objects.filter(pk=step.pk, done_at__isnull=True).update(
            done_at=at, done_by=person_of(by), note=note.strip()[:200]
        )
        if not won:
            raise Refused("assist.step_done", "这一步刚刚有人办过;请刷新页面。", number=number)
        _changed(row)
        _noted("assist.step_done", row, by=by, at=at, step=number, name=step.name, note=note.strip()[:200])
    return row


def finish_assist(*, by: Actor, at: datetime, order: str, result: str, rev: int | None = None) -> AssistOrder:
    """It is done, and how it ended; time stops. Raises Refused while a step is open or a required material is missing."""
    with deed():
        row = _open_order(order, by=by, rev=rev)
        assist.check_finish(assisting.materials_of(row), [step.done_at is not None for step in row.steps.all()])
        _changed(row, state="finished", finished_at=at, result=said(result, field="result", longest=300))
        took = assisting.taken(row, at=at)
        _noted("assist.finished", row, by=by, at=at, result=row.result, took=took.natural, took_working=took.working)
    return row


def withdraw_assist(*, by: Actor, at: datetime, order: str, reason: str, rev: int | None = None) -> AssistOrder:
    """The firm no longer wants it, or it cannot be had. Raises WrongInput without a reason."""
    with deed():
        row = _open_order(order, by=by, rev=rev)
        _changed(row, state="withdrawn", finished_at=at, result=said(reason, field="reason", longest=300))
        _noted("assist.withdrawn", row, by=by, at=at, reason=row.result)
    return row


def _open_order(ref: str, *, by: Actor, rev: int | None) -> AssistOrder:
    row = assisting.order(ref, by=by)
    must_serve(by, row.street)
    must_be_as_seen(row, rev)
    if row.state != "doing":
        raise Refused("assist.over", f"这张代办单{row.get_state_display()},不能再改;还要办请另开一张。", order=ref)
    return row


def _changed(row: AssistOrder, **changes: Any) -> None:
    """Compare-and-set on the revision: of two at once one wins."""
    if not AssistOrder.objects.filter(pk=row.pk, rev=row.rev).update(rev=row.rev + 1, **changes):
        raise Refused("assist.moved", "这张代办单刚刚被别人办过;请刷新页面。", order=row.ref)
    for name, value in {**changes, "rev": row.rev + 1}.items():
        setattr(row, name, value)


def _noted(kind: str, row: AssistOrder, *, by: Actor, at: datetime, **payload: object) -> None:
    record(
        kind, by=by, at=at, street=row.street, subject=row.enterprise.subject, payload={"assist": row.ref, **payload}
    )
