"""A small form for every move of a case: what it asks, and the action it calls. One line each in MOVE_FORMS."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.cases import actions
from backend.cases.actions.sending import OTHER_CHANNELS
from backend.cases.models import Batch, Case, Referral, Reply, Visibility
from backend.examples.models import Audience
from cms.desk.forms.cases import body_choices, named_bodies, text_area


def date_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MoveForm(forms.Form):
    """A move that asks nothing more."""

    action: Callable[..., Any]
    done: Any = ""

    def __init__(self, data=None, *, case, user, suggestions=None, **options):
        self.case, self.user = case, user
        super().__init__(data, **options)

    def make(self):
        """Call the action; returns the case to show next, if not this one."""
        return type(self).action(case=self.case, by=self.user, **self.values())

    def values(self):
        """What the action takes beside case and actor."""
        return self.cleaned_data


class WhyMoveForm(MoveForm):
    """A move that wants a reason."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=text_area(3))


class MarkReady(MoveForm):
    action = staticmethod(actions.mark_ready)
    done = _("The case is ready to be sent.")


class BackToDraft(MoveForm):
    action = staticmethod(actions.back_to_draft)
    done = _("The case is a draft again.")


class Close(WhyMoveForm):
    action = staticmethod(actions.close)
    done = _("The case is closed.")


class Reopen(WhyMoveForm):
    action = staticmethod(actions.reopen)
    done = _("The case is open again.")


class Unpublish(WhyMoveForm):
    action = staticmethod(actions.unpublish)
    done = _("Nobody outside the secretariat sees the case any more.")


class SetVisibility(MoveForm):
    """Who sees the case: only as far as its writers allow, and only with the tick."""

    action = staticmethod(actions.set_visibility)
    done = _("It is settled who sees the case.")

    visibility = forms.ChoiceField(
        label=_("Who sees it"), choices=Visibility.choices, widget=forms.RadioSelect
    )
    no_personal_data = forms.BooleanField(
        label=_("I have read the text: it holds no personal data"), required=False
    )

    def __init__(self, *args, case, **options):
        super().__init__(*args, case=case, initial={"visibility": case.visibility}, **options)
        limit = case.limit()
        allowed = {
            Audience.SECRETARIAT: [Visibility.INTERNAL],
            Audience.BODIES: [Visibility.INTERNAL, Visibility.COMMITTEE],
            Audience.PUBLIC: list(Visibility),
        }[limit]
        self.fields["visibility"].choices = [(choice.value, choice.label) for choice in allowed]


class OtherCaseForm(MoveForm):
    """A move towards another case of the same organisation."""

    other = forms.CharField(
        label=_("The other case's reference"),
        max_length=20,
        widget=forms.TextInput(attrs={"list": "other-cases", "autocomplete": "off"}),
        help_text=_("Write the reference, or choose among the newest by title."),
    )

    def clean_other(self):
        """Find it among the cases that the person sees."""
        other = (
            Case.objects.visible_to(self.user)
            .filter(
                organisation=self.case.organisation_id, reference__iexact=self.cleaned_data["other"].strip()
            )
            .first()
        )
        if other is None:
            raise forms.ValidationError(_("There is no case with that reference."))
        return other


class MergeInto(OtherCaseForm):
    action = staticmethod(actions.merge_into)
    done = _("The cases are merged. It can be undone here.")


class Unmerge(MoveForm):
    action = staticmethod(actions.unmerge)
    done = _("The merge is undone.")


