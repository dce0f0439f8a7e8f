"""The forms that visitors fill in. They only parse: what is valid is said by `backend.examples.validation`."""

import secrets

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Change
from backend.examples.models import Audience, Period
from backend.examples.validation import InvalidInput, Submission, parse_decimal
from backend.registry.models import Area, Cause

# Where the shared validation points, seen from the form.
FIELDS_OF_POINTERS = {"/contact/email": "contact_email", "/contact/name": "contact_name"}
NOT_A_NUMBER = _("Write a number, for instance 15 or 12,5.")


class RawText(forms.CharField):
    """Text as typed: trimmed, limited and examined by the shared validation, not here."""

    default_validators = []

    def __init__(self, *, rows=None, **kwargs):
        widget = (
            forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
        )
        super().__init__(required=False, strip=False, widget=kwargs.pop("widget", widget), **kwargs)
        self.validators = []


class NumberField(RawText):
    """A number as Danes type it; None where nothing was typed."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}),
            **kwargs,
        )

    def clean(self, value):
        """The number, or a Danish sentence."""
        try:
            return parse_decimal(value or "")
        except ValueError:
            raise forms.ValidationError(NOT_A_NUMBER, code="invalid_type") from None


class Choice(forms.ChoiceField):
    """One of a list, or nothing."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            error_messages={"invalid_choice": _("Choose one of the options on the list.")},
            **kwargs,
        )


class SharedForm(forms.Form):
    """A form whose validity the actions decide."""

    def add_invalid(self, invalid: InvalidInput):
        """Show the shared validation's errors at their fields."""
        for error in invalid.errors:
            name = FIELDS_OF_POINTERS.get(error.pointer, error.pointer.removeprefix("/"))
            self.add_error(
                name if name in self.fields else None, forms.ValidationError(error.detail, error.code)
            )


class ExampleForm(SharedForm):
    """An example: one question, and everything that may be said besides."""

    problem = RawText(
        rows=8,
        help_text=_(
            "Tell what happens, and when. Do not write names or personal numbers: neither citizens' nor colleagues'."
        ),
    )
    proposal = RawText(
        rows=4,
        label=_("Your proposal"),
        help_text=_("A loose idea is fine. It goes along if your example becomes a case."),
    )
    minutes = NumberField(label=_("How long does it take?"))
    times = NumberField(label=_("How often?"))
    period = Choice(label=_("Per"), choices=[("", "—"), *Period.choices])
    people = NumberField(label=_("How many do the same?"))
    legislation = RawText(
        rows=2,
        label=_("The rule, as you know it"),
        help_text=_("A law, a guideline, a habit: write it in your own words. A guess helps too."),
    )
    cause = Choice(label=_("Where do you think it comes from?"))
    area = Choice(label=_("Which area do you work in?"))
    workplace = RawText(
        label=_("Your workplace"),
        help_text=_("Only the secretariat's coordinator sees it, and it is not passed on."),
    )
    role = RawText(label=_("Your job"), help_text=_("Only the secretariat's coordinator sees it."))
    spare_my_workplace = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Spare my workplace"),
        help_text=_(
            "Your workplace is asked only if at least five examples say the same."
            " Take the tick away if it may be asked."
        ),
    )
    audience = Choice(
        initial=Audience.PUBLIC, choices=Audience.choices, label=_("The secretariat's wording may be seen by")
    )
    preview_wording = forms.BooleanField(
        required=False,
        label=_("Show me the text before it goes further"),
        help_text=_("You find it with your tracking code. After five working days it goes on."),
    )
    contact_email = RawText(
        label=_("Your e-mail"),
        help_text=_(
            "Use a private address rather than your work address: your employer owns the work mailbox."
        ),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )
    contact_name = RawText(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    same_as = RawText(widget=forms.HiddenInput)
    key = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    GROUPS = {
        "proposal": ("proposal",),
        "time": ("minutes", "times", "period", "people"),
        "rule": ("legislation", "cause"),
        "where": ("area", "workplace", "role", "spare_my_workplace"),
        "who": ("audience", "preview_wording"),
        "contact": ("contact_email", "contact_name"),
    }

    def __init__(self, *args, question="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["problem"].label = question
        self.fields["area"].choices = [("", _("Choose an area")), *named(Area)]
        self.fields["cause"].choices = [("", _("I do not know")), *named(Cause)]

    def clean(self):
        """A name alone cannot be answered."""
        cleaned = super().clean()
        if (cleaned.get("contact_name") or "").strip() and not (cleaned.get("contact_email") or "").strip():
            self.add_error("contact_email", _("Write your e-mail as well, or leave your name out."))
        return cleaned

    def submission(self):
        """What was typed, for the shared validation and the action."""
        data = self.cleaned_data
        return Submission(
            **{
                name: data.get(name)
                for name in (
                    "problem",
                    "proposal",
                    "legislation",
                    "area",
                    "cause",
                    "workplace",
                    "role",
                    "minutes",
                    "times",
                    "period",
                    "people",
                    "contact_email",
                    "contact_name",
                    "spare_my_workplace",
                    "preview_wording",
                )
            },
            audience=data.get("audience") or Audience.PUBLIC,
        )

    @cached_property
    def open_groups(self):
        """The folded groups that must stand open: those with an error or with something typed in them."""
        changed = set(self.changed_data) if self.is_bound else set()
        return {
            group
            for group, names in self.GROUPS.items()
            if any(name in self.errors or name in changed for name in names)
        }


def fresh_key():
    """A new hidden key: the same press of the button sent twice is stored once."""
    return secrets.token_urlsafe(24)


def named(model):
    """The rows of a shared list as choices, in the visitor's language."""
    return [(row.key, str(row)) for row in model.objects.all()]


class CodeForm(SharedForm):
    """The tracking code, as it was written down."""

    code = RawText(
        label=_("Your tracking code"),
        help_text=_("Eight words with a space between them. Capital letters and commas do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class MessageForm(SharedForm):
    """The writer's answer to the secretariat."""

    text = RawText(rows=5, label=_("Your message to the secretariat"))


class ObjectionForm(SharedForm):
    """What the writer would have different in the secretariat's wording."""

    text = RawText(rows=4, label=_("What should be different?"))


class TimeForm(SharedForm):
    """How long and how often, if wanted."""

    minutes = NumberField(label=_("How long does it take?"))
    times = NumberField(label=_("How often?"))
    period = Choice(label=_("Per"), choices=[("", "—"), *Period.choices])

    def clean_times(self):
        """A whole number."""
        times = self.cleaned_data["times"]
        if times is not None and times != times.to_integral_value():
            raise forms.ValidationError(_("Write a whole number."), code="too_many_decimals")
        return None if times is None else int(times)


class SupportForm(TimeForm):
    """«Det sker også hos mig», with own time if wanted."""


class EffectForm(TimeForm):
    """Whether the time came back, and how long it takes now."""

    change = Choice(label=_("Did you get the time back?"), choices=Change.choices)
    minutes = NumberField(label=_("How long does it take now?"))

    field_order = ("change", "minutes", "times", "period")
