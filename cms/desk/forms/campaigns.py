"""What the coordinator types in from a form on paper, on behalf of its writer."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.submit.forms import ExampleForm


class PaperForm(ExampleForm):
    """The campaign's own questions, the day the paper came and the number on it."""

    received_date = forms.DateField(
        label=_("Received"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The day the paper reached you. It counts as sent that day, also when the campaign has closed since."
        ),
    )
    number = forms.CharField(
        label=_("Number on the form"),
        max_length=20,
        required=False,
        help_text=_("It is printed on the slip with the code, and not kept."),
    )

    # The order on the paper.
    SECTIONS = (
        (_("From the front"), ("problem", "proposal", "minutes", "times", "period", "people", "legislation")),
        (
            _("From the back"),
            (
                *("area", "workplace", "role", "spare_my_workplace"),
                *("audience", "preview_wording", "contact_email", "contact_name"),
            ),
        ),
        (_("About the paper"), ("received_date", "number")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["cause"]
        self.initial.setdefault("received_date", timezone.localdate())

    @property
    def sections(self):
        """[(heading, [bound fields])] as the paper has them."""
        return [(heading, [self[name] for name in names]) for heading, names in self.SECTIONS]

    def clean_received_date(self):
        """A day that has been."""
        date = self.cleaned_data["received_date"]
        if date > timezone.localdate():
            raise forms.ValidationError(_("The day cannot lie in the future."), code="invalid")
        return date
