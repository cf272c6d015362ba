"""The verbs of a change-set: draft and edit, submit, publish, send back, discard, roll back, take effect.

A change-set is edited by its drafter only and published by somebody else, as it stood when that person saw it (``rev``). Published for
today it takes effect in the same deed; published for a later day it waits, changes nothing, and the tick brings it into force on
that day. If by then it no longer holds (a row was changed meanwhile), it takes no effect at all, says why, and nothing is half done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.changes import (
    GRANTING,
    Change,
    Rows,
    combined,
    differences,
    in_conflict,
    inverted,
    may_change,
    overlaid,
)
from gridloop.core.errors import Broken, GridloopError, NotAllowed, NotFound, Outdated, Refused, TooMuch, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.identifiers import new_ref
from gridloop.offices.archive.transaction import deed
from gridloop.offices.organisation.actions import renew
from gridloop.offices.organisation.changesets import queries
from gridloop.offices.organisation.changesets.cells import CellProblem, read_row, tidy, tidy_row
from gridloop.offices.organisation.changesets.chapters import (
    Applying,
    Chapter,
    Outcome,
    Proposed,
    chapter_of,
    chapters,
    fingerprint,
)
from gridloop.offices.organisation.models import ChangeSet

MOST_CHANGES = 5000
MOST_TOLD = 200
KEEP_MISSING, REMOVE_MISSING = "keep", "remove"


# --- drafting --------------------------------------------------------------------------------------------------------


def propose(
    *, by: Actor, at: datetime, street: str, chapter: str, key: str = "", cells: Mapping[str, str] | None, change_set: str = "",
    title: str = "", seen: str | None = None,
) -> ChangeSet:  # fmt: skip
    """The draft (a new one when ``change_set`` is empty) makes the row what the cells say, or removes it when they are None.

    ``seen`` is the fingerprint of the row that the form showed. Raises WrongInput with ``problems`` naming column and what to do,
    Outdated when the row is another by now, Refused when nothing is different.
    """
    found = chapter_of(chapter)
    with deed():
        draft = _draft_for(change_set, by=by, at=at, street=street, chapter=chapter)
        setup = Proposed(street, at, queries.changes_of(draft))
        before = setup.after(chapter).get(key) if key else None
        _must_be_known(key, before, seen)
        change = _change(found, key, cells, setup, before=before)
        return _put(draft, [change], by=by, at=at, title=title)


def _must_be_known(key: str, row: Any, seen: str | None) -> None:
    if key and row is None:
        raise NotFound("setup.no_row", "这一行已经不在了;请回到列表再看。", key=key)
    if seen is not None and seen != fingerprint(row):
        raise Outdated("setup.stale_form", "打开页面之后,这一行已被改动;请看过新的内容再改。", key=key)


def _change(chapter: Chapter, key: str, cells: Mapping[str, str] | None, setup: Proposed, *, before: Any) -> Change:
    """The change that the cells ask for. Raises WrongInput, Refused."""
    if cells is None:
        if before is None:
            raise WrongInput("setup.nothing_to_remove", "请选择要取消的一行。", field="key")
        return Change(chapter.code, key, before, None)
    row, problems = read_row(chapter, cells, setup, before=before)
    made = key or row.get(chapter.key, "") or new_ref()
    if not key and chapter.key and made in setup.after(chapter.code):
        label = chapter.column(chapter.key).label
        problems.append(CellProblem(chapter.key, label, f"“{made}”已被使用;请换一个,或去修改那一行。"))
    if problems:
        raise _bad_cells(problems)
    if row == before:
        raise Refused("setup.no_difference", "和现在一样,没有要改的;请改动后再保存。", key=key)
    return Change(chapter.code, made, before, row)


def _bad_cells(problems: Sequence[CellProblem]) -> WrongInput:
    listed = [{"column": each.column, "label": each.label, "reason": each.sentence} for each in problems]
    first = problems[0]
    return WrongInput("setup.bad_cells", f"有 {len(problems)} 处要改:{first.label}:{first.sentence}", problems=listed)


def propose_row(
    *, by: Actor, at: datetime, street: str, chapter: str, key: str, row: Mapping[str, Any] | None, change_set: str = "", title: str = "",
    seen: str | None = None,
) -> ChangeSet:  # fmt: skip
    """As ``propose``, for a chapter with an editor of its own, whose row the caller has built and the chapter's check will judge."""
    with deed():
        draft = _draft_for(change_set, by=by, at=at, street=street, chapter=chapter)
        before = Proposed(street, at, queries.changes_of(draft)).after(chapter).get(key)
        if seen is not None and seen != fingerprint(before):
            raise Outdated("setup.stale_form", "打开页面之后,这一项已被改动;请看过新的内容再改。", key=key)
        wanted = tidy_row(row)
        if wanted == before:
            raise Refused("setup.no_difference", "和现在一样,没有要改的;请改动后再保存。", key=key)
        return _put(draft, [Change(chapter, key, before, wanted)], by=by, at=at, title=title)


