import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Each referral has files of its own."""

    dependencies = [("attachments", "0001_initial"), ("cases", "0013_reply_taken_back")]

    operations = [
        migrations.CreateModel(
            name="ReferralFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attachments.storedfile",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="cases.referral",
                    ),
                ),
            ],
            options={"ordering": ["referral", "id"]},
        ),
    ]
