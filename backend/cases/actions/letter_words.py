"""An organisation's own words for the letters to a kind of body."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.permissions import check_permission
from backend.registry.letters import unknown_placeholders
from backend.registry.models import BodyGroup, LetterTemplate


@transaction.atomic
def save_letter(*, organisation, group, subject, text, by):
    """Let `organisation` write to a kind of body in its own words. InvalidInput at /subject and /text."""
    check_permission(by, "settings.edit", organisation)
    subject = check_text(subject, pointer="/subject", maximum=180, minimum=3, required=True, single_line=True)
    text = check_text(text, pointer="/text", maximum=8000, minimum=20, required=True)
    errors = [
        FieldError(pointer, "unknown_placeholder", _("Nothing stands for %(what)s.") % {"what": what})
        for pointer, words in (("/subject", subject), ("/text", text))
        for what in unknown_placeholders(words)[:1]
    ]
    if errors:
        raise InvalidInput(errors)
    template, _is_new = LetterTemplate.objects.update_or_create(
        organisation=organisation, group=BodyGroup(group), defaults={"subject": subject, "text": text}
    )
    return template


@transaction.atomic
def reset_letter(*, organisation, group, by):
    """Go back to the words that everybody starts from."""
    check_permission(by, "settings.edit", organisation)
    LetterTemplate.objects.filter(organisation=organisation, group=BodyGroup(group)).delete()
