"""The ministry's form in the desk: the list, the draft as it will look, and what was frozen."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can
from cms.desk.access import chosen_organisation, desk_view, forget_draft, move_view, organisations_of
from cms.desk.forms.examples import add_errors
from cms.desk.forms.submissions import BeginForm, OptionsForm, RowForm, SentForm
from cms.desk.views.listing import page_of
from exports import actions
from exports.formats import FORMATS
from exports.forms import FORMS
from exports.models import FORMAT_CHOICES, Submission
from exports.queries import can_be_sent, frozen_rows_of, rows_with_cases, with_row_counts, words_of

# Longer than this, a text is set so small on the printed sheet that it is better read in Word.
LONG_TEXT = 4000


def get_submission(request, submission_id):
    """The submission, where the user may see it; 404 like one that is not there."""
    submissions = Submission.objects.visible_to(request.user).select_related(
        "organisation", "replaces__organisation", "replaced_by", "frozen_by", "sent_by"
    )
    return get_object_or_404(submissions, pk=submission_id)


def crumbs(submission=None):
    """The way back to the list, and from a page below a submission to it."""
    way = [(reverse("desk:submissions"), _("Submissions"))]
    if submission is not None:
        way.append((address(submission), submission.number or _("Draft")))
    return way


def address(submission):
    """The submission's own page."""
    return reverse("desk:submission", args=[submission.pk])


def tell(request, invalid):
    """Say on the next page what was wrong, with the case it was wrong in."""
    for error in invalid.errors:
        _empty, _what, *reference = (
            error.pointer.split("/") if error.pointer.startswith("/cases/") else ("", "")
        )
        messages.error(request, f"{reference[0]}: {error.detail}" if reference else str(error.detail))


