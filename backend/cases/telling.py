"""Telling writers who gave an address: one mail to ask whether they want mail, and at most one a day with news.

Nothing in a mail tells what somebody wrote, nor about whom: a work mailbox is the employer's. Two mails of the same
kind differ in nothing but the link that ends them (P-6, RFC 8058). Supporters have no code and no address: they see
the public page.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.cases.actions.editing import WORDING as WORDING_FIELDS
from backend.cases.actions.steps import PREVIEW_WORKING_DAYS
from backend.cases.lifecycle import Outcome, ReferralStatus, Status
from backend.cases.models import CaseEvent, CaseExample, Reply
from backend.examples.contacts import (
    CONFIRMED_DAYS,
    confirm_key,
    mail_reference,
    mail_token,
    news_key,
    same_address,
)
from backend.examples.lifecycle import Status as ExampleStatus
from backend.examples.models import Contact, ExampleEvent
from backend.organisations.addresses import address_of
from backend.organisations.sealing import unseal
from backend.organisations.workdays import add_working_days
from backend.outbox.actions import queue_message
from backend.outbox.models import OutgoingMessage

# Mail to writers goes out in the morning, whenever the thing happened (P-3).
NEWS_HOUR = 7
# How long an address is kept when the case was closed and nothing will be asked.
CLOSED_DAYS = 30
QUESTION = "question"
WORDING = "wording"
# What a mail may say of a public step, in this order; nothing of what it is about.
NEWS = {
    WORDING: gettext_lazy(
        "The secretariat's text is ready for you to see. You can say yes or no before it goes further."
    ),
    "ask": gettext_lazy("The secretariat has a question for you."),
    "refer": gettext_lazy("It has been sent on to somebody who may be able to do something about it."),
    QUESTION: gettext_lazy("There is a question for you."),
    "release_reply": gettext_lazy("There is an answer."),
    "mark_done": gettext_lazy("Something has been done."),
    "undo_done": gettext_lazy("It was not done after all."),
    "ask_effect": gettext_lazy("We would like to know whether it helped."),
    "close": gettext_lazy("It has been closed."),
    "reopen": gettext_lazy("It has been taken up again."),
}
# A wording under the code that its writer asked to see and has not said yes to.
WAITS_FOR_YES = Q(
    is_source=True,
    example__preview_wording=True,
    wording_shown_date__isnull=False,
    wording_accepted_date=None,
)
# Steps that undo each other: of a night's to and fro only what it came to is news.
_UNDOING = (("mark_done", "undo_done"), ("close", "reopen"))


def ask_to_confirm(*, at):
    """Ask each new address, once, whether its owner wants mail. Returns how many mails were queued."""
    if timezone.localtime(at).hour < NEWS_HOUR:
        return 0
    new = Contact.objects.filter(confirmed_date=None, told_date=None, example__is_quarantined=False).order_by(
        "pk"
    )
    return sum(_ask_to_confirm(pk, at) for pk in list(new.values_list("pk", flat=True)))


@transaction.atomic
def _ask_to_confirm(pk, at):
    """One mail to an address that has never had one; an address that is known already is taken as it is."""
    contact = _locked(pk)
    if contact is None or contact.told_date is not None or contact.confirmed_date is not None:
        return False
    today = timezone.localdate(at)
    others = same_address(contact).exclude(pk=contact.pk)
    if others.filter(confirmed_date__isnull=False).exists():
        contact.confirmed_date = today
        if contact.example.status != ExampleStatus.SET_ASIDE:
            contact.delete_after = today + datetime.timedelta(days=CONFIRMED_DAYS)
        contact.save(update_fields=["confirmed_date", "delete_after"])
        return False
    asked = others.filter(told_date__isnull=False).exists()
    contact.told_date = today
    contact.save(update_fields=["told_date"])
    if asked:
        return False
    organisation = contact.example.organisation
    with translation.override(settings.LANGUAGE_CODE):
        return _queue(
            contact,
            kind="confirm_address",
            subject=_("May we write to you? %(organisation)s") % {"organisation": organisation.name},
            body=_(
                "This address was written on a form at %(organisation)s by somebody who wants to hear from us.\n\n"
                "Was it you? Then open this page and press Yes:\n%(link)s\n\nThen we write when there is news, at most"
                " once a day. If you do nothing, you get no more mail from us, and we delete the address after 30"
                " days. On the same page you can have it deleted now."
            ),
            once_key=confirm_key(contact),
            at=at,
        )


def _locked(pk):
    return (
        Contact.objects.select_for_update(of=("self",))
        .select_related("example__organisation")
        .filter(pk=pk)
        .first()
    )


def tell_writers(*, at):
    """Queue the morning's mails about public steps, one for each address that has news. Returns how many."""
    local = timezone.localtime(at)
    if local.hour < NEWS_HOUR:
        return 0
    news = CaseEvent.objects.filter(
        Q(case=OuterRef("case")) | Q(case=OuterRef("case__merged_into")),
        is_public=True,
        pk__gt=OuterRef("example__contact__told_event"),
    )
    shown_since = Q(example__contact__told_date=None) | Q(
        wording_shown_date__gte=F("example__contact__told_date")
    )
    rows = (
        CaseExample.objects.current()
        .filter(example__contact__confirmed_date__isnull=False)
        .filter(Q(example__contact__told_date=None) | Q(example__contact__told_date__lt=local.date()))
        .filter(Exists(news) | WAITS_FOR_YES & shown_since)
        .values_list("example__organisation", "example__contact__email_hmac")
    )
    asked = Contact.objects.filter(
        Q(told_date=None) | Q(told_date__lt=local.date()),
        confirmed_date__isnull=False,
        example__status=ExampleStatus.AWAITING_SUBMITTER,
    ).filter(
        Exists(
            ExampleEvent.objects.filter(
                Q(on_date__gte=OuterRef("told_date")) | Q(example__contact__told_date=None),
                example=OuterRef("example"),
                move="ask",
            )
        )
    )
    found = [*rows, *asked.values_list("example__organisation", "email_hmac")]
    return sum(_tell(organisation, hmac, at) for organisation, hmac in dict.fromkeys(found))


