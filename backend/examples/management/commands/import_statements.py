"""`manage.py import_statements FILE --organisation KEY --campaign SLUG [--dry-run]`"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend.campaigns.models import Campaign
from backend.examples.importing import BrokenHeader, import_statements


class Command(BaseCommand):
    help = "Import statements written at camps, one example each. A second run adds nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--organisation", required=True, metavar="KEY")
        parser.add_argument("--campaign", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="report, and store nothing")

    def handle(self, *args, file, organisation, campaign, dry_run=False, **options):
        found = Campaign.objects.filter(organisation__key=organisation, slug=campaign).select_related(
            "organisation"
        )
        chosen = found.first()
        if chosen is None:
            raise CommandError(
                _("There is no campaign “%(campaign)s” in “%(organisation)s”.")
                % {"campaign": campaign, "organisation": organisation}
            )
        try:
            report = import_statements(campaign=chosen, path=file, is_dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}")
        except BrokenHeader as error:
            raise CommandError(f"{file}: {error}")
        for line, why in sorted(report.faults):
            self.stderr.write(_("Line %(line)s: %(why)s") % {"line": line, "why": why})
        said = (
            _("%(added)s would be added, %(known)s are known, %(faults)s are wrong.")
            if dry_run
            else _("%(added)s added, %(known)s known, %(faults)s wrong.")
        )
        wrong = len({line for line, _why in report.faults})
        self.stdout.write(said % {"added": report.added, "known": report.known, "faults": wrong})
