from django.db import migrations, models


def note_what_was_looked_at(apps, _schema_editor):
    """Known until now by the days alone: an answer of the day of the last look counts as seen, as it did."""
    events = apps.get_model("cases", "CaseEvent").objects.filter(move="note_effect")
    effects = apps.get_model("cases", "Effect").objects
    for case, day in events.values_list("case", "on_date"):
        effects.filter(case=case, on_date__lte=day).update(is_noted=True)


class Migration(migrations.Migration):
    """Whether a person has looked at a writer's answer stands on the answer."""

    dependencies = [("cases", "0011_open_question")]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="is_noted",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(note_what_was_looked_at, migrations.RunPython.noop),
    ]
