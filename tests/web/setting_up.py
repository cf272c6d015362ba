"""Small steps on the setup pages, for the tests of them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from gridloop.offices.organisation.changesets.queries import change_sets, proposed, shown_changes
from tests.sample import CODE, MONDAY

GOOD = "行,类别,单位,时限方案,理由\nR1,,urban,san_bu_guo,全部由{unit}主办\n"
HOLED = "行,类别,单位,时限方案,理由\nR1,城乡建设,urban,san_bu_guo,城建类\n"
WRONG = "行,类别,单位,时限方案,理由\n,城乡建设,urban,,\n"
PARKS = {"code": "parks", "name": "园林绿化队", "kind": "station", "parent": "office", "phone": ""}
ALL = ["units", "people", "posts", "holdings", "delegations", "duties", "categories", "templates", "channels"]


def text_of(answer):
    return answer.content.decode()


def upload(client, text, chapter="routes", encoding="utf-8", **more):
    file = SimpleUploadedFile("sheet.csv", text.encode(encoding) if isinstance(text, str) else text)
    return client.post(f"/setup/rows/{chapter}/upload/", {"file": file, "title": "试改", "missing": "remove", **more})


def newest():
    return change_sets(CODE)[0]


def do(client, verb, **fields):
    found = newest()
    fields = {"rev": found.rev, "accept_warnings": "1", "title": found.title} | fields
    return client.post(f"/setup/changes/{found.ref}/do/{verb}/", fields)


def shown():
    return shown_changes(proposed(newest(), at=MONDAY))
