"""What follows from forums: managers bring the invitation and the answer to their firms, what was only noted is to become a case today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from gridloop.core.access import SYSTEM
from gridloop.core.errors import NotFound
from gridloop.offices.enterprise.queries import forums, visit_planning
from gridloop.offices.organisation.models import Person
from gridloop.reactions.stories import Story, desk_of, in_words, tell_people, tell_unit

NAMES = 8
"""As many firms are named in one notice."""


def tell_managers_of_invitation(story: Story) -> None:
    """Each service manager is told which of their firms were asked; firms without one are the desk's to telephone."""
    found = forums.forum(story.entry.subject.partition(":")[2], by=SYSTEM)
    when = f"{in_words(found.starts_at)},{found.venue or found.get_way_display()}"
    for people, names in _by_manager(story, story.payload.get("enterprises", [])):
        told = "、".join(names[:NAMES]) + (f"等 {len(names)} 家" if len(names) > NAMES else "")
        tell_people(story, people, f"请通知企业参加:{found.title}", f"{when}。{told}。请告知并记下企业的答复。")


def _by_manager(story: Story, refs: Iterable[str]) -> list[tuple[list[Person], list[str]]]:
    """The firms' names by who tells them."""
    firms = visit_planning.firms_by_ref(story.street, refs)
    hosts = visit_planning.managers_of(story.street)
    names: dict[int, list[str]] = defaultdict(list)
    people: dict[int, list[Person]] = {}
    for firm in sorted(firms.values(), key=lambda each: each.name):
        host = hosts.get(firm.subject)
        key = host.pk if host else 0
        people[key] = [host] if host else desk_of(story)
        names[key].append(firm.name)
    return [(people[key], names[key]) for key in sorted(names)]


def tell_of_open_question(story: Story) -> None:
    """A question that is still no case is the host's to file before the day is over."""
    try:
        question = forums.question(story.said("question"), by=SYSTEM)
    except NotFound:
        return
    if question.case_id is None and question.dropped_at is None:
        text = "已记下,还没有立为事项。请当天立案:交办不过夜,过夜未立的标红。"
        tell_unit(story, question.forum.host, f"今日须立的诉求:{question.forum.title}", text)


def tell_host_of_what_is_not_filed(story: Story) -> None:
    """The working day is over: the host hears how many questions of its forum are still no case."""
    found = forums.forum(story.entry.subject.partition(":")[2], by=SYSTEM)
    left = [row for row in forums.questions_open(story.street) if row.forum_id == found.pk]
    if left:
        text = f"下班了,还有 {len(left)} 条诉求没有立为事项。请今天立完:交办不过夜,过夜未立的标红。"
        tell_unit(story, found.host, f"还有 {len(left)} 条诉求未立:{found.title}", text)


def tell_noter_of_answer(story: Story) -> None:
    """Whoever noted the question hears that it is answered and may become a 问答."""
    question = forums.question_of_case(story.of) if story.of.source == "forum" else None
    if question and question.told_by:
        text = f"来自“{question.forum.title}”的诉求已答复。请告知企业;问的人多的,写成问答,注明政策依据。"
        tell_people(story, [question.told_by], f"恳谈会诉求已答复 {story.title}", text)


def tell_host_of_judgement(story: Story) -> None:
    """A firm that found no answer in the answer is brought back to the host and to whoever noted its question."""
    if story.payload.get("helped"):
        return
    question = forums.question(story.said("question"), by=SYSTEM)
    text = f"企业说没有答到:{story.said('text')}。请接着答,或在事项上重新办理。"
    tell_unit(story, question.forum.host, f"恳谈会诉求没有答到:{question.forum.title}", text)
    if question.told_by:
        tell_people(story, [question.told_by], f"恳谈会诉求没有答到:{question.forum.title}", text)


def tell_managers_of_answer(story: Story) -> None:
    """The answer to a question of a forum is brought to the firm that asked."""
    kind, _, ref = story.said("origin").partition(":")
    if kind != "forum_question":
        return
    try:
        question = forums.question(ref, by=SYSTEM)
    except NotFound:
        return
    if question.enterprise is not None:
        for people, names in _by_manager(story, [question.enterprise.ref]):
            text = f"{names[0]}在“{question.forum.title}”上问的,答复已写成问答,请告知企业。"
            tell_people(story, people, "恳谈会诉求已成问答", text)
