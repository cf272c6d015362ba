from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0002_failed_reactions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["book", "kind", "id"], name="entries_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="accessnote",
            index=models.Index(fields=["street", "id"], name="looks_of_a_street"),
        ),
    ]
