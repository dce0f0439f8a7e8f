import django.db.models.deletion
from django.db import migrations, models


def find_open_questions(apps, _schema_editor):
    """The question of each body that asks back: the newest that was received and not replaced by another."""
    reply = apps.get_model("cases", "Reply")
    for referral in apps.get_model("cases", "Referral").objects.filter(status="asked_back"):
        questions = reply.objects.filter(
            referral=referral, answer="lacks_facts", is_proposal=False, superseded_by=None
        )
        referral.open_question = questions.order_by("received_date", "released_at").last()
        referral.save(update_fields=["open_question"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_link_replaced")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="open_question",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="cases.reply",
            ),
        ),
        migrations.RunPython(find_open_questions, migrations.RunPython.noop),
    ]
