from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0002_change_sets'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='last_used_on',
            field=models.DateField(blank=True, null=True, verbose_name='最近使用'),
        ),
    ]
