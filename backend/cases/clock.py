"""What happens by itself, driven by `manage.py tick`: idempotent, so it catches up after downtime and never doubles."""

import datetime
import logging

from django.db import close_old_connections, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from backend.attachments.actions import sweep
from backend.cases.digests import note_late_promises, send_digest
from backend.cases.effects import ask_due
from backend.cases.reminding import remind_due
from backend.cases.similar.indexes import make_due
from backend.cases.telling import ask_to_confirm, tell_writers
from backend.examples.actions import stop_waiting
from backend.examples.contacts import forget_contacts
from backend.examples.lifecycle import IllegalMove, Status
from backend.examples.models import Contact, Example, ExampleEvent, IdempotencyKey
from backend.organisations.models import Organisation
from backend.organisations.permissions import moment
from backend.organisations.workdays import add_working_days
from backend.outbox.actions import deliver_due, forget_sent

logger = logging.getLogger(__name__)

# How long an example waits for its writer (api.md, stop_waiting).
ANSWER_WORKING_DAYS = 10
# How long the rows of finished background work are kept.
JOB_LIFE = datetime.timedelta(days=14)
# To list every file of a storage takes time: by night only.
SWEEPING_HOUR = 3


class StepsFailed(Exception):
    """Some steps of a run failed; the others were done. `names`, and `done` as `tick` returns it."""

    def __init__(self, names, done):
        self.names, self.done = names, done
        super().__init__(", ".join(names))


def tick(*, at=None):
    """Everything that is due at `at`. Returns {what: how many}.

    A step that fails is logged and holds none of the others back: StepsFailed when all have been tried.
    """
    at = moment(at)
    done, failed = {}, []
    for name, step in STEPS.items():
        try:
            done |= step(at)
        except Exception:
            logger.exception("The clock's step “%s” failed", name)
            failed.append(name)
            # One whose connection broke does not take the next ones with it.
            if not connection.in_atomic_block:
                close_old_connections()
    if failed:
        raise StepsFailed(failed, done)
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


def _forget(at):
    """Let go of what has been kept as long as it may."""
    today = timezone.localdate(at)
    jobs = DBTaskResult.objects.finished().filter(finished_at__lte=at - JOB_LIFE)
    return {
        "forgotten_keys": IdempotencyKey.objects.filter(delete_after__lt=today).delete()[0],
        "forgotten_contacts": forget_contacts(Contact.objects.filter(delete_after__lt=today)),
        "forgotten_mail": forget_sent(at=at),
        "forgotten_jobs": jobs.delete()[0],
    }


def _send_digests(at):
    return {"digests": sum(send_digest(organisation, at=at) for organisation in Organisation.objects.all())}


def _sweep(at):
    return {"swept_files": sweep(at=at)} if timezone.localtime(at).hour == SWEEPING_HOUR else {}


def _deliver(at):
    sent, failed = deliver_due(at=at)
    return {"sent": sent, "failed": failed}


# The steps of a run in their order: the mail last, so that what was queued just now goes along.
STEPS = {
    "stop waiting": lambda at: {"stopped_waiting": _stop_waiting(at)},
    "ask for the effect": lambda at: {"asked_for_effect": ask_due(at=at)},
    "late promises": lambda at: {"late_promises": note_late_promises(at=at)},
    "reminders": lambda at: {"reminders": remind_due(at=at)},
    "confirmations": lambda at: {"confirmations": ask_to_confirm(at=at)},
    "news": lambda at: {"news": tell_writers(at=at)},
    "forget": _forget,
    "digests": _send_digests,
    "sweep files": _sweep,
    "indexes": lambda at: {"indexes": make_due(at=at)},
    "deliver mail": _deliver,
}
