"""The pages of resumption: the checklist, an application checked item by item, test batches and charter trips as counts with sums of the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gridloop.offices.enterprise.resumption_models import CharterTrip, Checklist, Resumption, StaffTest
from tests.firms import registered

SignIn = Callable[[str], Client]
APPLY = {"enterprise": "示例机械厂1号", "planned_on": "2022-05-26", "staff": "40"}
BATCH = {"enterprise": "示例机械厂1号", "tested_on": "2022-05-23", "invited": "40", "tested": "38", "venue": "厂区"}
TRIP = {
    "origin": "信阳固始", "leaves_on": "2022-05-24", "seats": "45", "firms": "示例机械厂1号,20人\n示例机械厂2号, 18", "contact_there": "固始县人社局",
    "met_by": "P08",
}  # fmt: skip


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return str(answer.content.decode())


def send(client: Client, where: str, /, **told: Any) -> str:
    return str(client.post(where, told, follow=True).content.decode())


@pytest.fixture
def desk(street: object, signed_in: SignIn) -> Client:
    registered(1)
    registered(2)
    return signed_in("desk")


def test_an_application_is_checked_item_by_item_by_somebody_else(desk: Client, signed_in: SignIn) -> None:
    send(signed_in("leader"), "/enterprises/resumptions/checklist/", items="人员名单\n口罩够用", basis="演示通知")
    manager = signed_in("manager")
    assert "要核查的 2 项" in page(manager, "/enterprises/resumptions/new/")
    own = send(manager, "/enterprises/resumptions/new/", **APPLY)
    assert "由另一位工作人员核查" in own
    row = Resumption.objects.get()
    first, second = row.items.all()

    assert "不能自己核查" in send(manager, f"/enterprises/resumptions/items/{first.ref}/pass/")
    assert desk.post(f"/enterprises/resumptions/items/{first.ref}/return/", {"reason": ""}).status_code == 422
    send(desk, f"/enterprises/resumptions/items/{first.ref}/return/", reason="少两人")
    send(desk, f"/enterprises/resumptions/items/{second.ref}/pass/")
    shown = page(desk, f"/enterprises/resumptions/{row.ref}/")
    assert "1/2 项" in shown
    assert "退回 1 项" in shown
    assert "同意复工" not in shown
    assert "不能复工" in send(desk, f"/enterprises/resumptions/{row.ref}/do/resume/")
    send(manager, f"/enterprises/resumptions/items/{first.ref}/mend/", remedy="已补")
    send(desk, f"/enterprises/resumptions/items/{first.ref}/pass/")
    assert "同意复工" in page(desk, f"/enterprises/resumptions/{row.ref}/")
    assert "已复工" in send(desk, f"/enterprises/resumptions/{row.ref}/do/resume/")

    assert "示例机械厂1号" in page(desk, "/enterprises/resumptions/?state=resumed")
    assert "没有复工申请" in page(desk, "/enterprises/resumptions/?state=open")


def test_an_application_is_open_once_and_may_be_taken_back(desk: Client) -> None:
    send(desk, "/enterprises/resumptions/new/", **APPLY)
    again = desk.post("/enterprises/resumptions/new/", APPLY)
    assert "已有一份复工申请" in again.content.decode()

    row = Resumption.objects.get()
    assert "改期" in send(desk, f"/enterprises/resumptions/{row.ref}/do/withdraw/", reason="改期")
    assert desk.post(f"/enterprises/resumptions/{row.ref}/do/nonsense/").status_code == 404
    assert desk.post("/enterprises/resumptions/new/", APPLY | {"staff": "0"}).status_code == 422


def test_only_who_arranges_changes_the_checklist(desk: Client, signed_in: SignIn) -> None:
    assert "从现在起用这份" in page(desk, "/enterprises/resumptions/checklist/")
    manager = signed_in("manager")
    assert "从现在起用这份" not in page(manager, "/enterprises/resumptions/checklist/")
    assert (
        manager.post("/enterprises/resumptions/checklist/", {"items": "一项", "basis": "没有依据"}).status_code == 403
    )
    assert desk.post("/enterprises/resumptions/checklist/", {"items": "  ", "basis": "依据"}).status_code == 422
    assert not Checklist.objects.exists()


def test_batches_show_counts_and_sums_and_may_be_voided(desk: Client) -> None:
    assert desk.post("/enterprises/batches/", BATCH | {"tested": "41"}).status_code == 422
    send(desk, "/enterprises/batches/", **BATCH)
    send(desk, "/enterprises/batches/", **BATCH | {"enterprise": "示例机械厂2号", "tested_on": "2022-05-20"})

    assert "76/80" in page(desk, "/enterprises/batches/")
    assert "38/40" in page(desk, "/enterprises/batches/?since=2022-05-22")
    batch = StaffTest.objects.latest("pk")
    assert "请写清楚" in send(desk, f"/enterprises/batches/{batch.ref}/void/", reason="")
    send(desk, f"/enterprises/batches/{batch.ref}/void/", reason="记错了")
    assert "38/40" in page(desk, "/enterprises/batches/")
    assert "2022年5月20日" not in page(desk, "/enterprises/batches/")


def test_a_coach_is_arranged_leaves_and_arrives(desk: Client) -> None:
    refused = desk.post("/enterprises/trips/new/", TRIP | {"firms": "示例机械厂1号 20"})
    assert "第 1 行要写成" in refused.content.decode()
    assert "没有找到" in desk.post("/enterprises/trips/new/", TRIP | {"firms": "没有这家,3"}).content.decode()
    assert "写了两次" in desk.post(
        "/enterprises/trips/new/", TRIP | {"firms": "示例机械厂1号,3\n示例机械厂1号,4"}
    ).content.decode()  # fmt: skip
    assert "比座位多" in desk.post("/enterprises/trips/new/", TRIP | {"seats": "30"}).content.decode()
    assert not CharterTrip.objects.exists()

    shown = send(desk, "/enterprises/trips/new/", **TRIP)
    trip = CharterTrip.objects.get()
    for words in ("信阳固始", "固始县人社局", "辛管家", "20 人", "18 人"):
        assert words in shown, words
    send(desk, f"/enterprises/trips/{trip.ref}/do/depart/")
    assert desk.post(f"/enterprises/trips/{trip.ref}/do/arrive/", {"arrived": "46"}).status_code == 422
    send(desk, f"/enterprises/trips/{trip.ref}/do/arrive/", arrived="37", note="一人未上车")

    listed = page(desk, "/enterprises/trips/")
    assert "37/38" in listed
    assert "已到达" in listed
    assert "没有包车" in page(desk, "/enterprises/trips/?state=cancelled")
    assert "37 / 计划 38 人" in page(desk, "/enterprises/resumptions/")


def test_who_sees_no_firms_sees_none_of_it(street: object, signed_in: SignIn) -> None:
    keeper = signed_in("keeper")

    for address in ("resumptions/", "resumptions/new/", "resumptions/checklist/", "batches/", "trips/", "trips/new/"):
        page(keeper, f"/enterprises/{address}", 403)
