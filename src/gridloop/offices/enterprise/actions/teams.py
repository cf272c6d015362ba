"""Service teams: founding one, taking people in for a beat, letting them go."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_arrange
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.queries import teams
from gridloop.offices.enterprise.service_models import MEMBER_KINDS, TEAM_KINDS, ServiceTeam, TeamMember
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory


def found_team(*, by: Actor, at: datetime, street: str, kind: str, name: str) -> ServiceTeam:
    """The team exists, without members. Raises WrongInput, Refused when the name is taken."""
    must_arrange(by, street)
    if kind not in TEAM_KINDS:
        raise WrongInput("enterprise.team_kind", f"团队类别只能是:{'、'.join(TEAM_KINDS.values())}。", field="kind")
    if not name.strip():
        raise WrongInput("enterprise.team_name", "请写团队的名称。", field="name")
    with deed():
        team = ServiceTeam(street=street, kind=kind, name=name.strip()[:60], founded_at=at)
        try:
            with transaction.atomic():
                team.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused("enterprise.team_taken", f"已有团队叫“{team.name}”;请换一个名称。", field="name") from fault
        record(
            "team.founded", by=by, at=at, street=street, subject=team.subject, payload={"name": team.name, "kind": kind}
        )
    return team


def join_team(*, by: Actor, at: datetime, team: str, person: str, kind: str, grid: str = "") -> TeamMember:
    """The person serves in the team for the grid (empty: the whole street) from now on. Raises Refused when they do already."""
    if kind not in MEMBER_KINDS:
        raise WrongInput("enterprise.member_kind", f"身份只能是:{'、'.join(MEMBER_KINDS.values())}。", field="kind")
    with deed():
        found = teams.team(team, by=by)
        must_arrange(by, found.street)
        someone = organisation.person(found.street, person)
        place = territory.grid(found.street, grid).path if grid else organisation.street(found.street).place
        member = TeamMember(team=found, street=found.street, person=someone, kind=kind, place=place, starts_at=at)
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused(
                "enterprise.member_twice", f"{someone.name}已在这个团队负责这个片区。", field="person"
            ) from fault
        record(
            "team.joined", by=by, at=at, street=found.street, subject=found.subject,
            payload={"person": someone.name, "kind": kind, "kind_name": MEMBER_KINDS[kind], "place": place},
        )  # fmt: skip
    return member


def leave_team(*, by: Actor, at: datetime, member: str, reason: str = "") -> None:
    """The person no longer serves in the team. Raises NotFound, Refused when they left before."""
    with deed():
        row = TeamMember.objects.filter(ref=member).select_related("team", "person").first()
        if row is None or (by.kind != "system" and row.street != by.street):
            raise NotFound("enterprise.no_member", "没有这位成员;请刷新页面。", member=member)
        must_arrange(by, row.street)
        if not TeamMember.objects.filter(pk=row.pk, ends_at__isnull=True).update(ends_at=at):
            raise Refused("enterprise.member_left", f"{row.person.name}已经离开团队。", member=member)
        record(
            "team.left", by=by, at=at, street=row.street, subject=row.team.subject,
            payload={"person": row.person.name, "kind": row.kind, "kind_name": MEMBER_KINDS[row.kind], "reason": reason.strip()[:200]},
        )  # fmt: skip
