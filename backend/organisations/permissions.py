"""Who may do what: one table, read by code, desk and documentation alike.

Roles are held through Membership only. A superuser gets nothing here: even whoever runs the
installation sees no raw text without being a coordinator.
"""

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    CASEWORKER = "caseworker", _("Caseworker")
    READER = "reader", _("Reader")
    COMMITTEE_MEMBER = "committee_member", _("Committee member")
    EDITOR = "editor", _("Editor")
    ADMINISTRATOR = "administrator", _("Administrator")


C, W, R, M, E, A = Role

# permission: (who has it, what it lets them do)
PERMISSIONS = {
    "example.view": ({C}, _("See the list of examples, their status and dates")),
    "example.raw": ({C}, _("Read what an employee wrote, workplace and role (each reading is logged)")),
    "example.contact": ({C}, _("Read the contact address (each reading is logged)")),
    "example.move": ({C}, _("Ask, set aside, take back, erase")),
    "case.view": ({C, W, R}, _("See every case, its history and figures")),
    "case.view_committee": ({C, W, R, M}, _("See cases shown to the committee or the public")),
    "case.edit": ({C, W}, _("Edit a case and move it along")),
    "case.make": ({C}, _("Make a case from an example, add and part examples")),
    "case.publish": ({C, W}, _("Show a case to the committee or the public")),
    "submission.view": ({C, W, R}, _("See and download the ministry's form")),
    "submission.edit": ({C, W}, _("Put the form together, freeze it, record the sending")),
    "page.edit": ({E}, _("Edit the site's pages, pictures and documents")),
    "campaign.edit": ({E, C, A}, _("Edit the facts of a campaign")),
    "people.edit": ({A}, _("Invite people and give them roles")),
    "settings.edit": ({A}, _("Edit the organisation's settings and its registry")),
    "access_log.view": ({A, C}, _("See who has read raw text and contacts")),
    "mail.view": ({A, C}, _("See the messages that wait or were sent")),
}


def roles_with(permission):
    """The roles that hold `permission`; KeyError for a permission that is not in the table."""
    return PERMISSIONS[permission][0]


def organisations_where(user, permission=None):
    """Subquery of ids of the organisations where `user` is a member (holding `permission`, if given)."""
    memberships = apps.get_model("organisations", "Membership").objects.order_by()
    if user is None or not user.is_authenticated or not user.is_active:
        return memberships.none().values("organisation")
    memberships = memberships.filter(user=user)
    if permission is not None:
        memberships = memberships.filter(role__in=roles_with(permission))
    return memberships.values("organisation")


def can(user, permission, organisation):
    """Whether `user` holds `permission` in `organisation`; with None, in any of theirs.

    The memberships are read once per user object: a request asks many times.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    held = _held_roles(user)
    organisation_id = getattr(organisation, "pk", organisation)
    return any(
        role in roles_with(permission) and (organisation_id is None or held_in == organisation_id)
        for held_in, role in held
    )


def _held_roles(user):
    held = getattr(user, "_held_roles", None)
    if held is None:
        held = user._held_roles = set(user.memberships.order_by().values_list("organisation_id", "role"))
    return held


def only_organisation(user):
    """The id of the one organisation where `user` is a member, or None where there are several or none.

    Lists name it beside `visible_to`, so that the database can read rows in the order of its index.
    """
    ids = {organisation_id for organisation_id, _role in _held_roles(user)}
    return ids.pop() if len(ids) == 1 else None


class NotAllowed(Exception):
    """The actor's role does not hold the permission; doors answer 403."""


def check_permission(user, permission, organisation):
    """Raise NotAllowed unless `user` holds `permission` in `organisation`."""
    if not can(user, permission, organisation):
        raise NotAllowed(permission)


def moment(at):
    """`at`, or now: every action takes `at` so that a test and a late entry can say when."""
    return at or timezone.now()
