"""Posts, who holds them, and who acts while the holder is away, as chapters of the setup; with the staffing check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db.models import Q

from gridloop.core.access import KEEPERS, ROLE_LABELS, keeper_clash
from gridloop.core.changes import Row
from gridloop.offices.organisation import queries
from gridloop.offices.organisation.changesets.chapters import (
    ERROR,
    WARNING,
    YES,
    Applying,
    Chapter,
    Column,
    Finding,
    Pairs,
    Proposed,
    cell_moment,
    moment_cell,
)
from gridloop.offices.organisation.keeping.actions import Keeper, write_rows
from gridloop.offices.organisation.keeping.units import close, open_again
from gridloop.offices.organisation.models import Delegation, Holding, Post
from gridloop.offices.organisation.staffing import Gap, PostSlot, Stint, staffing_gaps

# --- posts -----------------------------------------------------------------------------------------------------------


def post_rows(street: str, at: datetime) -> dict[str, Row]:
    valid = queries.now_valid(at, start="valid_from", end="valid_until")
    posts = Post.objects.filter(valid, street=street).select_related("unit")
    return {post.code: _post_row(post) for post in posts}


def _post_row(post: Post) -> Row:
    return {
        "code": post.code, "title": post.title, "role": post.role, "unit": post.unit.code, "place": post.place, "duty": post.duty,
    }  # fmt: skip


def _find_posts(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {post.code: post for post in Post.objects.filter(street=street, code__in=keys)}


def _fill_post(applying: Applying, post: Post, row: Row, columns: frozenset[str]) -> None:
    post.title, post.role, post.duty = row["title"], row["role"], row["duty"]
    post.unit = queries.unit(applying.street, row["unit"])
    post.place = row["place"] or queries.street(applying.street).place


POST_KEEPER = Keeper(
    "posts", "post", _find_posts, lambda applying, key: Post(street=applying.street, code=key, valid_from=applying.at), _fill_post, close,
    open_again,
)  # fmt: skip

POSTS = Chapter(
    code="posts", label="岗位", order=30, key="code", name=("title", "unit"),
    about="岗位是角色、单位和责任地点合在一起;人来人往,岗位一直有人答应。",
    example="例:代码 GRID-C1,名称 一社区网格员,角色 网格员,责任地点 一社区。",
    columns=(
        Column("code", "代码", required=True, longest=60, fixed=True, example="GRID-C1"),
        Column("title", "名称", required=True, longest=80, example="一社区网格员"),
        Column("role", "角色", kind="choice", choices="role", required=True, help="能做什么由角色决定,见权限表。"),
        Column("unit", "单位", kind="choice", choices="units", required=True),
        Column("place", "责任地点", kind="choice", choices="place", longest=120, help="只看得到这一片;留空是全街道。"),
        Column("duty", "职责", kind="text", longest=300),
    ),
    rows=post_rows, apply=lambda applying: write_rows(applying, POST_KEEPER),
)  # fmt: skip


def post_pairs(proposed: Proposed) -> Pairs:
    return [(code, f"{row['title']}({code})") for code, row in proposed.after("posts").items()]


def role_pairs(_: Proposed) -> Pairs:
    return [(str(role), label) for role, label in ROLE_LABELS.items()]


# --- holdings --------------------------------------------------------------------------------------------------------


def holding_rows(street: str, at: datetime) -> dict[str, Row]:
    """Those who hold a post now or will: what is over is history and is not edited."""
    rows = Holding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), post__street=street)
    return {
        row.ref: _holding_row(row)
        for row in rows.select_related("post", "person").order_by("post__code", "starts_at", "id")
    }


def _holding_row(row: Holding) -> Row:
    return {
        "post": row.post.code, "person": row.person.code, "is_substitute": YES if row.is_substitute else "",
        "starts": moment_cell(row.starts_at), "ends": moment_cell(row.ends_at),
    }  # fmt: skip


def _find_holdings(street: str, keys: Sequence[str]) -> dict[str, Any]:
    return {
        row.ref: row
        for row in Holding.objects.filter(post__street=street, ref__in=keys).select_related("post", "person")
    }


def _fill_holding(applying: Applying, it: Holding, row: Row, columns: frozenset[str]) -> None:
    if not columns or columns & {"post", "person"}:
        it.post, it.person = (
            _find_posts(applying.street, [row["post"]])[row["post"]],
            queries.person(applying.street, row["person"]),
        )
    it.is_substitute = bool(row["is_substitute"])
    _fill_dates(applying, it, row, columns)


def _fill_dates(applying: Applying, it: Any, row: Row, columns: frozenset[str]) -> None:
    """The dates as the cells say; a start left empty is now."""
    if not columns or "starts" in columns:
        it.starts_at = cell_moment(row["starts"]) or applying.at
    if not columns or "ends" in columns:
        it.ends_at = cell_moment(row["ends"])


def _end_now(applying: Applying, it: Any) -> None:
    """Over from now on; one that had not begun never began."""
    it.ends_at = max(it.starts_at, applying.at)


def _begin_again(applying: Applying, it: Any) -> None:
    """Its dates are filled again from the row."""


HOLDING_KEEPER = Keeper(
    "holdings", "holding", _find_holdings, lambda applying, key: Holding(ref=key), _fill_holding, _end_now, _begin_again
)

HOLDINGS = Chapter(
    code="holdings", label="任职", order=40, name=("post", "person"),
    about="谁从哪天起任哪个岗,到哪天为止;岗位到期无人接任、两人重叠,检查时会说出来。",
    example="例:一社区网格员由某人自 2026-09-01 00:00 起担任;前任的“至”写同一时刻,交接就没有空档。",
    columns=(
        Column("post", "岗位", kind="choice", choices="posts", required=True),
        Column("person", "人员", kind="choice", choices="people", required=True),
        Column("is_substitute", "备岗", kind="yes_no", help="主岗不在时由备岗办理。"),
        Column("starts", "自", kind="moment", help="留空:生效时起。"),
        Column("ends", "至", kind="moment", help="到这一刻为止(不含);留空:长期。"),
    ),
    rows=holding_rows, apply=lambda applying: write_rows(applying, HOLDING_KEEPER),
)  # fmt: skip


def holding_pairs(proposed: Proposed) -> Pairs:
    return [
        (key, f"{proposed.label('posts', str(row['post']))} · {proposed.label('people', str(row['person']))}")
        for key, row in proposed.after("holdings").items()
    ]


# --- delegations -----------------------------------------------------------------------------------------------------


def delegation_rows(street: str, at: datetime) -> dict[str, Row]:
    rows = Delegation.objects.filter(holding__post__street=street, ends_at__gt=at).select_related("holding", "to")
    return {row.ref: _delegation_row(row) for row in rows.order_by("starts_at", "id")}


def _delegation_row(row: Delegation) -> Row:
    return {
        "holding": row.holding.ref, "to": row.to.code, "reason": row.reason, "starts": moment_cell(row.starts_at),
        "ends": moment_cell(row.ends_at),
    }  # fmt: skip


def _find_delegations(street: str, keys: Sequence[str]) -> dict[str, Any]:
    rows = Delegation.objects.filter(holding__post__street=street, ref__in=keys)
    return {row.ref: row for row in rows.select_related("holding", "to")}


def _fill_delegation(applying: Applying, it: Delegation, row: Row, columns: frozenset[str]) -> None:
    if not columns or "holding" in columns:
        it.holding = _find_holdings(applying.street, [row["holding"]])[row["holding"]]
    if not columns or "to" in columns:
        it.to = queries.person(applying.street, row["to"])
    it.reason = row["reason"]
    _fill_dates(applying, it, row, columns)


DELEGATION_KEEPER = Keeper(
    "delegations",
    "delegation",
    _find_delegations,
    lambda applying, key: Delegation(ref=key),
    _fill_delegation,
    _end_now,
    _begin_again,
)

DELEGATIONS = Chapter(
    code="delegations", label="请假代办", order=50, name=("holding", "to"),
    about="请假、出差期间由谁代办;到期自动收回,代办的每一步都记在代办人名下。",
    example="例:某人休假,自 2026-08-03 00:00 至 2026-08-08 00:00 由同科室的同事代办。",
    columns=(
        Column("holding", "谁的岗位", kind="choice", choices="holdings", required=True),
        Column("to", "由谁代办", kind="choice", choices="people", required=True),
        Column("reason", "原因", required=True, longest=200, example="年休假"),
        Column("starts", "自", kind="moment", help="留空:生效时起。"),
        Column("ends", "至", kind="moment", required=True, help="必填:到这一刻自动收回。"),
    ),
    rows=delegation_rows, apply=lambda applying: write_rows(applying, DELEGATION_KEEPER),
)  # fmt: skip


# --- checks ----------------------------------------------------------------------------------------------------------

GRAVE = frozenset({"backwards", "twice"})
DESK = "duty_desk"


def gaps_of(proposed: Proposed) -> list[Gap]:
    """The flaws in the staffing of the street as it would be."""
    posts = [
        PostSlot(code, str(row["title"]), proposed.label("units", str(row["unit"])), str(row["role"]))
        for code, row in proposed.after("posts").items()
    ]
    stints = [_stint(key, row, proposed) for key, row in proposed.after("holdings").items()]
    return list(staffing_gaps(posts, stints, at=proposed.at))


def _stint(key: str, row: Row, proposed: Proposed) -> Stint:
    name = proposed.after("people").get(row["person"], {}).get("name", row["person"])
    return Stint(
        key, str(row["post"]), str(row["person"]), str(name), bool(row["is_substitute"]), cell_moment(row["starts"]) or proposed.at,
        cell_moment(row["ends"]),
    )  # fmt: skip


def check_staffing(proposed: Proposed) -> Iterable[Finding]:
    """Every post is held by somebody, grid posts by exactly one, a substitute may stand in; the desk is never left."""
    for gap in gaps_of(proposed):
        is_grave = gap.kind in GRAVE or (gap.kind == "vacant" and gap.post.role == DESK)
        yield Finding(
            ERROR if is_grave else WARNING, gap.sentence, "holdings" if gap.key else "posts", gap.key or gap.post.code
        )
    posts = proposed.after("posts")
    for key, row in proposed.after("holdings").items():
        if row["post"] not in posts:
            post = proposed.label("posts", str(row["post"]))
            yield Finding(ERROR, f"岗位“{post}”已经撤销,却还有人任职;请在同一张变更单里结束任职。", "holdings", key)


def check_keepers(proposed: Proposed) -> Iterable[Finding]:
    """Two people at least can set things up, or nothing can ever be published again."""
    posts = proposed.after("posts")
    able = {
        row["person"]
        for row in proposed.after("holdings").values()
        if posts.get(row["post"], {}).get("role") in ("system_keeper", "street_leader")
        and (not row["ends"] or (cell_moment(row["ends"]) or proposed.at) > proposed.at)
    }
    if len(able) < 2:
        yield Finding(
            ERROR,
            f"能起草和发布的人只剩 {len(able)} 个,以后谁也发布不了;请至少留两位系统管理员或街道领导。",
            "holdings",
        )


def check_separation(proposed: Proposed) -> Iterable[Finding]:
    """Nobody holds, or stands in on, two of the three keeper posts at the same time (三员分立). One after the other is no clash."""
    for person, spans in _keeping_spans(proposed).items():
        clash = next(
            (
                both
                for one, other in combinations(spans, 2)
                if one.meets(other) and (both := keeper_clash({one.post, other.post}))
            ),
            (),
        )
        if clash:
            words = "和".join(ROLE_LABELS[role] for role in clash)
            yield Finding(
                ERROR, f"{proposed.label('people', person)}同时任{words};三员由三个人分任,请改派。", "holdings"
            )


def _keeping_spans(proposed: Proposed) -> dict[str, list[Stint]]:
    """By person: when they hold or stand in on which keeper role (in place of the post's code)."""
    posts, holdings = proposed.after("posts"), proposed.after("holdings")
    found: dict[str, list[Stint]] = {}

    def note(person: str, post: str, row: Row) -> None:
        role = str(posts.get(post, {}).get("role", ""))
        if role in KEEPERS:
            starts, ends = cell_moment(row["starts"]) or proposed.at, cell_moment(row["ends"])
            found.setdefault(person, []).append(Stint("", role, person, "", False, starts, ends))

    for row in holdings.values():
        note(str(row["person"]), str(row["post"]), row)
    for row in proposed.after("delegations").values():
        note(str(row["to"]), str(holdings.get(row["holding"], {}).get("post", "")), row)
    return found


def check_delegations(proposed: Proposed) -> Iterable[Finding]:
    """A delegation ends after it starts, stands on a post that is held, and goes to somebody else."""
    holdings = proposed.after("holdings")
    for key, row in proposed.after("delegations").items():
        held = holdings.get(row["holding"])
        starts, ends = cell_moment(row["starts"]) or proposed.at, cell_moment(row["ends"])
        if held is None:
            yield Finding(WARNING, "有一条代办所依据的任职已经结束;请一并取消这条代办。", "delegations", key)
        elif held["person"] == row["to"]:
            yield Finding(ERROR, "代办人就是本人;请另选一位同事。", "delegations", key)
        if ends is not None and ends <= starts:
            yield Finding(ERROR, "代办的结束时间要晚于开始时间;请改正。", "delegations", key)
