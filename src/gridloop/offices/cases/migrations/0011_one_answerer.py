"""From now on no case is without somebody who owes the answer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_answer_duties")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="answerer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer_duties",
                to="organisation.person",
                verbose_name="答复责任人",
            ),
        ),
    ]
