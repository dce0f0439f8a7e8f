"""`manage.py create_token --email … --name …`"""

import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend.organisations.actions import create_token
from backend.organisations.models import ApiToken, User


class Command(BaseCommand):
    help = "Make a personal API token and print it, once, on the last line."

    def add_arguments(self, parser):
        parser.add_argument("--email", required=True, help="whose token it is")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument(
            "--scope", choices=[key for key, _label in ApiToken._meta.get_field("scope").choices]
        )
        parser.add_argument("--expires", metavar="YYYY-MM-DD", type=datetime.date.fromisoformat)

    def handle(self, *args, email, name, scope=None, expires=None, **options):
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(_("Nobody signs in with this e-mail."))
        if not user.memberships.exists():
            raise CommandError(
                _("This person has no role in any organisation, so a token would open nothing.")
            )
        if not 0 < len(name.strip()) <= ApiToken._meta.get_field("name").max_length:
            raise CommandError(_("Give the token a name of at most 100 characters."))
        _row, token = create_token(user=user, name=name.strip(), scope=scope or "write", expires_date=expires)
        self.stdout.write(_("Keep this token: it is not shown again."))
        self.stdout.write(token)
