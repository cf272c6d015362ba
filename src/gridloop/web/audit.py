"""The audit: who looked at personal data, who signed in or failed to, what left the house as a file, what keepers did. Read only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.access import may_keep
from gridloop.offices.archive import looking
from gridloop.offices.archive.looking import Span
from gridloop.offices.cases.queries.exported import exported
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.auditing import OUTCOMES, must_read
from gridloop.offices.organisation.accounts.auditing import sign_ins as attempts
from gridloop.web.deed_words import DEEDS, deed_shown
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

SIZE = 50
TABS = (
    ("audit", "read_looks", "查看和还原"),
    ("audit_sign_ins", "read_sign_ins", "登录"),
    ("audit_exports", "read_looks", "导出"),
    ("audit_deeds", "read_deeds", "管理操作"),
    ("audit_erasures", "erase", "销毁"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed into the filter, and the part of the record it means."""

    text: str
    since: str
    until: str
    outcome: str
    span: Span

    def next_page(self, last: int) -> str:
        """The query of the page after the one that ends with the id ``last``."""
        kept = {"text": self.text, "since": self.since, "until": self.until, "outcome": self.outcome}
        return urlencode({name: value for name, value in kept.items() if value} | {"before": last})


def _asked(request: HttpRequest, reader: Reader) -> Asked:
    """The filter; what cannot be read is left out."""
    told = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:60]
        for name in ("text", "since", "until", "outcome", "before")
    }
    zone = ZoneInfo(reader.street.zone)
    since, until = _day(told["since"]), _day(told["until"])
    span = Span(
        before=int(told["before"]) if told["before"].isdecimal() and len(told["before"]) < 18 else 0,
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until and until < date.max else None,
        size=SIZE,
    )
    return Asked(
        told["text"], since.isoformat() if since else "", until.isoformat() if until else "", told["outcome"], span
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=zone)


def _page(request: HttpRequest, reader: Reader, template: str, **shown: Any) -> HttpResponse:
    street = reader.street.code
    tabs = [(name, said(label)) for name, keeping, label in TABS if may_keep(reader.actor, keeping, street=street)]
    return render(request, template, {"tabs": tabs, "at": reader.at, **shown})


def _shown(rows: list[Any], asked: Asked) -> dict[str, Any]:
    """The page's rows, and the address of the next page where there is one."""
    return {"rows": rows[:SIZE], "asked": asked, "next": asked.next_page(rows[SIZE - 1].id) if len(rows) > SIZE else ""}


@require_safe
@staff
def looks(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/audit/: who looked at whose personal data, why."""
    street, asked = reader.street.code, _asked(request, reader)
    must_read(reader.actor, "read_looks", street=street)
    return _page(
        request, reader, "audit/looks.html", **_shown(looking.looks(street, asked.span, text=asked.text), asked)
    )


@require_safe
@staff
def sign_ins(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/audit/sign-ins/: who signed in, who failed to."""
    asked = _asked(request, reader)
    span = asked.span
    rows = attempts(
        reader.street.code, reader=reader.actor, before=span.before, since=span.since, until=span.until, outcome=asked.outcome,
        text=asked.text, size=SIZE,
    )  # fmt: skip
    outcomes = [("failed", _("所有失败")), *((value, said(label)) for value, label in OUTCOMES)]
    return _page(request, reader, "audit/sign_ins.html", outcomes=outcomes, **_shown(rows, asked))


@require_safe
@staff
def exports(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/audit/exports/: what left the house as a file."""
    street, asked = reader.street.code, _asked(request, reader)
    must_read(reader.actor, "read_looks", street=street)
    rows = exported(
        street, before=asked.span.before, since=asked.span.since, until=asked.span.until, text=asked.text, size=SIZE
    )
    return _page(request, reader, "audit/exports.html", **_shown(rows, asked))


@require_safe
@staff
def deeds(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/audit/deeds/: what keepers and leaders did."""
    street, asked = reader.street.code, _asked(request, reader)
    must_read(reader.actor, "read_deeds", street=street)
    kinds = [kind for kind in DEEDS if not asked.outcome or kind.startswith(f"{asked.outcome}.")]
    found = looking.deeds(street, kinds, _by_name(street, asked))
    rows = [deed_shown(entry) for entry in found.entries]
    page = {"rows": rows, "asked": asked, "next": asked.next_page(found.entries[-1].id) if found.more else ""}
    groups = [
        (group, said(GROUPS.get(group, group))) for group in dict.fromkeys(kind.partition(".")[0] for kind in DEEDS)
    ]
    return _page(request, reader, "audit/deeds.html", groups=groups, **page)


GROUPS = {
    "account": "账号", "post": "岗位", "person": "人员", "unit": "单位", "token": "令牌", "archive": "销毁", "routing_table": "路由表",
    "calendar": "日历", "profile": "时限方案", "street": "街道", "category": "类别", "grid": "网格", "boundary": "边界",
    "boundary_version": "边界版本", "duty_item": "清单", "channel": "通知渠道", "webhook": "推送", "address": "地址", "campaign": "专项",
    "change_set": "变更单", "holding": "任职", "delegation": "代办", "reply_template": "答复模板", "cases": "导出", "category_model": "分类模型",
    "overnight": "过夜清单", "sample": "抽查", "sign": "异常提示", "enterprise": "企业", "visits": "走访安排", "cluster": "集聚区", "pairing": "包联", "team": "服务团队",
    "consult": "法律咨询", "order": "上门服务", "promise": "承诺", "forum": "政企会议", "policy": "政策", "project": "项目", "indicator": "指标",
    "assist": "代办帮办", "bank": "银企对接", "factor": "要素保障", "plan": "一企一策", "resumption": "复工复产", "staff_test": "员工检测", "listing": "供需信息",
    "firm_link": "企企联建", "lead": "合作线索", "story": "企业案例", "trip": "专车返岗", "evaluation": "考评",
}  # fmt: skip


def _by_name(street: str, asked: Asked) -> Span:
    """The filter's text is the name of who did it, as an actor; a name that nobody has finds nothing."""
    if not asked.text:
        return asked.span
    return replace(asked.span, actor=organisation.person_named(street, asked.text) or "nobody")
