"""A letter that did not arrive, and one that was not answered: sent again, or to the next contact on the ladder.

A person sends each of them. The words are those of the first mail; only the link is new.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.letters import RULE
from backend.cases.lifecycle import ReferralStatus, Status
from backend.cases.models import Batch
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import check_text
from backend.organisations.permissions import can, check_permission, moment
from backend.organisations.sealing import unseal
from backend.outbox.actions import SECRET_MARK, mark_bounced, queue_message
from backend.outbox.models import OutgoingMessage, State
from backend.registry.letters import left_open

from .enclosing import enclosed
from .links import (
    contacts_on,
    current_link,
    issue_link,
    may_have_new_link,
    no_address,
    record_rows,
    replace_link,
)
from .referring import check_workplace_spared
from .sending import LETTER_KINDS, registered
from .steps import check_may_leave_secretariat, not_now, refuse

# The mails that hold the whole letter: with one of these it has arrived or not.
_WHOLE = ("letter", "letter_again", "letter_next")
NOT_ARRIVED = (State.FAILED, State.BOUNCED)


def mails_of(batches):
    """The outbox's messages about `batches`, newest first, in one query: {batch id: [message]}."""
    found = {str(batch.pk): [] for batch in batches}
    rows = OutgoingMessage.objects.filter(reference__in=found, kind__in=LETTER_KINDS)
    for message in rows.order_by("-not_before", "-id"):
        found[message.reference].append(message)
    return {batch.pk: found[str(batch.pk)] for batch in batches}


def newest_whole(mails):
    """The last of `mails` that carried the whole letter, or None: whether it arrived is whether the letter did."""
    return next((mail for mail in mails if mail.kind in _WHOLE), None)


def letter_moves(batch, mails, *, by, at):
    """The names of the moves that `by` may make with a letter now; `mails` are its own, of `mails_of`."""
    if not can(by, "case.edit", batch.organisation_id):
        return []
    is_open = batch.referrals.open().exists()
    newest = newest_whole(mails)
    legal = {
        "send_again": is_open and newest is not None and newest.state in NOT_ARRIVED,
        "mark_returned": any(mail.state == State.SENT for mail in mails),
        "escalate": is_open and newest is not None and next_contact(batch, at=at) is not None,
        "send_new_link": may_have_new_link(batch, at=at),
        "revoke_link": batch.links.filter(revoked_at=None).exists(),
    }
    return [name for name, is_legal in legal.items() if is_legal]


def _begin(batch, by):
    check_permission(by, "case.edit", batch.organisation_id)
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "body")
    return rows.get(pk=batch.pk)


@transaction.atomic
def mark_returned(*, batch, message, by, at=None):
    """A person has seen in the mailbox that the mail came back."""
    at = moment(at)
    batch = _begin(batch, by)
    message = OutgoingMessage.objects.select_for_update().get(pk=message.pk, reference=str(batch.pk))
    if message.state != State.SENT:
        raise IllegalMove("mark_returned", message.state)
    mark_bounced(message=message, at=at)
    record_rows(batch, "mail_bounced", by=by, at=at)


@transaction.atomic
def send_letter_again(*, batch, to=None, by, at=None):
    """Mail a letter once more that failed or came back, with a new link; the old one closes. Returns the link."""
    at = moment(at)
    batch = _begin(batch, by)
    newest = newest_whole(mails_of([batch])[batch.pk])
    if newest is None or newest.state not in NOT_ARRIVED:
        raise IllegalMove("send_letter_again", newest.state if newest else "")
    if not batch.referrals.open().exists():
        raise IllegalMove("send_letter_again", "answered")
    to = registered(batch.body, batch.organisation, to, at)
    # The place that is taken is the one of the link that did not arrive; another contact's goes on working.
    old = current_link(batch, to=unseal(newest.to_encrypted))
    link = _mail_again(batch, to, kind="letter_again", at=at)
    replace_link(old, link, at=at)
    record_rows(batch, "send_again", by=by, at=at)
    return link


