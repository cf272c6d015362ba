"""The two demonstration streets: what they must show, computed from their rows, and that they come out the same each time.

Both are loaded once for this module. Meanwhile a second process loads them into an empty SQLite file of its own; the two ledgers
must be the same entry by entry, whatever the database of this run is.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from shapely.geometry import shape

from gridloop.core.access import Role
from gridloop.core.clock import ClockEvent, judge
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.partition import partition_report
from gridloop.core.table_proof import PROPERTIES, prove
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.actions.tables import findings_of
from gridloop.offices.cases.models import Case, Participation, RoutingTable, Ruling, Sample
from gridloop.offices.cases.queries.inspecting import problems_of
from gridloop.offices.enterprise.visit_models import VisitCase
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Account, Holding, Person
from gridloop.offices.organisation.snapshot import forget_everything
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.seed import find_profile, shipped_calendar
from gridloop.offices.territory import queries as territory
from gridloop.offices.territory.models import Grid
from gridloop.site import demo
from gridloop.site.demo import lianhu, liuhu
from gridloop.site.demo.report import collected_problems, lianhu_report
from gridloop.site.demo.tale import BEIJING
from gridloop.site.keys import verifier_keys
from gridloop.site.proving import ground_of_street
from tests.site.source_page import counted
from tests.site.spoilt_tables import spoilt

pytestmark = pytest.mark.django_db
PRESENT = datetime(2022, 6, 20, 9, 30, tzinfo=BEIJING)
CODES = (liuhu.CODE, lianhu.CODE)
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ELSEWHERE = """
import json, sys
from datetime import datetime
import django
from django.conf import settings
django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from tests.site.test_demo import PRESENT, ledgers
from gridloop.site import demo
demo.load(at=PRESENT)
json.dump(ledgers(), sys.stdout)
"""


def ledgers() -> dict[str, Any]:
    """Each street's root, and its entries as kind, subject and payload."""
    return {
        code: {
            "root": archive.audit_book(code, verifier_keys=[]).root.hex(),
            "entries": [
                [entry.kind, entry.subject, archive.payload_of(entry)]
                for entry in archive.unread(street=code, reader="-", limit=9999)
            ],
        }
        for code in CODES
    }


