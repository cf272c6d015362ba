"""代办/帮办: a matter that an officer sees through for a firm, step by step, with one notice of all that is missing (一次性告知).

Terms
    *matter* (事项)          what is to be had (a licence, a registration): its steps in order and the materials it takes
    *order* (代办单)         one firm's matter: accepted, its materials gathered, its steps done, finished
    *notice* (一次性告知)    the list of *all* that is missing, given once; whoever has to ask for more gets a supervisor to say why

Guarantees: the first notice names every missing material, whatever was ticked; a further one needs a supervisor other than the helper and a
reason; steps are done in their order; nothing is finished while a step is open or a required material is missing.

Worked example::

    >>> missing([Material("营业执照"), Material("租赁合同", has_come=True), Material("平面图", required=False)])
    ('营业执照',)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridloop.core.errors import NotAllowed, Refused, WrongInput

STATES: dict[str, str] = {"doing": "办理中", "finished": "已办结", "withdrawn": "已撤回"}
MOST = 30


@dataclass(frozen=True, slots=True)
class Material:
    """One paper: whether the matter cannot do without it, and whether it has come."""

    name: str
    required: bool = True
    has_come: bool = False


def missing(materials: Sequence[Material]) -> tuple[str, ...]:
    """The required materials that have not come, in their order."""
    return tuple(each.name for each in materials if each.required and not each.has_come)


def notice(materials: Sequence[Material], *, more: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """What this notice has to list: everything required that is missing, and what is asked for besides; of a later one only what is new.

    ``given`` is what notices before have listed. Raises Refused where there is nothing to tell.
    """
    told = dict.fromkeys([*missing(materials), *(each.strip() for each in more if each.strip())])
    new = tuple(name for name in told if name not in set(given))
    if not new:
        raise Refused("assist.nothing_missing", "材料已齐,或缺的都已告知过;不用再发告知。", field="more")
    return new


def check_notice(number: int, *, is_supervisor: bool, is_helper: bool, reason: str) -> None:
    """The number-th notice may be given by this person. Raises NotAllowed or WrongInput for a second without supervisor or reason."""
    if number < 2:
        return
    if not is_supervisor or is_helper:
        raise NotAllowed(
            "assist.second_notice", "已经一次性告知过;再要求补件要由代办人以外的主管(单位负责人、值班受理岗或街道领导)来发,并写明原因。", number=number
        )  # fmt: skip
    if len(reason.strip()) < 4:
        raise WrongInput("assist.no_reason", "再次要求补件,请写明为什么第一次没有告知(至少 4 个字)。", field="reason")


def next_step(done: Sequence[bool]) -> int:
    """The number (from 1) of the first step that is open; 0 when all are done."""
    return next((number for number, is_done in enumerate(done, start=1) if not is_done), 0)


def check_step(done: Sequence[bool], number: int) -> None:
    """The number-th step is the one to do. Raises Refused out of turn."""
    due = next_step(done)
    if number != due:
        told = f"下一步是第 {due} 步" if due else "各步都已办完"
        raise Refused("assist.step_out_of_turn", f"步骤按顺序办:{told};请刷新页面。", number=number)


def check_finish(materials: Sequence[Material], done: Sequence[bool]) -> None:
    """The order may be finished. Raises Refused naming what is open."""
    due, lacking = next_step(done), missing(materials)
    if lacking:
        raise Refused("assist.materials_missing", f"还缺材料:{'、'.join(lacking)};收到后再办结。")
    if due:
        raise Refused("assist.steps_open", f"第 {due} 步还没有办;各步办完再办结。")


def check_names(names: Sequence[str], *, field: str, word: str) -> tuple[str, ...]:
    """The names of steps or materials, trimmed. Raises WrongInput where there are none, too many, or one twice."""
    found = tuple(name.strip()[:120] for name in names if name.strip())
    if not found or len(found) > MOST:
        raise WrongInput("assist.names", f"{word}请一行写一项,1 到 {MOST} 项。", field=field)
    if len(set(found)) < len(found):
        raise WrongInput("assist.twice", f"{word}里有重复的一项;请各写一次。", field=field)
    return found
