"""The sample street with Latin names throughout, so that any Chinese on an English page is ours and not the data's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from gridloop.offices.cases import actions
from gridloop.offices.cases.actions import Decided
from gridloop.offices.cases.models import Case
from gridloop.site.founding import DutyPlan, GridPlan, PersonPlan, UnitPlan
from tests.sample import CODE, IN_NE, IN_SW, PASSWORD, PLAN, square, who

UNITS = (
    UnitPlan("office", "Willow Office", kind="street_office", is_backstop=True, phone="0371-60000000"),
    UnitPlan("urban", "City Works", parent="office"),
    UnitPlan("housing", "Housing", parent="office"),
    UnitPlan("environment", "Environment", parent="office"),
    UnitPlan("economy", "Economy", parent="office"),
    UnitPlan("district_urban", "District Works", kind="authority", is_superior=True),
)
GRIDS = (
    GridPlan(CODE, "Willow", "street"),
    GridPlan("C1", "South", "community", CODE),
    GridPlan("C2", "North", "community", CODE),
    GridPlan("C1-SW", "South-West Court", "compound", "C1", square(113.50, 34.70, 0.01)),
    GridPlan("C1-SE", "South-East Court", "compound", "C1", square(113.51, 34.70, 0.01)),
    GridPlan("C2-NW", "North-West Court", "compound", "C2", square(113.50, 34.71, 0.01)),
    GridPlan("C2-NE", "North-East Court", "compound", "C2", square(113.51, 34.71, 0.01)),
)
_POSTS = (
    ("P01", "Ada Desk", "office", "DESK", "Intake", "duty_desk", "", "desk"),
    ("P02", "Ben Lead", "office", "LEAD", "Director", "street_leader", "", "leader"),
    ("P03", "Cy Works", "urban", "URBAN-1", "Handler", "unit_worker", "", "urban"),
    ("P04", "Di Works", "urban", "URBAN-0", "Head", "unit_leader", "", "urban_leader"),
    ("P05", "Ed House", "housing", "HOUSING-1", "Handler", "unit_worker", "", "housing"),
    ("P06", "Flo Green", "environment", "ENV-1", "Handler", "unit_worker", "", "environment"),
    ("P07", "Gus Check", "office", "VERIFY", "Checker", "verifier", "", "verifier"),
    ("P08", "Hal Serve", "economy", "MANAGER-1", "Manager", "service_manager", "C1", "manager"),
    ("P09", "Ida Grid", "office", "GRID-C1", "Grid", "grid_worker", "C1", "grid"),
    ("P10", "Jo Trade", "economy", "ECONOMY-1", "Handler", "unit_worker", "", "economy"),
    ("P11", "Kit Keep", "office", "KEEPER", "Keeper", "system_keeper", "", "keeper"),
    ("P12", "Lu Above", "district_urban", "ABOVE-1", "Handler", "unit_worker", "", "above"),
    ("P13", "Mo Keep", "office", "KEEPER-2", "Keeper", "system_keeper", "", "keeper2"),
    ("P14", "Nan Lock", "office", "LOCK", "Security", "security_keeper", "", "lock"),
    ("P15", "Oz Audit", "office", "AUDIT", "Audit", "audit_keeper", "", "audit"),
)
PEOPLE = tuple(
    PersonPlan(code, name, unit, ((post, title, role, unit, place),), username=username)
    for code, name, unit, post, title, role, place, username in _POSTS
)
LAMP, LEAK, NOISE = "Works/Streets/Lamp", "Works/Housing/Leak", "Environment/Noise"
ROUTES: tuple[dict[str, object], ...] = (
    {"row": "R1", "category": "Works", "unit": "urban", "profile": "san_bu_guo", "reason": "{unit} leads works"},
    {"row": "R2", "category": "Works/Housing", "unit": "housing", "profile": "san_bu_guo", "reason": "{unit} leads"},
    {"row": "R3", "category": "Environment", "unit": "environment", "profile": "1137", "reason": "{unit} leads"},
)
DUTIES = (
    DutyPlan(
        "P-12", "assist", "Street lighting", lead="District Works", unit_code="district_urban", category="Works/Streets"
    ),
    DutyPlan("B-03", "basic", "Clean streets", lead="City Works", unit_code="urban", category="Works"),
)
LATIN = replace(
    PLAN, name="Willow Street", district_name="Central", units=UNITS, grids=GRIDS, people=PEOPLE, categories=(LAMP, LEAK, NOISE),
    routes=ROUTES, duties=DUTIES, addresses=(("Willow Rd 1", "C1-SW"), ("River Gardens", "C2-NE")),
    passwords={person.username: PASSWORD for person in PEOPLE},
)  # fmt: skip


def filed(text: str, category: str, *, at: datetime, **place: float) -> Case:
    """A case that the desk filed."""
    filing = actions.Filing(
        text=text, category=category, source="phone", address="Willow Rd 1", reporter_name="Pat",
        reporter_phone="13800000005", **place,
    )  # fmt: skip
    return actions.file_case(by=who("desk", at=at), at=at, street=CODE, filing=filing).case


def eventful(at: datetime) -> Case:
    """A case to which much has happened: returned, assigned, extended, conferred on, sent outside; it waits for its answer."""
    case, urban, desk = (
        filed("The street lamp is out.", LAMP, at=at, **IN_SW).ref,
        who("urban", at=at),
        who("desk", at=at),
    )
    actions.return_case(by=urban, at=at, case=case, duty_item="P-12", reason="It belongs to the district.")
    actions.assign(by=desk, at=at, case=case, unit="urban", reason="It is yours after all.")
    actions.accept(by=urban, at=at, case=case)
    actions.note_progress(by=urban, at=at, case=case, text="A spare lamp is ordered.")
    actions.request_extension(by=urban, at=at, case=case, reason_code="materials", reason="The lamp is late.", amount=3)
    actions.decide_extension(by=desk, at=at, case=case, approved=True)
    actions.consult(by=desk, at=at, case=case, topic="Whose lamp is it?", units=["urban", "housing"])
    actions.conclude_consultation(
        by=desk,
        at=at,
        case=case,
        minutes="City Works mends it.",
        decisions=[Decided("Mend it", "urban", localdate(at))],
    )
    actions.send_outside(by=urban, at=at, case=case, body="Lamp Ltd", task="Replace the lamp, please.", days=3)
    actions.raise_case(by=who("leader", at=at), at=at, case=case, reason="People are waiting.")
    actions.propose_grade(by=desk, at=at, case=case, grade="difficult", reason="Two owners.")
    actions.request_extension(by=urban, at=at, case=case, reason_code="materials", reason="Later still.", amount=2)
    return scoped(case)


def struck_off(at: datetime) -> Case:
    """A case that went all the way round."""
    case = filed("Water drips through the ceiling.", LEAK, at=at, **IN_SW).ref
    actions.accept(by=who("housing", at=at), at=at, case=case)
    actions.answer(by=who("housing", at=at), at=at, case=case, text="The pipe is mended.")
    actions.verify(by=who("verifier", at=at), at=at, case=case, passed=True, text="Looked; it is dry.")
    actions.record_callback(
        by=who("desk", at=at), at=at, case=case, outcome="reached", solved=True, satisfied=5, text="Thank you."
    )
    actions.strike_off(by=who("desk", at=at), at=at, case=case)
    return scoped(case)


def overdue(at: datetime) -> Case:
    """A case of two weeks ago that nobody accepted."""
    return filed("Building noise at night.", NOISE, at=at - timedelta(days=14), **IN_NE)


def scoped(case: str) -> Case:
    return Case.objects.get(ref=case)
