"""The organisation's settings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.organisations.actions import SETTINGS
from backend.organisations.models import Organisation


class OrganisationForm(forms.ModelForm):
    """What an administrator may change; grouped as the page shows it."""

    groups = (
        (_("Name and contact"), ("name", "contact", "phone")),
        (_("Digest to the coordinators"), ("digest_email", "digest_every")),
        (_("A working year here"), ("days", "weeks", "school_weeks", "months")),
        (
            _("What a campaign page must be able to say"),
            (
                "privacy_url",
                "dpo_contact",
                "retention",
                "whistleblower_url",
                "was_url",
                "is_proxy_logging_confirmed",
            ),
        ),
        (_("What everybody sees"), ("is_lateness_public",)),
    )

    class Meta:
        model = Organisation
        fields = SETTINGS

    def sections(self):
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.groups]
