"""The index of cases is built anew by the tick: an address is found by its pinyin initials, too."""

from django.db import migrations


def empty_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("INSERT INTO cases_search (cases_search) VALUES ('delete-all')")
    apps.get_model("cases", "SearchText").objects.all().delete()
    apps.get_model("archive", "Bookmark").objects.filter(reader="search").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0003_entries_and_looks_in_order"),
        ("cases", "0017_overnight_lists"),
    ]

    operations = [
        migrations.RunPython(empty_index, migrations.RunPython.noop),
    ]
