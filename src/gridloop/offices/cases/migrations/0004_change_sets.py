from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_outside_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReplyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(editable=False, max_length=20, unique=True)),
                ("street", models.CharField(db_index=True, max_length=12)),
                ("category", models.CharField(blank=True, max_length=120, verbose_name="类别")),
                ("state", models.CharField(blank=True, max_length=12, verbose_name="状态")),
                ("verb", models.CharField(blank=True, max_length=30, verbose_name="用于")),
                ("title", models.CharField(max_length=80, verbose_name="标题")),
                ("body", models.TextField(max_length=2000, verbose_name="内容")),
                ("retired_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
            ],
            options={
                "ordering": ["title", "id"],
            },
        ),
        migrations.AddField(
            model_name="category",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
        ),
    ]
