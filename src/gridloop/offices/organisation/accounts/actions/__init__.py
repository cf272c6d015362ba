"""Every write about accounts: keeping them (keepers), signing in and out (the person), leave (the holder)."""

from gridloop.offices.organisation.accounts.actions.keeping import (
    clear_second_factor,
    end_account,
    give_account,
    issue_password,
    lock_account,
    must_keep,
    sign_out_everywhere,
    unlock_account,
)
from gridloop.offices.organisation.accounts.actions.leave import end_leave, take_leave
from gridloop.offices.organisation.accounts.actions.signing import (
    end_other_sign_ins,
    end_own_sign_in,
    end_sign_in,
    follow_session,
    note_account_changed,
    note_password_changed,
    note_refusal,
    note_sign_in,
    note_use,
)

__all__ = [
    "clear_second_factor", "end_account", "end_leave", "end_other_sign_ins", "end_own_sign_in", "end_sign_in", "follow_session",
    "give_account", "issue_password", "lock_account", "must_keep", "note_account_changed", "note_password_changed", "note_refusal", "note_sign_in",
    "note_use", "sign_out_everywhere", "take_leave", "unlock_account",
]  # fmt: skip
