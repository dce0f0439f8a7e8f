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
                "whistleblower_url",
                "is_proxy_logging_confirmed",
            ),
        ),
        (
            _("The privacy notice"),
            ("controller", "dpo_contact", "retention", "recipients", "privacy_url", "privacy_date"),
        ),
        (
            _("The accessibility statement"),
            (
                "accessibility_status",
                "accessibility_gaps",
                "accessibility_how",
                "accessibility_contact",
                "was_url",
                "accessibility_date",
            ),
        ),
        (_("What everybody sees"), ("is_lateness_public",)),
    )

    class Meta:
        model = Organisation
        fields = SETTINGS
        widgets = {
            "controller": forms.Textarea(attrs={"rows": 3}),
            "recipients": forms.Textarea(attrs={"rows": 3}),
            "accessibility_gaps": forms.Textarea(attrs={"rows": 4}),
            "privacy_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "accessibility_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def sections(self):
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.groups]
