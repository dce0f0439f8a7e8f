"""Writes about organisations, people and tokens, and the access log."""

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .models import AccessEvent, ApiToken, Membership, Organisation, User
from .permissions import Role, check_permission, moment


@transaction.atomic
def create_organisation(*, key, name, hostname, **settings):
    """Make an organisation. `settings` are its other fields. Raises ValidationError with field messages."""
    organisation = Organisation(key=key, name=name, hostname=hostname.lower(), **settings)
    organisation.full_clean()
    organisation.save(force_insert=True)
    return organisation


@transaction.atomic
def invite(*, email, organisation, role, first_name="", last_name=""):
    """Give the person with `email` the `role` in `organisation`, making the user if there is none.

    A new user has no usable password: the door sends a link for choosing one. Returns (user, is_new).
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    is_new = user is None
    if is_new:
        names = {"first_name": first_name, "last_name": last_name}
        User(**names).clean_fields(exclude={"email", "password"})
        user = User.objects.create_user(email.strip(), None, **names)
    Membership.objects.get_or_create(user=user, organisation=organisation, role=Role(role))
    return user, is_new


@transaction.atomic
def remove_member(*, user, organisation, role=None):
    """Take `role` (or all roles) in `organisation` from `user`, and their tokens if nothing is left.

    Raises ValidationError where the organisation would be left without an administrator.
    """
    held = Membership.objects.filter(user=user, organisation=organisation)
    taken = held if role is None else held.filter(role=role)
    administrators = Membership.objects.filter(organisation=organisation, role=Role.ADMINISTRATOR)
    if taken.filter(role=Role.ADMINISTRATOR).exists() and not administrators.exclude(user=user).exists():
        raise ValidationError(
            _("The organisation needs an administrator. Give somebody else the role first.")
        )
    taken.delete()
    if not user.memberships.exists():
        user.tokens.filter(revoked_at=None).update(revoked_at=moment(None))


# What an administrator may change in the desk; key and host name are the operator's.
SETTINGS = (
    "name",
    "contact",
    "phone",
    "digest_email",
    "digest_every",
    "days",
    "weeks",
    "school_weeks",
    "months",
    "privacy_url",
    "dpo_contact",
    "retention",
    "whistleblower_url",
    "was_url",
    "controller",
    "recipients",
    "privacy_date",
    "accessibility_status",
    "accessibility_gaps",
    "accessibility_how",
    "accessibility_contact",
    "accessibility_date",
    "is_proxy_logging_confirmed",
    "is_lateness_public",
)


@transaction.atomic
def save_settings(*, organisation, by, **values):
    """Change the organisation's own settings (SETTINGS). Raises NotAllowed, ValidationError with field messages."""
    check_permission(by, "settings.edit", organisation)
    unknown = set(values) - set(SETTINGS)
    if unknown:
        raise TypeError(f"not settings of an organisation: {sorted(unknown)}")
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save(update_fields=list(values))
    return organisation


def create_token(*, user, name, scope="write", expires_date=None):
    """Make a personal API token. Returns (ApiToken, token); the token itself is never stored."""
    token = "knt_" + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user, name=name, scope=scope, expires_date=expires_date, hash=ApiToken.digest(token)
    )
    return row, token


def revoke_token(*, token, at=None):
    """Close `token` for good."""
    token.revoked_at = moment(at)
    token.save(update_fields=["revoked_at"])


def log_access(*, by, organisation, kind, reference, purpose="", at=None):
    """Write one row of the access log (P-10): who read or exported what, and when."""
    return AccessEvent.objects.create(
        by=by, organisation=organisation, kind=kind, reference=reference, purpose=purpose, at=moment(at)
    )
