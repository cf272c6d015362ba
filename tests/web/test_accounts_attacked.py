"""What somebody tries who wants more than they were given: by leave, by change-sets, by guessing, by an old password."""

from __future__ import annotations

import pytest

from gridloop.core.errors import NotAllowed, Refused
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts.actions.leave import Leave, take_leave
from gridloop.offices.organisation.changesets import actions
from gridloop.offices.organisation.models import Account, ChangeSet, Delegation, SignIn
from tests.offices.change_sets import hold, holding, new_findings, propose, publish, submit
from tests.sample import CODE, MONDAY, PASSWORD, who
from tests.web.test_accounts import COMMITTED, HARD, code_now, signed, with_app
from tests.web.test_accounts_keepers import actor, keepers  # noqa: F401 - a fixture


def lent(by, of: str, to: str):
    held = organisation.person(CODE, of).holdings.get().ref
    told = Leave([held], organisation.person(CODE, to).ref, MONDAY.date(), MONDAY.date(), "年休假")
    return take_leave(by=by, at=MONDAY, leave=told)


@pytest.mark.parametrize("of", ["P01", "P02", "P11"])
def test_who_grants_posts_does_not_lend_somebodys_post_to_themselves(keepers, of):  # noqa: F811
    with pytest.raises(NotAllowed, match="本人"):
        lent(actor("Q1"), of, "Q1")

    assert not Delegation.objects.exists()


def test_a_leader_does_not_lend_the_desk_to_themselves_either_but_to_another(keepers):  # noqa: F811
    with pytest.raises(NotAllowed):
        lent(who("leader"), "P01", "P02")
    assert lent(who("leader"), "P01", "P08")


def test_a_change_set_makes_nobody_two_keepers_by_standing_in(keepers):  # noqa: F811
    guard = next(key for key in [organisation.person(CODE, "Q1").holdings.get().ref])
    cells = {"holding": guard, "to": "P11", "reason": "年休假", "starts": "2022-05-24", "ends": "2022-05-28"}
    draft = propose("delegations", "", cells)

    assert any("三员" in found.sentence for found in new_findings(draft))
    with pytest.raises(Refused):
        submit(draft)


def test_one_keepers_post_may_be_handed_on_to_another_keeper_from_a_day_on(keepers):  # noqa: F811
    """子系统 stops being system keeper on 1 June and is security keeper from then on: never both."""
    draft = propose("holdings", holding("KEEPER"), {"ends": "2022-06-01"}, by="leader")
    draft = hold("Q1", "P11", starts="2022-06-01", by="leader", change_set=draft.ref)
    both = hold("Q1", "P13", starts="2022-06-01", by="leader")

    assert not [found for found in new_findings(draft) if "三员" in found.sentence]
    assert [found for found in new_findings(both) if "三员" in found.sentence]


def test_nobody_publishes_another_role_for_the_post_they_hold(keepers):  # noqa: F811
    draft = submit(propose("posts", "Q1", {"role": "street_leader"}))

    rev = ChangeSet.objects.get(ref=draft.ref).rev
    with pytest.raises(NotAllowed, match="关于您自己"):
        actions.publish(by=actor("Q1"), at=MONDAY, street=CODE, change_set=draft.ref, rev=rev, accept_warnings=True)
    assert publish(draft).state == "in_force"


def test_the_former_password_is_no_new_one_and_the_user_name_is_none(street, wall):
    client, _ = signed()
    Account.objects.filter(username="desk").update(username="liuyinlu_desk")

    def change(new: str):
        told = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        return client.post("/accounts/password/change/", told)

    same, like, short, common = change(PASSWORD), change("liuyinlu_desk1"), change("Ab3-xy"), change("password123")

    assert [each.status_code for each in (same, like, short, common)] == [200] * 4
    assert "和现在的一样" in same.content.decode()
    assert change(HARD).status_code == 302


def test_a_first_password_is_not_kept_by_choosing_it_again(street, wall):
    Account.objects.filter(username="desk").update(must_change_password=True)
    client, _ = signed()

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD})

    assert Account.objects.get(username="desk").must_change_password
    assert client.get("/desk/")["Location"] == "/accounts/password/change/"


@COMMITTED
def test_a_code_is_neither_guessed_nor_used_twice(street, wall):
    first, _ = signed()
    secret = with_app(first)
    once, _ = signed()
    code = code_now(secret, 1)
    assert once.post("/accounts/second-factor/authenticate/", {"code": code}).status_code == 302

    again, _ = signed()
    assert again.post("/accounts/second-factor/authenticate/", {"code": code}).status_code == 200
    for guess in range(8):
        again.post("/accounts/second-factor/authenticate/", {"code": f"00000{guess}"})
    late = again.post("/accounts/second-factor/authenticate/", {"code": code_now(secret, -1)})

    assert late.status_code == 200 and again.get("/desk/").status_code == 302
    assert SignIn.objects.filter(outcome="wrong_code").exists()


@COMMITTED
def test_an_account_locked_between_password_and_code_does_not_come_in(street, wall):
    first, _ = signed()
    secret = with_app(first)
    client, _ = signed()
    Account.objects.filter(username="desk").update(is_active=False, locked_at=MONDAY, locked_because="手机丢失")

    client.post("/accounts/second-factor/authenticate/", {"code": code_now(secret, 1)})

    assert client.get("/desk/").status_code in (302, 403) and client.get("/api/v1/me").status_code in (401, 403)
