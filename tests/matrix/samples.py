"""An object of either street for every parameter of an address.

A parameter is known by the part of the address before it (``cases/<slug:ref>/`` → ``cases``). Rules, in order:

1. ``WORDS``: parts that stand for a word, not for an object (``do/<verb>`` → ``accept``);
2. ``OBJECTS``: parts (alone, or after an earlier part: ``enterprises proposals``) whose object was made with the world, or is found by a function;
3. ``MODELS``, or the model whose name the part (or the parameter) is: its first row in the street; where there is none, one is made with
   plain values in every column that needs one.

What none of these can give is asked with a reference that nobody has, and listed under the table: put a line here when you add such an address.
Objects that belong to one person belong to the duty desk's.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils.timezone import localdate

from gridloop.core.access import SYSTEM, Role
from gridloop.core.quiet import Quiet
from gridloop.offices.archive import actions as archive
from gridloop.offices.cases.actions.proposals import propose_project
from gridloop.offices.cases.actions.troubles import keep_together
from gridloop.offices.cases.queries.troubles import proposals_of, trouble_of
from gridloop.offices.enterprise.actions.plans import open_plan
from gridloop.offices.enterprise.actions.visits import set_quiet_days
from gridloop.offices.enterprise.intake_models import Intake
from gridloop.offices.enterprise.models import VitalityProposal
from gridloop.offices.enterprise.solution_models import FirmPlan
from gridloop.offices.enterprise.visit_models import VisitPlan
from gridloop.offices.indicators import actions as indicators
from gridloop.offices.organisation.models import Account, Person, Street
from gridloop.offices.organisation.queries import actor_of
from gridloop.offices.policies import actions as policies
from gridloop.site import keys
from tests.matrix.samples_campaigns import campaign, frozen, objection, part
from tests.matrix.world import Side, World

NOBODY = "x" * 16
WORDS: dict[str, str] = {
    "do": "accept", "r do": "withdraw", "l do": "time", "setup do": "discard", "accounts do": "lock", "sheets": "assign",
    "profiles": "san_bu_guo", "held": "forget", "rows": "units", "v1 setup": "units", "sheet": "csv", "empty": "csv", "draft": "outline", "signs": "2022-05",
    "policies do": "publish", "firm do": "visits", "projects do": "move", "campaigns do": "end", "indicators": "cases_filed", "coverage": "tax", "criteria": "building", "serving": "orders",
    "serving <slug:ref>": "cancel", "banks do": "consent", "assists do": "withdraw", "plans do": "review", "measures <slug:ref>": "end",
}  # fmt: skip
"""By the part before, or by the first part and the part before where that says more."""
MODELS: dict[str, str] = {
    "cases": "cases.Case", "views": "cases.SavedView", "routes": "cases.RoutingTable", "routing-tables": "cases.RoutingTable",
    "webhooks": "notices.Webhook", "deliveries": "notices.WebhookDelivery", "webhook-deliveries": "notices.WebhookDelivery",
    "channels": "notices.Channel", "suggest": "notices.Suggestion", "suggestions": "notices.Suggestion", "accounts": "organisation.Person",
    "sessions": "organisation.SignIn", "leave": "organisation.Delegation", "changes": "organisation.ChangeSet", "change-sets": "organisation.ChangeSet", "sets": "organisation.ChangeSet",
    "factors": "enterprise.FactorGap", "banks": "enterprise.BankMatch", "products": "enterprise.BankProduct", "assists": "enterprise.AssistOrder",
    "matters": "enterprise.Matter", "firm-listings": "enterprise.Listing", "stories": "enterprise.Story",
    "wishes": "enterprise.VisitWish", "visit-wishes": "enterprise.VisitWish", "teams": "enterprise.ServiceTeam", "members": "enterprise.TeamMember",
    "orders": "enterprise.ServiceOrder", "<serving_kind:kind>": "enterprise.ServiceOrder", "pushes": "policies.PolicyPush",
    "firms": "enterprise.Enterprise", "questions": "policies.PolicyQuestion", "projects": "projects.Project",
    "versions": "territory.BoundaryVersion", "boundaries": "territory.BoundaryVersion", "templates": "cases.ReplyTemplate", "exports": "cases.ExportRecord",
}  # fmt: skip
OBJECTS: dict[str, Callable[[World, Side], Any]] = {
    "cases": lambda world, side: side.case.ref,
    "numbered": lambda world, side: side.case.number,
    "s": lambda world, side: f"s{side.code}",
    "r": lambda world, side: side.receipt,
    "tokens": lambda world, side: (
        side.kept["token"].ref if "token" in side.kept else _made("organisation.ApiToken", side)
    ),
    "ledger": lambda world, side: side.code,
    "entries": lambda world, side: 1,
    "accounts": lambda world, side: side.people[Role.UNIT_WORKER].ref,
    "keys": lambda world, side: _key(side),
    "streets": lambda world, side: side.code,
    "plan": lambda world, side: _plan(side),
    "quiet": lambda world, side: _quiet(side),
    "layers": lambda world, side: f"s{side.code}",
    "grids": lambda world, side: Street.objects.get(code=side.code).version,
    "flaws": lambda world, side: Street.objects.get(code=side.code).version,
    "case": lambda world, side: side.case.number,
    "l": lambda world, side: side.link,
    "watch": lambda world, side: _kept(side, "vitality", _vitality),
    "enterprises proposals": lambda world, side: _kept(side, "vitality", _vitality),
    "import": lambda world, side: _kept(side, "intake", _intake),
    "imports": lambda world, side: _kept(side, "intake", _intake),
    "policies": lambda world, side: _kept(side, "policy", _policy),
    "readings": lambda world, side: _kept(side, "reading", _reading),
    "campaigns": lambda world, side: campaign(side).code,
    "groups": lambda world, side: part(side, "group"),
    "activities": lambda world, side: part(side, "activity"),
    "evaluation": lambda world, side: side.case.lead.ref,
    "frozen": lambda world, side: frozen(side).ref,
    "evaluations": lambda world, side: frozen(side).ref,
    "objections": lambda world, side: objection(side).ref,
    "files": lambda world, side: side.photo,
    "photos": lambda world, side: side.photo,
    "attachments": lambda world, side: side.photo,
    "inspections": lambda world, side: _sample(side).period,
    "<slug:period>": lambda world, side: _inspection(side),
    "{period}": lambda world, side: _inspection(side),
}


def _trouble(world: World, side: Side) -> str:
    """The trouble of the street's case."""
    found = trouble_of(side.case) or keep_together(by=SYSTEM, at=world.at, case=side.case.ref)
    assert found is not None
    return str(found.ref)


