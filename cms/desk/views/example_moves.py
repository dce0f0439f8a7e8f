"""The moves on an example's page. After each the next unread example opens, with a way back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases import actions as case_actions
from backend.cases.models import Case, CaseExample
from backend.examples import actions
from backend.examples.lifecycle import IllegalMove, Status, check_move
from backend.examples.models import Example
from backend.examples.personal_hints import in_pieces
from backend.examples.queries import example_after
from backend.examples.reading import read_raw
from backend.examples.validation import InvalidInput
from cms.desk.access import desk_view, forget_draft, move_view
from cms.desk.forms.examples import (
    AskForm,
    CaseReferenceForm,
    EraseForm,
    MakeCaseForm,
    SetAsideForm,
    WhistleblowerForm,
    WhyForm,
    add_errors,
)
from cms.desk.undo import offer_undo
from cms.desk.views.example import example_page, get_example, open_cases, unread

# What the coordinator may have begun to write about an example: it goes when the words go.
DRAFTS = ("ask", "set_aside", "make_case")
# As many as one bulk move takes.
MOST_UNDONE = 500


def go_on(request, example, told, *, undoable=True):
    """To the next unread example, with what was done and a way back."""
    if undoable:
        offer_undo(request, told, example.reference)
    else:
        messages.success(request, told)
    following = example_after(unread(request), example)
    return redirect("desk:example", following.reference) if following else redirect("desk:examples")


def form_move(name, form_class, permission, told, *, undoable=True):
    """A view for a move with a form: make it with `make`, or show the page again with the errors and every word."""

    def decorate(make):
        @sensitive_post_parameters()
        @move_view(permission)
        def view(request, reference):
            example = get_example(request, reference)
            check_move(name, example)
            form = form_class(request.POST, auto_id=f"id_{name}_%s")
            if form.is_valid():
                try:
                    make(example, form.cleaned_data, request.user)
                except InvalidInput as invalid:
                    add_errors(form, invalid)
                else:
                    for draft in (name, *DRAFTS) if example.status == Status.ERASED else (name,):
                        forget_draft(request, f"{draft}:{reference}")
                    return go_on(request, example, told % {"reference": reference}, undoable=undoable)
            return example_page(request, example, forms={name: form}, status=422)

        return view

    return decorate


@form_move("ask", AskForm, "example.move", gettext_lazy("You have asked about %(reference)s."))
def ask(example, data, user):
    """Ask the writer."""
    actions.ask(example=example, text=data["text"], by=user)


@form_move(
    "erase", EraseForm, "example.move", gettext_lazy("The words of %(reference)s are erased."), undoable=False
)
def erase(example, data, user):
    """Erase the words for good."""
    case_actions.erase(example=example, why=data["why"], by=user)


@form_move(
    "to_whistleblower",
    WhistleblowerForm,
    "example.move",
    gettext_lazy("%(reference)s is closed and deleted. Nobody can read it any more."),
    undoable=False,
)
def to_whistleblower(example, data, user):
    """Close what belongs in the whistleblower scheme, and delete it."""
    case_actions.to_whistleblower(example=example, by=user)


@form_move(
    "leave_case",
    WhyForm,
    "case.make",
    gettext_lazy("%(reference)s is out of the case and unread again."),
    undoable=False,
)
def leave_case(example, data, user):
    """Take the example out of its case."""
    case_actions.leave_case(example=example, why=data["why"], by=user)


@sensitive_post_parameters()
@move_view("example.move")
def set_aside(request, reference):
    """Set aside with a sentence."""
    example = get_example(request, reference)
    check_move("set_aside", example)
    form = SetAsideForm(request.POST, auto_id="id_set_aside_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            case_actions.set_aside(example=example, reason=data["reason"], why=data["why"], by=request.user)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"set_aside:{reference}")
            told = _("%(reference)s is set aside.") % {"reference": reference}
            return go_on(request, example, told)
    return example_page(request, example, forms={"set_aside": form}, status=422)


@move_view("example.move")
def take_back(request, reference):
    """Read a set-aside example again."""
    example = get_example(request, reference)
    case_actions.take_back(example=example, by=request.user)
    messages.success(request, _("%(reference)s is unread again.") % {"reference": reference})
    return redirect("desk:example", reference)


@move_view("example.move")
def stop_waiting(request, reference):
    """Go on without the writer's answer."""
    example = get_example(request, reference)
    actions.stop_waiting(example=example, by=request.user)
    messages.success(
        request, _("We no longer wait for an answer to %(reference)s.") % {"reference": reference}
    )
    return redirect("desk:example", reference)


