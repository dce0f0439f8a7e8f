from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What the flood guard has set aside can be refused by a person."""

    dependencies = [("cases", "0007_effect_hours")]

    operations = [
        migrations.AddField(
            model_name="support",
            name="refused_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="support",
            index=models.Index(
                condition=Q(is_quarantined=True, refused_date=None),
                fields=["on_date"],
                name="support_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.CheckConstraint(
                condition=Q(refused_date=None) | Q(is_quarantined=True), name="support_refused_is_set_aside"
            ),
        ),
    ]
