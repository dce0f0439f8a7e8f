"""A case that was edited after it was sent: the body reads the new words when a person sends them, and not before."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from backend.cases.letters import row_of
from backend.cases.lifecycle import check_referral_move
from backend.cases.wordings import is_reworded, wording_now
from backend.organisations.permissions import moment
from backend.outbox.actions import queue_message

from .links import current_link, issue_link, link_address, no_address, registered_address
from .referring import check_may_be_asked
from .steps import begin, check_may_leave_secretariat, lock_referral, not_now, record


@transaction.atomic
def send_wording(*, referral, by, at=None):
    """Let the body read what the case says now, beside what it was sent before. Returns the SentWording.

    Where the letter went by mail, the new words are mailed with a link of their own; else the secretariat tells the
    body as it told it the first time. InvalidInput at /wording where nothing has changed or the words may not go out,
    and at /link and /to where no mail can be sent; IllegalMove unless the body still owes an answer.
    """
    at = moment(at)
    case = referral.case
    _move, from_status, _why = begin(case, "refer", by=by)
    referral = lock_referral(referral)
    referral.case = case
    check_referral_move("send_wording", referral)
    if not is_reworded(referral):
        raise not_now("unchanged", _("The body has the wording as it is now."), "/wording")
    check_may_leave_secretariat(case, at=at, pointer="/wording")
    check_may_be_asked(case, referral.body, referral.question, "/wording")
    wording = wording_now(referral, sent_at=at, sent_by=by)
    wording.save(force_insert=True)
    if referral.batch_id is not None and referral.batch.channel == "mail":
        _mail(referral, at)
    record(case, "send_wording", from_status=from_status, by=by, at=at, referral=referral)
    return wording


def _mail(referral, at):
    """The new words, complete in themselves, to the registered address that holds the letter."""
    batch = referral.batch
    current = current_link(batch)
    if current is None:
        raise not_now("closed", _("The body's link has been closed. Send a new link first."), "/link")
    address = registered_address(batch, current, at=at)
    if not address:
        raise no_address(batch.body, "/to")
    _link, secret = issue_link(batch=batch, to_email=address, at=at)
    with translation.override(settings.LANGUAGE_CODE):
        row = row_of(referral, referral.position)
        queue_message(
            organisation=batch.organisation,
            kind="letter_wording",
            to=address,
            subject=_("New wording of row %(row)s in letter %(number)s")
            % {"row": row.position, "number": batch.number},
            body=_(
                "%(organisation)s has changed the wording of row %(row)s in letter %(number)s. It now reads:\n\n"
                "%(title)s (%(reference)s)\n\n%(words)s\n\nAnswer here. The link in our letter works too.\n%(link)s"
                "\n\n%(contact)s"
            )
            % {
                "organisation": batch.organisation.name,
                "row": row.position,
                "number": batch.number,
                "title": row.title,
                "reference": row.reference,
                "words": "\n\n".join(f"{heading}:\n{words}" for heading, words in row.parts()),
                "link": link_address(batch.organisation, secret),
                "contact": batch.contact,
            },
            reference=str(batch.pk),
            secret=secret,
            at=at,
        )
