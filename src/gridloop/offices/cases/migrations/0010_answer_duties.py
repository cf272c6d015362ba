"""The answer duty of every case so far lies on its first contact."""

from django.db import migrations
from django.db.models import F


def on_the_first_contact(apps, schema_editor):
    case = apps.get_model("cases", "Case")
    case.objects.using(schema_editor.connection.alias).filter(answerer=None).update(answerer=F("first_contact"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_court_of_returns")]

    operations = [migrations.RunPython(on_the_first_contact, migrations.RunPython.noop)]
