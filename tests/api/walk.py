"""One walk through the whole API on the sample street: every operation is done at least once, by someone who may do it.

``walked()`` returns what was sent and answered, by operation. The tests ask of it that nothing is left out and every answer is as described;
``script/record_examples.py`` writes it down as the examples of the description.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gridloop.api.description import operations
from gridloop.api.v1 import api
from gridloop.core import ledger
from gridloop.core.access import SYSTEM
from gridloop.core.sampling import SampleRule
from gridloop.offices.archive import actions as archive
from gridloop.offices.cases.actions import announce_sample, draw_samples, list_overnight, set_sampling_rule
from gridloop.offices.cases.actions.links import answer_outside, ask_outside_time
from gridloop.offices.notices.actions import Message, tell
from gridloop.offices.notices.webhooks.actions import Reply, announce, post_messages
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token
from gridloop.offices.organisation.models import Account
from gridloop.offices.organisation.tokens.scopes import SCOPES
from tests.api import (
    walk_campaigns,
    walk_firms,
    walk_keeping,
    walk_programs,
    walk_solutions,
    walk_together,
    walk_troubles,
)
from tests.sample import CODE, IN_NE, IN_SW, PEOPLE

LAMP = {"text": "柳荫路 1 号院门口路灯不亮三天了", "source": "phone", "category": "城乡建设/市政设施/路灯", **IN_SW}
POOL = {"text": "河畔花园门口积水难行", "source": "phone", "category": "城乡建设/市政设施/积水", **IN_NE}
ONLY_REPORTERS = frozenset({"cases_judge_answer"})
"""Verbs that a person with an account never does: the reporter does, with the receipt."""
KEY = ledger.generate_key("gridloop.test", seed=b"1" * 32)


@dataclass
class Done:
    """What was sent to an operation and what came back."""

    parameters: dict[str, Any]
    request: Any
    status: int
    answer: Any


@dataclass
class Walk:
    """Someone walking with everybody's tokens in their pocket."""

    schema: dict[str, Any]
    done: dict[str, Done] = field(default_factory=dict)
    callers: dict[str, dict[str, str]] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def __post_init__(self) -> None:
        self.where = {
            operation["operationId"]: (path, method, operation)
            for path, methods in self.schema["paths"].items()
            for method, operation in methods.items()
        }

    def does(
        self, who: str, operation: str, body: Any = None, *, file: Any = None, session: bool = False, **named: Any
    ) -> Any:
        """The operation is done by this person; its answer. ``named`` fills the path first, the query with the rest."""
        path, method, _ = self.where[operation]
        query = {name: value for name, value in named.items() if f"{{{name}}}" not in path}
        for name, value in named.items():
            path = path.replace(f"{{{name}}}", str(value))
        response = self._sent(who, method, path, query=query, body=body, file=file, session=session)
        answer = response.json() if "json" in response.get("Content-Type", "") else None
        assert response.status_code < 300, (operation, who, response.status_code, answer)
        if operation not in self.done:
            self.done[operation] = Done(dict(named), _shown(body, file), response.status_code, answer)
        return answer

    def _sent(self, who: str, method: str, path: str, *, query: Any, body: Any, file: Any, session: bool) -> Any:
        client, headers = (_signed_in(who), {}) if session else (self.client, self._headers(who))
        if file:
            return client.post(path, file, headers=headers)
        if method in ("post", "patch", "put"):
            return getattr(client, method)(
                path, json.dumps(body or {}), "application/json", headers=headers, query_params=query
            )
        return getattr(client, method)(path, headers=headers, query_params=query)

    def _headers(self, who: str) -> dict[str, str]:
        if who not in self.callers:
            known = {person.username: person.code for person in PEOPLE}
            code = known.get(who) or walk_keeping.KEEPERS[who][0]
            _, secret = issue_token(
                by=SYSTEM, at=timezone.now(), person=organisation.person(CODE, code), name="示例", scopes=list(SCOPES)
            )
            self.callers[who] = {"Authorization": f"Bearer {secret}"}
        return self.callers[who]

    def verb(self, who: str, case: str, verb: str, **body: Any) -> Any:
        return self.does(who, f"cases_{verb}", body, ref=case)

    def file(self, who: str = "desk", **changes: Any) -> str:
        return str(self.does(who, "filing_file", LAMP | changes)["ref"])


