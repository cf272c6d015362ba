"""Who gets in: tokens and their scopes, sessions with CSRF, and problems for everything that has no answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gridloop.core.access import SYSTEM
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import revoke_token
from gridloop.offices.organisation.models import ApiToken
from tests.sample import CODE, FOUNDED, IN_SW, PASSWORD

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


def test_without_a_token_the_answer_says_how_to_get_in(street):
    answer = Client().get("/api/v1/cases")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="gridloop"')
    assert answer.json()["code"] == "api.not_signed_in" and answer["Content-Type"] == "application/problem+json"


def test_a_token_that_is_wrong_revoked_or_expired_opens_nothing(caller, street):
    revoked, expired = caller("desk"), caller("desk")
    tokens = list(ApiToken.objects.order_by("id"))
    revoke_token(by=SYSTEM, at=FOUNDED, token=tokens[0])
    ApiToken.objects.filter(pk=tokens[1].pk).update(expires_at=timezone.now() - timedelta(minutes=1))

    for answer in (
        revoked.get("/cases"),
        expired.get("/cases"),
        Client().get("/api/v1/cases", headers={"Authorization": "Bearer x"}),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (401, "令牌无效或已过期;请向系统管理员申请新的令牌。")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/cases", "cases:read"),
        ("GET", "/units", "cases:read"),
        ("POST", "/cases", "cases:file"),
        ("POST", "/intake", "intake:bulk"),
        ("POST", "/cases/2222222222222222/verbs/accept", "cases:write"),
    ],
)
def test_a_token_without_the_scope_is_refused(caller, method, path, scope):
    others = [each for each in ("cases:read", "cases:write", "cases:file", "intake:bulk") if each != scope]
    someone = caller("desk", others)

    answer = someone.get(path) if method == "GET" else someone.post(path, LAMP)

    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]["scope"]) == (
        403,
        "api.scope_missing",
        scope,
    )


def test_a_token_acts_with_the_posts_its_person_holds_today(caller):
    desk = caller("desk")
    assert desk.post("/cases", LAMP).status_code == 201
    from gridloop.offices.organisation.actions import release
    from gridloop.offices.organisation.models import Holding

    release(
        by=SYSTEM,
        at=FOUNDED,
        holding=Holding.objects.get(post__code="DESK"),
        ends_at=FOUNDED + timedelta(days=1),
        reason="调离",
    )

    assert desk.post("/cases", LAMP).json()["code"] == "organisation.no_post"


def test_a_delegation_counts_at_once_and_ends_by_itself(caller):
    from gridloop.offices.organisation.actions import delegate
    from gridloop.offices.organisation.models import Holding

    keeper, at = caller("keeper"), timezone.now()
    assert keeper.post("/cases", LAMP).status_code == 403
    delegate(
        by=SYSTEM, at=at, holding=Holding.objects.get(post__code="DESK"), to=organisation.person(CODE, "P11"),
        starts_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=1), reason="休假",
    )  # fmt: skip

    assert keeper.post("/cases", LAMP).status_code == 201
    held_later = organisation.actor_of(organisation.person(CODE, "P11"), at=at + timedelta(hours=2)).posts
    assert [post.post for post in held_later] == ["KEEPER"]


def test_a_signed_in_person_may_look_and_needs_csrf_to_write(street):
    client = Client(enforce_csrf_checks=True)
    client.login(username="desk", password=PASSWORD)

    looked = client.get("/api/v1/cases")
    forged = client.post("/api/v1/cases", LAMP, "application/json")
    client.cookies["csrftoken"] = "a" * 32
    filed = client.post("/api/v1/cases", LAMP, "application/json", headers={"X-CSRFToken": "a" * 32})

    assert looked.status_code == 200
    assert (forged.status_code, forged.json()["code"]) == (403, "api.csrf")
    assert filed.status_code == 201


def test_a_signed_in_persons_form_where_json_is_read_is_another_media_type(street):
    client = Client(enforce_csrf_checks=True)
    client.login(username="desk", password=PASSWORD)
    client.cookies["csrftoken"] = "a" * 32

    answer = client.post("/api/v1/cases", LAMP, headers={"X-CSRFToken": "a" * 32})

    assert (answer.status_code, answer.json()["code"]) == (415, "api.wrong_media_type")


def test_an_anonymous_write_is_not_signed_in_rather_than_forged(street):
    answer = Client(enforce_csrf_checks=True).post("/api/v1/cases", LAMP, "application/json")

    assert answer.status_code == 401


def test_another_street_is_not_ones_own(caller):
    answer = caller("desk").post("/cases", LAMP | {"street": "nowhere"})
    assert (answer.status_code, answer.json()["code"]) == (404, "organisation.no_street")
    from gridloop.offices.organisation.actions import open_street

    open_street(
        by=SYSTEM,
        at=FOUNDED,
        code="410102991",
        slug="other",
        name="别的街道",
        district="410102",
        district_name="中原区",
    )

    for street in ("410102991", "other"):
        answer = caller("desk").post("/cases", LAMP | {"street": street})
        assert (answer.status_code, answer.json()["code"]) == (403, "api.other_street")
    assert caller("desk").post("/cases", LAMP | {"street": "sample"}).status_code == 201


def test_an_address_that_does_not_exist_is_a_problem(caller):
    for answer in (caller("desk").get("/nothing/here"), caller("desk").post("/cases/abc/verbs/fly")):
        assert (answer.status_code, answer.json()["code"]) == (404, "api.no_such_page")


def test_a_method_that_does_not_exist_names_those_that_do(caller):
    desk = caller("desk")

    answer = desk.client.delete("/api/v1/cases", headers=desk.headers)

    assert (answer.status_code, answer.json()["fields"]) == (405, {"allowed": ["GET", "HEAD", "OPTIONS", "POST"]})
    assert answer["Allow"] == "GET, HEAD, OPTIONS, POST" and answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["form", "file", "path", "query", "told"])
def test_a_field_that_nobody_knows_is_named_whatever_it_is_called(caller, name):
    answer = caller("leader").post("/exports", {"purpose": "报区城管局路灯专项", name: "csv"})

    assert (answer.status_code, answer.json()["fields"]) == (422, {name: "没有这一项"})


def test_a_body_that_is_not_json_is_unreadable(caller):
    desk = caller("desk")

    answer = desk.client.post("/api/v1/cases", "{", "application/json", headers=desk.headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "api.unreadable")


def test_a_body_that_is_too_big_is_refused_before_it_is_read(caller, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = caller("desk").post("/cases", LAMP | {"text": "长" * 2000})

    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_big")


def test_a_key_that_is_too_long_is_named(caller):
    answer = caller("desk").post("/cases", LAMP, Idempotency_Key="k" * 129)

    assert (answer.status_code, answer.json()["code"]) == (422, "api.key_too_long")


def test_a_fault_of_ours_is_a_problem_without_its_traceback(caller):
    from django.db import connection

    desk = caller("desk")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case RENAME TO cases_gone")

    answer = desk.get("/cases")

    assert (answer.status_code, answer.json()["code"]) == (500, "api.fault")
    assert "cases_gone" not in answer.content.decode() and "Traceback" not in answer.content.decode()


def test_the_description_is_served_without_a_door_and_names_problems_by_their_type(street):
    told = Client().get("/api/v1/openapi.json").json()

    assert told["openapi"].startswith("3.1") and len(told["paths"]) >= 45
    for path in told["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                assert int(status) < 400 or response == {"$ref": f"#/components/responses/Problem{status}"}
    assert all("application/problem+json" in each["content"] for each in told["components"]["responses"].values())
    assert told["components"]["schemas"]["IntakeIn"]["properties"]["cases"]["maxItems"] == 1000
    assert set(told["components"]["securitySchemes"]) == {"Token", "Session"}


def test_nothing_the_description_points_to_is_missing(street):
    import json
    import re

    text = json.dumps(Client().get("/api/v1/openapi.json").json())

    known = set(json.loads(text)["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= known
