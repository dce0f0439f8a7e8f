from django.db import migrations, models

DOABLE = ["follow", "partly", "trial", "exemption", "already_allowed"]


def give_promises_their_dates(apps, _schema_editor):
    """What was done stood on the case: it was every promise that had been released and not replaced."""
    replies = apps.get_model("cases", "Reply").objects
    cases = apps.get_model("cases", "Case").objects
    newest = {}
    released = replies.exclude(released_at=None).exclude(answer="lacks_facts").order_by("released_at", "id")
    for reply in released.select_related("referral__case").iterator():
        newest[reply.referral_id] = reply
    open_promises = {}
    for reply in newest.values():
        case = reply.referral.case
        if reply.answer not in DOABLE:
            continue
        if case.implemented_date is None:
            open_promises[case.pk] = open_promises.get(case.pk, 0) + 1
        else:
            replies.filter(pk=reply.pk).update(
                implemented_date=case.implemented_date, evidence=case.evidence
            )
    for pk, count in open_promises.items():
        cases.filter(pk=pk).update(open_promises=count)


class Migration(migrations.Migration):
    """A promise belongs to the answer that made it, and so does the day it was done."""

    dependencies = [("cases", "0008_support_refused")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="implemented_date",
            field=models.DateField(blank=True, null=True, verbose_name="done"),
        ),
        migrations.AddField(
            model_name="reply",
            name="evidence",
            field=models.CharField(blank=True, max_length=1000, verbose_name="what shows it"),
        ),
        migrations.AddField(
            model_name="case",
            name="open_promises",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("implemented_date", None), ("answer__in", DOABLE), _connector="OR"),
                name="reply_done_after_promise",
                violation_error_message="Only what was promised can be done.",
            ),
        ),
        migrations.RunPython(give_promises_their_dates, migrations.RunPython.noop),
    ]
