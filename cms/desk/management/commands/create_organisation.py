"""`manage.py create_organisation --key … --name … --host … --admin-email …`"""

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.http.request import validate_host
from django.utils.translation import gettext as _

from backend.organisations.actions import create_organisation
from backend.organisations.permissions import Role
from backend.registry.actions import copy_starting_set, load_registry
from backend.registry.models import Area
from cms.desk.invitations import invitation_url, invite_person
from cms.pages.sites import make_site

# Which of the command's own options a field of the organisation is.
OPTIONS = {"key": "--key", "name": "--name", "hostname": "--host"}


class Command(BaseCommand):
    help = (
        "Make an empty organisation with its site and its first administrator, who gets an invitation link."
    )

    def add_arguments(self, parser):
        parser.add_argument("--key", required=True, help="short name for commands and the API, such as lejre")
        parser.add_argument("--name", required=True, help="the organisation's name")
        parser.add_argument(
            "--host", required=True, help="the host name of its site, such as kernetid.lejre.dk"
        )
        parser.add_argument("--admin-email", required=True, help="the first administrator")

    def handle(self, *args, key, name, host, admin_email, **options):
        try:
            validate_email(admin_email)
        except ValidationError:
            raise CommandError(f"--admin-email: {_('Write an e-mail address like navn@eksempel.dk.')}")
        try:
            user, is_new = self.make(key, name, host, admin_email)
        except ValidationError as error:
            raise CommandError(
                " ".join(
                    f"{OPTIONS.get(field, field)}: {' '.join(messages)}"
                    if field != NON_FIELD_ERRORS
                    else " ".join(messages)
                    for field, messages in error.message_dict.items()
                )
            )
        self.stdout.write(_("%(name)s is ready.") % {"name": name})
        if not validate_host(host.lower(), settings.ALLOWED_HOSTS):
            self.stdout.write(
                _("Add %(host)s to ALLOWED_HOSTS: until then the site does not answer.") % {"host": host}
            )
        if is_new or not user.has_usable_password():
            self.stdout.write(_("The administrator chooses a password here (also sent by mail):"))
            self.stdout.write(invitation_url(user))
        else:
            self.stdout.write(_("The administrator signs in as before; a mail says so."))

    @transaction.atomic
    def make(self, key, name, host, admin_email):
        """Organisation, registry, site and administrator: all of it or nothing. Returns (user, is_new)."""
        if not Area.objects.exists():
            load_registry()
        organisation = create_organisation(key=key, name=name, hostname=host)
        copy_starting_set(organisation=organisation)
        make_site(organisation)
        return invite_person(email=admin_email, organisation=organisation, role=Role.ADMINISTRATOR)
