"""What happens by itself, driven by `manage.py tick`: idempotent, so it catches up after downtime and never doubles."""

import datetime

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from backend.attachments.actions import sweep
from backend.cases.digests import note_late_promises, send_digest
from backend.cases.effects import ask_due
from backend.cases.reminding import remind_due
from backend.cases.similar.indexes import make_due
from backend.cases.telling import ask_to_confirm, tell_writers
from backend.examples.actions import stop_waiting
from backend.examples.lifecycle import IllegalMove, Status
from backend.examples.models import Contact, Example, ExampleEvent, IdempotencyKey
from backend.organisations.models import Organisation
from backend.organisations.permissions import moment
from backend.organisations.workdays import add_working_days
from backend.outbox.actions import deliver_due

# How long an example waits for its writer (api.md, stop_waiting).
ANSWER_WORKING_DAYS = 10
# How long the rows of finished background work are kept.
JOB_LIFE = datetime.timedelta(days=14)
# To list every file of a storage takes time: by night only.
SWEEPING_HOUR = 3


def tick(*, at=None):
    """Everything that is due at `at`. Returns {what: how many}."""
    at = moment(at)
    today = timezone.localdate(at)
    done = {
        "stopped_waiting": _stop_waiting(at),
        "asked_for_effect": ask_due(at=at),
        "late_promises": note_late_promises(at=at),
        "reminders": remind_due(at=at),
        "confirmations": ask_to_confirm(at=at),
        "news": tell_writers(at=at),
        "forgotten_keys": IdempotencyKey.objects.filter(delete_after__lt=today).delete()[0],
        "forgotten_contacts": Contact.objects.filter(delete_after__lt=today).delete()[0],
        "forgotten_jobs": DBTaskResult.objects.finished().filter(finished_at__lte=at - JOB_LIFE).delete()[0],
        "digests": sum(send_digest(organisation, at=at) for organisation in Organisation.objects.all()),
    }
    if timezone.localtime(at).hour == SWEEPING_HOUR:
        done["swept_files"] = sweep(at=at)
    done["indexes"] = make_due(at=at)
    done["sent"], done["failed"] = deliver_due(at=at)
    return done


def _stop_waiting(at):
    today = timezone.localdate(at)
    count = 0
    for example in Example.objects.filter(status=Status.AWAITING_SUBMITTER):
        asked = (
            ExampleEvent.objects.filter(example=example, move="ask")
            .order_by("-id")
            .values_list("on_date", flat=True)
        )
        if asked and add_working_days(asked[0], ANSWER_WORKING_DAYS) < today:
            try:
                stop_waiting(example=example, at=at)
            except IllegalMove:
                continue  # the writer answered in the meantime
            count += 1
    return count
