"""Rulings (裁定): the last return names the unit, bindingly; the ruling is a precedent, and its row a draft of the routing table.

Who rules is a street leader; where nobody rules in time the cited rows do (``core.returns.proposed_lead``). The draft is an ordinary
change-set: checked, proved and replayed like any other, and published by somebody else than who ruled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.returns import ADJUDICATOR, Precedent, row_of_ruling
from gridloop.core.route_row import rows_from_records, rows_to_records
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.assigning import assigned_to
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.court_models import Ruling
from gridloop.offices.cases.models import BEIJING, Case, Return
from gridloop.offices.cases.queries.court import awaits, own_units, proposal_for
from gridloop.offices.cases.queries.finding import case_for_verb
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.changesets.actions import propose_row, submit
from gridloop.offices.organisation.changesets.chapters import Proposed
from gridloop.offices.organisation.changesets.queries import check_of, proposed
from gridloop.offices.organisation.models import ChangeSet, DutyItem, Person

HERE, EVERYWHERE = "place", "street"
SCOPES = {HERE: "同一地点的同类事项", EVERYWHERE: "全街道的同类事项"}


def designate(
    *, by: Actor, at: datetime, case: str, unit: str, reason: str, duty_items: Sequence[str] = (), applies_to: str = HERE,
    rev: int | None = None,
) -> Case:  # fmt: skip
    """The leader names the unit that leads; it may not return the case, and the ruling is proposed as a row of the routing table.

    Raises Refused before the last return, or for a unit that is not ours; WrongInput without a row of the duty list.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="designate", rev=rev)
        if awaits(found) != ADJUDICATOR:
            raise Refused("cases.not_to_be_ruled", "还没有到裁定的时候:请先由值班受理岗重新交办,或等被引用单位答复。")
        if applies_to not in SCOPES:
            raise WrongInput(
                "cases.unknown_choice", f"适用范围只能是:{'、'.join(SCOPES.values())}。", field="applies_to"
            )
        codes = [organisation.duty_item(found.street, code).code for code in dict.fromkeys(duty_items)]
        if not codes:
            raise WrongInput("cases.no_ground", "裁定要引用履职事项清单中的至少一条。", field="duty_items")
        words = said(reason, field="reason", least=4)
        return _ruled(found, unit, by=by, at=at, reason=words, cited=codes, applies_to=applies_to, outcome="ruled")


def ruled_by_rule(case: Case, *, at: datetime) -> Case:
    """Nobody ruled in time: the unit that the cited rows speak for leads, with their reason. Called inside a deed."""
    proposal = proposal_for(case)
    return _ruled(
        case, proposal.unit, by=SYSTEM, at=at, reason=f"逾期未裁定,按规则确定:{proposal.reason}", cited=proposal.rows, applies_to=HERE,
        outcome="ruled_by_rule",
    )  # fmt: skip


def _ruled(
    case: Case, unit: str, *, by: Actor, at: datetime, reason: str, cited: Sequence[str], applies_to: str, outcome: str
) -> Case:
    """The ruling is kept, its row is drafted, and the case goes to the unit."""
    target = organisation.unit(case.street, unit)
    if target.code not in own_units(case.street):
        raise Refused("cases.not_ours", f"{target.name}不由本街道指定;上级部门请用提级。", unit=target.code)
    items = list(
        DutyItem.objects.filter(street=case.street, code__in=cited)
    )  # those retired since they were cited count too
    place = case.place if applies_to == HERE else ""
    ruling = Ruling.objects.create(
        street=case.street, case=case, number=_number(case, at=at), category=case.category, place=place, unit=target,
        reason=reason[:500], by=Person.objects.filter(pk=by.person_id).first(), ruled_at=at,
    )  # fmt: skip
    ruling.duty_items.set(items)
    draft = _draft_row(ruling, case, by=by, at=at)
    Return.objects.filter(case=case, outcome__in=("", "ruled_by_rule"), awaits=ADJUDICATOR).update(
        outcome=outcome, answer=reason[:500], answered_by=ruling.by, answered_at=at
    )
    return assigned_to(
        case, target, by=by, at=at, reason=reason, kind="case.designated", is_binding=True, duty_items=[item.code for item in items],
        ruling=ruling.ref, precedent=ruling.number, change_set=draft.ref if draft else "",
    )  # fmt: skip


def _number(case: Case, *, at: datetime) -> str:
    """``2022-000017``: the year of the ruling and the running number of the case; a second ruling on it ends in ``-2``."""
    earlier = Ruling.objects.filter(case=case).count()
    return f"{at.astimezone(BEIJING):%Y}-{case.pk:06d}{f'-{earlier + 1}' if earlier else ''}"


def _draft_row(ruling: Ruling, case: Case, *, by: Actor, at: datetime) -> ChangeSet | None:
    """The row that the ruling asks for, as a draft; None when the table says so already."""
    now = Proposed(case.street, at, []).after("routes")
    rows, _ = rows_from_records(now.values())
    asked = row_of_ruling(
        rows,
        Precedent(ruling.number, ruling.category, ruling.place, ruling.unit.code, case.profile, _row_reason(ruling)),
    )
    if asked is None:
        return None
    row = dict(rows_to_records([asked.after])[0])
    draft = propose_row(
        by=by, at=at, street=case.street, chapter="routes", key=asked.after.row, row=row, title=f"先例 {ruling.number}:{case.category.rsplit('/', 1)[-1]}由{ruling.unit.name}主办",
    )  # fmt: skip
    Ruling.objects.filter(pk=ruling.pk).update(row=asked.after.row, change_set=draft)
    if not by.person_id and check_of(draft, proposed(draft, at=at)).holds:  # nobody drafted it who could hand it in
        submit(by=by, at=at, street=case.street, change_set=draft.ref)
    return draft


def _row_reason(ruling: Ruling) -> str:
    return f"依先例 {ruling.number},由{{unit}}主办"
