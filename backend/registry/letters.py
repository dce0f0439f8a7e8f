"""How a kind of body is written to: an organisation's own words, else those of `data/letters`; and their placeholders.

A file of `data/letters` is named after its BodyGroup: the first line is the subject, the rest after an empty line the
text.
"""

import functools
import re
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from .models import BodyGroup, LetterTemplate

FOLDER = Path(__file__).parent / "data" / "letters"
# What stands in the letters, and what it becomes.
PLACEHOLDERS = {
    "modtager": _("the body's name"),
    "kontaktperson": _("the contact's name, else the body's"),
    "kommune": _("your organisation's name"),
    "afsender": _("your contact person"),
    "antal": _("how many cases, such as “3 forslag”"),
    "svarfrist": _("the day an answer is due"),
}
_PLACEHOLDER = re.compile(r"\{\s*([^{}\n]{1,40}?)\s*\}")
# What somebody meant to fill in and forgot: {navn}, {{ navn }}, ____, […] and [skriv her].
_LEFT = re.compile(r"\{\{|\}\}|\{[^{}\n]{0,60}\}|__+|\[[^\[\]\n]{0,80}\]|•{3,}")


@functools.cache
def default_letter(group):
    """The (subject, text) that everybody starts from."""
    subject, _empty, text = (
        (FOLDER / f"{BodyGroup(group).value}.txt").read_text(encoding="utf-8").partition("\n\n")
    )
    return subject.strip(), text.strip()


def letter_of(organisation, group):
    """The (subject, text) with which `organisation` writes to a kind of body."""
    own = LetterTemplate.objects.filter(organisation=organisation, group=group).first()
    return (own.subject, own.text) if own else default_letter(group)


def fill(text, values):
    """`text` with each placeholder of `values` ({name: words}) put in; one that is not known stays."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1].lower(), found[0])), text)


def unknown_placeholders(text):
    """The placeholders in `text` that nothing would be put in for, as they stand."""
    return [found[0] for found in _PLACEHOLDER.finditer(text) if found[1].lower() not in PLACEHOLDERS]


def left_open(text):
    """The first thing in `text` that was to be filled in and was not, or nothing."""
    found = _LEFT.search(text)
    return found[0] if found else ""
