from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_answers")]

    operations = [
        migrations.AddField(
            model_name="caseexample",
            name="workplace_accepted_date",
            field=models.DateField(blank=True, null=True),
        ),
    ]