@move_view("example.move")
def release(request, reference):
    """A person says that the flood guard was wrong."""
    example = get_example(request, reference)
    actions.release_from_quarantine(example=example, by=request.user)
    messages.success(request, _("%(reference)s is among the unread now.") % {"reference": reference})
    return redirect("desk:example", reference)


@move_view("case.make")
def add_to_case(request, reference):
    """Let the example join the case that was picked."""
    example = get_example(request, reference)
    form = CaseReferenceForm(request.POST)
    case = (
        form.is_valid()
        and open_cases(example, request.user)
        .filter(reference__iexact=form.cleaned_data["case"].strip())
        .first()
    )
    if not case:
        messages.error(request, _("There is no open case with that reference."))
        return redirect("desk:example", reference)
    try:
        case_actions.add_to_case(example=example, case=case, by=request.user)
    except InvalidInput as invalid:
        messages.error(request, " ".join(str(error.detail) for error in invalid.errors))
        return redirect("desk:example", reference)
    told = _("%(reference)s is added to %(case)s.") % {"reference": reference, "case": case.reference}
    return go_on(request, example, told)


def first_sentence(text, length=80):
    """The text's first sentence, shortened: a title to start from."""
    line = text.strip().split("\n", 1)[0]
    sentence = line.split(". ", 1)[0].rstrip(".")
    return Truncator(sentence).chars(length, truncate=" …") if len(sentence) > length else sentence


@sensitive_post_parameters()
@desk_view("case.make", methods=["GET", "HEAD", "POST"])
def make_case(request, reference):
    """The writer's words beside a prefilled form: every word may be changed before the case is made."""
    example = get_example(request, reference)
    check_move("make_case", example)
    raw = read_raw(example, by=request.user, purpose="desk: case-making")
    form = MakeCaseForm(
        request.POST or None,
        initial={
            "title": raw.title or first_sentence(raw.problem),
            "problem": raw.problem,
            "proposal": raw.proposal,
            "legislation_text": raw.legislation,
            "area": example.area_id,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            case = case_actions.make_case(example=example, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"make_case:{reference}")
            told = _("%(reference)s has become the case %(case)s.") % {
                "reference": reference,
                "case": case.reference,
            }
            if "open" in request.POST:
                offer_undo(request, told, reference)
                return redirect("desk:case", case.reference)
            return go_on(request, example, told)
    context = {
        "title": _("Make a case"),
        "crumbs": [
            (reverse("desk:examples"), _("Examples")),
            (reverse("desk:example", args=[reference]), reference),
        ],
        "example": example,
        "raw": raw,
        "problem": in_pieces(raw.problem),
        "proposal": in_pieces(raw.proposal),
        "form": form,
        "draft_name": f"make_case:{reference}",
    }
    return render(request, "desk/examples/make_case.html", context, status=422 if form.errors else 200)


@desk_view("example.move", methods=["POST"])
def undo(request):
    """Take back what was just done with these examples, each in its own way."""
    undone = []
    for reference in request.POST.getlist("reference")[:MOST_UNDONE]:
        rows = Example.objects.visible_to(request.user)
        example = rows.filter(reference=reference).first() if reference.isprintable() else None
        if example is None:
            raise Http404
        if undo_one(example, request.user):
            undone.append(example)
    if not undone:
        messages.error(request, _("It can no longer be undone."))
        return redirect("desk:examples")
    messages.success(
        request,
        ngettext("%(count)s example is unread again.", "%(count)s examples are unread again.", len(undone))
        % {"count": len(undone)},
    )
    return redirect("desk:example", undone[0].reference) if len(undone) == 1 else redirect("desk:examples")


def undo_one(example, user):
    """Bring `example` back to unread, and close a draft that nobody else stands behind. False: not possible now."""
    try:
        match example.status:
            case Status.AWAITING_SUBMITTER:
                actions.stop_waiting(example=example, by=user)
            case Status.SET_ASIDE:
                case_actions.take_back(example=example, by=user)
            case Status.ACCEPTED:
                row = CaseExample.objects.current().filter(example=example).select_related("case").get()
                case_actions.leave_case(example=example, why=_("Undone"), by=user)
                close_if_empty(row.case, user)
            case _:
                return False
    except IllegalMove:
        return False
    return True


def close_if_empty(case, user):
    """Close a draft that its only example has left: it was made a moment ago, by mistake."""
    case = Case.objects.get(pk=case.pk)
    if case.status == "draft" and not case.case_examples.current().exists():
        case_actions.close(case=case, why=_("Made by mistake and undone at once."), by=user)
