"""公开设置: what a street shows to everybody. Off until the street decides otherwise, and every decision stands in its ledger."""