def _proposal(world: World, side: Side) -> str:
    """A project proposed by the duty desk on the ground of the street's case."""
    found = proposals_of([side.case.pk])
    if found:
        return str(found[0].ref)
    desk = actor_of(side.people[Role.DUTY_DESK], at=world.at)
    return str(
        propose_project(
            by=desk,
            at=world.at,
            street=side.code,
            title="路灯改造",
            cases=[side.case.ref],
            root_cause="电缆老化",
            cost="八万元",
            benefit="不再熄灭",
        ).ref
    )


def _firm_plan(side: Side) -> str:
    """An open plan of a firm of the street, once made; kept under the model's name, for its measures too."""
    label = "enterprise.FirmPlan"
    if label not in side.kept:
        _made("enterprise.Enterprise", side)
        firm = side.kept["enterprise.Enterprise"]
        desk = actor_of(side.people[Role.DUTY_DESK], at=side.case.filed_at)
        told = {"problems": "停产", "goal": "复工", "review_on": localdate(side.case.filed_at)}
        side.kept[label] = FirmPlan.objects.filter(enterprise=firm, closed_at__isnull=True).first() or open_plan(
            by=desk, at=side.case.filed_at, enterprise=firm.ref, **told
        )
    return str(side.kept[label].ref)


OBJECTS |= {
    "troubles": _trouble, "proposals": _proposal, "enterprises plans": lambda world, side: _firm_plan(side),
}  # fmt: skip


