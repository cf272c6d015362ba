"""Accounts, sign-ins and leave: how a person gets in, until when, and who stands in meanwhile. ``docs/accounts.md`` tells it whole."""
