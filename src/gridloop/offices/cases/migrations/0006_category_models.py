"""What a category answers to, and the models that suggest categories."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_search_views_exports'),
    ]

    operations = [
        migrations.CreateModel(
            name='CategorySign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('path', models.CharField(max_length=120, verbose_name='类别')),
                ('labels', models.JSONField(default=list, verbose_name='模型标签')),
                ('words', models.JSONField(default=list, verbose_name='标志词')),
            ],
            options={
                'ordering': ['path'],
                'constraints': [models.UniqueConstraint(fields=('street', 'path'), name='a_category_has_its_signs_once')],
            },
        ),
        migrations.CreateModel(
            name='CategoryModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('version', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('in_force', '在用'), ('replaced', '已被替换'), ('rejected', '未采用')], max_length=10)),
                ('reason', models.CharField(max_length=300, verbose_name='缘由')),
                ('card', models.JSONField(verbose_name='说明卡')),
                ('weights', models.BinaryField(null=True, verbose_name='权重')),
                ('examples', models.PositiveIntegerField(default=0, verbose_name='用到的更正数')),
                ('trained_at', models.DateTimeField(verbose_name='训练时间')),
                ('trained_by', models.CharField(max_length=48)),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('street', 'version'), name='a_category_model_version_is_given_once'), models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('street',), name='one_category_model_is_in_force')],
            },
        ),
    ]
