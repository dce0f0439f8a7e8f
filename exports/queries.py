"""From rows and cases to the document that a format can write."""

from django.db.models import Count, Exists, OuterRef, Prefetch
from django.utils import timezone

from backend.cases.actions.steps import waiting_for_writers
from backend.cases.lifecycle import MOVES
from backend.cases.models import Case, CaseExample
from backend.cases.queries import with_counts
from backend.examples.models import Audience
from exports.forms import FORMS
from exports.forms.entry import Entry, Sender
from exports.models import FormRow, Submission


def rows_with_cases(submission):
    """The submission's rows in order, each with its case and area."""
    return submission.rows.select_related("case__area", "submission").order_by("table", "position")


def words_of(row):
    """What the row says, column by column: the case's words where nobody has written others.

    A case whose words have been removed (its writer withdrew) says nothing in a draft either.
    """
    if row.submission.is_frozen:
        return row.cells
    own = FORMS[row.submission.form].cells(row.case)
    return {**own, **row.cells} if row.case.problem else own


def can_be_sent(case):
    """Whether the case may stand in a form that is frozen now."""
    return case.merged_into_id is None and case.status in MOVES["put_in_submission"].sources


def document_of(submission):
    """The submission as a document; a draft is marked as one."""
    form = FORMS[submission.form]
    cases = form.with_everything_needed(with_counts(Case.objects.all()))
    rows = submission.rows.prefetch_related(Prefetch("case", cases)).select_related("submission")
    return form.build(
        [
            Entry(str(row.pk), row.case, row.table, words_of(row))
            for row in rows.order_by("table", "position")
        ],
        senders=[Sender(**sender) for sender in submission.senders],
        number=submission.number,
        is_draft=not submission.is_frozen,
        has_annex=submission.has_annex,
        has_answers=submission.has_answers,
    )


def ready_cases(organisation):
    """Ready cases with a table that stand in no frozen submission, by table and then the oldest first."""
    sent = FormRow.objects.filter(case=OuterRef("pk"), submission__in=Submission.objects.standing())
    cases = Case.objects.filter(organisation=organisation).ready_for_form().exclude(Exists(sent))
    return cases.order_by("table", "created_date", "reference")


def ready_document(organisation, form_key):
    """What the form would say if it were drawn up now from the ready cases, marked as a draft."""
    form = FORMS[form_key]
    ready = ready_cases(organisation)
    ready = ready.exclude(pk__in=waiting_for_writers(ready, at=timezone.now()))
    cases = form.with_everything_needed(with_counts(ready))
    return form.build(
        [Entry(case.reference, case, case.table, form.cells(case)) for case in cases],
        senders=[Sender(organisation.name, organisation.contact, organisation.phone)],
        is_draft=True,
    )


def choosable_cases(submission):
    """The organisation's cases that may be put into the draft now and are not in it yet."""
    chosen = FormRow.objects.filter(case=OuterRef("pk"), submission=submission)
    kept = CaseExample.objects.filter(
        case=OuterRef("pk"), is_source=True, example__audience=Audience.SECRETARIAT
    )
    return (
        Case.objects.filter(
            organisation=submission.organisation_id,
            merged_into=None,
            status__in=MOVES["put_in_submission"].sources,
        )
        .exclude(Exists(chosen))
        .exclude(Exists(kept))
    )


def frozen_rows_of(cases):
    """{case id: its rows in frozen submissions, the newest first}: "sent in submission 2026-01, table 2, row 4"."""
    found: dict = {}
    rows = FormRow.objects.filter(case__in=cases, submission__in=Submission.objects.frozen())
    for row in rows.select_related("submission").order_by("-submission__year", "-submission__seq"):
        found.setdefault(row.case_id, []).append(row)
    return found


def with_row_counts(submissions):
    """The submissions with `row_count`."""
    return submissions.annotate(row_count=Count("rows")).order_by(*Submission._meta.ordering)
