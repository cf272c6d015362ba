"""Troubles of many reporters, recurrences, project proposals."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_inspections'),
        ('organisation', '0004_accounts_and_sign_ins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Trouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(db_index=True, max_length=12)),
                ('noticed_at', models.DateTimeField(verbose_name='发现时间')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Recurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('reasons', models.JSONField(default=list, verbose_name='依据')),
                ('noted_by', models.CharField(max_length=48)),
                ('noted_at', models.DateTimeField()),
                ('dismissed_at', models.DateTimeField(null=True)),
                ('dismissed_because', models.CharField(blank=True, max_length=300, verbose_name='不是反复的理由')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='recurrence', to='cases.case')),
                ('dismissed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recurrences', to='cases.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProjectProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('street', models.CharField(db_index=True, max_length=12)),
                ('title', models.CharField(max_length=120, verbose_name='名称')),
                ('root_cause', models.TextField(max_length=2000, verbose_name='根源')),
                ('cost', models.TextField(max_length=1000, verbose_name='投入')),
                ('benefit', models.TextField(max_length=1000, verbose_name='成效')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='批示')),
                ('cases', models.ManyToManyField(related_name='proposals', to='cases.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.person')),
            ],
            options={
                'ordering': ['-proposed_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='who_proposes_a_project_does_not_decide_it')],
            },
        ),
        migrations.CreateModel(
            name='TroubleCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=20, unique=True)),
                ('standing', models.CharField(choices=[('suspected', '疑似同一问题'), ('confirmed', '已确认'), ('apart', '不是同一问题')], default='suspected', max_length=10)),
                ('reasons', models.JSONField(default=list, verbose_name='依据')),
                ('score', models.FloatField(default=1.0, verbose_name='相近程度')),
                ('noted_by', models.CharField(max_length=48)),
                ('noted_at', models.DateTimeField()),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='troubles', to='cases.case')),
                ('trouble', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='cases.trouble')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('trouble', 'case'), name='a_case_is_in_a_trouble_once'), models.UniqueConstraint(condition=models.Q(('standing', 'apart'), _negated=True), fields=('case',), name='a_case_is_in_one_trouble_at_a_time')],
            },
        ),
    ]
