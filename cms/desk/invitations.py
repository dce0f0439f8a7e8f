"""The link by which an invited person chooses a password, and the mail that carries it."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from backend.organisations.actions import invite
from backend.outbox.actions import queue_message
from cms.pages.sites import sync_groups


def invitation_url(user):
    """Where `user` chooses a password; the link closes when it has been used, or after some days."""
    path = reverse(
        "wagtailadmin_password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return f"{settings.BASE_URL}{path}"


@transaction.atomic
def invite_person(*, email, organisation, role, first_name="", last_name="", at=None):
    """Give a person a role and send the mail that tells them. Returns (user, is_new)."""
    user, is_new = invite(
        email=email, organisation=organisation, role=role, first_name=first_name, last_name=last_name
    )
    sync_groups(user)
    queue_message(
        organisation=organisation,
        kind="invitation",
        to=user.email,
        subject=_("You have been invited to Kernetid"),
        body=invitation_text(user, organisation, is_new=is_new or not user.has_usable_password()),
        at=at,
    )
    return user, is_new


def invitation_text(user, organisation, *, is_new):
    """The mail's words: who invites, and the one thing to do."""
    if is_new:
        what = _("Choose a password here. The link works for three days:")
        url = invitation_url(user)
    else:
        what = _("Sign in as you are used to:")
        url = settings.BASE_URL + reverse("wagtailadmin_home")
    invited = _("%(organisation)s has given you access to Kernetid.") % {"organisation": organisation.name}
    return f"{invited}\n\n{what}\n{url}\n"
