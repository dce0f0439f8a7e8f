"""One kind of body's term."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.registry.models import ResponseTerm


class TermForm(forms.ModelForm):
    """How many working days, and when the reminders come."""

    class Meta:
        model = ResponseTerm
        fields = ("working_days", "remind_before", "remind_after", "is_automatic")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in ("working_days", "remind_before", "remind_after"):
            self.fields[name].widget.attrs["class"] = "desk-short"

    def clean(self):
        """A reminder before the term comes after the letter."""
        cleaned = super().clean()
        days, before = cleaned.get("working_days"), cleaned.get("remind_before")
        if days and before is not None and before >= days:
            self.add_error(
                "remind_before", _("The reminder would come before the letter. Choose fewer days.")
            )
        return cleaned