@desk_view("submission.view", methods=["GET", "HEAD", "POST"])
def submission_list(request):
    """The draft, if there is one, and every submission that was frozen."""
    organisation = chosen_organisation(request, "submission.view")
    rows = Submission.objects.visible_to(request.user).filter(organisation=organisation)
    form = BeginForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            draft = actions.create_draft(organisation=organisation, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            return redirect("desk:choose_cases", draft.pk)
    frozen = (
        with_row_counts(rows.frozen())
        .select_related("replaced_by", "replaces")
        .prefetch_related("body__periods")
    )
    context = {
        "title": _("Submissions"),
        "organisation": organisation,
        "organisations": organisations_of(request.user, "submission.view"),
        "drafts": with_row_counts(rows.drafts()).select_related("replaces"),
        "page": page_of(request, frozen),
        "form": form,
        "may_edit": can(request.user, "submission.edit", organisation),
        "empty": _("Nothing has been frozen yet."),
    }
    return render(request, "desk/submissions/list.html", context, status=422 if form.errors else 200)


@desk_view("submission.view")
def submission(request, submission_id):
    """A draft that is put together, or a frozen submission that is downloaded and sent."""
    return submission_page(request, get_submission(request, submission_id))


def submission_page(request, submission, *, forms=None, status=200):
    """The page of a submission, with forms that came back with errors."""
    forms = forms or {}
    may_edit = can(request.user, "submission.edit", submission.organisation)
    files = {file.format: file for file in submission.files.defer("bytes")}
    context = {
        "title": submission.number or _("Draft of the form"),
        "crumbs": crumbs(),
        "submission": submission,
        "form": FORMS[submission.form],
        "tables": tables_of(submission, request.GET.get("focus", "")),
        "row_count": submission.rows.count(),
        "downloads": [(name, label, files.get(name)) for name, label in FORMAT_CHOICES],
        "may_edit": may_edit,
        "options": forms.get("options") or OptionsForm(submission=submission),
        "sent": forms.get("sent") or SentForm(),
        "draft_name": f"options:{submission.pk}",
        "replaced_by": getattr(submission, "replaced_by", None),
    }
    template = "frozen.html" if submission.is_frozen else "draft.html"
    return render(request, f"desk/submissions/{template}", context, status=status)


def tables_of(submission, focus=""):
    """Both tables as they will look, each row with its cells and what is worth knowing about it.

    `focus` names the button that was pressed last ("up:" and the row's id): it is in focus again, so that the
    keyboard can go on. No fragment stands in the address, since a browser would then ignore it.
    """
    button, _colon, focused = focus.partition(":")
    form = FORMS[submission.form]
    rows = list(rows_with_cases(submission))
    elsewhere = frozen_rows_of([row.case_id for row in rows])
    tables = [
        {
            "number": int(number),
            "name": form.table_name(number),
            "caption": caption,
            "columns": form.COLUMNS,
            "rows": [],
        }
        for number, caption in form.CAPTIONS.items()
    ]
    for row in rows:
        words = words_of(row)
        tables[row.table - 1]["rows"].append(
            {
                "row": row,
                "case": row.case,
                "cells": [(column, words[column.key]) for column in form.COLUMNS],
                "has_focus": button if str(row.pk) == focused else "",
                "is_edited": bool(row.cells) and not submission.is_frozen,
                "is_long": max(len(text) for text in words.values()) > LONG_TEXT,
                "is_stuck": not can_be_sent(row.case),
                "elsewhere": [
                    other
                    for other in elsewhere.get(row.case_id, [])
                    if other.submission_id not in (submission.pk, submission.replaces_id)
                ],
            }
        )
    for table in tables:
        table["other"] = 2 if table["number"] == 1 else 1
        if table["rows"]:
            first, last = table["rows"][0], table["rows"][-1]
            first["is_first"] = last["is_last"] = True
            # A button that has come to its end cannot take the focus; its neighbour does.
            first["has_focus"] = "down" if first["has_focus"] == "up" else first["has_focus"]
            last["has_focus"] = "up" if last["has_focus"] == "down" else last["has_focus"]
    return tables


@move_view("submission.edit")
def arrange(request, submission_id):
    """What the buttons in the tables do: up, down, to the other table, out."""
    submission = get_submission(request, submission_id)
    rows = {str(row.pk): row for row in rows_with_cases(submission)}
    name, _colon, row_id = request.POST.get("do", "").partition(":")
    chosen = [rows[pk] for pk in ([row_id] if row_id else request.POST.getlist("chosen")) if pk in rows]
    if not chosen:
        messages.warning(request, _("Tick a row first."))
        return redirect(address(submission))
    try:
        match name:
            case "up" | "down":
                steps = -1 if name == "up" else 1
                actions.shift_row(submission=submission, row=chosen[0], steps=steps, by=request.user)
            case "table1" | "table2":
                actions.move_rows(submission=submission, rows=chosen, table=int(name[-1]), by=request.user)
            case "out":
                for row in chosen:
                    actions.remove_case(submission=submission, case=row.case, by=request.user)
                told = ngettext(
                    "%(count)s case is out of the form.", "%(count)s cases are out of the form.", len(chosen)
                )
                messages.success(request, told % {"count": len(chosen)})
                return redirect(address(submission))
            case _:
                raise Http404
    except InvalidInput as invalid:
        tell(request, invalid)
    return redirect(f"{address(submission)}?focus={name.rstrip('12')}:{chosen[0].pk}")


@desk_view("submission.edit", methods=["GET", "HEAD", "POST"])
def edit_row(request, submission_id, row_id):
    """Let a row say something else than its case, in the form only."""
    submission = get_submission(request, submission_id)
    row = get_object_or_404(rows_with_cases(submission), pk=row_id)
    if submission.is_frozen:
        return redirect(address(submission))
    form_module = FORMS[submission.form]
    own = form_module.cells(row.case)
    form = RowForm(request.POST or None, form=form_module, initial=words_of(row))
    if request.method == "POST" and ("own" in request.POST or form.is_valid()):
        cells = own if "own" in request.POST else form.cleaned_data
        try:
            actions.edit_row(submission=submission, row=row, cells=cells, by=request.user)
        except InvalidInput as invalid:
            add_cell_errors(form, invalid)
        else:
            forget_draft(request, f"row:{row.pk}")
            messages.success(request, _("The row is saved."))
            return redirect(f"{address(submission)}?focus=edit:{row.pk}")
    context = {
        "title": _("Edit a row"),
        "crumbs": crumbs(submission),
        "submission": submission,
        "row": row,
        "table_name": form_module.table_name(row.table),
        "form": form,
        "own": [(column.heading, own[column.key]) for column in form_module.COLUMNS],
        "draft_name": f"row:{row.pk}",
    }
    return render(request, "desk/submissions/row.html", context, status=422 if form.errors else 200)


def add_cell_errors(form, invalid):
    """Put the errors of `/cells/…` at the cells."""
    for error in invalid.errors:
        name = error.pointer.rsplit("/", 1)[-1]
        form.add_error(name if name in form.fields else None, error.detail)


@move_view("submission.edit")
def options(request, submission_id):
    """The sender block, the receiver and which sheets follow."""
    submission = get_submission(request, submission_id)
    form = OptionsForm(request.POST, submission=submission)
    if form.is_valid():
        try:
            actions.set_options(submission=submission, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"options:{submission.pk}")
            messages.success(request, _("Saved."))
            return redirect(address(submission))
    return submission_page(request, submission, forms={"options": form}, status=422)


@desk_view("submission.edit", methods=["GET", "HEAD", "POST"])
def freeze(request, submission_id):
    """Ask once more, then give the form its number and keep its bytes."""
    submission = get_submission(request, submission_id)
    if submission.is_frozen:
        return redirect(address(submission))
    if request.method == "POST":
        try:
            frozen = actions.freeze(submission=submission, by=request.user)
        except InvalidInput as invalid:
            tell(request, invalid)
            return redirect(address(submission))
        messages.success(request, _("Submission %(number)s is frozen.") % {"number": frozen.number})
        return redirect(address(frozen))
    tables = tables_of(submission)
    context = {
        "title": _("Freeze the form"),
        "crumbs": crumbs(submission),
        "submission": submission,
        "tables": tables,
        "labels": FORMS[submission.form].SENDER_LABELS,
        "row_count": sum(len(table["rows"]) for table in tables),
        "is_stuck": any(row["is_stuck"] for table in tables for row in table["rows"]),
    }
    return render(request, "desk/submissions/freeze.html", context)


@move_view("submission.edit")
def record_sent(request, submission_id):
    """To whom and when the form went; the cases follow."""
    submission = get_submission(request, submission_id)
    form = SentForm(request.POST)
    if form.is_valid():
        try:
            left = actions.record_sent(submission=submission, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The sending is recorded, and the cases are marked as sent on."))
            if left:
                references = ", ".join(case.reference for case in left)
                messages.warning(
                    request, _("Not marked as sent on: %(references)s.") % {"references": references}
                )
            return redirect(address(submission))
    return submission_page(request, submission, forms={"sent": form}, status=422)


@move_view("submission.edit")
def replace(request, submission_id):
    """Begin the draft that replaces this one."""
    submission = get_submission(request, submission_id)
    try:
        draft, left = actions.replace(submission=submission, by=request.user)
    except InvalidInput as invalid:
        tell(request, invalid)
        return redirect(address(submission))
    if left:
        told = _("Not taken along, since they can no longer be sent: %(references)s.")
        messages.warning(request, told % {"references": ", ".join(case.reference for case in left)})
    return redirect(address(draft))


@move_view("submission.edit")
def discard(request, submission_id):
    """Throw a draft away."""
    actions.discard_draft(submission=get_submission(request, submission_id), by=request.user)
    messages.success(request, _("The draft is thrown away. The cases are as before."))
    return redirect("desk:submissions")


@desk_view("submission.view", methods=["GET"])
def download(request, submission_id, format_name):
    """The form as a file: the very bytes of a frozen one. Each download is logged."""
    if format_name not in FORMATS:
        raise Http404
    submission = get_submission(request, submission_id)
    content = actions.download(submission=submission, format_name=format_name, by=request.user)
    response = HttpResponse(content, content_type=FORMATS[format_name].CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{submission.file_name(format_name)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
