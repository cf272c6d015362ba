"""How is it switched on?  Settings, urls, the command line, and the tick: the only reader of the wall clock."""
