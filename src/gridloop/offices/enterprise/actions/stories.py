"""企业故事: written, given a photo, made public with the firm's consent by a second person, withdrawn with a reason.

A story is told only while the firm agrees (授权“公开案例”): when it takes its word back, the story is out of sight at once, whatever its state.
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_arrange, must_serve
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.attachments import attach, sniff
from gridloop.offices.archive.models import Attachment
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.cases.queries.naming import ref_of_number
from gridloop.offices.enterprise.link_models import Story
from gridloop.offices.enterprise.queries import links, register

MOST_PHOTOS = 3


def write_story(
    *, by: Actor, at: datetime, enterprise: str, title: str, text: str, link: str = "", case: str = ""
) -> Story:
    """The draft stands; ``case`` is a number or ref of a case in scope. Raises WrongInput, NotFound, Refused for a firm that left."""
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_serve(by, firm.street)
        if firm.left_at is not None:
            raise Refused("links.firm_left", "这家企业已离开本街道。", enterprise=firm.ref)
        joined = links.link(link, by=by) if link else None
        if joined is not None and firm.pk not in (joined.need.enterprise_id, joined.offer.enterprise_id):
            raise WrongInput("links.other_link", "这次联建里没有这家企业;请核对。", field="link")
        row = Story(
            street=firm.street, enterprise=firm, title=said(title, field="title", longest=80),
            text=said(text, field="text", least=10, longest=3000), link=joined, case=_case(case, by=by, street=firm.street),
            written_by_id=by.person_id or None, written_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "story.written", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"story": row.ref, "what": row.title, "text": row.text},
        )  # fmt: skip
    return row


def _case(key: str, *, by: Actor, street: str) -> Case | None:
    if not key.strip():
        return None
    ref = ref_of_number(street, key.strip()) or key.strip()
    found = cases_visible_to(by).filter(street=street, ref=ref).first()
    if found is None:
        raise NotFound("links.no_case", f"没有找到事项 {key.strip()};请核对编号。", field="case")
    return found


def add_photo(*, by: Actor, at: datetime, story: str, name: str, content: bytes) -> Attachment:
    """The photo is kept with the draft, without the place where it was taken. Raises Refused once public, WrongInput for what is no picture."""
    with deed():
        row = _own(story, by=by)
        if row.state != "draft" or len(links.story(story, by=by).photos) >= MOST_PHOTOS:
            raise Refused("links.no_more_photos", f"只有草稿可以加照片,最多 {MOST_PHOTOS} 张。", story=story)
        if not sniff(content, name=name).startswith("image/"):
            raise WrongInput("links.no_photo", "请传照片(JPG、PNG)。", field="photo")
        return attach(by=by, at=at, street=row.street, subject=row.subject, name=name, content=content)


def publish_story(*, by: Actor, at: datetime, story: str) -> Story:
    """The story is public. Raises Refused without the firm's consent, for its writer, or when it is no draft."""
    with deed():
        shown = links.story(story, by=by)
        row = shown.row
        must_arrange(by, row.street)
        if row.state != "draft":
            raise Refused("links.story_state", f"这则故事{row.get_state_display()};请刷新页面。", story=story)
        if not shown.agrees:
            raise Refused("links.story_consent", "企业还没有同意公开案例;请先在企业页面记下它的同意。", story=story)
        if by.person_id and row.written_by_id == by.person_id:
            raise Refused("links.own_story", "写的人不能自己公开;请另一位值班受理岗或街道领导来看。", story=story)
        row.state, row.published_at = "published", at
        row.save(update_fields=["state", "published_at"])
        record(
            "story.published", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"story": row.ref, "what": row.title},
        )  # fmt: skip
    return row


def withdraw_story(*, by: Actor, at: datetime, story: str, reason: str) -> Story:
    """The story is out of sight. Raises WrongInput without a reason, Refused when it was before."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = _own(story, by=by)
        if row.state == "withdrawn":
            raise Refused("links.story_state", f"这则故事{row.get_state_display()};请刷新页面。", story=story)
        row.state, row.withdrawn_at, row.withdrawn_because = "withdrawn", at, why
        row.save(update_fields=["state", "withdrawn_at", "withdrawn_because"])
        record(
            "story.withdrawn", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"story": row.ref, "what": row.title, "reason": why},
        )  # fmt: skip
    return row


def _own(story: str, *, by: Actor) -> Story:
    row = links.story(story, by=by).row
    must_serve(by, row.street)
    return row
