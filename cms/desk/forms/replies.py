"""What is filled in about a body's answer: entering it, holding it, releasing it, and answering the body's question."""

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.attachments.cleaning import MAXIMUM_FILES
from backend.cases.actions.enclosing import MOST_MEGABYTES
from backend.cases.actions.replies import NEEDS
from backend.cases.lifecycle import CASE_OUTCOMES, Outcome, ReasonCode
from backend.cases.models import Reply
from backend.examples.attaching import check_attachments
from backend.examples.validation import InvalidInput
from cms.desk.forms.cases import text_area
from cms.submit.answer_forms import FILE_TYPES
from cms.submit.campaign_form import FilesInput

# What came by the body's own page came by itself; the rest is entered here.
ENTERED_CHANNELS = [
    (value, label)
    for value, label in Reply._meta.get_field("channel").choices
    if value not in ("page", "spreadsheet")
]
# Shown whatever the outcome is.
ALWAYS = ("answer", "text", "files", "channel", "received_date", "signed_name", "signed_title")


def date_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilesField(forms.Field):
    """The chosen files, cleaned and screened (`check_attachments`)."""

    widget = FilesInput

    def clean(self, value):
        """What can be stored of them; what cannot is told here."""
        try:
            return check_attachments(value or [], pointer="/files")
        except InvalidInput as invalid:
            raise forms.ValidationError([str(error.detail) for error in invalid.errors]) from None


class EnterReplyForm(forms.Form):
    """What a body answered, by letter, phone or mail. Which fields an answer needs is `NEEDS`' to say."""

    answer = forms.ChoiceField(label=_("The answer"), choices=[("", _("Choose …")), *Outcome.choices])
    text = forms.CharField(
        label=_("In words"),
        max_length=8000,
        required=False,
        widget=text_area(8),
        help_text=_("Paste what they wrote, without names of employees and citizens."),
    )
    reason_code = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose …")), *ReasonCode.choices], required=False
    )
    what = forms.CharField(label=_("What will be done"), max_length=1000, required=False, widget=text_area(2))
    by_whom = forms.CharField(label=_("By whom"), max_length=200, required=False)
    promised_date = forms.DateField(label=_("By when"), required=False, widget=date_input())
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    from_date = forms.DateField(label=_("From"), required=False, widget=date_input())
    to_date = forms.DateField(label=_("To"), required=False, widget=date_input())
    points_to = forms.CharField(label=_("Try instead"), max_length=200, required=False)
    med_discussed_date = forms.DateField(label=_("Discussed in MED on"), required=False, widget=date_input())
    plan_url = forms.CharField(
        label=_("Link to the annual plan"), max_length=500, required=False, widget=forms.URLInput
    )
    files = FilesField(
        label=_("Files"),
        required=False,
        help_text=_("Such as the letter itself. They stay at the desk and are not published."),
    )
    channel = forms.ChoiceField(label=_("Came by"), choices=ENTERED_CHANNELS, initial="letter")
    received_date = forms.DateField(label=_("Received"), widget=date_input(), initial=timezone.localdate)
    signed_name = forms.CharField(label=_("Signed by"), max_length=120, required=False)
    signed_title = forms.CharField(label=_("Title of whoever signed"), max_length=120, required=False)

    def __init__(self, *args, is_correction=False, **options):
        super().__init__(*args, **options)
        if is_correction:
            chosen = [(value, label) for value, label in Outcome.choices if value in CASE_OUTCOMES]
            self.fields["answer"].choices = chosen

    def needs(self):
        """{answer: the fields it needs}, for the script that hides the others."""
        local = ("med_discussed_date", "plan_url")
        return {
            answer.value: [*names, *(local if answer in CASE_OUTCOMES else ())]
            for answer, names in NEEDS.items()
        }

    def parts(self):
        """The fields that only some answers need."""
        return [self[name] for name in self.fields if name not in ALWAYS]


class AttachFilesForm(forms.Form):
    """Files that go along with a row, with the tick: others read them."""

    files = FilesField(
        label=_("Files"),
        widget=FilesInput(attrs={"accept": FILE_TYPES}),
        help_text=format_lazy(
            _(
                "PDF, picture, Word or Excel; at most {files} files, and {megabytes} MB together. Hidden information in"
                " them is removed."
            ),
            files=MAXIMUM_FILES,
            megabytes=MOST_MEGABYTES,
        ),
    )
    no_personal_data = forms.BooleanField(
        label=_("I have read the files: they hold no personal data"),
        error_messages={"required": _("Read the files, and set the tick: the body gets them as they are.")},
    )

    def clean_files(self):
        """There must be one."""
        if not self.cleaned_data["files"]:
            raise forms.ValidationError(_("Choose the file first."))
        return self.cleaned_data["files"]

    def chosen(self):
        """The names of files that have to be chosen again: no browser lets a page fill them in."""
        return [file.name for file in self.files.getlist("files")] if self.is_bound else []


class HoldForm(forms.Form):
    """Until when, and why."""

    held_until = forms.DateField(label=_("Hold back until"), widget=date_input())
    held_note = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("For instance the meeting it waits for.")
    )


class ReleaseForm(forms.Form):
    """The tick without which nothing is released at the desk."""

    no_personal_data = forms.BooleanField(
        label=_("I have read what is released: it holds no personal data"),
        error_messages={"required": _("Read it, and set the tick.")},
    )


class AnswerBodyForm(forms.Form):
    """Our answer to what a body asked."""

    text = forms.CharField(
        label=_("Our answer"),
        max_length=4000,
        widget=text_area(5),
        help_text=_("The body reads it on its page. The deadline is moved by the days the question waited."),
    )


class WithdrawForm(forms.Form):
    """Why something released is taken back."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=text_area(2))
