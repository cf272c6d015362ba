"""The secret of a receipt, an outside link or an invitation stays out of the logs: what follows ``/r/``, ``/l/`` or ``/firm/open/`` is struck from every line before it is written.

A receipt's address is its key. Django names the address in its warnings (a refusal, a missing page, a fault), so the filter
stands on the handler, where all lines pass.

Worked example::

    "Not Found: /r/abcd…wxyz/photo/"   ->   "Not Found: /r/…/photo/"
"""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"(/[rl]/|/firm/open/)[^/\s?\"']+")


class SecretsStayOut(logging.Filter):
    """Every line passes, without the secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = struck_out(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = struck_out(logging.Formatter().formatException(record.exc_info))
        return True


def struck_out(line: str) -> str:
    """The line with the secret of any receipt's address replaced by an ellipsis."""
    return SECRET.sub(r"\1…", line)
