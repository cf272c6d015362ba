"""The description of the API: valid OpenAPI 3.1, complete, and as true as its examples."""

from __future__ import annotations

import sys
from collections import Counter

import jsonschema_rs
import pytest
from ninja import Schema
from schemathesis.specs.openapi.definitions import OPENAPI_31

from gridloop.api.description import COMES_AS, examples, operations
from gridloop.api.tokens import SCOPES
from gridloop.api.v1 import api
from gridloop.api.verbs import DOORS
from gridloop.core.lifecycle import CASE
from tests.api.walk import ONLY_REPORTERS, walked

BODY = "$response.body#/"


@pytest.fixture(scope="module")
def described():
    return api.get_openapi_schema(path_prefix="/api/v1/")


def fits(described, schema, value):
    """What of the value does not fit the schema, in words."""
    whole = {**schema, "components": described["components"]} if "$ref" not in schema else {
        "allOf": [schema], "components": described["components"]
    }  # fmt: skip
    found = jsonschema_rs.Draft202012Validator(whole).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in found]


def test_it_is_valid_openapi_3_1(described):
    errors = list(jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(described))

    assert described["openapi"].startswith("3.1")
    assert [error.message for error in errors] == []


def test_every_schema_in_it_is_a_schema(described):
    for name, schema in described["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_every_default_fits_its_own_schema(described):
    """What strict validators of OpenAPI documents ask of a default."""
    told = list(_schemas_with_default(described, ""))

    assert len(told) > 100
    assert [where for where, schema in told if fits(described, schema, schema["default"])] == []


def _schemas_with_default(part, where):
    if isinstance(part, list):
        part = dict(enumerate(part))
    if isinstance(part, dict):
        if "default" in part and ("type" in part or "anyOf" in part or "$ref" in part):
            yield where, part
        for name, each in part.items():
            if name not in {"example", "examples"}:
                yield from _schemas_with_default(each, f"{where}/{name}")


def test_no_two_shapes_have_one_name():
    """Two classes of one name would be one schema, and one of them untrue."""
    named = Counter(
        each.__name__
        for module in sys.modules.values() if getattr(module, "__name__", "").startswith("gridloop.api")
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Schema) and each.__module__ == module.__name__
    )  # fmt: skip

    assert [name for name, times in named.items() if times > 1] == []


def test_every_operation_says_what_it_is_for_and_may_be_asked_by_name(described):
    found = list(operations(described))

    assert len({each["operationId"] for each in found}) == len(found)
    assert [
        each["operationId"] for each in found if not (each["summary"] and each["description"] and each["tags"])
    ] == []


def test_every_operation_has_an_example_of_what_is_asked_and_of_what_is_answered(described):
    lost = []
    for each in operations(described):
        bodies = each.get("requestBody", {}).get("content", {}).values()
        lost += [f"{each['operationId']} request" for content in bodies if "example" not in content]
        for status, answer in each["responses"].items():
            if status.startswith("2") and each["operationId"] not in COMES_AS:
                lost += [
                    f"{each['operationId']} {status}"
                    for content in answer.get("content", {}).values()
                    if "example" not in content
                ]

    assert lost == []


def test_every_example_fits_its_schema(described):
    wrong = []
    for each in operations(described):
        places = {"request": each.get("requestBody", {}), **each["responses"]}
        for place, holder in places.items():
            for media_type, content in holder.get("content", {}).items():
                if "example" in content and media_type == "application/json":
                    wrong += [
                        f"{each['operationId']} {place} {error}"
                        for error in fits(described, content["schema"], content["example"])
                    ]

    assert wrong == []


def test_every_problem_is_described_once_with_an_example_that_fits(described):
    for name, answer in described["components"]["responses"].items():
        content = answer["content"]["application/problem+json"]
        assert fits(described, content["schema"], content["example"]) == [], name
    for each in operations(described):
        bad = {status: answer for status, answer in each["responses"].items() if status >= "400"}
        assert {"400", "401", "403", "406", "500"} <= set(bad), each["operationId"]
        assert all(answer == {"$ref": f"#/components/responses/Problem{status}"} for status, answer in bad.items())


