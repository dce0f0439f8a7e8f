"""Whether letters arrived, as the outbox knows it."""

from backend.cases.actions.resending import mails_of
from backend.cases.actions.sending import LETTER_KINDS
from backend.outbox.models import OutgoingMessage, State

NOT_ARRIVED = (State.FAILED, State.BOUNCED)
# The mails that hold the whole letter: with one of these it has arrived or not.
WHOLE = {"letter", "letter_again", "letter_next"}


def newest_of(mails):
    """The last mail that carried the whole letter: whether it arrived is whether the letter did."""
    return next((mail for mail in mails if mail.kind in WHOLE), None)


def not_arrived(batches):
    """The ids of those of `batches` whose last mail with the letter failed or came back."""
    # The outbox names a letter by its id as text, with which no join is made.
    failed = OutgoingMessage.objects.filter(state__in=NOT_ARRIVED, kind__in=LETTER_KINDS)
    ids = list(failed.order_by().values_list("reference", flat=True).distinct()[:1000])
    mails = mails_of(batches.filter(pk__in=ids))
    newest = {pk: newest_of(found) for pk, found in mails.items()}
    return [pk for pk, mail in newest.items() if mail is not None and mail.state in NOT_ARRIVED]
