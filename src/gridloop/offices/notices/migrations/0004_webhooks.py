import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_public_pages'),
        ('organisation', '0002_change_sets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(db_index=True, max_length=12)),
                ('rev', models.PositiveIntegerField(default=0)),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('url', models.TextField(verbose_name='地址')),
                ('host', models.CharField(max_length=260, verbose_name='主机')),
                ('secret', models.TextField(verbose_name='密钥')),
                ('former_secret', models.TextField(blank=True, default='', verbose_name='旧密钥')),
                ('former_until', models.DateTimeField(null=True)),
                ('events', models.JSONField(default=list, verbose_name='事件')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('after_seq', models.BigIntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True, verbose_name='失败自')),
                ('made_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('kind', models.CharField(max_length=48, verbose_name='事件')),
                ('seq', models.BigIntegerField(null=True)),
                ('body', models.TextField()),
                ('made_at', models.DateTimeField(verbose_name='产生时间')),
                ('next_try_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('taken_at', models.DateTimeField(null=True, verbose_name='送达时间')),
                ('given_up_at', models.DateTimeField(null=True, verbose_name='放弃时间')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='notices.webhook')),
            ],
        ),
        migrations.CreateModel(
            name='WebhookAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(max_length=12)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('status', models.PositiveSmallIntegerField(null=True, verbose_name='状态码')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('fault', models.CharField(blank=True, max_length=200, verbose_name='故障')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='notices.webhookdelivery')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['next_try_at'], name='messages_to_be_tried'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['webhook', '-id'], name='messages_of_a_webhook'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['made_at'], name='messages_by_age'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'seq'), name='an_entry_goes_once_to_a_webhook'),
        ),
    ]
