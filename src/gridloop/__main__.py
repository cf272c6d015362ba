"""``python -m gridloop``: the same command line as ``gridloop``."""

from gridloop.site.command import main

if __name__ == "__main__":
    main(prog_name="gridloop")
