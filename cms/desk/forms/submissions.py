"""What the secretariat fills in about a submission. The actions decide what holds; forms parse and show."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.registry.models import Body
from exports.forms import FORMS


class BodyField(forms.ModelChoiceField):
    """A receiver: a national body or one of the organisation's own."""

    def __init__(self, **options):
        super().__init__(Body.objects.none(), empty_label=None, **options)

    def offer(self, organisation):
        """Offer what `organisation` may write to."""
        self.queryset = Body.objects.of(organisation).receivers().with_names()
        self.choices = sorted(
            ((body.pk, str(body)) for body in self.queryset), key=lambda choice: choice[1].casefold()
        )


class BeginForm(forms.Form):
    """Begin a draft: who the form is for."""

    body = BodyField(label=_("Who is the form for?"))

    def __init__(self, *args, organisation, **options):
        super().__init__(*args, **options)
        field = self.fields["body"]
        field.offer(organisation)
        # In 2017 the form was the Finance Ministry's; another receiver is chosen here.
        field.initial = field.queryset.filter(key="fm").first()


class OptionsForm(forms.Form):
    """The sender block, the receiver and what follows the form."""

    name = forms.CharField(max_length=120)
    contact = forms.CharField(max_length=200, required=False)
    phone = forms.CharField(max_length=40, required=False)
    body = BodyField(label=_("Receiver"))
    has_annex = forms.BooleanField(
        label=_("Add the sheet “Uddybning”"),
        required=False,
        help_text=_(
            "Cause, hours a year, number of examples and what bodies have answered. No words of any writer."
        ),
    )
    has_answers = forms.BooleanField(
        label=_("Add the sheet “Svar”"),
        required=False,
        help_text=_("A place for the receiver to answer each row."),
    )

    def __init__(self, *args, submission, **options):
        super().__init__(
            *args,
            initial={
                **submission.senders[0],
                "body": submission.body_id,
                "has_annex": submission.has_annex,
                "has_answers": submission.has_answers,
            },
            **options,
        )
        self.fields["body"].offer(submission.organisation)
        labels = FORMS[submission.form].SENDER_LABELS
        for name, label in zip(("name", "contact", "phone"), labels, strict=True):
            self.fields[name].label = label


class RowForm(forms.Form):
    """The four cells of a row, under the ministry's own headings."""

    def __init__(self, *args, form, **options):
        super().__init__(*args, **options)
        for column in form.COLUMNS:
            self.fields[column.key] = forms.CharField(
                label=column.heading,
                max_length=form.CELL_LIMITS[column.key],
                required=column.key == "problem",
                widget=forms.Textarea(attrs={"rows": 10 if column.width > 40 else 2}),
            )


class SentForm(forms.Form):
    """To whom the frozen form was sent, and on which day."""

    sent_to = forms.CharField(
        label=_("To whom"),
        max_length=200,
        help_text=_("An address or an office, as you would find it again."),
    )
    sent_date = forms.DateField(
        label=_("Which day"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
