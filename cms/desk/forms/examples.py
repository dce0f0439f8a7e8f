"""What the coordinator fills in when an example is moved. The actions decide what holds; forms parse and show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.examples.models import SetAsideReason
from backend.registry.models import Area

# The sentence that a writer reads, by reason; the coordinator may change every word of it.
KIND_SENTENCES = {
    SetAsideReason.OUTSIDE_CAMPAIGN: _(
        "Thank you for writing. What you describe is real, but it lies outside what this campaign can do something"
        " about. We have set it aside and will not pass it on."
    ),
    SetAsideReason.BELONGS_ELSEWHERE: _(
        "Thank you for writing. Others can help you better with this than we can: talk to your leader, your union"
        " representative or the citizens' adviser. We do not pass it on for you."
    ),
    SetAsideReason.NO_EXAMPLE: _(
        "Thank you for writing. We could not find an example in the text. You are welcome to write again: tell what"
        " you do, what gets in the way, and what it costs you."
    ),
    SetAsideReason.SPAM: _(
        "We have set this aside, since it does not look like an example from a workplace."
    ),
}


def add_errors(form, invalid):
    """Put an action's errors at the form's fields; what belongs to none stands at the top."""
    for error in invalid.errors:
        name = error.pointer.strip("/").split("/")[0]
        form.add_error(name if name in form.fields else None, error.detail)


class AskForm(forms.Form):
    """A question to the writer."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The writer reads it under the tracking code. Sign with your name if you like."),
    )


class SetAsideForm(forms.Form):
    """A reason and a kind sentence."""

    # What belongs in the whistleblower scheme has a move of its own.
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(reason.value, reason.label) for reason in KIND_SENTENCES],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=_("What the writer reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=_("Empty: the standard sentence of the reason."),
    )

    def clean(self):
        """The standard sentence where none is written."""
        cleaned = super().clean()
        reason = cleaned.get("reason")
        if reason and not cleaned.get("why"):
            cleaned["why"] = str(KIND_SENTENCES[reason])
        return cleaned

    def sentences(self):
        """{reason: its standard sentence}, for the script that fills in the text and shows the preview."""
        return {reason.value: str(sentence) for reason, sentence in KIND_SENTENCES.items()}

    def labels(self):
        """{reason: its label}, as the writer sees it."""
        return {reason.value: str(reason.label) for reason in KIND_SENTENCES}


class WhyForm(forms.Form):
    """A move that wants a reason."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class EraseForm(WhyForm):
    """Erasing cannot be undone, so it takes a tick."""

    sure = forms.BooleanField(label=_("Erase the words for good. It cannot be undone"))


class WhistleblowerForm(forms.Form):
    """Deleting at once cannot be undone, so it takes a tick."""

    sure = forms.BooleanField(label=_("Close and delete it for good. It cannot be undone"))


class CaseReferenceForm(forms.Form):
    """Which case, by its reference."""

    case = forms.CharField(label=_("The case's reference"), max_length=20)


class MakeCaseForm(forms.Form):
    """The secretariat's wording, prefilled with the writer's."""

    title = forms.CharField(
        label=_("Title"), max_length=120, help_text=_("One line that somebody outside understands.")
    )
    problem = forms.CharField(label=_("Problem"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}))
    proposal = forms.CharField(
        label=_("Proposal"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    legislation_text = forms.CharField(
        label=_("Legislation"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.all(), required=False, empty_label=_("Not chosen")
    )