class Split(MoveForm):
    """Some of the examples to a new case with its own wording."""

    action = staticmethod(actions.split)
    done = _("The new case is made; this is it.")

    examples = forms.ModelMultipleChoiceField(
        label=_("Which examples go to the new case?"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    problem = forms.CharField(label=_("Problem"), max_length=8000, widget=text_area(10))
    proposal = forms.CharField(label=_("Proposal"), max_length=8000, required=False, widget=text_area(5))

    def __init__(self, *args, case, **options):
        super().__init__(
            *args,
            case=case,
            initial={"title": case.title, "problem": case.problem, "proposal": case.proposal},
            **options,
        )
        gathered = case.case_examples.current().values("example")
        self.fields["examples"].queryset = self.case.organisation.examples.filter(pk__in=gathered).order_by(
            "reference"
        )


class PrepareReferral(MoveForm):
    """Choose a body, and what to ask it."""

    action = staticmethod(actions.prepare_referral)
    done = _("The body is chosen. Nothing has been sent.")

    body = forms.ChoiceField(label=_("Body"))
    question = forms.CharField(label=_("What we ask"), max_length=2000, required=False, widget=text_area(3))
    reason = forms.CharField(
        label=_("Why this body"),
        max_length=500,
        required=False,
        help_text=_("Needed where another body is suggested. The writer can read it."),
    )

    def __init__(self, *args, case, suggestions=None, **options):
        question = "" if case.proposal else _("Why does this demand exist?")
        super().__init__(*args, case=case, initial={"question": question}, **options)
        self.suggested = suggestions.bodies if suggestions else []
        self.fields["body"].choices = body_choices(case.organisation, self.suggested)

    def values(self):
        body = named_bodies(self.case.organisation).get(pk=self.cleaned_data["body"])
        return {
            "body": body,
            "question": self.cleaned_data["question"],
            "reason": self.cleaned_data["reason"],
        }


class Refer(MoveForm):
    action = staticmethod(actions.refer)
    done = _("It is recorded that the bodies have been asked.")

    channel = forms.ChoiceField(
        label=_("How they were asked"),
        choices=[
            choice for choice in Batch._meta.get_field("channel").choices if choice[0] in OTHER_CHANNELS
        ],
        required=False,
        initial="letter",
    )

    def values(self):
        return {"channel": self.cleaned_data["channel"] or "letter"}


class ReferralForm(MoveForm):
    """A move with one of the case's referrals."""

    referral = forms.ModelChoiceField(queryset=Referral.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args, case, **options):
        super().__init__(*args, case=case, **options)
        self.fields["referral"].queryset = case.referrals.all()

    def make(self):
        return type(self).action(by=self.user, **self.values())


class CancelReferral(ReferralForm):
    action = staticmethod(actions.cancel_referral)
    done = _("The referral is cancelled.")

    why = forms.CharField(label=_("Why"), max_length=1000, widget=text_area(2))


class ReplyForm(MoveForm):
    """A move with one of the replies."""

    reply = forms.ModelChoiceField(queryset=Reply.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args, case, **options):
        super().__init__(*args, case=case, **options)
        self.fields["reply"].queryset = Reply.objects.filter(referral__case=case).select_related(
            "referral__case"
        )

    def make(self):
        return type(self).action(by=self.user, **self.values())


class WithdrawReply(ReplyForm):
    action = staticmethod(actions.withdraw_reply)
    done = _("The reply is withdrawn.")

    why = forms.CharField(label=_("Why"), max_length=1000, widget=text_area(2))


class PromiseForm(MoveForm):
    """A move with one of the case's promises. Where there is but one, nothing is asked."""

    reply = forms.ModelChoiceField(
        label=_("Which promise"), queryset=Reply.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    is_done: bool

    def __init__(self, *args, case, **options):
        super().__init__(*args, case=case, **options)
        promises = (
            Reply.objects.promises()
            .filter(referral__case=case, implemented_date__isnull=not self.is_done)
            .select_related("referral__body")
            .prefetch_related("referral__body__periods")
            .order_by("released_at", "id")
        )
        if len(promises) < 2:
            del self.fields["reply"]
            return
        self.fields["reply"].queryset = promises
        self.fields["reply"].label_from_instance = told_promise


def told_promise(reply):
    """A promise as it is chosen: who, and what."""
    return f"{reply.referral.body_name_then}: {reply.what or reply.get_answer_display()}"


class MarkDone(PromiseForm):
    action = staticmethod(actions.mark_done)
    done = _("It is recorded that it has been done.")
    is_done = False

    implemented_date = forms.DateField(label=_("Done on"), widget=date_input())
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=1000,
        widget=text_area(2),
        help_text=_("Everybody can read it: where can one see that it has been done?"),
    )
    no_personal_data = forms.BooleanField(label=_("It holds no personal data"), required=False)


class UndoDone(PromiseForm):
    action = staticmethod(actions.undo_done)
    done = _("It is no longer recorded as done.")
    is_done = True

    why = forms.CharField(label=_("Why"), max_length=1000, widget=text_area(3))


MOVE_FORMS = {
    "mark_ready": MarkReady,
    "back_to_draft": BackToDraft,
    "prepare_referral": PrepareReferral,
    "refer": Refer,
    "cancel_referral": CancelReferral,
    "withdraw_reply": WithdrawReply,
    "mark_done": MarkDone,
    "undo_done": UndoDone,
    "close": Close,
    "reopen": Reopen,
    "set_visibility": SetVisibility,
    "unpublish": Unpublish,
    "merge_into": MergeInto,
    "unmerge": Unmerge,
    "split": Split,
}