def next_contact(batch, *, at):
    """The registered contact above those the letter has gone to, or None at the top of the ladder."""
    rows = contacts_on(batch.body_id, batch.organisation_id, timezone.localdate(at))
    written = sent_to(batch)
    reached = max((row.rank for row in rows if row.email.lower() in written), default=0)
    above = (row for row in rows if row.rank > reached and row.email.lower() not in written)
    return next(above, None)


def sent_to(batch):
    """The addresses that links to the whole letter have gone to, in lower case."""
    return {unseal(link.to_email_encrypted).lower() for link in batch.links.filter(parent=None)}


@transaction.atomic
def escalate(*, batch, subject, letter, by, at=None):
    """Write to the next contact on the body's ladder about a letter that is late: a few words, then the letter itself.

    The first contact's link stays open. InvalidInput at /subject, /letter and /to. Returns the new link.
    """
    at = moment(at)
    batch = _begin(batch, by)
    contact = next_contact(batch, at=at)
    if contact is None:
        raise (
            no_address(batch.body, "/to")
            if not sent_to(batch)
            else not_now(
                "no_next_contact",
                _("There is nobody above on the body's ladder. Enter one under Bodies."),
                "/to",
            )
        )
    if not batch.referrals.open().exists():
        raise IllegalMove("escalate", "answered")
    subject = check_text(subject, pointer="/subject", maximum=180, minimum=3, required=True, single_line=True)
    letter = check_text(letter, pointer="/letter", maximum=8000, required=True)
    for pointer, words in (("/subject", subject), ("/letter", letter)):
        if what := left_open(words):
            raise refuse(
                pointer, "placeholder_left", _("Fill in or delete “%(what)s” first.") % {"what": what}
            )
    link = _mail_again(
        batch, contact.email, kind="letter_next", before=letter, subject=f"{subject} ({batch.number})", at=at
    )
    record_rows(
        batch,
        "escalate",
        by=by,
        at=at,
        referrals=batch.referrals.open().select_related("case"),
        why=contact.title or contact.name,
    )
    return link


def _check_unchanged(batch, at):
    """The old letter goes out again word for word: not where a row has been taken back, stopped or closed since, nor
    where it waits for its writer or would now reach a workplace that is to be spared."""
    for row in batch.referrals.select_related("case").order_by("position"):
        case = row.case
        if (
            row.status == ReferralStatus.CANCELLED
            or case.flag
            or case.status == Status.CLOSED
            or case.merged_into_id is not None
        ):
            raise refuse(
                "/referrals",
                "changed_since",
                _("%(case)s has been taken back, stopped or closed since. Write a new letter with the rest.")
                % {"case": case.reference},
            )
        check_may_leave_secretariat(case, at=at, pointer="/referrals")
        check_workplace_spared(case, batch.body, "/referrals")


def first_mail(batch):
    """The mail that carried the letter; None for what was sent otherwise."""
    mails = OutgoingMessage.objects.filter(reference=str(batch.pk), kind="letter")
    return mails.order_by("not_before").first()


def _mail_again(batch, to, *, kind, before="", subject="", at):
    """Queue the first mail's words and files once more, under a new link. `before`: words that stand first."""
    first = first_mail(batch)
    if first is None:
        raise IllegalMove(kind, batch.channel)
    _check_unchanged(batch, at)
    link, secret = issue_link(batch=batch, to_email=to, at=at)
    body = first.body.replace(SECRET_MARK, secret)
    queue_message(
        organisation=batch.organisation,
        kind=kind,
        to=to,
        subject=subject or first.subject,
        body=f"{before}\n\n{RULE}\n\n{body}" if before else body,
        reference=str(batch.pk),
        attachments=[
            (row.file.name, row.file.content_type, row.file.file.read())
            for row in batch.files.select_related("file")
        ]
        + enclosed(batch),
        headers=first.headers,
        secret=secret,
        at=at,
    )
    return link