def propose_sheet(
    *, by: Actor, at: datetime, street: str, chapter: str, records: Sequence[Mapping[str, str]], change_set: str = "", title: str = "",
    seen: str | None = None, missing: str = KEEP_MISSING,
) -> ChangeSet:  # fmt: skip
    """The draft makes the chapter what the sheet says: rows are added and altered.

    Rows that the sheet does not have are kept, or with ``missing`` as ``remove`` removed. ``seen`` is the fingerprint of the chapter that
    the form showed. Raises WrongInput with ``problems`` of row, column and reason.
    """
    found = chapter_of(chapter)
    if len(records) > MOST_CHANGES:
        raise TooMuch(
            "setup.sheet_too_long", f"表有 {len(records)} 行,最多 {MOST_CHANGES} 行;请分次导入。", rows=len(records)
        )
    with deed():
        draft = _draft_for(change_set, by=by, at=at, street=street, chapter=chapter)
        setup = Proposed(street, at, queries.changes_of(draft))
        rows = setup.after(chapter)
        if seen is not None and seen != fingerprint(rows):
            raise Outdated("setup.stale_form", "打开页面之后,这张表已被改动;请看过新的内容再改。", chapter=chapter)
        wanted = wanted_rows(found, records, setup)
        if missing != REMOVE_MISSING:
            wanted = {**rows, **wanted}
        changes = differences(chapter, rows, wanted)
        if not changes:
            raise Refused("setup.no_difference", "和现在一样,没有要改的;请改动后再保存。", chapter=chapter)
        return _put(draft, changes, by=by, at=at, title=title)


def wanted_rows(chapter: Chapter, records: Sequence[Mapping[str, str]], setup: Proposed) -> dict[str, Any]:
    """The rows of a sheet by key. A record finds its row by the key column, else by its ``key``. Raises WrongInput with ``problems``."""
    now = setup.after(chapter.code)
    wanted: dict[str, Any] = {}
    problems = []
    for number, cells in enumerate(records, start=2):
        key = str(cells.get(chapter.key, "") if chapter.key else cells.get("key", "")).strip()
        row, found = read_row(chapter, cells, setup, before=now.get(key))
        key = row.get(chapter.key, "") if chapter.key else (key if key in now else new_ref())
        label = key if chapter.key and key else f"第 {number} 行"
        if key in wanted:
            found.append(CellProblem(chapter.key or "key", "编号", f"“{key}”出现了不止一次;请改成不重复的。"))
        problems += [
            {"row": label, "number": number, "column": each.column, "label": each.label, "reason": each.sentence}
            for each in found
        ]
        wanted[key] = row
    if problems:
        first = problems[0]
        sentence = f"表里有 {len(problems)} 处要改:{first['row']}的“{first['label']}”{first['reason']}"
        raise WrongInput("setup.bad_sheet", sentence, problems=problems)
    return wanted


def take_out(*, by: Actor, at: datetime, street: str, change_set: str, chapter: str, key: str) -> ChangeSet:
    """The draft no longer changes this row."""
    with deed():
        draft = _draft_for(change_set, by=by, at=at, street=street, chapter=chapter)
        kept = [each for each in draft.changes if (each["chapter"], each["key"]) != (chapter, key)]
        if len(kept) == len(draft.changes):
            raise NotFound("setup.no_change", "变更单里没有这一行;请刷新页面。", key=key)
        _write(draft, state="draft", changes=kept)
        _record(
            "change_set.edited", draft, by=by, at=at, payload={"taken_out": f"{chapter}/{key}", "changes": len(kept)}
        )
    return draft