def test_every_link_leads_to_an_operation_with_those_parameters(described):
    known = {each["operationId"]: each for each in operations(described)}
    links = [
        (each["operationId"], name, link)
        for each in known.values() for answer in each["responses"].values() for name, link in answer.get("links", {}).items()
    ]  # fmt: skip

    assert len(links) > 300
    for source, name, link in links:
        target = known[link["operationId"]]
        for parameter in link["parameters"]:
            where, _, bare = parameter.rpartition(".")
            fitting = [each for each in target["parameters"] if each["name"] == bare and where in ("", each["in"])]
            assert fitting, (source, name, parameter)


def test_everything_that_names_a_thing_in_its_address_is_led_to(described):
    led = {
        link["operationId"]
        for each in operations(described) for answer in each["responses"].values() for link in answer.get("links", {}).values()
    }  # fmt: skip
    named = {method["operationId"] for path, methods in described["paths"].items() if "{" in path for method in methods.values()}  # fmt: skip

    assert named - led == set()


def test_every_link_finds_in_the_example_what_it_takes_from_the_answer(described):
    """A link to the first of a list is no link where the example's list is empty; that is the example's business, and said here."""
    lost = []
    for each in operations(described):
        for answer in each["responses"].values():
            example = next((content.get("example") for content in answer.get("content", {}).values()), None)
            for name, link in answer.get("links", {}).items():
                lost += [
                    f"{each['operationId']} {name}: {told}"
                    for told in link["parameters"].values()
                    if told.startswith(BODY) and not _is_there(example, told.removeprefix(BODY))
                ]
    assert lost == []


def _is_there(example, pointer):
    """Whether the place holds something, or stands behind a list or a thing that is empty in this example."""
    for part in pointer.split("/"):
        if example in ([], None):
            return True
        example = example[int(part)] if isinstance(example, list) else example.get(part, {"": None})
        if example == {"": None}:
            return False
    return True


def test_from_filing_one_comes_to_the_case_to_its_verbs_and_back(described):
    known = {each["operationId"]: each for each in operations(described)}

    look = known["filing_file"]["responses"]["201"]["links"]["look"]["operationId"]
    leads = known[look]["responses"]["200"]["links"]
    verbs = {name: link for name, link in leads.items() if name in CASE.verbs}

    assert {f"cases_{verb}" for verb in CASE.verbs} == {link["operationId"] for link in verbs.values()}
    assert all(link["parameters"]["header.If-Match"] == "$response.header.ETag" for link in verbs.values())
    assert known["cases_accept"]["responses"]["200"]["links"]["look"]["operationId"] == look


def test_every_verb_of_the_state_chart_has_its_address(described):
    addresses = {path.rpartition("/")[2] for path in described["paths"] if "/verbs/" in path}

    assert addresses == set(CASE.verbs) == {door.verb for door in DOORS}


def test_each_operation_names_the_scope_that_opens_it(described):
    named = {scope for each in operations(described) for way in each["security"] for scope in way.get("Token", [])}

    assert named == set(SCOPES)


def test_every_operation_can_be_done_and_answers_as_described(street, described):
    done = walked().done

    known = {each["operationId"]: each for each in operations(described)}
    assert set(known) - set(done) == ONLY_REPORTERS
    wrong = []
    for name, each in done.items():
        content = known[name]["responses"][str(each.status)].get("content", {}).get("application/json")
        if content:
            wrong += [f"{name}: {error}" for error in fits(described, content["schema"], each.answer)]
    assert wrong == []


def test_the_examples_are_of_operations_that_exist(described):
    assert set(examples()) - {each["operationId"] for each in operations(described)} == set()
