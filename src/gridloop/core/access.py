"""Who may do what, where: a pure decision with its reason.

Terms

* an **actor** is whoever acts: a person through the posts held *today*, a reporter through the secret of a receipt, a
  contact who speaks for one firm, a token on behalf of a person, or the system itself;
* a **role** belongs to a post, never to a person; a person without a post may do nothing;
* a **scope** says what an actor may see: places by path prefix, units, and what the person filed;
* a **keeper** (三员) looks after the installation: system, security, audit. ``KEEPING`` says who does what, and nobody is two;
* a **relation** is what an actor is *to one case*: its duty desk, its lead unit, its reporter, one of its handlers …
  Verbs (``core.lifecycle``) are permitted to relations, so a permission can be read as a sentence.

Guarantees: nothing here reads a clock or a database; the same actor and case always give the same answer; a refusal
always carries its reason.

Worked example: a unit's worker may accept what was assigned to the unit, and is barred from verifying what they handled::

    relations(actor, standing)  ->  {"lead_unit", "handler"}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What a post is for. The Chinese name is what people say; see the glossary."""

    DUTY_DESK = "duty_desk"  # 值班受理岗: intake, dispatch, strike-off
    STREET_LEADER = "street_leader"  # 街道领导: sees all, approves
    UNIT_LEADER = "unit_leader"  # 科室/站所负责人: handles and approves
    UNIT_WORKER = "unit_worker"  # 承办人
    GRID_LEADER = "grid_leader"  # 网格长
    GRID_WORKER = "grid_worker"  # 网格员
    HEALTH_OFFICER = "health_officer"  # 防疫专员
    BUILDING_STEWARD = "building_steward"  # 楼栋长
    SERVICE_MANAGER = "service_manager"  # 服务管家
    LEGAL_OFFICER = "legal_officer"  # 法律专员
    POLICE_OFFICER = "police_officer"  # 警务专员
    ENV_MONITOR = "env_monitor"  # 营商环境监督员
    VERIFIER = "verifier"  # 核查员
    SYSTEM_KEEPER = "system_keeper"  # 系统管理员
    SECURITY_KEEPER = "security_keeper"  # 安全管理员
    AUDIT_KEEPER = "audit_keeper"  # 审计管理员


ROLE_LABELS: dict[str, str] = {
    Role.DUTY_DESK: "值班受理岗",
    Role.STREET_LEADER: "街道领导",
    Role.UNIT_LEADER: "单位负责人",
    Role.UNIT_WORKER: "承办人",
    Role.GRID_LEADER: "网格长",
    Role.GRID_WORKER: "网格员",
    Role.HEALTH_OFFICER: "防疫专员",
    Role.BUILDING_STEWARD: "楼栋长",
    Role.SERVICE_MANAGER: "服务管家",
    Role.LEGAL_OFFICER: "法律专员",
    Role.POLICE_OFFICER: "警务专员",
    Role.ENV_MONITOR: "营商环境监督员",
    Role.VERIFIER: "核查员",
    Role.SYSTEM_KEEPER: "系统管理员",
    Role.SECURITY_KEEPER: "安全管理员",
    Role.AUDIT_KEEPER: "审计管理员",
}

SEES_THE_PLACE = frozenset(
    {Role.DUTY_DESK, Role.STREET_LEADER, Role.VERIFIER, Role.ENV_MONITOR, Role.AUDIT_KEEPER, Role.GRID_LEADER}
    | {Role.GRID_WORKER}
)
SEES_THE_UNIT = frozenset({Role.UNIT_LEADER, Role.UNIT_WORKER, Role.LEGAL_OFFICER, Role.POLICE_OFFICER})
FILES_CASES = frozenset(
    {Role.DUTY_DESK, Role.STREET_LEADER, Role.UNIT_LEADER, Role.UNIT_WORKER, Role.GRID_LEADER, Role.GRID_WORKER}
    | {Role.SERVICE_MANAGER, Role.LEGAL_OFFICER, Role.POLICE_OFFICER, Role.HEALTH_OFFICER, Role.BUILDING_STEWARD}
)
SETS_UP = frozenset({Role.SYSTEM_KEEPER, Role.STREET_LEADER})
GRANTS = frozenset({Role.SECURITY_KEEPER, Role.STREET_LEADER})
KEEPERS = frozenset({Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER, Role.AUDIT_KEEPER})
"""三员: no person holds two of them (GB/T 22239-2019 8.1.5: system, audit and security are managed separately)."""
WANTS_SECOND_FACTOR = KEEPERS | {Role.STREET_LEADER}
"""Whoever holds one of these signs in with a second factor; an installation may choose others (GRIDLOOP_SECOND_FACTOR)."""


