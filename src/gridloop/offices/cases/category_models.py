"""What the suggestion of categories keeps: which labels and signs a category answers to, and the models themselves.

Chinese terms: 类别标志 (what a category answers to), 类别模型 (a trained model with its card).
"""

from __future__ import annotations

from django.db import models

from gridloop.offices.archive.models import Kept


class CategorySign(Kept):
    """类别标志: the model's labels that a category answers to, and the words that name it; see ``core/category_choice.py``."""

    street = models.CharField(max_length=12)
    path = models.CharField("类别", max_length=120)
    labels = models.JSONField("模型标签", default=list)
    words = models.JSONField("标志词", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "path"], name="a_category_has_its_signs_once"),
        ]
        ordering = ["path"]


class CategoryModel(Kept):
    """类别模型: taught on a date from stated examples; in force, taken over by a later one, or rejected with its reason."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", "在用"
        REPLACED = "replaced", "已被替换"
        REJECTED = "rejected", "未采用"

    street = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField("缘由", max_length=300)
    card = models.JSONField("说明卡")
    weights = models.BinaryField("权重", null=True)
    examples = models.PositiveIntegerField("用到的更正数", default=0)
    trained_at = models.DateTimeField("训练时间")
    trained_by = models.CharField(max_length=48)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["street", "version"], name="a_category_model_version_is_given_once"),
            models.UniqueConstraint(
                fields=["street"], condition=models.Q(state="in_force"), name="one_category_model_is_in_force"
            ),
        ]
        ordering = ["-version"]


class CategoryQuestion(Kept):
    """追问: what is asked of whoever reports a trouble of this category, or of one below it. Nobody has to answer."""

    street = models.CharField(max_length=12, db_index=True)
    category = models.CharField("类别", max_length=120, blank=True)
    text = models.CharField("问题", max_length=80)
    kind = models.CharField("怎么答", max_length=8, default="line")
    options = models.CharField("选项", max_length=300, blank=True)
    place = models.PositiveSmallIntegerField("次序", default=0)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]