@pytest.fixture(scope="module")
def elsewhere(django_db_setup: None, django_db_blocker: Any) -> Iterator[subprocess.Popen[str]]:
    """Both streets are loaded here; a process that loads them elsewhere runs beside it."""
    with tempfile.TemporaryDirectory() as home, django_db_blocker.unblock():
        settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        settings |= {"GRIDLOOP_HOME": home, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen([sys.executable, "-c", ELSEWHERE], env=settings, stdout=subprocess.PIPE, text=True)
        _empty()
        with override_settings(PASSWORD_HASHERS=FAST):
            demo.load(at=PRESENT)
        yield process
        process.kill()
        process.communicate()
        _empty()


def _empty() -> None:
    """The database is as on its first day, running numbers included."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=True)
    forget_everything()
    supervision.forget_compiled()


@pytest.fixture(autouse=True)
def streets(elsewhere: subprocess.Popen[str]) -> None:
    """Every test here looks at the loaded streets."""


def posts_by_role(street: str) -> Counter[str]:
    return Counter(post.role for post in organisation.posts(street))


def test_liuhu_has_1_6_and_59_grids() -> None:
    levels = Counter(grid.level for grid in territory.grids(liuhu.CODE))

    assert levels == {1: 1, 2: 6, 3: 59}


def test_each_of_the_66_grids_has_its_three_roles_held() -> None:
    roles = (Role.GRID_LEADER, Role.HEALTH_OFFICER, Role.GRID_WORKER)
    held = Counter(
        (holding.post.place, holding.post.role)
        for holding in Holding.objects.filter(post__street=liuhu.CODE, ends_at__isnull=True).select_related("post")
    )

    missing = [
        (grid.path, role) for grid in territory.grids(liuhu.CODE) for role in roles if held[grid.path, str(role)] != 1
    ]

    assert missing == []


def test_the_service_team_of_lianhu_counts_15_5_26_and_10() -> None:
    counted = posts_by_role(lianhu.CODE)
    team = {
        role: counted[role]
        for role in (Role.SERVICE_MANAGER, Role.LEGAL_OFFICER, Role.POLICE_OFFICER, Role.ENV_MONITOR)
    }

    assert list(team.values()) == [15, 5, 26, 10]
    assert len(organisation.people_with_roles(lianhu.CODE, roles=team, at=PRESENT)) == 56


@pytest.mark.parametrize("street", CODES)
def test_no_post_is_vacant(street: str) -> None:
    assert organisation.vacant_posts(street, at=PRESENT) == []


@pytest.mark.parametrize("street", CODES)
def test_children_tile_their_parent_exactly_at_every_level(street: str) -> None:
    drawn = {row.grid.code: shape(json.loads(row.geometry)) for row in territory.boundaries(street)}
    parents = {grid.parent.code for grid in territory.grids(street) if grid.parent}

    reports = {
        parent: partition_report(
            drawn[parent], {grid.code: drawn[grid.code] for grid in Grid.objects.filter(parent__code=parent)}
        )
        for parent in parents
    }

    assert len(parents) == 7
    assert {parent: report.flaws for parent, report in reports.items() if report.flaws} == {}


@pytest.mark.parametrize("street", CODES)
def test_the_drawn_cells_say_that_they_are_drawn(street: str) -> None:
    assert {row.source for row in territory.boundaries(street)} == {"示意网格(非真实边界)"}
    assert all(grid.is_synthetic for grid in territory.grids(street))


@pytest.mark.parametrize("street", CODES)
def test_the_routing_table_has_no_hole_and_no_fault(street: str) -> None:
    assert findings_of(RoutingTable.objects.get(street=street), at=PRESENT) == []


@pytest.mark.parametrize("street", CODES)
def test_the_routing_table_is_proved(street: str) -> None:
    rows, ground = ground_of_street(street, at=PRESENT, days=30)

    proof = prove(rows, ground)

    assert (proof.failures, proof.unproved) == ((), ())
    assert proof.journey is not None


@pytest.mark.parametrize("street", CODES)
def test_each_way_to_spoil_the_table_fails_the_proof_with_a_case(street: str) -> None:
    rows, ground = ground_of_street(street, at=PRESENT, days=30)

    for failing, table, changes in spoilt(rows, ground):
        proof = prove(table, replace(ground, **changes))
        found = proof.of(failing)
        assert found and not proof.ok, failing
        assert all(each.sentence and each.counter_example for each in found)

    assert {failing for failing, _, _ in spoilt(rows, ground)} == set(PROPERTIES)


def test_lianhu_collected_43_problems_and_cleared_all_of_them() -> None:
    report = lianhu_report()

    assert (report.collected, report.cleared.part, report.cleared.n) == (43, 43, 43)
    assert report.cleared.lower_shown == "91.8%"
    assert report.overdue == ()
    assert report.handed_on_same_day.part == report.handed_on_same_day.n == 43
    assert report.ordinary_inside_week.n + report.difficult_inside_month.n == 43
    on_visits = VisitCase.objects.filter(case__in=collected_problems()).select_related("visit", "case")
    assert [each.visit.happened_at == each.case.filed_at for each in on_visits] == [True] * 28


def test_the_page_about_the_demonstration_states_the_computed_figures() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demonstration.md").read_text("utf-8")
    report = lianhu_report()
    readings = {
        "销号": report.cleared,
        "交办不过夜": report.handed_on_same_day,
        "一般问题不过周": report.ordinary_inside_week,
        "疑难问题不过月": report.difficult_inside_month,
        "满意": report.satisfied,
    }

    rows = [f"| {name} | {reading.shown} | {reading.lower_shown} |" for name, reading in readings.items()]

    assert [row for row in rows if row not in page] == []
    assert report.fastest == timedelta(hours=5, minutes=10)
    assert report.returned == 4
    assert Case.objects.filter(street=liuhu.CODE, filed_at__lt=PRESENT - timedelta(days=15)).count() == 32


def test_callbacks_are_counted_with_those_not_reached() -> None:
    report = lianhu_report()
    callbacks = report.callbacks

    assert callbacks.reached + callbacks.not_reached + callbacks.declined == 43
    assert callbacks.not_reached > 0
    assert callbacks.declined > 0
    assert report.satisfied.n == callbacks.reached


def test_one_permit_went_from_filing_to_strike_off_in_5_hours_40_minutes() -> None:
    permits = [
        case for case in collected_problems() if case.category == "企业服务/证照办理/许可审批" and case.cleared_at
    ]

    spans = [case.cleared_at - case.filed_at for case in permits if case.cleared_at]

    assert timedelta(hours=5, minutes=40) in spans


def test_every_problem_was_struck_off_inside_the_three_limits_when_judged_afresh() -> None:
    """From events and the shipped rules only: 7 × 24 hours, a calendar month when a second person confirmed 疑难."""
    profile, calendar = find_profile("三不过"), shipped_calendar()

    late = []
    for case in collected_problems():
        clock = next(
            clock for clock in supervision.clocks_of(case.subject) if clock.stage == "handle" and clock.segment is None
        )
        events = [
            ClockEvent.from_data(event) for event in clock.events if event["kind"] != "extend"
        ]  # not even with more time
        state = judge(
            events,
            profile=profile,
            stage="handle",
            calendar=calendar,
            grade=case.grade,
            priority=case.priority,
            at=case.cleared_at,
        )
        late += [case.number] if state.is_late or case.cleared_at > state.due_at else []

    assert late == []


def test_difficult_was_confirmed_by_someone_other_than_who_proposed_it() -> None:
    difficult = [case for case in collected_problems() if case.grade == "difficult"]

    confirmed = [
        entry.actor
        for case in difficult
        for entry in archive.timeline(case.subject)
        if entry.kind == "case.grade_confirmed"
    ]
    proposed = [f"person:{Person.objects.get(pk=case.graded_by).ref}" for case in difficult]

    assert len(difficult) == len(confirmed) >= 5
    assert not [pair for pair in zip(confirmed, proposed, strict=True) if pair[0] == pair[1]]


def test_who_handled_a_case_neither_verified_it_nor_struck_it_off() -> None:
    barred = []
    for case in Case.objects.filter(street__in=CODES):
        handlers = {
            f"person:{part.person.ref}"
            for part in Participation.objects.filter(case=case, role="handler").select_related("person")
        }
        judges = {
            entry.actor for entry in archive.timeline(case.subject) if entry.kind in ("case.verified", "case.cleared")
        }
        barred += [case.number] if handlers & judges else []

    assert barred == []


def test_lianhu_shows_a_precedent_and_samples_that_anybody_can_draw_again() -> None:
    (ruling,) = Ruling.objects.filter(street=lianhu.CODE)
    drawn = list(Sample.objects.filter(street=lianhu.CODE, drawn_at__isnull=False).order_by("period"))

    assert (ruling.unit.name, ruling.case.returns, ruling.change_set.state) == ("市场监管所", 3, "draft")
    assert [sample.period for sample in drawn][:3] == ["2022-01", "2022-02", "2022-03"]
    assert all(sample.inspections.exists() for sample in drawn)
    assert [problem for sample in drawn for problem in problems_of(sample)] == []


@pytest.mark.parametrize(
    "kind",
    [
        "case.designated",  # after three returns
        "case.returned",  # with a row of the duty list, and assigned again inside the window
        "case.consultation_concluded",  # with minutes, decisions and owners
        "case.pulled_back",  # escalated before
        "case.extension_approved",
        "case.suspended",  # over Spring Festival
        "case.verification_failed",
    ],
)
def test_the_histories_of_the_43_show(kind: str) -> None:
    kinds = {entry.kind for case in collected_problems() for entry in archive.timeline(case.subject)}

    assert kind in kinds


def test_liuhu_shows_cases_in_many_states() -> None:
    states = set(Case.objects.filter(street=liuhu.CODE).values_list("state", flat=True))

    assert {
        "routed",
        "accepted",
        "handling",
        "returned",
        "consulting",
        "answered",
        "verified",
        "cleared",
        "merged",
        "withdrawn",
    } <= states


@pytest.mark.parametrize("street", CODES)
def test_a_visitor_finds_a_living_desk(street: str) -> None:
    live = Case.objects.filter(street=street, cleared_at__isnull=True, filed_at__gte=PRESENT - timedelta(days=10))

    assert live.count() >= 8
    assert live.filter(is_gap=True).exists()
    assert live.filter(due_at__lt=PRESENT).exists()
    assert live.filter(due_at__gt=PRESENT).exists()


@pytest.mark.parametrize("street", CODES)
def test_the_book_is_sound_and_wholly_sealed(street: str) -> None:
    report = archive.audit_book(street, verifier_keys=verifier_keys())

    assert report.findings == ()
    assert report.size == len(archive.unread(street=street, reader="-", limit=9999)) > 1000
    assert archive.failing_reactions(street) == []


def test_each_visitor_signs_in_with_the_printed_password() -> None:
    usernames = set(Account.objects.values_list("username", flat=True))

    assert {
        f"{slug}_{role}"
        for slug in ("liuhu", "lianhu")
        for role in ("desk", "leader", "unit", "verifier", "keeper", "keeper2")
    } <= usernames
    assert {"lianhu_manager", "liuhu_grid"} <= usernames
    assert Account.objects.get(username="lianhu_desk").check_password("wangge-2022")


def test_everybody_is_synthetic_without_a_phone_and_some_names_are_hard() -> None:
    people = list(Person.objects.filter(street__in=CODES))
    names = {person.name for person in people}

    assert all(person.is_synthetic and not person.phone for person in people)
    assert all(
        len(set(group)) == len(group) for group in ([p.name for p in people if p.street == code] for code in CODES)
    )
    assert {"欧阳𬭊", "龚䶮", "阿依古丽·买买提"} <= names


def test_loading_again_changes_nothing() -> None:
    before = ledgers()

    made = demo.load(at=PRESENT + timedelta(days=3))

    assert made == []
    assert ledgers() == before


def test_a_fresh_load_beside_existing_streets_is_refused() -> None:
    with pytest.raises(Refused, match="新的数据库"):
        demo.load(at=PRESENT, fresh=True)


def test_a_present_before_the_histories_end_is_refused() -> None:
    with pytest.raises(WrongInput):
        demo.load(at=datetime(2022, 5, 1, tzinfo=BEIJING))


def test_two_loads_into_two_empty_databases_give_the_same_ledger(elsewhere: subprocess.Popen[str]) -> None:
    here = json.loads(json.dumps(ledgers()))

    output, _ = elsewhere.communicate(timeout=300)
    there = json.loads(output)

    assert elsewhere.returncode == 0
    for code in CODES:
        assert there[code]["entries"] == here[code]["entries"]
        assert there[code]["root"] == here[code]["root"]


def test_no_number_in_the_package_could_be_someones_phone() -> None:
    folder = Path(demo.__file__).parent

    found = [
        path.name
        for path in folder.rglob("*")
        if path.suffix in {".py", ".txt"} and re.search(r"1[3-9]\d{9}", path.read_text("utf-8"))
    ]

    assert found == []


# --- the campaign page -----------------------------------------------------------------------------------------------


def opened(client: Any, address: str) -> str:
    """The page as the leader of 莲湖 sees it."""
    client.force_login(Account.objects.get(username="lianhu_leader"))
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def figures_on(page: str) -> dict[str, tuple[str, str]]:
    """By the figure's id: the address that it opens and what it says."""
    found = re.findall(r'id="((?:figure|reading)-\w+)".*?<dd><a href="([^"]+)">(.*?)</a></dd>', page, re.DOTALL)
    return {figure: (address, re.sub("<[^>]+>", "", said)) for figure, address, said in found}


def test_the_rows_hold_every_number_of_the_source_page() -> None:
    said = counted()

    assert {name: said[f"figure-{name}"] for name in ("firm_cases_solved", "officers", "work_groups", "activity_plans", "projects_all", "projects_total")} == {
        "firm_cases_solved": "100%(43/43)", "officers": "56", "work_groups": "8", "activity_plans": "8", "projects_all": "32", "projects_total": "355.00 亿元",
    }  # fmt: skip
    assert [said[f"figure-factor_{code}"].split("(")[1] for code in ("logistics", "funds", "energy", "labour", "land", "market", "materials", "epidemic")] == [f"{n}/43)" for n in (4, 4, 3, 2, 2, 1, 1, 0)]  # fmt: skip
    assert [said[f"figure-officers_{kind}"] for kind in ("manager", "legal", "police", "monitor")] == ["15", "5", "26", "10"]  # fmt: skip
    assert [said[f"figure-projects_{library}"] for library in ("reserve", "planned", "building", "completed")] == ["7", "6", "11", "8"]  # fmt: skip
    assert int(said["figure-visits"]) >= 1200 and said["figure-firms_satisfied"].startswith("100%")
    assert said["figure-fastest_permit"] == "5 小时 40 分钟"
    assert (said["reading-fixed_assets"], said["reading-retail_sales"], said["reading-services"]) == ("10.1 亿元", "1,149.2 万元", "22 亿元")  # fmt: skip
    assert (said["growth"], said["standings"]) == ("8.27%", "3")


def test_the_campaign_page_shows_what_the_rows_say_and_opens_them(client: Any) -> None:
    page, said = opened(client, "/campaigns/wrzwq/"), counted()
    growth, firsts = said.pop("growth"), said.pop("standings")

    shown = figures_on(page)

    assert {figure: shown[figure][1] for figure in said} == said
    assert growth in page and page.count("第 1 名") == int(firsts)
    assert "请核对" in page  # the odd unit of the retail figure is asked about, not repaired
    for figure, (address, told) in shown.items():
        rows = opened(client, address.replace("&amp;", "&"))
        n = int(re.findall(r"\d+", told.rpartition("/")[2])[0]) if "(" in told else 0
        assert n <= rows.count("<tr><th scope"), figure  # as many rows as the rate rests on


def test_the_sheet_and_the_evaluation_say_the_same_and_rank_nobody(client: Any) -> None:
    said = counted()
    sheet = opened(client, "/campaigns/wrzwq/print/")
    evaluation = opened(client, "/campaigns/wrzwq/evaluation/")

    assert all(said[f"figure-{code}"] in sheet for code in ("visits", "firms_satisfied", "projects_total"))
    assert "43/43" in evaluation and "不排名次" in evaluation
    people = Person.objects.filter(street=lianhu.CODE).values_list("name", flat=True)
    assert not [name for name in people if len(name) > 2 and name in evaluation.partition("<main")[2]]
    satisfaction = opened(client, "/indicators/satisfaction/?period=2022H1%2B2022-05-29")
    assert "100%(40/40)" in satisfaction and "91.2%" in satisfaction
