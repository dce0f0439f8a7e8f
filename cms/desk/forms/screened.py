"""Forms of the desk whose words are no example's: a personal number (CPR) is refused at its field."""

from django import forms

from backend.personal_numbers import REFUSED, find_cpr


class ScreenedForm(forms.Form):
    """Says at the field what the row would say of itself (`ScreenedText`), so that what was typed stays."""

    def clean(self):
        """Look through every text that was typed."""
        values = super().clean()
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and find_cpr(value):
                self.add_error(name, REFUSED)
        return values
