"""A match that named a 银企对接会 by its ref is linked to it; whatever else was written stays as it was."""

from django.db import migrations


def link(apps, schema_editor):
    Forum = apps.get_model("enterprise", "Forum")
    BankMatch = apps.get_model("enterprise", "BankMatch")
    for row in BankMatch.objects.exclude(forum="").filter(event__isnull=True):
        found = Forum.objects.filter(street=row.street, kind="bank", ref=row.forum).first()
        if found is not None:
            BankMatch.objects.filter(pk=row.pk).update(event=found, forum="")


def unlink(apps, schema_editor):
    BankMatch = apps.get_model("enterprise", "BankMatch")
    for row in BankMatch.objects.filter(event__isnull=False, forum="").select_related("event"):
        BankMatch.objects.filter(pk=row.pk).update(event=None, forum=row.event.ref)


class Migration(migrations.Migration):
    dependencies = [("enterprise", "0009_plans_of_groups_and_forums_of_matches")]
    operations = [migrations.RunPython(link, unlink)]
