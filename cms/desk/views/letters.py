"""Writing to bodies: what is ready grouped by body, the letter, how it will look, and the sending."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases.actions import send_batch
from backend.cases.actions.links import contacts_on, link_address
from backend.cases.actions.sending import MOST_ROWS, assemble
from backend.cases.letters import filled, mail_text
from backend.cases.lifecycle import MOVES, ReferralStatus
from backend.cases.models import Batch, Referral
from backend.cases.terms import due_at, last_date
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can, check_permission, moment
from backend.outbox.actions import SECRET_MARK
from backend.registry.letters import letter_of
from backend.registry.models import BodyGroup
from cms.desk.access import desk_view, forget_draft
from cms.desk.forms.examples import add_errors
from cms.desk.forms.letters import LetterForm
from cms.desk.letter_mail import not_arrived
from cms.desk.views.listing import narrowed
from exports.forms.referral_letter import attachments

TABS = {
    "letters": gettext_lazy("Ready to be sent"),
    "batches": gettext_lazy("Sent"),
}
# The list is worked off from the front; more than these at once nobody reads.
MOST_SHOWN = 500


def prepared(user):
    """The prepared referrals of cases that may be sent now."""
    rows = Referral.objects.visible_to(user).filter(
        status=ReferralStatus.PREPARED,
        case__status__in=MOVES["refer"].sources,
        case__merged_into=None,
        case__flag="",
    )
    return narrowed(rows, user, "case__organisation")


@desk_view("case.edit")
def ready_list(request):
    """What has been prepared, body by body, ready to be ticked and written about."""
    rows = (
        prepared(request.user)
        .select_related("body", "case__organisation")
        .prefetch_related("body__periods", "body__contacts")
        .order_by("case__organisation__name", "body__key", "body", "prepared_date", "id")
    )
    today = timezone.localdate()
    groups = []
    found = list(rows[: MOST_SHOWN + 1])
    for (organisation, body), together in groupby(
        found[:MOST_SHOWN], key=lambda row: (row.case.organisation, row.body)
    ):
        members = list(together)
        groups.append(
            {
                "organisation": organisation,
                "body": body,
                "name": body.name_on(today),
                "rows": members,
                "has_address": any(
                    contact.organisation_id == organisation.pk for contact in body.contacts.all()
                ),
            }
        )
    context = {
        "title": _("Letters"),
        "tabs": TABS.items(),
        "tab": "letters",
        "groups": groups,
        "lost": len(not_arrived(Batch.objects.visible_to(request.user))),
        "most": MOST_ROWS,
        "may_enter": can(request.user, "settings.edit", None),
        "is_capped": len(found) > MOST_SHOWN,
        "empty": _("Nothing is ready. Mark a case as ready and choose a body for it: then it stands here."),
    }
    return render(request, "desk/letters/ready.html", context)


def chosen_rows(request, values):
    """The prepared referrals that `row` names, all to one body, in the order asked for; 404 where they are not."""
    keys = [key for key in values.getlist("row") if key]
    try:
        rows = {
            str(row.pk): row
            for row in Referral.objects.visible_to(request.user)
            .filter(pk__in=keys[: MOST_ROWS + 1])
            .select_related("body", "case__organisation", "case__campaign")
            .prefetch_related("body__periods", "files__file")
        }
    except (ValueError, ValidationError):
        raise Http404 from None
    chosen = [rows[key] for key in dict.fromkeys(keys) if key in rows]
    if len({(row.body_id, row.case.organisation_id) for row in chosen}) != 1:
        raise Http404
    return sorted(chosen, key=lambda row: position_of(values, row))


def position_of(values, row):
    """Where the person wants the row; those without a number stay last, in the order they came."""
    text = values.get(f"position-{row.pk}", "").strip()
    return int(text) if text.isdecimal() and len(text) < 6 else 10**6


@sensitive_post_parameters()
@desk_view("case.edit", methods=["GET", "HEAD", "POST"])
def new_letter(request):
    """Write a letter, see it as it will be sent, fetch its file, send it: what was typed goes along each time.

    A letter is begun by a GET from one case, or by a POST without `action`: two hundred rows fit into no address.
    """
    values = request.POST if request.method == "POST" else request.GET
    if not values.getlist("row"):
        messages.error(request, _("Tick at least one case."))
        return redirect("desk:letters")
    rows = chosen_rows(request, values)
    body, organisation = rows[0].body, rows[0].case.organisation
    check_permission(request.user, "case.edit", organisation)
    contacts = contacts_on(body, organisation, timezone.localdate())
    asked = request.POST.get("action", "") if request.method == "POST" else ""
    form = LetterForm(
        request.POST if asked else None,
        contacts=contacts,
        initial=None if asked else first_words(organisation, body, contacts, len(rows)),
    )
    if not asked or not form.is_valid() or asked == "edit":
        return letter_page(request, form, rows, contacts, status=422 if asked and form.errors else 200)
    arguments = {"organisation": organisation, "body": body, "referrals": rows, "by": request.user}
    try:
        if asked == "send":
            batch = send_batch(**arguments, **form.cleaned_data, make_files=attachments)
        else:
            letter = assemble(**arguments, **form.cleaned_data, at=moment(None))
    except InvalidInput as invalid:
        add_errors(form, invalid)
        return letter_page(request, form, rows, contacts, status=422)
    if asked == "send":
        forget_draft(request, draft_name(rows))
        messages.success(request, _("The letter %(number)s is on its way.") % {"number": batch.number})
        return redirect("desk:batch", batch.pk)
    if asked == "file":
        return file_answer(*attachments(letter)[0])
    return preview_page(request, form, rows, letter, organisation)


def draft_name(rows):
    """Under which the browser keeps what is typed."""
    return f"letter:{rows[0].body_id}"


def first_words(organisation, body, contacts, count):
    """The letter as its template gives it, for a person to read and change."""
    today = timezone.localdate()
    subject, text = filled(
        letter_of(organisation, BodyGroup.of(body.kind)),
        organisation=organisation,
        body_name=body.name_on(today),
        contact_name=contacts[0].name if contacts else "",
        count=count,
        due_date=last_date(due_at(body=body, organisation=organisation, sent_date=today)),
    )
    return {"subject": subject, "letter": text}


def letter_page(request, form, rows, contacts, status=200):
    """Render the form."""
    name = rows[0].body.name_on(timezone.localdate())
    context = {
        "title": _("Letter to %(body)s") % {"body": name},
        "crumbs": [(reverse("desk:letters"), _("Letters"))],
        "form": form,
        "rows": rows,
        "body": rows[0].body,
        "has_contacts": bool(contacts),
        "may_enter": can(request.user, "settings.edit", rows[0].case.organisation_id),
        "draft_name": draft_name(rows),
    }
    return render(request, "desk/letters/new.html", context, status=status)


def preview_page(request, form, rows, letter, organisation):
    """Render the letter as the body will have it, with all that was typed in hidden fields."""
    context = {
        "title": _("As it will be sent"),
        "crumbs": [(reverse("desk:letters"), _("Letters"))],
        "form": form,
        "rows": rows,
        "letter": letter,
        "mail": mail_text(letter, link_address(organisation, SECRET_MARK)),
    }
    return render(request, "desk/letters/preview.html", context)


def file_answer(name, content_type, content):
    """A file to be kept, never shown in the browser."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