def parameter_before(address: str, name: str) -> str:
    """The part of the address pattern (``cases/<slug:ref>/``) before the parameter."""
    before = address[: _place(address, name)].rstrip("/.-")
    return before.rpartition("/")[2]


def _place(address: str, name: str) -> int:
    found = [address.find(mark) for mark in (f":{name}>", f"<{name}>", f"{{{name}}}")]
    return address.rfind("<", 0, max(found) + 1) if max(found[:2]) >= 0 else found[2]


def sample(world: World, side: Side, *, address: str, name: str) -> tuple[Any, bool]:
    """The value for this parameter, of this street, and whether it is a real one."""
    part = parameter_before(address, name)
    keys = (*(f"{each} {part}" for each in reversed(address.split("/"))), part)
    word = next((WORDS[key] for key in keys if key in WORDS), "")
    if word:
        return word, True
    made_by = next((OBJECTS[key] for key in keys if key in OBJECTS), None)
    if made_by:
        return made_by(world, side), True
    label = MODELS.get(part) or _named(part) or _named(name)
    made = _made(label, side) if label else None
    return (made, True) if made else (NOBODY, False)


@cache
def _named(word: str) -> str:
    """The model of an office that this word names: ``reply-templates`` → cases.ReplyTemplate."""
    plain = word.replace("-", "").replace("_", "").lower()
    for model in apps.get_models():
        names = {model.__name__.lower(), f"{model.__name__.lower()}s"}
        if model.__module__.startswith("gridloop.") and plain in names:
            return str(model._meta.label)
    return ""


def _made(label: str, side: Side) -> str | None:
    """The ref of this street's first row of the model, or of one made now."""
    try:
        model = apps.get_model(label)
    except LookupError:
        return None
    key = model._meta.label
    if key not in side.kept:
        side.kept[key] = _first(model, side) or _filled(model, side)
    row = side.kept[key]
    return str(getattr(row, "ref", row.pk)) if row else None


def _first(model: Any, side: Side) -> Any:
    names = {field.name for field in model._meta.get_fields()}
    return model.objects.filter(street=side.code).first() if "street" in names else None


def _filled(model: Any, side: Side) -> Any:
    """A row with a plain value in every column that needs one, belonging to the duty desk's person. None where that is not possible."""
    row = model()
    try:
        with transaction.atomic():
            for field in model._meta.concrete_fields:
                if not (field.primary_key or field.null or field.name == "ref"):
                    setattr(row, field.attname, _plain(field, side, getattr(row, field.attname)))
                elif isinstance(field, models.ForeignKey) and field.related_model in (Person, Account):
                    setattr(row, field.attname, _plain(field, side, None))
            row.save(force_insert=True)
    except (DatabaseError, ValueError, TypeError, AttributeError):
        return None
    return row


