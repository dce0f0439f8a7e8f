"""What is filled in when bodies are written to. The actions decide what holds; forms parse and show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.registry.letters import PLACEHOLDERS
from cms.desk.forms.cases import text_area


class LetterForm(forms.Form):
    """A letter to one body. Its rows stand beside the form, each with its number in the order."""

    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=180)
    letter = forms.CharField(label=_("Letter"), max_length=20000, widget=text_area(18))
    journal_number = forms.CharField(label=_("Journal number"), max_length=40, required=False)

    def __init__(self, data=None, *, contacts, **options):
        super().__init__(data, **options)
        self.fields["to"].choices = [(row.email, contact_label(row)) for row in contacts]
        self.fields["letter"].help_text = _(
            "The number, the day an answer is due, the link and every case are put below it."
        )


class NextContactForm(forms.Form):
    """A few words to the next contact on the ladder; the first letter follows below them."""

    subject = forms.CharField(label=_("Subject"), max_length=180)
    letter = forms.CharField(label=_("What we write"), max_length=8000, widget=text_area(8))


class LetterWordsForm(forms.Form):
    """How a kind of body is written to."""

    subject = forms.CharField(label=_("Subject"), max_length=180)
    text = forms.CharField(label=_("Letter"), max_length=8000, widget=text_area(20))


def contact_label(contact):
    """A contact as it is chosen: name, title and address."""
    who = ", ".join(part for part in (contact.name, contact.title) if part)
    return f"{who} <{contact.email}>" if who else contact.email


def placeholders():
    """[(placeholder as it is written, what it becomes)]."""
    return [(f"{{{name}}}", label) for name, label in PLACEHOLDERS.items()]
