"""A story: one sealed entry as a reaction sees it; and those whom reactions tell, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridloop.core.access import SYSTEM, Role
from gridloop.core.deadline import moment_in_words
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import code_of, payload_of
from gridloop.offices.cases.models import BEIJING, Case
from gridloop.offices.cases.queries import outside
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.notices.actions import Message, tell
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person, Unit

STAFF = (Role.UNIT_LEADER, Role.UNIT_WORKER)


@dataclass(frozen=True, slots=True)
class Story:
    """One sealed entry: what happened, to which case (None when it is about something else), told at ``at``."""

    entry: Entry
    payload: Mapping[str, Any]
    case: Case | None
    at: datetime

    @property
    def street(self) -> str:
        return str(self.entry.book_id)

    @property
    def title(self) -> str:
        """The case as it is called in a notice: its number and the last name of its category."""
        return f"{self.of.number}({self.of.category.rsplit('/', 1)[-1]})"

    @property
    def of(self) -> Case:
        """The case, where there must be one."""
        assert self.case is not None, f"entry {self.entry.pk} is not about a case"
        return self.case

    def said(self, name: str) -> str:
        """A value of the payload as text; empty when absent or erased."""
        return str(self.payload.get(name) or "")


def story_of(entry: Entry, *, at: datetime) -> Story:
    """The entry with its payload and its case."""
    kind, _, ref = entry.subject.partition(":")
    return Story(entry, payload_of(entry), scoped_case(ref, by=SYSTEM) if kind == "case" else None, at)


def tell_people(story: Story, people: Iterable[Person], title: str, text: str, *, is_urgent: bool = False) -> None:
    """Those of the people who did not do it themselves are told, once each."""
    others = [person for person in people if story.entry.actor != f"person:{person.ref}"]
    message = Message(
        kind=story.entry.kind, title=title, text=_tidy(text), subject=story.entry.subject, is_urgent=is_urgent
    )
    tell(by=SYSTEM, at=story.at, street=story.street, people=others, message=message, cause=code_of(story.entry))


def _tidy(text: str) -> str:
    """One full stop where a sentence that was quoted brought its own."""
    return text.replace("。。", "。").replace("。;", ";")


def tell_unit(story: Story, unit: Unit, title: str, text: str, *, is_urgent: bool = False) -> None:
    """The unit's leaders and workers are told; where it has none, the desk is told to telephone. The backstop is the desk."""
    people = organisation.people_with_roles(story.street, roles=STAFF, at=story.at, unit=unit.code)
    if people:
        tell_people(story, people, title, text, is_urgent=is_urgent)
    elif unit.is_backstop:
        tell_people(story, desk_of(story), title, text, is_urgent=is_urgent)
    else:
        phone = f",电话 {unit.phone}" if unit.phone else ""
        tell_people(
            story,
            desk_of(story),
            f"请电话告知{unit.name}:{title}",
            f"{unit.name}在系统内无人在岗{phone}。{text}",
            is_urgent=is_urgent,
        )


def tell_sender(story: Story, title: str, text: str) -> None:
    """Whoever sent the outside link is told; where they hold no post any more, the lead unit."""
    link = outside.link_with_sender(story.of, story.said("link"))
    if link and organisation.posts_held(story.street, link.sent_by_id, at=story.at):
        tell_people(story, [link.sent_by], title, text)
    else:
        tell_unit(story, story.of.lead, title, text)


def unit_of(story: Story) -> Unit:
    """The unit that the entry names (by code in a filing, else by name), or the case's lead."""
    named = story.said("unit_name") or story.said("unit")
    if not named or story.of.lead.name == named:
        return story.of.lead
    return organisation.unit_named(story.street, named) or story.of.lead


def holder_of(story: Story) -> Unit:
    return organisation.unit(story.street, story.said("holder"))


def desk_of(story: Story) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.DUTY_DESK,), at=story.at)


def answering(story: Story) -> list[Person]:
    """Who owes the reporter an answer now: the holder of the answer duty, or the substitute."""
    return [organisation.answering(story.of.answerer, at=story.at).person]


def street_leaders(story: Story) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.STREET_LEADER,), at=story.at)


def leaders_of(story: Story, unit: Unit) -> list[Person]:
    return organisation.people_with_roles(story.street, roles=(Role.UNIT_LEADER,), at=story.at, unit=unit.code)


def by_when(story: Story) -> str:
    """ ", 5月30日 24:00 前完成" by the date that the case shows now; nothing while it has none."""
    due_at = story.of.due_at
    if due_at is None:
        return ""
    return ",此件已超时,请立即办理" if due_at < story.at else f",{in_words(due_at)} 前完成"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def moment(text: str) -> str:
    """A moment of a payload in words."""
    return in_words(datetime.fromisoformat(text)) if text else "(待定)"


def in_words(moment: datetime) -> str:
    return moment_in_words(moment.astimezone(BEIJING))
