"""What lists are made of: the text a case is found by, views that people keep, and the register of what left the house as a file.

Chinese terms: 检索文本 (search text), 视图 (saved view), 导出登记 (export record).
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept
from gridloop.offices.organisation.models import Person, Unit


class SearchText(models.Model):
    """检索文本: what a case is found by (``core.search.Findable``), made from the case and never edited.

    Beside it stands the index of its keys: on SQLite the FTS5 table ``cases_search``, on PostgreSQL the column ``words``
    with a GIN index; both are made by the migration and written by ``actions.searching`` only.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, primary_key=True, related_name="search_text")
    street = models.CharField(max_length=12)
    text = models.TextField()
    initials = models.TextField(blank=True)
    marks = models.TextField(blank=True)


class SavedView(Kept):
    """视图: a filter, its columns and its order, kept under a name by one person, perhaps shared with a unit or the street."""

    class Sharing(models.TextChoices):
        OWN = "own", "只给自己"
        UNIT = "unit", "本单位"
        STREET = "street", "全街道"

    street = models.CharField(max_length=12)
    name = models.CharField("名称", max_length=40)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="views")
    sharing = models.CharField("共享", max_length=8, choices=Sharing.choices, default=Sharing.OWN)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="views")
    query = models.CharField("条件", max_length=1000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_names_a_view_once"),
            models.CheckConstraint(
                condition=models.Q(sharing="unit", unit__isnull=False)
                | (~models.Q(sharing="unit") & models.Q(unit__isnull=True)),
                name="a_view_shared_with_a_unit_names_it",
            ),
        ]
        indexes = [models.Index(fields=["street", "sharing"], name="views_shared_in_a_street")]
        ordering = ["name", "id"]


class ExportRecord(Kept):
    """导出登记: who took which cases out as a file, when, why, and the file's fingerprint. Never changed, never deleted."""

    street = models.CharField(max_length=12)
    number = models.CharField("登记号", max_length=30, unique=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="exports")
    exported_at = models.DateTimeField("导出时间")
    purpose = models.CharField("用途", max_length=200)
    query = models.CharField("条件", max_length=1000, blank=True)
    condition = models.CharField("条件(文字)", max_length=500)
    columns = models.CharField("列", max_length=300)
    file_format = models.CharField("格式", max_length=4)
    shows_contacts = models.BooleanField("含反映人信息", default=False)
    rows = models.PositiveIntegerField("行数")
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField("文件摘要", max_length=64)

    class Meta:
        indexes = [models.Index(fields=["street", "-id"], name="exports_of_a_street")]
        ordering = ["-id"]
