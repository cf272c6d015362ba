"""Every write of the enterprises, by noun."""
