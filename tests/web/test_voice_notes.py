"""Files that go along with a filing or a visit's problem: kept with the case that comes of it, once, and played piece by piece."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gridloop.offices.archive.models import Attachment
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.visit_models import Visit
from tests.firms import registered
from tests.offices.test_recordings import OGG, fragmented, webm
from tests.web.test_filing import LAMP, TOLD, key_of

VISIT = {"outcome": "done", "way": "on_site", "level": "manager", "purposes": ["problem"]}


def sound(content=None, name="录音-20220228-090000.webm"):
    return SimpleUploadedFile(name, content or webm(2))


def filed(client, **told):
    """The answer to a filing with a fresh key."""
    key = key_of(client.get("/cases/new/").content.decode())
    return client.post("/cases/new/", TOLD | {"key": key, "text": "电动车棚夜里有人私拉电线"} | told)


@pytest.mark.parametrize("content", [webm(2), OGG, fragmented(b"soun")], ids=["webm", "ogg", "mp4"])
def test_a_voice_note_is_filed_with_the_case_and_plays_on_its_page(signed_in, street, content):
    answer = filed(signed_in("desk"), files=[sound(content)])

    case, kept = Case.objects.get(), Attachment.objects.get()
    page = signed_in("desk").get(f"/cases/{case.ref}/").content.decode()
    assert answer.status_code == 200
    assert kept.subject == case.subject
    assert "<audio" in page
    assert f"/cases/{case.ref}/files/{kept.ref}/" in page


def test_a_form_with_files_sent_twice_keeps_each_once(signed_in, street):
    desk = signed_in("desk")
    told = TOLD | {"text": "电动车棚夜里有人私拉电线", "key": key_of(desk.get("/cases/new/").content.decode())}

    pages = [desk.post("/cases/new/", told | {"files": [sound(), sound(OGG, "二.ogg")]}) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert (Case.objects.count(), Attachment.objects.count()) == (1, 2)


def test_a_file_that_is_none_of_those_is_refused_at_its_field_and_nothing_is_filed(signed_in, street):
    answer = filed(signed_in("desk"), files=[sound(), sound(webm(1, 2), "录像.webm")])

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“录像.webm”不是照片、PDF 或录音" in page
    assert "选过的文件要重新选一次" in page
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)


def test_more_files_than_a_form_takes_are_refused(signed_in, street):
    answer = filed(signed_in("desk"), files=[sound() for _ in range(7)])

    assert answer.status_code == 422
    assert "最多 6 个附件" in answer.content.decode()


def test_a_voice_note_for_the_same_trouble_lies_with_the_open_case_whoever_joins(signed_in, light):
    answer = filed(signed_in("manager"), **(LAMP | {"same": light, "source": "manager"}), files=[sound()])

    assert answer.status_code == 200
    assert Attachment.objects.get().subject == Case.objects.get().subject


def test_each_problem_of_a_visit_has_its_own_files(signed_in, street):
    firm = registered(1, lon="113.505", lat="34.705")
    told = VISIT | {"text_1": "贷款续不上", "text_3": "门前占道", "files_3": [sound()], "key": "k1"}

    answers = [signed_in("manager").post(f"/visits/log/{firm.ref}/", told | {"files_3": [sound()]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Visit.objects.count() == 1
    assert Attachment.objects.get().subject == Case.objects.get(text__contains="门前占道").subject


def test_a_file_without_a_problem_in_words_is_refused_at_the_problem(signed_in, street):
    firm = registered(1, lon="113.505", lat="34.705")

    answer = signed_in("manager").post(f"/visits/log/{firm.ref}/", VISIT | {"files_1": [sound()], "key": "k1"})

    assert answer.status_code == 422
    assert "有附件的问题也要写一两句" in answer.content.decode()
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("bytes=0-3", 206, "bytes 0-3/{size}"),
        ("bytes=4-", 206, "bytes 4-{last}/{size}"),
        ("bytes=-5", 206, "bytes {tail}-{last}/{size}"),  # the last five
        ("bytes=0-999999", 206, "bytes 0-{last}/{size}"),
        ("bytes=999999-", 416, "bytes */{size}"),
        ("bytes=5-2", 200, None),  # no sense: the whole
        ("bytes=-", 200, None),
        ("bytes=0-1,4-5", 200, None),  # several parts: the whole
        ("lines=0-3", 200, None),
    ],
)
def test_a_sound_is_given_piece_by_piece(signed_in, street, asked, status, told):
    filed(signed_in("desk"), files=[sound()])
    case, kept = Case.objects.get(), Attachment.objects.get()

    answer = signed_in("desk").get(f"/cases/{case.ref}/files/{kept.ref}/", headers={"range": asked})

    size = kept.size
    assert answer.status_code == status
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.get("Content-Range") == (told and told.format(size=size, last=size - 1, tail=size - 5))
    if status == 206 and asked == "bytes=0-3":
        assert answer.content == webm(2)[:4]


def test_only_pages_of_staff_play_what_was_just_recorded(signed_in, street, client):
    assert "media-src 'self' blob:" in signed_in("desk").get("/cases/new/")["Content-Security-Policy"]
    assert "media-src 'self';" in client.get("/s/sample/report/")["Content-Security-Policy"]
