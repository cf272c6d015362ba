"""The desk for enterprises: the register, the firm page, files of firms, pairings, teams and what they do."""
