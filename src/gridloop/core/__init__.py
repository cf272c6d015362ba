"""What are the rules?  Plain Python: no Django, no clock, no disk, no network, no randomness of its own."""
