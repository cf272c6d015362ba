"""Search texts with their index, saved views, the export register. The index is FTS5 on SQLite and GIN on PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models


SQLITE = (
    """CREATE VIRTUAL TABLE cases_search USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii')""",
)
# Written by the tick, a second after the deed: a pending list would only make searches unsteady.
POSTGRESQL = (
    "ALTER TABLE cases_searchtext ADD COLUMN words tsvector",
    "CREATE INDEX cases_search_words ON cases_searchtext USING gin (words) WITH (fastupdate = off)",
)


def make_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE cases_search")
    else:
        schema_editor.execute("ALTER TABLE cases_searchtext DROP COLUMN words")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0004_change_sets'),
        ('organisation', '0002_change_sets'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='search_text', serialize=False, to='cases.case')),
                ('street', models.CharField(max_length=12)),
                ('text', models.TextField()),
                ('initials', models.TextField(blank=True)),
                ('marks', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='ExportRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='登记号')),
                ('exported_at', models.DateTimeField(verbose_name='导出时间')),
                ('purpose', models.CharField(max_length=200, verbose_name='用途')),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='条件')),
                ('condition', models.CharField(max_length=500, verbose_name='条件(文字)')),
                ('columns', models.CharField(max_length=300, verbose_name='列')),
                ('file_format', models.CharField(max_length=4, verbose_name='格式')),
                ('shows_contacts', models.BooleanField(default=False, verbose_name='含反映人信息')),
                ('rows', models.PositiveIntegerField(verbose_name='行数')),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('sha256', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='organisation.person')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['street', '-id'], name='exports_of_a_street')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('sharing', models.CharField(choices=[('own', '只给自己'), ('unit', '本单位'), ('street', '全街道')], default='own', max_length=8, verbose_name='共享')),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='条件')),
                ('saved_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='views', to='organisation.person')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='views', to='organisation.unit')),
            ],
            options={
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['street', 'sharing'], name='views_shared_in_a_street')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='a_person_names_a_view_once'), models.CheckConstraint(condition=models.Q(models.Q(('sharing', 'unit'), ('unit__isnull', False)), models.Q(models.Q(('sharing', 'unit'), _negated=True), ('unit__isnull', True)), _connector='OR'), name='a_view_shared_with_a_unit_names_it')],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
