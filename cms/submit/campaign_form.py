"""The form on the campaign's page: the example with its files, and three questions on whether it belongs here."""

from dataclasses import dataclass, replace

from django import forms
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.examples.attaching import check_attachments
from backend.examples.personal_hints import Hint, find_personal_hints, in_pieces
from backend.examples.validation import FieldError, InvalidInput, check_submission
from cms.submit.forms import Choice, ExampleForm

# Where a writer's words may name somebody. Workplace and job are the coordinator's alone.
WORDS = ("problem", "proposal", "legislation")
# What to write instead, by kind of mark.
INSTEAD = {
    "email": _("An e-mail address: leave it out."),
    "phone": _("A phone number: leave it out."),
    "address": _("An address: write “at the citizen's home”, for instance."),
    "name": _("Perhaps a name: write “a colleague” or “a citizen”."),
    "health": _("Perhaps one person's health: write “a citizen with an illness”, for instance."),
}
# What the writer is told where an answer leads somewhere else. Nothing is stored on that way.
EVENT, SERIOUS = "event", "serious"


@dataclass(frozen=True)
class Look:
    """The example as the coordinator will read it.

    `parts`: [(label, pieces)]; `kinds`: the kinds of mark, each with what to write instead; `count`: how many marks.
    """

    parts: list
    kinds: list
    count: int


class FilesInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """All the files that were chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.Field):
    """The files as they came; they are cleaned last of all (`CampaignForm.clean_files_now`)."""

    widget = FilesInput

    def has_changed(self, initial, data):
        """Whether any were chosen; no list of them is not an answer."""
        return bool(data)


class CampaignForm(ExampleForm):
    """What a writer meets. `seen`: how many marked words the writer has been shown, in the browser or by us."""

    files = FilesField(
        required=False,
        label=_("Files"),
        help_text=_(
            "At most five: PDF, PNG, JPEG, DOCX or XLSX, up to 10 MB each. We cannot read pictures: cover names and"
            " personal numbers in them before you send."
        ),
        widget=FilesInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}),
    )
    event = Choice(
        label=_("Has something happened, or is it about the requirement to report?"),
        choices=[
            ("requirement", _("It is about the requirement to report")),
            (EVENT, _("Something has happened that must be reported")),
        ],
    )
    one_citizen = Choice(
        label=_("Is it about one citizen?"),
        choices=[("no", _("No, it happens in general")), ("yes", _("Yes, it is about one citizen"))],
    )
    serious = Choice(
        label=_("Is it a serious offence or another serious matter?"),
        choices=[("no", _("No, it is about rules and habits that get in the way")), ("yes", _("Yes"))],
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.HiddenInput)

    GROUPS = ExampleForm.GROUPS | {
        "files": ("files",),
        "event": ("event",),
        "one_citizen": ("one_citizen",),
        "serious": ("serious",),
    }

    def submission(self):
        """What was typed, and whether the writer says that it is about one citizen."""
        return replace(super().submission(), about_one_citizen=self.cleaned_data.get("one_citizen") == "yes")

    @property
    def leads_to(self):
        """EVENT or SERIOUS where an answer leads somewhere else than to us, else ""; asked before all else."""
        if self.data.get("serious") == "yes":
            return SERIOUS
        return EVENT if self.data.get("event") == EVENT else ""

    @property
    def had_files(self):
        """Whether files were chosen: no browser gives them back to a page that is shown again."""
        return self.is_bound and bool(self["files"].data)

    def typed_words(self):
        """[(label, text)] of what was written, for the writer to copy or look through."""
        return [(self[name].label, self.data[name]) for name in WORDS if self.data.get(name, "").strip()]

    @cached_property
    def hints(self) -> list[Hint]:
        """Every mark in what was written."""
        return [hint for _label, text in self.typed_words() for hint in find_personal_hints(text)]

    def look(self):
        """The example with the words marked that may show who somebody is."""
        found = {hint.kind for hint in self.hints}
        return Look(
            parts=[(label, in_pieces(text)) for label, text in self.typed_words()],
            kinds=[(kind, text) for kind, text in INSTEAD.items() if kind in found],
            count=len(self.hints),
        )

    def must_look(self):
        """Whether there is something marked that the writer has not been shown, or a citizen to write about in general.

        It is shown once, and never stops what is sent after that.
        """
        seen = self.cleaned_data.get("seen")
        is_about_one = self.cleaned_data.get("one_citizen") == "yes" and seen is None
        return is_about_one or len(self.hints) > (seen or 0)

    def check_all(self):
        """Put every fault at its field: what could not be parsed, and what the shared validation says of the rest.

        Returns whether there is none. Files are cleaned apart, since that takes seconds.
        """
        self.full_clean()
        try:
            check_submission(self.submission())
        except InvalidInput as invalid:
            self.add_invalid(invalid)
        return not self.errors

    def clean_files_now(self):
        """The cleaned files; what cannot be cleaned is told at the field, and then there are none."""
        try:
            return check_attachments(self.cleaned_data.get("files") or [], pointer="/files")
        except InvalidInput as invalid:
            self.add_invalid(InvalidInput([self._at_its_file(error) for error in invalid.errors]))
            return []

    def _at_its_file(self, error):
        """An error of one file, at the field; which one where there are several."""
        number = int(error.pointer.removeprefix("/files").removeprefix("/") or -1) + 1
        detail = error.detail
        if number and len(self["files"].data) > 1:
            detail = format_lazy(_("File no. {number}: {detail}"), number=number, detail=detail)
        return FieldError("/files", error.code, detail)
