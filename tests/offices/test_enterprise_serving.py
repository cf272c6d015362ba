"""Legal consults, on-site orders and promises from beginning to end; a vitality that the rule proposes and a person decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from gridloop.core.errors import NotAllowed, NotFound, Refused, WrongInput
from gridloop.core.firm_size import wan
from gridloop.offices.archive.queries import timeline
from gridloop.offices.enterprise.actions import serving
from gridloop.offices.enterprise.actions.register import tell_figures
from gridloop.offices.enterprise.actions.teams import found_team, join_team
from gridloop.offices.enterprise.actions.visits import VisitTold, log_visit
from gridloop.offices.enterprise.actions.vitality import decide_proposal, propose_vitality, set_vitality
from gridloop.offices.enterprise.models import Enterprise, VitalityProposal
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries import serving as reads
from gridloop.offices.enterprise.service_models import ServiceOrder, ServiceTeam
from gridloop.offices.organisation.actions import add_post, appoint
from tests.firms import registered
from tests.sample import CODE, FOUNDED, MONDAY, sample_street, who

pytestmark = pytest.mark.django_db
TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def street() -> None:
    """The sample street, where 戊 of the housing office is a legal officer, too."""
    sample_street(FOUNDED)
    add_post(
        by=who("keeper", at=FOUNDED),
        at=FOUNDED,
        street=CODE,
        code="LAW-1",
        title="法律专员",
        role="legal_officer",
        unit="housing",
    )
    appoint(by=who("leader", at=FOUNDED), at=FOUNDED, street=CODE, post="LAW-1", person="P05")


def team() -> ServiceTeam:
    """A tax team with 癸 in it."""
    found = found_team(by=who("desk"), at=MONDAY, street=CODE, kind="tax", name="办税服务队")
    join_team(by=who("desk"), at=MONDAY, team=found.ref, person="P10", kind="tax")
    return found


def ordered(firm: Enterprise) -> ServiceOrder:
    return serving.order_service(
        by=who("manager"),
        at=MONDAY,
        enterprise=firm.ref,
        team=team().ref,
        service="上门变更办税人员",
        wanted="周二上午",
    )


def test_a_legal_question_waits_is_taken_and_replied_to_once() -> None:
    firm = registered(1)
    consult = serving.ask_law(by=who("manager"), at=MONDAY, enterprise=firm.ref, question="合同到期对方不退押金怎么办?")
    law = who("housing")
    assert [row.pk for row in reads.consults(law)] == [consult.pk]

    with pytest.raises(NotAllowed):
        serving.take_consult(by=who("manager"), at=MONDAY, consult=consult.ref)
    serving.take_consult(by=law, at=MONDAY, consult=consult.ref)
    serving.reply_law(by=law, at=TOMORROW, consult=consult.ref, reply="可先发书面催告,保留送达凭证。")

    assert list(reads.consults(law)) == []
    assert [entry.kind for entry in timeline(firm.subject)][-3:] == [
        "consult.asked",
        "consult.taken",
        "consult.replied",
    ]
    with pytest.raises(Refused):
        serving.reply_law(by=law, at=TOMORROW, consult=consult.ref, reply="再答一次")


def test_an_on_site_order_is_over_when_the_firm_says_so() -> None:
    firm = registered(1)
    order = ordered(firm)

    serving.book_order(by=who("manager"), at=MONDAY, order=order.ref, officer="P10", booked_for=TOMORROW)
    serving.finish_order(by=who("economy"), at=TOMORROW, order=order.ref, result="已变更办税人员")
    with pytest.raises(NotAllowed, match="企业说了算"):
        serving.confirm_order(by=who("economy"), at=TOMORROW, order=order.ref, solved=True, how="电话确认")
    serving.confirm_order(by=who("manager"), at=TOMORROW, order=order.ref, solved=True, how="电话确认")

    order.refresh_from_db()
    assert order.state == "confirmed"
    assert [entry.kind for entry in timeline(firm.subject)][-4:] == [
        "order.placed",
        "order.booked",
        "order.done",
        "order.confirmed",
    ]


def test_a_firm_that_is_not_satisfied_is_visited_again() -> None:
    order = ordered(registered(1))
    serving.book_order(by=who("manager"), at=MONDAY, order=order.ref, officer="P10", booked_for=TOMORROW)
    serving.finish_order(by=who("economy"), at=TOMORROW, order=order.ref, result="材料不齐")

    serving.confirm_order(by=who("manager"), at=TOMORROW, order=order.ref, solved=False, how="电话说还差一项")

    order.refresh_from_db()
    assert (order.state, order.reworks, order.done_at) == ("booked", 1, None)


def test_an_officer_is_not_booked_twice_at_a_time_nor_from_another_team() -> None:
    first = ordered(registered(1))
    second = serving.order_service(
        by=who("manager"), at=MONDAY, enterprise=registered(2).ref, team=first.team.ref, service="上门辅导申报"
    )
    serving.book_order(by=who("manager"), at=MONDAY, order=first.ref, officer="P10", booked_for=TOMORROW)

    with pytest.raises(Refused, match="已有约"):
        serving.book_order(
            by=who("manager"), at=MONDAY, order=second.ref, officer="P10", booked_for=TOMORROW + timedelta(minutes=30)
        )
    with pytest.raises(Refused, match="不在"):
        serving.book_order(by=who("manager"), at=MONDAY, order=second.ref, officer="P03", booked_for=TOMORROW)
    with pytest.raises(WrongInput):
        serving.book_order(by=who("manager"), at=MONDAY, order=second.ref, officer="P10", booked_for=MONDAY)
    with pytest.raises(WrongInput, match="核对年份"):
        serving.book_order(
            by=who("manager"), at=MONDAY, order=second.ref, officer="P10",
            booked_for=datetime(9999, 12, 31, 23, 59, tzinfo=MONDAY.tzinfo),
        )  # fmt: skip
    serving.cancel_order(by=who("manager"), at=MONDAY, order=second.ref, reason="企业自己办好了")
    with pytest.raises(Refused):
        serving.finish_order(by=who("manager"), at=TOMORROW, order=second.ref, result="办好")


def test_promises_are_counted_as_kept_of_those_that_are_due() -> None:
    firm, manager = registered(1), who("manager")
    kept = serving.promise(
        by=manager, at=MONDAY, enterprise=firm.ref, text="周五前约银行上门", due_on=date(2022, 5, 27)
    )
    late = serving.promise(
        by=manager, at=MONDAY, enterprise=firm.ref, text="明天送来政策汇编", due_on=date(2022, 5, 24)
    )
    serving.promise(by=manager, at=MONDAY, enterprise=firm.ref, text="今天回电话", due_on=date(2022, 5, 23))
    serving.promise(by=manager, at=MONDAY, enterprise=firm.ref, text="下月办培训", due_on=date(2022, 6, 30))

    serving.settle_promise(by=manager, at=TOMORROW, promise=kept.ref, kept=True, outcome="银行已上门")
    serving.settle_promise(
        by=manager, at=MONDAY + timedelta(days=3), promise=late.ref, kept=True, outcome="送到了,晚两天"
    )
    found = reads.promise_count(manager, on=date(2022, 5, 28))

    assert (found.kept, found.in_time, found.due, found.waiting) == (2, 1, 3, 1)  # nobody called back
    with pytest.raises(Refused):
        serving.settle_promise(by=manager, at=TOMORROW, promise=kept.ref, kept=False, outcome="其实没有")
    with pytest.raises(WrongInput):
        serving.promise(by=manager, at=MONDAY, enterprise=firm.ref, text="昨天", due_on=date(2022, 5, 22))


def test_what_is_for_a_firm_outside_the_scope_is_not_found() -> None:
    firm = registered(1, address="河畔花园")
    consult = serving.ask_law(by=who("desk"), at=MONDAY, enterprise=firm.ref, question="劳动合同怎么签?")

    with pytest.raises(NotFound):
        reads.consult(consult.ref, by=who("manager"))
    with pytest.raises(NotFound):
        serving.ask_law(by=who("manager"), at=MONDAY, enterprise=firm.ref, question="劳动合同怎么签?")
    with pytest.raises(NotAllowed):
        serving.ask_law(by=who("grid"), at=MONDAY, enterprise=registered(2).ref, question="劳动合同怎么签?")


def fallen() -> Enterprise:
    """A firm whose staff fell from a hundred to forty."""
    firm = registered(1)
    tell_figures(by=who("manager"), at=MONDAY, enterprise=firm.ref, year=2020, staff=100, revenue=wan(900))
    return firm


def test_the_rule_proposes_and_a_person_decides() -> None:
    firm = fallen()

    assert propose_vitality(at=MONDAY, street=CODE) == 1
    assert propose_vitality(at=TOMORROW, street=CODE) == 0  # once
    proposal = register.open_proposals(who("manager"))[0]
    assert (proposal.proposed, proposal.reasons) == ("half", ["从业人员由 100 人减为 40 人(-60%)"])
    decide_proposal(by=who("manager"), at=TOMORROW, proposal=proposal.ref, accepted=True)

    firm.refresh_from_db()
    assert firm.vitality == "half"
    assert [spell.vitality for spell in firm.spells.all()] == ["half", "normal"]
    assert timeline(firm.subject)[-1].kind == "enterprise.vitality_changed"
    with pytest.raises(Refused):
        decide_proposal(by=who("manager"), at=TOMORROW, proposal=proposal.ref, accepted=True)


def test_a_rejected_proposal_is_not_made_again_for_the_same_reasons() -> None:
    firm = fallen()
    propose_vitality(at=MONDAY, street=CODE)
    proposal = VitalityProposal.objects.get()

    with pytest.raises(WrongInput):
        decide_proposal(by=who("manager"), at=MONDAY, proposal=proposal.ref, accepted=False)
    decide_proposal(by=who("manager"), at=MONDAY, proposal=proposal.ref, accepted=False, remark="搬到新厂,人在那边")

    firm.refresh_from_db()
    assert firm.vitality == "normal"
    assert propose_vitality(at=TOMORROW, street=CODE) == 0


def test_a_proposal_whose_signs_are_gone_is_withdrawn() -> None:
    firm = fallen()
    propose_vitality(at=MONDAY, street=CODE)

    tell_figures(by=who("manager"), at=MONDAY, enterprise=firm.ref, year=2021, staff=95, revenue=wan(900))
    propose_vitality(at=TOMORROW, street=CODE)

    assert register.open_proposals(who("manager")) == []


def test_three_missed_contacts_propose_that_a_firm_is_lost() -> None:
    firm = registered(1)
    for days in (9, 6, 3):
        nobody = VisitTold(outcome="unreachable", way="phone", happened_at=MONDAY - timedelta(days=days))
        log_visit(by=who("manager"), at=MONDAY, enterprise=firm.ref, told=nobody)

    propose_vitality(at=MONDAY, street=CODE)

    proposal = register.open_proposals(who("desk"))[0]
    assert (proposal.proposed, proposal.reasons) == ("lost", ["连续 3 次联系未果"])


def test_a_lost_firm_that_was_reached_again_is_proposed_as_normal() -> None:
    firm = registered(1)
    set_vitality(by=who("manager"), at=MONDAY, enterprise=firm.ref, vitality="lost", reason="多次联系不上")
    met = VisitTold(way="phone", purposes=("know",), happened_at=TOMORROW)
    log_visit(by=who("manager"), at=TOMORROW, enterprise=firm.ref, told=met)

    propose_vitality(at=TOMORROW, street=CODE)

    assert register.open_proposals(who("desk"))[0].proposed == "normal"


def test_a_person_may_say_how_a_firm_is_doing_without_a_proposal() -> None:
    firm = fallen()
    propose_vitality(at=MONDAY, street=CODE)

    set_vitality(by=who("manager"), at=TOMORROW, enterprise=firm.ref, vitality="stalled", reason="现场查看,已停产")

    assert VitalityProposal.objects.get().accepted is False  # it was another state that was decided
    with pytest.raises(Refused):
        set_vitality(by=who("manager"), at=TOMORROW, enterprise=firm.ref, vitality="stalled", reason="现场查看")
