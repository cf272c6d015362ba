"""Where we are: the grid tree, its dated boundaries, and the addresses that lead to a cell.

Chinese terms: 一级/二级/三级网格 (level 1 street, 2 community, 3 compound), 微网格 (level 4), 专属网格 (dedicated), 边界 (boundary).
Coordinates are WGS-84 (= CGCS2000 for our purpose). A case keeps the cell it was filed in when boundaries change.
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class Grid(Kept):
    """网格: a node of the tree. ``path`` is district/street/…, the prefix of all scopes."""

    class Kind(models.TextChoices):
        DISTRICT = "district", "区"
        STREET = "street", "街道"
        COMMUNITY = "community", "社区"
        VILLAGE = "village", "村"
        COMPOUND = "compound", "小区楼院"
        MICRO = "micro", "微网格"
        DEDICATED = "dedicated", "专属网格"

    street = models.CharField(max_length=12, db_index=True)
    code = models.CharField("代码", max_length=30)
    name = models.CharField("名称", max_length=80)
    level = models.SmallIntegerField("级别")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField("路径", max_length=120, unique=True)
    is_synthetic = models.BooleanField("示意", default=False)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "code"], name="a_grid_code_is_used_once_in_a_street")]
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class Boundary(Kept):
    """边界: the polygon of a grid, from a day on. ``geometry`` is GeoJSON (Polygon or MultiPolygon, WGS-84)."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="boundaries")
    version = models.PositiveIntegerField(default=1)
    geometry = models.TextField()
    source = models.CharField("来源", max_length=120)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grid", "version"], name="a_boundary_version_is_given_once")]


class BoundaryVersion(Kept):
    """边界版: outlines of some grids of a street, drafted by one person, published by another, in force from a date.

    ``outlines`` are [{code, name, parent, kind, geometry}], ``retired`` codes of grids that end, ``holes`` [{geometry, why}] all the
    declared holes; ``before`` is the same of what it replaced, from which it is rolled back. ``base`` is the newest boundary
    that its drafter could know.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布,待生效"
        IN_FORCE = "in_force", "已生效"
        ROLLED_BACK = "rolled_back", "已回退"
        DISCARDED = "discarded", "已作废"

    street = models.CharField(max_length=12, db_index=True)
    version = models.PositiveIntegerField()
    rev = models.PositiveIntegerField(default=0)
    outlines = models.JSONField(default=list)
    retired = models.JSONField(default=list)
    holes = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    base = models.BigIntegerField(default=0)
    note = models.CharField("说明", max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    drafted_by = models.CharField(max_length=48)
    drafters = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    published_by = models.CharField(max_length=48, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    enacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["street", "version"], name="a_boundary_version_is_numbered_once_in_a_street"
            )
        ]
        ordering = ["-version"]


class Address(Kept):
    """地址: a place name people say (a compound, a road section, a tower), and the cell it lies in."""

    street = models.CharField(max_length=12, db_index=True)
    name = models.CharField("地名", max_length=120)
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="addresses")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "name"], name="an_address_is_written_once_in_a_street")
        ]
        ordering = ["name"]
