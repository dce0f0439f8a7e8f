"""A rule of who can act, and the leader of a workplace."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.examples.models import Flag
from backend.registry.models import Area, Body, Cause, RuleLevel, TargetKind
from backend.registry.rules import ROLES
from cms.desk.forms.registry import RowForm, body_options


class RuleForm(forms.Form):
    """When a rule fits, and what it points at; an empty condition fits all."""

    flag = forms.ChoiceField(label=_("Flag"), required=False, choices=[("", _("all")), *Flag.choices])
    area = forms.ModelChoiceField(Area.objects.all(), label=_("Area"), required=False, empty_label=_("all"))
    cause = forms.ModelChoiceField(
        Cause.objects.all(), label=_("Cause"), required=False, empty_label=_("all")
    )
    rule_level = forms.ModelChoiceField(
        RuleLevel.objects.all(), label=_("Rule level"), required=False, empty_label=_("all")
    )
    target = forms.ChoiceField(label=_("Points at"), choices=TargetKind.choices)
    target_body = forms.ChoiceField(
        label=_("Body"), required=False, help_text=_("Only where the rule points at one body.")
    )
    target_role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", "–"), *ROLES.items()],
        help_text=_("Only where the rule points at a role."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    is_active = forms.BooleanField(label=_("in use"), required=False, initial=True)

    def __init__(self, *args, organisation, **options):
        super().__init__(*args, **options)
        self.organisation = organisation
        self.fields["target_body"].choices = body_options(organisation)

    def clean_target_body(self):
        """The chosen body, or None."""
        value = self.cleaned_data["target_body"]
        return Body.objects.of(self.organisation).get(pk=value) if value else None


class LeaderForm(RowForm):
    """Who leads a workplace, and is written to."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def clean(self):
        """A name without an address cannot be written to."""
        values = super().clean()
        if (values.get("name") or values.get("title")) and not values.get("email") and not self.errors:
            self.add_error("email", _("Write the e-mail."))
        return values
