"""Every read of the enterprises: ``register`` (the scoped doors and the list), ``facts`` (what policies and plans ask of a firm), ``pages``."""
