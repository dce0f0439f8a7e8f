"""What a receiver types on the body's page. The forms only parse: what is whole is said by `backend.cases.actions`."""

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from backend.cases.actions.body import TAKES
from backend.cases.lifecycle import Outcome, ReasonCode
from cms.submit.forms import Choice, RawText, SharedForm

# The outcomes of api.md in the receiver's own words, and what each means.
ANSWERS = [
    (Outcome.FOLLOW, _("Yes, we do it"), _("Say what, by whom and by when.")),
    (Outcome.PARTLY, _("Yes, in part"), _("Say what you do, and why not the rest.")),
    (Outcome.TRIAL, _("We try it out"), _("A trial: what, where and from when to when.")),
    (Outcome.EXEMPTION, _("We give an exemption"), _("Say what for, by whom and by when.")),
    (Outcome.ALREADY_ALLOWED, _("It is already allowed"), _("Say who tells the workplaces, and by when.")),
    (Outcome.NOT, _("No, it will not be changed"), _("Give a reason and explain it.")),
    (Outcome.LACKS_FACTS, _("We lack facts"), _("Ask back. Your deadline stands still meanwhile.")),
    (Outcome.NOT_OURS, _("Not with us"), _("Say whom to try instead.")),
]
# What a field is called where the outcome gives it a meaning of its own.
OWN_WORDS = {
    "what": {
        Outcome.TRIAL: _("What do you try out?"),
        Outcome.EXEMPTION: _("What is the exemption from?"),
    },
    "by_whom": {
        Outcome.EXEMPTION: _("Who gives it?"),
        Outcome.ALREADY_ALLOWED: _("Who tells the workplaces?"),
    },
    "promised_date": {
        Outcome.EXEMPTION: _("By when is it given?"),
        Outcome.ALREADY_ALLOWED: _("By when do they know?"),
    },
    "text": {
        Outcome.PARTLY: _("Why not the rest?"),
        Outcome.NOT: _("Explain why"),
        Outcome.LACKS_FACTS: _("What do you need to know?"),
    },
}
DATES = ["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y"]
FILE_TYPES = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"


class Day(forms.DateField):
    """A day, from the browser's calendar or typed as Danes do."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            input_formats=DATES,
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "min": "2000-01-01", "max": "2099-12-31"}
            ),
            error_messages={"invalid": _("Write a date, for instance 01-03-2027.")},
            **kwargs,
        )


class PanelForm(SharedForm):
    """A form in one row's panel. Its fields are named after the row, so that all panels fit in one page's form."""

    use_required_attribute = False

    @classmethod
    def as_typed(cls, prefix, data):
        """The form with what `data` holds for it, unexamined: for panels that are not being saved now."""
        names = cls.base_fields
        return cls(prefix=prefix, initial={name: data.get(f"{prefix}-{name}", "") for name in names})

    def word_for(self, name):
        """What the field is called in the list of errors."""
        return self.fields[name].label


class AnswerForm(PanelForm):
    """An answer: the outcome, and what that outcome needs.

    The page shows the fields of the chosen outcome only (`.kt-answer` in the style sheet). A browser too old for that
    shows all of them, and each says what it belongs to.
    """

    answer = Choice(choices=[(key, label) for key, label, _hint in ANSWERS], label=_("What do you answer?"))
    what = RawText(rows=2, label=_("What do you do?"))
    by_whom = RawText(label=_("Who does it?"), help_text=_("A unit or a post rather than a name."))
    promised_date = Day(label=_("By when, at the latest?"))
    reason_code = Choice(choices=[("", _("Choose a reason")), *ReasonCode.choices], label=_("Reason"))
    place = RawText(label=_("Where?"))
    from_date = Day(label=_("From"))
    to_date = Day(label=_("To"))
    points_to = RawText(label=_("Whom should we try instead?"))
    text = RawText(rows=4, label=_("Would you like to add something?"))
    med_discussed_date = Day(label=_("Discussed in MED"))
    plan_url = RawText(
        label=_("Link to an annual plan"),
        help_text=_("An address that begins with https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    LIMITS = {"what": 1000, "text": 8000}
    OF_OUR_OWN = ("med_discussed_date", "plan_url")

    def parts(self, *, is_local):
        """The fields below the outcome as the page shows them: {"field", "takes", "limit", "is_optional"}.

        `takes`: the outcomes that the field belongs to, "" for all. `is_local`: a body of the organisation's own, whose
        answers may have been discussed in MED.
        """
        for name in self.fields:
            if name == "answer" or (name in self.OF_OUR_OWN and not is_local):
                continue
            bound = self[name]
            takes = [outcome for outcome, _label, _hint in ANSWERS if name in TAKES[outcome]]
            is_always = len(takes) == len(ANSWERS)
            bound.label = self.label_of(name, bound.label)
            if name != "text" and not is_always:
                bound.help_text = self.hint_of(bound.help_text, takes)
            yield {
                "field": bound,
                "takes": "" if is_always else " ".join(takes),
                "limit": self.LIMITS.get(name),
                "is_optional": name in self.OF_OUR_OWN,
            }

    def word_for(self, name):
        """The field's label, in the chosen outcome's own words where it has some."""
        return OWN_WORDS.get(name, {}).get(self.data.get(self.add_prefix("answer")), self.fields[name].label)

    @staticmethod
    def label_of(name, label):
        """The field's label, and in its place the outcome's own words once that outcome is chosen."""
        own = OWN_WORDS.get(name)
        if not own:
            return label
        words = format_html_join(
            "",
            '<span class="kt-words" data-takes="{}">{}</span>',
            ((key.value, word) for key, word in own.items()),
        )
        return format_html('<span data-but="{}">{}</span>{}', " ".join(own), label, words)

    @staticmethod
    def hint_of(hint, takes):
        """The field's hint, with the answers that it belongs to for whoever sees all fields at once."""
        labels = [str(label) for outcome, label, _hint in ANSWERS if outcome in takes]
        return format_html(
            '{} <span class="kt-belongs">{} {}</span>', hint, _("Belongs to:"), " · ".join(labels)
        )

    @classmethod
    def of_reply(cls, prefix, reply):
        """The form as if `reply` had just been typed in it."""
        data = {f"{prefix}-{name}": getattr(reply, name) or "" for name in cls.base_fields}
        return cls(data, prefix=prefix)

    def values(self):
        """What was typed, for the action."""
        return {name: self.cleaned_data.get(name) for name in self.fields if name != "answer"}


class CorrectionForm(PanelForm):
    """What is wrong in our description."""

    text = RawText(
        rows=4,
        label=_("What is wrong in the description?"),
        help_text=_("It is shown beside our description when the secretariat has read it."),
    )


class PassOnForm(PanelForm):
    """Whom the chosen rows go to; typed twice, since whoever is at that address gets them."""

    email = RawText(
        label=_("Your colleague's e-mail"),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    again = RawText(
        label=_("The e-mail once more"),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )

    def clean(self):
        """Both alike."""
        cleaned = super().clean()
        if cleaned["email"].strip().lower() != cleaned["again"].strip().lower():
            self.add_error("again", _("The two addresses are not the same."))
        return cleaned


class SignatureForm(SharedForm):
    """Who answers; typed once on the page and kept in it."""

    use_required_attribute = False
    signed_name = RawText(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    signed_title = RawText(
        label=_("Your title"), widget=forms.TextInput(attrs={"autocomplete": "organization-title"})
    )
