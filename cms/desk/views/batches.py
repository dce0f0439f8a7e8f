"""Letters that were sent: whether their mail arrived, their links, and the next contact on the ladder."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases.actions import escalate as escalate_action
from backend.cases.actions import mark_returned, revoke_link, send_letter_again, send_new_link
from backend.cases.actions.resending import NOT_ARRIVED, first_mail, mails_of, newest_whole, next_contact
from backend.cases.letters import RULE
from backend.cases.lifecycle import OPEN_REFERRALS
from backend.cases.models import Batch
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can, check_permission, moment
from backend.organisations.sealing import unseal
from cms.desk.access import desk_view, forget_draft, move_view, parameter
from cms.desk.forms.examples import add_errors
from cms.desk.forms.letters import NextContactForm
from cms.desk.letter_mail import not_arrived
from cms.desk.views.letters import TABS, file_answer
from cms.desk.views.listing import page_of
from cms.desk.views.referrals import count_days

KINDS = {
    "letter": gettext_lazy("The letter"),
    "letter_again": gettext_lazy("The letter, sent again"),
    "letter_next": gettext_lazy("The letter to the next contact"),
    "letter_link": gettext_lazy("A new link"),
    "letter_passed_on": gettext_lazy("Rows passed on to a colleague"),
    "letter_wording": gettext_lazy("A new wording of a row"),
    "reminder": gettext_lazy("Reminder"),
}


def get_batch(request, batch_id):
    """The letter, if the user may see it."""
    rows = Batch.objects.visible_to(request.user).select_related("organisation", "body", "sent_by")
    return get_object_or_404(rows.prefetch_related("body__periods"), pk=batch_id)


@desk_view("case.view")
def batch_list(request):
    """Every letter that was sent, newest first; `?post=fejl`: only those whose mail failed or came back."""
    batches = Batch.objects.visible_to(request.user)
    lost = not_arrived(batches)
    only_failed = parameter(request.GET, "post") == "fejl"
    if only_failed:
        batches = batches.filter(pk__in=lost)
    batches = (
        batches.select_related("body", "organisation")
        .prefetch_related("body__periods")
        .annotate(row_count=Count("referrals"))
        .order_by("-sent_at", "number")
    )
    page = page_of(request, batches)
    mails = mails_of(page.object_list)
    for batch in page:
        batch.mail = newest_whole(mails[batch.pk])
        batch.body_name = batch.body.name_on(batch.sent_at.date())
    context = {
        "title": _("Letters"),
        "tabs": TABS.items(),
        "tab": "batches",
        "page": page,
        "only_failed": only_failed,
        "lost": len(lost),
        "empty": _("Every mail has arrived, as far as we know.")
        if only_failed
        else _("No letter has been sent yet."),
    }
    return render(request, "desk/letters/sent.html", context)


@desk_view("case.view")
def batch(request, batch_id):
    """One letter: its rows and where each stands, its mail and its links."""
    return batch_page(request, get_batch(request, batch_id))


def batch_page(request, batch, status=200):
    """Render the page."""
    at = moment(None)
    rows = (
        batch.referrals.select_related("body", "case", "batch")
        .prefetch_related("body__periods", "replies")
        .order_by("position", "id")
    )
    mails = mails_of([batch])[batch.pk]
    newest = newest_whole(mails)
    for mail in mails:
        mail.label = KINDS[mail.kind]
    may_edit = can(request.user, "case.edit", batch.organisation_id)
    rows = count_days(list(rows), at=at)
    is_open = any(row.status in OPEN_REFERRALS for row in rows)
    context = {
        "title": batch.number,
        "crumbs": [(reverse("desk:batches"), _("Letters"))],
        "batch": batch,
        "body_name": batch.body.name_on(batch.sent_at.date()),
        "referrals": rows,
        "mails": mails,
        "links": links_of(batch, at),
        "files": batch.files.select_related("file"),
        "may_edit": may_edit,
        "may_enter": can(request.user, "settings.edit", batch.organisation_id),
        "may_send_again": may_edit and newest is not None and newest.state in NOT_ARRIVED,
        "not_arrived": newest if newest is not None and newest.state in NOT_ARRIVED else None,
        "next_contact": next_contact(batch, at=at) if may_edit and is_open and mails else None,
    }
    return render(request, "desk/letters/batch.html", context, status=status)


def links_of(batch, at):
    """The links that were sent, newest first; of each where it went and whether it opens. Never its secret."""
    links = list(
        batch.links.select_related("parent").annotate(row_count=Count("referrals")).order_by("-created_at")
    )
    for link in links:
        link.address = unseal(link.to_email_encrypted)
        link.is_expired = link.expires_at <= at
        link.is_usable = link.revoked_at is None and not link.is_expired
    return links


def tell(request, invalid):
    """Say on the next page what stood in the way."""
    for error in invalid.errors:
        messages.error(request, str(error.detail))


@move_view("case.edit")
def again(request, batch_id):
    """Send a letter once more whose mail failed or came back."""
    try:
        send_letter_again(batch=get_batch(request, batch_id), by=request.user)
    except InvalidInput as invalid:
        tell(request, invalid)
    else:
        messages.success(request, _("The letter is on its way again, with a new link."))
    return redirect("desk:batch", batch_id)


@move_view("case.edit")
def returned(request, batch_id):
    """Record that a mail came back."""
    batch = get_batch(request, batch_id)
    message = next(
        (mail for mail in mails_of([batch])[batch.pk] if str(mail.pk) == parameter(request.POST, "message")),
        None,
    )
    if message is None:
        raise Http404
    mark_returned(batch=batch, message=message, by=request.user)
    messages.success(
        request, _("It is recorded that the mail came back. Mend the address, and send it again.")
    )
    return redirect("desk:batch", batch_id)


@move_view("case.edit")
def new_link(request, batch_id):
    """Let a new link go to the registered address."""
    try:
        send_new_link(batch=get_batch(request, batch_id), by=request.user)
    except InvalidInput as invalid:
        tell(request, invalid)
    else:
        messages.success(
            request, _("A new link is on its way to the registered address. The old one is closed.")
        )
    return redirect("desk:batch", batch_id)


@move_view("case.edit")
def close_link(request, batch_id):
    """Close a link, and those passed on from it."""
    batch = get_batch(request, batch_id)
    link = next((link for link in batch.links.all() if str(link.pk) == parameter(request.POST, "link")), None)
    if link is None:
        raise Http404
    revoke_link(link=link, by=request.user)
    messages.success(request, _("The link is closed."))
    return redirect("desk:batch", batch_id)


@sensitive_post_parameters()
@desk_view("case.edit", methods=["GET", "HEAD", "POST"])
def escalate(request, batch_id):
    """Write to the next contact on the ladder: a few words, seen with the letter below, and sent by a person."""
    batch = get_batch(request, batch_id)
    check_permission(request.user, "case.edit", batch.organisation_id)
    contact = next_contact(batch, at=moment(None))
    first = first_mail(batch)
    if contact is None or first is None:
        messages.error(request, _("There is nobody above on the body's ladder. Enter one under Bodies."))
        return redirect("desk:batch", batch_id)
    asked = parameter(request.POST, "action")
    form = NextContactForm(request.POST if asked else None, initial=next_words(batch, contact))
    if asked == "send" and form.is_valid():
        try:
            escalate_action(batch=batch, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"escalate:{batch.pk}")
            messages.success(request, _("The letter is on its way to the next contact."))
            return redirect("desk:batch", batch_id)
    context = {
        "title": _("Write to the next contact"),
        "crumbs": [
            (reverse("desk:batches"), _("Letters")),
            (reverse("desk:batch", args=[batch.pk]), batch.number),
        ],
        "batch": batch,
        "contact": contact,
        "form": form,
        "first": first,
        "rule": RULE,
        "is_preview": asked == "preview" and form.is_valid(),
        "draft_name": f"escalate:{batch.pk}",
    }
    return render(request, "desk/letters/escalate.html", context, status=422 if form.errors else 200)


def next_words(batch, contact):
    """What we write, for a person to change."""
    who = contact.name or batch.body.name_on(None)
    return {
        "subject": _("We miss an answer: %(subject)s") % {"subject": batch.subject},
        "letter": _(
            "Dear %(who)s\n\nOn %(date)s we wrote to %(body)s about the cases below. The deadline has passed, and we"
            " still miss an answer. We therefore turn to you.\n\nKind regards\n%(sender)s"
        )
        % {
            "who": who,
            "date": batch.sent_at.strftime("%d.%m.%Y"),
            "body": batch.body.name_on(batch.sent_at.date()),
            "sender": batch.organisation.contact or batch.organisation.name,
        },
    }


@desk_view("case.view")
def batch_file(request, batch_id, file_number):
    """A file that went along, as it was sent."""
    row = get_object_or_404(get_batch(request, batch_id).files.select_related("file"), pk=file_number)
    return file_answer(row.file.name, row.file.content_type, row.file.file.read())
