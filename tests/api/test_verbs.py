"""The verbs of the loop over the API: the whole way, each documented, refusals as problems."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from gridloop.api.v1 import api
from gridloop.api.verbs import DOORS
from gridloop.core.lifecycle import CASE
from tests.sample import IN_SW

LAMP = {"text": "柳荫路路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}


@pytest.fixture
def ref(caller):
    return caller("manager").post("/cases", LAMP).json()["ref"]


def picture(**saved):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, format="JPEG", **saved)
    return out.getvalue()


def test_every_verb_of_the_chart_has_a_door():
    assert {door.verb for door in DOORS} == set(CASE.verbs)


def test_every_verb_is_documented_with_an_example_that_fits_its_body():
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]

    for door in DOORS:
        told = paths[f"/api/v1/cases/{{ref}}/verbs/{door.verb}"]["post"]
        assert told["summary"] == CASE.verbs[door.verb].label and told["description"]
        assert door.documented_body().model_json_schema()["example"] == door.example
        assert door.documented_body()(**door.example)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.verb)
def test_what_a_verb_needs_is_required_of_its_body(door):
    asked = set(CASE.verbs[door.verb].needs)

    assert asked <= set(door.body.model_fields), "a needed value has no field"


def test_a_case_goes_the_whole_way_over_the_api(caller, ref):
    urban, desk, verifier = caller("urban"), caller("desk"), caller("verifier")

    steps = [
        urban.verb(ref, "accept", rev=0),
        urban.verb(ref, "return_case", duty_item="P-12", reason="照明设施由区局维护"),
        desk.verb(ref, "assign", unit="housing", reason="该处由房管所代管"),
        caller("housing").verb(ref, "accept"),
        caller("housing").verb(ref, "answer", text="已更换灯具,恢复照明"),
        verifier.verb(ref, "verify", passed=True, text="现场查看已亮"),
        caller("manager").verb(ref, "record_callback", outcome="reached", solved=True, satisfied=5),
        desk.verb(ref, "strike_off"),
    ]

    assert [step.status_code for step in steps] == [200] * 8, [step.json() for step in steps if step.status_code != 200]
    states = ["accepted", "returned", "routed", "accepted", "answered", "verified", "verified", "cleared"]
    assert [step.json()["case"]["state"] for step in steps] == states


def test_someone_who_saw_an_older_revision_is_told_to_look_again(caller, ref):
    urban = caller("urban")
    urban.verb(ref, "accept", rev=0)

    answer = urban.verb(ref, "begin_work", rev=0)

    assert (answer.status_code, answer.json()["code"]) == (409, "cases.outdated")


def test_a_repeated_verb_is_done_once(caller, ref):
    urban = caller("urban")

    first = urban.post(f"/cases/{ref}/verbs/accept", {}, Idempotency_Key="a")
    again = urban.post(f"/cases/{ref}/verbs/accept", {}, Idempotency_Key="a")

    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert again["Idempotent-Replay"] == "true"


@pytest.mark.parametrize(
    ("who", "verb", "body", "status", "code"),
    [
        ("urban", "answer", {"text": "还没签收就答复"}, 409, "lifecycle.wrong_state"),  # the state forbids it
        ("desk", "accept", {}, 403, "lifecycle.not_allowed"),  # the desk leads nothing here
        ("environment", "accept", {}, 404, "cases.not_found"),  # another unit does not see the case
        ("urban", "return_case", {"duty_item": "Q-1", "reason": "不归我们管"}, 404, "organisation.no_duty_item"),
        ("urban", "answer", {}, 422, "api.invalid"),  # a field is missing
        ("urban", "answer", {"text": "好", "txet": ""}, 422, "api.invalid"),  # a field nobody knows
        ("desk", "fly", {}, 404, "api.no_such_page"),  # a verb nobody knows
    ],
)
def test_a_refused_verb_is_answered_with_its_problem(caller, ref, who, verb, body, status, code):
    answer = caller(who).verb(ref, verb, **body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_split_tells_the_cases_it_made(caller, ref):
    parts = [
        {"text": "门口积水难行", "category": "城乡建设/市政设施/积水"},
        {"text": "夜间施工噪音", "category": "环境保护/噪音"},
    ]

    told = caller("desk").verb(ref, "split", parts=parts, reason="反映了三件事").json()

    assert [case["unit"]["code"] for case in told["made"]] == ["urban", "environment"]


def test_a_case_is_merged_into_another_by_its_ref_or_by_the_number_people_say(caller, ref):
    desk = caller("desk")
    other, third = (desk.post("/cases", {"text": text, **IN_SW}).json() for text in ("又一盏灯不亮", "第三盏灯不亮"))

    by_number = desk.verb(ref, "merge", into=other["number"], reason="同一盏路灯")
    by_ref = desk.verb(third["ref"], "merge", into=other["ref"], reason="同一盏路灯")
    unknown = desk.verb(other["ref"], "merge", into="20220523-999999", reason="同一盏路灯")

    assert [each.json()["case"]["state"] for each in (by_number, by_ref)] == ["merged", "merged"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "cases.no_such_number")


def test_an_extension_is_asked_for_and_decided(caller, ref):
    urban = caller("urban")
    urban.verb(ref, "accept")
    before = caller("desk").get(f"/cases/{ref}").json()["case"]["due_at"]

    asked = urban.verb(ref, "request_extension", reason_code="materials", reason="灯具到货推迟", amount=3)
    decided = caller("desk").verb(ref, "decide_extension", approved=True)

    assert asked.json()["request"] and decided.json()["case"]["due_at"] > before


def test_an_attachment_is_kept_listed_and_served_only_within_scope(caller, ref):
    urban = caller("urban")
    sent = urban.client.post(
        f"/api/v1/cases/{ref}/attachments", {"file": _file("现场.jpg", picture())}, headers=urban.headers
    )
    kept = sent.json()

    served = urban.get(f"/attachments/{kept['ref']}")

    assert sent.status_code == 201 and kept["media_type"] == "image/jpeg"
    assert caller("desk").get(f"/cases/{ref}").json()["attachments"][0]["ref"] == kept["ref"]
    assert served["Content-Type"] == "image/jpeg" and served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Disposition"].startswith("attachment")
    assert b"".join(served.streaming_content)[:2] == b"\xff\xd8"
    assert caller("environment").get(f"/attachments/{kept['ref']}").status_code == 404


def _file(name, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, content_type="text/html")


def test_an_attachment_can_be_sent_as_a_verb_and_must_be_what_it_says(caller, ref):
    urban = caller("urban")

    good = urban.verb(ref, "attach", name="a.jpg", content=base64.b64encode(picture()).decode())
    page = urban.verb(ref, "attach", name="a.jpg", content=base64.b64encode(b"<html><script>").decode())
    garbled = urban.verb(ref, "attach", name="a.jpg", content="!!!")

    assert good.status_code == 200
    assert (page.status_code, page.json()["code"]) == (422, "attachment.unknown_type")
    assert (garbled.status_code, garbled.json()["code"]) == (422, "api.not_base64")


def test_a_file_over_ten_megabytes_is_too_large(caller, ref):
    urban = caller("urban")

    answer = urban.client.post(
        f"/api/v1/cases/{ref}/attachments",
        {"file": _file("a.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024))},
        headers=urban.headers,
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "attachment.too_large")