@dataclass(frozen=True, slots=True)
class PostHeld:
    """One post that the actor holds (or substitutes for) at this moment; ``instead_of`` names the holder who delegated it."""

    post: str
    role: str
    title: str
    unit: str
    place: str
    street: str
    is_substitute: bool = False
    instead_of: str = ""
    instead_of_id: int = 0


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. ``kind`` is person, reporter, contact, token or system; ``ref`` is opaque; ``street`` may be empty.

    ``firm`` is the ref of the one firm that a contact speaks for.
    """

    kind: str
    ref: str
    name: str
    street: str = ""
    posts: tuple[PostHeld, ...] = ()
    person_id: int = 0
    reports: frozenset[int] = frozenset()
    token_scopes: frozenset[str] | None = None
    firm: str = ""

    @property
    def label(self) -> str:
        return f"{self.kind}:{self.ref}"

    def roles(self, street: str = "") -> frozenset[str]:
        """The roles held, in one street or anywhere."""
        return frozenset(post.role for post in self.posts if not street or post.street == street)

    def units(self) -> frozenset[str]:
        return frozenset(post.unit for post in self.posts)

    @property
    def answers_for(self) -> frozenset[int]:
        """Whose answer duties (首问) the person attends to: their own, and those of whoever lent them a post."""
        return frozenset({self.person_id, *(post.instead_of_id for post in self.posts)} - {0})


OUTSIDE = frozenset({"reporter", "contact"})
"""Kinds of actors without a post: they report, and do what concerns what they told."""
SYSTEM = Actor(kind="system", ref="gridloop", name="系统")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may see: everything, or places by prefix, cases of units, and what the person filed or reported."""

    everything: bool = False
    places: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    person_id: int = 0
    reports: frozenset[int] = frozenset()
    answers_for: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.places or self.units or self.person_id or self.reports)