@transaction.atomic
def _tell(organisation, email_hmac, at):
    """One mail for all that is new about what was written from one address; whether there was any."""
    today = timezone.localdate(at)
    contacts = list(
        Contact.objects.select_for_update(of=("self",))
        .filter(email_hmac=email_hmac, example__organisation=organisation, confirmed_date__isnull=False)
        .select_related("example__organisation")
        .order_by("pk")
    )
    if any(contact.told_date is not None and contact.told_date >= today for contact in contacts):
        return False
    kinds, newest = set(), None
    last = _last_mail(organisation, email_hmac)
    for contact in contacts:
        events, newest_event = _news_of(contact)
        found = _kinds(events) | _questions_to(contact, since=last)
        if shown := _wording_shown(contact, today):
            found.add(WORDING)
            newest_event = max(newest_event, shown)
        if newest_event <= contact.told_event and not found:
            continue
        contact.told_event = max(newest_event, contact.told_event)
        names = ["told_event"]
        if found:
            kinds |= found
            newest = contact
            contact.told_date = today
            names.append("told_date")
        kept_until = _kept_until(contact, events, found, today)
        if kept_until is not None:
            contact.delete_after = kept_until
            names.append("delete_after")
        contact.save(update_fields=names)
    if newest is None:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        return _queue(
            newest,
            kind="news",
            subject=_("There is news about something you have written to %(organisation)s"),
            body="\n".join(
                [
                    _("There is news about something you have written to %(organisation)s:"),
                    "",
                    *(f"- {sentence}" for kind, sentence in NEWS.items() if kind in kinds),
                    "",
                    _("See it with your tracking code: %(tracking)s"),
                    "",
                    _("You get at most one mail a day. No more mail, and your address deleted: %(link)s"),
                ]
            ),
            once_key=news_key(newest, today.isoformat()),
            reference=mail_reference(email_hmac),
            at=at,
        )


def _kept_until(contact, events, found, today):
    """Until when the address is kept after these steps, or None where they change nothing: a while after the case was
    closed without being done, and as long as before when it is taken up again."""
    if "close" in found and any(
        event.case.status == Status.CLOSED and event.case.implemented_date is None for event in events
    ):
        return today + datetime.timedelta(days=CLOSED_DAYS)
    if "reopen" in found and all(event.case.effect_asked_date is None for event in events):
        return contact.confirmed_date + datetime.timedelta(days=CONFIRMED_DAYS)
    return None