def _signed_in(who: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _shown(body: Any, file: Any) -> Any:
    return (
        {"file": "(现场.jpg)"} | {name: told == "true" for name, told in file.items() if name != "file"}
        if file
        else body
    )


def walked() -> Walk:
    """Everything done once; the street has been founded."""
    walk = Walk(api.get_openapi_schema(path_prefix="/api/v1/"))
    walk_keeping.add_keepers()
    _settle_a_case(walk)
    _pass_a_case_round(walk)
    _bring_before_the_court(walk)
    _look_again(walk)
    _group_cases(walk)
    _tell_again(walk)
    _ask_outside(walk)
    _look_at(walk, walk.file())
    _look_up(walk)
    walk_keeping.take_cases_out(walk)
    _keep_the_ledger(walk)
    walk_keeping.read_the_records(walk)
    _change_the_rules(walk)
    walk_keeping.draft_profiles(walk)
    walk_keeping.redraw(walk)
    walk_keeping.hear_the_public(walk)
    firm = walk_firms.keep_firms(walk)
    walk_firms.pair_and_serve(walk, firm)
    walk_programs.visit(walk, firm)
    walk_programs.offer_policies(walk, firm)
    walk_programs.move_projects(walk)
    walk_programs.measure(walk)
    walk_troubles.gather(walk)
    walk_solutions.solve(walk, firm)
    walk_campaigns.campaign(walk)
    walk_together.meet(walk, picture=picture())
    _subscribe(walk)
    walk_keeping.keep_accounts(walk)
    walk_keeping.go_on_leave(walk)
    _hold_tokens(walk)
    return walk


def _settle_a_case(walk: Walk) -> None:
    ref = walk.file("manager", reporter_name="王先生", reporter_phone="037160000000")
    walk.verb("urban", ref, "accept")
    walk.verb("urban", ref, "begin_work")
    walk.verb("urban", ref, "note_progress", text="已联系维修队,明日到场。")
    walk.verb("urban", ref, "ask_reporter", text="请补充灯杆编号。")
    walk.verb("manager", ref, "supplement", text="灯杆编号 17。")
    walk.verb("urban", ref, "answer_interim", text="配件在途,预计两日内更换。")
    walk.verb("urban", ref, "propose_grade", grade="difficult", reason="涉及三个部门,权属不清")
    walk.verb("desk", ref, "confirm_grade", approved=True)
    walk.verb("urban", ref, "request_extension", reason_code="materials", reason="灯具到货推迟", amount=3)
    walk.verb("desk", ref, "decide_extension", approved=True, remark="同意")
    walk.verb("desk", ref, "correct", category="城乡建设/市政设施/路灯", priority="utility", reason="影响出行安全")
    walk.verb("desk", ref, "raise_case", reason="已临近到期,请主办单位负责人过问")
    walk.verb("urban", ref, "answer", text="已更换灯具,恢复照明。")
    walk.verb("desk", ref, "rework", reason="只修了一盏,另一盏仍不亮")
    walk.verb("urban", ref, "answer", text="两盏都已更换,恢复照明。")
    walk.verb("verifier", ref, "verify", passed=True, text="现场查看,路灯已亮。")
    walk.verb("desk", ref, "record_callback", outcome="reached", solved=True, satisfied=5)
    walk.verb("desk", ref, "strike_off")
    walk.verb("desk", ref, "reopen", reason="路灯又坏了")
    report = walk.does("desk", "cases_get_case", ref=ref)["reports"][0]["ref"]
    walk.does("manager", "case_parts_contacts", {"reason": "回访核对电话"}, ref=ref)
    walk.does("desk", "case_parts_looks", ref=ref)
    walk.verb("desk", ref, "withdraw_contact", report=report)


def _pass_a_case_round(walk: Walk) -> None:
    ref = walk.file()
    photo = picture()
    walk.verb("urban", ref, "attach", name="现场.jpg", content=base64.b64encode(photo).decode())
    file = {"file": SimpleUploadedFile("现场.jpg", photo, content_type="image/jpeg"), "keeps_location": "false"}
    kept = walk.does("urban", "cases_add_attachment", file=file, ref=ref)
    walk.does("desk", "cases_get_attachment", ref=kept["ref"])
    walk.does("desk", "case_parts_attachments", ref=ref)
    walk.verb("urban", ref, "give_notice", text="请备齐:身份证明、房屋权属证明;由城管队答复。")
    walk.verb("urban", ref, "return_case", duty_item="P-12", reason="照明设施由区局维护")
    walk.verb("desk", ref, "consult", units=["urban", "housing"], topic="楼院路灯由谁维护", lead="urban")
    decision = {"text": "修复路灯", "owner": "urban", "due_on": "2027-05-26"}
    walk.verb(
        "desk", ref, "conclude_consultation", minutes="由城管先行修复,费用另议。", decisions=[decision], lead="urban"
    )
    decisions = walk.does("desk", "cases_get_case", ref=ref)["consultations"][0]["decisions"]
    walk.verb("urban", ref, "finish_decision", decision=decisions[0]["ref"], text="路灯已修复")
    walk.verb("desk", ref, "assign", unit="housing", reason="该处由房管所代管")
    walk.verb("housing", ref, "accept")
    walk.verb("desk", ref, "escalate", unit="district_urban", reason="需区局协调产权单位")
    walk.verb("desk", ref, "pull_back", reason="区局已明确由街道办理")
    until = (timezone.now() + timedelta(days=5)).isoformat(timespec="seconds")
    lead = walk.does("desk", "cases_get_case", ref=ref)["case"]["unit"]["code"]
    who = {"urban": "urban", "housing": "housing", "district_urban": "above", "office": "desk"}[lead]
    walk.verb(who, ref, "request_suspension", reason_code="festival", reason="施工队停工", until=until)
    walk.verb("leader", ref, "decide_suspension", approved=True)
    walk.verb("desk", ref, "resume", reason="施工队已复工")
    walk.verb("desk", ref, "withdraw", reason="反映人表示不再需要")
    walk.verb("desk", ref, "archive_case")


def _bring_before_the_court(walk: Walk) -> None:
    """Returned three times, then ruled on."""
    ref = walk.file(text="楼道漏水三天了", category="城乡建设/房屋管理/漏水")
    walk.verb("housing", ref, "return_case", duty_item="B-03", reason="公共部位由城管牵头")
    walk.verb("urban", ref, "answer_return", takes=False, duty_item="P-12", reason="户内漏水不是市容")
    for unit in ("environment", "economy"):
        walk.verb("desk", ref, "assign", unit=unit, reason="请看看是否归你们")
        walk.verb(unit, ref, "return_case", duty_item="B-03", reason="公共部位由城管牵头")
    walk.verb("leader", ref, "designate", unit="housing", duty_items=["B-03"], reason="户内漏水由房管所牵头")
    walk.does("desk", "oversight_precedents", text="漏水")


def _look_again(walk: Walk) -> None:
    """Three cases struck off by a unit that had filed them itself are drawn, and one is looked at again."""
    now = timezone.now()
    set_sampling_rule(
        by=SYSTEM, at=now - timedelta(days=60), street=CODE, rule=SampleRule(first_days=0), reason="办公会决定"
    )
    announce_sample(street=CODE, at=now - timedelta(days=45))
    for _ in range(3):
        ref = walk.file("urban")
        walk.verb("urban", ref, "accept")
        walk.verb("urban", ref, "answer", text="已更换灯具,恢复照明。")
        walk.verb("verifier", ref, "verify", passed=True, text="现场查看,路灯已亮。")
        walk.verb("desk", ref, "strike_off")
    walk.does("leader", "oversight_set_rule", {"share": 20, "first_days": 3, "reason": "办公会决定多抽一些"})
    _seal()
    draw_samples(street=CODE, at=timezone.now())
    walk.file(text="呜呜呜", category="不确定")
    list_overnight(street=CODE, at=timezone.localtime().replace(hour=23, minute=59))
    assert walk.does("desk", "oversight_overnight_lists")["items"][0]["cases"]
    period = walk.does("leader", "oversight_samples")["items"][0]["period"]
    drawn = walk.does("leader", "oversight_sample", period=period)["inspections"][0]["ref"]
    walk.does(
        "leader", "oversight_inspect", {"result": "true", "text": "现场查看,路灯已亮。"}, period=period, ref=drawn
    )
    signs = walk.does("leader", "oversight_list_signs")
    told = {"code": "self_made", "unit": "urban", "kind": "dismissed", "reason": "中队巡查发现,已核对"}
    walk.does("leader", "oversight_reply", told, period=signs["period"])


def _group_cases(walk: Walk) -> None:
    one, other = walk.file(), walk.file(text="路灯坏了,晚上看不见路")
    walk.verb("desk", other, "merge", into=one, reason="同一盏路灯")
    walk.verb("desk", other, "unmerge", reason="不是同一盏路灯")
    parts = [
        {"text": "门口积水难行", "category": "城乡建设/市政设施/积水"},
        {"text": "夜间施工噪音", "category": "环境保护/噪音"},
    ]
    walk.verb("desk", one, "split", parts=parts, reason="反映了三件事")


def _tell_again(walk: Walk) -> None:
    ref = walk.file(text="柳荫路十七号灯杆整夜不亮")
    again = {"text": "柳荫路十七号灯杆整夜不亮", **IN_SW}
    walk.does("desk", "alike_offers", {"asked": "柳荫"})
    walk.does("desk", "alike_alike", again)
    walk.does("desk", "alike_join", LAMP | {"text": "我也看到路灯不亮"}, ref=ref)
    walk.does("urban", "lists_bulk", {"verb": "accept", "cases": [{"ref": ref}]})
    told = {"name": "我的路灯", "query": "state=open&category=城乡建设", "sharing": "own"}
    view = walk.does("desk", "lists_save", told)["ref"]
    walk.does("desk", "lists_views")
    walk.does("desk", "lists_share", {"sharing": "unit"}, ref=view)
    walk.does("desk", "lists_remove", ref=view)


def _ask_outside(walk: Walk) -> None:
    ref = walk.file()
    walk.verb("urban", ref, "accept")
    link = _lent(walk, ref)
    walk.verb("urban", ref, "recall_outside", link=link[0], reason="改由本单位自办")
    link = _lent(walk, ref)
    ask_outside_time(secret=link[1], at=timezone.now(), days=2, reason="配件未到")
    walk.verb("urban", ref, "extend_outside", link=link[0], approved=True, remark="请抓紧")
    answer_outside(secret=link[1], at=timezone.now(), text="已更换灯具,恢复照明。")
    walk.verb("urban", ref, "review_outside", link=link[0], approved=True)


def _lent(walk: Walk, ref: str) -> tuple[str, str]:
    """The ref and the secret of a task that was sent to an outside body."""
    sent = walk.verb("urban", ref, "send_outside", body="某照明工程公司", task="请更换 17 号灯杆灯具", days=3)
    links = walk.does("urban", "cases_get_case", ref=ref)["outside"]
    return links[-1]["ref"], sent["address"].rstrip("/").rpartition("/")[2]


def _look_at(walk: Walk, ref: str) -> None:
    case = walk.does("desk", "cases_get_case", ref=ref)["case"]
    walk.does("desk", "cases_list_cases", size=2)
    walk.does("desk", "case_parts_counts")
    walk.does("desk", "case_parts_places")
    walk.does("desk", "case_parts_points")
    walk.does("desk", "case_parts_numbered", number=case["number"])
    for part in ("timeline", "segments", "why_here", "why_this_date", "verbs"):
        walk.does("desk", f"case_parts_{part}", ref=ref)
    walk.does("desk", "case_parts_contacts", {"reason": "回访核对电话"}, ref=ref)
    walk.does("desk", "filing_intake", {"cases": [POOL, {"text": "门口积水", "category": "没有这一类"}]})


def _look_up(walk: Walk) -> None:
    for operation in ("categories", "units", "grids", "boundaries", "profiles"):
        walk.does("desk", f"reference_{operation}")
    walk.does("desk", "reference_deadline", profile="三不过", received="2022-05-29T08:00:00+08:00", grade="ordinary")
    walk.does("desk", "reference_locate", {"points": [{"id": "a", **IN_SW}, {"id": "b", "lon": 0, "lat": 0}]})
    walk.does("desk", "reference_trace", {"category": "城乡建设/市政设施/路灯", "place": f"410102/{CODE}/C1/C1-SW"})
    for operation in ("duties", "posts", "people"):
        walk.does("desk", f"rules_{operation}")
    walk.does("desk", "rules_calendar", year=2022)
    walk.does("desk", "rules_examples", code="san_bu_guo", received="2022-05-29T08:00:00+08:00")
    walk.does("desk", "desk_me")
    walk.does("desk", "desk_desk")
    person = organisation.person(CODE, "P01")
    message = Message(
        kind="case.filed", title="新到事项 20220523-000001(路灯)", text="请派单。", subject="case:2a3b4c5d6e7f8g9h"
    )
    tell(by=SYSTEM, at=timezone.now(), street=CODE, people=[person], message=message)
    walk.does("desk", "desk_list_notices", size=2)
    walk.does("desk", "desk_seen")
    made = walk.does("desk", "desk_add", {"kind": "email", "address": "zhiban@example.org"})
    walk.does("desk", "desk_channels")
    walk.does("desk", "desk_close", ref=made["ref"])


def _keep_the_ledger(walk: Walk) -> None:
    _seal()
    half = walk.does("desk", "ledger_checkpoint")["size"]
    ref = walk.file()
    _seal()
    walk.does("desk", "cases_get_receipt", ref=ref)
    walk.does("keeper", "ledger_books")
    walk.does("keeper", "ledger_list_entries", size=2)
    walk.does("keeper", "ledger_proof", seq=3)
    walk.does("keeper", "ledger_consistency", old=half)


def _seal() -> None:
    now = timezone.now()
    while archive.seal(street=CODE):
        pass
    archive.sign(
        street=CODE,
        at=now,
        origin=ledger.book_origin("gridloop.test", CODE),
        key_name=KEY.name,
        private_key=KEY.private,
    )


def _change_the_rules(walk: Walk) -> None:
    row = {"row": "R1", "category": "", "unit": "urban", "profile": "san_bu_guo", "reason": "全部由{unit}主办"}
    first = walk.does("keeper", "rules_tables")["items"][0]
    made = walk.does("keeper", "rules_draft", {"rows": [row], "note": "试行统一受理"})
    _published(walk, made["change_set"]["ref"])
    walk.does("keeper2", "rules_table", ref=first["ref"])
    made = walk.does("keeper2", "rules_adopt", {}, ref=first["ref"])
    _published(walk, made["change_set"]["ref"], "keeper2", "keeper")
    _propose_duties(walk)


def _published(walk: Walk, ref: str, drafter: str = "keeper", publisher: str = "keeper2") -> None:
    handed = walk.does(drafter, "changes_submit", {"title": "试行"}, ref=ref)["change_set"]
    walk.does(publisher, "changes_publish", {"rev": handed["rev"], "accept_warnings": True}, ref=ref)


def _propose_duties(walk: Walk) -> None:
    walk.does("keeper", "chapters_chapters")
    walk.does("keeper", "chapters_chapter", chapter="duties")
    known = walk.does("keeper", "chapters_rows", chapter="duties", size=2)["items"][0]
    told = {"key": known["key"], "cells": {"title": "楼院路灯日常维护"}, "seen": known["seen"], "title": "改一项"}
    ref = walk.does("keeper", "chapters_propose_row", told, chapter="duties")["change_set"]["ref"]
    more = {"rows": [{**known["row"], "code": "P-99", "title": "楼院照明巡查"}], "change_set": ref}
    made = walk.does("keeper", "chapters_propose_sheet", more, chapter="duties")
    walk.does("keeper", "changes_take_out", {"chapter": "duties", "key": made["changes"][-1]["key"]}, ref=ref)
    walk.does("keeper", "changes_submit", {}, ref=ref)
    walk.does("keeper2", "changes_send_back", {"reason": "请写明依据"}, ref=ref)
    _published(walk, ref)
    walk.does("keeper2", "changes_change_set", ref=ref)
    back = walk.does("keeper2", "changes_roll_back", {"reason": "写错了一项"}, ref=ref)["change_set"]["ref"]
    walk.does("keeper2", "changes_discard", {"reason": "不必回退"}, ref=back)
    walk.does("keeper2", "changes_change_sets", size=2)


def _subscribe(walk: Walk) -> None:
    walk.does("keeper", "webhooks_events")
    told = {"name": "区热线平台", "url": "https://hotline.example/hooks/gridloop", "events": ["case.*"]}
    ref = walk.does("keeper", "webhooks_add", told)["webhook"]["ref"]
    walk.does("keeper", "webhooks_webhooks")
    walk.does("keeper", "webhooks_webhook", ref=ref)
    walk.does("keeper", "webhooks_change", {"events": ["case.answered", "case.cleared", "case.filed"]}, ref=ref)
    walk.does("keeper", "webhooks_rotate", {}, ref=ref)
    walk.does("keeper", "webhooks_ping", {}, ref=ref)
    walk.file()
    _seal()
    announce(street=CODE)
    post_messages(at=timezone.now(), post=lambda letters: [Reply(200, answer="ok") for _ in letters])
    log = walk.does("keeper", "webhooks_deliveries", ref=ref)
    walk.does("keeper", "webhooks_send_again", {}, ref=log["items"][0]["ref"])
    walk.does("keeper", "webhooks_close", ref=ref)


def _hold_tokens(walk: Walk) -> None:
    told = {"name": "区热线平台同步", "scopes": ["cases:read", "cases:file"]}
    made = walk.does("desk", "credentials_issue", told, session=True)
    walk.does("desk", "credentials_list_tokens", size=2)
    walk.does("desk", "credentials_revoke", ref=made["token"]["ref"])


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(kept, "JPEG")
    return kept.getvalue()


def documented() -> set[str]:
    """Every operation that the description names."""
    return {operation["operationId"] for operation in operations(api.get_openapi_schema(path_prefix="/api/v1/"))}
