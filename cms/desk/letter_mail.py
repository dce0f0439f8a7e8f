"""Which letters did not arrive, as the outbox knows it."""

from backend.cases.actions.resending import NOT_ARRIVED, mails_of, newest_whole
from backend.cases.actions.sending import LETTER_KINDS
from backend.outbox.models import OutgoingMessage


def not_arrived(batches):
    """The ids of those of `batches` whose last mail with the letter failed or came back."""
    # The outbox names a letter by its id as text, with which no join is made.
    failed = OutgoingMessage.objects.filter(state__in=NOT_ARRIVED, kind__in=LETTER_KINDS)
    ids = list(failed.order_by().values_list("reference", flat=True).distinct()[:1000])
    mails = mails_of(batches.filter(pk__in=ids))
    newest = {pk: newest_whole(found) for pk, found in mails.items()}
    return [pk for pk, mail in newest.items() if mail is not None and mail.state in NOT_ARRIVED]
