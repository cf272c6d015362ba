import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="dutyitem",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(editable=False, max_length=20, unique=True)),
                ("street", models.CharField(db_index=True, max_length=12)),
                ("title", models.CharField(max_length=200, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("discarded", "已作废"),
                            ("draft", "草稿"),
                            ("failed", "未能生效"),
                            ("in_force", "已生效"),
                            ("published", "待生效"),
                            ("submitted", "待核对"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("rev", models.PositiveIntegerField(default=0)),
                ("changes", models.JSONField(default=list, verbose_name="变更")),
                ("drafted_at", models.DateTimeField(verbose_name="起草时间")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("published_at", models.DateTimeField(null=True, verbose_name="发布时间")),
                ("effective_at", models.DateTimeField(blank=True, null=True, verbose_name="生效日期")),
                ("in_force_at", models.DateTimeField(null=True, verbose_name="生效时间")),
                ("remark", models.CharField(blank=True, max_length=300, verbose_name="意见")),
                ("outcome", models.JSONField(default=list, verbose_name="结果")),
                (
                    "drafter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_sets",
                        to="organisation.person",
                        verbose_name="起草人",
                    ),
                ),
                (
                    "publisher",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_change_sets",
                        to="organisation.person",
                        verbose_name="发布人",
                    ),
                ),
                (
                    "rolls_back",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roll_backs",
                        to="organisation.changeset",
                        verbose_name="回退",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["street", "state", "-id"], name="change_sets_by_state"),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["effective_at"],
                        name="change_sets_to_take_effect",
                    ),
                ],
            },
        ),
    ]