def _news_of(contact):
    """(the public steps that the contact has not been told of, oldest first; the newest event it need not hear of).

    Only what came after the example joined, and of a case that the own one was merged into what came after that:
    events are numbered as they happen, also within a day.
    """
    row = CaseExample.objects.current().filter(example=contact.example_id).select_related("case").first()
    if row is None:
        return [], 0
    own = CaseEvent.objects.filter(case=row.case_id)
    new = Q(case=row.case_id, pk__gt=_last(own.filter(move="add_to_case", why=contact.example.reference)))
    if row.case.merged_into_id is not None:
        new |= Q(case=row.case.merged_into_id, pk__gt=_last(own.filter(move="merge_into")))
    public = CaseEvent.objects.filter(case__in=(row.case_id, row.case.merged_into_id), is_public=True)
    events = public.filter(new, pk__gt=contact.told_event).select_related("case", "referral").order_by("pk")
    return list(events), _last(public)


def _last(events):
    """The number of the newest of `events`, 0 where there is none."""
    return events.order_by("-pk").values_list("pk", flat=True).first() or 0


def _last_mail(organisation, email_hmac):
    """When the last mail with news went to the address, or None."""
    mails = OutgoingMessage.objects.filter(
        organisation=organisation, kind="news", reference=mail_reference(email_hmac)
    )
    return mails.order_by("-not_before").values_list("not_before", flat=True).first()


def _questions_to(contact, *, since):
    """{"ask"} where the secretariat has asked the writer since the last mail and waits for the answer."""
    if contact.example.status != ExampleStatus.AWAITING_SUBMITTER:
        return set()
    asked = ExampleEvent.objects.filter(example=contact.example_id, move="ask")
    if since is not None:
        asked = asked.filter(at__gt=since)
    return {"ask"} if asked.exists() else set()


def _wording_shown(contact, today):
    """The event that put a wording under the code, where it waits for the writer's yes and is news; else 0."""
    row = CaseExample.objects.current().filter(WAITS_FOR_YES, example=contact.example_id).first()
    if row is None or add_working_days(row.wording_shown_date, PREVIEW_WORKING_DAYS) < today:
        return 0
    shown = CaseEvent.objects.filter(
        case=row.case_id, move__in=("mark_ready", "edit"), on_date=row.wording_shown_date
    )
    for event in shown.filter(pk__gt=contact.told_event).order_by("-pk"):
        if event.move == "mark_ready" or not WORDING_FIELDS.isdisjoint(event.fields):
            return event.pk
    return 0


def _kinds(events):
    """Which of NEWS the steps are. An answer that has been taken back again is no news, and a question is none either
    when it is answered."""
    kinds = {event.move for event in events}
    asked = {event.referral_id for event in events if event.move == "release_reply"}
    shown = Reply.objects.filter(referral__in=asked).released()
    # A question that has been answered since, or that a newer one has taken the place of, is none.
    if shown.filter(referral__status=ReferralStatus.ASKED_BACK, referral__open_question=F("pk")).exists():
        kinds.add(QUESTION)
    if asked and not shown.exclude(answer=Outcome.LACKS_FACTS).exists():
        kinds.discard("release_reply")
    for pair in _UNDOING:
        kinds = (kinds - set(pair)) | _came_to(events, pair)
    return kinds & NEWS.keys()


def _came_to(events, pair):
    """Which of two moves that undo each other holds now and did not before, over all the cases told of; what is done
    belongs to one body's promise, so another's undoes nothing of it."""
    told_of = {}
    for event in events:
        if event.move in pair:
            told_of.setdefault((event.case_id, event.referral_id), []).append(event.move)
    return {moves[-1] for moves in told_of.values() if moves[-1] == moves[0]}


def _queue(contact, *, kind, subject, body, once_key, at, reference=""):
    """Put the mail in the outbox with its one-click way out; whether it was new."""
    organisation = contact.example.organisation
    token = mail_token(contact)
    link = address_of(organisation, f"/afmeld/?t={token}")
    values = {
        "organisation": organisation.name,
        "tracking": address_of(organisation, "/spor/"),
        "link": link,
    }
    message = queue_message(
        organisation=organisation,
        kind=kind,
        to=unseal(contact.email_encrypted),
        subject=subject % values,
        body=body % values,
        once_key=once_key,
        reference=reference,
        secret=token,
        headers={
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        at=at,
    )
    return message is not None
