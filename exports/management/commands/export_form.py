"""`manage.py export_form --organisation KEY --form kulegravning_2017 --format xlsx --output PATH`"""

import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend.organisations.models import Organisation
from exports.formats import FORMATS
from exports.forms import FORMS
from exports.models import Submission
from exports.queries import ready_document


class Command(BaseCommand):
    help = "Write the ministry's form to a file: a frozen submission, or the ready cases marked as a draft."

    def add_arguments(self, parser):
        parser.add_argument("--organisation", required=True, metavar="KEY", help="whose cases")
        parser.add_argument("--form", required=True, choices=sorted(FORMS), help="which form and edition")
        parser.add_argument("--format", required=True, choices=list(FORMATS), help="which file format")
        parser.add_argument("--submission", metavar="2026-01", help="the frozen submission with this number")
        parser.add_argument("--output", required=True, type=Path, metavar="PATH", help="the file to write")

    def handle(self, *args, organisation, form, format, submission=None, output, **options):
        owner = Organisation.objects.filter(key=organisation).first()
        if owner is None:
            raise CommandError(_("There is no organisation “%(key)s”.") % {"key": organisation})
        if submission is None:
            content = FORMATS[format].write(ready_document(owner, form))
        else:
            content = _frozen_bytes(owner, form, format, submission)
        write_whole(output, content)
        self.stdout.write(str(output))


def _frozen_bytes(organisation, form, format_name, number):
    submission = (
        Submission.objects.frozen().filter(organisation=organisation, form=form).numbered(number).first()
    )
    if submission is None:
        raise CommandError(_("There is no frozen submission “%(number)s”.") % {"number": number})
    return bytes(submission.files.get(format=format_name).bytes)


def write_whole(path, content):
    """Write the file beside its place and move it there: nobody ever reads half a form."""
    if not path.parent.is_dir():
        raise CommandError(_("There is no folder %(folder)s.") % {"folder": path.parent})
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
