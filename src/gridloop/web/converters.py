"""Parts of addresses that several places share; importing this module makes them known to ``path``."""

from django.urls import register_converter


class SheetForm:
    """csv or xlsx."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SheetForm, "sheet_form")
