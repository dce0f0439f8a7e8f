from django.db import migrations, models


class Migration(migrations.Migration):
    """An answer about the effect keeps the hours that it came to."""

    dependencies = [("cases", "0006_sent_wording")]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="hours_before",
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name="effect",
            name="hours_now",
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=9, null=True),
        ),
    ]