def _draft_for(ref: str, *, by: Actor, at: datetime, street: str, chapter: str) -> ChangeSet:
    """The draft to put changes into: the named one, locked, or a new one not yet written."""
    if not ref:
        found = ChangeSet(street=street, title="", drafter_id=by.person_id or None, drafted_at=at)
        _must_be_permitted("draft", found, by=by, chapter=chapter)
        return found
    found = _locked(street, ref)
    _must_be_permitted("edit", found, by=by, chapter=chapter)
    return found


def _put(draft: ChangeSet, changes: Sequence[Change], *, by: Actor, at: datetime, title: str) -> ChangeSet:
    """The changes are in the draft; an edit takes a submitted one back to its drafter."""
    whole = combined(queries.changes_of(draft), changes)
    if len(whole) > MOST_CHANGES:
        raise TooMuch("setup.too_many_changes", f"一张变更单最多 {MOST_CHANGES} 处;请分成几张。", changes=len(whole))
    is_new = draft.pk is None
    title = tidy(title)[:200] or draft.title or _title_of(whole)
    if is_new:
        draft.title, draft.changes = title, [each.to_data() for each in whole]
        draft.save(force_insert=True)
    else:
        _write(draft, state="draft", title=title, changes=[each.to_data() for each in whole])
    told = {"title": title, "changes": _told(whole)}
    _record("change_set.drafted" if is_new else "change_set.edited", draft, by=by, at=at, payload=told)
    return draft


def _title_of(changes: Sequence[Change]) -> str:
    labels = dict.fromkeys(chapter_of(change.chapter).label for change in changes)
    return f"{'、'.join(labels)}变更"


# --- handing in and publishing ---------------------------------------------------------------------------------------


def submit(
    *, by: Actor, at: datetime, street: str, change_set: str, title: str = "", effective_at: datetime | None = None
) -> ChangeSet:
    """The draft waits for a second person, to take effect on ``effective_at`` (None: as soon as published).

    Raises Refused with ``findings`` when it would not hold, or is empty.
    """
    with deed():
        draft = _locked(street, change_set)
        _must_be_permitted("submit", draft, by=by)
        _must_hold(draft, at=at)
        _write(
            draft,
            state="submitted",
            title=tidy(title)[:200] or draft.title,
            submitted_at=at,
            effective_at=effective_at,
            remark="",
        )
        starts = effective_at.isoformat() if effective_at else None
        _record("change_set.submitted", draft, by=by, at=at, payload={"title": draft.title, "effective_at": starts})
    return draft


def _must_hold(found: ChangeSet, *, at: datetime, accepted: bool = True) -> Proposed:
    """The setup it would make. Raises Refused for an empty one, for errors, and for warnings that are not accepted."""
    if not found.changes:
        raise Refused("setup.empty_change_set", "变更单里还没有任何改动;请先改点什么,或作废它。")
    setup = queries.proposed(found, at=at)
    checked = queries.check_of(found, setup)
    barring = checked.errors if accepted else (*checked.errors, *checked.warnings)
    if barring:
        listed = [{"severity": each.severity, "chapter": each.chapter, "sentence": each.sentence} for each in barring]
        what = "还不能发布" if checked.errors else "有需要确认的提醒,勾选确认后才能发布"
        raise Refused(
            "setup.does_not_hold", f"变更单{what},有 {len(barring)} 处:{barring[0].sentence}", findings=listed
        )
    return setup


def publish(
    *, by: Actor, at: datetime, street: str, change_set: str, rev: int, accept_warnings: bool = False
) -> ChangeSet:
    """The change-set is in force, or will be on its date. Raises NotAllowed for its drafter, Outdated when it is not what was seen.

    Also Refused with ``findings`` for errors, and for warnings unless they are accepted.
    """
    with deed():
        found = _locked(street, change_set)
        _must_be_permitted("publish", found, by=by)
        if found.rev != rev:
            raise Outdated(
                "setup.changed_since", "您打开之后,这张变更单又被改过;请看过新的内容再发布。", change_set=change_set
            )
        _must_not_be_about(by, found)
        setup = _must_hold(found, at=at, accepted=accept_warnings)
        _write(found, state="published", publisher_id=by.person_id or None, published_at=at, remark="")
        _record("change_set.published", found, by=by, at=at, payload=_published(found, setup, at=at))
        if found.effective_at is None or found.effective_at <= at:
            _bring_into_force(found, by=by, at=at)
    return found


