"""The scoped doors to an enterprise, and the list of them: nothing outside an actor's scope is found, whatever is asked.

Worked example::

    page = list_enterprises(actor, Wanted(text="lkjx", section="C", lacks="manager"))
    page.enterprises, page.after      # and Wanted(after=page.after) is the next page
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from gridloop.core.access import SEES_THE_UNIT, Actor
from gridloop.core.errors import NotFound, Outdated
from gridloop.core.firm_access import firm_scope
from gridloop.core.search import initials_of, may_be_initials, runs_of, sought
from gridloop.offices.cases.queries.finding import under
from gridloop.offices.enterprise.models import Cluster, Enterprise, VitalityProposal
from gridloop.offices.enterprise.pairing_models import SLOTS, Pairing

PAGE = 30
GRAVITY = {"lost": 0, "stalled": 1, "half": 2, "normal": 3}
_SELDOM_READ = ("business", "found_by")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of enterprises is narrowed to; empty means any.

    ``place`` is a path and means everything below it; ``lacks`` is a slot that nobody holds; ``mine`` is what the reader is paired with;
    ``industry`` a code and all codes that begin with it; ``threshold`` is yes, no or unknown; ``after`` is the last id shown.
    """

    text: str = ""
    section: str = ""
    industry: str = ""
    size: str = ""
    threshold: str = ""
    priority: str = ""
    vitality: str = ""
    place: str = ""
    cluster: str = ""
    lacks: str = ""
    mine: bool = False
    left: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """One page of the list, how many there are in all, and the id to ask for the next with (0 at the end)."""

    enterprises: list[Enterprise]
    count: int
    after: int


