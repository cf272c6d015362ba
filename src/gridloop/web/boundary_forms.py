"""The forms that draft a boundary: cut by a line, join, redraw, import a file, declare a hole. All of them work without the map.

A line is written as points ``113.505,34.700 113.505,34.720`` (longitude first); the map writes it by itself.
"""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridloop.core.errors import GridloopError, WrongInput
from gridloop.offices.territory.actions import SYSTEMS, Columns, Onto
from gridloop.web.forms import DayInput
from gridloop.web.sentences import lazy_spoken

LARGEST = 12 * 1024 * 1024
MOST_LETTERS = 2_000_000
SYSTEM_CHOICES = [(code, lazy_spoken(label)) for code, label in SYSTEMS.items()]
KINDS = [
    ("compound", _("小区楼院")), ("micro", _("微网格")), ("dedicated", _("专属网格")), ("community", _("社区")), ("village", _("村")),
    ("street", _("街道")),
]  # fmt: skip


class DraftForm(forms.Form):
    """What each step carries: the draft it adds to (none: a new one) and the revision that was seen."""

    template = ""
    onto = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    rev = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.HiddenInput | forms.CheckboxInput):
                field.widget.attrs.setdefault(
                    "class", "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                )

    def target(self) -> Onto:
        """The draft that is added to."""
        return Onto(self.cleaned_data["onto"], self.cleaned_data["rev"])

    def refuse(self, error: GridloopError) -> None:
        """The rule's sentence stands at the field it speaks of, else at the top of the form."""
        named = str(error.fields.get("field", ""))
        self.add_error(named if named in self.fields else None, error.sentence)


def _grid(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=30, widget=forms.TextInput(attrs={"list": "grid-codes", "autocomplete": "off"})
    )


def _system() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("坐标系"), choices=SYSTEM_CHOICES, initial="wgs84")


class SplitForm(DraftForm):
    grid = _grid(_("要分割的网格"))
    line = forms.CharField(
        label=_("分割线"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("各点写成“经度,纬度”,以空格隔开;从网格外面开始,穿过一次,到外面结束。也可以在图上画。"),
    )  # fmt: skip
    code = forms.CharField(
        label=_("新网格代码"), max_length=30, help_text=_("较小的一块用新代码,较大的一块保留原代码。")
    )
    name = forms.CharField(label=_("新网格名称"), max_length=80)

    def clean_line(self) -> list[tuple[float, float]]:
        try:
            return [_point(part) for part in self.cleaned_data["line"].replace(";", " ").replace("；", " ").split()]
        except ValueError as fault:
            raise forms.ValidationError(_("分割线读不出来;请写成“经度,纬度 经度,纬度”。")) from fault


def _point(part: str) -> tuple[float, float]:
    lon, lat = part.replace("，", ",").split(",")
    return float(lon), float(lat)


class MergeForm(DraftForm):
    grid = _grid(_("保留的网格"))
    absorbed = _grid(_("并入它的网格"))


class OutlineForm(DraftForm):
    grid = _grid(_("要改画的网格"))
    geometry = forms.CharField(
        label=_("新边界(GeoJSON)"), max_length=MOST_LETTERS, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Polygon 或 MultiPolygon。在图上改画时会自动填好。"),
    )  # fmt: skip
    system = _system()
    follow = forms.BooleanField(
        label=_("邻格随动:占到的地从邻格划出,让出的地归相邻最长的一格"), required=False, initial=True
    )

    def clean_geometry(self) -> Any:
        try:
            return json.loads(self.cleaned_data["geometry"])
        except (json.JSONDecodeError, RecursionError) as fault:
            raise forms.ValidationError(_("边界不是合法的 GeoJSON;请重画或重新粘贴。")) from fault


class FileForm(DraftForm):
    file = forms.FileField(
        label=_("边界文件"), help_text=_("GeoJSON,或把 .shp、.shx、.dbf、.prj 打成一个 .zip;不超过 12 MB。"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.zip"}),
    )  # fmt: skip
    system = _system()
    code = forms.CharField(label=_("代码所在的属性"), max_length=60, initial="code")
    name = forms.CharField(label=_("名称所在的属性"), max_length=60, initial="name")
    parent_column = forms.CharField(label=_("上级代码所在的属性"), max_length=60, required=False)
    parent = forms.CharField(
        label=_("新网格的上级"), max_length=30, required=False, widget=forms.TextInput(attrs={"list": "grid-codes", "autocomplete": "off"}),
        help_text=_("文件里没有上级时用;留空则挂在街道之下。"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("新网格的类别"), choices=KINDS, initial="compound")

    def content(self) -> bytes:
        """The file's bytes. Raises WrongInput when it is too large."""
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST:
            raise WrongInput("web.file_too_large", "文件超过 12 MB;请按社区拆开再传。", field="file")
        found: bytes = sent.read()
        return found

    def columns(self) -> Columns:
        told = self.cleaned_data
        return Columns(told["code"], told["name"], told["parent_column"], told["parent"], told["kind"])


class HoleForm(DraftForm):
    place = forms.CharField(widget=forms.HiddenInput, max_length=60)
    why = forms.CharField(label=_("为什么不设网格"), max_length=200, help_text=_("例如:水库水面、划归邻街。"))

    def clean_place(self) -> tuple[float, float]:
        try:
            return _point(self.cleaned_data["place"])
        except ValueError as fault:
            raise forms.ValidationError(_("找不到这块空白;请刷新页面再试。")) from fault


class PublishForm(forms.Form):
    rev = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    valid_from = forms.DateField(
        label=_("生效日期"), required=False, widget=DayInput({"class": "form-control"}),
        help_text=_("留空即刻生效;填日期则当天零时生效。"),
    )  # fmt: skip

    def starts(self) -> datetime | None:
        """Midnight of the chosen day."""
        day = self.cleaned_data["valid_from"]
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None


STEPS: dict[str, type[DraftForm]] = {
    "split": SplitForm, "merge": MergeForm, "outline": OutlineForm, "file": FileForm, "hole": HoleForm,
}  # fmt: skip
