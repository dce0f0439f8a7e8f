"""What is filled in when a rule is challenged. The action decides what holds; the form parses and shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.desk.forms.cases import named_bodies, text_area


def day_input():
    """A day as the browser's own calendar gives it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ChallengeForm(forms.Form):
    """The letter's words, filled in from the case, and the period of the trial."""

    body = forms.ModelChoiceField(label=_("To"), queryset=None)
    subject = forms.CharField(label=_("Subject"), max_length=180)
    introduction = forms.CharField(label=_("Introduction"), widget=text_area(3), required=False)
    rule = forms.CharField(label=_("Rule"), widget=text_area(3), help_text=_("The law and its section."))
    problem = forms.CharField(label=_("Problem"), widget=text_area(6))
    wish = forms.CharField(
        label=_("We ask for"),
        widget=text_area(6),
        help_text=_("The change of the rule, or what you want to be exempted from while you try."),
    )
    effect = forms.CharField(
        label=_("Expected effect"), widget=text_area(3), help_text=_("Such as hours a year that come back.")
    )
    from_date = forms.DateField(label=_("From"), widget=day_input())
    to_date = forms.DateField(label=_("To and including"), widget=day_input())
    contact = forms.CharField(label=_("Contact"), max_length=300, required=False)

    def __init__(self, data=None, *, case, **options):
        super().__init__(data, **options)
        self.fields["body"].queryset = named_bodies(case.organisation)
