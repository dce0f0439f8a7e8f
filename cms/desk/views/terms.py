"""How long each kind of body has for its answer here, and when it is reminded."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from backend.cases.terms import default_term, terms_of
from backend.registry import actions
from backend.registry.models import BodyGroup
from cms.desk.access import chosen_organisation, desk_view
from cms.desk.forms.terms import TermForm
from cms.desk.views.registry import address, shared_context, told

FIELDS = ("working_days", "remind_before", "remind_after", "is_automatic")


@desk_view("settings.edit", methods=["GET", "HEAD", "POST"])
def terms(request):
    """One row for each kind of body; what is as the default is not kept, and follows it."""
    organisation = chosen_organisation(request, "settings.edit")
    data = request.POST if request.method == "POST" else None
    standing = terms_of(organisation)
    forms = {
        group: TermForm(
            data, prefix=group.value, initial={name: getattr(standing[group], name) for name in FIELDS}
        )
        for group in BodyGroup
    }
    # Every row is asked, so that all that is wrong is told at once.
    wrong = [group for group, form in forms.items() if data is not None and not form.is_valid()]
    if data is not None and not wrong:
        try:
            save(organisation, request.user, forms)
        except ValidationError as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("Saved. What has been sent keeps its term."))
            return redirect(address("desk:terms", organisation))
    rows = [
        (group.label, forms[group], default_term(organisation=organisation, group=group))
        for group in BodyGroup
    ]
    context = shared_context(request, organisation, _("Registry"), "terms") | {"rows": rows}
    return render(request, "desk/registry/terms.html", context, status=422 if data is not None else 200)


def save(organisation, by, forms):
    """Keep the rows that differ from the default."""
    rows = {}
    for group, form in forms.items():
        usual = default_term(organisation=organisation, group=group)
        if any(form.cleaned_data[name] != getattr(usual, name) for name in FIELDS):
            rows[group] = form.cleaned_data
    actions.save_terms(organisation=organisation, by=by, rows=rows)
