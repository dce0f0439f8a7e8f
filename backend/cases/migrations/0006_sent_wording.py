import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def keep_what_is_known(apps, _schema_editor):
    """What was sent before is known only as the case says it now: rather that than an empty page for the body."""
    referrals = apps.get_model("cases", "Referral").objects.exclude(sent_date=None).select_related("case", "batch")
    wording = apps.get_model("cases", "SentWording")
    wording.objects.bulk_create(
        (
            wording(
                referral=referral,
                title=referral.case.title,
                problem=referral.case.problem,
                proposal=referral.case.proposal,
                rule=referral.case.legislation_text,
                question=referral.question,
                sent_at=referral.batch.sent_at if referral.batch else timezone.now(),
            )
            for referral in referrals
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_workplace_accepted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SentWording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("problem", models.TextField(max_length=8000, verbose_name="problem")),
                ("proposal", models.TextField(blank=True, max_length=8000, verbose_name="proposal")),
                ("rule", models.CharField(blank=True, max_length=1000, verbose_name="legislation")),
                ("question", models.TextField(blank=True, max_length=2000, verbose_name="question")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wordings", to="cases.referral"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["referral", "id"]},
        ),
        migrations.RunPython(keep_what_is_known, migrations.RunPython.noop),
    ]
