"""Leave: somebody stands in from midnight to midnight, sees both desks, and signs for the absent one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from gridloop.core.access import SYSTEM
from gridloop.core.errors import GridloopError
from gridloop.offices.archive.models import Entry
from gridloop.offices.archive.queries import payload_of, timeline
from gridloop.offices.cases import actions as cases
from gridloop.offices.organisation import actions as organisation_actions
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.actions import end_leave, take_leave
from gridloop.offices.organisation.accounts.actions.leave import Leave
from gridloop.offices.organisation.models import Delegation, Holding
from tests.sample import BEIJING, CODE, MONDAY, who

TUESDAY = date(2022, 5, 24)


def holding(code: str) -> Holding:
    return organisation.person(CODE, code).holdings.get()


def asked(
    to: str = "P05", *, of: str = "P03", first: date = TUESDAY, last: date = TUESDAY, reason: str = "年休假"
) -> Leave:
    return Leave([holding(of).ref], organisation.person(CODE, to).ref, first, last, reason)


def away(username: str = "urban", at: datetime = MONDAY, **words: object) -> Delegation:
    return take_leave(by=who(username), at=at, leave=asked(**words))[0]


def test_the_stand_in_holds_the_post_from_midnight_to_midnight_of_the_street(street):
    away()
    start = datetime(2022, 5, 24, tzinfo=BEIJING)

    def posts(at):
        return {post.title + post.instead_of for post in who("housing", at=at).posts if post.unit == "urban"}

    assert posts(start - timedelta(seconds=1)) == set()
    assert posts(start) == posts(start + timedelta(hours=23, minutes=59)) == {"承办人丙城管"}
    assert posts(start + timedelta(days=1)) == set()


def test_the_stand_in_sees_both_and_signs_for_the_absent_one(street, light, signed_in, wall):
    away(first=MONDAY.date(), last=TUESDAY)

    page = signed_in("housing").get(f"/cases/{light}/")
    cases.accept(by=who("housing"), at=MONDAY, case=light)

    assert page.status_code == 200
    assert timeline(f"case:{light}")[-1].by == "戊房管(代 丙城管)"


def test_what_ones_own_post_allows_is_signed_with_ones_own_name(street, light):
    away("urban_leader", of="P04", to="P03", first=MONDAY.date())

    cases.accept(by=who("urban"), at=MONDAY, case=light)

    assert timeline(f"case:{light}")[-1].by == "丙城管"


def test_standing_in_for_a_keeper_is_signed_too(street):
    take_leave(by=who("keeper"), at=MONDAY, leave=asked("P03", of="P11", first=MONDAY.date()))

    organisation_actions.add_unit(by=who("urban"), at=MONDAY, street=CODE, code="new", name="新单位")

    entry = Entry.objects.get(kind="unit.added", actor=who("urban").label)
    assert payload_of(entry)["by"] == "丙城管(代 子系统)"


def test_coming_back_early_ends_it_and_a_cancelled_one_never_begins(street):
    running, coming = away(first=MONDAY.date(), last=TUESDAY), away(first=date(2022, 6, 1), last=date(2022, 6, 2))

    end_leave(by=who("urban"), at=MONDAY + timedelta(hours=2), delegation=running.ref)
    end_leave(by=who("urban"), at=MONDAY + timedelta(hours=2), delegation=coming.ref)

    for at in (MONDAY + timedelta(hours=2), datetime(2022, 6, 1, 12, tzinfo=BEIJING)):
        assert {post.unit for post in who("housing", at=at).posts} == {"housing"}


def test_what_is_no_longer_held_can_no_longer_be_lent(street):
    away(first=MONDAY.date(), last=date(2022, 6, 30))
    organisation_actions.release(
        by=SYSTEM, at=MONDAY, holding=holding("P03"), ends_at=MONDAY + timedelta(days=1), reason="调离"
    )

    assert {post.unit for post in who("housing", at=MONDAY).posts} == {"housing", "urban"}
    assert {post.unit for post in who("housing", at=MONDAY + timedelta(days=1)).posts} == {"housing"}


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("leave.self", {"to": "P03"}),  # nobody stands in for themselves
        ("leave.days", {"last": MONDAY.date()}),  # ends before it begins
        ("leave.days", {"first": date(2022, 5, 22)}),  # begins in the past
        ("leave.too_long", {"last": date(2023, 5, 24)}),
        ("leave.reason_missing", {"reason": " \x00"}),
        ("leave.not_yours", {"of": "P05", "to": "P06"}),  # somebody else's post
    ],
)
def test_what_cannot_be_lent_is_refused(street, code, change):
    with pytest.raises(GridloopError) as refused:
        away(**change)

    assert refused.value.code == code and Delegation.objects.count() == 0


def test_a_post_is_lent_to_one_at_a_time_and_not_to_somebody_away(street):
    away(last=date(2022, 5, 26))

    with pytest.raises(GridloopError) as twice:
        away(to="P06", first=date(2022, 5, 26), last=date(2022, 5, 27))
    with pytest.raises(GridloopError) as both_away:
        take_leave(
            by=who("housing"), at=MONDAY, leave=asked("P03", of="P05", first=date(2022, 5, 25), last=date(2022, 5, 25))
        )

    assert (twice.value.code, both_away.value.code) == ("leave.lent_already", "leave.away_too")


def test_a_leader_may_say_it_for_somebody_who_cannot_and_end_it(street):
    lent = take_leave(by=who("leader"), at=MONDAY, leave=asked())[0]

    with pytest.raises(GridloopError):
        end_leave(by=who("environment"), at=MONDAY, delegation=lent.ref)
    end_leave(by=who("leader"), at=MONDAY, delegation=lent.ref)

    assert Entry.objects.filter(kind__in=["post.delegated", "post.delegation_ended"]).count() == 2


def test_the_leave_page_takes_it_shows_it_and_ends_it(street, signed_in, wall):
    client = signed_in("urban")
    told = {
        "holdings": holding("P03").ref,
        "to": organisation.person(CODE, "P05").ref,
        "first_on": "2022-05-24",
        "last_on": "2022-05-25",
        "reason": "年休假",
    }

    empty = client.post("/me/leave/", {})
    done = client.post("/me/leave/", told)
    again = client.post("/me/leave/", told)
    page = client.get("/me/leave/").content.decode()
    theirs = signed_in("housing").get("/me/leave/").content.decode()
    stranger = signed_in("environment").post(f"/me/leave/{Delegation.objects.get().ref}/end/")
    ended = client.post(f"/me/leave/{Delegation.objects.get().ref}/end/")

    assert empty.status_code == 422 and done.status_code == 302
    assert again.status_code == 422 and "已有代理人" in again.content.decode()
    assert (
        "戊房管 代 丙城管" in page
        and "戊房管 代 丙城管" in theirs
        and "取消" in page
        and "取消" not in theirs.split("代理记录")[1].split("请一次代理")[0]
    )
    assert stranger.status_code == 404 and ended.status_code == 302


def test_a_lent_post_is_not_lent_on(street, signed_in, wall):
    away(first=MONDAY.date())
    lent = holding("P03").ref

    page = signed_in("housing").get("/me/leave/").content.decode()

    assert lent not in page
    with pytest.raises(GridloopError):
        take_leave(
            by=who("housing"), at=MONDAY, leave=asked("P06", of="P03", first=date(2022, 6, 1), last=date(2022, 6, 1))
        )
