"""Many examples at once: what was ticked is shown row by row before anything happens, and what was skipped is told."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.cases import actions as case_actions
from backend.cases.models import Case
from backend.examples.filters import ExampleFilter
from backend.examples.lifecycle import IllegalMove, available
from backend.examples.models import Example
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed, moment
from cms.desk.access import forget_draft, move_view
from cms.desk.forms.examples import CaseReferenceForm, SetAsideForm
from cms.desk.undo import offer_undo
from cms.desk.views.examples import TABS, tab_rows
from cms.desk.views.listing import filtered

# One request and one transaction each: more than this is done in two goes.
MOST = 500
MOVES: dict[str, type[forms.Form]] = {"add_to_case": CaseReferenceForm, "set_aside": SetAsideForm}


def ticked(request):
    """The references that were ticked."""
    return [reference for reference in request.POST.getlist("chosen")[:MOST] if reference.isprintable()]


def chosen_rows(request):
    """The ticked rows, or all that the list's own tab and filters show; always within what the user may see."""
    if request.POST.get("everything") == "yes":
        tab = request.POST.get("tab")
        rows = tab_rows(request.user, tab if tab in TABS else "all", at=moment(None))
        rows = filtered(ExampleFilter(request.GET, rows, request=request))
    else:
        rows = Example.objects.visible_to(request.user).filter(reference__in=ticked(request))
    return rows.select_related("campaign", "area", "organisation")


@move_view("example.move")
def examples_chosen(request):
    """The preview: every row with its own tick and whether it can be moved, and what the move needs to know."""
    move = request.POST.get("move")
    if move not in MOVES:
        return redirect("desk:examples")
    if "confirmed" in request.POST:
        return confirmed(request, move)
    rows = list(chosen_rows(request)[: MOST + 1])
    if not rows:
        messages.warning(request, _("Tick the examples first."))
        return redirect(f"{reverse('desk:examples')}?tab={request.POST.get('tab') or 'unread'}")
    return preview(request, move, rows, MOVES[move]())


def preview(request, move, rows, form, *, ticked=None, status=200):
    """Render the preview page."""
    is_too_many = len(rows) > MOST
    rows = rows[:MOST]
    for example in rows:
        example.can_move = any(each.name == move for each in available(example, request.user))
        example.is_ticked = example.can_move and (ticked is None or example.reference in ticked)
    names = {"add_to_case": _("Add to a case"), "set_aside": _("Set it aside")}
    context = {
        "title": names[move],
        "crumbs": [(reverse("desk:examples"), _("Examples"))],
        "move": move,
        "rows": rows,
        "movable": sum(example.can_move for example in rows),
        "is_too_many": is_too_many,
        "most": MOST,
        "form": form,
        "cases": Case.objects.visible_to(request.user)
        .open()
        .filter(organisation__in={example.organisation_id for example in rows})
        .order_by("-created_date", "reference")[:100]
        if move == "add_to_case"
        else [],
    }
    return render(request, "desk/examples/bulk.html", context, status=status)


def confirmed(request, move):
    """Move the rows that are still ticked, each by itself: one that cannot be moved does not stop the others."""
    references = ticked(request)
    rows = list(chosen_rows(request))
    form = MOVES[move](request.POST)
    case = None
    if form.is_valid() and move == "add_to_case":
        case = (
            Case.objects.visible_to(request.user)
            .open()
            .filter(reference__iexact=form.cleaned_data["case"].strip())
            .first()
        )
        if case is None:
            form.add_error("case", _("There is no open case with that reference."))
    if form.errors:
        return preview(request, move, rows, form, ticked=references, status=422)
    done, skipped = [], []
    for example in rows:
        try:
            if move == "add_to_case":
                case_actions.add_to_case(example=example, case=case, by=request.user)
            else:
                data = form.cleaned_data
                case_actions.set_aside(
                    example=example, reason=data["reason"], why=data["why"], by=request.user
                )
        except IllegalMove:
            skipped.append((example.reference, _("its status does not allow it now")))
        except (NotAllowed, Case.DoesNotExist):
            skipped.append((example.reference, _("it belongs to another organisation")))
        except InvalidInput as invalid:
            skipped.append((example.reference, " ".join(str(error.detail) for error in invalid.errors)))
        else:
            done.append(example.reference)
    forget_draft(request, f"bulk:{move}")
    if done:
        told = ngettext("%(count)s example was moved.", "%(count)s examples were moved.", len(done))
        offer_undo(request, told % {"count": len(done)}, *done)
    if skipped:
        lines = "; ".join(f"{reference}: {why}" for reference, why in skipped)
        messages.warning(request, _("Skipped – %(lines)s.") % {"lines": lines})
    return redirect("desk:examples")
