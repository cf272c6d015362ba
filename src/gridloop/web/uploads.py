"""Files that go along with a form: photos, PDFs and sounds, looked through before anything is written, so that nothing of a refused form stays on the disk.

With a script what was chosen is listed, and a sound may be recorded at once (``frontend/src/recorder.ts``); without one a file is chosen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError
from gridloop.offices.archive.attachments import LARGEST, cleaned
from gridloop.offices.cases.actions import Filed, Joined, attach
from gridloop.offices.cases.queries.following import as_teller

MOST_FILES = 6
ACCEPTED = "image/*,application/pdf,audio/*"
HINT = _("最多 6 个,每个不超过 10 MB;拍摄位置会自动去除。录音只随这张表提交。")
Named = tuple[str, bytes]
"""A file's name and its bytes."""


class FilesInput(forms.FileInput):
    """Several files; what is chosen is listed below (``parts/field.html``)."""

    allow_multiple_selected = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own["data-photo-preview"] = f"{own['id']}-chosen"
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Up to ``MOST_FILES`` files as name and bytes, each known to be a photo, PDF or sound. ``records`` as in ``recorder.ts``."""

    def __init__(self, *, records: str = "yes", **kwargs: Any) -> None:
        widget = FilesInput(attrs={"accept": ACCEPTED, "multiple": True, "data-record": records})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Named]:
        sent = [data] if data and not isinstance(data, list) else data or []
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(_("最多 %(most)d 个附件;请留下最要紧的几个。"), params={"most": MOST_FILES})
        return [_looked_through(each) for each in sent]


def _looked_through(sent: Any) -> Named:
    content = b"" if sent.size > LARGEST else sent.read()
    try:
        cleaned(content if sent.size <= LARGEST else bytes(LARGEST + 1), name=sent.name)
    except GridloopError as error:
        raise forms.ValidationError(error.sentence) from error
    return sent.name, content


def digests(files: Sequence[Named]) -> list[str]:
    """What tells these files from others: the same form sent again carries the same."""
    return [hashlib.sha256(content).hexdigest() for _name, content in files]


def attach_told(files: Sequence[Named], *, told: Filed | Joined, by: Actor, at: datetime) -> None:
    """The files are attachments of the case that was filed or joined. Called inside the deed that does so."""
    teller = as_teller(by, told.report) if files else by
    for name, content in files:
        attach(by=teller, at=at, case=told.case.ref, name=name, content=content)
