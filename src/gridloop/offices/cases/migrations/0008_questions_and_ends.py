"""Questions asked for a category; ended cases are found by when they ended."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_enterprise_ref'),
        ('organisation', '0004_accounts_and_sign_ins'),
        ('territory', '0002_boundary_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategoryQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(db_index=True, max_length=12)),
                ('category', models.CharField(blank=True, max_length=120, verbose_name='类别')),
                ('text', models.CharField(max_length=80, verbose_name='问题')),
                ('kind', models.CharField(default='line', max_length=8, verbose_name='怎么答')),
                ('options', models.CharField(blank=True, max_length=300, verbose_name='选项')),
                ('place', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
            ],
            options={
                'ordering': ['place', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('cleared_at__isnull', False)), fields=['street', 'cleared_at'], name='cases_by_end'),
        ),
    ]
