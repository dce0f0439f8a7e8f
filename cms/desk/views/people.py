"""The administrator's people: who has which role here, inviting one more, taking a role back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.organisations.actions import remove_member
from backend.organisations.models import Membership
from backend.organisations.permissions import PERMISSIONS, Role, organisations_where
from cms.desk.access import chosen_organisation, desk_view, forget_draft, organisations_of
from cms.desk.forms.people import InvitationForm
from cms.desk.invitations import invite_person
from cms.pages.sites import sync_groups


def role_table():
    """The permission table as the page shows it: (what it lets one do, one tick or none for each role)."""
    return [(text, [role in holders for role in Role]) for holders, text in PERMISSIONS.values()]


@desk_view("people.edit", methods=["GET", "HEAD", "POST"])
def people(request):
    """Everybody with a role in the organisation, and the form that invites one more."""
    organisation = chosen_organisation(request, "people.edit")
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, is_new = invite_person(organisation=organisation, **form.cleaned_data)
        forget_draft(request, "invitation")
        told = (
            _("%(person)s has been invited and gets a mail.") if is_new else _("%(person)s has got the role.")
        )
        messages.success(request, told % {"person": user})
        return redirect(f"{reverse('desk:people')}?organisation={organisation.key}")
    members = (
        Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .order_by("user__email", "role")
    )
    context = {
        "title": _("People"),
        "organisation": organisation,
        "organisations": organisations_of(request.user, "people.edit"),
        "members": members,
        "form": form,
        "roles": Role.labels,
        "role_table": role_table(),
    }
    return render(request, "desk/people/list.html", context, status=422 if form.errors else 200)


@desk_view("people.edit", methods=["POST"])
def remove_role(request, membership_id):
    """Take a role from a person; whoever is left without any can no longer come in."""
    membership = get_object_or_404(
        Membership.objects.select_related("user", "organisation"),
        pk=membership_id,
        organisation__in=organisations_where(request.user, "people.edit"),
    )
    try:
        remove_member(user=membership.user, organisation=membership.organisation, role=membership.role)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        sync_groups(membership.user)
        messages.success(
            request,
            _("%(person)s no longer has the role %(role)s.")
            % {"person": membership.user, "role": membership.get_role_display()},
        )
    return redirect(f"{reverse('desk:people')}?organisation={membership.organisation.key}")
