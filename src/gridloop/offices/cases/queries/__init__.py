"""Every read of the cases: ``finding`` (the scoped doors), ``rules`` (what filing asks), ``pages`` (what people see)."""
