"""The rules in force for filing in one street, compiled: categories, routing tables, units, the category model."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gridloop.core.category_choice import SIGNS_CONFIDENCE, Answering, choose
from gridloop.core.errors import NotFound, Refused
from gridloop.core.profile import Profile
from gridloop.core.route_row import CaseFacts, rows_from_records
from gridloop.core.routing import RoutingTable as Table
from gridloop.core.routing import fallback_row
from gridloop.core.text import Classifier, Suggestion
from gridloop.core.time_class import time_class_at
from gridloop.core.worktime import Calendar
from gridloop.offices.cases.category_models import CategorySign
from gridloop.offices.cases.models import Case, Category, RoutingTable
from gridloop.offices.cases.queries.category_model import classifier_of, model_in_force
from gridloop.offices.cases.shipped_model import shipped_card, shipped_classifier
from gridloop.offices.organisation.models import Street, Unit
from gridloop.offices.organisation.snapshot import per_version
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.territory.queries import Atlas, atlas

UNSURE = "不确定"


@dataclass(frozen=True, slots=True)
class UnitInForce:
    """A unit as routing needs it."""

    id: int
    ref: str
    code: str
    name: str
    is_backstop: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that filing asks, for one version of one street."""

    street: Street
    atlas: Atlas
    categories: dict[str, bool]
    category_by_name: dict[str, str]
    tables: tuple[tuple[datetime, int, Table], ...]
    units: dict[str, UnitInForce]
    profiles: dict[str, tuple[int, Profile]]
    calendar: Calendar
    calendar_id: int
    answering: tuple[Answering, ...]
    model: str

    @property
    def backstop(self) -> UnitInForce:
        """The sub-district itself (属地兜底). Raises Refused when the street has none."""
        for unit in self.units.values():
            if unit.is_backstop:
                return unit
        raise Refused("cases.no_backstop", f"{self.street.name}还没有属地兜底单位;请先登记街道办。")

    def table_at(self, at: datetime) -> tuple[int, Table]:
        """The routing table in force at the moment, with its row id. Raises Refused before the first one."""
        index = bisect_right(self.tables, at, key=lambda row: row[0])
        if index == 0:
            raise Refused("cases.no_routing_table", f"{self.street.name}当时没有已生效的路由表;请先发布一份。")
        return self.tables[index - 1][1], self.tables[index - 1][2]

    def time_class(self, at: datetime) -> str:
        """work, night or holiday: what the calendar says of this moment."""
        return time_class_at(self.calendar, at)

    def profile(self, code: str) -> tuple[int, Profile]:
        found = self.profiles.get(code)
        if found is None:
            raise NotFound("cases.no_profile", f"本街道没有时限方案“{code}”。", profile=code)
        return found


@per_version
def rules(street: str) -> Rules:
    """Compiles the street's rules. One build for each version of the street."""
    found = Street.objects.get(code=street)
    units = {
        unit.code: UnitInForce(unit.pk, unit.ref, unit.code, unit.name, unit.is_backstop) for unit in _units(street)
    }
    paths = dict(Category.objects.filter(street=street, retired_at__isnull=True).values_list("path", "is_leaf"))
    calendar_id, calendar = supervision.calendar_in_force(street)
    return Rules(
        street=found,
        atlas=atlas(street=street, version=found.version),
        categories=paths,
        category_by_name=_unique_names(paths),
        tables=_tables(street, units),
        units=units,
        profiles=supervision.profiles_in_force(street),
        calendar=calendar,
        calendar_id=calendar_id,
        answering=answering_of(paths, CategorySign.objects.filter(street=street)),
        model=model_in_force(street),
    )


def facts_of(case: Case, rules: Rules) -> CaseFacts:
    """What routing asks of a case; the time class is that of its filing."""
    return CaseFacts(
        category=case.category, place=case.place, level=case.level, source=case.source, priority=case.priority,
        time_class=rules.time_class(case.filed_at), grade=case.grade,
    )  # fmt: skip


def _units(street: str) -> list[Unit]:
    return list(Unit.objects.filter(street=street, valid_until__isnull=True).order_by("-is_backstop", "code"))


def _unique_names(paths: dict[str, bool]) -> dict[str, str]:
    """Last names that mean one path only, so that people may type the short name."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        twice |= {name} if name in found else set()
        found[name] = path
    return {name: path for name, path in found.items() if name not in twice}


def _tables(street: str, units: dict[str, UnitInForce]) -> tuple[tuple[datetime, int, Table], ...]:
    published = RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED).order_by(
        "valid_from", "version"
    )
    return tuple(
        (row.valid_from, row.pk, compile_table(row, {u.code: u.name for u in units.values()}))
        for row in published
        if row.valid_from
    )


def compile_table(row: RoutingTable, names: dict[str, str]) -> Table:
    """The table as dictionaries. Raises WrongInput with every table error."""
    parsed, _ = rows_from_records(row.rows)
    backstop = fallback_row(unit=row.backstop["unit"], profile=row.backstop["profile"], reason=row.backstop["reason"])
    return Table.compile(parsed, fallback=backstop, unit_names=names)


def rules_of(street: str, *, version: int) -> Rules:
    return rules(street=street, version=version)


def classifier() -> Classifier:
    """The category model that ships with gridloop, loaded once a process; trained on public messages (see its card)."""
    return shipped_classifier()


def classifier_card() -> dict[str, object]:
    """What the shipped model was trained on and how well it does."""
    return shipped_card()


def suggest_category(rules: Rules, text: str) -> tuple[str, Suggestion]:
    """The street's category for a text, or "不确定", with what led to it; signs in the opening go before the model."""
    suggestion = classifier_of(rules.model).suggest(text)
    choice = choose(rules.answering, label=suggestion.category, text=text)
    if choice.by == "signs":
        return choice.path, by_signs(suggestion, path=choice.path, signs=choice.signs)
    return choice.path or UNSURE, suggestion


def by_signs(suggestion: Suggestion, *, path: str, signs: tuple[str, ...]) -> Suggestion:
    """The suggestion as signs make it: their measured confidence, and they are the words that weighed."""
    return Suggestion(path, SIGNS_CONFIDENCE, ((path, SIGNS_CONFIDENCE), *suggestion.alternatives[:2]), signs)


def category_for(rules: Rules, label: str | None) -> str:
    """The street's category path for a model's label."""
    return choose(rules.answering, label=label, text="").path or UNSURE


def answering_of(paths: Mapping[str, bool], signs: Iterable[CategorySign]) -> tuple[Answering, ...]:
    """Each category with what it answers to: its own path, its name where only one has it, and the labels and words entered."""
    entered = {row.path: row for row in signs}
    names = {path: name for name, path in _unique_names(dict(paths)).items()}
    return tuple(
        Answering(
            path,
            tuple(
                {path: 0, names.get(path, path): 0} | dict.fromkeys(entered[path].labels if path in entered else (), 0)
            ),
            tuple(entered[path].words) if path in entered else (),
        )
        for path in sorted(paths)
    )
