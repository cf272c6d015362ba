import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_initial'),
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultationdecision',
            name='done_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='consultationdecision',
            name='done_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person'),
        ),
        migrations.AddField(
            model_name='consultationdecision',
            name='outcome',
            field=models.CharField(blank=True, max_length=500, verbose_name='完成情况'),
        ),
        migrations.CreateModel(
            name='OutsideLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('body', models.CharField(max_length=80, verbose_name='外单位')),
                ('task', models.CharField(max_length=1000, verbose_name='请办的事')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('shows_contact', models.BooleanField(default=False, verbose_name='可看反映人联系方式')),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(verbose_name='期限')),
                ('state', models.CharField(choices=[('out', '等外单位答复'), ('answered', '已答复待验收'), ('accepted', '已验收'), ('expired', '到期退回'), ('recalled', '已收回')], default='out', max_length=10)),
                ('answer', models.TextField(blank=True, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('asked_days', models.PositiveSmallIntegerField(default=0, verbose_name='申请延长天数')),
                ('asked_reason', models.CharField(blank=True, max_length=300, verbose_name='延长理由')),
                ('closed_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outside_links', to='cases.case')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'out')), fields=['expires_at'], name='leases_running_out'), models.Index(fields=['sent_by', 'state'], name='links_sent_by_a_person')],
            },
        ),
    ]
