"""Challenging a rule from a case: the letter is filled in, changed by a person, and fetched as a Word file."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases.letters import contact_line
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import check_permission
from backend.registry.models import BodyGroup
from cms.desk.access import desk_view
from cms.desk.forms.challenge import ChallengeForm
from cms.desk.forms.examples import add_errors
from cms.desk.views.case import get_case
from cms.desk.views.letters import file_answer
from exports.actions import draft_challenge
from exports.formats.docx import CONTENT_TYPE
from exports.forms.challenge import first_words


@sensitive_post_parameters()
@desk_view("case.edit", methods=["GET", "HEAD", "POST"])
def challenge(request, reference):
    """Write the letter; a POST answers with its file, or with the form and what is wrong in it."""
    case = get_case(request, reference)
    check_permission(request.user, "case.edit", case.organisation_id)
    is_sent = request.method == "POST"
    form = ChallengeForm(
        request.POST if is_sent else None, case=case, initial=None if is_sent else known_of(case)
    )
    if is_sent and form.is_valid():
        values = form.cleaned_data
        try:
            name, content = draft_challenge(case=case, body=values["body"], values=values, by=request.user)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            return file_answer(name, CONTENT_TYPE, content)
    context = {
        "title": _("Challenge the rule"),
        "crumbs": [(reverse("desk:case", args=[case.reference]), case.reference)],
        "case": case,
        "form": form,
        "draft_name": f"challenge:{case.reference}",
    }
    return render(request, "desk/cases/challenge.html", context, status=422 if form.errors else 200)


def known_of(case):
    """The words that the case already has, and the ministry or agency that it has been meant for."""
    chosen = [
        referral.body_id
        for referral in case.referrals.select_related("body")
        if BodyGroup.of(referral.body.kind) in (BodyGroup.MINISTRY, BodyGroup.AGENCY)
    ]
    return {
        **first_words(case),
        "body": chosen[0] if chosen else None,
        "contact": contact_line(case.organisation, ""),
    }