def _must_not_be_about(by: Actor, found: ChangeSet) -> None:
    """Nobody gives themselves a post, nor the post they hold another role or place. Raises NotAllowed."""
    own = queries.code_of_person(by)
    held = {post.post for post in by.posts if post.street == found.street}
    changes = [change for change in queries.changes_of(found) if change.chapter in GRANTING]
    rows = [change.after or {} for change in changes]
    is_mine = any(change.chapter == "posts" and change.key in held for change in changes)
    if is_mine or (own and any(own in (row.get("person"), row.get("to")) for row in rows)):
        raise NotAllowed(
            "setup.about_oneself",
            "变更单里有关于您自己的任职、代办或岗位,不能由您发布;请另一位安全管理员或街道领导来发布。",
        )


def _published(found: ChangeSet, setup: Proposed, *, at: datetime) -> dict[str, Any]:
    """What was published, in words with secrets masked, and the digest of the whole."""
    starts = found.effective_at or at
    shown = [
        {"what": f"{each.chapter_label} {each.name}", "kind": each.kind, "lines": [list(line) for line in each.lines]}
        for each in queries.shown_changes(setup)[:MOST_TOLD]
    ]
    return {"title": found.title, "effective_at": starts.isoformat(), "digest": digest_of(found), "changes": shown}