def visible_to(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises an actor may see, those that left among them."""
    scope = firm_scope(actor)
    if scope.everything:
        return Enterprise.objects.all()
    if scope.firm:
        return Enterprise.objects.filter(street=scope.street, ref=scope.firm)
    if any(place.rpartition("/")[2] == scope.street for place in scope.places):
        return Enterprise.objects.filter(street=scope.street)
    allowed = Q(pk__in=[])
    for place in scope.places:
        allowed |= under("place", place)
    held = Q()
    if scope.person_id:
        held |= Q(person_id=scope.person_id) | Q(substitute_id=scope.person_id)
    if scope.units:
        held |= Q(unit__code__in=scope.units, unit__street=scope.street, person__isnull=True)
    if held:
        rows = Pairing.objects.filter(held, ends_at__isnull=True, subject=_subject())
        allowed |= Q(Exists(rows))
    return Enterprise.objects.filter(allowed).filter(_in_streets(actor))


def _subject() -> Concat:
    """The subject by which pairings name the enterprise of the outer query."""
    return Concat(Value("enterprise:"), OuterRef("ref"))


def _in_streets(actor: Actor) -> Q:
    """A person of one street sees that street; someone with a post for a district sees what lies below it."""
    allowed = Q(street=actor.street)
    for post in actor.posts:
        if "/" not in post.place and post.role not in SEES_THE_UNIT:
            allowed |= under("place", post.place)
    return allowed


def enterprise(ref: str, *, by: Actor) -> Enterprise:
    """The enterprise by ref, if the actor may see it. Raises NotFound, without telling whether it exists."""
    found = visible_to(by).filter(ref=ref).select_related("grid", "cluster", "merged_into").first()
    if found is None:
        raise NotFound("enterprise.not_found", "没有这家企业,或不在您的责任范围内;请核对。", enterprise=ref)
    return found


def enterprise_to_change(ref: str, *, by: Actor, rev: int | None = None) -> Enterprise:
    """The enterprise, locked. Called inside a deed. Raises NotFound, Outdated when ``rev`` is not the present one."""
    found = enterprise(ref, by=by)
    if connection.vendor != "sqlite":
        Enterprise.objects.select_for_update().get(pk=found.pk)
        found = enterprise(ref, by=by)
    if rev is not None and rev != found.rev:
        raise Outdated("enterprise.outdated", "这份档案刚刚被别人改过;请刷新页面,看过最新内容再改。", rev=found.rev)
    return found


def enterprise_by_code(street: str, code: str) -> Enterprise | None:
    """The enterprise that carries the code; the one it was merged into, where it was."""
    found = Enterprise.objects.filter(street=street, code=code).select_related("merged_into").first()
    return found.merged_into or found if found else None


def present_by_ref(street: str, ref: str) -> Enterprise | None:
    """The present enterprise of the street by ref (or the one it was merged into), for whoever came from its notice; None otherwise."""
    found = Enterprise.objects.filter(street=street, ref=ref).select_related("merged_into", "grid").first()
    meant = found.merged_into or found if found else None
    return meant if meant and meant.left_at is None else None


def enterprise_by_name(street: str, name: str) -> Enterprise | None:
    """The one enterprise of exactly this name or alias that has not left; None when there is none or more than one."""
    named = Q(name=name) | (Q(alias=name) if name else Q(pk__in=[]))
    found = list(Enterprise.objects.filter(named, street=street, left_at__isnull=True)[:2])
    return found[0] if len(found) == 1 else None


def enterprise_said(street: str, said: str) -> Enterprise | None:
    """The present enterprise that people mean by a name, an alias, a code, or a name with the code behind it."""
    text = said.strip()
    code = re.search(r"[(\s]?([0-9A-Z]{15}|[0-9A-Z]{18})\)?$", unicodedata.normalize("NFKC", text).upper())
    found = enterprise_by_code(street, code.group(1)) if code else None
    return found if found and found.left_at is None else enterprise_by_name(street, text)


def narrowed(actor: Actor, wanted: Wanted) -> QuerySet[Enterprise]:
    """The actor's enterprises, narrowed but for the page."""
    rows = visible_to(actor).filter(left_at__isnull=not wanted.left)
    for name in ("section", "size", "vitality"):
        if getattr(wanted, name):
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.priority:
        rows = rows.exclude(priority="") if wanted.priority == "any" else rows.filter(priority=wanted.priority)
    if wanted.industry:
        rows = rows.filter(industry__startswith=wanted.industry)
    if wanted.threshold:
        rows = rows.filter(above_threshold={"yes": True, "no": False}.get(wanted.threshold))
    if wanted.place:
        rows = rows.filter(under("place", wanted.place))
    if wanted.cluster:
        rows = rows.filter(cluster__ref=wanted.cluster)
    if wanted.lacks in SLOTS:
        rows = rows.filter(lacking(wanted.lacks))
    if wanted.mine:
        own = Q(person_id=actor.person_id) | Q(substitute_id=actor.person_id)
        rows = rows.filter(Exists(Pairing.objects.filter(own, subject=_subject(), ends_at__isnull=True)))
    return with_words(rows, wanted.text)


def lacking(slot: str) -> Q:
    """Those in whose slot nobody was named, or somebody who has left the sub-district since."""
    held = Pairing.objects.filter(subject=_subject(), slot=slot, ends_at__isnull=True, person__left_at__isnull=True)
    return ~Q(Exists(held))


def with_words(rows: QuerySet[Enterprise], text: str) -> QuerySet[Enterprise]:
    """Those in whose name, alias or code every term occurs, or in whose initials."""
    for term in sought(text).terms:
        found = Q(found_by__contains=term)
        if may_be_initials(term):
            found |= Q(code__contains=term.upper())
        rows = rows.filter(found)
    return rows


def findable_by(name: str, alias: str) -> str:
    """What a name is found by: its runs, then the pinyin initials of each."""
    named = [each for each in (name, alias) if each]
    runs = [run for each in named for run in runs_of(each)]
    initials = [part for each in named for part in initials_of(each).split(" ")]
    return " ".join(dict.fromkeys([*runs, *initials]))[:300]


def list_enterprises(actor: Actor, wanted: Wanted, *, size: int = PAGE) -> EnterprisePage:
    """The actor's enterprises, narrowed, the newest first."""
    rows = narrowed(actor, wanted)
    count = rows.count()
    if wanted.after:
        rows = rows.filter(pk__lt=wanted.after)
    found = list(rows.select_related("grid", "cluster").defer(*_SELDOM_READ).order_by("-pk")[: size + 1])
    return EnterprisePage(found[:size], count, found[size - 1].pk if len(found) > size else 0)


def counts(actor: Actor, wanted: Wanted, *, by: str) -> dict[str, int]:
    """How many of the narrowed list there are by the values of one column (section, size, vitality, priority)."""
    rows = narrowed(actor, wanted).order_by().values(by).annotate(n=Count("pk"))
    return {str(row[by] if row[by] is not None else ""): row["n"] for row in rows}


def clusters(street: str) -> list[Cluster]:
    """The clusters of the street with the number of firms in each (``firms``)."""
    rows = Cluster.objects.filter(street=street, ended_at__isnull=True).select_related("grid")
    return list(rows.annotate(firms=Count("enterprises", filter=Q(enterprises__left_at__isnull=True))))


def cluster(street: str, key: str) -> Cluster:
    """The cluster by ref or name. Raises NotFound."""
    found = Cluster.objects.filter(street=street, ended_at__isnull=True).filter(Q(ref=key) | Q(name=key)).first()
    if found is None:
        raise NotFound("enterprise.no_cluster", f"本街道没有集聚区“{key}”;请先登记它。", field="cluster")
    return found


def open_proposals(actor: Actor) -> list[VitalityProposal]:
    """The watch list: proposals of the rule that nobody has decided yet, the gravest first."""
    rows = VitalityProposal.objects.filter(decided_at__isnull=True, enterprise__in=visible_to(actor).values("pk"))
    found = list(rows.select_related("enterprise__grid").order_by("proposed_at", "pk"))
    return sorted(found, key=gravity_key)


def gravity_key(row: VitalityProposal) -> str:
    """Where the proposal stands in the watch list: the gravest first, of these the earliest."""
    return f"{GRAVITY[row.proposed]}{int(row.proposed_at.timestamp()):011d}.{row.pk:018d}"


def revisions(street: str) -> dict[str, int]:
    """By code: the revision of each enterprise of the street."""
    return dict(Enterprise.objects.filter(street=street).values_list("code", F("rev")))


def enterprises_named(actor: Actor, *, street: str, said: Iterable[str]) -> dict[str, list[Enterprise]]:
    """By what was said (ref, code, name or alias): the enterprises of the street, within the actor's scope, that it may mean; one statement.

    One that was merged stands for the one it was merged into, and those that left only where no present one is meant.
    """
    keys = {text: unicodedata.normalize("NFKC", text).strip().upper() for text in said}
    asked = (
        Q(ref__in=list(keys))
        | Q(name__in=list(keys))
        | Q(code__in=list(keys.values()))
        | Q(alias__in=[text for text in keys if text])
    )
    rows = visible_to(actor).filter(asked, street=street).select_related("merged_into").order_by("pk")
    found: dict[str, list[Enterprise]] = {text: [] for text in keys}
    for row in rows:
        meant = row.merged_into or row
        for text, code in keys.items():
            if (text in (row.ref, row.name, row.alias) or code == row.code) and meant not in found[text]:
                found[text].append(meant)
    return {text: [row for row in rows if row.left_at is None] or rows for text, rows in found.items()}


def own_firms_said(actor: Actor, *, street: str, most: int) -> list[str]:
    """The present firms paired with the actor as a sheet says them: by name, by code where two have one name; by name."""
    rows = narrowed(actor, Wanted(mine=True)).filter(street=street).order_by("name", "pk").values_list("name", "code")
    found = list(rows[:most])
    names = [name for name, _code in found]
    return [name if names.count(name) == 1 else code for name, code in found]
