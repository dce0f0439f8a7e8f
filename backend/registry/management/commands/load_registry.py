"""`manage.py load_registry [--organisation KEY --folder DIR]`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend.organisations.models import Organisation
from backend.registry.actions import load_registry
from backend.registry.files import BrokenFile
from backend.registry.loading import DATA


class Command(BaseCommand):
    help = "Load the registry's data files; with --organisation an organisation's own, from --folder."

    def add_arguments(self, parser):
        parser.add_argument("--organisation", metavar="KEY", help="load this organisation's own files")
        parser.add_argument("--folder", metavar="DIR", type=Path, help="where the files are")

    def handle(self, *args, organisation=None, folder=None, verbosity=1, **options):
        if organisation is not None:
            if folder is None:
                raise CommandError(_("Say with --folder where the organisation's files are."))
            key, organisation = organisation, Organisation.objects.filter(key=organisation).first()
            if organisation is None:
                raise CommandError(_("There is no organisation “%(key)s”.") % {"key": key})
        folder = folder or DATA
        if not folder.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": folder})
        try:
            report = load_registry(folder=folder, organisation=organisation)
        except BrokenFile as error:
            raise CommandError(_("%(error)s Nothing was changed.") % {"error": error})
        for line in report.lines() if verbosity else []:
            self.stdout.write(line)
        if not report.rows:
            raise CommandError(_("There is no data file in %(folder)s.") % {"folder": folder})
