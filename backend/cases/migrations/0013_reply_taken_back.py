from django.db import migrations, models


class Migration(migrations.Migration):
    """An answer that was entered on the wrong row can be taken back."""

    dependencies = [("cases", "0012_effect_noted")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