def scope_of(actor: Actor) -> Scope:
    """What this actor may see of the cases, from the posts held now."""
    if actor.kind == "system":
        return Scope(everything=True)
    return Scope(
        places=tuple(sorted({post.place for post in actor.posts if post.role in SEES_THE_PLACE and post.place})),
        units=tuple(sorted({post.unit for post in actor.posts if post.role in SEES_THE_UNIT and post.unit})),
        person_id=actor.person_id if actor.posts else 0,
        reports=actor.reports,
        answers_for=actor.answers_for if actor.posts else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """What a decision about one case needs to know of it. ``handlers`` are person ids that worked on it."""

    state: str
    street: str
    place: str
    lead_unit: str
    co_units: frozenset[str] = frozenset()
    asked_unit: str = ""
    handlers: frozenset[int] = frozenset()
    answered_by: int = 0
    first_contact: int = 0
    answerer: int = 0
    requester: int = 0
    grader: int = 0
    reports: frozenset[int] = frozenset()


def lies_in(place: str, prefix: str) -> bool:
    """Does the place path lie in the prefix, by whole segments?"""
    return place == prefix or place.startswith(f"{prefix}/")


def relations(actor: Actor, standing: CaseStanding) -> frozenset[str]:
    """What the actor is to this case; verbs are permitted to these names."""
    if actor.kind == "system":
        return frozenset({"system"})
    found = {name for post in actor.posts for name in _relations_of_post(post, standing)}
    if actor.reports & standing.reports:
        found.add("reporter")
    if actor.person_id:
        found |= _relations_of_person(actor.person_id, standing)
    if standing.answerer in actor.answers_for:
        found.add("first_contact")
    return frozenset(found)


def _relations_of_post(post: PostHeld, standing: CaseStanding) -> set[str]:
    """Relations from one post: by place for those who watch a place, by unit for those who work in one."""
    found: set[str] = set()
    if post.place and lies_in(standing.place, post.place):
        found |= _BY_PLACE.get(post.role, set())
    if post.unit == standing.lead_unit and post.role in SEES_THE_UNIT | {Role.DUTY_DESK, Role.STREET_LEADER}:
        found.add("lead_unit")
        if post.role in {Role.UNIT_LEADER, Role.STREET_LEADER, Role.DUTY_DESK}:
            found.add("lead_leader")
    if post.unit in standing.co_units and post.role in SEES_THE_UNIT:
        found.add("co_unit")
    if post.unit == standing.asked_unit and post.role in SEES_THE_UNIT:
        found.add("asked_unit")
    return found


_BY_PLACE: dict[str, set[str]] = {
    Role.DUTY_DESK: {"desk"},
    Role.STREET_LEADER: {"leader"},
    Role.VERIFIER: {"verifier"},
    Role.ENV_MONITOR: {"monitor"},
    Role.GRID_LEADER: {"grid"},
    Role.GRID_WORKER: {"grid"},
}


def _relations_of_person(person_id: int, standing: CaseStanding) -> set[str]:
    """Relations that bar as well as permit: who filed, who handled, who asked, who graded."""
    named = {
        "first_contact": standing.first_contact == person_id,
        "handler": person_id in standing.handlers,
        "requester": standing.requester == person_id,
        "grader": standing.grader == person_id,
    }
    return {name for name, holds in named.items() if holds}


def instead_of(actor: Actor, *, by: frozenset[str], standing: CaseStanding) -> str:
    """For whom the actor does what is permitted to ``by``: empty when their own posts permit it, else the names of the absent."""
    own = replace(actor, posts=tuple(post for post in actor.posts if not post.instead_of))
    if len(own.posts) == len(actor.posts) or by & relations(own, standing):
        return ""
    lent = [post for post in actor.posts if post.instead_of and by & _relations_of_post(post, standing)]
    return "、".join(dict.fromkeys(post.instead_of for post in lent))


def signature(actor: Actor, street: str) -> str:
    """How the actor signs a deed of setting up or keeping: ``甲(代 乙)`` where only a post lent by 乙 allows such deeds."""
    keeping = SETS_UP | KEEPERS
    held = [post for post in actor.posts if post.role in keeping and post.street == street]
    lent = dict.fromkeys(post.instead_of for post in held if post.instead_of)
    if not lent or any(not post.instead_of for post in held):
        return actor.name
    return f"{actor.name}(代 {'、'.join(lent)})"


def keeper_clash(roles: Iterable[str]) -> tuple[str, ...]:
    """The keeper roles among these, when there are two or more (which nobody may hold); else nothing."""
    kept = tuple(sorted(set(roles) & KEEPERS))
    return kept if len(kept) > 1 else ()


@dataclass(frozen=True, slots=True)
class Keeping:
    """One line of who does what: a deed of keeping, and the roles that do it."""

    code: str
    deed: str
    by: frozenset[str]


_LEADER = Role.STREET_LEADER
KEEPING: dict[str, Keeping] = {
    code: Keeping(code, deed, frozenset(roles))
    for code, deed, roles in (
        ("set_up", "单位、网格、类别、路由表、时限、日历等设置", {Role.SYSTEM_KEEPER, _LEADER}),
        ("open_account", "开立账号", {Role.SYSTEM_KEEPER, _LEADER}),
        ("issue_password", "发放首次密码、重设密码", {Role.SYSTEM_KEEPER}),
        ("end_account", "注销账号", {Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER}),
        ("grant", "任命、免去岗位,批准他人的代理", {Role.SECURITY_KEEPER, _LEADER}),
        ("lock", "锁定、解锁账号,请人退出登录", {Role.SECURITY_KEEPER}),
        ("clear_second_factor", "清除丢失的第二验证", {Role.SECURITY_KEEPER}),
        ("erase", "按依据销毁台账正文", {Role.SECURITY_KEEPER, _LEADER}),
        ("see_accounts", "查看账号名册", {Role.SYSTEM_KEEPER, Role.SECURITY_KEEPER, Role.AUDIT_KEEPER}),
        ("read_sign_ins", "查阅登录记录", {Role.SECURITY_KEEPER, Role.AUDIT_KEEPER}),
        ("read_looks", "查阅查看记录、还原记录、导出登记", {Role.SECURITY_KEEPER, Role.AUDIT_KEEPER}),
        ("read_deeds", "查阅三员和领导的操作记录", {Role.AUDIT_KEEPER}),
    )
}
"""三员分工: the one table of who keeps what. Everything that keepers do asks it; ``docs/accounts.md`` and the page show it."""


def may_keep(actor: Actor, deed: str, *, street: str) -> bool:
    """May the actor do this deed of keeping in the street? The system may do all of them."""
    return actor.kind == "system" or bool(actor.roles(street) & KEEPING[deed].by)


def who_keeps(deed: str) -> str:
    """Those who do this deed, in words, for refusals."""
    return "或".join(ROLE_LABELS[role] for role in Role if role in KEEPING[deed].by)


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, and the reason as a sentence."""

    allowed: bool
    reason: str


def decide(*, verb_label: str, by: frozenset[str], never: frozenset[str], actor_relations: frozenset[str]) -> Decision:
    """May someone with these relations do a verb that is permitted to ``by`` and barred to ``never``?"""
    barred = never & actor_relations
    if barred:
        return Decision(False, f"{BARRED_BECAUSE[min(barred)]},不能由您{verb_label};请换一位同事。")
    if by & actor_relations:
        return Decision(True, "")
    names = "、".join(RELATION_LABELS[name] for name in sorted(by) if name != "system") or "系统"
    return Decision(False, f"{verb_label}由{names}来做;请联系他们。")


RELATION_LABELS: dict[str, str] = {
    "desk": "值班受理岗",
    "leader": "街道领导",
    "verifier": "核查员",
    "monitor": "营商环境监督员",
    "grid": "网格长或网格员",
    "lead_unit": "主办单位",
    "lead_leader": "主办单位负责人",
    "co_unit": "协办单位",
    "asked_unit": "被引用单位",
    "first_contact": "首问人",
    "reporter": "反映人",
    "handler": "经办人",
    "requester": "申请人",
    "grader": "提出定级的人",
    "system": "系统",
}

BARRED_BECAUSE: dict[str, str] = {
    "handler": "您经办过此件",
    "requester": "申请是您提出的",
    "grader": "定级是您提出的",
    "reporter": "您是反映人",
    "first_contact": "您是首问人",
}
