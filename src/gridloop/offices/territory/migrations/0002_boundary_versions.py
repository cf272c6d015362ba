from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BoundaryVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(editable=False, max_length=20, unique=True)),
                ("street", models.CharField(db_index=True, max_length=12)),
                ("version", models.PositiveIntegerField()),
                ("rev", models.PositiveIntegerField(default=0)),
                ("outlines", models.JSONField(default=list)),
                ("retired", models.JSONField(default=list)),
                ("holes", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("base", models.BigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("published", "已发布,待生效"),
                            ("in_force", "已生效"),
                            ("rolled_back", "已回退"),
                            ("discarded", "已作废"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("drafted_by", models.CharField(max_length=48)),
                ("drafters", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField()),
                ("published_by", models.CharField(blank=True, max_length=48)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("enacted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ["-version"]},
        ),
        migrations.AddConstraint(
            model_name="boundaryversion",
            constraint=models.UniqueConstraint(
                fields=("street", "version"), name="a_boundary_version_is_numbered_once_in_a_street"
            ),
        ),
    ]
