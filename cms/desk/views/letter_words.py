"""How each kind of body is written to: an administrator's own words, with a preview, or those everybody starts from."""

import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.cases.actions import reset_letter, save_letter
from backend.cases.letters import filled
from backend.cases.models import Referral
from backend.examples.validation import InvalidInput
from backend.registry.letters import default_letter, letter_of
from backend.registry.models import BodyGroup, LetterTemplate
from cms.desk.access import chosen_organisation, desk_view, forget_draft, parameter
from cms.desk.forms.examples import add_errors
from cms.desk.forms.letters import LetterWordsForm, placeholders
from cms.desk.views.registry import address, shared_context


@desk_view("settings.edit")
def letter_list(request):
    """Every kind of body, and whether it has words of the organisation's own."""
    organisation = chosen_organisation(request, "settings.edit")
    own = set(LetterTemplate.objects.filter(organisation=organisation).values_list("group", flat=True))
    context = shared_context(request, organisation, _("Registry"), "letters") | {
        "groups": [(group, group in own, default_letter(group)[0]) for group in BodyGroup],
    }
    return render(request, "desk/letters/words_list.html", context)


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def letter_words(request, group):
    """Change the words, see them filled in, or go back to those that everybody starts from."""
    if group not in BodyGroup:
        raise Http404
    group = BodyGroup(group)
    organisation = chosen_organisation(request, "settings.edit")
    subject, text = letter_of(organisation, group)
    asked = parameter(request.POST, "action")
    if asked == "reset":
        reset_letter(organisation=organisation, group=group, by=request.user)
        forget_draft(request, f"words:{group}")
        messages.success(request, _("The words are those that everybody starts from."))
        return redirect(address("desk:edit_letter_words", organisation, group))
    form = LetterWordsForm(request.POST if asked else None, initial={"subject": subject, "text": text})
    shown = (subject, text)
    if asked and form.is_valid():
        shown = (form.cleaned_data["subject"], form.cleaned_data["text"])
        if asked == "save":
            try:
                save_letter(organisation=organisation, group=group, by=request.user, **form.cleaned_data)
            except InvalidInput as invalid:
                add_errors(form, invalid)
            else:
                forget_draft(request, f"words:{group}")
                messages.success(request, _("Saved."))
                return redirect(address("desk:letter_words", organisation))
    context = shared_context(request, organisation, group.label, "letters") | {
        "form": form,
        "placeholders": placeholders(),
        "sample": sample(organisation, group, shown),
        "is_own": LetterTemplate.objects.filter(organisation=organisation, group=group).exists(),
        "draft_name": f"words:{group}",
    }
    return render(request, "desk/letters/words.html", context, status=422 if form.errors else 200)


def sample(organisation, group, words):
    """The words filled in for a body of this kind that has really been chosen for a case, else for an imagined one."""
    rows = Referral.objects.filter(case__organisation=organisation).select_related("body")
    chosen = next(
        (row for row in rows.order_by("-prepared_date")[:50] if BodyGroup.of(row.body.kind) == group), None
    )
    subject, text = filled(
        words,
        organisation=organisation,
        body_name=chosen.body.name_on(None) if chosen else group.label,
        contact_name="",
        count=3,
        due_date=timezone.localdate() + datetime.timedelta(days=28),
    )
    return {"subject": subject, "text": text, "case": chosen and chosen.case}
