"""Parts of addresses that several places share; importing this module makes them known to ``path``."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class SheetForm(StringConverter):
    """csv or xlsx."""

    regex = "csv|xlsx"


register_converter(SheetForm, "sheet_form")