def digest_of(found: ChangeSet) -> str:
    """SHA-256 of the changes, by which the ledger holds what was published."""
    return hashlib.sha256(json.dumps(found.changes, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def send_back(*, by: Actor, at: datetime, street: str, change_set: str, reason: str) -> ChangeSet:
    """The change-set is a draft again, with what is to be mended."""
    with deed():
        found = _locked(street, change_set)
        _must_be_permitted("send_back", found, by=by)
        _write(found, state="draft", remark=_reason(reason))
        _record("change_set.sent_back", found, by=by, at=at, payload={"title": found.title, "reason": found.remark})
    return found


def discard(*, by: Actor, at: datetime, street: str, change_set: str, reason: str = "") -> ChangeSet:
    """The change-set will never take effect. Somebody else's is discarded with a reason only."""
    with deed():
        found = _locked(street, change_set)
        _must_be_permitted("discard", found, by=by)
        said = tidy(reason)[:300] if found.drafter_id == by.person_id else _reason(reason)
        _write(found, state="discarded", remark=said)
        _record("change_set.discarded", found, by=by, at=at, payload={"title": found.title, "reason": said})
    return found


def _reason(text: str) -> str:
    if len(tidy(text)) < 2:
        raise WrongInput("setup.reason_missing", "请写明理由,让起草人知道要改什么。", field="reason")
    return tidy(text)[:300]


def roll_back(*, by: Actor, at: datetime, street: str, change_set: str, reason: str = "") -> ChangeSet:
    """A new change-set that takes this one back waits for a second person. Raises Refused when it was rolled back already.

    Handed in at once when it would hold; else it stays a draft, with what bars it told on its page.
    """
    with deed():
        found = _locked(street, change_set)
        _must_be_permitted("roll_back", found, by=by)
        again = found.roll_backs.exclude(state="discarded").first()
        if again is not None:
            raise Refused(
                "setup.rolled_back_already", f"已有回退单“{again.title}”;请到那张单上办理。", change_set=again.ref
            )
        back = ChangeSet(
            street=street, title=f"回退:{found.title}"[:200], drafter_id=by.person_id or None, drafted_at=at, rolls_back=found,
            changes=[each.to_data() for each in inverted(queries.changes_of(found))], remark=tidy(reason)[:300],
        )  # fmt: skip
        if queries.check_of(back, queries.proposed(back, at=at)).holds:
            back.state, back.submitted_at = "submitted", at
        back.save(force_insert=True)
        told = {
            "title": back.title,
            "like_before": found.ref,
            "reason": back.remark,
            "changes": _told(queries.changes_of(back)),
        }
        kind = "change_set.submitted" if back.state == "submitted" else "change_set.drafted"
        _record(kind, back, by=by, at=at, payload=told)
    return back


# --- taking effect ---------------------------------------------------------------------------------------------------


def take_effect(*, street: str, at: datetime) -> int:
    """Published change-sets whose date has come are in force, or say why they are not; how many were looked at. For the tick."""
    return sum(_take_one(street, ref, at=at) for ref in queries.due_to_take_effect(street, at=at))


def _take_one(street: str, ref: str, *, at: datetime) -> int:
    try:
        with deed():
            found = _locked(street, ref)
            if found.state != "published" or found.effective_at is None or found.effective_at > at:
                return 0  # another tick was faster
            _bring_into_force(found, by=SYSTEM, at=at)
    except Broken:
        raise
    except (GridloopError, IntegrityError) as fault:
        _say_failed(street, ref, fault, at=at)
    return 1


def _say_failed(street: str, ref: str, fault: Exception, *, at: datetime) -> None:
    sentence = fault.sentence if isinstance(fault, GridloopError) else "与现有的数据冲突;请重新起草。"
    with deed():
        found = _locked(street, ref)
        _write(found, state="failed", remark=sentence[:300])
        _record("change_set.failed", found, by=SYSTEM, at=at, payload={"title": found.title, "reason": sentence[:300]})


def _bring_into_force(found: ChangeSet, *, by: Actor, at: datetime) -> None:
    """Every chapter writes its changes; all or nothing. Raises Outdated when a row is no longer what it was.

    What was left open (from when, which usual hours) is known now: the changes are kept as they were done, so that they can be taken back.
    """
    changes = queries.changes_of(found)
    outcome: list[Outcome] = []
    done: list[Change] = []
    for chapter in chapters():
        own = [change for change in changes if change.chapter == chapter.code]
        if not own:
            continue
        rows = chapter.rows(found.street, at)
        _must_find(own, rows, chapter)
        outcome += chapter.apply(Applying(by, at, found.street, found.ref, own, overlaid(rows, own)))
        done += _as_done(own, chapter.rows(found.street, at))
    renew(found.street)
    _write(
        found,
        state="in_force",
        in_force_at=at,
        outcome=outcome[:MOST_CHANGES],
        changes=[each.to_data() for each in done],
    )
    told = {"title": found.title, "digest": digest_of(found), "moved": len(outcome)}
    _record("change_set.in_force", found, by=by, at=at, payload=told)


def _must_find(changes: Sequence[Change], rows: Rows, chapter: Chapter) -> None:
    """Raises Outdated when a row is no longer what it was."""
    if in_conflict(changes, rows):
        sentence = f"“{chapter.label}”里的内容在起草之后已被改动;请作废后重新起草。"
        raise Outdated("setup.conflict", sentence, chapter=chapter.code)


def _as_done(changes: Sequence[Change], rows: Rows) -> list[Change]:
    return [replace(each, after=rows.get(each.key, each.after)) if each.after is not None else each for each in changes]


# --- private ---------------------------------------------------------------------------------------------------------


def _locked(street: str, ref: str) -> ChangeSet:
    found = ChangeSet.objects.select_for_update().filter(street=street, ref=ref).first() if ref.isalnum() else None
    if found is None:
        raise NotFound("setup.no_change_set", "没有这张变更单;请从列表中选择。", change_set=ref)
    return found


def _must_be_permitted(verb: str, found: ChangeSet, *, by: Actor, chapter: str = "") -> None:
    """Raises NotAllowed for who may not, Refused where the state does not let anyone. ``chapter`` is one about to be touched."""
    standing = queries.standing_of(found)
    if chapter:
        standing = replace(standing, chapters=standing.chapters | {chapter})
    decision = may_change(verb, by=by, standing=standing)
    if decision.allowed:
        return
    if decision.is_about_state:
        raise Refused("setup.wrong_state", decision.reason, verb=verb, state=found.state)
    raise NotAllowed("setup.not_allowed", decision.reason, verb=verb)


def _write(found: ChangeSet, **values: Any) -> None:
    """The columns are written and the revision grows, whatever moved: who looks at an older one is told."""
    ChangeSet.objects.filter(pk=found.pk).update(rev=F("rev") + 1, **values)
    found.refresh_from_db()


def _told(changes: Sequence[Change]) -> list[str]:
    """Which rows are meant, without what they say."""
    return [f"{change.kind} {change.chapter}/{change.key}" for change in changes[:MOST_TOLD]]


def _record(kind: str, found: ChangeSet, *, by: Actor, at: datetime, payload: dict[str, Any]) -> None:
    record(kind, by=by, at=at, street=found.street, subject=found.subject, payload=payload)