def _plain(field: Any, side: Side, given: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        return _related(field.related_model, side)
    if field.name == "street":
        return side.code
    if field.choices and given in ("", None):
        return field.choices[0][0]
    if given not in ("", None):
        return given
    if isinstance(field, models.DateTimeField):
        return side.case.filed_at
    if isinstance(field, models.DateField):
        return localdate(side.case.filed_at)
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return 0
    if isinstance(field, models.DecimalField):
        return 1
    if isinstance(field, models.JSONField):
        return []
    return f"{side.code}{field.name}"[: field.max_length or 40]


def _related(model: Any, side: Side) -> Any:
    """The key of the row that a foreign key points to: the duty desk's person and account, the case, else whatever the street has."""
    person = side.people[Role.DUTY_DESK]
    if model is Person:
        return person.pk
    if model is Account:
        return Account.objects.get(person=person).pk
    if model._meta.label == "cases.Case":
        return side.case.pk
    if model._meta.label == "organisation.Holding":
        return person.holdings.get().pk
    if model._meta.label == "organisation.Street":
        return side.code
    if model is FirmPlan:
        _firm_plan(side)
    made = _made(model._meta.label, side)
    return side.kept[model._meta.label].pk if made else None


def _quiet(side: Side) -> str:
    """Quiet days of the street, once made."""
    if "quiet" not in side.kept:
        day = localdate(side.case.filed_at)
        side.kept["quiet"] = set_quiet_days(by=SYSTEM, at=side.case.filed_at, street=side.code, span=Quiet(day, day))
    return str(side.kept["quiet"].ref)


def _plan(side: Side) -> str:
    """A draft of a visit plan without visits, once made."""
    if "plan" not in side.kept:
        asked = {
            "days": [localdate(side.case.filed_at).isoformat()],
            "managers": {},
            "quiet": [],
            "cap_visits": 1,
            "cap_days": 30,
            "per_day": 4,
        }
        side.kept["plan"] = VisitPlan.objects.create(
            street=side.code,
            first_on=localdate(side.case.filed_at),
            last_on=localdate(side.case.filed_at),
            asked=asked,
            made_at=side.case.filed_at,
        )
    return str(side.kept["plan"].ref)


def _sample(side: Side) -> Any:
    """A drawn sample of the street, for the addresses that name a month."""
    model = apps.get_model("cases.Sample")
    values = {
        "ends_at": side.case.filed_at,
        "rule": {},
        "secret": "00" * 32,
        "commitment": "",
        "announced_at": side.case.filed_at,
    }
    return model.objects.get_or_create(street=side.code, period="2022-05", defaults=values)[0]


def _inspection(side: Side) -> str:
    """The street's case, drawn in the sample."""
    model = apps.get_model("cases.Inspection")
    row, _ = model.objects.get_or_create(
        sample=_sample(side), case=side.case, defaults={"unit": side.case.lead, "lot": ""}
    )
    return str(row.ref)


def _kept(side: Side, name: str, make: Callable[[Side], Any]) -> str:
    """The ref of what was made for the side, once."""
    if name not in side.kept:
        side.kept[name] = make(side)
    return str(side.kept[name].ref)


def _vitality(side: Side) -> Any:
    """What the rule proposes for the street's firm."""
    _made("enterprise.Enterprise", side)
    firm = side.kept["enterprise.Enterprise"]
    return VitalityProposal.objects.create(
        enterprise=firm, street=side.code, present="normal", proposed="half", reasons=["样本依据"], proposed_at=side.case.filed_at
    )  # fmt: skip


def _intake(side: Side) -> Any:
    """A file of firms with nothing in it."""
    names = {"name": "样本.csv", "sha256": "0" * 64, "by": "system", "by_name": "系统"}
    return Intake.objects.create(street=side.code, taken_at=side.case.filed_at, **names)


def _policy(side: Side) -> Any:
    """A draft of the duty desk's."""
    told = policies.Told(
        title="样本政策", issuer="样本机关", benefit="样本内容", valid_from=localdate(side.case.filed_at)
    )
    by = actor_of(side.people[Role.DUTY_DESK], at=side.case.filed_at)
    return policies.draft_policy(by=by, at=side.case.filed_at, street=side.code, told=told)


def _reading(side: Side) -> Any:
    """A figure of the first quarter."""
    at, source = side.case.filed_at, indicators.Source("样本机关", "样本文件")
    indicators.define(
        by=SYSTEM, at=at, street=side.code, code="sample", name="样本指标", kind="count", unit="件", basis="样本口径"
    )
    return indicators.tell_reading(
        by=SYSTEM, at=at, street=side.code, code="sample", period="2022Q1", value=Decimal(1), unit="件", source=source
    )


def _key(side: Side) -> int:
    """A passkey of the duty desk's account."""
    account = Account.objects.get(person=side.people[Role.DUTY_DESK])
    row, _ = Authenticator.objects.get_or_create(
        user=account, type=Authenticator.Type.WEBAUTHN, defaults={"data": {"name": "样本", "credential": {}}}
    )
    return int(row.pk)


def prepare(world: World) -> None:
    """What some addresses need beside their own object: a sealed and signed ledger."""
    key = keys.signing_key()
    for side in (world.ours, world.other):
        archive.seal(street=side.code)
        archive.sign(
            street=side.code, at=world.at, origin=f"sample/{side.code}", key_name=key.name, private_key=key.private
        )
        archive.note_access(by=SYSTEM, at=world.at, street=side.code, subject="sample", what="样本", reason="样本")
