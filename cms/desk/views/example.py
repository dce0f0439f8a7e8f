"""One example: the writer's words, what is known about it, the likeliest cases, and the moves."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from backend.attachments.serving import file_response
from backend.cases.models import Case, CaseExample
from backend.cases.queries import similar_cases, with_counts
from backend.examples.hours import hours_label, hours_per_year
from backend.examples.lifecycle import Status, available
from backend.examples.models import Example
from backend.examples.personal_hints import find_personal_hints, in_pieces
from backend.examples.queries import example_after
from backend.examples.reading import read_attachment, read_contact, read_raw
from backend.examples.search import matching
from cms.desk.access import desk_view, move_view, parameter
from cms.desk.forms.examples import AskForm, EraseForm, SetAsideForm, WhistleblowerForm, WhyForm
from cms.desk.timeline import example_timeline

FOUND_CASES = 8
MOVE_FORMS = {
    "ask": AskForm,
    "set_aside": SetAsideForm,
    "leave_case": WhyForm,
    "to_whistleblower": WhistleblowerForm,
    "erase": EraseForm,
}


def get_example(request, reference):
    """The example, if the user may see it."""
    rows = Example.objects.visible_to(request.user).select_related(
        "campaign", "organisation", "area", "cause_guess", "burden", "core_task"
    )
    return get_object_or_404(rows, reference=reference)


def unread(request):
    """The user's unread examples, first come first."""
    return Example.objects.visible_to(request.user).unread()


def open_cases(example, user):
    """The cases that `example` may join."""
    return (
        Case.objects.visible_to(user)
        .open()
        .filter(organisation=example.organisation_id)
        .order_by("-created_date", "reference")
    )


def with_example_counts(cases):
    """The same cases in the same order, each with how many examples it gathers."""
    counted = {case.pk: case for case in with_counts(Case.objects.filter(pk__in=[case.pk for case in cases]))}
    return [counted[case.pk] for case in cases]


def meant_by_writer(example, user):
    """The open case that the writer says is the same, in a list of one or none."""
    return open_cases(example, user).filter(supports__example=example)


def find_cases(example, user, words):
    """Open cases with the reference `words`, else those whose text holds the words."""
    cases = open_cases(example, user)
    by_reference = list(cases.filter(reference__iexact=words.strip()))
    return by_reference or list(matching(cases, words)[:FOUND_CASES])


@desk_view("example.raw")
def example(request, reference):
    """The example's page. Each opening is one logged reading."""
    return example_page(request, get_example(request, reference))


def example_page(request, example, *, forms=None, contact=None, status=200, purpose="desk: reading"):
    """Render the page; `forms` are bound ones to be shown again with their errors."""
    user = request.user
    raw = read_raw(example, by=user, purpose=purpose) if example.status != Status.ERASED else None
    moves = {move.name: move for move in available(example, user)}
    own_case = CaseExample.objects.current().filter(example=example).select_related("case").first()
    words = parameter(request.GET, "find")
    similar, found = [], []
    if raw and "add_to_case" in moves:
        text = " ".join([raw.title, raw.problem, raw.proposal])
        similar = with_example_counts(similar_cases(open_cases(example, user), text))
        found = with_example_counts(find_cases(example, user, words)) if words else []
    hours = hours_per_year(
        example.minutes, example.times, example.period, example.people, **example.organisation.periods()
    )
    context = {
        "title": example.reference,
        "crumbs": [(reverse("desk:examples"), _("Examples"))],
        "example": example,
        "raw": raw,
        "problem": in_pieces(raw.problem) if raw else [],
        "proposal": in_pieces(raw.proposal) if raw else [],
        "has_hints": raw is not None
        and bool(find_personal_hints(f"{raw.title}\n{raw.problem}\n{raw.proposal}")),
        "moves": moves,
        "own_case": own_case.case if own_case else None,
        "similar": similar,
        "found": found,
        "meant": with_example_counts(meant_by_writer(example, user)) if "add_to_case" in moves else [],
        "words": words,
        "hours": hours_label(hours),
        "timeline": example_timeline(example),
        "has_contact": hasattr(example, "contact"),
        "contact": contact,
        "next": example_after(unread(request), example),
        "unread_count": unread(request).order_by().count(),
        "forms": move_forms() | (forms or {}),
    }
    return render(request, "desk/examples/example.html", context, status=status)


def move_forms():
    """An empty form for every move that asks something."""
    return {name: form_class(auto_id=f"id_{name}_%s") for name, form_class in MOVE_FORMS.items()}


@sensitive_post_parameters()
@move_view("example.contact")
def show_contact(request, reference):
    """The page with the writer's address, read and logged because somebody asked for it."""
    example = get_example(request, reference)
    contact = read_contact(example, by=request.user, purpose="desk: contact shown")
    if contact is None:
        raise Http404
    return example_page(request, example, contact=contact)


@desk_view("example.raw")
def download_file(request, reference, attached_id):
    """A file that came with the example. Each download is one logged reading."""
    file = read_attachment(
        get_example(request, reference), attached_id, by=request.user, purpose="desk: file"
    )
    if file is None:
        raise Http404
    return file_response(file)


@desk_view("example.view")
def next_example(request):
    """The example that stands first in line, or the list when nothing is unread."""
    first = unread(request).first()
    if first is None:
        messages.success(request, _("There is nothing more to read."))
        return redirect("desk:examples")
    return redirect("desk:example", first.reference)
