"""The pages for people without an account: report, receipt, follow, answer, check against the ledger."""
