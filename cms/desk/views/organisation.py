"""The organisation's settings, its access log and its outgoing mail."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.cases.actions.sending import LETTER_KINDS
from backend.organisations.actions import save_settings
from backend.organisations.models import AccessEvent
from backend.organisations.permissions import can
from backend.organisations.sealing import unseal
from backend.outbox.actions import send_again
from backend.outbox.models import WRITERS_MAIL, OutgoingMessage, State
from cms.desk.access import chosen_organisation, desk_view, forget_draft, organisations_of, parameter
from cms.desk.forms.look import LookForm
from cms.desk.forms.organisation import OrganisationForm
from cms.desk.views.listing import page_of
from cms.pages.looks import LOGO_SIZE, save_look

# Mail to staff: its address is no secret. A writer's address is read on the example's page, and logged there.
STAFF_MAIL = {"digest", "invitation"}
# Whoever reads an invitation could take it.
SECRET_MAIL = {"invitation"}


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def organisation_settings(request):
    """The settings on one page."""
    organisation = chosen_organisation(request, "settings.edit")
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        save_settings(organisation=organisation, by=request.user, **form.cleaned_data)
        forget_draft(request, f"organisation:{organisation.key}")
        messages.success(request, _("The settings are saved."))
        return redirect(f"{reverse('desk:organisation')}?organisation={organisation.key}")
    context = {
        "title": _("Organisation"),
        "organisation": organisation,
        "organisations": organisations_of(request.user, "settings.edit"),
        "form": form,
        "draft_name": f"organisation:{organisation.key}",
    }
    return render(request, "desk/people/organisation.html", context, status=422 if form.errors else 200)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def look(request):
    """The site's colour and logo."""
    organisation = chosen_organisation(request, "settings.edit")
    link = organisation.site_link
    # The form fills its instance in while it checks: what is shown beside it must be what is stored.
    shown = type(link).objects.select_related("logo").get(pk=link.pk)
    form = LookForm(request.POST or None, request.FILES or None, instance=link)
    if request.method == "POST" and form.is_valid():
        save_look(site_link=shown, by=request.user, **form.cleaned_data)
        messages.success(request, _("The look is saved. The site has it now."))
        return redirect(f"{reverse('desk:look')}?organisation={organisation.key}")
    context = {
        "title": _("Colour and logo"),
        "crumbs": [(f"{reverse('desk:organisation')}?organisation={organisation.key}", _("Organisation"))],
        "organisation": organisation,
        "organisations": organisations_of(request.user, "settings.edit"),
        "form": form,
        "logo": shown.logo and shown.logo.get_rendition(LOGO_SIZE),
        "logo_alt": shown.logo_alt,
    }
    return render(request, "desk/people/look.html", context, status=422 if form.errors else 200)


@desk_view("access_log.view")
def access_log(request):
    """Who has read raw text or a contact, or made an export."""
    events = AccessEvent.objects.visible_to(request.user).select_related("by", "organisation")
    kind = request.GET.get("kind")
    if kind in dict(AccessEvent._meta.get_field("kind").choices):
        events = events.filter(kind=kind)
    reference = parameter(request.GET, "reference")
    if reference:
        events = events.filter(reference__iexact=reference)
    context = {
        "title": _("Access log"),
        "page": page_of(request, events),
        "kinds": AccessEvent._meta.get_field("kind").choices,
        "kind": kind,
        "reference": reference,
        "is_filtered": bool(kind or reference),
        "empty": _("Nobody has read anything yet."),
    }
    return render(request, "desk/people/access_log.html", context)


@desk_view("mail.view")
def mail(request):
    """The messages that wait, were sent or could not be sent."""
    mails = OutgoingMessage.objects.visible_to(request.user).select_related("organisation")
    state = request.GET.get("state")
    if state in State:
        mails = mails.filter(state=state)
    page = page_of(request, mails)
    for message in page:
        message.address = unseal(message.to_encrypted) if message.kind in STAFF_MAIL else ""
        message.is_secret = message.kind in SECRET_MAIL
        if message.kind in WRITERS_MAIL:
            message.reference = ""  # the fingerprint of an address
        # A letter is spoken of by its own page; its reference here is a row's id.
        message.is_letter = message.kind in LETTER_KINDS
    context = {
        "title": _("Outgoing mail"),
        "page": page,
        "sees_letters": can(request.user, "case.view", None),
        "states": State.choices,
        "state": state,
        "is_filtered": bool(state),
        "empty": _("No mail has been written yet."),
    }
    return render(request, "desk/people/mail.html", context)


@desk_view("mail.view", methods=["POST"])
def mail_again(request, message_id):
    """Try a failed message once more."""
    message = get_object_or_404(
        OutgoingMessage.objects.visible_to(request.user), pk=message_id, state=State.FAILED
    )
    send_again(message=message)
    messages.success(request, _("The mail is waiting to be sent again."))
    return redirect("desk:mail")
